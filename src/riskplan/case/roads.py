"""What must hold in the tables of roads: whole pieces between known nodes, lengths that can be, closures of known roads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.sheet import Sheet
from riskplan.units import EARTH_RADIUS_M

Floats = npt.NDArray[np.float64]
LEAST_SHARE = 0.98
"""A road may be written so much shorter than the straight line between its nodes; more is a slip."""
SLACK_M = 20.0
"""And so many metres besides: nodes are rounded."""


def straight_metres(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Return great-circle distances of pairs by the haversine formula, shape (n,) [m].

    Parameters
    ----------
    lon, lat, to_lon, to_lat
        shape (n,), WGS84 [degree].
    """
    lam, phi, to_lam, to_phi = (np.radians(v) for v in (lon, lat, to_lon, to_lat))
    h = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin((to_lam - lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))), dtype=np.float64)


def ends_of(nodes: pd.DataFrame, roads: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the rows of ``nodes`` where each road begins and ends, shape (n_roads,) each, -1: not there.

    Parameters
    ----------
    nodes, roads
        Tables ``road_nodes`` and ``roads``.
    """
    index = pd.Index(nodes["node_id"])
    if not index.is_unique:
        index = pd.Index(nodes["node_id"].where(~nodes["node_id"].duplicated(), None))
    begin, end = (index.get_indexer(pd.Index(roads[c])) for c in ("from_node", "to_node"))
    return begin.astype(np.int64), end.astype(np.int64)


def check_roads(sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame]) -> None:
    """A road joins two different nodes that are given, and is not shorter than the straight line."""
    sheet, roads, nodes = sheets.get("roads"), tables["roads"], tables["road_nodes"]
    if sheet is None or not len(roads):
        return
    if "road_nodes" not in sheets:
        sheet.fault("roads_without_nodes", None, "from_node", "")
        return
    begin, end = ends_of(nodes, roads)
    known = (begin >= 0) & (end >= 0)
    for i in np.flatnonzero(known & (begin == end)).tolist():
        sheet.fault("road_loop", i, "to_node", str(roads["to_node"].iat[i]))
    lon, lat = (nodes[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    straight = np.zeros(len(roads))
    straight[known] = straight_metres(*(x[at[known]] for at in (begin, end) for x in (lon, lat)))
    written = roads["metres"].to_numpy(dtype=np.float64)
    short = known & (written < LEAST_SHARE * straight - SLACK_M)
    for i in np.flatnonzero(short).tolist():
        sheet.fault("road_too_short", i, "metres", f"{written[i]:g}", straight=f"{straight[i]:.0f}")


def check_road_closures(sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame]) -> None:
    """A road that is closed stands in the table of roads."""
    sheet = sheets.get("road_closures")
    if sheet is None:
        return
    known = set(tables["roads"]["road_id"]) - {""}
    for i, value in enumerate(tables["road_closures"]["road_id"]):
        if value and value not in known:
            near = min(known, default="-")
            sheet.fault("unknown_reference", i, "road_id", value, table="roads", near=near)


def check_travel_times(sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame]) -> None:
    """A pair of places has one travel time."""
    sheet, frame = sheets.get("travel_times"), tables["travel_times"]
    if sheet is None:
        return
    again = frame.duplicated(["from_id", "to_id"]).to_numpy() & (frame["from_id"] != "").to_numpy()
    for i in np.flatnonzero(again).tolist():
        sheet.fault("pair_twice", i, "to_id", str(frame["to_id"].iat[i]), start=str(frame["from_id"].iat[i]))
