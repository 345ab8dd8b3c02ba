"""The logistic regression that chooses its own ridge."""

from __future__ import annotations

import numpy as np
import pytest

from riskplan.risk.models.logistic import fit


def draw(n: int, weights: list[float], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and outcomes of a known model."""
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(n, len(weights)))
    chance = 1 / (1 + np.exp(1.0 - columns @ np.array(weights)))
    return columns, (rng.random(n) < chance).astype(float)


def test_known_weights_are_found_and_chances_are_calibrated() -> None:
    """With many rows the truth comes back, and the mean chance is the share of positives."""
    columns, positive = draw(20_000, [1.0, -0.5, 0.0])
    model = fit(columns, positive, np.ones(len(positive)), np.array([0, 0, 1]), np.zeros(3))
    assert model.weights / np.array([1, 1, 1, 1]) == pytest.approx([-1.0, 1.0, -0.5, 0.0], abs=0.06)
    assert model.chance(columns).mean() == pytest.approx(positive.mean(), abs=1e-3)


def test_a_group_without_signal_falls_silent_and_leaves_the_other_alone() -> None:
    """Forty columns of noise beside one that matters do not drown it."""
    columns, positive = draw(1_500, [0.8] + [0.0] * 40)
    group = np.array([0] + [1] * 40)
    model = fit(columns, positive, np.ones(len(positive)), group, np.zeros(41))
    assert model.weights[1] == pytest.approx(0.8, abs=0.25)
    assert np.abs(model.weights[2:]).max() < 0.05
    assert model.precision[1] > 10 * model.precision[0]


def test_columns_that_separate_the_outcomes_and_constant_columns_end_in_finite_weights() -> None:
    """Perfect separation and a column of one value are no faults."""
    x = np.linspace(-1, 1, 60)
    columns = np.column_stack([x, np.ones(60)])
    model = fit(columns, (x > 0).astype(float), np.ones(60), np.array([0, 1]), np.zeros(2))
    assert np.isfinite(model.weights).all()
    assert model.chance(columns)[-1] > 0.9
    assert model.chance(columns)[0] < 0.1


def test_with_hardly_any_rows_the_prior_means_stand_and_with_many_they_do_not_matter() -> None:
    """Twelve rows leave a prior mean of 0.5 where it is; twenty thousand find the truth of -0.5."""
    columns, positive = draw(20_000, [-0.5])
    few = fit(columns[:12], positive[:12], np.ones(12), np.array([0]), np.array([0.5]))
    many = fit(columns, positive, np.ones(len(positive)), np.array([0]), np.array([0.5]))
    assert few.weights[1] / few.spread[0] == pytest.approx(0.5, abs=0.1)
    assert many.weights[1] == pytest.approx(-0.5, abs=0.06)
