"""What is owed, derived again: rounding, overriding rules, the drawn pool; and the reasons of what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.breakers_owed import reason, without_e6
from audit.county import County, county, visit
from audit.county_case import case
from audit.owes import Owes, duties
from riskplan.audit.reasons import Attempt, Room
from riskplan.audit.world import World
from riskplan.rules.model import DutyRule


def with_rules(*rows: DutyRule, **visits: float) -> County:
    """Return the county with other duty rules and frequencies."""
    made = county()
    made.rules = replace(made.rules, duties=rows)
    made.settings("frequency", visits={**made.rules.frequency.visits, **visits})
    return made


def test_last_fitting_rule_wins_and_off_site_items_are_never_owed():
    """A later rule for a sector overrides; a tier that it does not name falls back to the general frequency."""
    made = with_rules(
        DutyRule(("a1", "a9")), DutyRule(("a1",), sectors=("mine",), visits={"red": 6, "blue": 2})
    )
    owed = duties(made)
    assert owed["E1"] == {"a1": Owes(6, 91)}
    assert owed["E2"] == {"a1": Owes(2, 273)}
    made.change("enterprises", "E2", sector="mine")
    assert duties(made)["E2"] == {"a1": Owes(2, 273)}
    made.change("enterprises", "E1", status="suspended")
    assert "E1" not in duties(made)


@pytest.mark.parametrize(
    ("last", "frequency", "visits"),
    [
        ("2027-12-31", 1.5, 2),
        ("2027-12-31", 2.5, 3),
        ("2027-07-02", 1, 1),
        ("2027-01-31", 4, 1),
        ("2027-06-30", 3, 1),
    ],
)
def test_owed_visits_are_rounded_half_up_and_at_least_one(last, frequency, visits):
    """F H / 365 is rounded to the nearest whole number, halves up, but never below one."""
    made = with_rules(DutyRule(("a1",)), red=frequency)
    made.case = replace(case("2027-01-01", last), tables=made.case.tables)
    assert duties(made)["E1"]["a1"].visits == visits


def test_rounding_is_exact_where_floats_are_not():
    """1.4 x 365 / 1 is 511 days, although the floating-point product lies below."""
    made = with_rules(DutyRule(("a1",)), red=1)
    made.settings("frequency", longest_interval_factor=1.4)
    assert duties(made)["E1"]["a1"].longest == 511


def test_pool_is_drawn_longest_waiting_first():
    """Never visited before visited, then higher score, then place; the number is rounded half up."""
    made = county()
    assert "E6" in duties(made)
    assert "E5" not in duties(made)
    made.rows("visits", {"visit_id": "old-6", "object_id": "E6", "date": "2025-06-01", "departments": ("A",)})
    assert "E6" in duties(made)
    made.change("visits", "old-6", kind="case")
    made.change("visits", "old-5", kind="case")
    assert "E5" in duties(made)
    made.scores[5].update(score=21, part_rest=11)
    assert "E6" in duties(made)


@pytest.mark.parametrize(("weight", "number"), [(0.5, 1), (0.25, 1), (0.24, 0), (0.75, 2), (0.74, 1)])
def test_pool_size_is_the_rounded_sum_of_the_weights(weight, number):
    """Two enterprises of weight w give floor(2 w + 1/2) drawn ones."""
    made = with_rules(DutyRule(("a1",)), blue=weight)
    assert len([e for e in duties(made) if e in {"E5", "E6"}]) == number


def test_drawn_and_listed_items_of_one_enterprise_are_kept_apart():
    """An item with a rule of its own is owed by everyone, the drawn one only by those drawn."""
    made = with_rules(DutyRule(("a1", "b1")), DutyRule(("b1",), visits={"blue": 1}))
    assert duties(made)["E5"] == {"b1": Owes(1, 547)}
    assert duties(made)["E6"] == {"a1": Owes(1, 0), "b1": Owes(1, 547)}


def test_shortfalls_and_conflicts_are_counted_by_tier():
    """True rows count their visits under the tier of the scores, whatever tier they state."""
    made = without_e6(reason("organ-enterprise-year", tier="red"), cap=0)
    assert made.audit().shortfalls == {"red": 0, "orange": 0, "yellow": 0, "blue": 1}
    made.unplanned.clear()
    made.conflicts.append({"enterprise_id": "E6", "items": ("a1", "b1"), "owed": 1, "possible": 0})
    assert made.audit().conflicts["blue"] == 1


def test_conflict_covers_what_cannot_be_and_no_more():
    """E2 owes two, a conflict says that one is possible: the other must be planned or explained."""
    made = county()
    made.drop("E2-1")
    made.conflicts.append({"enterprise_id": "E2", "items": ("a1", "b1"), "owed": 2, "possible": 1})
    assert made.audit().ok
    made.drop("E2-2")
    assert [(f.rule, f.excess) for f in made.audit().violations] == [("floor", 1)]


def test_conflict_may_not_owe_more_than_is_owed():
    """A conflict that claims more visits than scores and rules make owed is refused."""
    made = county()
    made.conflicts.append({"enterprise_id": "E6", "items": ("a1", "b1"), "owed": 3, "possible": 0})
    assert [f.rule for f in made.audit().violations] == ["conflict-row"]


def test_row_for_what_is_planned_is_a_surplus():
    """A true row about a visit that is planned all the same is told, and breaks nothing."""
    made = county()
    made.amount("organ-enterprise-year", amount={"orange": 2})
    made.unplanned.append(reason("organ-enterprise-year", enterprise_id="E2"))
    report = made.audit()
    assert report.ok
    assert [f.rule for f in report.notices] == ["unplanned-surplus", "unplanned-surplus"]


@pytest.mark.parametrize("limit_id", ["crew", "route"])
def test_reasons_of_the_week_never_excuse_the_year(limit_id):
    """A visit left out of the year altogether can't be blamed on crews or routes."""
    assert [f.rule for f in without_e6(reason(limit_id), cap=0).audit().violations] == ["unplanned-limit"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"enterprise_id": "X"}, "unplanned-enterprise"),
        ({"items": ("zz",)}, "unplanned-items"),
        ({"departments": ("A",)}, "unplanned-departments"),
        ({"visits": 0}, "unplanned-visits"),
    ],
)
def test_malformed_rows_are_told(fields, message):
    """A row about nobody, nothing, the wrong departments or no visits is a violation."""
    made = without_e6(reason("organ-enterprise-year", **fields), cap=0)
    assert message in {f.message for f in made.audit().violations}


