"""From duties to joint visits: fewest calls per enterprise, their schedules, conflicts and the price of merging."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass

import pandas as pd

from riskplan.case.tables import Case
from riskplan.joint.budget import Budget, Clash, gate_width, possible_visits
from riskplan.joint.lawful import Lawful, lawful_weeks, worst_first
from riskplan.joint.schedules import MAX_SCHEDULES, Slots, all_phases, fewest_calls, item_slots, reductions
from riskplan.plan.tables import normalise
from riskplan.risk.scoring import Scores
from riskplan.rules.model import TIERS, Rulebook


@dataclass(frozen=True)
class Content:
    """What one joint visit carries: its items, departments, lead and minutes on site."""

    items: tuple[str, ...]
    departments: tuple[str, ...]
    lead: str
    minutes: int


@dataclass(frozen=True)
class Merged:
    """One enterprise with duties.

    Parameters
    ----------
    e
        Index into ``case.enterprises``.
    owed
        Item -> visits owed (what the enterprise can take at most, conflicts taken off).
    calls, bound
        Joint visits of the full schedules, and the proven lower bound.
    stand_alone
        Calls when every department comes alone.
    schedules
        Ordered visits; the first ones carry everything, later ones leave visits out.
    left_out
        For each schedule the number of visits that it leaves out.
    same_week
        Schedules of a finished plan that have two visits in one week; none before.
    """

    e: int
    owed: dict[str, int]
    calls: int
    bound: int
    stand_alone: int
    schedules: tuple[tuple[Content, ...], ...]
    left_out: tuple[int, ...]
    same_week: frozenset[int] = frozenset()


@dataclass(frozen=True)
class MergeSummary:
    """What merging does: calls always together with officer-minutes, also where the latter rise.

    Parameters
    ----------
    calls_before, calls_after, calls_bound
        Calls when every department comes alone, joint visits, and their proven least number.
    officer_minutes_before, officer_minutes_after
        Officer-minutes of these, travel allowance included.
    departments_at_gates
        Sum over joint visits of the departments that come.
    by_tier
        Tier -> calls before and after.
    """

    calls_before: int
    calls_after: int
    calls_bound: int
    officer_minutes_before: int
    officer_minutes_after: int
    departments_at_gates: int
    by_tier: dict[str, dict[str, int]]

    @property
    def saved_share(self) -> float:
        """Share of calls that merging saves."""
        return 1 - self.calls_after / self.calls_before if self.calls_before else 0.0

    def as_dict(self) -> dict[str, object]:
        """Return plain data for a manifest."""
        per_call = self.departments_at_gates / max(self.calls_after, 1)
        return asdict(self) | {
            "saved_share": round(self.saved_share, 6),
            "departments_per_call": round(per_call, 6),
        }


@dataclass(frozen=True)
class JointPlan:
    """Result of merging.

    Parameters
    ----------
    merged
        Enterprises with at least one duty that can be met, in the order of ``case.enterprises``.
    lawful
        When each enterprise may be visited.
    conflicts
        Plan table ``conflicts``: floors that no plan can meet.
    summary
        Calls and officer-minutes before and after, also by tier.
    """

    merged: tuple[Merged, ...]
    lawful: Lawful
    conflicts: pd.DataFrame
    summary: MergeSummary


@dataclass(frozen=True)
class _Catalogue:
    """Items: their departments and minutes."""

    department: dict[str, str]
    minutes: dict[str, int]

    def calls(self, owed: dict[str, int]) -> dict[str, int]:
        """Return department -> calls: the most that one of its items owes."""
        calls: dict[str, int] = {}
        for item, k in owed.items():
            department = self.department[item]
            calls[department] = max(k, calls.get(department, 0))
        return calls

    def yearly_minutes(self, owed: dict[str, int]) -> dict[str, int]:
        """Return department -> minutes on site over all calls owed."""
        result: dict[str, int] = defaultdict(int)
        for item, k in owed.items():
            result[self.department[item]] += k * self.minutes[item]
        return result


def merge(case: Case, rules: Rulebook, scores: Scores, duties: pd.DataFrame) -> JointPlan:
    """Merge the duties of every enterprise into joint visits.

    Parameters
    ----------
    case, rules
        Items, crew limits, caps, calendar.
    scores
        Tiers.
    duties
        Plan table ``duties``.

    Returns
    -------
    JointPlan
        Not covered: longest intervals (the year's exposure spreads visits evenly; the audit reports them).
    """
    tiers = list(scores.table["tier"])
    lawful = lawful_weeks(case, rules, tiers)
    catalogue = _Catalogue(
        dict(zip(case["items"]["item_id"], case["items"]["department_id"], strict=True)),
        dict(zip(case["items"]["item_id"], case["items"]["minutes"], strict=True)),
    )
    owed = _owed(case, duties)
    budget = Budget(lawful)
    frame = case.enterprises
    merged: dict[int, Merged] = {}
    conflicts: list[dict[str, object]] = []
    for e in worst_first(case, scores.table):
        if not owed.get(e):
            continue
        width = gate_width(frame["size"].iat[e], rules)
        calls, clashes = possible_visits(budget, e, catalogue.calls(owed[e]), width)
        possible = {i: n for i, k in sorted(owed[e].items()) if (n := min(k, calls[catalogue.department[i]]))}
        head = {"enterprise_id": frame["enterprise_id"].iat[e], "tier": tiers[e]}
        conflicts += [row | head for row in _conflict_rows(owed[e], clashes, catalogue)]
        if possible:
            lead = (rules.lead_by_sector or {}).get(frame["sector"].iat[e], "")
            competent = frame["competent_department"].iat[e]
            gate = _Gate(e, owed[e], possible, catalogue.calls(possible), width, competent, lead)
            merged[e] = _merge_one(gate, catalogue, rules.day.setup, lawful)
            budget.spend(e, gate.calls, merged[e].bound)
    ordered = tuple(merged[e] for e in sorted(merged))
    table = normalise(
        "conflicts", pd.DataFrame(conflicts, columns=None if conflicts else ["enterprise_id", "items"])
    )
    return JointPlan(ordered, lawful, table, _summary(ordered, tiers, catalogue, rules))


def _conflict_rows(
    owed: dict[str, int], clashes: list[Clash], catalogue: _Catalogue
) -> list[dict[str, object]]:
    """Return a conflict row for every group of items that cannot be checked as often as owed."""
    short = {clash.department: clash for clash in clashes}
    groups: dict[tuple[int, int, tuple[str, ...]], list[str]] = defaultdict(list)
    for item, k in sorted(owed.items()):
        clash = short.get(catalogue.department[item])
        if clash and clash.possible < k:
            groups[k, clash.possible, clash.limit_ids].append(item)
    return [
        {"items": tuple(items), "owed": k, "possible": got, "limit_ids": why, "basis": ""}
        for (k, got, why), items in sorted(groups.items())
    ]


def _owed(case: Case, duties: pd.DataFrame) -> dict[int, dict[str, int]]:
    index = {name: e for e, name in enumerate(case.enterprises["enterprise_id"])}
    result: dict[int, dict[str, int]] = defaultdict(dict)
    for name, item, visits in zip(duties["enterprise_id"], duties["item_id"], duties["visits"], strict=True):
        result[index[name]][item] = int(visits)
    return result


@dataclass(frozen=True)
class _Gate:
    """One enterprise's facts that decide what a joint visit looks like: ``duties`` it owes, ``owed`` it can take."""

    e: int
    duties: dict[str, int]
    owed: dict[str, int]
    calls: dict[str, int]
    width: int
    competent: str
    sector_lead: str


def _merge_one(gate: _Gate, catalogue: _Catalogue, setup: int, lawful: Lawful) -> Merged:
    bound = fewest_calls(gate.calls, gate.width)
    pairs = tuple(sorted(gate.calls.items()))
    phases = [_contents(slots, gate, catalogue, setup, lawful) for slots in all_phases(pairs, bound)]
    calls = min(len(contents) for contents in phases)
    full = list(dict.fromkeys(contents for contents in phases if len(contents) == calls))
    reduced = [tuple(full[0][v] for v in stay) for stay in reductions([c.items for c in full[0]])]
    schedules = (*(*full, *reduced[:-1])[: MAX_SCHEDULES - 1], reduced[-1])
    left_out = tuple(calls - len(s) for s in schedules)
    return Merged(gate.e, gate.owed, calls, bound, sum(gate.calls.values()), schedules, left_out)


def _contents(
    slots: Slots, gate: _Gate, catalogue: _Catalogue, setup: int, lawful: Lawful
) -> tuple[Content, ...]:
    items: list[list[str]] = [[] for _ in slots]
    for item, k in sorted(gate.owed.items()):
        for s in item_slots(slots, catalogue.department[item], k):
            items[s].append(item)
    result = []
    for row in items:
        departments = tuple(sorted({catalogue.department[item] for item in row}))
        for part in lawful.visit_parts(gate.e, departments):
            own = tuple(item for item in row if catalogue.department[item] in part)
            result.append(_content(own, gate, catalogue, setup))
    return tuple(result)


def _content(items: tuple[str, ...], gate: _Gate, catalogue: _Catalogue, setup: int) -> Content:
    work: dict[str, int] = defaultdict(int)
    for item in items:
        work[catalogue.department[item]] += catalogue.minutes[item]
    departments = tuple(sorted(work))
    lead = gate.competent if gate.competent in departments else gate.sector_lead
    if lead not in departments:
        calls, yearly = catalogue.calls(gate.duties), catalogue.yearly_minutes(gate.duties)
        lead = min(departments, key=lambda d: (-calls[d], -yearly[d], d))
    return Content(items, departments, lead, int(setup + max(work.values())))


def _summary(
    merged: tuple[Merged, ...], tiers: list[str], catalogue: _Catalogue, rules: Rulebook
) -> MergeSummary:
    officers, fixed = rules.crew.officers_per_department, rules.day.setup + rules.capacity.travel_allowance
    before = after = 0
    by_tier = {t: {"before": 0, "after": 0} for t in TIERS}
    for m in merged:
        calls = catalogue.calls(m.owed)
        before += officers * (
            sum(calls.values()) * fixed + sum(k * catalogue.minutes[i] for i, k in m.owed.items())
        )
        after += sum(
            officers * len(c.departments) * (c.minutes + rules.capacity.travel_allowance)
            for c in m.schedules[0]
        )
        by_tier[tiers[m.e]]["before"] += m.stand_alone
        by_tier[tiers[m.e]]["after"] += m.calls
    return MergeSummary(
        calls_before=sum(row["before"] for row in by_tier.values()),
        calls_after=sum(row["after"] for row in by_tier.values()),
        calls_bound=sum(m.bound for m in merged),
        officer_minutes_before=int(before),
        officer_minutes_after=int(after),
        departments_at_gates=sum(len(c.departments) for m in merged for c in m.schedules[0]),
        by_tier=by_tier,
    )
