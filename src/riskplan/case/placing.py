"""Places without coordinates: at their village's point, else their township's, and flagged as only near."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.points import blank
from riskplan.case.sheet import Sheet
from riskplan.units import COORDINATE_DECIMALS

NEAR = ("village", "township")
"""Values of ``point_source`` that say that a point is only near."""
Points = dict[str, tuple[float, float]]


def unplaced(sheet: Sheet) -> npt.NDArray[np.bool_]:
    """Return which premises have no coordinates of their own; shape (n_rows,)."""
    return blank(sheet, "lon") & blank(sheet, "lat")


def place_all(
    sheets: Mapping[str, Sheet], tables: dict[str, pd.DataFrame], polygons: gpd.GeoDataFrame | None
) -> dict[str, pd.DataFrame]:
    """Return the tables with a point for every township, village and enterprise that has none of its own.

    Townships take a point inside their polygon, villages that of their township, enterprises that of their village, else
    of their township. One warning a table says how many; an enterprise without any place is a fault.

    Parameters
    ----------
    sheets
        By name; faults and warnings are appended to them.
    tables
        Typed tables, points in WGS84.
    polygons
        Townships with ``township_code`` in WGS84, None where none are given.
    """
    result = dict(tables)
    villages = _points(tables["villages"], "village_code")
    if "townships" in sheets:
        result["townships"] = _townships(sheets["townships"], tables["townships"], _representative(polygons))
    townships = _points(result["townships"], "township_code")
    if "villages" in sheets:
        result["villages"] = _villages(sheets["villages"], tables["villages"], townships)
    if "enterprises" in sheets:
        result["enterprises"] = _enterprises(
            sheets["enterprises"], tables["enterprises"], villages, townships
        )
    return result


def _townships(sheet: Sheet, frame: pd.DataFrame, inner: Points) -> pd.DataFrame:
    codes = frame["township_code"].tolist()
    found = {i: inner[codes[i]] for i in np.flatnonzero(unplaced(sheet)).tolist() if codes[i] in inner}
    if found:
        sheet.warn("placed_nearby_townships", None, "lon", str(len(found)))
    return _moved(frame, found)


def _villages(sheet: Sheet, frame: pd.DataFrame, townships: Points) -> pd.DataFrame:
    codes = frame["township_code"].tolist()
    found = {
        i: townships[codes[i]] for i in np.flatnonzero(unplaced(sheet)).tolist() if codes[i] in townships
    }
    if found:
        sheet.warn("placed_nearby_villages", None, "lon", str(len(found)))
    return _moved(frame, found, dict.fromkeys(found, "township"))


def _enterprises(sheet: Sheet, frame: pd.DataFrame, villages: Points, townships: Points) -> pd.DataFrame:
    village, township = frame["village_code"].to_numpy(), frame["township_code"].to_numpy()
    points: dict[int, tuple[float, float]] = {}
    kinds: dict[int, str] = {}
    for i in np.flatnonzero(unplaced(sheet)).tolist():
        point, kinds[i] = villages.get(village[i]), "village"
        if point is None:
            point, kinds[i] = townships.get(township[i]), "township"
        if point is None:
            sheet.fault("no_place", i, "lon", "", township=str(township[i]))
            continue
        points[i] = point
    if points:
        counts = {kind: str(sum(kinds[i] == kind for i in points)) for kind in NEAR}
        sheet.warn("placed_nearby", None, "lon", str(len(points)), **counts)
    return _moved(frame, points, kinds)


def _moved(
    frame: pd.DataFrame, points: Mapping[int, tuple[float, float]], kinds: dict[int, str] | None = None
) -> pd.DataFrame:
    """Return a table with some rows at other points, and what kind of point that is where it has a column for it."""
    if not points:
        return frame
    rows = list(points)
    lon, lat = frame["lon"].to_numpy(copy=True), frame["lat"].to_numpy(copy=True)
    lon[rows], lat[rows] = zip(*points.values(), strict=True)
    frame = frame.assign(lon=lon, lat=lat)
    if kinds is None:
        return frame
    source = frame["point_source"].to_numpy(dtype=object, copy=True)
    source[rows] = [kinds[i] for i in rows]
    return frame.assign(point_source=pd.Series(source, frame.index, dtype=object))


def _points(frame: pd.DataFrame, key: str) -> Points:
    known = frame[frame["lon"].notna() & frame["lat"].notna()]
    return {
        code: (float(x), float(y))
        for code, x, y in zip(known[key], known["lon"], known["lat"], strict=True)
        if code
    }


def _representative(polygons: gpd.GeoDataFrame | None) -> Points:
    if polygons is None:
        return {}
    inner = polygons.geometry.representative_point()
    places = zip(inner.x.round(COORDINATE_DECIMALS), inner.y.round(COORDINATE_DECIMALS), strict=True)
    return {
        str(code): (float(x), float(y))
        for code, (x, y) in zip(polygons["township_code"], places, strict=True)
    }
