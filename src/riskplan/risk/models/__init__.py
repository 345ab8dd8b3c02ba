"""Ranking models behind one protocol: baselines, the shipped model, an optional learner."""

from riskplan.risk.models.baselines import DaysSince, NearRate, OwnRate, TierOnly
from riskplan.risk.models.pooled import Pooled
from riskplan.risk.models.protocol import Forecaster, Question

__all__ = ["DaysSince", "Forecaster", "NearRate", "OwnRate", "Pooled", "Question", "TierOnly", "forecasters"]


def forecasters() -> tuple[Forecaster, ...]:
    """Return the models that need nothing but the default installation; the shipped one first."""
    return Pooled(), OwnRate(), NearRate(), DaysSince()
