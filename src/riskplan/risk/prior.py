"""What is expected of premises before their own history is looked at: sector, size, new business, neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.risk.neighbourhood import local_sums

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEAST_KAPPA, FIXED_KAPPA, MOST_KAPPA = 4.0, 20.0, 400.0
"""Bounds of the weight of the county's rate against a sector's own [visits]."""
GROUP_WEIGHT = 20.0
"""Expected findings, in units of the dispersion, that a ratio of a group starts from."""
LOCAL_WEIGHT = 5.0
"""Likewise for the ratio of a neighbourhood."""
LEAST_SHAPE, USUAL_SHAPE, MOST_SHAPE = 0.25, 2.0, 20.0
"""Bounds of the shape of the prior: its coefficient of variation lies between 2 and 0.22; usual where little is known."""
ALIKE = 20.0
"""Premises that the usual shape stands for."""
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
    found_squares
        Sum of the squares of decayed findings.
    """

    found: Floats
    visits: Floats
    squares: Floats
    found_squares: Floats


@dataclass(frozen=True)
class Prior:
    """Gamma prior of the findings per routine visit.

    Parameters
    ----------
    mean
        shape (n_enterprises,), expected findings per visit: sector x size x new business x neighbourhood.
    shape
        shape (n_enterprises,), of the gamma distribution around it; small where others differ much.
    dispersion
        shape (n_enterprises,), variance of the findings of a visit divided by their mean, of others.
    sector, size, new, near
        shape (n_enterprises,), the factors of the mean: sector's rate and three ratios.
    pull
        Power of the neighbourhood's ratio, 0 (it says nothing here) to 1.
    """

    mean: Floats
    shape: Floats
    dispersion: Floats
    sector: Floats
    size: Floats
    new: Floats
    near: Floats
    pull: float


def summed(codes: Ints, values: Floats) -> Floats:
    """Return the sums by code, exact whatever the order (values on a grid of 2^-24)."""
    return np.bincount(codes, weights=_rounded(values)).astype(np.float64)


def total(values: Floats) -> float:
    """Return the sum, exact whatever the order (values on a grid of 2^-24)."""
    return float(np.sum(np.rint(values * _GRID))) / _GRID


def dispersion_of(of: Ints, found: Floats, size: int) -> Floats:
    """Return the variance of findings between visits to the same premises, divided by their mean.

    Parameters
    ----------
    of
        shape (n_visits,), enterprise.
    found
        shape (n_visits,), severity-weighted findings.
    size
        Number of enterprises.

    Returns
    -------
    numpy.ndarray
        shape (n_enterprises + 1,), for each enterprise that of the others; last that of all.
    """
    count = np.bincount(of, minlength=size)
    mean = np.bincount(of, weights=_rounded(found), minlength=size) / np.maximum(count, 1)
    within = np.bincount(of, weights=_rounded((found - mean[of]) ** 2), minlength=size)
    freedom = _rounded(np.maximum(count - 1, 0) * mean)
    ratio = (_without(within.astype(np.float64)) + 1.0) / (_without(freedom) + 1.0)
    return np.clip(ratio, LEAST_DISPERSION, MOST_DISPERSION).astype(np.float64)


def _rounded(values: Floats) -> Floats:
    rounded: Floats = np.rint(values * _GRID) / _GRID
    return rounded


def _without(values: Floats) -> Floats:
    """Return the sums without each value, and the sum of all."""
    return np.append(float(values.sum()) - values, float(values.sum())).astype(np.float64)


def sector_rates(sector: Ints, sums: Sums, dispersion: Floats) -> Floats:
    """Return the sector's findings per visit without the premises' own, shrunk towards the county's.

    Parameters
    ----------
    sector
        shape (n_enterprises,), codes.
    sums
        Decayed history.
    dispersion
        shape (n_enterprises,), variance / mean of the findings of a visit, of others.

    Returns
    -------
    numpy.ndarray
        shape (n_enterprises,), ``(N_s - N_e + kappa R) / (V_s - V_e + kappa)`` with the rate R of all others; kappa by
        moments (Buehlmann and Straub 1970): variance within / variance between sectors, from 4 to 400 visits.
    """
    found, visits = summed(sector, sums.found), summed(sector, sums.visits)
    rest, seen = _without(sums.found)[:-1], _without(sums.visits)[:-1]
    county = np.divide(rest, seen, out=np.zeros(len(sector)), where=seen > 0)
    own_found, own_visits = found[sector] - sums.found, visits[sector] - sums.visits
    kappa = _kappa((found, visits), (own_found, own_visits), (rest, seen), (sector, dispersion * county))
    result: Floats = (own_found + kappa * county) / (own_visits + kappa)
    return np.maximum(result, 0.0)


def _kappa(
    of_sectors: tuple[Floats, Floats],
    of_own: tuple[Floats, Floats],
    of_all: tuple[Floats, Floats],
    known: tuple[Ints, Floats],
) -> Floats:
    """Return variance within / variance between sectors without each of the premises, by moments."""
    (found, visits), (own_found, own_visits), (rest, seen), (sector, within) = (
        of_sectors,
        of_own,
        of_all,
        known,
    )
    by_sector = _rounded(np.divide(found**2, visits, out=np.zeros(len(found)), where=visits > 0))
    own = np.divide(own_found**2, own_visits, out=np.zeros(len(sector)), where=own_visits > 0)
    whole = np.divide(rest**2, seen, out=np.zeros(len(sector)), where=seen > 0)
    spread = float(by_sector.sum()) - by_sector[sector] + own - whole
    spread -= (np.count_nonzero(visits) - 1) * within
    below = float(visits.sum()) - float(np.sum(visits**2)) / max(float(visits.sum()), 1e-9)
    between = spread / max(below, 1e-9)
    kappa = np.divide(within, between, out=np.full(len(sector), MOST_KAPPA), where=between > 0)
    return np.clip(kappa, LEAST_KAPPA, MOST_KAPPA).astype(np.float64)


