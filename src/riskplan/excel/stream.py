"""Workbooks written row by row, each row as the file keeps it: a million rows in seconds, and no memory for them."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel.cells import (
    FORMULA_STARTS,
    LAST_ROW,
    Column,
    Value,
    fresh_cell,
    fresh_header,
    kept,
    offer,
    put,
)
from riskplan.excel.files import print_setup, save

_EXAMPLE_FONT = Font(italic=True, color="7F7F7F")
_IN_MEMORY = 1 << 25
_DAY_ZERO = dt.date(1899, 12, 30).toordinal()


class StreamBook:
    """A workbook that is written once, sheet by sheet."""

    def __init__(self) -> None:
        self.book = Workbook(write_only=True)
        self._bodies: dict[int, IO[bytes]] = {}

    def add_table(
        self,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]],
        example: Sequence[Value] = (),
    ) -> Worksheet:
        """Add a sheet with a header and rows; the sheet may still be given lists.

        Parameters
        ----------
        title
            Name of the sheet.
        columns
            Columns in order, with their comments and drop-down lists.
        rows
            One value a column.
        example
            Row below the header that only shows how to fill in; empty for none.
        """
        sheet: Worksheet = self.book.create_sheet(title)
        _lay_out(sheet, columns)
        sheet.append([fresh_header(sheet, column) for column in columns])
        first = 2
        if example:
            cells = [fresh_cell(sheet, column) for column in columns]
            for cell, value in zip(cells, example, strict=True):
                put(cell, value)
                cell.font = _EXAMPLE_FONT
            sheet.append(cells)
            first = 3
        body: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed by ``save``
        self._bodies[len(self.book.worksheets)] = body
        write = _writer(sheet, columns)
        last = first - 1
        for last, row in enumerate(rows, first):  # used below
            body.write(write(last, row))
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(2, last)}"
        return sheet

    def save(self, path: Path, day: dt.date) -> None:
        """Write the workbook whole or not at all; the same content gives the same bytes."""
        save(self.book, path, day, self._bodies)
        for body in self._bodies.values():
            body.close()


def _lay_out(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for at, column in enumerate(columns, 1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = column.width
        offer(sheet, f"{letter}2:{letter}{LAST_ROW}", column.choices, free=column.free)
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 30
    sheet.print_title_rows = "1:1"
    print_setup(sheet, sheet.title, "&P / &N")


def _writer(sheet: Worksheet, columns: Sequence[Column]) -> Callable[[int, Sequence[Value]], bytes]:
    """Return what gives a row of values as the file keeps it."""
    letters = [get_column_letter(at) for at in range(1, len(columns) + 1)]
    plain, marked = [], []
    for column in columns:
        cell = fresh_cell(sheet, column)
        plain.append(cell.style_id)
        cell.quotePrefix = True
        marked.append(cell.style_id)

    def write(number: int, row: Sequence[Value]) -> bytes:
        parts = [f'<row r="{number}">']
        for letter, style, quoted, value in zip(letters, plain, marked, row, strict=True):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                used = quoted if value[:1] in FORMULA_STARTS else style
                text = escape(kept(value))
                parts.append(
                    f'<c r="{letter}{number}" s="{used}" t="inlineStr">'
                    f'<is><t xml:space="preserve">{text}</t></is></c>'
                )
            else:
                parts.append(f'<c r="{letter}{number}" s="{style}"><v>{_number(value)}</v></c>')
        parts.append("</row>")
        return "".join(parts).encode()

    return write


def _number(value: float | dt.date) -> str:
    return str(value.toordinal() - _DAY_ZERO) if isinstance(value, dt.date) else repr(value)
