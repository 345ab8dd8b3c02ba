"""Workbooks opened: .xlsx by a fast reader and a scan of its XML, .xls by xlrd; every way to fail has a name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import python_calamine as calamine
import xlrd
from xlrd.biffh import error_text_from_code

from riskplan.case.sources.grid import Grid, Notes
from riskplan.case.sources.xlsx_scan import TooLargeError, scan_workbook
from riskplan.errors import Fault, InputError

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HTML = (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<style", b"<body")
_XML = (b"<?xml", b"mime-version:")
_SHEET = calamine.SheetTypeEnum.WorkSheet
_VISIBLE = calamine.SheetVisibleEnum.Visible


def open_book(path: Path) -> Iterator[Grid]:
    """Go through the sheets of a workbook.

    Parameters
    ----------
    path
        ``.xlsx``, ``.xlsm`` or ``.xls``; what it is decides, not what it is called.

    Raises
    ------
    InputError
        If it can't be read: not a workbook, damaged, with a password, too large.
    """
    kind = _kind(path)
    if kind not in {"xlsx", "xls"}:
        raise InputError([Fault(kind, path.name)])
    try:
        yield from _xlsx(path) if kind == "xlsx" else _xls(path)
    except TooLargeError as error:
        raise InputError([
            Fault("workbook_too_large", path.name, value=error.part, args={"size": error.size})
        ]) from None
    except BaseException as error:
        if not _is_damage(error):
            raise
        raise InputError([_broken(path, error)]) from None


def _is_damage(error: BaseException) -> bool:
    """Tell whether an error comes from the file; a panic of the fast reader is no ``Exception``."""
    return not isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | InputError)


def _broken(path: Path, error: BaseException) -> Fault:
    if isinstance(error, calamine.PasswordError) or "encrypted" in str(error).lower():
        return Fault("workbook_password", path.name)
    told = (str(error).splitlines() or [""])[0]
    return Fault("unreadable_workbook", path.name, value=told[:120] or type(error).__name__)


def _kind(path: Path) -> str:
    """Return ``xlsx``, ``xls``, or the code of the fault that tells what the file is instead."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            rest = file.read() if head.startswith(_OLE) else b""
    except OSError:
        return "missing_file"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLE):
        return "workbook_password" if _ENCRYPTED in head or _ENCRYPTED in rest else "xls"
    if text.startswith(_HTML) or (text.startswith(_XML) and any(tag in text for tag in _HTML)):
        return "workbook_is_html"
    if text.startswith(_XML):
        return "workbook_is_xml"
    return "workbook_is_text" if head and b"\0" not in head else "not_a_workbook"


def _xlsx(path: Path) -> Iterator[Grid]:
    if not _is_workbook(path):
        raise InputError([Fault("not_a_workbook", path.name)])
    date1904, notes = scan_workbook(path)
    book = calamine.CalamineWorkbook.from_path(str(path))
    kinds = [(m, n) for m, n in zip(book.sheets_metadata, [*notes, *[Notes()] * 99], strict=False)]
    for meta, note in kinds:
        if meta.typ != _SHEET:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        merged = [(a[0] + 1, a[1], b[0] + 1, b[1]) for a, b in sheet.merged_cell_ranges or ()]
        yield Grid(meta.name, _rows(sheet, note), meta.visible == _VISIBLE, merged, note, date1904)


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("xl/workbook.xml") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError([Fault("unreadable_workbook", path.name, value=str(error)[:120])]) from None


def _rows(sheet: calamine.CalamineSheet, notes: Notes) -> Iterator[list[object]]:
    """Give the rows from column A on, with errors and formulas without a result as text."""
    by_row: dict[int, dict[int, str]] = {}
    for (number, column), text in notes.errors.items():
        by_row.setdefault(number, {})[column] = text
    lead: list[object] = [""] * (sheet.start[1] if sheet.start else 0)
    count = 0
    for found in sheet.iter_rows() if sheet.start else ():
        count += 1
        row = [*lead, *found] if lead else cast("list[object]", found)
        errors = by_row.pop(count, None) if by_row else None
        yield _with_errors(row, errors) if errors else row
    for later in range(count + 1, max(by_row, default=0) + 1):
        yield _with_errors([], by_row.get(later, {}))


def _with_errors(row: list[object], errors: dict[int, str]) -> list[object]:
    longer = [*row, *[""] * (max(errors) + 1 - len(row))]
    for column, text in errors.items():
        longer[column] = text
    return longer


def _xls(path: Path) -> Iterator[Grid]:
    book = xlrd.open_workbook(str(path), logfile=io.StringIO(), formatting_info=True, on_demand=True)
    for at in range(book.nsheets):
        sheet = book.sheet_by_index(at)
        hidden_rows = tuple(r + 1 for r, info in sorted(sheet.rowinfo_map.items()) if info.hidden)
        hidden_columns = tuple(c for c, info in sorted(sheet.colinfo_map.items()) if info.hidden)
        notes = Notes(hidden_rows, hidden_columns, filtered=False)
        merged = [(r0 + 1, c0, r1, c1 - 1) for r0, r1, c0, c1 in sheet.merged_cells]
        rows = ([_xls_value(cell, book.datemode) for cell in sheet.row(r)] for r in range(sheet.nrows))
        yield Grid(sheet.name, rows, sheet.visibility == 0, merged, notes, book.datemode == 1)
        book.unload_sheet(at)


def _xls_value(cell: xlrd.sheet.Cell, datemode: int) -> object:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return error_text_from_code.get(cell.value, "#N/A")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype != xlrd.XL_CELL_DATE:
        return cell.value
    if cell.value < 1:
        return xlrd.xldate_as_datetime(cell.value + 1, 0).time()
    try:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    except (OverflowError, ValueError):
        return cell.value
