"""Quiet days: on which days of the month some visits may not be made (S1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.dates import Calendar, date_text
from riskplan.audit.premises import Premises, about_premises
from riskplan.rules.model import PLANNED_KIND, QuietRule

Days = npt.NDArray[np.bool_]
LAST_OF_1_25 = 25


def closes(row: QuietRule, month: int, day: int) -> bool:
    """Tell whether a row closes a day of a month, whoever is visited."""
    if row.months and month not in row.months:
        return False
    if row.mode == "days":
        return day in row.days
    return day <= (LAST_OF_1_25 if row.mode == "days_1_25" else row.per_month)


@dataclass(frozen=True)
class Quiet:
    """The quiet rows of a rulebook over one horizon.

    Parameters
    ----------
    rows
        The rows, in the order of the rulebook.
    premises, calendar
        Whom they protect, and when.
    """

    rows: tuple[QuietRule, ...]
    premises: Premises
    calendar: Calendar

    @cached_property
    def closed(self) -> tuple[Days, ...]:
        """The days that each row closes, shape (n_days,)."""
        dates = [date_text(day) for day in self.calendar.days()]
        return tuple(
            np.array([closes(row, int(d[5:7]), int(d[8:10])) for d in dates], dtype=bool) for row in self.rows
        )

    @cached_property
    def fits(self) -> tuple[tuple[bool, ...], ...]:
        """The premises that each row protects."""
        return tuple(self.premises.fitting(row.filter) for row in self.rows)

    def binding(self, position: int, kind: str, departments: tuple[str, ...]) -> tuple[int, ...]:
        """Return the numbers of the rows that bind a visit; visits to other objects than premises are free."""
        if position < 0:
            return ()
        return tuple(
            k
            for k, row in enumerate(self.rows)
            if kind in row.kinds
            and self.fits[k][position]
            and (not row.filter.departments or any(d in row.filter.departments for d in departments))
        )

    def usable(self, department: str) -> Days:
        """Return the workdays on which a department may make ordinary visits at all, shape (n_days,) (U of S7)."""
        days = self.calendar.workday.copy()
        for row, closed in zip(self.rows, self.closed, strict=True):
            named = not row.filter.departments or department in row.filter.departments
            if named and PLANNED_KIND in row.kinds and not about_premises(row.filter):
                days &= ~closed
        return days
