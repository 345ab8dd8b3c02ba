"""The year as plain arrays: what the dual, the search and the bound work on. Integers throughout.

Money is counted in *cost units*: 1 hazard-day = 2,000,000 units, because exposure is ``q g^2 / 2`` with the
intensity q rounded to micro-hazards a day and gaps g in whole days. So every sum is an exact int64.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from riskplan.units import DAYS_PER_WEEK

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]
"""int64 where a result must be exact, float64 in the search."""

UNITS_PER_HAZARD_DAY = 2_000_000
FORBIDDEN = np.int64(1) << np.int64(58)
"""Cost of a week in which a visit may not stand."""


def _nothing() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Schedules:
    """All schedules of one length n; axis 0 runs over schedules, axis 1 over their visits.

    Parameters
    ----------
    owner
        shape (n_schedules,), enterprise of each schedule.
    number
        shape (n_schedules,), index of the schedule at its enterprise.
    node
        shape (n_schedules, n, n_weeks), cost of a visit in a week [units], ``FORBIDDEN`` where it may not stand.
    quadratic, linear
        shape (n_schedules, n - 1), cost of a gap of g days between two visits: quadratic g^2 + linear g [units].
    constant
        shape (n_schedules,), cost whatever the weeks are: domains not visited, visits left out [units].
    minutes
        shape (n_schedules, n, n_pools), officer-minutes charged.
    crews
        shape (n_schedules, n, n_departments), 1 where a department takes part.
    gap
        shape (n_schedules,), fewest weeks between two visits; 0 only where a plan has two visits in one week.
    left_out
        shape (n_schedules,), visits owed that the schedule leaves out.
    clash
        shape (n_schedules, n - 1), which of ``clashes`` two visits in a row must keep; -1: none but the gap.
    clashes
        shape (n_kinds, n_weeks, n_weeks), True where the first week forbids the second: together they would break a
        limit that counts both. Shared by all schedules.
    seasonal
        shape (n_schedules, n - 1), multiple of a curve's cost between two visits [units]; all 0 without seasons.
    season
        shape (n_schedules,), which of ``curves`` it is.
    curves
        shape (n_curves, n_weeks, n_weeks), cost of a gap from the first week to the second [units]; shared.
    late
        shape (n_schedules, n - 1), which of ``late_arcs`` a gap costs as well; the first is 0.
    late_arcs
        shape (n_kinds, n_weeks), what is late after a gap of so many weeks [units]; shared.
    """

    owner: Ints
    number: Ints
    node: Ints
    quadratic: Ints
    linear: Ints
    constant: Ints
    minutes: Ints
    crews: Ints
    gap: Ints
    left_out: Ints
    clash: Ints
    clashes: Bools
    seasonal: Ints = field(default_factory=_nothing)
    season: Ints = field(default_factory=_nothing)
    curves: Ints = field(default_factory=_nothing)
    late: Ints = field(default_factory=_nothing)
    late_arcs: Ints = field(default_factory=_nothing)

    def rows(self, chosen: Ints) -> Schedules:
        """Return some of the schedules."""
        left = {"clashes", "curves", "late_arcs"} | (set() if self.seasons else {"seasonal", "season"})
        left |= set() if self.late.size else {"late"}
        own = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name not in left}
        return replace(self, **own)

    @property
    def seasons(self) -> bool:
        """True where the cost of a gap depends on when it lies."""
        return len(self.curves) > 0

    def arcs(self, j: int) -> Ints:
        """Return the cost of a gap of 0, 1, 2... weeks between visits j and j + 1, shape (n_schedules, n_weeks)."""
        days = DAYS_PER_WEEK * np.arange(self.node.shape[2], dtype=np.int64)
        cost: Ints = self.quadratic[:, j, None] * (days * days) + self.linear[:, j, None] * days
        if self.late.size:
            cost += self.late_arcs[self.late[:, j]]
        return cost

    def seasonal_arcs(self, j: int, chosen: Ints) -> Ints:
        """Return what seasons cost between visits j and j + 1 of some schedules, shape (n_chosen, n_weeks, n_weeks)."""
        arcs: Ints = self.seasonal[chosen, j, None, None] * self.curves[self.season[chosen]]
        return arcs

    @property
    def length(self) -> int:
        """Number of visits in each of these schedules."""
        return int(self.node.shape[1])


@dataclass(frozen=True)
class Caps:
    """Right-hand sides of the coupling rows that have a price, what fixed and done visits use taken off.

    Parameters
    ----------
    week_minutes
        shape (n_pools, n_weeks).
    crew_visits
        shape (n_departments, n_weeks).
    month_minutes
        shape (n_pools, n_months).
    week_in_month
        shape (n_pools, n_months, n_weeks), the months in which each pool pays for a visit of the week.
    township_week
        shape (n_townships, n_weeks), visits: the least of the rows about all premises. Priced here; counters keep it.
    township_year
        shape (n_townships, n_years), visits, likewise.
    week_in_year
        shape (n_years, n_weeks), where every visit of the week surely counts in the year.
    trip
        shape (n_townships,), cost of opening a township in a week [units].
    cluster_township
        shape (n_clusters,), township of each village cluster; clusters are numbered township by township.
    cluster_trip
        shape (n_clusters, most + 1), cost of 0, 1, 2... visits of a cluster in a week [units].
    even_minutes
        shape (n_pools, n_weeks), officer-minutes that cost nothing extra, at most ``week_minutes``.
    uneven
        Cost of an officer-minute above them [units].
    """

    week_minutes: Ints
    crew_visits: Ints
    month_minutes: Ints
    week_in_month: Bools
    township_week: Ints
    township_year: Ints
    week_in_year: Bools
    trip: Ints
    cluster_township: Ints = field(default_factory=_nothing)
    cluster_trip: Ints = field(default_factory=_nothing)
    even_minutes: Ints = field(default_factory=_nothing)
    uneven: int = 0


@dataclass(frozen=True, eq=False)
class Use:
    """What a visit takes of one counter.

    Parameters
    ----------
    start, stop
        Where the counter's windows stand in ``Instance.left``.
    weight
        How often the visit counts.
    touch
        shape (stop - start, n_weeks), windows in which a visit of the week counts.
    at
        Week -> places in ``Instance.left``.
    """

    start: int
    stop: int
    weight: int
    touch: Bools
    at: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, start: int, weight: int, touch: Bools) -> Use:
        """Return a use of the counter that begins at ``start``."""
        at = tuple(tuple((start + np.flatnonzero(column)).tolist()) for column in touch.T)
        return cls(start, start + len(touch), weight, touch, at)


Uses = tuple[Use, ...]


@dataclass(frozen=True)
class Counters:
    """Rows of the rulebook as counters: in no window may visits take more than is left.

    Parameters
    ----------
    left
        shape (n,), what is left in each window, one counter after the other.
    uses
        Group -> schedule -> visit -> what it takes; counters that can never run out are left out.
    """

    left: Ints
    uses: tuple[tuple[tuple[Uses, ...], ...], ...]

    @classmethod
    def none(cls) -> Counters:
        """Return no counters."""
        return cls(np.zeros(0, dtype=np.int64), ())


@dataclass(frozen=True)
class Instance:
    """A year instance.

    Parameters
    ----------
    groups
        Schedules by length, shortest first; a group of length 0 has the all-left-out schedules.
    township
        shape (n_enterprises,), township of each enterprise with duties.
    rank
        shape (n_enterprises,), tier 0 (worst) to 3.
    caps
        Coupling rows with a price.
    counters
        Rows that the plan keeps by counting; none by default.
    cluster
        shape (n_enterprises,), village cluster of each.
    """

    groups: tuple[Schedules, ...]
    township: Ints
    rank: Ints
    caps: Caps
    counters: Counters = field(default_factory=Counters.none)
    cluster: Ints = field(default_factory=_nothing)

    @property
    def size(self) -> int:
        """Number of enterprises."""
        return len(self.township)

    @property
    def weeks(self) -> int:
        """Number of weeks."""
        return int(self.caps.week_minutes.shape[1])

    def left_out(self, group: int, row: int) -> int:
        """Return how many owed visits a schedule leaves out."""
        return int(self.groups[group].left_out[row])

    def uses(self, group: int, row: int) -> tuple[Uses, ...]:
        """Return what each visit of a schedule takes of the counters."""
        if not self.counters.uses:
            return ((),) * self.groups[group].length
        return self.counters.uses[group][row]
