"""Expected severity-weighted hazards arising per year, with an interval: gamma-Poisson empirical Bayes.

Findings of routine visits are looked at *per visit* and turned into hazards a year by the sector's usual time between
visits, so that who is looked at often does not look risky. Findings that became known otherwise come on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.events import Events, events_of, on_grid
from riskplan.risk.half_life import HalfLife, estimate_half_life
from riskplan.risk.history import opened_days
from riskplan.risk.prior import Premises, Prior, Sums, dispersion_of, prior_of, sector_rates, summed, total
from riskplan.rules.model import IntensityRules, Rulebook
from riskplan.units import DAYS_PER_YEAR

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Z_80 = 1.2815515655446004
"""Standard normal quantile of 0.9: an interval of 80 %."""
ALIKE = 10.0
"""Enterprises of the county's average that a sector's time between visits starts from."""
LEAST_GAP, MOST_GAP = 1 / 52, 10.0
"""Bounds of the usual time between routine visits [years]."""
_DIGITS = 6


@dataclass(frozen=True)
class Intensity:
    """Expected hazards a year of every enterprise, and how they come about; arrays of shape (n_enterprises,).

    Parameters
    ----------
    mean, low, high
        Severity-weighted hazards/yr and the ends of an 80 % interval.
    per_visit
        Expected findings of a routine visit.
    gap
        The sector's usual time between routine visits [years].
    otherwise
        Expected hazards/yr that become known otherwise.
    prior
        Prior of the findings per visit.
    half_life
        Half-life used, and how well others foretold.
    """

    mean: Floats
    low: Floats
    high: Floats
    per_visit: Floats
    gap: Floats
    otherwise: Floats
    prior: Prior
    half_life: HalfLife


@dataclass(frozen=True)
class Fit:
    """What all enterprises together say; with it held, nobody's findings lower anybody's own intensity.

    Parameters
    ----------
    half_life
        Half-life and likelihoods.
    prior
        Prior of the findings per visit.
    gap
        shape (n_enterprises,), usual time between routine visits of the sector [years].
    years
        shape (n_enterprises,), decayed time over which something could become known [years].
    otherwise
        shape (n_enterprises,), the sector's hazards/yr that become known otherwise.
    prior_years
        Weight of ``otherwise`` [years].
    least
        Least intensity [hazards/yr].
    """

    half_life: HalfLife
    prior: Prior
    gap: Floats
    years: Floats
    otherwise: Floats
    prior_years: float
    least: float


def intensity_of(case: Case, rules: Rulebook, events: Events | None = None) -> Intensity:
    """Return the intensity of every enterprise of a case, in its order, as known on ``as_of``.

    Parameters
    ----------
    case, rules
        Enterprises, visits and hazards; weights and the section ``intensity``.
    events
        ``events_of(case, rules)`` where it is at hand.
    """
    known = events_of(case, rules) if events is None else events
    opened = opened_days(case)
    new = (opened >= 0) & (opened < rules.score.new_business_days)
    frame = case.enterprises
    premises = Premises(
        sector=pd.factorize(frame["sector"], sort=True)[0].astype(np.int64),
        size=pd.factorize(frame["size"], sort=True)[0].astype(np.int64),
        new=new,
        lon=frame["lon"].to_numpy(dtype=np.float64),
        lat=frame["lat"].to_numpy(dtype=np.float64),
    )
    return estimate(known, premises, opened, rules.intensity)


def estimate(events: Events, premises: Premises, opened: Ints, rules: IntensityRules) -> Intensity:
    """Return the intensity from plain arrays.

    Parameters
    ----------
    events
        Visits and findings.
    premises
        Who the enterprises are.
    opened
        shape (n_enterprises,), days since opening, -1 unknown.
    rules
        Half-life, bandwidth and weights.
    """
    return posterior(events, fit(events, premises, opened, rules), rules)


def fit(events: Events, premises: Premises, opened: Ints, rules: IntensityRules) -> Fit:
    """Return what all enterprises together say; parameters as for ``estimate``."""
    found = _found(events, events.weight)
    dispersions = dispersion_of(events.visit_of, found, events.size)
    dispersion = float(dispersions[-1])
    half_life = HalfLife(rules.half_life_days, {})
    if not rules.half_life_days:
        ones = np.ones(len(found))
        plain = Sums(*(_by(events, values) for values in (found, ones, ones, found**2)))
        expected = sector_rates(premises.sector, plain, dispersions[:-1])
        half_life = estimate_half_life(events.visit_of, events.visit_age, found, expected, dispersion)
    sums = _sums(events, half_life.days, rules.overdue_factor)
    years = _years(events, opened, half_life.days)
    known = _otherwise(events, half_life.days, rules.overdue_factor)
    county = total(known) / max(total(years), 1e-9)
    rate = (summed(premises.sector, known) + ALIKE * county) / (summed(premises.sector, years) + ALIKE)
    return Fit(
        half_life=half_life,
        prior=prior_of(premises, sums, dispersions, rules.bandwidth_km),
        gap=_gaps(premises.sector, sums.visits, years),
        years=years,
        otherwise=rate[premises.sector] if len(rate) else np.zeros(0),
        prior_years=rules.prior_years,
        least=rules.least,
    )


def posterior(events: Events, fitted: Fit, rules: IntensityRules) -> Intensity:
    """Return the intensity of every enterprise under a fit.

    Parameters
    ----------
    events
        Visits and findings.
    fitted
        What all enterprises together say.
    rules
        Weights of findings.

    Notes
    -----
    Findings per visit: shape ``A = s + N / phi``, rate ``B = s / mu + V / phi``, mean A / B, which grows with N.
    Otherwise: ``(U + p u) / (Y + p)``. Intensity = A / B / gap + otherwise; its interval is that of the gamma
    distribution with the same mean and variance.
    """
    prior, days = fitted.prior, fitted.half_life.days
    sums = _sums(events, days, rules.overdue_factor)
    mu, phi = np.maximum(prior.mean, 1e-9), prior.dispersion
    shape = prior.shape + sums.found / phi
    rate = prior.shape / mu + sums.visits / phi
    known = _otherwise(events, days, rules.overdue_factor) + fitted.prior_years * fitted.otherwise
    span = fitted.years + fitted.prior_years
    otherwise = np.divide(known, span, out=np.zeros(len(known)), where=span > 0)
    per_visit = shape / rate
    mean: Floats = np.maximum(per_visit / fitted.gap + otherwise, fitted.least)
    variance = shape / (rate * fitted.gap) ** 2 + phi * otherwise / np.maximum(span, 1e-9)
    low, high = gamma_interval(mean, variance)
    return Intensity(
        mean=np.round(mean, _DIGITS).astype(np.float64),
        low=np.round(low, _DIGITS),
        high=np.round(high, _DIGITS),
        per_visit=per_visit,
        gap=fitted.gap,
        otherwise=otherwise,
        prior=prior,
        half_life=fitted.half_life,
    )


def gamma_interval(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return the 10 % and 90 % quantiles of gamma distributions.

    Parameters
    ----------
    mean, variance
        Same shape, above 0.

    Notes
    -----
    Wilson and Hilferty (1931): ``mean (1 - 1 / (9 k) +- z / (3 sqrt k))^3`` with the shape k = mean^2 / variance. For
    k >= 1 the upper end is within 1.1 % and the lower within 7 % of the quantile, for k >= 2 both within 0.5 %; below
    1 the lower end is too low (0 at 0.25, where the quantile is 0.0003 of the mean), the upper by up to 7 %.
    The uncertainty of what all enterprises together say (rates, half-life) is not in it.
    """
    k = np.maximum(mean**2 / np.maximum(variance, 1e-12), 0.05)
    centre, step = 1 - 1 / (9 * k), Z_80 / (3 * np.sqrt(k))
    low = mean * np.maximum(centre - step, 0.0) ** 3
    return np.minimum(low, mean), np.maximum(mean * (centre + step) ** 3, mean)


