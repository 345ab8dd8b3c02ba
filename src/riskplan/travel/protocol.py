"""What a source of travel times provides: a frozen matrix of integer seconds and metres, with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from riskplan.errors import RiskplanError

SECONDS_DTYPE = np.int32
NO_WAY = 10_000_000
"""Seconds (and metres) between places that no way joins: longer than any shift, so that no route can use it [s]."""


@dataclass(frozen=True)
class Matrix:
    """Travel between points, from row to column.

    Parameters
    ----------
    ids
        Names of the points, n of them, unique.
    seconds
        shape (n, n), int32, travel time [s], zero on the diagonal, >= 0.
    metres
        shape (n, n), int32, length of the way [m], zero on the diagonal, >= 0.
    source
        How the figures were made, in words that stay the same from run to run.
    sha256
        Hash over ids, figures and source.

    Raises
    ------
    ValueError
        If ids repeat or an array has a wrong shape, dtype, diagonal or sign.
    """

    ids: tuple[str, ...]
    seconds: npt.NDArray[np.int32]
    metres: npt.NDArray[np.int32]
    source: str
    sha256: str

    def __post_init__(self) -> None:
        """Check the figures.

        Raises
        ------
        ValueError
            If ids repeat or an array has a wrong shape, dtype, diagonal or sign.
        """
        if len(set(self.ids)) != len(self.ids):
            message = f"travel matrix: {len(self.ids) - len(set(self.ids))} point ids repeat"
            raise ValueError(message)
        for name, table in (("seconds", self.seconds), ("metres", self.metres)):
            if table.shape != (len(self.ids), len(self.ids)) or table.dtype != SECONDS_DTYPE:
                message = (
                    f"travel matrix: {name} is {table.dtype} {table.shape}, expected int32 by {len(self.ids)}"
                )
                raise ValueError(message)
            if (table < 0).any() or np.diagonal(table).any():
                message = f"travel matrix: {name} below zero, or not zero on the diagonal"
                raise ValueError(message)

    @classmethod
    def of(
        cls, ids: Sequence[str], seconds: npt.NDArray[np.int32], metres: npt.NDArray[np.int32], source: str
    ) -> Matrix:
        """Return a matrix with its hash.

        Parameters
        ----------
        ids, seconds, metres, source
            As in the class.
        """
        names = tuple(ids)
        return cls(names, seconds, metres, source, matrix_hash(names, seconds, metres, source))

    def sub(self, ids: Sequence[str]) -> Matrix:
        """Return the matrix of some of the points, in the order given.

        Parameters
        ----------
        ids
            Points wanted, each one of ``self.ids``.

        Raises
        ------
        KeyError
            If a point is unknown; it is named.
        """
        position = {name: k for k, name in enumerate(self.ids)}
        unknown = [name for name in ids if name not in position]
        if unknown:
            message = f"travel matrix: no point {unknown[0]!r}"
            raise KeyError(message)
        chosen = np.array([position[name] for name in ids], dtype=np.int64)
        square = np.ix_(chosen, chosen)
        return Matrix.of(ids, self.seconds[square], self.metres[square], self.source)

    def unreachable(self) -> tuple[str, ...]:
        """Return the points that cannot be reached from, or left for, at least half of all others; in their order.

        A lone place without a way is named, not everybody who cannot reach it.
        """
        cut = (self.seconds >= NO_WAY) | (self.seconds.T >= NO_WAY)
        often = 2 * cut.sum(axis=1) >= max(len(self.ids) - 1, 1)
        return tuple(name for name, bad in zip(self.ids, often, strict=True) if bad)

    def closed(self) -> Matrix:
        """Return the metric closure: where going round by other points is faster, that is the way.

        References
        ----------
        R. W. Floyd, "Algorithm 97: shortest path", Comm. ACM 5 (1962) 345.
        """
        weight = (self.seconds.astype(np.int64) << 32) + self.metres
        for k in range(len(self.ids)):
            np.minimum(weight, weight[:, k, None] + weight[None, k, :], out=weight)
        seconds = np.minimum(weight >> 32, NO_WAY).astype(SECONDS_DTYPE)
        metres = np.minimum(weight & (2**32 - 1), NO_WAY).astype(SECONDS_DTYPE)
        return Matrix.of(self.ids, seconds, metres, self.source)


class TravelTimes(Protocol):
    """A source of travel times; every provider passes ``tests/travel/test_travel_conformance.py``.

    Times are integer seconds, may differ there and back, and no third point makes a way shorter (metric closure).
    """

    @property
    def source(self) -> str:
        """How the figures are made, in words that stay the same from run to run."""

    @property
    def sha256(self) -> str:
        """Hash of everything that the figures depend on, besides the points."""

    def matrix(
        self, ids: Sequence[str], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> Matrix:
        """Return travel times between points.

        Parameters
        ----------
        ids
            Names of the points, n of them, unique.
        lon, lat
            shape (n,), float64, WGS84 [degree].
        """


def matrix_hash(
    ids: Sequence[str], seconds: npt.NDArray[np.int32], metres: npt.NDArray[np.int32], source: str
) -> str:
    """Return the SHA-256 of a matrix as hexadecimal text, the same on every machine.

    Parameters
    ----------
    ids, seconds, metres, source
        As in ``Matrix``.
    """
    digest = hashlib.sha256()
    for text in (source, str(len(ids)), *ids):
        digest.update(text.encode("utf-8") + b"\x00")
    digest.update(np.ascontiguousarray(seconds, dtype="<i4").tobytes())
    digest.update(np.ascontiguousarray(metres, dtype="<i4").tobytes())
    return digest.hexdigest()


def text_hash(*texts: str) -> str:
    """Return the SHA-256 of some texts as hexadecimal text.

    Parameters
    ----------
    texts
        In their order.
    """
    return hashlib.sha256("\x00".join(texts).encode("utf-8")).hexdigest()


def require_points(ids: Sequence[str], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> None:
    """Refuse points without coordinates.

    Parameters
    ----------
    ids, lon, lat
        As in ``TravelTimes.matrix``.

    Raises
    ------
    RiskplanError
        If a point has no coordinates; the first is named.
    """
    lacking = np.flatnonzero(~(np.isfinite(lon) & np.isfinite(lat)))
    if lacking.size:
        code = "travel.point_missing"
        raise RiskplanError(code, point=ids[int(lacking[0])], count=lacking.size)
