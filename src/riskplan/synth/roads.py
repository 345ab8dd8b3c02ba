"""A fictional network: winding roads between places, one-way streets in the seat, a river with two bridges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from riskplan.synth.draws import Draws
from riskplan.synth.geography import SEAT_CODE, Geography, from_plane

Floats = npt.NDArray[np.float64]
STEP_M = 300.0
"""Distance between the nodes of a road [m]."""
BEND = 0.12
"""Spread of the bends of a road, in parts of its length."""
RIVER_SOUTH_M = 900.0
"""The river passes so far south of the county seat [m]."""
BANK_M = 60.0
"""No road but a bridge comes nearer to the river [m]."""
BRIDGES_APART_M = 8_000.0
"""The two bridges are at least so far apart [m]."""
BLOCK_M = 220.0
"""Side of a block of the seat [m]."""
BLOCKS = 6
LONG_M = 9_000.0
"""A road between villages longer than this is of a higher class [m]."""


@dataclass
class Network:
    """Nodes and pieces of road as they are made.

    Parameters
    ----------
    points
        Nodes in the plane [m].
    pieces
        (road id, from, to, class, one-way, metres).
    """

    points: list[Floats] = field(default_factory=list)
    pieces: list[tuple[str, int, int, str, bool, int]] = field(default_factory=list)

    def node(self, point: Floats) -> int:
        """Add a node; return its number."""
        self.points.append(point)
        return len(self.points) - 1

    def line(self, name: str, ends: tuple[int, int], inner: Sequence[Floats], kind: str) -> None:
        """Add a two-way road from a node to another through some points."""
        numbers = [ends[0], *(self.node(p) for p in inner), ends[1]]
        for a, b in pairwise(numbers):
            self.piece(name, a, b, kind)

    def piece(self, name: str, a: int, b: int, kind: str, *, oneway: bool = False) -> None:
        """Add a piece of road between two nodes; its length is rounded up, so that no road is too short."""
        length = math.ceil(math.dist(self.points[a], self.points[b]) * 1.02)
        self.pieces.append((name, a, b, kind, oneway, max(length, 1)))


@dataclass(frozen=True)
class River:
    """A straight river: points with ``normal . point > level`` lie north of it."""

    normal: Floats
    level: float

    def above(self, point: Floats) -> float:
        """Return how far north of the river a point lies [m]."""
        return float(self.normal @ point) - self.level


def make_network(geography: Geography, draws: Draws) -> Network:
    """Return the roads of a county.

    Every bank has a relative neighbourhood graph of its townships and villages, so that it is connected; two bridges join
    the banks; the county seat has a grid of streets, every second one one-way.

    Parameters
    ----------
    geography
        Places.
    draws
        Stream of this part.

    References
    ----------
    G. T. Toussaint, "The relative neighbourhood graph of a finite planar set", Pattern Recognition 12 (1980) 261-268.
    """
    seat = next(t.seat for t in geography.townships if t.code == SEAT_CODE)
    angle = math.pi / 2 + 0.5 * (draws.one() - 0.5)
    normal = np.array([math.cos(angle), math.sin(angle)])
    river = River(normal, float(normal @ seat) - RIVER_SOUTH_M)
    network = Network()
    towns = [network.node(_off_bank(t.seat, river)) for t in geography.townships]
    others = [network.node(_off_bank(v.anchor, river)) for v in geography.villages]
    others += [network.node(_off_bank(p, river)) for _, p in geography.parks]
    north = [k for k in (*towns, *others) if river.above(network.points[k]) > 0]
    south = [k for k in (*towns, *others) if river.above(network.points[k]) <= 0]
    number = 0
    for bank in (north, south):
        for a, b in _neighbours(network.points, bank):
            number += 1
            _road(network, f"R{number:03d}", (a, b), (set(towns), river), draws)
    _bridges(network, north, south)
    _streets(network, towns[[t.code for t in geography.townships].index(SEAT_CODE)], river)
    return network


def _off_bank(point: Floats, river: River) -> Floats:
    """Return a point that is not in the river: moved to its own bank where it is."""
    above = river.above(point)
    side = 1.0 if above > 0 else -1.0
    return point + river.normal * (side * BANK_M - above) if abs(above) < BANK_M else point


def _neighbours(points: Sequence[Floats], bank: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs of a bank without a third place that is nearer to both than they are to each other."""
    at = np.array([points[k] for k in bank]).reshape(len(bank), 2)
    apart = np.hypot(at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1])
    pairs = []
    for i in range(len(bank)):
        for j in range(i + 1, len(bank)):
            lune = np.maximum(apart[i], apart[j])
            if apart[i, j] > 1.0 and not (lune < apart[i, j] - 1e-9).any():
                pairs.append((bank[i], bank[j]))
    return pairs


