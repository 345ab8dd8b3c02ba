"""Officer time from the legal formula, against two published yearly plans and against a count by hand (S7)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from riskplan.case.weeks import Weeks
from riskplan.rules.capacity import capacity_of, inspection_minutes

MINUTES = 480
PUBLISHED = (
    (22, 247, 2469, 1994, 971),
    (8, 248, 1035, 535, 414),
)
"""Officers, legal days, days of other enforcement, of non-enforcement, and for inspection, as two offices printed them."""


def shares(rules, officers, days, other, non):
    """Return capacity rules with an office's own shares and nothing held back."""
    total = officers * days
    return replace(
        rules.capacity,
        minutes_per_day=MINUTES,
        other_enforcement_share=other / total,
        non_enforcement_share=non / total,
        exempt_share=0.0,
        reserve_share=0.0,
    )


@pytest.mark.parametrize(("officers", "days", "other", "non", "left"), PUBLISHED)
def test_published_plans_follow_the_formula(officers, days, other, non, left):
    """Total legal days - other enforcement - non-enforcement = inspection days, as printed."""
    assert officers * days - other - non == left


@pytest.mark.parametrize(("officers", "days", "other", "non", "left"), PUBLISHED)
def test_shares_reproduce_the_published_days(officers, days, other, non, left, hamlet_rules):
    """Told as shares, the formula gives the same officer-days within a minute, and the same whole days."""
    minutes = inspection_minutes(officers, days, shares(hamlet_rules, officers, days, other, non))
    assert abs(minutes - left * MINUTES) <= 1
    assert round(minutes / MINUTES) == left


def test_eight_officers_are_207_team_days(hamlet_rules):
    """Two officers a visit halve the second office's 414 days."""
    officers, days, other, non, _ = PUBLISHED[1]
    minutes = inspection_minutes(officers, days, shares(hamlet_rules, officers, days, other, non))
    assert round(minutes / MINUTES / 2) == 207


def test_shipped_shares_lie_between_the_published_ones(hamlet_rules):
    """The pack's own shares leave 19 % for inspection, as the two offices did (18 and 21 %)."""
    left = [row[4] / (row[0] * row[1]) for row in PUBLISHED]
    ours = 1 - hamlet_rules.capacity.other_enforcement_share - hamlet_rules.capacity.non_enforcement_share
    assert min(left) <= ours + 0.01
    assert ours <= max(left)


def test_reserve_and_exempt_load_come_off_first(hamlet_rules):
    """Of what is left for inspection, 12 % wait for complaints and 10 % are a reserve."""
    rules = replace(
        hamlet_rules.capacity,
        other_enforcement_share=0.5,
        non_enforcement_share=0.25,
        exempt_share=0.12,
        reserve_share=0.10,
    )
    assert inspection_minutes(10, 100, rules) == int(10 * 100 * MINUTES * 0.25 * 0.78)
    assert inspection_minutes(0, 100, rules) == inspection_minutes(10, 0, rules) == 0


def test_months_and_weeks_share_the_year_by_workdays(hamlet, hamlet_rules):
    """Month = budget x workdays / all, rounded down; week = ``week_flex`` times that of its own workdays."""
    capacity, weeks = capacity_of(hamlet, hamlet_rules), Weeks.of(hamlet)
    dates, works = weeks.dates.astype("datetime64[M]").astype(str), hamlet.days.is_workday
    total = int(works.sum())
    for k, budget in enumerate(capacity.budget.tolist()):
        for m, label in enumerate(capacity.months):
            assert capacity.month_minutes[k, m] == budget * int(works[dates == label].sum()) // total
        for w in range(len(weeks)):
            days = int(works[weeks.week_of_day == w].sum())
            exact = hamlet_rules.capacity.week_flex * budget * days / total
            assert capacity.week_minutes[k, w] == int(exact + 1e-6)
    assert (capacity.month_minutes.sum(axis=1) <= capacity.budget).all()
    assert (capacity.month_minutes.sum(axis=1) > capacity.budget - 12).all()


def test_only_certified_officers_make_capacity(hamlet, hamlet_rules):
    """Experts, grid staff and people without a certificate add nothing."""
    officers = hamlet["officers"].assign(certified=False)
    nobody = capacity_of(hamlet.replace_table("officers", officers), hamlet_rules)
    assert not nobody.officers.any()
    assert not nobody.budget.any()
    assert not nobody.crew_visits.any()
    experts = capacity_of(
        hamlet.replace_table("officers", hamlet["officers"].assign(role="expert")), hamlet_rules
    )
    assert not experts.budget.any()


def test_crew_visits_are_whole_crews_of_each_day(hamlet, hamlet_rules):
    """Sum over workdays of floor(free officers / officers per department) x visits a day, leave taken off."""
    capacity, weeks = capacity_of(hamlet, hamlet_rules), Weeks.of(hamlet)
    officers, leave = hamlet["officers"], hamlet["leave"]
    size, most = hamlet_rules.crew.officers_per_department, hamlet_rules.day.max_visits
    away = {
        day: set(leave[(leave["first"] <= day) & (leave["last"] >= day)]["officer_id"]) for day in weeks.dates
    }
    for k, department in enumerate(capacity.departments):
        own = officers[
            (officers["department_id"] == department)
            & officers["certified"]
            & (officers["role"] == "officer")
        ]["officer_id"]
        expected = np.zeros(len(weeks), dtype=int)
        for day, week, works in zip(weeks.dates, weeks.week_of_day, weeks.is_workday, strict=True):
            free = sum(name not in away[day] for name in own)
            expected[week] += works * (free // size) * most
        assert capacity.crew_visits[k].tolist() == expected.tolist()
