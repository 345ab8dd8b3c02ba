"""The backtest: how much earlier an order of visits would have found the problems of a real history."""

from riskplan.risk.backtest.result import Backtest, Difference, Group, Interval, Measure
from riskplan.risk.backtest.run import Params, backtest

__all__ = ["Backtest", "Difference", "Group", "Interval", "Measure", "Params", "backtest"]
