"""Logistic regression whose ridge is estimated from the data (evidence approximation), in plain numpy.

Columns come in groups; each group has one prior precision, re-estimated as ``gamma / |w - m|^2`` with ``gamma`` the
effective number of its parameters and ``m`` the prior mean (MacKay, Neural Computation 4 (1992) 415-447 and 720-736;
Bishop, Pattern Recognition and Machine Learning, sections 3.5 and 4.4). Where a group carries no signal its precision
grows and the group falls silent, so nothing has to be tuned from one city to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

START_PRECISION = 300.0
PRECISION_RANGE = (1.0, 1e7)
ROUNDS = 15
FIRST_STEPS, LATER_STEPS = 5, 2
"""Newton steps from the constant model, and from the weights of the round before."""
LARGEST_JUMP = 4.0
"""A Newton step moves no row's log odds by more, so that it cannot overshoot."""
SETTLED = 0.05
"""Rounds stop when no log precision moves by more."""


@dataclass(frozen=True)
class Fitted:
    """A fitted model.

    Parameters
    ----------
    centre, spread
        shape (n_columns,), mean and standard deviation of the training columns.
    weights
        shape (n_columns + 1,), intercept first.
    precision
        shape (n_groups,), prior precision of each group of columns.
    """

    centre: Floats
    spread: Floats
    weights: Floats
    precision: Floats

    def chance(self, columns: Floats) -> Floats:
        """Return the chance of a positive row; shape (n_rows,)."""
        score = self.weights[0] + ((columns - self.centre) / self.spread) @ self.weights[1:]
        return np.asarray(_sigmoid(score), dtype=np.float64)


def fit(columns: Floats, positive: Floats, weight: Floats, group: Ints, expected: Floats) -> Fitted:
    """Fit the model.

    Parameters
    ----------
    columns
        shape (n, p).
    positive
        shape (n,), 0 or 1.
    weight
        shape (n,), weight of each row, above 0.
    group
        shape (p,), group of each column, 0-based.
    expected
        shape (p,), prior mean of each weight, per unit of its column.
    """
    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    rows = np.column_stack([np.ones(len(columns)), (columns - centre) / spread])
    base = float(np.clip((weight * positive).sum() / weight.sum(), 1e-6, 1 - 1e-6))
    weights = np.zeros(rows.shape[1])
    weights[0] = np.log(base / (1 - base))
    precision = np.full(int(group.max()) + 1 if len(group) else 0, START_PRECISION)
    data = _Data(rows, positive, weight, np.concatenate([[0.0], expected * spread]))
    for turn in range(ROUNDS):
        penalty = np.concatenate([[1e-8], precision[group]])
        weights, spread_of = _newton(data, penalty, weights, LATER_STEPS if turn else FIRST_STEPS)
        before = precision
        precision = _evidence((weights - data.expected)[1:], spread_of[1:], group, precision)
        if np.all(np.abs(np.log(precision / before)) < SETTLED):
            break
    return Fitted(centre, spread, weights, precision)


@dataclass(frozen=True)
class _Data:
    """Standardised rows with a leading 1, outcomes, weights of the rows, prior means of the weights."""

    rows: Floats
    positive: Floats
    weight: Floats
    expected: Floats


def _newton(data: _Data, penalty: Floats, start: Floats, steps: int) -> tuple[Floats, Floats]:
    """Return the penalised maximum and the diagonal of its covariance (Laplace)."""
    weights, rows = start, data.rows
    for _ in range(steps):
        chance = _sigmoid(rows @ weights)
        slope = rows.T @ (data.weight * (data.positive - chance)) - penalty * (weights - data.expected)
        curvature = (rows * (data.weight * chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curvature, slope)
        jump = float(np.abs(rows @ step).max())
        weights = weights + step * min(1.0, LARGEST_JUMP / max(jump, 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return weights, np.diag(np.linalg.inv(curvature)).copy()


def _evidence(weights: Floats, variance: Floats, group: Ints, precision: Floats) -> Floats:
    size = np.bincount(group, minlength=len(precision))
    well_determined = size - precision * np.bincount(group, weights=variance, minlength=len(precision))
    length = np.bincount(group, weights=weights**2, minlength=len(precision))
    return np.clip(np.maximum(well_determined, 1e-3) / (length + 1e-12), *PRECISION_RANGE)


def _sigmoid(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -40, 40))), dtype=np.float64)
