"""What all visits of a plan use of the hard limits S4 to S7, and which limit keeps one visit from standing somewhere."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import Rulebook
from riskplan.weekly.entries import Entry, days_since_1970, known_entries, planned_entries
from riskplan.weekly.openness import Openness
from riskplan.weekly.pools import PoolRow, pool_rows
from riskplan.weekly.rows import UNLIMITED, Key, Keyring, LimitRow, limit_rows

Span = tuple[int, int, int]
"""First and last possible day of a visit, and how often it counts."""


class Slot(NamedTuple):
    """One counter: number of the row, key, window."""

    row: int
    key: Key
    window: int


class Blocked(NamedTuple):
    """The row that keeps a visit from standing somewhere, and the key that is full."""

    row_id: str
    key: Key


class Ledger:
    """All visits that count, and what they use.

    A visit *stands* where it was last put; visits taken up use nothing.

    Parameters
    ----------
    case, rules
        Done and fixed visits, limits, capacity.
    plan
        Planned visits.
    tiers
        Tier of each enterprise.
    undated
        Planned visits that are planned anew: they lose their date and are not put down at first.
    """

    def __init__(
        self, case: Case, rules: Rulebook, plan: Plan, tiers: list[str], undated: frozenset[str] = frozenset()
    ) -> None:
        self.openness = Openness(case, rules, tiers)
        self.weeks = self.openness.weeks
        self.ring = Keyring(case, rules)
        found = limit_rows(rules, self.ring, self.openness)
        self.limits, self.officer_rows = found.visits, found.officers
        self.rows: tuple[LimitRow | PoolRow, ...] = (
            *self.limits,
            *pool_rows(found.stated, capacity_of(case, rules), self.weeks, rules),
        )
        number = {name: k for k, name in enumerate(self.ring.premises)}
        planned = planned_entries(plan, number, undated)
        self._planned = {entry.visit_id: entry for entry in planned}
        self._used: Counter[Slot] = Counter()
        self._spans: dict[tuple[int, Key], Counter[Span]] = {}
        for entry in known_entries(case, number, planned, self._first_day(case)):
            self._change(entry, 1)
        for entry in planned:
            if entry.visit_id not in undated:
                self._change(entry, 1)

    def _first_day(self, case: Case) -> int:
        """Return the first day whose visits may share a window with one of the horizon."""
        year = days_since_1970(case.first_day.replace(month=1, day=1))
        days = [
            n
            for row in self.limits
            if row.rolling
            for n in (row.limit.rolling_days, *row.limit.amount.values())
        ]
        return min(year, days_since_1970(case.first_day) - max(days, default=0)) - 7

    def entry(self, visit_id: str) -> Entry:
        """Return a planned visit where it stands, or last stood."""
        return self._planned[visit_id]

    def take(self, entry: Entry) -> None:
        """Take a standing visit up: it uses nothing until it is put again."""
        self._change(entry, -1)

    def put(self, entry: Entry) -> None:
        """Let a planned visit that does not stand anywhere stand where ``entry`` says."""
        self._planned[entry.visit_id] = entry
        self._change(entry, 1)

    def stand(self, entry: Entry, sign: int) -> None:
        """Count a visit where ``entry`` says (1) or no longer (-1), without keeping in mind that it stands there."""
        self._change(entry, sign)

    def blocked(self, entry: Entry) -> Blocked | None:
        """Return the first row that a visit which stands nowhere would break where ``entry`` says, None for none."""
        for number, row in enumerate(self.rows):
            for key, window, weight in row.charges(entry):
                if self.room(Slot(number, key, window)) < weight:
                    return Blocked(row.id, key)
            if isinstance(row, LimitRow):
                for key, weight in row.spans(entry):
                    if self.most_in_windows(number, key, entry) + weight > row.most(key):
                        return Blocked(row.id, key)
        return None

    def room(self, slot: Slot) -> int:
        """Return what the standing visits leave of a counter."""
        return self.rows[slot.row].most(slot.key, slot.window) - self._used[slot]

    def most_in_windows(self, number: int, key: Key, entry: Entry) -> int:
        """Return the most that stands in one of the rolling windows that meet a visit."""
        row = self.rows[number]
        length = row.length(key) if isinstance(row, LimitRow) else 0
        if length <= 0 or row.most(key, 0) == UNLIMITED:
            return -UNLIMITED
        return int(self.covered(number, key, entry.first, entry.last, length).max())

    def covered(self, number: int, key: Key, first: int, last: int, length: int) -> npt.NDArray[np.int64]:
        """Return what stands in each rolling window that meets some days, by first day of the window.

        Parameters
        ----------
        number, key
            Row and key.
        first, last
            The days.
        length
            Days of a window.

        Returns
        -------
        numpy.ndarray
            shape (last - first + length,), the first window begins ``length - 1`` days before ``first``.
        """
        start = first - length + 1
        total = np.zeros(last - start + 1, dtype=np.int64)
        for (a, b, weight), count in self._spans.get((number, key), {}).items():
            if a < last + length and b >= start:
                total[max(0, a - length + 1 - start) : b - start + 1] += weight * count
        return total

    def _change(self, entry: Entry, sign: int) -> None:
        for number, row in enumerate(self.rows):
            for key, window, weight in row.charges(entry):
                self._used[Slot(number, key, window)] += sign * weight
            if isinstance(row, LimitRow) and row.rolling:
                for key, weight in row.spans(entry):
                    self._spans.setdefault((number, key), Counter())[entry.first, entry.last, weight] += sign
