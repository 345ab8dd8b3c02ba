"""Small years solved outright: every pattern that a better plan could use, and CP-SAT over them.

A plan that is cheaper than the best known one can only use patterns whose cost under the prices exceeds the
enterprise's cheapest one by less than the gap between bound and plan. Where these are few, CP-SAT chooses among
them, and what it proves holds for all patterns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from riskplan.annual.arrays import Ints, YearArrays
from riskplan.annual.dual_kernels import spread_prices
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.prices import CellPrices
from riskplan.annual.standing import Measured, Pattern, measure

MOST_VISITS = 300
"""Owed visits of a county that is solved outright."""
MOST_PATTERNS = 4_000
WORK = 1.5
"""Deterministic time of CP-SAT at effort 1."""


@dataclass(frozen=True)
class Way:
    """One way to visit an enterprise: a schedule in some weeks at a cost without what is shared [units]."""

    i: int
    schedule: int
    weeks: tuple[int, ...]
    cost: int


def owed_visits(year: YearArrays) -> int:
    """Return the visits of every enterprise's first schedule, added up."""
    return int(np.diff(year.first_visit)[year.first_schedule[:-1]].sum()) if year.size else 0


def ways_within(year: YearArrays, prices: CellPrices, room: int) -> list[Way] | None:
    """Return every pattern whose priced cost is at most ``room`` above its enterprise's cheapest; None if too many.

    Parameters
    ----------
    year
        Year.
    prices
        Whole prices >= 0.
    room
        Cost of the best known plan less the bound [units].
    """
    table = np.zeros((year.families, year.weeks), dtype=np.int64)
    spread_prices(year, np.asarray(prices.cell), table)
    found: list[Way] = []
    for i in range(year.size):
        own = range(int(year.first_schedule[i]), int(year.first_schedule[i + 1]))
        lists = [_Listing(year, s, table, np.asarray(prices.link)[i]) for s in own]
        most = min(one.least for one in lists) + room
        for one in lists:
            for weeks, cost in one.within(most):
                found.append(Way(i, one.schedule, weeks, cost))
                if len(found) > MOST_PATTERNS:
                    return None
    return found


