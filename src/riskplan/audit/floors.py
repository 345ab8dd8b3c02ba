"""Visits owed against visits planned, and the reasons stated for those left out (S3, S10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.capacity import MONTH_MINUTES, WEEK_CREWS, WEEK_MINUTES
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.history import Call
from riskplan.audit.owed import Duty
from riskplan.audit.reasons import Attempt, Room
from riskplan.audit.world import World
from riskplan.plan.tables import ABOUT_DAYS

NO_OPEN_WEEK = "calendar"
OF_THE_WEEK = ("crew", "route")
"""Reasons of the week: they explain an unrouted visit and are never a reason to leave one out of the year."""
NO_END = 10**9
FORMULA_LIMITS = (WEEK_MINUTES, MONTH_MINUTES, WEEK_CREWS)


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of ``unplanned.csv``."""

    enterprise: str
    items: tuple[str, ...]
    departments: tuple[str, ...]
    visits: int
    limit_id: str
    visit_id: str
    scope_key: str


@dataclass(frozen=True)
class Ledger:
    """Who is owed what, who gets what, and which row explains the rest.

    Parameters
    ----------
    world
        The world.
    """

    world: World

    @cached_property
    def carried(self) -> Mapping[tuple[int, str], Sequence[Call]]:
        """(position, item) -> planned visits that carry the item."""
        found: dict[tuple[int, str], list[Call]] = {}
        for call in self.world.planned:
            if call.counts and call.premises >= 0:
                for item in call.items:
                    found.setdefault((call.premises, item), []).append(call)
        return found

    @cached_property
    def unmet(self) -> Mapping[tuple[int, str], Sequence[tuple[Duty, int]]]:
        """(position, item) -> duties that planned visits do not meet, and how many visits each lacks (S3)."""
        result: dict[tuple[int, str], list[tuple[Duty, int]]] = {}
        for position, duties in self.world.owed.duties.items():
            for duty in duties:
                calls = self.carried.get((position, duty.item), ())
                left = duty.visits - sum(meets(duty, call, self.world) for call in calls)
                if left > 0:
                    result.setdefault((position, duty.item), []).append((duty, left))
        return result

    @cached_property
    def missing(self) -> Mapping[tuple[int, str], int]:
        """(position, item) -> visits that would be needed to meet what is unmet; one may serve several duties."""
        return {key: fewest_for(unmet) for key, unmet in self.unmet.items()}

    @cached_property
    def rows(self) -> tuple[Reason, ...]:
        """All rows of ``unplanned.csv``."""
        table = self.world.table("unplanned")
        columns = ("enterprise_id", "items", "departments", "visits", "limit_id", "visit_id", "scope_key")
        return tuple(
            Reason(e, tuple(dict.fromkeys(items)), tuple(departments), int(n), limit, visit, key)
            for e, items, departments, n, limit, visit, key in zip(*(table[c] for c in columns), strict=True)
        )

    @cached_property
    def unrouted(self) -> frozenset[str]:
        """Ids of planned visits that the week could not route."""
        return frozenset(c.id for c in self.world.planned if c.stage == "unrouted")

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Rows about visits left out, not those about an unrouted visit, which keeps its week."""
        return tuple(row for row in self.rows if row.visit_id not in self.unrouted)

    @cached_property
    def explained(self) -> Mapping[tuple[int, str], int]:
        """(position, item) -> visits left out as ``unplanned.csv`` states."""
        counts: dict[tuple[int, str], int] = {}
        for row in self.reasons:
            position = self.world.premises.index.get(row.enterprise, -1)
            for item in row.items:
                counts[position, item] = counts.get((position, item), 0) + max(0, row.visits)
        return counts

    @cached_property
    def impossible(self) -> Mapping[tuple[int, str], int]:
        """(position, item) -> visits that no plan can make as ``conflicts.csv`` states."""
        table = self.world.table("conflicts")
        counts: dict[tuple[int, str], int] = {}
        columns = ("enterprise_id", "items", "kind", "owed", "possible")
        for name, items, kind, owed, possible in zip(*(table[c] for c in columns), strict=True):
            position = self.world.premises.index.get(name, -1)
            for item in dict.fromkeys(items) if kind not in ABOUT_DAYS else ():
                counts[position, item] = counts.get((position, item), 0) + max(0, int(owed) - int(possible))
        return counts


def meets(duty: Duty, call: Call, world: World) -> bool:
    """Tell whether a visit lies in the window of a duty: its day, or every open day of its week for it (S3)."""
    if not duty.windowed:
        return True
    if call.dated:
        return duty.holds(call.earliest)
    calendar = world.calendar
    first, last = max(call.earliest, calendar.first), min(call.latest, calendar.last)
    is_open = world.places.days_for(call.premises, call.kind, call.departments)
    return all(duty.holds(day) for day in range(first, last + 1) if is_open[day - calendar.first])


def fewest_for(unmet: Sequence[tuple[Duty, int]]) -> int:
    """Return the fewest visits that could meet what is unmet: duties whose windows meet share them.

    Parameters
    ----------
    unmet
        Duties of one item, and how many visits each lacks.
    """
    spans = [(duty, left) for duty, left in unmet if not duty.months]
    needed = _shared(spans)
    for season, own in ((duty, left) for duty, left in unmet if duty.months):
        apart = [(duty, left) for duty, left in spans if duty.first and not _meet(season, duty)]
        needed = max(needed, own + _shared(apart))
    return needed


def _meet(season: Duty, span: Duty) -> bool:
    return any(season.holds(day) for day in range(span.first, span.last + 1))


def _shared(unmet: Sequence[tuple[Duty, int]]) -> int:
    """Return the fewest visits for windows without seasons: always at the end of the window that ends first."""
    needed = 0
    spans = sorted((duty.last or NO_END, duty.first, left) for duty, left in unmet)
    while spans:
        end = spans[0][0]
        here = [span for span in spans if span[1] <= end]
        needed += max(left for _, _, left in here)
        spans = [span for span in spans if span[1] > end]
    return needed


def check_floors(world: World) -> Outcome:
    """Check that every owed visit is planned, listed with a reason, or in conflict (S10)."""
    ledger = world.shared(Ledger)
    open_ends: dict[int, dict[str, int]] = {}
    for (position, item), left in ledger.missing.items():
        accepted = ledger.impossible.get((position, item), 0) + ledger.explained.get((position, item), 0)
        if left > accepted:
            open_ends.setdefault(position, {})[item] = left - accepted
    basis = basis_of(world.rules, "frequency.visits")
    findings = []
    for position, items in open_ends.items():
        worst = min(items, key=lambda item: (-items[item], item))
        owed = max(d.visits for d in world.owed.of(position) if d.item == worst)
        findings.append(
            Finding(
                rule="floor",
                severity="shortfall" if world.bare else "violation",
                scope_key=world.premises.ids[position],
                counted=owed - items[worst],
                allowed=owed,
                excess=items[worst],
                evidence=tuple(sorted(items)),
                basis=basis,
                message="floor-no-reason" if world.bare else "floor",
                tier=world.premises.tier[position],
            )
        )
    return Outcome(sum(len(d) for d in world.owed.duties.values()), tuple(findings))


def check_unplanned_rows(world: World) -> Outcome:
    """Check that every row of ``unplanned.csv`` is well formed, and tell what is planned after all."""
    ledger = world.shared(Ledger)
    named = {row.id for row in world.rules.limits} | {row.id for row in world.rules.quiet}
    known = named | {*FORMULA_LIMITS, *OF_THE_WEEK, NO_OPEN_WEEK}
    findings = []
    for row in ledger.rows:
        fault = ""
        if row.enterprise not in world.premises.index:
            fault = "unplanned-enterprise"
        elif not row.items or any(i not in world.clock.department for i in row.items):
            fault = "unplanned-items"
        elif world.clock.departments(row.items) != tuple(sorted(set(row.departments))):
            fault = "unplanned-departments"
        elif row.limit_id not in known or row.visits < 1:
            fault = "unplanned-limit-unknown" if row.limit_id not in known else "unplanned-visits"
        if fault:
            findings.append(_row_finding("unplanned-row", row, (1, 0, 1), fault))
    for (position, item), listed in ledger.explained.items():
        over = listed - ledger.missing.get((position, item), 0)
        if position >= 0 and over > 0:
            name = world.premises.ids[position]
            details = (("enterprise", name), ("item", item))
            figures = (listed, listed - over, over)
            scope = f"{name}/{item}"
            findings.append(
                Finding("unplanned-surplus", "notice", scope, "", *figures, (item,), "", "", details)
            )
    return Outcome(len(ledger.rows), tuple(findings))


def _row_finding(
    rule: str, row: Reason, figures: tuple[int, int, int], message: str = "", free: str = "", tier: str = ""
) -> Finding:
    details = (("free", free), ("items", "|".join(row.items)), ("limit", row.limit_id))
    severity = "shortfall" if rule == "shortfall" else "violation"
    evidence = tuple(sorted(row.items))
    return Finding(rule, severity, row.enterprise, "", *figures, evidence, "", message, details, tier)


def check_unplanned_reasons(world: World) -> Outcome:
    """Test every reason again: each open week is blocked by a hard limit, some by the named one (S10)."""
    ledger, room = world.shared(Ledger), world.in_weeks.shared(Room)
    objects, findings = 0, []
    for row in ledger.reasons:
        position = world.premises.index.get(row.enterprise, -1)
        departments = world.clock.departments(row.items)
        if position < 0 or not departments:
            continue
        objects += 1
        findings.append(
            _test(world, ledger, room, row, Attempt(position, departments, world.clock.minutes(row.items)))
        )
    return Outcome(objects, tuple(findings))


def _test(world: World, ledger: Ledger, room: Room, row: Reason, attempt: Attempt) -> Finding:
    open_weeks = room.open_weeks(attempt.premises) & weeks_asked(world, ledger, row, attempt.premises)
    blocked = room.blocked(attempt)
    free = open_weeks.copy()
    for weeks in blocked.values():
        free &= ~weeks
    number = int(free.sum())
    if number:
        first = room.week_labels[int(free.argmax())]
        return _row_finding("unplanned-reason", row, (number, 0, number), free=first)
    named = [weeks for (rule, key), weeks in blocked.items() if rule == row.limit_id and _meant(row, key)]
    confirmed = any(bool((weeks & open_weeks).any()) for weeks in named)
    if row.limit_id == NO_OPEN_WEEK:
        confirmed = not (room.weeks_for(attempt) & open_weeks).any()
    if not confirmed:
        return _row_finding("unplanned-limit", row, (0, 1, 1))
    figures = (0, row.visits, row.visits)
    return _row_finding("shortfall", row, figures, tier=world.premises.tier[attempt.premises])


def weeks_asked(world: World, ledger: Ledger, row: Reason, position: int) -> npt.NDArray[np.bool_]:
    """Return the weeks in which a visit with a row's items would count for some duty that each of them still lacks."""
    asked = np.ones(len(world.calendar.mondays), dtype=bool)
    for item in row.items:
        unmet = [duty for duty, _ in ledger.unmet.get((position, item), ())]
        if unmet and all(duty.windowed for duty in unmet):
            asked &= np.logical_or.reduce([weeks_of(duty, world) for duty in unmet])
    return asked


