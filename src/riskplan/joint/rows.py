"""Rows of the rulebook as counters: which a visit uses, and what done and fixed visits leave of them (S2, S4, S5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint.windows import Buckets, Rolling, Windows
from riskplan.rules.model import PREMISES_SCOPES, Limit, Rulebook
from riskplan.rules.scopes import (
    SILENT,
    about_all_premises,
    counts_kind,
    fits_filter,
    person_keys,
    premises_amounts,
    takes_part,
)
from riskplan.rules.support import support_of

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]
Key = tuple[int, int, str]
"""Row, then premises (-1: shared by several) and organ, system or area that it counts for."""
KEPT = ("exact", "safe side")


@dataclass(frozen=True, eq=False)
class Use:
    """What one planned visit takes of one counter.

    Parameters
    ----------
    key
        The counter.
    weight
        How often the visit counts.
    windows
        Windows of the counter.
    """

    key: Key
    weight: int
    windows: Windows


def legal_persons(case: Case, rules: Rulebook) -> list[list[int]]:
    """Return for each enterprise the premises that share its caps (S4)."""
    keys = person_keys(case, rules)
    groups: dict[str, list[int]] = defaultdict(list)
    for e, key in enumerate(keys):
        groups[key].append(e)
    return [groups[key] for key in keys]


def counted_visits(case: Case, rules: Rulebook, limit: Limit | None) -> pd.DataFrame:
    """Return done and fixed visits that count towards a limit: those of its objects and kinds (S2)."""
    visits = case["visits"]
    known = (visits["date"] < pd.Timestamp(case.as_of)) | visits["fixed"]
    if limit is None:
        kinds = ~visits["kind"].isin(rules.exempt_kinds)
        return visits[(visits["object_kind"] == "enterprise") & known & kinds]
    counted = [kind for kind in dict.fromkeys(visits["kind"]) if counts_kind(limit, rules, kind)]
    return visits[visits["object_kind"].isin(limit.objects) & known & visits["kind"].isin(counted)]


def kept_rows(rules: Rulebook) -> tuple[Limit, ...]:
    """Return the rows that the year keeps: caps and spacings that bind planned visits, in the rulebook's order."""
    return tuple(
        row
        for row in rules.limits
        if row.kind in {"cap", "spacing"}
        and row.unit == "visits"
        and row.binds_planned()
        and (line := support_of(row.combination())) is not None
        and line.year in KEPT
    )


@dataclass(frozen=True, eq=False)
class _Row:
    """One row with what is looked up often."""

    limit: Limit
    fits: Bools
    amounts: Ints
    dated: dict[tuple[int, str], list[int]]

    def rolling_days(self) -> int:
        """Return the days of the longest rolling window, 0 for calendar windows."""
        if self.limit.kind == "spacing":
            return max(1, int(self.amounts.max(initial=0)))
        return self.limit.rolling_days


