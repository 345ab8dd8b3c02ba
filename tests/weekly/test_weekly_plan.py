"""The verb on small counties: lawful weeks by an independent evaluator, reasons, stages, repetition, the manifest."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from week_evaluator import faults_of_week
from week_sample import WEEK, done_visits, sample_case, sample_plan, sample_rules, sample_week

from how_many import examples
from riskplan.errors import RiskplanError
from riskplan.plan.io import plan_files
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.text import LANGUAGES, missing, say
from riskplan.weekly import WeekParams, plan_week

QUICK = WeekParams(strategies=("SAVINGS", "PATH_CHEAPEST_ARC"), crew_work=0.2, tries=900)


def week_of(case, rules, plan, week: str = WEEK, seed: int = 0, **more) -> Plan:
    """Plan a week with little effort."""
    return plan_week(case, rules, plan, week, params=QUICK, stop=Stop(effort=0.3), seed=seed, **more)


def shuffled(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the rows of a table in another order."""
    order = np.random.default_rng(seed).permutation(len(frame))
    return frame.iloc[order].reset_index(drop=True)


@pytest.mark.parametrize("seed", range(examples(5, 10)))
def test_random_weeks_are_lawful(seed):
    """Days, crews, travel, service, opening hours, lunch and shift hold in an independent reading of S1 and S9."""
    case, rules, plan = sample_week(seed, count=6 + seed, officers=2 + seed % 3)
    out = week_of(case, rules, plan, seed=seed)
    assert faults_of_week(case, rules, out, WEEK) == []
    routed = out.visits["team_id"] != ""
    assert routed.sum() >= 4
    assert set(out.visits.loc[routed, "stage"]) == {"draft"}
    assert sorted(out["unplanned"]["visit_id"]) == sorted(out.visits.loc[~routed, "visit_id"])


def test_the_evaluator_sees_what_is_wrong():
    """A start moved by a minute, a stranger in a team, a lost stop: each is found, so that silence means something."""
    case, rules, plan = sample_week(1)
    out = week_of(case, rules, plan)
    routes = out["routes"].copy()
    routes.loc[1, "start"] += 1
    assert faults_of_week(case, rules, out.with_tables(routes=routes), WEEK)
    assert faults_of_week(case, rules, out.with_tables(routes=out["routes"].drop(index=1)), WEEK)
    teams = out["teams"].copy()
    teams["officers"] = [(*o[:-1], "D3") for o in teams["officers"]]
    assert faults_of_week(case, rules, out.with_tables(teams=teams), WEEK)
    short = replace(rules, day=replace(rules.day, lunch_minutes=240))
    assert faults_of_week(case, short, out, WEEK)


def test_same_seed_same_bytes():
    """The same case, plan and seed give the same files, byte for byte."""
    case, rules, plan = sample_week(3)
    assert plan_files(week_of(case, rules, plan, seed=4)) == plan_files(week_of(case, rules, plan, seed=4))


def test_order_of_rows_changes_nothing():
    """Enterprises, officers, departments, townships and visits in another order give the same files."""
    case, rules, plan = sample_week(5)
    other = case
    for k, table in enumerate(("enterprises", "officers", "departments", "townships")):
        other = other.replace_table(table, shuffled(case[table], k))
    again = Plan({**plan.tables, "visits": shuffled(plan.visits, 9), "scores": shuffled(plan["scores"], 8)})
    straight, mixed = (plan_files(week_of(*world)) for world in ((case, rules, plan), (other, rules, again)))
    for name in ("visits.csv", "teams.csv", "routes.csv", "unplanned.csv", "manifest.json"):
        assert straight[name] == mixed[name]


def test_planning_a_week_again_replaces_it():
    """A second run over dated visits gives the same week, not a second set of teams."""
    case, rules, plan = sample_week(6)
    once = week_of(case, rules, plan)
    assert plan_files(week_of(case, rules, once)) == plan_files(once)


