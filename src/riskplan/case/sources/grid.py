"""One sheet of a workbook as it is kept: values by row, and what lies hidden, merged or in error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Notes:
    """What a sheet says besides its values.

    Parameters
    ----------
    hidden_rows
        Rows that do not show, counted from 1.
    hidden_columns
        Columns that do not show, counted from 0.
    filtered
        True where a filter hides rows.
    errors
        (row from 1, column from 0) -> ``#N/A`` and the like; ``#FORMULA!`` for a formula without a stored result.
    """

    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    filtered: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass
class Grid:
    """One sheet.

    Parameters
    ----------
    name
        Name of the sheet.
    rows
        Values of row 1, 2, ... from column A on; rows may be of different length; may be gone through once.
    visible
        False for a hidden sheet.
    merged
        (first row, first column, last row, last column) of each merged range; rows from 1, columns from 0.
    notes
        What lies hidden or in error.
    date1904
        True where serial numbers count from 1904.
    """

    name: str
    rows: Iterator[list[object]]
    visible: bool = True
    merged: Sequence[tuple[int, int, int, int]] = ()
    notes: Notes = field(default_factory=Notes)
    date1904: bool = False