def test_done_visit_counts_once():
    """A visit that plan and ledger both name counts once; it needs no open day any more."""
    made = county()
    made.case = replace(made.case, as_of=made.case.first_day.replace(month=3, day=1))
    made.visit("E1-1").update(stage="done", date="2027-02-02", minutes=105)
    made.rows(
        "visits", {"visit_id": "E1-1", "object_id": "E1", "date": "2027-02-02", "departments": ("A", "B")}
    )
    assert made.audit().ok


def test_visit_not_met_satisfies_nothing_and_uses_no_cap():
    """A visit that was not met uses capacity only; what it should have carried is still owed."""
    made = county()
    made.visits.append(visit("E6-0", "E6", "2027-W10", date="2027-03-09", stage="not_met"))
    assert made.audit().ok
    made.drop("E6-1")
    assert [f.rule for f in made.audit().violations] == ["floor"]


def test_only_enterprises_with_drawn_items_are_in_the_pool():
    """An enterprise of the tier without a drawn item takes no place of those drawn."""
    made = with_rules(DutyRule(("a1",), sectors=("plant",)), blue=0.5)
    made.change("enterprises", "E5", sector="shop")
    made.change("visits", "old-5", kind="case")
    assert "E5" not in duties(made)
    assert "E6" in duties(made)


@pytest.mark.parametrize(
    ("week", "days"), [("2027-W21", 31), ("2027-W26", 0), ("2027-W25", 3), ("2027-W27", 5), ("2027-W31", 33)]
)
def test_retest_counts_days_to_earlier_and_later_visits(week, days):
    """From Sunday of the tried week to a later visit, from an earlier one to Monday: enough is just enough."""
    made = without_e6()
    row = {
        "visit_id": "city-6",
        "object_id": "E6",
        "date": "2027-06-30",
        "departments": ("C",),
        "fixed": True,
    }
    made.rows("visits", row)
    for amount, blocked in ((days, False), (days + 1, True)):
        made.amount("enterprise-spacing", amount={"blue": amount})
        room = Room(World(made.case, made.rules, made.plan()))
        weeks = room.broken(Attempt(5, ("A", "B"), 75))["enterprise-spacing"]
        assert weeks[room.week_labels.index(week)] == blocked
