"""The cheapest weeks of one schedule that all limits together allow: best first, guided by exact pricing (A*)."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import FORBIDDEN, Numbers, Schedules
from riskplan.annual.pricing import arc_costs

Ints = npt.NDArray[np.int64]
MOST_STEPS = 60
"""Partial patterns that are looked at before a schedule is given up."""


def cheapest_lawful(
    schedule: Schedules, prices: Numbers, fits: Callable[[tuple[int, ...]], bool], below: float
) -> tuple[float, tuple[int, ...]] | None:
    """Return the priced cost and weeks of the cheapest pattern that fits, None where none is found.

    Parameters
    ----------
    schedule
        One schedule (one row).
    prices
        shape (1, n, n_weeks), added to the node costs.
    fits
        Tells whether the last visits, standing in some weeks, fit together.
    below
        Cost from which on a pattern is of no use.
    """
    length, weeks = schedule.node.shape[1:]
    node = schedule.node[0] + prices[0]
    arcs = [_arcs(schedule, j, weeks) for j in range(length - 1)]
    reach = [node[0]]
    for j, arc in enumerate(arcs):
        reach.append(np.minimum((reach[j][:, None] + arc).min(axis=0), FORBIDDEN) + node[j + 1])
    constant = float(schedule.constant[0])
    heap: list[tuple[float, tuple[int, ...], float]] = []
    _push(heap, reach[-1], (), 0.0, below - constant)
    for _ in range(MOST_STEPS):
        if not heap:
            return None
        cost, suffix, behind = heappop(heap)
        if not fits(suffix):
            continue
        j = length - len(suffix)
        if j == 0:
            return cost + constant, suffix
        behind += float(node[j, suffix[0]])
        step = arcs[j - 1][:, suffix[0]]
        _push(heap, reach[j - 1] + step, suffix, behind, below - constant, step)
    return None


def _arcs(schedule: Schedules, j: int, weeks: int) -> Ints:
    """Return the cost of every pair of weeks of visits j and j + 1, shape (n_weeks, n_weeks)."""
    at = np.arange(weeks)
    step = at[None, :] - at[:, None]
    cost = np.where(step >= 0, arc_costs(schedule, j, weeks)[0][np.maximum(step, 0)], FORBIDDEN)
    if schedule.seasons:
        cost = cost + schedule.seasonal_arcs(j, np.zeros(1, dtype=np.int64))[0]
    kind = int(schedule.clash[0, j])
    return np.where(schedule.clashes[kind], FORBIDDEN, cost) if kind >= 0 else cost


def _push(
    heap: list[tuple[float, tuple[int, ...], float]],
    ahead: Numbers,
    suffix: tuple[int, ...],
    behind: float,
    most: float,
    step: Ints | None = None,
) -> None:
    """Put every week of the visit before a suffix on the heap, with the cost of the best pattern through it."""
    for w in np.flatnonzero(ahead < FORBIDDEN).tolist():
        cost = float(ahead[w]) + behind
        if cost < most:
            heappush(heap, (cost, (w, *suffix), behind + (float(step[w]) if step is not None else 0.0)))
