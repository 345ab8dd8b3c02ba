"""Chains of ruin and recreate over a week's routes, and the pool of good routes that they leave behind."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from riskplan.weekly.arrays import Ints, RoutedWeek, WeekArrays, allowed_pairs
from riskplan.weekly.route_kernels import NONE, Routes, drivable, insert, refresh
from riskplan.weekly.ruin_route_kernels import NEIGHBOURS, Pool, Ruin, anneal, undo

SLOTS = 1 << 16
"""Slots of the pool; half of them are used at most."""
HOT, COLD = 0.25, 0.002
"""First and last temperature of a chain, as shares of the mean leg between neighbours."""
RUIN_SIZE = 8.0
"""Mean number of visits that a move takes out."""


def profiles(week: WeekArrays) -> Ints:
    """Return the number of each team-day's profile: those of one profile drive a set of visits alike, shape (R,)."""
    rows = np.stack([
        week.depot, week.shift_start, week.shift_end, week.lunch_from, week.lunch_until, week.lunch_length,
        week.opening, *week.most,
    ])  # fmt: skip
    if not rows.shape[1]:
        return np.zeros(0, dtype=np.int64)
    return np.unique(rows, axis=1, return_inverse=True)[1].ravel().astype(np.int64)


def longest_route(week: WeekArrays) -> int:
    """Return the most stops that a route can have by loads that every visit takes and by the length of a shift."""
    n = week.visits
    span = int((week.shift_end - week.shift_start).max(initial=0))
    shortest = np.sort(week.service)
    by_time = int(np.searchsorted(np.cumsum(shortest), span, side="right"))
    most = [min(n, by_time)]
    for load, room in zip(week.load, week.most, strict=True):
        most.append(int(np.searchsorted(np.cumsum(np.sort(load)), int(room.max(initial=0)), side="right")))
    return max(1, min(most))


