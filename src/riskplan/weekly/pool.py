"""Set partitioning: which of many routes make the best week together (CP-SAT, one worker, deterministic time)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from riskplan.weekly.arrays import Ints, RoutedWeek, WeekArrays
from riskplan.weekly.chains import possible_pairs, routed
from riskplan.weekly.columns import classes_of
from riskplan.weekly.ruin_route_kernels import Pool


class Offer(NamedTuple):
    """A route that some class of team-days can drive: class, stops, cost [s]."""

    group: int
    stops: tuple[int, ...]
    cost: int


class Chosen(NamedTuple):
    """What the model found: a week, and whether none of the offers makes a cheaper one."""

    week: RoutedWeek
    proven: bool


def offers_of_pool(week: WeekArrays, pool: Pool) -> list[Offer]:
    """Return every route of a pool, offered to each class that can drive it (not only to its finder).

    Parameters
    ----------
    week, pool
        Week; routes that its chains left behind.
    """
    pairs = possible_pairs(week)
    class_of = classes_of(week, pairs)
    seen: dict[tuple[int, tuple[int, ...]], int] = {}
    for at in np.flatnonzero(pool.key).tolist():
        stops = tuple(pool.stops[at, : pool.length[at]].tolist())
        alike = np.flatnonzero(pool.profile == pool.profile[pool.team[at]])
        for r in alike[pairs[list(stops)][:, alike].all(axis=0)].tolist():
            key = (int(class_of[r]), stops)
            seen[key] = min(int(pool.cost[at]), seen.get(key, int(pool.cost[at])))
    return sorted(Offer(group, stops, cost) for (group, stops), cost in seen.items())


def offers_of_week(week: WeekArrays, class_of: Ints, routes: Sequence[tuple[int, ...]]) -> list[Offer]:
    """Return the routes of a week as offers to their own classes."""
    found = []
    for r, stops in enumerate(routes):
        if stops:
            alone = tuple(stops if k == r else () for k in range(len(routes)))
            one = routed(week, alone)
            cost = one.cost - sum(int(week.penalty[v]) for v in one.dropped)
            found.append(Offer(int(class_of[r]), tuple(stops), cost))
    return found


def partition(week: WeekArrays, offers: Sequence[Offer], best: RoutedWeek, work: float, seed: int) -> Chosen:
    """Return the best week that some routes make, never worse than a given one.

    Parameters
    ----------
    week
        Week.
    offers
        Routes; those of ``best`` are added.
    best
        A known week, the full hint.
    work
        Deterministic time of CP-SAT (about seconds).
    seed
        Its seed.
    """
    class_of = classes_of(week, possible_pairs(week))
    known = {(o.group, o.stops): o for o in [*offers, *offers_of_week(week, class_of, best.routes)]}
    columns = [known[key] for key in sorted(known)]
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in columns]
    drops = [model.new_bool_var("") for _ in range(week.visits)]
    _add_rows(model, week, columns, (taken, drops), class_of)
    model.minimize(
        cp_model.LinearExpr.weighted_sum(taken, [o.cost for o in columns])
        + cp_model.LinearExpr.weighted_sum(drops, week.penalty.tolist())
    )
    hinted = {(o.group, o.stops) for o in offers_of_week(week, class_of, best.routes)}
    for x, o in zip(taken, columns, strict=True):
        model.add_hint(x, (o.group, o.stops) in hinted)
    for v, x in enumerate(drops):
        model.add_hint(x, v in best.dropped)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, seed
    solver.parameters.max_deterministic_time, solver.parameters.linearization_level = work, 2
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Chosen(best, False)
    found = _assigned(week, [o for x, o in zip(taken, columns, strict=True) if solver.value(x)], class_of)
    return Chosen(found if found.cost < best.cost else best, status == cp_model.OPTIMAL)


def _add_rows(
    model: cp_model.CpModel, week: WeekArrays, columns: Sequence[Offer],
    variables: tuple[list[cp_model.IntVar], list[cp_model.IntVar]], class_of: Ints,
) -> None:  # fmt: skip
    """Every visit once or dropped, classes and caps not used beyond their size."""
    taken, drops = variables
    of_visit: list[list[cp_model.IntVar]] = [[x] for x in drops]
    of_class: dict[int, list[cp_model.IntVar]] = {}
    day = {int(c): int(d) for c, d in zip(class_of, week.day, strict=True)}
    used: dict[int, list[tuple[cp_model.IntVar, int]]] = {}
    for x, o in zip(taken, columns, strict=True):
        of_class.setdefault(o.group, []).append(x)
        for v in o.stops:
            of_visit[v].append(x)
            if len(week.room):
                at = v * week.days + day[o.group]
                for e in range(int(week.first_cap[at]), int(week.first_cap[at + 1])):
                    used.setdefault(int(week.cap[e]), []).append((x, int(week.amount[e])))
    for row in of_visit:
        model.add_exactly_one(row)
    counts = np.bincount(class_of).tolist()
    for c, row in of_class.items():
        model.add(sum(row) <= counts[c])
    for cap, terms in sorted(used.items()):
        model.add(
            cp_model.LinearExpr.weighted_sum(*map(list, zip(*terms, strict=True))) <= int(week.room[cap])
        )


def _assigned(week: WeekArrays, chosen: Sequence[Offer], class_of: Ints) -> RoutedWeek:
    """Give the chosen routes to team-days of their classes."""
    routes: list[tuple[int, ...]] = [()] * week.team_days
    free = {c: [int(r) for r in np.flatnonzero(class_of == c)] for c in np.unique(class_of).tolist()}
    for o in chosen:
        routes[free[o.group].pop(0)] = o.stops
    return routed(week, tuple(routes))
