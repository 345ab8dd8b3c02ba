"""A case and a rulebook with settings changed: one more officer, another cap, quiet days, any number of the rules."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from riskplan.case.staffing import officers_of, with_leave, with_officers
from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError
from riskplan.rules.build import Builder
from riskplan.rules.conflicts import check_rows
from riskplan.rules.diff import SECTIONS
from riskplan.rules.merge import Layers, Place, Table
from riskplan.rules.model import Filter, Limit, QuietRule, Rulebook
from riskplan.rules.names import check_names, with_other_sectors
from riskplan.rules.numbers import check_numbers
from riskplan.rules.read import fingerprint
from riskplan.rules.settings import (
    LEAVE,
    OFFICERS,
    OPTION,
    QUIET,
    Setting,
    amount,
    days_of,
    known_keys,
    typed_value,
    unknown,
)
from riskplan.rules.standards import check_standards

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

World = tuple[Case, Rulebook]
_ON, _OFF = ("on", "true"), ("off", "false")
_NEW_QUIET = re.compile(r"(\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?|\d{1,2}\.\.\d{1,2})")
IMAGINED = "whatif-quiet"
"""Beginning of the ids of quiet days that no rulebook has."""


def with_changes(case: Case, rules: Rulebook, settings: Sequence[Setting]) -> World:
    """Return case and rulebook with settings changed, checked as if they had been written that way.

    Parameters
    ----------
    case, rules
        As read; the rulebook was read for the case.
    settings
        Changes, made in their order.

    Raises
    ------
    InputError
        With every fault: unknown keys with the nearest known ones, values that do not fit, rules that no longer fit
        together.
    """
    world = (case, rules)
    faults: list[Fault] = []
    for setting in settings:
        try:
            world = _changed(world, setting)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return world[0], _checked(*world) if world[1] is not rules else rules


def _changed(world: World, setting: Setting) -> World:
    """Return case and rulebook with one setting changed.

    Raises
    ------
    InputError
        If the key is unknown or the value does not fit.
    """
    group, _, rest = setting.key.partition(".")
    if group == QUIET:
        return world[0], _quiet(world, setting, rest)
    if setting.key not in known_keys(*world):
        raise InputError([unknown(setting, known_keys(*world))])
    if group == OFFICERS:
        number = amount(setting, len(officers_of(world[0], rest)))
        return with_officers(world[0], rest, number), world[1]
    if group == LEAVE:
        return with_leave(world[0], rest, *days_of(setting, setting.value, world[0])), world[1]
    change: Callable[[Rulebook, Setting], Rulebook] = _scalar if group in SECTIONS else _limit
    return world[0], change(world[1], setting)


def _limit(rules: Rulebook, setting: Setting) -> Rulebook:
    """Change all amounts of a limit, or that of one key."""
    kind, _, rest = setting.key.partition(".")

    def of(row: Limit) -> Limit:
        if row.kind != kind or (rest != row.id and not rest.startswith(f"{row.id}.")):
            return row
        keys = list(row.amount) if rest == row.id else [rest.removeprefix(f"{row.id}.")]
        return replace(row, amount={**row.amount, **{k: amount(setting, row.amount[k]) for k in keys}})

    return replace(rules, limits=tuple(of(row) for row in rules.limits))


def _quiet(world: World, setting: Setting, rest: str) -> Rulebook:
    """Add quiet days, or take a row of quiet days away.

    Raises
    ------
    InputError
        If there is no such row, these are no days, or the value is neither on nor off.
    """
    case, rules = world
    if _NEW_QUIET.fullmatch(rest) and setting.value in _ON:
        return replace(rules, quiet=(*rules.quiet, *_new_quiet(case, setting, rest)))
    if any(row.id == rest for row in rules.quiet) and setting.value in _OFF:
        return replace(rules, quiet=tuple(row for row in rules.quiet if row.id != rest))
    if _NEW_QUIET.fullmatch(rest) or any(row.id == rest for row in rules.quiet):
        raise InputError([setting.fault("setting_switch")])
    raise InputError([unknown(setting, known_keys(case, rules))])


def _new_quiet(case: Case, setting: Setting, rest: str) -> list[QuietRule]:
    """Return rows for the days of a span: one a month, or one for the same days of all months.

    Raises
    ------
    InputError
        If the span is no span of days.
    """
    name = f"{IMAGINED}-{rest}"
    if not rest[:4].isdigit():
        low, high = (int(part) for part in rest.split(".."))
        if not 1 <= low <= high <= 31:
            raise InputError([setting.fault("setting_days", first="1", last="31")])
        return [QuietRule(name, "days", days=tuple(range(low, high + 1)))]
    first, last = days_of(setting, rest, case)
    rows, start = [], first
    while start <= last:
        end = min(last, start.replace(day=calendar.monthrange(start.year, start.month)[1]))
        days = tuple(range(start.day, end.day + 1))
        rows.append(QuietRule(f"{name}-{start:%m}", "days", days=days, months=(start.month,)))
        start = end + dt.timedelta(days=1)
    return rows


def _scalar(rules: Rulebook, setting: Setting) -> Rulebook:
    """Change one value of a section.

    Raises
    ------
    InputError
        If the value has the wrong type.
    """
    section, *path = setting.key.split(".")
    builder = _builder()
    made = _replaced(builder, getattr(rules, section), path, setting)
    if builder.faults:
        raise InputError([_placed(fault) for fault in builder.faults])
    sections: dict[str, Any] = {section: made}
    return replace(rules, **sections)


def _replaced(
    builder: Builder, table: DataclassInstance, path: list[str], setting: Setting
) -> DataclassInstance:
    """Return a section or a table in it with the value at a path replaced."""
    name, rest = path[0], path[1:]
    old = getattr(table, name)
    hint = get_type_hints(type(table))[name]
    if dataclasses.is_dataclass(old) and not isinstance(old, type):
        return replace(table, **{name: _replaced(builder, old, rest, setting)})
    if isinstance(old, Mapping):
        key = ".".join(rest)
        return replace(table, **{name: {**old, key: _value(builder, _inner(hint), old[key], setting)}})
    return replace(table, **{name: _value(builder, hint, old, setting)})


def _inner(hint: object) -> object:
    """Return the type of the values of a mapping, which may be optional."""
    args = get_args(hint)
    return _inner(args[0]) if type(None) in args else args[1]


def _value(builder: Builder, hint: object, old: object, setting: Setting) -> object:
    made: object = builder.value(hint, typed_value(setting, old), setting.key)
    return made


def _builder() -> Builder:
    return Builder(Layers(Table({}), (OPTION,), Place(OPTION, 0), ()))


def _placed(fault: Fault) -> Fault:
    return replace(fault, row=None)


def _checked(case: Case, rules: Rulebook) -> Rulebook:
    """Return a rulebook after all checks that reading makes, with its own fingerprint.

    Raises
    ------
    InputError
        With what does not fit together.
    """
    bare = replace(
        rules,
        limits=tuple(replace(row, filter=_as_written(row.filter)) for row in rules.limits),
        quiet=tuple(replace(row, filter=_as_written(row.filter)) for row in rules.quiet),
    )
    builder = _builder()
    check_numbers(builder, bare)
    check_rows(builder, bare)
    check_names(builder, bare, case)
    check_standards(builder, bare, case)
    if builder.faults:
        raise InputError([_placed(fault) for fault in builder.faults])
    return with_other_sectors(replace(bare, fingerprint=fingerprint(bare)), case)


def _as_written(row: Filter) -> Filter:
    return replace(row, sectors=()) if row.sectors_except else row
