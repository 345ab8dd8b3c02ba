"""A neighbourhood of a year plan as a CP-SAT model: some enterprises are free, everybody else stays where he is.

A free enterprise may take any of its listed patterns; capacities, clusters' trips and even levels are what the others
leave. The present plan is always among the patterns and is the hint of every variable.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from riskplan.annual.arrays import Ints, YearArrays
from riskplan.annual.dual_kernels import spread_prices
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.prices import CellPrices
from riskplan.annual.small import _Listing
from riskplan.annual.standing import Pattern

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Listed:
    """Patterns of one enterprise, the cheapest under the prices first.

    Parameters
    ----------
    schedule, cost, reduced
        shape (n,), schedule, cost without what is shared, priced cost above the cheapest [units].
    weeks
        shape (n, longest), -1 beyond the schedule's length.
    """

    schedule: Ints
    cost: Ints
    reduced: Ints
    weeks: Ints


class Patterns:
    """Patterns within a room of an enterprise's cheapest one; listed when asked for, then kept.

    Parameters
    ----------
    year, prices
        Year and prices >= 0.
    room
        Priced cost above the cheapest that is still of interest [units].
    most
        Patterns of one enterprise at most; the room is halved until they are so few.
    """

    def __init__(self, year: YearArrays, prices: CellPrices, room: int, most: int = 400) -> None:
        self.year, self.room, self.most = year, room, most
        whole = prices.rounded(1)
        self.table = np.zeros((year.families, year.weeks), dtype=np.int64)
        spread_prices(year, np.asarray(whole.cell), self.table)
        self.link = np.asarray(whole.link)
        self.known: dict[int, Listed] = {}

    def of(self, i: int) -> Listed:
        """Return the patterns of an enterprise."""
        if i not in self.known:
            self.known[i] = self._list(i)
        return self.known[i]

    def _list(self, i: int) -> Listed:
        year = self.year
        own = range(int(year.first_schedule[i]), int(year.first_schedule[i + 1]))
        lists = [_Listing(year, s, self.table, self.link[i]) for s in own]
        least, room = min(one.least for one in lists), self.room
        while True:
            found = self._within(lists, least + room)
            if found is not None:
                break
            room //= 2
        schedule, weeks, cost, paid = found
        reduced = cost + paid - least
        order = np.argsort(reduced, kind="stable")[: self.most]
        return Listed(schedule[order], cost[order], reduced[order], weeks[order])

    def _within(self, lists: list[_Listing], most: int) -> tuple[Ints, Ints, Ints, Ints] | None:
        rows, longest = [], self.year.longest
        for one in lists:
            for weeks, cost in one.within(most):
                paid = sum(int(one.paid[j][w]) for j, w in enumerate(weeks))
                rows.append((one.schedule, cost, paid, *weeks, *(-1,) * (longest - len(weeks))))
                if len(rows) > 4 * self.most:
                    return None
        table = np.array(rows, dtype=np.int64).reshape(-1, 3 + longest)
        return table[:, 0], table[:, 3:], table[:, 1], table[:, 2]


class Present:
    """A plan with what it uses: cells, visits of clusters."""

    def __init__(self, year: YearArrays, plan: Pattern) -> None:
        self.year, self.plan = year, plan.copy()
        self.length = np.diff(year.first_visit)
        self.cells = np.zeros(len(year.capacity), dtype=np.int64)
        self.in_cluster = np.zeros((len(year.cluster_township), year.weeks), dtype=np.int64)
        self.in_week = [
            [int(w) for w in plan.weeks[i, : self.length[s]]] for i, s in enumerate(plan.schedule)
        ]
        self.takes: dict[int, tuple[list[Ints], list[Ints]]] = {}
        for i in range(year.size):
            self.use(i, 1)

    def taken(self, v: int, w: int) -> tuple[Ints, Ints]:
        """Return which cells a visit of a schedule uses in a week, and how much of each."""
        kind = int(self.year.kind[v])
        if kind not in self.takes:
            self.takes[kind] = takes_of(self.year, kind)
        cells, amounts = self.takes[kind]
        return cells[w], amounts[w]

    def use(self, i: int, sign: int) -> None:
        """Put an enterprise's visits in (1) or take them out (-1)."""
        s = int(self.plan.schedule[i])
        for j, w in enumerate(self.in_week[i]):
            cells, amounts = self.taken(int(self.year.first_visit[s]) + j, w)
            self.cells[cells] += sign * amounts
            self.in_cluster[self.year.cluster[i], w] += sign

    def set(self, i: int, schedule: int, weeks: tuple[int, ...]) -> None:
        """Give an enterprise (taken out before) another pattern, without using it yet."""
        self.plan.schedule[i], self.in_week[i] = schedule, list(weeks)
        self.plan.weeks[i, : len(weeks)] = weeks


