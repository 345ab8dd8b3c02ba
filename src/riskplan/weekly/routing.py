"""Routes of one week on arrays, one door for every engine: a cost, a bound where one is proven, why it stopped."""

from __future__ import annotations

from dataclasses import dataclass

from riskplan.progress import OnProgress, Progress, Stop, ignore_progress
from riskplan.weekly.arrays import RoutedWeek, WeekArrays, check_arrays
from riskplan.weekly.chains import Chains, routed
from riskplan.weekly.columns import SCALE, list_columns
from riskplan.weekly.pool import offers_of_pool, partition
from riskplan.weekly.portfolio import route_portfolio
from riskplan.weekly.proof import Proof

CHAINS, MOVES_PER_VISIT, SLICE = 4, 2_500, 2_000
"""Chains at effort 1; moves of each per visit; moves between two looks at the clock."""
HOT, COLD = 2.0, 0.1
"""First and last temperature of a chain, in mean legs between neighbours."""
WARM = 0.3
"""First temperature of a chain that polishes a week."""
ENGINES = ("compiled", "ortools")
"""Engines behind the door."""
LISTED = 110
"""Visits up to which all columns are listed."""
DIVES, ROUNDS, OFFERS, WORK = 8, 8, 2_500, 6.0
"""Dives, rounds of cuts, routes of the last set partitioning, and its deterministic time, at effort 1."""
FIRST, FIRST_ALONE, CUTTING, DIVING, LAST = 0.2, 0.75, 0.55, 0.85, 0.95
"""Shares of a time limit after which these end: chains (with, without columns), cuts, dives, all but the last phase."""


@dataclass(frozen=True)
class WeekRoutes:
    """What an engine found.

    Parameters
    ----------
    week
        Routes, cost, visits left out.
    bound
        Proven lower bound [s]; None where none is proven.
    stopped_because
        ``optimal``, ``effort``, ``time_limit`` or ``interrupted``.
    moves, columns
        Moves of the chains; listed sets (0: none).
    """

    week: RoutedWeek
    bound: int | None
    stopped_because: str
    moves: int
    columns: int

    @property
    def gap(self) -> float | None:
        """(cost - bound) / bound; None without a bound or with one of 0."""
        return None if not self.bound else self.week.cost / self.bound - 1.0


def solve_week(
    week: WeekArrays,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    on_progress: OnProgress = ignore_progress,
    start: RoutedWeek | None = None,
    engine: str = "compiled",
) -> WeekRoutes:
    """Return good lawful routes of a week, and a proven bound where all its columns can be listed.

    Parameters
    ----------
    week
        Week.
    stop
        Effort 1 by default: same seed, same answer. With a time limit the phases follow the clock.
    seed
        Seed of all choices.
    on_progress
        Listener.
    start
        A lawful week to go on from; the answer is never worse.
    engine
        One of ``ENGINES``; ``ortools`` proves nothing and knows neither caps nor priorities.

    Raises
    ------
    ValueError
        If the engine does not exist.
    """
    check_arrays(week)
    if engine not in ENGINES:
        message = f"engine = {engine!r}: give one of {', '.join(ENGINES)}"
        raise ValueError(message)
    run = _Run(week, stop or Stop(), seed, on_progress)
    if start is not None:
        run.offer(start)
    if not week.visits or not week.team_days:
        return WeekRoutes(run.best, run.best.cost, "optimal", 0, 0)
    why = "effort"
    try:
        if engine == "ortools":
            run.offer(route_portfolio(week, run.stop, seed))
        else:
            run.search()
    except KeyboardInterrupt:
        why = "interrupted"
    if why == "effort" and run.stop.out_of_time():
        why = "time_limit"
    return run.answer(why)


