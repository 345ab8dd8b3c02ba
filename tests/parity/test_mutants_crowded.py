"""A planner that forgets one limit is found out: the audit names exactly that limit and no other."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from parity.crowded import (
    QUICK,
    WEEK_MUTANTS,
    YEAR_MUTANTS,
    broken_rules,
    crowded,
    crowded_plan,
    routed,
)
from properties.counties import first_working_week
from riskplan.annual import plan_year
from riskplan.plan.tables import Plan
from riskplan.rules.support import support_lines
from riskplan.weekly import plan_week


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


def test_every_planned_line_has_a_mutant():
    """Each line that year or week keep is forgotten by some mutant (floors are kept by being listed)."""
    planned = {
        (s.kind, s.scope, s.window, s.unit)
        for s in support_lines()
        if {s.year, s.week} & {"exact", "safe side"}
    }
    assert planned - {("floor", "duty", "year", "visits")} == set(YEAR_MUTANTS) | set(WEEK_MUTANTS)
