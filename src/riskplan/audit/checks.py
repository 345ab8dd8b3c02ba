"""All checks in the order in which they run, and which of them answers for which line of support.csv."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from riskplan.audit.capacity import (
    check_department_month_minutes,
    check_department_week_crews,
    check_department_week_minutes,
)
from riskplan.audit.caps import (
    check_alarms,
    check_clean_visits,
    check_department_caps,
    check_enterprise_caps,
    check_floor_rows,
    check_officer_caps,
    check_organ_caps,
    check_system_caps,
    check_township_caps,
    check_village_caps,
)
from riskplan.audit.certificate import check_certificate
from riskplan.audit.credited import check_credits
from riskplan.audit.driven import check_driven
from riskplan.audit.excuses import (
    check_exchange,
    check_unplanned_exchange,
    check_unplanned_nearest,
    check_unplanned_weeks,
)
from riskplan.audit.findings import Outcome
from riskplan.audit.floors import (
    check_floors,
    check_unplanned_reasons,
    check_unplanned_rows,
    check_unrouted,
)
from riskplan.audit.integrity import check_fingerprints, check_manifest, check_objective, check_scores
from riskplan.audit.lateness import check_late_waits
from riskplan.audit.routes import (
    check_lunch,
    check_opening_hours,
    check_route_rows,
    check_route_times,
    check_shifts,
    check_stated_starts,
)
from riskplan.audit.spacing import (
    check_enterprise_spacing,
    check_longest_intervals,
    check_organ_spacing,
    check_system_spacing,
)
from riskplan.audit.stated import check_conflicts, check_duties
from riskplan.audit.teams import (
    check_crew_composition,
    check_crew_minimum,
    check_officer_leave,
    check_officer_once,
    check_team_of_visit,
    check_team_rows,
    check_visits_without_team,
)
from riskplan.audit.together import check_visit_together
from riskplan.audit.travelled import check_kept_travel
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
    check_visit_windows,
)
from riskplan.audit.workdays import check_quiet_days, check_workdays
from riskplan.audit.world import World

CheckFunction = Callable[[World], Outcome]

CHECKS: tuple[CheckFunction, ...] = (
    check_fingerprints,
    check_manifest,
    check_objective,
    check_certificate,
    check_scores,
    check_visit_ids,
    check_visit_objects,
    check_visit_departments,
    check_visit_items,
    check_visit_minutes,
    check_visit_lead,
    check_visit_size,
    check_visit_together,
    check_visit_stages,
    check_visit_weeks,
    check_visit_windows,
    check_workdays,
    check_quiet_days,
    check_enterprise_caps,
    check_organ_caps,
    check_system_caps,
    check_township_caps,
    check_village_caps,
    check_department_caps,
    check_officer_caps,
    check_enterprise_spacing,
    check_organ_spacing,
    check_system_spacing,
    check_department_week_minutes,
    check_department_month_minutes,
    check_department_week_crews,
    check_team_rows,
    check_team_of_visit,
    check_visits_without_team,
    check_crew_composition,
    check_crew_minimum,
    check_officer_once,
    check_officer_leave,
    check_route_rows,
    check_stated_starts,
    check_kept_travel,
    check_driven,
    check_route_times,
    check_opening_hours,
    check_shifts,
    check_lunch,
    check_duties,
    check_floors,
    check_unplanned_rows,
    check_unplanned_reasons,
    check_unplanned_weeks,
    check_unplanned_nearest,
    check_unplanned_exchange,
    check_exchange,
    check_conflicts,
    check_unrouted,
    check_credits,
    check_longest_intervals,
    check_late_waits,
    check_floor_rows,
    check_alarms,
    check_clean_visits,
)

LIMITS_OF_CALLS: tuple[CheckFunction, ...] = (
    check_enterprise_caps,
    check_organ_caps,
    check_system_caps,
    check_township_caps,
    check_village_caps,
    check_department_caps,
    check_enterprise_spacing,
    check_organ_spacing,
    check_system_spacing,
)
"""Checks that a visit fixed by another level can turn: limits on how many visits, and how near."""

SHEET_CHECKS: tuple[CheckFunction, ...] = (
    check_visit_ids,
    check_visit_objects,
    check_visit_departments,
    check_visit_size,
    check_visit_weeks,
    check_workdays,
    check_quiet_days,
    *LIMITS_OF_CALLS,
    check_department_week_minutes,
    check_department_month_minutes,
    check_department_week_crews,
    check_floor_rows,
    check_alarms,
    check_clean_visits,
)
"""Checks that a bare table says enough for, with or without scores."""

NEED_TIERS: tuple[CheckFunction, ...] = (check_floors, check_longest_intervals)
"""Checks that a bare table says enough for when scores come with it."""

ALL_WINDOWS = ("day", "week", "month", "quarter", "year", "rolling")
WHOLE_WINDOWS = ("month", "quarter", "year")
CAPS_OF_SCOPE: dict[str, CheckFunction] = {
    "enterprise": check_enterprise_caps,
    "organ-enterprise": check_organ_caps,
    "system-enterprise": check_system_caps,
    "township": check_township_caps,
    "village": check_village_caps,
    "department": check_department_caps,
    "officer": check_officer_caps,
}
SPACINGS_OF_SCOPE: dict[str, CheckFunction] = {
    "enterprise": check_enterprise_spacing,
    "organ-enterprise": check_organ_spacing,
    "system-enterprise": check_system_spacing,
}
SINGLE_LINES: dict[tuple[str, str, str, str], CheckFunction] = {
    ("cap", "department", "week", "officer-minutes"): check_department_week_minutes,
    ("cap", "department", "month", "officer-minutes"): check_department_month_minutes,
    ("cap", "department", "week", "crew-visits"): check_department_week_crews,
    ("calendar", "visit", "day", "visits"): check_workdays,
    ("crew", "visit", "day", "people"): check_crew_composition,
    ("route", "team", "day", "minutes"): check_route_times,
    ("floor", "duty", "year", "visits"): check_floors,
    ("floor", "duty", "rolling", "visits"): check_longest_intervals,
    ("alarm", "officer", "rolling", "clean-visits"): check_clean_visits,
}


def _lines() -> Iterator[tuple[tuple[str, str, str, str], CheckFunction]]:
    """Yield every line of the support table that is judged, with its check: those of a family are one function."""
    yield from SINGLE_LINES.items()
    received = ("enterprise", "township", "village")
    for scope, check in CAPS_OF_SCOPE.items():
        for window in ALL_WINDOWS:
            yield ("cap", scope, window, "visits"), check
            if scope in {*received, "department"}:
                yield ("cap", scope, window, "team-days"), check
            if scope != "officer":
                yield ("alarm", scope, window, "visits"), check_alarms
    for scope in received:
        yield ("cap", scope, "day", "people"), CAPS_OF_SCOPE[scope]
        for window in WHOLE_WINDOWS:
            yield ("floor", scope, window, "visits"), check_floor_rows
    for scope, check in SPACINGS_OF_SCOPE.items():
        yield ("spacing", scope, "rolling", "visits"), check


LIMIT_CHECKS: dict[tuple[str, str, str, str], str] = {
    line: getattr(check, "__name__", "") for line, check in _lines()
}
"""Line of the support table (kind, scope, window, unit) -> name of the check that answers for it."""


def check_name(check: CheckFunction) -> str:
    """Return a check's name without ``check_``, as reports and the catalogue name it."""
    return getattr(check, "__name__", "").removeprefix("check_")
