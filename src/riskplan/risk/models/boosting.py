"""The optional learner: gradient-boosted trees of scikit-learn (extra ``learn``) on the same columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from riskplan.risk.inspections import Inspections
from riskplan.risk.models.features import columns_of, setting_of
from riskplan.risk.models.pooled import DECIMALS, training_of
from riskplan.risk.models.protocol import Question
from riskplan.risk.models.sums import Asked

Floats = npt.NDArray[np.float64]


class Boosting:
    """Histogram gradient boosting, small trees, seeded."""

    name = "boosting"
    calibrated = True

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return the chance that a routine visit finds a problem; as for the shipped model."""
        past = known.before(asked.origin)
        setting = setting_of(past, asked.serious)
        training = training_of(past, asked, setting)
        if training is None:
            return np.full(len(asked.business), float(setting.base[0]))
        model = HistGradientBoostingClassifier(
            max_iter=150,
            learning_rate=0.04,
            max_leaf_nodes=8,
            min_samples_leaf=60,
            l2_regularization=10.0,
            early_stopping=False,
            random_state=0,
        )
        model.fit(training.columns.values, training.positive, sample_weight=training.weight)
        columns = columns_of(known, Asked(asked.business, asked.cutoff), setting)
        chance: Floats = np.asarray(model.predict_proba(columns.values)[:, 1], dtype=np.float64)
        return np.round(chance, DECIMALS)
