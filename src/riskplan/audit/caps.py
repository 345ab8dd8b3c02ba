"""Caps, alarms and floors of rows: what is counted in each window against what the row allows (S4, S6)."""

from __future__ import annotations

from collections.abc import Iterable

from riskplan.audit.dates import NO_DAY, column_days, date_text
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.reading import Reading
from riskplan.audit.tally import COUNTED, Count, Entry, by_key, counts, labels, period
from riskplan.audit.world import World
from riskplan.rules.model import Limit
from riskplan.text.wording import Words

CLEAN = "clean"
"""Result of a visit without a finding; also the unit of alarms about them."""


def severity_of(row: Limit) -> str:
    """Return how bad it is to break a row: alarms and floors are told, and break nothing."""
    return "violation" if row.hard and row.kind not in {"alarm", "floor"} else "notice"


def _basis(row: Limit) -> Words:
    return row.provenance.grounds


def _over(row: Limit, count: Count, most: int) -> Finding:
    return Finding(
        rule=row.id,
        severity=severity_of(row),
        scope_key=count.key,
        window=count.window,
        counted=count.figure,
        allowed=most,
        excess=count.figure - most,
        evidence=tuple(sorted({e.call.id for e in count.entries})),
        basis=_basis(row),
        message=f"{row.kind}-{row.scope}-{row.unit}",
    )


def _judge(world: World, kind: str, scope: str) -> Outcome:
    """Judge all rows of a kind and scope, hard and soft, each by itself."""
    objects, findings = 0, []
    for row in world.rules.limits:
        if (row.kind, row.scope) != (kind, scope) or row.unit not in COUNTED:
            continue
        reading = Reading(world, row)
        for count in counts(reading):
            most = reading.amount_of(count.key)
            if most is None or not count.planned:
                continue
            objects += 1
            if count.figure > most:
                findings.append(_over(row, count, most))
    return Outcome(objects, tuple(findings))


def check_enterprise_caps(world: World) -> Outcome:
    """Check the caps on what all organs together do at one legal person, in every window and unit (S4)."""
    return _judge(world, "cap", "enterprise")


def check_organ_caps(world: World) -> Outcome:
    """Check the caps on visits of one organ to one legal person, in every window (S4)."""
    return _judge(world, "cap", "organ-enterprise")


def check_system_caps(world: World) -> Outcome:
    """Check the caps on visits of all levels of one system to one legal person, in every window (S4)."""
    return _judge(world, "cap", "system-enterprise")


def check_township_caps(world: World) -> Outcome:
    """Check the caps on what one township receives, in every window and unit (S4, S6)."""
    return _judge(world, "cap", "township")


def check_village_caps(world: World) -> Outcome:
    """Check the caps on what one village receives, in every window and unit (S4, S6)."""
    return _judge(world, "cap", "village")


def check_department_caps(world: World) -> Outcome:
    """Check the caps on visits and team-days of one department, in every window (S4)."""
    return _judge(world, "cap", "department")


def check_officer_caps(world: World) -> Outcome:
    """Check the caps on visits that one officer makes, in every window; only dated visits with a team count (S4)."""
    return _judge(world, "cap", "officer")


def check_alarms(world: World) -> Outcome:
    """Tell where more visits are counted than an alarm's number, for every scope and window (S6).

    Alarms count every visit but those of their own exempt kinds; undated visits never make a crowded day.
    """
    scopes = dict.fromkeys(row.scope for row in world.rules.limits if row.kind == "alarm")
    outcomes = [_judge(world, "alarm", scope) for scope in scopes]
    return Outcome(sum(o.objects for o in outcomes), tuple(f for o in outcomes for f in o.findings))


def check_clean_visits(world: World) -> Outcome:
    """Tell where one officer found nothing at one enterprise several times running (S6).

    The last done visits of the officer there, all with the result ``clean``, within ``rolling_days`` days.
    """
    objects, findings = 0, []
    for row in world.rules.limits:
        if (row.kind, row.unit) != ("alarm", "clean-visits"):
            continue
        for (officer, name), visits in _done_by_officer(Reading(world, row)).items():
            least = row.amount_for(world.homes.get(officer, ""))
            if least is None:
                continue
            objects += 1
            run = _clean_run(sorted(visits), row.rolling_days)
            if run and len(run) >= least:
                span = f"{date_text(run[0][0])}/{date_text(run[-1][0])}"
                figures = (len(run), least - 1, len(run) - least + 1)
                evidence = tuple(sorted(v[1] for v in run))
                scope = f"{officer}/{name}"
                message = "alarm-officer-clean-visits"
                findings.append(
                    Finding(row.id, "notice", scope, span, *figures, evidence, _basis(row), message)
                )
    return Outcome(objects, tuple(findings))


