"""Travel over a road graph: from a place to the nearest node, along the fastest way, and on to the other place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.travel.graph import MS_DM_PER_KMH, SHIFT, RoadGraph
from riskplan.travel.protocol import NO_WAY, SECONDS_DTYPE, Matrix, require_points, text_hash
from riskplan.travel.road_kernels import strong_components
from riskplan.units import COORDINATE_DECIMALS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Line = list[tuple[float, float]]
"""Points (lon, lat) in degrees."""


@dataclass(frozen=True)
class RoadTimes:
    """Travel over roads.

    ``seconds = ceil((access + way + access) / 1000 ms) + entry``: milliseconds are added exactly and rounded up once, so
    that no third place can make a way shorter. Equal points are 0 m and 0 s apart. Rule S9 of ``docs/semantics.md``.

    Parameters
    ----------
    graph
        The roads, those that are closed included.
    access_kmh
        Speed between a place and its node [km/h], > 0.
    entry_seconds
        Time for getting in at each arrival [s], >= 0.
    closed
        Ids of roads that nobody drives on, sorted. Places keep their nodes; a place that is cut off is ``NO_WAY`` away.
    """

    graph: RoadGraph
    access_kmh: float
    entry_seconds: int
    closed: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """How the figures are made, in words."""
        text = (
            f"roads of {len(self.graph.giant)} nodes ({self.graph.sha256[:12]}), {self.access_kmh:g} km/h "
            f"to them, {self.entry_seconds} s entry"
        )
        return f"{text}, closed: {', '.join(self.closed)}" if self.closed else text

    @property
    def sha256(self) -> str:
        """Hash of everything that the figures depend on, besides the points."""
        return text_hash(
            "roads", self.graph.sha256, repr((self.access_kmh, self.entry_seconds)), *self.closed
        )

    def matrix(self, ids: Sequence[str], lon: Floats, lat: Floats) -> Matrix:
        """Return travel times between points; one without coordinates is refused by name.

        Parameters
        ----------
        ids
            Names of the points, n of them, unique.
        lon, lat
            shape (n,), float64, WGS84 [degree].
        """
        require_points(ids, lon, lat)
        if not len(ids):
            nothing = np.zeros((0, 0), dtype=SECONDS_DTYPE)
            return Matrix.of(ids, nothing, nothing, self.source)
        node, far = self.graph.snap(lon, lat)
        weight = self.graph.without(self.closed).least(node)
        access_dm = np.ceil(far * 10).astype(np.int64)
        access_ms = np.ceil(access_dm * MS_DM_PER_KMH / self.access_kmh).astype(np.int64)
        milliseconds = (weight >> SHIFT) + access_ms[:, None] + access_ms[None, :]
        decimetres = (weight & (2**SHIFT - 1)) + access_dm[:, None] + access_dm[None, :]
        seconds, metres = -(-milliseconds // 1000) + self.entry_seconds, -(-decimetres // 10)
        same = (lon[:, None] == lon[None, :]) & (lat[:, None] == lat[None, :])
        for table in (seconds, metres):
            table[weight < 0] = NO_WAY
            table[same] = 0
        return Matrix.of(ids, seconds.astype(SECONDS_DTYPE), metres.astype(SECONDS_DTYPE), self.source)

    def far_from_roads(self, lon: Floats, lat: Floats) -> Floats:
        """Return how far each point is from the nearest node of the roads, shape (n,) [m].

        Parameters
        ----------
        lon, lat
            shape (n,), WGS84 [degree].
        """
        return self.graph.snap(lon, lat)[1]

    def cut_off(self, lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
        """Return which points the closed roads part from where most of the points lie, shape (n,).

        Parameters
        ----------
        lon, lat
            shape (n,), WGS84 [degree].
        """
        node, _ = self.graph.snap(lon, lat)
        open_ = self.graph.without(self.closed).csr
        part = strong_components(open_.start, open_.head)[node]
        return np.asarray(part != np.bincount(part, minlength=1).argmax())

    def lines(self, lon: Floats, lat: Floats) -> list[Line]:
        """Return the ways of a tour from point to point, one less than there are points; where none leads, a straight line.

        Parameters
        ----------
        lon, lat
            shape (n,), WGS84 [degree], in the order of the tour.
        """
        graph = self.graph.without(self.closed)
        node, _ = self.graph.snap(lon, lat)
        points = list(zip(lon.tolist(), lat.tolist(), strict=True))
        result = []
        for k in range(len(points) - 1):
            along = graph.way(int(node[k]), int(node[k + 1])).tolist() if points[k] != points[k + 1] else []
            inner = [(float(graph.lon[v]), float(graph.lat[v])) for v in along]
            line = [points[k], *inner, points[k + 1]]
            result.append([(round(x, COORDINATE_DECIMALS), round(y, COORDINATE_DECIMALS)) for x, y in line])
        return result
