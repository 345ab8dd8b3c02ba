"""A CSV as offices keep it: the header found below titles, totals and notes left out and listed."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import table_attributes
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.sources.headers import HeaderRow, match_headers, stripped
from riskplan.case.sources.layout import HEADER_WITHIN, Header, find_header, fits, skip_reason
from riskplan.cells import unguard
from riskplan.errors import Fault

_SEPARATORS = ",\t;"
_TOO_LONG = re.compile(r"Expected ([0-9]+) fields in line ([0-9]+), saw ([0-9]+)")
_NUMBERS = frozenset({"lon", "lat", "int", "date", "clock"})
"""Kinds whose cells may begin with a sign of their own, so that nothing guards them."""


def read_delimited(file: str, text: str, tables: Sequence[str]) -> tuple[str, Sheet] | list[Fault]:
    """Return the table that a CSV holds, and its records under attribute names.

    Parameters
    ----------
    file
        Name for messages.
    text
        All of it.
    tables
        Tables that it may be; with several of them it must fit one well.

    Returns
    -------
    tuple[str, Sheet] | list[Fault]
        Table and sheet, or the faults that make the file unreadable; none where it fits no table.
    """
    try:
        frame = _frame(text)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, ValueError) as error:
        return [_unreadable(file, str(error))]
    if not len(frame):
        return [_unreadable(file, "empty")]
    top = [[cell.strip() for cell in row] for row in frame.iloc[:HEADER_WITHIN].itertuples(index=False)]
    header = find_header(top, (), tables)
    if len(tables) > 1:
        header = header if header is not None and fits(header) else None
    if header is not None:
        return header.table, _records(file, header, frame)
    return [Fault("no_header", file, args={"table": tables[0]})] if len(tables) == 1 else []


def _frame(text: str) -> pd.DataFrame:
    """Return every cell as text; as many columns as the widest of the first rows has."""
    separator = separator_of(text)
    first = itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), HEADER_WITHIN)
    width = max((len(row) for row in first), default=0)
    if not width:
        return pd.DataFrame()
    return pd.read_csv(
        io.BytesIO(text.encode()),
        sep=separator,
        header=None,
        names=range(width),
        dtype=object,
        skip_blank_lines=False,
        na_filter=False,
    )


def separator_of(text: str) -> str:
    """Return the sign between the cells of a CSV: the one that cuts most of its first rows."""
    return max(_SEPARATORS, key=lambda sign: _cut(text[: 1 << 16], sign))


def _cut(head: str, separator: str) -> tuple[int, int]:
    """Return how many of the first rows a sign cuts, and into how many cells in all."""
    rows = itertools.islice(csv.reader(io.StringIO(head, newline=""), delimiter=separator), HEADER_WITHIN)
    widths = [len(row) for row in rows if len(row) > 1]
    return len(widths), sum(widths)


def _unreadable(file: str, told: str) -> Fault:
    found = _TOO_LONG.search(told)
    if found:
        return Fault("too_many_cells", file, None, int(found[2]), value=found[3], args={"expected": found[1]})
    return Fault("unreadable_csv", file, value=told.strip()[:120])


def _records(file: str, header: Header, frame: pd.DataFrame) -> Sheet:
    columns, faults = match_headers(header.table, header.labels, HeaderRow(file, None, header.row))
    body = frame.iloc[header.first_data - 1 :]
    numbers = np.arange(header.first_data, len(frame) + 1)
    leading = _leading(body)
    skipped = np.zeros(len(body), dtype=bool)
    for i in np.flatnonzero(_doubtful(leading)).tolist():
        reason = skip_reason([leading[i]])
        if reason not in {"", "blank"}:
            skipped[i] = True
            row, value = int(numbers[i]), leading[i].strip()[:60]
            faults.append(Fault(f"row_{reason}", file, None, row, value=value, warning=True))
    kinds = {a.name: a.kind for a in table_attributes(header.table)}
    cells = {name: _cleaned(body[at], guarded=kinds[name] not in _NUMBERS) for name, at in columns.items()}
    keep = ~skipped & _any_filled(list(cells.values()), len(body))
    kept = pd.DataFrame({name: column[keep] for name, column in cells.items()}, dtype=object)
    origin = Origin(file, None, {name: header.labels[at] for name, at in columns.items()})
    sheet = Sheet.of(origin, kept, numbers[keep].tolist())
    sheet.faults = faults
    return sheet


def _leading(body: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the first cell of each row that is not empty."""
    result = body[0].to_numpy(dtype=object, copy=True)
    for at in range(1, body.shape[1]):
        empty = np.flatnonzero(result == "")
        if not len(empty):
            break
        result[empty] = body[at].to_numpy(dtype=object)[empty]
    return result


def _doubtful(leading: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Return which first cells may be those of totals, notes or examples: all but plain ids."""
    may = (not text.isascii() or text[:1] in "eE " for text in leading)
    return np.fromiter(may, dtype=bool, count=len(leading))


def _cleaned(column: pd.Series, *, guarded: bool) -> npt.NDArray[np.object_]:
    """Return cells without outer space, and without the apostrophe that keeps them from being formulas."""
    values = stripped(column)
    if guarded and "'" in "".join(values):
        values = np.fromiter(map(unguard, values), dtype=object, count=len(values))
    return values


def _any_filled(columns: Sequence[npt.NDArray[np.object_]], count: int) -> npt.NDArray[np.bool_]:
    filled = np.zeros(count, dtype=bool)
    for values in columns:
        filled |= values != ""
        if filled.all():
            break
    return filled
