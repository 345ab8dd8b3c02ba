"""Judge a plan of an instance ``a1_N_seed.npz`` from the written definitions of the instances alone.

Nothing here is shared with ``riskplan.annual``: the planner, the peers and their bounds are all judged by this file. A plan
is an array of weeks, shape (enterprises, 4): the week of each owed visit (ordinal) in order, -1 for the one left out and
beyond those owed. Costs are whole units; the objective is told above ``base``, the sum of what each enterprise would cost
if it were alone, at its cheapest pattern of all owed visits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Data = dict[str, npt.NDArray]

LEAST_GAP = {1: 1, 2: 12, 4: 6}
"""Owed visits -> fewest weeks between two visits, whether one is left out or not."""
FAR = np.int64(1) << np.int64(50)


def read(path: Path) -> Data:
    """Return the arrays of an instance."""
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


@dataclass(frozen=True)
class Tables:
    """What weeks cost an enterprise; int64.

    Parameters
    ----------
    first, last
        shape (n, weeks), cost of the time before the first visit and after the last one, by its week [units].
    gap
        shape (n, weeks), cost of a gap of so many weeks [units].
    none
        shape (n,), cost of no visit at all, without the penalty [units].
    """

    first: Ints
    last: Ints
    gap: Ints
    none: Ints


def _units(x: Floats) -> Ints:
    return np.rint(x).astype(np.int64)


def risk_of(data: Data) -> Floats:
    """Return the risks, shape (n,): two decimals that are stored as float32; only so is the stored ``base`` met exactly."""
    return np.round(data["risk"].astype(np.float64), 2)


def end_cost(risk: Floats, age: Floats, tau: Floats) -> Ints:
    """Return the terminal cost of an age left at the end of the year [units] (variant T).

    Parameters
    ----------
    risk, age, tau
        Risk, age [weeks], standard interval 52 / owed visits [weeks]; shapes that fit each other.
    """
    early = _units(100 * risk * 2 * tau * age / 104)
    late = _units(100 * risk * (age**2 + tau**2) / 104)
    return np.where(age <= tau, early, late)


def tables_of(data: Data, variant: str) -> Tables:
    """Return the costs of all weeks and gaps.

    Parameters
    ----------
    data
        Instance.
    variant
        ``A1`` (free end: the square of the age left) or ``T`` (terminal cost).
    """
    weeks = data["week_open"].size
    r, e = risk_of(data)[:, None], data["elapsed_weeks"].astype(np.float64)[:, None]
    w, horizon = np.arange(weeks, dtype=np.float64)[None, :], float(weeks)
    first = _units(100 * r * ((e + w) ** 2 - e**2) / 104)
    gap = _units(100 * r * w**2 / 104)
    if variant == "A1":
        return Tables(
            first, _units(100 * r * (horizon - w) ** 2 / 104), gap, data["none_cost"].astype(np.int64)
        )
    tau = horizon / data["n_visits"].astype(np.float64)[:, None]
    return Tables(first, end_cost(r, horizon - w, tau), gap, end_cost(r, e + horizon, tau)[:, 0])


def base_of(data: Data, tables: Tables) -> int:
    """Return the sum of each enterprise's cheapest pattern alone, nothing left out, in open weeks [units]."""
    total = 0
    closed = ~data["week_open"].astype(bool)
    for n in np.unique(data["n_visits"]).tolist():
        who = data["n_visits"] == n
        gap, least = tables.gap[who], LEAST_GAP[n]
        value = np.where(closed, FAR, tables.first[who])
        for _ in range(n - 1):
            later = np.full_like(value, FAR)
            for g in range(least, value.shape[1]):
                np.minimum(later[:, g:], value[:, :-g] + gap[:, g, None], out=later[:, g:])
            value = np.where(closed, FAR, later)
        total += int((value + tables.last[who]).min(axis=1).sum())
    return total


@dataclass(frozen=True)
class Verdict:
    """What a plan is worth.

    Parameters
    ----------
    objective
        Whole cost minus ``base`` [units].
    base
        Cost that no plan can avoid [units].
    terms
        exposure (above base), openings, uneven, drops; they add up to ``objective`` [units].
    counts
        visits, dropped, opened (cell-weeks).
    violations
        (kind, place, excess) of every broken limit: ``malformed``, ``too_few``, ``gap``, ``closed``, ``department``,
        ``township_week``, ``township_year``.
    """

    objective: int
    base: int
    terms: dict[str, int]
    counts: dict[str, int]
    violations: list[tuple[str, tuple[int, ...], int]] = field(default_factory=list)


