"""A matrix that the office gives: the table ``travel_times`` of a case, a CSV file of that form, or an .npz."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.errors import Fault, InputError
from riskplan.travel.protocol import NO_WAY, SECONDS_DTYPE, Matrix

Ints = npt.NDArray[np.int64]
HEADER = ("from_id", "to_id", "seconds")
OFFICE = "depot/"
"""What the planner puts before a department to mean its office; in a given matrix the department's id is enough."""
MOST_SECONDS = 1_000_000
"""A longer way in a given matrix is a slip [s]."""


@dataclass(frozen=True)
class GivenTimes:
    """Travel as somebody has measured or computed it elsewhere.

    Pairs that are not given are ways over other given places (metric closure), else there is no way.

    Parameters
    ----------
    whole
        All places and times, closed.
    """

    whole: Matrix

    @classmethod
    def of(cls, frame: pd.DataFrame) -> GivenTimes:
        """Return the times of a table.

        Parameters
        ----------
        frame
            Columns ``from_id``, ``to_id``, ``seconds``, ``metres``; a pair at most once.
        """
        begin, end = (frame[name].to_numpy(dtype=str) for name in ("from_id", "to_id"))
        ids = np.unique(np.concatenate([begin, end]))
        at = np.searchsorted(ids, begin), np.searchsorted(ids, end)
        seconds, metres = (np.full((len(ids), len(ids)), NO_WAY, dtype=SECONDS_DTYPE) for _ in range(2))
        for table, name in ((seconds, "seconds"), (metres, "metres")):
            table[at] = frame[name].to_numpy(dtype=np.int64)
            np.fill_diagonal(table, 0)
        return cls(Matrix.of([str(name) for name in ids], seconds, metres, _source(len(ids))).closed())

    @property
    def source(self) -> str:
        """How the figures are made, in words."""
        return f"{self.whole.source} ({self.whole.sha256[:12]})"

    @property
    def sha256(self) -> str:
        """Hash of everything that the figures depend on, besides the points."""
        return self.whole.sha256

    def matrix(
        self, ids: Sequence[str], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> Matrix:
        """Return travel times between points; equal points are 0 s apart, unknown ones have no way.

        Parameters
        ----------
        ids
            Names of the points, n of them, unique.
        lon, lat
            shape (n,), float64, WGS84 [degree].
        """
        known = {name: k for k, name in enumerate(self.whole.ids)}
        at = np.array([known.get(i, known.get(i.removeprefix(OFFICE), -1)) for i in ids], dtype=np.int64)
        square = np.ix_(at, at)
        lacking = (at < 0)[:, None] | (at < 0)[None, :]
        same = (lon[:, None] == lon[None, :]) & (lat[:, None] == lat[None, :]) & lacking
        same |= np.eye(len(ids), dtype=bool)
        tables = []
        for whole in (self.whole.seconds, self.whole.metres):
            table = whole[square] if known else np.zeros(lacking.shape, dtype=SECONDS_DTYPE)
            tables.append(np.where(same, 0, np.where(lacking, NO_WAY, table)).astype(SECONDS_DTYPE))
        return Matrix.of(ids, tables[0], tables[1], self.source).closed()


def _source(count: int) -> str:
    return f"given times of {count} places"


def read_times(path: Path) -> GivenTimes:
    """Read a matrix from ``.csv`` (from_id, to_id, seconds, metres) or ``.npz`` (ids, seconds, metres).

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    faults: list[Fault] = []
    frame = _from_npz(path, faults) if path.suffix == ".npz" else _from_csv(path, faults)
    if faults:
        raise InputError(faults)
    return GivenTimes.of(frame)


def _from_csv(path: Path, faults: list[Fault]) -> pd.DataFrame:
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    found = list(rows[0]) if rows else text.splitlines()[:1]
    told = {"found": ", ".join(found)}
    faults += [
        Fault("missing_column", path.name, column=name, args={"zh": name, **told})
        for name in HEADER
        if name not in found
    ]
    if faults:
        return pd.DataFrame()
    seen: set[tuple[str, str]] = set()
    data = []
    for number, row in enumerate(rows, 2):
        pair = (row["from_id"], row["to_id"])
        if pair in seen:
            faults.append(Fault("pair_twice", path.name, None, number, "to_id", pair[1], {"start": pair[0]}))
        seen.add(pair)
        figures = [
            _whole(row.get(name) or "0", path.name, number, name, faults) for name in ("seconds", "metres")
        ]
        data.append((*pair, *figures))
    return pd.DataFrame(data, columns=["from_id", "to_id", "seconds", "metres"])


def _whole(text: str, file: str, row: int, column: str, faults: list[Fault]) -> int:
    if not text.isascii() or not text.isdigit():
        faults.append(
            Fault("not_an_integer", file, None, row, column, text, {"expected": f"0..{MOST_SECONDS}"})
        )
        return 0
    if int(text) > NO_WAY or (column == "seconds" and int(text) > MOST_SECONDS):
        faults.append(
            Fault(
                "number_out_of_range", file, None, row, column, text, {"low": "0", "high": str(MOST_SECONDS)}
            )
        )
        return 0
    return int(text)


def _from_npz(path: Path, faults: list[Fault]) -> pd.DataFrame:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            ids, seconds = found["ids"].astype(str), found["seconds"]
            metres = found["metres"] if "metres" in found else np.zeros_like(seconds)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        faults.append(Fault("unreadable_times", path.name, value=str(error)[:120]))
        return pd.DataFrame()
    shape = (len(ids), len(ids))
    good = all(table.shape == shape and table.dtype.kind in "iu" for table in (seconds, metres))
    if (
        not good
        or len(set(ids.tolist())) != len(ids)
        or min(seconds.min(initial=0), metres.min(initial=0)) < 0
    ):
        faults.append(Fault("unreadable_times", path.name, value=f"{seconds.dtype} {seconds.shape}"))
        return pd.DataFrame()
    return pd.DataFrame({
        "from_id": np.repeat(ids, len(ids)),
        "to_id": np.tile(ids, len(ids)),
        "seconds": np.minimum(seconds.ravel(), NO_WAY),
        "metres": np.minimum(metres.ravel(), NO_WAY),
    })
