"""Every visit stands on a workday on which the object is open and that is not quiet for it (S1)."""

from __future__ import annotations

from riskplan.audit.dates import date_text, week_label
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.history import Call
from riskplan.audit.world import World
from riskplan.rules.model import QuietRule
from riskplan.units import DAYS_PER_WEEK


def why_closed(world: World, position: int, day: int) -> str:
    """Return why no visit may stand on a day, "" when one may.

    Parameters
    ----------
    world
        The world.
    position
        Position of the premises, -1 for an object that is always open.
    day
        The day, as an ordinal.
    """
    calendar = world.calendar
    if not calendar.first <= day <= calendar.last:
        return "outside"
    if day < calendar.as_of:
        return "past"
    if not calendar.is_workday(day):
        return "day-off"
    if position < 0:
        return ""
    at = day - calendar.first
    reasons = (
        ("closed-weekday", world.openness.closed_weekday),
        ("closed-month", world.openness.closed_month),
        ("closure", world.openness.closure),
    )
    return next((name for name, table in reasons if table[position, at]), "")


def check_workdays(world: World) -> Outcome:
    """Check that a dated visit stands on an open day, and an undated one in a week with one (S1)."""
    objects, findings = 0, []
    for call in world.planned:
        if (
            not call.placed
            or call.stage in {"done", "not_met"}
            or call.monday not in world.calendar.week_index
        ):
            continue
        objects += 1
        days = (call.earliest,) if call.dated else range(call.earliest, call.earliest + DAYS_PER_WEEK)
        reasons = [why_closed(world, call.premises, day) for day in days]
        if all(reasons):
            findings.append(_closed(call, reasons[0] if call.dated else "week"))
    return Outcome(objects, tuple(findings))


def _closed(call: Call, reason: str) -> Finding:
    window = date_text(call.earliest) if call.dated else week_label(call.earliest)
    details = (("object", call.object_id),)
    return Finding(
        "workday", "violation", call.id, window, 0, 1, 1, (call.id,), "", f"workday-{reason}", details
    )


def check_quiet_days(world: World) -> Outcome:
    """Check that no visit stands on a day that is quiet for it: its day, or every open day of its week (S1)."""
    objects, findings = 0, []
    if not world.quiet.rows:
        return Outcome(0, ())
    for call in world.planned:
        rows = world.quiet.binding(call.premises, call.kind, call.departments)
        judged = call.placed and call.stage not in {"done", "not_met"}
        if not rows or not judged or call.monday not in world.calendar.week_index:
            continue
        objects += 1
        last = call.earliest if call.dated else call.earliest + DAYS_PER_WEEK - 1
        days = range(max(call.earliest, world.calendar.first), min(last, world.calendar.last) + 1)
        at = [day - world.calendar.first for day in days]
        at = [k for k in at if world.openness.open[call.premises, k]]
        shut = {row: [k for k in at if world.quiet.closed[row][k]] for row in rows}
        if at and {k for closed in shut.values() for k in closed} == set(at):
            blamed = max(rows, key=lambda row: (len(shut[row]), -row))
            findings.append(_quiet(call, world.quiet.rows[blamed]))
    return Outcome(objects, tuple(findings))


def _quiet(call: Call, row: QuietRule) -> Finding:
    window = date_text(call.earliest) if call.dated else week_label(call.earliest)
    details = (("object", call.object_id),)
    basis = row.provenance.grounds
    message = "quiet-day" if call.dated else "quiet-week"
    return Finding(row.id, "violation", call.id, window, 0, 1, 1, (call.id,), basis, message, details)