def group_ratios(group: Ints, sector: Ints, sums: Sums, weight: Floats) -> Floats:
    """Return found / expected of the others of each enterprise's group, both starting from ``weight``.

    Parameters
    ----------
    group, sector
        shape (n_enterprises,), codes.
    sums
        Decayed history.
    weight
        shape (n_enterprises,), expected findings that the ratio starts from, above 0.

    Notes
    -----
    Expected are the visits of each sector times its rate, all without the premises' own findings. One group: 1.
    """
    if not group.any():
        return np.ones(len(group))
    known = _Others.of(sector, sums)
    table = np.zeros((int(group.max(initial=0)) + 1, len(known.found)))
    np.add.at(table, (group, sector), _rounded(sums.visits))
    below = known.visits + FIXED_KAPPA
    at = table[group, sector]
    parts = [table * (values / below) for values in (known.found, np.full(len(below), FIXED_KAPPA))]
    rest = [part.sum(axis=1)[group] - part[group, sector] for part in parts]
    expected = rest[0] + rest[1] * known.county + np.maximum(at - sums.visits, 0.0) * known.rate
    found = np.maximum(summed(group, sums.found)[group] - sums.found, 0.0)
    ratio: Floats = (found + weight) / (expected + weight)
    return ratio


@dataclass(frozen=True)
class _Others:
    """Sums by sector; for each enterprise the county's rate and its sector's rate without its own findings."""

    found: Floats
    visits: Floats
    county: Floats
    rate: Floats

    @classmethod
    def of(cls, sector: Ints, sums: Sums) -> _Others:
        found, visits = summed(sector, sums.found), summed(sector, sums.visits)
        county = _without(sums.found)[:-1] / np.maximum(_without(sums.visits)[:-1], 1e-9)
        above = found[sector] - sums.found + FIXED_KAPPA * county
        return cls(found, visits, county, above / (visits[sector] - sums.visits + FIXED_KAPPA))


def prior_of(premises: Premises, sums: Sums, dispersions: Floats, bandwidth: float) -> Prior:
    """Return the prior of every enterprise.

    Parameters
    ----------
    premises, sums
        Who they are and what was found.
    dispersions
        Those of ``dispersion_of``.
    bandwidth
        Of the neighbourhood [km]; 0: none.

    Notes
    -----
    Factors: sector (hierarchical), size and new business given the sectors, then the neighbourhood's ratio
    of found to expected among *other* premises, to the power ``pull`` that explains the own findings best (one
    Fisher scoring step with a ridge). The shape comes from moments (over-dispersion). Sector, size, new business,
    neighbourhood, shape and dispersion are those of others: nobody's own findings change how much they are believed.
    """
    dispersion = float(dispersions[-1])
    sector = sector_rates(premises.sector, sums, dispersions[:-1])
    weight = GROUP_WEIGHT * dispersions[:-1]
    size = group_ratios(premises.size, premises.sector, sums, weight)
    new = group_ratios(premises.new.astype(np.int64), premises.sector, sums, weight)
    base = sector * size * new
    near, pull = np.ones(len(sector)), 0.0
    if bandwidth > 0:
        values = np.column_stack([sums.found, sums.visits * base])
        around = local_sums(premises.lon, premises.lat, values, bandwidth)
        start = LOCAL_WEIGHT * dispersion
        near = (around[:, 0] + start) / (around[:, 1] + start)
        pull = _pull(near, sums, base, dispersion)
    mean = base * near**pull
    own = dispersions[:-1]
    return Prior(mean, _shapes(premises.sector, sums), own, sector, size, new, near**pull, pull)


def _pull(near: Floats, sums: Sums, base: Floats, dispersion: float) -> float:
    logs, expected = np.log(near), sums.visits * base
    gain = total(logs * (sums.found - expected))
    information = total(logs**2 * expected) + LOCAL_WEIGHT * dispersion
    return float(np.clip(gain / information, 0.0, 1.0))


def _shapes(sector: Ints, sums: Sums) -> Floats:
    """Return 1 / squared coefficient of variation between premises of a sector, by moments, from others only.

    Two visits to the same premises have findings y and y' with ``E[y y'] = rate^2 (1 + 1 / shape)``: what products of
    findings exceed the squared rates by. ``ALIKE`` premises of the usual shape are put in.
    """
    products = sums.found**2 - sums.found_squares
    pairs = np.maximum(sums.visits**2 - sums.squares, 0.0)
    known, both = _Others.of(sector, sums), summed(sector, pairs)
    found = known.found
    part = both / (known.visits + FIXED_KAPPA) ** 2
    terms = [
        _rounded(part * v) for v in (found**2, 2 * FIXED_KAPPA * found, np.full(len(found), FIXED_KAPPA**2))
    ]
    others = [float(term.sum()) - term[sector] for term in terms]
    expected = others[0] + others[1] * known.county + others[2] * known.county**2
    expected = expected + np.maximum(both[sector] - pairs, 0.0) * known.rate**2
    start = ALIKE * expected / max(int(np.count_nonzero(pairs)), 1)
    excess = (_without(_rounded(products))[:-1] + start * (1 + 1 / USUAL_SHAPE)) - (expected + start)
    ratio = np.divide(expected + start, excess, out=np.full(len(sector), MOST_SHAPE), where=excess > 0)
    return np.clip(ratio, LEAST_SHAPE, MOST_SHAPE).astype(np.float64)
