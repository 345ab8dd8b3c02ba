"""Every line that the support table promises for the year: with an amount that binds, the plan keeps the row."""

from __future__ import annotations

import dataclasses

import pytest

from annual.by_hand import World, broken, monday_of, true_reason
from riskplan.annual import plan_year
from riskplan.progress import Stop
from riskplan.rules.model import Filter, Limit, QuietRule
from riskplan.rules.support import support_lines

QUICK = Stop(effort=0.05)
KEPT = [
    line
    for line in support_lines()
    if line.year in {"exact", "safe side"} and line.kind in {"cap", "spacing"} and line.unit == "visits"
]
SCARCE = {
    ("township", "week"): 1,
    ("township", "month"): 1,
    ("township", "rolling"): 1,
    ("township", "quarter"): 2,
    ("township", "year"): 3,
    ("department", "week"): 1,
    ("department", "month"): 2,
    ("department", "rolling"): 2,
    ("department", "quarter"): 4,
    ("department", "year"): 9,
}
"""Amounts that bind on ``hamlet``; 1 for all others."""
LOOSE = ("organ-enterprise-year", "enterprise-year", "enterprise-spacing", "township-load-week")


def row_of(line, **changes):
    """Return a row of a support line that binds."""
    spacing = line.kind == "spacing"
    amount = 200 if spacing else SCARCE.get((line.scope, line.window), 1)
    days = 45 if line.window == "rolling" and not spacing else 0
    made = Limit("mine", line.kind, line.scope, line.window, line.unit, {"*": amount}, rolling_days=days)
    return dataclasses.replace(made, **changes)


def crowded(case):
    """Return the county with everybody in two villages and some premises of one legal person."""
    frame = case.enterprises.copy()
    code = next((c for c in frame["credit_code"] if c), "")
    frame["credit_code"] = [code if e < 4 else c for e, c in enumerate(frame["credit_code"])]
    departments = case["departments"].copy()
    departments["system"] = "one"
    return case.replace_table("enterprises", frame).replace_table("departments", departments)


def dense(rules, *rows, keep=()):
    """Return rules under which everybody owes three visits a year and only the given rows (and named ones) hold."""
    frequency = dataclasses.replace(rules.frequency, visits={"*": 3.0})
    duties = tuple(dataclasses.replace(rule, visits=None) for rule in rules.duties)
    rest = tuple(row for row in rules.limits if row.id in keep)
    return dataclasses.replace(rules, frequency=frequency, duties=duties, limits=(*rest, *rows))


def judge(case, rules, plan):
    """Check every row by hand, and that each reason is true in every open week; return all rows' breaks."""
    world = World(case, rules, tuple(plan["scores"]["tier"]))
    stops = world.of_plan(plan)
    assert all(stop.days for stop in stops), "every visit has an open day"
    for row in rules.limits:
        assert not broken(world, row, stops), row.id
    for missing in plan["unplanned"].head(6).to_dict("records"):
        named = rules.limit(missing["limit_id"])
        e = world.index[missing["enterprise_id"]]
        hit = []
        for label in sorted({week_of(d) for d in world.workdays}):
            one_more = world.planned(e, missing["departments"], monday_of(label))
            if one_more.days:
                hit.append([row.id for row in rules.limits if true_reason(world, row, stops, one_more)])
        if named is None:
            continue
        assert any(named.id in ids for ids in hit), missing
        if not capacity_matters(plan):
            assert all(hit), missing
    return world, stops


def capacity_matters(plan):
    """Tell whether officers' time is named as a reason anywhere."""
    return any(name.startswith("department-") for name in plan["unplanned"]["limit_id"])


def week_of(day):
    """Return the label of a day's week."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


@pytest.mark.parametrize("line", KEPT, ids=lambda x: f"{x.kind}-{x.scope}-{x.window}")
def test_a_row_that_binds_is_kept(line, hamlet, hamlet_rules):
    """Without the row the plan breaks it; with it, it is kept, and whatever is left out has a true reason."""
    case, row = crowded(hamlet), row_of(line)
    blind = plan_year(case, dense(hamlet_rules), stop=QUICK, seed=1)
    world = World(case, dense(hamlet_rules, row), tuple(blind["scores"]["tier"]))
    assert broken(world, row, world.of_plan(blind)), "the amount binds"
    rules = dense(hamlet_rules, row)
    plan = plan_year(case, rules, stop=QUICK, seed=1)
    judge(case, rules, plan)
    assert len(plan.visits) > 0
    assert plan.manifest["bound"] <= plan.manifest["objective"]["total"]
    assert plan.manifest["model"]["mine"] == line.year
