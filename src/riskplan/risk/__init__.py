"""Intensity, score, tier, frequency."""

from riskplan.risk.explain import Explanation, explain
from riskplan.risk.judging import backtest_case, backtest_history
from riskplan.risk.requirements import Requirements, duties, requirement_matrix, requirements
from riskplan.risk.retier import retier, score_at
from riskplan.risk.scoring import Scores, score

__all__ = [
    "Explanation",
    "Requirements",
    "Scores",
    "backtest_case",
    "backtest_history",
    "duties",
    "explain",
    "requirement_matrix",
    "requirements",
    "retier",
    "score",
    "score_at",
]
