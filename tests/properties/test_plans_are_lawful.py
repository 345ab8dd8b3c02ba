"""Whatever the county and however tight its rules, a returned plan passes the audit and its reasons hold."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import pytest
from properties.counties import (
    Tightening,
    first_working_week,
    over_new_year,
    tightenings,
    verdict,
    with_amounts,
    with_shared_persons,
)
from riskplan.annual import plan_year
from riskplan.audit import AuditReport
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Rulebook
from riskplan.rules.read import read_rules
from riskplan.synth import make_county
from riskplan.weekly import plan_week

QUICK = Stop(effort=0.02)
FEW = settings(max_examples=7, deadline=None, derandomize=True)
COUNTIES = ((30, 0), (30, 3), (36, 4))
"""Enterprises and seed of the counties that are tightened."""


@pytest.fixture(scope="module")
def counties(tmp_path_factory) -> list[tuple[Case, Rulebook]]:
    """Three small counties with their rulebooks."""
    made = []
    for size, seed in COUNTIES:
        folder = make_county(tmp_path_factory.mktemp("county") / "c", enterprises=size, seed=seed)
        case = read_case(folder)
        made.append((case, read_rules(folder / "rules.toml", case)))
    return made


def reasons_are_confirmed(report: AuditReport, plan: Plan) -> bool:
    """Tell whether every visit left out is a shortfall that the audit confirms, no more and no fewer."""
    listed = int(plan["unplanned"]["visits"].sum())
    floors = {"floor", "unplanned-reason", "unplanned-limit", "unplanned-row"}
    found = [f for f in report.findings if f.severity == "violation" and f.rule in floors]
    return not found and (listed > 0) == (sum(report.shortfalls.values()) > 0)


def check(case: Case, rules: Rulebook, seed: int) -> None:
    """Plan a year and its first working week; both must pass the audit, and the bound must be one."""
    plan = plan_year(case, rules, stop=QUICK, seed=seed)
    assert plan.manifest["bound"] <= plan.manifest["objective"]["total"]
    assert plan.manifest["base"] <= plan.manifest["objective"]["total"]
    report, broken = verdict(case, rules, plan)
    assert not broken
    assert reasons_are_confirmed(report, plan)
    week = first_working_week(case, plan)
    if week is not None:
        routed = plan_week(case, rules, plan, week, stop=QUICK, seed=seed)
        report, broken = verdict(case, rules, routed)
        assert not broken


@FEW
@given(county=st.sampled_from(range(len(COUNTIES))), tight=tightenings, seed=st.integers(0, 99))
def test_a_calendar_year_is_lawful(counties, county, tight, seed):
    """The year 2027 under random rules: no violation in year or week, every reason confirmed."""
    case, rules = counties[county]
    check(case, tight.of(rules), seed)


@FEW
@given(
    county=st.sampled_from(range(len(COUNTIES))),
    tight=tightenings,
    before=st.integers(-20, 40),
    length=st.sampled_from((60, 120, 250, 365)),
)
def test_any_horizon_is_lawful(counties, county, tight, before, length):
    """A horizon that crosses the new year counts both calendar years and is as lawful as any."""
    case, rules = counties[county]
    check(over_new_year(case, before, length), tight.of(rules), 1)


@FEW
@given(
    county=st.sampled_from(range(len(COUNTIES))),
    tight=tightenings,
    size=st.sampled_from((2, 4, 9)),
    seed=st.integers(0, 99),
)
def test_premises_of_one_legal_person_are_lawful(counties, county, tight, size, seed):
    """Premises that share a credit code share their caps, and the plan keeps them."""
    case, rules = counties[county]
    check(with_shared_persons(case, size, seed), tight.of(rules), seed)


@FEW
@given(tight=tightenings, size=st.sampled_from((2, 5)), seed=st.integers(0, 99))
def test_shared_persons_over_new_year_have_a_true_bound(counties, tight, size, seed):
    """The bound stays below the objective where legal persons' caps and two calendar years meet."""
    case, rules = counties[0]
    check(over_new_year(with_shared_persons(case, size, seed), 20, 250), tight.of(rules), seed)


NOTHING = Tightening({}, None, None, None, None)


def test_nothing_to_plan_is_a_plan_too(counties):
    """Where every cap is zero, all duties are conflicts and the plan is empty, lawful and optimal."""
    case, rules = counties[0]
    zero = with_amounts(rules, {"enterprise-year": {"*": 0}})
    plan = plan_year(case, zero, stop=QUICK)
    report, broken = verdict(case, zero, plan)
    assert not broken
    assert plan.visits.empty
    assert len(plan["conflicts"]) > 0
    assert sum(report.conflicts.values()) > 0


def test_nothing_owed_is_a_plan_too(counties):
    """Where nothing is owed, the plan is empty and has neither shortfall nor conflict."""
    case, rules = counties[0]
    free = Tightening({}, dict.fromkeys(("red", "orange", "yellow", "blue"), 0), None, None, None)
    plan = plan_year(case, free.of(rules), stop=QUICK)
    report, broken = verdict(case, free.of(rules), plan)
    assert not broken
    assert plan.visits.empty
    assert not sum(report.shortfalls.values()) + sum(report.conflicts.values())
