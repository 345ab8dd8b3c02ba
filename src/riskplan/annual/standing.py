"""A plan under search on arrays: empty, and measured exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.arrays import Ints, YearArrays
from riskplan.annual.pricing_kernels import Places, Priced
from riskplan.annual.ruin_kernels import MOST_OUT, Log, Ruin
from riskplan.annual.search_kernels import BEGIN, HARD, LEVEL, SLOPE, UNEVEN, WIDTH, Standing, least_costs

Floats = npt.NDArray[np.float64]
TINY = 1e-6
"""Width of the parabola of a hard capacity."""
LOG = 1 << 17
"""Visits put in or taken out that a thread can tell the other one in an epoch."""


@dataclass(frozen=True)
class Pattern:
    """Who is visited when.

    Parameters
    ----------
    schedule
        shape (N,), schedule of each enterprise.
    weeks
        shape (N, longest), weeks of its visits; what lies beyond its length means nothing.
    """

    schedule: Ints
    weeks: Ints

    def copy(self) -> Pattern:
        """Return a copy."""
        return Pattern(self.schedule.copy(), self.weeks.copy())


def _priced(longest: int, weeks: int) -> Priced:
    none = np.zeros(0, dtype=np.int64)
    return Priced(
        np.zeros(0),
        none,
        np.zeros((0, longest), dtype=np.int64),
        np.zeros((0, weeks), dtype=np.int64),
        np.zeros((longest, weeks)),
        np.zeros((longest, weeks)),
        np.zeros((longest, weeks), dtype=np.int64),
        np.zeros(longest, dtype=np.int64),
    )


def empty(year: YearArrays, seed: int) -> Standing:
    """Return a plan without visits, capacities hard."""
    weeks = year.weeks
    trips = dict(zip(TRIPS, empty_trips(year), strict=True))
    now = Standing(
        dense=np.zeros((year.families, 7, weeks)),
        extra=np.zeros((len(year.capacity) - year.families * weeks, 7)),
        steer=np.zeros((year.families, weeks)),
        random=np.array([seed], dtype=np.uint64),
        total=np.zeros(1),
        schedule=np.full(year.size, -1, dtype=np.int64),
        weeks=np.zeros((year.size, year.longest), dtype=np.int64),
        own=np.zeros(year.size),
        least=np.zeros(len(year.gap)),
        priced=_priced(year.longest, weeks),
        rows=np.zeros((16, weeks)),
        row_kind=np.zeros(16, dtype=np.int64),
        **trips,
    )
    least_costs(year, now.priced, now.least)
    capacity = year.capacity.astype(np.float64)
    for column, cells in ((BEGIN, capacity), (LEVEL, year.level), (UNEVEN, year.uneven)):
        set_cells(now, column, cells)
    for column, value in ((WIDTH, TINY), (SLOPE, HARD)):
        set_cells(now, column, np.full(len(capacity), value))
    return now


def beside(year: YearArrays, now: Standing, seed: int) -> Standing:
    """Return the same plan for a second thread: shared but for cells, random numbers, the total and scratch."""
    return now._replace(
        dense=now.dense.copy(),
        extra=now.extra.copy(),
        random=np.array([seed], dtype=np.uint64),
        total=np.zeros(1),
        priced=_priced(year.longest, year.weeks),
        rows=np.zeros_like(now.rows),
        row_kind=np.zeros_like(now.row_kind),
    )


def empty_log() -> Log:
    """Return room for what a thread tells the other one in an epoch."""
    return Log(np.zeros((LOG, 3), dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))


TRIPS = ("in_cluster", "in_township", "join", "open")


def empty_trips(year: YearArrays) -> tuple[Ints, Ints, Floats, Floats]:
    """Return visits of clusters and townships, and what one more visit's trip costs, of a plan without visits."""
    clusters, townships, weeks = len(year.cluster_township), len(year.trip), year.weeks
    join = (year.table[year.first_table[:-1] + 1] - year.table[year.first_table[:-1]]).astype(np.float64)
    return (
        np.zeros((clusters, weeks), dtype=np.int64),
        np.zeros((townships, weeks), dtype=np.int64),
        np.repeat(join[:, None], weeks, axis=1),
        np.repeat(year.trip.astype(np.float64)[:, None], weeks, axis=1),
    )


