"""Chinese web-map coordinates (GCJ-02, BD-09) to WGS84 and back, vectorised."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.units import COORDINATE_DECIMALS

Floats = npt.NDArray[np.float64]
Convert = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From two coordinates of a datum to longitude and latitude in WGS84."""

_AXIS_M = 6_378_245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid that GCJ-02 uses [m]."""
_ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
_INVERSE_ITERATIONS = 4
"""The shift changes by less than 1e-3 of a step, so four fixed-point steps end far below 1 cm."""
_BOX = (72.004, 137.8347, 0.8293, 55.8271)
"""GCJ-02 is used inside (lon from, lon to, lat from, lat to) [degrees]; outside it equals WGS84."""
PAIRS = (("lon", "lat"), ("depot_lon", "depot_lat"))
"""Columns that hold a point, in every table that has them."""
_BD_ANGLE = np.pi * 3000.0 / 180.0
_BD_EAST, _BD_NORTH = 0.0065, 0.006
"""BD-09 is GCJ-02 moved by these [degrees] after a small wave in polar form."""
_BD_ITERATIONS = 6


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Shift WGS84 points to GCJ-02.

    Parameters
    ----------
    lon, lat
        Any common shape [degrees]; NaN stays NaN.

    Returns
    -------
    tuple
        Longitude and latitude in GCJ-02 [degrees].
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    d_lon, d_lat = _shift(x, y)
    return x + d_lon, y + d_lat


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Undo :func:`wgs84_to_gcj02` by fixed-point iteration; the round trip is exact to well below 1 cm.

    Parameters
    ----------
    lon, lat
        Any common shape [degrees]; NaN stays NaN.

    Returns
    -------
    tuple
        Longitude and latitude in WGS84 [degrees].
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    guess_lon, guess_lat = x, y
    for _ in range(_INVERSE_ITERATIONS):
        d_lon, d_lat = _shift(guess_lon, guess_lat)
        guess_lon, guess_lat = x - d_lon, y - d_lat
    return guess_lon, guess_lat


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Shift GCJ-02 points to BD-09 (any common shape, degrees; NaN stays NaN)."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_ANGLE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_ANGLE)
    return radius * np.cos(angle) + _BD_EAST, radius * np.sin(angle) + _BD_NORTH


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Undo :func:`gcj02_to_bd09` by fixed-point iteration; the usual closed form is up to a metre off."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    guess_lon, guess_lat = x - _BD_EAST, y - _BD_NORTH
    for _ in range(_BD_ITERATIONS):
        there_lon, there_lat = gcj02_to_bd09(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (x - there_lon), guess_lat + (y - there_lat)
    return guess_lon, guess_lat


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Shift WGS84 points to BD-09 (any common shape, degrees; NaN stays NaN)."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Undo :func:`wgs84_to_bd09` to well below 1 cm (any common shape, degrees; NaN stays NaN)."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(frame: pd.DataFrame, convert: Convert = gcj02_to_wgs84) -> pd.DataFrame:
    """Return a table with its points (lon, lat and depot_lon, depot_lat) in WGS84, rounded."""
    changed: dict[str, Floats] = {}
    for lon, lat in PAIRS:
        if lon in frame.columns and lat in frame.columns:
            x, y = convert(frame[lon].to_numpy(np.float64), frame[lat].to_numpy(np.float64))
            changed |= {lon: x.round(COORDINATE_DECIMALS), lat: y.round(COORDINATE_DECIMALS)}
    return frame.assign(**changed)


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the offset GCJ-02 - WGS84 at WGS84 points [degrees]."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north = north + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north = north + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east = east + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east = east + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    flat = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    d_lat = np.degrees(north * flat * np.sqrt(flat) / (_AXIS_M * (1.0 - _ECCENTRICITY_SQUARED)))
    d_lon = np.degrees(east * np.sqrt(flat) / (_AXIS_M * np.cos(phi)))
    inside = (lon >= _BOX[0]) & (lon <= _BOX[1]) & (lat >= _BOX[2]) & (lat <= _BOX[3])
    return np.where(inside, d_lon, 0.0), np.where(inside, d_lat, 0.0)
