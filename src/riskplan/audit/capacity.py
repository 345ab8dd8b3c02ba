"""Officer-minutes and crew-visits of departments, from the legal formula (S7)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.audit.dates import column_days, month_label, week_label
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.history import Call
from riskplan.audit.owed import exact
from riskplan.audit.world import World
from riskplan.rules.model import Limit

WEEK_MINUTES = "department-week-minutes"
MONTH_MINUTES = "department-month-minutes"
WEEK_CREWS = "department-week-crews"


@dataclass(frozen=True)
class Ceiling:
    """What departments can do in each window.

    Parameters
    ----------
    rule
        Id of the limit or of the formula's line.
    window, unit
        ``week`` or ``month``; ``officer-minutes`` or ``crew-visits``.
    allowed
        (department, window label) -> most [unit].
    hard, basis
        As in the rulebook.
    """

    rule: str
    window: str
    unit: str
    allowed: Mapping[tuple[str, str], int]
    hard: bool
    basis: str


def certified_officers(world: World) -> dict[str, list[str]]:
    """Return department -> its certified officers with role ``officer``, sorted."""
    table = world.case["officers"]
    officers: dict[str, list[str]] = {d: [] for d in world.department_ids}
    columns = (table[c] for c in ("officer_id", "department_id", "certified", "role"))
    for officer, department, certified, role in zip(*columns, strict=True):
        if certified and role == "officer":
            officers.setdefault(department, []).append(officer)
    return {d: sorted(names) for d, names in officers.items()}


def days_on_leave(world: World) -> dict[str, npt.NDArray[np.bool_]]:
    """Return officer -> days of the horizon on leave, shape (n_days,), for officers with leave."""
    leave = world.case.tables.get("leave")
    if leave is None or not len(leave):
        return {}
    days = np.arange(world.calendar.first, world.calendar.last + 1)
    away: dict[str, npt.NDArray[np.bool_]] = {}
    spans = zip(leave["officer_id"], column_days(leave["first"]), column_days(leave["last"]), strict=True)
    for officer, first, last in spans:
        span = (days >= first) & (days <= last)
        away[officer] = away[officer] | span if officer in away else span
    return away


def budgets(world: World) -> dict[str, int]:
    """Return department -> officer-minutes of the horizon, by the formula of S7."""
    c = world.rules.capacity
    shares = 1 - exact(c.other_enforcement_share) - exact(c.non_enforcement_share)
    rest = 1 - exact(c.exempt_share) - exact(c.reserve_share)
    per_officer = world.calendar.workdays() * c.minutes_per_day * shares * rest
    return {d: math.floor(len(names) * per_officer) for d, names in certified_officers(world).items()}


def week_minutes(world: World) -> dict[tuple[str, str], int]:
    """Return (department, week) -> officer-minutes: ``week_flex`` times the week's share of the budget."""
    total, flex = max(1, world.calendar.workdays()), exact(world.rules.capacity.week_flex)
    weeks = world.calendar.workdays_by_week()
    return {
        (d, w): math.floor(flex * b * n / total) for d, b in budgets(world).items() for w, n in weeks.items()
    }


