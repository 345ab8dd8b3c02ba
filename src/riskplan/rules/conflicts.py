"""Rows that contradict one another: whoever wrote them meant something that no reading of the rows can give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from riskplan.rules.build import Builder, nearest
from riskplan.rules.merge import Place, Tree
from riskplan.rules.model import (
    PREMISES_SCOPES,
    DutyRule,
    Filter,
    FrequencyRules,
    Limit,
    QuietRule,
    Rulebook,
)

_LONGEST_WINDOW = {"month": 31, "quarter": 92, "year": 366}
"""Days of the longest window of each kind that floors may have."""
_ALL_MONTHS = tuple(range(1, 13))
_FEBRUARY = 2
_OTHER_LIMITS = (
    "calendar",
    "crew",
    "crew.max_departments",
    "department-month-minutes",
    "department-week-crews",
    "department-week-minutes",
    "route",
)
"""Limits that hold for every plan and have no row."""


def check_ids(builder: Builder, rows: list[Tree]) -> None:
    """Refuse an id that two rows of limits and quiet days carry: results name rows by id."""
    first: dict[str, Place] = {}
    for row in rows:
        name, place = row.get("id"), getattr(row, "place", None) or builder.head
        if not isinstance(name, str) or not name.strip():
            continue
        if name in first:
            builder.fault_at(place, "duplicate_row", name, name, first=_said(first[name]))
        first.setdefault(name, place)


def check_rows(builder: Builder, rules: Rulebook) -> None:
    """Refuse rows that contradict one another, each at the later of the two."""
    _check_same_form(builder, rules.limits)
    _check_floors(builder, rules.limits)
    _check_interval(builder, rules)
    _check_quiet(builder, rules.quiet)
    _check_precedence(builder, rules)


def _said(place: Place) -> str:
    return f"{place.file}:{place.line}"


def _check_same_form(builder: Builder, limits: Iterable[Limit]) -> None:
    """Two rows about the same visits in the same form for the same keys: the looser of the two would mean nothing."""
    seen: dict[object, list[Limit]] = {}
    for row in limits:
        same = (*row.combination(), row.rolling_days, _about(row), _counted(row), _objects(row), row.hard)
        for other in seen.setdefault((*same, frozenset(row.amount)), []):
            pairs = [(row.amount[key], other.amount[key], key) for key in row.amount]
            key = next((key for a, b, key in pairs if a != b), None)
            if key is not None and (all(a <= b for a, b, _ in pairs) or all(a >= b for a, b, _ in pairs)):
                _contradiction(builder, "rows_contradict", row, other, key)
        seen[*same, frozenset(row.amount)].append(row)


def _contradiction(builder: Builder, code: str, row: Limit, other: Limit, key: str) -> None:
    """Tell a contradiction at the row of the user's own file if only one of the two stands there."""
    late, early = row, other
    if builder.place_of(row.id).file != builder.own and builder.place_of(other.id).file == builder.own:
        late, early = other, row
    args = {"of": key, "other": early.id, "there": str(early.amount_for(key))}
    place = _said(builder.place_of(early.id))
    builder.fault(code, f"{late.id}.amount.{key}", str(late.amount_for(key)), place=place, **args)


def _about(row: Limit) -> tuple[object, ...]:
    """Return whom a row is about, the order of the values aside."""
    by = row.by if row.scope in PREMISES_SCOPES else ""
    return (by, *(frozenset(values) for values in vars(row.filter).values()))


def _counted(row: Limit) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(row.kinds_counted), frozenset(row.kinds_exempt)


def _objects(row: Limit) -> frozenset[str]:
    return frozenset(row.objects)


def _covers(outer: Limit, inner: Limit) -> bool:
    """Tell whether every visit that ``inner`` counts is counted by ``outer`` too, with amounts for the same keys."""
    same_keys = outer.by == inner.by or outer.scope not in PREMISES_SCOPES or set(outer.amount) == {"*"}
    everyone = outer.filter == Filter() or _about(outer)[1:] == _about(inner)[1:]
    kinds = _counted(outer) == _counted(inner) or _counted(outer) == (frozenset(), frozenset())
    return outer.hard and same_keys and everyone and kinds and _objects(inner) <= _objects(outer)


