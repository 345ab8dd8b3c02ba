"""A year plan under construction: who is visited when, what is used, what still fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import FORBIDDEN, Instance, Schedules, Use, Uses
from riskplan.annual.pricing import best_weeks
from riskplan.annual.repair import cheapest_lawful
from riskplan.units import DAYS_PER_WEEK

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Placed:
    """One enterprise's schedule with its weeks, and its model cost without trips [units]."""

    group: int
    row: int
    weeks: tuple[int, ...]
    cost: int


class YearState:
    """Assignments and residual capacities of an instance.

    Parameters
    ----------
    instance
        Year instance.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        caps = instance.caps
        self.week_minutes = caps.week_minutes.copy()
        self.crew_visits = caps.crew_visits.copy()
        self.month_minutes = caps.month_minutes.copy()
        self.left = instance.counters.left.copy()
        self.township_week = np.zeros(caps.township_week.shape, dtype=np.int64)
        self.cluster_week = np.zeros((len(caps.cluster_township), instance.weeks), dtype=np.int64)
        self.placed: list[Placed | None] = [None] * instance.size
        self.short: set[int] = set()
        self.options = _options(instance)
        self._sub = [_slice(instance, rows) for rows in self.options]
        self._takers = [
            [_takers(instance, g, rows) for g, rows in options.items()] for options in self.options
        ]
        self._months = [_months(caps.week_in_month[:, :, w]) for w in range(instance.weeks)]

    def _use(self, i: int, placed: Placed, sign: int) -> None:
        group, uses = self.instance.groups[placed.group], self.instance.uses(placed.group, placed.row)
        for j, w in enumerate(placed.weeks):
            used = (group.minutes[placed.row, j], group.crews[placed.row, j], uses[j])
            self.use(i, w, used, sign)

    def use(self, i: int, week: int, used: tuple[Ints, Ints, Uses], sign: int = 1) -> None:
        """Charge (sign 1) or give back (-1) what one visit of an enterprise uses in a week.

        Parameters
        ----------
        i, week
            Enterprise and week.
        used
            Officer-minutes by pool, crews by department, counters.
        sign
            1 or -1.
        """
        minutes, crews, uses = used
        self.week_minutes[:, week] -= sign * minutes
        self.crew_visits[:, week] -= sign * crews
        for month, pools in self._months[week]:
            self.month_minutes[:, month] -= sign * (minutes if pools is None else minutes * pools)
        self.township_week[self.instance.township[i], week] += sign
        if self.instance.cluster.size:
            self.cluster_week[self.instance.cluster[i], week] += sign
        for use in uses:
            for k in use.at[week]:
                self.left[k] -= sign * use.weight

    def remove(self, i: int) -> Placed | None:
        """Take an enterprise out; returns what it had."""
        old = self.placed[i]
        if old is not None:
            self._use(i, old, -1)
            self.placed[i] = None
            self.short.discard(i)
        return old

    def put(self, i: int, placed: Placed) -> None:
        """Give an enterprise its weeks; the caller has made sure that they fit."""
        self._use(i, placed, 1)
        self.placed[i] = placed
        if self.instance.left_out(placed.group, placed.row) > 0:
            self.short.add(i)

    def fits(self, i: int, placed: Placed, last: int | None = None) -> bool:
        """Tell whether visits together stay within every cap.

        Parameters
        ----------
        i
            Enterprise, not placed now.
        placed
            Its schedule and weeks.
        last
            Only so many of the schedule's visits, the last ones, stand in ``placed.weeks``; None: all of them.
        """
        group, uses = self.instance.groups[placed.group], self.instance.uses(placed.group, placed.row)
        first = 0 if last is None else group.length - last
        visits = [(w, j + first) for j, w in enumerate(placed.weeks)]
        used = [(w, (group.minutes[placed.row, j], group.crews[placed.row, j], uses[j])) for w, j in visits]
        for w, one in used:
            self.use(i, w, one)
        weeks = list(placed.weeks)
        months = sorted({month for w in weeks for month, _ in self._months[w]})
        good = (
            (self.week_minutes[:, weeks] >= 0).all()
            and (self.crew_visits[:, weeks] >= 0).all()
            and (self.month_minutes[:, months] >= 0).all()
            and all(self.left[k] >= 0 for w, j in visits for use in uses[j] for k in use.at[w])
        )
        for w, one in used:
            self.use(i, w, one, -1)
        return bool(good)

    def room(self, minutes: Ints, crews: Ints) -> Bools:
        """Return the weeks in which officers have time for one more visit.

        Parameters
        ----------
        minutes
            shape (..., n_pools), what the visit uses.
        crews
            shape (..., n_departments).

        Returns
        -------
        numpy.ndarray
            shape (..., n_weeks), bool.
        """
        inside = self.instance.caps.week_in_month
        month_room = np.where(inside, self.month_minutes[:, :, None], FORBIDDEN).min(axis=1)
        slack = np.minimum(self.week_minutes, month_room)
        takes = minutes[..., :, None]
        enough: Bools = ((takes == 0) | (takes <= slack)).all(axis=-2)
        present = crews[..., :, None]
        enough &= ((present == 0) | (present <= self.crew_visits)).all(axis=-2)
        return enough

    def blocked(self, use: Use) -> Bools | None:
        """Return the weeks in which a counter has no room for one more visit, None where it has room in all."""
        full = self.left[use.start : use.stop] < use.weight
        return np.logical_or.reduce(use.touch[full], axis=0) if full.any() else None

    def opening(self, t: int) -> Ints:
        """Return the cost of one more visit's way to a township by week: that of the trip where nobody goes yet."""
        return np.where(self.township_week[t] == 0, self.instance.caps.trip[t], 0)

    def trip(self, i: int) -> Ints:
        """Return the cost of one more visit's trip by week: township opened, tour of the cluster [units]."""
        opening, caps = self.opening(int(self.instance.township[i])), self.instance.caps
        if not (self.instance.cluster.size and caps.cluster_trip.size):
            return opening
        there, tour = self.cluster_week[self.instance.cluster[i]], caps.cluster_trip[self.instance.cluster[i]]
        return opening + tour[np.minimum(there + 1, len(tour) - 1)] - tour[np.minimum(there, len(tour) - 1)]

    def best(self, i: int, prices: Floats | None = None, weight: float = 0.0) -> Placed:
        """Return the cheapest way to visit an enterprise within all residual caps.

        Parameters
        ----------
        i
            Enterprise, not placed now.
        prices
            shape (n_departments, n_weeks), price of an officer-minute, added with ``weight`` to steer the choice.
        weight
            0 = the true cost.

        Returns
        -------
        Placed
            The schedule without any visit is always possible.
        """
        opening = self.trip(i)
        found: Placed | None = None
        placed: Placed | None
        lowest = float(FORBIDDEN)
        for (g, sub), takers in zip(self._sub[i], self._takers[i], strict=True):
            if sub.length == 0:
                placed = Placed(g, int(self.options[i][g][0]), (), int(sub.constant[0]))
                steered = float(placed.cost)
            else:
                room = self.room(sub.minutes, sub.crews)
                for use, who in takers:
                    shut = self.blocked(use)
                    if shut is not None:
                        room[who] &= ~shut
                steer = np.where(room, opening, FORBIDDEN)
                if prices is not None and weight:
                    steer = steer + np.rint(weight * (sub.minutes @ prices)).astype(np.int64)
                steered, placed = self._best_of(i, (g, sub), steer)
            if placed is not None and steered < lowest:
                lowest, found = steered, placed
        assert found is not None, "every enterprise has a schedule without visits"
        return found

    def _best_of(self, i: int, part: tuple[int, Schedules], steer: Ints) -> tuple[float, Placed | None]:
        """Return the cheapest schedule of one length, with its steered cost; a pattern that does not fit is repaired."""
        g, sub = part
        value, weeks = best_weeks(sub, steer)
        lowest, found = float(FORBIDDEN), None
        for r in np.argsort(value, kind="stable").tolist():
            if value[r] >= lowest:
                break
            row = int(self.options[i][g][r])
            at = tuple(weeks[r].tolist())
            cost = float(value[r])
            if sub.length > 1 and not self.fits(i, Placed(g, row, at, 0)):
                better = cheapest_lawful(
                    sub.rows(np.array([r])), steer[[r]], self._fitting(i, g, row), lowest
                )
                if better is None:
                    continue
                cost, at = better
            lowest, found = cost, Placed(g, row, at, pattern_cost(sub, r, np.array(at, dtype=np.int64)))
        return lowest, found

    def _fitting(self, i: int, g: int, row: int) -> Callable[[tuple[int, ...]], bool]:
        return lambda weeks: self.fits(i, Placed(g, row, weeks, 0), len(weeks))