def _road(
    network: Network, name: str, ends: tuple[int, int], world: tuple[set[int], River], draws: Draws
) -> None:
    """Add a winding road: points along the straight line, moved aside by a wave that is nothing at the ends."""
    towns, river = world
    a, b = (network.points[k] for k in ends)
    length = math.dist(a, b)
    count = max(int(length / STEP_M), 1)
    side = np.array([a[1] - b[1], b[0] - a[0]]) / max(length, 1.0)
    waves = BEND * length * draws.normal(2) / np.array([1.0, 2.0])
    inner = []
    for k in range(1, count):
        share = k / count
        aside = waves[0] * math.sin(math.pi * share) + waves[1] * math.sin(2 * math.pi * share)
        inner.append(_same_bank(a + (b - a) * share + side * aside, river, river.above(a) > 0))
    both = len(towns & set(ends))
    kind = "secondary" if both == 2 or length > LONG_M else "tertiary" if both else "unclassified"
    network.line(name, ends, inner, kind)


def _same_bank(point: Floats, river: River, north: bool) -> Floats:
    above = river.above(point)
    wanted = max(above, BANK_M) if north else min(above, -BANK_M)
    return point + river.normal * (wanted - above)


def _bridges(network: Network, north: Sequence[int], south: Sequence[int]) -> None:
    """Add two bridges where places of both banks are nearest, the second one far from the first."""
    pairs = sorted((math.dist(network.points[a], network.points[b]), a, b) for a in north for b in south)
    if not pairs:
        return
    _, a, b = pairs[0]
    middle = (network.points[a] + network.points[b]) / 2
    far = [
        p
        for p in pairs
        if math.dist((network.points[p[1]] + network.points[p[2]]) / 2, middle) > BRIDGES_APART_M
    ]
    for name, (length, start, end) in zip(("BRIDGE-1", "BRIDGE-2"), [pairs[0], *far[:1]], strict=False):
        count = max(int(length / STEP_M), 1)
        one, other = network.points[start], network.points[end]
        network.line(
            name, (start, end), [one + (other - one) * (k / count) for k in range(1, count)], "primary"
        )


def _streets(network: Network, seat: int, river: River) -> None:
    """Add the streets of the county seat: a grid around it, its western and southern sides and every second one-way."""
    corner = network.points[seat] - BLOCK_M * np.array([BLOCKS / 2, 1.0])
    grid = {}
    for x in range(BLOCKS + 1):
        for y in range(BLOCKS + 1):
            point = _same_bank(
                corner + BLOCK_M * np.array([x, y]), river, river.above(network.points[seat]) > 0
            )
            grid[x, y] = seat if (x, y) == (BLOCKS // 2, 1) else network.node(point)
    for x, y in sorted(grid):
        for dx, dy, across in ((1, 0, y), (0, 1, x)):
            if (x + dx, y + dy) in grid:
                ends = (grid[x, y], grid[x + dx, y + dy])
                ends = ends[::-1] if across % 4 == 0 else ends
                name = f"S{'H' if dx else 'V'}{across + 1}"
                network.piece(name, *ends, "residential", oneway=across % 2 == 0)


def node_rows(network: Network, origin: tuple[float, float]) -> list[list[str]]:
    """Return the rows of ``road_nodes.csv``.

    Parameters
    ----------
    network, origin
        The roads; origin of the plane.
    """
    degrees = (from_plane(point, origin) for point in network.points)
    return [[f"N{k:05d}", f"{lon:.6f}", f"{lat:.6f}"] for k, (lon, lat) in enumerate(degrees)]


def road_rows(network: Network) -> list[list[str]]:
    """Return the rows of ``roads.csv``.

    Parameters
    ----------
    network
        The roads.
    """
    return [
        [name, f"N{a:05d}", f"N{b:05d}", kind, "yes" if oneway else "no", str(metres)]
        for name, a, b, kind, oneway, metres in network.pieces
    ]
