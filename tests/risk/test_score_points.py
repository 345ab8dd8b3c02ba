"""The points table: every boundary, exact sums, and that more or worse history never lowers a score."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from history_sample import enterprises, history
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from riskplan.risk.points import PARTS, points
from riskplan.rules.model import TIERS
from riskplan.rules.read import read_pack

RULES = read_pack("plain").score


def part(name, rules=RULES, columns=None, **known):
    """Return the points of one part of one enterprise."""
    return int(points(enterprises(1, **(columns or {})), history(1, **known), rules).parts[name][0])


def test_parts_sum_to_the_score_and_stay_within_their_most():
    """The parts are whole numbers from 0 to their most, and the score is their sum."""
    rng = np.random.default_rng(1)
    known = history(
        200,
        rate=rng.exponential(3, 200),
        recent_rate=rng.exponential(3, 200),
        prior_rate=1.0,
        weight=rng.random(200),
        overdue=rng.integers(0, 6, 200),
        complaints=rng.exponential(1, 200),
        gaps=rng.integers(0, 14, 200),
        accident_decay=rng.random(200),
    )
    made = points(enterprises(200, size="large"), known, RULES)
    assert tuple(made.parts) == PARTS
    assert (sum(made.parts.values()) == made.score).all()
    for name, most in RULES.maxima().items():
        assert made.parts[name].dtype == np.int64
        assert made.parts[name].min() >= 0
        assert made.parts[name].max() <= most
    assert (made.exact >= made.score - 1e-6).all()


@pytest.mark.parametrize(
    ("rate", "expected"), [(0.0, 0), (0.2499, 0), (0.25, 1), (0.4999, 1), (5.4999, 21), (5.5, 22), (9.0, 22)]
)
def test_history_is_rounded_down_and_capped(rate, expected):
    """Four points a finding per visit: the next point comes exactly at the next quarter, and 22 is the most."""
    assert part("history", rate=rate, weight=1.0) == expected


def test_history_is_the_own_rate_and_the_sectors_by_weight():
    """A quarter own and three quarters sector: 0.25 x 4 + 0.75 x 2 = 2.5 findings, 10 points."""
    assert part("history", rate=4.0, prior_rate=2.0, weight=0.25) == 10


def test_a_sum_of_floats_just_below_a_whole_number_is_that_number():
    """Ten tenths are one, whatever the binary sum says."""
    assert part("history", rate=sum([0.1] * 10) / 4, weight=1.0) == 1


@pytest.mark.parametrize(
    ("recent", "expected"), [(0.0, 0), (2.0, 0), (2.2499, 0), (2.25, 1), (3.5, 6), (9.0, 6)]
)
def test_trend_is_what_the_last_year_exceeds_the_history_by(recent, expected):
    """History has 8 points; the trend begins at 9 and ends at 14."""
    assert part("trend", rate=2.0, recent_rate=recent, weight=1.0) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 4), (2, 8), (3, 12), (4, 12)])
def test_overdue_hazards_have_points_up_to_the_most(count, expected):
    """Four points each, twelve at most."""
    assert part("overdue", overdue=count) == expected


@pytest.mark.parametrize(
    ("weight", "expected"), [(0.0, 0), (0.499, 0), (0.5, 1), (1.0, 2), (2.0, 4), (7.0, 4)]
)
def test_complaints_fade_and_are_capped(weight, expected):
    """Two points a complaint, less as it grows old, four at most."""
    assert part("complaints", complaints=weight) == expected


@pytest.mark.parametrize(("months", "expected"), [(0, 0), (1, 1), (2, 2), (3, 2)])
def test_months_without_a_report_have_points_up_to_the_most(months, expected):
    """One point a month, two at most."""
    assert part("report_gap", gaps=months) == expected


@pytest.mark.parametrize(("decay", "expected"), [(0.0, 0), (0.142, 0), (0.143, 1), (0.5, 3), (1.0, 7)])
def test_an_accident_fades(decay, expected):
    """Seven points on the day, rounded down as it fades."""
    assert part("accident", accident_decay=decay) == expected


@pytest.mark.parametrize(
    ("since", "opened", "expected"),
    [(-1, -1, 4), (0, -1, 0), (10, 0, 4), (10, 364, 4), (10, 365, 0), (-1, 9, 4)],
)
def test_premises_never_visited_or_new_have_points_once(since, opened, expected):
    """New for 365 days, the last of them day 364; never visited and new is not counted twice."""
    assert part("unvisited", days_since_visit=since, opened_days=opened) == expected


@pytest.mark.parametrize(("level", "expected"), [(-1, 0), (0, 0), (1, 5), (2, 4), (3, 3), (4, 2)])
def test_installations_have_points_by_level(level, expected):
    """Level 1 is the highest; 0 and empty are none."""
    assert part("installation", columns={"major_hazard_level": level}) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("A", "B", "C", "D"), {"A": 0, "B": 1, "C": 3, "D": 5}),
        (("D", "C", "B", "A"), {"D": 0, "C": 1, "B": 3, "A": 5}),
    ],
)
def test_the_order_of_grades_says_which_way_they_count(order, expected):
    """The best gets 0, the worst the most, those between evenly and rounded down; in either direction."""
    rules = dataclasses.replace(RULES, grade_order=order, grade_max=5)
    assert {g: part("grade", rules, {"grade": g}) for g in "ABCD"} == expected
    assert part("grade", rules, {"grade": ""}) == RULES.grade_default


def test_a_grade_with_points_of_its_own_keeps_them():
    """Points stated for a grade hold before those of the order."""
    rules = dataclasses.replace(RULES, grade_order=("A", "B", "C"), grade_max=4, grade_points={"B": 1})
    assert [part("grade", rules, {"grade": g}) for g in "ABC"] == [0, 1, 4]


def test_credit_and_standardisation_are_looked_up():
    """Credit by its order, standardisation by its table, nothing for what is not named."""
    rules = dataclasses.replace(
        RULES, credit_order=("A", "D"), credit_max=4, standardisation_points={"none": 2, "first": 0}
    )
    assert [part("credit", rules, {"credit_grade": g}) for g in ("A", "D", "")] == [0, 4, 0]
    assert [part("standardisation", rules, {"standardisation": s}) for s in ("first", "none", "?")] == [
        0,
        2,
        0,
    ]


RATES = st.floats(0, 30, allow_nan=False)


@settings(max_examples=examples(100, 2000))
@given(RATES, RATES, RATES, st.floats(0, 1), RATES, RATES)
def test_history_and_trend_never_fall_when_findings_grow(rate, recent, prior, weight, more, more_recent):
    """A larger rate, of all time or of the last year, never lowers history and trend together."""
    before = points(
        enterprises(1), history(1, rate=rate, recent_rate=recent, prior_rate=prior, weight=weight), RULES
    )
    known = history(1, rate=rate + more, recent_rate=recent + more_recent, prior_rate=prior, weight=weight)
    after = points(enterprises(1), known, RULES)
    assert after.score[0] >= before.score[0]
    assert after.exact[0] >= before.exact[0]


@settings(max_examples=examples(60, 600))
@given(st.data())
def test_no_fact_that_is_worse_lowers_a_score(data):
    """More overdue hazards, complaints, months without report or a fresher accident never lower a score."""
    n = 30
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    facts = {
        "overdue": rng.integers(0, 4, n),
        "complaints": rng.exponential(1.0, n),
        "gaps": rng.integers(0, 4, n),
        "accident_decay": rng.random(n),
        "rate": rng.exponential(2.0, n),
        "recent_rate": rng.exponential(2.0, n),
    }
    before = points(enterprises(n), history(n, weight=0.5, **facts), RULES).score
    name = data.draw(st.sampled_from(sorted(facts)))
    grown = facts[name] + rng.integers(0, 3, n)
    after = points(enterprises(n), history(n, weight=0.5, **{**facts, name: grown}), RULES).score
    assert (after >= before).all()


def test_points_leave_room_for_sector_and_grade():
    """The plain pack's own parts, with a sector of 25, a grade of 5 and a credit grade of 4, come to 100."""
    rules = dataclasses.replace(RULES, sector_points={"x": 25}, grade_points={"y": 5}, credit_points={"z": 4})
    assert sum(rules.maxima().values()) == 100
    assert len(TIERS) == 4
