"""What need not be visited, because it is known otherwise: one level of a system, and reuse by rules (S12)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.frequency import CAUSE_DRAWN, CAUSE_DUE, CAUSE_FREQUENCY, Rows
from riskplan.risk.history import done_visits, report_gaps
from riskplan.risk.last_done import checked_items
from riskplan.rules.model import ReuseRule, Rulebook
from riskplan.text.wording import worded

Ints = npt.NDArray[np.int64]
CREDITED = (CAUSE_FREQUENCY, CAUSE_DUE, CAUSE_DRAWN)
ONE_LEVEL = "one-level"


@dataclass(frozen=True, order=True)
class Evidence:
    """Something that is known of an enterprise.

    Parameters
    ----------
    date
        Day of it.
    id
        What it is, e.g. ``visit:V0017``.
    """

    date: dt.date
    id: str


@dataclass(eq=False)
class Credits:
    """Finds what satisfies duties otherwise.

    Parameters
    ----------
    case, rules
        Evidence and rules.
    tiers
        Tier of each enterprise.
    """

    case: Case
    rules: Rulebook
    tiers: list[str]

    def apply(self, rows: Rows) -> tuple[Ints, list[dict[str, object]]]:
        """Return the visits of each duty that are left, and the plan table ``credits`` as rows.

        Parameters
        ----------
        rows
            Duties; those of other causes than ``CREDITED`` stay as they are.
        """
        left = rows.visits.copy()
        found: list[dict[str, object]] = []
        if not self.rules.reuse and not (self.rules.levels.one_level and self._fixed):
            return left, found
        for k, (e, item, cause) in enumerate(
            zip(rows.e.tolist(), rows.item.tolist(), rows.cause, strict=True)
        ):
            if cause not in CREDITED:
                continue
            for rule, source, one, visits, until in self._of(e, item, int(left[k])):
                left[k] -= visits
                found.append({
                    "enterprise_id": self._names[e],
                    "item_id": self._items[item],
                    "rule_id": rule,
                    "source": source,
                    "evidence": one.id,
                    "date": one.date.isoformat(),
                    "valid_until": until.isoformat(),
                    "visits": visits,
                    "basis": self._basis(rule),
                })
        return left, found

    def _of(self, e: int, item: int, left: int) -> Iterator[tuple[str, str, Evidence, int, dt.date]]:
        """Yield (rule, source, evidence, visits, valid until) of what satisfies a duty."""
        for one in self._levels(e, item)[:left]:
            yield ONE_LEVEL, "level", one, 1, one.date
            left -= 1
        for rule in self.rules.reuse if left else ():
            if not self._about(rule, item) or not self._in_good_standing(rule, e):
                continue
            evidence = self._latest(rule, e, item)
            if evidence is not None:
                until = evidence.date + dt.timedelta(days=rule.validity_days)
                yield rule.id, rule.source, evidence, min(rule.visits, left), until
                return

    @cached_property
    def _names(self) -> list[str]:
        return list(self.case.enterprises["enterprise_id"])

    @cached_property
    def _items(self) -> list[str]:
        return list(self.case["items"]["item_id"])

    @cached_property
    def _domains(self) -> list[str]:
        return list(self.case["items"]["domain"])

    @cached_property
    def _departments(self) -> list[str]:
        return list(self.case["items"]["department_id"])

    def _basis(self, rule_id: str) -> str:
        row = next((r for r in self.rules.reuse if r.id == rule_id), None)
        stated = (self.rules.provenance or {}).get("levels.one_level")
        grounds = row.provenance.grounds if row else stated.grounds if stated else ""
        return " / ".join(dict.fromkeys(worded(grounds, lang) for lang in ("zh", "en")))

    def _about(self, rule: ReuseRule, item: int) -> bool:
        return self._items[item] in rule.items or self._domains[item] in rule.domains

    def _in_good_standing(self, rule: ReuseRule, e: int) -> bool:
        frame = self._premises
        wanted = ((rule.sectors, "sector"), (rule.credit_grades, "credit_grade"))
        if any(values and frame[column][e] not in values for values, column in wanted):
            return False
        if rule.tiers and self.tiers[e] not in rule.tiers:
            return False
        if rule.no_overdue and e in self._overdue:
            return False
        return not rule.report_gap_months or int(self._gaps[e]) < rule.report_gap_months

    @cached_property
    def _premises(self) -> dict[str, list[str]]:
        return {name: list(self.case.enterprises[name]) for name in ("sector", "credit_grade")}

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: e for e, name in enumerate(self._names)}

    @cached_property
    def _gaps(self) -> Ints:
        return report_gaps(self.case)

    @cached_property
    def _overdue(self) -> frozenset[int]:
        """Enterprises with a hazard that is known, open and after its deadline on ``as_of``."""
        hazards, today = self.case["hazards"], pd.Timestamp(self.case.as_of)
        is_open = hazards["closed_on"].isna() | (hazards["closed_on"] >= today)
        late = hazards[(hazards["date"] < today) & is_open & (hazards["deadline"] < today)]
        return frozenset(self._place[name] for name in late["enterprise_id"])

    @cached_property
    def _earliest(self) -> dt.date:
        """Evidence counts if it is valid on this day."""
        return max(self.case.as_of, self.case.first_day)

    def _latest(self, rule: ReuseRule, e: int, item: int) -> Evidence | None:
        find: dict[str, Callable[[ReuseRule, int, int], list[Evidence]]] = {
            "self_report": self._reports,
            "monitoring": self._feeds,
            "visit": self._visits,
            "licence": self._licences,
        }
        found = find[rule.source](rule, e, item)
        oldest = self._earliest - dt.timedelta(days=rule.validity_days)
        fresh = [one for one in found if oldest <= one.date < self.case.as_of]
        return min(fresh, key=lambda one: (-one.date.toordinal(), one.id)) if fresh else None

    def _reports(self, _rule: ReuseRule, e: int, _item: int) -> list[Evidence]:
        return self._reported.get(e, [])

    @cached_property
    def _reported(self) -> dict[int, list[Evidence]]:
        found: dict[int, list[Evidence]] = defaultdict(list)
        for row in self.case["self_reports"].itertuples(index=False):
            day = row.date.date()
            found[self._place[row.enterprise_id]].append(Evidence(day, f"self_report:{day.isoformat()}"))
        return found

    def _feeds(self, _rule: ReuseRule, e: int, item: int) -> list[Evidence]:
        """Return the latest state of the premises' domain, where it is normal."""
        rows = self._watched.get((e, self._domains[item]), [])
        if not rows:
            return []
        last = max(day for day, _, _ in rows)
        latest = [(feed, state) for day, feed, state in rows if day == last]
        if any(state != "normal" for _, state in latest):
            return []
        return [Evidence(last, f"monitoring:{feed}") for feed, _ in latest]

    @cached_property
    def _watched(self) -> dict[tuple[int, str], list[tuple[dt.date, str, str]]]:
        found: dict[tuple[int, str], list[tuple[dt.date, str, str]]] = defaultdict(list)
        for row in self.case["monitoring"].itertuples(index=False):
            if row.date.date() < self.case.as_of:
                key = (self._place[row.enterprise_id], row.domain)
                found[key].append((row.date.date(), row.feed_id, row.state))
        return found

    def _licences(self, _rule: ReuseRule, e: int, item: int) -> list[Evidence]:
        return self._reviewed.get((e, self._items[item]), [])

    @cached_property
    def _reviewed(self) -> dict[tuple[int, str], list[Evidence]]:
        found: dict[tuple[int, str], list[Evidence]] = defaultdict(list)
        table = self.case["licences"]
        for row in table[table["reviewed_on"].notna()].itertuples(index=False):
            one = Evidence(row.reviewed_on.date(), f"licence:{row.licence_id}")
            for item in row.items:
                found[self._place[row.enterprise_id], item].append(one)
        return found

    def _visits(self, rule: ReuseRule, e: int, item: int) -> list[Evidence]:
        return [
            one
            for one, departments, domains, result in self._done.get(e, [])
            if self._departments[item] not in departments
            and self._domains[item] in domains
            and (not rule.results or result in rule.results)
            and (not rule.departments or not set(rule.departments).isdisjoint(departments))
        ]

    @cached_property
    def _done(self) -> dict[int, list[tuple[Evidence, frozenset[str], frozenset[str], str]]]:
        """Enterprise -> done visits: evidence, departments, domains checked, result."""
        visits = done_visits(self.case, self.rules)
        return self._with_domains(visits)

    def _with_domains(
        self, visits: pd.DataFrame
    ) -> dict[int, list[tuple[Evidence, frozenset[str], frozenset[str], str]]]:
        code, kinds = checked_items(self.case, visits)
        domains = [frozenset(self._domains[i] for i in own.tolist()) for own in kinds]
        found: dict[int, list[tuple[Evidence, frozenset[str], frozenset[str], str]]] = defaultdict(list)
        for k, row in zip(code.tolist(), visits.itertuples(index=False), strict=True):
            one = Evidence(row.date.date(), f"visit:{row.visit_id}")
            found[self._place[row.object_id]].append((
                one,
                frozenset(row.departments),
                domains[k],
                row.result,
            ))
        return found

    def _levels(self, e: int, item: int) -> list[Evidence]:
        """Return the fixed visits of another level of the item's system that check the same."""
        if not self.rules.levels.one_level:
            return []
        own = self._departments[item]
        found = []
        for one, departments, items in self._fixed.get(e, []):
            upper = [d for d in departments if self._same_system(own, d)]
            if upper and self._checks_same(item, items, upper):
                found.append(one)
        return sorted(found)

    def _same_system(self, own: str, other: str) -> bool:
        system, level = self._organs.get(own, ("", "")), self._organs.get(other, ("", ""))
        return bool(system[0]) and system[0] == level[0] and system[1] != level[1]

    @cached_property
    def _organs(self) -> dict[str, tuple[str, str]]:
        table = self.case["departments"]
        pairs = zip(table["system"], table["level"], strict=True)
        return dict(zip(table["department_id"], pairs, strict=True))

    def _checks_same(self, item: int, items: tuple[str, ...], upper: list[str]) -> bool:
        domain = self._domains[item]
        if items:
            return self._items[item] in items or any(self._domain_of.get(i) == domain for i in items)
        catalogue = {d: [k for k, own in enumerate(self._departments) if own == d] for d in upper}
        return any(not own or any(self._domains[k] == domain for k in own) for own in catalogue.values())

    @cached_property
    def _domain_of(self) -> dict[str, str]:
        return dict(zip(self._items, self._domains, strict=True))

    @cached_property
    def _fixed(self) -> dict[int, list[tuple[Evidence, tuple[str, ...], tuple[str, ...]]]]:
        """Enterprise -> fixed visits of the horizon that are still to come: evidence, departments, items."""
        case = self.case
        visits = case["visits"]
        start, end = pd.Timestamp(self._earliest), pd.Timestamp(case.last_day)
        chosen = visits["fixed"] & (visits["object_kind"] == "enterprise") & (visits["date"] >= start)
        chosen &= (visits["date"] <= end) & ~visits["kind"].isin(self.rules.exempt_kinds)
        found: dict[int, list[tuple[Evidence, tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
        for row in visits[chosen].itertuples(index=False):
            one = Evidence(row.date.date(), f"visit:{row.visit_id}")
            found[self._place[row.object_id]].append((one, row.departments, row.items))
        return found
