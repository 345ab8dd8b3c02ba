"""The year plan: arrays, pricing, dual, primal, certificate, explanations."""

from riskplan.annual.plan import plan_year

SUPPORTED: dict[tuple[str, str, str, str], str] = {
    ("cap", "organ-enterprise", "year", "visits"): "riskplan.joint.lawful.Lawful.organ",
    ("cap", "enterprise", "year", "visits"): "riskplan.joint.lawful.most_visits",
    ("spacing", "enterprise", "rolling", "visits"): "riskplan.joint.lawful.lawful_weeks",
    ("cap", "township", "week", "visits"): "riskplan.annual.dual.township_blocks",
    ("cap", "township", "year", "visits"): "riskplan.annual.dual.prices_of",
    ("cap", "department", "week", "officer-minutes"): "riskplan.annual.state.YearState.room",
    ("cap", "department", "month", "officer-minutes"): "riskplan.annual.state.YearState.room",
    ("cap", "department", "week", "crew-visits"): "riskplan.annual.state.YearState.room",
    ("calendar", "visit", "day", "visits"): "riskplan.joint.lawful.open_weeks",
    ("floor", "duty", "year", "visits"): "riskplan.annual.explain.finish",
}
"""Line of the support table (kind, scope, window, unit) -> where the year honours it."""

__all__ = ["SUPPORTED", "plan_year"]
