"""Visits that change their week inside their windows: when they do, when they never do, and that nothing breaks."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from test_weekly_rows import bare
from week_evaluator import faults_of_week
from week_sample import WEEK, sample_case, sample_plan

from riskplan.audit import audit
from riskplan.plan.io import plan_files
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Limit
from riskplan.rules.sections import WeekRules
from riskplan.weekly import WeekParams, plan_week
from riskplan.weekly import plan as week_plan

QUICK = WeekParams(strategies=("SAVINGS",), crew_work=0.05, tries=60)
BEFORE, NEXT = "2027-W11", "2027-W13"
OFFICE, FAR, FARTHER = (118.29, 25.32), (118.60, 25.32), (118.601, 25.32)
HIGHWAY = {"lon": [FAR[0], FARTHER[0], OFFICE[0]], "lat": [FAR[1], FARTHER[1], OFFICE[1]]}


def week_of(case, rules, plan, week: str = WEEK, **changes) -> Plan:
    """Plan a week with little effort."""
    return plan_week(case, rules, plan, week, params=replace(QUICK, **changes), stop=Stop(), seed=0)


def neighbours(weeks=(WEEK, NEXT, NEXT), windows=((WEEK, NEXT),) * 3):
    """Return two far premises side by side and one at the office, their visits in some weeks with some windows."""
    plain = {"opens": 480, "closes": 1080, "closed_days": [()] * 3, "township_code": ["T1", "T1", "T2"]}
    case = sample_case(3, **HIGHWAY, **plain)
    first, last = zip(*windows, strict=True)
    plan = sample_plan(case, [("A",)] * 3, tiers=["red"] * 3)
    visits = plan.visits.assign(week=list(weeks), window_first=list(first), window_last=list(last))
    return case, bare(), plan.with_tables(visits=visits)


def weeks_of(plan: Plan) -> list[str]:
    """Return the weeks of the visits in order."""
    return list(plan.visits["week"])


def moves(plan: Plan, week: str = WEEK) -> list[dict[str, str]]:
    """Return what the manifest says of moves."""
    return plan.manifest["weeks"][week].get("moved", [])


def test_a_neighbour_of_the_next_week_is_taken_along():
    """One far away waits for next week, his neighbour is due now: both are seen on one trip, and it is said why."""
    case, rules, plan = neighbours(windows=((WEEK, WEEK), (WEEK, NEXT), ("", "")))
    out = week_of(case, rules, plan)
    assert weeks_of(out) == [WEEK, WEEK, NEXT]
    far = out.visits["visit_id"].isin(["E00-2027-1", "E01-2027-1"])
    assert len(set(out.visits.loc[far, "team_id"]) - {""}) == 1
    expected = {"visit_id": "E01-2027-1", "source": NEXT, "target": WEEK, "reason": "travel"}
    assert moves(out) == [expected]
    assert out.manifest["weeks"][WEEK]["moved_saved_s"] > 1800
    assert faults_of_week(case, rules, out, WEEK) == []


def test_a_visit_waits_for_its_neighbour():
    """The one due now may wait, his neighbour may not come earlier: the trip is made next week, undated until then."""
    case, rules, plan = neighbours(windows=((WEEK, NEXT), (NEXT, NEXT), ("", "")))
    out = week_of(case, rules, plan)
    assert weeks_of(out) == [NEXT, NEXT, NEXT]
    assert set(out.visits["stage"]) == {"draft"}
    assert set(out.visits["date"]) == {""}
    assert not len(out["unplanned"])
    again = week_of(case, rules, out, NEXT)
    assert again.manifest["weeks"][NEXT]["routed"] == 3


def test_nothing_moves_where_nothing_is_saved():
    """Visits at the office, each in its week, stay there although they might move; a spared team-day would be a saving."""
    case, rules, plan = neighbours()
    near = case.enterprises.assign(lon=OFFICE[0], lat=OFFICE[1])
    case = case.replace_table("enterprises", near)
    out = week_of(case, rules, plan, team_day_s=0, officer_s=0)
    assert weeks_of(out) == weeks_of(plan)
    assert moves(out) == []
    assert weeks_of(week_of(case, rules, plan)) == [NEXT] * 3


@pytest.mark.parametrize("stage", ["issued", "pinned", "done", "not_met"])
def test_only_drafts_move(stage):
    """A visit that was handed out, pinned or made keeps its week, whatever its window says."""
    case, rules, plan = neighbours(windows=((WEEK, WEEK), (WEEK, NEXT), ("", "")))
    stages = plan.visits["stage"].mask(plan.visits["enterprise_id"] == "E01", stage)
    out = week_of(case, rules, plan.with_tables(visits=plan.visits.assign(stage=stages)))
    assert weeks_of(out) == weeks_of(plan)


def test_routed_drafts_of_the_next_week_stay():
    """A week that is routed already is left alone until it is planned again."""
    case, rules, plan = neighbours(windows=((WEEK, WEEK), (WEEK, NEXT), ("", "")))
    out = week_of(case, rules, week_of(case, rules, plan, NEXT, windows=False))
    assert weeks_of(out) == weeks_of(plan)


def test_windows_can_be_switched_off():
    """Neither a parameter nor a rulebook without windows moves anybody; the bytes are those without look-ahead."""
    case, rules, plan = neighbours()
    off = week_of(case, rules, plan, windows=False)
    ruled = week_of(case, replace(rules, week=WeekRules(window=0)), plan)
    assert weeks_of(off) == weeks_of(ruled) == weeks_of(plan)
    assert list(off["routes"]["travel_s"]) == list(ruled["routes"]["travel_s"])
    assert set(ruled.visits["window_first"]) == {""}


def test_a_full_week_takes_nobody():
    """A township that may receive one visit a week keeps the neighbour out, who is then not lost."""
    case, rules, plan = neighbours(windows=((WEEK, WEEK), (WEEK, NEXT), ("", "")))
    full = Limit("row", "cap", "township", "week", "visits", {"*": 1})
    out = week_of(case, replace(rules, limits=(full,)), plan)
    assert weeks_of(out) == weeks_of(plan)


def test_a_month_that_is_full_keeps_the_undated_out():
    """W13 lies in two months: an undated visit there would count in April too, where the township has no room."""
    case, rules, plan = neighbours(windows=((WEEK, NEXT), (NEXT, NEXT), ("", "")))
    other = plan.visits.iloc[:1].assign(visit_id="X-2027-1", enterprise_id="E01", week="2027-W15")
    other = other.assign(window_first="", window_last="")
    plan = plan.with_tables(visits=pd.concat([plan.visits, other]))
    for most, expected in ((2, WEEK), (3, NEXT)):
        row = Limit("row", "cap", "township", "month", "visits", {"*": most})
        assert weeks_of(week_of(case, replace(rules, limits=(row,)), plan))[0] == expected


def test_who_found_no_room_last_week_is_taken():
    """A visit left unrouted a week ago is made now where its window allows, and is explained no longer."""
    case, rules, plan = neighbours(weeks=(BEFORE, WEEK, WEEK), windows=((BEFORE, WEEK), ("", ""), ("", "")))
    left = {
        "enterprise_id": "E00",
        "visit_id": "E00-2027-1",
        "visits": 1,
        "reason": "crew",
        "limit_id": "crew",
    }
    stages = plan.visits["stage"].mask(plan.visits["enterprise_id"] == "E00", "unrouted")
    plan = plan.with_tables(visits=plan.visits.assign(stage=stages), unplanned=pd.DataFrame([left]))
    out = week_of(case, rules, plan)
    assert weeks_of(out) == [WEEK] * 3
    assert [m["reason"] for m in moves(out)] == ["room"]
    assert set(out.visits["stage"]) == {"draft"}
    assert not len(out["unplanned"])


def test_who_stands_in_the_way_of_a_visit_left_out_stays():
    """A visit of A that the year left out was tested against all weeks of A: nobody of A moves, B does."""
    case, rules, plan = neighbours(windows=((WEEK, WEEK), (WEEK, NEXT), ("", "")))
    left = {"enterprise_id": "E02", "items": ("I-A",), "departments": ("A",), "visits": 1, "limit_id": "row"}
    assert weeks_of(week_of(case, rules, plan.with_tables(unplanned=pd.DataFrame([left])))) == weeks_of(plan)
    left |= {"items": ("I-B",), "departments": ("B",)}
    assert weeks_of(week_of(case, rules, plan.with_tables(unplanned=pd.DataFrame([left])))) != weeks_of(plan)


def test_the_last_week_has_nobody_ahead():
    """The last week of the horizon, and one before a week without visits, is planned alone."""
    case, rules, plan = neighbours(weeks=("2027-W52",) * 3, windows=(("2027-W51", "2027-W52"),) * 3)
    assert weeks_of(week_of(case, rules, plan, "2027-W52")) == weeks_of(plan)
    case, rules, plan = neighbours(weeks=(WEEK,) * 3)
    assert weeks_of(week_of(case, rules, plan)) == weeks_of(plan)


def test_an_interrupt_ahead_still_gives_the_week(monkeypatch):
    """Ctrl-C while two weeks are looked at ends with the week as it was planned, routed, and says so."""

    def stopped(*_args):
        raise KeyboardInterrupt

    case, rules, plan = neighbours()
    monkeypatch.setattr(week_plan, "look_ahead", stopped)
    out = week_of(case, rules, plan)
    assert weeks_of(out) == weeks_of(plan)
    assert out.manifest["weeks"][WEEK]["status"] == "interrupted"
    assert out.manifest["weeks"][WEEK]["routed"] == 1


def test_order_of_rows_and_repetition_change_nothing():
    """The same plan, its rows and the case's turned round, gives the same bytes."""
    case, rules, plan = neighbours()
    turned = case.replace_table("enterprises", case.enterprises.iloc[::-1].reset_index(drop=True))
    first = plan_files(week_of(case, rules, plan))
    assert first == plan_files(week_of(case, rules, plan))
    assert first == plan_files(week_of(turned, rules, plan.with_tables(visits=plan.visits.iloc[::-1])))


def test_a_quarter_of_a_year_plan_stays_lawful(hamlet, hamlet_rules, hamlet_plan):
    """Week after week of a year plan: all visits stay in their windows, none is lost, and the audit finds nothing."""
    plan, moved = hamlet_plan, 0
    for week in sorted(set(plan.visits["week"]))[:6]:
        plan = plan_week(hamlet, hamlet_rules, plan, week, params=QUICK, stop=Stop(effort=0.5))
        moved += len(moves(plan, week)) if week in plan.manifest["weeks"] else 0
    assert moved > 0
    assert list(plan.visits["visit_id"]) == list(hamlet_plan.visits["visit_id"])
    assert {f.rule for f in audit(hamlet, hamlet_rules, plan).violations} == set()
    changed = plan.visits[plan.visits["week"].to_numpy() != hamlet_plan.visits["week"].to_numpy()]
    assert ((changed["window_first"] <= changed["week"]) & (changed["week"] <= changed["window_last"])).all()
