"""Whole files: ready to print, written whole or not at all, the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from openpyxl import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel.cells import clean

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_SHEET = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")
_END = b"</sheetData>"
_EPOCH = (1980, 1, 1, 0, 0, 0)


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
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    for item, text in ((sheet.oddHeader, clean(header).replace("&", "&&")[:200]), (sheet.oddFooter, footer)):
        if item is not None:
            item.center.text = text


def save(
    book: Workbook, path: Path | str, day: dt.date, bodies: Mapping[int, IO[bytes]] | None = None
) -> Path:
    """Write a workbook whole or not at all; the same content gives the same bytes.

    Parameters
    ----------
    book
        Workbook.
    path
        Target; its parent is made when missing, an older file is replaced.
    day
        Date that the file's properties show as created and modified.
    bodies
        Number of a sheet, from 1 -> rows to go below those that it has, as the file keeps them.
    """
    target = Path(path)
    moment = dt.datetime(day.year, day.month, day.day)
    book.properties.created = moment
    book.properties.creator = "riskplan"
    raw = io.BytesIO()
    book.save(raw)
    content = _same_bytes(raw.getvalue(), moment, bodies or {})
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


def _same_bytes(archive: bytes, moment: dt.datetime, bodies: Mapping[int, IO[bytes]]) -> bytes:
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
            sheet = _SHEET.fullmatch(name)
            body = bodies.get(int(sheet[1])) if sheet else None
            with new.open(entry, "w", force_zip64=body is not None) as file:
                _pour(file, content, body)
    return result.getvalue()


def _pour(file: IO[bytes], content: bytes, body: IO[bytes] | None) -> None:
    """Write an entry, the rows of its body below those that it has."""
    if body is None:
        file.write(content)
        return
    head, mark, tail = content.partition(_END)
    if not mark:
        head, mark, tail = content.partition(b"<sheetData />")
        head, mark = head + b"<sheetData>", _END
    file.write(head)
    body.seek(0)
    shutil.copyfileobj(body, file, 1 << 20)
    file.write(mark + tail)
