"""Enterprises of one cluster side by side: what a move touches lies together, and two threads write apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskplan.annual.arrays import Ints, YearArrays
from riskplan.annual.prices import CellPrices
from riskplan.annual.standing import Pattern


def _runs(first: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Return the members of runs taken in an order, and where the runs then begin.

    Parameters
    ----------
    first
        shape (n + 1,), where each run begins.
    order
        shape (n,), runs.
    """
    length = np.diff(first)[order]
    begin = np.concatenate([[0], np.cumsum(length)])
    return np.repeat(first[order] - begin[:-1], length) + np.arange(begin[-1]), begin


@dataclass(frozen=True)
class Sorted:
    """A year with its enterprises in order of clusters, and the way back.

    Parameters
    ----------
    year
        Year in order of clusters.
    enterprises
        shape (N,), enterprise of the given year at each place.
    schedules
        shape (S,), schedule of the given year at each place.
    """

    year: YearArrays
    enterprises: Ints
    schedules: Ints

    @classmethod
    def by_cluster(cls, year: YearArrays) -> Sorted:
        """Return a year in order of clusters; enterprises of one cluster stay in order."""
        order = np.argsort(year.cluster, kind="stable").astype(np.int64)
        schedules, first_schedule = _runs(year.first_schedule, order)
        visits, first_visit = _runs(year.first_visit, schedules)
        moved = {
            **{name: getattr(year, name)[order] for name in ("township", "cluster")},
            **{name: getattr(year, name)[schedules] for name in ("constant", "gap", "left_out")},
            **{
                name: getattr(year, name)[visits]
                for name in ("node", "arc_row", "season", "multiple", "clash", "kind")
            },
        }
        new = year._replace(first_schedule=first_schedule, first_visit=first_visit, **moved)
        return cls(new, order, schedules)

    def there(self, plan: Pattern) -> Pattern:
        """Return a plan of the given year as one of the sorted year."""
        place = np.empty_like(self.schedules)
        place[self.schedules] = np.arange(len(place))
        return Pattern(place[plan.schedule[self.enterprises]], plan.weeks[self.enterprises])

    def back(self, plan: Pattern) -> Pattern:
        """Return a plan of the sorted year as one of the given year."""
        schedule, weeks = np.empty_like(plan.schedule), np.empty_like(plan.weeks)
        schedule[self.enterprises] = self.schedules[plan.schedule]
        weeks[self.enterprises] = plan.weeks
        return Pattern(schedule, weeks)

    def prices_back(self, prices: CellPrices) -> CellPrices:
        """Return prices of the sorted year as those of the given year."""
        link = np.empty_like(prices.link)
        link[self.enterprises] = prices.link
        return CellPrices(prices.cell, link)
