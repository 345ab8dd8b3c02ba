"""Routes of a week on arrays: brute force, the separate clock, determinism, and what a week may never lose by."""

from __future__ import annotations

import numpy as np
import pytest
from small_weeks import cheapest_week, drives, lawful_routes, route_cost, tiny_week

from riskplan.progress import Stop
from riskplan.weekly.arrays import check_arrays, is_metric
from riskplan.weekly.chains import Chains, possible_pairs
from riskplan.weekly.columns import SCALE, list_columns
from riskplan.weekly.route_kernels import best_in_route, drivable
from riskplan.weekly.routing import solve_week

FAST = Stop(effort=0.05)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cap", [0, 2])
def test_a_tiny_week_is_solved_and_proven(seed, cap):
    """On five visits the engine finds what brute force finds, and proves it."""
    week = tiny_week(seed, cap=cap)
    found = solve_week(week, stop=FAST, seed=seed)
    assert found.week.cost == cheapest_week(week) == found.bound
    assert found.stopped_because == "optimal"


@pytest.mark.parametrize("seed", range(3))
def test_every_set_that_a_team_can_make_is_listed(seed):
    """The listed sets and their costs are those of brute force, for every class that may make them."""
    week = tiny_week(seed, visits=6)
    columns = list_columns(week)
    for r in range(week.team_days):
        mine = columns.classes >> columns.class_of[r] & 1 == 1
        listed = {
            frozenset(stops[:size].tolist()): cost // SCALE
            for stops, size, cost in zip(
                columns.stops[mine], columns.size[mine], columns.cost[mine], strict=True
            )
        }
        assert listed | {frozenset(): 0} == lawful_routes(week, r)


def test_the_insertion_test_is_the_clock():
    """Where a visit fits by slack is exactly where the whole route can still be driven, and at that price."""
    for seed in range(4):
        week = tiny_week(seed, visits=6)
        chains = Chains(week, seed)
        chains.restart()
        chains.run(40, 1.0, 1.0)
        now, pairs = chains.now, possible_pairs(week)
        for v, r in zip(*np.nonzero(pairs), strict=True):
            if now.where[v] != -1 or now.length[r] >= week.most[0, r]:
                continue
            stops = tuple(now.stops[r, : now.length[r]].tolist())
            old = route_cost(week, r, stops) if stops else 0
            ways = [(*stops[:k], int(v), *stops[k:]) for k in range(len(stops) + 1)]
            costs = [route_cost(week, r, way) - old for way in ways if drives(week, r, way)]
            more, _ = best_in_route(week, now, v, r)
            assert more == min(costs) if costs else more > 1 << 39


def test_routes_of_the_engine_can_be_driven():
    """The separate clock accepts every route, the compiled one agrees on every order of three visits."""
    for seed in range(4):
        week = tiny_week(seed, visits=8, teams=4)
        found = solve_week(week, stop=FAST)
        for r, stops in enumerate(found.week.routes):
            assert not stops or drives(week, r, stops)
        for a in range(6):
            order = np.array([a, a + 1, a + 2])
            assert bool(drivable(week, 0, order, 3)) == drives(week, 0, tuple(order.tolist()))


@pytest.mark.parametrize("seed", range(3))
def test_the_second_engine_agrees(seed):
    """OR-Tools finds no week below the proven bound, its routes pass the separate clock; caps are refused."""
    week = tiny_week(seed, visits=6)
    week = week._replace(priority=np.zeros_like(week.priority))
    found = solve_week(week, stop=Stop(effort=0.3), engine="ortools")
    assert found.week.cost == cheapest_week(week) == solve_week(week, stop=FAST).bound
    assert all(not stops or drives(week, r, stops) for r, stops in enumerate(found.week.routes))
    with pytest.raises(ValueError, match="caps"):
        solve_week(tiny_week(seed, cap=1), stop=FAST, engine="ortools")


def test_same_seed_same_week():
    """Two runs with one seed give the same routes, bound and counts."""
    week = tiny_week(3, visits=12, teams=4)
    assert solve_week(week, stop=FAST, seed=5) == solve_week(week, stop=FAST, seed=5)


def test_the_proven_optimum_does_not_depend_on_the_order_of_visits():
    """Visits in another order: the same proven cost."""
    week = tiny_week(1, visits=5)
    order = np.array([3, 0, 4, 1, 2])
    sizes = np.diff(week.first_window)
    flat = np.concatenate([np.arange(week.first_window[v], week.first_window[v + 1]) for v in order])
    places = np.array([*order, 5])
    moved = week._replace(
        first_window=np.concatenate([[0], np.cumsum(sizes[order])]), opens=week.opens[flat],
        latest=week.latest[flat], travel=week.travel[places][:, places], drive=week.drive[places][:, places],
        load=week.load[:, order],
        **{k: getattr(week, k)[order] for k in ("service", "penalty", "priority", "township", "needs", "open_days")},
    )  # fmt: skip
    assert solve_week(moved, stop=FAST).bound == solve_week(week, stop=FAST).bound


@pytest.mark.parametrize("seed", range(4))
def test_one_more_team_never_hurts_and_tighter_windows_or_caps_never_help(seed):
    """The proven optimum moves only the right way."""
    week = tiny_week(seed, teams=3)
    best = solve_week(week, stop=FAST).bound
    assert solve_week(tiny_week(seed, teams=4), stop=FAST).bound <= best
    tighter = week._replace(latest=np.maximum(week.opens, week.latest - 60))
    assert solve_week(tighter, stop=FAST).bound >= best
    assert solve_week(tiny_week(seed, teams=3, cap=1), stop=FAST).bound >= best


def test_a_start_is_never_lost():
    """The answer is never worse than the week that was given."""
    week = tiny_week(2, visits=10, teams=4)
    first = solve_week(week, stop=FAST)
    again = solve_week(week, stop=Stop(effort=1e-6), start=first.week)
    assert again.week.cost <= first.week.cost


def test_nothing_is_proven_where_driving_is_not_metric():
    """A detour shorter than the direct leg: routes are found, no bound is told."""
    week = tiny_week(0)
    drive = week.drive.copy()
    drive[0, 1] = drive.max() * 3
    crooked = week._replace(drive=drive)
    assert not is_metric(drive)
    found = solve_week(crooked, stop=FAST)
    assert found.bound is None
    assert found.gap is None


def test_an_empty_week_and_a_wrong_one():
    """No visits: nothing to do, at no cost; a wrong shape is refused by name."""
    week = tiny_week(0)
    with pytest.raises(ValueError, match="penalty"):
        check_arrays(week._replace(penalty=week.penalty[:-1]))
    idle = tiny_week(0, teams=1)._replace(skills=np.zeros(1, dtype=np.int64), needs=np.full(5, 4))
    found = solve_week(idle, stop=FAST)
    assert found.week.cost == idle.penalty.sum()
