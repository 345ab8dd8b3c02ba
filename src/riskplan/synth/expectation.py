"""What the fictional county will probably owe: the plain pack's points, tiers and frequencies in brief.

It only sizes offices and township rows and keeps the sample free of conflicts; the planner never sees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.synth.catalogue import sectors
from riskplan.synth.days import AS_OF, HORIZON_FIRST, HORIZON_LAST, is_workday
from riskplan.synth.history import History
from riskplan.synth.premises import Premises

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GRADE_POINTS = (0, 1, 3, 5)
"""Points by grade; 3 without one."""
SIZE_POINTS = (5, 3, 1, 0)
TIER_SHARES = (0.03, 0.12, 0.35, 0.50)
TIER_VISITS = (4, 2, 1, 1)
TIER_SPACING = (60, 120, 180, 365)
DRAWN_SHARE = 1.0 / 3.0
_PRIOR_SHARE = 1.585
"""Weight of the sector's mean when equal scores are ordered, two prior years over 1.262 decayed ones."""
_WEIGHT = {"minor": 0.3, "general": 1.0, "major": 10.0}


@dataclass(frozen=True)
class Expectation:
    """Per enterprise, shape (n,): rank among the active (0 worst, 2 inactive), tier, visits owed."""

    rank: Floats
    tier: Ints
    owed: Ints


def expect(premises: Premises, history: History) -> Expectation:
    """Return rank, tier and visits owed of each enterprise by the plain pack."""
    decayed, overdue, accident = past(premises, history)
    score = points(premises, history, np.floor(3.0 * decayed + 1e-9), overdue, accident)
    sector_mean = np.bincount(premises.sector, decayed) / np.maximum(np.bincount(premises.sector), 1)
    strength = decayed + _PRIOR_SHARE * sector_mean[premises.sector]
    keys = (premises.lat, premises.lon, -np.round(strength, 6), -score, ~premises.active)
    order = np.lexsort(keys)[: int(premises.active.sum())]
    rank = np.full(len(premises), 2.0)
    rank[order] = (np.arange(len(order)) + 0.5) / len(order)
    ends = np.floor(np.cumsum(TIER_SHARES) * len(order) + 0.5) / max(len(order), 1)
    tier = np.minimum(np.searchsorted(ends, rank), 3)
    owed = np.where(premises.active, np.array(TIER_VISITS)[tier], 0)
    last = [d.toordinal() if d else 0 for d in history.last_visit(len(premises))]
    blue = sorted(
        (i for i in order.tolist() if tier[i] == 3),
        key=lambda i: (last[i], -score[i], premises.lon[i], premises.lat[i]),
    )
    owed[np.array(blue[int(len(blue) * DRAWN_SHARE + 0.5) :], dtype=np.int64)] = 0
    return Expectation(rank, tier, owed)


def past(premises: Premises, history: History) -> tuple[Floats, Floats, Floats]:
    """Return decayed hazards, overdue ones and the last accident's decay, each of shape (n_enterprises,)."""
    count = len(premises)
    decayed, overdue, accident = np.zeros(count), np.zeros(count), np.zeros(count)
    for hazard in history.hazards:
        decay = 0.5 ** ((AS_OF - hazard.day).days / 365.0)
        overdue[hazard.enterprise] += hazard.overdue
        if hazard.severity == "accident":
            accident[hazard.enterprise] = max(accident[hazard.enterprise], decay)
        else:
            decayed[hazard.enterprise] += _WEIGHT[hazard.severity] * decay
    return decayed, overdue, accident


def points(
    premises: Premises, history: History, history_points: Floats, overdue: Floats, accident: Floats
) -> Floats:
    """Return the scores by the plain pack's table with this county's sector and grade points."""
    never = np.array([day is None for day in history.last_visit(len(premises))])
    base = np.array([s.points for s in sectors()])[premises.sector] + np.array(SIZE_POINTS)[premises.size]
    grade = np.where(premises.grade >= 0, np.array(GRADE_POINTS)[premises.grade], 3)
    known = np.minimum(30.0, history_points) + np.minimum(15.0, 5.0 * overdue)
    return base + grade + known + np.floor(15.0 * accident + 1e-9) + 5.0 * never


@dataclass(frozen=True)
class Opening:
    """When an enterprise can be visited in the year: months (empty = all), weekday closed, closure."""

    months: tuple[int, ...] = ()
    rest_day: int = 0
    closure: tuple[dt.date, dt.date] | None = None

    def is_open(self, day: dt.date) -> bool:
        """Return True when a visit may stand on the day."""
        if not is_workday(day) or day.isoweekday() == self.rest_day:
            return False
        if self.months and day.month not in self.months:
            return False
        return self.closure is None or not self.closure[0] <= day <= self.closure[1]


def opening_of(premises: Premises, index: int, closure: tuple[dt.date, dt.date] | None = None) -> Opening:
    """Return the opening of an enterprise in the year."""
    sector = sectors()[premises.sector[index]]
    months = sector.open_months if premises.seasonal[index] else ()
    return Opening(months, int(premises.rest_day[index]), closure)


def fits(tier: int, opening: Opening, last: dt.date | None, fixed: Sequence[dt.date] = ()) -> bool:
    """Return True when the visits of a tier find lawful weeks beside the last visit and the fixed ones.

    Earliest placement, which is best for equal spacing; weeks count whole, so any day inside them is safe.
    """
    spacing = dt.timedelta(days=TIER_SPACING[tier])
    sunday = last
    placed = 0
    monday = HORIZON_FIRST - dt.timedelta(days=HORIZON_FIRST.weekday())
    while monday <= HORIZON_LAST and placed < TIER_VISITS[tier]:
        week = [monday + dt.timedelta(days=k) for k in range(7)]
        clear = sunday is None or monday - sunday >= spacing
        clear = clear and all(day - week[6] >= spacing or monday - day >= spacing for day in fixed)
        if clear and any(HORIZON_FIRST <= day <= HORIZON_LAST and opening.is_open(day) for day in week):
            placed, sunday = placed + 1, week[6]
        monday += dt.timedelta(days=7)
    return placed >= TIER_VISITS[tier]
