"""Rows of the rulebook as counters: which visits count, under which keys, in which windows, up to which amount (S4, S5)."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import NamedTuple

from riskplan.case.tables import Case
from riskplan.rules.model import PREMISES_SCOPES, Limit, Rulebook
from riskplan.rules.scopes import about_all_premises, counts_kind, fits_filter, person_keys, premises_amounts
from riskplan.weekly.entries import NOT_MET, NOWHERE, Entry
from riskplan.weekly.openness import MONTHS_PER_YEAR, Openness

UNLIMITED = 2**31
MONTHS_PER_QUARTER = 3


class Key(NamedTuple):
    """What a row counts by: legal person, premises, township, village, department or pool; and a department or system."""

    owner: str
    part: str = ""


class Charge(NamedTuple):
    """What a visit uses of a row: under a key, in a window (its first day, or the number of month, quarter, year)."""

    key: Key
    window: int
    weight: int


class Keyring:
    """Where premises lie, whose they are, and which system a department belongs to.

    Parameters
    ----------
    case, rules
        Enterprises, villages, departments; whether premises count by credit code.
    """

    def __init__(self, case: Case, rules: Rulebook) -> None:
        frame = case.enterprises
        self.premises = list(frame["enterprise_id"])
        self.township = list(frame["township_code"])
        self.village = list(frame["village_code"])
        self.person = person_keys(case, rules)
        villages, departments = case["villages"], case["departments"]
        self.township_of = dict(zip(villages["village_code"], villages["township_code"], strict=True))
        self.system = dict(zip(departments["department_id"], departments["system"], strict=True))

    def area(self, entry: Entry, scope: str) -> str:
        """Return the township or village in which a visit counts, "" for none."""
        if entry.premises != NOWHERE:
            return str((self.township if scope == "township" else self.village)[entry.premises])
        if entry.object_kind == scope:
            return entry.object_id
        return self.township_of.get(entry.object_id, "") if scope == "township" else ""


class LimitRow:
    """One cap or spacing row.

    Parameters
    ----------
    limit, rules
        The row and its rulebook.
    ring
        Keys.
    openness
        Open days and tiers.
    """

    def __init__(self, limit: Limit, rules: Rulebook, ring: Keyring, openness: Openness) -> None:
        self.id, self.limit, self.ring, self.openness = limit.id, limit, ring, openness
        self.spacing = limit.kind == "spacing"
        self.rolling = limit.window == "rolling"
        self._rules = rules
        self._departments = frozenset(limit.filter.departments)
        self._fits: list[bool] = fits_filter(openness.case, limit.filter, openness.tiers).tolist()
        self._all_premises = about_all_premises(limit.filter)
        self._kinds: dict[str, bool] = {}

    def counts(self, entry: Entry) -> bool:
        """Tell whether a visit counts towards the row at all (S2, S4)."""
        if entry.kind not in self._kinds:
            self._kinds[entry.kind] = counts_kind(self.limit, self._rules, entry.kind)
        if not self._kinds[entry.kind] or entry.stage == NOT_MET:
            return False
        if entry.object_kind not in self.limit.objects:
            return False
        if self._departments and self._departments.isdisjoint(entry.departments):
            return False
        return self._fits[entry.premises] if entry.premises != NOWHERE else self._all_premises

    def keys(self, entry: Entry) -> list[tuple[Key, int]]:
        """Return what a visit that counts is counted by, and how often there (S4, S5)."""
        scope = self.limit.scope
        if scope in PREMISES_SCOPES:
            return self._premises_keys(entry, scope) if entry.premises != NOWHERE else []
        if scope == "department":
            return [(Key(d), 1) for d in self._counted(entry)]
        area = self.ring.area(entry, scope)
        return [(Key(area), 1)] if area else []

    def _premises_keys(self, entry: Entry, scope: str) -> list[tuple[Key, int]]:
        owner = (self.ring.premises if self.spacing else self.ring.person)[entry.premises]
        if scope == "enterprise":
            return [(Key(owner), 1)]
        if scope == "organ-enterprise":
            return [(Key(owner, d), 1) for d in self._counted(entry)]
        systems = Counter(s for d in self._counted(entry) if (s := self.ring.system.get(d, "")))
        return [(Key(owner, s), 1 if self.spacing else n) for s, n in systems.items()]

    def _counted(self, entry: Entry) -> tuple[str, ...]:
        if not self._departments:
            return entry.departments
        return tuple(d for d in entry.departments if d in self._departments)

    def windows(self, entry: Entry) -> tuple[int, ...]:
        """Return the windows of a row that is not rolling in which a visit counts (S4)."""
        window = self.limit.window
        if window == "day":
            return (entry.first,) if entry.dated else ()
        if window == "week":
            return (entry.monday,)
        months = self.openness.months(entry)
        if window == "month":
            return months
        per = MONTHS_PER_QUARTER if window == "quarter" else MONTHS_PER_YEAR
        return (months[0] // per,) if len(months) == 1 else tuple(dict.fromkeys(m // per for m in months))

    def charges(self, entry: Entry) -> list[Charge]:
        """Return what a visit uses of the row, nothing for a rolling one."""
        if self.rolling or not self.counts(entry):
            return []
        windows = self.windows(entry)
        return [Charge(key, window, n) for key, n in self.keys(entry) for window in windows]

    def spans(self, entry: Entry) -> list[tuple[Key, int]]:
        """Return the keys under which a visit counts in the rolling windows that meet it, and how often."""
        return self.keys(entry) if self.rolling and self.counts(entry) else []

    def length(self, key: Key) -> int:
        """Return the days of a rolling window: at most ``most`` visits in any so many running days."""
        return self._stated(key) if self.spacing else self.limit.rolling_days

    def most(self, key: Key, _window: int = 0) -> int:
        """Return the most visits in a window, ``UNLIMITED`` where the row says nothing."""
        stated = self._stated(key)
        if stated < 0:
            return UNLIMITED
        return 1 if self.spacing else stated

    def _stated(self, key: Key) -> int:
        """Return the amount of a key, -1 for none: the largest over its premises that the row is about."""
        if self.limit.scope in PREMISES_SCOPES:
            return self._amounts.get(key.owner, -1)
        amount = self.limit.amount_for(key.owner)
        return -1 if amount is None else amount

    @cached_property
    def _amounts(self) -> dict[str, int]:
        owners = self.ring.premises if self.spacing else self.ring.person
        amounts: dict[str, int] = {}
        stated = premises_amounts(self.openness.case, self.limit, self.openness.tiers).tolist()
        for owner, amount in zip(owners, stated, strict=True):
            amounts[owner] = max(amount, amounts.get(owner, -1))
        return amounts


class Rows(NamedTuple):
    """Hard rows: spacing and caps on visits (spacing first), caps on officers, ceilings in minutes or crew-visits."""

    visits: tuple[LimitRow, ...]
    officers: tuple[LimitRow, ...]
    stated: tuple[LimitRow, ...]


def limit_rows(rules: Rulebook, ring: Keyring, openness: Openness) -> Rows:
    """Return the hard rows about visits to enterprises; which visits count is asked of each row.

    Parameters
    ----------
    rules, ring, openness
        As for ``LimitRow``.
    """
    hard = [r for r in rules.limits if r.hard and "enterprise" in r.objects and r.kind in {"spacing", "cap"}]
    rows = [LimitRow(r, rules, ring, openness) for r in sorted(hard, key=lambda r: r.kind != "spacing")]
    counted = [r for r in rows if r.limit.unit == "visits"]
    return Rows(
        tuple(r for r in counted if r.limit.scope != "officer"),
        tuple(r for r in counted if r.limit.scope == "officer"),
        tuple(r for r in rows if r.limit.unit in {"officer-minutes", "crew-visits"}),
    )
