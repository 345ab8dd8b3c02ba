"""Units and constants that every room reads the same way (docs/reference/contracts.md, section 1)."""

from __future__ import annotations

MINUTES_PER_HOUR = 60
SECONDS_PER_MINUTE = 60
DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365
COORDINATE_DECIMALS = 6
"""Coordinates are WGS84 degrees rounded to 1e-6 on reading."""
EARTH_RADIUS_M = 6_371_008.8
"""Mean Earth radius R1 (IUGG), metres."""


def clock(minutes: int) -> str:
    """Return minutes from midnight as ``HH:MM``.

    Parameters
    ----------
    minutes
        Minutes from midnight, 0 to 1440.
    """
    return f"{minutes // MINUTES_PER_HOUR:02d}:{minutes % MINUTES_PER_HOUR:02d}"
