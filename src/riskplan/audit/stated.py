"""What a plan states about duties and conflicts, against what case and rules make owed (S3, S12, S14)."""

from __future__ import annotations

from collections.abc import Sequence

from riskplan.audit.dates import date_text
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.owed import DRAWN, Duty
from riskplan.audit.world import World
from riskplan.plan.tables import ABOUT_DAYS, INTERVAL, LATE

KINDS = ("", "floor", "capacity", *ABOUT_DAYS)
"""Kinds of conflicts; "" in plans of earlier versions."""
RULES = {INTERVAL: "conflict-interval", LATE: "conflict-late"}
DUTY_KEY = ("enterprise_id", "item_id", "cause")
DUTY_VALUES = ("visits", "longest_interval_days", "first", "last", "months")
_Row = tuple[int, int, str, str, frozenset[str]]


def check_duties(world: World) -> Outcome:
    """Check that ``duties.csv`` states exactly what scores, rules and the case make owed, less credits (S3, S12)."""
    table = world.table("duties")
    stated: dict[tuple[str, str, str], _Row] = {}
    findings = []
    for name, item, cause, visits, interval, first, last, months in zip(
        *(table[c] for c in (*DUTY_KEY, *DUTY_VALUES)), strict=True
    ):
        if (name, item, cause) in stated:
            findings.append(_duty(name, item, (2, 1, 1), "duty-twice"))
        stated[name, item, cause] = (int(visits), int(interval), first, last, frozenset(months))
    right = {
        (world.premises.ids[e], duty.item, duty.cause): duty
        for e, duties in world.owed.duties.items()
        for duty in duties
    }
    for key in dict.fromkeys((*stated, *right)):
        findings += _duty_findings(key, stated.get(key), right.get(key))
    return Outcome(len(right), tuple(findings))


def _duty_findings(key: tuple[str, str, str], stated: _Row | None, duty: Duty | None) -> list[Finding]:
    name, item, _ = key
    visits, owed = stated[0] if stated else 0, duty.visits if duty else 0
    if visits != owed:
        return [_duty(name, item, (visits, owed, abs(visits - owed)), "duty")]
    if stated is None or duty is None:
        return []
    if duty.cause != DRAWN and stated[1] != duty.longest_interval:
        off = abs(stated[1] - duty.longest_interval)
        return [_duty(name, item, (stated[1], duty.longest_interval, off), "duty-interval")]
    window = tuple(date_text(day) if day else "" for day in (duty.first, duty.last))
    if (stated[2], stated[3]) != window or stated[4] != {str(month) for month in duty.months}:
        return [_duty(name, item, (1, 0, 1), "duty-window")]
    return []


def _duty(name: str, item: str, figures: tuple[int, int, int], message: str) -> Finding:
    details = (("enterprise", name), ("item", item))
    return Finding("duties", "violation", f"{name}/{item}", "", *figures, (item,), "", message, details)


def least_owed(items: Sequence[str], duties: Sequence[Duty]) -> int:
    """Return how often the least owed of some items is owed, over all causes."""
    owed = dict.fromkeys(items, 0)
    for duty in duties:
        owed[duty.item] += duty.visits
    return min(owed.values(), default=0)


def stands(limit_ids: Sequence[str], precedence: Sequence[str], wins: str) -> bool:
    """Tell whether the limit that is said to stand is one of those that clash, and the first that rules name (S14)."""
    first = next((name for name in precedence if name in limit_ids), wins)
    return wins in limit_ids and wins == first


def check_conflicts(world: World) -> Outcome:
    """Check the conflict register: known enterprises and items, figures and winners that fit (S14)."""
    table = world.table("conflicts")
    names = ("enterprise_id", "items", "kind", "owed", "possible", "undone", "limit_ids", "bases", "wins")
    findings = []
    for name, items, *rest in zip(*(table[c] for c in names), strict=True):
        kind, owed, possible, undone, limits, bases, wins = rest
        position, evidence = world.premises.index.get(name, -1), tuple(sorted(set(items)))
        off = int(possible) - int(owed)
        figures = (int(possible), int(owed), max(1, abs(off)))
        own = [d for d in world.owed.of(position) if d.item in evidence]
        fits = bool(items) and position >= 0 and kind in KINDS
        fits &= not wins or stands(limits, world.rules.joint.precedence, wins)
        fits &= not kind or (int(undone) == abs(off) and len(bases) == len(limits))
        if kind in ABOUT_DAYS:
            fits &= 0 < owed < possible and any(d.longest_interval == owed for d in own)
        else:
            fits &= 0 <= possible < owed <= least_owed(evidence, own)
        severity = ("notice" if kind in ABOUT_DAYS else "conflict") if fits else "violation"
        rule = RULES.get(kind, "conflict") if fits else "conflict-row"
        tier = world.premises.tier[position] if fits else ""
        findings.append(Finding(rule, severity, name, "", *figures, evidence, tier=tier))
    return Outcome(len(table), tuple(findings))
