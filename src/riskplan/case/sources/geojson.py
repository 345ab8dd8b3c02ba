"""Tables of a case folder whose rows are points, as GeoJSON in place of CSV: ``enterprises.geojson`` and the like."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from riskplan.case.geo import read_polygons
from riskplan.case.source import Source
from riskplan.case.sources.names import table_of
from riskplan.case.sources.native import layer_sheet, texts, with_points
from riskplan.errors import Fault

POINT_TABLES = ("enterprises", "villages")
"""Tables that may be a GeoJSON file of points."""


def geojson_tables(root: Path) -> dict[str, Path]:
    """Return the tables of a case folder that are kept as GeoJSON, whatever language their file is named in."""
    found = {path: table_of(path.stem) for path in sorted(root.glob("*.geojson")) if path.is_file()}
    return {table: path for path, table in reversed(found.items()) if table in POINT_TABLES}


def read_geojson_tables(root: Path, source: Source) -> None:
    """Add the GeoJSON tables of a case folder to a source.

    Parameters
    ----------
    root
        Case folder.
    source
        Takes tables and faults; a table that stands there in another form too is a fault.
    """
    for table, path in sorted(geojson_tables(root).items()):
        if table in source.sheets:
            args = {"first": source.sheets[table].file, "second": path.name}
            source.faults.append(Fault("two_files_one_table", path.name, args=args))
            continue
        frame, faults = read_polygons(path)
        source.faults += faults
        if frame is not None:
            cells = with_points(source, (path.name, None), table, _cells(frame), frame.geometry)
            source.sheets[table] = layer_sheet(path.name, None, table, cells, range(1, len(cells) + 1))


def _cells(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the properties of the features as text."""
    plain = frame.drop(columns=frame.geometry.name)
    columns = {
        name: texts([None if pd.isna(value) else value for value in plain[name].tolist()], {})
        for name in plain
    }
    return pd.DataFrame(columns, dtype=object, index=range(len(frame)))
