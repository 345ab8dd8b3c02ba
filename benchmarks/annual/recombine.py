"""Whole townships as columns: a master picks one of the years that each township has had during the search.

Limits that one township alone uses, and its trips, are inside its columns; the master keeps those that several share.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.annual.blocks import own_cost
from riskplan.annual.arrays import Ints, YearArrays
from riskplan.annual.standing import Pattern

MOST = 400
"""Columns of one township at most: the cheapest in what it pays alone."""

WORK = 0.7
"""Deterministic time of CP-SAT that takes about a CPU second."""


@dataclass
class Columns:
    """Years of one township.

    Parameters
    ----------
    members
        Its enterprises.
    cost, load, plan
        By column: cost without what townships share [units], what it takes of the shared cells, schedules and weeks.
    seen
        Which years are listed already.
    """

    members: Ints
    cost: list[int] = field(default_factory=list)
    load: list[Ints] = field(default_factory=list)
    plan: list[tuple[Ints, Ints]] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)


def columns(
    year: YearArrays, plan: Pattern, history: list[Pattern], seconds: float, counts: dict[str, int]
) -> Pattern:
    """Return the best recombination of the townships' years, the given plan the hint.

    Parameters
    ----------
    year, plan
        Year and its best plan.
    history
        Lawful plans.
    seconds
        CPU seconds.
    counts
        Number of columns and how CP-SAT ended are noted here.
    """
    began = time.process_time()
    shared = np.flatnonzero(year.home < 0)
    towns = [Columns(np.flatnonzero(year.township == t)) for t in range(len(year.trip))]
    for one in [plan, *history[::-1]]:
        _add(year, towns, one, shared)
    counts["columns"] = sum(len(town.cost) for town in towns)
    model, chosen, objective = cp_model.CpModel(), [], []
    for town in towns:
        own = [model.new_bool_var("") for _ in town.cost]
        model.add_exactly_one(own)
        for k, x in enumerate(own):
            model.add_hint(x, int(k == 0))
            objective.append((x, town.cost[k]))
        chosen.append(own)
    _limits(year, (model, objective), (towns, chosen), shared)
    model.minimize(cp_model.LinearExpr.weighted_sum([x for x, _ in objective], [c for _, c in objective]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.linearization_level = 1, 2
    solver.parameters.max_deterministic_time = WORK * max(1.0, seconds - (time.process_time() - began))
    status = solver.solve(model)
    counts[solver.status_name(status)] = 1
    result = plan.copy()
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        for town, own in zip(towns, chosen, strict=True):
            k = [solver.value(x) for x in own].index(1)
            result.schedule[town.members], result.weeks[town.members] = town.plan[k]
            counts["changed"] = counts.get("changed", 0) + (k > 0)
    return result


def _add(year: YearArrays, towns: list[Columns], plan: Pattern, shared: Ints) -> None:
    """Add a plan's year of every township unless it is known."""
    beyond = np.arange(year.longest)[None, :] >= np.diff(year.first_visit)[plan.schedule][:, None]
    weeks = np.where(beyond, 0, plan.weeks)
    keys = [plan.schedule[t.members].tobytes() + weeks[t.members].tobytes() for t in towns]
    new = [k for k, t in enumerate(towns) if keys[k] not in t.seen and len(t.cost) < MOST]
    if not new:
        return
    cost, load = _paid(year, plan), _loads(year, plan)
    for k in new:
        town = towns[k]
        town.seen.add(keys[k])
        town.cost.append(int(cost[k]))
        town.load.append(load[k, shared])
        town.plan.append((plan.schedule[town.members], weeks[town.members]))


def _paid(year: YearArrays, plan: Pattern) -> Ints:
    """Return what each township pays alone, shape (T,): its enterprises' patterns and its trips [units]."""
    cost = np.zeros(len(year.trip), dtype=np.int64)
    length = np.diff(year.first_visit)[plan.schedule]
    in_cluster = np.zeros((len(year.cluster_township), year.weeks), dtype=np.int64)
    for i, s in enumerate(plan.schedule.tolist()):
        at = tuple(plan.weeks[i, : length[i]].tolist())
        cost[year.township[i]] += own_cost(year, s, at)
        in_cluster[year.cluster[i], list(at)] += 1
    trips = year.table[year.first_table[:-1][:, None] + in_cluster].sum(axis=1)
    np.add.at(cost, year.cluster_township, trips)
    in_township = np.zeros((len(year.trip), year.weeks), dtype=np.int64)
    np.add.at(in_township, year.cluster_township, in_cluster)
    return cost + (in_township > 0).sum(axis=1) * year.trip


def _loads(year: YearArrays, plan: Pattern) -> Ints:
    """Return what each township takes of the cells of families and weeks and of what covers these, shape (T, K)."""
    cells = len(year.capacity)
    load = np.zeros(len(year.trip) * cells, dtype=np.int64)
    length = np.diff(year.first_visit)[plan.schedule]
    for j in range(year.longest):
        i = np.flatnonzero(length > j)
        kind = year.kind[year.first_visit[plan.schedule[i]] + j]
        lines = np.diff(year.first_line)[kind]
        line = np.repeat(year.first_line[kind], lines) + _within(lines)
        place = year.family[line] * year.weeks + np.repeat(plan.weeks[i, j], lines)
        base, amount = np.repeat(year.township[i], lines) * cells, year.amount[line]
        np.add.at(load, base + place, amount)
        covers = np.diff(year.first_cover)[place]
        extra = year.cover[np.repeat(year.first_cover[place], covers) + _within(covers)]
        np.add.at(load, np.repeat(base, covers) + extra, np.repeat(amount, covers))
    return load.reshape(len(year.trip), cells)


def _within(count: Ints) -> Ints:
    """Return 0, 1, ... within each of several runs."""
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)


def _limits(
    year: YearArrays,
    model: tuple[cp_model.CpModel, list[tuple[cp_model.IntVar, int]]],
    columns: tuple[list[Columns], list[list[cp_model.IntVar]]],
    shared: Ints,
) -> None:
    """Keep the shared cells within capacity and pay their unevenness."""
    towns, chosen = columns
    xs = [x for own in chosen for x in own]
    loads = np.array([load for town in towns for load in town.load])
    hint = np.array([k == 0 for town in towns for k in range(len(town.cost))])
    for j, cell in enumerate(shared.tolist()):
        some = np.flatnonzero(loads[:, j])
        if not len(some):
            continue
        load = cp_model.LinearExpr.weighted_sum([xs[k] for k in some], loads[some, j].tolist())
        model[0].add(load <= int(year.capacity[cell]))
        if year.uneven[cell]:
            above = model[0].new_int_var(0, int(year.capacity[cell] - year.level[cell]), "")
            model[0].add(above >= load - int(year.level[cell]))
            model[0].add_hint(above, max(0, int(loads[hint, j].sum() - year.level[cell])))
            model[1].append((above, int(year.uneven[cell])))