class _Listing:
    """Patterns of one schedule in the order of weeks, cut off by what the rest costs at least."""

    def __init__(self, year: YearArrays, s: int, table: Ints, link: Ints) -> None:
        self.schedule, self.constant = s, int(year.constant[s])
        visits = list(range(int(year.first_visit[s]), int(year.first_visit[s + 1])))
        self.node = [np.minimum(year.node[v], FORBIDDEN) for v in visits]
        self.paid = [_visit_price(year, v, table, link) for v in visits]
        self.arc = [_arcs(year, (s, v)) for v in visits[1:]]
        self.rest = [np.zeros(year.weeks, dtype=np.int64) for _ in visits]
        for j in range(len(visits) - 2, -1, -1):
            step = self.arc[j] + (self.node[j + 1] + self.paid[j + 1] + self.rest[j + 1])[None, :]
            self.rest[j] = np.minimum(step.min(axis=1), FORBIDDEN)
        self.least = self.constant
        if visits:
            self.least += int((self.node[0] + self.paid[0] + self.rest[0]).min())

    def within(self, most: int) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield (weeks, cost without prices) of every pattern whose priced cost is at most ``most``."""
        if not self.node:
            if self.constant <= most:
                yield (), self.constant
            return
        yield from self._go((), (self.constant, 0), most)

    def _go(
        self, weeks: tuple[int, ...], so_far: tuple[int, int], most: int
    ) -> Iterator[tuple[tuple[int, ...], int]]:
        j, (cost, paid) = len(weeks), so_far
        if j == len(self.node):
            yield weeks, cost
            return
        own = self.node[j] + (self.arc[j - 1][weeks[-1]] if weeks else 0)
        for w in np.flatnonzero(cost + paid + own + self.paid[j] + self.rest[j] <= most).tolist():
            yield from self._go((*weeks, w), (cost + int(own[w]), paid + int(self.paid[j][w])), most)


def _visit_price(year: YearArrays, v: int, table: Ints, link: Ints) -> Ints:
    lines = slice(int(year.first_line[year.kind[v]]), int(year.first_line[year.kind[v] + 1]))
    paid: Ints = link + (table[year.family[lines]] * year.amount[lines, None]).sum(axis=0)
    return paid


def _arcs(year: YearArrays, at: tuple[int, int]) -> Ints:
    """Return the cost between every two weeks of a gap before a visit, shape (n_weeks, n_weeks)."""
    s, v = at
    week = np.arange(year.weeks)
    step = week[None, :] - week[:, None]
    cost = np.where(step >= year.gap[s], year.arcs[year.arc_row[v]][np.maximum(step, 0)], FORBIDDEN)
    if year.season[v] >= 0:
        cost = np.minimum(cost + year.multiple[v] * year.curves[year.season[v]], FORBIDDEN)
    if year.clash[v] >= 0:
        cost = np.where(year.clashes[year.clash[v]], FORBIDDEN, cost)
    return cost


@dataclass(frozen=True)
class Outright:
    """What CP-SAT found: a plan, its cost, and what it proves of every plan [units]."""

    plan: Pattern
    cost: Measured
    bound: int


def solve_outright(
    year: YearArrays, prices: CellPrices, known: Pattern, bound: int, limit: tuple[float, float | None]
) -> Outright | None:
    """Return a plan at most as dear as the known one, proven as far as the work allows; None where there are too many ways.

    Parameters
    ----------
    year, prices
        Year and whole prices that prove ``bound``.
    known
        Best lawful plan.
    bound
        Proven bound [units].
    limit
        Deterministic time of CP-SAT, and seconds by the clock where there is such a limit.
    """
    cost = measure(year, known)
    ways = ways_within(year, prices, cost.total - bound)
    if ways is None:
        return None
    model = _Model(year, ways)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = limit[0]
    if limit[1] is not None:
        solver.parameters.max_time_in_seconds = limit[1]
    model.hint(known)
    status = solver.solve(model.model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Outright(known, cost, cost.total if status == cp_model.INFEASIBLE else bound)
    plan = model.plan(solver)
    found = measure(year, plan)
    if found.total > cost.total or found.over:
        plan, found = known, cost
    proven = found.total if status == cp_model.OPTIMAL else int(np.ceil(solver.best_objective_bound - 1e-6))
    return Outright(plan, found, max(bound, min(proven, found.total)))


class _Model:
    """CP-SAT: one way for each enterprise, cells within capacity, trips and unevenness paid."""

    def __init__(self, year: YearArrays, ways: list[Way]) -> None:
        self.year, self.ways, self.model = year, ways, cp_model.CpModel()
        self.chosen = [self.model.new_bool_var("") for _ in ways]
        self.cost: list[tuple[cp_model.IntVar, int]] = [
            (x, way.cost) for x, way in zip(self.chosen, ways, strict=True)
        ]
        self.counts: list[tuple[cp_model.IntVar, list[cp_model.IntVar]]] = []
        self.above: list[tuple[cp_model.IntVar, list[tuple[cp_model.IntVar, int]], int]] = []
        self.steps: list[tuple[list[cp_model.IntVar], list[int]]] = []
        by_enterprise: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for x, way in zip(self.chosen, ways, strict=True):
            by_enterprise[way.i].append(x)
        for own in by_enterprise.values():
            self.model.add_exactly_one(own)
        self._cells()
        self._trips()
        self.model.minimize(sum(x * c for x, c in self.cost))

    def _cells(self) -> None:
        year = self.year
        used: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for k, way in enumerate(self.ways):
            for j, w in enumerate(way.weeks):
                kind = year.kind[year.first_visit[way.schedule] + j]
                for line in range(year.first_line[kind], year.first_line[kind + 1]):
                    at, amount = int(year.family[line]) * year.weeks + w, int(year.amount[line])
                    extra = year.cover[year.first_cover[at] : year.first_cover[at + 1]].tolist()
                    for cell in (at, *extra):
                        used[cell][k] += amount
        for cell, takes in sorted(used.items()):
            self._cell(cell, [(self.chosen[k], amount) for k, amount in sorted(takes.items())])

    def _cell(self, cell: int, takes: list[tuple[cp_model.IntVar, int]]) -> None:
        year, most = self.year, sum(amount for _, amount in takes)
        load = sum(x * amount for x, amount in takes)
        capacity, level = int(year.capacity[cell]), int(year.level[cell])
        if most > capacity:
            self.model.add(load <= capacity)
        if year.uneven[cell] and most > level:
            above = self.model.new_int_var(0, most - level, "")
            self.model.add(above >= load - level)
            self.cost.append((above, int(year.uneven[cell])))
            self.above.append((above, takes, level))

    def _trips(self) -> None:
        year = self.year
        clusters: dict[tuple[int, int], list[int]] = defaultdict(list)
        for k, way in enumerate(self.ways):
            for w in way.weeks:
                clusters[int(year.cluster[way.i]), w].append(k)
        towns: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for (c, w), own in sorted(clusters.items()):
            steps = self._steps(c, own)
            towns[int(year.cluster_township[c]), w].append(steps[0])
        for (t, _), first in sorted(towns.items()):
            opened = self.model.new_bool_var("")
            self.model.add_max_equality(opened, first)
            self.cost.append((opened, int(year.trip[t])))
            self.counts.append((opened, first))

    def _steps(self, c: int, own: list[int]) -> list[cp_model.IntVar]:
        """Return variables: at least 1, 2, ... visits of a cluster in a week; each costs the table's next step."""
        year, table = self.year, int(self.year.first_table[c])
        most = min(len(own), len({self.ways[k].i for k in own}) * year.longest)
        steps = [self.model.new_bool_var("") for _ in range(most)]
        self.model.add(sum(steps) == sum(self.chosen[k] for k in own))
        for earlier, later in pairwise(steps):
            self.model.add_implication(later, earlier)
        for n, x in enumerate(steps):
            self.cost.append((x, int(year.table[table + n + 1] - year.table[table + n])))
        self.steps.append((steps, own))
        return steps

    def hint(self, known: Pattern) -> None:
        """Hint every variable with a known plan."""
        year, value = self.year, {}
        for x, way in zip(self.chosen, self.ways, strict=True):
            same = (
                known.schedule[way.i] == way.schedule
                and tuple(known.weeks[way.i, : len(way.weeks)]) == way.weeks
            )
            value[x.index] = int(same)
            self.model.add_hint(x, int(same))
        for steps, own in self.steps:
            count = sum(value[self.chosen[k].index] for k in own)
            for n, x in enumerate(steps):
                value[x.index] = int(n < count)
                self.model.add_hint(x, int(n < count))
        for opened, first in self.counts:
            self.model.add_hint(opened, max(value[x.index] for x in first))
        for above, takes, level in self.above:
            self.model.add_hint(above, max(0, sum(value[x.index] * a for x, a in takes) - level))
        assert year.size == len({way.i for way in self.ways}), (
            "every enterprise has its cheapest pattern at least"
        )

    def plan(self, solver: cp_model.CpSolver) -> Pattern:
        """Return the plan that the solver chose."""
        year = self.year
        schedule = year.first_schedule[1:] - 1
        weeks = np.zeros((year.size, year.longest), dtype=np.int64)
        for x, way in zip(self.chosen, self.ways, strict=True):
            if solver.value(x):
                schedule[way.i] = way.schedule
                weeks[way.i, : len(way.weeks)] = way.weeks
        return Pattern(schedule, weeks)
