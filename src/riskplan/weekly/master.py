"""The linear programme over a week's columns: column generation, subset-row cuts, a bound summed in integers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from riskplan.weekly.arrays import Ints, WeekArrays
from riskplan.weekly.column_kernels import add_cuts, price_sets, violated_triples
from riskplan.weekly.columns import SCALE, Columns

Floats = npt.NDArray[np.float64]
ROUND = 300
"""Columns that one round adds at most."""
NARROW = 40_000
"""Sets of least price that rounds look at; all are looked at before a round is the last."""
CUTS, MOST_CUTS = 40, 300
"""Cuts that one round adds at most, and in all."""
WHOLE, SHAKE = 0.25, 0.1
"""A column this near to 1 is fixed at once; weights are shaken so much, so that dives differ."""
LEAST_CUT = 0.02
"""Least violation of a cut that is worth its row."""


@dataclass(frozen=True, eq=False)
class Duals:
    """Duals in 1/SCALE s, as integers: gain of a visit by class (n, K), of a class (K,), of a cut (Q,); and the bound."""

    gain: Ints
    classes: Ints
    cuts: Ints
    constant: int


@dataclass(eq=False)
class Master:
    """A restricted master; rows are visits, classes, caps, cuts.

    Parameters
    ----------
    week, columns
        Week and its columns.
    """

    week: WeekArrays
    columns: Columns
    triples: list[tuple[int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build the rows; every visit may be dropped."""
        week, solver = self.week, pywraplp.Solver.CreateSolver("GLOP")
        self.solver = solver
        self.counts = np.bincount(self.columns.class_of)
        self.day_of = np.zeros(len(self.counts), dtype=np.int64)
        self.day_of[self.columns.class_of] = week.day
        self.visit_rows = [solver.Constraint(1.0, 1.0) for _ in range(week.visits)]
        self.class_rows = [solver.Constraint(-solver.infinity(), float(k)) for k in self.counts]
        self.cap_rows = [solver.Constraint(-solver.infinity(), float(k)) for k in week.room]
        self.cut_rows: list[pywraplp.Constraint] = []
        solver.Objective().SetMinimization()
        for v, row in enumerate(self.visit_rows):
            drop = solver.NumVar(0.0, solver.infinity(), "")
            solver.Objective().SetCoefficient(drop, float(week.penalty[v]))
            row.SetCoefficient(drop, 1.0)
        self.taken: dict[tuple[int, int], pywraplp.Variable] = {}
        self.solved = False

    def add(self, s: int, c: int) -> None:
        """Offer a set to a class."""
        if (s, c) in self.taken:
            return
        x = self.solver.NumVar(0.0, self.solver.infinity(), "")
        self.taken[s, c] = x
        stops = self.columns.stops[s, : self.columns.size[s]].tolist()
        self.solver.Objective().SetCoefficient(x, float(self.columns.cost[s]) / SCALE)
        for v in stops:
            self.visit_rows[v].SetCoefficient(x, 1.0)
        self.class_rows[c].SetCoefficient(x, 1.0)
        for cap, amount in self._caps_used(stops, int(self.day_of[c])).items():
            self.cap_rows[cap].SetCoefficient(x, float(amount))
        inside = set(stops)
        for row, triple in zip(self.cut_rows, self.triples, strict=True):
            if len(inside.intersection(triple)) >= 2:
                row.SetCoefficient(x, 1.0)

    def _caps_used(self, stops: list[int], day: int) -> dict[int, int]:
        week, used = self.week, dict[int, int]()
        if len(week.room):
            for v in stops:
                at = v * week.days + day
                for e in range(int(week.first_cap[at]), int(week.first_cap[at + 1])):
                    used[int(week.cap[e])] = used.get(int(week.cap[e]), 0) + int(week.amount[e])
        return used

    def solve(self) -> Duals:
        """Solve the restricted programme; returns its duals, rounded to integers that keep their signs."""
        parameters = pywraplp.MPSolverParameters()
        parameters.SetIntegerParam(parameters.INCREMENTALITY, parameters.INCREMENTALITY_ON)
        self.solved = self.solver.Solve(parameters) == pywraplp.Solver.OPTIMAL
        return self._duals()

    def _duals(self) -> Duals:
        week = self.week

        def scaled(rows: list[pywraplp.Constraint]) -> Ints:
            return np.rint(SCALE * np.array([row.dual_value() for row in rows])).astype(np.int64)

        visits = np.minimum(scaled(self.visit_rows), SCALE * week.penalty)
        classes, caps, cuts = (
            np.minimum(0, scaled(r)) for r in (self.class_rows, self.cap_rows, self.cut_rows)
        )
        gain = np.repeat(visits[:, None], len(classes), axis=1)
        if len(week.room):
            paid = np.zeros((week.visits * week.days,), dtype=np.int64)
            owner = np.repeat(np.arange(len(paid)), np.diff(week.first_cap))
            np.add.at(paid, owner, week.amount * caps[week.cap])
            gain += paid.reshape(week.visits, week.days)[:, self.day_of]
        constant = int(visits.sum() + (self.counts * classes).sum() + (week.room * caps).sum() + cuts.sum())
        return Duals(gain, classes, cuts, constant)

    def priced(self, duals: Duals, which: Ints, below: int) -> tuple[Ints, Ints]:
        """Return reduced costs and best classes of some sets; cuts are counted for those below a limit."""
        prices, chosen = np.empty(len(which), dtype=np.int64), np.empty(len(which), dtype=np.int64)
        same = not len(self.week.room)
        price_sets(self.columns.arrays, which, duals.gain, duals.classes, same, (prices, chosen))
        if self.triples:
            add_cuts(
                self.columns.arrays, which, self.cut_table()[: len(duals.cuts)], duals.cuts, below, prices
            )
        return prices, chosen

    def cut_table(self) -> npt.NDArray[np.bool_]:
        """Return which visits each cut holds, shape (Q, n)."""
        table = np.zeros((len(self.triples), self.week.visits), dtype=np.bool_)
        for q, triple in enumerate(self.triples):
            table[q, list(triple)] = True
        return table

    def bound(self, duals: Duals, prices: Ints, chosen: Ints) -> int:
        """Return what duals prove [1/SCALE s]: their worth, minus what classes could still win."""
        least = np.zeros(len(self.counts), dtype=np.int64)
        np.minimum.at(least, chosen, prices)
        return duals.constant + int((self.counts * min(0, int(least.min()))).sum())

    def weights(self) -> list[tuple[int, int, float]]:
        """Return (set, class, value) of columns in the solution."""
        values = ((s, c, x.solution_value()) for (s, c), x in self.taken.items())
        return [(s, c, value) for s, c, value in values if value > 1e-6]

    def cut(self) -> int:
        """Add cuts that the solution breaks; returns how many."""
        chosen, room = self.weights(), MOST_CUTS - len(self.triples)
        if not chosen or room <= 0:
            return 0
        sets = np.array([s for s, _, _ in chosen])
        found = np.zeros((20_000, 3), dtype=np.int64), np.zeros(20_000)
        joint = np.zeros((self.week.visits, self.week.visits))
        values = np.array([value for _, _, value in chosen])
        count = violated_triples(
            values,
            self.columns.stops[sets].astype(np.int64),
            self.columns.size[sets],
            joint,
            LEAST_CUT,
            found,
        )
        best = np.argsort(-np.round(found[1][:count], 6), kind="stable")[: min(CUTS, room)]
        for triple in found[0][best].tolist():
            self._add_cut(tuple(triple))
        return len(best)

    def _add_cut(self, triple: tuple[int, int, int]) -> None:
        row = self.solver.Constraint(-self.solver.infinity(), 1.0)
        self.triples.append(triple)
        self.cut_rows.append(row)
        sets = np.array([s for s, _ in self.taken])
        inside = np.zeros(self.week.visits + 1, dtype=np.int64)
        inside[list(triple)] = 1
        filled = np.arange(self.columns.stops.shape[1])[None] < self.columns.size[sets][:, None]
        held = np.where(filled, self.columns.stops[sets], self.week.visits)
        for x, count in zip(self.taken.values(), inside[held].sum(axis=1).tolist(), strict=True):
            if count >= 2:
                row.SetCoefficient(x, 1.0)

    def grow(self, which: Ints, duals: Duals) -> tuple[int, Ints, Ints]:
        """Add the cheapest columns among some sets; returns how many, and the prices and classes of all of them."""
        prices, chosen = self.priced(duals, which, 0)
        below = np.flatnonzero(prices < -(SCALE // 100))
        best = below[np.argsort(prices[below], kind="stable")[:ROUND]]
        for i in best.tolist():
            self.add(int(which[i]), int(chosen[i]))
        return len(best), prices, chosen

    def dive(self, narrow: Ints, random: np.random.Generator) -> list[tuple[int, int]]:
        """Fix one column after the other until the solution is whole; returns (set, class) of the columns.

        Parameters
        ----------
        narrow
            Sets that may still enter.
        random
            Chooses among nearly whole columns: weights are shaken a little.
        """
        fixed: dict[tuple[int, int], None] = {}
        last: list[tuple[int, int]] = []
        while True:
            duals = self.solve()
            if not self.solved:  # several columns near 1 may be too many for one class or cap
                for key in last:
                    self.taken[key].SetLb(0.0)
                    del fixed[key]
                break
            open_ones = [(s, c, x) for s, c, x in self.weights() if (s, c) not in fixed]
            self.grow(narrow, duals)
            if not open_ones:
                break
            whole = [(s, c) for s, c, x in open_ones if x > 1 - WHOLE]
            shaken = [x + SHAKE * random.random() for _, _, x in open_ones]
            s, c, _ = open_ones[int(np.argmax(shaken))]
            last = whole or [(s, c)]
            for key in last:
                self.taken[key].SetLb(1.0)
                fixed[key] = None
        for key in fixed:
            self.taken[key].SetLb(0.0)
        return list(fixed)
