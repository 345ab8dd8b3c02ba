"""Instances ``a1_N_seed.npz`` as ``YearArrays``: variant ``A1`` as it stands, variant ``T`` with the terminal cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from riskplan.annual.arrays import NO_LIMIT, YearArrays
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.standing import Pattern

Ints = npt.NDArray[np.int64]
WEEKS = 52


def load(path: Path) -> dict[str, Ints]:
    """Return the arrays of an instance."""
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def risk_of(data: dict[str, Ints]) -> npt.NDArray[np.float64]:
    """Return the risks: two decimals that are stored as float32; only so is the stored ``base`` met exactly."""
    return np.round(data["risk"].astype(np.float64), 2)


def end_cost(risk: npt.NDArray[np.float64], age: npt.NDArray[np.float64], n: Ints, variant: str) -> Ints:
    """Return the cost of the age left at the end; ``n`` is the number of visits owed."""
    if variant == "A1":
        return np.rint(100 * risk * age**2 / 104).astype(np.int64)
    tau = 52 / n
    early = np.rint(100 * risk * 2 * tau * age / 104)
    late = np.rint(100 * risk * (age**2 + tau**2) / 104)
    return np.where(age <= tau, early, late).astype(np.int64)


def schedules_of(n: int) -> list[tuple[int, ...]]:
    """Return which ordinals each schedule visits: all, then all but one."""
    everyone = tuple(range(n))
    return [everyone, *(tuple(j for j in everyone if j != out) for out in everyone)]


def visits_of(data: dict[str, Ints], variant: str) -> dict[str, list[Any]]:
    """Return schedules and visits of an instance, one list each."""
    n, risk = data["n_visits"].astype(np.int64), risk_of(data)
    age, week = data["elapsed_weeks"].astype(np.float64), np.arange(WEEKS, dtype=np.float64)
    moved = (age[:, None] + week) ** 2 - age[:, None] ** 2
    first = np.rint(100 * risk[:, None] * moved / 104).astype(np.int64)
    last = end_cost(risk[:, None], 52 - week[None, :], n[:, None], variant)
    late = end_cost(risk, age + 52, n, variant)
    none = data["none_cost"].astype(np.int64) if variant == "A1" else late
    rows: dict[str, list[Any]] = {
        k: [] for k in ("count", "constant", "gap", "left_out", "node", "arc", "lines")
    }
    for i in range(len(n)):
        for ordinals in schedules_of(int(n[i])):
            missing = int(n[i]) - len(ordinals)
            rows["count"].append(len(ordinals))
            rows["constant"].append((0 if ordinals else none[i]) + missing * data["drop_penalty"][i])
            rows["gap"].append({1: 1, 2: 12, 4: 6}[int(n[i])])
            rows["left_out"].append(missing)
            for k, j in enumerate(ordinals):
                cost = (first[i] if k == 0 else 0) + (last[i] if k == len(ordinals) - 1 else 0)
                rows["node"].append(np.where(data["week_open"], cost, FORBIDDEN))
                rows["arc"].append(i if k else -1)
                load = [(d, int(x)) for d, x in enumerate(data["load"][i, j]) if x]
                rows["lines"].append((*load, (len(data["load"][i, j]) + int(data["township"][i]), 1)))
    return rows


def cells_of(data: dict[str, Ints]) -> dict[str, Any]:
    """Return cells: departments and townships by week, then the townships' years."""
    departments, townships = data["load"].shape[2], data["township_week_cap"].shape[0]
    families = departments + townships
    weekly = np.concatenate([data["department_capacity"], data["township_week_cap"]]).astype(np.int64)
    capacity = np.concatenate([weekly.ravel(), data["township_year_cap"].astype(np.int64)])
    level, uneven = capacity.copy(), np.zeros(len(capacity), dtype=np.int64)
    level[: departments * WEEKS] = data["even_level"].ravel()
    uneven[: departments * WEEKS] = int(data["uneven_cost"])
    homes = np.concatenate([np.full(departments, -1), np.arange(townships)])
    cover = np.concatenate([np.zeros(departments * WEEKS, dtype=np.int64), np.arange(townships * WEEKS + 1)])
    return {
        "first_extra": np.maximum(0, np.arange(families + 1) - departments),
        "extra": families * WEEKS + np.arange(townships),
        "first_reach": np.arange(townships + 1) * WEEKS,
        "reach": np.tile(np.arange(WEEKS), townships),
        "first_cover": cover,
        "cover": families * WEEKS + np.repeat(np.arange(townships), WEEKS),
        "capacity": np.minimum(capacity, NO_LIMIT),
        "level": level,
        "uneven": uneven,
        "home": np.concatenate([np.repeat(homes, WEEKS), np.arange(townships)]),
        "dense": np.ones(families, dtype=bool),
    }


