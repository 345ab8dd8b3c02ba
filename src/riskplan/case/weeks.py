"""The weeks of a horizon: ISO weeks cut to it, with their workdays; what the planner's arrays are indexed by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case


def week_label(day: dt.date) -> str:
    """Return the ISO week of a day, such as ``2026-W53``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


@dataclass(frozen=True)
class Weeks:
    """Week buckets of a horizon.

    Parameters
    ----------
    labels
        ISO labels in order, n_weeks of them.
    monday
        shape (n_weeks,), datetime64[D], Monday of each ISO week (it may lie before the horizon).
    week_of_day
        shape (n_days,), index of the week of each day of the horizon.
    dates, is_workday
        shape (n_days,), as in ``Case.days``; ``is_workday`` is False before ``as_of``.
    year_workdays
        shape (n_days,), workdays of the calendar, whatever ``as_of`` is.
    """

    labels: tuple[str, ...]
    monday: npt.NDArray[np.datetime64]
    week_of_day: npt.NDArray[np.int64]
    dates: npt.NDArray[np.datetime64]
    is_workday: npt.NDArray[np.bool_]
    year_workdays: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, case: Case) -> Weeks:
        """Return the weeks of a case's horizon."""
        dates = case.days.dates.astype("datetime64[D]")
        days_since_monday = (dates.astype(np.int64) + 3) % 7
        mondays = dates - days_since_monday
        monday, week_of_day = np.unique(mondays.astype("datetime64[D]"), return_inverse=True)
        labels = tuple(week_label(m) for m in monday.tolist())
        open_days = case.days.is_workday & (dates >= np.datetime64(case.as_of))
        return cls(labels, monday, week_of_day.astype(np.int64), dates, open_days, case.days.is_workday)

    def __len__(self) -> int:
        """Return the number of weeks."""
        return len(self.labels)

    def index(self, label: str) -> int:
        """Return the index of a week label.

        Raises
        ------
        KeyError
            If the week does not meet the horizon.
        """
        try:
            return self.labels.index(label)
        except ValueError:
            raise KeyError(label) from None

    def workdays(self) -> npt.NDArray[np.int64]:
        """Return workdays per week from ``as_of`` on, shape (n_weeks,)."""
        return np.bincount(self.week_of_day, weights=self.is_workday, minlength=len(self)).astype(np.int64)

    def sum_by(self, keys: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.bool_]:
        """Return which weeks have a workday with each key, shape (size, n_weeks).

        Parameters
        ----------
        keys
            shape (n_days,), a key in 0..size-1 per day, e.g. its month or year.
        size
            Number of keys.
        """
        table = np.zeros((size, len(self)), dtype=bool)
        chosen = np.flatnonzero(self.is_workday)
        table[keys[chosen], self.week_of_day[chosen]] = True
        return table
