"""Decayed sums equal what one adds up by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.how_many import examples

from riskplan.risk.models.sums import CUT, Asked, Events, decayed, decayed_near, grid

HALF_LIVES = (2.0, 50.0)


def by_hand(events: Events, key: int, cutoff: int, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the sums of one asked row, event by event."""
    total = np.zeros((len(HALF_LIVES), events.values.shape[1]))
    for i in range(len(events.day)):
        if events.day[i] < cutoff:
            share = float(events.key[i] == key) if weight is None else weight[events.key[i], key]
            age = cutoff - events.day[i]
            total += share * np.array([2.0 ** (-age / h) for h in HALF_LIVES])[:, None] * events.values[i]
    return total


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3000), st.integers(0, 5)), min_size=1, max_size=12
)
asks = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3100)), min_size=1, max_size=6)


@given(rows, asks)
@settings(max_examples=examples(20, 200))
def test_sums_per_key_equal_the_sum_by_hand_even_where_days_lie_far_apart(
    some: list[tuple[int, int, int]], wanted: list[tuple[int, int]]
) -> None:
    """A half-life of two days over 3,000 days needs several reference days; no weight overflows."""
    table = np.array(sorted(some, key=lambda r: r[1]), dtype=np.int64)
    events = Events(table[:, 0], table[:, 1], np.column_stack([np.ones(len(table)), table[:, 2]]))
    asked = Asked(np.array([k for k, _ in wanted]), np.array([d for _, d in wanted]))
    got = decayed(events, asked, HALF_LIVES, 4)
    for i, (key, cutoff) in enumerate(wanted):
        assert got[i] == pytest.approx(by_hand(events, key, cutoff), rel=1e-9, abs=1e-12)


def test_sums_around_a_place_weigh_each_cell_by_its_distance() -> None:
    """Points of one cell weigh 1, those a cell apart by the kernel, those without a place nothing."""
    x = np.array([10.0, 60.0, 10.0, np.nan, 5_000.0])
    y = np.array([10.0, 10.0, 10.0, np.nan, 10.0])
    events = Events(np.arange(5), np.zeros(5, dtype=np.int64), np.ones((5, 1)))
    cells = grid(x, y, 100.0)
    got = decayed_near(events, Asked(np.arange(5), np.full(5, 0)), (10.0,), cells)
    assert got.sum() == 0
    got = decayed_near(events, Asked(np.arange(5), np.full(5, 10)), (10.0,), cells)[:, 0, 0]
    one_cell = np.exp(-(50.0**2) / (2 * 100.0**2))
    assert got == pytest.approx([0.5 * (2 + one_cell), 0.5 * (1 + 2 * one_cell), got[0], 0.0, 0.5])


def test_the_kernel_is_cut_where_it_is_small_and_an_empty_grid_answers_zero() -> None:
    """No weight below the cut; without any place every sum is 0."""
    assert grid(np.array([0.0]), np.array([0.0]), 50.0).weight.min() >= CUT
    nowhere = grid(np.array([np.nan]), np.array([np.nan]), 50.0)
    events = Events(np.array([0]), np.array([1]), np.ones((1, 2)))
    assert decayed_near(events, Asked(np.array([0]), np.array([9])), (5.0,), nowhere).sum() == 0