def weeks_of(duty: Duty, world: World) -> npt.NDArray[np.bool_]:
    """Return the weeks all of whose workdays from ``as_of`` on lie in the window of a duty, shape (n_weeks,) (S10)."""
    calendar, workdays = world.calendar, world.places.general
    outside = np.zeros(len(calendar.mondays), dtype=bool)
    for day in calendar.days():
        if workdays[day - calendar.first] and not duty.holds(day):
            outside[calendar.week_of_day[day - calendar.first]] = True
    return ~outside


def _meant(row: Reason, key: str) -> bool:
    """Tell whether a row means a key: the two limits on minutes name their pool, where they name anything."""
    pooled = row.limit_id in {WEEK_MINUTES, MONTH_MINUTES}
    return not pooled or not row.scope_key or row.scope_key == key


def check_unrouted(world: World) -> Outcome:
    """Check that every visit that the week could not route says why, and tell it."""
    ledger = world.shared(Ledger)
    named = {row.visit_id: row for row in ledger.rows if row.visit_id in ledger.unrouted}
    findings = []
    for call in world.planned:
        if call.stage != "unrouted":
            continue
        row = named.get(call.id)
        severity, limit = ("notice", row.limit_id) if row else ("violation", "")
        rule = "unrouted" if row else "unrouted-reason"
        details = (("limit", limit), ("object", call.object_id))
        findings.append(Finding(rule, severity, call.id, "", 1, 0, 1, (call.id,), "", "", details))
    return Outcome(len(ledger.unrouted), tuple(findings))
