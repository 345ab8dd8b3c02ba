"""A case in one workbook as offices keep it: a sheet per table or several, titles, totals, hidden rows and all."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from riskplan.case.attributes import REQUIRED_TABLES, table_names
from riskplan.case.geo import read_polygons
from riskplan.case.settings import SETTINGS, settings_from_pairs, settings_from_toml
from riskplan.case.sheet import Sheet
from riskplan.case.source import Source
from riskplan.case.sources.books import open_book
from riskplan.case.sources.boundaries import read_boundaries
from riskplan.case.sources.cell_text import text_of
from riskplan.case.sources.grid import Grid
from riskplan.case.sources.layout import HEADER_WITHIN, find_header, fits, top_rows
from riskplan.case.sources.names import is_boundaries, is_settings, plain_name, sheet_title, table_of
from riskplan.case.sources.own_sheets import is_own_sheet
from riskplan.case.sources.parts import fill_townships
from riskplan.case.sources.records import read_records
from riskplan.errors import Fault

_TITLES = frozenset({"key", "setting", "item", "键", "项目", "设置", "设置项", "参数", "字段"})
"""First cells of a header above the two columns of settings."""

Row = list[object]


@dataclass
class _Found:
    """What the sheets have given so far: table -> its sheets in order; table -> a sheet named for it without a table."""

    parts: dict[str, list[Sheet]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    with_settings: bool = False


def read_workbook(path: Path) -> Source:
    """Return the tables of a workbook as text.

    Parameters
    ----------
    path
        ``.xlsx``, ``.xlsm`` or ``.xls``. Where it has no sheet for the settings, ``<stem>.case.toml`` or ``case.toml``
        beside it gives them; where it has none for the corners of the townships, ``townships.geojson`` does.
    """
    source = Source(path.name)
    found = _Found()
    for grid in open_book(path):
        _take(grid, source, found)
    fill_townships(found.parts)
    for table in table_names():
        parts = found.parts.get(table, [])
        if parts:
            sheet = parts[0] if len(parts) == 1 else Sheet.joined(parts)
            source.sheets[table] = sheet
            if table in REQUIRED_TABLES and not len(sheet.cells):
                source.faults.append(Fault("empty_table", path.name, sheet.origins[0].sheet))
        elif table in found.unread:
            source.faults += _unread(path.name, found.unread[table], table)
        elif table in REQUIRED_TABLES:
            names = {"table": table, "zh": sheet_title(table, "zh")}
            source.faults.append(Fault("missing_sheet", path.name, args=names))
    _beside(path, source, found)
    return source


def _take(grid: Grid, source: Source, found: _Found) -> None:
    """Read one sheet as what its name or its headers say."""
    if is_settings(grid.name):
        found.with_settings = True
        source.settings_file, source.settings_sheet = source.name, grid.name
        settings, faults = settings_from_pairs(setting_pairs(grid.rows), source.name, grid.name)
        source.settings |= settings
        source.faults += faults
        return
    if is_boundaries(grid.name):
        source.polygons_file = source.name
        source.polygons, faults = read_boundaries(source.name, grid.name, list(grid.rows))
        source.faults += faults
        return
    first = list(itertools.islice(grid.rows, HEADER_WITHIN))
    named = table_of(grid.name)
    header = find_header(top_rows(first, grid.merged), grid.merged, (named,) if named else table_names())
    if header is None or not (named or fits(header)):
        if named:
            found.unread[named] = grid.name if any(text_of(v) for row in first for v in row) else ""
        elif not is_own_sheet(grid.name) and any(text_of(value) for row in first for value in row):
            source.faults.append(Fault("sheet_left_out", source.name, grid.name, warning=True))
        return
    sheet = read_records(source.name, grid, header, itertools.chain(first, grid.rows))
    found.parts.setdefault(header.table, []).append(sheet)


def _unread(file: str, sheet: str, table: str) -> list[Fault]:
    """Return the fault of a sheet that is named for a table and holds none."""
    if sheet:
        return [Fault("no_header", file, sheet, args={"table": table})]
    return [Fault("empty_table", file, args={}, column=table)] if table in REQUIRED_TABLES else []


def setting_pairs(rows: Iterable[Row]) -> list[tuple[int, str, str]]:
    """Return row number, key and value of each line of a settings sheet; a title or header line is left out."""
    known = {word for s in SETTINGS for word in (s.name, *s.zh)}
    pairs = []
    for number, row in enumerate(rows, 1):
        texts = [text_of(value) for value in row]
        at = next((i for i, text in enumerate(texts) if text), None)
        if at is None:
            continue
        key, value = texts[at], (*texts[at + 1 :], "")[0]
        if plain_name(key) not in _TITLES or key in known:
            pairs.append((number, key.rstrip(":： "), value))
    return pairs


def _beside(path: Path, source: Source, found: _Found) -> None:
    """Read settings and polygons from the files beside the workbook where it holds none."""
    if not found.with_settings:
        own = path.with_name(f"{path.stem}.case.toml")
        source.settings, faults = settings_from_toml(own if own.exists() else path.with_name("case.toml"))
        source.faults += faults
    polygons = path.with_name("townships.geojson")
    if source.polygons_file != source.name and polygons.exists():
        source.polygons, faults = read_polygons(polygons)
        source.faults += faults