def trips_of(data: dict[str, Ints]) -> dict[str, Any]:
    """Return trips: a cell (of about 50 enterprises) is a cluster that costs the same for any number of visits."""
    clusters = len(data["cell_township"])
    longest = np.bincount(data["cell"], minlength=clusters) * 4 + 2
    first_table = np.concatenate([[0], np.cumsum(longest)])
    table = np.full(first_table[-1], int(data["opening_cost"]), dtype=np.int64)
    table[first_table[:-1]] = 0
    return {
        "township": data["township"].astype(np.int64),
        "cluster": data["cell"].astype(np.int64),
        "cluster_township": data["cell_township"].astype(np.int64),
        "trip": np.zeros(data["township_week_cap"].shape[0], dtype=np.int64),
        "first_table": first_table,
        "table": table,
        "most": data["township_week_cap"].astype(np.int64),
    }


def arrays_of(data: dict[str, Ints], variant: str) -> YearArrays:
    """Return an instance as arrays; its families are the departments, then the townships."""
    rows = visits_of(data, variant)
    each = np.array([len(schedules_of(int(n))) for n in data["n_visits"]])
    kinds: dict[Any, int] = {}
    kind = np.array([kinds.setdefault(lines, len(kinds)) for lines in rows["lines"]], dtype=np.int64)
    lines = [line for own in kinds for line in own]
    risk, week = risk_of(data), np.arange(WEEKS, dtype=np.float64)
    visits, square = len(kind), (0, WEEKS, WEEKS)
    return YearArrays(
        first_schedule=np.concatenate([[0], np.cumsum(each)]),
        first_visit=np.concatenate([[0], np.cumsum(rows["count"])]),
        constant=np.array(rows["constant"], dtype=np.int64),
        gap=np.array(rows["gap"], dtype=np.int64),
        left_out=np.array(rows["left_out"], dtype=np.int64),
        node=np.array(rows["node"], dtype=np.int64),
        arc_row=np.array(rows["arc"], dtype=np.int64),
        arcs=np.rint(100 * risk[:, None] * week**2 / 104).astype(np.int64),
        season=np.full(visits, -1),
        multiple=np.zeros(visits, dtype=np.int64),
        curves=np.zeros(square, dtype=np.int64),
        clash=np.full(visits, -1),
        clashes=np.zeros(square, dtype=bool),
        kind=kind,
        first_line=np.concatenate([[0], np.cumsum([len(own) for own in kinds])]),
        family=np.array([f for f, _ in lines], dtype=np.int64),
        amount=np.array([a for _, a in lines], dtype=np.int64),
        **cells_of(data),
        **trips_of(data),
    )


def weeks_of(data: dict[str, Ints], arrays: YearArrays, plan: Pattern) -> Ints:
    """Return the weeks of a plan by ordinal, shape (n, 4): -1 for the ordinal left out and beyond those owed."""
    result = np.full((arrays.size, 4), -1, dtype=np.int64)
    for i, s in enumerate(plan.schedule):
        ordinals = schedules_of(int(data["n_visits"][i]))[s - arrays.first_schedule[i]]
        result[i, list(ordinals)] = plan.weeks[i, : len(ordinals)]
    return result
