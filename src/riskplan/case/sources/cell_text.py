"""Values of a spreadsheet to the text that a person sees: nothing rounded away, nothing invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

LONG_NUMBER = 1e14
"""From 15 digits on a spreadsheet shows a number as 9.13505E+17 and has lost digits; it is told as shown."""
_SERIAL = (20_000, 79_999)
_SHIFT_1904 = 1462
_EPOCH = dt.date(1899, 12, 30)


def text_of(value: object) -> str:
    """Return a value as text.

    Parameters
    ----------
    value
        Text, number, truth, day, moment, time of day or duration as a spreadsheet keeps it.
    """
    if type(value) is str:
        return value.strip()
    return _BY_TYPE.get(type(value), _other)(value)


def date_text_1904(value: object) -> str:
    """Return a value of a date column in a workbook whose day 0 is 1904-01-01: serial numbers become days."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        low, high = _SERIAL
        if value == int(value) and low - _SHIFT_1904 <= value <= high:
            return (_EPOCH + dt.timedelta(days=int(value) + _SHIFT_1904)).isoformat()
    return text_of(value)


def column_letters(at: int) -> str:
    """Return the letters of a column counted from 0: ``A``, ..., ``Z``, ``AA``, ..."""
    letters, rest = "", at + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def column_at(letters: str) -> int:
    """Return the position from 0 of a column's letters."""
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def _number(value: object) -> str:
    number = float(str(value))
    if abs(number) >= LONG_NUMBER:
        mantissa, _, exponent = f"{number:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}" if exponent else str(number)
    return str(int(number)) if number == int(number) else format(number, ".15g")


def _moment(value: object) -> str:
    text = str(value)
    if "." in text:
        text = str(dt.datetime.fromisoformat(text) + dt.timedelta(milliseconds=500))[:19]
    return text.removesuffix(" 00:00:00").removesuffix(":00") if " " in text else text


def _time(value: object) -> str:
    text = str(value)
    if "." in text:
        text = text.partition(".")[0]
    return text.removesuffix(":00") if text.count(":") == 2 else text


def _duration(value: object) -> str:
    seconds = round(value.total_seconds()) if isinstance(value, dt.timedelta) else 0
    minutes, left = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{left:02d}" if left else "")


def _other(value: object) -> str:
    return "" if value is None else str(value).strip()


_BY_TYPE: dict[type, Callable[[object], str]] = {
    float: _number,
    int: _number,
    bool: lambda value: "yes" if value else "no",
    dt.datetime: _moment,
    dt.date: str,
    dt.time: _time,
    dt.timedelta: _duration,
}
