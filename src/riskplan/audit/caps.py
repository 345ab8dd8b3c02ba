"""Caps on visits per enterprise, organ and township (S4, S6), and alarms on crowded days and weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from riskplan.audit.dates import date_text, month_label, week_label
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.history import Call
from riskplan.audit.world import World
from riskplan.rules.model import Limit

Keys = Callable[[World, Call], Iterable[tuple[str, str]]]
"""Visit -> the (scope key, window) pairs in which it counts."""


def organ_year_keys(world: World, call: Call) -> Iterable[tuple[str, str]]:
    """Yield (enterprise key/department, year): 1 for each participating organ."""
    if call.premises >= 0:
        key = world.premises.key[call.premises]
        for department in call.departments:
            for year in call.years:
                yield (f"{key}/{department}", str(year))


def enterprise_year_keys(world: World, call: Call) -> Iterable[tuple[str, str]]:
    """Yield (enterprise key, year): 1 for the enterprise, however many organs come."""
    if call.premises >= 0:
        for year in call.years:
            yield (world.premises.key[call.premises], str(year))


def township_week_keys(_world: World, call: Call) -> Iterable[tuple[str, str]]:
    """Yield (township, ISO week)."""
    if call.township:
        yield (call.township, week_label(call.earliest))


def township_year_keys(_world: World, call: Call) -> Iterable[tuple[str, str]]:
    """Yield (township, year)."""
    if call.township:
        for year in call.years:
            yield (call.township, str(year))


def tally(world: World, limit: Limit, keys: Keys) -> dict[tuple[str, str], list[Call]]:
    """Return (scope key, window) -> the visits that count there, apart from windows long past."""
    groups: dict[tuple[str, str], list[Call]] = {}
    for call in world.counted(limit):
        if call.latest < world.first_relevant_day:
            continue
        for key in keys(world, call):
            groups.setdefault(key, []).append(call)
    return groups


def enterprise_allowed(world: World, limit: Limit, scope_key: str) -> int | None:
    """Return the cap of an enterprise key, also where a department follows it."""
    return world.key_amount(limit, _enterprise_part(world, scope_key))


def township_allowed(_world: World, limit: Limit, scope_key: str) -> int | None:
    """Return the cap of a township."""
    return limit.amount_for(scope_key)


def _enterprise_part(world: World, scope_key: str) -> str:
    return scope_key if scope_key in world.premises_by_key else scope_key.rpartition("/")[0]


Allowed = Callable[[World, Limit, str], int | None]


def _judge(world: World, rows: tuple[Limit, ...], keys: Keys, allowed: Allowed, message: str) -> Outcome:
    objects, findings = 0, []
    for limit in rows:
        for (scope, window), calls in tally(world, limit, keys).items():
            most = allowed(world, limit, scope)
            if most is None or not any(c.planned for c in calls):
                continue
            objects += 1
            if len(calls) > most:
                findings.append(_over(limit, (scope, window), calls, most, message))
    return Outcome(objects, tuple(findings))


def _over(limit: Limit, key: tuple[str, str], calls: list[Call], most: int, message: str) -> Finding:
    return Finding(
        rule=limit.id,
        severity="violation" if limit.hard and limit.kind != "alarm" else "notice",
        scope_key=key[0],
        window=key[1],
        counted=len(calls),
        allowed=most,
        excess=len(calls) - most,
        evidence=tuple(sorted(c.id for c in calls)),
        basis=limit.provenance.basis or limit.provenance.source,
        message=message,
    )


def check_organ_enterprise_year(world: World) -> Outcome:
    """Check that no organ calls on an enterprise more often in a calendar year than its cap (S4)."""
    rows = world.rows("cap", "organ-enterprise", "year")
    return _judge(world, rows, organ_year_keys, enterprise_allowed, "organ-enterprise-year")


def check_enterprise_year(world: World) -> Outcome:
    """Check that all organs together do not call on an enterprise more often in a year than its cap (S4)."""
    rows = world.rows("cap", "enterprise", "year")
    return _judge(world, rows, enterprise_year_keys, enterprise_allowed, "enterprise-year")


def check_township_week(world: World) -> Outcome:
    """Check that no township receives more visits in an ISO week than its cap (S6)."""
    rows = world.rows("cap", "township", "week")
    return _judge(world, rows, township_week_keys, township_allowed, "township-load")


def check_township_year(world: World) -> Outcome:
    """Check that no township receives more visits in a calendar year than its cap (S6)."""
    rows = world.rows("cap", "township", "year")
    return _judge(world, rows, township_year_keys, township_allowed, "township-load")


def _alarm_windows(call: Call, window: str) -> tuple[str, ...]:
    if window == "day":
        return (date_text(call.earliest),) if call.dated else ()
    if window == "week":
        return (week_label(call.earliest),)
    return tuple(dict.fromkeys((month_label(call.earliest), month_label(call.latest))))


def check_alarms(world: World) -> Outcome:
    """Tell where an enterprise is visited more often in a day, week or month than an alarm's number.

    Alarms count every visit but the alarm's own exempt kinds; undated visits never make a crowded day.
    """
    objects, findings = 0, []
    for limit in (row for row in world.rules.limits if row.kind == "alarm" and row.scope == "enterprise"):
        groups: dict[tuple[str, str], list[Call]] = {}
        for call in world.calls:
            if call.premises < 0 or call.object_kind not in limit.objects or call.kind in limit.kinds_exempt:
                continue
            for window in _alarm_windows(call, limit.window):
                groups.setdefault((world.premises.key[call.premises], window), []).append(call)
        for key, calls in groups.items():
            most = world.key_amount(limit, key[0])
            if most is None or not any(c.planned for c in calls):
                continue
            objects += 1
            if len(calls) > most:
                findings.append(_over(limit, key, calls, most, "alarm"))
    return Outcome(objects, tuple(findings))
