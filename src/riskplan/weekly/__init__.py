"""The week: crews, routes, clock."""

from riskplan.rules.model import PREMISES_SCOPES, WINDOWS
from riskplan.weekly.params import WeekParams
from riskplan.weekly.plan import plan_week, solve_week
from riskplan.weekly.problem import CrewSize, WeekProblem

_QUOTA = "riskplan.weekly.quotas.week_law"
SUPPORTED: dict[tuple[str, str, str, str], str] = {
    ("calendar", "visit", "day", "visits"): "riskplan.weekly.openness.Openness.days",
    ("crew", "visit", "day", "people"): "riskplan.weekly.crews.compose_teams",
    ("route", "team", "day", "minutes"): "riskplan.weekly.clock.time_route",
    **{
        ("cap", scope, window, "visits"): _QUOTA
        for scope in (*PREMISES_SCOPES, "township", "village", "department")
        for window in WINDOWS
    },
    ("cap", "officer", "day", "visits"): "riskplan.weekly.problem.Desk.crowded",
    **{("spacing", scope, "rolling", "visits"): _QUOTA for scope in PREMISES_SCOPES},
    ("cap", "department", "week", "officer-minutes"): _QUOTA,
    ("cap", "department", "month", "officer-minutes"): _QUOTA,
    ("cap", "department", "week", "crew-visits"): "riskplan.weekly.problem.officers_left",
}
"""Line of the support table (kind, scope, window, unit) -> what honours it in the week. A week offered to a visit
that its own can't route keeps all of them, by ``riskplan.weekly.ledger.Ledger.blocked``."""

__all__ = ["SUPPORTED", "CrewSize", "WeekParams", "WeekProblem", "plan_week", "solve_week"]
