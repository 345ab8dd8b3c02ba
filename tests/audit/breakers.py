"""For every limit and check the smallest change that just breaks it, and one that just does not.

``BREAKERS`` maps a rule to a function that returns a broken county and what the audit must say; ``SPARED``
maps it to a function that returns a county which only just keeps the rule; ``VARIANTS`` are further ways to
break a rule. The parity test takes ``RULE_OF_LINE`` to find the rule of each line of the support table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from audit import breakers_crews as crews
from audit import breakers_days as days
from audit import breakers_excuses as excuses
from audit import breakers_late as late
from audit import breakers_limits as limits
from audit import breakers_owed as owed
from audit import breakers_rows as rows
from audit import breakers_together as together
from audit import breakers_ways as ways
from audit import lines
from audit.breaking import Broken
from audit.county import County, county
from riskplan.rules.support import support_lines

__all__ = ["BREAKERS", "BY_RULE", "RULE_OF_LINE", "SPARED", "VARIANTS", "Broken"]

BREAKERS: dict[str, Callable[[], Broken]] = {
    "organ-enterprise-year": limits.organ_enterprise_year,
    "enterprise-year": limits.enterprise_year,
    "enterprise-spacing": limits.enterprise_spacing,
    "township-load-week": limits.township_week,
    "township-load-year": limits.township_year,
    "department-week-minutes": limits.department_week_minutes,
    "department-month-minutes": limits.department_month_minutes,
    "department-week-crews": limits.department_week_crews,
    "workday": days.workday_holiday,
    "crew-composition": crews.crew_composition,
    "crew-minimum": crews.crew_minimum,
    "crew-missing-department": crews.crew_missing_department,
    "crew-max-departments": crews.crew_max_departments,
    "crew-max-people": crews.crew_max_people,
    "officer-twice": crews.officer_twice,
    "officer-leave": crews.officer_leave,
    "team-date": crews.team_date,
    "team-unknown": crews.team_unknown,
    "team-structure": crews.team_structure,
    "route-travel": ways.route_travel,
    "route-travel-seconds": ways.route_travel_seconds,
    "travel-kept": ways.kept_changed,
    "travel-flown": ways.kept_flown,
    "travel-driven": ways.kept_driven,
    "route-start": ways.route_start,
    "route-service": ways.route_service,
    "route-start-stated": ways.route_start_stated,
    "route-stops": ways.route_stops,
    "route-structure": ways.route_structure,
    "route-visit": ways.route_visit,
    "opening-hours": ways.opening_hours,
    "shift-start": ways.shift_start,
    "shift-end": ways.shift_end,
    "lunch": ways.lunch,
    "floor": owed.floor,
    "shortfall": owed.shortfall,
    "conflict": owed.conflict,
    "conflict-row": owed.conflict_row,
    "unplanned-reason": owed.unplanned_reason,
    "unplanned-limit": owed.unplanned_limit,
    "unplanned-row": owed.unplanned_row,
    "unplanned-weeks": excuses.unplanned_weeks,
    "unplanned-nearest": excuses.unplanned_nearest,
    "unplanned-exchange": excuses.unplanned_exchange,
    "exchange": excuses.exchange,
    "unrouted-reason": owed.unrouted_reason,
    "duties": owed.duties,
    "visit-id": rows.visit_id,
    "unknown-enterprise": rows.unknown_enterprise,
    "enterprise-status": rows.enterprise_status,
    "township-code": rows.township_code,
    "unknown-department": rows.unknown_department,
    "department-role": rows.department_role,
    "visit-items": rows.visit_items,
    "visit-departments": rows.visit_departments,
    "visit-minutes": rows.visit_minutes,
    "visit-lead": rows.visit_lead,
    "stage": rows.stage,
    "week-label": days.week_label,
    "week-of-date": days.week_of_date,
    "week-window": days.week_window,
    "case-fingerprint": rows.case_fingerprint,
    "rules-fingerprint": rows.rules_fingerprint,
    "manifest-counts": rows.manifest_counts,
    "manifest-calendar": rows.manifest_calendar,
    "objective-terms": rows.objective_terms,
    "objective-bound": rows.objective_bound,
    "score-parts": rows.score_parts,
    "score-rows": rows.score_rows,
    "longest-interval": limits.longest_interval,
    "quiet": days.quiet_day,
    "alarm-day": days.alarm_of("day"),
    "alarm-week": days.alarm_of("week"),
    "alarm-month": days.alarm_of("month"),
    "visit-apart": together.visit_apart,
    "visit-unrelated": together.visit_unrelated,
    "visit-mixed": together.visit_mixed,
    "visit-duration": together.visit_duration,
    "credits": together.credit_without_evidence,
    "conflict-interval": together.conflict_interval,
    "conflict-late": late.late_told,
    "late": late.late,
}

VARIANTS: tuple[Callable[[], Broken], ...] = (
    limits.organ_enterprise_year_history,
    limits.enterprise_year_code,
    limits.enterprise_year_closed_sibling,
    limits.enterprise_spacing_history,
    limits.enterprise_spacing_mixed,
    days.workday_saturday,
    days.workday_past,
    days.workday_outside,
    days.workday_weekday,
    days.workday_month,
    days.workday_closure,
    days.workday_empty_week,
    crews.crew_expert,
    crews.crew_uncertified,
    crews.crew_one_too_many,
    crews.crew_stranger,
    crews.crew_minimum_overdone,
    ways.route_travel_overlap,
    ways.kept_lost,
    ways.opening_hours_late,
    ways.lunch_short,
    owed.floor_half_explained,
    owed.unplanned_calendar,
    excuses.unplanned_weeks_sum,
    excuses.exchange_untested,
    excuses.exchange_of_two,
    excuses.unplanned_nearest_amount,
    owed.shortfall_calendar,
    owed.duties_interval,
    rows.visit_lead_competent,
    rows.stage_done,
    limits.soft_limit,
    together.visit_mixed_selection,
    together.credit_left_out,
    together.credit_twice,
    together.duties_window,
    together.floor_outside_window,
    together.conflict_capacity,
    together.late,
    together.not_late,
    together.done_never_late,
    late.late_untold,
    late.late_row,
    late.late_limit,
    late.late_history,
    late.late_dearer,
)

SPARED: dict[str, Callable[[], County]] = {
    "organ-enterprise-year": limits.organ_enterprise_year_spared,
    "enterprise-year": limits.enterprise_year_spared,
    "enterprise-spacing": limits.enterprise_spacing_spared,
    "township-load-week": limits.township_week_spared,
    "township-load-year": limits.township_year_spared,
    "department-week-minutes": limits.department_week_minutes_spared,
    "department-month-minutes": limits.department_month_minutes_spared,
    "department-week-crews": limits.department_week_crews_spared,
    "week-window": days.week_window_spared,
    "workday": days.workday_spared,
    "crew-composition": crews.crew_composition_spared,
    "crew-minimum": crews.crew_minimum_spared,
    "crew-missing-department": crews.crew_missing_department_spared,
    "crew-max-departments": crews.crew_max_spared,
    "crew-max-people": crews.crew_max_spared,
    "officer-twice": crews.officer_twice_spared,
    "officer-leave": crews.officer_leave_spared,
    "route-travel": ways.route_travel_spared,
    "travel-kept": ways.kept_spared,
    "travel-flown": ways.kept_spared,
    "travel-driven": ways.driven_spared,
    "route-stops": ways.route_stops_spared,
    "opening-hours": ways.opening_hours_spared,
    "shift-start": ways.shift_spared,
    "shift-end": ways.shift_spared,
    "lunch": ways.lunch_spared,
    "unplanned-reason": lambda: owed.shortfall().county,
    "unplanned-limit": lambda: owed.shortfall_calendar().county,
    "unplanned-weeks": excuses.unplanned_weeks_spared,
    "unplanned-nearest": excuses.unplanned_nearest_spared,
    "unplanned-exchange": excuses.unplanned_exchange_spared,
    "exchange": excuses.exchange_spared,
    "floor": lambda: owed.conflict().county,
    "unrouted-reason": owed.unrouted_reason_spared,
    "visit-lead": rows.visit_lead_spared,
    "week-label": days.week_label_spared,
    "quiet": lambda: days.quiet(21),
    "alarm-day": lambda: days.alarm("day", 2),
    "alarm-week": lambda: days.alarm("week", 2),
    "alarm-month": lambda: days.alarm("month", 2),
    "longest-interval": county,
    "late": late.late_spared,
    "visit-apart": together.visit_apart_spared,
    "visit-unrelated": together.visit_unrelated_spared,
    "visit-mixed": together.visit_mixed_spared,
    "visit-duration": together.visit_duration_spared,
    "credits": together.credited,
    "duties": together.floor_in_window,
}

BY_HAND: dict[tuple[str, str, str, str], str] = {
    ("cap", "organ-enterprise", "year", "visits"): "organ-enterprise-year",
    ("cap", "enterprise", "year", "visits"): "enterprise-year",
    ("spacing", "enterprise", "rolling", "visits"): "enterprise-spacing",
    ("cap", "township", "week", "visits"): "township-load-week",
    ("cap", "township", "year", "visits"): "township-load-year",
    ("cap", "department", "week", "officer-minutes"): "department-week-minutes",
    ("cap", "department", "month", "officer-minutes"): "department-month-minutes",
    ("cap", "department", "week", "crew-visits"): "department-week-crews",
    ("calendar", "visit", "day", "visits"): "workday",
    ("crew", "visit", "day", "people"): "crew-composition",
    ("route", "team", "day", "minutes"): "route-travel",
    ("floor", "duty", "year", "visits"): "floor",
    ("floor", "duty", "rolling", "visits"): "longest-interval",
    ("alarm", "enterprise", "day", "visits"): "alarm-day",
    ("alarm", "enterprise", "week", "visits"): "alarm-week",
    ("alarm", "enterprise", "month", "visits"): "alarm-month",
}
"""Line of the support table (kind, scope, window, unit) -> rule whose breaker was made by hand."""

BY_RULE = tuple(
    line
    for line in support_lines()
    if line.audit in {"exact", "audit only"}
    and line.unit in {"visits", "team-days", "people", "clean-visits"}
    and line.scope in lines.KEYS
)
"""Lines about visits: each has a breaker and a county that just keeps it, both made by rule."""

RULE_OF_LINE = {**{(x.kind, x.scope, x.window, x.unit): lines.line_name(x) for x in BY_RULE}, **BY_HAND}
"""Line of the support table -> rule whose breaker shows that it is judged."""

BREAKERS.update({lines.line_name(line): partial(lines.broken, line) for line in BY_RULE})
SPARED.update({lines.line_name(line): partial(lines.spared, line) for line in BY_RULE})
