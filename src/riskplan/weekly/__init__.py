"""The week: crews, routes, clock."""

from riskplan.weekly.params import WeekParams
from riskplan.weekly.plan import plan_week, solve_week
from riskplan.weekly.problem import CrewSize, WeekProblem

SUPPORTED: dict[tuple[str, str, str, str], str] = {
    ("calendar", "visit", "day", "visits"): "riskplan.weekly.points.open_days",
    ("crew", "visit", "day", "people"): "riskplan.weekly.crews.compose_teams",
    ("route", "team", "day", "minutes"): "riskplan.weekly.clock.time_route",
    ("spacing", "enterprise", "rolling", "visits"): "riskplan.weekly.ledger.Ledger.too_close",
    ("cap", "organ-enterprise", "year", "visits"): "riskplan.weekly.ledger.Ledger.has_room",
    ("cap", "enterprise", "year", "visits"): "riskplan.weekly.ledger.Ledger.has_room",
    ("cap", "township", "week", "visits"): "riskplan.weekly.ledger.Ledger.has_room",
    ("cap", "township", "year", "visits"): "riskplan.weekly.ledger.Ledger.has_room",
    ("cap", "department", "week", "officer-minutes"): "riskplan.weekly.ledger.Ledger.has_room",
    ("cap", "department", "month", "officer-minutes"): "riskplan.weekly.ledger.Ledger.has_room",
    ("cap", "department", "week", "crew-visits"): "riskplan.weekly.ledger.Ledger.has_room",
}
"""Line of the support table (kind, scope, window, unit) -> what honours it in the week. Visits never leave
their week, so only an offered week could break the caps of a week or longer that the year plan keeps."""

__all__ = ["SUPPORTED", "CrewSize", "WeekParams", "WeekProblem", "plan_week", "solve_week"]
