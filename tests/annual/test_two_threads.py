"""Searching with two threads, and enterprises side by side by clusters: nothing is lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from properties.counties import year_instance
from riskplan.annual.anneal import Annealing
from riskplan.annual.engine import solve_arrays
from riskplan.annual.flatten import flatten
from riskplan.annual.prices import CellPrices
from riskplan.annual.search_kernels import LOAD
from riskplan.annual.sorting import Sorted
from riskplan.annual.standing import loads, measure
from riskplan.progress import Stop


@pytest.fixture(scope="module")
def year(hamlet, hamlet_rules):
    """Return the year of a county of 30 enterprises as arrays."""
    return flatten(year_instance(hamlet, hamlet_rules)).arrays


def shuffled(year, seed):
    """Return a year whose enterprises stand in another order."""
    order = Sorted.by_cluster(year._replace(cluster=np.random.default_rng(seed).permutation(year.size)))
    return order.year._replace(cluster=year.cluster[order.enterprises])


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_comes_back_as_it_went(year, seed):
    """Sorted by clusters and back, a plan is the same and costs the same."""
    mixed = shuffled(year, seed)
    ordered = Sorted.by_cluster(mixed)
    assert (np.diff(ordered.year.cluster) >= 0).all()
    plan = solve_arrays(mixed, stop=Stop(effort=0.02), seed=seed).plan
    there = ordered.there(plan)
    assert measure(ordered.year, there) == measure(mixed, plan)
    back = ordered.back(there)
    length = np.diff(mixed.first_visit)[plan.schedule]
    made = np.arange(mixed.longest)[None, :] < length[:, None]
    assert (back.schedule == plan.schedule).all()
    assert (back.weeks == plan.weeks)[made].all()


@pytest.mark.parametrize("seed", range(3))
def test_what_two_threads_leave_is_counted_right_and_lawful_once_settled(year, seed):
    """After epochs in two threads loads, trips and own costs are those of the plan; settled, it is lawful."""
    ordered = Sorted.by_cluster(year).year
    search = Annealing(ordered, CellPrices.zeros(ordered), seed)
    search.construct(0.0)
    with ThreadPoolExecutor(1) as pool:
        for done in (0.1, 0.5, 0.9):
            search.soften(done)
            search.epoch_together(200, 0.3, pool)
            load = np.concatenate([search.now.dense[:, LOAD].ravel(), search.now.extra[:, LOAD]])
            assert (load == loads(ordered, search.pattern)).all()
            assert (search.now.in_cluster == visits_of_clusters(ordered, search.pattern)).all()
    search.settle()
    assert search.measured().over == 0
    assert search.moves == 3 * 2 * 200


def visits_of_clusters(year, plan):
    """Return the visits of each cluster and week, counted one by one."""
    found = np.zeros((len(year.cluster_township), year.weeks), dtype=np.int64)
    for i, s in enumerate(plan.schedule):
        for j in range(year.first_visit[s + 1] - year.first_visit[s]):
            found[year.cluster[i], plan.weeks[i, j]] += 1
    return found
