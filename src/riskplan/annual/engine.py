"""The year on arrays: prices and a proven bound, a first plan at once, then annealing; one door for cases and benchmarks.

Everything stops on effort. With a wall-clock limit the schedules of ascent and cooling follow the clock instead, and
once the ascent is done its thread searches as well.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from riskplan.annual.anneal import Annealing, Cooling
from riskplan.annual.arrays import YearArrays
from riskplan.annual.exact import exact_bound, fineness
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.annual.prices import PARTS, Ascent, CellPrices
from riskplan.annual.small import MOST_VISITS, WORK, owed_visits, solve_outright
from riskplan.annual.sorting import Sorted
from riskplan.annual.standing import Measured, Pattern
from riskplan.progress import OnProgress, Progress, Stop, ignore_progress

FIRST_STEPS, LATER_STEPS = 250, 750
"""Steps of the ascent before the search begins, and beside it in a second thread."""
MOVES_PER_ENTERPRISE, LEAST_MOVES = 100, 3_000
FIRST_SHARE, SOFT_SHARE = 0.1, 0.88
"""Share of a wall-clock limit that the first prices may use; share of the search with soft capacities."""
EPOCH = 2048
EPOCHS = 400
"""Epochs of a search at least."""
REFINED = 0.25
"""Share of a wall-clock limit after which the ascent leaves its thread to the search."""
FIRST_SIZE, LATER_SIZE = (1.0, 0.1), (0.1, 0.01)
"""Size of the ascent's steps, first and last, in both parts."""


@dataclass(frozen=True)
class Solution:
    """What a search on arrays found.

    Parameters
    ----------
    plan, cost
        Best lawful plan and its exact cost [units].
    prices, bound
        Prices >= 0; the bound that they prove, or for small years what CP-SAT proves [units].
    first
        Cost of the first plan [units].
    steps, moves, kept
        Steps of the ascent; moves made and kept.
    stopped_because
        ``effort``, ``time_limit`` or ``interrupted``.
    curve
        (seconds, cost) of each better plan; seconds are only told, never used.
    """

    plan: Pattern
    cost: Measured
    prices: CellPrices
    bound: int
    first: int
    steps: int
    moves: int
    kept: int
    stopped_because: str
    curve: tuple[tuple[float, int], ...] = field(default=(), compare=False)


@dataclass
class _Course:
    """How far a phase is: by effort, or by the clock where there is a limit."""

    stop: Stop
    total: int
    began: float
    share: float
    done: int = 0

    def fraction(self) -> float:
        """Return the share of the phase that is done, 0 to 1 and beyond."""
        part = self.done / self.total
        if self.stop.time_limit is None:
            return part
        end = self.stop.started + self.stop.time_limit * self.share
        return max(part, (time.monotonic() - self.began) / max(end - self.began, 1e-9))

    def by_clock(self) -> bool:
        """Whether the clock decides how far the phase is, not the effort."""
        return self.fraction() > self.done / self.total


def solve_arrays(
    year: YearArrays,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    on_progress: OnProgress = ignore_progress,
    start: Pattern | None = None,
    cooling: Cooling | None = None,
) -> Solution:
    """Return a good lawful plan of a year and a proven bound.

    Parameters
    ----------
    year
        Year.
    stop
        Effort 1 by default; with a time limit the search cools by the clock.
    seed
        Seed of all choices.
    on_progress
        Listener.
    start
        A plan to go on from; what of it is not lawful is placed anew.
    cooling
        Temperatures, for experiments.
    """
    stop = stop or Stop()
    if not year.size:
        return _nothing(year)
    on_progress(Progress("compile"))
    ordered = Sorted.by_cluster(year)
    start = None if start is None else ordered.there(start)
    found = _solve_sorted(ordered.year, stop, (seed, cooling), on_progress, start)
    return replace(found, plan=ordered.back(found.plan), prices=ordered.prices_back(found.prices))


