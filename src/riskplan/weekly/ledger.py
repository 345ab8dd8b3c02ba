"""What all visits of a plan use of the hard limits S4 to S7, and whether one visit may stand elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks, week_label
from riskplan.joint.lawful import counted_visits
from riskplan.plan.tables import Plan
from riskplan.rules.capacity import Capacity, capacity_of
from riskplan.rules.model import Limit, Rulebook
from riskplan.units import DAYS_PER_WEEK
from riskplan.weekly.points import open_days

Key = tuple[str, str, str]
"""Rule, scope key and window that a visit counts in."""
WEEK_MINUTES, MONTH_MINUTES = "department-week-minutes", "department-month-minutes"
WEEK_CREWS = "department-week-crews"
UNLIMITED = 2**31


class Entry(NamedTuple):
    """One visit to an enterprise; days since 1970-01-01, ``first == last`` when it is dated."""

    visit_id: str
    enterprise: str
    departments: tuple[str, ...]
    kind: str
    minutes: int
    first: int
    last: int
    planned: bool

    @property
    def week(self) -> str:
        """Label of its ISO week."""
        return week_label(np.datetime64(self.first, "D").astype(object))


class Ledger:
    """All visits that count, and what they use.

    Parameters
    ----------
    case, rules
        Done and fixed visits, limits, capacity.
    plan
        Planned visits of every stage but ``not_met``.
    tiers
        Enterprise -> tier.
    undated
        Planned visits that lose their date before counting, as they are planned anew.
    """

    def __init__(
        self, case: Case, rules: Rulebook, plan: Plan, tiers: Mapping[str, str], undated: frozenset[str]
    ) -> None:
        self.case, self.rules, self.tiers = case, rules, tiers
        self.weeks = Weeks.of(case)
        self._at: dict[str, dict[tuple[str, bool], Entry]] = {}
        for entry in (*self._known(), *self._planned(plan, undated)):
            self._at.setdefault(entry.enterprise, {})[entry.visit_id, entry.planned] = entry

    def _known(self) -> list[Entry]:
        visits = counted_visits(self.case, self.rules, None)
        visits = visits[visits["object_id"].isin(self._township)]
        days = visits["date"].to_numpy().astype("datetime64[D]").astype(np.int64).tolist()
        columns = (visits[c] for c in ("visit_id", "object_id", "departments", "kind"))
        rows = zip(*columns, days, strict=True)
        return [Entry(v, e, tuple(ds), kind, 0, day, day, False) for v, e, ds, kind, day in rows]

    def _planned(self, plan: Plan, undated: frozenset[str]) -> list[Entry]:
        visits = plan.visits[
            (plan.visits["object_kind"] == "enterprise") & (plan.visits["stage"] != "not_met")
        ]
        names = ("visit_id", "enterprise_id", "departments", "kind", "minutes", "week", "date")
        entries = []
        for v, e, ds, kind, minutes, week, date in zip(*(visits[c] for c in names), strict=True):
            if date and v not in undated:
                first = last = int(np.datetime64(date, "D").astype(np.int64))
            else:
                first = monday_of(week)
                last = first + DAYS_PER_WEEK - 1
            entries.append(Entry(v, e, tuple(ds), kind, int(minutes), first, last, True))
        return entries

    def entry(self, enterprise: str, visit_id: str) -> Entry:
        """Return a planned visit."""
        return self._at[enterprise][visit_id, True]

    def in_week(self, entry: Entry, label: str) -> Entry:
        """Return a visit as it would stand undated in a week of the horizon."""
        monday = monday_of(label)
        return entry._replace(first=monday, last=monday + DAYS_PER_WEEK - 1)

    def on_day(self, entry: Entry, day: np.datetime64) -> Entry:
        """Return a visit as it would stand on a day."""
        number = int(day.astype("datetime64[D]").astype(np.int64))
        return entry._replace(first=number, last=number)

    def too_close(self, entry: Entry) -> str:
        """Return the spacing row that a visit breaks against others of its premises, "" for none (S5)."""
        for limit in self.rules.limits_of("spacing", "enterprise", "rolling"):
            amount = limit.amount_for(self.tiers[entry.enterprise])
            if amount is None or not self._counts(entry, limit):
                continue
            for key, other in self._at.get(entry.enterprise, {}).items():
                apart = max(other.first - entry.last, entry.first - other.last)
                if key != (entry.visit_id, True) and self._counts(other, limit) and max(0, apart) < amount:
                    return limit.id
        return ""

    def move(self, entry: Entry) -> None:
        """Let a planned visit stand where ``entry`` says from now on."""
        old = self.entry(entry.enterprise, entry.visit_id)
        self._used.subtract(self._charges(old))
        self._used.update(self._charges(entry))
        self._at[entry.enterprise][entry.visit_id, True] = entry

    def has_room(self, entry: Entry) -> bool:
        """Tell whether caps, load and capacity allow a planned visit where ``entry`` says (S4, S6, S7)."""
        old = self._charges(self.entry(entry.enterprise, entry.visit_id))
        return all(
            self._used[key] - old[key] + amount <= self._most(key)
            for key, amount in self._charges(entry).items()
        )

    def _counts(self, entry: Entry, limit: Limit) -> bool:
        return entry.kind not in self.rules.exempt_kinds and entry.kind not in limit.kinds_exempt

    @cached_property
    def _used(self) -> Counter[Key]:
        used: Counter[Key] = Counter()
        for entries in self._at.values():
            for entry in entries.values():
                used.update(self._charges(entry))
        return used

    @cached_property
    def _caps(self) -> tuple[Limit, ...]:
        forms = (
            ("organ-enterprise", "year"),
            ("enterprise", "year"),
            ("township", "week"),
            ("township", "year"),
        )
        return tuple(limit for form in forms for limit in self.rules.limits_of("cap", *form))

    def _charges(self, entry: Entry) -> Counter[Key]:
        """Return what a visit uses: rule, scope and window -> amount in the rule's unit."""
        charges: Counter[Key] = Counter()
        years = [str(year) for year in self._years(entry)]
        for limit in self._caps:
            if self._counts(entry, limit):
                windows = [entry.week] if limit.window == "week" else years
                charges.update(
                    (limit.id, scope, window) for scope in self._scopes(entry, limit) for window in windows
                )
        if (
            not entry.planned
            or entry.kind in self.rules.exempt_kinds
            or entry.week not in self._years_of_week
        ):
            return charges
        need = self.rules.crew.officers_per_department * (
            entry.minutes + self.rules.capacity.travel_allowance
        )
        for department in entry.departments:
            charges[WEEK_CREWS, department, entry.week] += 1
            charges[WEEK_MINUTES, department, entry.week] += need
            charges.update({(MONTH_MINUTES, department, month): need for month in self._months(entry)})
        return charges

    def _scopes(self, entry: Entry, limit: Limit) -> list[str]:
        if limit.scope == "township":
            return [self._township[entry.enterprise]]
        key = self._cap_key[entry.enterprise]
        return [f"{key}/{d}" for d in entry.departments] if limit.scope == "organ-enterprise" else [key]

    def _years(self, entry: Entry) -> list[int]:
        """Return the calendar years in which a visit counts: of its date, or of its week's open days (S4)."""
        if entry.first == entry.last:
            return [np.datetime64(entry.first, "D").astype(object).year]
        years = self._years_of_week.get(entry.week, ())
        if len(years) > 1:
            here = self.weeks.is_workday & (self.weeks.week_of_day == self.weeks.index(entry.week))
            workdays = self.weeks.dates[here]
            chosen = workdays[open_days(self.case, [entry.enterprise], workdays)[0]]
            return sorted({day.year for day in chosen.tolist()})
        return list(years)

    def _months(self, entry: Entry) -> list[str]:
        """Return the months to which a visit is charged (S7)."""
        if entry.first == entry.last:
            return [str(np.datetime64(entry.first, "D").astype("datetime64[M]"))]
        inside = self._capacity.week_in_month[:, self.weeks.index(entry.week)]
        return [month for month, chosen in zip(self._capacity.months, inside, strict=True) if chosen]

    def _most(self, key: Key) -> int:
        """Return the ceiling of a key; ``UNLIMITED`` where no row speaks of it."""
        rule, scope, _window = key
        if rule in {WEEK_MINUTES, MONTH_MINUTES, WEEK_CREWS}:
            return self._offered.get(key, 0)
        limit = self.rules.limit(rule)
        if limit is None:
            return UNLIMITED
        if limit.scope == "township":
            amount = limit.amount_for(scope)
            return UNLIMITED if amount is None else amount
        owner = scope if limit.scope == "enterprise" else scope.rpartition("/")[0]
        stated = [limit.amount_for(tier) for tier in self._cap_tiers[owner]]
        return max((amount for amount in stated if amount is not None), default=UNLIMITED)

    @cached_property
    def _years_of_week(self) -> dict[str, tuple[int, ...]]:
        years: dict[str, set[int]] = {label: set() for label in self.weeks.labels}
        for day, week in zip(self.weeks.dates.tolist(), self.weeks.week_of_day.tolist(), strict=True):
            years[self.weeks.labels[week]].add(day.year)
        return {label: tuple(sorted(found)) for label, found in years.items()}

    @cached_property
    def _capacity(self) -> Capacity:
        return capacity_of(self.case, self.rules)

    @cached_property
    def _offered(self) -> dict[Key, int]:
        capacity, offered = self._capacity, {}
        tables = (
            (WEEK_MINUTES, self.weeks.labels, capacity.week_minutes),
            (WEEK_CREWS, self.weeks.labels, capacity.crew_visits),
            (MONTH_MINUTES, capacity.months, capacity.month_minutes),
        )
        for rule, windows, table in tables:
            for department, row in zip(capacity.departments, table.tolist(), strict=True):
                offered.update({(rule, department, w): n for w, n in zip(windows, row, strict=True)})
        return offered

    @cached_property
    def _township(self) -> dict[str, str]:
        frame = self.case.enterprises
        return dict(zip(frame["enterprise_id"], frame["township_code"], strict=True))

    @cached_property
    def _cap_key(self) -> dict[str, str]:
        frame = self.case.enterprises
        use_code = self.rules.count_by_credit_code
        pairs = zip(frame["enterprise_id"], frame["credit_code"], strict=True)
        return {e: code if code and use_code else e for e, code in pairs}

    @cached_property
    def _cap_tiers(self) -> dict[str, list[str]]:
        tiers: dict[str, list[str]] = {}
        for enterprise, key in self._cap_key.items():
            tiers.setdefault(key, []).append(self.tiers[enterprise])
        return tiers


def monday_of(label: str) -> int:
    """Return the Monday of an ISO week label [days since 1970-01-01]."""
    year, week = label.split("-W")
    return int(np.datetime64(dt.date.fromisocalendar(int(year), int(week), 1), "D").astype(np.int64))


def tiers_of(case: Case, plan: Plan, lowest: str) -> dict[str, str]:
    """Return the tier of every enterprise, ``lowest`` where the plan has no score.

    Parameters
    ----------
    case
        All enterprises.
    plan
        Its ``scores``.
    lowest
        Tier of unscored enterprises.
    """
    scores: pd.DataFrame = plan["scores"]
    known = dict(zip(scores["enterprise_id"], scores["tier"], strict=True))
    return {e: known.get(e, lowest) for e in case.enterprises["enterprise_id"]}
