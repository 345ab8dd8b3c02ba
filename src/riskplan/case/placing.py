"""Premises without coordinates: at their village's point, else their township's, and flagged as only near."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.points import blank
from riskplan.case.sheet import Sheet
from riskplan.units import COORDINATE_DECIMALS

NEAR = ("village", "township")
"""Values of ``point_source`` that say that a point is only near."""
Points = dict[str, tuple[float, float]]


def unplaced(sheet: Sheet) -> npt.NDArray[np.bool_]:
    """Return which premises have no coordinates of their own; shape (n_rows,)."""
    return blank(sheet, "lon") & blank(sheet, "lat")


def place(sheet: Sheet, tables: dict[str, pd.DataFrame], polygons: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Return the enterprises with a point for each of them; one warning says how many were placed.

    Parameters
    ----------
    sheet
        Enterprises as text; faults are appended to it.
    tables
        Typed tables, points in WGS84.
    polygons
        Townships with ``township_code`` in WGS84, None where none are given.
    """
    frame = tables["enterprises"]
    missing = np.flatnonzero(unplaced(sheet))
    if not len(missing):
        return frame
    villages = _points(tables["villages"], "village_code")
    townships = _representative(polygons) | _points(tables["townships"], "township_code")
    lon, lat = frame["lon"].to_numpy(copy=True), frame["lat"].to_numpy(copy=True)
    source = frame["point_source"].to_numpy(copy=True)
    village, township = frame["village_code"].to_numpy(), frame["township_code"].to_numpy()
    count = dict.fromkeys(NEAR, 0)
    for i in missing.tolist():
        point, kind = villages.get(village[i]), "village"
        if point is None:
            point, kind = townships.get(township[i]), "township"
        if point is None:
            sheet.fault("no_place", i, "lon", "", township=str(township[i]))
            continue
        lon[i], lat[i], source[i] = *point, kind
        count[kind] += 1
    if any(count.values()):
        sheet.warn(
            "placed_nearby", None, "lon", str(sum(count.values())), **{k: str(v) for k, v in count.items()}
        )
    return frame.assign(lon=lon, lat=lat, point_source=source)


def _points(frame: pd.DataFrame, key: str) -> Points:
    known = frame[frame["lon"].notna() & frame["lat"].notna()]
    return {
        code: (float(x), float(y))
        for code, x, y in zip(known[key], known["lon"], known["lat"], strict=True)
        if code
    }


def _representative(polygons: gpd.GeoDataFrame | None) -> Points:
    if polygons is None:
        return {}
    inner = polygons.geometry.representative_point()
    places = zip(inner.x.round(COORDINATE_DECIMALS), inner.y.round(COORDINATE_DECIMALS), strict=True)
    return {
        str(code): (float(x), float(y))
        for code, (x, y) in zip(polygons["township_code"], places, strict=True)
    }
