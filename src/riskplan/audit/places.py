"""Where objects lie, and on which days and in which months visits to them count (S1, S4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.dates import Calendar, month_label
from riskplan.audit.premises import Openness, Premises
from riskplan.audit.quiet import Quiet
from riskplan.case.tables import Case


@dataclass(frozen=True)
class Places:
    """Where objects of each kind lie, and on which days visits to them may stand.

    Parameters
    ----------
    case, premises, openness, calendar, quiet
        The world that visits are placed in.
    village_township
        Village -> township.
    """

    case: Case
    premises: Premises
    openness: Openness
    calendar: Calendar
    quiet: Quiet
    village_township: Mapping[str, str]

    def township(self, kind: str, object_id: str) -> str:
        """Return the township of an object, "" when it is unknown."""
        if kind == "enterprise":
            position = self.premises.index.get(object_id, -1)
            return self.premises.township[position] if position >= 0 else ""
        return object_id if kind == "township" else self.village_township.get(object_id, "")

    def village(self, kind: str, object_id: str) -> str:
        """Return the village of an object, "" when it is unknown or the object is a township."""
        if kind == "enterprise":
            position = self.premises.index.get(object_id, -1)
            return self.premises.village[position] if position >= 0 else ""
        return object_id if kind == "village" else ""

    @cached_property
    def general(self) -> npt.NDArray[np.bool_]:
        """Days on which an object that is always open may be visited, shape (n_days,)."""
        days = np.arange(self.calendar.first, self.calendar.last + 1)
        return np.asarray(self.calendar.workday & (days >= self.calendar.as_of))

    def open_days(self, position: int) -> npt.NDArray[np.bool_]:
        """Return the open days of premises, shape (n_days,); -1 for an object that is always open."""
        return self.openness.open[position] if position >= 0 else self.general

    def days_for(self, position: int, kind: str, departments: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Return the open days for a visit: those of the premises that no row which binds it makes quiet (S1)."""
        days = self.open_days(position)
        for k in self.quiet.binding(position, kind, departments):
            days = days & ~self.quiet.closed[k]
        return days

    def months(
        self, position: int, span: tuple[int, int], kind: str, departments: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return the months in which a visit counts: of its day, or of its week's open days (S4).

        A visit in a week without an open day stands where it may not; it counts in all months of the week.
        """
        earliest, latest = span
        first_month, last_month = month_label(earliest), month_label(latest)
        if first_month == last_month:
            return (first_month,)
        first, last = max(earliest, self.calendar.first), min(latest, self.calendar.last)
        days = self.days_for(position, kind, departments)
        inside = range(first, last + 1)
        months = [month_label(day) for day in inside if days[day - self.calendar.first]]
        return tuple(dict.fromkeys(months or (month_label(d) for d in inside))) or (first_month, last_month)


def places_of(case: Case, calendar: Calendar, premises: Premises, openness: Openness, quiet: Quiet) -> Places:
    """Return where the objects of a case lie."""
    villages = case.tables.get("villages")
    lookup = (
        {}
        if villages is None
        else dict(zip(villages["village_code"], villages["township_code"], strict=True))
    )
    return Places(case, premises, openness, calendar, quiet, lookup)
