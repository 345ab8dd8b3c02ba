"""Compiled ruin and recreate: take neighbours out, put each back at its exact best, keep what annealing accepts.

Put back one by one, nobody opens a week of a village that would only pay for several. So most moves *invite*: one week
of the village is shown without its trip until somebody goes there (measured: docs/annual.md).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskplan.annual.arrays import YearArrays
from riskplan.annual.search_kernels import HARD, Standing, change, change_cell, place
from riskplan.compiled import draw, inlined, uncounted

Array = Any
MOST_OUT = 60
"""Enterprises taken out at once at most (algorithms A8)."""
WHOLE_WEEK, OF_TOWNSHIP = 0.25, 0.4
"""Shares of moves, added up, that take out a cluster's week, and a part of a township's week."""
ANY_WEEK, NEAR_WEEK = 0.3, 0.6
"""Shares of moves, added up, that invite to any week, and to one near the week that was taken out."""
NEAR = 4
"""Weeks away that near is."""
DEAR = 0.5
"""Share of near invitations in which the old week costs a second trip."""


class Ruin(NamedTuple):
    """Who lies where, and scratch for what is taken out.

    Parameters
    ----------
    members, start, first_cluster
        Clusters' members, flat; where each begins; first cluster of each township.
    out
        shape (MOST_OUT,), enterprises taken out.
    schedule, weeks, own
        What they had.
    is_out
        shape (N,), bool.
    span
        shape (2,), moves begin with a member from the first place up to before the second.
    begun
        shape (3,), cluster and week that the present move began with (week -1: none), and how many it took out.
    """

    members: Array
    start: Array
    first_cluster: Array
    out: Array
    schedule: Array
    weeks: Array
    own: Array
    is_out: Array
    span: Array
    begun: Array


class Log(NamedTuple):
    """What one thread has changed, for the other one: written by the first, read by the second.

    Parameters
    ----------
    entries
        shape (most, 3): visit, week, 1 put in or -1 taken out.
    told, heard
        shape (1,), entries written and entries read.
    """

    entries: Array
    told: Array
    heard: Array


@inlined
def _stands(year: YearArrays, now: Standing, i: int, w: int) -> bool:
    s = now.schedule[i]
    for j in range(year.first_visit[s + 1] - year.first_visit[s]):
        if now.weeks[i, j] == w:
            return True
    return False


@inlined
def _take(ruin: Ruin, i: int, n: int) -> int:
    if n < MOST_OUT and not ruin.is_out[i]:
        ruin.out[n], ruin.is_out[i] = i, True
        return n + 1
    return n


@inlined
def _take_week(year: YearArrays, now: Standing, ruin: Ruin, where: tuple[int, int, float], n: int) -> int:
    """Take out a share of a cluster's enterprises that stand in a week."""
    c, w, share = where
    if now.in_cluster[c, w] == 0:
        return n
    for m in range(ruin.start[c], ruin.start[c + 1]):
        i = ruin.members[m]
        if (share >= 1.0 or draw(now.random) < share) and _stands(year, now, i, w):
            n = _take(ruin, i, n)
    return n


@inlined
def choose_out(year: YearArrays, now: Standing, ruin: Ruin) -> int:
    """Choose who is taken out; returns how many.

    A quarter: all of a cluster in a week; some: a part of a township in a week; else a few of a cluster.
    """
    seed = ruin.members[ruin.span[0] + int(draw(now.random) * (ruin.span[1] - ruin.span[0]))]
    s, c, t = now.schedule[seed], year.cluster[seed], year.township[seed]
    length = year.first_visit[s + 1] - year.first_visit[s]
    n, size, few = _take(ruin, seed, 0), ruin.start[c + 1] - ruin.start[c], 0
    kind = draw(now.random) if length else 1.0
    w = now.weeks[seed, int(draw(now.random) * length)] if length else 0
    ruin.begun[0], ruin.begun[1] = c, (w if length else -1)
    if kind < WHOLE_WEEK:
        n = _take_week(year, now, ruin, (c, w, 1.0), n)
        few = int(draw(now.random) * 2)
    elif kind < OF_TOWNSHIP:
        for other in range(ruin.first_cluster[t], ruin.first_cluster[t + 1]):
            n = _take_week(year, now, ruin, (other, w, 0.3), n)
    else:
        few = 2 + int(draw(now.random) * 4)
    for _ in range(min(few, size)):
        n = _take(ruin, ruin.members[ruin.start[c] + int(draw(now.random) * size)], n)
    return n


@inlined
def _order(now: Standing, ruin: Ruin, weight: Array, n: int) -> None:
    """Order who is put back: at random, or the weightiest first."""
    for k in range(n - 1, 0, -1):
        other = int(draw(now.random) * (k + 1))
        ruin.out[k], ruin.out[other] = ruin.out[other], ruin.out[k]
    if draw(now.random) < 0.5:
        for k in range(1, n):
            i, at = ruin.out[k], k
            while at > 0 and weight[ruin.out[at - 1]] < weight[i]:
                ruin.out[at] = ruin.out[at - 1]
                at -= 1
            ruin.out[at] = i


@inlined
def _show_trip(year: YearArrays, now: Standing, c: int, w: int, times: float) -> None:
    """Show the trip to a cluster and its township in a week at a multiple of what it costs."""
    t, first = year.cluster_township[c], year.first_table[c] + now.in_cluster[c, w]
    now.join[c, w] = times * (year.table[first + 1] - year.table[first])
    now.open[t, w] = times * year.trip[t] if now.in_township[t, w] == 0 else 0


