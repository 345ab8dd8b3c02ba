"""Matrices kept on disk under the hash of all that they depend on; a damaged or foreign file is made anew."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from riskplan.travel.protocol import Matrix, TravelTimes, matrix_hash

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cached:
    """A provider whose matrices are kept in a folder.

    Parameters
    ----------
    provider
        Where matrices come from.
    folder
        Where they are kept; made when missing. Files may be deleted at any time.
    """

    provider: TravelTimes
    folder: Path

    @property
    def source(self) -> str:
        """How the figures are made, in words."""
        return self.provider.source

    @property
    def sha256(self) -> str:
        """Hash of everything that the figures depend on, besides the points."""
        return self.provider.sha256

    def matrix(self, ids: Sequence[str], lon: Floats, lat: Floats) -> Matrix:
        """Return travel times between points, from the folder where they are there.

        Parameters
        ----------
        ids
            Names of the points, n of them, unique.
        lon, lat
            shape (n,), float64, WGS84 [degree].
        """
        path = self.folder / f"{self._key(ids, lon, lat)}.npz"
        kept = self._read(path, ids)
        if kept is not None:
            return kept
        made = self.provider.matrix(ids, lon, lat)
        self._write(path, made)
        return made

    def _key(self, ids: Sequence[str], lon: Floats, lat: Floats) -> str:
        digest = hashlib.sha256(self.provider.sha256.encode())
        for text in (str(len(ids)), *ids):
            digest.update(text.encode("utf-8") + b"\x00")
        for values in (lon, lat):
            digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
        return digest.hexdigest()

    def _read(self, path: Path, ids: Sequence[str]) -> Matrix | None:
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                seconds, metres, sha = found["seconds"], found["metres"], str(found["sha256"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        if matrix_hash(ids, seconds, metres, self.source) != sha:
            return None
        return Matrix(tuple(ids), seconds, metres, self.source, sha)

    def _write(self, path: Path, made: Matrix) -> None:
        """Write beside and rename; a folder that can't be written to is done without."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".new", delete=False) as fresh:
                np.savez_compressed(
                    fresh, seconds=made.seconds, metres=made.metres, sha256=np.array(made.sha256)
                )
            Path(fresh.name).replace(path)
        except OSError:
            return
