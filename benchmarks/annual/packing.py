"""Where the year's gap sits: parts of the gap, the bound with a plan's openings, and windows solved to proof.

Usage: ``python -m benchmarks.annual.packing FOLDER [--instance a1_1000_0] [--variant A1] [--effort 2] [--windows 10:2]``.
A window ``10:2`` frees the only visits of enterprises that the plan has in two weeks from week 10 on; all else stays. Its
linear relaxation keeps what the bound of the product keeps, so proven optimum minus relaxation is gap of the *bound* alone.
See docs/decisions/0015-stronger-bounds.md.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import coo_array

from benchmarks.annual.a1 import arrays_of, load
from benchmarks.annual.evaluate import Data, Ints, base_of, tables_of
from riskplan.annual.arrays import YearArrays
from riskplan.annual.dual_kernels import gather_use
from riskplan.annual.engine import solve_arrays
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.prices import Ascent, CellPrices, Pricer
from riskplan.annual.pricing_kernels import price_trips
from riskplan.annual.standing import Pattern
from riskplan.progress import Stop

LATER_SIZES = (0.5, 0.005)
"""Size of the first and last step of the ascent that has openings fixed."""


@dataclass(frozen=True)
class Visits:
    """The visits of a plan, one entry each: enterprise, visit of its schedule, week, week of the one before (-1: none)."""

    who: Ints
    visit: Ints
    week: Ints
    before: Ints


def visits_of(year: YearArrays, plan: Pattern) -> Visits:
    """Return the visits of a plan, by enterprise and in order."""
    rows = [
        (i, year.first_visit[s] + j, plan.weeks[i, j], plan.weeks[i, j - 1] if j else -1)
        for i, s in enumerate(plan.schedule)
        for j in range(year.first_visit[s + 1] - year.first_visit[s])
    ]
    return Visits(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)


def loads_of(year: YearArrays) -> Ints:
    """Return what each kind of visit takes of each family, shape (n_kinds, F)."""
    loads = np.zeros((len(year.first_line) - 1, year.families), dtype=np.int64)
    kind = np.repeat(np.arange(len(loads)), np.diff(year.first_line))
    np.add.at(loads, (kind, year.family), year.amount)
    return loads


def opened_by(year: YearArrays, visits: Visits) -> npt.NDArray[np.bool_]:
    """Return which clusters are opened in which weeks, shape (C, W)."""
    opened = np.zeros((len(year.cluster_township), year.weeks), dtype=bool)
    opened[year.cluster[visits.who], visits.week] = True
    return opened


def parts_of_gap(year: YearArrays, plan: Pattern, prices: CellPrices) -> dict[str, int]:
    """Return what a plan loses against the bound of prices, part by part; the parts add up to the gap [units].

    Parameters
    ----------
    year, plan
        Year and lawful plan.
    prices
        Prices >= 0.

    Returns
    -------
    dict
        ``patterns``: dearer weeks than each enterprise's cheapest under the prices; ``unused``: priced capacity that is
        left over; ``openings``: trips dearer than the blocks of the bound think.
    """
    pricer = Pricer(year, np.float64)
    pricer.price(prices, 1, map)
    visits, loads = visits_of(year, plan), loads_of(year)
    cost = year.constant[plan.schedule].sum() + year.node[visits.visit, visits.week].sum()
    later = visits.before >= 0
    rows = year.arc_row[visits.visit[later]]
    cost = float(cost + year.arcs[rows, (visits.week - visits.before)[later]].sum())
    used = np.zeros((year.families, year.weeks), dtype=np.int64)
    np.add.at(used.T, visits.week, loads[year.kind[visits.visit]])
    links = prices.link[visits.who, visits.week].sum()
    cost += links + (used * pricer.by_family).sum()
    cells = np.zeros(len(year.capacity), dtype=np.int64)
    gather_use(year, used, cells)
    over = np.maximum(0, cells - year.level)
    beyond = np.maximum(0, prices.cell - year.uneven) * (year.capacity - year.level)
    unused = (prices.cell * (year.level - cells) + beyond + year.uneven * over).sum()
    taken = np.zeros((year.size, year.weeks), dtype=bool)
    blocks = price_trips(year, pricer.places, prices.link, (0, len(year.trip), 1), taken)
    trips = trips_cost(year, visits)
    parts = {
        "patterns": cost - pricer.found.value.sum(),
        "unused": unused,
        "openings": trips - links - blocks,
    }
    return {name: round(float(value)) for name, value in parts.items()}


def trips_cost(year: YearArrays, visits: Visits) -> int:
    """Return what the trips of a plan cost [units]."""
    opened = opened_by(year, visits)
    count = np.zeros(opened.shape, dtype=np.int64)
    np.add.at(count, (year.cluster[visits.who], visits.week), 1)
    township = np.zeros((len(year.trip), year.weeks), dtype=bool)
    township[year.township[visits.who], visits.week] = True
    tables = year.table[year.first_table[:-1, None] + count].sum()
    return int(tables + (township * year.trip[:, None]).sum())


def bound_with_openings(year: YearArrays, plan: Pattern, prices: CellPrices, steps: int) -> float:
    """Return a bound on the plans that open no other cluster-weeks than this one [units].

    Parameters
    ----------
    year, plan
        Year whose trips cost the same for any number of visits, and plan.
    prices
        Where the ascent begins.
    steps
        Steps of the ascent.
    """
    visits = visits_of(year, plan)
    opened = opened_by(year, visits)
    owner = np.repeat(np.arange(year.size), np.diff(year.first_schedule))
    cluster = year.cluster[np.repeat(owner, np.diff(year.first_visit))]
    shut = year._replace(
        node=np.where(opened[cluster], year.node, FORBIDDEN),
        table=np.zeros_like(year.table),
        trip=np.zeros_like(year.trip),
    )
    ascent = Ascent(shut, CellPrices(prices.cell, np.zeros_like(prices.link)))
    first, last = LATER_SIZES
    for k in range(steps):
        ascent.step(first * (last / first) ** (k / steps), map)
    return ascent.best_bound + trips_cost(year, visits)


@dataclass
class Rows:
    """A linear model in whole numbers: ``low <= row <= high``, variables from 0 to ``top``, cost to be least."""

    cost: list[int] = field(default_factory=list)
    top: list[int] = field(default_factory=list)
    now: list[int] = field(default_factory=list)
    rows: list[tuple[int, int, list[tuple[int, int]]]] = field(default_factory=list)

    def variable(self, cost: int, top: int, now: int) -> int:
        """Return the number of a new variable; ``now`` is its value in the plan."""
        self.cost.append(cost)
        self.top.append(top)
        self.now.append(now)
        return len(self.cost) - 1

    def relaxed(self) -> float:
        """Return the least cost of the linear relaxation."""
        entries = [(r, j, a) for r, (_, _, row) in enumerate(self.rows) for j, a in row]
        r, j, a = np.array(entries, dtype=np.int64).T
        matrix = coo_array((a, (r, j)), shape=(len(self.rows), len(self.cost))).tocsr()
        low, high = (np.array([row[k] for row in self.rows], dtype=np.float64) for k in (0, 1))
        same = low == high
        bounds = [(0, t) for t in self.top]
        found = linprog(self.cost, matrix[~same], high[~same], matrix[same], high[same], bounds)
        return float(found.fun)

    def solved(self, work: float) -> tuple[int, int]:
        """Return the least cost found by CP-SAT, and what it proves, in a deterministic amount of work."""
        model = cp_model.CpModel()
        x = [model.new_int_var(0, t, "") for t in self.top]
        for low, high, row in self.rows:
            model.add_linear_constraint(sum(a * x[j] for j, a in row), low, high)
        for variable, value in zip(x, self.now, strict=True):
            model.add_hint(variable, value)
        model.minimize(sum(c * v for c, v in zip(self.cost, x, strict=True)))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = work
        solver.solve(model)
        return round(solver.objective_value), round(solver.best_objective_bound)


@dataclass(frozen=True)
class Window:
    """Visits that are free in some weeks while all others stay.

    Parameters
    ----------
    who, visit
        shape (n,), free enterprises, each with its only visit.
    weeks
        Weeks of the window.
    used
        shape (F, W), what the visits that stay take.
    opened
        shape (C, W), cluster-weeks that the visits that stay open.
    now
        shape (n,), week of each in the plan.
    """

    who: Ints
    visit: Ints
    weeks: list[int]
    used: Ints
    opened: npt.NDArray[np.bool_]
    now: Ints


def window_of(year: YearArrays, plan: Pattern, owed: Ints, weeks: list[int]) -> Window:
    """Return the window of some weeks; ``owed`` is the number of visits owed by each enterprise."""
    visits = visits_of(year, plan)
    free = (owed[visits.who] == 1) & np.isin(visits.week, weeks)
    stay = Visits(visits.who[~free], visits.visit[~free], visits.week[~free], visits.before[~free])
    used = np.zeros((year.families, year.weeks), dtype=np.int64)
    np.add.at(used.T, stay.week, loads_of(year)[year.kind[stay.visit]])
    opened = opened_by(year, stay)
    return Window(visits.who[free], visits.visit[free], weeks, used, opened, visits.week[free])


def model_of(year: YearArrays, window: Window) -> Rows:
    """Return the window as a model: a literal for each visit and week and for each cluster-week not yet open."""
    rows, loads = Rows(), loads_of(year)[year.kind[window.visit]]
    cost = year.node[window.visit]
    lowest = cost[:, window.weeks].min(axis=1)
    cluster = year.cluster[window.who]
    place: dict[tuple[int, int], int] = {}
    for k in range(len(window.who)):
        for w in window.weeks:
            if cost[k, w] < FORBIDDEN:
                place[k, w] = rows.variable(int(cost[k, w] - lowest[k]), 1, int(window.now[k] == w))
        rows.rows.append((1, 1, [(place[k, w], 1) for w in window.weeks if (k, w) in place]))
    for w in window.weeks:
        for c in np.unique(cluster).tolist():
            members = [place[k, w] for k in np.flatnonzero(cluster == c).tolist() if (k, w) in place]
            _opening(rows, year, window, (c, w), members)
        _cells(rows, year, window, w, [(place[k, w], loads[k]) for k in range(len(loads)) if (k, w) in place])
    return rows


def _opening(rows: Rows, year: YearArrays, window: Window, at: tuple[int, int], members: list[int]) -> None:
    """Add a cluster-week: each visit needs it, and all together at most the township's cap."""
    c, w = at
    if window.opened[at] or not members:
        return
    trip = int(year.table[year.first_table[c] + 1])
    most = int(year.most[year.cluster_township[c], w])
    opening = rows.variable(trip, 1, int(any(rows.now[m] for m in members)))
    rows.rows += [(-1, 0, [(m, 1), (opening, -1)]) for m in members]
    rows.rows.append((-len(members) - most, 0, [*((m, 1) for m in members), (opening, -most)]))


