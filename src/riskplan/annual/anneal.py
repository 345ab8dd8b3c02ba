"""Annealing on soft capacities that harden slowly, then on hard ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.arrays import Ints, YearArrays
from riskplan.annual.dual_kernels import spread_prices
from riskplan.annual.prices import CellPrices, places_of
from riskplan.annual.ruin_kernels import Ruin, anneal, anneal_beside
from riskplan.annual.search_kernels import (
    BEGIN,
    HARD,
    LOAD,
    SLOPE,
    WIDTH,
    Standing,
    cost_cells,
    place_all,
)
from riskplan.annual.standing import (
    TINY,
    TRIPS,
    Measured,
    Pattern,
    beside,
    empty,
    empty_log,
    empty_trips,
    loads,
    measure,
    ruin_of,
    set_cells,
)

Floats = npt.NDArray[np.float64]
FOLLOW_FROM, FOLLOW_MOST, FOLLOW_RANGE = 0.05, 0.2, (0.2, 50.0)
"""Share of the soft phase after which prices follow loads, load above or below capacity that counts at most, and least
and greatest price in first ones."""
MOST_ALONE = 3
"""Townships that one thread searches better alone."""


@dataclass(frozen=True)
class Cooling:
    """How a search hardens and cools (measured: docs/annual.md).

    Parameters
    ----------
    soft_heat, hard_heat
        First and last temperature of each phase, in mean trips.
    slope
        First and last price of an overload, in prices of the dual.
    band
        First and last width of the band below a capacity in which its price builds up, as a share of it.
    floor
        Least price of a cell, in means of its family.
    follow
        How fast the price of a cell follows what it carries: by so many per cent an epoch for each per cent above or
        below its capacity.
    """

    soft_heat: tuple[float, float] = (0.8, 0.015)
    hard_heat: tuple[float, float] = (0.01, 0.003)
    slope: tuple[float, float] = (0.7, 60.0)
    band: tuple[float, float] = (0.2, 0.01)
    floor: float = 0.3
    share: float = 1.0
    follow: float = 1.0


class Annealing:
    """A search on a year: soft capacities, then hard ones.

    Parameters
    ----------
    year
        Year.
    prices
        Prices of cells that capacities are softened with.
    seed
        Seed of all choices.
    cooling
        Temperatures and slopes.
    """

    def __init__(
        self,
        year: YearArrays,
        prices: CellPrices,
        seed: int,
        cooling: Cooling | None = None,
    ) -> None:
        self.year, self.cooling = year, cooling or Cooling()
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.now = empty(year, int(self.rng.integers(1, 1 << 62)))
        self.trip = float(np.mean(year.trip[year.cluster_township] + year.table[year.first_table[:-1] + 1]))
        self.price = self._soft_price(prices.cell.astype(np.float64))
        self.first_price = self.price
        self.steer = self._steer(prices)
        spread = np.where(year.node < 1 << 57, year.node, year.node.min(axis=1)[:, None])
        owner = np.repeat(
            np.repeat(np.arange(year.size), np.diff(year.first_schedule)), np.diff(year.first_visit)
        )
        self.weight = np.zeros(year.size)
        np.maximum.at(self.weight, owner, np.ptp(spread, axis=1).astype(np.float64))
        self.weight += np.maximum.reduceat(year.constant, year.first_schedule[:-1])
        self.weight -= np.minimum.reduceat(year.constant, year.first_schedule[:-1])
        fewest = np.minimum.reduceat(np.diff(year.first_visit), year.first_schedule[:-1])
        self.order = np.lexsort((-self.weight, -fewest))
        self.places = places_of(year)
        self.ruin = ruin_of(year, self.places)
        self.moves = self.kept = 0
        self.halves: list[tuple[Standing, Ruin]] = []

    def _soft_price(self, cell: Floats) -> Floats:
        year, weeks = self.year, self.year.weeks
        price = cell.copy()
        for f in range(year.families):
            own = slice(f * weeks, (f + 1) * weeks)
            used = year.capacity[own] > 0
            mean = float(cell[own][used].mean()) if used.any() else 0.0
            price[own] = np.maximum(price[own], self.cooling.floor * mean)
        for f in np.flatnonzero(year.dense & (year.home[: year.families * weeks : weeks] >= 0)).tolist():
            own = slice(f * weeks, (f + 1) * weeks)
            price[own] = np.maximum(
                price[own], self.cooling.share * self.trip / np.maximum(1, year.capacity[own])
            )
        least = self.cooling.floor * float(cell[cell > 0].mean()) if (cell > 0).any() else 1.0
        return np.maximum(price, 0.1 * least) + 1.0

    def _steer(self, prices: CellPrices) -> Floats:
        table = np.zeros((self.year.families, self.year.weeks))
        spread_prices(self.year, prices.cell.astype(np.float64), table)
        return table

    @property
    def pattern(self) -> Pattern:
        """The plan as it stands (not copied)."""
        return Pattern(self.now.schedule, self.now.weeks)

    def construct(self, steer: float) -> None:
        """Build a plan within hard capacities, the weightiest first, choices steered by prices."""
        self._harden()
        self._clear()
        self.now.steer[:] = steer * self.steer
        place_all(self.year, self.now, self.order, False)
        self.now.steer[:] = 0

    def settle(self) -> None:
        """Make the plan lawful: capacities hard, who does not fit is put where it does."""
        self._harden()
        old = self.pattern.copy()
        self._clear()
        self.now.schedule[:], self.now.weeks[:] = old.schedule, old.weeks
        self.now.steer[:] = self.steer
        keeps, moved = self._who_fits(self.order)
        self._clear()
        self.now.schedule[:], self.now.weeks[:] = old.schedule, old.weeks
        place_all(self.year, self.now, np.concatenate([keeps, moved]), True)
        self.now.steer[:] = 0

    def _who_fits(self, order: Ints) -> tuple[Ints, Ints]:
        """Return who can keep its weeks when all are taken in order, and who cannot."""
        old = self.pattern.copy()
        place_all(self.year, self.now, order, True)
        same = (self.now.schedule == old.schedule) & (self.now.weeks == old.weeks).all(axis=1)
        return order[same[order]], order[~same[order]]

    def adopt(self, plan: Pattern) -> None:
        """Go on from a lawful plan, capacities hard."""
        self._harden()
        self._clear()
        self.now.schedule[:], self.now.weeks[:] = plan.schedule, plan.weeks
        place_all(self.year, self.now, np.arange(self.year.size), True)

    def _clear(self) -> None:
        for name, value in zip(TRIPS, empty_trips(self.year), strict=True):
            getattr(self.now, name)[:] = value
        self.now.total[:] = 0
        self.now.schedule[:] = -1
        set_cells(self.now, LOAD, np.zeros(len(self.year.capacity)))
        cost_cells(self.now)

    def _harden(self) -> None:
        cells = len(self.year.capacity)
        self._shape(self.year.capacity.astype(np.float64), np.full(cells, TINY), np.full(cells, HARD))

    def _shape(self, begin: Floats, width: Floats, slope: Floats) -> None:
        for column, cells in ((BEGIN, begin), (WIDTH, width), (SLOPE, slope)):
            set_cells(self.now, column, cells)
        cost_cells(self.now)

    def soften(self, done: float) -> None:
        """Set slopes and bands for a share of the soft phase, 0 to 1; prices follow what cells carry."""
        if done > FOLLOW_FROM and self.cooling.follow:
            self._follow()
        first, last = self.cooling.slope
        wide, narrow = self.cooling.band
        band = wide * (narrow / wide) ** min(1.0, done / 0.6)
        capacity = self.year.capacity.astype(np.float64)
        width = np.where(done < 0.6, band * capacity, 0.0)
        self._shape(capacity - width, np.maximum(width, TINY), first * (last / first) ** done * self.price)

    def _follow(self) -> None:
        """Let the price of every cell rise where it is overloaded and fall where room is left.

        The prices of the dual clear a market in which trips may be made by halves; those that clear the plan's own are
        found by trying, as in an auction (measured: docs/annual.md).
        """
        load = np.concatenate([self.now.dense[:, LOAD].ravel(), self.now.extra[:, LOAD]])
        above = np.clip(load / np.maximum(1, self.year.capacity) - 1, -FOLLOW_MOST, FOLLOW_MOST)
        least, most = FOLLOW_RANGE
        price = self.price * np.exp(self.cooling.follow * above)
        self.price = np.clip(price, least * self.first_price, most * self.first_price)

    def epoch(self, moves: int, heat: float) -> None:
        """Make moves at one temperature [mean trips]."""
        self.kept += int(anneal(self.year, self.now, self.ruin, self.weight, (moves, heat * self.trip)))
        self.moves += moves

    def epoch_together(self, moves: int, heat: float, pool: ThreadPoolExecutor) -> None:
        """Make that many moves in each of two threads, each in its own townships, on one and the same plan.

        Each thread has cells of its own and hears before every move what the other one kept (without that, one sees the
        room that a move of the other opens for a moment). When it hears is a matter of the machine's pace, so this is
        for searches by the clock; loads are counted afresh afterwards. A thread whose log is full makes fewer moves.
        """
        if not self.halves:
            self.halves = self._split()
        (now, first), (copy, second) = self.halves
        logs = (empty_log(), empty_log())
        copy.dense[:], copy.extra[:] = now.dense, now.extra
        heat *= self.trip
        other = pool.submit(anneal_beside, self.year, copy, second, self.weight, (moves, heat, *logs[::-1]))
        try:
            self.kept += anneal_beside(self.year, now, first, self.weight, (moves, heat, *logs))
        finally:
            self.kept += other.result()
        self.moves += 2 * moves
        set_cells(self.now, LOAD, loads(self.year, self.pattern))
        cost_cells(self.now)

    def _split(self) -> list[tuple[Standing, Ruin]]:
        """Return the plan as two threads see it: each begins its moves in its own townships."""
        ends = self.places.start[self.places.first_cluster]
        cut = int(ends[np.argmin(np.abs(ends - self.year.size / 2))])
        copy = beside(self.year, self.now, int(self.rng.integers(1, 1 << 62)))
        ruins = [ruin_of(self.year, self.places, span) for span in ((0, cut), (cut, self.year.size))]
        return [(self.now, ruins[0]), (copy, ruins[1])]

    @property
    def divisible(self) -> bool:
        """Whether there are townships for two threads."""
        return len(self.places.first_cluster) > MOST_ALONE + 1

    def measured(self) -> Measured:
        """Return the exact cost of the plan as it stands."""
        return measure(self.year, self.pattern)
