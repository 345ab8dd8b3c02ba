"""What is proven about a week, and the weeks that its linear programme leads to: bound, dives, last routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from riskplan.weekly.arrays import Ints, RoutedWeek, WeekArrays
from riskplan.weekly.chains import routed
from riskplan.weekly.columns import SCALE, Columns
from riskplan.weekly.master import NARROW, Duals, Master
from riskplan.weekly.pool import Offer

Enough = Callable[[], bool]
"""Tells whether time is up."""


@dataclass(eq=False)
class Proof:
    """A week's master and what it has proven.

    Parameters
    ----------
    week, columns
        Week, every set of visits.
    bound
        Proven lower bound [1/SCALE s]; costs are whole seconds, so the next one above counts.
    """

    week: WeekArrays
    columns: Columns
    bound: int = 0

    def __post_init__(self) -> None:
        """Begin without columns."""
        self.master = Master(self.week, self.columns)
        self.every = np.arange(len(self.columns.size))
        self.narrow = self.every
        self.duals: Duals | None = None

    @property
    def seconds(self) -> int:
        """The bound in whole seconds, rounded up."""
        return -(-self.bound // SCALE)

    def price(self, enough: Enough) -> bool:
        """Solve the programme over all columns; returns whether it was solved to the end."""
        which = self.every
        while not enough():
            duals = self.master.solve()
            added, prices, chosen = self.master.grow(which, duals)
            if len(which) == len(self.every):
                self._learn(duals, prices, chosen)
                if not added:
                    return True
                if len(which) > NARROW:
                    which = self.narrow = np.sort(np.argpartition(prices, NARROW)[:NARROW])
            elif not added:
                which = self.every
        return False

    def sharpen(self, enough: Enough, rounds: int) -> None:
        """Add cuts that the solution breaks and solve again, a number of rounds."""
        for _ in range(rounds):
            if enough() or not self.master.cut() or not self.price(enough):
                return

    def _learn(self, duals: Duals, prices: Ints, chosen: Ints) -> None:
        proven = self.master.bound(duals, prices, chosen)
        if proven > self.bound:
            self.bound, self.duals = proven, duals

    def dive(self, seed: int) -> RoutedWeek:
        """Return the week that a dive ends in."""
        found = self.master.dive(self.narrow, np.random.default_rng(seed))
        free = {
            c: np.flatnonzero(self.columns.class_of == c).tolist() for c in range(len(self.master.counts))
        }
        routes: list[tuple[int, ...]] = [()] * self.week.team_days
        for s, c in found:
            routes[free[c].pop(0)] = tuple(self.columns.stops[s, : self.columns.size[s]].tolist())
        return routed(self.week, tuple(routes))

    def offers(self, cost: int, most: int) -> tuple[list[Offer], bool]:
        """Return routes that may be part of a week cheaper than a known one, the likeliest first; and if these are all.

        A column of reduced cost above the gap is in no cheaper week.

        Parameters
        ----------
        cost
            Cost of the known week [s].
        most
            Most routes.
        """
        if self.duals is None:
            return [], False
        gap = SCALE * (cost - 1) - self.bound
        prices, _ = self.master.priced(self.duals, self.every, gap + 1)
        sets = np.flatnonzero(prices <= gap)
        complete = len(sets) <= most
        sets = sets[np.argsort(prices[sets], kind="stable")[:most]]
        rows = [(p, s, c) for s in sets.tolist() for c, p in self._by_class(s) if p <= gap]
        rows.sort()
        offers = [
            Offer(
                c,
                tuple(self.columns.stops[s, : self.columns.size[s]].tolist()),
                int(self.columns.cost[s]) // SCALE,
            )
            for _, s, c in rows[:most]
        ]
        return offers, complete and len(rows) <= most

    def _by_class(self, s: int) -> list[tuple[int, int]]:
        """Return (class, reduced cost) of a set."""
        duals, columns, found = self.duals, self.columns, []
        if duals is None:
            return []
        stops = columns.stops[s, : columns.size[s]].tolist()
        inside = set(stops)
        charge = sum(
            int(dual)
            for triple, dual in zip(self.master.triples, duals.cuts.tolist(), strict=False)
            if len(inside.intersection(triple)) >= 2
        )
        for c in range(len(self.master.counts)):
            if columns.classes[s] >> c & 1:
                price = (
                    int(columns.cost[s]) - int(duals.gain[stops, c].sum()) - int(duals.classes[c]) - charge
                )
                found.append((c, price))
        return found