def pattern_cost(schedules: Schedules, r: int, weeks: Ints) -> int:
    """Return the model cost of a row's visits in given weeks, without trips [units]."""
    at = np.arange(schedules.length)
    steps = np.diff(weeks)
    days = DAYS_PER_WEEK * steps
    arcs = schedules.quadratic[r] * days * days + schedules.linear[r] * days
    if schedules.late.size:
        arcs = arcs + schedules.late_arcs[schedules.late[r], steps]
    total = int(schedules.node[r, at, weeks].sum() + arcs.sum() + schedules.constant[r])
    if schedules.seasons and schedules.length > 1:
        curve = schedules.curves[schedules.season[r]]
        total += int((schedules.seasonal[r] * curve[weeks[:-1], weeks[1:]]).sum())
    return total


def _months(inside: Bools) -> list[tuple[int, Bools | None]]:
    """Return the months that a visit of a week is charged to, each with the pools that pay there, None for all.

    Parameters
    ----------
    inside
        shape (n_pools, n_months).
    """
    months = np.flatnonzero(inside.any(axis=0)).tolist()
    return [(m, None if inside[:, m].all() else inside[:, m]) for m in months]


def _options(instance: Instance) -> list[dict[int, Ints]]:
    options: list[dict[int, Ints]] = [{} for _ in range(instance.size)]
    for g, group in enumerate(instance.groups):
        order = np.argsort(group.owner, kind="stable")
        owners, starts = np.unique(group.owner[order], return_index=True)
        for owner, rows in zip(owners, np.split(order, starts[1:]), strict=True) if len(owners) else ():
            options[int(owner)][g] = rows
    return options


Takers = list[tuple[Use, Bools]]


def _takers(instance: Instance, g: int, rows: Ints) -> Takers:
    """Return every use among some schedules of a group, with the visits that it belongs to, shape (n, length)."""
    found: dict[int, tuple[Use, Bools]] = {}
    for r, row in enumerate(rows.tolist()):
        for j, uses in enumerate(instance.uses(g, row)):
            for use in uses:
                if id(use) not in found:
                    found[id(use)] = (use, np.zeros((len(rows), instance.groups[g].length), dtype=bool))
                found[id(use)][1][r, j] = True
    return list(found.values())


def _slice(instance: Instance, options: dict[int, Ints]) -> list[tuple[int, Schedules]]:
    result = []
    for g, rows in options.items():
        result.append((g, instance.groups[g].rows(rows)))
    return result