def test_other_weeks_stay_as_they_are():
    """Planning week 12 leaves the teams, routes, dates and manifest lines of week 11 alone."""
    case, rules, plan = sample_week(7, count=8)
    moved = plan.visits.copy()
    moved.loc[:3, "week"] = "2027-W11"
    before = week_of(case, rules, plan.with_tables(visits=moved), "2027-W11")
    after = week_of(case, rules, before)
    assert faults_of_week(case, rules, after, "2027-W11") == []
    assert faults_of_week(case, rules, after, WEEK) == []
    for table in ("teams", "routes"):
        old = before[table]
        kept = after[table][after[table]["team_id"].isin(old["team_id"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(kept, old)
    assert after.manifest["weeks"]["2027-W11"] == before.manifest["weeks"]["2027-W11"]
    assert set(after.manifest["weeks"]) == {"2027-W11", WEEK}


@pytest.mark.parametrize("stage", ["issued", "pinned", "done", "not_met"])
def test_what_is_fixed_keeps_everything(stage):
    """Issued, pinned, done and unmet visits keep day, start and team, whose officers go nowhere else that day."""
    case, rules, plan = sample_week(2, count=10, officers=2)
    first = week_of(case, rules, plan)
    chosen = first.visits.index[first.visits["team_id"] != ""][:3]
    visits = first.visits.copy()
    visits.loc[chosen, "stage"] = stage
    again = week_of(case, rules, first.with_tables(visits=visits), seed=3)
    columns = ["visit_id", "date", "start", "team_id", "stage"]
    pd.testing.assert_frame_equal(again.visits.loc[chosen, columns], visits.loc[chosen, columns])
    assert faults_of_week(case, rules, again, WEEK) == []
    kept = first["teams"].set_index("team_id").loc[sorted(set(visits.loc[chosen, "team_id"]))]
    for team, row in kept.iterrows():
        assert again["teams"].set_index("team_id").loc[team, "officers"] == row["officers"]


def test_a_stop_planned_anew_leaves_the_route_of_a_fixed_one():
    """When one stop of a route is issued and another is not, the issued one keeps its start on a shorter route."""
    case = sample_case(6)
    rules, plan = sample_rules(), sample_plan(sample_case(6), [("A",)] * 6)
    first = week_of(case, rules, plan)
    stops = first["routes"]["team_id"].value_counts()
    team = sorted(stops[stops > 3].index)[0]
    rows = first["routes"][(first["routes"]["team_id"] == team) & (first["routes"]["visit_id"] != "")]
    issued = rows["visit_id"].iloc[-1]
    visits = first.visits.copy()
    visits.loc[visits["visit_id"] == issued, "stage"] = "issued"
    again = week_of(case, rules, first.with_tables(visits=visits))
    assert faults_of_week(case, rules, again, WEEK) == []
    route = again["routes"][again["routes"]["team_id"] == team]
    assert list(route["visit_id"]) == ["", issued, ""]
    assert route["start"].tolist()[1] == rows["start"].iloc[-1]


def test_a_route_that_would_not_hold_stays_whole():
    """Where an issued stop could not keep its start without its neighbour, the neighbour stays too."""
    case = sample_case(2, opens=[480, 480], closes=[1080, 1080], closed_days=[(), ()])
    rules, plan = sample_rules(), sample_plan(case, [("A",), ("A",)])
    first = week_of(case, rules, plan)
    visits, routes = first.visits.copy(), first["routes"].copy()
    visits.loc[0, "stage"] = "issued"
    late = routes["visit_id"] == visits.loc[0, "visit_id"]
    routes.loc[late, ["start", "leave"]] += 1000
    again = week_of(case, rules, first.with_tables(visits=visits, routes=routes))
    pd.testing.assert_frame_equal(again["routes"], routes)
    assert list(again.visits["stage"]) == ["issued", "draft"]
    assert list(again.visits["team_id"]) == list(visits["team_id"])


def test_a_crew_that_is_not_there():
    """With a single officer of a department its visits say ``crew``, name it, and get the week after offered."""
    case = sample_case(3, closed_days=[()] * 3)
    officers = case["officers"][~case["officers"]["officer_id"].isin(["B1", "B2", "B3"])]
    rules = sample_rules()
    case = case.replace_table("officers", officers)
    out = week_of(case, rules, sample_plan(case, [("A",), ("A", "B"), ("C",)]))
    row = out["unplanned"].iloc[0]
    assert (row["visit_id"], row["reason"], row["limit_id"], row["scope_key"]) == (
        "E01-2027-1",
        "crew",
        "crew",
        "B",
    )
    assert (row["visits"], row["tier"], row["items"], row["offered_week"]) == (
        1,
        "orange",
        ("I-A", "I-B"),
        "",
    )
    assert list(out.visits["stage"]) == ["draft", "unrouted", "draft"]
    assert list(out.visits["week"]) == [WEEK] * 3


def test_leave_is_respected():
    """Officers on leave on Monday to Thursday leave Friday for their department's visits, all week none at all."""
    away = [(f"B{k}", "2027-03-22", "2027-03-25") for k in range(3)]
    case = sample_case(3, leave=away, closed_days=[()] * 3)
    plan = sample_plan(case, [("B",), ("A", "B"), ("B",)])
    out = week_of(case, sample_rules(), plan)
    assert faults_of_week(case, sample_rules(), out, WEEK) == []
    assert set(out.visits["date"]) == {"2027-03-26"}
    case = sample_case(3, leave=[(o, "2027-03-20", "2027-03-26") for o, _, _ in away], closed_days=[()] * 3)
    out = week_of(case, sample_rules(), plan)
    assert list(out["unplanned"]["reason"]) == ["crew"] * 3
    assert list(out["unplanned"]["offered_week"]) == ["2027-W13"] * 3


def test_uncertified_officers_and_experts_never_count():
    """Only certified officers form a crew: with one officer and a dozen others the visit says ``crew``."""
    case = sample_case(1, closed_days=[()], opens=[480], closes=[1080])
    officers = case["officers"].copy()
    officers.loc[officers["officer_id"].isin(["A1", "A2"]), "certified"] = False
    officers.loc[officers["officer_id"] == "A3", "role"] = "expert"
    case = case.replace_table("officers", officers)
    out = week_of(case, sample_rules(), sample_plan(case, [("A",)]))
    assert list(out["unplanned"]["reason"]) == ["crew"]


def test_closed_all_week():
    """An enterprise closed all week says ``window``, and is offered the first week in which it is open."""
    case = sample_case(2, closed_days=[(1, 2, 3, 4, 5), ()])
    out = week_of(case, sample_rules(), sample_plan(case, [("A",), ("A",)]))
    row = out["unplanned"].iloc[0]
    assert (row["reason"], row["limit_id"], row["scope_key"], row["offered_week"]) == (
        "window",
        "route",
        "E00",
        "",
    )
    case = sample_case(2, closed_days=[(), ()])
    closures = pd.DataFrame({
        "enterprise_id": ["E00"],
        "first": pd.to_datetime(["2027-03-01"]).astype("datetime64[s]"),
        "last": pd.to_datetime(["2027-04-06"]).astype("datetime64[s]"),
        "reason": [""],
    })
    out = week_of(
        case.replace_table("closures", closures), sample_rules(), sample_plan(case, [("A",), ("A",)])
    )
    assert list(out["unplanned"]["reason"]) == ["window"]
    assert list(out["unplanned"]["offered_week"]) == ["2027-W14"]


def test_too_far_for_a_day():
    """An enterprise a day's drive away says ``time``."""
    case = sample_case(1, lon=[121.9], lat=[28.0], closed_days=[()], opens=[480], closes=[1080])
    out = week_of(case, sample_rules(), sample_plan(case, [("A",)]))
    assert list(out["unplanned"]["reason"]) == ["time"]
    assert list(out["unplanned"]["limit_id"]) == ["route"]


def test_spacing_to_the_day():
    """A visit sixty days before Wednesday leaves Wednesday to Friday; one after Friday's reach leaves ``cap``."""
    case = sample_case(1, closed_days=[()], opens=[480], closes=[1080])
    plan = sample_plan(case, [("A",)], tiers=["red"])
    near = case.replace_table("visits", done_visits(("X1", "E00", "2027-01-23", ("B",))))
    out = week_of(near, sample_rules(), plan)
    assert out.visits["date"].iloc[0] >= "2027-03-24"
    late = case.replace_table("visits", done_visits(("X1", "E00", "2027-01-26", ("B",))))
    out = week_of(late, sample_rules(), plan)
    row = out["unplanned"].iloc[0]
    assert (row["reason"], row["limit_id"], row["offered_week"]) == ("cap", "enterprise-spacing", "2027-W13")


def test_a_visit_routed_later_leaves_the_list():
    """A visit unrouted for want of a crew is routed when the crew is back, and its row in ``unplanned`` goes."""
    away = [(f"B{k}", "2027-03-20", "2027-03-28") for k in range(3)]
    case = sample_case(2, closed_days=[()] * 2)
    plan = sample_plan(case, [("B",), ("A",)])
    short = case.replace_table("leave", sample_case(2, leave=away)["leave"])
    first = week_of(short, sample_rules(), plan)
    assert list(first["unplanned"]["visit_id"]) == ["E00-2027-1"]
    year_row = pd.DataFrame([{"enterprise_id": "E01", "items": ("I-B",), "departments": ("B",), "visits": 1}])
    first = first.with_tables(unplanned=pd.concat([first["unplanned"], year_row.assign(visit_id="")]))
    second = week_of(case, sample_rules(), first)
    assert list(second["unplanned"]["visit_id"]) == [""]
    assert list(second.visits["stage"]) == ["draft", "draft"]
    assert faults_of_week(case, sample_rules(), second, WEEK) == []


def test_days_before_today_are_over():
    """With ``as_of`` on a Wednesday nothing is dated before it, and a week that is over routes nothing."""
    case, rules, plan = sample_week(4)
    out = week_of(replace(case, as_of=dt.date(2027, 3, 24)), rules, plan)
    dates = set(out.visits["date"]) - {""}
    assert dates
    assert min(dates) >= "2027-03-24"
    out = week_of(replace(case, as_of=dt.date(2027, 4, 24)), rules, plan)
    assert set(out["unplanned"]["reason"]) == {"window"}
    assert len(out["teams"]) == len(out["routes"]) == 0


def test_officers_share_the_work():
    """Team-days are spread over a department's officers, those of other weeks counted."""
    case = sample_case(12, officers=4, closed_days=[()] * 12)
    rules = sample_rules(day={"max_visits": 1})
    plan = sample_plan(case, [("A",)] * 8)
    teams = week_of(case, rules, plan)["teams"]
    days = pd.Series([o for team in teams["officers"] for o in team]).value_counts()
    assert len(teams) == 8
    assert set(days) == {4}


def test_depot_is_the_first_office_with_a_point():
    """A team starts at the office of its first department with coordinates; D alone has none and starts in the middle."""
    case = sample_case(4, closed_days=[()] * 4, opens=[480] * 4, closes=[1080] * 4)
    out = week_of(
        case, sample_rules(day={"max_visits": 1}), sample_plan(case, [("D",), ("B", "D"), ("A", "D"), ("C",)])
    )
    depots = dict(zip(out["teams"]["departments"], out["teams"]["depot"], strict=True))
    assert depots == {("D",): "D", ("B", "D"): "B", ("A", "D"): "A", ("C",): "C"}
    assert faults_of_week(case, sample_rules(), out, WEEK) == []


def test_the_manifest_tells_the_week():
    """The manifest's line of a week adds up with the tables and can be written as JSON."""
    case, rules, plan = sample_week(9)
    out = week_of(case, rules, plan)
    line = out.manifest["weeks"][WEEK]
    assert json.loads(json.dumps(line)) == line
    routed = (out.visits["team_id"] != "").sum()
    assert (line["visits"], line["routed"], line["unrouted"]) == (10, routed, 10 - routed)
    assert (line["team_days"], line["travel_s"]) == (len(out["teams"]), out["routes"]["travel_s"].sum())
    assert line["travel_s_per_visit"] == round(line["travel_s"] / routed, 1)
    assert (line["status"], line["travel_source"]) == (
        "feasible",
        "great circle x 1.35, 36 km/h, 180 s entry",
    )
    assert len(line["travel_sha256"]) == 64


def test_visits_to_other_objects_are_left_alone():
    """A visit to a township is not routed and keeps its row."""
    case, rules, plan = sample_week(0, count=3)
    visits = plan.visits.copy()
    visits.loc[0, ["object_kind", "enterprise_id"]] = ["township", "T1"]
    out = week_of(case, rules, plan.with_tables(visits=visits))
    pd.testing.assert_frame_equal(out.visits.iloc[:1], visits.iloc[:1])


@pytest.mark.parametrize("week", ["2026-W12", "2028-W01", "soon"])
def test_an_unknown_week_is_refused(week):
    """A week outside the horizon is refused in words, in both languages."""
    with pytest.raises(RiskplanError) as caught:
        week_of(*sample_week(0, count=2), week)
    for lang in LANGUAGES:
        assert week in say(caught.value.code, lang, **caught.value.args_by_name)


def test_unknown_names_are_refused():
    """A visit at an enterprise or with a department that the case lacks is refused and named."""
    case, rules, plan = sample_week(0, count=2)
    for column, value, word in (("enterprise_id", "E77", "E77"), ("departments", ("A", "Z"), "“Z”")):
        visits = plan.visits.copy()
        visits.at[0, column] = value
        with pytest.raises(RiskplanError) as caught:
            week_of(case, rules, plan.with_tables(visits=visits))
        assert word in say(caught.value.code, "en", **caught.value.args_by_name)


def test_every_reason_has_words():
    """Each reason can be told in both languages."""
    assert not [r for r in ("crew", "window", "time", "cap") if missing(f"word.reason.{r}")]
    assert not missing("phase.week")
