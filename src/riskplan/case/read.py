"""One door for a case: read everything, collect every fault, refuse once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd

from riskplan.case.aliases import apply_aliases
from riskplan.case.attributes import table_attributes, table_names
from riskplan.case.calendar import horizon_days
from riskplan.case.canonical import fingerprint, in_order
from riskplan.case.checks import CHECKS, check_campaign_dates, tell_ended_overrides
from riskplan.case.datum import Datum
from riskplan.case.datum_check import check_datum
from riskplan.case.defaults import list_defaults
from riskplan.case.duplicates import list_near_duplicates
from riskplan.case.geo import check_points, to_rings, township_polygons
from riskplan.case.identity import check_credit_codes, note_several_premises
from riskplan.case.mergers import former_codes, move_merged
from riskplan.case.parse import parse_column
from riskplan.case.placing import place_all
from riskplan.case.points import datum_of, locate
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.source import Source
from riskplan.case.sources import open_source
from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError

Sheets = Mapping[str, Sheet]
Tables = dict[str, pd.DataFrame]


@contextmanager
def _few_collections() -> Iterator[None]:
    """Keep the collector of reference cycles still: a case has millions of cells and no cycles, a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_few_collections()
def read_case(source: Path | str, *, as_of: dt.date | None = None) -> Case:
    """Read and check a case.

    Parameters
    ----------
    source
        Folder of CSV, GeoJSON or Parquet with ``case.toml``, a workbook (``.xlsx``, ``.xls``), a GeoPackage
        (``.gpkg``), or the address of a PostGIS schema (``postgresql://user@host/database?schema=name``).
    as_of
        Overrides the case's own "today".

    Raises
    ------
    InputError
        With every fault found: file, sheet, row, column, value, what was expected and what to do.
    """
    found = open_source(source)
    tables = {table: _typed(found.sheets, table) for table in table_names()}
    former = former_codes(found.sheets, tables)
    tables = move_merged(found.sheets, tables, former)
    sheets, tables = apply_aliases(found.sheets, tables)
    polygons = _polygons(found, tables, former)
    tables = _placed(found, sheets, tables, polygons)
    _check(found, sheets, tables)
    tell_ended_overrides(sheets, tables, as_of or found.settings.get("as_of"))
    faults = [*found.faults, *(fault for sheet in sheets.values() for fault in sheet.faults)]
    if any(not fault.warning for fault in faults):
        raise InputError(faults)
    return _assemble(found, tables, polygons, faults, as_of)


def _typed(sheets: Sheets, table: str) -> pd.DataFrame:
    sheet = sheets.get(table) or Sheet.of(Origin(f"{table}.csv"), pd.DataFrame())
    return pd.DataFrame({a.name: parse_column(sheet, a) for a in table_attributes(table)})


def _polygons(source: Source, tables: Tables, former: Mapping[str, str]) -> gpd.GeoDataFrame | None:
    if source.polygons is None:
        return None
    codes = sorted(tables["townships"]["township_code"])
    frame, faults = township_polygons(source.polygons, source.polygons_file, codes, former)
    source.faults += faults
    return frame


def _placed(source: Source, sheets: Sheets, tables: Tables, polygons: gpd.GeoDataFrame | None) -> Tables:
    """Return the tables with every point in WGS84: judged against the townships, and set near by where there is none."""
    datum = datum_of(source)
    if datum is None:
        return tables
    written = tables["enterprises"]
    tables |= locate(sheets, {n: t for n, t in tables.items() if n not in source.in_wgs84}, datum)
    sheet = sheets.get("enterprises")
    if sheet is not None and polygons is not None and _datum_holds(source, sheet, written, polygons, datum):
        check_points(sheet, tables["enterprises"], polygons)
    return place_all(sheets, tables, polygons)


def _datum_holds(
    source: Source, sheet: Sheet, written: pd.DataFrame, polygons: gpd.GeoDataFrame, datum: Datum
) -> bool:
    confirmed = source.settings.get("datum_confirmed") is True
    return check_datum(sheet, written, polygons, datum, confirmed=confirmed)


def _check(source: Source, sheets: Sheets, tables: Tables) -> None:
    """Look at what must hold between cells; faults go to the sheets."""
    list_defaults(sheets)
    for check in CHECKS:
        check(sheets, tables)
    check_campaign_dates(sheets, tables, source.settings.get("horizon"))
    check_credit_codes(sheets, tables)
    note_several_premises(sheets, tables)
    list_near_duplicates(sheets, tables, str(source.settings.get("name", "")))


def _assemble(
    source: Source,
    tables: Tables,
    polygons: gpd.GeoDataFrame | None,
    faults: list[Fault],
    as_of: dt.date | None,
) -> Case:
    settings = source.settings
    first, last = settings["horizon"]["first"], settings["horizon"]["last"]
    ordered = {name: in_order(name, frame) for name, frame in tables.items()}
    country = settings.get("country", "CN")
    try:
        days = horizon_days(country, first, last, ordered["calendar"])
    except NotImplementedError:
        at = (source.settings_file, source.settings_sheet)
        raise InputError([Fault("unknown_country", *at, column="country", value=country)]) from None
    case = Case(
        name=settings["name"],
        country=country,
        language=settings.get("language", "zh"),
        as_of=as_of or settings["as_of"],
        first_day=first,
        last_day=last,
        fictional=settings.get("fictional", False),
        tables=ordered,
        townships_geometry=() if polygons is None else to_rings(polygons),
        days=days,
        boundary_note=settings.get("boundary_note", ""),
        credit=settings.get("credit", ""),
        warnings=tuple(sorted((f for f in faults if f.warning), key=Fault.sort_key)),
    )
    return dataclasses.replace(case, fingerprint=fingerprint(case))
