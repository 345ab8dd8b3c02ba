"""Demand against capacity before the year is solved: departments, months, townships (S7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.compile import YearModel
from riskplan.annual.instance import FORBIDDEN, Schedules
from riskplan.joint.lawful import NO_CAP

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Load:
    """What is asked of one department or township, and what there is.

    Parameters
    ----------
    scope
        ``department`` or ``township``.
    key
        Pool or township code.
    month
        ``2027-03``; "" for the whole horizon.
    demand, capacity
        Officer-minutes of a department, visits of a township. Demand of a month: only visits that cannot stand in
        another month; a visit of a week in two months is charged in both.
    """

    scope: str
    key: str
    month: str
    demand: int
    capacity: int

    @property
    def over(self) -> bool:
        """True where no plan can make all visits."""
        return self.demand > self.capacity


def demand_table(model: YearModel) -> tuple[Load, ...]:
    """Return demand against capacity, pools by month first, then townships.

    What an enterprise needs is that of its schedule without anything left out that takes least in all.

    Parameters
    ----------
    model
        The year as arrays.
    """
    caps, capacity = model.instance.caps, model.capacity
    minutes, bound, visits = _needs(model)
    loads = []
    for k, pool in enumerate(capacity.pools):
        whole = min(int(caps.week_minutes[k].sum()), int(capacity.budget[k]))
        loads.append(Load("department", pool, "", int(minutes[k]), whole))
        for m, month in enumerate(capacity.months):
            loads.append(Load("department", pool, month, int(bound[k, m]), int(caps.month_minutes[k, m])))
    for t, most in enumerate(_allowed(model).tolist()):
        if most < NO_CAP:
            loads.append(Load("township", model.townships[t], "", int(visits[t]), most))
    return tuple(loads)


def _allowed(model: YearModel) -> Ints:
    """Return the most visits that the rows about all premises leave to each township, shape (n_townships,)."""
    caps = model.instance.caps
    worked = caps.crew_visits.any(axis=0)
    weeks = caps.township_week * worked
    apart = worked & ~caps.week_in_year.any(axis=0)
    years = caps.township_year[:, (caps.week_in_year & worked).any(axis=1)].sum(axis=1)
    return np.minimum(weeks.sum(axis=1), years + weeks[:, apart].sum(axis=1))


def _needs(model: YearModel) -> tuple[Ints, Ints, Ints]:
    """Return minutes (n_pools,), minutes that only one month can take (n_pools, n_months), visits (n_townships,)."""
    instance = model.instance
    chosen = _leanest(model)
    minutes = np.zeros(len(model.capacity.pools), dtype=np.int64)
    bound = np.zeros(instance.caps.month_minutes.shape, dtype=np.int64)
    visits = np.zeros(len(model.townships), dtype=np.int64)
    for i, (g, row) in chosen.items():
        group = instance.groups[g]
        visits[instance.township[i]] += group.length
        minutes += group.minutes[row].sum(axis=0)
        bound += _in_one_month(group, row, instance.caps.week_in_month)
    return minutes, bound, visits


def _leanest(model: YearModel) -> dict[int, tuple[int, int]]:
    """Return enterprise -> (group, row) of the whole schedule with the fewest minutes, then the lowest number."""
    best: dict[int, tuple[int, int, int, int]] = {}
    for g, group in enumerate(model.instance.groups):
        total = group.minutes.sum(axis=(1, 2)) if group.length else np.zeros(len(group.owner), dtype=np.int64)
        for row in np.flatnonzero(group.left_out == 0).tolist():
            option = (int(total[row]), int(group.number[row]), g, row)
            owner = int(group.owner[row])
            best[owner] = min(best.get(owner, option), option)
    return {i: (g, row) for i, (_, _, g, row) in sorted(best.items())}


def _in_one_month(group: Schedules, row: int, inside: npt.NDArray[np.bool_]) -> Ints:
    """Return the minutes of visits all of whose weeks are charged to a month, shape (n_pools, n_months)."""
    result = np.zeros(inside.shape[:2], dtype=np.int64)
    for j in range(group.length):
        weeks = group.node[row, j] < FORBIDDEN
        for k in np.flatnonzero(group.minutes[row, j]).tolist():
            if weeks.any():
                result[k, inside[k][:, weeks].all(axis=1)] += group.minutes[row, j, k]
    return result
