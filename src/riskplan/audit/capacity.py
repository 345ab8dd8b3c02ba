"""Officer-minutes and crew-visits that visits take from departments, against what is there (S7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from riskplan.audit.dates import week_label
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.formula import Formula
from riskplan.audit.history import Call
from riskplan.audit.reading import Reading
from riskplan.audit.world import World
from riskplan.rules.model import Limit
from riskplan.text.wording import Words

WEEK_MINUTES = "department-week-minutes"
MONTH_MINUTES = "department-month-minutes"
WEEK_CREWS = "department-week-crews"
MINUTES, CREW_VISITS = "officer-minutes", "crew-visits"


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
        (key, window label) -> most [unit]; keys are departments, for the formula's minutes their pools.
    hard, basis
        As in the rulebook.
    reading
        The row where the rulebook states the ceiling itself, None for the formula.
    """

    rule: str
    window: str
    unit: str
    allowed: Mapping[tuple[str, str], int]
    hard: bool
    basis: Words
    reading: Reading | None = None


def ceilings(world: World, formula: Formula) -> tuple[Ceiling, ...]:
    """Return the formula's three ceilings and those that the rulebook states as rows of its own."""
    minutes = basis_of(world.rules, "capacity.other_enforcement_share", "capacity.non_enforcement_share")
    crew = basis_of(world.rules, "crew.officers_per_department", "day.max_visits")
    stated = [
        Ceiling(WEEK_MINUTES, "week", MINUTES, formula.minutes("week"), True, minutes),
        Ceiling(MONTH_MINUTES, "month", MINUTES, formula.minutes("month"), True, minutes),
        Ceiling(WEEK_CREWS, "week", CREW_VISITS, formula.crews(), True, crew),
    ]
    rows = (row for row in world.rules.limits if row.unit in {MINUTES, CREW_VISITS})
    return (*stated, *(_row_ceiling(world, row) for row in rows))


def _row_ceiling(world: World, row: Limit) -> Ceiling:
    calendar, reading = world.calendar, Reading(world, row)
    labels = tuple(calendar.by_week(calendar.workday)) if row.window == "week" else calendar.months
    amounts = {d: reading.amount_of(d) for d in reading.organs(world.department_ids)}
    allowed = {(d, label): a for d, a in amounts.items() if a is not None for label in labels}
    basis = row.provenance.grounds
    return Ceiling(row.id, row.window, row.unit, allowed, row.hard, basis, reading)


def charge(world: World, minutes: int, unit: str) -> int:
    """Return what one visit takes from each participating department [unit]."""
    if unit == CREW_VISITS:
        return 1
    return world.rules.crew.officers_per_department * (minutes + world.rules.capacity.travel_allowance)


def charging_calls(world: World, ceiling: Ceiling) -> Iterable[Call]:
    """Yield the planned visits that take capacity.

    A visit that was not met took its time all the same; exempt kinds have their own share of the formula.
    A visit done before ``as_of`` takes none of the crews still to come.
    """
    crews, reading = ceiling.unit == CREW_VISITS, ceiling.reading
    for call in world.planned:
        done = crews and call.stage in {"done", "not_met"} and call.latest < world.calendar.as_of
        counts = reading.counts(call) if reading else call.kind not in world.rules.exempt_kinds
        if call.placed and not done and counts:
            yield call


def key_of(formula: Formula, ceiling: Ceiling, department: str, lead: str) -> str:
    """Return the key of a ceiling that a participating department charges."""
    pooled = ceiling.reading is None and ceiling.unit == MINUTES
    return formula.pool_of(department, lead) if pooled else department


def usage(world: World, formula: Formula, ceiling: Ceiling) -> dict[tuple[str, str], list[Call]]:
    """Return (key, window label) -> the visits charged there."""
    groups: dict[tuple[str, str], list[Call]] = {}
    for call in charging_calls(world, ceiling):
        week = (week_label(call.earliest),)
        for department in call.departments:
            key = key_of(formula, ceiling, department, call.lead)
            for label in week if ceiling.window == "week" else formula.months_of(call, department):
                if (key, label) in ceiling.allowed:
                    groups.setdefault((key, label), []).append(call)
    return groups


def used(world: World, ceiling: Ceiling, calls: Iterable[Call]) -> int:
    """Return what visits take from one department [unit of the ceiling]."""
    return sum(charge(world, call.minutes, ceiling.unit) for call in calls)


def _judge(world: World, window: str, unit: str) -> Outcome:
    objects, findings = 0, []
    formula = Formula(world)
    for ceiling in (c for c in ceilings(world, formula) if (c.window, c.unit) == (window, unit)):
        for (key, label), calls in usage(world, formula, ceiling).items():
            objects += 1
            present = [c for c in calls if unit != CREW_VISITS or c.stage != "unrouted"]
            taken, most = used(world, ceiling, present), ceiling.allowed[key, label]
            if taken > most:
                findings.append(
                    Finding(
                        rule=ceiling.rule,
                        severity="violation" if ceiling.hard else "notice",
                        scope_key=key,
                        window=label,
                        counted=taken,
                        allowed=most,
                        excess=taken - most,
                        evidence=tuple(sorted(c.id for c in present)),
                        basis=ceiling.basis,
                        message=WEEK_CREWS if unit == CREW_VISITS else "department-minutes",
                    )
                )
    return Outcome(objects, tuple(findings))


def check_department_week_minutes(world: World) -> Outcome:
    """Check that no department is planned for more officer-minutes in a week than its pools have (S7)."""
    return _judge(world, "week", MINUTES)


def check_department_month_minutes(world: World) -> Outcome:
    """Check that no department is planned for more officer-minutes in a month than its pools have (S7)."""
    return _judge(world, "month", MINUTES)


def check_department_week_crews(world: World) -> Outcome:
    """Check that no department is planned for more visits in a week than its whole crews can make (S7)."""
    return _judge(world, "week", CREW_VISITS)
