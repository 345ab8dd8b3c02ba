"""Settings that an official thinks in, as ``KEY=VALUE``: what keys there are, and what a value means."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError
from riskplan.rules.diff import SECTIONS
from riskplan.rules.model import Rulebook

OPTION = "--set"
"""Where the faults of settings stand."""
OFFICERS, LEAVE, QUIET = "officers", "leave", "quiet"
_RELATIVE = re.compile(r"[+-]\d+(\.\d+)?")
_SPAN = re.compile(r"(.+?)\.\.(.+)")
_NEAREST = 3


@dataclass(frozen=True)
class Setting:
    """One change that is imagined.

    Parameters
    ----------
    key
        ``officers.EM``, ``leave.P001``, ``cap.<id>``, ``cap.<id>.red``, ``quiet.2027-06-07..2027-06-09``,
        ``quiet.<id>``, or a dotted key of the rulebook such as ``capacity.travel_allowance``.
    value
        As typed: a number, ``+1`` or ``-1`` (relative to what holds), ``on``, ``off``, two days ``first..last``, else
        as TOML.
    """

    key: str
    value: str

    def fault(self, code: str, **args: str) -> Fault:
        """Return a fault of this setting."""
        return Fault(code, OPTION, None, None, self.key, self.value, args)


def read_settings(texts: Iterable[str]) -> tuple[Setting, ...]:
    """Return the settings of ``KEY=VALUE`` texts.

    Parameters
    ----------
    texts
        As typed.

    Raises
    ------
    InputError
        With every text that is none, and every key that stands twice.
    """
    found: dict[str, Setting] = {}
    faults: list[Fault] = []
    for text in texts:
        key, sign, value = (part.strip() for part in text.partition("="))
        setting = Setting(key, value)
        if not (key and sign and value):
            faults.append(Setting(key or "-", text).fault("setting_form"))
        elif key in found:
            faults.append(setting.fault("setting_twice", first=found[key].value))
        found.setdefault(key, setting)
    if faults:
        raise InputError(faults)
    return tuple(found.values())


def known_keys(case: Case, rules: Rulebook) -> tuple[str, ...]:
    """Return the keys that a case and its rulebook have, apart from quiet days that are new.

    Parameters
    ----------
    case, rules
        What may be changed.
    """
    inspecting = case["departments"].query("role == 'enforcement'")["department_id"]
    keys = [f"{OFFICERS}.{d}" for d in inspecting] + [f"{LEAVE}.{o}" for o in case["officers"]["officer_id"]]
    for row in rules.limits:
        own = f"{row.kind}.{row.id}"
        keys += [own, *(f"{own}.{key}" for key in row.amount if key != "*")]
    keys += [f"{QUIET}.{row.id}" for row in rules.quiet]
    for section in SECTIONS:
        keys += _below(section, getattr(rules, section))
    return tuple(keys)


def _below(path: str, value: object) -> list[str]:
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return [key for name in names for key in _below(f"{path}.{name}", getattr(value, name))]
    if isinstance(value, Mapping):
        return [f"{path}.{name}" for name in value]
    return [path]


def unknown(setting: Setting, known: Sequence[str]) -> Fault:
    """Return the fault of a key that there is not, with the nearest ones that there are.

    Parameters
    ----------
    setting
        With the unknown key.
    known
        Keys that would do.
    """
    near = difflib.get_close_matches(setting.key, known, n=_NEAREST, cutoff=0.5)
    same = [key for key in known if key.split(".")[0] == setting.key.split(".")[0]]
    return setting.fault("setting_unknown", near=", ".join(near or same[:_NEAREST] or _examples(known)))


def _examples(known: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(f"{key.split('.')[0]}." for key in known))


def amount(setting: Setting, old: int) -> int:
    """Return the whole number that a value means.

    Parameters
    ----------
    setting
        Its value is a number, or ``+1`` or ``-1``.
    old
        What holds now.

    Raises
    ------
    InputError
        If it is neither, or the number would be below 0.
    """
    text = setting.value
    if not re.fullmatch(r"[+-]?\d{1,9}", text):
        raise InputError([setting.fault("setting_number", old=str(old))])
    number = old + int(text) if text[0] in "+-" else int(text)
    if number < 0:
        raise InputError([setting.fault("setting_number", old=str(old))])
    return number


def typed_value(setting: Setting, old: object) -> object:
    """Return the value that is meant for a setting of the rulebook, as TOML gives it.

    Parameters
    ----------
    setting
        Its value.
    old
        What holds now; ``+1`` and ``-1`` are relative to it.
    """
    text = setting.value
    if _RELATIVE.fullmatch(text) and isinstance(old, int | float) and not isinstance(old, bool):
        step = float(text)
        return old + int(step) if isinstance(old, int) and step == int(step) else old + step
    try:
        found: object = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return {"on": True, "off": False}.get(text, text)
    return found


def days_of(setting: Setting, text: str, case: Case) -> tuple[dt.date, dt.date]:
    """Return the two days of ``first..last``.

    Parameters
    ----------
    setting
        For the fault.
    text
        ``2027-06-07..2027-06-09``, or one day.
    case
        The days must lie in its horizon.

    Raises
    ------
    InputError
        If these are no days, or not in order, or outside the horizon.
    """
    span = _SPAN.fullmatch(text)
    try:
        first, last = (dt.date.fromisoformat(part) for part in (span.groups() if span else (text, text)))
    except ValueError:
        first, last = dt.date.max, dt.date.min
    if not case.first_day <= first <= last <= case.last_day:
        raise InputError([setting.fault("setting_days", first=str(case.first_day), last=str(case.last_day))])
    return first, last
