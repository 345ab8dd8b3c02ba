"""Each planned visit by itself: ids, object, departments, items, minutes, lead, size and stage (S8)."""

from __future__ import annotations

from collections.abc import Sequence

from riskplan.audit.dates import date_text, day_of, monday_of_week, week_label
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.history import Call
from riskplan.audit.world import World
from riskplan.plan.tables import STAGES
from riskplan.units import DAYS_PER_WEEK


def _wrong(rule: str, call: Call, message: str = "", **details: str) -> Finding:
    """Return a violation about one visit that is right or wrong, not counted."""
    evidence = (call.id,) if call.id else ()
    named = tuple(sorted({"object": call.object_id, **details}.items()))
    return Finding(rule, "violation", call.id, "", 1, 0, 1, evidence, "", message or rule, named)


def check_visit_ids(world: World) -> Outcome:
    """Check that every visit has an id of its own, which no visit of the case has."""
    ledger = world.case.tables.get("visits")
    taken = set() if ledger is None else set(zip(ledger["visit_id"], ledger["object_id"], strict=True))
    taken_ids = {name for name, _ in taken}
    rows: dict[str, list[Call]] = {}
    for call in world.planned:
        rows.setdefault(call.id, []).append(call)
    findings = []
    for name, calls in rows.items():
        if not name:
            findings.append(
                Finding("visit-id", "violation", "", "", len(calls), 0, len(calls), (), "", "visit-id-empty")
            )
        elif len(calls) > 1:
            findings.append(
                Finding("visit-id", "violation", name, "", len(calls), 1, len(calls) - 1, (name,))
            )
        elif name in taken_ids and not (calls[0].stage == "done" and (name, calls[0].object_id) in taken):
            findings.append(
                Finding("visit-id", "violation", name, "", 2, 1, 1, (name,), "", "visit-id-reused")
            )
    return Outcome(len(world.planned), tuple(findings))


def _known_objects(world: World) -> dict[str, frozenset[str]]:
    villages = world.case.tables.get("villages")
    return {
        "enterprise": frozenset(world.premises.index),
        "township": frozenset(world.case["townships"]["township_code"]),
        "village": frozenset(() if villages is None else villages["village_code"]),
    }


def check_visit_objects(world: World) -> Outcome:
    """Check that every visit goes to a known object, an active one, in the township that the plan names."""
    known = _known_objects(world)
    stated = world.table("visits")["township_code"]
    findings = []
    for call, township in zip(world.planned, stated, strict=True):
        if call.object_id not in known.get(call.object_kind, frozenset()):
            findings.append(_wrong("unknown-enterprise", call))
            continue
        gone = call.premises >= 0 and not world.premises.active[call.premises]
        if gone and call.stage not in {"done", "not_met"}:
            findings.append(_wrong("enterprise-status", call))
        if township != call.township:
            findings.append(_wrong("township-code", call, stated=township, right=call.township))
    return Outcome(len(world.planned), tuple(findings))


def check_visit_departments(world: World) -> Outcome:
    """Check that only known bodies with enforcement power take part."""
    table = world.case["departments"]
    role = dict(zip(table["department_id"], table["role"], strict=True))
    findings = []
    for call in world.planned:
        unknown = [d for d in call.departments if d not in role]
        barred = [d for d in call.departments if role.get(d, "enforcement") != "enforcement"]
        findings += [_wrong("unknown-department", call, department=d) for d in unknown]
        findings += [_wrong("department-role", call, department=d) for d in barred]
        if not call.departments:
            findings.append(_wrong("visit-departments", call, "visit-departments-none"))
    return Outcome(len(world.planned), tuple(findings))


def check_visit_items(world: World) -> Outcome:
    """Check that every visit carries known on-site items, and exactly their departments take part (S8)."""
    findings = []
    for call in world.planned:
        unknown = [i for i in call.items if i not in world.clock.department]
        off_site = [i for i in call.items if i in world.clock.department and i not in world.clock.on_site]
        findings += [_wrong("visit-items", call, item=i) for i in unknown]
        findings += [_wrong("visit-items", call, "visit-items-off-site", item=i) for i in off_site]
        if not call.items:
            findings.append(_wrong("visit-items", call, "visit-items-none"))
        right = world.clock.departments(call.items)
        known = all(d in world.department_ids for d in call.departments)
        if right and known and call.departments and not unknown and right != tuple(sorted(call.departments)):
            stated = "|".join(call.departments)
            findings.append(_wrong("visit-departments", call, stated=stated, right="|".join(right)))
        findings += _not_owed(world, call)
    return Outcome(len(world.planned), tuple(findings))


def _not_owed(world: World, call: Call) -> list[Finding]:
    if call.premises < 0 or call.kind in world.rules.exempt_kinds or not world.premises.active[call.premises]:
        return []
    owed = world.owed.items(call.premises)
    extra = tuple(sorted(i for i in call.items if i in world.clock.on_site and i not in owed))
    if not extra:
        return []
    number = len(extra)
    return [Finding("item-not-owed", "notice", call.id, "", number, 0, number, (call.id, *extra))]


def check_visit_minutes(world: World) -> Outcome:
    """Check the service time: set-up plus the longest department's item minutes (S8)."""
    basis = basis_of(world.rules, "day.setup")
    findings = []
    objects = 0
    for call, stated in zip(world.planned, world.table("visits")["minutes"], strict=True):
        if not world.clock.departments(call.items):
            continue
        objects += 1
        off = abs(int(stated) - call.minutes)
        if off:
            findings.append(
                Finding(
                    "visit-minutes",
                    "violation",
                    call.id,
                    "",
                    int(stated),
                    call.minutes,
                    off,
                    (call.id,),
                    basis,
                )
            )
    return Outcome(objects, tuple(findings))