def set_cells(now: Standing, column: int, cells: npt.NDArray[np.generic]) -> None:
    """Write one column of all cells, given as shape (K,)."""
    families, _, weeks = now.dense.shape
    now.dense[:, column, :] = cells[: families * weeks].reshape(families, weeks)
    now.extra[:, column] = cells[families * weeks :]


def ruin_of(year: YearArrays, places: Places, span: tuple[int, int] | None = None) -> Ruin:
    """Return room for what is taken out by moves that begin in a span of members, None: anywhere."""
    return Ruin(
        members=places.members,
        start=places.start,
        first_cluster=places.first_cluster,
        out=np.zeros(MOST_OUT, dtype=np.int64),
        schedule=np.zeros(MOST_OUT, dtype=np.int64),
        weeks=np.zeros((MOST_OUT, year.longest), dtype=np.int64),
        own=np.zeros(MOST_OUT),
        is_out=np.zeros(year.size, dtype=bool),
        span=np.array(span or (0, year.size), dtype=np.int64),
        begun=np.array([0, -1], dtype=np.int64),
    )


@dataclass(frozen=True)
class Measured:
    """A plan's exact cost [units] by term, and by how much cells are overrun."""

    own: int
    trips: int
    uneven: int
    over: int
    left_out: int

    @property
    def total(self) -> int:
        """Objective."""
        return self.own + self.trips + self.uneven


def measure(year: YearArrays, plan: Pattern) -> Measured:
    """Return the exact cost of a plan, counted afresh in int64.

    Parameters
    ----------
    year
        Year.
    plan
        Every enterprise has a schedule.
    """
    weeks = year.weeks
    cells = loads(year, plan)
    in_cluster = np.zeros((len(year.cluster_township), weeks), dtype=np.int64)
    own = int(year.constant[plan.schedule].sum())
    length = np.diff(year.first_visit)[plan.schedule]
    for j in range(year.longest):
        i = np.flatnonzero(length > j)
        v, w = year.first_visit[plan.schedule[i]] + j, plan.weeks[i, j]
        own += int(year.node[v, w].sum())
        if j:
            before = plan.weeks[i, j - 1]
            own += int(year.arcs[year.arc_row[v], w - before].sum())
            seen = year.season[v] >= 0
            curve = (
                year.curves[year.season[v][seen], before[seen], w[seen]]
                if seen.any()
                else np.zeros(0, np.int64)
            )
            own += int((year.multiple[v][seen] * curve).sum())
        np.add.at(in_cluster, (year.cluster[i], w), 1)
    trips = _trips(year, in_cluster)
    uneven = int((year.uneven * np.maximum(0, cells - year.level)).sum())
    over = int(np.maximum(0, cells - year.capacity).sum())
    return Measured(own, trips, uneven, over, int(year.left_out[plan.schedule].sum()))


def loads(year: YearArrays, plan: Pattern) -> Ints:
    """Return what a plan takes of each cell, shape (K,), counted afresh."""
    cells = np.zeros(len(year.capacity), dtype=np.int64)
    length = np.diff(year.first_visit)[plan.schedule]
    for j in range(year.longest):
        i = np.flatnonzero(length > j)
        _take(year, (year.first_visit[plan.schedule[i]] + j, plan.weeks[i, j]), cells)
    return cells


def _take(year: YearArrays, at: tuple[Ints, Ints], cells: Ints) -> None:
    """Add what visits v in weeks w take to the cells."""
    v, w = at
    count = np.diff(year.first_line)[year.kind[v]]
    line = np.repeat(year.first_line[year.kind[v]], count) + _within(count)
    place = year.family[line] * year.weeks + np.repeat(w, count)
    np.add.at(cells, place, year.amount[line])
    covers = np.diff(year.first_cover)[place]
    extra = np.repeat(year.first_cover[place], covers) + _within(covers)
    np.add.at(cells, year.cover[extra], np.repeat(year.amount[line], covers))


def _within(count: Ints) -> Ints:
    """Return 0, 1, ... within each of several runs."""
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)


def _trips(year: YearArrays, in_cluster: Ints) -> int:
    total = int(year.table[year.first_table[:-1][:, None] + in_cluster].sum())
    in_township = np.zeros((len(year.trip), year.weeks), dtype=np.int64)
    np.add.at(in_township, year.cluster_township, in_cluster)
    return total + int(((in_township > 0) * year.trip[:, None]).sum())
