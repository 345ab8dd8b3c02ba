"""What a source of travel times provides: a frozen matrix of integer seconds and metres, with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

SECONDS_DTYPE = np.int32


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


class TravelTimes(Protocol):
    """A source of travel times; every provider passes ``tests/travel/test_conformance.py``."""

    @property
    def source(self) -> str:
        """How the figures are made, in words."""

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
