"""The sheet that lists all faults, each with a link to its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from riskplan.case.faults import fault_words
from riskplan.case.sources.own_sheets import FAULT_SHEETS
from riskplan.errors import Fault
from riskplan.excel import LAST_ROW, Column, Value, list_table
from riskplan.text import say

FAULT_COLUMNS = {
    "mark.number": 8,
    "mark.level": 8,
    "mark.place": 24,
    "mark.cell": 10,
    "mark.column": 18,
    "mark.value": 24,
    "mark.what": 40,
    "mark.expected": 36,
    "mark.remedy": 36,
    "mark.code": 20,
}
"""Message of each header -> width."""
_LINK = 3


def add_list(
    book: Workbook, faults: Sequence[Fault], spots: Mapping[int, tuple[str, tuple[int, int]]], lang: str
) -> None:
    """Add the list as the first sheet.

    Parameters
    ----------
    book
        Workbook, with or without other sheets.
    faults
        All of them in the order of the list.
    spots
        Number of a fault, from 0 -> title of its sheet, row and column.
    lang
        Language of the words.
    """
    title = FAULT_SHEETS[lang == "zh"]
    if title in book.sheetnames:
        title = next(
            t for n in range(2, len(book.sheetnames) + 3) if (t := f"{title} {n}") not in book.sheetnames
        )
    sheet = book.create_sheet(title, 0)
    columns = [Column(say(key, lang), width, wrap=width > 20) for key, width in FAULT_COLUMNS.items()]
    addresses = {k: (name, f"{get_column_letter(c)}{r}") for k, (name, (r, c)) in spots.items()}
    kept = faults[: LAST_ROW - 1]
    list_table(sheet, columns, _rows(kept, addresses, lang), addresses, _LINK)
    book.active = 0


def _rows(
    faults: Sequence[Fault], addresses: Mapping[int, tuple[str, str]], lang: str
) -> Iterator[list[Value]]:
    for number, fault in enumerate(faults):
        words = fault_words(fault, lang)
        level = say("mark.level_warning" if fault.warning else "mark.level_error", lang)
        name, address = addresses.get(number, ("", ""))
        place = name or (f"{fault.file} › {fault.sheet}" if fault.sheet else fault.file)
        row = address or (str(fault.row) if fault.row is not None else None)
        value = fault.value or None
        yield [
            number + 1,
            level,
            place,
            row,
            fault.column,
            value,
            words.what,
            words.expected,
            words.remedy,
            fault.code,
        ]
