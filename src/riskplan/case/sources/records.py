"""The records of one sheet under attribute names: merged cells filled, other lines left out and listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import cast

import pandas as pd

from riskplan.case.attributes import Attribute, table_attributes
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.sources.cell_text import column_letters, date_text_1904, text_of
from riskplan.case.sources.grid import Grid
from riskplan.case.sources.headers import HeaderRow, match_headers
from riskplan.case.sources.layout import Header, skip_reason
from riskplan.errors import Fault

_REPEATED = frozenset({"ref", "enum", "bool", "date", "list", "weekdays", "months", "clock", "int"})
"""Kinds whose cells repeat: equal texts are kept once."""
_LISTED = 12

Row = list[object]


@dataclass
class _Merges:
    """Cells merged downwards, as the rows go by."""

    starts: dict[int, list[tuple[int, int]]]
    active: dict[int, tuple[int, object]] = field(default_factory=dict)
    filled: list[str] = field(default_factory=list)

    def fill(self, number: int, row: Row) -> None:
        """Put what stands in the first cell of a merged range into its cells of this row."""
        for column, last in self.starts.get(number, ()):
            if column < len(row):
                self.active[column] = (last, row[column])
        for column, (last, value) in list(self.active.items()):
            if number > last:
                del self.active[column]
            elif column < len(row) and row[column] == "" and value != "":
                row[column] = value
                self.filled.append(f"{column_letters(column)}{number}")


@dataclass
class _Records:
    """Rows kept and lines left out."""

    numbers: list[int] = field(default_factory=list)
    rows: list[Sequence[object]] = field(default_factory=list)
    skipped: list[Fault] = field(default_factory=list)


def read_records(file: str, grid: Grid, header: Header, rows: Iterable[Row]) -> Sheet:
    """Return the records of a sheet.

    Parameters
    ----------
    file
        Name of the workbook, for messages.
    grid
        The sheet; its own rows are not touched.
    header
        Which columns mean what.
    rows
        All rows of the sheet from row 1 on.
    """
    letters = [column_letters(at) for at in range(len(header.labels))]
    place = HeaderRow(file, grid.name, header.row, letters)
    columns, faults = match_headers(header.table, header.labels, place)
    origin = Origin(
        file,
        grid.name,
        {name: header.labels[at] for name, at in columns.items()},
        {name: letters[at] for name, at in columns.items()},
    )
    positions = list(columns.values())
    merges = _Merges(_vertical(grid, header.first_data, positions))
    found = _collect(file, grid.name, rows, header.first_data, positions, merges)
    kinds = {a.name: a for a in table_attributes(header.table)}
    cells = pd.DataFrame(
        {
            name: _column(list(map(itemgetter(i), found.rows)), kinds[name], date1904=grid.date1904)
            for i, name in enumerate(columns)
        },
        dtype=object,
    )
    sheet = Sheet.of(origin, cells, found.numbers)
    sheet.faults = [*faults, *found.skipped, *_noticed(file, grid, columns, found.numbers)]
    if merges.filled:
        args = {"count": str(len(merges.filled)), "cells": _few(merges.filled)}
        sheet.faults.append(
            Fault("merged_filled", file, grid.name, args=args, warning=True, cell=merges.filled[0])
        )
    return sheet


def _vertical(grid: Grid, first_data: int, positions: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    starts: dict[int, list[tuple[int, int]]] = {}
    for r0, c0, r1, _ in sorted(grid.merged):
        if r1 > r0 and r1 >= first_data and c0 in positions:
            starts.setdefault(r0, []).append((c0, r1))
    return starts


def _collect(
    file: str, name: str, rows: Iterable[Row], first_data: int, positions: Sequence[int], merges: _Merges
) -> _Records:
    found = _Records()
    width = max(positions, default=-1) + 1
    pick = _picker(positions)
    for number, given in enumerate(rows, 1):
        if number < first_data:
            continue
        row = given if len(given) >= width else [*given, *[""] * (width - len(given))]
        reason = skip_reason(row)
        picked = pick(row)
        if reason in {"", "blank"} and _all_blank(picked):
            continue
        if reason:
            found.skipped.append(_skipped(file, name, number, row, reason))
            continue
        if merges.starts:
            merges.fill(number, row)
            picked = pick(row)
        found.numbers.append(number)
        found.rows.append(picked)
    return found


def _picker(positions: Sequence[int]) -> Callable[[Row], Sequence[object]]:
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda row: [row[at] for at in positions]


def _all_blank(picked: Sequence[object]) -> bool:
    return all(value is None or value == "" or (type(value) is str and not value.strip()) for value in picked)


def _skipped(file: str, name: str, number: int, row: Sequence[object], reason: str) -> Fault:
    at, text = next((i, t) for i, v in enumerate(row) if (t := text_of(v)))
    cell = f"{column_letters(at)}{number}"
    return Fault(f"row_{reason}", file, name, number, value=text[:60], warning=True, cell=cell)


def _column(values: Sequence[object], attribute: Attribute, *, date1904: bool) -> list[str]:
    """Return values as text; each different one is converted once, and equal texts are one string."""
    types = set(map(type, values))
    if types == {str} and attribute.kind not in _REPEATED:
        return [text.strip() for text in cast("Sequence[str]", values)]
    convert: Callable[[object], str] = text_of
    if date1904 and attribute.kind == "date":
        convert = date_text_1904
    if bool in types and types & {int, float}:  # True equals 1 and is not the same text
        return list(map(convert, values))
    texts = {value: convert(value) for value in dict.fromkeys(values)}
    return list(map(texts.__getitem__, values))


def _noticed(file: str, grid: Grid, columns: dict[str, int], numbers: Sequence[int]) -> Iterator[Fault]:
    """List what does not show on the screen but was read."""
    if not grid.visible:
        yield Fault("hidden_sheet", file, grid.name, warning=True)
    kept = set(numbers)
    rows = [str(r) for r in grid.notes.hidden_rows if r in kept]
    if rows:
        code = "filtered_rows" if grid.notes.filtered else "hidden_rows"
        args = {"count": str(len(rows)), "rows": _few(rows)}
        yield Fault(code, file, grid.name, int(rows[0]), args=args, warning=True)
    hidden = set(grid.notes.hidden_columns)
    letters = [column_letters(at) for at in columns.values() if at in hidden]
    if letters:
        args = {"columns": ", ".join(letters)}
        yield Fault("hidden_columns", file, grid.name, args=args, warning=True)


def _few(texts: Sequence[str]) -> str:
    return ", ".join(texts[:_LISTED]) + (" ..." if len(texts) > _LISTED else "")
