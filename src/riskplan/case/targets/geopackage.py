"""A case as one GeoPackage: enterprises and villages as points, boundaries as polygons, all else as plain tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio import raw

from riskplan.case.settings import SETTINGS_SHEETS
from riskplan.case.tables import Case
from riskplan.case.targets.columns import setting_pairs, table_values, written_tables
from riskplan.case.targets.place import refuse, swap_file
from riskplan.case.targets.shapes import CRS, split_points, township_polygons

_FIXED_DAY = {"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"}
"""The format keeps the moment of the last change; a fixed one gives the same bytes each time."""
_Arrays = dict[str, tuple[npt.NDArray[np.generic], npt.NDArray[np.bool_]]]


def write_geopackage(case: Case, target: Path) -> Path:
    """Write a case to a GeoPackage; only an older case is replaced."""
    if target.exists() and not _is_case(target):
        refuse(target.name)

    def make(path: Path) -> None:
        pyogrio.set_gdal_config_options(_FIXED_DAY)
        try:
            _write(case, path)
        finally:
            pyogrio.set_gdal_config_options(dict.fromkeys(_FIXED_DAY))

    return swap_file(target, make)


def _is_case(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            names = database.execute("SELECT lower(table_name) FROM gpkg_contents").fetchall()
    except sqlite3.Error:
        return False
    return any(name in SETTINGS_SHEETS for (name,) in names)


def _write(case: Case, path: Path) -> None:
    for table in written_tables(case):
        columns, points = split_points(table, table_values(case, table))
        _layer(path, table, {v.attribute.name: (v.data, v.missing) for v in columns}, points)
    codes, shapes = township_polygons(case)
    if codes:
        _layer(path, "township_boundaries", {"township_code": _text(codes)}, shapes)
    keys, values = zip(*setting_pairs(case), strict=True)
    _layer(path, "case", {"key": _text(keys), "value": _text(values)}, None)


def _text(values: list[str] | tuple[str, ...]) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    return np.array(values, dtype=object), np.zeros(len(values), dtype=bool)


def _with_gaps(data: npt.NDArray[np.generic], gap: npt.NDArray[np.bool_]) -> npt.NDArray[np.generic]:
    """Return text with None where a cell is empty; other types have a mask of their own."""
    if data.dtype != object:
        return data
    whole: npt.NDArray[np.object_] = data.astype(object)
    whole[gap] = None
    return whole


def _layer(path: Path, name: str, columns: _Arrays, shapes: npt.NDArray[np.object_] | None) -> None:
    kind = None if shapes is None else "MultiPolygon" if name == "township_boundaries" else "Point"
    raw.write(
        path,
        None if shapes is None else shapely.to_wkb(shapes),
        [_with_gaps(data, gap) for data, gap in columns.values()],
        list(columns),
        field_mask=[None if data.dtype == object else gap for data, gap in columns.values()],
        layer=name,
        driver="GPKG",
        geometry_type=kind,
        crs=None if shapes is None else CRS,
    )
