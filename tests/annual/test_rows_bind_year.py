"""Every line that the support table promises for the year: with an amount that binds, the plan keeps the row."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections import Counter

import pandas as pd
import pytest

from annual.by_hand import Reasons, World, broken, monday_of
from how_many import examples
from properties.counties import over_new_year
from riskplan.annual import plan_year
from riskplan.case.weeks import Weeks
from riskplan.progress import Stop
from riskplan.rules.capacity import capacity_of
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


def dense(rules, *rows, keep=(), owed=3.0):
    """Return rules under which everybody owes so many visits a year and only the given rows (and named ones) hold."""
    frequency = dataclasses.replace(rules.frequency, visits={"*": owed})
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
    reasons = {row.id: Reasons(world, row, stops) for row in rules.limits}
    weeks = sorted({week_of(d) for d in world.workdays})
    for missing in plan["unplanned"].head(6).to_dict("records"):
        named = rules.limit(missing["limit_id"])
        if named is None:
            continue
        e = world.index[missing["enterprise_id"]]
        hit = []
        for label in weeks:
            one_more = world.planned(e, missing["departments"], monday_of(label))
            if one_more.days:
                hit.append([name for name, reason in reasons.items() if reason.true(one_more)])
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


@pytest.fixture(scope="module")
def blind(hamlet, hamlet_rules):
    """The plan of a planner that sees no row."""
    return plan_year(crowded(hamlet), dense(hamlet_rules), stop=QUICK, seed=1)


@pytest.mark.parametrize("line", KEPT, ids=lambda x: f"{x.kind}-{x.scope}-{x.window}")
def test_a_row_that_binds_is_kept(line, hamlet, hamlet_rules, blind):
    """Without the row the plan breaks it; with it, it is kept, and whatever is left out has a true reason."""
    case, row = crowded(hamlet), row_of(line)
    world = World(case, dense(hamlet_rules, row), tuple(blind["scores"]["tier"]))
    assert broken(world, row, world.of_plan(blind)), "the amount binds"
    rules = dense(hamlet_rules, row)
    plan = plan_year(case, rules, stop=QUICK, seed=1)
    judge(case, rules, plan)
    assert len(plan.visits) > 0
    assert plan.manifest["bound"] <= plan.manifest["objective"]["total"]
    assert plan.manifest["model"]["mine"] == line.year


def spare(rules):
    """Return rules with so much time that only rows bind."""
    wide = dataclasses.replace(
        rules.capacity,
        other_enforcement_share=0.0,
        non_enforcement_share=0.0,
        minutes_per_day=4000,
        week_flex=9.0,
    )
    return dataclasses.replace(rules, capacity=wide, day=dataclasses.replace(rules.day, max_visits=99))


def random_row(case, draw, number):
    """Return a row of any kept form, with a random filter, property, kinds and objects."""
    line = draw.choice(KEPT)
    frame = case.enterprises
    filters = (
        Filter(),
        Filter(),
        Filter(sectors=(draw.choice(sorted(set(frame["sector"]))),)),
        Filter(sizes=("small", "micro")),
        Filter(tiers=("red", "orange")),
        Filter(departments=("EM", "FIRE")),
        Filter(townships=tuple(sorted(set(frame["township_code"]))[:3])),
    )
    changes = {"filter": draw.choice(filters)}
    if line.scope in {"enterprise", "organ-enterprise", "system-enterprise"}:
        changes["by"] = draw.choice(("tier", "size", "sector"))
        value = {"tier": "red", "size": "small", "sector": frame["sector"].iat[0]}[changes["by"]]
        least = 90 if line.kind == "spacing" else 1
        changes["amount"] = draw.choice((
            {"*": least},
            {value: least},
            {value: 0 if least == 1 else 30, "*": least},
        ))
    if draw.random() < 0.3:
        changes["kinds_counted"] = draw.choice((("daily",), ("daily", "special"), ("daily", "recheck")))
    if draw.random() < 0.3 and line.scope == "township":
        changes["objects"] = ("enterprise", "township", "village")
    return dataclasses.replace(row_of(line, **changes), id=f"row-{number}")


def random_quiet(draw, number):
    """Return a quiet row for all, for some premises or for some departments."""
    mode = draw.choice(("days_1_25", "per_month", "days"))
    return QuietRule(
        f"quiet-{number}",
        mode,
        per_month=20 if mode == "per_month" else 0,
        days=tuple(range(1, 32, 2)) if mode == "days" else (),
        months=draw.choice(((), (1, 2, 3, 7))),
        filter=draw.choice((Filter(), Filter(departments=("EM",)), Filter(sizes=("small",)))),
    )


@pytest.mark.parametrize("seed", range(examples(6, 12)))
def test_several_rows_side_by_side_are_kept(seed, hamlet, hamlet_rules):
    """Random rows, filters, quiet days and horizons over one or two years: all kept, all reasons true."""
    draw = random.Random(seed)
    case = crowded(hamlet)
    if seed % 3 == 0:
        case = over_new_year(case, 150, 300)
    rows = tuple(random_row(case, draw, k) for k in range(draw.randint(2, 4)))
    rules = spare(dense(hamlet_rules, *rows, keep=draw.choice(((), LOOSE))))
    rules = dataclasses.replace(rules, quiet=tuple(random_quiet(draw, k) for k in range(draw.randint(0, 2))))
    plan = plan_year(case, rules, stop=QUICK, seed=seed)
    judge(case, rules, plan)
    assert plan.manifest["bound"] <= plan.manifest["objective"]["total"]


def test_rows_of_any_order_give_the_same_plan(hamlet, hamlet_rules):
    """Reversed rows change no visit and no bound."""
    draw = random.Random(3)
    case = crowded(hamlet)
    rows = tuple(random_row(case, draw, k) for k in range(4))
    plans = [plan_year(case, dense(hamlet_rules, *order), stop=QUICK, seed=1) for order in (rows, rows[::-1])]
    for table in ("visits", "unplanned"):
        assert plans[0][table].equals(plans[1][table])
    assert plans[0].manifest["bound"] == plans[1].manifest["bound"]


def test_twenty_five_quiet_days_leave_the_end_of_the_month(hamlet, hamlet_rules):
    """Under days_1_25 every visit of 2026 stands in a week with a workday after the 25th: 47 days remain."""
    case = dataclasses.replace(over_new_year(hamlet, 365, 365), as_of=dt.date(2025, 11, 20))
    quiet = QuietRule("quiet", "days_1_25")
    rules = dataclasses.replace(hamlet_rules, quiet=(quiet,))
    plan = plan_year(case, rules, stop=QUICK, seed=1)
    world, stops = judge(case, rules, plan)
    assert len(stops) > 0
    assert all(day.day > 25 for stop in stops for day in stop.days)
    assert sum(day.day > 25 for day in world.workdays) == 47


def test_two_pools_are_charged_by_who_leads(hamlet, hamlet_rules):
    """With a joint line visits that a department leads use its own minutes, others its joint minutes; both bind."""
    rules = dense(hamlet_rules, owed=9.0)
    lines = pd.DataFrame(
        [(d, line, kind, days, "") for d in ("EM", "MARKET") for line, kind, days in POOL_LINES],
        columns=["department_id", "line", "class", "days", "basis"],
    )
    case = hamlet.replace_table("capacity_lines", lines)
    plan = plan_year(case, rules, stop=QUICK, seed=1)
    capacity = capacity_of(case, rules)
    assert capacity.pools[capacity.pool_of("EM", leads=False)] == "EM/joint"
    used = Counter()
    for week, departments, lead, minutes in zip(
        plan.visits["week"],
        plan.visits["departments"],
        plan.visits["lead"],
        plan.visits["minutes"],
        strict=True,
    ):
        for d in departments:
            own = f"{d}/joint" if d in {"EM", "MARKET"} and d != lead else d
            time = minutes + rules.capacity.travel_allowance
            used[own, week] += rules.crew.officers_per_department * time
    assert {pool for pool, _ in used} >= {"EM", "EM/joint", "MARKET/joint"}
    weeks = Weeks.of(case)
    for (pool, week), minutes in used.items():
        most = capacity.week_minutes[capacity.pools.index(pool), weeks.index(week)]
        assert minutes <= most, (pool, week)
    named = {m["scope_key"] for m in plan["unplanned"].to_dict("records")}
    assert named
    assert named <= set(capacity.pools)
    assert any(name.endswith("/joint") for name in named)


POOL_LINES = (("accidents", "other", 40), ("led by others", "joint", 20), ("meetings", "non_enforcement", 60))
"""Lines of the formula that leave little time for joint visits."""
