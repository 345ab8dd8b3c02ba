"""Village clusters: about a dozen enterprises of one township that one tour can see, and what such a tour costs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.units import EARTH_RADIUS_M

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
TOUR = 0.7124
"""Length of a tour of n random stops in an area A is about 0.7124 sqrt(A n) (Beardwood, Halton, Hammersley 1959)."""


def plane(lon: Floats, lat: Floats) -> Floats:
    """Return points on a plane around their middle, shape (n, 2) [km].

    Parameters
    ----------
    lon, lat
        shape (n,), WGS84 [degrees].
    """
    middle = float((lat.min() + lat.max()) / 2) if len(lat) else 0.0
    km = EARTH_RADIUS_M / 1000 * np.pi / 180
    return np.stack([lon * km * np.cos(np.radians(middle)), lat * km], axis=1)


def clusters_of(township: Ints, lon: Floats, lat: Floats, size: int = 12) -> Ints:
    """Return the cluster of each enterprise, numbered township by township.

    A township is halved across its longer side, by counts, until no part has more than ``size`` enterprises.

    Parameters
    ----------
    township
        shape (n,), index of the township.
    lon, lat
        shape (n,), WGS84 [degrees].
    size
        Most enterprises in a cluster, >= 1.
    """
    cluster = np.zeros(len(township), dtype=np.int64)
    points = np.round(plane(lon, lat), 3)
    count = 0
    for t in np.unique(township):
        for part in _halves(points, np.flatnonzero(township == t), size):
            cluster[part] = count
            count += 1
    return cluster


def _halves(points: Floats, members: Ints, size: int) -> list[Ints]:
    if len(members) <= size:
        return [members]
    here = points[members]
    axis = int(np.argmax(np.ptp(here, axis=0)))
    order = members[np.lexsort((here[:, 1 - axis], here[:, axis]))]
    middle = len(order) // 2
    return [*_halves(points, order[:middle], size), *_halves(points, order[middle:], size)]


def areas(cluster: Ints, lon: Floats, lat: Floats) -> Floats:
    """Return the area of the rectangle around each cluster [km2]; each side is at least 0.1 km.

    Parameters
    ----------
    cluster
        shape (n,), from 0 on without holes.
    lon, lat
        shape (n,), WGS84 [degrees].
    """
    points, count = plane(lon, lat), int(cluster.max(initial=-1)) + 1
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, cluster, points)
    np.maximum.at(high, cluster, points)
    return np.maximum(high - low, 0.1).prod(axis=1)


def tour_km(area: Floats, stops: Ints) -> Floats:
    """Return the length of a tour, shape (n_areas, n_stops) [km]: ``0.7124 sqrt(A n)``.

    Parameters
    ----------
    area
        shape (n_areas,) [km2].
    stops
        shape (n_stops,), numbers of stops.
    """
    return TOUR * np.sqrt(area[:, None] * stops[None, :])