def rightful_lead(world: World, position: int, participants: Sequence[str]) -> str:
    """Return the one department that leads a joint visit (S8).

    Parameters
    ----------
    world
        The world.
    position
        Position of the premises.
    participants
        Departments that take part.

    The competent department where it takes part, else the table by sector, else the organ whose duties are
    most frequent here, ties by item minutes per year, then by id.
    """
    competent = world.premises.competent[position]
    by_sector = (world.rules.lead_by_sector or {}).get(world.premises.sector[position], "")
    for choice in (competent, by_sector):
        if choice in participants:
            return choice
    visits = dict.fromkeys(participants, 0)
    minutes = dict.fromkeys(participants, 0)
    for duty in world.owed.of(position):
        department = world.clock.department[duty.item]
        if department in visits:
            visits[department] = max(visits[department], duty.visits)
            minutes[department] += duty.visits * world.clock.item_minutes[duty.item]
    return min(participants, key=lambda d: (-visits[d], -minutes[d], d))


def check_visit_lead(world: World) -> Outcome:
    """Check that every joint visit has exactly the lead department that the rules name (S8)."""
    findings = []
    for call, lead in zip(world.planned, world.table("visits")["lead"], strict=True):
        if not call.departments:
            continue
        if lead not in call.departments:
            findings.append(_wrong("visit-lead", call, "visit-lead-absent", stated=lead))
        elif call.premises >= 0:
            right = rightful_lead(world, call.premises, call.departments)
            if lead != right:
                findings.append(_wrong("visit-lead", call, stated=lead, right=right))
    return Outcome(len(world.planned), tuple(findings))


def check_visit_size(world: World) -> Outcome:
    """Check that not too many departments and people stand at one gate (S8)."""
    crew = world.rules.crew
    findings = []
    for call in world.planned:
        if call.premises < 0:
            continue
        size = world.premises.size[call.premises]
        number = len(call.departments)
        people = number * crew.officers_per_department
        for rule, counted, table in (
            ("crew-max-departments", number, crew.max_departments),
            ("crew-max-people", people, crew.max_people),
        ):
            most = table.get(size, table.get("*"))
            if most is not None and counted > most:
                basis = basis_of(world.rules, f"crew.{rule[5:].replace('-', '_')}")
                details = (("object", call.object_id), ("size", size))
                findings.append(
                    Finding(
                        rule,
                        "violation",
                        call.id,
                        "",
                        counted,
                        most,
                        counted - most,
                        (call.id,),
                        basis,
                        "",
                        details,
                    )
                )
    return Outcome(len(world.planned), tuple(findings))


def check_visit_stages(world: World) -> Outcome:
    """Check the stage: a known one, and ``done`` only where the case's ledger knows a visit on that day."""
    ledger = world.case.tables.get("visits")
    known = set()
    if ledger is not None and len(ledger):
        days = (str(d)[:10] for d in ledger["date"])
        known = set(zip(ledger["object_kind"], ledger["object_id"], days, strict=True))
    findings = []
    for call in world.planned:
        if call.stage not in STAGES:
            findings.append(_wrong("stage", call, stage=call.stage))
        elif call.stage == "done":
            day = date_text(call.earliest) if call.dated else ""
            if (call.object_kind, call.object_id, day) not in known or call.earliest >= world.calendar.as_of:
                findings.append(_wrong("stage", call, "stage-not-done"))
    return Outcome(len(world.planned), tuple(findings))


def check_visit_windows(world: World) -> Outcome:
    """Check that a visit with a window stands in a week of it, and that no window is wider than the rulebook allows.

    A visit that is over stands where it took place, whatever its window was.
    """
    table, widest = world.table("visits"), 2 * world.rules.week.window + 1
    objects, findings = 0, []
    for call, first, last in zip(world.planned, table["window_first"], table["window_last"], strict=True):
        if not (first or last) or not call.placed or call.stage in {"done", "not_met"}:
            continue
        objects += 1
        begin, end = monday_of_week(first), monday_of_week(last)
        weeks = (end - begin) // DAYS_PER_WEEK + 1
        if not begin or not end or weeks < 1:
            findings.append(_wrong("week-window", call, "week-window-unreadable", first=first, last=last))
        elif not begin <= call.monday <= end:
            findings.append(
                _wrong("week-window", call, stated=week_label(call.monday), first=first, last=last)
            )
        elif weeks > widest:
            findings.append(_wrong("week-window", call, "week-window-wide", first=first, last=last))
    return Outcome(objects, tuple(findings))


def check_visit_weeks(world: World) -> Outcome:
    """Check that every visit has a real week of the horizon, and a date of that very week (S1)."""
    table = world.table("visits")
    findings = []
    for call, week, date in zip(world.planned, table["week"], table["date"], strict=True):
        monday = monday_of_week(week)
        day = day_of(date)
        if date and not day:
            findings.append(_wrong("week-label", call, "date-unreadable", stated=date))
        elif not monday:
            findings.append(_wrong("week-label", call, stated=week))
        elif monday not in world.calendar.week_index and call.stage not in {"done", "not_met"}:
            findings.append(_wrong("week-label", call, "week-outside", stated=week))
        elif day and week_label(day) != week:
            findings.append(_wrong("week-of-date", call, stated=week, right=week_label(day)))
    return Outcome(len(world.planned), tuple(findings))
