"""Which days, and so which months, a visit may fall on (S1, S4), quiet days included."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.rules.model import Rulebook
from riskplan.rules.quiet import OpenDays, open_days, quiet_on
from riskplan.rules.scopes import fits_filter
from riskplan.weekly.entries import NOWHERE, Entry, date_of

Bools = npt.NDArray[np.bool_]
MONTHS_PER_YEAR = 12


class Openness:
    """Open days of visits: by premises, departments and kind.

    Parameters
    ----------
    case, rules
        Calendar, closures, quiet rules.
    tiers
        Tier of each enterprise.
    """

    def __init__(self, case: Case, rules: Rulebook, tiers: list[str]) -> None:
        self.case, self.rules, self.tiers = case, rules, tiers
        self.weeks = Weeks.of(case)
        self._by_kind: dict[str, OpenDays] = {}

    def days(self, entry: Entry) -> Bools:
        """Return the open days of a visit, shape (n_days,); an object that is no premises is always open."""
        if entry.premises == NOWHERE:
            return self.weeks.is_workday
        if entry.kind not in self._by_kind:
            self._by_kind[entry.kind] = open_days(self.case, self.rules, self.tiers, entry.kind)
        return self._by_kind[entry.kind].for_departments(entry.premises, entry.departments)

    def months(self, entry: Entry) -> tuple[int, ...]:
        """Return the months in which a visit counts, as 12 x year + month - 1: of its day, or of its week's open days.

        A week without an open day counts with all its days: nothing that is counted too much breaks a cap.
        """
        if entry.dated:
            return (month_of(entry.first),)
        inside = self._span.get(entry.first)
        if inside is None:
            return ()
        months = self._months[inside]
        if months[0] == months[-1]:
            return (int(months[0]),)
        chosen = months[self.days(entry)[inside]]
        return tuple(dict.fromkeys((chosen if len(chosen) else months).tolist()))

    def quiet_row(self, entry: Entry, dates: npt.NDArray[np.datetime64]) -> str:
        """Return the quiet rule that leaves a visit no open day of some, "" if it would have none without it either.

        Parameters
        ----------
        entry
            A visit to premises.
        dates
            Days without an open one for the visit.
        """
        free = open_days(self.case, replace(self.rules, quiet=()), self.tiers, entry.kind)
        wanted = np.isin(self.weeks.dates, dates) & free.for_departments(entry.premises, entry.departments)
        for row in self.rules.quiet:
            mine = not row.filter.departments or not set(row.filter.departments).isdisjoint(entry.departments)
            fits = fits_filter(self.case, row.filter, self.tiers)[entry.premises]
            if mine and fits and entry.kind in row.kinds and (quiet_on(row, self.weeks.dates) & wanted).any():
                return row.id
        return ""

    @cached_property
    def _months(self) -> npt.NDArray[np.int64]:
        months = self.weeks.dates.astype("datetime64[M]").astype(np.int64)
        return months + 1970 * MONTHS_PER_YEAR

    @cached_property
    def _span(self) -> dict[int, slice]:
        """Monday [days since 1970-01-01] -> the days of its week inside the horizon."""
        mondays = self.weeks.monday.astype("datetime64[D]").astype(np.int64).tolist()
        ends = np.searchsorted(self.weeks.week_of_day, np.arange(len(mondays) + 1)).tolist()
        return {monday: slice(ends[k], ends[k + 1]) for k, monday in enumerate(mondays)}


def month_of(day: int) -> int:
    """Return the month of a day [days since 1970-01-01] as 12 x year + month - 1."""
    date = date_of(day)
    return MONTHS_PER_YEAR * date.year + date.month - 1
