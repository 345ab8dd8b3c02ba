"""Officer-minutes and crew-visits of departments as counters (S7): pools, usable days, week and month."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from riskplan.case.weeks import Weeks
from riskplan.rules.capacity import Capacity
from riskplan.rules.model import Rulebook
from riskplan.weekly.entries import Entry
from riskplan.weekly.openness import MONTHS_PER_YEAR, month_of
from riskplan.weekly.rows import UNLIMITED, Charge, Key, LimitRow

WEEK_MINUTES, MONTH_MINUTES = "department-week-minutes", "department-month-minutes"
WEEK_CREWS = "department-week-crews"
OVER = ("done", "not_met")
"""Stages of visits that take none of the crews still to come once their day is before ``as_of``."""


class PoolRow:
    """One of the three rows of the capacity formula.

    Parameters
    ----------
    row_id
        ``WEEK_MINUTES``, ``MONTH_MINUTES`` or ``WEEK_CREWS``.
    capacity, weeks, rules
        What departments offer, when, and what a visit takes.
    """

    rolling = False

    def __init__(self, row_id: str, capacity: Capacity, weeks: Weeks, rules: Rulebook) -> None:
        self.id, self.capacity, self.weeks, self.rules = row_id, capacity, weeks, rules
        self.unit = "crew-visits" if row_id == WEEK_CREWS else "officer-minutes"
        self.window = "month" if row_id == MONTH_MINUTES else "week"
        self.as_of = int(weeks.dates[weeks.is_workday][0].astype(np.int64)) if weeks.is_workday.any() else 0

    def charges(self, entry: Entry) -> list[Charge]:
        """Return what a planned visit takes from each participating department, unmet ones too."""
        if not entry.planned or not self.counts(entry) or entry.monday not in self._week:
            return []
        known = [d for d in entry.departments if d in self._number]
        if self.unit == "crew-visits":
            over = entry.stage in OVER and entry.last < self.as_of
            none = over or entry.stage == "unrouted"
            return [] if none else [Charge(Key(d), entry.monday, 1) for d in known]
        need = self.rules.crew.officers_per_department * (
            entry.minutes + self.rules.capacity.travel_allowance
        )
        if self.window == "week":
            return [Charge(self._pool(d, entry), entry.monday, need) for d in known]
        return [Charge(self._pool(d, entry), m, need) for d in known for m in self._months(d, entry)]

    def counts(self, entry: Entry) -> bool:
        """Tell whether a visit takes planned time; exempt kinds have a share of their own."""
        return entry.kind not in self.rules.exempt_kinds

    def _pool(self, department: str, entry: Entry) -> Key:
        return Key(self.capacity.pools[self.capacity.pool_of(department, department == entry.lead)])

    def _months(self, department: str, entry: Entry) -> tuple[int, ...]:
        """Return the months to which a visit is charged: of its day, or of its week's days usable by the department."""
        if entry.dated:
            return (month_of(entry.first),)
        first, last = (month_of(day) for day in (entry.first, entry.last))
        if first == last:
            return (first,)
        here = (self.weeks.week_of_day == self._week[entry.monday]) & self.capacity.usable[
            self._number[department]
        ]
        days = self.weeks.dates[here].astype(np.int64).tolist()
        return tuple(dict.fromkeys(month_of(day) for day in days))

    def most(self, key: Key, window: int) -> int:
        """Return what a pool or department offers in a window, ``UNLIMITED`` outside the horizon."""
        return self._offered.get((key.owner, window), UNLIMITED)

    @cached_property
    def _number(self) -> dict[str, int]:
        return {d: k for k, d in enumerate(self.capacity.departments)}

    @cached_property
    def _week(self) -> dict[int, int]:
        mondays = self.weeks.monday.astype("datetime64[D]").astype(np.int64).tolist()
        return {monday: k for k, monday in enumerate(mondays)}

    @cached_property
    def _offered(self) -> dict[tuple[str, int], int]:
        capacity = self.capacity
        months = [int(m[:4]) * MONTHS_PER_YEAR + int(m[5:7]) - 1 for m in capacity.months]
        names, windows, table = {
            WEEK_MINUTES: (capacity.pools, list(self._week), capacity.week_minutes),
            MONTH_MINUTES: (capacity.pools, months, capacity.month_minutes),
            WEEK_CREWS: (capacity.departments, list(self._week), capacity.crew_visits),
        }[self.id]
        return {
            (name, window): most
            for name, row in zip(names, table.tolist(), strict=True)
            for window, most in zip(windows, row, strict=True)
        }


class StatedRow(PoolRow):
    """A ceiling on officer-minutes or crew-visits of a department that the rulebook states as a row of its own.

    Parameters
    ----------
    row
        The row.
    capacity, weeks, rules
        As for ``PoolRow``.
    """

    def __init__(self, row: LimitRow, capacity: Capacity, weeks: Weeks, rules: Rulebook) -> None:
        super().__init__(row.id, capacity, weeks, rules)
        self.row, self.unit, self.window = row, row.limit.unit, row.limit.window

    def counts(self, entry: Entry) -> bool:
        """Tell whether a visit counts towards the row; one that was not met took its time all the same."""
        return self.row.counts(entry._replace(stage="draft"))

    def _pool(self, department: str, entry: Entry) -> Key:
        return Key(department)

    def most(self, key: Key, window: int) -> int:
        """Return the amount of a department, ``UNLIMITED`` where the row says nothing about it."""
        named = self.row.limit.filter.departments
        return self.row.most(key) if not named or key.owner in named else UNLIMITED


def pool_rows(
    stated: Sequence[LimitRow], capacity: Capacity, weeks: Weeks, rules: Rulebook
) -> tuple[PoolRow, ...]:
    """Return the rows of the capacity formula and those that the rulebook states.

    Parameters
    ----------
    stated
        Rows in officer-minutes or crew-visits.
    capacity, weeks, rules
        As for ``PoolRow``.
    """
    formula = (PoolRow(row, capacity, weeks, rules) for row in (WEEK_MINUTES, MONTH_MINUTES, WEEK_CREWS))
    return (*formula, *(StatedRow(row, capacity, weeks, rules) for row in stated))
