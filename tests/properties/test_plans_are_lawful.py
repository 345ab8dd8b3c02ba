"""Whatever the county and however tight its rules, a returned plan passes the audit and its reasons hold."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from how_many import examples
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
from riskplan.rules.model import TIERS, Rulebook
from riskplan.rules.read import read_rules
from riskplan.synth import make_county
from riskplan.weekly import plan_week

QUICK = Stop(effort=0.02)
FEW = settings(max_examples=examples(8, 40), phases=(Phase.explicit, Phase.generate))
"""Few examples and no shrinking: one plan takes half a second."""
COUNTIES = ((30, 0), (30, 3), (36, 4))
"""Enterprises and seed of the counties that are tightened."""
numbers = st.sampled_from(range(len(COUNTIES)))


@cache
def county(number: int) -> tuple[Case, Rulebook]:
    """Return one of the counties with its rulebook."""
    size, seed = COUNTIES[number]
    with TemporaryDirectory() as folder:
        made = make_county(Path(folder) / "county", enterprises=size, seed=seed)
        case = read_case(made)
        return case, read_rules(made / "rules.toml", case)


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


NOTHING = Tightening({}, None, None, None, None)


def tighter(
    organs: tuple[int, ...] = (), visits: tuple[int, ...] = (), township_year: int | None = None
) -> Tightening:
    """Return a tightening for a regression example; organs and visits by tier from red to blue."""
    amounts: dict[str, dict[str, int]] = {}
    if organs:
        amounts["organ-enterprise-year"] = dict(zip(TIERS, organs, strict=True))
    if township_year is not None:
        amounts["township-load-year"] = {"*": township_year}
    owed = dict(zip(TIERS, visits, strict=True)) if visits else None
    return replace(NOTHING, amounts=amounts, visits=owed)


@FEW
@given(number=numbers, tight=tightenings, seed=st.integers(0, 99))
def test_a_calendar_year_is_lawful(number, tight, seed):
    """The year 2027 under random rules: no violation in year or week, every reason confirmed."""
    case, rules = county(number)
    check(case, tight.of(rules), seed)


@FEW
@example(
    number=2, tight=tighter(organs=(2, 4, 1, 2)), before=11, length=60
)  # bound and base above the objective
@given(
    number=numbers,
    tight=tightenings,
    before=st.integers(-20, 40),
    length=st.sampled_from((60, 120, 250, 365)),
)
def test_any_horizon_is_lawful(number, tight, before, length):
    """A horizon that crosses the new year counts both calendar years and is as lawful as any."""
    case, rules = county(number)
    check(over_new_year(case, before, length), tight.of(rules), 1)


@FEW
@given(
    number=numbers,
    tight=tightenings,
    size=st.sampled_from((2, 4, 9)),
    seed=st.integers(0, 99),
)
def test_premises_of_one_legal_person_are_lawful(number, tight, size, seed):
    """Premises that share a credit code share their caps, and the plan keeps them."""
    case, rules = county(number)
    check(with_shared_persons(case, size, seed), tight.of(rules), seed)


@FEW
@example(tight=tighter(), size=2, seed=44)  # bound and base above the objective
@example(tight=tighter(), size=2, seed=81)  # an organ's cap by the premises' own tier, not the person's
@example(tight=tighter(township_year=3), size=5, seed=63)  # the same, with a limit that blocks nowhere
@example(
    tight=tighter(organs=(0, 0, 1, 0), visits=(8, 2, 3, 0)), size=5, seed=29
)  # lead where conflicts cut duties
@given(tight=tightenings, size=st.sampled_from((2, 5)), seed=st.integers(0, 99))
def test_shared_persons_over_new_year_have_a_true_bound(tight, size, seed):
    """The bound stays below the objective where legal persons' caps and two calendar years meet."""
    case, rules = county(0)
    check(over_new_year(with_shared_persons(case, size, seed), 20, 250), tight.of(rules), seed)


def test_nothing_to_plan_is_a_plan_too():
    """Where every cap is zero, all duties are conflicts and the plan is empty, lawful and optimal."""
    case, rules = county(0)
    zero = with_amounts(rules, {"enterprise-year": {"*": 0}})
    plan = plan_year(case, zero, stop=QUICK)
    report, broken = verdict(case, zero, plan)
    assert not broken
    assert plan.visits.empty
    assert len(plan["conflicts"]) > 0
    assert sum(report.conflicts.values()) > 0


def test_nothing_owed_is_a_plan_too():
    """Where nothing is owed, the plan is empty and has neither shortfall nor conflict."""
    case, rules = county(0)
    free = replace(NOTHING, visits=dict.fromkeys(TIERS, 0))
    plan = plan_year(case, free.of(rules), stop=QUICK)
    report, broken = verdict(case, free.of(rules), plan)
    assert not broken
    assert plan.visits.empty
    assert not sum(report.shortfalls.values()) + sum(report.conflicts.values())


def test_dating_a_visit_leaves_no_reason_untrue():
    """A visit dated early in its week can free a later week; what was left out goes there, or its reason still holds."""
    case, rules = county(1)
    case = over_new_year(case, -3, 190)
    spaced = with_amounts(rules, {"enterprise-spacing": {"*": 180}})
    often = replace(rules.frequency, visits={"red": 4, "orange": 4, "yellow": 2, "blue": 0})
    check(case, replace(spaced, frequency=often), 1)