@dataclass(frozen=True, eq=False)
class Rows:
    """All rows that the year keeps.

    Parameters
    ----------
    weeks
        Weeks of the horizon.
    limits
        The rows; ``Key`` counts from 0 in this order.
    person
        shape (n_enterprises,), first premises of the same legal person.
    """

    weeks: Weeks
    limits: tuple[Limit, ...]
    person: Ints
    people: list[list[int]]
    _rows: tuple[_Row, ...]
    _place: dict[str, list[str]]
    _systems: dict[str, str]
    _windows: dict[tuple[str, int], Windows] = field(default_factory=dict)
    _counters: dict[Key, tuple[Windows, Ints]] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, rules: Rulebook, tiers: Sequence[str]) -> Rows:
        """Return the rows of a rulebook for a case.

        Parameters
        ----------
        case, rules
            Enterprises, history, limits.
        tiers
            Tier of each enterprise.
        """
        people = legal_persons(case, rules)
        departments = case["departments"]
        systems = {
            d: s for d, s in zip(departments["department_id"], departments["system"], strict=True) if s
        }
        limits = kept_rows(rules)
        person = np.array([group[0] for group in people], dtype=np.int64)
        place = {scope: list(case.enterprises[f"{scope}_code"]) for scope in ("township", "village")}
        rows = tuple(
            _Row(
                row,
                fits_filter(case, row.filter, tiers),
                premises_amounts(case, row, tiers),
                defaultdict(list),
            )
            for row in limits
        )
        made = cls(Weeks.of(case), limits, person, people, rows, place, systems)
        made._read_history(case, rules)
        return made

    def _read_history(self, case: Case, rules: Rulebook) -> None:
        index = {name: e for e, name in enumerate(case.enterprises["enterprise_id"])}
        villages = case["villages"]
        township = dict(zip(villages["village_code"], villages["township_code"], strict=True))
        for row in self._rows:
            visits = counted_visits(case, rules, row.limit)
            days = row.rolling_days()
            windows = Rolling(self.weeks, days) if days else Buckets(self.weeks, row.limit.window)
            visits = visits[visits["date"] >= pd.Timestamp(windows.start)]
            days = visits["date"].to_numpy().astype("datetime64[D]").astype(np.int64).tolist()
            columns = (visits["object_kind"], visits["object_id"], visits["departments"], days)
            for kind, name, departments, day in zip(*columns, strict=True):
                if kind == "enterprise":
                    found = self._counts(row, index[name], departments)
                else:
                    found = self._area_counts(row, (kind, name), departments, township)
                for key, weight in found:
                    row.dated[key] += [day] * weight

    def _area_counts(
        self, row: _Row, place: tuple[str, str], departments: Sequence[str], township: dict[str, str]
    ) -> Iterator[tuple[tuple[int, str], int]]:
        """Return what a visit to a township or village counts for."""
        kind, name = place
        if not about_all_premises(row.limit.filter) or not takes_part(row.limit.filter, departments):
            return
        if row.limit.scope == kind:
            yield (-1, name), 1
        elif row.limit.scope == "township":
            yield (-1, township.get(name, "")), 1
        elif row.limit.scope == "department":
            yield from (((-1, d), 1) for d in self._organs(row.limit, departments))

    def _counts(self, row: _Row, e: int, departments: Sequence[str]) -> Iterator[tuple[tuple[int, str], int]]:
        """Return (premises and name, weight) of every counter of a row that a visit to premises counts for."""
        limit = row.limit
        if not row.fits[e] or not takes_part(limit.filter, departments):
            return
        scope = limit.scope
        owner = e if limit.kind == "spacing" else int(self.person[e])
        if scope == "enterprise":
            yield (owner, ""), 1
        elif scope == "organ-enterprise":
            yield from (((owner, d), 1) for d in self._organs(limit, departments))
        elif scope == "system-enterprise":
            own = [s for d in self._organs(limit, departments) if (s := self._systems.get(d))]
            once = limit.kind == "spacing"
            yield from (((owner, s), 1 if once else own.count(s)) for s in dict.fromkeys(own))
        elif scope == "department":
            yield from (((-1, d), 1) for d in self._organs(limit, departments))
        elif self._place[scope][e]:
            yield (-1, self._place[scope][e]), 1

    @staticmethod
    def _organs(limit: Limit, departments: Sequence[str]) -> list[str]:
        only = limit.filter.departments
        return sorted(d for d in dict.fromkeys(departments) if not only or d in only)

    def private(self, key: Key) -> bool:
        """Tell whether a counter belongs to one legal person."""
        return key[1] >= 0

    def system(self, department: str) -> str:
        """Return the system of a department, "" where it has none."""
        return self._systems.get(department, "")

    def uses(self, e: int, departments: Sequence[str]) -> list[Use]:
        """Return what a planned visit takes, in the order of the rows; rows that say nothing are left out.

        Parameters
        ----------
        e
            Index of the enterprise.
        departments
            All that take part.
        """
        return [
            Use((r, *key), weight, self._windows_of(r, key))
            for r, row in enumerate(self._rows)
            for key, weight in self._counts(row, e, departments)
            if self.amount((r, *key)) is not None
        ]

    def amount(self, key: Key) -> int | None:
        """Return the amount of a counter (1 for spacings), None where its row says nothing."""
        r, owner, name = key
        row = self._rows[r]
        if row.limit.scope not in PREMISES_SCOPES:
            return row.limit.amount_for(name)
        if row.limit.kind == "spacing":
            return 1 if row.amounts[owner] > 0 else None
        most = max(int(row.amounts[g]) for g in self.people[owner])
        return None if most == SILENT else most

    def spaces_all(self, r: int) -> bool:
        """Tell whether a row keeps any two visits to premises apart, whoever makes them."""
        limit = self.limits[r]
        return limit.combination()[:2] == ("spacing", "enterprise") and not limit.filter.departments

    def counts_all(self, r: int) -> bool:
        """Tell whether a row counts every planned visit."""
        limit = self.limits[r]
        return about_all_premises(limit.filter) and not limit.filter.departments

    def spacing_days(self, e: int) -> int:
        """Return the days that lie between any two visits to premises, 0 where no row says so."""
        return max((int(self._rows[r].amounts[e]) for r in self.spacings(e)), default=0)

    def spacings(self, e: int) -> list[int]:
        """Return the rows that keep any two visits to premises apart."""
        return [
            r for r in range(len(self.limits)) if self.spaces_all(r) and int(self._rows[r].amounts[e]) > 0
        ]

    def counter(self, key: Key) -> tuple[Windows, Ints]:
        """Return a counter's windows and what done and fixed visits leave in each (below 0: too many); do not write."""
        if key not in self._counters:
            amount, windows = self.amount(key), self._windows_of(key[0], key[1:])
            assert amount is not None, "the row says something about the key"
            room = np.full(windows.count, amount, dtype=np.int64)
            dated = self._rows[key[0]].dated.get(key[1:])
            if dated is not None:
                room -= windows.spent(np.array(dated, dtype=np.int64).astype("datetime64[D]"))
            self._counters[key] = (windows, room)
        return self._counters[key]

    @cached_property
    def said(self) -> Ints:
        """What each row says to each premises, shape (n_rows, n_enterprises): its person's amount, days for spacings.

        Rows about areas and departments say ``SILENT`` here: they are no counters of a premises' own.
        """
        table = np.full((len(self._rows), len(self.person)), SILENT, dtype=np.int64)
        for r, row in enumerate(self._rows):
            if row.limit.scope not in PREMISES_SCOPES:
                continue
            if row.limit.kind == "spacing":
                table[r] = np.where(row.fits & (row.amounts > 0), row.amounts, SILENT)
                continue
            most = np.full(len(self.person), SILENT, dtype=np.int64)
            np.maximum.at(most, self.person, row.amounts)
            table[r] = np.where(row.fits, most[self.person], SILENT)
        return table

    def counted(self, r: int, departments: Sequence[str]) -> list[str]:
        """Return the names (organ, system or "") under which a premises' own row counts a visit, SILENT rows too.

        Parameters
        ----------
        r
            A row of a scope about premises.
        departments
            All that take part.
        """
        limit = self.limits[r]
        if not takes_part(limit.filter, departments):
            return []
        if limit.scope == "enterprise":
            return [""]
        organs = self._organs(limit, departments)
        if limit.scope == "organ-enterprise":
            return organs
        return list(dict.fromkeys(s for d in organs if (s := self._systems.get(d))))

    def used_before(self, key: Key) -> bool:
        """Tell whether done or fixed visits may take anything of a counter."""
        return key[1:] in self._rows[key[0]].dated

    def left(self, use: Use) -> Ints:
        """Return what done and fixed visits leave in each window that a visit may use."""
        return self.counter(use.key)[1]

    def _windows_of(self, r: int, key: tuple[int, str]) -> Windows:
        row = self._rows[r]
        days = int(row.amounts[key[0]]) if row.limit.kind == "spacing" else row.limit.rolling_days
        window = row.limit.window
        if (window, days) not in self._windows:
            rolling = window == "rolling"
            self._windows[window, days] = (
                Rolling(self.weeks, days) if rolling else Buckets(self.weeks, window)
            )
        return self._windows[window, days]
