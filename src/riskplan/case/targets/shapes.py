"""Points and polygons of a case as geometry in WGS84."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from riskplan.case.tables import Case
from riskplan.case.targets.columns import Values

CRS = "EPSG:4326"
SRID = 4326
POINT_TABLES = ("enterprises", "villages")
"""Tables whose rows are points; the geometry then stands in place of longitude and latitude."""


def split_points(table: str, values: list[Values]) -> tuple[list[Values], npt.NDArray[np.object_] | None]:
    """Return the columns beside the geometry, and the points (None where a row has no coordinates)."""
    by_name = {v.attribute.name: v for v in values}
    if table not in POINT_TABLES:
        return values, None
    lon, lat = by_name["lon"], by_name["lat"]
    points = np.full(len(lon.data), None, dtype=object)
    known = ~(lon.missing | lat.missing)
    points[known] = shapely.points(lon.data[known], lat.data[known])
    return [v for v in values if v.attribute.name not in {"lon", "lat"}], points


def township_polygons(case: Case) -> tuple[list[str], npt.NDArray[np.object_]]:
    """Return the codes of the townships that have polygons, and these as multipolygons."""
    codes = [part.township_code for part in case.townships_geometry]
    shapes = np.empty(len(codes), dtype=object)
    for at, part in enumerate(case.townships_geometry):
        shapes[at] = shapely.multipolygons([shapely.Polygon(ring) for ring in part.rings])
    return codes, shapes
