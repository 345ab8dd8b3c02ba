"""Compiled steps of the dual: projected Adam on the prices of cells and links."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskplan.annual.arrays import YearArrays
from riskplan.compiled import compiled, uncounted

Array = Any


class Moments(NamedTuple):
    """Adam's state of one kind of price: the prices and the means of gradient and squared gradient, one shape."""

    price: Array
    first: Array
    second: Array


@uncounted
def spread_prices(year: YearArrays, cell: Array, by_family: Array) -> None:
    """Write the price of a unit of each family in each week: its own cell's and those of the extra cells that cover it.

    Parameters
    ----------
    year
        Year.
    cell
        shape (K,), prices of cells.
    by_family
        shape (F, W), written.
    """
    families, weeks = by_family.shape
    for f in range(families):
        for w in range(weeks):
            by_family[f, w] = cell[f * weeks + w]
            for k in range(year.first_cover[f * weeks + w], year.first_cover[f * weeks + w + 1]):
                by_family[f, w] += cell[year.cover[k]]


@uncounted
def gather_use(year: YearArrays, used: Array, cell: Array) -> None:
    """Write what cells take when families take ``used`` (F, W)."""
    families, weeks = used.shape
    cell[:] = 0
    for f in range(families):
        for w in range(weeks):
            if used[f, w] == 0:
                continue
            cell[f * weeks + w] += used[f, w]
            for k in range(year.first_cover[f * weeks + w], year.first_cover[f * weeks + w + 1]):
                cell[year.cover[k]] += used[f, w]


@uncounted
def cells_paid(year: YearArrays, cell: Array, scale: int) -> Any:
    """Return what the prices of cells are worth: ``p level + max(0, p - uneven) (capacity - level)``, summed."""
    total = cell[0] * 0
    for k in range(len(cell)):
        p = cell[k]
        if p > 0:
            total += p * year.level[k]
            if p > year.uneven[k] * scale:
                total += (p - year.uneven[k] * scale) * (year.capacity[k] - year.level[k])
    return total


@uncounted
def step_cells(year: YearArrays, used: Array, rates: tuple[Array, float, float], m: Moments) -> None:
    """Move the prices of cells along their gradient.

    Parameters
    ----------
    year
        Year.
    used
        shape (K,), what the cheapest patterns take.
    rates
        Step of each cell; corrections of the first and second moment.
    m
        Prices and moments, shapes (K,).
    """
    rate, fix1, fix2 = rates
    for k in range(len(used)):
        g = float(used[k] - year.level[k])
        if m.price[k] > year.uneven[k]:
            g = float(used[k] - year.capacity[k])
        m.first[k] = 0.9 * m.first[k] + 0.1 * g
        m.second[k] = 0.99 * m.second[k] + 0.01 * g * g
        change = rate[k] * (m.first[k] / fix1) / (np.sqrt(m.second[k] / fix2) + 1e-12)
        m.price[k] = max(0.0, m.price[k] + change)


@compiled
def step_links(
    year: YearArrays,
    chosen: tuple[Array, Array, Array],
    span: tuple[int, int],
    rates: tuple[float, float, float],
    m: Moments,
) -> None:
    """Move the link prices of enterprises ``span[0]`` up to ``span[1]`` along their gradient; ``taken`` is cleared.

    Parameters
    ----------
    year
        Year.
    chosen
        Cheapest schedules (N,) and weeks (N, longest); links taken by the blocks (N, W), bool.
    span
        Which enterprises.
    rates
        Step; corrections of the first and second moment.
    m
        Prices and moments, shapes (N, W).
    """
    schedule, weeks, taken = chosen
    rate, fix1, fix2 = rates
    row = np.empty(taken.shape[1], np.float32)
    for i in range(span[0], span[1]):
        for w in range(taken.shape[1]):
            row[w] = -1.0 if taken[i, w] else 0.0
            taken[i, w] = False
        s = schedule[i]
        for j in range(year.first_visit[s + 1] - year.first_visit[s]):
            row[weeks[i, j]] += 1.0
        for w in range(taken.shape[1]):
            g = row[w]
            first = np.float32(0.9) * m.first[i, w] + np.float32(0.1) * g
            second = np.float32(0.99) * m.second[i, w] + np.float32(0.01) * g * g
            m.first[i, w], m.second[i, w] = first, second
            change = (
                np.float32(rate / fix1)
                * first
                / (np.sqrt(second * np.float32(1.0 / fix2)) + np.float32(1e-6))
            )
            m.price[i, w] = max(0.0, m.price[i, w] + change)
