"""Compiled search: who is where, what is used, and what one more visit costs. Ruin and recreate in ``ruin_kernels``.

A cell's cost is ``uneven x (load above the even level) + slope x h(load)`` where h rises as a parabola over ``width``
from ``begin`` to the capacity and linearly beyond: soft capacities while the slope is small, hard ones at ``HARD``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskplan.annual.arrays import YearArrays
from riskplan.annual.pricing_kernels import Priced, cheapest
from riskplan.compiled import draw, inlined, uncounted, vectorised

Array = Any
LOAD, COST, BEGIN, WIDTH, SLOPE, LEVEL, UNEVEN = 0, 1, 2, 3, 4, 5, 6
"""Columns of a cell: what it carries and costs now, where its cost begins, width of the parabola, slope beyond it, even
level and price above it."""
HARD = 1e13
"""Slope of a hard capacity; whatever costs so much is not done."""
BLINK = 0.4
"""Share of choices in which one week is not seen: without it the same neighbours come back to the same weeks."""
ATTEMPTS = 5
"""Weeks barred one after the other where visits that fit singly do not fit together; then at most one visit."""


class Standing(NamedTuple):
    """A plan while it is searched.

    Parameters
    ----------
    dense
        shape (F, 7, W), cells of family and week; the seven columns are named below.
    extra
        shape (E, 7), cells that cover several weeks.
    steer
        shape (F, W), added to a choice for each unit taken, not to its cost.
    random
        shape (1,), uint64, state of the generator.
    total
        shape (1,), float64, change of the plan's cost since it was empty.
    schedule, weeks, own
        shape (N,), (N, longest), (N,): chosen schedule (-1: none), weeks, and cost without what is shared.
    least
        shape (S,), no weeks cost less than that, constant included.
    in_cluster, in_township
        shape (C, W), (T, W), visits.
    join, open
        shape (C, W), (T, W), cost of one more visit's trip.
    priced
        Scratch of the pricing.
    rows
        shape (16, W), scratch: cost of one more visit of a kind.
    row_kind
        shape (16,), scratch.
    """

    dense: Array
    extra: Array
    steer: Array
    random: Array
    total: Array
    schedule: Array
    weeks: Array
    own: Array
    least: Array
    in_cluster: Array
    in_township: Array
    join: Array
    open: Array
    priced: Priced
    rows: Array
    row_kind: Array


@inlined
def cell_cost(cell: Array, load: float) -> float:
    """Return what a cell (its seven columns) costs at a load."""
    over, above = max(0.0, load - cell[BEGIN]), max(0.0, load - cell[LEVEL])
    inside = min(over, cell[WIDTH])
    bent = inside * inside / (2.0 * cell[WIDTH]) + over - inside
    return cell[SLOPE] * bent + cell[UNEVEN] * above


@uncounted
def cost_cells(now: Standing) -> None:
    """Refresh the cost of every cell."""
    families, _, weeks = now.dense.shape
    for f in range(families):
        for w in range(weeks):
            now.dense[f, COST, w] = cell_cost(now.dense[f, :, w], now.dense[f, LOAD, w])
    for e in range(len(now.extra)):
        now.extra[e, COST] = cell_cost(now.extra[e], now.extra[e, LOAD])


@inlined
def change_cell(cell: Array, amount: float) -> float:
    """Add an amount to a cell; returns what that costs more."""
    load = cell[LOAD] + amount
    cost = cell_cost(cell, load)
    more = cost - cell[COST]
    cell[LOAD], cell[COST] = load, cost
    return more


@inlined
def _change_trips(year: YearArrays, now: Standing, i: int, w: int, sign: int) -> None:
    c, t = year.cluster[i], year.township[i]
    first = year.first_table[c]
    n, m = now.in_cluster[c, w], now.in_township[t, w]
    now.total[0] += year.table[first + n + sign] - year.table[first + n]
    if m + sign == 0 or m == 0:
        now.total[0] += sign * year.trip[t]
    now.in_cluster[c, w], now.in_township[t, w] = n + sign, m + sign
    now.join[c, w] = year.table[first + n + sign + 1] - year.table[first + n + sign]
    now.open[t, w] = year.trip[t] if m + sign == 0 else 0


@uncounted
def change(year: YearArrays, now: Standing, i: int, sign: int) -> None:
    """Put an enterprise's pattern in (sign 1) or take it out (-1); ``total`` follows."""
    s = now.schedule[i]
    more = sign * now.own[i]
    weeks, cells = now.in_cluster.shape[1], len(year.first_cover) - 1
    for j, v in enumerate(range(year.first_visit[s], year.first_visit[s + 1])):
        w = now.weeks[i, j]
        for line in range(year.first_line[year.kind[v]], year.first_line[year.kind[v] + 1]):
            f, amount = year.family[line], float(sign * year.amount[line])
            more += change_cell(now.dense[f, :, w], amount)
            at = f * weeks + w
            for k in range(year.first_cover[at], year.first_cover[at + 1]):
                more += change_cell(now.extra[year.cover[k] - cells], amount)
        _change_trips(year, now, i, w, sign)
    now.total[0] += more


