"""Quiet days, pools of minutes and other keys of what is owed: the smallest counties in which each one matters."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from audit.breakers_owed import reason, without_e6
from audit.county import County, county, limit, visit
from audit.owes import Owes, duties
from riskplan.audit import audit
from riskplan.audit.formula import Formula
from riskplan.audit.world import World
from riskplan.rules.model import DutyRule, Filter, QuietRule

DAYS_1_25 = QuietRule("quiet", "days_1_25")


def quiet(made: County, *rows: QuietRule) -> County:
    """State quiet rows; return the county."""
    made.rules = replace(made.rules, quiet=rows)
    return made


def e6_on(date: str, week: str, row: QuietRule, **fields: object) -> list[str]:
    """Return the rules that a visit to E6 on a day, or in a week, breaks under a quiet row."""
    made = quiet(county(), row)
    made.visits = [visit("E6-1", "E6", week, **{"date": date, **fields})]
    made.rules = replace(made.rules, duties=(), limits=())
    made.duties, made.teams, made.routes = [], [], []
    return [f.rule for f in made.audit().violations if not f.rule.startswith("department-")]


@pytest.mark.parametrize(
    ("date", "week", "row", "found"),
    [
        ("2027-06-25", "2027-W25", DAYS_1_25, ["quiet"]),
        ("2027-06-28", "2027-W26", DAYS_1_25, []),
        ("2027-06-05", "2027-W22", DAYS_1_25, ["workday"]),
        ("", "2027-W25", DAYS_1_25, ["quiet"]),
        ("", "2027-W26", DAYS_1_25, []),
        ("2027-06-04", "2027-W22", QuietRule("quiet", "per_month", per_month=4), ["quiet"]),
        ("2027-06-04", "2027-W22", QuietRule("quiet", "per_month", per_month=3), []),
        ("2027-06-04", "2027-W22", QuietRule("quiet", "days", days=(4,)), ["quiet"]),
        ("2027-06-04", "2027-W22", QuietRule("quiet", "days", days=(4,), months=(5,)), []),
        ("2027-06-04", "2027-W22", replace(DAYS_1_25, kinds=("special",)), []),
        ("2027-06-04", "2027-W22", replace(DAYS_1_25, filter=Filter(townships=("T1",))), []),
        ("2027-06-04", "2027-W22", replace(DAYS_1_25, filter=Filter(tiers=("blue",))), ["quiet"]),
        ("2027-06-04", "2027-W22", replace(DAYS_1_25, filter=Filter(departments=("C",))), []),
        ("2027-06-04", "2027-W22", replace(DAYS_1_25, filter=Filter(departments=("B", "C"))), ["quiet"]),
    ],
)
def test_quiet_days_bind_by_day_kind_premises_and_departments(date, week, row, found):
    """A dated visit may not stand on a quiet day, an undated one not in a week whose open days are all quiet."""
    assert e6_on(date, week, row) == found


def test_a_visit_not_met_is_not_judged_by_quiet_days():
    """What was done or not met stands as it is."""
    assert e6_on("2027-06-04", "2027-W22", DAYS_1_25, stage="not_met") == []


def test_two_quiet_rows_may_close_a_week_together():
    """Each leaves a day, both together leave none; the one that closes more is named."""
    blue = Filter(tiers=("blue",))
    rows = (
        QuietRule("first", "days", days=(21, 22), filter=blue),
        QuietRule("second", "days", days=(23, 24, 25), filter=blue),
    )
    made = quiet(county(), *rows)
    assert [(f.rule, f.evidence) for f in made.audit().violations] == [("second", ("E6-1",))]
    assert quiet(made, rows[0]).audit().ok


def test_an_undated_visit_counts_only_in_months_that_quiet_days_leave_open():
    """The week from 29 March counts in April only where the days before are quiet."""
    made = county()
    made.visits.append(visit("E5-1", "E5", "2027-W13"))
    months = lambda: World(made.case, made.rules, made.plan()).planned[-1].months  # noqa: E731
    made.visits = made.visits[-1:]
    assert months() == ("2027-03", "2027-04")
    quiet(made, QuietRule("quiet", "days", days=(29, 30, 31)))
    assert months() == ("2027-04",)


def test_quiet_rows_shrink_the_usable_days_of_the_departments_they_bind():
    """March 2027 has four workdays after the 25th; a row about premises leaves departments all their days."""
    made = quiet(county(), replace(DAYS_1_25, filter=Filter(departments=("A",))))
    formula = Formula(World(made.case, made.rules, made.plan()))
    total = int(formula.usable["A"].sum())
    assert total < int(formula.usable["B"].sum()) == 258
    assert formula.minutes("month")["A", "2027-03"] == min(198144 * 4 // total, 4 * 4 * 480)
    assert formula.minutes("week")["A", "2027-W10"] == 0
    assert formula.crews()["A", "2027-W10"] == 0
    assert formula.crews()["B", "2027-W10"] == 5 * 3 * 4
    quiet(made, replace(DAYS_1_25, filter=Filter(departments=("A",), sizes=("medium",))))
    assert int(Formula(World(made.case, made.rules, made.plan())).usable["A"].sum()) == 258


def with_lines(*rows: tuple[str, int]) -> County:
    """Return a county in which A's officer-days are stated by class; its share of reserve and exempt load is a fifth."""
    made = county()
    made.rows("capacity_lines", *({"department_id": "A", "class": c, "days": n} for c, n in rows))
    return made


