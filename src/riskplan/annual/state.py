"""A year plan under construction: who is visited when, what is used, what still fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import FORBIDDEN, Instance, Schedules
from riskplan.annual.pricing import best_weeks
from riskplan.units import DAYS_PER_WEEK

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MAX_RETRIES = 6


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
        self.township_year = caps.township_year.copy()
        self.township_week = np.zeros(caps.township_week.shape, dtype=np.int64)
        self.placed: list[Placed | None] = [None] * instance.size
        self.short: set[int] = set()
        self.options = _options(instance)
        self._sub = [_slice(instance, rows) for rows in self.options]
        self._months = [np.flatnonzero(caps.week_in_month[:, w]) for w in range(instance.weeks)]
        self._years = [np.flatnonzero(caps.week_in_year[:, w]) for w in range(instance.weeks)]

    def _use(self, i: int, placed: Placed, sign: int) -> None:
        group = self.instance.groups[placed.group]
        for j, w in enumerate(placed.weeks):
            self.use(i, w, group.minutes[placed.row, j], group.crews[placed.row, j], sign)

    def use(self, i: int, week: int, minutes: Ints, crews: Ints, sign: int = 1) -> None:
        """Charge (sign 1) or give back (-1) what one visit of an enterprise uses in a week."""
        t = self.instance.township[i]
        self.week_minutes[:, week] -= sign * minutes
        self.crew_visits[:, week] -= sign * crews
        for month in self._months[week]:
            self.month_minutes[:, month] -= sign * minutes
        self.township_week[t, week] += sign
        for year in self._years[week]:
            self.township_year[t, year] -= sign

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

    def fits(self, i: int, placed: Placed) -> bool:
        """Tell whether all visits together stay within every cap."""
        self._use(i, placed, 1)
        weeks = list(placed.weeks)
        months = sorted({int(m) for w in weeks for m in self._months[w]})
        t = self.instance.township[i]
        good = (
            (self.week_minutes[:, weeks] >= 0).all()
            and (self.crew_visits[:, weeks] >= 0).all()
            and (self.month_minutes[:, months] >= 0).all()
            and (self.township_week[t, weeks] <= self.instance.caps.township_week[t, weeks]).all()
            and (self.township_year[t] >= 0).all()
        )
        self._use(i, placed, -1)
        return bool(good)

    def room(self, minutes: Ints, crews: Ints, t: int) -> Bools:
        """Return the weeks in which one more visit fits.

        Parameters
        ----------
        minutes, crews
            shape (..., n_departments), what the visit uses.
        t
            Township index.

        Returns
        -------
        numpy.ndarray
            shape (..., n_weeks), bool.
        """
        caps = self.instance.caps
        month_room = np.where(caps.week_in_month[None, :, :], self.month_minutes[:, :, None], FORBIDDEN).min(
            axis=1
        )
        slack = np.minimum(self.week_minutes, month_room)
        takes = minutes[..., :, None]
        enough = ((takes == 0) | (takes <= slack)).all(axis=-2)
        present = crews[..., :, None]
        enough &= ((present == 0) | (present <= self.crew_visits)).all(axis=-2)
        town = self.township_week[t] < caps.township_week[t]
        full_years = self.township_year[t] <= 0
        town &= ~(caps.week_in_year & full_years[:, None]).any(axis=0)
        return enough & town

    def opening(self, t: int) -> Ints:
        """Return the cost of one more visit's trip by week: the township's trip where nobody goes yet."""
        return np.where(self.township_week[t] == 0, self.instance.caps.trip[t], 0)

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
        t = int(self.instance.township[i])
        opening = self.opening(t)
        found: Placed | None = None
        placed: Placed | None
        lowest = float(FORBIDDEN)
        for g, sub in self._sub[i]:
            if sub.length == 0:
                placed = Placed(g, int(self.options[i][g][0]), (), int(sub.constant[0]))
                steered = float(placed.cost)
            else:
                steered, placed = self._best_of(i, g, sub, opening, prices, weight)
            if placed is not None and steered < lowest:
                lowest, found = steered, placed
        assert found is not None, "every enterprise has a schedule without visits"
        return found

    def _best_of(
        self, i: int, g: int, sub: Schedules, opening: Ints, prices: Floats | None, weight: float
    ) -> tuple[float, Placed | None]:
        t = int(self.instance.township[i])
        extra = np.where(self.room(sub.minutes, sub.crews, t), opening, FORBIDDEN)
        steer = extra
        if prices is not None and weight:
            steer = extra + np.rint(weight * (sub.minutes @ prices)).astype(np.int64)
        for _ in range(MAX_RETRIES):
            value, weeks = best_weeks(sub, steer)
            r = int(np.argmin(value))
            if value[r] >= FORBIDDEN:
                return float(FORBIDDEN), None
            placed = Placed(g, int(self.options[i][g][r]), tuple(int(w) for w in weeks[r]), 0)
            if sub.length == 1 or self.fits(i, placed):
                return float(value[r]), Placed(g, placed.row, placed.weeks, pattern_cost(sub, r, weeks[r]))
            steer[r, -1, weeks[r, -1]] = FORBIDDEN
        return float(FORBIDDEN), None

    def trips(self) -> int:
        """Return the cost of all opened township-weeks [units]."""
        return int(((self.township_week > 0) * self.instance.caps.trip[:, None]).sum())

    def objective(self) -> int:
        """Return the model cost of the whole plan [units]."""
        return sum(p.cost for p in self.placed if p is not None) + self.trips()


def pattern_cost(schedules: Schedules, r: int, weeks: Ints) -> int:
    """Return the model cost of a row's visits in given weeks, without trips [units]."""
    at = np.arange(schedules.length)
    days = DAYS_PER_WEEK * np.diff(weeks)
    arcs = schedules.quadratic[r] * days * days + schedules.linear[r] * days
    return int(schedules.node[r, at, weeks].sum() + arcs.sum() + schedules.constant[r])


def _options(instance: Instance) -> list[dict[int, Ints]]:
    options: list[dict[int, Ints]] = [{} for _ in range(instance.size)]
    for g, group in enumerate(instance.groups):
        order = np.argsort(group.owner, kind="stable")
        owners, starts = np.unique(group.owner[order], return_index=True)
        for owner, rows in zip(owners, np.split(order, starts[1:]), strict=True) if len(owners) else ():
            options[int(owner)][g] = rows
    return options


def _slice(instance: Instance, options: dict[int, Ints]) -> list[tuple[int, Schedules]]:
    result = []
    for g, rows in options.items():
        result.append((g, instance.groups[g].rows(rows)))
    return result
