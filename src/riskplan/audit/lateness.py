"""What waits longer than it may in a year plan: every such item is told, and the reason is true (S16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.cells import Cells, cells_of, freed
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.floors import NO_OPEN_WEEK, Ledger, meets, weeks_of
from riskplan.audit.history import Call
from riskplan.audit.reasons import SUNDAY, Attempt, Room
from riskplan.audit.spacing import Wait, carrying_visits, late_duties, waits
from riskplan.audit.world import World
from riskplan.plan.tables import LATE

Weeks = npt.NDArray[np.bool_]
LONGEST = "longest-interval"
HISTORY, DEARER = "history", "objective"
"""Reasons that are no limits: the wait was too long before the horizon; a week in time is free and costs the plan more."""


@dataclass(frozen=True, slots=True)
class LateRow:
    """One row of ``conflicts.csv`` about a wait."""

    enterprise: str
    items: tuple[str, ...]
    longest: int
    days: int
    limit: str


@dataclass(frozen=True)
class Bench:
    """Everything that the tests ask.

    Parameters
    ----------
    world
        The world.
    """

    world: World
    _fits: dict[tuple[str, int], bool] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[LateRow, ...]:
        """Rows about waits."""
        table = self.world.table("conflicts")
        names = ("enterprise_id", "items", "kind", "owed", "possible", "limit_ids")
        return tuple(
            LateRow(name, tuple(items), int(owed), int(possible), (*limits, "")[0])
            for name, items, kind, owed, possible, limits in zip(*(table[c] for c in names), strict=True)
            if kind == LATE
        )

    @cached_property
    def carried(self) -> dict[tuple[int, str], list[Call]]:
        """(position, item) -> visits that carry it."""
        return carrying_visits(self.world)

    @cached_property
    def room(self) -> Room:
        """What the plan leaves."""
        return self.world.shared(Room)

    @cached_property
    def cells(self) -> Cells:
        """Windows without room."""
        return self.world.shared(cells_of)

    @cached_property
    def monday(self) -> npt.NDArray[np.int64]:
        """Monday of each week."""
        return np.array(self.world.calendar.mondays, dtype=np.int64)

    def gaps(self, row: LateRow) -> list[Wait]:
        """Return the waits that a row can mean: as long as it says."""
        position = self.world.premises.index.get(row.enterprise, -1)
        calls = self.carried.get((position, row.items[0]), []) if row.items else []
        return [wait for wait in waits(calls, self.world) if wait.days == row.days]

    def in_time(self, wait: Wait, longest: int) -> Weeks:
        """Return the weeks in which the visit that a wait hangs on would be in time, shape (n_weeks,)."""
        before, after = wait.before, wait.after
        if after is None:
            return np.asarray(self.monday + longest >= self.world.calendar.last)
        early = self.monday + SUNDAY <= before.earliest + longest
        return np.asarray(early & (self.monday > before.earliest) if before.planned else early)

    def windows(self, call: Call) -> Weeks:
        """Return the weeks in which a visit would still count for every duty with a window that it meets."""
        asked = np.ones(len(self.monday), dtype=bool)
        for duty in self.world.owed.of(call.premises):
            if duty.windowed and duty.item in call.items and meets(duty, call, self.world):
                asked &= weeks_of(duty, self.world)
        return asked

    def fits(self, call: Call, week: int) -> bool:
        """Tell whether a visit could stand in another week, all others staying where they are."""
        if (call.id, week) not in self._fits:
            cells = self.cells.of(_attempt(call), week)
            self._fits[call.id, week] = freed(cells, (call.id,))
        return self._fits[call.id, week]


def _attempt(call: Call) -> Attempt:
    return Attempt(call.premises, call.departments, call.minutes)


def planned_for(world: World) -> bool:
    """Tell whether a plan says that it plans longest intervals, and is still its first revision."""
    manifest = world.plan.manifest
    model = manifest.get("model")
    return manifest.get("revision", 1) == 1 and isinstance(model, dict) and LONGEST in model


def check_late_waits(world: World) -> Outcome:
    """Check that whatever waits too long in a first revision is told with a true reason (S16)."""
    if not planned_for(world):
        return Outcome(0, ())
    bench = world.in_weeks.shared(Bench)
    findings = [*_untold(bench), *(f for row in bench.rows for f in _untrue(bench, row))]
    return Outcome(len(bench.rows), tuple(findings))


def _untold(bench: Bench) -> Iterator[Finding]:
    """Yield the duties that wait too long and have no row that says as much."""
    world, ledger = bench.world, bench.world.shared(Ledger)
    told: dict[tuple[str, str], int] = {}
    for row in bench.rows:
        for item in row.items:
            told[row.enterprise, item] = max(row.days, told.get((row.enterprise, item), 0))
    for position, duty, wait in late_duties(world):
        name = world.premises.ids[position]
        if told.get((name, duty.item), 0) < wait.days and not ledger.impossible.get((position, duty.item)):
            figures = (wait.days, duty.longest_interval, wait.days - duty.longest_interval)
            yield _finding(world, (name, (duty.item,)), "late-untold", figures, wait.calls())


def _untrue(bench: Bench, row: LateRow) -> Iterator[Finding]:
    gaps = bench.gaps(row)
    said = {"limit": row.limit}
    subject = (row.enterprise, row.items)
    if not gaps:
        if not _fixed(bench, row):
            yield _finding(bench.world, subject, "late-row", (row.days, 0, row.days), (), **said)
    elif not any(_true(bench, row, wait) for wait in gaps):
        yield _finding(bench.world, subject, "late-reason", (1, 0, 1), gaps[0].calls(), **said)


def _fixed(bench: Bench, row: LateRow) -> bool:
    """Tell whether others visit for the item in the horizon: the plan counts without them."""
    position, first = bench.world.premises.index.get(row.enterprise, -1), bench.world.calendar.first
    calls = bench.carried.get((position, row.items[0]), []) if row.items else []
    return any(not c.planned and c.latest >= first for c in calls)


def _true(bench: Bench, row: LateRow, wait: Wait) -> bool:
    """Tell whether what a row says keeps the visit from being in time does so."""
    world, call = bench.world, wait.after or wait.before
    if row.limit == HISTORY:
        return wait.before.earliest + row.longest < world.calendar.first
    if not call.planned:
        return (
            bool(world.shared(Ledger).explained.get((call.premises, row.items[0])))
            or row.limit == NO_OPEN_WEEK
        )
    asked = bench.in_time(wait, row.longest) & bench.room.weeks_for(_attempt(call))
    inside = np.flatnonzero(asked & bench.windows(call)).tolist()
    if row.limit == NO_OPEN_WEEK:
        return not inside
    free = any(bench.fits(call, week) for week in inside)
    if row.limit == DEARER:
        return free
    broken = bench.room.broken(_attempt(call)).get(row.limit)
    return not free and broken is not None and bool((broken & asked).any())


def _finding(
    world: World,
    subject: tuple[str, tuple[str, ...]],
    message: str,
    figures: tuple[int, int, int],
    calls: Sequence[str],
    **details: str,
) -> Finding:
    name, items = subject
    told = (("items", "|".join(items)), *details.items())
    basis = basis_of(world.rules, "frequency.longest_interval_factor")
    return Finding("late", "violation", name, "", *figures, tuple(calls), basis, message, tuple(sorted(told)))
