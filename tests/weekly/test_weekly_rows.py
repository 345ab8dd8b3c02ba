"""Every line of the support table that the week keeps: a row that binds is kept, one that just does not costs nothing."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from row_counter import officers_over, over
from week_evaluator import faults_of_week
from week_sample import WEEK, done_visits, sample_case, sample_plan, sample_rules

from riskplan.plan.io import plan_files
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Limit, Rulebook
from riskplan.rules.support import support_lines
from riskplan.weekly import WeekParams, plan_week

QUICK = WeekParams(strategies=("SAVINGS",), crew_work=0.05, tries=120)
KEPT = [
    line
    for line in support_lines()
    if line.week in {"exact", "safe side"} and line.unit == "visits" and line.kind in {"cap", "spacing"}
]
CAPS = [(line.scope, line.window) for line in KEPT if line.kind == "cap" and line.scope != "officer"]
SPACINGS = [line.scope for line in KEPT if line.kind == "spacing"]
NEEDS = [("A",), ("B",), ("A",), ("B",)]
SUNDAY, MONDAY = "2027-03-21", "2027-03-22"


def week_of(case, rules, plan, week: str = WEEK) -> Plan:
    """Plan a week with little effort."""
    return plan_week(case, rules, plan, week, params=QUICK, stop=Stop(effort=0.3), seed=0)


def county(count: int = 4, closed=(3, 4, 5), officers: int = 6):
    """Return premises of one legal person in one village, closed from Wednesday on; A and B are one system."""
    same = {"credit_code": "91X", "township_code": "T1", "village_code": "V1"}
    case = sample_case(count, officers=officers, closed_days=[closed] * count, opens=480, closes=1080, **same)
    villages = pd.DataFrame({"village_code": ["V1"], "name": ["V1"], "township_code": ["T1"]})
    villages = villages.reindex(columns=case["villages"].columns)
    departments = case["departments"].assign(system=["S", "S", "", ""])
    return case.replace_table("villages", villages).replace_table("departments", departments)


def bare(*limits: Limit, **changes) -> Rulebook:
    """Return the sample rules without their caps and spacing, with some rows."""
    return replace(sample_rules(), limits=limits, **changes)


def row(scope: str, window: str, amount: int, **more) -> Limit:
    """Return a cap with one amount for all."""
    days = 2 if window == "rolling" else 0
    return Limit("row", "cap", scope, window, "visits", {"*": amount}, rolling_days=days, **more)


def needs_for(scope: str):
    """Return departments of four visits that share a key of the scope."""
    return [("A",)] * 4 if scope in {"organ-enterprise", "department"} else NEEDS


def with_known(case, window: str):
    """Add a visit of A fixed by others, which shares the window with the week."""
    day = SUNDAY if window == "rolling" else MONDAY
    return case.replace_table("visits", done_visits(("F", "E00", day, ("A",))))


def made(plan: Plan) -> Plan:
    """Return the plan without the visits that were left out."""
    return plan.with_tables(visits=plan.visits[plan.visits["stage"] != "unrouted"])


@pytest.mark.parametrize(("scope", "window"), CAPS)
def test_a_cap_that_binds_is_kept(scope, window):
    """With a visit fixed by others in the window, as many visits are made as the cap still allows, and no more."""
    case, amount = with_known(county(), window), 2
    # Monday is half taken for a day; for two running days Sunday's visit leaves Monday one.
    expected = {"day": 3, "rolling": 2}.get(window, 1)
    plan = sample_plan(case, needs_for(scope))
    rules = bare(row(scope, window, amount))
    out = week_of(case, rules, plan)
    assert (out.visits["stage"] == "draft").sum() == expected
    assert over(case, rules, made(out)) == []
    assert faults_of_week(case, rules, out, WEEK) == []
    assert set(out["unplanned"]["limit_id"]) == {"row"}
    assert set(out["unplanned"]["reason"]) == {"cap"}
    assert not set(out["unplanned"]["scope_key"]) & {"", "91X"}


@pytest.mark.parametrize(("scope", "window"), CAPS)
def test_a_cap_that_just_does_not_bind_costs_nothing(scope, window):
    """With an amount that is just enough every visit is made; with one that can't bind the week is what it was."""
    case = with_known(county(), window)
    plan = sample_plan(case, needs_for(scope))
    enough = {"day": 3, "rolling": 4}.get(window, 5)
    rules = bare(row(scope, window, enough))
    out = week_of(case, rules, plan)
    assert (out.visits["stage"] == "draft").all()
    assert over(case, rules, out) == []
    assert plan_files(week_of(case, bare(row(scope, window, 5)), plan)) == plan_files(
        week_of(case, bare(), plan)
    )


