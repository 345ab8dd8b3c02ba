"""The few values that make tables a case: name, today, horizon, datum. From TOML, or from two columns of a sheet."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskplan.case.dates import parse_date
from riskplan.errors import Fault
from riskplan.text import LANGUAGES


@dataclass(frozen=True)
class Setting:
    """One key of ``case.toml``.

    Parameters
    ----------
    name, zh
        Key, and the words that a Chinese settings sheet uses.
    kind
        Python type of the value.
    required
        True when there is no case without it.
    """

    name: str
    zh: tuple[str, ...]
    kind: type
    required: bool = False


SETTINGS = (
    Setting("name", ("名称", "案例名称"), str, required=True),
    Setting("country", ("国家",), str),
    Setting("language", ("语言",), str),
    Setting("as_of", ("基准日", "今天"), dt.date, required=True),
    Setting("horizon", ("计划期",), dict, required=True),
    Setting("datum", ("坐标系",), str),
    Setting("datum_confirmed", ("坐标系已核实",), bool),
    Setting("timezone", ("时区",), str),
    Setting("fictional", ("虚构",), bool),
    Setting("credit", ("数据来源",), str),
    Setting("boundary_note", ("边界说明",), str),
)
HORIZON_ZH = {"horizon_first": ("计划期首日", "计划期开始"), "horizon_last": ("计划期末日", "计划期结束")}
"""In two columns the horizon has a row for each end."""
SETTINGS_SHEETS = ("case", "案例", "基本信息")
"""Names of the sheet, layer or table with two columns, key and value."""
_YES, _NO = {"yes", "true", "1", "是"}, {"no", "false", "0", "否"}


def settings_from_toml(path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """Return the settings of a ``case.toml`` and what is wrong with them."""
    if not path.exists():
        return {}, [Fault("missing_file", path.name)]
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [Fault("unreadable_toml", path.name, value=str(error)[:120])]
    return data, _checked(data, path.name, None)


def settings_from_pairs(
    pairs: Iterable[tuple[int, str, str]], file: str, sheet: str | None
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the settings of a sheet with two columns and what is wrong with them.

    Parameters
    ----------
    pairs
        Row number, key (English or Chinese), value as text; empty keys and values are passed over.
    file, sheet
        For messages.
    """
    known = {word: s.name for s in SETTINGS for word in (s.name, *s.zh)}
    known |= {word: name for name, words in HORIZON_ZH.items() for word in (name, *words)}
    kinds = {s.name: s.kind for s in SETTINGS}
    data: dict[str, Any] = {}
    faults: list[Fault] = []
    for row, key, text in pairs:
        name = known.get(key)
        if not key or not text:
            continue
        if name is None:
            faults.append(Fault("unknown_key", file, sheet, row, key, text))
            continue
        end = name.removeprefix("horizon_") if name in HORIZON_ZH else ""
        value = _typed(text, dt.date if end else kinds[name])
        if value is None:
            expected = {"expected": "YYYY-MM-DD" if end or kinds[name] is dt.date else "yes | no"}
            faults.append(Fault("wrong_type", file, sheet, row, key, text, expected))
        elif end:
            data.setdefault("horizon", {})[end] = value
        else:
            data[name] = value
    return data, [*faults, *_checked(data, file, sheet)]


def _typed(text: str, kind: type) -> Any:  # noqa: ANN401  # a value of TOML
    if kind is dt.date:
        try:
            return parse_date(text)
        except ValueError:
            return None
    if kind is bool:
        low = text.lower()
        return True if low in _YES else False if low in _NO else None
    return text


def _checked(data: dict[str, Any], file: str, sheet: str | None) -> list[Fault]:
    known = {s.name: s for s in SETTINGS}
    faults = [Fault("unknown_key", file, sheet, column=key) for key in data if key not in known]
    faults += [
        Fault("missing_key", file, sheet, column=s.name)
        for s in SETTINGS
        if s.required and s.name not in data
    ]
    for name, setting in known.items():
        if name in data and not _is(data[name], setting.kind):
            expected = {"expected": setting.kind.__name__}
            faults.append(Fault("wrong_type", file, sheet, column=name, value=str(data[name]), args=expected))
    if isinstance(data.get("language"), str) and data["language"] not in LANGUAGES:
        expected = {"expected": " | ".join(LANGUAGES)}
        faults.append(Fault("not_allowed", file, sheet, None, "language", data["language"], expected))
    if isinstance(data.get("horizon"), dict):
        faults += _horizon_faults(data["horizon"], file, sheet)
    return faults


def _is(value: object, kind: type) -> bool:
    """Tell whether a value is of a kind; a day with a time of day is no day."""
    return isinstance(value, kind) and not isinstance(value, dt.datetime)


def _day(values: dict[str, Any], name: str) -> dt.date | None:
    value = values.get(name)
    return value if isinstance(value, dt.date) and _is(value, dt.date) else None


def _horizon_faults(horizon: dict[str, Any], file: str, sheet: str | None) -> list[Fault]:
    first, last = _day(horizon, "first"), _day(horizon, "last")
    if first is None or last is None or first > last:
        return [Fault("bad_horizon", file, sheet, column="horizon", value=str(horizon))]
    if last.year - first.year > 1:
        return [Fault("horizon_too_long", file, sheet, column="horizon", value=f"{first} .. {last}")]
    return []
