"""A planner that forgets one limit is found out: the audit names exactly that limit and no other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from parity import dense
from parity.crowded import (
    QUICK,
    WEEK_MUTANTS,
    YEAR_MUTANTS,
    broken_rules,
    crowded,
    crowded_plan,
    routed,
    without_proof,
)
from properties.counties import first_working_week
from riskplan.annual import plan as year
from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.plan.tables import Plan
from riskplan.rules.capacity import capacity_of
from riskplan.rules.support import support_lines
from riskplan.weekly import plan_week
from weekly.row_counter import over


def test_the_whole_planner_breaks_nothing():
    """Under the tightest rules the year and its first week are lawful, and something had to be left out."""
    assert not broken_rules(crowded_plan())
    assert not broken_rules(routed())
    assert len(crowded_plan()["unplanned"]) > 0
    assert (routed().visits["team_id"] != "").any()


@pytest.mark.parametrize("line", sorted(YEAR_MUTANTS), ids=" ".join)
def test_a_forgotten_limit_of_the_year_is_found(line):
    """The year plan of a mutant breaks the forgotten limit and nothing else."""
    forget, expected = YEAR_MUTANTS[line]
    seen_case, seen_rules = forget(*crowded())
    plan = plan_year(seen_case, seen_rules, stop=QUICK, seed=1)
    assert broken_rules(plan) == expected


@pytest.mark.parametrize("line", sorted(WEEK_MUTANTS), ids=" ".join)
def test_a_forgotten_limit_of_the_week_is_found(line):
    """The week of a mutant breaks the forgotten limit and nothing else."""
    case, rules = crowded()
    forget, expected = WEEK_MUTANTS[line]
    week = first_working_week(case, crowded_plan())
    plan = plan_week(*forget(case, rules), crowded_plan(), week, stop=QUICK, seed=1)
    found = broken_rules(plan)
    assert found
    assert found <= expected


def changed(plan: Plan, table: str, row: int, **values: object) -> Plan:
    """Return a plan with one row of a table changed."""
    frame = plan[table].copy()
    for column, value in values.items():
        column_values = list(frame[column])
        column_values[row] = value
        frame[column] = pd.Series(column_values, dtype=frame[column].dtype)
    return replace(plan, tables={**plan.tables, table: frame})


def largest_team(plan: Plan) -> int:
    """Return the row of the team with the most departments."""
    return max(range(len(plan["teams"])), key=lambda k: len(plan["teams"]["departments"].iat[k]))


def test_an_officer_taken_out_of_a_team_is_found():
    """A department that sends one officer too few breaks the composition of its crew."""
    plan = routed()
    row = largest_team(plan)
    officers = plan["teams"]["officers"].iat[row]
    assert len(officers) > 2
    assert broken_rules(changed(plan, "teams", row, officers=officers[1:])) == {"crew-composition"}


def test_an_officer_on_leave_or_sent_twice_is_found():
    """The same officers in another team of that day break nothing but being in one place."""
    plan = routed()
    teams = plan["teams"]
    again = teams.iloc[[0]].assign(team_id=f"{teams['date'].iat[0]}-99")
    twice = replace(plan, tables={**plan.tables, "teams": pd.concat([teams, again], ignore_index=True)})
    assert "officer-twice" in broken_rules(twice)
    case, _ = crowded()
    away = case["leave"].iloc[0]["officer_id"]
    row = largest_team(plan)
    moved = (away, *teams["officers"].iat[row][1:])
    assert "officer-leave" in broken_rules(changed(plan, "teams", row, officers=moved))


def test_a_minute_stolen_from_a_route_is_found():
    """A team that arrives one minute before it can breaks the route's times and nothing else."""
    plan = routed()
    routes = plan["routes"]
    row = next(k for k in range(len(routes)) if routes["visit_id"].iat[k])
    early = changed(plan, "routes", row, arrive=int(routes["arrive"].iat[row]) - 1)
    assert broken_rules(early) == {"route-travel"}


