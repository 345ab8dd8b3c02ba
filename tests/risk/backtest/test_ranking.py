"""Days earlier, shares and AUC against what one works out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.how_many import examples

from riskplan.risk.backtest.metrics import auc, calibration, capacity_of, expected_hits
from riskplan.risk.backtest.ranking import new_days, random_days_earlier, ranked, resampled_total

rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.booleans()), min_size=2, max_size=6)


def arrays(table: list[tuple[int, int, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return score, day and whether a problem was found."""
    score, day, positive = zip(*table, strict=True)
    return np.array(score, dtype=float), np.array(day), np.array(positive)


def orders(score: np.ndarray) -> list[tuple[int, ...]]:
    """Return every order that puts no lower score before a higher one."""
    every = itertools.permutations(range(len(score)))
    return [o for o in every if all(score[a] >= score[b] for a, b in itertools.pairwise(o))]


@given(rows)
@settings(max_examples=examples(25, 200), deadline=None)
def test_every_figure_is_the_mean_over_all_orders_of_ties(table) -> None:
    """New days, hits among the first and AUC equal their means over every order that the score allows."""
    score, day, positive = arrays(table)
    ranking, every = ranked(score), orders(score)
    dates = np.sort(day)
    handed = np.zeros(len(day))
    first, before = 0.0, 0.0
    for order in every:
        handed[list(order)] += dates
        first += sum(positive[i] for i in order[:2])
        pairs = [(a, b) for k, a in enumerate(order) for b in order[k + 1 :]]
        before += sum(bool(positive[a]) and not positive[b] for a, b in pairs)
    assert new_days(ranking, day) == pytest.approx(handed / len(every))
    assert expected_hits(ranking, positive, 2) == pytest.approx(first / len(every))
    count = positive.sum() * (~positive).sum()
    assert auc(ranking, positive) == pytest.approx(before / len(every) / count if count else 0.5)


@given(rows, st.lists(st.integers(0, 3), min_size=6, max_size=6))
@settings(max_examples=examples(25, 200), deadline=None)
def test_a_weighted_sample_is_the_window_with_rows_repeated(table, weights) -> None:
    """Bootstrap totals equal the totals of windows in which every row stands as often as its weight says."""
    score, day, positive = arrays(table)
    weight = np.array(weights[: len(score)])
    again = np.repeat(np.arange(len(score)), weight)
    got = resampled_total(ranked(score), day, positive, weight[None, :].astype(float))[0]
    if not len(again):
        assert got == 0
        return
    new = new_days(ranked(score[again]), day[again])
    assert got == pytest.approx((day[again] - new)[positive[again]].sum())


def test_the_order_as_it_happened_finds_nothing_earlier() -> None:
    """Ranking by date hands every visit its own date."""
    day = np.array([3, 1, 4, 1, 5])
    assert new_days(ranked(-day.astype(float)), day).tolist() == day.tolist()


def test_random_orders_stand_near_their_expectation_and_repeat_with_the_seed() -> None:
    """Their mean is the mean day of problems less the mean of all days: not 0 where problems came late."""
    day = np.arange(200)
    positive = day >= 150
    draws = random_days_earlier(day, positive, 7)
    assert draws.mean() == pytest.approx(174.5 - 99.5, abs=1.5)
    assert np.array_equal(draws, random_days_earlier(day, positive, 7))


def test_capacity_is_what_the_office_visits_in_twenty_days() -> None:
    """Ten visits on each of 40 days allow 200, never more than there are."""
    assert capacity_of(np.repeat(np.arange(40), 10)) == 200
    assert capacity_of(np.repeat(np.arange(5), 10)) == 50


def test_true_chances_are_calibrated_and_overconfident_ones_are_told() -> None:
    """The line of recalibration is 1 and 0 for true chances, and flatter where the log odds were doubled."""
    rng = np.random.default_rng(0)
    odds = rng.normal(-1.5, 1.0, 20_000)
    positive = rng.random(20_000) < 1 / (1 + np.exp(-odds))
    good = calibration(1 / (1 + np.exp(-odds)), positive)
    assert (good.slope, good.intercept) == pytest.approx((1.0, 0.0), abs=0.08)
    assert all(b.found == pytest.approx(b.chance, abs=0.05) for b in good.bins)
    assert calibration(1 / (1 + np.exp(-2 * odds)), positive).slope == pytest.approx(0.5, abs=0.05)
