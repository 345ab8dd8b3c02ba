"""The next lawful week: each limit just allowed and just broken, and the audit's opinion of every offer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from week_sample import done_visits, sample_case, sample_plan, sample_rules

from how_many import examples
from riskplan.audit import audit
from riskplan.case.weeks import Weeks
from riskplan.plan.tables import Plan
from riskplan.rules.model import TIERS
from riskplan.weekly.entries import tiers_of
from riskplan.weekly.ledger import Ledger
from riskplan.weekly.offer import offer_week


def open_case(count: int = 3, **columns):
    """Return enterprises of one township that are never closed."""
    return sample_case(count, **{"closed_days": [()] * count, "township_code": "T1", **columns})


def offers(case, rules, plan, visits) -> list[str]:
    """Return the weeks offered to some visits, one after the other."""
    ledger = Ledger(case, rules, plan, tiers_of(case, plan, TIERS[-1]))
    return [offer_week(ledger, ledger.entry(v)) for v in visits]


def offer(case, rules, plan, visit: str = "E00-2027-1") -> str:
    """Return the week offered to one visit."""
    return offers(case, rules, plan, [visit])[0]


def amounts(limit_id: str, amount):
    """Return the sample rules with another amount in one row."""
    rules = sample_rules()
    rows = tuple(replace(r, amount=amount) if r.id == limit_id else r for r in rules.limits)
    return replace(rules, limits=rows)


def with_weeks(plan: Plan, weeks, **columns) -> Plan:
    """Return the plan with its visits in other weeks."""
    return plan.with_tables(visits=plan.visits.assign(week=weeks, **columns))


def test_the_next_week_when_nothing_stands_against_it():
    """Without other visits the next week is offered."""
    case = open_case()
    assert offer(case, sample_rules(), sample_plan(case, [("A",)])) == "2027-W13"


@pytest.mark.parametrize(("day", "week"), [("2027-06-03", "2027-W13"), ("2027-06-02", "2027-W31")])
def test_spacing_to_a_fixed_visit(day, week):
    """Sixty days after Sunday 4 April is 3 June; a fixed visit a day earlier pushes the offer sixty days behind it."""
    case = open_case(1).replace_table("visits", done_visits(("F", "E00", day, ("B",))))
    plan = sample_plan(case, [("A",)], tiers=["red"])
    assert offer(case, sample_rules(), plan) == week


@pytest.mark.parametrize(("cap", "week"), [(2, "2027-W13"), (1, "")])
def test_cap_on_an_enterprise(cap, week):
    """A cap of two leaves room beside a done visit of the year; a cap of one leaves none all year."""
    case = open_case(1).replace_table("visits", done_visits(("F", "E00", "2027-01-04", ("B",))))
    plan = sample_plan(case, [("A",)], tiers=["red"])
    assert offer(case, amounts("enterprise-year", {"*": cap}), plan) == week


@pytest.mark.parametrize(("organ", "week"), [("B", "2027-W13"), ("A", "")])
def test_cap_on_an_organ(organ, week):
    """A visit of the same organ uses its cap of one, a visit of another organ does not."""
    case = open_case(1).replace_table("visits", done_visits(("F", "E00", "2027-01-04", (organ,))))
    plan = sample_plan(case, [("A",)], tiers=["red"])
    assert offer(case, amounts("organ-enterprise-year", {"*": 1}), plan) == week


@pytest.mark.parametrize(("code", "week"), [("", "2027-W13"), ("91X", "")])
def test_premises_of_one_legal_person_share_a_cap(code, week):
    """With one credit code the visits to another site use the cap."""
    case = open_case(2, credit_code=code)
    plan = with_weeks(sample_plan(case, [("A",), ("A",)]), ["2027-W12", "2027-W02"])
    assert offer(case, amounts("enterprise-year", {"*": 1}), plan) == week


@pytest.mark.parametrize(("load", "week"), [(2, "2027-W13"), (1, "2027-W14")])
def test_load_of_a_township_in_a_week(load, week):
    """One visit elsewhere in the township in week 13 leaves room under a load of two, none under one."""
    case = open_case(2)
    plan = with_weeks(sample_plan(case, [("A",), ("B",)]), ["2027-W12", "2027-W13"])
    assert offer(case, amounts("township-load-week", {"*": load}), plan) == week


@pytest.mark.parametrize(("load", "week"), [(2, "2027-W13"), (1, "")])
def test_load_of_a_township_in_a_year(load, week):
    """The visit's own place in the year is free for it; a full year is full in every week."""
    case = open_case(2)
    plan = with_weeks(sample_plan(case, [("A",), ("B",)]), ["2027-W12", "2027-W40"])
    assert offer(case, amounts("township-load-year", {"*": load}), plan) == week


