"""Travel times of an OSRM server, asked by HTTP; only the server that the rulebook names is ever asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import numpy.typing as npt

from riskplan.errors import RiskplanError
from riskplan.travel.protocol import NO_WAY, SECONDS_DTYPE, Matrix, require_points, text_hash

Floats = npt.NDArray[np.float64]
MOST_POINTS = 100
"""Points in one question: what a server allows unless told otherwise (``--max-table-size``)."""
PATIENCE_S = 20.0
"""Seconds to wait for an answer."""
UNREACHED = "travel.osrm_unreached"
REFUSED = "travel.osrm_refused"


@dataclass(frozen=True)
class Osrm:
    """The table service of an OSRM server.

    Seconds and metres are rounded up and closed (no third point makes a way shorter); the entry time is added after.

    Parameters
    ----------
    url
        Address of the server, such as ``http://localhost:5000``.
    entry_seconds
        Time for getting in at each arrival [s], >= 0.
    data
        What stands for the server's map in the hash, such as the date of its extract; the server does not tell.

    References
    ----------
    Project OSRM, HTTP API v1, table service.
    """

    url: str
    entry_seconds: int
    data: str = ""

    @property
    def source(self) -> str:
        """How the figures are made, in words."""
        named = f" ({self.data})" if self.data else ""
        return f"OSRM{named}, {self.entry_seconds} s entry"

    @property
    def sha256(self) -> str:
        """Hash of everything that the figures depend on, besides the points and the server's map."""
        return text_hash("osrm", self.url, self.data, str(self.entry_seconds))

    def matrix(self, ids: Sequence[str], lon: Floats, lat: Floats) -> Matrix:
        """Return travel times between points; a server that does not answer is refused with a sentence.

        Parameters
        ----------
        ids
            Names of the points, n of them, unique.
        lon, lat
            shape (n,), float64, WGS84 [degree].
        """
        require_points(ids, lon, lat)
        count, half = len(ids), MOST_POINTS // 2
        seconds, metres = (np.zeros((count, count), dtype=np.int64) for _ in range(2))
        for a in range(0, count, half):
            for b in range(0, count, half):
                rows, columns = range(a, min(a + half, count)), range(b, min(b + half, count))
                block = np.ix_(np.array(rows), np.array(columns))
                seconds[block], metres[block] = self._block(lon, lat, rows, columns)
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(metres, 0)
        same = (lon[:, None] == lon[None, :]) & (lat[:, None] == lat[None, :])
        seconds[same] = metres[same] = 0
        whole = Matrix.of(
            ids, seconds.astype(SECONDS_DTYPE), metres.astype(SECONDS_DTYPE), self.source
        ).closed()
        entered = np.where(
            same | (whole.seconds >= NO_WAY), whole.seconds, whole.seconds + self.entry_seconds
        )
        return Matrix.of(ids, entered.astype(SECONDS_DTYPE), whole.metres, self.source)

    def _block(self, lon: Floats, lat: Floats, rows: range, columns: range) -> tuple[Any, Any]:
        points = [*rows, *columns]
        places = ";".join(f"{lon[k]:.6f},{lat[k]:.6f}" for k in points)
        starts = ";".join(str(k) for k in range(len(rows)))
        ends = ";".join(str(k) for k in range(len(rows), len(points)))
        asked = (
            f"/table/v1/driving/{places}?sources={starts}&destinations={ends}&annotations=duration,distance"
        )
        answer = self._ask(asked)
        return _whole(answer["durations"]), _whole(answer["distances"])

    def _ask(self, path: str) -> dict[str, Any]:
        if urlsplit(self.url).scheme not in {"http", "https"}:
            raise RiskplanError(REFUSED, url=self.url, answer="http://, https://")
        try:
            with urlopen(self.url.rstrip("/") + path, timeout=PATIENCE_S) as reply:
                answer = json.loads(reply.read())
        except (URLError, OSError) as error:
            raise RiskplanError(UNREACHED, url=self.url) from error
        except ValueError as error:
            raise RiskplanError(REFUSED, url=self.url, answer=str(error)[:80]) from error
        if (
            not isinstance(answer, dict)
            or answer.get("code") != "Ok"
            or not {"durations", "distances"} <= set(answer)
        ):
            raise RiskplanError(REFUSED, url=self.url, answer=str(answer)[:80])
        return answer


def _whole(table: Iterable[Iterable[float | None]]) -> npt.NDArray[np.int64]:
    """Return figures rounded up, ``null``: no way."""
    found = np.array([[np.nan if v is None else float(v) for v in row] for row in table], dtype=np.float64)
    return np.where(np.isnan(found), NO_WAY, np.ceil(np.nan_to_num(found) - 1e-9)).astype(np.int64)
