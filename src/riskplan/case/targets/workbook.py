"""A case as one workbook with a sheet for each table, as the reader of workbooks takes it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from riskplan.case.sources.boundaries import BOUNDARY_COLUMNS
from riskplan.case.sources.names import BOUNDARY_SHEETS, is_settings, sheet_title
from riskplan.case.tables import Case
from riskplan.case.targets.columns import setting_pairs, written_tables
from riskplan.case.targets.place import refuse, swap_file
from riskplan.case.targets.rows import refuse_unreadable
from riskplan.case.targets.settings import add_settings
from riskplan.case.targets.sheets import sheet_columns, table_cells
from riskplan.excel import DEGREE, LAST_ROW, TEXT, Column, StreamBook, Value
from riskplan.text import say


def write_case_workbook(case: Case, target: Path, *, lang: str = "zh") -> Path:
    """Write a case to a workbook; only an older case is replaced, the same case gives the same bytes.

    Parameters
    ----------
    case
        What to write.
    target
        Name ending in ``.xlsx``.
    lang
        Language of sheets, headers and words.
    """
    if target.exists() and not _is_case(target):
        refuse(target.name)
    refuse_unreadable(case, LAST_ROW - 1)
    book = StreamBook()
    add_settings(book, setting_pairs(case, lang), lang)
    for table in written_tables(case):
        rows = zip(*table_cells(case, table, lang), strict=True)
        book.add_table(sheet_title(table, lang), sheet_columns(table, lang), rows)
    if case.townships_geometry:
        book.add_table(BOUNDARY_SHEETS[lang == "zh"], boundary_columns(lang), _corners(case))
    return swap_file(target, lambda path: book.save(path, case.as_of))


def _is_case(path: Path) -> bool:
    try:
        names = calamine.CalamineWorkbook.from_path(str(path)).sheet_names
    except (calamine.CalamineError, OSError):
        return False
    return any(is_settings(name) for name in names)


def boundary_columns(lang: str) -> list[Column]:
    """Return the columns of the sheet with the corners of the townships."""
    formats = {"lon": DEGREE, "lat": DEGREE, "seq": "0"}
    return [
        Column(words[lang == "zh"], 14, formats.get(name, TEXT), note=say(f"template.corner.{name}", lang))
        for name, words in BOUNDARY_COLUMNS.items()
    ]


def _corners(case: Case) -> Iterator[list[Value]]:
    for township in case.townships_geometry:
        for part, ring in enumerate(township.rings, 1):
            for seq, (lon, lat) in zip(itertools.count(1), ring, strict=False):
                yield [township.township_code, f"{part:04d}", seq, lon, lat]
