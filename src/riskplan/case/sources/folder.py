"""A folder of tables (CSV in UTF-8 or GB18030, GeoJSON, Parquet) under English or Chinese names, with ``case.toml``."""

from __future__ import annotations

from pathlib import Path

from riskplan.case.attributes import REQUIRED_TABLES, table_names
from riskplan.case.geo import read_polygons
from riskplan.case.settings import settings_from_toml
from riskplan.case.sheet import Sheet
from riskplan.case.source import Source
from riskplan.case.sources.delimited import read_delimited
from riskplan.case.sources.geojson import geojson_tables, read_geojson_tables
from riskplan.case.sources.names import table_of
from riskplan.case.sources.osm import take_roads
from riskplan.case.sources.parquet import parquet_tables, read_parquet_tables
from riskplan.case.sources.parts import fill_townships
from riskplan.errors import Fault

OTHERS = frozenset({"leaders"})
"""Files of a case folder that other rooms read."""


def read_folder(root: Path) -> Source:
    """Return the tables of a case folder as text."""
    settings, faults = settings_from_toml(root / "case.toml")
    result = Source(root.name, settings, faults=faults)
    parts: dict[str, list[Sheet]] = {}
    refused: set[str] = set()
    for path in _files(root):
        _take(path, result, parts, refused)
    fill_townships(parts)
    elsewhere = parquet_tables(root) | geojson_tables(root)
    for table in table_names():
        if table in parts:
            sheet = parts[table][0] if len(parts[table]) == 1 else Sheet.joined(parts[table])
            result.sheets[table] = sheet
            if table in REQUIRED_TABLES and not len(sheet.cells):
                result.faults.append(Fault("empty_table", sheet.file))
        elif table in REQUIRED_TABLES and table not in refused and table not in elsewhere:
            result.faults.append(Fault("missing_file", f"{table}.csv"))
    polygons = root / "townships.geojson"
    if polygons.exists():
        result.polygons, found = read_polygons(polygons)
        result.faults += found
    read_parquet_tables(root, result)
    read_geojson_tables(root, result)
    take_roads(root, result)
    return result


def _files(root: Path) -> list[Path]:
    """Return the CSV files: those named for a table first, in order of names."""
    found = [path for path in root.iterdir() if path.suffix.lower() == ".csv" and path.is_file()]
    return sorted(found, key=lambda path: (table_of(path.stem) is None, path.name))


def _take(path: Path, result: Source, parts: dict[str, list[Sheet]], refused: set[str]) -> None:
    """Read one file as what its name or its headers say."""
    table = table_of(path.stem)
    if path.stem in OTHERS:
        return
    text = decoded(path)
    if text is None:
        result.faults.append(Fault("unknown_encoding", path.name))
        refused.add(table or "")
        return
    found = read_delimited(path.name, text, (table,) if table else table_names())
    if isinstance(found, tuple):
        parts.setdefault(found[0], []).append(found[1])
    elif table is None:
        result.faults.append(Fault("file_left_out", path.name, warning=True))
    else:
        result.faults += found
        refused.add(table)


def decoded(path: Path) -> str | None:
    """Return the text of a file in UTF-8 or GB18030, None where it is neither or can't be read."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