def test_capacity_lines_replace_the_shares():
    """4 x 258 less 132 + 50 + 100 days of 480 minutes, less a fifth; joint days less the reserve; B keeps its shares."""
    made = with_lines(
        ("other", 132), ("joint", 50), ("non_enforcement", 100), ("legal", 9), ("inspection", 9)
    )
    budgets = Formula(World(made.case, made.rules, made.plan())).budgets
    assert budgets == {"A": 750 * 480 * 8 // 10, "A/joint": 50 * 480 * 9 // 10, "B": 297216, "C": 99072}
    made = with_lines(("other", 2000))
    assert Formula(World(made.case, made.rules, made.plan())).budgets["A"] == 0


@pytest.mark.parametrize(("days", "found"), [(24, ["A/joint"]), (25, [])])
def test_visits_that_others_lead_charge_the_second_pool(days, found):
    """Where B leads, 460 minutes of A in W10 need floor(1.5 x budget x 5 / 258) of the joint pool."""
    made = with_lines(("other", 0), ("joint", days))
    made.settings("capacity", minutes_per_day=720)
    for name in ("E3", "E4"):
        made.change("enterprises", name, competent_department="B")
        made.visit(f"{name}-1")["lead"] = "B"
    rules = {f.scope_key for f in made.audit().violations if f.rule == "department-week-minutes"}
    assert sorted(rules) == found


def test_a_reason_may_name_a_quiet_row_or_a_pool():
    """A visit that quiet days keep out is a shortfall under the row's id; the pool named must be the one in the way."""
    row = QuietRule("quiet", "per_month", per_month=31, filter=Filter(tiers=("blue",)))
    made = quiet(without_e6(reason("quiet")), row)
    assert [f.rule for f in made.audit().findings] == ["shortfall"]
    made.unplanned[0]["limit_id"] = "calendar"
    assert [f.rule for f in made.audit().findings] == ["shortfall"]
    made.unplanned[0]["limit_id"] = "township-load-week"
    assert [f.rule for f in made.audit().violations] == ["unplanned-limit"]


@pytest.mark.parametrize(
    ("pool", "found"), [("A", []), ("", []), ("A/joint", ["unplanned-limit"]), ("B", ["unplanned-limit"])]
)
def test_a_reason_about_minutes_names_its_pool(pool, found):
    """A has no minute left of its own, and leads E6."""
    made = without_e6(reason("department-week-minutes", scope_key=pool))
    made.rows("capacity_lines", {"department_id": "A", "class": "other", "days": 1032})
    made.rows("capacity_lines", {"department_id": "A", "class": "joint", "days": 0})
    rules = [f.rule for f in made.audit().violations if f.rule.startswith("unplanned")]
    assert rules == found


def test_frequency_may_be_stated_by_another_property():
    """By size: small premises twice, all others once a year, whatever their tier; intervals as stated."""
    made = county()
    made.change("enterprises", "E6", size="small")
    made.rules = replace(made.rules, duties=(DutyRule(("a1",)), DutyRule(("a2",), visits={"*": 4})))
    made.settings(
        "frequency", by="size", visits={"small": 2, "*": 1}, longest_interval_days={"small": 200, "*": 400}
    )
    assert duties(made)["E6"] == {"a1": Owes(2, 200), "a2": Owes(4, 136)}
    assert duties(made)["E1"] == {"a1": Owes(1, 400), "a2": Owes(4, 136)}


@pytest.mark.parametrize(("interval", "due"), [(942, True), (943, False), (None, False)])
def test_a_duty_of_less_than_one_visit_a_year_is_due_by_its_interval(interval, due):
    """E5's b1 was done on 2 June 2025: 942 days before the horizon ends; a1 was never done and is due at once."""
    made = county()
    made.rules = replace(made.rules, duties=(DutyRule(("a1", "b1")),))
    stated = None if interval is None else {"blue": interval}
    made.settings("frequency", below_one="due", longest_interval_days=stated)
    owed = duties(made)["E5"]
    assert owed["a1"].visits == 1
    assert ("b1" in owed) == due


def test_dated_visits_without_a_team_and_credits_without_evidence_are_told():
    """What crews and routes can't be judged for stands in one line; a credit without evidence is found."""
    made = county()
    made.visit("E6-1")["date"] = "2027-06-21"
    (finding,) = made.audit().findings
    assert (finding.rule, finding.severity, finding.evidence) == ("visit-without-team", "notice", ("E6-1",))
    made = county()
    plan = made.plan()
    rows = pd.DataFrame([{"enterprise_id": "E5", "item_id": "a1", "evidence": "report"}])
    (finding,) = audit(made.case, made.rules, plan.with_tables(credits=rows)).findings
    assert (finding.rule, finding.message) == ("credits", "credit-without-evidence")


def test_a_row_of_a_department_counts_the_kinds_it_names():
    """A row on officer-minutes that exempts daily visits takes none of them."""
    made = county()
    row = limit("mine", "cap", "department", "week", {"A": 0}, kinds_exempt=("daily",))
    made.rules = replace(made.rules, limits=(*made.rules.limits, replace(row, unit="officer-minutes")))
    assert made.audit().ok
