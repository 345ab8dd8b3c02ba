"""Days between visits: the spacing over all organs (S5) and each duty's own longest interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from riskplan.audit.dates import NO_DAY, date_text, week_label
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.history import Call
from riskplan.audit.owed import Duty
from riskplan.audit.reading import Reading
from riskplan.audit.world import World
from riskplan.rules.model import Limit


def day_or_week(call: Call) -> str:
    """Return the day of a dated visit, the week of an undated one."""
    return date_text(call.earliest) if call.dated else week_label(call.earliest)


def close_pairs(calls: Sequence[Call], amount: int) -> Iterable[tuple[Call, Call, int]]:
    """Yield (earlier, later, smallest possible gap in days) where a later visit comes too soon.

    Parameters
    ----------
    calls
        Visits to one premises.
    amount
        Fewest days between two of them.

    Each later visit is told once, with the earlier one that can lie nearest. At least one of a pair is
    planned: a planned visit is held against all earlier ones, another only against planned ones.
    """
    latest: Call | None = None
    latest_planned: Call | None = None
    for call in sorted(calls, key=lambda c: (c.earliest, c.latest, c.id)):
        before = latest if call.planned else latest_planned
        gap = amount if before is None else max(0, call.earliest - before.latest)
        if before is not None and gap < amount:
            yield (before, call, gap)
        if latest is None or call.latest >= latest.latest:
            latest = call
        if call.planned and (latest_planned is None or call.latest >= latest_planned.latest):
            latest_planned = call


def by_premises(reading: Reading) -> dict[str, list[Call]]:
    """Return key -> the visits that a spacing row counts there: premises, with organ or system where it says so."""
    groups: dict[str, list[Call]] = {}
    for call in reading.world.calls:
        if reading.counts(call):
            for key, _ in reading.keys(call):
                groups.setdefault(key, []).append(call)
    return groups


def _judge(world: World, scope: str) -> Outcome:
    objects, findings = 0, []
    for row in (r for r in world.rules.limits if (r.kind, r.scope) == ("spacing", scope)):
        reading = Reading(world, row)
        for key, calls in by_premises(reading).items():
            amount = reading.amount_at(calls[0].premises)
            if amount is None or not any(c.planned for c in calls):
                continue
            objects += len(calls) - 1
            findings += [
                _too_soon(row, key, (before, after), (gap, amount))
                for before, after, gap in close_pairs(calls, amount)
            ]
    return Outcome(objects, tuple(findings))


def check_enterprise_spacing(world: World) -> Outcome:
    """Check that visits to the same premises, of whatever organs, lie far enough apart (S5)."""
    return _judge(world, "enterprise")


def check_organ_spacing(world: World) -> Outcome:
    """Check that visits of one organ to the same premises lie far enough apart (S5)."""
    return _judge(world, "organ-enterprise")


def check_system_spacing(world: World) -> Outcome:
    """Check that visits of one system, of whatever level, to the same premises lie far enough apart (S5)."""
    return _judge(world, "system-enterprise")


def _too_soon(row: Limit, key: str, pair: tuple[Call, Call], days: tuple[int, int]) -> Finding:
    before, after = pair
    gap, amount = days
    return Finding(
        rule=row.id,
        severity="violation" if row.hard else "notice",
        scope_key=key,
        window=day_or_week(after),
        counted=gap,
        allowed=amount,
        excess=amount - gap,
        evidence=tuple(sorted((before.id, after.id))),
        basis=row.provenance.grounds,
        message=f"spacing-{row.scope}",
        details=(("earlier", day_or_week(before)),),
    )


@dataclass(frozen=True, slots=True)
class Wait:
    """Days that may pass between two visits that carry an item, or from the last one to the end of the horizon (None)."""

    days: int
    before: Call
    after: Call | None

    def calls(self) -> tuple[str, ...]:
        """Return the ids of the visits around it, sorted."""
        return tuple(sorted(c.id for c in (self.before, self.after) if c))


def waits(calls: Sequence[Call], world: World) -> list[Wait]:
    """Return the waits of an item that end in the horizon; an undated visit counts on the day that makes them longest.

    Parameters
    ----------
    calls
        Visits that carry the item.
    world
        Its horizon.
    """
    ordered = sorted(calls, key=lambda c: (c.earliest, c.latest, c.id))
    ends: list[Call | None] = [*ordered[1:], None]
    return [
        Wait((after.latest if after else world.calendar.last) - before.earliest, before, after)
        for before, after in zip(ordered, ends, strict=False)
        if after is None or after.latest >= world.calendar.first
    ]


def carrying_visits(world: World) -> dict[tuple[int, str], list[Call]]:
    """Return (position, item) -> visits that carry it: of the plan, and of the case, of kinds that count (S2)."""
    carried: dict[tuple[int, str], list[Call]] = {}
    exempt = world.rules.exempt_kinds
    for call in (*(c for c in world.planned if c.counts and c.kind not in exempt), *world.counted):
        if call.premises < 0 or call.earliest == NO_DAY:
            continue
        for item in call.items or world.clock.items_of(call.departments):
            carried.setdefault((call.premises, item), []).append(call)
    return carried


def late_duties(world: World) -> Iterator[tuple[int, Duty, Wait]]:
    """Yield (position, duty, its longest wait) for every duty that may wait longer than its longest interval."""
    carried = carrying_visits(world)
    for position, duties in sorted(world.owed.duties.items()):
        for duty in sorted(duties, key=lambda d: (d.item, d.cause)):
            found = waits(carried.get((position, duty.item), ()), world) if duty.longest_interval else []
            longest = max(found, key=lambda wait: wait.days, default=None)
            if longest is not None and longest.days > duty.longest_interval:
                yield position, duty, longest


def check_longest_intervals(world: World) -> Outcome:
    """Tell where a duty may wait longer than its longest interval (always a notice; reasons: ``check_late_waits``).

    Counted from the last known visit that carried the item through the plan to the end of the horizon; an
    undated visit may fall on the day of its week that makes the wait longest.
    """
    basis = basis_of(world.rules, "frequency.longest_interval_factor")
    objects = sum(bool(d.longest_interval) for duties in world.owed.duties.values() for d in duties)
    findings = [
        Finding(
            rule="longest-interval",
            severity="notice",
            scope_key=f"{world.premises.ids[position]}/{duty.item}",
            window=date_text(wait.after.latest) if wait.after else date_text(world.calendar.last),
            counted=wait.days,
            allowed=duty.longest_interval,
            excess=wait.days - duty.longest_interval,
            evidence=wait.calls(),
            basis=basis,
        )
        for position, duty, wait in late_duties(world)
    ]
    return Outcome(objects, tuple(findings))
