"""Intensity, score, tier, frequency."""

from riskplan.risk.frequency import duties
from riskplan.risk.scoring import Scores, score

__all__ = ["Scores", "duties", "score"]
