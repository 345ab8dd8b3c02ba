"""What waiting beyond longest intervals costs in a certificate's year, from ``duties.csv`` and the rulebook alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from riskplan.audit.certificate_costs import UNITS, Costs
from riskplan.audit.dates import day_of
from riskplan.audit.owed import DRAWN
from riskplan.units import DAYS_PER_WEEK

Ints = npt.NDArray[np.int64]
SUNDAY = DAYS_PER_WEEK - 1
UNKNOWN = 1 << 40
"""Due day of an item without a last visit: it is late for no first one."""


@dataclass(frozen=True)
class Late:
    """Late days and what they cost.

    Parameters
    ----------
    costs
        Costs of the listed enterprises.
    """

    costs: Costs

    @cached_property
    def monday(self) -> Ints:
        """Monday of each week, from the horizon's first day."""
        calendar = self.costs.world.calendar
        return np.array(calendar.mondays, dtype=np.int64) - calendar.first

    @cached_property
    def end(self) -> int:
        """Last day of the horizon, from its first."""
        return self.costs.world.calendar.n_days - 1

    @cached_property
    def price(self) -> tuple[int, ...]:
        """Cost of one late day of one item at each listed enterprise [units]."""
        rules, tier = self.costs.world.rules.objective, self.costs.world.premises.tier
        share = rules.late_share
        return tuple(round(share * rules.unplanned[tier[e]] * UNITS) for e in self.costs.at)

    @cached_property
    def waits(self) -> tuple[dict[str, tuple[int, int]], ...]:
        """Item -> (longest interval, day on which it is due), for each listed enterprise; drawn duties have none."""
        table, first = self.costs.world.table("duties"), self.costs.world.calendar.first
        found: dict[str, dict[str, tuple[int, int]]] = {}
        names = ("enterprise_id", "item_id", "longest_interval_days", "last_done", "cause")
        for name, item, days, last, cause in zip(*(table[c] for c in names), strict=True):
            longest, seen = int(days), day_of(last)
            if longest > 0 and cause != DRAWN:
                own = found.setdefault(name, {})
                due = max(0, seen + longest - first) if seen else UNKNOWN
                if item not in own or (longest, seen) < (own[item][0], own[item][1]):
                    own[item] = (longest, due)
        return tuple(found.get(name, {}) for name in self.costs.file.names("enterprises"))

    def of_plan(self, i: int, visits: Sequence[tuple[int, Sequence[str]]]) -> int:
        """Return what is late at a listed enterprise with (week, items) in order [units]."""
        days, monday = 0, self.monday.tolist()
        for item, (longest, due) in self.waits[i].items():
            own = [monday[week] for week, items in visits if item in items]
            days += max(0, (own[0] + SUNDAY if own else self.end) - due)
            days += sum(max(0, after + SUNDAY - before - longest) for before, after in pairwise(own))
            days += max(0, self.end - own[-1] - longest) if own else 0
        return self.price[i] * days

    def without(self, i: int, items: Iterable[str]) -> int:
        """Return what is late at a listed enterprise whose schedule carries only some items at all [units]."""
        seen = set(items)
        return self.price[i] * sum(
            max(0, self.end - due) for item, (_, due) in self.waits[i].items() if item not in seen
        )

    def node(self, visits: int, parts: Iterable[LatePart]) -> Ints:
        """Return what first and last visits are late by week, shape (n_visits, n_weeks) [units]."""
        cost = np.zeros((visits, len(self.monday)), dtype=np.int64)
        before: dict[int, dict[int, int]] = {}
        after: dict[int, dict[int, int]] = {}
        for part in parts:
            own = before.setdefault(part.due, {})
            own[part.first] = own.get(part.first, 0) + part.price
            own = after.setdefault(part.longest, {})
            own[part.last] = own.get(part.last, 0) + part.price
        for due, by_visit in before.items():
            _spread(cost, by_visit, np.maximum(0, self.monday + SUNDAY - due))
        for longest, by_visit in after.items():
            _spread(cost, by_visit, np.maximum(0, self.end - self.monday - longest))
        return cost

    def gaps(self, visits: int, parts: Iterable[LatePart]) -> tuple[Ints, Ints]:
        """Return which gap after a visit is late how (0: not), and late costs of 0, 1, 2... weeks by kind [units].

        An item that skips visits is late for the first gap alone at least, which the bound counts.
        """
        prices: dict[int, dict[int, int]] = {}
        for part in parts:
            for v in part.carriers[:-1]:
                own = prices.setdefault(v, {})
                own[part.longest] = own.get(part.longest, 0) + part.price
        kinds: dict[tuple[tuple[int, int], ...], int] = {(): 0}
        of = np.zeros(visits, dtype=np.int64)
        for v, own in prices.items():
            of[v] = kinds.setdefault(tuple(sorted(own.items())), len(kinds))
        span = DAYS_PER_WEEK * np.arange(len(self.monday), dtype=np.int64) + SUNDAY
        table = np.zeros((len(kinds), len(span)), dtype=np.int64)
        for kind, k in kinds.items():
            for longest, price in kind:
                table[k] += price * np.maximum(0, span - longest)
        return of, table

    def parts(self, i: int, start: int, carried: Sequence[Sequence[str]]) -> Iterator[LatePart]:
        """Yield each item that a schedule carries, with the numbers of the visits that do."""
        for item, (longest, due) in self.waits[i].items():
            own = tuple(start + j for j, items in enumerate(carried) if item in items)
            if own:
                yield LatePart(own, due, longest, self.price[i])


@dataclass(frozen=True, slots=True)
class LatePart:
    """An item of a listed schedule: visits that carry it, due day, longest interval, cost of a late day [units]."""

    carriers: tuple[int, ...]
    due: int
    longest: int
    price: int

    @property
    def first(self) -> int:
        """The visit that ends the wait from before the horizon."""
        return self.carriers[0]

    @property
    def last(self) -> int:
        """The visit from which it waits to the end."""
        return self.carriers[-1]


def _spread(cost: Ints, by_visit: dict[int, int], days: Ints) -> None:
    if days.any():
        cost[list(by_visit)] += np.array(list(by_visit.values()), dtype=np.int64)[:, None] * days
