"""Which datum a case is in, by name or EPSG number, and how its coordinates become degrees of WGS84."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyproj

from riskplan.case.coordinates import Convert, Floats, bd09_to_wgs84, gcj02_to_wgs84

EXPECTED = "wgs84 | cgcs2000 | gcj02 | bd09 | EPSG:nnnn"
WEB_MAPS: dict[str, Convert] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}
"""The datums that are mistaken for one another."""
_SAME = {"wgs84": "wgs84", "cgcs2000": "wgs84", "gcj02": "gcj02", "bd09": "bd09", "bd09ll": "bd09"}
_EPSG = re.compile(r"epsg:?([0-9]{4,6})")
_WGS84_EPSG = {4326, 4490}
"""CGCS2000 lies within centimetres of WGS84: one datum for our purposes."""
_MARGIN = 1.0
"""Beyond the area that a CRS is made for [degrees], where its formulas still hold."""


@dataclass(frozen=True)
class Datum:
    """What the coordinates of a case mean.

    Parameters
    ----------
    name
        As declared.
    family
        ``wgs84``, ``gcj02`` or ``bd09``; empty for another CRS.
    crs
        The CRS where ``family`` is empty.
    """

    name: str
    family: str
    crs: pyproj.CRS | None = None

    @property
    def in_degrees(self) -> bool:
        """Tell whether the columns hold longitude and latitude rather than easting and northing."""
        return self.crs is None or not self.crs.is_projected

    def to_wgs84(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude [degrees]; NaN where the point lies outside the area of the CRS.

        Parameters
        ----------
        x, y
            shape (n,), longitude and latitude, or easting and northing [m], whatever order the CRS itself has.
        """
        if self.crs is None:
            return WEB_MAPS[self.family](x, y)
        transformer = pyproj.Transformer.from_crs(self.crs, 4326, always_xy=True)
        lon, lat = (np.asarray(a, dtype=np.float64) for a in transformer.transform(x, y))
        good = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
        area = self.crs.area_of_use
        if area is not None and area.west <= area.east:
            good &= (lon >= area.west - _MARGIN) & (lon <= area.east + _MARGIN)
            good &= (lat >= area.south - _MARGIN) & (lat <= area.north + _MARGIN)
        return np.where(good, lon, np.nan), np.where(good, lat, np.nan)


def parse_datum(text: str) -> Datum | None:
    """Return the datum that a setting names, None where there is none of that name."""
    plain = re.sub(r"[\s_-]", "", text).lower()
    if plain in _SAME:
        return Datum(text, _SAME[plain])
    found = _EPSG.fullmatch(plain)
    if not found:
        return None
    if int(found[1]) in _WGS84_EPSG:
        return Datum(text, "wgs84")
    try:
        crs = pyproj.CRS.from_epsg(int(found[1]))
    except pyproj.exceptions.CRSError:
        return None
    return Datum(text, "", crs) if crs.is_projected or crs.is_geographic else None
