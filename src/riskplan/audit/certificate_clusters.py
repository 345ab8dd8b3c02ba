"""Village clusters, again: townships halved across their longer side until no part is too large."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from riskplan.audit.certificate_file import Certificate
from riskplan.audit.world import World
from riskplan.units import EARTH_RADIUS_M

Ints = npt.NDArray[np.int64]
Point = tuple[float, float]
METRES = 3
"""Decimals of a kilometre to which points are told apart."""


def on_plane(world: World, at: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return premises on a plane around the middle of their latitudes, shape (n, 2) [km]."""
    lon, lat = (np.array([column[e] for e in at]) for column in (world.premises.lon, world.premises.lat))
    middle = float((lat.min() + lat.max()) / 2) if len(lat) else 0.0
    km = EARTH_RADIUS_M / 1000 * math.pi / 180
    return np.stack([lon * km * np.cos(np.radians(middle)), lat * km], axis=1)


def village_clusters(world: World, file: Certificate) -> Ints:
    """Return the cluster of each enterprise that a certificate lists, numbered township by township.

    Parameters
    ----------
    world
        Points, townships in the order of the case, most enterprises of a cluster.
    file
        Only its list of enterprises is used: equal points go in its order.
    """
    at = [world.premises.index[name] for name in file.names("enterprises")]
    points: list[Point] = [(x, y) for x, y in np.round(on_plane(world, at), METRES).tolist()]
    order = {code: t for t, code in enumerate(world.case["townships"]["township_code"])}
    members: dict[int, list[int]] = {}
    for i, e in enumerate(at):
        members.setdefault(order[world.premises.township[e]], []).append(i)
    result = np.zeros(len(at), dtype=np.int64)
    parts = (
        part
        for t in sorted(members)
        for part in _parts(members[t], points, world.rules.objective.cluster_size)
    )
    for number, part in enumerate(parts):
        result[part] = number
    return result


def _parts(members: list[int], points: Sequence[Point], most: int) -> Iterator[list[int]]:
    if len(members) <= most:
        yield members
        return
    spans = [max(points[i][k] for i in members) - min(points[i][k] for i in members) for k in (0, 1)]
    long, short = (1, 0) if spans[1] > spans[0] else (0, 1)
    ranked = sorted(members, key=lambda i: (points[i][long], points[i][short]))
    half = len(ranked) // 2
    yield from _parts(ranked[:half], points, most)
    yield from _parts(ranked[half:], points, most)