def month_minutes(world: World) -> dict[tuple[str, str], int]:
    """Return (department, month) -> officer-minutes: the month's share of the budget."""
    total = max(1, world.calendar.workdays())
    months = world.calendar.workdays_by_month()
    return {(d, m): b * n // total for d, b in budgets(world).items() for m, n in months.items()}


def week_crews(world: World) -> dict[tuple[str, str], int]:
    """Return (department, week) -> crew-visits: whole crews free on each workday from ``as_of`` on."""
    calendar, away = world.calendar, days_on_leave(world)
    open_days = calendar.workday & (np.arange(calendar.first, calendar.last + 1) >= calendar.as_of)
    allowed = {}
    for department, officers in certified_officers(world).items():
        free = np.full(calendar.n_days, len(officers))
        for officer in officers:
            if officer in away:
                free = free - away[officer]
        crews = np.where(open_days, free // world.rules.crew.officers_per_department, 0)
        sums = np.bincount(calendar.week_of_day, weights=crews, minlength=len(calendar.mondays))
        for monday, crew_days in zip(calendar.mondays, sums, strict=True):
            allowed[department, week_label(monday)] = int(crew_days) * world.rules.day.max_visits
    return allowed


def ceilings(world: World) -> tuple[Ceiling, ...]:
    """Return the formula's three ceilings and those that the rulebook states as rows of its own."""
    minutes = basis_of(world.rules, "capacity.other_enforcement_share", "capacity.non_enforcement_share")
    crew = basis_of(world.rules, "crew.officers_per_department", "day.max_visits")
    stated = [
        Ceiling(WEEK_MINUTES, "week", "officer-minutes", week_minutes(world), True, minutes),
        Ceiling(MONTH_MINUTES, "month", "officer-minutes", month_minutes(world), True, minutes),
        Ceiling(WEEK_CREWS, "week", "crew-visits", week_crews(world), True, crew),
    ]
    return (*stated, *(_row_ceiling(world, row) for row in world.rules.limits if row.scope == "department"))


def _row_ceiling(world: World, row: Limit) -> Ceiling:
    calendar = world.calendar
    labels = calendar.workdays_by_week() if row.window == "week" else calendar.workdays_by_month()
    amounts = {d: row.amount_for(d) for d in world.department_ids}
    allowed = {(d, label): a for d, a in amounts.items() if a is not None for label in labels}
    return Ceiling(
        row.id, row.window, row.unit, allowed, row.hard, row.provenance.basis or row.provenance.source
    )


def charge(world: World, minutes: int, unit: str) -> int:
    """Return what one visit takes from each participating department [unit]."""
    if unit == "crew-visits":
        return 1
    return world.rules.crew.officers_per_department * (minutes + world.rules.capacity.travel_allowance)


def charging_calls(world: World, unit: str) -> Iterable[Call]:
    """Yield the planned visits that take capacity.

    A visit that was not met took its time all the same; exempt kinds have their own share of the formula.
    A visit done before ``as_of`` takes none of the crews still to come.
    """
    for call in world.planned:
        done = (
            unit == "crew-visits" and call.stage in {"done", "not_met"} and call.latest < world.calendar.as_of
        )
        if call.placed and not done and call.kind not in world.rules.exempt_kinds:
            yield call


def windows_of(call: Call, window: str, months: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the windows that a visit is charged to: its week, or each month it may fall in."""
    if window == "week":
        return (week_label(call.earliest),)
    return (month_label(call.earliest),) if call.dated else months.get(call.monday, ())


def usage(world: World, ceiling: Ceiling) -> dict[tuple[str, str], list[Call]]:
    """Return (department, window label) -> the visits charged there."""
    months = world.calendar.months_of_week()
    groups: dict[tuple[str, str], list[Call]] = {}
    for call in charging_calls(world, ceiling.unit):
        for label in windows_of(call, ceiling.window, months):
            for department in call.departments:
                if (department, label) in ceiling.allowed:
                    groups.setdefault((department, label), []).append(call)
    return groups


def used(world: World, ceiling: Ceiling, calls: Iterable[Call]) -> int:
    """Return what visits take from one department [unit of the ceiling]."""
    return sum(charge(world, call.minutes, ceiling.unit) for call in calls)


def _judge(world: World, window: str, unit: str) -> Outcome:
    objects, findings = 0, []
    for ceiling in (c for c in ceilings(world) if (c.window, c.unit) == (window, unit)):
        for (department, label), calls in usage(world, ceiling).items():
            objects += 1
            present = [c for c in calls if unit != "crew-visits" or c.stage != "unrouted"]
            taken, most = used(world, ceiling, present), ceiling.allowed[department, label]
            if taken > most:
                findings.append(
                    Finding(
                        rule=ceiling.rule,
                        severity="violation" if ceiling.hard else "notice",
                        scope_key=department,
                        window=label,
                        counted=taken,
                        allowed=most,
                        excess=taken - most,
                        evidence=tuple(sorted(c.id for c in present)),
                        basis=ceiling.basis,
                        message=WEEK_CREWS if unit == "crew-visits" else "department-minutes",
                    )
                )
    return Outcome(objects, tuple(findings))


def check_department_week_minutes(world: World) -> Outcome:
    """Check that no department is planned for more officer-minutes in a week than it has (S7)."""
    return _judge(world, "week", "officer-minutes")


def check_department_month_minutes(world: World) -> Outcome:
    """Check that no department is planned for more officer-minutes in a month than it has (S7)."""
    return _judge(world, "month", "officer-minutes")


def check_department_week_crews(world: World) -> Outcome:
    """Check that no department is planned for more visits in a week than its whole crews can make (S7)."""
    return _judge(world, "week", "crew-visits")
