"""The year's building blocks against brute force: pricing by weeks, schedules that leave visits out."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from properties.tiny import patterns, tiny_instance
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.pricing import best_weeks, choose
from riskplan.annual.state import YearState, pattern_cost
from riskplan.joint.schedules import reductions

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=40, deadline=None, derandomize=True)


def random_prices(schedules, seed):
    """Return integer prices of either sign for every visit and week."""
    rng = np.random.default_rng(seed)
    return rng.integers(-500, 3000, schedules.node.shape)


def cheapest(schedules, r, prices):
    """Return the least priced cost of a schedule over all sets of weeks, None when there is none."""
    costs = [
        cost + sum(int(prices[r, j, w]) for j, w in enumerate(weeks))
        for weeks, cost in patterns(schedules, r)
    ]
    return min(costs, default=None)


@FEW
@given(SEEDS, SEEDS)
def test_pricing_equals_brute_force(seed, prices):
    """Value and weeks are those of the cheapest set of weeks that keeps gaps and closed weeks."""
    instance = tiny_instance(seed)
    for group in instance.groups:
        added = random_prices(group, prices)
        values, weeks = best_weeks(group, added)
        for r in range(len(group.owner)):
            best = cheapest(group, r, added)
            if best is None:
                assert values[r] >= FORBIDDEN // 2
                continue
            at = tuple(weeks[r].tolist())
            priced = sum(int(added[r, j, w]) for j, w in enumerate(at))
            assert values[r] == best
            assert dict(patterns(group, r))[at] + priced == best
            assert pattern_cost(group, r, weeks[r]) + priced == best


@FEW
@given(SEEDS)
def test_a_choice_counts_townships_and_tours(seed):
    """One enterprise after the other gets its cheapest pattern, trips added up from who is there already."""
    instance = tiny_instance(seed, slack=50)
    state, caps = YearState(instance), instance.caps
    towns, clusters = Counter(), Counter()
    for i in range(instance.size):
        t, c = int(instance.township[i]), int(instance.cluster[i])
        tour = caps.cluster_trip[c].tolist()
        trip = [
            (0 if towns[t, w] else int(caps.trip[t])) + tour[clusters[c, w] + 1] - tour[clusters[c, w]]
            for w in range(instance.weeks)
        ]
        costs = [
            cost + sum(trip[w] for w in weeks)
            for group in instance.groups
            for r in np.flatnonzero(group.owner == i).tolist()
            for weeks, cost in patterns(group, r)
        ]
        best = state.best(i)
        assert best.cost + sum(trip[w] for w in best.weeks) == min(costs)
        state.put(i, best)
        towns.update((t, w) for w in best.weeks)
        clusters.update((c, w) for w in best.weeks)


@FEW
@given(SEEDS, SEEDS)
def test_pricing_in_floats_agrees_with_integers(seed, prices):
    """The fast pricing of the search finds the same values as the exact pricing of the bound."""
    instance = tiny_instance(seed)
    for group in instance.groups:
        added = random_prices(group, prices)
        exact, _ = best_weeks(group, added)
        fast, _ = best_weeks(group, added.astype(float))
        possible = exact < FORBIDDEN // 2
        assert np.array_equal(fast[possible], exact[possible].astype(float))
        assert (fast[~possible] >= FORBIDDEN // 2).all()


@FEW
@given(SEEDS, SEEDS)
def test_choice_is_the_cheapest_schedule_of_each_enterprise(seed, prices):
    """Every enterprise gets the cheapest of its own schedules, whatever their lengths."""
    instance = tiny_instance(seed)
    added = tuple(random_prices(group, prices + k) for k, group in enumerate(instance.groups))
    choice = choose(instance, added)
    for i in range(instance.size):
        costs = [
            cost
            for g, group in enumerate(instance.groups)
            for r in np.flatnonzero(group.owner == i).tolist()
            if (cost := cheapest(group, r, added[g])) is not None
        ]
        assert choice.value[i] == min(costs)
        assert instance.groups[choice.group[i]].owner[choice.row[i]] == i


def test_reductions_leave_out_one_more_visit_each_time():
    """Reductions keep n-1, n-2, ... 0 visits, each a part of the one before, the emptiest visits going first."""
    visits = [("a", "b"), ("a",), ("a", "b", "c"), ("a",)]
    found = reductions(visits)
    assert [len(stay) for stay in found] == [3, 2, 1, 0]
    assert found[0] == (0, 1, 2)
    assert found[-2] == (2,)
    assert all(set(later) < set(earlier) for earlier, later in pairwise(found))
