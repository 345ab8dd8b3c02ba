"""Year and week over roads: audited clean, times kept and re-read, closures and cut-off places, the same bytes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.case.read import read_case
from riskplan.plan.io import plan_files, read_plan, table_fingerprint, write_plan
from riskplan.progress import Stop
from riskplan.synth import make_county
from riskplan.travel.fit import fit_travel
from riskplan.travel.protocol import NO_WAY
from riskplan.travel.year import year_travel
from riskplan.weekly import WeekParams, plan_week

QUICK = WeekParams(strategies=("SAVINGS",), crew_work=0.2, tries=300)


@pytest.fixture(scope="module")
def roaded(tmp_path_factory):
    """``hamlet`` with roads."""
    folder = make_county(tmp_path_factory.mktemp("roads") / "hamlet", enterprises=30, seed=7, roads=True)
    return read_case(folder)


@pytest.fixture(scope="module")
def year(roaded, hamlet_rules):
    """A year plan over roads."""
    return plan_year(roaded, hamlet_rules, stop=Stop(effort=0.1), seed=1)


@pytest.fixture(scope="module")
def week(year):
    """The week with most visits of those to come."""
    return year.visits["week"].value_counts().sort_index().idxmax()


@pytest.fixture(scope="module")
def routed(roaded, hamlet_rules, year, week):
    """The plan with that week routed."""
    return plan_week(roaded, hamlet_rules, year, week, params=QUICK, stop=Stop(effort=0.2))


def kept_as(plan, table):
    """Return a plan with other kept times, and a manifest that names their hash."""
    facts = {**plan.manifest["travel"], "sha256": table_fingerprint("travel", table)}
    return plan.with_tables(travel=table, manifest={"travel": facts})


def test_a_year_over_roads_is_lawful_and_proven(roaded, hamlet_rules, year):
    """The audit finds nothing, the certificate included, and has the trips from the kept rows."""
    travel = year_travel(roaded, hamlet_rules)
    assert audit(roaded, hamlet_rules, year).violations == ()
    assert len(year["travel"]) == len(travel.townships) + 1
    assert travel.tour_seconds > 0
    assert year.manifest["travel"]["source"].startswith("roads of")


def test_a_year_without_its_kept_times_is_not_proven(roaded, hamlet_rules, year):
    """With the great circle in place of the kept rows the certificate no longer holds."""
    bare = kept_as(year, year["travel"].iloc[:0])
    assert any(f.rule.startswith("certificate") for f in audit(roaded, hamlet_rules, bare).findings)


def test_a_week_over_roads_keeps_its_times(roaded, hamlet_rules, routed, week):
    """Every leg of the week's routes is kept, the audit is clean, the year's rows stand as before."""
    assert audit(roaded, hamlet_rules, routed).violations == ()
    kept = routed["travel"]
    assert (kept["week"] == "").sum() == len(roaded["townships"]) + 1
    assert (kept["week"] == week).any()
    assert set(routed["routes"]["travel_s"]) - {0} <= set(kept["seconds"])


def test_a_plan_with_kept_times_is_read_again(tmp_path, routed, hamlet_plan):
    """The folder has ``travel.csv`` only where times are kept, and gives the same bytes again."""
    write_plan(routed, tmp_path / "plan")
    assert plan_files(read_plan(tmp_path / "plan")) == plan_files(routed)
    assert "travel.csv" not in plan_files(hamlet_plan)


def test_the_same_week_gives_the_same_bytes(roaded, hamlet_rules, year, week, routed):
    """Shuffled rows of roads change no byte of a routed plan."""
    tables = {
        n: roaded[n].sample(frac=1, random_state=3).reset_index(drop=True) for n in ("road_nodes", "roads")
    }
    again = replace(roaded, tables={**roaded.tables, **tables})
    made = plan_week(again, hamlet_rules, year, week, params=QUICK, stop=Stop(effort=0.2))
    assert plan_files(made) == plan_files(routed)


def test_a_forged_time_is_found(roaded, hamlet_rules, routed, week):
    """A kept time that the routes do not state, well hashed, is a violation of each leg that uses it."""
    table = routed["travel"].copy()
    table.loc[table["week"] == week, "seconds"] += 600
    rules = {f.rule for f in audit(roaded, hamlet_rules, kept_as(routed, table)).violations}
    assert "route-travel-seconds" in rules


def closed(case, first, last, *roads):
    """Return a case in which roads are closed for some days."""
    days = {"first": np.datetime64(first, "s"), "last": np.datetime64(last, "s")}
    rows = pd.DataFrame([{"road_id": name, "reason": "", **days} for name in roads])
    return replace(case, tables={**case.tables, "road_closures": rows})


def test_closed_bridges_cut_off_a_bank(roaded, hamlet_rules, year, week):
    """With both bridges closed, who lies beyond the river is named and not routed; the audit agrees."""
    case = closed(roaded, "2027-01-01", "2027-12-31", "BRIDGE-1", "BRIDGE-2")
    made = plan_week(case, hamlet_rules, year, week, params=QUICK, stop=Stop(effort=0.2))
    lost = made.manifest["weeks"][week].get("unreachable", [])
    here = made.visits[made.visits["week"] == week].set_index("enterprise_id")
    assert (here.loc[lost, "stage"] == "unrouted").all()
    assert (made["travel"]["seconds"] < NO_WAY).all()
    assert audit(case, hamlet_rules, made).violations == ()
    assert fit_travel(case, hamlet_rules).cut_off


def test_a_kept_team_keeps_its_times(roaded, hamlet_rules, routed, week):
    """Planned anew with an issued team and a slower world, the team's legs stay as they were; the audit is clean."""
    visits = routed.visits.copy()
    team = visits.loc[visits["team_id"] != "", "team_id"].iat[0]
    visits.loc[visits["team_id"] == team, "stage"] = "issued"
    slow = replace(hamlet_rules, travel=replace(hamlet_rules.travel, access_kmh=14.0))
    issued = routed.with_tables(visits=visits)
    made = plan_week(roaded, slow, issued, week, params=QUICK, stop=Stop(effort=0.2))
    legs = made["routes"][made["routes"]["team_id"] == team]
    assert (
        legs["travel_s"].tolist()
        == routed["routes"][routed["routes"]["team_id"] == team]["travel_s"].tolist()
    )
    found = audit(roaded, slow, made).violations
    assert not [f for f in found if f.rule.startswith("route")]


def test_what_travel_says_of_a_case(roaded, hamlet, hamlet_rules, routed):
    """Detour and speed that fit roads; without roads the rulebook's own come back; routes give the allowance."""
    found = fit_travel(roaded, hamlet_rules, routed)
    assert (found.provider, found.cut_off) == ("roads", ())
    assert 1.2 < found.detour < 2
    assert found.routed > 0
    assert 5 < found.allowance < 120
    plain = fit_travel(hamlet, hamlet_rules)
    travel = hamlet_rules.travel
    assert (plain.detour, plain.allowance) == (travel.detour, 0)
    assert plain.speed_kmh == pytest.approx(travel.speed_kmh, abs=0.2)
