"""Travel along the great circle: a detour factor, one speed, and a fixed time at each arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from riskplan.rules.model import TravelRules
from riskplan.travel.protocol import SECONDS_DTYPE, Matrix, require_points, text_hash
from riskplan.units import EARTH_RADIUS_M

KMH_PER_MS = Fraction("3.6")


@dataclass(frozen=True)
class GreatCircle:
    """The default provider: detour times great circle, at one speed.

    ``metres = round(detour x arc)``, ``seconds = ceil(metres x 3.6 / speed) + entry``.
    Equal points are 0 m and 0 s apart. Rule S9 of ``docs/semantics.md``.

    Parameters
    ----------
    detour
        Length of the road over the length of the arc, >= 1 in practice.
    speed_kmh
        Mean speed [km/h], > 0.
    entry_seconds
        Time for getting in at each arrival [s], >= 0.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

    detour: float
    speed_kmh: float
    entry_seconds: int

    def __post_init__(self) -> None:
        """Check the values.

        Raises
        ------
        ValueError
            If a value is out of range.
        """
        if not (self.detour > 0 and self.speed_kmh > 0 and self.entry_seconds >= 0):
            message = (
                f"great circle travel: detour {self.detour}, speed {self.speed_kmh} km/h, entry "
                f"{self.entry_seconds} s; the first two must be above 0, the last not below"
            )
            raise ValueError(message)

    @classmethod
    def of(cls, rules: TravelRules) -> GreatCircle:
        """Return the provider that a rulebook describes."""
        return cls(rules.detour, rules.speed_kmh, rules.entry_seconds)

    @property
    def source(self) -> str:
        """How the figures are made, in words."""
        return f"great circle x {self.detour:g}, {self.speed_kmh:g} km/h, {self.entry_seconds} s entry"

    @property
    def sha256(self) -> str:
        """Hash of everything that the figures depend on, besides the points."""
        return text_hash("great circle", repr((self.detour, self.speed_kmh, self.entry_seconds)))

    def matrix(
        self, ids: Sequence[str], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> Matrix:
        """Return travel times between points; one without coordinates is refused by name.

        Parameters
        ----------
        ids
            Names of the points, n of them, unique.
        lon, lat
            shape (n,), float64, WGS84 [degree].
        """
        require_points(ids, lon, lat)
        metres = np.rint(self.detour * arc_metres(lon, lat)).astype(np.int64)
        # An exact quotient: 3.6 and the speed are the fractions that their decimals say.
        pace = KMH_PER_MS / Fraction(str(self.speed_kmh))
        seconds = -(-metres * pace.numerator // pace.denominator) + self.entry_seconds
        same = (lon[:, None] == lon[None, :]) & (lat[:, None] == lat[None, :])
        seconds[same] = 0
        metres[same] = 0
        return Matrix.of(ids, seconds.astype(SECONDS_DTYPE), metres.astype(SECONDS_DTYPE), self.source)


def arc_metres(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return great-circle distances between all pairs of points by the haversine formula.

    Parameters
    ----------
    lon, lat
        shape (n,), float64, WGS84 [degree].

    Returns
    -------
    numpy.ndarray
        shape (n, n), float64 [m].

    References
    ----------
    R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984); mean Earth radius R1 of the IUGG.
    """
    lam, phi = np.radians(lon), np.radians(lat)
    half_phi = np.sin((phi[:, None] - phi[None, :]) / 2)
    half_lam = np.sin((lam[:, None] - lam[None, :]) / 2)
    h = half_phi**2 + np.cos(phi)[:, None] * np.cos(phi)[None, :] * half_lam**2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0)))
