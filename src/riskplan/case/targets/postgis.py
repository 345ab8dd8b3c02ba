"""A case as tables of a PostGIS schema, written in one transaction (extra ``postgis``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import shapely

from riskplan.case.attributes import table_names
from riskplan.case.database import Address, connected
from riskplan.case.extras import optional
from riskplan.case.tables import Case
from riskplan.case.targets.columns import setting_pairs, table_values, written_tables
from riskplan.case.targets.place import refuse
from riskplan.case.targets.shapes import SRID, split_points, township_polygons

_TYPES = {"text": "text", "float": "double precision", "int": "integer", "bool": "boolean", "date": "date"}
_HERE = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
_BOUNDARIES = "township_boundaries"


def write_postgis(case: Case, address: str) -> None:
    """Write a case into a schema; it is made when missing, and only the tables of an older case are replaced.

    Parameters
    ----------
    case
        What to write.
    address
        ``postgresql://user:password@host:port/database?schema=name``.
    """
    place = Address.parsed(address)
    sql = optional("psycopg.sql", "postgis", "postgis")
    with connected(place, read_only=False) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(place.schema)))
        _clear(connection, sql, place.schema)
        for table in written_tables(case):
            columns, points = split_points(table, table_values(case, table))
            kinds = {v.attribute.name: _TYPES[v.kind] for v in columns}
            cells = [v.cells() for v in columns]
            _write(connection, sql, (place.schema, table), kinds, cells, ("Point", points))
        codes, shapes = township_polygons(case)
        if codes:
            kinds = {"township_code": "text"}
            _write(connection, sql, (place.schema, _BOUNDARIES), kinds, [codes], ("MultiPolygon", shapes))
        keys, values = zip(*setting_pairs(case), strict=True)
        _write(
            connection,
            sql,
            (place.schema, "case"),
            {"key": "text", "value": "text"},
            [keys, values],
            ("", None),
        )


def _clear(connection: Any, sql: Any, schema: str) -> None:  # noqa: ANN401  # psycopg may be absent
    """Drop the tables of an older case; refuse where tables of these names are no case."""
    here = {name for (name,) in connection.execute(_HERE, [schema])}
    ours = [name for name in (*table_names(), _BOUNDARIES, "case") if name in here]
    if ours and "case" not in here:
        refuse(schema)
    for name in ours:
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(schema, name)))


def _write(
    connection: Any,  # noqa: ANN401
    sql: Any,  # noqa: ANN401
    name: tuple[str, str],
    kinds: dict[str, str],
    cells: Sequence[Iterable[object]],
    geometry: tuple[str, Any],
) -> None:
    """Make one table and fill it; the rows are numbered by ``fid``."""
    columns = [sql.SQL("fid integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY")]
    columns += [sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(kind)) for c, kind in kinds.items()]
    names = list(kinds)
    kind, shapes = geometry
    if shapes is not None:
        columns.append(sql.SQL(f"geom geometry({kind}, {SRID})"))
        names.append("geom")
        cells = [*cells, shapely.to_wkb(shapely.set_srid(shapes, SRID), hex=True, include_srid=True)]
    table = sql.Identifier(*name)
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(", ").join(columns)))
    fields = sql.SQL(", ").join(map(sql.Identifier, names))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(table, fields)
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in zip(*cells, strict=True):
            copy.write_row(row)
