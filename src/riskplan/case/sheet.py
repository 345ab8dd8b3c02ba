"""A table as text, with the place of every cell, and the faults found in it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.errors import Fault


@dataclass(frozen=True)
class Origin:
    """Where rows come from: a file, or one sheet of a workbook.

    Parameters
    ----------
    file
        File name relative to the case, never an absolute path.
    sheet
        Sheet, layer or database table; None for a text file.
    headers
        Attribute name -> header as written there.
    letters
        Attribute name -> column letter as a spreadsheet shows it; empty for text files.
    """

    file: str
    sheet: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Sheet:
    """One table of a case as text.

    Parameters
    ----------
    cells
        Text cells, stripped; column labels are attribute names; a fresh RangeIndex.
    origins
        The files and sheets that the rows come from (a table may be spread over one sheet per township).
    origin_of
        shape (n_rows,), index into ``origins``.
    row_of
        shape (n_rows,), row number as the user's program shows it.
    faults
        Found so far, warnings too.
    """

    cells: pd.DataFrame
    origins: tuple[Origin, ...]
    origin_of: npt.NDArray[np.int64]
    row_of: npt.NDArray[np.int64]
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, origin: Origin, cells: pd.DataFrame, rows: Sequence[int] | None = None) -> Sheet:
        """Return a table from one origin; without ``rows`` the header is row 1 and the data follow."""
        count = len(cells)
        row_of = np.arange(2, count + 2) if rows is None else np.asarray(rows, dtype=np.int64)
        return cls(cells, (origin,), np.zeros(count, dtype=np.int64), row_of.astype(np.int64))

    @classmethod
    def joined(cls, parts: Sequence[Sheet]) -> Sheet:
        """Return one table from several sheets of the same kind, in their order; missing columns are empty."""
        if len(parts) == 1:
            return parts[0]
        starts = np.cumsum([0, *(len(part.origins) for part in parts)])
        return cls(
            pd.concat([part.cells for part in parts], ignore_index=True).fillna(""),
            tuple(origin for part in parts for origin in part.origins),
            np.concatenate([part.origin_of + at for part, at in zip(parts, starts[:-1], strict=True)]),
            np.concatenate([part.row_of for part in parts]),
            [fault for part in parts for fault in part.faults],
        )

    @property
    def headers(self) -> frozenset[str]:
        """Attributes that at least one origin has."""
        return frozenset(name for origin in self.origins for name in origin.headers)

    @property
    def file(self) -> str:
        """Name of the first file."""
        return self.origins[0].file

    def place(self, index: int) -> str:
        """Return where a data row stands, in few characters: its row, with file and sheet where there are several."""
        row, origin = int(self.row_of[index]), self.origins[int(self.origin_of[index])]
        return str(row) if len(self.origins) == 1 else f"{origin.sheet or origin.file} {row}"

    def fault(self, code: str, index: int | None, column: str, value: str = "", **args: str) -> None:
        """Record a fault at a data row (0-based) and a column (attribute name)."""
        self.faults.append(self.fault_at(code, index, column, value, args))

    def warn(self, code: str, index: int | None, column: str, value: str = "", **args: str) -> None:
        """Record a warning at a data row (0-based) and a column (attribute name)."""
        self.faults.append(self.fault_at(code, index, column, value, args, warning=True))

    def fault_at(
        self,
        code: str,
        index: int | None,
        column: str,
        value: str,
        args: dict[str, str],
        *,
        warning: bool = False,
    ) -> Fault:
        """Return a fault at a data row (None: the whole column) with its place as the user's program shows it."""
        origin = self.origins[0 if index is None else int(self.origin_of[index])]
        row = None if index is None else int(self.row_of[index])
        letter = origin.letters.get(column)
        header = origin.headers.get(column, column)
        cell = f"{letter}{row}" if letter and row is not None else None
        return Fault(code, origin.file, origin.sheet, row, header, value, args, warning, cell)
