"""Days as people write them: 2026-03-05, 2026.3.5, 2026年3月5日, 20260305, and serial numbers of a spreadsheet."""

from __future__ import annotations

import datetime as dt
import re

_PARTS = re.compile(r"([0-9]{4})\s*([-/.年])\s*([0-9]{1,2})\s*([-/.月])\s*([0-9]{1,2})\s*(日?)")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_SERIAL = re.compile(r"([2-7][0-9]{4})(?:\.([0-9]+))?")
_TIME = re.compile(r"(?:\s+|T)([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]+))?)?$")
EPOCH_1900 = dt.date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar as it counts from March 1900 on."""
EPOCH_1904 = dt.date(1904, 1, 1)


def parse_date(value: str, *, serials: bool = False, epoch: dt.date = EPOCH_1900) -> dt.date:
    """Return the day that a text names; see :func:`parse_moment`."""
    return parse_moment(value, serials=serials, epoch=epoch)[0]


def parse_moment(value: str, *, serials: bool = False, epoch: dt.date = EPOCH_1900) -> tuple[dt.date, bool]:
    """Return the day that a text names, and whether it also names a time other than midnight.

    Parameters
    ----------
    value
        Stripped text with plain (half-width) digits.
    serials
        True where a number of five digits is a spreadsheet's serial number (date columns only).
    epoch
        Day 0 of these serial numbers.

    Raises
    ------
    ValueError
        If the text is no existing day in one of the forms that can mean only one day.
    """
    serial = _SERIAL.fullmatch(value) if serials else None
    if serial:
        return epoch + dt.timedelta(days=int(serial[1])), bool((serial[2] or "").strip("0"))
    time = _TIME.search(value)
    day = value[: time.start()] if time else value
    found = _PARTS.fullmatch(day)
    if found and _matching(found[2], found[4], found[6]):
        numbers = (found[1], found[3], found[5])
    else:
        compact = _COMPACT.fullmatch(day)
        if not compact:
            raise ValueError(value)
        numbers = (compact[1], compact[2], compact[3])
    late = time is not None and any((part or "").strip("0") for part in time.groups())
    return dt.date(int(numbers[0]), int(numbers[1]), int(numbers[2])), late


def _matching(first: str, second: str, end: str) -> bool:
    """Tell whether the signs of a day belong together: 年 with 月, otherwise twice the same sign."""
    return second == "月" if first == "年" else second == first and not end
