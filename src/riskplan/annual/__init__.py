"""The year plan: arrays, pricing, dual, primal, certificate, explanations."""

from riskplan.annual.plan import plan_year

__all__ = ["plan_year"]
