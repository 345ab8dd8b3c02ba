"""The one place that writes Excel: cells that stay what they are, files with the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767
"""Characters that one cell of Excel can hold."""
TIER_FILLS = {"red": "F4C7C3", "orange": "FBDDBF", "yellow": "FBF0BF", "blue": "D3E3F3"}
INTEGER, DECIMAL, PERCENT, DATE = "#,##0", "#,##0.0", "0.0%", "yyyy-mm-dd"

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LINE = Side(style="thin", color="D9D6CD")
_HEADER_FILL = PatternFill("solid", start_color="E3ECE8")

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
    """

    title: str
    width: float
    format: str = ""
    wrap: bool = False


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
    text = clean(value)
    cell.value = text
    cell.data_type = "s"
    if text[:1] in {"=", "+", "-", "@"}:
        cell.quotePrefix = True


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
        put(cell, column.title)
        cell.font = Font(bold=True)
        cell.fill = _HEADER_FILL
        cell.border = Border(bottom=_LINE)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    styles = [_style_of(sheet, column) for column in columns]
    for number, row in enumerate(rows, 2):
        for at, (style, value) in enumerate(zip(styles, row, strict=True), 1):
            cell = cell_at(sheet, number, at)
            cell.style = style
            put(cell, value)
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(2, sheet.max_row)}"
    sheet.print_title_rows = "1:1"


def _style_of(sheet: Worksheet, column: Column) -> str:
    """Return the named style of a column's cells; one style a column is many times faster than one a cell."""
    name = f"riskplan {column.format or 'text'}{' wrapped' if column.wrap else ''}"
    book = cast("Workbook", sheet.parent)
    if name not in book.named_styles:
        style = NamedStyle(name, alignment=Alignment(vertical="top", wrap_text=column.wrap))
        style.number_format = column.format or "General"
        book.add_named_style(style)
    return name


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


def print_setup(sheet: Worksheet, header: str, footer: str) -> None:
    """Print on A4 landscape, one page wide, with a header and page numbers.

    Parameters
    ----------
    sheet
        Sheet.
    header
        Text above each page.
    footer
        Text below each page; ``&P`` and ``&N`` are page and pages.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    for item, text in ((sheet.oddHeader, clean(header).replace("&", "&&")[:200]), (sheet.oddFooter, footer)):
        if item is not None:
            item.center.text = text


def save(book: Workbook, path: Path | str, day: dt.date) -> Path:
    """Write a workbook whole or not at all; the same content gives the same bytes.

    Parameters
    ----------
    book
        Workbook.
    path
        Target; its parent is made when missing, an older file is replaced.
    day
        Date that the file's properties show as created and modified.
    """
    target = Path(path)
    moment = dt.datetime(day.year, day.month, day.day)
    book.properties.created = moment
    book.properties.creator = "riskplan"
    raw = io.BytesIO()
    book.save(raw)
    content = _same_bytes(raw.getvalue(), moment)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    return target


def _same_bytes(archive: bytes, moment: dt.datetime) -> bytes:
    """Return the archive with sorted entries, fixed times and the given day as day of change."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(result, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (not n.startswith("["), n)):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, content)
    return result.getvalue()
