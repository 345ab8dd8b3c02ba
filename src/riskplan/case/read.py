"""One door for a case: read everything, collect every fault, refuse once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from riskplan.case.attributes import table_attributes, table_names
from riskplan.case.calendar import horizon_days
from riskplan.case.checks import CHECKS
from riskplan.case.coordinates import to_wgs84
from riskplan.case.geo import check_points, to_rings, township_polygons
from riskplan.case.parse import parse_column
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.source import Source
from riskplan.case.sources import open_source
from riskplan.case.tables import Case, Township
from riskplan.errors import Fault, InputError

DATUMS = ("wgs84", "cgcs2000", "gcj02")


def read_case(source: Path | str, *, as_of: dt.date | None = None) -> Case:
    """Read and check a case.

    Parameters
    ----------
    source
        Folder with ``case.toml`` and the tables of ``attributes.csv``.
    as_of
        Overrides the case's own "today".

    Raises
    ------
    InputError
        With every fault found: file, sheet, row, column, value, what was expected and what to do.
    """
    found = open_source(source)
    faults = found.faults
    tables = {table: _typed(found.sheets, table) for table in table_names()}
    for check in CHECKS:
        check(found.sheets, tables)
    faults += _datum_faults(found)
    if found.settings.get("datum", "wgs84") == "gcj02":
        tables = {name: to_wgs84(frame) for name, frame in tables.items()}
    rings = _polygons(found, tables)
    faults += [f for sheet in found.sheets.values() for f in sheet.faults]
    if any(not f.warning for f in faults):
        raise InputError(faults)
    return _assemble(found.settings, tables, rings, faults, as_of)


def _datum_faults(source: Source) -> list[Fault]:
    datum = source.settings.get("datum", "wgs84")
    if datum in DATUMS:
        return []
    expected = {"expected": "|".join(DATUMS)}
    return [Fault("not_allowed", "case.toml", column="datum", value=str(datum), args=expected)]


def _typed(sheets: dict[str, Sheet], table: str) -> pd.DataFrame:
    sheet = sheets.get(table) or Sheet.of(Origin(f"{table}.csv"), pd.DataFrame())
    return pd.DataFrame({a.name: parse_column(sheet, a) for a in table_attributes(table)})


def _polygons(source: Source, tables: dict[str, pd.DataFrame]) -> tuple[Township, ...]:
    if source.polygons is None:
        return ()
    codes = sorted(tables["townships"]["township_code"])
    frame, found = township_polygons(source.polygons, source.polygons_file, codes)
    source.faults += found
    if frame is None:
        return ()
    sheet = source.sheets.get("enterprises")
    if sheet is not None and {"lon", "lat"} <= sheet.headers:
        check_points(sheet, tables["enterprises"], frame)
    return to_rings(frame)


def _assemble(
    settings: dict[str, Any],
    tables: dict[str, pd.DataFrame],
    rings: tuple[Township, ...],
    faults: list[Fault],
    as_of: dt.date | None,
) -> Case:
    first, last = settings["horizon"]["first"], settings["horizon"]["last"]
    ordered = {name: _sorted(name, frame) for name, frame in tables.items()}
    country = settings.get("country", "CN")
    try:
        days = horizon_days(country, first, last, ordered["calendar"])
    except NotImplementedError as error:
        raise InputError([Fault("unknown_country", "case.toml", column="country", value=country)]) from error
    case = Case(
        name=settings["name"],
        country=country,
        language=settings.get("language", "zh"),
        as_of=as_of or settings["as_of"],
        first_day=first,
        last_day=last,
        fictional=settings.get("fictional", False),
        tables=ordered,
        townships_geometry=rings,
        days=days,
        boundary_note=settings.get("boundary_note", ""),
        credit=settings.get("credit", ""),
        warnings=tuple(sorted((f for f in faults if f.warning), key=Fault.sort_key)),
    )
    return dataclasses.replace(case, fingerprint=fingerprint(case))


def _sorted(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    keys = [a.name for a in table_attributes(table) if a.kind not in {"list", "weekdays", "months"}]
    return frame.sort_values(keys, kind="stable").reset_index(drop=True)


def fingerprint(case: Case) -> str:
    """Return the SHA-256 over what the case says, whatever order or file its rows came in."""
    digest = hashlib.sha256()
    head = [case.name, case.country, str(case.as_of), str(case.first_day), str(case.last_day), case.fictional]
    digest.update(json.dumps(head, ensure_ascii=False).encode())
    for name in sorted(case.tables):
        digest.update(name.encode())
        digest.update(case.tables[name].to_csv(index=False, lineterminator="\n").encode())
    digest.update(case.days.is_workday.tobytes())
    digest.update(json.dumps([(t.township_code, t.rings) for t in case.townships_geometry]).encode())
    return digest.hexdigest()
