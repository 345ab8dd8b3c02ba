"""One GeoPackage: a layer a table, points and polygons as geometry, the settings in a table ``case``."""

from __future__ import annotations

import sqlite3
import urllib.parse
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from riskplan.case.attributes import table_names
from riskplan.case.settings import settings_from_pairs
from riskplan.case.sheet import Sheet
from riskplan.case.source import Source
from riskplan.case.sources.names import is_settings, table_of
from riskplan.case.sources.native import (
    is_boundary_layer,
    layer_sheet,
    missing_layers,
    texts,
    township_shapes,
    with_points,
)
from riskplan.errors import Fault, InputError

_STYLES = "layer_styles"
"""Table in which a GIS keeps how layers are drawn."""
_CHUNK = 1000
"""Rows that are fetched at once: few enough that their cells are still near when they become text."""
_BROKEN = (sqlite3.DatabaseError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError)


@dataclass(frozen=True)
class Layer:
    """One layer or attribute table.

    Parameters
    ----------
    name
        As the file calls it.
    geometry
        Column with the geometry, None in an attribute table.
    key
        Column that numbers the rows.
    columns
        Other columns with their declared types.
    """

    name: str
    geometry: str | None
    key: str
    columns: dict[str, str]


def read_geopackage(path: Path) -> Source:
    """Return the tables of a GeoPackage as text.

    Parameters
    ----------
    path
        ``.gpkg`` file; it is opened for reading only.

    Raises
    ------
    InputError
        If the file is no GeoPackage.
    """
    address = f"file:{urllib.parse.quote(str(path.absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = _layers(database)
            source = Source(path.name, polygons_file=path.name)
            _read_settings(database, layers, source)
            _read_layers(database, layers, path, source)
    except _BROKEN as error:
        raise InputError([Fault("unreadable_geopackage", path.name, value=str(error)[:120])]) from error
    missing_layers(source, path.name)
    return source


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _layers(database: sqlite3.Connection) -> list[Layer]:
    rows = database.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")
    names = [str(name) for (name,) in rows]
    geometry = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
    result = []
    for name in names:
        info = database.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
        key = next((c for _, c, kind, *_, pk in info if pk and kind.upper() == "INTEGER"), "rowid")
        columns = {c: kind.upper() for _, c, kind, *_ in info if c not in {key, geometry.get(name)}}
        result.append(Layer(name, geometry.get(name), key, columns))
    return result


def _read_settings(database: sqlite3.Connection, layers: list[Layer], source: Source) -> None:
    found = next((layer for layer in layers if is_settings(layer.name)), None)
    if found is None or len(found.columns) < 2:
        source.faults.append(Fault("missing_layer", source.name, "case"))
        return
    cells, rows = _cells(database, found)
    keys, values = (cells.iloc[:, at].str.strip() for at in range(2))
    pairs = zip(rows, keys, values, strict=True)
    source.settings_file, source.settings_sheet = source.name, found.name
    source.settings, faults = settings_from_pairs(pairs, source.name, found.name)
    source.faults += faults


def _read_layers(database: sqlite3.Connection, layers: list[Layer], path: Path, source: Source) -> None:
    parts: dict[str, list[Sheet]] = {}
    for layer in sorted(layers, key=lambda found: table_of(found.name) != "enterprises"):
        table = table_of(layer.name)
        if is_boundary_layer(layer.name):
            source.polygons = township_shapes(pyogrio.read_dataframe(path, layer=layer.name))
        elif table in table_names():
            parts.setdefault(table, []).append(_sheet(database, layer, table, path, source))
        elif not is_settings(layer.name) and layer.name != _STYLES:
            source.faults.append(Fault("unknown_layer", path.name, layer.name, warning=True))
    source.sheets = {table: Sheet.joined(parts[table]) for table in table_names() if table in parts}


def _sheet(database: sqlite3.Connection, layer: Layer, table: str, path: Path, source: Source) -> Sheet:
    cells, rows = _cells(database, layer)
    if layer.geometry is not None:
        shapes: gpd.GeoDataFrame = pyogrio.read_dataframe(
            path, layer=layer.name, columns=[], fid_as_index=True
        )
        here = shapes.geometry.reindex(rows)
        if table == "townships" and source.polygons is None:
            codes = cells.set_axis(list(cells.columns), axis=1)
            source.polygons = township_shapes(
                gpd.GeoDataFrame(codes, geometry=here.to_numpy(), crs=shapes.crs)
            )
        cells = with_points(source, (path.name, layer.name), table, cells, here)
    return layer_sheet(path.name, layer.name, table, cells, rows)


def _cells(database: sqlite3.Connection, layer: Layer) -> tuple[pd.DataFrame, list[int]]:
    """Return the cells of a layer as text, read in pieces, and the numbers of its rows."""
    wanted = [_expression(name, kind) for name, kind in layer.columns.items()]
    key = _quoted(layer.key) if layer.key != "rowid" else "rowid"
    query = f"SELECT {', '.join([key, *wanted])} FROM {_quoted(layer.name)} ORDER BY 1"
    cursor = database.execute(query)
    memos: list[dict[Any, str]] = [{} for _ in layer.columns]
    rows: list[int] = []
    columns: list[list[str]] = [[] for _ in layer.columns]
    while piece := cursor.fetchmany(_CHUNK):
        numbers, *values = zip(*piece, strict=True)
        rows += numbers
        for at, part in enumerate(values):
            columns[at] += texts(part, memos[at])
    frame = pd.DataFrame(dict(enumerate(columns)), dtype=object)
    return frame.set_axis(list(layer.columns), axis=1), rows


def _expression(name: str, kind: str) -> str:
    """Return what to select: a moment without the letter that says UTC."""
    return f"rtrim({_quoted(name)}, 'Z')" if kind.startswith("DATETIME") else _quoted(name)
