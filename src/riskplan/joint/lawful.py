"""When an enterprise may be visited at all, and how often at most: open days, spacing, what its caps still allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint.places import Share, places
from riskplan.joint.rows import Key, Rows, Use, counted_visits, legal_persons
from riskplan.joint.windows import Windows
from riskplan.rules.model import TIERS, Rulebook
from riskplan.rules.quiet import OpenDays, open_days
from riskplan.rules.scopes import SILENT
from riskplan.units import DAYS_PER_WEEK

__all__ = [
    "NO_CAP",
    "Lawful",
    "Share",
    "counted_visits",
    "lawful_weeks",
    "legal_persons",
    "places",
    "worst_first",
]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
NO_CAP = 10_000
CALENDAR = "calendar"


@dataclass(frozen=True, eq=False)
class Lawful:
    """Calendar, spacing and caps of every enterprise, in the order of ``case.enterprises``.

    Parameters
    ----------
    days
        Open days, quiet days included.
    rows
        Rows that the year keeps.
    gap_weeks
        shape (n,), fewest weeks between any two visits to premises: ceil((g + 6) / 7), 0 without a spacing.
    """

    days: OpenDays
    rows: Rows
    gap_weeks: Ints
    _open: dict[bytes, Bools] = field(default_factory=dict)
    _allowed: dict[tuple[int, tuple[str, ...]], Bools] = field(default_factory=dict)
    _shares: dict[tuple[int, tuple[str, ...]], tuple[tuple[Use, Share], ...]] = field(default_factory=dict)
    _room: dict[tuple[object, ...], int] = field(default_factory=dict)
    _shared: dict[tuple[object, ...], int] = field(default_factory=dict)
    _guilty: dict[tuple[object, ...], tuple[str, ...]] = field(default_factory=dict)
    _near: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    _own: dict[tuple[int, tuple[str, ...]], tuple[tuple[int, str, int, bool], ...]] = field(
        default_factory=dict
    )

    @property
    def weeks(self) -> Weeks:
        """Weeks of the horizon."""
        return self.rows.weeks

    @cached_property
    def _starts(self) -> Ints:
        return np.searchsorted(self.weeks.week_of_day, np.arange(len(self.weeks)))

    def open_weeks(self, e: int, departments: Collection[str]) -> Bools:
        """Return which weeks hold an open day for a visit of some departments, shape (n_weeks,); do not write."""
        days = self.days.for_departments(e, departments)
        key = days.tobytes()
        if key not in self._open:
            self._open[key] = np.logical_or.reduceat(days, self._starts)
        return self._open[key]

    def shares(self, e: int, departments: tuple[str, ...]) -> tuple[tuple[Use, Share], ...]:
        """Return what a visit takes of every counter that its rows have, done and fixed visits taken off."""
        if (e, departments) not in self._shares:
            days = self.days.for_departments(e, departments)
            self._shares[e, departments] = tuple(
                (use, Share(self.rows.left(use), use.windows.touch(days), use.weight))
                for use in self.rows.uses(e, departments)
            )
        return self._shares[e, departments]

    def allowed(self, e: int, departments: tuple[str, ...]) -> Bools:
        """Return in which weeks a single visit may stand as far as its legal person goes; do not write into it."""
        if (e, departments) not in self._allowed:
            result = self.open_weeks(e, departments).copy()
            for use, share in self.shares(e, departments):
                if self.rows.private(use.key):
                    result &= ~share.blocked()
            self._allowed[e, departments] = result
        return self._allowed[e, departments]

    def visit_parts(self, e: int, departments: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Return the departments of one visit, split where together they could never come but apart they could.

        Two organs of one system under a cap of one, or organs whose quiet days leave no common day.
        """
        if len(departments) < 2 or self.allowed(e, departments).any():
            return [departments]
        parts: list[tuple[str, ...]] = []
        for d in departments:
            fitting = [k for k, part in enumerate(parts) if self.allowed(e, tuple(sorted((*part, d)))).any()]
            if fitting:
                parts[fitting[0]] = tuple(sorted((*parts[fitting[0]], d)))
            else:
                parts.append((d,))
        return parts if all(self.allowed(e, part).any() for part in parts) else [departments]

    def person_room(self, key: Key, e: int, need: int) -> int:
        """Return how much one counter of a legal person allows in the whole horizon, up to what is needed.

        Parameters
        ----------
        key
            Counter of a cap.
        e
            One of its premises.
        need
            What is wanted.
        """
        windows, room = self.rows.counter(key)
        if int(room.min(initial=need)) >= need:
            return need
        people = self.rows.people[e]
        memo = (key[0], need, room.tobytes(), tuple(int(self.days.profile[g]) for g in people))
        if self.days.bound or memo not in self._shared:
            self._shared[memo] = self._person_room(people, windows, room, need)
        return self._shared[memo]

    def _person_room(self, people: Sequence[int], windows: Windows, room: Ints, need: int) -> int:
        touch = np.ones((len(room), len(self.weeks)), dtype=bool)
        for g in people:
            days = self.days.for_departments(g, ())
            touch &= self._touch(g, windows, days) | ~self.open_weeks(g, ())
        weeks = np.logical_or.reduce([self.open_weeks(g, ()) for g in people])
        return len(places(weeks, 0, [Share(room, touch)], need, need))

    def _touch(self, e: int, windows: Windows, days: Bools) -> Bools:
        """Return in which windows any visit with some open days counts, also one of departments with fewer of them."""
        bound = any(fits[e] for _, _, fits in self.days.bound)
        return windows.surely(days) if bound else windows.touch(days)

    def common(self, e: int, departments: Iterable[str]) -> list[tuple[Key, Share]]:
        """Return the counters that *every* visit with these departments takes from, and what it surely takes.

        Parameters
        ----------
        e
            Index of the enterprise.
        departments
            One department, or several of whom any may come: then counters of the premises alone.
        """
        own = tuple(departments)
        days = self.days.for_departments(e, own if len(own) == 1 else ())
        return [
            (use.key, Share(self.rows.left(use), self._touch(e, use.windows, days)))
            for use in self.rows.uses(e, own)
            if self.rows.private(use.key) and (len(own) == 1 or self._takes_all(use.key, own))
        ]

    def _takes_all(self, key: Key, departments: tuple[str, ...]) -> bool:
        """Tell whether a counter counts a visit of whichever of some departments."""
        only = self.rows.limits[key[0]].filter.departments
        return not key[2] and (not only or set(departments) <= set(only))

    def widest(self, e: int, departments: Iterable[str]) -> Bools:
        """Return the weeks in which at least one of some departments may come alone, shape (n_weeks,)."""
        return np.logical_or.reduce([self.open_weeks(e, (d,)) for d in departments])

    def room(self, e: int, departments: tuple[str, ...], need: int, within: Bools | None = None) -> int:
        """Return how many visits fit at most, up to what is needed; parameters as for ``most``."""
        memo = self._known_by(e, departments, need, within)
        if memo not in self._room:
            self._room[memo] = self._count(e, departments, need, within)
        return self._room[memo]

    def _known_by(
        self, e: int, departments: tuple[str, ...], need: int, within: Bools | None
    ) -> tuple[object, ...]:
        """Return what the number of visits that fit depends on: days, spacing, and the counters that may run out."""
        scarce: list[tuple[int, object]] = []
        for r, name, amount, premises in self._own_rows(e, departments):
            key = (r, e if premises else int(self.rows.person[e]), name)
            if self.rows.used_before(key):
                left = self.rows.counter(key)[1]
                if self.rows.spaces_all(r):
                    scarce.append((r, self._too_near(key)))
                elif int(left.min()) < need:
                    scarce.append((r, left.tobytes()))
            elif amount < need and not self.rows.spaces_all(r):
                scarce.append((r, amount))
        days = (int(self.days.profile[e]), *((e, departments) if self.days.bound else ()))
        window = within.tobytes() if within is not None else b""
        return (days, int(self._said[e]), need, window, tuple(scarce))

    def alike(self, e: int, departments: tuple[str, ...]) -> tuple[object, ...] | None:
        """Return what decides how often some departments may come, each alone and together; None where nobody is alike.

        Parameters
        ----------
        e
            Index of an enterprise whose legal person has no other premises.
        departments
            Departments with duties there, sorted.
        """
        if self.days.bound:
            return None
        taken = []
        for d in (departments, *((d,) for d in departments)):
            for r, name, _, premises in self._own_rows(e, d):
                key = (r, e if premises else int(self.rows.person[e]), name)
                if self.rows.used_before(key):
                    near = self._too_near(key) if self.rows.spaces_all(r) else b""
                    taken.append((r, name, near or self.rows.counter(key)[1].tobytes()))
        return (int(self.days.profile[e]), int(self._said[e]), tuple(taken))

    def _own_rows(self, e: int, departments: tuple[str, ...]) -> tuple[tuple[int, str, int, bool], ...]:
        """Return (row, name, amount, per premises) of the counters that every visit with these departments takes from."""
        said = (int(self._said[e]), departments)
        if said not in self._own:
            amounts = self.rows.said[:, e].tolist()
            self._own[said] = tuple(
                (r, name, 1 if spacing else amount, spacing)
                for r, amount in enumerate(amounts)
                for spacing in (self.rows.limits[r].kind == "spacing",)
                if amount != SILENT
                for name in self.rows.counted(r, departments)
                if len(departments) == 1 or self._takes_all((r, 0, name), departments)
            )
        return self._own[said]

    @cached_property
    def _said(self) -> Ints:
        """Enterprises to whom all rows say the same have the same number, shape (n,)."""
        table = self.rows.said
        if not len(table):
            return np.zeros(len(self.rows.person), dtype=np.int64)
        _, number = np.unique(table.T, axis=0, return_inverse=True)
        return number.reshape(-1).astype(np.int64)

    def _count(self, e: int, departments: tuple[str, ...], need: int, within: Bools | None) -> int:
        weeks = self.widest(e, departments)
        if within is not None:
            weeks = weeks & within
        shares = []
        for key, share in self.common(e, departments):
            if self.rows.spaces_all(key[0]):
                weeks = weeks & ~share.blocked()
            else:
                shares.append(share)
        gap = int(self.gap_weeks[e])
        return len(places(weeks, gap, shares, need, 1 if gap else NO_CAP))

    def _too_near(self, key: Key) -> bytes:
        """Return the weeks (as bytes) that done and fixed visits keep free of others; the gap keeps planned ones apart."""
        windows, left = self.rows.counter(key)
        memo = (id(windows), left.tobytes())
        if memo not in self._near:
            touch = windows.touch(self.days.for_departments(key[1], ()))
            self._near[memo] = np.logical_or.reduce(touch[left < 1], axis=0).tobytes()
        return self._near[memo]

    def most(
        self, e: int, departments: tuple[str, ...], need: int, within: Bools | None = None
    ) -> tuple[int, tuple[str, ...]]:
        """Return how many visits fit at most, up to what is needed, and the limits that say so.

        Parameters
        ----------
        e
            Index of the enterprise.
        departments
            One department: visits in which it takes part. Several: visits of any of them.
        need
            Visits wanted.
        within
            shape (n_weeks,), weeks of a window; None: any.
        """
        many = self.room(e, departments, need, within)
        if many >= need:
            return many, ()
        memo = (self._known_by(e, departments, need, within), int(self._said[e]), departments)
        if memo not in self._guilty:
            self._guilty[memo] = self._named(e, departments, need, within, many)
        return many, self._guilty[memo]

    def _named(
        self, e: int, departments: tuple[str, ...], need: int, within: Bools | None, many: int
    ) -> tuple[str, ...]:
        """Return the limits without which more visits would fit; all of them where no single one is to blame."""
        weeks, gap = self.widest(e, departments), int(self.gap_weeks[e])
        if within is not None:
            weeks = weeks & within
        rows = self.common(e, departments)
        numbers = list(dict.fromkeys(key[0] for key, _ in rows))
        guilty = []
        for r in numbers:
            rest = [share for key, share in rows if key[0] != r]
            if len(places(weeks, 0 if self.rows.spaces_all(r) else gap, rest, need, NO_CAP)) > many:
                guilty.append(r)
        named = guilty or (numbers if weeks.any() else [])
        return tuple(self.rows.limits[r].id for r in named) or (CALENDAR,)


def lawful_weeks(case: Case, rules: Rulebook, tiers: Sequence[str]) -> Lawful:
    """Return when each enterprise may be visited.

    Parameters
    ----------
    case, rules
        Calendar, history, limits.
    tiers
        Tier of each enterprise.
    """
    rows = Rows.of(case, rules, tiers)
    gap = np.array([rows.spacing_days(e) for e in range(len(case.enterprises))], dtype=np.int64)
    weeks = np.where(gap > 0, -(-(gap + 6) // DAYS_PER_WEEK), 0)
    return Lawful(open_days(case, rules, tiers), rows, weeks)


def worst_first(case: Case, scores: pd.DataFrame) -> list[int]:
    """Return enterprise indices: worst tier, highest score, then place; ids decide only between equal twins.

    Parameters
    ----------
    case
        Enterprises.
    scores
        Plan table ``scores`` in the order of the enterprises.
    """
    frame = case.enterprises
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    rank = [TIERS.index(t) for t in scores["tier"]]
    points = scores["score"].to_numpy()
    return sorted(range(len(frame)), key=lambda e: (rank[e], -int(points[e]), lon[e], lat[e], e))
