"""What every enterprise is owed, derived again from scores and rules (S3)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from riskplan.audit.history import Call, Clock
from riskplan.audit.premises import Premises
from riskplan.rules.model import TIERS, DutyRule, Rulebook
from riskplan.units import DAYS_PER_YEAR

HALF = Fraction(1, 2)


def exact(number: float) -> Fraction:
    """Return a rule's number as the fraction that its decimal notation says, so that floors are exact."""
    return Fraction(str(number))


@dataclass(frozen=True, slots=True)
class Duty:
    """An item owed by an enterprise.

    Parameters
    ----------
    visits
        Visits owed in the horizon, >= 1.
    longest_interval
        Longest interval between two visits [days]; 0 for drawn duties, which have none.
    """

    visits: int
    longest_interval: int


@dataclass(frozen=True)
class Owed:
    """All duties of a case.

    Parameters
    ----------
    duties
        Position of the premises -> item -> duty; premises without duties are left out.
    """

    duties: Mapping[int, Mapping[str, Duty]]

    def of(self, position: int) -> Mapping[str, Duty]:
        """Return the duties of premises."""
        return self.duties.get(position, {})


def fitting_rules(rules: Rulebook, clock: Clock, sector: str, size: str) -> dict[str, DutyRule]:
    """Return item -> duty rule for a sector and size: on-site items only, the last rule that fits wins."""
    chosen: dict[str, DutyRule] = {}
    for rule in rules.duties:
        if (rule.sectors and sector not in rule.sectors) or (rule.sizes and size not in rule.sizes):
            continue
        chosen.update({item: rule for item in rule.items if item in clock.on_site})
    return chosen


def frequency(rules: Rulebook, rule: DutyRule, tier: str) -> Fraction:
    """Return visits owed per 365 days: the rule's own for the tier, else the general one, else 0."""
    own = rule.visits or {}
    return exact(own[tier] if tier in own else rules.frequency.visits.get(tier, 0))


def owed_of(
    rules: Rulebook, premises: Premises, clock: Clock, last_done: Mapping[int, int], horizon: int
) -> Owed:
    """Return what is owed in a horizon.

    Parameters
    ----------
    rules, premises, clock
        The world; tiers are those of the plan's scores.
    last_done
        Position -> day of the last counted done visit.
    horizon
        Length of the horizon [days].
    """
    known: dict[tuple[str, str, str], _Table] = {}
    duties: dict[int, Mapping[str, Duty]] = {}
    pools: dict[str, list[tuple[int, Fraction]]] = {tier: [] for tier in TIERS}
    for e in range(len(premises)):
        key = (premises.sector[e], premises.size[e], premises.tier[e])
        if not premises.active[e] or not premises.tier[e]:
            continue
        if key not in known:
            known[key] = _table(rules, fitting_rules(rules, clock, key[0], key[1]), key[2], horizon)
        if known[key].listed:
            duties[e] = known[key].listed
        if known[key].weight > 0:
            pools[key[2]].append((e, known[key].weight))
    for tier, pool in pools.items():
        for e in _selected(pool, premises, last_done, horizon):
            table = known[premises.sector[e], premises.size[e], tier]
            duties[e] = {**table.listed, **table.drawn}
    return Owed(duties)


@dataclass(frozen=True, slots=True)
class _Table:
    """Duties of one sector, size and tier: listed ones, drawn ones, and the weight in the drawn pool."""

    listed: Mapping[str, Duty]
    drawn: Mapping[str, Duty]
    weight: Fraction


def _table(rules: Rulebook, fitting: Mapping[str, DutyRule], tier: str, horizon: int) -> _Table:
    often = {item: frequency(rules, rule, tier) for item, rule in fitting.items()}
    seldom = {item: f for item, f in often.items() if 0 < f < 1}
    return _Table(
        {item: _listed_duty(rules, f, horizon) for item, f in often.items() if f >= 1},
        dict.fromkeys(seldom, Duty(1, 0)),
        max(seldom.values(), default=Fraction(0)),
    )


def _listed_duty(rules: Rulebook, f: Fraction, horizon: int) -> Duty:
    visits = max(1, math.floor(f * horizon / DAYS_PER_YEAR + HALF))
    return Duty(visits, math.floor(exact(rules.frequency.longest_interval_factor) * DAYS_PER_YEAR / f))


def last_done_days(ledger: Sequence[Call], exempt_kinds: Sequence[str], as_of: int) -> dict[int, int]:
    """Return position -> day of the last counted done visit; premises never visited are left out.

    Parameters
    ----------
    ledger
        Done and fixed visits of the case.
    exempt_kinds
        Kinds that do not count.
    as_of
        "Today" as an ordinal; a visit is done when it lies before.
    """
    last: dict[int, int] = {}
    for call in ledger:
        if call.premises >= 0 and call.latest < as_of and call.kind not in exempt_kinds:
            last[call.premises] = max(last.get(call.premises, 0), call.latest)
    return last


def _selected(
    pool: list[tuple[int, Fraction]], premises: Premises, last_done: Mapping[int, int], horizon: int
) -> list[int]:
    number = math.floor(sum((f for _, f in pool), Fraction(0)) * horizon / DAYS_PER_YEAR + HALF)

    def longest_waiting_first(entry: tuple[int, Fraction]) -> tuple[int, int, float, float, str]:
        e = entry[0]
        return (last_done.get(e, 0), -premises.score[e], premises.lon[e], premises.lat[e], premises.ids[e])

    return [e for e, _ in sorted(pool, key=longest_waiting_first)[:number]]
