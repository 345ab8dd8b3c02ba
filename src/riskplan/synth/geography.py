"""Real township and village points of Yongchun, schematic polygons around them, and places inside these."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.synth.catalogue import read_rows
from riskplan.synth.draws import Draws
from riskplan.units import EARTH_RADIUS_M

Floats = npt.NDArray[np.float64]

SEAT_CODE = "350525100"
"""Township of the county seat, origin of the plane."""
HULL_MARGIN_M = 4_000.0
EDGE_MARGIN_M = 20.0
"""Drawn points stay this far inside their polygon [m]."""
VILLAGE_REACH_M = 4_500.0
NUM_PARKS = 4
_METRES_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180.0


@dataclass(frozen=True)
class Village:
    """A village; ``anchor`` is where its enterprises gather, in the plane [m]."""

    code: str
    name: str
    township: int
    lon: float
    lat: float
    synthetic: bool
    anchor: Floats


@dataclass(frozen=True)
class Township:
    """A township with its seat in the plane [m] and its convex polygon, counter-clockwise."""

    code: str
    name: str
    short: str
    lon: float
    lat: float
    seat: Floats
    cell: Floats
    """shape (n_corners, 2), plane [m]"""


@dataclass(frozen=True)
class Geography:
    """Townships and villages by increasing code; parks as (township, centre in the plane [m])."""

    townships: tuple[Township, ...]
    villages: tuple[Village, ...]
    parks: tuple[tuple[int, Floats], ...]
    origin: tuple[float, float]

    def villages_of(self, township: int) -> list[int]:
        """Return the indices of a township's villages."""
        return [i for i, v in enumerate(self.villages) if v.township == township]

    def ring(self, township: int) -> list[tuple[float, float]]:
        """Return the closed ring of a polygon as (lon, lat), rounded to 1e-6 degree."""
        points = [from_plane(p, self.origin) for p in self.townships[township].cell]
        return [*points, points[0]]


def to_plane(lon: float, lat: float, origin: tuple[float, float]) -> Floats:
    """Return metres east and north of the origin."""
    scale = _METRES_PER_DEGREE * math.cos(math.radians(origin[1]))
    return np.array([(lon - origin[0]) * scale, (lat - origin[1]) * _METRES_PER_DEGREE])


def from_plane(point: Floats, origin: tuple[float, float]) -> tuple[float, float]:
    """Return (lon, lat) rounded to 1e-6 degree."""
    scale = _METRES_PER_DEGREE * math.cos(math.radians(origin[1]))
    lon, lat = origin[0] + float(point[0]) / scale, origin[1] + float(point[1]) / _METRES_PER_DEGREE
    return round(lon, 6), round(lat, 6)


def make_geography(draws: Draws) -> Geography:
    """Return the county's geography; only villages without a known point and the parks are drawn."""
    rows = read_rows("yongchun_townships.csv")
    villages = read_rows("yongchun_villages.csv")
    origin = next((float(r["lon"]), float(r["lat"])) for r in rows if r["township_code"] == SEAT_CODE)
    seats = [to_plane(float(r["lon"]), float(r["lat"]), origin) for r in rows]
    known = [to_plane(float(v["lon"]), float(v["lat"]), origin) for v in villages if v["lon"]]
    hull = buffered_hull([*seats, *known], HULL_MARGIN_M)
    townships = tuple(
        Township(
            row["township_code"],
            row["name"],
            row["short"],
            float(row["lon"]),
            float(row["lat"]),
            seat,
            voronoi_cell(i, seats, hull),
        )
        for i, (row, seat) in enumerate(zip(rows, seats, strict=True))
    )
    placed = tuple(_village(row, townships, origin, draws) for row in villages)
    return Geography(townships, placed, _parks(townships, placed, draws), origin)