def test_capacity_of_a_department():
    """A week takes ``floor(flex x budget x workdays / year)`` officer-minutes: full to the minute, and one over."""
    case = open_case(2, officers=2)
    rules = sample_rules(capacity={"travel_allowance": 0})
    plan = with_weeks(sample_plan(case, [("A",), ("A",)]), ["2027-W12", "2027-W13"])
    plan = with_weeks(plan, plan.visits["week"], minutes=[60, 2000])
    for other, week in (
        (most_minutes(case, rules) // 2 - 60, "2027-W13"),
        (most_minutes(case, rules) // 2, "2027-W14"),
    ):
        assert offer(case, rules, with_weeks(plan, plan.visits["week"], minutes=[60, other])) == week


def test_capacity_of_a_department_in_a_month():
    """March takes ``floor(budget x 23 / 261)`` officer-minutes: full to the minute, and one over, week 13 included."""
    case = open_case(5, officers=2)
    rules = sample_rules(capacity={"travel_allowance": 0})
    weeks = ["2027-W08", "2027-W09", "2027-W10", "2027-W11", "2027-W12"]
    plan = with_weeks(sample_plan(case, [("A",)] * 5), weeks)
    rest = (int(2 * 261 * 480 * 0.8 * 0.78) * 23 // 261) // 2 - 60
    for left, week in ((rest, "2027-W09"), (rest + 1, "2027-W14")):
        minutes = [60, 1700, 1700, 1700, left - 5100]
        assert offer(case, rules, with_weeks(plan, weeks, minutes=minutes)) == week


def most_minutes(case, rules) -> int:
    """Return a department's officer-minutes of a whole week: 2 officers, 261 workdays, 0.8 left, 0.78 after reserve."""
    assert Weeks.of(case).workdays().sum() == case.days.is_workday.sum() == 261
    return int(1.5 * int(2 * 261 * rules.capacity.minutes_per_day * 0.8 * 0.78) * 5 / 261)


def test_crews_of_a_department():
    """A department away all of week 13 is offered week 14; one back on Friday week 13."""
    for last, week in (("2027-04-02", "2027-W14"), ("2027-04-01", "2027-W13")):
        case = open_case(1, officers=2, leave=[("A0", "2027-03-27", last)])
        assert offer(case, sample_rules(), sample_plan(case, [("A",)])) == week


def test_two_offers_hold_together():
    """With room for one visit a week in the township, two visits left out get two weeks."""
    case = open_case(2)
    plan = sample_plan(case, [("A",), ("B",)])
    rules = amounts("township-load-week", {"*": 1})
    assert offers(case, rules, plan, ["E00-2027-1", "E01-2027-1"]) == ["2027-W13", "2027-W14"]


def test_exempt_kinds_do_not_count():
    """A complaint needs no spacing and uses no cap."""
    case = open_case(1).replace_table("visits", done_visits(("F", "E00", "2027-03-26", ("A",))))
    plan = sample_plan(case, [("A",)], tiers=["blue"])
    assert offer(case, sample_rules(), plan) == ""
    assert offer(case, sample_rules(), with_weeks(plan, "2027-W12", kind="complaint")) == "2027-W13"


def broken_limits(case, rules, plan) -> Counter:
    """Return how much the audit finds broken, by limit of S1 and S4 to S7."""
    found = Counter()
    chosen = ("year", "spacing", "township", "department", "workday")
    for finding in audit(case, rules, plan).findings:
        if finding.severity == "violation" and any(word in finding.rule for word in chosen):
            found[finding.rule] += finding.excess
    return found


@pytest.mark.parametrize("seed", range(examples(2, 4)))
def test_the_audit_agrees_with_every_offer(seed):
    """Moved to its offered week a visit breaks nothing; in every earlier week it would break something."""
    case = open_case(6, seed=seed, officers=2, open_months=[(), (3, 6)] * 3)
    case = case.replace_table(
        "visits", done_visits(("F", "E00", "2027-05-03", ("A",)), ("G", "E01", "2027-06-14", ("B",)))
    )
    rules = amounts("township-load-week", {"*": 1})
    weeks = [f"2027-W{12 + k}" for k in (0, 1, 2, 4, 5, 7)]
    plan = with_weeks(sample_plan(case, [("A",), ("A", "B"), ("B",), ("C",), ("A",), ("D",)]), weeks)
    for visit in plan.visits["visit_id"]:
        found = offer(case, rules, plan, visit)
        before = broken_limits(case, rules, away(plan, visit))
        own = plan.visits.set_index("visit_id").loc[visit, "week"]
        later = [w for w in Weeks.of(case).labels if w > own]
        for week in later[: later.index(found) + 1] if found else later:
            moved = with_weeks(
                plan, [week if v == visit else w for v, w in zip(plan.visits["visit_id"], weeks, strict=True)]
            )
            assert (broken_limits(case, rules, moved) == before) == (week == found)


def away(plan: Plan, visit: str) -> Plan:
    """Return the plan without a visit."""
    return plan.with_tables(visits=plan.visits[plan.visits["visit_id"] != visit])
