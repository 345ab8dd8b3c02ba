"""Days between visits: the spacing over all organs (S5) and each duty's own longest interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskplan.audit.dates import NO_DAY, date_text, week_label
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.history import Call
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
        if before is not None and call.earliest - before.latest < amount:
            yield (before, call, max(0, call.earliest - before.latest))
        if latest is None or call.latest >= latest.latest:
            latest = call
        if call.planned and (latest_planned is None or call.latest >= latest_planned.latest):
            latest_planned = call


def check_enterprise_spacing(world: World) -> Outcome:
    """Check that visits to the same premises, of whatever organs, lie far enough apart (S5)."""
    objects, findings = 0, []
    for limit in world.rows("spacing", "enterprise", "rolling"):
        by_premises: dict[int, list[Call]] = {}
        for call in world.counted(limit):
            if call.premises >= 0:
                by_premises.setdefault(call.premises, []).append(call)
        for position, calls in by_premises.items():
            amount = world.tier_amount(limit, position)
            if amount is None or not any(c.planned for c in calls):
                continue
            objects += len(calls) - 1
            findings += [
                _too_soon(world, limit, (before, after), (gap, amount))
                for before, after, gap in close_pairs(calls, amount)
            ]
    return Outcome(objects, tuple(findings))


def _too_soon(world: World, limit: Limit, pair: tuple[Call, Call], days: tuple[int, int]) -> Finding:
    before, after = pair
    gap, amount = days
    return Finding(
        rule=limit.id,
        severity="violation" if limit.hard else "notice",
        scope_key=world.premises.ids[after.premises],
        window=day_or_week(after),
        counted=gap,
        allowed=amount,
        excess=amount - gap,
        evidence=tuple(sorted((before.id, after.id))),
        basis=limit.provenance.basis or limit.provenance.source,
        message="spacing",
        details=(("earlier", day_or_week(before)),),
    )


def check_longest_intervals(world: World) -> Outcome:
    """Tell where a duty may wait longer than its longest interval (checked, not planned: always a notice).

    Counted from the last known visit that carried the item through the plan to the end of the horizon; an
    undated visit may fall on the day of its week that makes the wait longest.
    """
    basis = basis_of(world.rules, "frequency.longest_interval_factor")
    carried = _carrying_visits(world)
    objects, findings = 0, []
    for position, duties in sorted(world.owed.duties.items()):
        for item, duty in sorted(duties.items()):
            if not duty.longest_interval:
                continue
            objects += 1
            wait, span = _longest_wait(carried.get((position, item), []), world)
            if wait > duty.longest_interval:
                findings.append(
                    Finding(
                        rule="longest-interval",
                        severity="notice",
                        scope_key=f"{world.premises.ids[position]}/{item}",
                        window=date_text(span[1].latest) if span[1] else date_text(world.calendar.last),
                        counted=wait,
                        allowed=duty.longest_interval,
                        excess=wait - duty.longest_interval,
                        evidence=tuple(sorted(c.id for c in span if c)),
                        basis=basis,
                    )
                )
    return Outcome(objects, tuple(findings))


def _carrying_visits(world: World) -> dict[tuple[int, str], list[Call]]:
    items_of: dict[str, list[str]] = {}
    for item, department in world.clock.department.items():
        items_of.setdefault(department, []).append(item)
    carried: dict[tuple[int, str], list[Call]] = {}
    for call in world.calls:
        if call.premises < 0 or call.earliest == NO_DAY:
            continue
        items = call.items or tuple(i for d in call.departments for i in items_of.get(d, []))
        for item in items:
            carried.setdefault((call.premises, item), []).append(call)
    return carried


def _longest_wait(calls: Sequence[Call], world: World) -> tuple[int, tuple[Call | None, Call | None]]:
    """Return the longest possible wait in the horizon [days] and the visits around it (None: its end)."""
    longest: tuple[int, tuple[Call | None, Call | None]] = (0, (None, None))
    ordered = sorted(calls, key=lambda c: (c.earliest, c.latest, c.id))
    ends: list[Call | None] = [*ordered[1:], None]
    for before, after in zip(ordered, ends, strict=False):
        wait = (after.latest if after else world.calendar.last) - before.earliest
        if wait > longest[0] and (after is None or after.latest >= world.calendar.first):
            longest = (wait, (before, after))
    return longest
