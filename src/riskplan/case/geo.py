"""Polygons at the edge: township boundaries in, points checked against them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from riskplan.case.folding import code_text
from riskplan.case.sheet import Sheet
from riskplan.case.tables import Case, Township
from riskplan.errors import Fault

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
TOLERANCE_M = 500.0
"""A point this near to a (schematic) boundary is not called outside [m]."""


def read_polygons(path: Path) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Return the features of a GeoJSON file, and the fault that makes it unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return gpd.read_file(path), []
    except (
        RuntimeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as error:  # of GDAL, of a value, of a shape
        text = (str(error).splitlines() or [""])[0][:120]
        return None, [Fault("unreadable_geojson", path.name, value=text)]


def township_polygons(
    frame: gpd.GeoDataFrame, file: str, codes: list[str], former: Mapping[str, str]
) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Return township polygons in WGS84 by their ``township_code``, and the faults.

    Parameters
    ----------
    frame
        Features as read; without a CRS they are taken to be in WGS84.
    file
        Where they stand, for messages.
    codes
        Codes of the townships table.
    former
        Code of a merged township -> code of the one that it lies in now; their polygons are joined.
    """
    if "township_code" not in frame.columns:
        found = {"zh": "乡镇代码", "found": ", ".join(frame.columns)}
        return None, [Fault("missing_column", file, column="township_code", args=found)]
    own = [former.get(code, code) for code in frame["township_code"].astype(str).map(code_text)]
    frame = frame.assign(township_code=own)
    faults = _feature_faults(frame, file, set(codes))
    missing = [code for code in codes if code not in set(own)]
    faults += [
        Fault("no_polygon", file, column="township_code", value=code, warning=True) for code in missing
    ]
    if any(not fault.warning for fault in faults):
        return None, faults
    frame = frame.to_crs(4326) if frame.crs is not None else frame.set_crs(4326)
    if frame["township_code"].duplicated().any():
        frame = frame.dissolve("township_code", as_index=False)
    return frame.sort_values("township_code").reset_index(drop=True), faults


def _feature_faults(frame: gpd.GeoDataFrame, file: str, codes: set[str]) -> list[Fault]:
    faults = []
    for i, (code, shape) in enumerate(zip(frame["township_code"], frame.geometry, strict=True)):
        if code not in codes:
            args = {"table": "townships", "near": "-"}
            faults.append(Fault("unknown_reference", file, None, i + 1, "township_code", code, args))
        if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            kind = "-" if shape is None else shape.geom_type
            faults.append(Fault("not_a_polygon", file, None, i + 1, "township_code", code, {"kind": kind}))
    return faults


def to_rings(frame: gpd.GeoDataFrame) -> tuple[Township, ...]:
    """Return polygons as plain rings of (lon, lat)."""
    result = []
    for code, geometry in zip(frame["township_code"], frame.geometry, strict=True):
        parts = shapely.get_parts(geometry)
        rings = tuple(tuple((float(x), float(y)) for x, y in part.exterior.coords) for part in parts)
        result.append(Township(str(code), rings))
    return tuple(result)


def inside_own(
    lon: Floats, lat: Floats, township: npt.NDArray[np.object_], polygons: gpd.GeoDataFrame
) -> tuple[Flags, Flags]:
    """Return which points lie in the polygon of their own township, and which have such a polygon.

    Parameters
    ----------
    lon, lat
        shape (n,), degrees in WGS84.
    township
        shape (n,), codes.
    polygons
        Townships with ``township_code`` in WGS84.
    """
    inside, judged = np.zeros(len(lon), dtype=bool), np.zeros(len(lon), dtype=bool)
    codes, names = pd.factorize(township)
    shapes = dict(zip(polygons["township_code"], polygons.geometry, strict=True))
    for k, name in enumerate(names):
        if name in shapes:
            rows = np.flatnonzero(codes == k)
            shapely.prepare(shapes[name])
            inside[rows] = shapely.intersects_xy(shapes[name], lon[rows], lat[rows])
            judged[rows] = True
    return inside, judged


def check_points(sheet: Sheet, enterprises: pd.DataFrame, polygons: gpd.GeoDataFrame) -> None:
    """Report enterprises outside every polygon (fault) or outside their own township (warning)."""
    lon, lat = (enterprises[name].to_numpy(np.float64) for name in ("lon", "lat"))
    township = enterprises["township_code"].to_numpy()
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    inside, judged = inside_own(lon[known], lat[known], township[known], polygons)
    rest, judged = known[~inside], judged[~inside]
    points = shapely.points(lon[rest], lat[rest])
    reach = TOLERANCE_M / 111_195.0 / np.maximum(np.cos(np.radians(lat[rest])), 0.1)
    everywhere = shapely.union_all(polygons.geometry.to_numpy())
    shapely.prepare(everywhere)
    nowhere = ~shapely.dwithin(everywhere, points, reach)
    for i in rest[nowhere].tolist():
        sheet.fault("outside_every_polygon", i, "lon", f"{lon[i]:.6f}, {lat[i]:.6f}")
    shapes = dict(zip(polygons["township_code"], polygons.geometry, strict=True))
    for k in np.flatnonzero(judged & ~nowhere).tolist():
        i = int(rest[k])
        if shapely.distance(shapes[township[i]], points[k]) > reach[k]:
            where = f"{lon[i]:.6f}, {lat[i]:.6f}"
            sheet.warn("outside_own_township", i, "township_code", where, township=str(township[i]))


def enterprises_geo(case: Case) -> gpd.GeoDataFrame:
    """Return the enterprises as points in WGS84."""
    frame = case.enterprises
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326)
