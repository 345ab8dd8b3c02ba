"""A wrongly declared datum, or exchanged columns: told once, by the share of points in their own township."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.datum import WEB_MAPS, Datum
from riskplan.case.geo import inside_own
from riskplan.case.sheet import Sheet

FEWEST_GAINED = 8
"""So many points at least must come into their township by another reading."""
SIGNIFICANCE = 1e-6
"""Chance below which the gain is no accident (exact one-sided McNemar test)."""
Flags = npt.NDArray[np.bool_]


def check_datum(
    sheet: Sheet,
    written: pd.DataFrame,
    polygons: gpd.GeoDataFrame,
    datum: Datum,
    *,
    confirmed: bool,
) -> bool:
    """Report that the points fit their townships far better under another reading.

    Parameters
    ----------
    sheet
        Enterprises as text; the fault is appended to it.
    written
        ``lon``, ``lat`` as written and ``township_code``.
    polygons
        Townships in WGS84.
    datum
        As declared.
    confirmed
        True when the office has verified the datum: a warning only.

    Returns
    -------
    bool
        True when the points can be judged one by one, False when their datum itself is refused.
    """
    x, y = (written[name].to_numpy(np.float64) for name in ("lon", "lat"))
    known = np.isfinite(x) & np.isfinite(y)
    x, y, township = x[known], y[known], written["township_code"].to_numpy()[known]
    declared, judged = inside_own(*datum.to_wgs84(x, y), township, polygons)
    if not judged.any():
        return True
    turned, _ = inside_own(*datum.to_wgs84(y, x), township, polygons)
    if _clearly_better(turned, declared) and turned[judged].mean() >= 0.5:
        sheet.fault("columns_exchanged", None, "lon", _outside(declared, judged), other="lat")
        return False
    if not datum.family:
        return True
    readings = {
        name: inside_own(*to_wgs84(x, y), township, polygons)[0]
        for name, to_wgs84 in WEB_MAPS.items()
        if name != datum.family
    }
    better = max(readings, key=lambda name: int(readings[name].sum()))
    if not _clearly_better(readings[better], declared):
        return True
    args = {
        "better": better,
        "outside": _outside(declared, judged),
        "outside_better": _outside(readings[better], judged),
    }
    if confirmed:
        sheet.warn("wrong_datum", None, "lon", datum.name, **args)
    else:
        sheet.fault("wrong_datum", None, "lon", datum.name, **args)
    return confirmed


def _clearly_better(other: Flags, declared: Flags) -> bool:
    gained, lost = int((other & ~declared).sum()), int((declared & ~other).sum())
    return gained >= FEWEST_GAINED and binomial_tail(gained, gained + lost) < SIGNIFICANCE


def binomial_tail(successes: int, trials: int) -> float:
    """Return the chance of at least so many heads in so many tosses of a fair coin."""
    if successes <= 0:
        return 1.0
    k = np.arange(1, trials + 1, dtype=np.float64)
    logs = np.concatenate(([0.0], np.cumsum(np.log((trials - k + 1.0) / k)))) - trials * np.log(2.0)
    return float(np.exp(logs[successes:]).sum())


def _outside(inside: Flags, judged: Flags) -> str:
    return f"{1.0 - inside[judged].mean():.1%}"