def evaluate(data: Data, weeks: Ints, variant: str) -> Verdict:
    """Return the objective of a plan, its terms, and every limit that it breaks.

    Parameters
    ----------
    data
        Instance.
    weeks
        shape (n, 4), week of each owed visit, -1 where it is left out or none is owed.
    variant
        ``A1`` or ``T``.
    """
    weeks = np.asarray(weeks, dtype=np.int64)
    tables = tables_of(data, variant)
    base = base_of(data, tables)
    found = _shape_faults(data, weeks)
    broken = {place[0] for kind, place, _ in found if kind == "malformed"}
    weeks = np.where(np.isin(np.arange(len(weeks)), sorted(broken))[:, None], -1, weeks)
    dropped = data["n_visits"].astype(np.int64) - (weeks >= 0).sum(axis=1)
    exposure, gaps = _exposure(data, weeks, tables)
    load, visits, opened = _use(data, weeks)
    terms = {
        "exposure": exposure - base,
        "openings": int(data["opening_cost"]) * int(opened.sum()),
        "uneven": int(data["uneven_cost"]) * int(np.maximum(load - data["even_level"], 0).sum()),
        "drops": int((dropped * data["drop_penalty"]).sum()),
    }
    found += gaps + _cap_faults(data, weeks, load, visits)
    counts = {
        "visits": int(visits.sum()),
        "dropped": int(dropped.sum()),
        "opened": int(opened.sum()),
    }
    return Verdict(sum(terms.values()), base, terms, counts, found)


Faults = list[tuple[str, tuple[int, ...], int]]


def _shape_faults(data: Data, weeks: Ints) -> Faults:
    """Return rows that are no plan at all, and enterprises with more than one visit left out."""
    if weeks.shape != (len(data["n_visits"]), 4):
        raise ValueError(f"weeks: {weeks.shape}, not {(len(data['n_visits']), 4)}")
    owed = data["n_visits"].astype(np.int64)
    beyond = np.arange(4)[None, :] >= owed[:, None]
    bad = ((weeks < -1) | (weeks >= data["week_open"].size) | (beyond & (weeks != -1))).any(axis=1)
    few = owed - (weeks >= 0).sum(axis=1) - 1
    return [("malformed", (i,), 1) for i in np.flatnonzero(bad).tolist()] + [
        ("too_few", (i,), int(few[i])) for i in np.flatnonzero((few > 0) & ~bad).tolist()
    ]


def _exposure(data: Data, weeks: Ints, tables: Tables) -> tuple[int, Faults]:
    """Return the exposure of the weeks made [units], and the gaps that are too short."""
    made = weeks >= 0
    order = np.argsort(~made, axis=1, kind="stable")
    seen, count = np.take_along_axis(weeks, order, axis=1), made.sum(axis=1)
    some, row = count > 0, np.arange(len(weeks))
    last = seen[row, np.maximum(count - 1, 0)]
    total = int(tables.none[~some].sum())
    total += int(tables.first[row, seen[:, 0]][some].sum() + tables.last[row, last][some].sum())
    faults: Faults = []
    least = np.array([LEAST_GAP[n] for n in data["n_visits"].tolist()], dtype=np.int64)
    for k in range(3):
        there = count > k + 1
        gap = (seen[:, k + 1] - seen[:, k])[there]
        total += int(tables.gap[row[there], np.maximum(gap, 0)].sum())
        short = least[there] - gap
        faults += [
            ("gap", (i, k), s) for i, s in zip(row[there].tolist(), short.tolist(), strict=True) if s > 0
        ]
    return total, faults


def _use(data: Data, weeks: Ints) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Return load (departments, weeks), visits (townships, weeks) and which (cell, week) are opened."""
    who, ordinal = np.nonzero(weeks >= 0)
    at = weeks[who, ordinal]
    load = np.zeros(data["department_capacity"].shape, dtype=np.int64)
    visits = np.zeros(data["township_week_cap"].shape, dtype=np.int64)
    opened = np.zeros((len(data["cell_township"]), weeks_in(data)), dtype=bool)
    for d in range(len(load)):
        np.add.at(load[d], at, data["load"][who, ordinal, d].astype(np.int64))
    np.add.at(visits, (data["township"][who], at), 1)
    opened[data["cell"][who], at] = True
    return load, visits, opened


def weeks_in(data: Data) -> int:
    """Return the number of weeks of an instance."""
    return int(data["week_open"].size)


def _cap_faults(data: Data, weeks: Ints, load: Ints, visits: Ints) -> Faults:
    """Return visits in closed weeks and every cap that is exceeded."""
    who, ordinal = np.nonzero(weeks >= 0)
    shut = ~data["week_open"].astype(bool)[weeks[who, ordinal]]
    closed = zip(who[shut].tolist(), ordinal[shut].tolist(), strict=True)
    faults: Faults = [("closed", (i, j), 1) for i, j in closed]
    caps = {
        "department": load - data["department_capacity"],
        "township_week": visits - data["township_week_cap"],
        "township_year": visits.sum(axis=1) - data["township_year_cap"],
    }
    for kind, over in caps.items():
        places = zip(*(axis.tolist() for axis in np.nonzero(over > 0)), strict=True)
        faults += [(kind, place, int(over[place])) for place in places]
    return faults