Done = tuple[int, str, str]
"""Day, id and result of a done visit."""


def _done_by_officer(reading: Reading) -> dict[tuple[str, str], list[Done]]:
    """Return (officer, premises) -> done visits that a row counts."""
    table = reading.world.case.tables.get("visits")
    groups: dict[tuple[str, str], list[Done]] = {}
    if table is None or "officers" not in table:
        return groups
    columns = ("visit_id", "object_kind", "object_id", "kind", "result", "officers", "departments")
    rows = zip(column_days(table["date"]), zip(*(table[c] for c in columns), strict=True), strict=True)
    for day, (name, object_kind, premises, kind, result, officers, departments) in rows:
        position = reading.world.premises.index.get(premises, -1) if object_kind == "enterprise" else -1
        done = NO_DAY < day < reading.world.calendar.as_of
        if not done or position < 0 or not reading.fits[position] or not reading.counts_kind(kind):
            continue
        if reading.row.filter.departments and not reading.organs(departments):
            continue
        for officer in dict.fromkeys(officers):
            groups.setdefault((officer, premises), []).append((day, name, result))
    return groups


def _clean_run(visits: list[Done], days: int) -> list[Done]:
    """Return the clean visits at the end of a series that lie within some days of the last one."""
    last = visits[-1][0]
    run: list[Done] = []
    for visit in reversed(visits):
        if visit[2] != CLEAN or visit[0] <= last - days:
            break
        run.append(visit)
    return run[::-1]


def check_floor_rows(world: World) -> Outcome:
    """Tell where a row asks for more visits than a whole month, quarter or year of the horizon has (S6)."""
    objects, findings = 0, []
    for row in world.rules.limits:
        if row.kind != "floor":
            continue
        reading, windows = Reading(world, row), whole_windows(world, row.window)
        found = by_key(reading)
        for key in floor_keys(reading):
            least = reading.amount_of(key)
            if least is None:
                continue
            for window in windows:
                objects += 1
                inside = [e for e in found.get(key, []) if labels(e.call, row.window) == (window,)]
                if len(inside) < least:
                    findings.append(_under(row, (key, window), inside, least))
    return Outcome(objects, tuple(findings))


def _under(row: Limit, where: tuple[str, str], inside: list[Entry], least: int) -> Finding:
    return Finding(
        rule=row.id,
        severity="notice",
        scope_key=where[0],
        window=where[1],
        counted=len(inside),
        allowed=least,
        excess=least - len(inside),
        evidence=tuple(sorted(e.call.id for e in inside)),
        basis=_basis(row),
        message=f"floor-{row.scope}",
    )


def floor_keys(reading: Reading) -> Iterable[str]:
    """Return the keys that a floor is about: legal persons with active premises, townships or villages."""
    world, scope = reading.world, reading.row.scope
    if scope == "enterprise":
        active, fits = world.premises.active, reading.fits
        return [
            k for k, members in world.premises_by_key.items() if any(active[e] and fits[e] for e in members)
        ]
    table = world.case.tables.get("townships" if scope == "township" else "villages")
    return [] if table is None else [str(code) for code in table[f"{scope}_code"]]


def whole_windows(world: World, window: str) -> tuple[str, ...]:
    """Return the months, quarters or years that lie whole inside the horizon."""
    calendar = world.calendar
    before, after = date_text(max(1, calendar.first - 1)), date_text(calendar.last + 1)
    whole = [m for m in calendar.months if not before.startswith(m) and not after.startswith(m)]
    length = {"month": 1, "quarter": 3}.get(window, 12)
    found = [period(window, m) for m in whole]
    return tuple(label for label in dict.fromkeys(found) if found.count(label) == length)
