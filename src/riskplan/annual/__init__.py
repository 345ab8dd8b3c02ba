"""The year plan: arrays, pricing, dual, primal, certificate, explanations."""

from riskplan.annual.plan import plan_year

_COUNTED = "riskplan.annual.counting.Counting.uses"
_SCOPES = ("enterprise", "organ-enterprise", "system-enterprise", "township", "village", "department")
_WINDOWS = ("week", "month", "quarter", "year", "rolling")
_CAPS = {("cap", scope, window, "visits"): _COUNTED for scope in _SCOPES for window in _WINDOWS}
_SPACINGS = {
    ("spacing", scope, "rolling", "visits"): _COUNTED for scope in ("organ-enterprise", "system-enterprise")
}

SUPPORTED: dict[tuple[str, str, str, str], str] = {
    **_CAPS,
    ("spacing", "enterprise", "rolling", "visits"): "riskplan.joint.lawful.Lawful.allowed",
    **_SPACINGS,
    ("cap", "department", "week", "officer-minutes"): "riskplan.annual.families.Families.cells",
    ("cap", "department", "month", "officer-minutes"): "riskplan.annual.families.Families.cells",
    ("cap", "department", "week", "crew-visits"): "riskplan.annual.families.Families.cells",
    ("calendar", "visit", "day", "visits"): "riskplan.joint.lawful.Lawful.open_weeks",
    ("floor", "duty", "year", "visits"): "riskplan.annual.explain.finish",
    ("floor", "duty", "rolling", "visits"): "riskplan.annual.lateness.Waits",
}
"""Line of the support table (kind, scope, window, unit) -> where the year honours it."""

__all__ = ["SUPPORTED", "plan_year"]
