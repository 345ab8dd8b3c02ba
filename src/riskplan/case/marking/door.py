"""One door for the marked copy: an office's own workbook with marks, or a workbook of the rows of anything else."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import python_calamine as calamine
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.case.database import is_address
from riskplan.case.faults import fault_words
from riskplan.case.marking.listing import FAULT_COLUMNS, add_list
from riskplan.case.marking.pages import Page, pages_of
from riskplan.case.marking.places import Place, place_on
from riskplan.case.sources.own_sheets import FAULT_SHEETS
from riskplan.case.targets.place import refuse, swap_file
from riskplan.errors import Fault, InputError
from riskplan.excel import Mark, cell_at, save, show, stream_text, unmark
from riskplan.text import LANGUAGES, say

ERROR, WARNING = "F4A7A0", "FBE9A0"
MOST_COMMENTS = 5_000
"""Comments make a workbook slow; cells beyond this number are coloured only."""
_PER_CELL = 5
_OWN = frozenset({".xlsx", ".xlsm"})
_DAY = dt.date(2026, 1, 1)
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")

Marks = dict[tuple[str, str | None], dict[Place, Mark]]
Spots = dict[int, tuple[tuple[str, str | None], Place]]


def write_marked(source: Path | str, faults: Sequence[Fault], target: Path, *, lang: str = "zh") -> Path:
    """Write a copy of a case in which every fault is marked; the original is never written to.

    Parameters
    ----------
    source
        What was checked.
    faults
        What was found, warnings too.
    target
        Name ending in ``.xlsx``; only an older marked copy is replaced.
    lang
        Language of comments and list.
    """
    _refuse_wrong_target(source, target)
    ordered = sorted(faults, key=lambda fault: (fault.warning, *fault.sort_key()))
    pages = pages_of(source, lang)
    marks, spots = _marks(ordered, pages, lang)
    own = None if is_address(source) else _own_workbook(Path(source))
    if own is not None:
        titles = _mark_own(own, marks)
    else:
        own = Workbook(write_only=True)
        titles = {(page.file, page.sheet): title for page, title in zip(pages, _titles(pages), strict=True)}
    add_list(own, ordered, {k: (titles[p], place) for k, (p, place) in spots.items() if p in titles}, lang)
    if own.write_only:
        for page in pages:
            key = (page.file, page.sheet)
            stream_text(own.create_sheet(titles[key]), page.rows, marks.get(key, {}))
    return swap_file(target, lambda path: save(own, path, _DAY))


def _refuse_wrong_target(source: Path | str, target: Path) -> None:
    """Refuse the original itself, what is no marked copy, and what is no name of a workbook.

    Raises
    ------
    InputError
        For each of them.
    """
    if target.suffix.lower() != ".xlsx":
        raise InputError([Fault("mark_needs_xlsx", target.name)])
    if not target.exists():
        return
    if not is_address(source) and Path(source).exists() and target.samefile(source):
        raise InputError([Fault("mark_is_original", target.name)])
    if not _is_marked_copy(target):
        refuse(target.name)


def _is_marked_copy(path: Path) -> bool:
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        return any(
            _is_list(next(iter(book.get_sheet_by_name(name).to_python()), []))
            for name in book.sheet_names
            if name in FAULT_SHEETS
        )
    except (calamine.CalamineError, OSError):
        return False


def _is_list(first_row: Sequence[object]) -> bool:
    """Tell whether the first row of a sheet is that of a list of faults."""
    return any(list(first_row) == [say(key, lang) for key in FAULT_COLUMNS] for lang in LANGUAGES)


def _marks(faults: Sequence[Fault], pages: Sequence[Page], lang: str) -> tuple[Marks, Spots]:
    """Return the marks of every page, and the cell of every fault that has one."""
    by_key = {(page.file, page.sheet): page for page in pages}
    spots: Spots = {}
    texts: dict[tuple[str, str | None], dict[Place, list[Fault]]] = {}
    for number, fault in enumerate(faults):
        key = (fault.file, fault.sheet)
        place = place_on(by_key[key], fault) if key in by_key else None
        if place is not None:
            spots[number] = (key, place)
            texts.setdefault(key, {}).setdefault(place, []).append(fault)
    marks: Marks = {}
    left = MOST_COMMENTS
    for key, cells in texts.items():
        for place, found in cells.items():
            text = _comment(found, lang) if left > 0 else ""
            colour = WARNING if all(fault.warning for fault in found) else ERROR
            marks.setdefault(key, {})[place] = Mark(colour, text)
            left -= 1
    return marks, spots


def _comment(faults: Sequence[Fault], lang: str) -> str:
    told = []
    for fault in faults[:_PER_CELL]:
        words = fault_words(fault, lang)
        key = "mark.warning" if fault.warning else "mark.error"
        told.append(say(key, lang, what=words.what, expected=words.expected, remedy=words.remedy))
    return "\n\n".join(told)


def _titles(pages: Sequence[Page]) -> list[str]:
    """Return a sheet name for every page: allowed, short enough, and once."""
    titles: list[str] = []
    taken = {name.lower() for name in FAULT_SHEETS}
    for number, page in enumerate(pages, 1):
        title = _NO_TITLE.sub("_", page.sheet or page.file).strip("'")[:31] or str(number)
        if title.lower() in taken:
            title = f"{title[:26]} {number}"
        taken.add(title.lower())
        titles.append(title)
    return titles


def _own_workbook(path: Path) -> Workbook | None:
    """Return the office's own workbook, without an older list of faults; None where it can't be kept as it is."""
    if path.suffix.lower() not in _OWN or not zipfile.is_zipfile(path):
        return None
    try:
        book = load_workbook(path)
    except (InvalidFileException, KeyError, ValueError, TypeError, OSError, AttributeError, IndexError):
        return None
    for sheet in list(book.worksheets):
        if sheet.title in FAULT_SHEETS and _is_list([c.value for c in sheet[1]]):
            book.remove(sheet)
            _unmark(book)
    return book


def _unmark(book: Workbook) -> None:
    """Take the marks of an older list from all cells."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell):
                    unmark(cell, {ERROR, WARNING})


def _mark_own(
    book: Workbook, marks: Mapping[tuple[str, str | None], Mapping[Place, Mark]]
) -> dict[tuple[str, str | None], str]:
    titles: dict[tuple[str, str | None], str] = {}
    for (file, name), cells in marks.items():
        if name is None or name not in book.sheetnames:
            continue
        sheet = cast("Worksheet", book[name])
        titles[file, name] = name
        for (row, column), mark in cells.items():
            at = _anchor(sheet, row, column)
            show(cell_at(sheet, *at), mark)
    return titles


def _anchor(sheet: Worksheet, row: int, column: int) -> Place:
    """Return the cell that shows: of merged cells only the first one does."""
    if isinstance(sheet.cell(row, column), MergedCell):
        for merged in sheet.merged_cells.ranges:
            if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
                return merged.min_row, merged.min_col
    return row, column
