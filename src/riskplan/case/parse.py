"""Cells to typed columns: every bad cell becomes a fault, nothing is coerced silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from riskplan.case.attributes import Attribute
from riskplan.case.dates import parse_date
from riskplan.case.sheet import Sheet
from riskplan.units import COORDINATE_DECIMALS

_TRUE = {"yes", "true", "1", "是", "y"}
_FALSE = {"no", "false", "0", "否", "n"}
_LIMITS = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0)}
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})$")


def parse_column(sheet: Sheet, attribute: Attribute) -> pd.Series:
    """Return one typed column; missing columns and empty cells take the attribute's default.

    Parameters
    ----------
    sheet
        Table as text; faults are appended to it.
    attribute
        What the column must be.
    """
    rows = len(sheet.cells)
    here = attribute.name in sheet.cells.columns
    text: list[str] = sheet.cells[attribute.name].tolist() if here else [""] * rows
    if attribute.required and here:
        for i, value in enumerate(text):
            if value == "":
                sheet.fault("empty_cell", i, attribute.name)
    return _PARSERS[attribute.kind](sheet, attribute, text)


def _each(
    sheet: Sheet,
    attribute: Attribute,
    text: Sequence[str],
    missing: object,
    convert: Callable[[str], object],
    code: str,
) -> list[object]:
    """Convert cell by cell through a memo; a ValueError is a fault named ``code``."""
    default = convert(attribute.default) if attribute.default else missing
    memo: dict[str, object] = {"": default}
    result: list[object] = []
    for i, value in enumerate(text):
        if value not in memo:
            try:
                memo[value] = convert(value)
            except ValueError:
                sheet.fault(code, i, attribute.name, value, expected=attribute.detail)
                result.append(default)
                continue
        result.append(memo[value])
    return result


def _text(_sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    return pd.Series([v or attribute.default for v in text], dtype=object)


def _number(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    low, high = _LIMITS[attribute.kind]

    def convert(value: str) -> float:
        return round(float(value), COORDINATE_DECIMALS)

    values = np.array(_each(sheet, attribute, text, np.nan, convert, "not_a_number"), dtype=float)
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero((values < low) | (values > high) | np.isinf(values))
    for i in bad.tolist():
        sheet.fault("out_of_range", i, attribute.name, text[i], low=f"{low:g}", high=f"{high:g}")
    return pd.Series(values, dtype="float64")


def _integer(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    low, _, high = attribute.detail.partition("..")

    def convert(value: str) -> int:
        if not re.fullmatch(r"[+-]?\d+", value):
            raise ValueError
        return int(value)

    values = _each(sheet, attribute, text, -1, convert, "not_an_integer")
    for i, value in enumerate(values):
        if text[i] and isinstance(value, int) and not int(low) <= value <= int(high):
            sheet.fault("number_out_of_range", i, attribute.name, text[i], low=low, high=high)
    return pd.Series(values, dtype="int64")


def _enum(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    allowed = attribute.detail.split("|")

    def convert(value: str) -> str:
        if value not in allowed:
            raise ValueError
        return value

    return pd.Series(_each(sheet, attribute, text, "", convert, "not_allowed"), dtype=object)


def _bool(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    def convert(value: str) -> bool:
        low = value.lower()
        if low not in _TRUE | _FALSE:
            raise ValueError
        return low in _TRUE

    return pd.Series(_each(sheet, attribute, text, False, convert, "not_a_yes_no"), dtype=bool)


def _date(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    def convert(value: str) -> np.datetime64:
        return np.datetime64(parse_date(value, serials=True), "s")

    values = _each(sheet, attribute, text, np.datetime64("NaT", "s"), convert, "not_a_date")
    return pd.Series(np.array(values, dtype="datetime64[s]"))


def parse_clock(value: str) -> int:
    """Return minutes from midnight of ``HH:MM`` (or plain minutes).

    Raises
    ------
    ValueError
        If the text is neither, or lies outside the day.
    """
    found = _CLOCK.match(value)
    minutes = int(found[1]) * 60 + int(found[2]) if found else int(value)
    if not 0 <= minutes <= 24 * 60 or (found and int(found[2]) > 59):
        raise ValueError(value)
    return minutes


def _clock(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    return pd.Series(_each(sheet, attribute, text, -1, parse_clock, "not_a_clock"), dtype="int64")


def _list(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
    def convert(value: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in value.split("|") if part.strip())

    return pd.Series(_each(sheet, attribute, text, (), convert, "not_allowed"), dtype=object)


def _numbers(low: int, high: int) -> Callable[[Sheet, Attribute, Sequence[str]], pd.Series]:
    def parse(sheet: Sheet, attribute: Attribute, text: Sequence[str]) -> pd.Series:
        def convert(value: str) -> tuple[int, ...]:
            numbers = tuple(int(part) for part in value.split("|"))
            if any(not low <= n <= high for n in numbers):
                raise ValueError
            return tuple(sorted(numbers))

        code = "not_a_number_list"
        faulty = Attribute(**{**attribute.__dict__, "detail": f"{low}-{high}"})
        return pd.Series(_each(sheet, faulty, text, (), convert, code), dtype=object)

    return parse


_PARSERS: dict[str, Callable[[Sheet, Attribute, Sequence[str]], pd.Series]] = {
    "id": _text,
    "text": _text,
    "ref": _text,
    "id_ref": _text,
    "lon": _number,
    "lat": _number,
    "int": _integer,
    "enum": _enum,
    "bool": _bool,
    "date": _date,
    "clock": _clock,
    "list": _list,
    "weekdays": _numbers(1, 7),
    "months": _numbers(1, 12),
}
