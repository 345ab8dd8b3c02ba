"""Damage that the fuzzers found: told in words, never a traceback."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pyarrow as pa
import pytest
from pyarrow import parquet

from riskplan.case.read import read_case
from riskplan.case.write import write_case
from riskplan.errors import InputError


def codes(source):
    """Return the codes of the faults of a case."""
    with pytest.raises(InputError) as told:
        read_case(source)
    return {fault.code for fault in told.value.faults if not fault.warning}


def test_a_ring_that_is_not_closed_makes_a_file_of_polygons_unreadable(broken):
    """A polygon whose last corner is not its first is refused with the file's name."""
    path = broken / "townships.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [[[1, 2], [2, 2], [2, 3], [1.5, 2]]]}
    path.write_text(json.dumps(data), encoding="utf-8")
    assert codes(broken) == {"unreadable_geojson"}


def test_names_that_are_no_text_make_a_geopackage_unreadable(hamlet, tmp_path):
    """Bytes that are no UTF-8, where a layer's name stands, are refused."""
    path = tmp_path / "case.gpkg"
    write_case(hamlet, path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE gpkg_contents SET table_name = CAST(x'e5cb' AS TEXT) WHERE table_name = 'hazards'"
        )
    assert codes(path) == {"unreadable_geopackage"}


def test_cells_that_are_no_text_make_a_parquet_file_unreadable(hamlet, tmp_path):
    """Bytes that are no UTF-8 in a column of text are refused with the file's name."""
    folder = tmp_path / "case"
    write_case(hamlet, folder, parquet=True)
    table = parquet.read_table(folder / "hazards.parquet")
    words = pa.array([b"\xe5\xcb"] * len(table), pa.binary()).view(pa.string())
    at = table.column_names.index("kind")
    parquet.write_table(table.set_column(at, "kind", words), folder / "hazards.parquet")
    assert codes(folder) == {"unreadable_parquet"}
