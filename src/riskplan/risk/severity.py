"""How much a finding weighs: severity classes, and the classes of accidents by deaths, serious injuries and loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_ACCIDENT, ORDINARY, LARGER, MAJOR, EXTRA_MAJOR = range(5)
ACCIDENT_CLASSES = ("ordinary", "larger", "major", "extra_major")
"""Names of the classes 1 to 4, the mildest first."""
_FROM: Mapping[int, tuple[int, int, float]] = {
    LARGER: (3, 10, 10.0),
    MAJOR: (10, 50, 50.0),
    EXTRA_MAJOR: (30, 100, 100.0),
}
"""Class -> least deaths, least serious injuries, least direct loss [million yuan]; one of the three is enough."""
_FACTORS: Mapping[str, float] = {"ordinary": 1.0, "larger": 2.0, "major": 4.0, "extra_major": 8.0}
"""Multiples of an accident's weight by class: an assumption of riskplan."""


def accident_class(deaths: npt.ArrayLike, injured: npt.ArrayLike, loss: npt.ArrayLike) -> Ints:
    """Return the class of accidents: 1 ordinary, 2 larger, 3 major, 4 extra-major.

    Parameters
    ----------
    deaths, injured
        People killed and seriously injured (acute poisoning included); a negative number stands for unknown.
    loss
        Direct loss [million yuan]; NaN or a negative number stands for unknown.

    Notes
    -----
    State Council order 493, article 3. "Or more" includes the number itself, "less than" does not: 2 deaths are
    ordinary, 3 and 9 larger, 10 and 29 major, 30 extra-major.
    """
    known = (np.asarray(deaths, dtype=np.int64), np.asarray(injured, dtype=np.int64))
    money = np.nan_to_num(np.asarray(loss, dtype=np.float64), nan=0.0)
    result = np.full(
        np.broadcast_shapes(known[0].shape, known[1].shape, money.shape), ORDINARY, dtype=np.int64
    )
    for name, (least_deaths, least_injured, least_loss) in _FROM.items():
        result[(known[0] >= least_deaths) | (known[1] >= least_injured) | (money >= least_loss)] = name
    return result


def finding_weights(
    severity: Sequence[str], accident: Ints, weights: Mapping[str, float], factors: Mapping[str, float] | None
) -> Floats:
    """Return the weight of findings by severity, of accidents by class.

    Parameters
    ----------
    severity
        ``minor``, ``general``, ``major`` or ``accident``, shape (n_findings,).
    accident
        shape (n_findings,), class of accidents, 0 for other findings.
    weights
        Severity -> weight; what is not named weighs nothing.
    factors
        Name of an accident's class -> multiple of the weight of accidents; None: 1, 2, 4, 8.
    """
    names = np.asarray(severity, dtype=object)
    result = np.zeros(len(names))
    for name, weight in weights.items():
        result[names == name] = weight
    multiple = np.array([1.0, *((factors or _FACTORS).get(name, 1.0) for name in ACCIDENT_CLASSES)])
    weighed: Floats = result * multiple[accident]
    return weighed