def _village(
    row: dict[str, str], townships: Sequence[Township], origin: tuple[float, float], draws: Draws
) -> Village:
    index = next(i for i, t in enumerate(townships) if t.code == row["township_code"])
    township = townships[index]
    angle, reach = 2.0 * math.pi * draws.one(), VILLAGE_REACH_M * math.sqrt(draws.one())
    drawn = township.seat + reach * np.array([math.cos(angle), math.sin(angle)])
    synthetic = not row["lon"]
    point = drawn if synthetic else to_plane(float(row["lon"]), float(row["lat"]), origin)
    anchor = pull_inside(township.cell, township.seat, point)
    lon, lat = from_plane(anchor if synthetic else point, origin)
    return Village(row["village_code"], row["name"], index, lon, lat, synthetic, anchor)


def township_weights(townships: Sequence[Township], villages: Sequence[Village]) -> Floats:
    """Return how much economy each township has: its villages, more so near the county seat."""
    count = np.bincount([v.township for v in villages], minlength=len(townships)).astype(float)
    distance = np.array([math.hypot(*t.seat) for t in townships])
    return count * (0.35 + 1.65 * np.exp(-distance / 12_000.0))


def _parks(
    townships: Sequence[Township], villages: Sequence[Village], draws: Draws
) -> tuple[tuple[int, Floats], ...]:
    chosen = draws.sample(township_weights(townships, villages), NUM_PARKS)
    parks = []
    for i in chosen.tolist():
        angle, reach = 2.0 * math.pi * draws.one(), 1_200.0 + 1_500.0 * draws.one()
        centre = townships[i].seat + reach * np.array([math.cos(angle), math.sin(angle)])
        parks.append((i, pull_inside(townships[i].cell, townships[i].seat, centre)))
    return tuple(parks)


def buffered_hull(points: Sequence[Floats], margin: float) -> Floats:
    """Return the convex hull of twelve-sided discs around the points, counter-clockwise, shape (n, 2)."""
    angles = [2.0 * math.pi * k / 12 for k in range(12)]
    spread = [p + margin * np.array([math.cos(a), math.sin(a)]) for p in points for a in angles]
    ordered = sorted((float(p[0]), float(p[1])) for p in spread)
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    return np.array(lower[:-1] + upper[:-1])


def _chain(ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for p in ordered:
        while len(chain) >= 2 and _turn(chain[-2], chain[-1], p) <= 1e-6:
            chain.pop()
        chain.append(p)
    return chain


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def voronoi_cell(index: int, seats: Sequence[Floats], hull: Floats) -> Floats:
    """Return the part of the hull that is nearer to one seat than to any other, counter-clockwise."""
    cell = hull
    for other, seat in enumerate(seats):
        if other != index:
            cell = _clip(cell, (seats[index] + seat) / 2.0, seat - seats[index])
    return cell


def _clip(polygon: Floats, middle: Floats, outward: Floats) -> Floats:
    """Keep the part of a convex polygon on the inner side of a line."""
    depth = (polygon - middle) @ outward
    kept: list[Floats] = []
    for k in range(len(polygon)):
        a, b, da, db = polygon[k - 1], polygon[k], depth[k - 1], depth[k]
        if (da <= 0.0) != (db <= 0.0):
            kept.append(a + (b - a) * (da / (da - db)))
        if db <= 0.0:
            kept.append(b)
    return np.array(kept)


def inside_by(cell: Floats, point: Floats) -> float:
    """Return how far inside a convex, counter-clockwise polygon a point lies [m]; negative outside."""
    edge = np.roll(cell, -1, axis=0) - cell
    arm = point - cell
    cross = edge[:, 0] * arm[:, 1] - edge[:, 1] * arm[:, 0]
    return float(np.min(cross / np.hypot(edge[:, 0], edge[:, 1])))


def pull_inside(cell: Floats, anchor: Floats, point: Floats) -> Floats:
    """Return the point, drawn towards the anchor (which must be inside) until it lies inside the polygon."""
    offset = point - anchor
    while inside_by(cell, anchor + offset) < EDGE_MARGIN_M:
        offset = offset * 0.8
        if math.hypot(*offset) < 1.0:
            return anchor
    return anchor + offset
