"""A schema of a PostGIS database: a table for each table of the case, read in one transaction (extra ``postgis``)."""

from __future__ import annotations

import io
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from riskplan.case.attributes import table_names
from riskplan.case.database import DATABASE, Address, connected
from riskplan.case.extras import optional
from riskplan.case.settings import settings_from_pairs
from riskplan.case.sheet import Sheet
from riskplan.case.source import Source
from riskplan.case.sources.names import is_settings, table_of
from riskplan.case.sources.native import (
    is_boundary_layer,
    layer_sheet,
    missing_layers,
    township_shapes,
    with_points,
)
from riskplan.errors import Fault

_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type, c.udt_name, coalesce(k.is_key, false)
FROM information_schema.columns AS c
LEFT JOIN (
  SELECT u.table_schema, u.table_name, u.column_name, true AS is_key
  FROM information_schema.table_constraints AS t
  JOIN information_schema.key_column_usage AS u USING (constraint_schema, constraint_name, table_schema, table_name)
  WHERE t.constraint_type = 'PRIMARY KEY'
) AS k USING (table_schema, table_name, column_name)
WHERE c.table_schema = %s
ORDER BY c.table_name, c.ordinal_position
"""
_SPATIAL = frozenset({"geometry", "geography"})
_NUMBERS = frozenset({"smallint", "integer", "bigint"})


class _Table:
    """One table or view of the schema with its columns."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.geometry: str | None = None
        self.key: str | None = None
        self.columns: dict[str, str] = {}

    def take(self, column: str, kind: str, inner: str, is_key: bool) -> None:
        """Add a column: the geometry, the number of the row, or a value."""
        if inner in _SPATIAL:
            self.geometry = self.geometry or column
        elif is_key and kind in _NUMBERS:
            self.key = column
        else:
            self.columns[column] = kind


def read_postgis(address: str) -> Source:
    """Return the tables of a schema as text.

    Parameters
    ----------
    address
        ``postgresql://user:password@host:port/database?schema=name``; the password is never told to anybody.
    """
    place = Address.parsed(address)
    source = Source(DATABASE, polygons_file=DATABASE)
    with connected(place, read_only=True) as connection:
        tables = _tables(connection, place.schema)
        _read_settings(connection, place.schema, tables, source)
        _read_tables(connection, place.schema, tables, source)
    missing_layers(source, DATABASE)
    return source


def _tables(connection: Any, schema: str) -> list[_Table]:  # noqa: ANN401  # psycopg may be absent
    found: dict[str, _Table] = {}
    for name, column, kind, inner, is_key in connection.execute(_COLUMNS, [schema]):
        found.setdefault(name, _Table(name)).take(column, kind, inner, is_key)
    return list(found.values())


def _read_settings(connection: Any, schema: str, tables: list[_Table], source: Source) -> None:  # noqa: ANN401
    found = next((table for table in tables if is_settings(table.name)), None)
    if found is None or len(found.columns) < 2:
        source.faults.append(Fault("missing_layer", DATABASE, "case"))
        return
    cells, rows, _ = _cells(connection, schema, found)
    keys, values = (cells.iloc[:, at].str.strip() for at in range(2))
    pairs = zip(rows, keys, values, strict=True)
    source.settings_file, source.settings_sheet = DATABASE, found.name
    source.settings, faults = settings_from_pairs(pairs, DATABASE, found.name)
    source.faults += faults


def _read_tables(connection: Any, schema: str, tables: list[_Table], source: Source) -> None:  # noqa: ANN401
    parts: dict[str, list[Sheet]] = {}
    for found in sorted(tables, key=lambda t: table_of(t.name) != "enterprises"):
        table = table_of(found.name)
        if is_boundary_layer(found.name):
            cells, _, shapes = _cells(connection, schema, found)
            _take_polygons(source, cells, shapes)
        elif table in table_names():
            cells, rows, shapes = _cells(connection, schema, found)
            if table == "townships" and source.polygons is None:
                _take_polygons(source, cells, shapes)
            cells = with_points(source, (DATABASE, found.name), table, cells, shapes)
            parts.setdefault(table, []).append(layer_sheet(DATABASE, found.name, table, cells, rows))
    source.sheets = {table: Sheet.joined(parts[table]) for table in table_names() if table in parts}


def _take_polygons(source: Source, cells: pd.DataFrame, shapes: gpd.GeoSeries | None) -> None:
    if shapes is not None:
        frame = gpd.GeoDataFrame(cells.copy(), geometry=shapes.to_numpy(), crs=shapes.crs)
        source.polygons = township_shapes(frame)


def _cells(
    connection: Any,  # noqa: ANN401
    schema: str,
    table: _Table,
) -> tuple[pd.DataFrame, list[int], gpd.GeoSeries | None]:
    """Return the cells of a table as text, the numbers of its rows, and its geometry."""
    sql = optional("psycopg.sql", "postgis", DATABASE)
    wanted = [_as_text(sql, name, kind) for name, kind in table.columns.items()]
    wanted.append(
        sql.SQL("{}::text").format(sql.Identifier(table.geometry)) if table.geometry else sql.SQL("''")
    )
    number = sql.Identifier(table.key) if table.key else sql.SQL("row_number() OVER ()")
    query = sql.SQL("COPY (SELECT {}, {} FROM {} ORDER BY 1) TO STDOUT (FORMAT csv)").format(
        number, sql.SQL(", ").join(wanted), sql.Identifier(schema, table.name)
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        content = b"".join(bytes(piece) for piece in copy)
    names = list(range(len(wanted) + 1))
    raw = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, header=None, names=names)
    cells = raw.iloc[:, 1:-1].set_axis(list(table.columns), axis=1)
    shapes = _shapes(raw.iloc[:, -1]) if table.geometry else None
    return cells, [int(text) for text in raw.iloc[:, 0]], shapes


def _as_text(sql: Any, name: str, kind: str) -> Any:  # noqa: ANN401
    """Return the expression that gives a column as the reader takes it."""
    forms = {
        "ARRAY": "array_to_string({}, '|')",
        "time without time zone": "to_char({}, 'HH24:MI')",
    }
    return sql.SQL(forms.get(kind, "{}::text")).format(sql.Identifier(name))


def _shapes(texts: pd.Series) -> gpd.GeoSeries:
    """Return geometry from the text that PostGIS gives, with the CRS that its SRID names."""
    shapes = np.full(len(texts), None, dtype=object)
    known = (texts != "").to_numpy(dtype=bool)
    shapes[known] = shapely.from_wkb(texts[known].to_numpy(dtype=object))
    srid = int(shapely.get_srid(shapes[known])[0]) if known.any() else 0
    try:
        crs = CRS.from_epsg(srid) if srid else None
    except CRSError:
        crs = None
    return gpd.GeoSeries(shapes, crs=crs)