def visits_at_one_gate(needs) -> tuple:
    """Return a case open all week and a plan with several visits to one enterprise."""
    case = county(len(needs), closed=())
    plan = sample_plan(case, needs)
    return case, plan.with_tables(visits=plan.visits.assign(enterprise_id="E00", township_code="T1"))


@pytest.mark.parametrize("scope", SPACINGS)
@pytest.mark.parametrize(("amount", "expected"), [(2, 3), (3, 2), (5, 1)])
def test_spacing_inside_a_week(scope, amount, expected):
    """Two days apart three visits fit into a week, three days apart two, five days apart one."""
    case, plan = visits_at_one_gate([("A",), ("A", "B"), ("A",)])
    spacing = Limit("row", "spacing", scope, "rolling", "visits", {"*": amount})
    out = week_of(case, bare(spacing), plan)
    assert (out.visits["stage"] == "draft").sum() == expected
    assert over(case, bare(spacing), made(out)) == []
    assert set(out["unplanned"]["limit_id"]) == ({"row"} if expected < 3 else set())


@pytest.mark.parametrize(("scope", "other", "expected"), [
    ("enterprise", "C", 1), ("organ-enterprise", "B", 2), ("organ-enterprise", "A", 1),
    ("system-enterprise", "B", 1), ("system-enterprise", "C", 2),
])  # fmt: skip
def test_spacing_is_between_visits_that_share_a_key(scope, other, expected):
    """Organs hold each other off only for a row about enterprises, departments of one system for a row about systems."""
    case, plan = visits_at_one_gate([("A",), (other,)])
    spacing = Limit("row", "spacing", scope, "rolling", "visits", {"*": 5})
    out = week_of(case, bare(spacing), plan)
    assert (out.visits["stage"] == "draft").sum() == expected


@pytest.mark.parametrize("scope", SPACINGS)
@pytest.mark.parametrize(("day", "expected"), [("2027-03-19", 0), ("2027-03-18", 1)])
def test_spacing_to_a_known_visit(scope, day, expected):
    """Five days after Friday 19 March is Wednesday, closed; five after Thursday is Tuesday, open."""
    case = county(1).replace_table("visits", done_visits(("F", "E00", day, ("A",))))
    spacing = Limit("row", "spacing", scope, "rolling", "visits", {"*": 5})
    out = week_of(case, bare(spacing), sample_plan(case, [("A",)]))
    assert (out.visits["stage"] == "draft").sum() == expected


@pytest.mark.parametrize(("amount", "expected"), [(1, 2), (2, 4), (0, 0)])
def test_what_one_officer_may_do_in_a_day(amount, expected):
    """With one crew and two open days, officers of one visit a day make two visits, of two visits all four."""
    case = county(officers=2)
    rules = bare(replace(row("officer", "day", 9), amount={"A": amount, "*": 9}))
    out = week_of(case, rules, sample_plan(case, [("A",)] * 4))
    assert (out.visits["stage"] == "draft").sum() == expected
    assert officers_over(case, rules, out) == []
    left = out["unplanned"]
    assert set(left["limit_id"]) | set(left["scope_key"]) == ({"row", "A"} if expected < 4 else set())


def test_an_officer_counts_all_visits_of_the_team():
    """Where only red premises count, a day takes one of these and any number of others."""
    case = county(officers=2, closed=(2, 3, 4, 5))
    red = replace(row("officer", "day", 1), filter=replace(row("officer", "day", 1).filter, tiers=("red",)))
    plan = sample_plan(case, [("A",)] * 4, tiers=["red", "red", "blue", "blue"])
    out = week_of(case, bare(red), plan)
    assert officers_over(case, bare(red), out) == []
    assert list(out.visits["stage"]).count("draft") == 3