@inlined
def _invite(year: YearArrays, now: Standing, ruin: Ruin, n: int) -> tuple[int, int]:
    """Show a week of a cluster without its trip, perhaps the old week at twice; returns both, -1 for none."""
    c, w, weeks = ruin.begun[0], ruin.begun[1], now.join.shape[1]
    kind = draw(now.random)
    if kind >= NEAR_WEEK or (kind >= ANY_WEEK and w < 0):
        return -1, -1
    if kind < ANY_WEEK:
        c = year.cluster[ruin.out[int(draw(now.random) * n)]]
        ruin.begun[0] = c
        to, old = int(draw(now.random) * weeks), -1
    else:
        to = min(max(w + int(draw(now.random) * (2 * NEAR + 1)) - NEAR, 0), weeks - 1)
        old = w if draw(now.random) < DEAR and to != w else -1
    _show_trip(year, now, c, to, 0.0)
    if old >= 0:
        _show_trip(year, now, c, old, 2.0)
    return to, old


@uncounted
def move(year: YearArrays, now: Standing, ruin: Ruin, weight: Array, heat: float) -> bool:
    """Make one move; returns whether it was kept."""
    n = choose_out(year, now, ruin)
    ruin.begun[2] = n
    before = now.total[0]
    _order(now, ruin, weight, n)
    for k in range(n):
        i = ruin.out[k]
        ruin.is_out[i] = False
        change(year, now, i, -1)
        ruin.schedule[k], ruin.own[k] = now.schedule[i], now.own[i]
        for j in range(now.weeks.shape[1]):
            ruin.weeks[k, j] = now.weeks[i, j]
    invited = _invite(year, now, ruin, n)
    for k in range(n):
        place(year, now, ruin.out[k])
    for w in invited:
        if w >= 0:
            _show_trip(year, now, ruin.begun[0], w, 1.0)
    more = now.total[0] - before
    if more <= 0.0 or (more < HARD and draw(now.random) < np.exp(-more / heat)):
        return True
    for k in range(n):
        change(year, now, ruin.out[k], -1)
    for k in range(n):
        i = ruin.out[k]
        now.schedule[i], now.own[i] = ruin.schedule[k], ruin.own[k]
        for j in range(now.weeks.shape[1]):
            now.weeks[i, j] = ruin.weeks[k, j]
        change(year, now, i, 1)
    now.total[0] = before
    return False


@uncounted
def anneal(year: YearArrays, now: Standing, ruin: Ruin, weight: Array, moves: tuple[int, float]) -> int:
    """Make a number of moves at one temperature; returns how many were kept.

    Parameters
    ----------
    year, now, ruin
        Year, plan, what may be taken out.
    weight
        shape (N,), who goes first when put back by weight.
    moves
        Number and temperature [units].
    """
    kept = 0
    for _ in range(moves[0]):
        kept += move(year, now, ruin, weight, moves[1])
    return kept


@inlined
def _tell(year: YearArrays, now: Standing, ruin: Ruin, log: Log) -> None:
    """Write which visits the move that was just kept took out and put in."""
    at = log.told[0]
    for k in range(ruin.begun[2]):
        i, old = ruin.out[k], ruin.schedule[k]
        new = now.schedule[i]
        length = year.first_visit[new + 1] - year.first_visit[new]
        same = old == new
        for j in range(length):
            same = same and ruin.weeks[k, j] == now.weeks[i, j]
        if same:
            continue
        for j in range(length):
            log.entries[at] = (year.first_visit[new] + j, now.weeks[i, j], 1)
            at += 1
        for j in range(year.first_visit[old + 1] - year.first_visit[old]):
            log.entries[at] = (year.first_visit[old] + j, ruin.weeks[k, j], -1)
            at += 1
    log.told[0] = at


@inlined
def _hear(year: YearArrays, now: Standing, log: Log) -> None:
    """Take into one's own cells what the other thread has written since."""
    weeks, cells, end = now.in_cluster.shape[1], len(year.first_cover) - 1, log.told[0]
    for entry in range(log.heard[0], end):
        kind, w = year.kind[log.entries[entry, 0]], log.entries[entry, 1]
        for line in range(year.first_line[kind], year.first_line[kind + 1]):
            f, amount = year.family[line], float(log.entries[entry, 2] * year.amount[line])
            change_cell(now.dense[f, :, w], amount)
            for k in range(year.first_cover[f * weeks + w], year.first_cover[f * weeks + w + 1]):
                change_cell(now.extra[year.cover[k] - cells], amount)
    log.heard[0] = end


@uncounted
def anneal_beside(
    year: YearArrays, now: Standing, ruin: Ruin, weight: Array, work: tuple[int, float, Log, Log]
) -> int:
    """Make moves while another thread makes others; each has cells of its own and hears what the other one kept.

    Parameters
    ----------
    year, now, ruin, weight
        As in ``anneal``; ``ruin.span`` keeps to townships that the other thread leaves alone.
    work
        Number of moves, temperature [units], own log, the other's log.
    """
    moves, heat, own, other = work
    kept = 0
    room = len(own.entries) - 2 * len(ruin.out) * now.weeks.shape[1]
    for _ in range(moves):
        if own.told[0] > room:
            break
        _hear(year, now, other)
        if move(year, now, ruin, weight, heat):
            _tell(year, now, ruin, own)
            kept += 1
    return kept