@vectorised
def _add_dense(cells: Array, steer: Array, amount: float, row: Array) -> None:
    """Add what ``amount`` of a family costs more in each week: its own cells (7, W), without branches."""
    for w in range(len(row)):
        after = cells[LOAD, w] + amount
        over = after - cells[BEGIN, w]
        over = over if over > 0.0 else 0.0
        inside = over if over < cells[WIDTH, w] else cells[WIDTH, w]
        above = after - cells[LEVEL, w]
        above = above if above > 0.0 else 0.0
        bent = inside * inside / (2.0 * cells[WIDTH, w]) + over - inside
        row[w] += cells[SLOPE, w] * bent + cells[UNEVEN, w] * above - cells[COST, w] + steer[w] * amount


@inlined
def kind_costs(year: YearArrays, now: Standing, kind: int, row: Array) -> None:
    """Write what one more visit of a kind costs in each week through the cells that it uses."""
    row[:] = 0.0
    cells = len(year.first_cover) - 1
    for line in range(year.first_line[kind], year.first_line[kind + 1]):
        f, amount = year.family[line], float(year.amount[line])
        if year.dense[f]:
            _add_dense(now.dense[f], now.steer[f], amount, row)
        for e in range(year.first_extra[f], year.first_extra[f + 1]):
            cell = now.extra[year.extra[e] - cells]
            more = cell_cost(cell, cell[LOAD] + amount) - cell[COST]
            if more != 0.0:
                for r in range(year.first_reach[e], year.first_reach[e + 1]):
                    row[year.reach[r]] += more


@uncounted
def add_four(a: Array, b: Array, c: Array, d: Array, total: Array) -> None:
    """Write the sum of four rows."""
    for w in range(len(total)):
        total[w] = a[w] + b[w] + c[w] + d[w]


@inlined
def _row_of(year: YearArrays, now: Standing, kind: int, known: int) -> tuple[int, int]:
    """Return where the costs of a kind stand in ``rows``, and how many rows are known now."""
    for k in range(known):
        if now.row_kind[k] == kind:
            return k, known
    at = min(known, len(now.row_kind) - 1)
    now.row_kind[at] = kind
    kind_costs(year, now, kind, now.rows[at])
    return at, at + 1


