"""What a ranking model is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from riskplan.risk.inspections import Inspections

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """Which businesses are to be ranked, and from what knowledge.

    Parameters
    ----------
    business
        shape (m,), index of each asked business.
    cutoff
        shape (m,), the answer for a row may use only inspections before this day.
    origin
        Day for which parameters are fitted: only inspections before it may be learnt from.
    ahead
        How many days after its cutoff a visit may lie: the window's length for ``origin``, 0 for ``day``.
    serious
        Severity from which a visit counts as having found a problem, 1-3; 0: any violation.
    """

    business: Ints
    cutoff: Ints
    origin: int
    ahead: int
    serious: int


class Forecaster(Protocol):
    """A ranking model."""

    @property
    def name(self) -> str:
        """Key of the model below ``model.`` in the message catalogue."""

    @property
    def calibrated(self) -> bool:
        """Whether answers are chances, or only an order."""

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return shape (m,): the chance that a routine visit finds a problem, or a number that ranks it; high = early."""