def _solve_sorted(
    year: YearArrays,
    stop: Stop,
    chance: tuple[int, Cooling | None],
    on_progress: OnProgress,
    start: Pattern | None,
) -> Solution:
    """Solve a year whose enterprises stand cluster by cluster; ``chance`` is the seed and the temperatures."""
    seed, cooling = chance
    run = _Run(stop, on_progress)
    run.begin(Annealing(year, CellPrices.zeros(year), seed), start)
    ascent = Ascent(year)
    with ThreadPoolExecutor(PARTS) as pool:
        interrupted = _ascend(ascent, stop, on_progress, pool)
        prices = ascent.best or ascent.copied()
        search = Annealing(year, prices, seed, cooling)
        run.go_on(search, exact_bound(year, prices), start)
        if not interrupted:
            halt = threading.Event()
            later = pool.submit(_refine, ascent, stop, halt)
            interrupted = run.improve(start is not None, _Beside(pool, later))
            interrupted = _wait(later, halt, interrupted)
    prices, bound = _proven(year, ascent)
    if not interrupted and owed_visits(year) <= MOST_VISITS:
        bound = run.finish(prices, bound)
    why = "interrupted" if interrupted else "time_limit" if stop.out_of_time() else "effort"
    counts = (ascent.steps, search.moves, search.kept)
    return Solution(run.best, run.cost, prices, bound, run.first, *counts, why, tuple(run.curve))


def _proven(year: YearArrays, ascent: Ascent) -> tuple[CellPrices, int]:
    """Return the prices that prove most, and their bound: after a short ascent that may be none at all."""
    choices = (ascent.best or ascent.copied(), CellPrices.zeros(year))
    bounds = [exact_bound(year, prices, fineness(year)) for prices in choices]
    best = int(np.argmax(bounds))
    return choices[best], bounds[best]


def _nothing(year: YearArrays) -> Solution:
    """Return the plan of a year without enterprises."""
    none = np.zeros((0, year.longest), dtype=np.int64)
    return Solution(
        Pattern(none[:, 0], none), Measured(0, 0, 0, 0, 0), CellPrices.zeros(year), 0, 0, 0, 0, 0, "effort"
    )


def _ascend(ascent: Ascent, stop: Stop, on_progress: OnProgress, pool: ThreadPoolExecutor) -> bool:
    """Make the first steps of the ascent in two threads; returns whether the user interrupted."""
    course = _Course(stop, stop.steps(FIRST_STEPS), time.monotonic(), FIRST_SHARE)
    try:
        while course.fraction() < 1:
            bound = ascent.step(_between(FIRST_SIZE, course.fraction()), pool.map)
            course.done += 1
            if course.done % 10 == 1:
                on_progress(Progress("dual", course.done, course.total, bound=bound / UNITS_PER_HAZARD_DAY))
    except KeyboardInterrupt:
        return True
    return False


def _refine(ascent: Ascent, stop: Stop, halt: threading.Event) -> None:
    """Go on with the ascent while the search runs."""
    course = _Course(stop, stop.steps(LATER_STEPS), time.monotonic(), REFINED)
    while course.fraction() < 1 and not halt.is_set():
        ascent.step(_between(LATER_SIZE, course.fraction()), map)
        course.done += 1


def _wait(later: Future[None], halt: threading.Event, interrupted: bool) -> bool:
    """Wait for the ascent, at once when the user interrupts; returns whether that happened."""
    while True:
        try:
            if interrupted:
                halt.set()
            later.result()
        except KeyboardInterrupt:
            interrupted = True
        else:
            return interrupted


@dataclass(frozen=True)
class _Beside:
    """The second thread, and what it does first."""

    pool: ThreadPoolExecutor
    first: Future[None]


