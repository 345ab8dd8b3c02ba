"""Officer-minutes, pools and quiet days in the week: by the formula of S7, written again here."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from test_weekly_rows import bare, county, week_of
from week_sample import WEEK, sample_plan

from riskplan.plan.tables import Plan
from riskplan.rules.model import Filter, Limit, QuietRule

WORKDAYS = 261
NO_TRAVEL = replace(bare().capacity, travel_allowance=0)


def beside(plan: Plan, minutes: int, week: str = WEEK, departments=("A",), lead: str = "A") -> Plan:
    """Add an issued, undated visit of so many minutes, and set all others to 60."""
    other = plan.visits.iloc[:1].assign(
        visit_id="X-2027-9", stage="issued", minutes=minutes, week=week, departments=[departments], lead=lead
    )
    return plan.with_tables(visits=pd.concat([plan.visits.assign(minutes=60), other]))


def lines(case, *rows):
    """Return the case with lines of the legal formula: (department, class, days)."""
    table = pd.DataFrame({
        "department_id": [r[0] for r in rows],
        "line": [f"line {k}" for k in range(len(rows))],
        "class": [r[1] for r in rows],
        "days": [r[2] for r in rows],
        "basis": "",
    })
    return case.replace_table("capacity_lines", table)


def plain_budget(officers: int) -> int:
    """Return officer-minutes of a year without lines: 0.8 left after other work, 0.78 after reserve and exempt load."""
    return math.floor(officers * WORKDAYS * 480 * 0.8 * 0.78)


@pytest.mark.parametrize(("fits", "expected"), [(4, 4), (2, 2), (0, 0)])
def test_minutes_of_a_week(fits, expected):
    """A week takes ``floor(flex x budget x 5 / 261)`` officer-minutes: full to the minute; the rest is left out."""
    case, rules = county(officers=2), bare(capacity=NO_TRAVEL)
    most = math.floor(1.5 * plain_budget(2) * 5 / WORKDAYS)
    plan = beside(sample_plan(case, [("A",)] * 4), most // 2 - 60 * fits)
    out = week_of(case, rules, plan)
    assert (out.visits["stage"] == "draft").sum() == expected
    left = set(
        zip(
            out["unplanned"]["reason"],
            out["unplanned"]["limit_id"],
            out["unplanned"]["scope_key"],
            strict=True,
        )
    )
    assert left == ({("cap", "department-week-minutes", "A")} if expected < 4 else set())


@pytest.mark.parametrize(("short", "expected"), [(0, 4), (1, 3)])
def test_minutes_of_a_month_are_those_of_the_day(short, expected):
    """Week 13 lies in March and April: with March full only days of April take visits."""
    case, rules = county(officers=2, closed=()), bare(capacity=replace(NO_TRAVEL, week_flex=9.0))
    march = math.floor(plain_budget(2) * 23 / WORKDAYS) // 2
    plan = sample_plan(case, [("A",)] * 4, week="2027-W13")
    out = week_of(case, rules, beside(plan, march, week="2027-W10"), "2027-W13")
    assert set(out.visits["date"]) <= {"", "2027-04-01", "2027-04-02"}
    april = math.floor(plain_budget(2) * 22 / WORKDAYS) // 2
    plan = beside(plan, march, week="2027-W10")
    more = plan.visits.iloc[-1:].assign(visit_id="Y-2027-9", week="2027-W15", minutes=april - 240 + short)
    out = week_of(case, rules, plan.with_tables(visits=pd.concat([plan.visits, more])), "2027-W13")
    assert (out.visits["stage"] == "draft").sum() == expected
    assert set(out["unplanned"]["limit_id"]) == ({"department-month-minutes"} if short else set())


def test_two_pools():
    """Visits that B leads charge its own minutes, those it joins the joint ones, and each pool has its own room."""
    joint_days = 40
    case = lines(
        county(officers=4, closed=()), ("B", "other", 100), ("B", "joint", joint_days), ("B", "legal", 1)
    )
    pool = math.floor(joint_days * 480 * 0.9)
    most = math.floor(1.5 * pool * 5 / WORKDAYS)
    plan = sample_plan(case, [("A", "B"), ("A", "B"), ("A", "B"), ("B",)])
    for fits in (3, 1):
        given = beside(plan, most // 2 - 60 * fits, departments=("A", "B"))
        out = week_of(case, bare(capacity=NO_TRAVEL), given)
        assert (out.visits["stage"] == "draft").sum() == fits + 1
        assert out.visits.set_index("visit_id").loc["E03-2027-1", "stage"] == "draft"
        left = out["unplanned"]
        assert set(left["limit_id"]) == ({"department-week-minutes"} if fits < 3 else set())
        assert set(left["scope_key"]) == ({"B/joint"} if fits < 3 else set())


@pytest.mark.parametrize("max_visits", [1, 2])
def test_crew_visits_of_a_week(max_visits):
    """One crew on two open days makes ``2 x max_visits`` visits; what is left says ``crew`` or ``time``."""
    case = county(officers=2, count=6)
    rules = bare(day=replace(bare().day, max_visits=max_visits))
    out = week_of(case, rules, sample_plan(case, [("A",)] * 6))
    assert (out.visits["stage"] == "draft").sum() == 2 * max_visits
    assert set(out["unplanned"]["reason"]) <= {"crew", "time"}


def quiet(**fields) -> QuietRule:
    """Return a quiet rule."""
    return QuietRule(**{"id": "quiet", "mode": "days_1_25", **fields})


def dates_under(rule: QuietRule) -> list[str]:
    """Return the dates of visits of A, of A with B, and of C, under a quiet rule; the 26th suits only the second."""
    case = county(3, closed=())
    shut = case.enterprises.assign(closed_days=[(5,), (), (5,)] if rule.filter.departments else [()] * 3)
    case = case.replace_table("enterprises", shut)
    return list(
        week_of(case, bare(quiet=(rule,)), sample_plan(case, [("A",), ("A", "B"), ("C",)])).visits["date"]
    )


def test_quiet_days_leave_the_others():
    """From the 1st to the 25th nobody comes: Friday 26 March is the one day left."""
    assert dates_under(quiet()) == ["2027-03-26"] * 3


def test_quiet_days_of_a_department():
    """A rule about B moves the joint visit with B to the 26th and no other."""
    found = dates_under(quiet(mode="per_month", per_month=25, filter=Filter(departments=("B", "D"))))
    assert found[1] == "2027-03-26"
    assert max(found[0], found[2]) < "2027-03-26"


@pytest.mark.parametrize(
    "change", [{"kinds": ("special",)}, {"months": (2,)}, {"filter": Filter(sizes=("small",))}]
)
def test_quiet_days_of_others(change):
    """A rule about another kind, month or size closes no day here."""
    assert max(dates_under(quiet(mode="days", days=tuple(range(1, 32)), **change))) < "2027-03-26"


def test_a_week_of_quiet_days():
    """Where all days are quiet the reason is the quiet rule, and the first week with another day is offered."""
    case = county(1, closed=())
    rules = bare(quiet=(quiet(mode="days", days=tuple(range(20, 27))),))
    out = week_of(case, rules, sample_plan(case, [("A",)]))
    row = out["unplanned"].iloc[0]
    assert (row["reason"], row["limit_id"], row["scope_key"], row["offered_week"]) == (
        "cap",
        "quiet",
        "E00",
        "2027-W13",
    )


def test_unmet_visits_took_their_time_but_count_for_no_cap():
    """A visit that was not met uses minutes and no cap."""
    case = county(2, closed=(), officers=2)
    most = math.floor(1.5 * plain_budget(2) * 5 / WORKDAYS)
    plan = beside(sample_plan(case, [("A",)] * 2), most // 2 - 60)
    visits = plan.visits.copy()
    visits.loc[visits["visit_id"] == "X-2027-9", "stage"] = "not_met"
    out = week_of(case, bare(capacity=NO_TRAVEL), plan.with_tables(visits=visits))
    assert (out.visits["stage"] == "draft").sum() == 1


@pytest.mark.parametrize(("unit", "amount", "expected"), [
    ("officer-minutes", 4 * 120, 4), ("officer-minutes", 4 * 120 - 1, 3), ("crew-visits", 4, 4), ("crew-visits", 2, 2),
])  # fmt: skip
def test_ceilings_that_the_rulebook_states(unit, amount, expected):
    """A row in officer-minutes or crew-visits of a department holds beside the formula."""
    case, plan = county(), sample_plan(county(), [("A",)] * 4)
    stated = Limit("stated", "cap", "department", "week", unit, {"A": amount})
    out = week_of(
        case, bare(stated, capacity=NO_TRAVEL), plan.with_tables(visits=plan.visits.assign(minutes=60))
    )
    assert (out.visits["stage"] == "draft").sum() == expected
    assert set(out["unplanned"]["limit_id"]) == ({"stated"} if expected < 4 else set())
