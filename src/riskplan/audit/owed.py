"""What every enterprise is owed, derived again from scores and rules (S3)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from riskplan.audit.dates import Calendar
from riskplan.audit.history import Call, Clock
from riskplan.audit.premises import Premises
from riskplan.rules.model import DutyRule, Rulebook
from riskplan.units import DAYS_PER_YEAR

HALF = Fraction(1, 2)
DRAWN = "drawn-not-yet"
EVERY = "*"
"""Key that stands for all others."""


def exact(number: float) -> Fraction:
    """Return a rule's number as the fraction that its decimal notation says, so that floors are exact."""
    return Fraction(str(number))


@dataclass(frozen=True, slots=True)
class Duty:
    """An item owed by an enterprise for one cause.

    Parameters
    ----------
    item
        What is to be checked.
    visits
        Visits owed in the horizon, >= 1.
    longest_interval
        Longest interval between two visits [days]; 0: none is judged.
    cause
        As in ``duties.csv``.
    first, last
        Days of the window, 0: the horizon's.
    months
        Months in which visits count; none: all.
    """

    item: str
    visits: int
    longest_interval: int
    cause: str = "frequency"
    first: int = 0
    last: int = 0
    months: frozenset[int] = frozenset()

    @property
    def windowed(self) -> bool:
        """Tell whether visits count in a part of the horizon only."""
        return bool(self.first or self.last or self.months)

    def holds(self, day: int) -> bool:
        """Tell whether a visit of a day counts."""
        inside = (not self.first or day >= self.first) and (not self.last or day <= self.last)
        return inside and (not self.months or dt.date.fromordinal(day).month in self.months)


@dataclass(frozen=True)
class Owed:
    """All duties of a case.

    Parameters
    ----------
    duties
        Position of the premises -> duties; premises without duties are left out.
    """

    duties: Mapping[int, Sequence[Duty]]

    def of(self, position: int) -> Sequence[Duty]:
        """Return the duties of premises."""
        return self.duties.get(position, ())

    def items(self, position: int) -> frozenset[str]:
        """Return the items owed by premises."""
        return frozenset(duty.item for duty in self.of(position))


def fitting_rules(rules: Rulebook, clock: Clock, sector: str, size: str) -> dict[str, DutyRule]:
    """Return item -> duty rule for a sector and size: on-site items only, the last rule that fits wins."""
    chosen: dict[str, DutyRule] = {}
    for rule in rules.duties:
        if (rule.sectors and sector not in rule.sectors) or (rule.sizes and size not in rule.sizes):
            continue
        chosen.update({item: rule for item in rule.items if item in clock.on_site})
    return chosen


def frequency(rules: Rulebook, rule: DutyRule, key: str) -> Fraction:
    """Return visits owed per 365 days: the rule's own for the key or for all, else the general one, else 0."""
    tables = (rule.visits or {}, rules.frequency.visits)
    return next((exact(table[k]) for table in tables for k in (key, EVERY) if k in table), Fraction(0))


def longest_interval(rules: Rulebook, rule: DutyRule, key: str, often: Fraction) -> int:
    """Return the longest interval [days]: the rule's own, else as stated for all rules, else derived (S3)."""
    own = rule.longest_interval_days or {}
    if key in own or EVERY in own:
        return int(own[key] if key in own else own[EVERY])
    stated = rules.frequency.longest_interval_days or {}
    for k in (key, EVERY):
        if k in stated and not rule.visits:
            return int(stated[k])
    return math.floor(exact(rules.frequency.longest_interval_factor) * DAYS_PER_YEAR / often)


@dataclass(frozen=True)
class Past:
    """Counted done visits.

    Parameters
    ----------
    visit
        Position -> day of the last one; premises never visited are left out.
    item
        (position, item) -> day of the last one that checked the item; one that names no items checked all those
        of its departments.
    """

    visit: Mapping[int, int]
    item: Mapping[tuple[int, str], int]


