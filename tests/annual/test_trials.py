"""The trials of docs/decisions/0014 on years whose optimum is proven by code that they share nothing with."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.annual import a1
from benchmarks.annual.blocks import Block, Effort, Patterns, Present
from benchmarks.annual.evaluate import evaluate
from benchmarks.annual.recombine import columns
from benchmarks.annual.tiny import by_proof, make
from benchmarks.annual.trials import BLOCKS

from riskplan.annual.anneal import Annealing
from riskplan.annual.prices import CellPrices
from riskplan.annual.standing import measure


def _built(case, variant):
    """Return a small year, its arrays, and the first plan that the engine builds."""
    enterprises, most, seed = case
    data = make(seed, enterprises=enterprises, most=most, variant=variant)
    year = a1.arrays_of(data, variant)
    search = Annealing(year, CellPrices.zeros(year), 0)
    search.construct(0.0)
    return data, year, search


@pytest.mark.parametrize("variant", ["A1", "T"])
@pytest.mark.parametrize("case", [(4, 2, 0), (6, 4, 2)], ids=str)
def test_a_block_of_everybody_is_the_whole_year(case, variant):
    """With everybody free and all patterns offered, CP-SAT's optimum is the proven one, and the gain is true."""
    data, year, search = _built(case, variant)
    present = Present(year, search.pattern)
    everybody, far = list(range(year.size)), 1 << 40
    before = measure(year, search.pattern).total
    for i in everybody:
        present.use(i, -1)
    gain, most, status = Block(
        present, everybody, Patterns(year, CellPrices.zeros(year), far, 5_000), far
    ).solve(Effort(5.0, 2))
    verdict = evaluate(data, a1.weeks_of(data, year, present.plan), variant)
    assert (status, gain) == ("OPTIMAL", most)
    assert measure(year, present.plan).total == before - gain
    assert not verdict.violations
    assert verdict.objective == by_proof(data, variant)[0]


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_keeps_the_plan_lawful(kind):
    """Whoever is free, the plan stays lawful, becomes no dearer, and what it uses is still counted right."""
    _, year, search = _built((8, 4, 2), "T")
    present, rng = Present(year, search.pattern), np.random.default_rng(0)
    choose, room, effort = BLOCKS[kind]
    if kind == "clusters" and len(year.cluster_township) < 3:
        pytest.skip("fewer than three clusters")
    free, weeks = choose(present, rng)
    for i in free:
        present.use(i, -1)
    Block(present, free, Patterns(year, CellPrices.zeros(year), 1000), room, weeks).solve(effort)
    for i in free:
        present.use(i, 1)
    after, afresh = measure(year, present.plan), Present(year, present.plan)
    assert after.over == 0
    assert after.total <= measure(year, search.pattern).total
    assert (afresh.cells == present.cells).all()


def test_columns_choose_the_better_year_of_each_township():
    """The master never returns a dearer or unlawful plan than the one it is given."""
    _, year, search = _built((8, 4, 2), "A1")
    plan = search.pattern.copy()
    history = []
    for _ in range(20):
        search.epoch(5, 0.5)
        if search.measured().over == 0:
            history.append(search.pattern.copy())
    counts: dict[str, int] = {}
    best = columns(year, plan, history, 1.0, counts)
    found = measure(year, best)
    assert found.over == 0
    assert found.total <= min(measure(year, one).total for one in [plan, *history])
    assert counts["columns"] >= len(year.trip)
