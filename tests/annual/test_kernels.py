"""The compiled search against plain code: costs, running totals, repetition, lawful plans."""

from __future__ import annotations

import numpy as np
import pytest
import twins

from properties.tiny import random_rows, tiny_instance, with_counters
from riskplan.annual.anneal import Annealing
from riskplan.annual.engine import solve_arrays
from riskplan.annual.exact import base_cost, exact_bound
from riskplan.annual.flatten import flatten
from riskplan.annual.prices import Ascent, CellPrices
from riskplan.annual.search_kernels import kind_costs
from riskplan.annual.small import ways_within
from riskplan.progress import Stop

SEEDS = range(6)


def year_of(seed: int):
    """Return a tiny year with rows of several shapes, as arrays."""
    instance = tiny_instance(seed, enterprises=5, slack=1.4)
    return flatten(with_counters(instance, random_rows(instance, seed))).arrays


def search_of(year, seed: int = 3) -> Annealing:
    """Return a search with a first plan."""
    ascent = Ascent(year)
    for _ in range(30):
        ascent.step(0.3, map)
    search = Annealing(year, ascent.copied(), seed)
    search.construct(1.0)
    return search


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_visit_costs_what_plain_code_says(seed):
    """The row of costs of every kind of visit equals the sum over its cells, soft and hard."""
    year = year_of(seed)
    search = search_of(year)
    for done in (0.0, 0.5, 1.0):
        search.soften(done)
        for kind in range(len(year.first_line) - 1):
            row = np.zeros(year.weeks)
            kind_costs(year, search.now, kind, row)
            assert row == pytest.approx(twins.kind_costs(year, search.now, kind), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_running_total_never_drifts(seed):
    """After hundreds of moves, kept and undone, the total has changed by exactly what plain code counts."""
    year = year_of(seed)
    search = search_of(year)
    for done in (0.0, 0.7):
        search.soften(done)
        before, running = twins.total(year, search.now), float(search.now.total[0])
        search.epoch(300, 0.5)
        after = twins.total(year, search.now)
        assert float(search.now.total[0]) - running == pytest.approx(after - before, abs=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_hard_capacities_are_never_overrun(seed):
    """The first plan, the settled one and every one after are lawful."""
    year = year_of(seed)
    search = search_of(year)
    assert search.measured().over == 0
    search.soften(0.3)
    search.epoch(200, 0.8)
    search.settle()
    for _ in range(5):
        assert search.measured().over == 0
        search.epoch(100, 0.3)


def test_the_same_seed_gives_the_same_plan():
    """Two runs agree in plan, prices and bound; another seed may not."""
    year = year_of(1)
    first, again = (solve_arrays(year, stop=Stop(effort=0.05), seed=4) for _ in range(2))
    assert (first.plan.schedule == again.plan.schedule).all()
    assert (first.plan.weeks == again.plan.weeks).all()
    assert first.bound == again.bound
    assert (first.prices.cell == again.prices.cell).all()


def test_a_start_is_never_made_worse():
    """A search that begins with a plan ends with one that costs at most as much."""
    year = year_of(2)
    good = solve_arrays(year, stop=Stop(effort=0.2))
    again = solve_arrays(year, stop=Stop(effort=0.01), start=good.plan)
    assert again.cost.total <= good.cost.total


@pytest.mark.parametrize("scale", [1, 16, 256])
def test_finer_prices_prove_at_least_nearly_as_much(scale):
    """Whole prices of any fineness prove a bound; prices of nothing prove at least the sum of cheapest patterns."""
    year = year_of(3)
    solution = solve_arrays(year, stop=Stop(effort=0.05))
    assert exact_bound(year, solution.prices, scale) <= solution.cost.total
    assert exact_bound(year, CellPrices.zeros(year), scale) <= base_cost(year)


def test_listed_patterns_contain_every_better_plan():
    """With room for nothing only cheapest patterns are listed; more room never lists fewer."""
    year = year_of(4)
    prices = solve_arrays(year, stop=Stop(effort=0.05)).prices.rounded(1)
    counts = [len(ways_within(year, prices, room) or ()) for room in (0, 1_000, 10_000)]
    assert year.size <= counts[0] <= counts[1] <= counts[2]


def test_no_enterprises_no_plan():
    """A year without enterprises is solved at once."""
    year = year_of(0)
    none = year._replace(
        township=year.township[:0], cluster=year.cluster[:0], first_schedule=year.first_schedule[:1]
    )
    assert solve_arrays(none).cost.total == 0
