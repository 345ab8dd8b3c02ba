"""What need not be visited, derived again from the case's own evidence (S12), and held against ``credits.csv``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from riskplan.audit.dates import NO_DAY, Calendar, column_days, date_text, month_label
from riskplan.audit.history import Call, Clock
from riskplan.audit.owed import DRAWN, Owed
from riskplan.audit.premises import Premises
from riskplan.case.tables import Case
from riskplan.rules.model import ReuseRule, Rulebook

CREDITABLE = ("frequency", "due", DRAWN)
ONE_LEVEL = "one-level"
MOST_GAP = 12
"""A gap between self-reports is counted up to so many months (S11)."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Visits of a duty that need not be made.

    Parameters
    ----------
    premises, item, cause
        The duty.
    rule, source, evidence
        As in ``credits.csv``.
    day, until
        Day of the evidence and last day on which it counts.
    visits
        Visits credited.
    """

    premises: int
    item: str
    cause: str
    rule: str
    source: str
    evidence: str
    day: int
    until: int
    visits: int


@dataclass(frozen=True)
class Witness:
    """Everything in a case that may satisfy a duty without a visit.

    Parameters
    ----------
    case, rules, premises, clock, calendar
        The world.
    ledger
        Done and fixed visits to enterprises, of kinds that count.
    """

    case: Case
    rules: Rulebook
    premises: Premises
    clock: Clock
    calendar: Calendar
    ledger: tuple[Call, ...]

    def credits(self, owed: Owed) -> tuple[Credit, ...]:
        """Return every credit of what is owed.

        Parameters
        ----------
        owed
            Before credits.
        """
        if not self.rules.reuse and not (self.rules.levels.one_level and self._fixed):
            return ()
        found: list[Credit] = []
        for e, duties in owed.duties.items():
            for duty in duties:
                if duty.cause in CREDITABLE:
                    found += self._of(e, duty.item, duty.cause, duty.visits)
        return tuple(found)

    def _of(self, e: int, item: str, cause: str, visits: int) -> Iterator[Credit]:
        for call in self._upper(e, item)[:visits]:
            visits -= 1
            evidence = f"visit:{call.id}"
            yield Credit(e, item, cause, ONE_LEVEL, "level", evidence, call.earliest, call.earliest, 1)
        for rule in self.rules.reuse if visits else ():
            named = item in rule.items or self._domain.get(item) in rule.domains
            known = self._evidence(rule, e, item) if named and self._good(rule, e) else None
            if known:
                until = known[0] + rule.validity_days
                number = min(rule.visits, visits)
                yield Credit(e, item, cause, rule.id, rule.source, known[1], known[0], until, number)
                return

    @cached_property
    def _domain(self) -> dict[str, str]:
        table = self.case["items"]
        return dict(zip(table["item_id"], table["domain"], strict=True))

    @cached_property
    def _start(self) -> int:
        return max(self.calendar.first, self.calendar.as_of)

    @cached_property
    def _fixed(self) -> dict[int, list[Call]]:
        """Premises -> visits that are still to come in the horizon."""
        found: dict[int, list[Call]] = {}
        for call in self.ledger:
            if self._start <= call.earliest <= self.calendar.last and call.id in self._fixed_ids:
                found.setdefault(call.premises, []).append(call)
        return found

    @cached_property
    def _fixed_ids(self) -> frozenset[str]:
        table = self.case["visits"]
        return frozenset(table["visit_id"][table["fixed"].astype(bool)])

    def _upper(self, e: int, item: str) -> list[Call]:
        """Return the fixed visits of another level of the item's system that check the same, in order of time."""
        if not self.rules.levels.one_level or e not in self._fixed:
            return []
        own = self._organ[self.clock.department[item]]
        found = []
        for call in self._fixed[e]:
            others = [d for d in call.departments if d in self._organ]
            same = [
                d for d in others if own[0] and self._organ[d][0] == own[0] and self._organ[d][1] != own[1]
            ]
            if same and self._same(item, call, same):
                found.append(call)
        return sorted(found, key=lambda c: (c.earliest, f"visit:{c.id}"))

    @cached_property
    def _organ(self) -> dict[str, tuple[str, str]]:
        """Department -> system and level."""
        table = self.case["departments"]
        pairs = zip(table["system"], table["level"], strict=True)
        return dict(zip(table["department_id"], pairs, strict=True))

    def _same(self, item: str, call: Call, departments: Sequence[str]) -> bool:
        domain = self._domain[item]
        if call.items:
            return item in call.items or any(self._domain.get(i) == domain for i in call.items)
        for d in departments:
            own = self.clock.items_of((d,))
            if not own or any(self._domain[i] == domain for i in own):
                return True
        return False

    def _good(self, rule: ReuseRule, e: int) -> bool:
        """Tell whether premises fulfil the conditions of a row."""
        if rule.sectors and self.premises.sector[e] not in rule.sectors:
            return False
        if rule.tiers and self.premises.tier[e] not in rule.tiers:
            return False
        if rule.credit_grades and self._credit_grade[e] not in rule.credit_grades:
            return False
        if rule.no_overdue and e in self._overdue:
            return False
        return not rule.report_gap_months or self._gap(e) < rule.report_gap_months

    @cached_property
    def _credit_grade(self) -> list[str]:
        return [str(grade) for grade in self.case.enterprises["credit_grade"]]

    @cached_property
    def _overdue(self) -> frozenset[int]:
        """Premises with a known hazard that is open after its deadline on ``as_of``."""
        table, today = self.case["hazards"], self.calendar.as_of
        columns = [column_days(table[name]) for name in ("date", "deadline", "closed_on")]
        late = []
        for name, found, deadline, closed in zip(table["enterprise_id"], *columns, strict=True):
            is_open = closed == NO_DAY or closed >= today
            if found < today and is_open and NO_DAY < deadline < today:
                late.append(self.premises.index[str(name)])
        return frozenset(late)

    def _gap(self, e: int) -> int:
        """Return the full months in a row without a self-report (S11), 0 where nobody reports."""
        if not self._reports:
            return 0
        now = _month(self.calendar.as_of)
        begun = max(self._first_report_month - 1, now - 1 - MOST_GAP, self._opened[e])
        last = max((_month(day) for day in self._reports.get(e, ())), default=begun)
        return min(max(now - 1 - max(last, begun), 0), MOST_GAP)

    @cached_property
    def _opened(self) -> list[int]:
        """Month before each premises opened, -1 where that is not known."""
        days = column_days(self.case.enterprises["opened_on"])
        return [_month(day) - 1 if day != NO_DAY else -1 for day in days]

    @cached_property
    def _first_report_month(self) -> int:
        return min(_month(day) for days in self._reports.values() for day in days)

    @cached_property
    def _reports(self) -> dict[int, list[int]]:
        """Premises -> days of self-reports before ``as_of``."""
        table = self.case.tables.get("self_reports", pd.DataFrame())
        found: dict[int, list[int]] = {}
        if len(table):
            for name, day in zip(table["enterprise_id"], column_days(table["date"]), strict=True):
                if day < self.calendar.as_of:
                    found.setdefault(self.premises.index[str(name)], []).append(day)
        return found

    def _evidence(self, rule: ReuseRule, e: int, item: str) -> tuple[int, str] | None:
        """Return day and name of the latest evidence that is still valid, None without any."""
        look: dict[str, Callable[[ReuseRule, int, str], list[tuple[int, str]]]] = {
            "self_report": self._self_reports,
            "monitoring": self._feeds,
            "visit": self._other_organs,
            "licence": self._reviews,
        }
        known = [
            (day, name)
            for day, name in look[rule.source](rule, e, item)
            if day < self.calendar.as_of and day + rule.validity_days >= self._start
        ]
        latest = max((day for day, _ in known), default=NO_DAY)
        return min((day, name) for day, name in known if day == latest) if known else None

    def _self_reports(self, _rule: ReuseRule, e: int, _item: str) -> list[tuple[int, str]]:
        return [(day, f"self_report:{date_text(day)}") for day in self._reports.get(e, ())]

    def _feeds(self, _rule: ReuseRule, e: int, item: str) -> list[tuple[int, str]]:
        rows = self._monitoring.get((e, self._domain[item]), [])
        latest = max((day for day, _, _ in rows), default=NO_DAY)
        now = [(feed, state) for day, feed, state in rows if day == latest]
        calm = all(state == "normal" for _, state in now)
        return [(latest, f"monitoring:{feed}") for feed, _ in now] if calm else []

    @cached_property
    def _monitoring(self) -> dict[tuple[int, str], list[tuple[int, str, str]]]:
        table = self.case.tables.get("monitoring", pd.DataFrame())
        found: dict[tuple[int, str], list[tuple[int, str, str]]] = {}
        if len(table):
            names = ("enterprise_id", "domain", "feed_id", "state")
            rows = zip(*(table[name] for name in names), column_days(table["date"]), strict=True)
            for name, domain, feed, state, day in rows:
                if day < self.calendar.as_of:
                    key = (self.premises.index[str(name)], str(domain))
                    found.setdefault(key, []).append((day, str(feed), str(state)))
        return found

    def _reviews(self, _rule: ReuseRule, e: int, item: str) -> list[tuple[int, str]]:
        table = self.case.tables.get("licences", pd.DataFrame())
        if not len(table):
            return []
        columns = (
            table["enterprise_id"],
            table["items"],
            column_days(table["reviewed_on"]),
            table["licence_id"],
        )
        return [
            (day, f"licence:{name}")
            for who, items, day, name in zip(*columns, strict=True)
            if day != NO_DAY and self.premises.index[str(who)] == e and item in items
        ]

    def _other_organs(self, rule: ReuseRule, e: int, item: str) -> list[tuple[int, str]]:
        found = []
        for call in self._done.get(e, ()):
            checked = call.items or self.clock.items_of(call.departments)
            fits = any(self._domain.get(i) == self._domain[item] for i in checked)
            fits &= self.clock.department[item] not in call.departments
            fits &= not rule.results or self._result.get(call.id, "") in rule.results
            fits &= not rule.departments or bool(set(rule.departments) & set(call.departments))
            if fits:
                found.append((call.earliest, f"visit:{call.id}"))
        return found

    @cached_property
    def _done(self) -> Mapping[int, list[Call]]:
        found: dict[int, list[Call]] = {}
        for call in self.ledger:
            if call.earliest < self.calendar.as_of:
                found.setdefault(call.premises, []).append(call)
        return found

    @cached_property
    def _result(self) -> dict[str, str]:
        table = self.case["visits"]
        return dict(zip(table["visit_id"], table["result"], strict=True))


def _month(day: int) -> int:
    year, month = month_label(day).split("-")
    return int(year) * 12 + int(month)
