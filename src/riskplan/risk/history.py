"""What is known about each enterprise on the day ``as_of``: findings per visit, overdue items, accidents, last visits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.events import Events, events_of, on_grid
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_YEAR

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
YEAR_DAYS = 365
"""Facts of the last year are those at most so many days before ``as_of`` [days]."""
HALF_A_YEAR = 0.5
MOST_GAPS = 12
"""Months without a self-report are counted up to a year."""
_COARSE = float(1 << 24)


@dataclass(frozen=True)
class History:
    """History by enterprise, in the order of ``case.enterprises``; all arrays have shape (n_enterprises,).

    Parameters
    ----------
    rate
        Severity-weighted findings per routine visit, older ones halved every half-life, plus ``otherwise``. Where no
        routine visit is known: the sector's rate plus ``otherwise``.
    recent_rate
        Likewise of the last 365 days, nothing decayed.
    prior_rate
        The sector's findings per routine visit: the mean of its visited premises' own, by their weights.
    weight
        Weight of the own rate, ``T / (T + prior_years)``, in [0, 1). T is the decayed time since the first known
        routine visit and half a year [years]: it depends neither on the number of visits nor on findings.
    visits
        Routine visits, decayed.
    findings
        Severity-weighted findings, decayed, however they became known.
    otherwise
        Of them those that no routine visit made (complaints, accidents, rechecks), per visit that was not routine,
        where the latest counts 1 and older ones less.
    overdue, overdue_major
        Hazards open after their deadline; major ones of them.
    accident_decay
        Decay of the latest accident, 0 without one.
    deaths_year, injured_year
        Killed and seriously injured in accidents of the last 365 days.
    accident_class
        Worst class of the last 365 days: 0 none, 1 ordinary, 2 larger, 3 major, 4 extra-major.
    complaints
        Complaints, decayed.
    gaps
        Months in a row without a self-report up to the last full one, at most 12; 0 where the table is empty.
    days_since_visit
        Days since the last counted done visit, -1 when none is known.
    opened_days
        Days since opening, -1 unknown.
    """

    rate: Floats
    recent_rate: Floats
    prior_rate: Floats
    weight: Floats
    visits: Floats
    findings: Floats
    otherwise: Floats
    overdue: Ints
    overdue_major: Ints
    accident_decay: Floats
    deaths_year: Ints
    injured_year: Ints
    accident_class: Ints
    complaints: Floats
    gaps: Ints
    days_since_visit: Ints
    opened_days: Ints


def history_of(case: Case, rules: Rulebook, events: Events | None = None) -> History:
    """Return what was known on ``as_of``; later rows are never looked at.

    Parameters
    ----------
    case
        Enterprises, hazards, visits, self-reports.
    rules
        Half-life and weights of the points table, kinds that are not routine.
    events
        ``events_of(case, rules)`` where it is at hand.

    Notes
    -----
    Own rate = N / V + U with N = sum of decay x weight over the findings that routine visits made, V = sum of decay
    over routine visits; U = sum of decay x weight of findings known otherwise / (sum of decay over other visits /
    decay of the latest of them; 1 without one). A finding decays with the visit that made it. No denominator and no
    weight depends on findings, so that no finding ever lowers ``weight x rate + (1 - weight) x prior``; twice the
    visits with twice the findings leave rate, weight and prior as they are, to the last bit.
    """
    events = events_of(case, rules) if events is None else events
    half_life, size = rules.score.half_life_days, events.size
    rates = _rates(events, half_life)
    oldest = _largest(events.visit_of, events.visit_age.astype(np.float64), size)
    years = half_life / math.log(2) * (1 - np.exp2(-oldest / half_life)) / DAYS_PER_YEAR + HALF_A_YEAR
    weight = years / (years + rules.score.prior_years)
    prior = sector_means(case.enterprises["sector"], rates.own, weight, rates.visits > 0)
    never = rates.visits <= 0
    decay = np.exp2(-events.age / half_life)
    year, hurt = events.age <= YEAR_DAYS, events.accident > 0
    worst = _largest(events.of[hurt & year], events.accident[hurt & year].astype(np.float64), size)
    complaint_decay = on_grid(
        events.complaint_count.astype(np.float64) * np.exp2(-events.complaint_age / half_life)
    )
    return History(
        rate=np.where(never, prior, rates.own) + rates.otherwise,
        recent_rate=rates.recent,
        prior_rate=prior,
        weight=weight,
        visits=rates.visits,
        findings=rates.findings,
        otherwise=rates.otherwise,
        overdue=_count(events.of[events.overdue], size),
        overdue_major=_count(events.of[events.overdue & events.severe], size),
        accident_decay=_largest(events.of[hurt], decay[hurt], size),
        deaths_year=_count(events.of[hurt & year], size, events.deaths[hurt & year]),
        injured_year=_count(events.of[hurt & year], size, events.injured[hurt & year]),
        accident_class=worst.astype(np.int64),
        complaints=_total(events.complaint_of, complaint_decay, size),
        gaps=report_gaps(case),
        days_since_visit=_days_since_visit(case, rules),
        opened_days=opened_days(case),
    )


@dataclass(frozen=True)
class _Rates:
    """Findings per routine visit, decayed; what was found otherwise; of the last year."""

    own: Floats
    visits: Floats
    findings: Floats
    otherwise: Floats
    recent: Floats


def _rates(events: Events, half_life: int) -> _Rates:
    size, routine = events.size, events.visit >= 0
    age = events.seen_age()
    mass = on_grid(events.weight * np.exp2(-age / half_life))
    visits = _total(events.visit_of, on_grid(np.exp2(-events.visit_age / half_life)), size)
    found = _total(events.of[routine], mass[routine], size)
    rest = _total(events.of[~routine], mass[~routine], size)
    other = on_grid(np.exp2(-events.other_age / half_life))
    latest = _largest(events.other_of, other, size)
    calls = np.divide(_total(events.other_of, other, size), latest, out=np.ones(size), where=latest > 0)
    own = np.divide(found, visits, out=np.zeros(size), where=visits > 0)
    return _Rates(own, visits, found + rest, rest / calls, _recent(events, age))


def _recent(events: Events, age: Ints) -> Floats:
    """Return findings per visit of the last 365 days, nothing decayed; 0 where nobody was there and nothing known."""
    size, routine, near = events.size, events.visit >= 0, age <= YEAR_DAYS
    weight = on_grid(events.weight)
    found = _total(events.of[routine & near], weight[routine & near], size)
    rest = _total(events.of[~routine & near], weight[~routine & near], size)
    seen = _count(events.visit_of[events.visit_age <= YEAR_DAYS], size)
    other = _count(events.other_of[events.other_age <= YEAR_DAYS], size)
    recent: Floats = found / np.maximum(seen, 1) + rest / np.maximum(other, 1)
    return recent


def sector_means(sector: pd.Series, rate: Floats, weight: Floats, visited: npt.NDArray[np.bool_]) -> Floats:
    """Return the weighted mean rate of each enterprise's sector; the county's where nobody in the sector was visited.

    Parameters
    ----------
    sector
        Of every enterprise.
    rate, weight
        shape (n_enterprises,); how often somebody was visited does not enter.
    visited
        shape (n_enterprises,), who has a rate.
    """
    codes, names = pd.factorize(sector, sort=True)
    part = np.where(visited, np.rint(weight * _COARSE) / _COARSE, 0.0)
    mass = np.rint(part * rate * _COARSE) / _COARSE
    below = np.bincount(codes, weights=part, minlength=len(names))
    above = np.bincount(codes, weights=mass, minlength=len(names))
    county = float(above.sum()) / float(below.sum()) if below.sum() else 0.0
    means = np.divide(above, below, out=np.full(len(names), county), where=below > 0)
    found: Floats = means[codes] if len(names) else np.zeros(0)
    return found


def _total(of: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(of, weights=values, minlength=size).astype(np.float64)


def _count(of: Ints, size: int, numbers: Ints | None = None) -> Ints:
    return np.bincount(of, weights=numbers, minlength=size).astype(np.int64)


def _largest(of: Ints, values: Floats, size: int) -> Floats:
    result = np.zeros(size)
    np.maximum.at(result, of, values)
    return result


def report_gaps(case: Case) -> Ints:
    """Return the full months in a row without a self-report, counted from the table's first month and from opening."""
    reports, size = case["self_reports"], len(case.enterprises)
    known = reports[reports["date"] < pd.Timestamp(case.as_of)]
    if not len(known):
        return np.zeros(size, dtype=np.int64)
    now = case.as_of.year * 12 + case.as_of.month
    months = (known["date"].dt.year * 12 + known["date"].dt.month).to_numpy(dtype=np.int64)
    opened = case.enterprises["opened_on"]
    begun = (opened.dt.year * 12 + opened.dt.month).fillna(0).to_numpy(dtype=np.int64) - 1
    last = np.maximum(begun, max(int(months.min()) - 1, now - 1 - MOST_GAPS))
    at = pd.Index(case.enterprises["enterprise_id"]).get_indexer(known["enterprise_id"])
    np.maximum.at(last, at, months)
    result: Ints = np.clip(now - 1 - last, 0, MOST_GAPS)
    return result


def done_visits(case: Case, rules: Rulebook) -> pd.DataFrame:
    """Return the counted done visits to enterprises: before ``as_of``, not exempt (S2)."""
    visits = case["visits"]
    done = (visits["object_kind"] == "enterprise") & (visits["date"] < pd.Timestamp(case.as_of))
    return visits[done & ~visits["kind"].isin(rules.exempt_kinds)]


def _days_since_visit(case: Case, rules: Rulebook) -> Ints:
    visits = done_visits(case, rules)
    at = pd.Index(case.enterprises["enterprise_id"]).get_indexer(visits["object_id"])
    age = (pd.Timestamp(case.as_of) - visits["date"]).dt.days.to_numpy(dtype=np.int64)
    result = np.full(len(case.enterprises), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(result, at, age)
    return np.where(result == np.iinfo(np.int64).max, -1, result).astype(np.int64)


def opened_days(case: Case) -> Ints:
    """Return the days since each enterprise opened, -1 where that is unknown or still to come."""
    days = (pd.Timestamp(case.as_of) - case.enterprises["opened_on"]).dt.days
    return np.maximum(days.fillna(-1).to_numpy(dtype=np.int64), -1)