def takes_of(year: YearArrays, kind: int) -> tuple[list[Ints], list[Ints]]:
    """Return by week which cells a visit of a kind uses, and how much of each."""
    cells, amounts = [], []
    for w in range(year.weeks):
        used: dict[int, int] = defaultdict(int)
        for line in range(year.first_line[kind], year.first_line[kind + 1]):
            at, amount = int(year.family[line]) * year.weeks + w, int(year.amount[line])
            for cell in (at, *year.cover[year.first_cover[at] : year.first_cover[at + 1]].tolist()):
                used[cell] += amount
        cells.append(np.array(list(used), dtype=np.int64))
        amounts.append(np.array(list(used.values()), dtype=np.int64))
    return cells, amounts


@dataclass(frozen=True)
class Effort:
    """How hard CP-SAT tries: deterministic time, linearisation level."""

    work: float = 0.5
    linear: int = 1
    seed: int = 1


class Block:
    """Choose patterns for free enterprises while the rest stays.

    Parameters
    ----------
    present
        Plan; the free ones must be taken out of its use already.
    free
        Enterprises.
    patterns
        Where patterns come from.
    weeks
        shape (W,), weeks in which free visits may stand; where None all. The present pattern is always allowed.
    room
        Reduced cost up to which patterns are offered.
    """

    def __init__(
        self,
        present: Present,
        free: list[int],
        patterns: Patterns,
        room: int,
        weeks: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.present, self.year, self.model = present, present.year, cp_model.CpModel()
        self.variables: list[cp_model.IntVar] = []
        self.owner: list[int] = []
        self.schedule: list[int] = []
        self.at: list[tuple[int, ...]] = []
        self.hint: list[int] = []
        self.objective: list[tuple[cp_model.IntVar, int]] = []
        self.used: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.stops: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.now = 0
        for i in free:
            self._ways(i, patterns.of(i), room, weeks)
        self._cells()
        self._trips()
        self.model.minimize(
            cp_model.LinearExpr.weighted_sum([x for x, _ in self.objective], [c for _, c in self.objective])
        )

    def _variable(self, most: int, value: int) -> cp_model.IntVar:
        x = self.model.new_bool_var("") if most == 1 else self.model.new_int_var(0, most, "")
        self.model.add_hint(x, value)
        return x

    def _pay(self, x: cp_model.IntVar, cost: int, value: int) -> None:
        self.objective.append((x, cost))
        self.now += cost * value

    def _ways(self, i: int, listed: Listed, room: int, weeks: npt.NDArray[np.bool_] | None) -> None:
        year, present = self.year, self.present
        now = (int(present.plan.schedule[i]), tuple(present.in_week[i]))
        good = listed.reduced <= room
        if weeks is not None:
            good &= (weeks[listed.weeks] | (listed.weeks < 0)).all(axis=1)
        ways = [
            (
                int(listed.schedule[k]),
                tuple(w for w in listed.weeks[k].tolist() if w >= 0),
                int(listed.cost[k]),
            )
            for k in np.flatnonzero(good)
        ]
        if now not in {(s, w) for s, w, _ in ways}:
            ways.append((*now, own_cost(year, *now)))
        own = []
        for s, at, cost in ways:
            hint = int((s, at) == now)
            if not hint and not self._fits(s, at):
                continue
            x = self._variable(1, hint)
            k = len(self.variables)
            self.variables.append(x)
            self.owner.append(i)
            self.schedule.append(s)
            self.at.append(at)
            self.hint.append(hint)
            self._pay(x, cost, hint)
            own.append(x)
            self._take(k, s, at)
        self.model.add_exactly_one(own)

    def _fits(self, s: int, at: tuple[int, ...]) -> bool:
        year, present = self.year, self.present
        for j, w in enumerate(at):
            cells, amounts = present.taken(int(year.first_visit[s]) + j, w)
            if (present.cells[cells] + amounts > year.capacity[cells]).any():
                return False
        return True

    def _take(self, k: int, s: int, at: tuple[int, ...]) -> None:
        year, i = self.year, self.owner[k]
        takes: dict[int, int] = defaultdict(int)
        for j, w in enumerate(at):
            cells, amounts = self.present.taken(int(year.first_visit[s]) + j, w)
            for cell, amount in zip(cells.tolist(), amounts.tolist(), strict=True):
                takes[cell] += amount
            self.stops[int(year.cluster[i]), w][i].append(k)
        for cell, amount in takes.items():
            self.used[cell].append((k, amount))

    def _cells(self) -> None:
        year, cells = self.year, self.present.cells
        for cell, takes in sorted(self.used.items()):
            xs, amounts = [self.variables[k] for k, _ in takes], [a for _, a in takes]
            load = cp_model.LinearExpr.weighted_sum(xs, amounts)
            capacity, level = int(year.capacity[cell] - cells[cell]), int(year.level[cell] - cells[cell])
            if sum(amounts) > capacity:
                self.model.add(load <= capacity)
            if year.uneven[cell] and sum(amounts) > level:
                value = max(0, sum(a for k, a in takes if self.hint[k]) - level)
                above = self._variable(min(sum(amounts), capacity) - min(level, 0) + 1, value)
                self.model.add(above >= load - level)
                self._pay(above, int(year.uneven[cell]), value)

    def _trips(self) -> None:
        year, towns = self.year, defaultdict(list)
        for (c, w), by_owner in sorted(self.stops.items()):
            t = int(year.cluster_township[c])
            n0 = int(self.present.in_cluster[c, w])
            if n0 == 0 or year.table[year.first_table[c + 1] - 1] > year.table[year.first_table[c] + n0]:
                towns[t, w].append(self._steps(c, w, by_owner))
        first_cluster = np.searchsorted(year.cluster_township, np.arange(len(year.trip) + 1))
        for (t, w), steps in towns.items():
            visited = self.present.in_cluster[first_cluster[t] : first_cluster[t + 1], w].any()
            if year.trip[t] and not visited and steps:
                value = max(v for _, v in steps)
                opened = self._variable(1, value)
                for x, _ in steps:
                    self.model.add_implication(x, opened)
                self._pay(opened, int(year.trip[t]), value)

    def _steps(self, c: int, w: int, by_owner: dict[int, list[int]]) -> tuple[cp_model.IntVar, int]:
        """Return the variable "at least one visit of the cluster in the week" and its value."""
        year, n0 = self.year, int(self.present.in_cluster[c, w])
        table = year.table[year.first_table[c] + n0 : year.first_table[c + 1]]
        own = [k for ks in by_owner.values() for k in ks]
        count = sum(self.hint[k] for k in own)
        first = self._variable(1, int(count > 0))
        for ks in by_owner.values():
            for k in ks:
                self.model.add_implication(self.variables[k], first)
        most = min(len(by_owner), len(table) - 1)
        rises = np.diff(table[: most + 1])
        self._pay(first, int(rises[0]), int(count > 0))
        if (rises[1:] > 0).any():
            steps = [first, *(self._variable(1, int(count > n)) for n in range(1, most))]
            self.model.add(sum(steps) == sum(self.variables[k] for k in own))
            for earlier, later in pairwise(steps):
                self.model.add_implication(later, earlier)
            for n, x in enumerate(steps[1:], 1):
                self._pay(x, int(rises[n]), int(count > n))
        return first, int(count > 0)

    def solve(self, effort: Effort) -> tuple[int, int, str]:
        """Solve and write what is better into the plan; returns gain, proven gain at most, status."""
        solver = cp_model.CpSolver()
        p = solver.parameters
        p.num_workers, p.random_seed, p.max_deterministic_time = 1, effort.seed, effort.work
        p.linearization_level, p.cp_model_probing_level = effort.linear, 0
        status = solver.solve(self.model)
        name = solver.status_name(status)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return 0, self.now, name
        gain, most = self.now - round(solver.objective_value), self.now - round(solver.best_objective_bound)
        if gain > 0:
            for k, x in enumerate(self.variables):
                if solver.value(x):
                    self.present.set(self.owner[k], self.schedule[k], self.at[k])
        return max(gain, 0), most, name


def own_cost(year: YearArrays, s: int, weeks: tuple[int, ...]) -> int:
    """Return what a pattern costs without anything shared [units]."""
    total, first = int(year.constant[s]), int(year.first_visit[s])
    for j, w in enumerate(weeks):
        total += int(year.node[first + j, w])
        if j:
            v = first + j
            total += int(year.arcs[year.arc_row[v], w - weeks[j - 1]])
            if year.season[v] >= 0:
                total += int(year.multiple[v] * year.curves[year.season[v], weeks[j - 1], w])
    assert total < FORBIDDEN
    return total
