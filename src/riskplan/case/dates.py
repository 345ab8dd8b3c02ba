"""Days as people write them: 2026-03-05, 2026.3.5, 2026年3月5日, 20260305, and serial numbers of a spreadsheet."""

from __future__ import annotations

import datetime as dt
import re

_PARTS = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"^[2-7]\d{4}$")
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
EPOCH_1900 = dt.date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar as it counts from March 1900 on."""
EPOCH_1904 = dt.date(1904, 1, 1)


def parse_date(value: str, *, serials: bool = False, epoch: dt.date = EPOCH_1900) -> dt.date:
    """Return the day that a text names.

    Parameters
    ----------
    value
        Stripped text.
    serials
        True where a whole number of five digits is a spreadsheet's serial number (date columns only).
    epoch
        Day 0 of these serial numbers.

    Raises
    ------
    ValueError
        If the text is no existing day in one of the forms that can mean only one day.
    """
    text = _MIDNIGHT.sub("", value)
    if serials and _SERIAL.match(text):
        return epoch + dt.timedelta(days=int(text))
    found = _PARTS.match(text) or _COMPACT.match(text)
    if not found:
        raise ValueError(value)
    return dt.date(int(found[1]), int(found[2]), int(found[3]))