def _cells(rows: Rows, year: YearArrays, window: Window, w: int, literals: list[tuple[int, Ints]]) -> None:
    """Add the capacities of a week, and what is paid above the even level."""
    for f in range(year.families):
        entries = [(j, int(load[f])) for j, load in literals if load[f]]
        if not entries:
            continue
        k, used = f * year.weeks + w, int(window.used[f, w])
        level, capacity = int(year.level[k]), int(year.capacity[k])
        start = max(level, used)
        now = max(0, used + sum(a * rows.now[j] for j, a in entries) - start)
        over = rows.variable(int(year.uneven[k]), capacity - start, now)
        rows.rows.append((-(1 << 30), start - used, [*entries, (over, -1)]))


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of a1_*.npz")
    parser.add_argument("--instance", default="a1_1000_0")
    parser.add_argument("--variant", choices=("A1", "T"), default="A1")
    parser.add_argument("--effort", type=float, default=2.0, help="effort of the plan")
    parser.add_argument("--steps", type=int, default=1500, help="steps of the ascent with openings fixed")
    parser.add_argument("--windows", nargs="*", default=[], help="first week:number of weeks")
    parser.add_argument("--work", type=float, default=20.0, help="work of CP-SAT for each window")
    return parser.parse_args()


def main() -> None:
    """Print the parts of the gap, the bound with the plan's openings, and the windows."""
    given = arguments()
    data: Data = load(given.folder / f"{given.instance}.npz")
    year = arrays_of(data, given.variant)
    base = base_of(data, tables_of(data, given.variant))
    found: Any = solve_arrays(year, stop=Stop(effort=given.effort))
    plan, bound = found.cost.total - base, found.bound - base
    print(f"{given.instance} {given.variant}: plan {plan}, bound {bound}, gap {1 - bound / plan:.1%}")
    print("parts:", parts_of_gap(year, found.plan, found.prices))
    opened = bound_with_openings(year, found.plan, found.prices, given.steps)
    print(f"bound with the plan's openings: {opened - base:.0f}", flush=True)
    for text in given.windows:
        first, length = map(int, text.split(":"))
        window = window_of(year, found.plan, data["n_visits"], list(range(first, first + length)))
        rows = model_of(year, window)
        now = sum(c * v for c, v in zip(rows.cost, rows.now, strict=True))
        least, proven = rows.solved(given.work)
        line = f"weeks {text}: {len(window.who)} visits, plan {now}, found {least}, proven {proven}"
        print(f"{line}, relaxed {rows.relaxed():.0f}", flush=True)


if __name__ == "__main__":
    main()
