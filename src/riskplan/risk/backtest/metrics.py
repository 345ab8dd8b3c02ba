"""How good an order and its chances are: share found in the first half, AUC, precision, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.risk.backtest.ranking import Flags, Floats, Ints, Ranking

BINS = 10
WORKDAYS = 20
"""The office's capacity: what it visits in this many working days."""


def expected_hits(ranking: Ranking, positive: Flags, first: int) -> float:
    """Return how many positive rows are among the first ``first`` of the order, groups of ties in proportion."""
    hits = np.add.reduceat(positive[ranking.order].astype(np.float64), ranking.starts)
    size = ranking.ends - ranking.starts
    taken = np.clip(first - ranking.starts, 0, size)
    return float((hits * taken / size).sum())


def auc(ranking: Ranking, positive: Flags) -> float:
    """Return the chance that a positive row stands before a negative one, ties half; 0.5 where a kind is missing.

    Mann-Whitney U over the number of pairs (Hanley and McNeil, Radiology 143 (1982) 29-36).
    """
    hits = np.add.reduceat(positive[ranking.order].astype(np.float64), ranking.starts)
    misses = (ranking.ends - ranking.starts) - hits
    later = misses.sum() - np.cumsum(misses)
    pairs = hits.sum() * misses.sum()
    return float((hits * (later + misses / 2)).sum() / pairs) if pairs else 0.5


def capacity_of(day: Ints) -> int:
    """Return how many of a window's rows the office visits in ``WORKDAYS`` days on which it works."""
    return max(1, min(len(day), round(len(day) / len(np.unique(day)) * WORKDAYS)))


@dataclass(frozen=True)
class Bin:
    """Rows of similar chance: their number, mean chance, share that had a problem."""

    rows: int
    chance: float
    found: float


@dataclass(frozen=True)
class Calibration:
    """Whether chances can be taken at their word.

    Parameters
    ----------
    bins
        Tenths of the rows by chance, lowest first.
    brier
        Mean squared error (Brier, Monthly Weather Review 78 (1950) 1-3).
    slope, intercept
        Logistic regression of the outcome on the log odds of the chance (Cox, Biometrika 45 (1958) 562-565); 1 and 0
        are perfect.
    """

    bins: tuple[Bin, ...]
    brier: float
    slope: float
    intercept: float


def calibration(chance: Floats, positive: Flags) -> Calibration:
    """Return bins, Brier score and the line of recalibration."""
    order = np.argsort(chance, kind="stable")
    parts = [p for p in np.array_split(order, BINS) if len(p)]
    bins = tuple(Bin(len(p), float(chance[p].mean()), float(positive[p].mean())) for p in parts)
    brier = float(((chance - positive) ** 2).mean())
    slope, intercept = _line(chance, positive)
    return Calibration(bins, brier, slope, intercept)


def _line(chance: Floats, positive: Flags) -> tuple[float, float]:
    p = np.clip(chance, 1e-6, 1 - 1e-6)
    x = np.column_stack([np.ones(len(p)), np.log(p / (1 - p))])
    b = np.array([0.0, 1.0])
    for _ in range(25):
        q = 1 / (1 + np.exp(-np.clip(x @ b, -30, 30)))
        curvature = (x * (q * (1 - q))[:, None]).T @ x + 1e-6 * np.eye(2)
        step: npt.NDArray[np.float64] = np.linalg.solve(curvature, x.T @ (positive - q))
        b = b + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return float(b[1]), float(b[0])