def test_rows_side_by_side():
    """The tighter row for each tier holds beside the general one, and the reason names it."""
    case = county()
    general, red = row("township", "week", 3), row("township", "week", 0)
    red = replace(red, id="red", filter=replace(red.filter, tiers=("red",)))
    out = week_of(case, bare(general, red), sample_plan(case, [("A",)] * 4))
    assert dict(zip(out["unplanned"]["visit_id"], out["unplanned"]["limit_id"], strict=True)) == {
        "E00-2027-1": "red"
    }
    assert (out.visits["stage"] == "draft").sum() == 3


def test_a_joint_visit_counts_once_for_each_department_of_a_system():
    """A joint visit of two departments of a system uses two of its cap, and one of the enterprise's."""
    case = county(2)
    plan = sample_plan(case, [("A", "B"), ("A",)])
    assert (
        week_of(case, bare(row("system-enterprise", "week", 2)), plan).visits["stage"] == "draft"
    ).sum() == 1
    assert (week_of(case, bare(row("enterprise", "week", 2)), plan).visits["stage"] == "draft").sum() == 2


@pytest.mark.parametrize(("by", "amount", "expected"), [
    ("size", {"large": 1}, 1), ("size", {"small": 1}, 4), ("sector", {"any": 2}, 2), ("township", {"T1": 3}, 3),
])  # fmt: skip
def test_amounts_by_other_properties(by, amount, expected):
    """The amount of a legal person is looked up by the property that the row names; none means no ceiling."""
    case = county()
    rules = bare(replace(row("enterprise", "week", 1), amount=amount, by=by))
    out = week_of(case, rules, sample_plan(case, NEEDS))
    assert (out.visits["stage"] == "draft").sum() == expected


def test_kinds_counted_count_exempt_ones_too():
    """A complaint uses nothing of a row, unless the row counts complaints."""
    known = done_visits(("F", "E00", MONDAY, ("A",))).assign(kind="complaint")
    case = county().replace_table("visits", known)
    plan = sample_plan(case, NEEDS)
    both = replace(row("enterprise", "week", 4), kinds_counted=("complaint", "daily"))
    assert (week_of(case, bare(row("enterprise", "week", 4)), plan).visits["stage"] == "draft").sum() == 4
    assert (week_of(case, bare(both), plan).visits["stage"] == "draft").sum() == 3


@pytest.mark.parametrize(("kind", "place"), [("township", "T1"), ("village", "V1")])
def test_visits_to_areas_count_where_a_row_says_so(kind, place):
    """A visit to the township or to one of its villages uses the township's row if its objects name it."""
    known = done_visits(("F", place, MONDAY, ("A",))).assign(object_kind=kind)
    case = county().replace_table("visits", known)
    plan = sample_plan(case, NEEDS)
    for objects, expected in ((("enterprise",), 4), (("enterprise", kind), 3)):
        out = week_of(case, bare(row("township", "week", 4, objects=objects)), plan)
        assert (out.visits["stage"] == "draft").sum() == expected


@pytest.mark.parametrize(
    "change", [{"hard": False}, {"objects": ("township",)}, {"kinds_exempt": ("daily",)}]
)
def test_rows_that_do_not_bind_planned_visits(change):
    """Soft rows, rows about other objects and rows that exempt daily visits leave the week alone."""
    case = county()
    out = week_of(case, bare(replace(row("township", "week", 0), **change)), sample_plan(case, NEEDS))
    assert (out.visits["stage"] == "draft").all()


def test_issued_visits_use_the_day():
    """An issued visit keeps its day, and the rest of the week leaves it alone under a cap of one a day."""
    case = county(2)
    rules = bare(row("village", "day", 1))
    plan = sample_plan(case, [("A",), ("A",)])
    first = week_of(case, rules, plan)
    visits = first.visits.copy()
    visits.loc[0, "stage"] = "issued"
    again = week_of(case, rules, first.with_tables(visits=visits))
    assert again.visits["date"].nunique() == 2
    assert again.visits["date"].iloc[0] == first.visits["date"].iloc[0]
    assert over(case, rules, again) == []
