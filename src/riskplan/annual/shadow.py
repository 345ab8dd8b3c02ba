"""Shadow prices per thing that people count: an officer-day of a month, a visit of a township, one more under a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskplan.annual.compile import YearModel
from riskplan.annual.dual import Multipliers
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.rules.model import Rulebook

TOLD = 8
"""Prices that the manifest keeps: the largest of all kinds."""


@dataclass(frozen=True)
class Price:
    """What one more of something would avert, for small changes.

    Parameters
    ----------
    kind
        ``officer_day``, ``crew_visit``, ``township_visit`` or ``cap``.
    limit_id, key
        Row for a cap; pool, department, township or scope.
    window
        ``2027-03``, ``2027-W12`` or "".
    hazard_days
        Marginal worth by the prices of the bound [hazard-days].
    """

    kind: str
    limit_id: str
    key: str
    window: str
    hazard_days: float


def shadow_prices(model: YearModel, multipliers: Multipliers, rules: Rulebook) -> tuple[Price, ...]:
    """Return the largest prices; an officer-day is ``minutes_per_day`` of an officer in a month.

    One more day adds its minutes to the month and ``week_flex`` of them to its weeks, so it is worth
    ``minutes x (month price + flex x mean week price)``, with the week price less what only evens out the weeks: a
    subgradient of the bound, valid for small changes.

    Parameters
    ----------
    model, multipliers
        The year and the prices of its bound.
    rules
        Minutes of a day and ``week_flex``.
    """
    found = [*_days(model, multipliers, rules), *_visits(model, multipliers), *_counters(model, multipliers)]
    told = [p for p in found if p.hazard_days > 0]
    told.sort(key=lambda p: (-p.hazard_days, p.kind, p.limit_id, p.key, p.window))
    return tuple(told[:TOLD])


def _days(model: YearModel, m: Multipliers, rules: Rulebook) -> list[Price]:
    inside, capacity, result = model.instance.caps.week_in_month, model.capacity, []
    scarce = np.maximum(0, m.week - model.instance.caps.uneven)
    day, flex = rules.capacity.minutes_per_day, rules.capacity.week_flex
    for k, pool in enumerate(capacity.pools):
        for b, month in enumerate(capacity.months):
            weeks = inside[k, b]
            mean = float(scarce[k, weeks].mean()) if weeks.any() else 0.0
            worth = day * (float(m.month[k, b]) + flex * mean)
            result.append(Price("officer_day", "", pool, month, _money(worth)))
    return result


def _visits(model: YearModel, m: Multipliers) -> list[Price]:
    result = []
    for k, w in np.argwhere(m.crew > 0).tolist():
        place = model.capacity.departments[k], model.weeks.labels[w]
        result.append(Price("crew_visit", "", *place, _money(m.crew[k, w])))
    for t, w in np.argwhere(m.township > 0).tolist():
        worth = _money(m.township[t, w])
        result.append(Price("township_visit", "", model.townships[t], model.weeks.labels[w], worth))
    years = np.flatnonzero((m.year > 0).any(axis=1)).tolist()
    whole = (Price("township_visit", "", model.townships[t], "", _money(m.year[t].max())) for t in years)
    return [*result, *whole]


def _counters(model: YearModel, m: Multipliers) -> list[Price]:
    law, result = model.law, list[Price]()
    for key, start in model.counter_of.items():
        width = law.rows.counter(key)[0].count
        own = m.row[start : start + width]
        if width and own.max() > 0:
            result.append(Price("cap", law.rows.limits[key[0]].id, key[2], "", _money(own.max())))
    return result


def _money(units: float) -> float:
    return round(float(units) / UNITS_PER_HAZARD_DAY, 3)
