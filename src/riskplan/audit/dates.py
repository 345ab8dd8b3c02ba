"""Days, weeks and months counted from dates alone (docs/semantics.md, S1), apart from the planner."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.units import DAYS_PER_WEEK

EPOCH = dt.date(1970, 1, 1).toordinal()
NO_DAY = 0
"""Stands for a missing or unreadable date; real days are ordinals >= 1, and day 1 is a Monday."""

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def day_of(text: str) -> int:
    """Return the ordinal of a date written ``2027-03-22``, ``NO_DAY`` when it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        return NO_DAY
    year, month, day = (int(part) for part in match.groups())
    try:
        return dt.date(year, month, day).toordinal()
    except ValueError:
        return NO_DAY


def monday_of(day: int) -> int:
    """Return the Monday of a day's ISO week, both as ordinals."""
    return day - (day - 1) % DAYS_PER_WEEK


def monday_of_week(label: str) -> int:
    """Return the Monday of a week written ``2027-W12``, ``NO_DAY`` when there is no such week."""
    match = _WEEK.fullmatch(label)
    if match is None or int(match.group(1)) >= dt.MAXYEAR:
        return NO_DAY
    try:
        return dt.date.fromisocalendar(int(match.group(1)), int(match.group(2)), 1).toordinal()
    except ValueError:
        return NO_DAY


@lru_cache(maxsize=1 << 14)
def week_label(day: int) -> str:
    """Return the ISO week of a day, such as ``2026-W53``."""
    year, week, _ = dt.date.fromordinal(day).isocalendar()
    return f"{year:04d}-W{week:02d}"


def month_label(day: int) -> str:
    """Return the calendar month of a day, such as ``2027-03``."""
    return dt.date.fromordinal(day).isoformat()[:7]


def quarter_label(month: str) -> str:
    """Return the quarter of a month, such as ``2027-Q1``."""
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


def date_text(day: int) -> str:
    """Return a day as ``2027-03-22``."""
    return dt.date.fromordinal(day).isoformat()


def year_of(day: int) -> int:
    """Return the calendar year of a day."""
    return dt.date.fromordinal(day).year


def column_days(column: pd.Series) -> list[int]:
    """Return a date column of a case as ordinals, ``NO_DAY`` where a date is missing."""
    stamps = column.to_numpy().astype("datetime64[D]")
    missing = np.isnat(stamps)
    days = np.where(missing, NO_DAY - EPOCH, stamps.astype(np.int64)) + EPOCH
    return [int(d) for d in days]


@dataclass(frozen=True)
class Calendar:
    """The days, weeks, months and years of one horizon.

    Parameters
    ----------
    first, last, as_of
        Ordinals; the horizon includes both ends.
    workday
        shape (n_days,), bool, the case's calendar, whatever ``as_of`` is.
    mondays
        Monday of every ISO week that meets the horizon, in order; n_weeks of them.
    week_of_day
        shape (n_days,), index of the week of each day.
    week_index
        Monday -> index of the week.
    months
        Calendar months that the horizon meets, such as ``2027-03``, in order.
    month_of_day
        shape (n_days,), index into ``months``.
    """

    first: int
    last: int
    as_of: int
    workday: npt.NDArray[np.bool_]
    mondays: tuple[int, ...]
    week_of_day: npt.NDArray[np.int64]
    week_index: dict[int, int]
    months: tuple[str, ...]
    month_of_day: npt.NDArray[np.int64]

    @property
    def n_days(self) -> int:
        """Number of days of the horizon."""
        return self.last - self.first + 1

    def days(self) -> range:
        """Return all days of the horizon as ordinals."""
        return range(self.first, self.last + 1)

    def is_workday(self, day: int) -> bool:
        """Tell whether a day is a workday of the horizon."""
        return self.first <= day <= self.last and bool(self.workday[day - self.first])

    def workdays(self) -> int:
        """Return the number of workdays of the horizon (WD of S7)."""
        return int(self.workday.sum())

    def by_week(self, days: npt.NDArray[np.bool_]) -> dict[str, int]:
        """Return week label -> how many of the days given, shape (n_days,), lie in it; all weeks are named."""
        sums = np.bincount(self.week_of_day, weights=days, minlength=len(self.mondays))
        return {week_label(monday): int(n) for monday, n in zip(self.mondays, sums, strict=True)}

    def by_month(self, days: npt.NDArray[np.bool_]) -> dict[str, int]:
        """Return month label -> how many of the days given, shape (n_days,), lie in it; all months are named."""
        sums = np.bincount(self.month_of_day, weights=days, minlength=len(self.months))
        return {label: int(n) for label, n in zip(self.months, sums, strict=True)}

    def months_in_weeks(self, days: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return in which month each week has one of the days given, shape (n_months, n_weeks)."""
        chosen = np.flatnonzero(days)
        table = np.zeros((len(self.months), len(self.mondays)), dtype=bool)
        table[self.month_of_day[chosen], self.week_of_day[chosen]] = True
        return table


def calendar_of(case: Case) -> Calendar:
    """Return the calendar of a case; a day that the case's calendar does not name is no workday."""
    first, last = case.first_day.toordinal(), case.last_day.toordinal()
    stamps = case.days.dates.astype("datetime64[D]").astype(np.int64) + EPOCH
    inside = (stamps >= first) & (stamps <= last)
    workday = np.zeros(last - first + 1, dtype=bool)
    workday[stamps[inside] - first] = case.days.is_workday[inside]
    days = np.arange(first, last + 1)
    monday_of_day = days - (days - 1) % DAYS_PER_WEEK
    mondays, week_of_day = np.unique(monday_of_day, return_inverse=True)
    months, month_of_day = np.unique([month_label(int(day)) for day in days], return_inverse=True)
    return Calendar(
        first,
        last,
        case.as_of.toordinal(),
        workday,
        tuple(int(m) for m in mondays),
        week_of_day.astype(np.int64),
        {int(m): i for i, m in enumerate(mondays)},
        tuple(str(m) for m in months),
        month_of_day.astype(np.int64),
    )
