"""The engine on plain arrays against proven optima of small years that it shares no code with."""

from __future__ import annotations

import pytest
from benchmarks.annual import a1
from benchmarks.annual.careful import first_fit
from benchmarks.annual.columns import build
from benchmarks.annual.evaluate import base_of, evaluate, tables_of
from benchmarks.annual.tiny import by_proof, by_trying, make

from riskplan.annual.engine import solve_arrays
from riskplan.progress import Stop

QUICK = [(4, 2, 0), (4, 2, 2), (6, 4, 2), (8, 4, 2), (12, 2, 2)]
LONGER = [(4, 2, 1), (6, 4, 0), (8, 4, 0), (12, 2, 0), (12, 2, 1), (16, 2, 1), (16, 2, 2)]
"""(enterprises, most visits of one, seed)"""
EFFORT = 1.0


def _searched(data, variant):
    """Return evaluator's verdict of the engine's plan, and the engine's bound above the evaluator's base."""
    arrays = a1.arrays_of(data, variant)
    solution = solve_arrays(arrays, stop=Stop(effort=EFFORT), seed=0)
    verdict = evaluate(data, a1.weeks_of(data, arrays, solution.plan), variant)
    return verdict, solution.bound - verdict.base, solution.cost.total - verdict.base


def _agree(case, variant):
    """Check plan, cost and bound of one small year against its proven optimum."""
    enterprises, most, seed = case
    data = make(seed, enterprises=enterprises, most=most, variant=variant)
    optimum, _ = by_proof(data, variant)
    verdict, bound, told = _searched(data, variant)
    assert not verdict.violations
    assert told == verdict.objective, "the engine's own cost is what the evaluator counts"
    assert bound <= optimum, "a bound above the optimum is no bound"
    assert verdict.objective == optimum


@pytest.mark.parametrize("variant", ["A1", "T"])
@pytest.mark.parametrize("case", QUICK, ids=str)
def test_small_years_are_solved_to_the_proven_optimum(case, variant):
    """On tiny years the engine's plan is the optimum, and its bound is not above it."""
    _agree(case, variant)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["A1", "T"])
@pytest.mark.parametrize("case", LONGER, ids=str)
def test_more_small_years_are_solved_to_the_proven_optimum(case, variant):
    """The same on years whose proof takes longer."""
    _agree(case, variant)


@pytest.mark.parametrize("case", [(4, 2, 0), (4, 2, 2)], ids=str)
def test_the_oracles_agree(case):
    """Trying everything finds what the proof says, and the careful planner is never below it."""
    enterprises, most, seed = case
    data = make(seed, enterprises=enterprises, most=most)
    optimum, _ = by_proof(data, "A1")
    assert by_trying(data, "A1")[0] == optimum
    assert evaluate(data, first_fit(data, "A1"), "A1").objective >= optimum


def test_the_evaluator_names_every_broken_limit():
    """A plan with everything in one closed week breaks closed weeks, gaps and caps, and says which."""
    data = make(0, enterprises=8)
    weeks = first_fit(data, "A1")
    weeks[weeks >= 0] = int((~data["week_open"]).argmax())
    kinds = {kind for kind, _, _ in evaluate(data, weeks, "A1").violations}
    assert kinds >= {"closed", "gap", "department", "township_week"}


def test_the_base_is_the_stored_one_and_the_peers_see_the_same_year():
    """The stored base is recomputed exactly; the peers' model has a column for each visit and open week."""
    data = make(0, enterprises=8)
    assert base_of(data, tables_of(data, "A1")) == int(data["base"])
    model = build(data, "A1")
    assert set(model.week.tolist()) == set(data["week_open"].nonzero()[0].tolist())
