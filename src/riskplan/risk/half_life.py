"""How fast history fades: the half-life that would have foretold a case's own visits best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GRID = (90, 135, 180, 270, 365, 540, 730, 1095, 1460)
"""Half-lives that are tried [days]."""
USUAL = 365
"""Taken unless another one is clearly better: an assumption of riskplan [days]."""
CLEARLY = 2.0
"""Gain of the log likelihood, in units of the dispersion, from which another half-life is clearly better."""
_STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 1e6)
"""Weights of the prior rate that are tried with each half-life [visits]; the last leaves history out."""
_MOST_VISITS = 60
"""The latest visits of each enterprise that are looked at; older ones have faded."""
_LEAST_RATE = 1e-6


@dataclass(frozen=True)
class HalfLife:
    """The half-life and how well each one foretold.

    Parameters
    ----------
    days
        The half-life that is used [days].
    likelihood
        Half-life -> log likelihood of all visits, each foretold from those before it, divided by the dispersion.
    """

    days: int
    likelihood: dict[int, float]


def estimate_half_life(of: Ints, age: Ints, found: Floats, prior: Floats, dispersion: float) -> HalfLife:
    """Return the half-life under which each routine visit is foretold best by the ones before it.

    Parameters
    ----------
    of, age
        shape (n_visits,), enterprise and days before today; sorted by enterprise, the oldest first.
    found
        shape (n_visits,), severity-weighted findings of the visit.
    prior
        shape (n_enterprises,), findings per visit that are expected where nothing else is known.
    dispersion
        Variance of findings per visit divided by their mean.

    Notes
    -----
    Poisson (quasi-)likelihood ``y log m - m`` of every visit but the first, with the one-step-ahead mean
    ``m = (N + a prior) / (V + a)``: N and V are the findings and visits before it, halved every half-life. The best
    prior weight a of each half-life is taken. With few visits all half-lives are about as good; then ``USUAL`` stays.
    """
    table = _likelihoods(of, age, found, np.maximum(prior, _LEAST_RATE)) / max(dispersion, _LEAST_RATE)
    by_days = {h: float(np.round(v, 6)) for h, v in zip(GRID, table.max(axis=0), strict=True)}
    best = max(GRID, key=lambda h: (by_days[h], -abs(h - USUAL)))
    return HalfLife(best if by_days[best] - by_days[USUAL] > CLEARLY else USUAL, by_days)


def _likelihoods(of: Ints, age: Ints, found: Floats, prior: Floats) -> Floats:
    """Return the log likelihood by prior weight and half-life."""
    result = np.zeros((len(_STRENGTHS), len(GRID)))
    owners, start, count = np.unique(of, return_index=True, return_counts=True)
    start, count = start + np.maximum(count - _MOST_VISITS, 0), np.minimum(count, _MOST_VISITS)
    order = np.lexsort((prior[owners], -count)) if len(owners) else np.zeros(0, dtype=np.int64)
    owners, start, count = owners[order], start[order], count[order]
    per_day = -1.0 / np.array(GRID)
    mass = np.zeros((len(owners), len(GRID)))
    visits = np.zeros((len(owners), len(GRID)))
    for k in range(1, int(count.max()) if len(count) else 0):
        n = int(np.searchsorted(-count, -k))
        at = start[:n] + k
        fade = np.exp2((age[at - 1] - age[at])[:, None] * per_day)
        mass, visits = (mass[:n] + found[at - 1, None]) * fade, (visits[:n] + 1.0) * fade
        base, y = prior[owners[:n], None], found[at, None]
        for row, strength in enumerate(_STRENGTHS):
            mean = (mass + strength * base) / (visits + strength)
            result[row] += np.sum(y * np.log(mean) - mean, axis=0)
    return result
