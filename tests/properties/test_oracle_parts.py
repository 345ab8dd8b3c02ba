"""The year's building blocks against brute force: pricing by weeks, fewest calls, slots."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from properties.tiny import patterns, tiny_instance
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.pricing import best_weeks, choose
from riskplan.annual.state import pattern_cost
from riskplan.joint.schedules import all_phases, fewest_calls, fill_slots, item_slots, reductions

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=40, deadline=None, derandomize=True)
DEPARTMENTS = ("A", "B", "C", "D")


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


def fewest_by_force(calls: tuple[int, ...], width: int) -> int:
    """Return the least number of slots into which every department fits often enough, trying all fillings."""
    full = tuple(sorted(calls, reverse=True))
    reached, steps = {full}, 0
    while not any(max(left, default=0) == 0 for left in reached):
        following = set()
        for left in reached:
            open_now = [d for d, k in enumerate(left) if k]
            for size in range(1, min(width, len(open_now)) + 1):
                for chosen in combinations(open_now, size):
                    rest = [k - (d in chosen) for d, k in enumerate(left)]
                    following.add(tuple(sorted(rest, reverse=True)))
        reached, steps = following, steps + 1
    return steps


TINY = [
    (calls, width)
    for size in range(1, 5)
    for calls in product(range(1, 5), repeat=size)
    for width in (1, 2, 3)
    if list(calls) == sorted(calls)
]


def test_fewest_calls_equals_brute_force_on_all_tiny_cases():
    """The closed form is the least number of joint visits for up to 4 departments, 4 calls and width 3."""
    for calls, width in TINY:
        owed = dict(zip(DEPARTMENTS, calls, strict=False))
        assert fewest_calls(owed, width) == fewest_by_force(calls, width), (calls, width)


def test_nothing_owed_needs_no_call():
    """Without duties there is no visit."""
    assert fewest_calls({}, 3) == 0


def test_slots_keep_width_and_counts_on_all_tiny_cases():
    """In every phase each department comes as often as it owes, once a slot, and no slot is too wide or empty."""
    for calls, width in TINY:
        owed = tuple(zip(DEPARTMENTS, calls, strict=False))
        least = fewest_calls(dict(owed), width)
        for slots in range(least, least + 3):
            for phase in range(slots):
                table = fill_slots(owed, slots, phase)
                assert len(table) == slots
                assert all(len(row) == len(set(row)) <= width for row in table), (calls, width, slots)
                assert Counter(d for row in table for d in row) == dict(owed)
                assert slots > least or all(table), (calls, width, phase)


@pytest.mark.parametrize("calls", [(4, 4, 2, 1), (3, 2, 2), (4, 1)])
def test_phases_differ_and_items_come_as_often_as_owed(calls):
    """Phases are different tables; an item owed k times stands in k different slots of its department."""
    owed = tuple(zip(DEPARTMENTS, calls, strict=False))
    slots = fewest_calls(dict(owed), 2)
    tables = all_phases(owed, slots)
    assert len(set(tables)) == len(tables) >= 1
    for table in tables:
        for department, most in owed:
            for k in range(1, most + 1):
                chosen = item_slots(table, department, k)
                assert len(set(chosen)) == k
                assert all(department in table[s] for s in chosen)


def test_reductions_leave_out_one_more_visit_each_time():
    """Reductions keep n-1, n-2, ... 0 visits, each a part of the one before, the emptiest visits going first."""
    visits = [("a", "b"), ("a",), ("a", "b", "c"), ("a",)]
    found = reductions(visits)
    assert [len(stay) for stay in found] == [3, 2, 1, 0]
    assert found[0] == (0, 1, 2)
    assert found[-2] == (2,)
    assert all(set(later) < set(earlier) for earlier, later in pairwise(found))
