"""Years of the same kind that are small enough to be solved to proven optimality, and two ways to solve them.

They have 52 weeks like the large ones, but all except 9 to 20 are closed; caps are so tight that visits are moved and left
out. ``by_trying`` tries all patterns of all enterprises (with the cost so far as a bound); ``by_proof`` lists all patterns
and asks HiGHS for proven optimality (CP-SAT with one worker needed more than 30 s where HiGHS needs one). Neither shares
anything with the planner or with the models of its peers.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from benchmarks.annual.careful import first_fit
from benchmarks.annual.evaluate import LEAST_GAP, Data, Ints, Tables, base_of, evaluate, tables_of

WEEKS = 52
LOOSER = 1.15
"""Caps are raised by so much until the careful planner finds a plan, so that there is one."""


def make(seed: int, *, enterprises: int = 6, most: int = 4, loose: float = 1.0, variant: str = "A1") -> Data:
    """Return a small year that has a plan; same arguments, same instance.

    Parameters
    ----------
    seed
        Seed of all draws.
    enterprises
        Number of enterprises.
    most
        Most visits that an enterprise owes, 1, 2 or 4.
    loose
        Factor of all caps.
    variant
        The variant for which the careful planner is asked whether there is a plan.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    data = _enterprises(rng, enterprises, most)
    slack = loose * float(rng.uniform(0.8, 1.1))
    while True:
        tight = data | _caps(data, slack)
        verdict = evaluate(tight, first_fit(tight, variant), variant)
        if not verdict.violations:
            return tight
        slack *= LOOSER


def _enterprises(rng: np.random.Generator, n: int, most: int) -> Data:
    """Return everything but the caps."""
    towns, departments = 2 + (n > 20), int(rng.integers(2, 4))
    cells = np.repeat(np.arange(towns), 1 + int(rng.integers(1, 3)))
    visits = np.minimum(most, rng.choice([1, 2, 4], size=n, p=[0.65, 0.25, 0.1]))
    cell = rng.integers(0, len(cells), size=n)
    load = rng.integers(4, 20, size=(n, 4, departments)) * (rng.random((n, 4, departments)) < 0.7)
    load[..., 0] = np.maximum(load[..., 0], np.where(load.sum(axis=2) == 0, 5, 0))
    load[np.arange(4)[None, :] >= visits[:, None]] = 0
    risk = np.round(rng.uniform(0.5, 6.0, size=n), 2)
    elapsed = rng.integers(0, 70, size=n).astype(np.int16)
    age = elapsed.astype(np.float64)
    is_open = np.zeros(WEEKS, dtype=bool)
    is_open[rng.choice(WEEKS, size=int(rng.integers(8, 17)), replace=False)] = True
    is_open[[2, 15, 28, 41]] = True
    return {
        "n_visits": visits.astype(np.int8),
        "load": load.astype(np.int16),
        "risk": risk.astype(np.float32),
        "elapsed_weeks": elapsed,
        "tier": np.where(visits == 4, 0, np.where(visits == 2, 1, 2)).astype(np.int8),
        "township": cells[cell].astype(np.int16),
        "cell": cell.astype(np.int32),
        "cell_township": cells.astype(np.int16),
        "week_open": is_open,
        "opening_cost": np.int64(400),
        "uneven_cost": np.int64(5),
        "drop_penalty": np.rint(100 * (40 + 20 * risk)).astype(np.int64),
        "none_cost": np.rint(100 * risk * ((age + WEEKS) ** 2 - age**2) / 104).astype(np.int64),
    }


