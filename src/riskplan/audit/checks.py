"""All checks in the order in which they run, and which of them answers for which line of support.csv."""

from __future__ import annotations

from collections.abc import Callable

from riskplan.audit.capacity import (
    check_department_month_minutes,
    check_department_week_crews,
    check_department_week_minutes,
)
from riskplan.audit.caps import (
    check_alarms,
    check_enterprise_year,
    check_organ_enterprise_year,
    check_township_week,
    check_township_year,
)
from riskplan.audit.findings import Outcome
from riskplan.audit.floors import (
    check_conflicts,
    check_duties,
    check_floors,
    check_unplanned_reasons,
    check_unplanned_rows,
    check_unrouted,
)
from riskplan.audit.integrity import check_fingerprints, check_manifest, check_objective, check_scores
from riskplan.audit.routes import (
    check_lunch,
    check_opening_hours,
    check_route_rows,
    check_route_times,
    check_shifts,
    check_stated_starts,
)
from riskplan.audit.spacing import check_enterprise_spacing, check_longest_intervals
from riskplan.audit.teams import (
    check_crew_composition,
    check_crew_minimum,
    check_officer_leave,
    check_officer_once,
    check_team_of_visit,
    check_team_rows,
)
from riskplan.audit.visits import (
    check_visit_departments,
    check_visit_ids,
    check_visit_items,
    check_visit_lead,
    check_visit_minutes,
    check_visit_objects,
    check_visit_size,
    check_visit_stages,
    check_visit_weeks,
)
from riskplan.audit.workdays import check_workdays
from riskplan.audit.world import World

CheckFunction = Callable[[World], Outcome]

CHECKS: tuple[CheckFunction, ...] = (
    check_fingerprints,
    check_manifest,
    check_objective,
    check_scores,
    check_visit_ids,
    check_visit_objects,
    check_visit_departments,
    check_visit_items,
    check_visit_minutes,
    check_visit_lead,
    check_visit_size,
    check_visit_stages,
    check_visit_weeks,
    check_workdays,
    check_organ_enterprise_year,
    check_enterprise_year,
    check_enterprise_spacing,
    check_township_week,
    check_township_year,
    check_department_week_minutes,
    check_department_month_minutes,
    check_department_week_crews,
    check_team_rows,
    check_team_of_visit,
    check_crew_composition,
    check_crew_minimum,
    check_officer_once,
    check_officer_leave,
    check_route_rows,
    check_stated_starts,
    check_route_times,
    check_opening_hours,
    check_shifts,
    check_lunch,
    check_duties,
    check_floors,
    check_unplanned_rows,
    check_unplanned_reasons,
    check_conflicts,
    check_unrouted,
    check_longest_intervals,
    check_alarms,
)

SHEET_CHECKS: tuple[CheckFunction, ...] = (
    check_visit_ids,
    check_visit_objects,
    check_visit_departments,
    check_visit_size,
    check_visit_weeks,
    check_workdays,
    check_organ_enterprise_year,
    check_enterprise_year,
    check_enterprise_spacing,
    check_township_week,
    check_township_year,
    check_department_week_minutes,
    check_department_month_minutes,
    check_department_week_crews,
    check_alarms,
)
"""Checks that a bare table says enough for, with or without scores."""

NEED_TIERS: tuple[CheckFunction, ...] = (check_floors, check_longest_intervals)
"""Checks that a bare table says enough for when scores come with it."""

LIMIT_CHECKS: dict[tuple[str, str, str, str], str] = {
    ("cap", "organ-enterprise", "year", "visits"): "check_organ_enterprise_year",
    ("cap", "enterprise", "year", "visits"): "check_enterprise_year",
    ("spacing", "enterprise", "rolling", "visits"): "check_enterprise_spacing",
    ("cap", "township", "week", "visits"): "check_township_week",
    ("cap", "township", "year", "visits"): "check_township_year",
    ("cap", "department", "week", "officer-minutes"): "check_department_week_minutes",
    ("cap", "department", "month", "officer-minutes"): "check_department_month_minutes",
    ("cap", "department", "week", "crew-visits"): "check_department_week_crews",
    ("calendar", "visit", "day", "visits"): "check_workdays",
    ("crew", "visit", "day", "people"): "check_crew_composition",
    ("route", "team", "day", "minutes"): "check_route_times",
    ("floor", "duty", "year", "visits"): "check_floors",
    ("floor", "duty", "rolling", "visits"): "check_longest_intervals",
    ("alarm", "enterprise", "day", "visits"): "check_alarms",
    ("alarm", "enterprise", "week", "visits"): "check_alarms",
    ("alarm", "enterprise", "month", "visits"): "check_alarms",
}
"""Line of the support table (kind, scope, window, unit) -> name of the check that answers for it."""


def check_name(check: CheckFunction) -> str:
    """Return a check's name without ``check_``, as reports and the catalogue name it."""
    return getattr(check, "__name__", "").removeprefix("check_")