def past_of(done: Sequence[Call], clock: Clock) -> Past:
    """Return when premises and their items were last seen.

    Parameters
    ----------
    done
        The case's visits to enterprises before ``as_of``, of kinds that count.
    clock
        Items and their departments.
    """
    visit: dict[int, int] = {}
    item: dict[tuple[int, str], int] = {}
    for call in sorted(done, key=lambda c: c.latest):
        visit[call.premises] = call.latest
        for name in call.items or clock.items_of(call.departments):
            item[call.premises, name] = call.latest
    return Past(visit, item)


def owed_of(
    rules: Rulebook, premises: Premises, clock: Clock, done: Sequence[Call], calendar: Calendar
) -> Owed:
    """Return what is owed in a horizon.

    Parameters
    ----------
    rules, premises, clock, calendar
        The world; tiers are those of the plan's scores.
    done
        The case's visits to enterprises before ``as_of``, of kinds that count.
    """
    past, keys = past_of(done, clock), premises.values(rules.frequency.by)
    known: dict[tuple[str, str, str], _Table] = {}
    duties: dict[int, list[Duty]] = {}
    pools: dict[str, list[tuple[int, Fraction]]] = {}
    for e, key in enumerate(keys):
        if not premises.active[e] or (rules.frequency.by == "tier" and not key):
            continue
        group = (premises.sector[e], premises.size[e], key)
        if group not in known:
            known[group] = _table(rules, fitting_rules(rules, clock, *group[:2]), key, calendar.n_days)
        table = known[group]
        due = [d for d in table.due if is_due(past.item.get((e, d.item)), d, calendar)]
        if table.listed or due:
            duties[e] = [*table.listed, *due]
        if table.weight > 0:
            pools.setdefault(key, []).append((e, table.weight))
    for key, pool in pools.items():
        for e in _selected(pool, premises, past.visit, calendar.n_days):
            drawn = known[premises.sector[e], premises.size[e], key].drawn
            duties[e] = [*duties.get(e, ()), *drawn]
    return Owed(duties)


def is_due(last: int | None, duty: Duty, calendar: Calendar) -> bool:
    """Tell whether a duty of less than one visit a year is due: never done, or its interval ends in the horizon."""
    return last is None or last + duty.longest_interval <= calendar.last


@dataclass(frozen=True, slots=True)
class _Table:
    """Duties of one sector, size and key: listed, to be owed when due, drawn, and the weight in the drawn pool."""

    listed: tuple[Duty, ...]
    due: tuple[Duty, ...]
    drawn: tuple[Duty, ...]
    weight: Fraction


def _table(rules: Rulebook, fitting: Mapping[str, DutyRule], key: str, horizon: int) -> _Table:
    often = {item: frequency(rules, rule, key) for item, rule in fitting.items()}

    def duty(item: str, visits: int, cause: str) -> Duty:
        longest = longest_interval(rules, fitting[item], key, often[item])
        months = frozenset(fitting[item].months)
        return Duty(item, visits, 0 if cause == DRAWN else longest, cause, months=months)

    seldom = {item: f for item, f in often.items() if 0 < f < 1}
    listed = tuple(duty(item, visits_in(f, horizon), "frequency") for item, f in often.items() if f >= 1)
    if rules.frequency.below_one == "due":
        return _Table(listed, tuple(duty(item, 1, "due") for item in seldom), (), Fraction(0))
    drawn = tuple(duty(item, 1, DRAWN) for item in seldom)
    return _Table(listed, (), drawn, max(seldom.values(), default=Fraction(0)))


def visits_in(f: Fraction, horizon: int) -> int:
    """Return the visits owed in a horizon [days] at so many per 365 days, at least 1."""
    return max(1, math.floor(f * horizon / DAYS_PER_YEAR + HALF))


def _selected(
    pool: list[tuple[int, Fraction]], premises: Premises, last_done: Mapping[int, int], horizon: int
) -> list[int]:
    number = math.floor(sum((f for _, f in pool), Fraction(0)) * horizon / DAYS_PER_YEAR + HALF)

    def longest_waiting_first(entry: tuple[int, Fraction]) -> tuple[int, int, float, float, str]:
        e = entry[0]
        return (last_done.get(e, 0), -premises.score[e], premises.lon[e], premises.lat[e], premises.ids[e])

    return [e for e, _ in sorted(pool, key=longest_waiting_first)[:number]]
