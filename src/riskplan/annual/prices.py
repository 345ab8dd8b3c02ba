"""The Lagrangian dual on arrays: every coupling cell priced, every enterprise priced exactly, two threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from riskplan.annual.arrays import YearArrays
from riskplan.annual.dual_kernels import (
    Moments,
    cells_paid,
    gather_use,
    spread_prices,
    step_cells,
    step_links,
)
from riskplan.annual.instance import Numbers
from riskplan.annual.pricing_kernels import FORBIDDEN, Places, Priced, price_range, price_trips

Floats = npt.NDArray[np.float64]
Run = Callable[[Callable[[int], object], Iterable[int]], Iterable[object]]
"""Maps a function over numbers, in threads or not."""
PARTS = 2
"""Parts that enterprises are priced in, each by its own thread; sums run over parts in order, so bytes repeat."""


@dataclass(frozen=True)
class CellPrices:
    """Prices >= 0 [units]: of cells, shape (K,), and of links, shape (N, W)."""

    cell: Numbers
    link: Numbers

    @classmethod
    def zeros(cls, year: YearArrays) -> CellPrices:
        """Return prices of zero."""
        return cls(np.zeros(len(year.capacity)), np.zeros((year.size, year.weeks)))

    def rounded(self, scale: int) -> CellPrices:
        """Return whole numbers nearest to ``scale`` times the prices: as valid as any others."""
        return CellPrices(*(np.rint(p * scale).astype(np.int64) for p in (self.cell, self.link)))


class Pricer:
    """Prices a year again and again with arrays of its own.

    Parameters
    ----------
    year
        Year.
    dtype
        float64 in the search, int64 for the exact bound.
    """

    def __init__(self, year: YearArrays, dtype: type) -> None:
        self.year, self.dtype = year, dtype
        n, w, f, longest = year.size, year.weeks, year.families, year.longest
        value: Numbers = np.zeros(n, dtype=dtype)
        schedule, weeks = np.zeros(n, dtype=np.int64), np.zeros((n, longest), dtype=np.int64)
        self.parts = [
            Priced(
                value,
                schedule,
                weeks,
                np.zeros((f, w), dtype=np.int64),
                np.zeros((longest, w), dtype=dtype),
                np.zeros((longest, w), dtype=dtype),
                np.zeros((longest, w), dtype=np.int64),
                np.zeros(longest, dtype=np.int64),
            )
            for _ in range(PARTS)
        ]
        bounds = np.linspace(0, n, PARTS + 1).astype(np.int64)
        self.spans = [(int(a), int(b)) for a, b in pairwise(bounds)]
        middle = (
            int(np.searchsorted(np.cumsum(np.bincount(year.township, minlength=len(year.trip))), n / 2)) + 1
        )
        middle = min(middle, len(year.trip))
        self.towns = [(0, middle), (middle, len(year.trip))]
        self.by_family: Numbers = np.zeros((f, w), dtype=dtype)
        self.taken = np.zeros((n, w), dtype=bool)
        self.used = np.zeros(len(year.capacity), dtype=np.int64)
        self.places = places_of(year)

    @property
    def found(self) -> Priced:
        """Value, schedule and weeks of the cheapest patterns."""
        return self.parts[0]

    def price(self, prices: CellPrices, scale: int, run: Run) -> float | int:
        """Return the Lagrangian value of prices: a lower bound on every plan, times ``scale``.

        Parameters
        ----------
        prices
            Prices >= 0.
        scale
            Of the costs: whole prices may be finer than a unit.
        run
            Such as ``map``.
        """
        year = self.year
        spread_prices(year, prices.cell, self.by_family)
        for part in self.parts:
            part.used[:] = 0

        def one(k: int) -> object:
            return price_range(year, (self.by_family, prices.link, scale), self.spans[k], self.parts[k])

        def trips(k: int) -> object:
            return price_trips(year, self.places, prices.link, (*self.towns[k], scale), self.taken)

        list(run(one, range(PARTS)))
        blocks: list[Any] = list(run(trips, range(PARTS)))
        used = self.parts[0].used + self.parts[1].used
        gather_use(year, used, self.used)
        paid = cells_paid(year, prices.cell, scale)
        if self.dtype is np.int64:
            return sum(self._sums()) - int(paid) + sum(int(b) for b in blocks)
        return float(self.found.value.sum() - paid + sum(blocks))

    def _sums(self) -> list[int]:
        return [int(part.sum()) for part in np.array_split(self.found.value, max(1, self.year.size // 4096))]


def places_of(year: YearArrays) -> Places:
    """Return members of clusters (flat), where each cluster begins, and the first cluster of each township.

    Clusters are numbered township by township.
    """
    clusters, townships = len(year.cluster_township), len(year.trip)
    assert (np.diff(year.cluster_township) >= 0).all(), "clusters are numbered township by township"
    members = np.argsort(year.cluster, kind="stable").astype(np.int64)
    start = np.searchsorted(year.cluster[members], np.arange(clusters + 1)).astype(np.int64)
    first = np.searchsorted(year.cluster_township, np.arange(townships + 1)).astype(np.int64)
    return Places(members, start, first)


class Ascent:
    """Projected Adam ascent on the prices, in steps that become smaller (algorithms A9.2).

    Parameters
    ----------
    year
        Year.
    start
        First prices, None: zero.
    """

    def __init__(self, year: YearArrays, start: CellPrices | None = None) -> None:
        self.year = year
        at = start or CellPrices.zeros(year)
        self.cell = Moments(at.cell.astype(np.float64), np.zeros(len(at.cell)), np.zeros(len(at.cell)))
        small = np.zeros(at.link.shape, dtype=np.float32)
        self.link = Moments(at.link.astype(np.float64), small, small.copy())
        self.rates, self.link_rate = rates_of(year)
        self.pricer = Pricer(year, np.float64)
        self.steps = 0
        self.best: CellPrices | None = None
        self.best_bound = -np.inf

    def step(self, size: float, run: Run) -> float:
        """Price, keep the best prices, and move them; returns the bound of the prices it came with.

        Parameters
        ----------
        size
            Multiple of the first step, 1 falling to 0.02.
        run
            Such as ``map``.
        """
        bound = float(self.pricer.price(self.prices, 1, run))
        if bound > self.best_bound:
            self.best_bound = bound
            if size < 0.5:
                self.best = self.copied()
        self.steps += 1
        fix1, fix2 = 1 - 0.9**self.steps, 1 - 0.99**self.steps
        found, taken = self.pricer.found, self.pricer.taken
        chosen = (found.schedule, found.weeks, taken)
        rates = (size * self.link_rate, fix1, fix2)
        spans = self.pricer.spans
        list(run(lambda k: step_links(self.year, chosen, spans[k], rates, self.link), range(PARTS)))
        step_cells(self.year, self.pricer.used, (size * self.rates, fix1, fix2), self.cell)
        return bound

    def copied(self) -> CellPrices:
        """Return a copy of the present prices."""
        return CellPrices(self.cell.price.copy(), self.link.price.copy())

    @property
    def prices(self) -> CellPrices:
        """The present prices."""
        return CellPrices(self.cell.price, self.link.price)


def rates_of(year: YearArrays) -> tuple[Floats, float]:
    """Return first steps of cells, shape (K,), and of links: small parts of what a visit or a trip costs.

    A link price moves by a part of a trip; the price of a cell by a part of a visit's cost range over its mean amount,
    that of a month by less; that of a counter, which costs a visit left out when it runs out, by a part of that
    (docs/decisions/0003).
    """
    allowed = np.where(year.node < FORBIDDEN, year.node, year.node.min(axis=1)[:, None])
    visit = float(np.ptp(allowed, axis=1).mean()) if len(allowed) else 1.0
    opened = year.table[year.first_table[:-1] + 1]
    trip = float((0.05 * opened + 0.1 * year.trip[year.cluster_township]).mean()) if len(opened) else visit
    short = year.left_out > 0
    missed = float((year.constant[short] / year.left_out[short]).mean()) if short.any() else visit
    families, weeks = year.families, year.weeks
    often = np.bincount(year.family, minlength=families)
    amount = np.bincount(year.family, weights=year.amount, minlength=families) / np.maximum(often, 1)
    of_family = np.where(year.dense, 0.015 * visit, 0.1 * max(visit, missed)) / np.maximum(amount, 1)
    cells = np.repeat(of_family, weeks)
    extra = np.zeros(len(year.capacity) - len(cells))
    np.maximum.at(extra, year.extra - len(cells), np.repeat(of_family, np.diff(year.first_extra)))
    several = (year.home[len(cells) :] < 0) & np.isin(
        np.arange(len(extra)), year.extra[_of_dense(year)] - len(cells)
    )
    extra[several] *= 0.3
    return np.concatenate([cells, extra]), max(trip, 0.002 * visit)


def _of_dense(year: YearArrays) -> npt.NDArray[np.bool_]:
    """Return which entries of ``extra`` belong to families with cells of their own."""
    return np.repeat(year.dense, np.diff(year.first_extra))
