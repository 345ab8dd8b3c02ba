"""A folder of CSV tables in UTF-8 or GB18030, with ``case.toml`` and ``townships.geojson``."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from riskplan.case.attributes import REQUIRED_TABLES, table_names
from riskplan.case.geo import read_polygons
from riskplan.case.settings import settings_from_toml
from riskplan.case.sheet import Sheet
from riskplan.case.source import Source
from riskplan.case.sources.headers import with_headers
from riskplan.case.sources.parquet import parquet_tables, read_parquet_tables
from riskplan.errors import Fault


def read_folder(root: Path) -> Source:
    """Return the tables of a case folder as text."""
    settings, faults = settings_from_toml(root / "case.toml")
    result = Source(root.name, settings, faults=faults)
    as_parquet = parquet_tables(root)
    for table in table_names():
        path = root / f"{table}.csv"
        if not path.exists():
            if table in REQUIRED_TABLES and table not in as_parquet:
                result.faults.append(Fault("missing_file", path.name))
            continue
        sheet = read_sheet(path, table)
        if isinstance(sheet, Sheet):
            result.sheets[table] = sheet
        else:
            result.faults += sheet
    polygons = root / "townships.geojson"
    if polygons.exists():
        result.polygons, found = read_polygons(polygons)
        result.faults += found
    read_parquet_tables(root, result)
    return result


def read_sheet(path: Path, table: str) -> Sheet | list[Fault]:
    """Read one CSV as text with known headers.

    Parameters
    ----------
    path
        CSV file in UTF-8 (with or without BOM) or GB18030.
    table
        Table name of ``attributes.csv``.

    Returns
    -------
    Sheet | list[Fault]
        The sheet, or the faults that make the file unreadable as this table.
    """
    text = decoded(path)
    if text is None:
        return [Fault("unknown_encoding", path.name)]
    try:
        raw = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skip_blank_lines=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        return [Fault("unreadable_csv", path.name, value=str(error).strip()[:120])]
    raw.columns = [str(c).strip().lstrip("\ufeff") for c in raw.columns]
    return with_headers(path.name, table, raw)


def decoded(path: Path) -> str | None:
    """Return the text of a file in UTF-8 or GB18030, None where it is neither."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
