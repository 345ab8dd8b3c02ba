"""``dense``: 30 enterprises in two villages, a few legal persons, one system, and so many visits that every row binds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from parity.crowded import World
from properties.counties import over_new_year
from riskplan.annual import plan_year
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import SCOPES, Filter, Limit, QuietRule, Rulebook, SupportLine
from riskplan.rules.read import read_rules
from riskplan.rules.support import support_lines
from riskplan.synth import make_county
from riskplan.weekly import plan_week

QUICK = Stop(effort=0.01)
OWED = 16
"""Visits that everybody is owed a year."""
PERSONS = 10
"""Legal persons, of three premises each."""

ROLLING_DAYS = 20
ROW = "mine"
"""Id of the row that a test adds."""
ROW_LINES = tuple(
    line
    for line in support_lines()
    if line.kind in {"cap", "spacing"}
    and line.scope in SCOPES
    and line.unit == "visits"
    and {line.year, line.week} & {"exact", "safe side"}
)
"""Lines that year or week keep and that a row states."""
AMOUNTS = {
    "enterprise": {"day": 1, "week": 2, "month": 5, "quarter": 9, "year": 10, "rolling": 3},
    "organ-enterprise": {"day": 1, "week": 2, "month": 5, "quarter": 8, "year": 9, "rolling": 3},
    "system-enterprise": {"day": 4, "week": 6, "month": 12, "quarter": 24, "year": 30, "rolling": 12},
    "township": {"day": 2, "week": 9, "month": 20, "quarter": 40, "year": 55, "rolling": 20},
    "village": {"day": 2, "week": 9, "month": 20, "quarter": 40, "year": 55, "rolling": 20},
    "department": {"day": 3, "week": 12, "month": 25, "quarter": 45, "year": 70, "rolling": 25},
    "officer": {"day": 2},
}
"""Scope -> window -> cap that binds."""
SPACINGS = {"enterprise": 15, "organ-enterprise": 25, "system-enterprise": 25}
"""Scope -> days between two visits that the blind plan does not keep."""


@cache
def dense() -> World:
    """Return the county, half a year long, and a rulebook without any row on visits."""
    with TemporaryDirectory() as folder:
        made = make_county(Path(folder) / "dense", enterprises=30, seed=7)
        case = read_case(made)
        rules = read_rules(made / "rules.toml", case)
    return _together(over_new_year(case, 61, 181)), _wishes(rules)


def _together(case: Case) -> Case:
    """Let everybody lie in two villages, three premises belong to each person and all departments to one system."""
    case = replace(case, as_of=dt.date(2026, 10, 20))
    frame = case.enterprises.copy()
    places = list(zip(case["villages"]["village_code"], case["villages"]["township_code"], strict=True))
    near = [places[0], next(p for p in places if p[1] != places[0][1])]
    frame["village_code"] = [near[e % 2][0] for e in range(len(frame))]
    frame["township_code"] = [near[e % 2][1] for e in range(len(frame))]
    frame["credit_code"] = [f"person-{e % PERSONS}" for e in range(len(frame))]
    departments = case["departments"].copy()
    departments["system"] = "one"
    return case.replace_table("enterprises", frame).replace_table("departments", departments)


def _wishes(rules: Rulebook) -> Rulebook:
    """Let everybody owe as much and officers have the time for it."""
    frequency = replace(rules.frequency, visits={"*": OWED})
    duties = tuple(replace(rule, visits=None) for rule in rules.duties)
    capacity = replace(rules.capacity, other_enforcement_share=0.0, non_enforcement_share=0.0, week_flex=3.0)
    return replace(rules, frequency=frequency, duties=duties, capacity=capacity, limits=())


QUIET = {
    "days 1 to 25 for all": QuietRule("quiet", "days_1_25"),
    "most days for some departments": QuietRule(
        "quiet", "per_month", per_month=24, filter=Filter(departments=("EM", "FIRE"))
    ),
    "most days for small premises": QuietRule(
        "quiet", "days", days=tuple(range(1, 24)), filter=Filter(sizes=("small", "micro"))
    ),
}
"""What is quiet -> its row."""


def with_quiet(name: str) -> World:
    """Return the county and its rulebook with quiet days."""
    case, rules = dense()
    return case, replace(rules, quiet=(QUIET[name],))


def with_pools(joint: str = "joint") -> World:
    """Return the county with the formula's lines; ``joint`` is the class of the one about enforcement led by others."""
    case, rules = dense()
    lines = (("accidents", "other", 40), ("led by others", joint, 20), ("meetings", "non_enforcement", 60))
    rows = [(d, *line, "") for d in ("EM", "FIRE", "MARKET") for line in lines]
    names = ["department_id", "line", "class", "days", "basis"]
    return case.replace_table("capacity_lines", pd.DataFrame(rows, columns=names)), rules


@cache
def blind_year() -> Plan:
    """Return the year plan of a planner that sees no row."""
    return planned_year(dense())


def fullest_week(plan: Plan) -> str:
    """Return the week with most visits."""
    return max(Counter(plan.visits["week"]).items(), key=lambda pair: (pair[1], pair[0]))[0]


@cache
def blind_week() -> Plan:
    """Return that plan with its fullest week routed."""
    return planned_week(dense(), blind_year())


def row_of(line: SupportLine) -> Limit:
    """Return the row of a line with its amount of the table."""
    spacing = line.kind == "spacing"
    amount = SPACINGS[line.scope] if spacing else AMOUNTS[line.scope][line.window]
    days = ROLLING_DAYS if line.window == "rolling" and not spacing else 0
    return Limit(ROW, line.kind, line.scope, line.window, line.unit, {"*": amount}, rolling_days=days)


def row_text(line: SupportLine) -> str:
    """Return the same row as an office would write it."""
    row = row_of(line)
    days = f"rolling_days = {row.rolling_days}\n" if row.rolling_days else ""
    return (
        f'\n[[limit]]\nid = "{ROW}"\nkind = "{row.kind}"\nscope = "{row.scope}"\nwindow = "{row.window}"\n'
        f'unit = "{row.unit}"\namount = {row.amount["*"]}\n{days}'
    )


def combination(line: SupportLine) -> tuple[str, str, str, str]:
    """Return the key of a line."""
    return (line.kind, line.scope, line.window, line.unit)


def line_name(line: SupportLine) -> str:
    """Return a readable test id."""
    return f"{line.kind}-{line.scope}-{line.window}"


def with_row(row: Limit) -> World:
    """Return the county and its rulebook with one row."""
    case, rules = dense()
    return case, replace(rules, limits=(row,))


def planned_year(world: World) -> Plan:
    """Return the year plan of a world."""
    return plan_year(*world, stop=QUICK, seed=1)


def planned_week(world: World, plan: Plan) -> Plan:
    """Return a plan with its fullest week routed."""
    return plan_week(*world, plan, fullest_week(plan), stop=QUICK, seed=1)