def _caps(data: Data, slack: float) -> Data:
    """Return the caps, slack times what an even year would need; a single visit always fits."""
    is_open, load = data["week_open"], data["load"].astype(np.int64)
    most, mean = load.max(axis=(0, 1)), load.sum(axis=(0, 1)) / is_open.sum()
    capacity = np.ceil(np.maximum(most, slack * mean)).astype(np.int64)[:, None] * is_open[None, :]
    towns = int(data["cell_township"].max()) + 1
    owed = np.bincount(data["township"], weights=data["n_visits"], minlength=towns)
    weekly = np.ceil(slack * owed / is_open.sum()).astype(np.int64)[:, None] * is_open[None, :]
    yearly = np.array([ceil(min(1.2, slack) * x) for x in owed.tolist()], dtype=np.int64)
    day = {"department_capacity": capacity, "even_level": capacity * 9 // 10}
    caps = day | {"township_week_cap": weekly, "township_year_cap": yearly}
    whole = {name: value.astype(np.int32) for name, value in caps.items()}
    return whole | {"base": np.int64(base_of(data, tables_of(data, "A1")))}


def by_proof(data: Data, variant: str, seconds: float = 120.0) -> tuple[int, Ints]:
    """Return the proven optimum above the base [units], as the evaluator counts it, and a plan that has it.

    Parameters
    ----------
    data
        Instance with a plan.
    variant
        ``A1`` or ``T``.
    seconds
        Wall time allowed for the proof.

    Raises
    ------
    RuntimeError
        If the proof was not found in time, or model and evaluator disagree.
    """
    tables = tables_of(data, variant)
    n = len(data["n_visits"])
    listed = [(i, *pattern) for i in range(n) for pattern in patterns(data, tables, i)]
    model = _Listed(data, listed)
    found = milp(
        model.cost,
        integrality=np.ones(len(model.cost)),
        bounds=Bounds(0, model.upper),
        constraints=model.rows(),
        options={"mip_rel_gap": 0, "time_limit": seconds},
    )
    if found.status != 0:
        raise RuntimeError(f"no proof in {seconds:g} s: {found.message}")
    plan = np.full((n, 4), -1, dtype=np.int64)
    for k in np.flatnonzero(found.x[: len(listed)] > 0.5).tolist():
        i, _, weeks = listed[k]
        plan[i, : len(weeks)] = weeks
    verdict = evaluate(data, plan, variant)
    whole = verdict.objective + verdict.base
    if verdict.violations or whole != round(found.fun) or whole != ceil(found.mip_dual_bound - 0.01):
        raise RuntimeError(f"model and evaluator disagree: {verdict}, {found.fun}, {found.mip_dual_bound}")
    return verdict.objective, plan


class _Listed:
    """All patterns as columns, then opened cell-weeks, then what exceeds the even levels."""

    def __init__(self, data: Data, listed: list[tuple[int, int, tuple[int, ...]]]) -> None:
        self.data = data
        cells, departments = len(data["cell_township"]), len(data["even_level"])
        over = data["department_capacity"].astype(np.int64)
        self.first = len(listed), len(listed) + cells * WEEKS
        opening = np.full(cells * WEEKS, int(data["opening_cost"]))
        uneven = np.full(departments * WEEKS, int(data["uneven_cost"]))
        self.cost = np.concatenate([[cost for _, cost, _ in listed], opening, uneven])
        self.upper = np.concatenate([np.ones(self.first[1]), over.ravel()])
        self.row: dict[tuple[object, ...], dict[int, int]] = {}
        for k, (i, _, weeks) in enumerate(listed):
            self.row.setdefault(("one", i), {})[k] = 1
            for j, w in enumerate(weeks):
                if w >= 0:
                    self._visit(k, i, j, w)

    def _visit(self, k: int, i: int, j: int, w: int) -> None:
        town, cell = int(self.data["township"][i]), int(self.data["cell"][i])
        link = self.row.setdefault(("link", i, w), {self.first[0] + cell * WEEKS + w: -1})
        link[k] = 1
        self.row.setdefault(("township_week_cap", town, w), {})[k] = 1
        year = self.row.setdefault(("township_year_cap", town), {})
        year[k] = year.get(k, 0) + 1
        for d in np.flatnonzero(self.data["load"][i, j]).tolist():
            amount, over = int(self.data["load"][i, j, d]), self.first[1] + d * WEEKS + w
            self.row.setdefault(("department_capacity", d, w), {})[k] = amount
            self.row.setdefault(("even_level", d, w), {over: -1})[k] = amount

    def rows(self) -> LinearConstraint:
        """Return the rows with their limits."""
        high = [
            1 if kind == "one" else 0 if kind == "link" else int(self.data[kind][tuple(place)])
            for kind, *place in self.row
        ]
        low = [1 if kind == "one" else -np.inf for kind, *_ in self.row]
        entries = [(r, k, a) for r, own in enumerate(self.row.values()) for k, a in own.items()]
        row, column, amount = (np.array(part) for part in zip(*entries, strict=True))
        shape = (len(self.row), len(self.cost))
        return LinearConstraint(csr_matrix((amount, (row, column)), shape=shape), low, high)


def patterns(data: Data, tables: Tables, i: int) -> list[tuple[int, tuple[int, ...]]]:
    """Return (cost, week of each ordinal or -1) of every pattern of an enterprise, the cheapest first."""
    n, penalty = int(data["n_visits"][i]), int(data["drop_penalty"][i])
    is_open, found = np.flatnonzero(data["week_open"]).tolist(), []
    for out in (None, *range(n)):
        kept = [j for j in range(n) if j != out]
        for weeks in combinations(is_open, len(kept)):
            gaps = [b - a for a, b in pairwise(weeks)]
            if any(g < LEAST_GAP[n] for g in gaps):
                continue
            cost = sum(int(tables.gap[i, g]) for g in gaps) + (0 if out is None else penalty)
            ends = (
                int(tables.first[i, weeks[0]] + tables.last[i, weeks[-1]]) if weeks else int(tables.none[i])
            )
            at = dict(zip(kept, weeks, strict=True))
            found.append((cost + ends, tuple(at.get(j, -1) for j in range(n))))
    return sorted(found)


class _Trying:
    """A depth-first search over the patterns of all enterprises; every cost only grows, so the cost so far is a bound."""

    def __init__(self, data: Data, variant: str) -> None:
        tables = tables_of(data, variant)
        self.data, self.variant, self.base = data, variant, base_of(data, tables)
        n = len(data["n_visits"])
        self.options = [patterns(data, tables, i) for i in range(n)]
        cheapest = [options[0][0] for options in self.options]
        self.rest = [sum(cheapest[i:]) for i in range(n + 1)]
        self.load = np.zeros(data["department_capacity"].shape, dtype=np.int64)
        self.visits = np.zeros(data["township_week_cap"].shape, dtype=np.int64)
        self.cells = np.zeros((len(data["cell_township"]), WEEKS), dtype=np.int64)
        self.weeks = np.full((n, 4), -1, dtype=np.int64)
        self.best = evaluate(data, first_fit(data, variant), variant).objective + self.base + 1

    def shared(self) -> int:
        """Return what openings and unevenness cost so far [units]."""
        over = np.maximum(self.load - self.data["even_level"], 0).sum()
        opened = (self.cells > 0).sum()
        return int(self.data["uneven_cost"] * over + self.data["opening_cost"] * opened)

    def turn(self, i: int, weeks: tuple[int, ...], sign: int) -> None:
        """Enter a pattern, or take it back."""
        for j, w in enumerate(weeks):
            if w >= 0:
                self.load[:, w] += sign * self.data["load"][i, j].astype(np.int64)
                self.visits[self.data["township"][i], w] += sign
                self.cells[self.data["cell"][i], w] += sign
            self.weeks[i, j] = w if sign > 0 else -1

    def lawful(self) -> bool:
        """Tell whether every cap holds so far."""
        d = self.data
        return bool(
            (self.load <= d["department_capacity"]).all()
            and (self.visits <= d["township_week_cap"]).all()
            and (self.visits.sum(axis=1) <= d["township_year_cap"]).all()
        )

    def go(self, i: int, own: int) -> None:
        """Try every pattern of enterprise i and of those after it; ``own`` is what those before it cost themselves."""
        if i == len(self.options):
            self.best, self.plan = own + self.shared(), self.weeks.copy()
            return
        for cost, weeks in self.options[i]:
            if own + cost + self.rest[i + 1] + self.shared() >= self.best:
                return
            self.turn(i, weeks, 1)
            if self.lawful() and own + cost + self.rest[i + 1] + self.shared() < self.best:
                self.go(i + 1, own + cost)
            self.turn(i, weeks, -1)


def by_trying(data: Data, variant: str) -> tuple[int, Ints]:
    """Return the optimum above the base [units] and a plan that has it, by trying every pattern of every enterprise."""
    trying = _Trying(data, variant)
    trying.go(0, 0)
    return trying.best - trying.base, trying.plan
