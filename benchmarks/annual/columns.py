"""The whole year as one mixed-integer model, for the solvers that are the planner's peers.

An enterprise is a path through its visits and weeks: a *node* (ordinal, whether one was left out before, week) and an *arc*
between two of them. That is the model of all patterns, without listing them one by one: no pattern is missing, so the
optimum is the optimum of the instance. Nodes link to the opened cell-weeks one by one and carry the loads. Costs come from
the definitions in ``evaluate``; ``base`` is not subtracted here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

from benchmarks.annual.evaluate import LEAST_GAP, Data, Floats, Ints, Tables, tables_of, weeks_in


@dataclass(frozen=True)
class Model:
    """Minimise ``cost @ x + offset`` subject to ``low <= rows @ x <= high``, 0 <= x <= upper, x whole.

    Parameters
    ----------
    cost, upper
        shape (n_columns,), int64.
    rows, low, high
        Sparse rows and their limits.
    offset
        Constant cost [units].
    node, owner, ordinal, week
        Columns that are visits, and whose, which and when they are.
    """

    cost: Ints
    upper: Ints
    rows: csr_matrix
    low: Floats
    high: Floats
    offset: int
    node: Ints
    owner: Ints
    ordinal: Ints
    week: Ints

    def weeks_of(self, x: Floats) -> Ints:
        """Return weeks, shape (n, 4), of a solution."""
        plan = np.full((int(self.owner.max()) + 1, 4), -1, dtype=np.int64)
        made = x[self.node] > 0.5
        plan[self.owner[made], self.ordinal[made]] = self.week[made]
        return plan


@dataclass
class _Builder:
    """Columns and entries of rows, gathered in pieces."""

    columns: int = 0
    rows: int = 0
    cost: list[Ints] = field(default_factory=list)
    upper: list[Ints] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    limits: list[tuple[Floats, Floats]] = field(default_factory=list)
    nodes: list[tuple[Ints, Ints, Ints, Ints]] = field(default_factory=list)

    def add(self, cost: Ints, upper: Ints | int = 1) -> Ints:
        """Add columns; returns their numbers in the shape of ``cost``."""
        new = self.columns + np.arange(cost.size, dtype=np.int64).reshape(cost.shape)
        self.columns += cost.size
        self.cost.append(cost.ravel())
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=np.int64), cost.shape).ravel())
        return new

    def limit(self, shape: tuple[int, ...], low: Floats | float, high: Floats | float) -> Ints:
        """Add rows; returns their numbers in the given shape."""
        new = self.rows + np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
        self.rows += new.size
        self.limits.append((np.broadcast_to(low, shape).ravel(), np.broadcast_to(high, shape).ravel()))
        return new

    def enter(self, rows: Ints, columns: Ints, amount: Ints | int) -> None:
        """Enter amounts; the arguments are broadcast against each other; zeros are left out."""
        r, c, a = np.broadcast_arrays(rows, columns, np.asarray(amount, dtype=np.int64))
        some = a != 0
        self.entries.append((r[some], c[some], a[some]))


def build(data: Data, variant: str) -> Model:
    """Return the model of an instance.

    Parameters
    ----------
    data
        Instance.
    variant
        ``A1`` or ``T``.
    """
    tables, b = tables_of(data, variant), _Builder()
    for n in sorted(set(data["n_visits"].tolist())):
        _paths(b, data, tables, np.flatnonzero(data["n_visits"] == n), int(n))
    node, owner, ordinal, week = (np.concatenate(part) for part in zip(*b.nodes, strict=True))
    _couple(b, data, (node, owner, ordinal, week))
    row, column, amount = (np.concatenate(part) for part in zip(*b.entries, strict=True))
    low, high = (np.concatenate(part).astype(np.float64) for part in zip(*b.limits, strict=True))
    rows = csr_matrix((amount.astype(np.float64), (row, column)), shape=(b.rows, b.columns))
    cost, upper = np.concatenate(b.cost), np.concatenate(b.upper)
    return Model(cost, upper, rows, low, high, 0, node, owner, ordinal, week)


def _states(n: int) -> list[tuple[int, int]]:
    """Return (ordinal, 1 if one was left out before it)."""
    return [(j, f) for j in range(n) for f in (0, 1) if f == 0 or j > 0]


def _paths(b: _Builder, data: Data, tables: Tables, who: Ints, n: int) -> None:
    """Add nodes, arcs and flow rows of the enterprises that owe n visits."""
    week = np.flatnonzero(data["week_open"])
    penalty, shape = data["drop_penalty"][who].astype(np.int64)[:, None], (len(who), len(week))
    first, last = tables.first[who][:, week], tables.last[who][:, week]
    choose, node, inflow = b.limit((len(who),), 1.0, 1.0), {}, {}
    for j, f in _states(n):
        start, end = (j, f) in {(0, 0), (1, 1)}, j == n - 1
        cost = np.zeros(shape, dtype=np.int64) + (first if start else 0) + (last if end else 0)
        node[j, f] = b.add(cost + (penalty if (j, f) == (1, 1) else 0))
        b.nodes.append(tuple(np.broadcast_arrays(node[j, f], who[:, None], j, week[None, :])))
        if start:
            b.enter(choose[:, None], node[j, f], 1)
        else:
            inflow[j, f] = b.limit(shape, 0.0, 0.0)
            b.enter(inflow[j, f], node[j, f], -1)
    if n == 1:
        b.enter(choose, b.add(tables.none[who] + penalty[:, 0]), 1)
    for (j, f), visits in node.items():
        if j == n - 1:
            continue
        out = b.limit(shape, 0.0, 0.0)
        b.enter(out, visits, -1)
        _leave(b, (j, f), (out, inflow), (tables.gap[who], last, penalty), (n, week))
    b.nodes[:] = [tuple(part.ravel() for part in piece) for piece in b.nodes]


def _leave(
    b: _Builder,
    state: tuple[int, int],
    flow: tuple[Ints, dict[tuple[int, int], Ints]],
    costs: tuple[Ints, Ints, Ints],
    kind: tuple[int, Ints],
) -> None:
    """Add the arcs that leave a state: to the next visit, past one that is left out, to the end without the last."""
    (j, f), (out, inflow), (gap, last, penalty), (n, week) = state, flow, costs, kind
    a, z = np.nonzero(week[None, :] - week[:, None] >= LEAST_GAP[n])
    price = gap[:, week[z] - week[a]]
    ways = [((j + 1, f), 0)] + ([((j + 2, 1), 1)] if f == 0 and j + 2 < n else [])
    for target, missing in ways:
        arc = b.add(price + missing * penalty)
        b.enter(out[:, a], arc, 1)
        b.enter(inflow[target][:, z], arc, 1)
    if f == 0 and j == n - 2:
        b.enter(out, b.add(last + penalty), 1)


def _couple(b: _Builder, data: Data, nodes: tuple[Ints, Ints, Ints, Ints]) -> None:
    """Add opened cell-weeks, department-weeks with their unevenness, and townships' weeks and years."""
    node, owner, ordinal, week = nodes
    weeks, cells = weeks_in(data), len(data["cell_township"])
    opened = b.add(np.full((cells, weeks), int(data["opening_cost"]), dtype=np.int64))
    pair, where = np.unique(owner * weeks + week, return_inverse=True)
    link = b.limit((len(pair),), -np.inf, 0.0)
    b.enter(link[where], node, 1)
    b.enter(link, opened[data["cell"][pair // weeks], pair % weeks], -1)
    level, cap = data["even_level"].astype(np.int64), data["department_capacity"].astype(np.int64)
    over = b.add(np.full(level.shape, int(data["uneven_cost"]), dtype=np.int64), cap - level)
    department = b.limit(level.shape, -np.inf, level.astype(np.float64))
    b.enter(department, over, -1)
    for d in range(len(level)):
        b.enter(department[d, week], node, data["load"][owner, ordinal, d].astype(np.int64))
    town = data["township"][owner]
    by_week = data["township_week_cap"].astype(np.float64)
    b.enter(b.limit(by_week.shape, -np.inf, by_week)[town, week], node, 1)
    by_year = data["township_year_cap"].astype(np.float64)
    b.enter(b.limit(by_year.shape, -np.inf, by_year)[town], node, 1)