def _check_floors(builder: Builder, limits: tuple[Limit, ...]) -> None:
    """A floor above a cap, and a floor that a spacing leaves no room for."""
    for floor in (row for row in limits if row.kind == "floor"):
        for other in (row for row in limits if row.scope == floor.scope and _covers(row, floor)):
            for key in _keys(floor, other):
                least, most = floor.amount_for(key) or 0, other.amount_for(key) or 0
                if (
                    other.kind == "cap"
                    and other.window == floor.window
                    and other.unit == "visits"
                    and least > most
                ):
                    _contradiction(builder, "floor_above_cap", floor, other, key)
                days = _LONGEST_WINDOW.get(floor.window, 0)
                if other.kind == "spacing" and (least - 1) * most > max(0, days - 1):
                    _contradiction(builder, "floor_and_spacing", floor, other, key)


def _keys(row: Limit, other: Limit) -> Iterator[str]:
    """Yield the keys for which both rows have an amount."""
    for key in dict.fromkeys([*row.amount, *other.amount]):
        if row.amount_for(key) is not None and other.amount_for(key) is not None:
            yield key


def _check_interval(builder: Builder, rules: Rulebook) -> None:
    """A longest interval that is shorter than a spacing which binds every visit."""
    stated = [(f"frequency.longest_interval_days.{k}", k, n) for k, n in _items(rules.frequency)]
    for index, duty in enumerate(rules.duties):
        stated += [(f"duty[{index}].longest_interval_days.{k}", k, n) for k, n in _items(duty)]
    for row in rules.limits:
        general = row.filter == Filter() and row.scope == "enterprise" and row.binds_planned()
        if row.kind != "spacing" or not general or row.by != rules.frequency.by:
            continue
        for path, key, days in stated:
            amount = row.amount_for(key)
            if amount is not None and amount > days:
                place = _said(builder.place_of(row.id))
                args = {"of": key, "other": row.id, "there": str(amount), "place": place}
                builder.fault("interval_below_spacing", path, days, **args)


def _items(of: FrequencyRules | DutyRule) -> Iterable[tuple[str, int]]:
    return (of.longest_interval_days or {}).items()


def quiet_days_of(row: QuietRule) -> frozenset[tuple[int, int]]:
    """Return the (month, day of the month) pairs that a quiet rule closes."""
    last = {"days_1_25": 25, "per_month": row.per_month}.get(row.mode, 0)
    days = row.days if row.mode == "days" else range(1, last + 1)
    return frozenset((month, day) for month in row.months or _ALL_MONTHS for day in days)


def _check_quiet(builder: Builder, rows: Iterable[QuietRule]) -> None:
    """Quiet rules for everyone that together close every day of the year for a kind of visits."""
    closed: dict[str, frozenset[tuple[int, int]]] = {}
    told: list[str] = []
    whole = frozenset((month, day) for month in _ALL_MONTHS for day in range(1, _length(month) + 1))
    for row in rows:
        for kind in row.kinds if row.filter == Filter() else ():
            closed[kind] = closed.get(kind, frozenset()) | quiet_days_of(row)
            if whole <= closed[kind] and kind not in told:
                told.append(kind)
                builder.fault("quiet_closes_all", row.id, kind)


def _check_precedence(builder: Builder, rules: Rulebook) -> None:
    """What stands first among limits that clash names limits that there are, each once."""
    rows = [row.id for row in rules.limits] + [row.id for row in rules.quiet]
    known = sorted({*rows, *_OTHER_LIMITS})
    named = rules.joint.precedence
    for name in named:
        if name not in known:
            builder.fault("unknown_precedence", "joint.precedence", name, near=nearest(name, known))
    for name in sorted({name for name in named if named.count(name) > 1}):
        builder.fault("order_twice", "joint.precedence", name)


def _length(month: int) -> int:
    return 29 if month == _FEBRUARY else 30 if month in {4, 6, 9, 11} else 31
