"""Rows of the conflict register, and how many visits are missing where duties of one item have windows (S3, S10, S14)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from audit.breakers_owed import without_e6
from audit.breakers_together import clash
from audit.county import county
from how_many import examples
from riskplan.audit.dates import day_of
from riskplan.audit.floors import fewest_for
from riskplan.audit.owed import Duty
from riskplan.rules.model import DutyRule

CAPACITY = {
    "enterprise_id": "E6",
    "items": ("a1", "b1"),
    "kind": "capacity",
    "owed": 1,
    "possible": 0,
    "undone": 1,
    "limit_ids": ("department-week-crews",),
    "bases": ("-",),
    "wins": "department-week-crews",
}


def rules_of(made):
    """Return the rules of everything worse than a notice."""
    return [f.rule for f in made.audit().findings if f.severity in {"violation", "conflict"}]


@pytest.mark.parametrize(
    "fields",
    [
        {"undone": 5},
        {"possible": 136, "undone": 0},
        {"possible": 100, "undone": 36},
        {"owed": 135, "undone": 5},
        {"bases": ("-",)},
        {"wins": "enterprise-year"},
        {"items": ()},
        {"enterprise_id": "X"},
        {"enterprise_id": "E2"},
        {"kind": "guess"},
    ],
)
def test_wrong_rows_about_intervals(fields):
    """Figures that do not fit, an interval that no duty has, bases or a winner that are not of the limits."""
    assert rules_of(clash(county())) == []
    assert rules_of(clash(county(), **fields)) == ["conflict-row"]


def test_limit_that_stands_first_in_the_rules_wins():
    """Where the rulebook states a precedence, the first limit of the row in it wins; others leave it to the planner."""
    for precedence, right in (
        (("township-load-week",), True),
        (("enterprise-spacing",), False),
        (("x",), True),
    ):
        made = clash(county())
        made.settings("joint", precedence=precedence)
        assert (rules_of(made) == []) == right


def test_interval_that_cannot_be_held_excuses_no_visit():
    """The floor is met all the same: a visit left out is a violation beside the conflict."""
    made = clash(county())
    made.drop("E1-4")
    assert rules_of(made) == ["floor"]


@pytest.mark.parametrize(
    "fields",
    [{"undone": 0}, {"possible": 1}, {"owed": 2, "undone": 2}, {"bases": ()}, {"items": ("a1", "a2")}],
)
def test_wrong_rows_about_capacity(fields):
    """A row owes no more than each of its items does: E6 owes a1 and b1 once, a2 never."""
    assert rules_of(clash(without_e6(), **CAPACITY)) == ["conflict"]
    assert "conflict-row" in rules_of(clash(without_e6(), **{**CAPACITY, **fields}))


def test_conflict_adds_up_causes_of_an_item_and_not_items():
    """E6 owes a1 once by the draw and once by a campaign: a row may say two of a1, and not two of a1 and b1."""
    made = without_e6()
    made.rules = replace(made.rules, duties=(DutyRule(("a1", "b1")),))
    row = {"campaign_id": "K", "items": ("a1",), "first": "2027-03-01", "last": "2027-03-31"}
    made.rows("campaigns", {**row, "tiers": ("blue",)})
    fields = {**CAPACITY, "owed": 2, "undone": 2}
    assert "conflict-row" in rules_of(clash(made, **fields))
    made.conflicts.clear()
    assert "conflict-row" not in rules_of(clash(made, **{**fields, "items": ("a1",)}))


def duty(first="", last="", months=()):
    """Return a duty with a window."""
    return Duty("a1", 1, 0, "x", day_of(first), day_of(last), frozenset(months))


MARCH, SPRING = duty("2027-03-01", "2027-03-31"), duty("2027-03-15", "2027-05-31")


@pytest.mark.parametrize(
    ("unmet", "fewest"),
    [
        ([(duty(), 2)], 2),
        ([(duty(), 2), (MARCH, 1)], 2),
        ([(duty(), 1), (MARCH, 3)], 3),
        ([(MARCH, 1), (SPRING, 1)], 1),
        ([(MARCH, 1), (SPRING, 2)], 2),
        ([(MARCH, 1), (duty("2027-04-01", "2027-04-30"), 1), (SPRING, 1)], 2),
        ([(MARCH, 1), (duty(months=(5, 11)), 1)], 2),
        ([(MARCH, 1), (duty(months=(3, 11)), 1)], 1),
        ([(MARCH, 1), (SPRING, 1), (duty(months=(4,)), 2)], 3),
        ([], 0),
    ],
)
def test_fewest_visits_that_meet_what_is_unmet(unmet, fewest):
    """Duties whose windows meet share visits; those whose windows do not need one each."""
    assert fewest_for(unmet) == fewest


@pytest.mark.parametrize("seed", range(examples(12, 100)))
def test_fewest_visits_equal_brute_force(seed):
    """Among all ways to place up to five visits on ten days, none with fewer visits meets all windows."""
    ends = [(seed * 7 + 3 * k) % 10 for k in range(6)]
    days = [dt.date(2027, 3, 1) + dt.timedelta(days=n) for n in range(10)]
    spans = [sorted(pair) for pair in zip(ends[::2], ends[1::2], strict=True)]
    unmet = [(duty(str(days[a]), str(days[b])), 1 + k % 2) for k, (a, b) in enumerate(spans)]

    def met(placed):
        return all(sum(d.holds(days[p].toordinal()) for p in placed) >= n for d, n in unmet)

    least = next(n for n in range(6) if any(met(p) for p in product(range(10), repeat=n)))
    assert fewest_for(unmet) == least
