"""Compiled ruin and recreate of routes: strings of neighbours out (Christiaens and Vanden Berghe 2020), back greedily.

Slack induction by string removals: a visit is drawn, and the routes of its neighbours each lose a string of stops next to
it. What is out, visits left out before too, goes back in some order, each at its cheapest place; a team-day is overlooked
now and then (a blink). Where a visit fits best in a route is remembered until the route changes. A visit that costs more
than its penalty stays out. Annealing keeps or undoes the whole move.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskplan.compiled import draw, uncounted
from riskplan.weekly.arrays import WeekArrays
from riskplan.weekly.route_kernels import (
    NONE,
    Routes,
    best_in_route,
    caps_allow,
    insert,
    refresh,
    take_out,
    use_caps,
)

Array = Any
BLINK = 0.05
"""Share of team-days that are overlooked."""
NEIGHBOURS = 40
"""Neighbours of a visit that a ruin looks at, at most."""


class Ruin(NamedTuple):
    """What the search knows of the week, and its scratch.

    Parameters
    ----------
    near
        shape (n, NEIGHBOURS at most), nearest visits first, itself at the head.
    first_team, team
        Team-days that may make a visit, flat; where each visit's begin, shape (n + 1,).
    far, narrow
        shape (n,), travel to and from the nearest depot; time in which service may begin.
    marks
        shape (n,), uint64, random: the sum over a route tells its set of visits.
    random
        shape (1,), uint64.
    out
        shape (n,), visits to be put back.
    touched, is_touched
        Team-days changed by a move, shape (R,).
    old_stops, old_length, old_version
        Their routes before.
    memo_version, memo_cost, memo_at
        shape (n, R): what a visit costs more at its cheapest place in a version of a route, and the place.
    size
        shape (1,), float: mean number of visits taken out.
    """

    near: Array
    first_team: Array
    team: Array
    far: Array
    narrow: Array
    marks: Array
    random: Array
    out: Array
    touched: Array
    is_touched: Array
    old_stops: Array
    old_length: Array
    old_version: Array
    memo_version: Array
    memo_cost: Array
    memo_at: Array
    size: Array


class Pool(NamedTuple):
    """Routes that lay in a good week: a table by set of visits and profile; S slots, a power of two.

    Parameters
    ----------
    key
        shape (S,), uint64; 0 is an empty slot.
    cost, team, length, stops
        shape (S,), (S,), (S,), (S, P): cheapest order seen, by which team-day.
    profile
        shape (R,): team-days of one profile drive alike.
    count
        shape (1,).
    """

    key: Array
    cost: Array
    team: Array
    length: Array
    stops: Array
    profile: Array
    count: Array


@uncounted
def touch(now: Routes, ruin: Ruin, r: int, n: int) -> int:
    """Remember a route before it is changed; returns how many are remembered."""
    if not ruin.is_touched[r]:
        ruin.is_touched[r] = True
        ruin.touched[n] = r
        ruin.old_length[r] = now.length[r]
        ruin.old_version[r] = now.version[r]
        for k in range(now.length[r]):
            ruin.old_stops[r, k] = now.stops[r, k]
        n += 1
    return n


@uncounted
def take_string(week: WeekArrays, now: Routes, ruin: Ruin, v: int, length: int) -> None:
    """Take a string of stops with a visit in it out of its route; half the time a stop inside it is kept."""
    r = now.where[v]
    size = now.length[r]
    length = min(length, size)
    at = 0
    for k in range(size):
        if now.stops[r, k] == v:
            at = k
    keep = 1 if length < size and length > 1 and draw(ruin.random) < 0.5 else 0
    lowest, highest = max(0, at - length - keep + 1), min(at, size - length - keep)
    first = lowest + int(draw(ruin.random) * (highest - lowest + 1))
    skip = first + 1 + int(draw(ruin.random) * (length - 1)) if keep else -1
    if skip == at:
        skip = -1
    for k in range(first, first + length + keep):
        if k != skip:
            take_out(week, now, ruin.old_stops[r, k])
    refresh(week, now, ruin.marks, r)


@uncounted
def ruin_strings(week: WeekArrays, now: Routes, ruin: Ruin) -> int:
    """Take strings near a random visit out; returns how many routes are touched."""
    n = len(week.service)
    seed = int(draw(ruin.random) * n)
    mean, busy = 0.0, 0
    for r in range(len(week.day)):
        mean += now.length[r]
        busy += now.length[r] > 0
    longest = min(10.0, mean / max(1, busy))
    strings = 4.0 * ruin.size[0] / (1.0 + longest) - 1.0
    left = 1 + int(draw(ruin.random) * max(1.0, strings))
    touched = 0
    for a in range(ruin.near.shape[1]):
        v = ruin.near[seed, a]
        r = now.where[v]
        if r != NONE and not ruin.is_touched[r]:
            touched = touch(now, ruin, r, touched)
            most = min(float(now.length[r]), longest)
            take_string(week, now, ruin, v, 1 + int(draw(ruin.random) * most))
            left -= 1
            if left == 0:
                break
    return touched


@uncounted
def order_out(week: WeekArrays, ruin: Ruin, count: int) -> None:
    """Order what goes back: at random, by penalty and length, by distance (far or near first), or narrow windows first."""
    for k in range(count - 1, 0, -1):
        other = int(draw(ruin.random) * (k + 1))
        ruin.out[k], ruin.out[other] = ruin.out[other], ruin.out[k]
    kind = int(draw(ruin.random) * 6.0)
    if kind >= 2:
        for k in range(1, count):
            v, at = ruin.out[k], k
            mine = order_value(week, ruin, v, kind)
            while at > 0 and order_value(week, ruin, ruin.out[at - 1], kind) > mine:
                ruin.out[at] = ruin.out[at - 1]
                at -= 1
            ruin.out[at] = v


@uncounted
def order_value(week: WeekArrays, ruin: Ruin, v: int, kind: int) -> int:
    """Return what a visit is ordered by, the smallest first."""
    if kind == 2:
        return -(week.penalty[v] + week.service[v])
    if kind == 3:
        return -ruin.far[v]
    if kind == 4:
        return ruin.far[v]
    return ruin.narrow[v]


@uncounted
def cheapest_place(week: WeekArrays, now: Routes, ruin: Ruin, v: int) -> tuple[int, int]:
    """Return team-day and position at which a visit costs least, (NONE, 0) where its penalty is cheaper."""
    best, best_r, best_k = week.penalty[v], NONE, 0
    capped = len(week.room) > 0
    for e in range(ruin.first_team[v], ruin.first_team[v + 1]):
        r = ruin.team[e]
        if ruin.memo_version[v, r] != now.version[r]:
            ruin.memo_cost[v, r], ruin.memo_at[v, r] = best_in_route(week, now, v, r)
            ruin.memo_version[v, r] = now.version[r]
        more = ruin.memo_cost[v, r]
        if (
            more < best
            and draw(ruin.random) >= BLINK
            and (not capped or caps_allow(week, now.cap_used, v, week.day[r]))
        ):
            best, best_r, best_k = more, r, ruin.memo_at[v, r]
    return best_r, best_k


@uncounted
def undo(week: WeekArrays, now: Routes, ruin: Ruin, touched: int) -> None:
    """Bring the touched routes back as they were."""
    for t in range(touched):
        r = ruin.touched[t]
        for k in range(now.length[r]):
            v = now.stops[r, k]
            now.where[v] = NONE
            now.total[0] += week.penalty[v]
            if len(week.room):
                use_caps(week, now.cap_used, v, week.day[r], -1)
    for t in range(touched):
        r = ruin.touched[t]
        now.length[r] = ruin.old_length[r]
        for k in range(now.length[r]):
            v = ruin.old_stops[r, k]
            now.stops[r, k] = v
            now.where[v] = r
            now.total[0] -= week.penalty[v]
            if len(week.room):
                use_caps(week, now.cap_used, v, week.day[r], 1)
        refresh(week, now, ruin.marks, r)
        now.version[r] = ruin.old_version[r]


@uncounted
def remember(now: Routes, ruin: Ruin, pool: Pool, touched: int) -> None:
    """Keep the touched routes in the pool, each with the cheapest order seen for its set of visits."""
    slots = len(pool.key)
    for t in range(touched):
        r = ruin.touched[t]
        if now.length[r] == 0 or 2 * pool.count[0] > slots:
            continue
        key = now.key[r] + np.uint64(pool.profile[r]) * np.uint64(0x9E3779B97F4A7C15)
        at = np.int64(key & np.uint64(slots - 1))
        while pool.key[at] != np.uint64(0) and pool.key[at] != key:
            at = (at + 1) & (slots - 1)
        if pool.key[at] == key and pool.cost[at] <= now.cost[r]:
            continue
        pool.count[0] += pool.key[at] == np.uint64(0)
        pool.key[at], pool.cost[at], pool.team[at], pool.length[at] = key, now.cost[r], r, now.length[r]
        for k in range(now.length[r]):
            pool.stops[at, k] = now.stops[r, k]


@uncounted
def anneal(
    week: WeekArrays, now: Routes, best: Routes, ruin: Ruin, pool: Pool, moves: tuple[int, float, float]
) -> int:
    """Make a number of moves, cooling from one temperature to another; returns how many were kept.

    Parameters
    ----------
    week, now, best
        Week, routes now, best routes so far: only ``stops``, ``length`` and ``total`` of the latter.
    ruin, pool
        Scratch; good routes.
    moves
        Number; first and last temperature [s].
    """
    kept, heat = 0, moves[1]
    cool = (moves[2] / moves[1]) ** (1.0 / max(1, moves[0]))
    for _ in range(moves[0]):
        heat *= cool
        total = now.total[0]
        touched = ruin_strings(week, now, ruin)
        count = 0
        for v in range(len(week.service)):
            if now.where[v] == NONE:
                ruin.out[count] = v
                count += 1
        order_out(week, ruin, count)
        for k in range(count):
            v = ruin.out[k]
            r, at = cheapest_place(week, now, ruin, v)
            if r != NONE:
                touched = touch(now, ruin, r, touched)
                insert(week, now, ruin.marks, v, r, at)
        more = now.total[0] - total
        if more <= 0 or more < -heat * np.log(draw(ruin.random) + 1e-300):
            kept += 1
            if now.total[0] * 50 < best.total[0] * 51:
                remember(now, ruin, pool, touched)
            if now.total[0] < best.total[0]:
                best.total[0] = now.total[0]
                for r in range(len(week.day)):
                    best.length[r] = now.length[r]
                    for k in range(now.length[r]):
                        best.stops[r, k] = now.stops[r, k]
        else:
            undo(week, now, ruin, touched)
        for t in range(touched):
            ruin.is_touched[ruin.touched[t]] = False
    return kept
