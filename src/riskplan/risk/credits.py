"""What need not be visited, because it is known otherwise: one level of a system, and reuse by rules (S12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import empty_table, normalise
from riskplan.risk.evidence import Evidence
from riskplan.risk.frequency import CAUSE_DRAWN, CAUSE_DUE, CAUSE_FREQUENCY, Rows
from riskplan.risk.history import report_gaps
from riskplan.risk.last_done import NEVER
from riskplan.rules.model import ReuseRule, Rulebook
from riskplan.text.wording import written_in_both

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
CREDITED = frozenset({CAUSE_FREQUENCY, CAUSE_DUE, CAUSE_DRAWN})
ONE_LEVEL = "one-level"


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

    def apply(self, rows: Rows) -> tuple[Ints, pd.DataFrame]:
        """Return the visits of each duty that are left, and the plan table ``credits``.

        Parameters
        ----------
        rows
            Duties; those of other causes than ``CREDITED`` stay as they are.
        """
        left = rows.visits.copy()
        may = np.fromiter((cause in CREDITED for cause in rows.cause), dtype=bool, count=len(rows))
        parts = []
        if self.rules.levels.one_level and self._fixed:
            parts.append(self._levels(rows, may, left))
        for rule in self.rules.reuse:
            at, part = self._reused(rule, rows, may & (left > 0), left)
            may[at] = False
            parts.append(part)
        found = [part for part in parts if len(part)]
        if not found:
            return left, empty_table("credits")
        return left, normalise("credits", pd.concat(found, ignore_index=True))

    def _reused(self, rule: ReuseRule, rows: Rows, may: Bools, left: Ints) -> tuple[Ints, pd.DataFrame]:
        """Credit what a row about reuse satisfies; return which duties, and the credits."""
        at = np.flatnonzero(may & self._about(rule)[rows.item])
        at = at[self._in_good_standing(rule)[rows.e[at]]]
        days, names = self._evidence.latest(rule, rows.e[at], rows.item[at])
        known = days != NEVER
        at, days = at[known], days[known]
        visits = np.minimum(rule.visits, left[at])
        left[at] -= visits
        names = [name for name, yes in zip(names, known.tolist(), strict=True) if yes]
        told = {"rule_id": rule.id, "source": rule.source, "basis": written_in_both(rule.provenance.grounds)}
        return at, self._table(rows, at, told, (names, days, days + rule.validity_days, visits))

    def _table(
        self,
        rows: Rows,
        at: Ints,
        told: dict[str, str],
        evidence: tuple[list[str], Ints, Ints, Ints],
    ) -> pd.DataFrame:
        names, days, until, visits = evidence
        enterprises = self.case.enterprises["enterprise_id"].to_numpy(dtype=object)
        items = self.case["items"]["item_id"].to_numpy(dtype=object)
        columns = {
            "enterprise_id": enterprises[rows.e[at]],
            "item_id": items[rows.item[at]],
            "evidence": names,
            "date": np.datetime_as_string(days.astype("datetime64[D]")).tolist(),
            "valid_until": np.datetime_as_string(until.astype("datetime64[D]")).tolist(),
        }
        frame = pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in columns.items()})
        return frame.assign(visits=visits, **told)

    @cached_property
    def _evidence(self) -> Evidence:
        return Evidence(self.case, self.rules)

    def _about(self, rule: ReuseRule) -> Bools:
        """Tell which items a row is about."""
        items = self.case["items"]
        named = items["item_id"].isin(rule.items) | items["domain"].isin(rule.domains)
        return named.to_numpy(dtype=bool)

    def _in_good_standing(self, rule: ReuseRule) -> Bools:
        """Tell which premises fulfil the conditions of a row."""
        frame = self.case.enterprises
        good = np.ones(len(frame), dtype=bool)
        columns = (
            (rule.sectors, frame["sector"]),
            (rule.credit_grades, frame["credit_grade"]),
            (rule.tiers, pd.Series(self.tiers, dtype=object)),
        )
        for wanted, column in columns:
            if wanted:
                good &= column.isin(wanted).to_numpy()
        if rule.no_overdue:
            good &= ~self._overdue
        if rule.report_gap_months:
            good &= self._gaps < rule.report_gap_months
        return good

    @cached_property
    def _gaps(self) -> Ints:
        return report_gaps(self.case)

    @cached_property
    def _overdue(self) -> Bools:
        """Enterprises with a hazard that is known, open and after its deadline on ``as_of``."""
        hazards, today = self.case["hazards"], pd.Timestamp(self.case.as_of)
        is_open = hazards["closed_on"].isna() | (hazards["closed_on"] >= today)
        late = hazards[(hazards["date"] < today) & is_open & (hazards["deadline"] < today)]
        return self.case.enterprises["enterprise_id"].isin(late["enterprise_id"]).to_numpy()

    def _levels(self, rows: Rows, may: Bools, left: Ints) -> pd.DataFrame:
        """Credit fixed visits of another level of the item's system that check the same, the earliest first."""
        at, names, days = [], [], []
        here = np.isin(rows.e, np.array(sorted(self._fixed), dtype=np.int64))
        for k in np.flatnonzero(may & here & (left > 0)).tolist():
            for day, name in self._same(int(rows.e[k]), int(rows.item[k]))[: int(left[k])]:
                left[k] -= 1
                at.append(k)
                names.append(name)
                days.append(day)
        stated = (self.rules.provenance or {}).get("levels.one_level")
        basis = written_in_both(stated.grounds) if stated else ""
        told = {"rule_id": ONE_LEVEL, "source": "level", "basis": basis}
        on = np.array(days, dtype=np.int64)
        evidence = (names, on, on, np.ones(len(at), dtype=np.int64))
        return self._table(rows, np.array(at, dtype=np.int64), told, evidence)

    def _same(self, e: int, item: int) -> list[tuple[int, str]]:
        own, found = self._departments[item], []
        for day, name, departments, items in self._fixed[e]:
            upper = [d for d in departments if self._same_system(own, d)]
            if upper and self._checks_same(item, items, upper):
                found.append((day, name))
        return sorted(found)

    def _same_system(self, own: str, other: str) -> bool:
        (system, level), (others, another) = (self._organs.get(d, ("", "")) for d in (own, other))
        return bool(system) and system == others and level != another

    def _checks_same(self, item: int, items: tuple[str, ...], upper: list[str]) -> bool:
        domain, name = self._domains[item], self._items[item]
        if items:
            return name in items or any(self._domain_of.get(i) == domain for i in items)
        return any(d not in self._catalogue or domain in self._catalogue[d] for d in upper)

    @cached_property
    def _items(self) -> list[str]:
        return list(self.case["items"]["item_id"].tolist())

    @cached_property
    def _domains(self) -> list[str]:
        return list(self.case["items"]["domain"].tolist())

    @cached_property
    def _departments(self) -> list[str]:
        return list(self.case["items"]["department_id"].tolist())

    @cached_property
    def _domain_of(self) -> dict[str, str]:
        return dict(zip(self._items, self._domains, strict=True))

    @cached_property
    def _catalogue(self) -> dict[str, set[str]]:
        """Department -> domains of its items."""
        found: dict[str, set[str]] = defaultdict(set)
        for department, domain in zip(self._departments, self._domains, strict=True):
            found[department].add(domain)
        return dict(found)

    @cached_property
    def _organs(self) -> dict[str, tuple[str, str]]:
        """Department -> system and level."""
        table = self.case["departments"]
        pairs = zip(table["system"], table["level"], strict=True)
        return dict(zip(table["department_id"], pairs, strict=True))

    @cached_property
    def _fixed(self) -> dict[int, list[tuple[int, str, tuple[str, ...], tuple[str, ...]]]]:
        """Enterprise -> fixed visits of the horizon still to come: day, what it is, departments, items."""
        visits, start = self.case["visits"], max(self.case.as_of, self.case.first_day)
        chosen = visits["fixed"] & (visits["object_kind"] == "enterprise")
        chosen &= visits["date"].between(pd.Timestamp(start), pd.Timestamp(self.case.last_day))
        table = visits[chosen & ~visits["kind"].isin(self.rules.exempt_kinds)]
        found: dict[int, list[tuple[int, str, tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
        for row, day in zip(
            table.itertuples(index=False), table["date"].to_numpy().astype("datetime64[D]"), strict=True
        ):
            one = (int(day.astype(np.int64)), f"visit:{row.visit_id}", row.departments, row.items)
            found[self._evidence.place[row.object_id]].append(one)
        return found
