"""Roads as a graph: whole-number weights, the giant strong component, contraction, closures, places on it.

Weights are lexicographic: milliseconds first, then decimetres, in one integer, so that the fastest way is also the
shortest of the fastest and no order of rows or names of nodes can change its figures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.roads import ends_of, straight_metres
from riskplan.travel import road_kernels as kernels
from riskplan.units import EARTH_RADIUS_M

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SHIFT = 26
"""Bits of the decimetres in a weight: ways up to 6,700 km; 37 bits are left for 4.3 years of milliseconds."""
MS_DM_PER_KMH = 360
"""Milliseconds for a decimetre at 1 km/h."""
OTHER = "*"
LINK = "_link"


@dataclass(frozen=True)
class Csr:
    """A graph whose edges are sorted by tail and head, at most one between two nodes.

    Parameters
    ----------
    start
        shape (n + 1,), int32: the edges of node v are ``start[v]`` to ``start[v + 1]``.
    head
        shape (m,), int32.
    weight
        shape (m,), int64, milliseconds x 2^26 + decimetres.
    """

    start: Int32s
    head: Int32s
    weight: Ints

    @classmethod
    def of(
        cls, count: int, tail: npt.NDArray[np.integer], head: npt.NDArray[np.integer], weight: Ints
    ) -> Csr:
        """Return the graph of some edges; of several between two nodes the lightest stays."""
        order = np.lexsort((weight, head, tail))
        tail, head, weight = tail[order], head[order], weight[order]
        first = np.ones(len(tail), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        start = np.zeros(count + 1, dtype=np.int32)
        np.cumsum(np.bincount(tail[first], minlength=count), out=start[1:])
        return cls(start, head[first].astype(np.int32), weight[first])


@dataclass(frozen=True)
class RoadGraph:
    """A network of roads.

    Nodes are sorted by longitude, latitude and id, so that ids and the order of rows mean nothing.

    Parameters
    ----------
    lon, lat
        shape (n,), WGS84 [degree].
    tail, head
        shape (m,), int32: directed pieces, a two-way road has two.
    weight
        shape (m,), int64, see ``Csr``.
    road
        shape (m,), int32: index into ``roads``, -1: without an id.
    roads
        Ids of roads, sorted.
    """

    lon: Floats
    lat: Floats
    tail: Int32s
    head: Int32s
    weight: Ints
    road: Int32s
    roads: tuple[str, ...]

    @classmethod
    def of(cls, nodes: pd.DataFrame, roads: pd.DataFrame, speeds: Mapping[str, float]) -> RoadGraph:
        """Return the graph of the tables of a case.

        Parameters
        ----------
        nodes, roads
            Tables ``road_nodes`` and ``roads``, checked.
        speeds
            Class of road -> mean speed [km/h].
        """
        order = np.lexsort((
            nodes["node_id"].to_numpy(dtype=str),
            nodes["lat"].to_numpy(dtype=np.float64),
            nodes["lon"].to_numpy(dtype=np.float64),
        ))
        nodes = nodes.take(order).reset_index(drop=True)
        begin, end = ends_of(nodes, roads)
        lon, lat = (nodes[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
        weight = _weights(lon, lat, begin, end, roads, speeds)
        names, road = np.unique(roads["road_id"].to_numpy(dtype=str), return_inverse=True)
        road = np.where(roads["road_id"].to_numpy(dtype=str) == "", -1, road)
        back = ~roads["oneway"].to_numpy(dtype=bool)
        return cls(
            lon,
            lat,
            np.concatenate([begin, end[back]]).astype(np.int32),
            np.concatenate([end, begin[back]]).astype(np.int32),
            np.concatenate([weight, weight[back]]),
            np.concatenate([road, road[back]]).astype(np.int32),
            tuple(str(name) for name in names),
        )

    @cached_property
    def csr(self) -> Csr:
        """The graph by tails and heads."""
        return Csr.of(len(self.lon), self.tail, self.head, self.weight)

    @cached_property
    def near_order(self) -> Ints:
        """Nodes in the order of a Z-curve: what is near on the ground is near in memory, twice as fast to walk.

        References
        ----------
        G. M. Morton, A computer oriented geodetic data base (IBM, 1966).
        """
        code = np.zeros(len(self.lon), dtype=np.int64)
        for shift, values in enumerate((self.lon, self.lat)):
            low, high = (float(v) for v in (values.min(), values.max())) if len(values) else (0.0, 0.0)
            cell = ((values - low) / max(high - low, 1e-9) * (2**16 - 1)).astype(np.int64)
            for bit in range(16):
                code |= ((cell >> bit) & 1) << (2 * bit + shift)
        return np.argsort(code, kind="stable")

    @cached_property
    def sha256(self) -> str:
        """Hash of nodes and pieces, whatever their names and order."""
        digest = hashlib.sha256()
        for values, kind in ((self.lon, "<f8"), (self.lat, "<f8")):
            digest.update(np.ascontiguousarray(values, dtype=kind).tobytes())
        for whole in (self.csr.start, self.csr.head, self.csr.weight):
            digest.update(np.ascontiguousarray(whole, dtype="<i8").tobytes())
        return digest.hexdigest()

    @cached_property
    def giant(self) -> Int32s:
        """Nodes of the largest strong component: from each of them one gets to each other."""
        if not len(self.lon):
            return np.zeros(0, dtype=np.int32)
        found = kernels.strong_components(self.csr.start, self.csr.head)
        sizes = np.bincount(found)
        of_node = sizes[found]
        largest = found[int(np.argmax(of_node))]
        return np.flatnonzero(found == largest).astype(np.int32)

    def without(self, closed: Collection[str]) -> RoadGraph:
        """Return the graph without some roads.

        Parameters
        ----------
        closed
            Their ids.
        """
        gone = {k for k, name in enumerate(self.roads) if name in closed and name}
        if not gone:
            return self
        stays = ~np.isin(self.road, sorted(gone))
        return replace(
            self,
            tail=self.tail[stays],
            head=self.head[stays],
            weight=self.weight[stays],
            road=self.road[stays],
        )

    def snap(self, lon: Floats, lat: Floats) -> tuple[Int32s, Floats]:
        """Return the nearest node of the giant component to each point, and how far it is, shape (n,) each [m].

        Parameters
        ----------
        lon, lat
            shape (n,), WGS84 [degree].
        """
        own, shrink = self.giant, np.cos(np.radians(float(np.median(self.lat)) if len(self.lat) else 0.0))
        at = kernels.nearest(self.lon[own] * shrink, self.lat[own], lon * shrink, lat)
        node = own[at]
        return node, straight_metres(lon, lat, self.lon[node], self.lat[node])

    def contracted(self, terminal: Int32s) -> tuple[Csr, Int32s]:
        """Return a smaller graph with the same ways between some nodes, and the number of each of them in it.

        Dead ends go, and chains of nodes with two neighbours become one edge.

        Parameters
        ----------
        terminal
            Nodes that stay.
        """
        count, full = len(self.lon), self.csr
        is_terminal = np.zeros(count, dtype=bool)
        is_terminal[terminal] = True
        beside = _undirected(count, full)
        degree = kernels.prune_leaves(beside.start, beside.head, is_terminal)
        kept = (degree > 2) | (is_terminal & (degree >= 0))
        tail, head, weight = kernels.shortcuts(
            full.start, full.head, full.weight, beside.start, beside.head, degree, kept
        )
        number = np.full(count, -1, dtype=np.int64)
        number[self.near_order[kept[self.near_order]]] = np.arange(int(kept.sum()))
        small = Csr.of(int(kept.sum()), number[tail], number[head], weight)
        return small, number[terminal].astype(np.int32)

    def least(self, terminal: Int32s) -> Ints:
        """Return the least weights between nodes, shape (n, n), -1: no way.

        Parameters
        ----------
        terminal
            shape (n,), nodes; they may repeat.
        """
        different, again = np.unique(terminal, return_inverse=True)
        if not len(different):
            return np.zeros((0, 0), dtype=np.int64)
        small, own = self.contracted(different.astype(np.int32))
        found = kernels.least_weights(small.start, small.head, small.weight, own, own)
        return np.asarray(found[np.ix_(again, again)], dtype=np.int64)

    def way(self, source: int, target: int) -> Int32s:
        """Return the nodes of a fastest way, both ends included; empty: there is none.

        Parameters
        ----------
        source, target
            Nodes.
        """
        full = self.csr
        return np.asarray(kernels.way(full.start, full.head, full.weight, source, target), dtype=np.int32)


def speed_of(name: str, speeds: Mapping[str, float]) -> float:
    """Return the mean speed of a class of roads [km/h]: its own, that of the road that it links, that of all others.

    Parameters
    ----------
    name
        Class.
    speeds
        Class -> speed; ``*``: all others.
    """
    for key in (name, name.removesuffix(LINK), OTHER):
        if key in speeds:
            return speeds[key]
    return min(speeds.values())


def _weights(
    lon: Floats, lat: Floats, begin: Ints, end: Ints, roads: pd.DataFrame, speeds: Mapping[str, float]
) -> Ints:
    straight = straight_metres(lon[begin], lat[begin], lon[end], lat[end])
    written = roads["metres"].to_numpy(dtype=np.float64)
    metres = np.where(np.isfinite(written), written, straight)
    decimetres = np.maximum(np.rint(metres * 10), 1).astype(np.int64)
    codes, classes = pd.factorize(roads["class"])
    own = np.array([speed_of(str(name), speeds) for name in classes], dtype=np.float64)[codes]
    limit = roads["speed_kmh"].to_numpy(dtype=np.float64)
    speed = np.fmin(own, limit) if len(own) else limit
    milliseconds = np.maximum(np.ceil(decimetres * MS_DM_PER_KMH / speed - 1e-9), 1).astype(np.int64)
    return (milliseconds << SHIFT) + decimetres


def _undirected(count: int, full: Csr) -> Csr:
    tail = np.repeat(np.arange(count), np.diff(full.start))
    both = np.concatenate([tail, full.head]), np.concatenate([full.head, tail])
    return Csr.of(count, *both, np.zeros(2 * len(tail), dtype=np.int64))


def line_metres(lon: Floats, lat: Floats) -> float:
    """Return the length of a line of points [m], for drawing and tests; the mean Earth radius is taken.

    Parameters
    ----------
    lon, lat
        shape (n,), WGS84 [degree].
    """
    del_lat, mean = np.radians(np.diff(lat)), np.radians((lat[1:] + lat[:-1]) / 2)
    del_lon = np.radians(np.diff(lon)) * np.cos(mean)
    return float(EARTH_RADIUS_M * np.hypot(del_lat, del_lon).sum())
