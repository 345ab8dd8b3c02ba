"""How a careful planner fills the year by hand: worst first, each at its own best weeks that are still free.

Enterprises are taken by tier, then by risk, the worst first. Each gets, of all patterns that fit what is left of every cap
(all owed visits, or all but one at the price of leaving it out), the one with the least exposure; among equals the one that
opens the fewest cell-weeks nobody has opened before. Nothing is moved afterwards. With ``trips`` the planner also counts
what opening a cell-week costs, from the first visit on; which of the two does better depends on the instance.
"""

from __future__ import annotations

import numpy as np

from benchmarks.annual.evaluate import FAR, LEAST_GAP, Data, Ints, Tables, risk_of, tables_of, weeks_in

FINE = 16
"""Costs are multiplied by it, so that what is added below it decides among equals only."""


class _Ledger:
    """What is left of every cap, and which cell-weeks are opened."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.department = data["department_capacity"].astype(np.int64).copy()
        self.township_week = data["township_week_cap"].astype(np.int64).copy()
        self.township_year = data["township_year_cap"].astype(np.int64).copy()
        self.opened = np.zeros((len(data["cell_township"]), weeks_in(data)), dtype=bool)
        self.open = data["week_open"].astype(bool)

    def room(self, i: int, ordinal: int) -> np.ndarray:
        """Return the weeks in which a visit fits, shape (weeks,), bool."""
        takes = self.data["load"][i, ordinal].astype(np.int64)[:, None]
        enough = ((takes == 0) | (takes <= self.department)).all(axis=0)
        return enough & self.open & (self.township_week[self.data["township"][i]] > 0)

    def book(self, i: int, ordinal: int, week: int) -> None:
        """Enter a visit."""
        town = self.data["township"][i]
        self.department[:, week] -= self.data["load"][i, ordinal].astype(np.int64)
        self.township_week[town, week] -= 1
        self.township_year[town] -= 1
        self.opened[self.data["cell"][i], week] = True


def first_fit(data: Data, variant: str, *, trips: bool = False) -> Ints:
    """Return weeks, shape (n, 4), as ``evaluate`` takes them.

    Parameters
    ----------
    data
        Instance.
    variant
        ``A1`` or ``T``.
    trips
        Count the cost of opening cell-weeks too.
    """
    tables, ledger = tables_of(data, variant), _Ledger(data)
    plan = np.full((len(data["n_visits"]), 4), -1, dtype=np.int64)
    extra = FINE * int(data["opening_cost"]) if trips else 1
    for i in np.lexsort((-risk_of(data), data["tier"])).tolist():
        chosen = _cheapest(tables, ledger, i, extra)
        for ordinal, week in chosen:
            plan[i, ordinal] = week
            ledger.book(i, ordinal, week)
    return plan


def _cheapest(tables: Tables, ledger: _Ledger, i: int, extra: int) -> list[tuple[int, int]]:
    """Return (ordinal, week) of the cheapest pattern that fits; nothing where none does."""
    data = ledger.data
    n, left = int(data["n_visits"][i]), int(ledger.township_year[data["township"][i]])
    everyone, penalty = tuple(range(n)), int(data["drop_penalty"][i])
    options = [everyone, *(tuple(j for j in everyone if j != out) for out in everyone)]
    best, chosen = int(FAR), list[tuple[int, int]]()
    surcharge = np.where(ledger.opened[data["cell"][i]], 0, extra)
    rooms = [np.where(ledger.room(i, j), surcharge, FAR) for j in everyone]
    for ordinals in options:
        if not ordinals or len(ordinals) > left:
            continue
        cost, weeks = _path(tables, i, [rooms[j] for j in ordinals], LEAST_GAP[n])
        cost += FINE * penalty * (n - len(ordinals))
        if cost < best:
            best, chosen = cost, list(zip(ordinals, weeks, strict=True))
    if n == 1 and FINE * (int(tables.none[i]) + penalty) < best:
        return []
    return chosen


def _path(tables: Tables, i: int, rooms: list[Ints], least: int) -> tuple[int, list[int]]:
    """Return the cheapest weeks of visits in order, and their fine cost (FAR and more where there are none)."""
    weeks = len(rooms[0])
    jump = np.arange(weeks)[None, :] - np.arange(weeks)[:, None]
    arc = np.where(jump >= least, FINE * tables.gap[i][np.maximum(jump, 0)], FAR)
    value, came = FINE * tables.first[i] + rooms[0], []
    for room in rooms[1:]:
        through = np.minimum(value, FAR)[:, None] + arc
        came.append(through.argmin(axis=0))
        value = through.min(axis=0) + room
    value = value + FINE * tables.last[i]
    path = [int(value.argmin())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return int(value.min()), path[::-1]
