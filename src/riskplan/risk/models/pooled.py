"""The shipped ranking model: own history, neighbourhood and traits pooled by a logistic regression (``logistic``)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.risk.inspections import ROUTINE, Inspections
from riskplan.risk.models.features import Columns, Setting, columns_of, found, setting_of
from riskplan.risk.models.logistic import fit
from riskplan.risk.models.protocol import Question
from riskplan.risk.models.sums import Asked

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TRAINING_HALF_LIFE = 730.0
"""A visit of two years ago teaches half as much as one of today [days]."""
WARM_UP = 100
"""Visits of the first days have no past to learn from [days]."""
MOST_ROWS = 60_000
"""The most recent visits that parameters are fitted on."""
FEWEST_POSITIVE = 10
OWN_COLUMN, OWN_WEIGHT = "own, 1100 d: found", 0.5
"""Before any data: twice the own rate is 0.5 x log 2 more log odds. With little history this is what is known."""
DECIMALS = 9


@dataclass(frozen=True)
class Training:
    """Past visits with what was known about them beforehand.

    Parameters
    ----------
    columns
        What was known, as of the same distance ahead as in the question.
    positive, weight
        shape (n,), 1 where a problem was found; weight by age.
    """

    columns: Columns
    positive: Floats
    weight: Floats


class Pooled:
    """Logistic regression on own history, neighbourhood and traits, its ridge estimated from the data."""

    name = "pooled"
    calibrated = True

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return the chance that a routine visit finds a problem.

        Parameters
        ----------
        known
            Inspections before the last cutoff.
        asked
            Businesses, their cutoffs, the day for which parameters are fitted.

        Returns
        -------
        numpy.ndarray
            shape (m,), in [0, 1], rounded to 1e-9.
        """
        past = known.before(asked.origin)
        setting = setting_of(past, asked.serious)
        training = training_of(past, asked, setting)
        if training is None:
            return np.full(len(asked.business), float(setting.base[0]))
        columns = columns_of(known, Asked(asked.business, asked.cutoff), setting)
        expected = np.where(np.array(training.columns.names) == OWN_COLUMN, OWN_WEIGHT, 0.0)
        model = fit(
            training.columns.values, training.positive, training.weight, training.columns.group, expected
        )
        return np.round(model.chance(columns.values), DECIMALS)


def training_of(past: Inspections, asked: Question, setting: Setting) -> Training | None:
    """Return the rows that parameters are fitted on; None where there is too little to learn from.

    A past visit is described as of the first day of its own window of ``asked.ahead`` days (counted back from the
    origin), so that it is as old news as the rows that are asked for.
    """
    routine = np.flatnonzero(past.kind == ROUTINE)
    if not len(routine):
        return None
    rows = routine[past.day[routine] >= past.day[routine[0]] + WARM_UP]
    rows = (rows if len(rows) else routine)[-MOST_ROWS:]
    positive = found(past, asked.serious)[rows].astype(np.float64)
    if min(positive.sum(), len(positive) - positive.sum()) < FEWEST_POSITIVE:
        return None
    day = past.day[rows]
    back = asked.origin - day
    cutoff = asked.origin - -(-back // asked.ahead) * asked.ahead if asked.ahead > 0 else day
    columns = columns_of(past, Asked(past.business[rows], cutoff), setting)
    weight = np.exp2(-back / TRAINING_HALF_LIFE)
    return Training(columns, positive, weight)
