"""Exact pricing: for every schedule the cheapest weeks under given prices, by a dynamic programme over weeks.

The recursion is ``f_1(w) = node_1(w)``, ``f_{j+1}(w') = node_{j+1}(w') + min_{w <= w' - gap} f_j(w) + arc_j(7 (w' - w))``.
It is exact for schedules whose domains come back at the next visit; a domain that skips visits is relaxed by the
tangent of its square (``instance`` builds it so), which can only lower the value: bounds stay valid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import FORBIDDEN, Instance, Numbers, Schedules

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Choice:
    """Cheapest schedule and weeks of each enterprise under some prices.

    Parameters
    ----------
    value
        shape (n_enterprises,), priced cost [units].
    group, row
        shape (n_enterprises,), which group and which row of it; row -1 where nothing is possible.
    weeks
        One array per group, shape (n_schedules, length): the cheapest weeks of every schedule.
    """

    value: Numbers
    group: Ints
    row: Ints
    weeks: tuple[Ints, ...]


def best_weeks(schedules: Schedules, prices: Numbers) -> tuple[Numbers, Ints]:
    """Return value and weeks of the cheapest pattern of every schedule.

    Parameters
    ----------
    schedules
        Schedules of one length n.
    prices
        shape (n_schedules, n, n_weeks), added to the node costs; int64 for an exact result, float64 for speed.

    Returns
    -------
    tuple
        Values, shape (n_schedules,), at least ``FORBIDDEN`` where no pattern exists; weeks, shape (n_schedules, n).
    """
    count, length, weeks = schedules.node.shape
    if length == 0:
        return schedules.constant.astype(prices.dtype), np.zeros((count, 0), dtype=np.int64)
    node = schedules.node + prices
    value = node[:, 0]
    steps: list[Ints] = []
    for j in range(length - 1):
        value, back = _extend(value, schedules, j, weeks)
        value = value + node[:, j + 1]
        steps.append(back)
    last = np.argmin(value, axis=1)
    rows = np.arange(count)
    pattern = np.zeros((count, length), dtype=np.int64)
    pattern[:, -1] = last
    for j in range(length - 2, -1, -1):
        pattern[:, j] = steps[j][rows, pattern[:, j + 1]]
    cheapest = value[rows, last]
    return np.where(cheapest >= FORBIDDEN, FORBIDDEN, cheapest + schedules.constant), pattern


CHUNK = 256
"""Rows of the week-by-week table that are priced at once."""


def _extend(value: Numbers, schedules: Schedules, j: int, weeks: int) -> tuple[Numbers, Ints]:
    """Return the cheapest way to reach each week of visit j + 1, and the week of visit j that it comes from."""
    arc = arc_costs(schedules, j, weeks)
    steps = np.arange(weeks)
    step = np.maximum(steps[None, :] - steps[:, None], 0)
    best, back = np.empty_like(value), np.empty(value.shape, dtype=np.int64)
    for start in range(0, len(value), CHUNK):
        rows = slice(start, start + CHUNK)
        reached = arc[rows][:, step] + value[rows, :, None]
        if schedules.seasons:
            reached = reached + schedules.seasonal_arcs(j, np.arange(len(value))[rows])
        kind = schedules.clash[rows, j]
        bound = np.flatnonzero(kind >= 0)
        if len(bound):
            reached[bound] = np.where(schedules.clashes[kind[bound]], FORBIDDEN, reached[bound])
        back[rows] = reached.argmin(axis=1)
        best[rows] = np.take_along_axis(reached, back[rows][:, None, :], axis=1)[:, 0]
    return np.minimum(best, FORBIDDEN), back


def arc_costs(schedules: Schedules, j: int, weeks: int) -> Ints:
    """Return the cost of a gap of so many weeks between visits j and j + 1, shape (n_schedules, n_weeks).

    Parameters
    ----------
    schedules
        Schedules of one length.
    j
        Number of the earlier visit.
    weeks
        Number of weeks.
    """
    return np.where(np.arange(weeks) >= schedules.gap[:, None], schedules.arcs(j), FORBIDDEN)


def choose(instance: Instance, prices: tuple[Numbers, ...]) -> Choice:
    """Return the cheapest schedule and weeks of every enterprise.

    Parameters
    ----------
    instance
        Year instance.
    prices
        One array per group, shape (n_schedules, length, n_weeks).
    """
    dtype = prices[0].dtype if prices else np.dtype(np.int64)
    value = np.full(instance.size, FORBIDDEN, dtype=dtype)
    group = np.zeros(instance.size, dtype=np.int64)
    row = np.full(instance.size, -1, dtype=np.int64)
    patterns = []
    for g, schedules in enumerate(instance.groups):
        cost, weeks = best_weeks(schedules, prices[g])
        patterns.append(weeks)
        order = np.lexsort((schedules.number, cost, schedules.owner))
        owners, first = np.unique(schedules.owner[order], return_index=True)
        rows = order[first]
        better = cost[rows] < value[owners]
        value[owners[better]] = cost[rows[better]]
        group[owners[better]] = g
        row[owners[better]] = rows[better]
    return Choice(value, group, row, tuple(patterns))