def empty_routes(week: WeekArrays) -> Routes:
    """Return routes without a visit."""
    n, r, p = week.visits, week.team_days, longest_route(week) + 1

    def ints(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    routes = Routes(
        stops=ints(r, p), length=ints(r), where=np.full(n, NONE, dtype=np.int64), before=ints(r, p + 1),
        after=ints(r, p + 1), late_before=ints(r, p + 2), late_after=ints(r, p + 2), later=ints(r, p + 1),
        used=ints(len(week.load), r), cap_used=ints(len(week.room)), cost=ints(r),
        total=np.array([week.penalty.sum()], dtype=np.int64), key=np.zeros(r, dtype=np.uint64),
        version=ints(r + 1),
    )  # fmt: skip
    marks = np.zeros(n, dtype=np.uint64)
    for team in range(r):
        refresh(week, routes, marks, team)
    return routes


class Chains:
    """A week made ready for chains of moves.

    Parameters
    ----------
    week
        Week.
    seed
        Seed of all choices.
    """

    def __init__(self, week: WeekArrays, seed: int) -> None:
        self.week = week
        self.now, self.best = empty_routes(week), empty_routes(week)
        self.ruin = _scratch(week, self.now, seed)
        self.pool = _pool(week, self.now.stops.shape[1])
        self.leg = _mean_leg(week, self.ruin.near)
        self.moves = self.kept = 0

    def restart(self, routes: tuple[tuple[int, ...], ...] | None = None) -> None:
        """Begin a new chain with some routes, or with none; the best week so far is kept."""
        week, now = self.week, self.now
        every = np.arange(week.team_days)
        self.ruin.touched[:] = every
        self.ruin.old_length[:] = 0
        self.ruin.old_version[:] = 0
        undo(week, now, self.ruin, len(every))
        self.now.version[-1] += 1
        self.now.version[:-1] = self.now.version[-1]
        for r, stops in enumerate(routes or ()):
            for k, v in enumerate(stops):
                insert(week, now, self.ruin.marks, v, r, k)
        self._keep()

    def _keep(self) -> None:
        if self.now.total[0] < self.best.total[0]:
            for mine, current in ((self.best.stops, self.now.stops), (self.best.length, self.now.length),
                                  (self.best.total, self.now.total)):  # fmt: skip
                mine[...] = current

    def run(self, moves: int, hot: float, cold: float) -> None:
        """Make a number of moves, cooling between two shares of the mean leg."""
        heat = (moves, hot * self.leg, cold * self.leg)
        self.kept += anneal(self.week, self.now, self.best, self.ruin, self.pool, heat)
        self.moves += moves

    def forget(self) -> None:
        """Forget the best week (not the pool): the next chain has its own."""
        self.best.total[0] = np.iinfo(np.int64).max // 4

    @property
    def found(self) -> RoutedWeek:
        """The best week so far."""
        lengths = self.best.length.tolist()
        routes = tuple(tuple(row[:k]) for row, k in zip(self.best.stops.tolist(), lengths, strict=True))
        return routed(self.week, routes)


def routed(week: WeekArrays, routes: tuple[tuple[int, ...], ...]) -> RoutedWeek:
    """Return routes with their cost, summed anew in plain Python.

    Parameters
    ----------
    week, routes
        Week; visits in order for each team-day.
    """
    cost = 0
    for r, stops in enumerate(routes):
        if not stops:
            continue
        places = [int(week.depot[r]), *stops, int(week.depot[r])]
        cost += int(week.opening[r]) + sum(int(week.travel[a, b]) for a, b in pairwise(places))
        cost += sum(k * int(week.priority[v]) for k, v in enumerate(stops))
    made = {v for stops in routes for v in stops}
    dropped = tuple(v for v in range(week.visits) if v not in made)
    return RoutedWeek(routes, cost + sum(int(week.penalty[v]) for v in dropped), dropped)


def possible_pairs(week: WeekArrays) -> npt.NDArray[np.bool_]:
    """Return which team-day can make which visit if it makes no other, shape (n, R)."""
    pairs = allowed_pairs(week)
    stop = np.zeros(1, dtype=np.int64)
    known: dict[tuple[int, int], bool] = {}
    profile = profiles(week)
    for v, r in zip(*np.nonzero(pairs), strict=True):
        key = (int(v), int(profile[r]))
        if key not in known:
            stop[0] = v
            known[key] = bool(drivable(week, r, stop, 1))
        pairs[v, r] = known[key]
    return pairs


def _scratch(week: WeekArrays, routes: Routes, seed: int) -> Ruin:
    n, r, p = week.visits, week.team_days, routes.stops.shape[1]
    pairs = possible_pairs(week)
    apart = week.travel[:n, :n] + week.travel[:n, :n].T
    np.fill_diagonal(apart, -1)
    near = np.argsort(apart, axis=1, kind="stable")[:, : NEIGHBOURS + 1].astype(np.int64)
    depots = np.unique(week.depot)
    far = (week.travel[:n, depots] + week.travel[depots, :n].T).min(axis=1) if r else np.zeros(n, np.int64)
    width = week.latest - week.opens
    ends = np.concatenate([[0], np.cumsum(width)])
    rng = np.random.default_rng(seed)
    return Ruin(
        near=np.ascontiguousarray(near),
        first_team=np.concatenate([[0], np.cumsum(pairs.sum(axis=1))]).astype(np.int64),
        team=np.nonzero(pairs)[1].astype(np.int64),
        far=far.astype(np.int64),
        narrow=np.diff(ends[week.first_window]).astype(np.int64),
        marks=rng.integers(1, 1 << 63, n, dtype=np.uint64),
        random=rng.integers(1, 1 << 63, 1, dtype=np.uint64),
        out=np.zeros(n, dtype=np.int64),
        touched=np.zeros(r, dtype=np.int64),
        is_touched=np.zeros(r, dtype=np.bool_),
        old_stops=np.zeros((r, p), dtype=np.int64),
        old_length=np.zeros(r, dtype=np.int64),
        old_version=np.zeros(r, dtype=np.int64),
        memo_version=np.full((n, r), NONE, dtype=np.int64),
        memo_cost=np.zeros((n, r), dtype=np.int64),
        memo_at=np.zeros((n, r), dtype=np.int64),
        size=np.array([RUIN_SIZE]),
    )


def _pool(week: WeekArrays, longest: int) -> Pool:
    def ints(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return Pool(
        np.zeros(SLOTS, dtype=np.uint64), ints(SLOTS), ints(SLOTS), ints(SLOTS), ints(SLOTS, longest),
        profiles(week), ints(1),
    )  # fmt: skip


def _mean_leg(week: WeekArrays, near: Ints) -> float:
    """Return the mean travel to the ten nearest neighbours [s], at least 1."""
    close = near[:, 1:11]
    if not close.size:
        return 1.0
    return max(1.0, float(np.take_along_axis(week.travel[: len(close)], close, axis=1).mean()))
