"""Intensity, score, tier, frequency."""

from riskplan.risk.explain import Explanation, explain
from riskplan.risk.frequency import duties
from riskplan.risk.judging import backtest_case, backtest_history
from riskplan.risk.retier import retier, score_at
from riskplan.risk.scoring import Scores, score

__all__ = [
    "Explanation",
    "Scores",
    "backtest_case",
    "backtest_history",
    "duties",
    "explain",
    "retier",
    "score",
    "score_at",
]