def test_a_visit_left_out_without_a_row_is_found():
    """A visit that is owed, not planned and not listed is an unmet floor."""
    plan = crowded_plan()
    silent = replace(plan, tables={**plan.tables, "unplanned": plan["unplanned"].iloc[1:]})
    assert "floor" in broken_rules(silent)


def found_in(world: tuple, plan: Plan) -> set[str]:
    """Return the rules that a plan breaks."""
    return without_proof({f.rule for f in audit(*world, plan).violations})


def test_the_dense_county_breaks_nothing_without_rows():
    """Its blind year and week are lawful, so that whatever is found below is the row that was forgotten."""
    assert not found_in(dense.dense(), dense.blind_year())
    assert not found_in(dense.dense(), dense.blind_week())


@pytest.mark.parametrize("line", dense.ROW_LINES, ids=dense.line_name)
def test_a_forgotten_row_is_found(line):
    """The plan of a planner that does not see the row breaks it and nothing else, by the audit and by hand."""
    world = dense.with_row(dense.row_of(line))
    plan = dense.blind_week() if line.window == "day" else dense.blind_year()
    assert found_in(world, plan) == {dense.ROW}
    assert busiest_officer(plan) > 2 if line.scope == "officer" else over(*world, plan)


def busiest_officer(plan: Plan) -> int:
    """Return the most visits of one officer in a day."""
    officers = dict(zip(plan["teams"]["team_id"], plan["teams"]["officers"], strict=True))
    routed = plan.visits[plan.visits["team_id"] != ""]
    pairs = zip(routed["team_id"], routed["date"], strict=True)
    return max(Counter((o, day) for team, day in pairs for o in officers[team]).values())


@pytest.mark.parametrize("name", dense.QUIET)
def test_forgotten_quiet_days_are_found(name):
    """A planner that knows no quiet days breaks them, and the hours of departments that have no other days then."""
    row = dense.QUIET[name]
    found = found_in(dense.with_quiet(name), dense.blind_year())
    hours = {"department-week-minutes", "department-week-crews", "department-month-minutes"}
    assert "quiet" in found
    assert found - {"quiet"} <= (set() if row.filter.sizes else hours)


def test_a_forgotten_second_pool_is_found():
    """A planner that charges all to one pool overdraws the minutes for visits that others lead, and no others."""
    plan = dense.planned_year(dense.with_pools(joint="other"))
    findings = audit(*dense.with_pools(), plan).violations
    hours = [f for f in findings if f.rule != "certificate"]
    assert {f.rule for f in hours} == {"department-week-minutes", "department-month-minutes"}
    assert all(f.scope_key.endswith("/joint") for f in hours)


def test_forgotten_usable_days_are_found(monkeypatch):
    """A planner that spreads hours over quiet days too plans more than there is where few days are left."""
    case, rules = dense.with_quiet("days 1 to 25 for all")
    capacity = replace(rules.capacity, week_flex=1.0, other_enforcement_share=0.5)
    rules = replace(rules, capacity=capacity)
    monkeypatch.setattr(year, "capacity_of", lambda case, seen: capacity_of(case, replace(seen, quiet=())))
    found = found_in((case, rules), dense.planned_year((case, rules)))
    assert {"department-week-minutes", "department-week-crews"} <= found


def test_every_planned_line_has_a_mutant():
    """Each line that year or week keep is forgotten by some mutant (floors are kept by being listed)."""
    planned = {dense.combination(s) for s in support_lines() if {s.year, s.week} & {"exact", "safe side"}}
    floors = {("floor", "duty", "year", "visits"), ("floor", "duty", "rolling", "visits")}
    assert planned - floors == {
        *YEAR_MUTANTS,
        *WEEK_MUTANTS,
        *(dense.combination(line) for line in dense.ROW_LINES),
    }
