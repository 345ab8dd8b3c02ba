"""Classes of accidents at every boundary, and what findings weigh."""

from __future__ import annotations

import math

import numpy as np
import pytest

from riskplan.risk.severity import accident_class, finding_weights

WEIGHTS = {"minor": 0.3, "general": 1.0, "major": 10.0, "accident": 10.0}


@pytest.mark.parametrize(
    ("deaths", "injured", "loss", "expected"),
    [
        (0, 0, 0.0, 1),
        (2, 9, 9.99, 1),
        (3, 0, 0.0, 2),
        (9, 0, 0.0, 2),
        (10, 0, 0.0, 3),
        (29, 0, 0.0, 3),
        (30, 0, 0.0, 4),
        (0, 9, 0.0, 1),
        (0, 10, 0.0, 2),
        (0, 49, 0.0, 2),
        (0, 50, 0.0, 3),
        (0, 99, 0.0, 3),
        (0, 100, 0.0, 4),
        (0, 0, 9.999, 1),
        (0, 0, 10.0, 2),
        (0, 0, 49.999, 2),
        (0, 0, 50.0, 3),
        (0, 0, 99.999, 3),
        (0, 0, 100.0, 4),
        (-1, -1, math.nan, 1),
        (3, 50, 0.0, 3),
        (1, 0, 100.0, 4),
    ],
)
def test_accidents_are_classed_by_the_worst_of_three(deaths, injured, loss, expected):
    """Order 493, article 3: "or more" includes the number itself; unknown counts as none."""
    assert accident_class([deaths], [injured], [loss]).tolist() == [expected]


def test_weights_follow_severity_and_class():
    """Accidents weigh more by class; a severity without a weight weighs nothing."""
    names = ["minor", "general", "major", "accident", "accident", "accident", "odd"]
    classes = np.array([0, 0, 0, 1, 2, 4, 0])
    assert finding_weights(names, classes, WEIGHTS, None).tolist() == [0.3, 1.0, 10.0, 10.0, 20.0, 80.0, 0.0]
    own = {"ordinary": 1.0, "larger": 3.0, "major": 3.0, "extra_major": 5.0}
    assert finding_weights(names[3:6], classes[3:6], WEIGHTS, own).tolist() == [10.0, 30.0, 50.0]