def expected_now(intensity: Floats, days_since_visit: Ints, longest: int) -> Floats:
    """Return the hazards that are expected to be there undetected: intensity x time since the last visit.

    Parameters
    ----------
    intensity
        shape (n_enterprises,), hazards/yr.
    days_since_visit
        shape (n_enterprises,), -1 for never.
    longest
        Time that stands for never, and the longest that counts [days].
    """
    days = np.where(days_since_visit < 0, longest, np.minimum(days_since_visit, longest))
    waiting: Floats = intensity * days / DAYS_PER_YEAR
    return waiting


def _found(events: Events, weight: Floats) -> Floats:
    """Return the weight found at each routine visit."""
    routine = events.visit >= 0
    found: Floats = np.bincount(
        events.visit[routine], weights=on_grid(weight)[routine], minlength=len(events.visit_of)
    ).astype(np.float64)
    return found


def _by(events: Events, values: Floats) -> Floats:
    """Return sums over routine visits by enterprise."""
    return np.bincount(events.visit_of, weights=values, minlength=events.size).astype(np.float64)


def _weights(events: Events, overdue_factor: float) -> Floats:
    return np.where(events.overdue, events.weight * max(overdue_factor, 1.0), events.weight)


def _sums(events: Events, half_life: int, overdue_factor: float) -> Sums:
    decay = np.exp2(-events.visit_age / half_life)
    found = _found(events, _weights(events, overdue_factor)) * decay
    parts = (found, decay, decay**2, found**2)
    return Sums(*(_by(events, on_grid(values)) for values in parts))


def _otherwise(events: Events, half_life: int, overdue_factor: float) -> Floats:
    rest = events.visit < 0
    mass = on_grid(_weights(events, overdue_factor) * np.exp2(-events.age / half_life))
    return np.bincount(events.of[rest], weights=mass[rest], minlength=events.size).astype(np.float64)


def _years(events: Events, opened: Ints, half_life: int) -> Floats:
    """Return the decayed time since the first known event of the case, or since opening."""
    oldest = max(int(ages.max()) if len(ages) else 1 for ages in (events.visit_age, events.age))
    span = np.where((opened >= 0) & (opened < oldest), np.maximum(opened, 1), oldest)
    years: Floats = half_life / math.log(2) * (1 - np.exp2(-span / half_life)) / DAYS_PER_YEAR
    return years


def _gaps(sector: Ints, visits: Floats, years: Floats) -> Floats:
    """Return the usual time between routine visits of visited premises by sector [years]."""
    seen = visits > 0
    spent, made = summed(sector, np.where(seen, years, 0.0)), summed(sector, visits)
    number = int(seen.sum())
    if not number:
        return np.ones(len(sector))
    typical = (total(np.where(seen, years, 0.0)) / number, total(visits) / number)
    gap = (spent + ALIKE * typical[0]) / (made + ALIKE * typical[1])
    return np.clip(gap, LEAST_GAP, MOST_GAP)[sector].astype(np.float64)
