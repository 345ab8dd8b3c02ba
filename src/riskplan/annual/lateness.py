"""Longest intervals in the year: what it costs that an item waits longer than it may (contracts, section 7).

An item that is late costs ``late_share`` of a visit left out of its tier for every day of the horizon on which it waits
beyond its longest interval, and an undated visit counts on the day of its week that makes the wait longest:

    before the first visit in week w    max(0, Sunday(w) - max(due, 0)),  due = last done + longest interval
    between visits g weeks apart        max(0, 7 g + 6 - longest), so that floor((longest - 6) / 7) weeks cost nothing
    from the last visit to the end      max(0, last day - Monday(w) - longest)
    without a visit                     max(0, last day - max(due, 0))

What was late before the horizon begins is nobody's choice and costs nothing; what is still late in it is cheaper the
earlier it is seen. One more visit never costs more. An item that nobody has ever checked is late only after a visit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.joint import Content
from riskplan.risk.frequency import CAUSE_DRAWN
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_WEEK

Ints = npt.NDArray[np.int64]
SUNDAY = DAYS_PER_WEEK - 1


@dataclass(frozen=True)
class Wait:
    """Items of one enterprise that were last done on the same day and may wait equally long.

    Parameters
    ----------
    items
        Item ids, sorted.
    due
        Day on which the wait since the last visit ends [days from the horizon's first], None without such a visit.
    longest
        Longest interval [days].
    """

    items: tuple[str, ...]
    due: int | None
    longest: int


@dataclass(frozen=True)
class Waits:
    """All waits of one enterprise.

    Parameters
    ----------
    rate
        Cost of one item's late day [units].
    own
        Its waits.
    """

    rate: int
    own: tuple[Wait, ...]

    def by_carriers(self, contents: Sequence[Content]) -> list[tuple[Wait, tuple[int, ...], int]]:
        """Return (wait, visits that carry its items, how many items) for visits in order; sorted as the waits are."""
        result = []
        for wait in self.own:
            count = Counter(
                tuple(j for j, c in enumerate(contents) if item in c.items) for item in wait.items
            )
            result += [(wait, carriers, n) for carriers, n in count.items()]
        return result


@dataclass(frozen=True)
class Span:
    """The horizon for waits.

    Parameters
    ----------
    monday
        shape (n_weeks,), Monday of each week, from the horizon's first day.
    last
        Last day of the horizon.
    """

    monday: Ints
    last: int

    def before(self, due: int | None) -> Ints:
        """Return late days before a first visit in each week, shape (n_weeks,)."""
        if due is None:
            return np.zeros(len(self.monday), dtype=np.int64)
        return np.maximum(0, self.monday + SUNDAY - max(due, 0))

    def after(self, longest: int) -> Ints:
        """Return late days from a last visit in each week to the end, shape (n_weeks,)."""
        return np.maximum(0, self.last - self.monday - longest)

    def between(self, longest: int) -> Ints:
        """Return late days between two visits 0, 1, 2... weeks apart, shape (n_weeks,)."""
        return np.maximum(0, DAYS_PER_WEEK * np.arange(len(self.monday)) + SUNDAY - longest)

    def never(self, due: int | None) -> int:
        """Return late days without a visit."""
        return 0 if due is None else max(0, self.last - max(due, 0))

    def days(self, wait: Wait, weeks: Sequence[int]) -> int:
        """Return the late days of an item that visits in some weeks carry, in order; exact."""
        if not weeks:
            return self.never(wait.due)
        between = self.between(wait.longest)
        late = int(self.before(wait.due)[weeks[0]]) + int(self.after(wait.longest)[weeks[-1]])
        return late + sum(int(between[b - a]) for a, b in pairwise(weeks))

    def cost(self, waits: Waits, weeks: Sequence[int], contents: Sequence[Content]) -> int:
        """Return what is late with visits in some weeks [units].

        Parameters
        ----------
        waits
            The enterprise.
        weeks, contents
            Its visits in order.
        """
        found = waits.by_carriers(contents)
        return waits.rate * sum(n * self.days(wait, [weeks[j] for j in own]) for wait, own, n in found)


Kind = tuple[tuple[int, int], ...]
"""What the gap between two visits in a row may cost: (price of a late day, longest interval), sorted."""


@dataclass
class LateArcs:
    """Costs of gaps by what they may be late for: many schedules share few of them.

    Parameters
    ----------
    span
        The horizon.
    """

    span: Span
    _kinds: dict[Kind, int] = field(default_factory=lambda: {(): 0})

    def add(self, waits: Waits, schedule: Sequence[Content], node: Ints, late: Ints) -> int:
        """Add what a schedule's waits cost to ``node``, write which gaps are late how to ``late``; return what is constant.

        An item that skips visits is charged for the first of its gaps alone: never more than it costs.

        Parameters
        ----------
        waits
            The enterprise.
        schedule
            Its visits in order.
        node
            shape (length, n_weeks) [units].
        late
            shape (length - 1,), written: kind of each gap, 0 where it is late for nothing.
        """
        constant, arcs = 0, defaultdict[int, Counter[int]](Counter)
        for wait, own, count in waits.by_carriers(schedule):
            price = waits.rate * count
            if not own:
                constant += price * self.span.never(wait.due)
                continue
            node[own[0]] += price * self.span.before(wait.due)
            node[own[-1]] += price * self.span.after(wait.longest)
            for j in own[:-1]:
                arcs[j][wait.longest] += price
        for j, prices in arcs.items():
            kind = tuple(sorted((price, longest) for longest, price in prices.items()))
            late[j] = self._kinds.setdefault(kind, len(self._kinds))
        return constant

    def table(self) -> Ints:
        """Return the cost of gaps of 0, 1, 2... weeks by kind, shape (n_kinds, n_weeks) [units]."""
        table = np.zeros((len(self._kinds), len(self.span.monday)), dtype=np.int64)
        for kind, k in self._kinds.items():
            for price, longest in kind:
                table[k] += price * self.span.between(longest)
        return table


def late_rate(rules: Rulebook, tier: str) -> int:
    """Return the cost of one item's late day [units]."""
    return round(rules.objective.late_share * rules.objective.unplanned[tier] * UNITS_PER_HAZARD_DAY)


def waits_of(duties: pd.DataFrame, first: np.datetime64) -> dict[str, tuple[Wait, ...]]:
    """Return enterprise id -> waits; of several duties about one item the shortest interval counts, drawn ones have none.

    Parameters
    ----------
    duties
        Plan table ``duties``.
    first
        First day of the horizon.
    """
    own: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    names = ("enterprise_id", "item_id", "longest_interval_days", "last_done", "cause")
    for name, item, longest, last, cause in zip(*(duties[c] for c in names), strict=True):
        if longest > 0 and cause != CAUSE_DRAWN:
            known = own[name].get(item)
            own[name][item] = min(known, (longest, last)) if known else (longest, last)
    return {name: _grouped(rows.items(), first) for name, rows in own.items()}


def _grouped(rows: Iterable[tuple[str, tuple[int, str]]], first: np.datetime64) -> tuple[Wait, ...]:
    by_key: dict[tuple[str, int], list[str]] = defaultdict(list)
    for item, (longest, last) in rows:
        by_key[last, longest].append(item)
    return tuple(
        Wait(
            tuple(sorted(items)),
            int((np.datetime64(last) - first).astype(np.int64)) + longest if last else None,
            longest,
        )
        for (last, longest), items in sorted(by_key.items())
    )
