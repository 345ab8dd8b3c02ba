"""Polygons at the edge: township boundaries in, points checked against them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from riskplan.case.sheet import Sheet
from riskplan.case.tables import Case, Township
from riskplan.errors import Fault

TOLERANCE_M = 500.0
"""A point this near to a (schematic) boundary is not called outside [m]."""


def read_polygons(path: Path) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Return the features of a GeoJSON file, and the fault that makes it unreadable."""
    try:
        return gpd.read_file(path), []
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as error:
        return None, [Fault("unreadable_geojson", path.name, value=str(error).splitlines()[0][:120])]


def township_polygons(
    frame: gpd.GeoDataFrame, file: str, codes: list[str]
) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Return township polygons in WGS84 by their ``township_code``, and the faults.

    Parameters
    ----------
    frame
        Features as read.
    file
        Where they stand, for messages.
    codes
        Codes of the townships table.
    """
    if "township_code" not in frame.columns:
        found = {"zh": "乡镇代码", "found": ", ".join(frame.columns)}
        return None, [Fault("missing_column", file, column="township_code", args=found)]
    frame = frame.assign(township_code=frame["township_code"].astype(str))
    faults = [
        Fault(
            "unknown_reference",
            file,
            row=i + 1,
            column="township_code",
            value=code,
            args={"table": "townships", "near": "-"},
        )
        for i, code in enumerate(frame["township_code"])
        if code not in codes
    ]
    missing = [code for code in codes if code not in set(frame["township_code"])]
    faults += [
        Fault("no_polygon", file, column="township_code", value=code, warning=True) for code in missing
    ]
    frame = frame.to_crs(4326) if frame.crs is not None else frame.set_crs(4326)
    return frame.sort_values("township_code").reset_index(drop=True), faults


def to_rings(frame: gpd.GeoDataFrame) -> tuple[Township, ...]:
    """Return polygons as plain rings of (lon, lat)."""
    result = []
    for code, geometry in zip(frame["township_code"], frame.geometry, strict=True):
        parts = shapely.get_parts(geometry)
        rings = tuple(tuple((float(x), float(y)) for x, y in part.exterior.coords) for part in parts)
        result.append(Township(str(code), rings))
    return tuple(result)


def check_points(sheet: Sheet, enterprises: pd.DataFrame, polygons: gpd.GeoDataFrame) -> None:
    """Report enterprises outside every polygon (fault) or outside their own township (warning)."""
    points = shapely.points(enterprises["lon"].to_numpy(), enterprises["lat"].to_numpy())
    known = np.flatnonzero(~enterprises["lon"].isna().to_numpy() & ~enterprises["lat"].isna().to_numpy())
    shapes = dict(zip(polygons["township_code"], polygons.geometry, strict=True))
    everywhere = shapely.union_all(polygons.geometry.to_numpy())
    shapely.prepare(everywhere)
    metre = 1.0 / 111_195.0
    scale = np.cos(np.radians(enterprises["lat"].to_numpy()))
    for i in known:
        own = shapes.get(enterprises["township_code"][i])
        if own is not None and shapely.intersects(own, points[i]):
            continue
        reach = TOLERANCE_M * metre / max(scale[i], 0.1)
        where = f"{enterprises['lon'][i]:.6f}, {enterprises['lat'][i]:.6f}"
        if shapely.distance(everywhere, points[i]) > reach:
            sheet.fault("outside_every_polygon", int(i), "lon", where)
        elif own is not None and shapely.distance(own, points[i]) > reach:
            sheet.warn(
                "outside_own_township",
                int(i),
                "township_code",
                where,
                township=str(enterprises["township_code"][i]),
            )


def enterprises_geo(case: Case) -> gpd.GeoDataFrame:
    """Return the enterprises as points in WGS84."""
    frame = case.enterprises
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326)
