"""The measurement of where the gap sits: its parts add up, its windows are the year itself where all weeks are free."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.annual import a1
from benchmarks.annual.evaluate import base_of, tables_of
from benchmarks.annual.packing import bound_with_openings, model_of, parts_of_gap, window_of
from benchmarks.annual.tiny import by_proof, make

from riskplan.annual.exact import exact_bound
from riskplan.annual.prices import Ascent
from riskplan.annual.standing import Pattern

STEPS = 40


@pytest.fixture(scope="module")
def small():
    """Return a tiny year in which everybody owes one visit: instance, arrays, proven optimum, its plan, prices."""
    data = make(3, enterprises=8, most=1, variant="T")
    optimum, weeks = by_proof(data, "T")
    year = a1.arrays_of(data, "T")
    assert (weeks[:, 0] >= 0).all(), "nobody is left out"
    plan = Pattern(year.first_schedule[:-1].copy(), np.maximum(weeks[:, : year.longest], 0))
    ascent = Ascent(year)
    for _ in range(STEPS):
        ascent.step(0.3, map)
    return data, year, optimum, plan, ascent.copied()


def test_parts_add_up_to_the_gap(small):
    """Dearer patterns, unused capacity and dearer openings are the whole gap, and none of them is negative."""
    data, year, optimum, plan, prices = small
    base = base_of(data, tables_of(data, "T"))
    parts = parts_of_gap(year, plan, prices)
    gap = optimum + base - exact_bound(year, prices, 256)
    assert abs(sum(parts.values()) - gap) <= 3
    assert min(parts.values()) >= -1


def test_a_window_of_all_weeks_is_the_year(small):
    """With all weeks free the window's proven optimum is the year's, and its relaxation is not above it."""
    data, year, optimum, plan, _ = small
    weeks = np.flatnonzero(data["week_open"]).tolist()
    rows = model_of(year, window_of(year, plan, data["n_visits"], weeks))
    least, proven = rows.solved(20.0)
    assert least == proven == optimum
    assert rows.relaxed() <= optimum + 1e-6


def test_openings_of_a_plan_bound_that_plan(small):
    """The bound on plans with a plan's own openings is not above that plan."""
    data, year, optimum, plan, prices = small
    base = base_of(data, tables_of(data, "T"))
    assert bound_with_openings(year, plan, prices, STEPS) <= optimum + base + 1e-6
