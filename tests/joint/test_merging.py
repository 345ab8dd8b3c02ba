"""Merging a case: floors kept, bounds reached, baseline alone, windows, capacity conflicts, invariance."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from riskplan.joint import merge
from riskplan.joint.indicators import indicators
from riskplan.risk import duties, requirements, score


@pytest.fixture(scope="module")
def merged(hamlet, hamlet_rules):
    """Scores, duties and joint visits of ``hamlet``."""
    scores = score(hamlet, hamlet_rules)
    owed = duties(hamlet, hamlet_rules, scores)
    return scores, owed, merge(hamlet, hamlet_rules, scores, owed)


def carried(plan, names):
    """Return (enterprise, item) -> visits that carry it in the first schedule."""
    counts = {}
    for m in plan.merged:
        for content in m.schedules[0]:
            for item in content.items:
                counts[names[m.e], item] = counts.get((names[m.e], item), 0) + 1
    return counts


def test_full_schedules_keep_every_floor_and_reach_their_bound(hamlet, merged):
    """Each item is carried exactly as often as owed, in as few visits as are proven needed."""
    _, owed, plan = merged
    counts = carried(plan, list(hamlet.enterprises["enterprise_id"]))
    for row in owed.itertuples(index=False):
        assert counts[row.enterprise_id, row.item_id] == row.visits
    assert plan.conflicts.empty
    assert all(m.calls == m.bound for m in plan.merged)


def test_every_schedule_has_one_lead_that_takes_part(merged):
    """The lead is one of the departments of its visit."""
    for m in merged[2].merged:
        assert len(m.schedules) <= 12
        for schedule in m.schedules:
            assert all(content.lead in content.departments for content in schedule)


def test_alone_every_department_comes_by_itself(hamlet, hamlet_rules, merged):
    """The baseline has one department in each visit and never fewer calls than merging."""
    scores, owed, plan = merged
    alone = merge(hamlet, hamlet_rules, scores, owed, alone=True)
    assert {len(c.departments) for m in alone.merged for c in m.schedules[0]} == {1}
    found = indicators(hamlet, hamlet_rules, scores, owed, plan)
    assert found.alone.calls >= found.capped.calls
    assert found.alone.calls > found.joint.calls == plan.summary.calls_after
    assert found.joint.problems == pytest.approx(found.alone.problems)
    assert found.capped.problems <= found.alone.problems


def test_a_department_without_officers_is_a_conflict_of_capacity(hamlet, hamlet_rules):
    """Nobody can be sent: all that the department owes is in the register, the rest is merged as before."""
    officers = hamlet["officers"]
    case = dataclasses.replace(
        hamlet, tables={**hamlet.tables, "officers": officers[officers["department_id"] != "FIRE"]}
    )
    scores = score(case, hamlet_rules)
    plan = merge(case, hamlet_rules, scores, duties(case, hamlet_rules, scores))
    rows = plan.conflicts
    assert set(rows["kind"]) == {"capacity"}
    assert set(rows["limit_ids"]) == {("department-week-crews",)}
    assert (rows["possible"] == 0).all()
    assert not any("FIRE" in c.departments for m in plan.merged for c in m.schedules[0])


def campaign(hamlet, first, last):
    """Return ``hamlet`` with a campaign about everybody's fire safety."""
    row = {
        "campaign_id": "C1",
        "name": "fire",
        "approval": "no. 1",
        "kind": "special",
        "sectors": (),
        "grades": (),
        "sizes": (),
        "tiers": (),
        "townships": (),
        "items": ("FIRE-01",),
        "first": pd.Timestamp(first),
        "last": pd.Timestamp(last),
    }
    return dataclasses.replace(hamlet, tables={**hamlet.tables, "campaigns": pd.DataFrame([row])})


def test_a_campaign_rides_along_in_its_window(hamlet, hamlet_rules, merged):
    """Whoever is visited anyway gets the campaign's item in a visit of its weeks: no further call for them."""
    case = campaign(hamlet, "2027-03-01", "2027-06-30")
    scores = score(case, hamlet_rules)
    needed = requirements(case, hamlet_rules, scores)
    plan = merge(case, hamlet_rules, scores, needed.duties)
    before = {m.e: m.calls for m in merged[2].merged}
    names = list(case.enterprises["enterprise_id"])
    clashing = set(plan.conflicts["enterprise_id"])
    for m in (m for m in plan.merged if names[m.e] not in clashing):
        for order in (s for s, left in zip(m.schedules, m.left_out, strict=True) if not left):
            assert any("FIRE-01" in c.items and c.weeks for c in order)
        assert m.calls <= before.get(m.e, 0) + 1
    assert sum(m.calls for m in plan.merged) < sum(before.values()) + len(plan.merged)


def test_a_window_without_a_workday_is_a_conflict_of_the_calendar(hamlet, hamlet_rules):
    """A campaign over a weekend cannot be kept by anybody; the register says so."""
    case = campaign(hamlet, "2027-06-05", "2027-06-06")
    scores = score(case, hamlet_rules)
    plan = merge(case, hamlet_rules, scores, duties(case, hamlet_rules, scores))
    own = plan.conflicts
    active = int((case.enterprises["status"] == "active").sum())
    assert len(own) == active
    assert set(own["items"]) == {("FIRE-01",)}
    assert set(own["limit_ids"]) == {("calendar",)}


def test_permuting_duties_changes_nothing(hamlet, hamlet_rules, merged):
    """The order of the duty table's rows does not matter."""
    scores, owed, plan = merged
    mixed = owed.sample(frac=1.0, random_state=3).reset_index(drop=True)
    again = merge(hamlet, hamlet_rules, scores, mixed)
    assert again.merged == plan.merged
    assert again.conflicts.equals(plan.conflicts)


def test_tightening_the_gate_never_saves_a_call(hamlet, hamlet_rules, merged):
    """With at most two departments at every gate there are as many calls or more, enterprise by enterprise."""
    scores, owed, plan = merged
    narrow = dataclasses.replace(
        hamlet_rules.crew, max_departments=dict.fromkeys(hamlet_rules.crew.max_departments, 2)
    )
    rules = dataclasses.replace(hamlet_rules, crew=narrow)
    calls = {m.e: m.calls for m in merge(hamlet, rules, scores, owed).merged}
    conflicts = merge(hamlet, rules, scores, owed).conflicts
    clashing = set(conflicts["enterprise_id"])
    names = list(hamlet.enterprises["enterprise_id"])
    assert all(calls[m.e] >= m.calls for m in plan.merged if names[m.e] not in clashing)
