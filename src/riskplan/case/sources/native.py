"""What a GeoPackage, a GeoParquet file and a database share: typed cells to text, points from geometry, the CRS."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from riskplan.case.attributes import REQUIRED_TABLES, table_attributes
from riskplan.case.datum import Datum, parse_datum
from riskplan.case.sheet import Sheet
from riskplan.case.source import Source
from riskplan.case.sources.headers import attribute_of, with_headers
from riskplan.case.sources.names import is_boundaries
from riskplan.errors import Fault

BOUNDARY_LAYER = "township_boundaries"
"""Layer with the polygons of the townships, where they do not stand in ``townships`` itself."""
_PAIRS = (("lon", "lat"), ("depot_lon", "depot_lat"))
_NAMES = {4326: "wgs84", 4490: "cgcs2000"}
_SHARED = 50_000
"""From so many different cells on, those of a column are no longer looked up."""
_EXACT = 1e15
"""Below it every whole number in floating point is exactly what was written."""


def texts(values: Sequence[Any], memo: dict[Any, str]) -> list[str]:
    """Return cells as text; a whole number is written without a fraction, and equal cells share one string.

    Parameters
    ----------
    values
        None, str, int, float, bool or bytes.
    memo
        Texts of cells seen before in the same column; a column of ids stops to share at some point.
    """
    if set(map(type, values)) == {str}:
        if len(memo) > _SHARED:
            return list(values)
        return list(map(memo.setdefault, values, values))
    for value in dict.fromkeys(values):
        if value not in memo:
            memo[value] = _text(value)
    return list(map(memo.__getitem__, values))


def _text(value: Any) -> str:  # noqa: ANN401  # a cell of a database
    if value is None:
        return ""
    if isinstance(value, bytes):
        return "0x" + value.hex()[:40]
    if isinstance(value, float):
        return number_text(value)
    return str(value)


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number; empty for NaN."""
    if value != value:  # noqa: PLR0124  # NaN is the only number that differs from itself
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)


def layer_sheet(file: str, layer: str | None, table: str, cells: pd.DataFrame, rows: Sequence[int]) -> Sheet:
    """Return a layer as a table under attribute names, with the row numbers that the user's program shows.

    Parameters
    ----------
    file, layer
        For messages; ``layer`` is None for a file that holds one table.
    table
        Table name of ``attributes.csv``.
    cells
        Text cells under the headers of the layer.
    rows
        shape (n_rows,), number of each row.
    """
    sheet = with_headers(file, table, cells)
    sheet.origins = tuple(dataclasses.replace(origin, sheet=layer) for origin in sheet.origins)
    sheet.faults = [dataclasses.replace(fault, sheet=layer, row=None) for fault in sheet.faults]
    sheet.row_of = np.asarray(rows, dtype=np.int64)
    return sheet


def with_points(
    source: Source,
    place: tuple[str, str | None],
    table: str,
    cells: pd.DataFrame,
    points: gpd.GeoSeries | None,
) -> pd.DataFrame:
    """Return cells with longitude and latitude from the points of a layer where the columns are missing.

    Parameters
    ----------
    source
        Takes the faults, and the datum where the case's settings say nothing.
    place
        File and layer, for messages.
    table
        Table name of ``attributes.csv``.
    cells
        Text cells under the headers of the layer.
    points
        Geometry of the rows with its CRS, None where the layer has none.
    """
    pair = _missing_pair(table, cells.columns)
    if points is None or pair is None:
        return cells
    shapes = _single(points.to_numpy())
    found = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    odd = found & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    if odd.any():
        if table != "townships":
            kind = str(points.geom_type[odd].iloc[0])
            source.faults.append(Fault("not_a_point", place[0], place[1], value=kind, args={"table": table}))
        return cells
    _agree(source, place, points.crs)
    x, y = (
        [number_text(v) for v in part.tolist()] for part in (shapely.get_x(shapes), shapely.get_y(shapes))
    )
    return cells.assign(**{pair[0]: x, pair[1]: y})


def _missing_pair(table: str, headers: Iterable[str]) -> tuple[str, str] | None:
    known = {a.name for a in table_attributes(table)}
    here = {found.name for found in (attribute_of(table, header) for header in headers) if found}
    return next((pair for pair in _PAIRS if pair[0] in known and not here & set(pair)), None)


def _single(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return multipoints of one point as that point."""
    one = (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT) & (
        shapely.get_num_geometries(shapes) == 1
    )
    return np.asarray(np.where(one, shapely.get_geometry(shapes, 0), shapes), dtype=object)


def _agree(source: Source, place: tuple[str, str | None], crs: CRS | None) -> None:
    """Take the datum from a layer's CRS, or report that it contradicts the settings."""
    if crs is None:
        return
    code = crs.to_epsg()
    found = f"EPSG:{code}" if code else crs.name
    if "datum" not in source.settings:
        if code is None:
            source.faults.append(Fault("unknown_crs", place[0], place[1], value=found))
        else:
            source.settings["datum"] = _NAMES.get(code, found)
        return
    declared = str(source.settings["datum"])
    if not _fits(parse_datum(declared), crs, found):
        args = {"declared": declared, "found": found}
        source.faults.append(Fault("crs_contradicts", place[0], place[1], value=found, args=args))


def _fits(declared: Datum | None, crs: CRS, found: str) -> bool:
    """Tell whether a layer may be in the declared datum; a web map's own shift has no CRS, only degrees."""
    if declared is None:
        return True
    if declared.family in {"gcj02", "bd09"}:
        return bool(crs.is_geographic)
    if declared.family:
        layer = parse_datum(found)
        return layer is not None and layer.family == declared.family
    return declared.crs is not None and declared.crs.to_epsg() == crs.to_epsg()


def township_shapes(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the rows of a layer that have a polygon, under the name ``township_code``; None where there are none."""
    named = {header: attribute_of("townships", header) for header in frame.columns if header != "geometry"}
    header = next((h for h, a in named.items() if a is not None and a.name == "township_code"), None)
    if header is not None:
        frame = frame.rename(columns={header: "township_code"})
    known = frame[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & ~frame.geometry.is_empty]
    return known.reset_index(drop=True) if len(known) else None


def is_boundary_layer(name: str) -> bool:
    """Tell whether a layer holds the polygons of the townships."""
    return name.lower() == BOUNDARY_LAYER or is_boundaries(name)


def missing_layers(source: Source, file: str) -> None:
    """Add a fault for every table without which there is no case."""
    source.faults += [
        Fault("missing_layer", file, table) for table in REQUIRED_TABLES if table not in source.sheets
    ]
