"""Which cell of a page a fault means."""

from __future__ import annotations

import re

from riskplan.case.marking.pages import Page
from riskplan.case.sources.cell_text import column_at
from riskplan.errors import Fault

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TOP = 25
"""Headers stand among this many first rows."""

Place = tuple[int, int]


def place_on(page: Page, fault: Fault) -> Place | None:
    """Return row and column, both from 1, of the cell that a fault is about; None where it is about no cell.

    Parameters
    ----------
    page
        Page with the file and sheet of the fault.
    fault
        With the address of its cell, or a row and a header, or only one of them.
    """
    address = _ADDRESS.fullmatch(fault.cell or "")
    if address:
        return int(address[2]), column_at(address[1]) + 1
    if fault.row is None:
        return _header(page, fault.column, _TOP) if fault.column else None
    row = page.row(fault.row)
    if fault.column:
        above = _header(page, fault.column, row - 1) or _header(page, fault.column, row)
        if above is not None:
            return (row, above[1]) if above[0] < row else _beside(page, fault, above)
    return row, _first(page, row, fault.value)


def _header(page: Page, column: str, last: int) -> Place | None:
    """Return the lowest cell with a header among the first rows up to ``last``, also as the key of a text file."""
    for number in range(min(last, _TOP, len(page.rows)), 0, -1):
        for at, cell in enumerate(page.rows[number - 1], 1):
            text = cell.strip()
            if text == column or text.partition("=")[0].strip() == column:
                return number, at
    return None


def _beside(page: Page, fault: Fault, place: Place) -> Place:
    """Return the cell beside the key of a setting where that is what the fault is about."""
    row, column = place
    cells = page.rows[row - 1]
    if fault.value and column < len(cells) and cells[column].strip() == fault.value:
        return row, column + 1
    return place


def _first(page: Page, row: int, value: str | None) -> int:
    """Return the column of a value in a row, else that of the first cell with anything in it."""
    cells = page.rows[row - 1] if 0 < row <= len(page.rows) else ()
    texts = [cell.strip() for cell in cells]
    if value and value in texts:
        return texts.index(value) + 1
    return next((at for at, text in enumerate(texts, 1) if text), 1)
