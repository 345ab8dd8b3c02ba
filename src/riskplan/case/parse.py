"""Cells to typed columns: every bad cell becomes a fault, nothing is coerced silently.

A column is converted value by value, not row by row: a million rows have a few thousand different days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import Attribute
from riskplan.case.cell_errors import cell_error
from riskplan.case.dates import parse_moment
from riskplan.case.folding import as_number, code_text, folded, needs_folding, split_list
from riskplan.case.sheet import Sheet
from riskplan.case.words import words_of

_TRUE = {"yes", "true", "1", "y", "是", "有", "对", "√", "✓", "✔", "☑"}
_FALSE = {"no", "false", "0", "n", "否", "无", "错", "×", "✗", "✘", "✕", "☐"}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_WEEKDAYS = {f"{w}{day}": n for w in ("周", "星期") for n, day in enumerate("一二三四五六日", 1)}
_WEEKDAYS |= {"周天": 7, "星期天": 7}
CREDIT_CODE = ("enterprises", "credit_code")
"""A text whose signs mean something: upper case, no space, verified by ``identity.py``."""
_COLLECTED = {"departments", "items", "officers", "former_codes", "townships"}
"""List columns that hold ids, besides those that name a table."""


@dataclass(frozen=True)
class _Column:
    """One column of text by its different values.

    Parameters
    ----------
    sheet, attribute
        Where the text stands and what it must be.
    codes
        shape (n_rows,), index into ``texts``.
    texts
        The different cells as written, in order of first row.
    """

    sheet: Sheet
    attribute: Attribute
    codes: npt.NDArray[np.intp]
    texts: list[str]

    def fault(self, code: str, bad: Sequence[int], **args: str) -> None:
        """Record a fault at every row that has one of the ``bad`` texts (indices)."""
        if not bad:
            return
        for i in np.flatnonzero(np.isin(self.codes, bad)).tolist():
            self.sheet.fault(code, i, self.attribute.name, self.texts[self.codes[i]], **args)

    def rows(self, values: Iterable[object]) -> npt.NDArray[np.object_]:
        """Return the values of the texts, spread over the rows."""
        spread: npt.NDArray[np.object_] = np.fromiter(values, dtype=object, count=len(self.texts))[self.codes]
        return spread


def parse_column(sheet: Sheet, attribute: Attribute) -> pd.Series:
    """Return one typed column; missing columns and empty cells take the attribute's default.

    Parameters
    ----------
    sheet
        Table as text; faults are appended to it.
    attribute
        What the column must be. Degrees come back as written: ranges and datum are for ``points.py``.
    """
    here = attribute.name in sheet.cells.columns
    if here:
        codes, unique = pd.factorize(sheet.cells[attribute.name])
        column = _Column(sheet, attribute, codes, unique.tolist())
    else:
        column = _Column(sheet, attribute, np.zeros(len(sheet.cells), dtype=np.intp), [""])
    if attribute.required and here:
        column.fault("empty_cell", [k for k, text in enumerate(column.texts) if _is_blank(text)])
    _refuse_errors(column)
    return _PARSERS[attribute.kind](column)


def _is_blank(text: str) -> bool:
    """Tell whether a cell says nothing: empty, or only spaces and invisible signs."""
    return not text or (not text[0].isalnum() and not folded(text))


def _refuse_errors(column: _Column) -> None:
    """Make every ``#N/A`` and the like a fault, and then as if the cell were empty."""
    if "#" not in "".join(column.texts):
        return
    found = {k: code for k, text in enumerate(column.texts) if (code := cell_error(text))}
    for code in dict.fromkeys(found.values()):
        column.fault(code, [k for k, own in found.items() if own == code])
    for k in found:
        column.texts[k] = ""


def _each(
    column: _Column, missing: object, convert: Callable[[str], object], code: str, **said: str
) -> list[object]:
    """Convert every different text; a ValueError is a fault named ``code`` at each of its rows, which says ``said``."""
    default = convert(column.attribute.default) if column.attribute.default else missing
    values: list[object] = []
    bad: list[int] = []
    for k, text in enumerate(column.texts):
        plain = folded(text)
        try:
            values.append(convert(plain) if plain else default)
        except ValueError:
            bad.append(k)
            values.append(default)
    column.fault(code, bad, **(said or {"expected": column.attribute.detail}))
    return values


def _text(column: _Column) -> pd.Series:
    """Return display text with its signs as they are; words that stand for a known kind become its code."""
    if (column.attribute.table, column.attribute.name) == CREDIT_CODE:
        return _code(column)
    words, default = words_of(column.attribute), column.attribute.default
    texts = [text.strip() or default for text in column.texts]
    if words:
        texts = [words.get(folded(text).lower(), text) for text in texts]
    return pd.Series(column.rows(texts), dtype=object)


def _code(column: _Column) -> pd.Series:
    """Return ids without inner space; a long code that a spreadsheet made a number is refused."""
    texts = column.texts
    if needs_folding(texts):
        texts = [code_text(text) for text in texts]
    if (column.attribute.table, column.attribute.name) == CREDIT_CODE:
        texts = [text.upper() for text in texts]
    column.fault("code_as_number", [k for k, text in enumerate(texts) if as_number(text)])
    default = column.attribute.default
    return pd.Series(column.rows([text or default for text in texts] if default else texts), dtype=object)


