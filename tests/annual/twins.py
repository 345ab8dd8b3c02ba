"""Plain Python twins of compiled kernels: the same sums, written as they are meant."""

from __future__ import annotations

import numpy as np

from riskplan.annual.arrays import YearArrays
from riskplan.annual.search_kernels import BEGIN, COST, LEVEL, LOAD, SLOPE, UNEVEN, WIDTH, Standing


def cell_cost(cell: np.ndarray, load: float) -> float:
    """Return what a cell costs at a load: a parabola over its width, then a slope, and the price above the even level."""
    over = max(0.0, load - cell[BEGIN])
    inside = min(over, cell[WIDTH])
    overload = cell[SLOPE] * (inside**2 / (2 * cell[WIDTH]) + (over - inside))
    return overload + cell[UNEVEN] * max(0.0, load - cell[LEVEL])


def kind_costs(year: YearArrays, now: Standing, kind: int) -> np.ndarray:
    """Return what one more visit of a kind costs in each week, cell by cell."""
    cells = year.families * year.weeks
    row = np.zeros(year.weeks)
    for line in range(year.first_line[kind], year.first_line[kind + 1]):
        f, amount = year.family[line], year.amount[line]
        for w in range(year.weeks):
            touched = [now.dense[f, :, w]] if year.dense[f] else []
            at = f * year.weeks + w
            touched += [
                now.extra[k - cells] for k in year.cover[year.first_cover[at] : year.first_cover[at + 1]]
            ]
            row[w] += sum(cell_cost(cell, cell[LOAD] + amount) - cell[COST] for cell in touched)
            row[w] += now.steer[f, w] * amount if year.dense[f] else 0.0
    return row


def total(year: YearArrays, now: Standing) -> float:
    """Return the cost of a plan as it is searched: patterns, cells, trips."""
    cells = sum(
        cell_cost(now.dense[f, :, w], now.dense[f, LOAD, w])
        for f in range(year.families)
        for w in range(year.weeks)
    )
    cells += sum(cell_cost(cell, cell[LOAD]) for cell in now.extra)
    tours = sum(int(year.table[year.first_table[c] + n]) for c, row in enumerate(now.in_cluster) for n in row)
    opened = sum(int(year.trip[t]) for t, row in enumerate(now.in_township) for n in row if n)
    return float(now.own.sum() + cells + tours + opened)
