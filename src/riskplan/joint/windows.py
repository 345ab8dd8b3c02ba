"""Windows of a row: which weeks' undated visits fall into them, and what dated visits take of them (S4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from riskplan.case.weeks import Weeks

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]
WINDOW_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Windows(Protocol):
    """Windows of one length that meet the weeks of a horizon."""

    @property
    def count(self) -> int:
        """Number of windows."""
        ...

    @property
    def start(self) -> np.datetime64:
        """First day that lies in a window."""
        ...

    def spent(self, days: Dates) -> Ints:
        """Return how many dated visits each window holds at most, shape (n_windows,)."""
        ...

    def touch(self, open_days: Bools) -> Bools:
        """Return in which windows an undated visit of each week counts, shape (n_windows, n_weeks)."""
        ...

    def surely(self, open_days: Bools) -> Bools:
        """Return in which windows it counts whichever of the open days is its own, shape (n_windows, n_weeks)."""
        ...


@dataclass(frozen=True, eq=False)
class Buckets:
    """ISO weeks, calendar months, quarters or years.

    Parameters
    ----------
    weeks
        Weeks of the horizon.
    window
        ``week``, ``month``, ``quarter`` or ``year``.
    """

    weeks: Weeks
    window: str
    _memo: dict[bytes, Bools] = field(default_factory=dict, repr=False)

    def _numbers(self, days: Dates) -> Ints:
        if self.window == "week":
            return (days.astype(np.int64) + 3) // 7
        return days.astype("datetime64[M]").astype(np.int64) // WINDOW_MONTHS[self.window]

    @cached_property
    def _known(self) -> tuple[Ints, Ints]:
        known, of_day = np.unique(self._numbers(self.weeks.dates), return_inverse=True)
        return known, of_day.astype(np.int64)

    @property
    def count(self) -> int:
        """Number of windows."""
        return len(self._known[0])

    @property
    def start(self) -> np.datetime64:
        """First day that lies in a window."""
        first = self.weeks.dates[0].astype("datetime64[D]")
        if self.window == "week":
            return np.datetime64(first - (first.astype(np.int64) + 3) % 7, "D")
        months = WINDOW_MONTHS[self.window]
        month = first.astype("datetime64[M]").astype(np.int64) // months * months
        return np.datetime64(int(month), "M").astype("datetime64[D]")

    def spent(self, days: Dates) -> Ints:
        """Return how many of some days lie in each window, shape (n_windows,)."""
        known, _ = self._known
        numbers = self._numbers(days)
        place = np.searchsorted(known, numbers)
        inside = place[known[np.minimum(place, len(known) - 1)] == numbers]
        return np.bincount(inside, minlength=len(known)).astype(np.int64)

    def touch(self, open_days: Bools) -> Bools:
        """Return the windows that hold an open day of each week; do not write into the result."""
        known, of_day = self._known
        key = b"" if self.window == "week" else open_days.tobytes()
        if self.window == "week":
            self._memo.setdefault(key, np.eye(len(known), dtype=bool))
        if key not in self._memo:
            table = np.zeros((len(known), len(self.weeks)), dtype=bool)
            chosen = np.flatnonzero(open_days)
            table[of_day[chosen], self.weeks.week_of_day[chosen]] = True
            self._memo[key] = table
        return self._memo[key]

    def surely(self, open_days: Bools) -> Bools:
        """Return the windows that hold all open days of each week."""
        table = self.touch(open_days)
        return table & (table.sum(axis=0) == 1)


@dataclass(frozen=True, eq=False)
class Rolling:
    """All runs of N consecutive days; those that meet the same weeks are one window.

    Parameters
    ----------
    weeks
        Weeks of the horizon.
    days
        N [days], at least 1.
    """

    weeks: Weeks
    days: int

    @cached_property
    def _runs(self) -> tuple[Dates, Ints, Bools]:
        """Return the first days of all runs, where each window begins among them, and the weeks that it meets."""
        monday = self.weeks.monday.astype("datetime64[D]")
        first = np.arange(monday[0] - (self.days - 1), monday[-1] + 7)
        low = np.searchsorted(monday + 6, first)
        high = np.searchsorted(monday, first + (self.days - 1), side="right") - 1
        new = np.ones(len(first), dtype=bool)
        new[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
        begin = np.flatnonzero(new)
        at = np.arange(len(monday))
        meets = (at >= low[begin, None]) & (at <= high[begin, None])
        return first, begin, meets

    @property
    def count(self) -> int:
        """Number of windows."""
        return len(self._runs[1])

    @property
    def start(self) -> np.datetime64:
        """First day that lies in a window."""
        return np.datetime64(self._runs[0][0], "D")

    def spent(self, days: Dates) -> Ints:
        """Return the most days of some that one run of each window holds, shape (n_windows,)."""
        first, begin, _ = self._runs
        ordered = np.sort(days)
        last = np.searchsorted(ordered, first + (self.days - 1), side="right")
        return np.maximum.reduceat(last - np.searchsorted(ordered, first), begin).astype(np.int64)

    def touch(self, open_days: Bools) -> Bools:
        """Return the weeks that each window meets, whatever the open days."""
        return self._runs[2]

    def surely(self, open_days: Bools) -> Bools:
        """Return the weeks that each window meets."""
        return self._runs[2]
