"""Tables on sheets: ready to print, or written row by row so that a million rows need no memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel.cells import (
    FORMULA_STARTS,
    TEXT,
    Column,
    Mark,
    Value,
    cell_at,
    fresh_cell,
    fresh_header,
    put,
    show,
    style_header,
    style_of,
)
from riskplan.excel.files import print_setup

TIER_FILLS = {"red": "F4C7C3", "orange": "FBDDBF", "yellow": "FBF0BF", "blue": "D3E3F3"}
_LINK_FONT = Font(color="1F5FA8", underline="single")


_LINE = 15.0
"""Height of a line of text [points]; not every office program finds the height of wrapped text by itself."""


def fill_table(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> None:
    """Write a header and rows, frozen and filtered, ready to print.

    Parameters
    ----------
    sheet
        Empty sheet.
    columns
        Columns in order.
    rows
        One value a column.
    """
    for at, column in enumerate(columns, 1):
        cell = cell_at(sheet, 1, at)
        style_header(cell, column)
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    styles = [style_of(sheet, column) for column in columns]
    for number, row in enumerate(rows, 2):
        for at, (style, value) in enumerate(zip(styles, row, strict=True), 1):
            cell = cell_at(sheet, number, at)
            cell.style = style
            put(cell, value)
        height = _height(columns, row)
        if height > _LINE:
            sheet.row_dimensions[number].height = height
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(2, sheet.max_row)}"
    sheet.print_title_rows = "1:1"


def colour_tiers(sheet: Worksheet, column: int, tiers: Sequence[str]) -> None:
    """Colour the cells of a column by tier; the words stay readable in black and white.

    Parameters
    ----------
    sheet
        Sheet with a header row.
    column
        Column, from 1.
    tiers
        Tier code of each row.
    """
    fills = {tier: PatternFill("solid", start_color=colour) for tier, colour in TIER_FILLS.items()}
    for number, tier in enumerate(tiers, 2):
        if tier in fills:
            sheet.cell(number, column).fill = fills[tier]


def stream_text(
    sheet: Worksheet, rows: Iterable[Sequence[str]], marks: Mapping[tuple[int, int], Mark]
) -> None:
    """Write rows of text to a sheet of a ``Workbook(write_only=True)``, some cells with a colour and a comment.

    Parameters
    ----------
    sheet
        Fresh sheet.
    rows
        Cells of each row.
    marks
        (row, column), both from 1, -> what to show there; the cells need not hold anything.
    """
    for at in range(1, 31):
        sheet.column_dimensions[get_column_letter(at)].width = 16
    plain, quoted = (fresh_cell(sheet, Column("", 16, TEXT)) for _ in range(2))
    widest: dict[int, int] = {}
    for marked, column in marks:
        widest[marked] = max(widest.get(marked, 0), column)
    for number, row in enumerate(rows, 1):
        cells = []
        for at in range(1, max(len(row), widest.get(number, 0)) + 1):
            value = row[at - 1] if at <= len(row) else ""
            mark = marks.get((number, at))
            cell = quoted if value[:1] in FORMULA_STARTS else plain
            if mark is not None:
                cell = fresh_cell(sheet, Column("", 16, TEXT))
                show(cell, mark)
            put(cell, value or None)
            cells.append(cell)
        sheet.append(cells)


def list_table(
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    links: Mapping[int, tuple[str, str]],
    link_column: int,
) -> None:
    """Append a table with links to cells of the workbook, to a sheet of any kind of workbook.

    Parameters
    ----------
    sheet
        Fresh sheet.
    columns
        Columns in order.
    rows
        One value a column.
    links
        Number of the row, from 0 -> sheet and address that it leads to.
    link_column
        Position of the column with the links, from 0.
    """
    for at, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.freeze_panes = "A2"
    print_setup(sheet, sheet.title, "&P / &N")
    sheet.append([fresh_header(sheet, column) for column in columns])
    count = 1
    for number, row in enumerate(rows):
        cells = [fresh_cell(sheet, column) for column in columns]
        for cell, value in zip(cells, row, strict=True):
            put(cell, value)
        sheet.row_dimensions[number + 2].height = _height(columns, row)
        if number in links:
            cell = cells[link_column]
            title, address = links[number]
            cell.hyperlink = Hyperlink(ref="A1", location=f"{quote_sheetname(title)}!{address}")
            cell.hyperlink.ref = f"{get_column_letter(link_column + 1)}{number + 2}"
            cell.font = _LINK_FONT
        sheet.append(cells)
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(2, count)}"


def _height(columns: Sequence[Column], row: Sequence[Value]) -> float:
    """Return the height of a row [points] in which all of its wrapped text shows."""
    lines = [
        -(-sum(2 if ord(sign) > 0x2E7F else 1 for sign in str(value)) // int(column.width - 1))
        for column, value in zip(columns, row, strict=True)
        if column.wrap and value
    ]
    return min(_LINE * max([1, *lines]), 400.0)
