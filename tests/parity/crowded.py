"""``crowded``: 60 fictional enterprises under rules so tight that every limit binds, and planners that forget one.

A mutant is what the planner sees with one limit taken away: rows are removed from the rulebook, capacity is widened
through the settings that state it. The audit always judges by the whole rulebook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from properties.counties import first_working_week, with_amounts
from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Rulebook
from riskplan.rules.read import read_rules
from riskplan.synth import make_county
from riskplan.weekly import plan_week

QUICK = Stop(effort=0.05)
BUSY = "FIRE"
"""The one department with many officer-minutes and few crews; all others have it the other way round."""
WIDE = 50
"""Factor by which a forgotten capacity is widened."""
AMOUNTS = {
    "organ-enterprise-year": {"red": 2, "orange": 2, "yellow": 1, "blue": 1},
    "enterprise-year": {"red": 6, "orange": 1, "yellow": 2, "blue": 1},
    "enterprise-spacing": {"red": 60, "orange": 120, "yellow": 420, "blue": 500},
    "township-load-week": {"*": 1},
    "township-load-year": {"*": 8},
}

World = tuple[Case, Rulebook]
Mutant = Callable[[Case, Rulebook], World]
Combination = tuple[str, str, str, str]


@cache
def crowded() -> World:
    """Return the county and its whole rulebook."""
    with TemporaryDirectory() as folder:
        made = make_county(Path(folder) / "crowded", enterprises=60, seed=1)
        case = read_case(made)
        rules = with_amounts(read_rules(made / "rules.toml", case), AMOUNTS)
    capacity = replace(rules.capacity, minutes_per_day=120, week_flex=2.0)
    return _closed_in_spring(_few_officers(case)), replace(
        rules, capacity=capacity, day=replace(rules.day, max_visits=1)
    )


def _closed_in_spring(case: Case) -> Case:
    """Close every other enterprise in March and April."""
    names = list(case.enterprises["enterprise_id"])[::2]
    rows = pd.DataFrame({"enterprise_id": names, "first": "2027-03-01", "last": "2027-04-30", "reason": ""})
    rows = rows[list(case["closures"].columns)].astype({"first": "datetime64[s]", "last": "datetime64[s]"})
    return case.replace_table("closures", pd.concat([case["closures"], rows]))


def _few_officers(case: Case) -> Case:
    """Leave two certified officers in each department; four in ``BUSY``, of whom two are there on Mondays only."""
    officers = case["officers"].copy()
    certified = officers[officers["certified"] & (officers["role"] == "officer")]
    rows: list[tuple[str, str, str]] = []
    for department, people in certified.groupby("department_id", sort=True):
        names = list(people["officer_id"])
        if department != BUSY:
            officers.loc[officers["officer_id"].isin(names[2:]), "certified"] = False
            continue
        rows += [(name, "2027-01-01", "2027-12-31") for name in names[2:]]
        tuesdays = pd.date_range("2026-12-29", "2027-12-31", freq="7D")
        rows += [
            (name, str(day.date()), str((day + pd.Timedelta(days=5)).date()))
            for name in names[:2]
            for day in tuesdays
        ]
    leave = pd.DataFrame(rows, columns=["officer_id", "first", "last"])
    leave = leave.astype({"first": "datetime64[s]", "last": "datetime64[s]"})
    return case.replace_table("officers", officers).replace_table("leave", leave)


@cache
def crowded_plan() -> Plan:
    """Return the year plan under the whole rulebook."""
    return plan_year(*crowded(), stop=QUICK, seed=1)


@cache
def routed() -> Plan:
    """Return the plan with its first working week routed."""
    case, rules = crowded()
    week = first_working_week(case, crowded_plan())
    assert week is not None
    return plan_week(case, rules, crowded_plan(), week, stop=QUICK, seed=1)


def broken_rules(plan: Plan) -> set[str]:
    """Return the rules that the audit finds broken by the whole rulebook."""
    return without_proof({finding.rule for finding in audit(*crowded(), plan).violations})


CONSEQUENCES = {"certificate", "unplanned-weeks", "unplanned-nearest", "unplanned-exchange", "exchange"}
"""What is also found wrong where a limit was not seen: the proof, and the reasons of what was left out."""


def without_proof(rules: set[str]) -> set[str]:
    """Return broken rules without what follows from another one."""
    return rules - CONSEQUENCES or rules


def without(limit: str) -> Mutant:
    """Return a mutant that does not see a row of the limits table."""

    def forget(case: Case, rules: Rulebook) -> World:
        return case, replace(rules, limits=tuple(row for row in rules.limits if row.id != limit))

    return forget


def without_week_minutes(case: Case, rules: Rulebook) -> World:
    """See weeks as long as months."""
    return case, replace(rules, capacity=replace(rules.capacity, week_flex=WIDE * rules.capacity.week_flex))


def without_month_minutes(case: Case, rules: Rulebook) -> World:
    """See longer months, and weeks as they are."""
    minutes, flex = rules.capacity.minutes_per_day, rules.capacity.week_flex
    wide = replace(rules.capacity, minutes_per_day=WIDE * minutes, week_flex=flex / WIDE)
    return case, replace(rules, capacity=wide)


def without_week_crews(case: Case, rules: Rulebook) -> World:
    """See crews that make any number of visits a day."""
    return case, replace(rules, day=replace(rules.day, max_visits=WIDE))


def without_calendar(case: Case, rules: Rulebook) -> World:
    """See gates that are open on every workday."""
    enterprises = case.enterprises.copy()
    enterprises["open_months"] = [()] * len(enterprises)
    enterprises["closed_days"] = [()] * len(enterprises)
    blind = case.replace_table("enterprises", enterprises)
    return blind.replace_table("closures", case["closures"].iloc[:0]), rules


def without_crews(case: Case, rules: Rulebook) -> World:
    """See teams in which one officer is enough."""
    return case, replace(rules, crew=replace(rules.crew, officers_per_department=1, min_officers=1))


def without_travel(case: Case, rules: Rulebook) -> World:
    """See roads on which nobody loses time."""
    return case, replace(rules, travel=replace(rules.travel, speed_kmh=WIDE * rules.travel.speed_kmh))


YEAR_MUTANTS: dict[Combination, tuple[Mutant, set[str]]] = {
    ("cap", "organ-enterprise", "year", "visits"): (
        without("organ-enterprise-year"),
        {"organ-enterprise-year"},
    ),
    ("cap", "enterprise", "year", "visits"): (without("enterprise-year"), {"enterprise-year"}),
    ("spacing", "enterprise", "rolling", "visits"): (without("enterprise-spacing"), {"enterprise-spacing"}),
    ("cap", "township", "week", "visits"): (without("township-load-week"), {"township-load-week"}),
    ("cap", "township", "year", "visits"): (
        without("township-load-year"),
        {"township-load-year", "late"},  # why something waits is told as if there were no such limit
    ),
    ("cap", "department", "week", "officer-minutes"): (without_week_minutes, {"department-week-minutes"}),
    ("cap", "department", "month", "officer-minutes"): (without_month_minutes, {"department-month-minutes"}),
    ("cap", "department", "week", "crew-visits"): (without_week_crews, {"department-week-crews"}),
    ("calendar", "visit", "day", "visits"): (without_calendar, {"workday"}),
}
"""Line of the support table -> what a forgetful year planner sees, and the rules that the audit must find broken."""

WEEK_MUTANTS: dict[Combination, tuple[Mutant, set[str]]] = {
    ("crew", "visit", "day", "people"): (without_crews, {"crew-composition", "crew-minimum"}),
    ("route", "team", "day", "minutes"): (without_travel, {"route-travel", "route-travel-seconds"}),
}
"""The same for lines that only the week can keep."""