class _Run:
    """One search with the best plan so far."""

    def __init__(self, stop: Stop, on_progress: OnProgress) -> None:
        self.stop, self.on_progress = stop, on_progress
        self.curve: list[tuple[float, int]] = []
        self.bound = self.first = 0

    def begin(self, search: Annealing, start: Pattern | None) -> None:
        """Build a first plan at once, before anything is priced, or take the given one."""
        self.search = search
        self._build(start, 0.0)
        self._better(search.measured())
        self.first = self.cost.total

    def go_on(self, search: Annealing, bound: int, start: Pattern | None) -> None:
        """Build the plan that the search begins with, steered by prices."""
        self.search, self.bound = search, bound
        self._build(start, 1.0)
        self._keep()

    def _build(self, start: Pattern | None, steer: float) -> None:
        if start is None:
            self.search.construct(steer)
        else:
            self.search.adopt(start)

    def _better(self, cost: Measured) -> None:
        self.best, self.cost = self.search.pattern.copy(), cost
        self.curve.append((round(time.monotonic() - self.stop.started, 2), cost.total))

    def _tell(self, done: tuple[int, int] = (0, 0)) -> None:
        cost = self.cost.total
        gap = (cost - self.bound) / max(cost, 1)
        incumbent, bound = cost / UNITS_PER_HAZARD_DAY, self.bound / UNITS_PER_HAZARD_DAY
        self.on_progress(Progress("improve", *done, incumbent=incumbent, bound=bound, gap=gap))

    def improve(self, warm: bool, beside: _Beside) -> bool:
        """Search on; returns whether the user interrupted. The best lawful plan is kept in any case."""
        moves = self.stop.steps(LEAST_MOVES + MOVES_PER_ENTERPRISE * self.search.year.size)
        course = _Course(self.stop, moves, time.monotonic(), 1.0)
        soft, self.beside = 0.0 if warm else SOFT_SHARE, beside
        try:
            self.on_progress(Progress("construct", incumbent=self.cost.total / UNITS_PER_HAZARD_DAY))
            self._soften(course, soft)
            self._keep()
            self._harden(course, soft)
        except KeyboardInterrupt:
            self.search.settle()
            self._keep()
            return True
        return False

    def finish(self, prices: CellPrices, bound: int) -> int:
        """Solve a small year outright; returns what is proven then."""
        left = (
            None
            if self.stop.time_limit is None
            else self.stop.time_limit - (time.monotonic() - self.stop.started)
        )
        if self.cost.over or (left is not None and left <= 0):
            return bound
        limit, whole = (WORK * self.stop.effort, left), prices.rounded(1)
        found = solve_outright(
            self.search.year, whole, self.best, exact_bound(self.search.year, whole), limit
        )
        if found is None:
            return bound
        if found.cost.total < self.cost.total:
            self.best, self.cost = found.plan, found.cost
        return max(bound, found.bound)

    def _soften(self, course: _Course, soft: float) -> None:
        if not soft:
            return
        heat = self.search.cooling.soft_heat
        while (done := course.fraction() / soft) < 1:
            self.search.soften(done)
            self._epoch(course, _between(heat, done), True)
        self.search.settle()

    def _harden(self, course: _Course, soft: float) -> None:
        heat = self.search.cooling.hard_heat
        while (done := (course.fraction() - soft) / (1 - soft)) < 1:
            self._epoch(course, _between(heat, done), False)
            self._keep()

    def _epoch(self, course: _Course, heat: float, together: bool) -> None:
        moves, before = min(EPOCH, max(1, course.total // EPOCHS)), self.search.moves
        if together and self.search.divisible and course.by_clock() and self.beside.first.done():
            self.search.epoch_together(moves, heat, self.beside.pool)
        else:
            self.search.epoch(moves, heat)
        course.done += self.search.moves - before
        self._tell((min(course.done, course.total), course.total))

    def _keep(self) -> None:
        cost = self.search.measured()
        if cost.over == 0 and (cost.total < self.cost.total or self.cost.over):
            self._better(cost)


def _between(pair: tuple[float, float], x: float) -> float:
    """Return a point between two values, on a geometric scale."""
    return float(pair[0] * (pair[1] / pair[0]) ** np.clip(x, 0, 1))