def _number(column: _Column) -> pd.Series:
    def convert(value: str) -> float:
        if not _NUMBER.fullmatch(value):
            raise ValueError
        return float(value)

    values = np.array(_each(column, np.nan, convert, "not_a_number"), dtype=np.float64)
    low, _, high = column.attribute.detail.partition("..")
    if high:
        bad = np.flatnonzero((values < float(low)) | (values > float(high)))
        column.fault("number_out_of_range", bad.tolist(), low=low, high=high)
    return pd.Series(values[column.codes] if len(values) else values, dtype="float64")


def _integer(column: _Column) -> pd.Series:
    low, _, high = column.attribute.detail.partition("..")

    def convert(value: str) -> int:
        if not _WHOLE.fullmatch(value):
            raise ValueError
        return int(value)

    values = np.array(_each(column, -1, convert, "not_an_integer"), dtype=np.int64)
    whole = np.array([_WHOLE.fullmatch(folded(text)) is not None for text in column.texts], dtype=bool)
    bad = np.flatnonzero(whole & ((values < int(low)) | (values > int(high))))
    column.fault("number_out_of_range", bad.tolist(), low=low, high=high)
    return pd.Series(values[column.codes] if len(values) else values, dtype="int64")


def _enum(column: _Column) -> pd.Series:
    allowed, words = column.attribute.detail.split("|"), words_of(column.attribute)

    def convert(value: str) -> str:
        low = value.lower()
        if low in allowed:
            return low
        if low not in words:
            raise ValueError
        return words[low]

    one_of = f"{column.attribute.table}.{column.attribute.name}"
    return pd.Series(column.rows(_each(column, "", convert, "not_allowed", one_of=one_of)), dtype=object)


def _bool(column: _Column) -> pd.Series:
    def convert(value: str) -> bool:
        low = value.lower()
        if low not in _TRUE | _FALSE:
            raise ValueError
        return low in _TRUE

    return pd.Series(column.rows(_each(column, False, convert, "not_a_yes_no")), dtype=object).astype(bool)


def _date(column: _Column) -> pd.Series:
    late: list[str] = []

    def convert(value: str) -> np.datetime64:
        day, has_time = parse_moment(value, serials=True)
        if has_time:
            late.append(value)
        return np.datetime64(day, "s")

    values = np.array(_each(column, np.datetime64("NaT", "s"), convert, "not_a_date"), dtype="datetime64[s]")
    if late:
        times = set(late)
        found = np.isin(column.codes, [k for k, text in enumerate(column.texts) if folded(text) in times])
        first = int(np.flatnonzero(found)[0])
        text = column.texts[column.codes[first]]
        column.sheet.warn(
            "time_of_day_dropped", first, column.attribute.name, text, count=str(int(found.sum()))
        )
    return pd.Series(values[column.codes] if len(values) else values)


def parse_clock(value: str) -> int:
    """Return minutes from midnight of ``HH:MM`` (or plain minutes).

    Raises
    ------
    ValueError
        If the text is neither, or lies outside the day.
    """
    found = _CLOCK.fullmatch(value)
    if not found and not _WHOLE.fullmatch(value):
        raise ValueError(value)
    minutes = int(found[1]) * 60 + int(found[2]) if found else int(value)
    if not 0 <= minutes <= 24 * 60 or (found and int(found[2]) > 59):
        raise ValueError(value)
    return minutes


def _clock(column: _Column) -> pd.Series:
    values = np.array(_each(column, -1, parse_clock, "not_a_clock"), dtype=np.int64)
    return pd.Series(values[column.codes] if len(values) else values, dtype="int64")


def _list(column: _Column) -> pd.Series:
    coded = bool(column.attribute.detail) or column.attribute.name in _COLLECTED
    numbers: list[int] = []
    values: list[object] = []
    for k, text in enumerate(column.texts):
        parts = split_list(text) or split_list(column.attribute.default)
        values.append(tuple(filter(None, map(code_text, parts))) if coded else parts)
        if coded and any(map(as_number, parts)):
            numbers.append(k)
    column.fault("code_as_number", numbers)
    return pd.Series(column.rows(values), dtype=object)


def _numbers(low: int, high: int, words: Callable[[str], int]) -> Callable[[_Column], pd.Series]:
    def parse(column: _Column) -> pd.Series:
        def convert(value: str) -> tuple[int, ...]:
            numbers = {words(code_text(part)) for part in split_list(value)}
            if not numbers or any(not low <= n <= high for n in numbers):
                raise ValueError
            return tuple(sorted(numbers))

        values = _each(column, (), convert, "not_a_number_list", expected=f"{low}-{high}")
        return pd.Series(column.rows(values), dtype=object)

    return parse


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _weekday(text: str) -> int:
    return _WEEKDAYS[text] if text in _WEEKDAYS else _whole(text)


_PARSERS: dict[str, Callable[[_Column], pd.Series]] = {
    "id": _code,
    "text": _text,
    "ref": _code,
    "id_ref": _code,
    "lon": _number,
    "lat": _number,
    "number": _number,
    "int": _integer,
    "enum": _enum,
    "bool": _bool,
    "date": _date,
    "clock": _clock,
    "list": _list,
    "weekdays": _numbers(1, 7, _weekday),
    "months": _numbers(1, 12, _whole),
}