@inlined
def _choose(year: YearArrays, now: Standing, i: int, blind: tuple[int, int], most: int) -> None:
    """Choose the cheapest schedule and weeks of an enterprise as things stand.

    Parameters
    ----------
    year, now
        Year and plan; the enterprise is out.
    i
        Enterprise.
    blind
        Weeks that are not seen, -1 for none.
    most
        Visits of a schedule at most.
    """
    scratch = now.priced
    c, t, known = year.cluster[i], year.township[i], 0
    low, chosen = np.inf, -1
    for s in range(year.first_schedule[i], year.first_schedule[i + 1]):
        n = year.first_visit[s + 1] - year.first_visit[s]
        if n > most or (chosen >= 0 and now.least[s] >= low):
            continue
        for j, v in enumerate(range(year.first_visit[s], year.first_visit[s + 1])):
            at, known = _row_of(year, now, year.kind[v], known)
            cost = scratch.cost[j]
            add_four(year.node[v], now.rows[at], now.join[c], now.open[t], cost)
            for w in blind:
                if 0 <= w < len(cost):
                    cost[w] += HARD
        if n == 1:
            scratch.best[0] = np.argmin(scratch.cost[0])
            value = scratch.cost[0, scratch.best[0]] + year.constant[s]
        else:
            value = cheapest(year, s, 1, scratch) + year.constant[s]
        if value < low:
            low, chosen = value, s
            for j in range(n):
                now.weeks[i, j] = scratch.best[j]
    now.schedule[i] = chosen


@inlined
def _shortest(year: YearArrays, i: int) -> int:
    """Return the fewest visits in a schedule of an enterprise."""
    fewest = 1 << 30
    for s in range(year.first_schedule[i], year.first_schedule[i + 1]):
        fewest = min(fewest, year.first_visit[s + 1] - year.first_visit[s])
    return fewest


@uncounted
def place(year: YearArrays, now: Standing, i: int) -> None:
    """Give an enterprise the cheapest schedule and weeks as things stand, and put it in.

    Visits of one enterprise may fit singly and not together; then one of their weeks is barred and the choice repeated.
    """
    weeks, barred, most = now.in_cluster.shape[1], -1, now.weeks.shape[1]
    before = now.total[0]
    for attempt in range(ATTEMPTS + 1):
        blink = int(draw(now.random) * weeks / BLINK) if attempt < ATTEMPTS else -1
        _choose(year, now, i, (blink, barred), most)
        now.own[i] = own_cost(year, now, i)
        change(year, now, i, 1)
        s = now.schedule[i]
        n = year.first_visit[s + 1] - year.first_visit[s]
        if n < 2 or attempt == ATTEMPTS or now.total[0] - before < HARD / 2:
            return
        change(year, now, i, -1)
        now.total[0] = before
        barred = now.weeks[i, int(draw(now.random) * n)]
        if attempt == ATTEMPTS - 1 and _shortest(year, i) < 2:
            most, barred = 1, -1


@inlined
def own_cost(year: YearArrays, now: Standing, i: int) -> float:
    """Return what an enterprise's pattern costs without anything shared."""
    s = now.schedule[i]
    total, first = float(year.constant[s]), year.first_visit[s]
    for j in range(year.first_visit[s + 1] - first):
        w = now.weeks[i, j]
        total += year.node[first + j, w]
        if j:
            v, before = first + j, now.weeks[i, j - 1]
            total += year.arcs[year.arc_row[v], w - before]
            if year.season[v] >= 0:
                total += year.multiple[v] * year.curves[year.season[v], before, w]
    return total


@uncounted
def place_all(year: YearArrays, now: Standing, order: Array, keep: bool) -> None:
    """Put enterprises in, one after the other; with ``keep`` each keeps its pattern where that costs less than HARD.

    Parameters
    ----------
    year, now
        Year and an empty plan.
    order
        Enterprises.
    keep
        Whether patterns in ``schedule`` and ``weeks`` are tried first.
    """
    for i in order:
        if keep and now.schedule[i] >= 0:
            before = now.total[0]
            now.own[i] = own_cost(year, now, i)
            change(year, now, i, 1)
            if now.total[0] - before < HARD:
                continue
            change(year, now, i, -1)
            now.total[0] = before
        place(year, now, i)


@uncounted
def least_costs(year: YearArrays, scratch: Priced, least: Array) -> None:
    """Write what each schedule costs at least: its cheapest weeks alone, constant included."""
    for s in range(len(least)):
        for j, v in enumerate(range(year.first_visit[s], year.first_visit[s + 1])):
            for w in range(scratch.cost.shape[1]):
                scratch.cost[j, w] = year.node[v, w]
        least[s] = year.constant[s] + cheapest(year, s, 1, scratch)
