"""Tiers from points: target shares of the ranking, or thresholds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.rules.model import TIERS, TierRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PointTiers:
    """Tiers as the points give them.

    Parameters
    ----------
    level
        shape (n_enterprises,), index into ``TIERS``; premises that are not active are blue.
    rank
        shape (n_enterprises,), 1 for the highest score among active premises, 0 where not active.
    ends
        Tier -> last rank of the tier, with shares; empty with thresholds.
    """

    level: Ints
    rank: Ints
    ends: Mapping[str, int]


def point_tiers(enterprises: pd.DataFrame, score: Ints, exact: Floats, rules: TierRules) -> PointTiers:
    """Return the tier of each enterprise by its points.

    Parameters
    ----------
    enterprises
        Columns status, lon, lat and name.
    score
        shape (n_enterprises,), points.
    exact
        shape (n_enterprises,), points before rounding down.
    rules
        Shares or thresholds.
    """
    active = (enterprises["status"] == "active").to_numpy()
    ranked = ranking(enterprises, score, exact)
    count = int(active.sum())
    rank = np.zeros(len(ranked), dtype=np.int64)
    rank[ranked[:count]] = np.arange(1, count + 1)
    if rules.by == "thresholds":
        cuts = [(rules.thresholds or {})[tier] for tier in TIERS[:-1]]
        level = np.select([score >= cut for cut in cuts], range(len(cuts)), len(TIERS) - 1)
        return PointTiers(np.where(active, level, len(TIERS) - 1).astype(np.int64), rank, {})
    ends = share_ends(count, rules.shares)
    level = np.searchsorted(list(ends.values()), rank)
    return PointTiers(np.where(active, level, len(TIERS) - 1).astype(np.int64), rank, ends)


def share_ends(active: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Return tier -> last rank of the tier: the shares summed up, times the active premises, halves rounded up.

    Parameters
    ----------
    active
        Number of active premises.
    shares
        Tier -> share.
    """
    result, total = {}, 0.0
    for tier in TIERS:
        total += shares[tier]
        result[tier] = active if tier == TIERS[-1] else math.floor(total * active + 0.5)
    return result


def ranking(enterprises: pd.DataFrame, score: Ints, exact: Floats) -> Ints:
    """Return the positions of the enterprises, active ones with most points first.

    Equal scores go by the points before rounding down, then from west to east and south to north, then by name; the
    id is only looked at where all of these are equal.
    """
    order = pd.DataFrame({
        "inactive": enterprises["status"] != "active",
        "score": -score,
        "exact": -exact,
        "lon": enterprises["lon"],
        "lat": enterprises["lat"],
        "name": enterprises["name"],
        "enterprise_id": enterprises["enterprise_id"],
    }).reset_index(drop=True)
    positions: Ints = order.sort_values(list(order.columns), kind="stable").index.to_numpy(dtype=np.int64)
    return positions
