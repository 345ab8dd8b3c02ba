"""Cells that stay what they are: text is never a formula; colours, comments and lists of choices."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767
"""Characters that one cell of Excel can hold."""
LAST_ROW = 1_048_576
"""Rows of a sheet of Excel."""
INTEGER, DECIMAL, PERCENT, DATE, TEXT, DEGREE = "#,##0", "#,##0.0", "0.0%", "yyyy-mm-dd", "@", "0.000000"
"""Number formats; ``TEXT`` keeps what is typed later as text too."""
FORMULA_STARTS = frozenset("=+-@")

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LINE = Side(style="thin", color="D9D6CD")
_HEADER_FILL = PatternFill("solid", start_color="E3ECE8")
_REQUIRED_FILL = PatternFill("solid", start_color="F6DFA4")
_LIST_LIMIT = 255

Value = str | int | float | dt.date | None


@dataclass(frozen=True)
class Column:
    """One column of a plain sheet.

    Parameters
    ----------
    title
        Header as the person reads it.
    width
        Width [characters].
    format
        Number format; empty for text.
    wrap
        True when long text continues on the next line.
    note
        Comment at the header; empty for none.
    required
        True where the header shows that every row needs a value.
    choices
        Values of a drop-down list; none where anything may be typed.
    free
        True when the list only proposes, False when other values are refused.
    """

    title: str
    width: float
    format: str = ""
    wrap: bool = False
    note: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    free: bool = False


@dataclass(frozen=True)
class Mark:
    """What shows at a cell: a colour, and a comment where there is a text."""

    colour: str
    text: str = ""


def clean(text: str) -> str:
    """Return text that a cell can hold: without control characters, cut to Excel's longest."""
    return _ILLEGAL.sub("", text)[:LONGEST_TEXT]


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell, both counted from 1."""
    return cast("Cell", sheet.cell(row, column))


def put(cell: Cell, value: Value) -> None:
    """Put a value into a cell; text stays text, whatever it looks like.

    Parameters
    ----------
    cell
        Target.
    value
        Text is stored as text even where it begins like a formula, and marked so that editing keeps it text;
        nothing of it is changed but characters that no file can hold.
    """
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = kept(value)
    cell.data_type = "s"
    if value[:1] in FORMULA_STARTS:
        cell.quotePrefix = True


def kept(text: str) -> str:
    """Return text as the file keeps it: cleaned; a return, and what looks like the code of a sign, escaped."""
    text = clean(text)
    if "_x" in text:
        text = _ESCAPED.sub("_x005F_", text)
    return text.replace("\r", "_x000D_") if "\r" in text else text


def style_of(sheet: Worksheet, column: Column) -> str:
    """Return the named style of a column's cells; one style a column is many times faster than one a cell."""
    name = f"riskplan {column.format or 'text'}{' wrapped' if column.wrap else ''}"
    book = cast("Workbook", sheet.parent)
    if name not in book.named_styles:
        style = NamedStyle(name, alignment=Alignment(vertical="top", wrap_text=column.wrap))
        style.number_format = column.format or "General"
        book.add_named_style(style)
    return name


def fresh_cell(sheet: Worksheet, column: Column) -> Cell:
    """Return a cell in the style of a column, to be appended to a sheet."""
    cell = WriteOnlyCell(sheet)
    cell.style = style_of(sheet, column)
    return cell


def fresh_header(sheet: Worksheet, column: Column) -> Cell:
    """Return the header of a column, to be appended to a sheet."""
    cell = WriteOnlyCell(sheet)
    style_header(cell, column)
    return cell


def style_header(cell: Cell, column: Column) -> None:
    """Make a cell the header of a column."""
    put(cell, column.title)
    cell.font = Font(bold=True)
    cell.fill = _REQUIRED_FILL if column.required else _HEADER_FILL
    cell.border = Border(bottom=_LINE)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    if column.note:
        remark(cell, column.note)


def offer(sheet: Worksheet, cells: str, choices: Sequence[str], *, free: bool) -> None:
    """Give cells a drop-down list; lists that Excel can't hold are left out.

    Parameters
    ----------
    sheet
        Sheet.
    cells
        Range such as ``B2:B100``.
    choices
        Values; none for no list.
    free
        True when the list only proposes, False when other values are refused.
    """
    listed = ",".join(choices)
    if not listed or len(listed) > _LIST_LIMIT or any("," in c or '"' in c for c in choices):
        return
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=not free)
    rule.add(cells)
    sheet.data_validations.append(rule)


def remark(cell: Cell, text: str) -> None:
    """Put a comment at a cell, below one that is there already; its box is as large as its text needs."""
    old = f"{cell.comment.text}\n\n" if cell.comment else ""
    whole = clean(old + text)
    lines = sum(1 + sum(2 if ord(c) > 0x2E7F else 1 for c in line) // 38 for line in whole.split("\n"))
    cell.comment = Comment(whole, "riskplan", height=min(24 + 18 * lines, 600), width=290)


def show(cell: Cell, mark: Mark) -> None:
    """Fill a cell with a mark's colour and put its text as a comment below one that is there already."""
    cell.fill = PatternFill("solid", start_color=mark.colour)
    if mark.text:
        remark(cell, mark.text)


def unmark(cell: Cell, colours: Collection[str]) -> None:
    """Take a mark of one of these colours and its comment from a cell."""
    if cell.has_style and str(cell.fill.start_color.rgb)[-6:] in colours:
        cell.fill = PatternFill()
        if cell.comment and cell.comment.author == "riskplan":
            cell.comment = None
