"""The fictional year ahead: seasons that leave room, closures, the city's fixed visits, shared codes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from riskplan.synth.catalogue import BIG_SIZES, departments_of, owed_items, sectors
from riskplan.synth.days import HORIZON_FIRST, is_workday
from riskplan.synth.draws import Draws
from riskplan.synth.expectation import Expectation, fits, opening_of
from riskplan.synth.history import History
from riskplan.synth.premises import Premises, size_name

FIXED_SHARE = 0.02
CLOSURE_SHARE = 0.008
SHARED_CODE_SHARE = 0.012
"""Pairs of premises under one credit code, as a share of all enterprises."""
_SAFE_YELLOW = (0.24, 0.42)
"""Ranks that are yellow whatever small change the score sees: two such premises fit under one code's caps."""
_FIXED_UP_TO_RANK = 0.42
_CLOSURES_FROM_RANK = 0.24
_OWN_CODE_SHARE = 0.8
_TRIES = 40


@dataclass(frozen=True)
class FixedVisit:
    """A visit that a city department has fixed."""

    enterprise: int
    day: dt.date
    department: str


@dataclass(frozen=True)
class Closure:
    """An enterprise closed for some weeks."""

    enterprise: int
    first: dt.date
    last: dt.date


def keep_seasons(premises: Premises, history: History, expected: Expectation) -> Premises:
    """Return the premises with open months only where even the next worse tier finds room for its visits."""
    last = history.last_visit(len(premises))
    seasonal = premises.seasonal.copy()
    for i in np.flatnonzero(premises.seasonal).tolist():
        opening = opening_of(premises, i)
        seasonal[i] = all(fits(tier, opening, last[i]) for tier in _tiers_near(expected, i))
    return premises.with_seasons(seasonal)


def _tiers_near(expected: Expectation, index: int) -> range:
    """Return the tiers from the next worse one to the own one."""
    own = int(expected.tier[index])
    return range(max(0, own - 1), own + 1)


def make_closures(premises: Premises, history: History, expected: Expectation, draws: Draws) -> list[Closure]:
    """Return a few closures of three to nine weeks at enterprises of lower risk, none making a conflict."""
    last = history.last_visit(len(premises))
    weights = ((expected.rank > _CLOSURES_FROM_RANK) & premises.active & ~premises.seasonal).astype(float)
    closures = []
    for i in draws.sample(weights, max(1, round(CLOSURE_SHARE * len(premises)))).tolist():
        first = HORIZON_FIRST + dt.timedelta(days=int(280 * draws.one()))
        span = (first, first + dt.timedelta(days=20 + int(40 * draws.one())))
        if all(fits(tier, opening_of(premises, i, span), last[i]) for tier in _tiers_near(expected, i)):
            closures.append(Closure(i, *span))
    return closures


def make_fixed_visits(
    premises: Premises, history: History, expected: Expectation, busy: set[int], draws: Draws
) -> list[FixedVisit]:
    """Return visits fixed by the city at large and medium enterprises of higher risk.

    Every visit leaves room for what red, orange and yellow enterprises owe; no township has two in one week.
    """
    last = history.last_visit(len(premises))
    big = np.array([size_name(premises, i) in BIG_SIZES for i in range(len(premises))])
    weights = (big & premises.active & (expected.rank < _FIXED_UP_TO_RANK)).astype(float)
    weights[np.array(sorted(busy), dtype=np.int64)] = 0.0
    taken: set[tuple[int, int]] = set()
    visits: list[FixedVisit] = []
    goal = max(1, round(FIXED_SHARE * len(premises)))
    for i in draws.sample(weights, 2 * goal).tolist():
        opening = opening_of(premises, i)
        for offset in draws.whole(10, 345, _TRIES).tolist():
            day = HORIZON_FIRST + dt.timedelta(days=offset)
            week = (int(premises.township[i]), day.isocalendar().week)
            free = week not in taken and is_workday(day) and opening.is_open(day)
            if free and len(visits) < goal and all(fits(tier, opening, last[i], [day]) for tier in range(3)):
                visits.append(FixedVisit(i, day, _city_department(premises, i)))
                taken.add(week)
                break
    return sorted(visits, key=lambda v: (v.day, v.enterprise))


def _city_department(premises: Premises, index: int) -> str:
    items = owed_items(sectors()[premises.sector[index]], size_name(premises, index))
    return "CITY-ENV" if "ENV" in departments_of(items) else "CITY-EM"


def code_numbers(premises: Premises, expected: Expectation, busy: set[int], draws: Draws) -> list[int | None]:
    """Return for each enterprise the number of its legal person: its own, one shared by two, or None."""
    count = len(premises)
    own = draws.uniform(count) < _OWN_CODE_SHARE
    numbers: list[int | None] = [i + 1 if own[i] else None for i in range(count)]
    low, high = _SAFE_YELLOW
    safe = (expected.rank > low) & (expected.rank < high)
    weights = (premises.active & ~premises.seasonal & safe).astype(float)
    weights[np.array(sorted(busy), dtype=np.int64)] = 0.0
    pairs = max(1, round(SHARED_CODE_SHARE * count))
    chosen = draws.sample(weights, 2 * pairs).tolist()
    for a, b in zip(chosen[::2], chosen[1::2], strict=False):
        numbers[a] = numbers[b] = a + 1
    return numbers
