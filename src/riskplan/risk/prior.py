"""What is expected of premises before their own history is looked at: sector, size, new business, neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.risk.neighbourhood import local_sums

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEAST_KAPPA, MOST_KAPPA = 4.0, 400.0
"""Bounds of the weight of the county's rate against a sector's own [visits]."""
GROUP_WEIGHT = 20.0
"""Expected findings, in units of the dispersion, that a ratio of a group starts from."""
LOCAL_WEIGHT = 5.0
"""Likewise for the ratio of a neighbourhood."""
LEAST_SHAPE, MOST_SHAPE = 0.25, 50.0
"""Bounds of the shape of the prior: its coefficient of variation lies between 2 and 0.14."""
LEAST_DISPERSION, MOST_DISPERSION = 0.2, 50.0
_GRID = float(1 << 24)


@dataclass(frozen=True)
class Premises:
    """Who the enterprises are, as plain arrays of shape (n_enterprises,).

    Parameters
    ----------
    sector, size
        Codes from 0.
    new
        True: opened lately.
    lon, lat
        [degrees], NaN where unknown.
    """

    sector: Ints
    size: Ints
    new: Bools
    lon: Floats
    lat: Floats


@dataclass(frozen=True)
class Sums:
    """Decayed history by enterprise, shape (n_enterprises,) each.

    Parameters
    ----------
    found
        Severity-weighted findings of routine visits.
    visits, squares
        Sum of the decays of routine visits, and of their squares.
    """

    found: Floats
    visits: Floats
    squares: Floats


@dataclass(frozen=True)
class Prior:
    """Gamma prior of the findings per routine visit.

    Parameters
    ----------
    mean
        shape (n_enterprises,), expected findings per visit: sector x size x new business x neighbourhood.
    shape
        Shape of the gamma distribution around it; small where premises differ much.
    dispersion
        Variance of the findings of a visit divided by their mean.
    sector, size, new, near
        shape (n_enterprises,), the factors of the mean: sector's rate and three ratios.
    pull
        Power of the neighbourhood's ratio, 0 (it says nothing here) to 1.
    """

    mean: Floats
    shape: float
    dispersion: float
    sector: Floats
    size: Floats
    new: Floats
    near: Floats
    pull: float


def summed(codes: Ints, values: Floats) -> Floats:
    """Return the sums by code, exact whatever the order (values on a grid of 2^-24)."""
    sums: Floats = np.bincount(codes, weights=np.rint(values * _GRID) / _GRID).astype(np.float64)
    return sums


def total(values: Floats) -> float:
    """Return the sum, exact whatever the order (values on a grid of 2^-24)."""
    return float(np.sum(np.rint(values * _GRID))) / _GRID


def dispersion_of(of: Ints, found: Floats) -> float:
    """Return the variance of findings between visits to the same premises, divided by their mean.

    Parameters
    ----------
    of
        shape (n_visits,), enterprise.
    found
        shape (n_visits,), severity-weighted findings.
    """
    if not len(of):
        return 1.0
    count, sums = np.bincount(of), summed(of, found)
    mean = sums / np.maximum(count, 1)
    within = total((found - mean[of]) ** 2)
    freedom = total(np.maximum(count - 1, 0) * mean)
    return float(np.clip((within + 1.0) / (freedom + 1.0), LEAST_DISPERSION, MOST_DISPERSION))


def sector_rates(sector: Ints, sums: Sums, dispersion: float) -> Floats:
    """Return the sector's findings per visit without the premises' own, shrunk towards the county's.

    Parameters
    ----------
    sector
        shape (n_enterprises,), codes.
    sums
        Decayed history.
    dispersion
        Variance / mean of the findings of a visit.

    Returns
    -------
    numpy.ndarray
        shape (n_enterprises,), ``(N_s - N_e + kappa R) / (V_s - V_e + kappa)``; kappa by moments (Buehlmann and
        Straub 1970): variance within / variance between sectors, from 4 to 400 visits.
    """
    found, visits = summed(sector, sums.found), summed(sector, sums.visits)
    whole = float(visits.sum())
    county = float(found.sum()) / whole if whole else 0.0
    if not county:
        return np.zeros(len(sector))
    rates = np.divide(found, visits, out=np.full(len(found), county), where=visits > 0)
    spread = (
        float(np.sum(visits * (rates - county) ** 2)) - (np.count_nonzero(visits) - 1) * dispersion * county
    )
    below = whole - float(np.sum(visits**2)) / whole
    between = max(spread / below, 0.0) if below > 0 else 0.0
    kappa = float(np.clip(dispersion * county / between, LEAST_KAPPA, MOST_KAPPA)) if between else MOST_KAPPA
    result: Floats = (found[sector] - sums.found + kappa * county) / (visits[sector] - sums.visits + kappa)
    return np.maximum(result, 0.0)


def group_ratios(group: Ints, found: Floats, expected: Floats, weight: float) -> Floats:
    """Return found / expected of each enterprise's group, both starting from ``weight``.

    Parameters
    ----------
    group
        shape (n_enterprises,), codes.
    found, expected
        shape (n_enterprises,), severity-weighted findings.
    weight
        Expected findings that the ratio starts from, above 0.
    """
    ratio: Floats = (summed(group, found) + weight) / (summed(group, expected) + weight)
    return ratio[group]


def prior_of(premises: Premises, sums: Sums, dispersion: float, bandwidth: float) -> Prior:
    """Return the prior of every enterprise.

    Parameters
    ----------
    premises, sums
        Who they are and what was found.
    dispersion
        Variance / mean of the findings of a visit.
    bandwidth
        Of the neighbourhood [km]; 0: none.

    Notes
    -----
    Factors are estimated one after the other: sector (hierarchical), size, new business, then the neighbourhood's
    ratio of found to expected among *other* premises, to the power ``pull`` that explains the own findings best (one
    Fisher scoring step with a ridge). The shape comes from the moments of found - expected (over-dispersion).
    """
    sector = sector_rates(premises.sector, sums, dispersion)
    weight = GROUP_WEIGHT * dispersion
    size = group_ratios(premises.size, sums.found, sums.visits * sector, weight)
    new = group_ratios(premises.new.astype(np.int64), sums.found, sums.visits * sector * size, weight)
    base = sector * size * new
    near, pull = np.ones(len(sector)), 0.0
    if bandwidth > 0:
        values = np.column_stack([sums.found, sums.visits * base])
        around = local_sums(premises.lon, premises.lat, values, bandwidth)
        start = LOCAL_WEIGHT * dispersion
        near = (around[:, 0] + start) / (around[:, 1] + start)
        pull = _pull(near, sums, base, dispersion)
    mean = base * near**pull
    return Prior(mean, _shape(sums, mean, dispersion), dispersion, sector, size, new, near**pull, pull)


def _pull(near: Floats, sums: Sums, base: Floats, dispersion: float) -> float:
    logs, expected = np.log(near), sums.visits * base
    gain = total(logs * (sums.found - expected))
    information = total(logs**2 * expected) + LOCAL_WEIGHT * dispersion
    return float(np.clip(gain / information, 0.0, 1.0))


def _shape(sums: Sums, mean: Floats, dispersion: float) -> float:
    expected = sums.visits * mean
    above = total((sums.found - expected) ** 2 - dispersion * sums.squares * mean)
    below = total(expected**2)
    if above <= 0 or below <= 0:
        return MOST_SHAPE
    return float(np.clip(below / above, LEAST_SHAPE, MOST_SHAPE))