class _Run:
    """One search with the best week so far."""

    def __init__(self, week: WeekArrays, stop: Stop, seed: int, on_progress: OnProgress) -> None:
        self.week, self.stop, self.seed, self.on_progress = week, stop, seed, on_progress
        self.best = routed(week, ((),) * week.team_days)
        self.proof: Proof | None = None
        self.chains: Chains | None = None

    def offer(self, found: RoutedWeek) -> None:
        """Keep a week if it is cheaper than the best."""
        if found.cost < self.best.cost:
            self.best = found
        bound = None if self.proof is None else float(self.proof.seconds)
        self.on_progress(Progress("week", incumbent=float(self.best.cost), bound=bound))

    def late(self, share: float) -> bool:
        """Tell whether a share of the time limit has passed."""
        return self.stop.share_used() >= share

    def search(self) -> None:
        """Chains; then, where all columns are listed, bound, dives and set partitioning; else the pool's."""
        self.chains = Chains(self.week, self.seed)
        listed = self.week.visits <= LISTED
        until = FIRST if listed else FIRST_ALONE
        total = self.stop.steps(CHAINS)
        for k in range(total):
            self._chain(None, HOT, (until * k / total, until * (k + 1) / total))
        columns = list_columns(self.week) if listed and not self.late(LAST) else None
        if columns is None:
            self._recombine()
            return
        self.proof = Proof(self.week, columns)
        if self.proof.price(lambda: self.late(LAST)):
            self.proof.sharpen(lambda: self.late(CUTTING), self.stop.steps(ROUNDS))
        self._dive()
        self._finish()

    def _chain(
        self, start: RoutedWeek | None, hot: float, shares: tuple[float, float], part: int = 1
    ) -> None:
        """Run one chain, from nothing or from a week, by effort or between two shares of the time limit."""
        chains = self.chains
        if chains is None:
            return
        chains.forget()
        chains.restart(None if start is None else start.routes)
        total = max(SLICE, MOVES_PER_VISIT * self.week.visits // part)
        done, began = 0.0, self.stop.share_used()
        moves = 0
        while done < 1.0:
            chains.run(
                SLICE, hot * (COLD / hot) ** done, hot * (COLD / hot) ** min(1.0, done + SLICE / total)
            )
            moves += SLICE
            done = moves / total
            if self.stop.time_limit is not None:
                done = (self.stop.share_used() - began) / max(1e-9, shares[1] - began)
        self.offer(chains.found)

    def _dive(self) -> None:
        """Dive, and polish what comes out, again and again."""
        proof = self.proof
        if proof is None:
            return
        for k in range(self.stop.steps(DIVES)):
            if self.late(DIVING if k else LAST) or self.best.cost <= proof.seconds:
                return
            found = proof.dive(1000 * self.seed + k)
            self.offer(found)
            used = self.stop.share_used()
            self._chain(found, WARM, (used, used + 0.03), part=5)

    def _finish(self) -> None:
        """Let CP-SAT choose among the columns that may still be better; where these are all, it proves the optimum."""
        proof, chains = self.proof, self.chains
        if proof is None or chains is None or self.best.cost <= proof.seconds or self.late(1.0):
            return
        offers, complete = proof.offers(self.best.cost, OFFERS)
        pool = [] if complete else offers_of_pool(self.week, chains.pool)
        chosen = partition(self.week, [*offers, *pool], self.best, self._work(), self.seed)
        self.offer(chosen.week)
        if complete and chosen.proven:
            proof.bound = max(proof.bound, SCALE * self.best.cost)

    def _recombine(self) -> None:
        """Without columns: partition the pool, and polish."""
        chains = self.chains
        if chains is None:
            return
        chosen = partition(
            self.week, offers_of_pool(self.week, chains.pool), self.best, self._work(), self.seed
        )
        self.offer(chosen.week)
        self._chain(self.best, WARM, (0.95, 1.0), part=4)

    def _work(self) -> float:
        """Return the deterministic time that CP-SAT may use: by effort, or about what is left of the time limit."""
        if self.stop.time_limit is None:
            return WORK * self.stop.effort
        return max(0.1, 0.4 * self.stop.time_limit * (1.0 - self.stop.share_used()))

    def answer(self, why: str) -> WeekRoutes:
        """Return what was found."""
        bound = None if self.proof is None else min(self.proof.seconds, self.best.cost)
        if bound == self.best.cost:
            why = "optimal"
        moves = 0 if self.chains is None else self.chains.moves
        columns = 0 if self.proof is None else len(self.proof.columns.size)
        return WeekRoutes(self.best, bound, why, moves, columns)
