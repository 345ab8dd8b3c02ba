"""Compiled ruin and recreate: take neighbours out, put each back at its exact best, keep what annealing accepts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskplan.annual.arrays import YearArrays
from riskplan.annual.compiled import compiled, inlined
from riskplan.annual.search_kernels import HARD, Standing, change, draw, place

Array = Any
MOST_OUT = 60
"""Enterprises taken out at once at most (algorithms A8)."""


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
    """

    members: Array
    start: Array
    first_cluster: Array
    out: Array
    schedule: Array
    weeks: Array
    own: Array
    is_out: Array


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

    Half: all of a cluster in a week and a few neighbours; a quarter: most of a township in a week; else some of a
    cluster (algorithms A8).
    """
    seed = int(draw(now.random) * len(year.township))
    s, c, t = now.schedule[seed], year.cluster[seed], year.township[seed]
    length = year.first_visit[s + 1] - year.first_visit[s]
    n, size, few = _take(ruin, seed, 0), ruin.start[c + 1] - ruin.start[c], 0
    kind = draw(now.random) if length else 1.0
    w = now.weeks[seed, int(draw(now.random) * length)] if length else 0
    if kind < 0.5:
        n = _take_week(year, now, ruin, (c, w, 1.0), n)
        few = int(draw(now.random) * 5)
    elif kind < 0.75:
        for other in range(ruin.first_cluster[t], ruin.first_cluster[t + 1]):
            n = _take_week(year, now, ruin, (other, w, 0.7), n)
    else:
        few = 2 + int(draw(now.random) * 18)
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


@compiled
def move(year: YearArrays, now: Standing, ruin: Ruin, weight: Array, heat: float) -> bool:
    """Make one move; returns whether it was kept."""
    n = choose_out(year, now, ruin)
    before = now.total[0]
    _order(now, ruin, weight, n)
    for k in range(n):
        i = ruin.out[k]
        ruin.is_out[i] = False
        change(year, now, i, -1)
        ruin.schedule[k], ruin.own[k] = now.schedule[i], now.own[i]
        for j in range(now.weeks.shape[1]):
            ruin.weeks[k, j] = now.weeks[i, j]
    for k in range(n):
        place(year, now, ruin.out[k])
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


@compiled
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
