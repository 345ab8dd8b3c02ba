"""What an office could do without a model: the orders that every model has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.risk.inspections import ROUTINE, Inspections
from riskplan.risk.models.features import found, setting_of
from riskplan.risk.models.protocol import Question
from riskplan.risk.models.sums import Asked, Events, decayed, decayed_near, grid

Floats = npt.NDArray[np.float64]

HALF_LIFE = 365.0
NEAR_HALF_LIFE = 90.0
NEAR_METRES = 1_500.0
PRIOR_VISITS = 2.0
NEVER_DAYS = 100_000
DECIMALS = 9


def _findings(known: Inspections, serious: int) -> Events:
    """Return routine visits with 1 and whether a problem was found."""
    keep = known.kind == ROUTINE
    values = np.column_stack([np.ones(len(known.day)), found(known, serious)]).astype(np.float64)
    return Events(known.business[keep], known.day[keep], values[keep])


class DaysSince:
    """The longest not visited first; never visited before all others."""

    name = "days_since"
    calibrated = False

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return days since the last routine visit."""
        routine = known.some(known.kind == ROUTINE)
        key = routine.business * (1 << 24) + routine.day
        order = np.argsort(key, kind="stable")
        at = np.searchsorted(key[order], asked.business * (1 << 24) + asked.cutoff, side="left") - 1
        last = np.where(at >= 0, key[order][np.maximum(at, 0)] if len(key) else 0, -1)
        mine = (at >= 0) & (last >> 24 == asked.business)
        return np.where(mine, asked.cutoff - (last & ((1 << 24) - 1)), NEVER_DAYS).astype(np.float64)


class OwnRate:
    """Own decayed findings per routine visit, shrunk to the mean by two visits."""

    name = "own_rate"
    calibrated = True

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return the shrunk own rate."""
        base = setting_of(known.before(asked.origin), asked.serious).base[0]
        where = Asked(asked.business, asked.cutoff)
        sums = decayed(_findings(known, asked.serious), where, (HALF_LIFE,), len(known.lon))[:, 0]
        return np.round((sums[:, 1] + PRIOR_VISITS * base) / (sums[:, 0] + PRIOR_VISITS), DECIMALS)


class NearRate:
    """Decayed findings per routine visit within about 1.5 km, shrunk to the mean by two visits."""

    name = "near_rate"
    calibrated = True

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return the shrunk rate of the neighbourhood, own visits included."""
        setting = setting_of(known.before(asked.origin), asked.serious)
        cells = grid(setting.x, setting.y, NEAR_METRES)
        where = Asked(asked.business, asked.cutoff)
        sums = decayed_near(_findings(known, asked.serious), where, (NEAR_HALF_LIFE,), cells)[:, 0]
        rate = (sums[:, 1] + PRIOR_VISITS * setting.base[0]) / (sums[:, 0] + PRIOR_VISITS)
        return np.round(rate, DECIMALS)


@dataclass(frozen=True)
class TierOnly:
    """The office's own tiers, worst first, the same all the time.

    Parameters
    ----------
    rank
        Tier (or grade) -> number, higher = earlier.
    """

    rank: Mapping[str, float]
    name: str = "tier_only"
    calibrated: bool = False

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return the rank of each business's tier."""
        tiers = known.traits["tier"]
        rank = np.array([self.rank.get(t, 0.0) for t in tiers])
        return np.asarray(rank[asked.business], dtype=np.float64)
