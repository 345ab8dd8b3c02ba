"""What stands in a case as rows of text, one page a file or sheet, with the row numbers that its faults name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from riskplan.case.database import is_address
from riskplan.case.sheet import Sheet
from riskplan.case.sources import open_source
from riskplan.case.sources.books import open_book
from riskplan.case.sources.cell_text import text_of
from riskplan.case.sources.delimited import separator_of
from riskplan.case.sources.folder import decoded
from riskplan.case.sources.headers import attribute_of, is_numbering
from riskplan.case.sources.layout import HEADER_WITHIN, find_header
from riskplan.case.sources.names import table_of
from riskplan.errors import InputError
from riskplan.text import say

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})


@dataclass(frozen=True)
class Page:
    """One file or sheet.

    Parameters
    ----------
    file, sheet
        As faults name it.
    rows
        Cells of each row as text, from row 1 and column A on.
    row_of
        Row number that a fault names -> row of ``rows`` from 1; None where they are the same.
    """

    file: str
    sheet: str | None
    rows: Sequence[Sequence[str]]
    row_of: Mapping[int, int] | None = None

    def row(self, number: int) -> int:
        """Return the row of ``rows`` that a fault means."""
        return number if self.row_of is None else self.row_of.get(number, number)


def pages_of(source: Path | str, lang: str) -> list[Page]:
    """Return the pages of a case; none where nothing of it can be read.

    Parameters
    ----------
    source
        What was checked: folder, workbook, GeoPackage or address of a database.
    lang
        Language of the header above row numbers.
    """
    path = Path(source)
    try:
        if not is_address(source) and path.is_dir():
            return [*_text_files(path), *_tables(source, lang, ".parquet")]
        if not is_address(source) and path.suffix.lower() in WORKBOOKS:
            return [
                Page(path.name, grid.name, [[text_of(value) for value in row] for row in grid.rows])
                for grid in open_book(path)
            ]
        return list(_tables(source, lang))
    except InputError:
        return []


def _text_files(root: Path) -> Iterator[Page]:
    for path in sorted(root.iterdir()):
        kind = path.suffix.lower()
        text = decoded(path) if kind in {".csv", ".toml"} and path.is_file() else None
        if text is None:
            continue
        if kind == ".toml":
            yield Page(path.name, None, [[line] for line in text.splitlines()])
        elif rows := _csv_rows(text):
            yield Page(path.name, None, _without_unknown(rows, table_of(path.stem)))


def _csv_rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text)))
    except csv.Error:
        return [[line] for line in text.splitlines()]


def _without_unknown(rows: list[list[str]], table: str | None) -> list[list[str]]:
    """Return rows without what stands in columns outside the attribute table: they are never copied."""
    top = [[cell.strip() for cell in row] for row in rows[:HEADER_WITHIN]]
    width = max(map(len, top), default=0)
    header = find_header([row + [""] * (width - len(row)) for row in top], (), (table,)) if table else None
    if header is None or table is None:
        return rows[:1]
    kept = {at for at, label in enumerate(header.labels) if attribute_of(table, label) or is_numbering(label)}
    below = ([cell if at in kept else "" for at, cell in enumerate(row)] for row in rows[header.row :])
    return [*rows[: header.row], *below]


def _tables(source: Path | str, lang: str, ending: str = "") -> Iterator[Page]:
    for sheet in open_source(source).sheets.values():
        for at, origin in enumerate(sheet.origins):
            if origin.file.endswith(ending):
                yield _table(sheet, at, lang)


def _table(sheet: Sheet, at: int, lang: str) -> Page:
    origin = sheet.origins[at]
    mine = (sheet.origin_of == at).nonzero()[0]
    numbers = sheet.row_of[mine].tolist()
    names = [name for name in origin.headers if name in sheet.cells]
    cells = [sheet.cells[name].iloc[mine].tolist() for name in names]
    rows = [[say("mark.row", lang), *(origin.headers[name] for name in names)]]
    rows += [[str(number), *row] for number, *row in zip(numbers, *cells, strict=True)]
    return Page(origin.file, origin.sheet, rows, {number: k for k, number in enumerate(numbers, 2)})
