"""What is said beside the reasons of visits left out, tested again: weeks by limit, nearest week, exchange (S10, S15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.cells import Cells, cells_of, fewest_out, freed
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.floors import NO_OPEN_WEEK, Ledger, Reason, weeks_asked
from riskplan.audit.reasons import Attempt, Room
from riskplan.audit.world import World
from riskplan.rules.model import PLANNED_KIND, TIERS

Weeks = npt.NDArray[np.bool_]
RED = TIERS[0]


@dataclass(frozen=True)
class Excuse:
    """One row of ``unplanned.csv`` with what it says beside its reason."""

    row: Reason
    attempt: Attempt
    weeks_by_limit: tuple[str, ...]
    nearest_week: str
    nearest_limits: tuple[str, ...]
    exchange_visit: str
    exchange_week: str
    exchange_to: str


@dataclass(frozen=True)
class Bench:
    """Everything that a test asks.

    Parameters
    ----------
    world
        The world in weeks.
    """

    world: World
    _blocked: dict[Attempt, dict[str, Weeks]] = field(default_factory=dict)

    @cached_property
    def ledger(self) -> Ledger:
        """What is owed, planned and explained."""
        return self.world.shared(Ledger)

    @cached_property
    def room(self) -> Room:
        """What the plan leaves."""
        return self.world.shared(Room)

    @cached_property
    def cells(self) -> Cells:
        """Windows without room."""
        return self.world.shared(cells_of)

    @cached_property
    def excuses(self) -> tuple[Excuse, ...]:
        """Rows about visits left out that name known premises and items."""
        table = self.world.table("unplanned")
        names = ("weeks_by_limit", "nearest_week", "nearest_limits")
        swaps = ("exchange_visit", "exchange_week", "exchange_to")
        columns = [table[name] for name in (*names, *swaps)]
        found = []
        for row, said in zip(self.ledger.rows, zip(*columns, strict=True), strict=True):
            position = self.world.premises.index.get(row.enterprise, -1)
            departments = self.world.clock.departments(row.items)
            if position >= 0 and departments and row.visit_id not in self.ledger.unrouted:
                attempt = Attempt(position, departments, self.world.clock.minutes(row.items))
                found.append(Excuse(row, attempt, *said))
        return tuple(found)

    def open_weeks(self, excuse: Excuse) -> Weeks:
        """Return the weeks that the calendar and the windows of the duties leave, shape (n_weeks,)."""
        asked = weeks_asked(self.world, self.ledger, excuse.row, excuse.attempt.premises)
        return np.asarray(self.room.weeks_for(excuse.attempt) & asked)

    def broken(self, attempt: Attempt) -> dict[str, Weeks]:
        """Return limit -> weeks in which one more visit would break it."""
        if attempt not in self._blocked:
            self._blocked[attempt] = self.room.broken(attempt)
        return self._blocked[attempt]

    @cached_property
    def week_of(self) -> dict[str, int]:
        """Label -> number of the week."""
        return {label: w for w, label in enumerate(self.room.week_labels)}

    def lower(self, tier: str) -> frozenset[str]:
        """Return the draft visits to enterprises of lower tiers."""
        tiers = self.world.premises.tier
        return frozenset(
            c.id
            for c in self.world.planned
            if c.stage == "draft"
            and c.kind == PLANNED_KIND
            and c.premises >= 0
            and tiers[c.premises] in TIERS[TIERS.index(tier) + 1 :]
        )


def _each(world: World, test: Callable[[Bench, Excuse], Iterator[Finding]]) -> Outcome:
    bench = world.in_weeks.shared(Bench)
    findings = [finding for excuse in bench.excuses for finding in test(bench, excuse)]
    return Outcome(len(bench.excuses), tuple(findings))


def check_unplanned_weeks(world: World) -> Outcome:
    """Check that the weeks of a row add up to all weeks, and that each limit blocks as many as are said (S10)."""
    return _each(world, _weeks)


def _weeks(bench: Bench, excuse: Excuse) -> Iterator[Finding]:
    if not excuse.weeks_by_limit:
        return
    open_weeks, broken = bench.open_weeks(excuse), bench.broken(excuse.attempt)
    total = 0
    for text in excuse.weeks_by_limit:
        limit, _, number = text.rpartition(":")
        said = int(number) if number.isdigit() else 0
        own = broken[limit] & open_weeks if limit in broken else np.zeros(len(open_weeks), dtype=bool)
        most = int((~open_weeks if limit == NO_OPEN_WEEK else own).sum())
        total += said
        if said > most or not said:
            yield _finding("unplanned-weeks", excuse, (said, most, max(1, said - most)), limit=limit)
    if total != len(open_weeks):
        figures = (total, len(open_weeks), abs(total - len(open_weeks)))
        yield _finding("unplanned-weeks", excuse, figures, message="unplanned-weeks-sum")


def check_unplanned_nearest(world: World) -> Outcome:
    """Check that the nearest week of a row is open and blocked by nothing but what is said (S10)."""
    return _each(world, _nearest)


def _nearest(bench: Bench, excuse: Excuse) -> Iterator[Finding]:
    if not excuse.nearest_week:
        return
    week = bench.week_of.get(excuse.nearest_week, -1)
    said = {text.split(":", 1)[0] for text in excuse.nearest_limits}
    right = {limit for limit, weeks in bench.broken(excuse.attempt).items() if week >= 0 and weeks[week]}
    is_open = week >= 0 and bool(bench.open_weeks(excuse)[week])
    if not is_open or not right or not right <= said:
        number = max(1, len(right - said))
        stated, truth = "|".join(sorted(said)), "|".join(sorted(right))
        figures = (len(right), len(said & right), number)
        yield _finding(
            "unplanned-nearest", excuse, figures, week=excuse.nearest_week, stated=stated, right=truth
        )
        return
    yield from _amounts(bench, excuse, week)


def _amounts(bench: Bench, excuse: Excuse, week: int) -> Iterator[Finding]:
    """Yield a finding where a limit of the nearest week lacks another amount than is said: the largest of its scopes.

    Spacings and rolling windows have no amounts of their own: weeks and days count them differently.
    """
    counted = {c.reading.row.id for c in bench.room.caps if c.reading.row.window != "rolling"}
    counted |= {ceiling.rule for ceiling, _ in bench.room.left}
    said: dict[str, int] = {}
    for text in excuse.nearest_limits:
        limit, number = text.split(":", 1)[0], text.rpartition(":")[2]
        said[limit] = max(said.get(limit, 0), int(number) if number.isdigit() else 0)
    right: dict[str, int] = {}
    for limit, (lack, _) in bench.cells.named(excuse.attempt, week):
        right[limit] = max(right.get(limit, 0), lack)
    wrong = sorted(limit for limit in right if limit in counted and said.get(limit) != right[limit])
    if wrong:
        named = {
            "week": excuse.nearest_week,
            "stated": "|".join(f"{limit}:{said.get(limit, 0)}" for limit in wrong),
            "right": "|".join(f"{limit}:{right[limit]}" for limit in wrong),
        }
        figures = (
            said.get(wrong[0], 0),
            right[wrong[0]],
            max(1, abs(said.get(wrong[0], 0) - right[wrong[0]])),
        )
        yield _finding("unplanned-nearest", excuse, figures, **named)


def check_unplanned_exchange(world: World) -> Outcome:
    """Check that the visit left out would fit in the week named once the visit named is taken out (S10)."""
    return _each(world, _swap)


def _swap(bench: Bench, excuse: Excuse) -> Iterator[Finding]:
    if not excuse.exchange_visit:
        return
    calls = {c.id: c for c in bench.world.planned}
    call, week = calls.get(excuse.exchange_visit), bench.week_of.get(excuse.exchange_week, -1)
    good = call is not None and week >= 0 and bool(bench.open_weeks(excuse)[week])
    good = good and freed(bench.cells.of(excuse.attempt, week), (excuse.exchange_visit,))
    if good and call is not None and excuse.exchange_to:
        good = _stands(bench, excuse)
    if not good:
        named = {"visit": excuse.exchange_visit, "week": excuse.exchange_week}
        yield _finding("unplanned-exchange", excuse, (1, 0, 1), **named)


def _stands(bench: Bench, excuse: Excuse) -> bool:
    """Tell whether the visit that would move could stand in its new week, once it has left the old one."""
    call = next(c for c in bench.world.planned if c.id == excuse.exchange_visit)
    week = bench.week_of.get(excuse.exchange_to, -1)
    moved = Attempt(call.premises, call.departments, call.minutes)
    is_open = week >= 0 and bool(bench.room.weeks_for(moved)[week])
    return is_open and freed(bench.cells.of(moved, week), (call.id,))


def check_exchange(world: World) -> Outcome:
    """Check that no unmet red duty fits after taking out at most two draft visits of lower tiers (S15).

    A violation where the plan says that it was tested (``exchange_test``), else a notice.
    """
    bench = world.in_weeks.shared(Bench)
    severity = "violation" if world.plan.manifest.get("exchange_test") else "notice"
    objects, findings = 0, []
    for excuse in bench.excuses:
        if world.premises.tier[excuse.attempt.premises] != RED:
            continue
        objects += 1
        for week in np.flatnonzero(bench.open_weeks(excuse)).tolist():
            out = fewest_out(bench.cells.of(excuse.attempt, week), bench.lower(RED))
            if out:
                named = {"week": bench.room.week_labels[week], "visit": "|".join(out)}
                findings.append(
                    _finding("exchange", excuse, (len(out), 0, len(out)), severity=severity, **named)
                )
                break
    return Outcome(objects, tuple(findings))


def _finding(
    rule: str,
    excuse: Excuse,
    figures: tuple[int, int, int],
    *,
    message: str = "",
    severity: str = "violation",
    **details: str,
) -> Finding:
    row = excuse.row
    named = tuple(sorted({"items": "|".join(row.items), **details}.items()))
    evidence = tuple(sorted(row.items))
    return Finding(rule, severity, row.enterprise, "", *figures, evidence, "", message or rule, named)
