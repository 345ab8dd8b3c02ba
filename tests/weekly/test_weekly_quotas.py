"""Quotas and officers' caps in every part of the search: crews, routing library, mending, ruin and recreate."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from test_weekly_search import small_week
from week_sample import desk_of, flat_travel, problem_of

from riskplan.progress import Stop
from riskplan.weekly import WeekParams, solve_week
from riskplan.weekly.crews import compose_teams
from riskplan.weekly.draft import Draft
from riskplan.weekly.improve import fill, mended
from riskplan.weekly.params import STRATEGIES
from riskplan.weekly.problem import NO_MOST, OfficerCap, Quota, Route, TeamDay
from riskplan.weekly.quotas import day_sets
from riskplan.weekly.reasons import why_not
from riskplan.weekly.routes import route_teams

PARAMS = WeekParams(tries=600)


def used(quota: Quota, routes) -> int:
    """Return what routes use of a quota."""
    weight = dict(quota.uses)
    return sum(weight.get(i, 0) for r in routes if r.team.day in quota.days for i in r.stops)


def easy_week(count: int = 6, days: int = 2, teams: int = 3, **changes):
    """Return short visits of one department near the office, with crews for all of them on any day."""
    rows = [(30, 480, 1080, list(range(days)), [0], 10**6 * (1 + k)) for k in range(count)]
    travel = flat_travel([(0, 0.1 * k) for k in range(count)], [(0, 0)])
    return problem_of(rows, travel, [[2 * teams]] * days, **changes)


DAY_QUOTAS = tuple(Quota(f"day{d}", ("T",), tuple((i, 1) for i in range(6)), (d,), 2) for d in range(2))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_library_keeps_quotas(strategy):
    """With two visits a day allowed, the library routes four of six over two days, each day two."""
    desk = desk_of(easy_week(quotas=DAY_QUOTAS))
    teams = [TeamDay(day, (0,)) for day in range(2) for _ in range(2)]
    routes = route_teams(desk, teams, strategy, PARAMS, Stop(effort=0.3))
    assert [used(q, routes) for q in DAY_QUOTAS] == [2, 2]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_library_keeps_what_an_officer_may_do(strategy):
    """With one visit a day for an officer, a team-day takes one of those that count and others besides."""
    cap = OfficerCap("officer", (True,) * 4 + (False,) * 2, (1,))
    desk = desk_of(easy_week(officer_caps=(cap,)))
    routes = route_teams(desk, [TeamDay(0, (0,)), TeamDay(1, (0,))], strategy, PARAMS, Stop(effort=0.3))
    assert all(sum(cap.counted[i] for i in r.stops) <= 1 for r in routes)
    assert sum(len(r.stops) for r in routes) == 4


def test_crews_are_chosen_under_quotas():
    """No more team-days are sent than the visits that the quotas allow can fill."""
    cap = OfficerCap("officer", (True,) * 6, (1,))
    teams = compose_teams(desk_of(easy_week(quotas=DAY_QUOTAS, officer_caps=(cap,))), PARAMS, Stop(), 0)
    assert Counter(team.day for team in teams) == {0: 2, 1: 2}


def test_routes_of_any_engine_are_mended():
    """Of five visits on a day for two, the two dearest stay."""
    draft = mended(desk_of(easy_week(quotas=DAY_QUOTAS)), [Route(TeamDay(0, (0,)), (0, 1, 2, 3))])
    assert [sorted(route.stops) for route in draft.routes] == [[2, 3]]
    assert draft.room == [0, 2]


def test_a_full_day_is_a_reason():
    """What is left out when all days are full names the quota, and nothing more fits."""
    draft = Draft(desk_of(easy_week(quotas=DAY_QUOTAS)))
    fill(draft)
    assert sum(len(route.stops) for route in draft.routes) == 4
    assert draft.missing() == [0, 1]
    assert why_not(draft, 0, None) == ("cap", "day0", ("T",))


def test_an_officer_whose_day_is_full_is_a_reason():
    """With one crew a day that may make one visit, the others name the row about officers."""
    cap = OfficerCap("officer", (True,) * 6, (1,))
    draft = solve_week(easy_week(teams=1, officer_caps=(cap,)), PARAMS, Stop(effort=0.2), 0)[0].draft
    assert len(draft.missing()) == 4
    assert {why_not(draft, i, None) for i in draft.missing()} == {("cap", "officer", ("d0",))}


@pytest.mark.parametrize("seed", range(8))
def test_random_quotas_hold_and_room_adds_up(seed):
    """Weights, several days and several quotas hold at the end, and the draft's own account of room is right."""
    rng = np.random.default_rng(seed)
    base = small_week(seed)
    quotas = tuple(
        Quota(
            f"q{k}", ("T",), tuple((int(i), int(rng.integers(1, 4))) for i in rng.choice(14, 9, replace=False)),
            tuple(sorted(rng.choice(3, rng.integers(1, 4), replace=False).tolist())), int(rng.integers(2, 7)),
        )
        for k in range(4)
    )  # fmt: skip
    caps = (OfficerCap("officer", tuple(bool(n) for n in rng.integers(0, 2, 14)), (2, NO_MOST, 1)),)
    names = ("visit_ids", "minutes", "opens", "closes", "open_days", "needs", "penalty_s")
    problem = problem_of(
        [(60, 480, 1080, [0], [0], 1)] * 14, base.travel_s, base.free, quotas=quotas, officer_caps=caps,
        **{name: getattr(base, name) for name in names},
    )  # fmt: skip
    draft = solve_week(problem, PARAMS, Stop(effort=0.3), seed)[0].draft
    assert all(used(q, draft.routes) <= q.room for q in quotas)
    assert draft.room == [q.room - used(q, draft.routes) for q in quotas]
    assert not any(draft.desk.crowded(route) for route in draft.routes)
    assert draft.routes


@pytest.mark.parametrize(("length", "days"), [(1, (0, 1, 2)), (2, (0, 1, 4)), (3, (0, 2, 3)), (9, (1, 2, 3))])
def test_day_sets_say_all_that_windows_say(length, days):
    """The sets of days that are returned are kept if and only if every window is, whatever stands in them."""
    rng = np.random.default_rng(length)
    covered = rng.integers(0, 3, days[-1] - days[0] + length)
    sets = day_sets(list(days), length, covered)
    starts = range(days[0] - length + 1, days[-1] + 1)
    for most in range(4):
        for made in product(range(3), repeat=len(days)):
            naive = all(
                taken + sum(n for n, d in zip(made, days, strict=True) if s <= d < s + length) <= most
                for s, taken in zip(starts, covered.tolist(), strict=True)
                if any(n and s <= d < s + length for n, d in zip(made, days, strict=True))
            )
            kept = all(
                taken + sum(made[k] for k in chosen) <= most
                for chosen, taken in sets
                if any(made[k] for k in chosen)
            )
            assert kept == naive
