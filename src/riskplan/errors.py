"""Everything that can go wrong, as data: a fault names place, value, expectation and remedy.

Exit codes: 0 good, 1 violations or no plan exists, 2 bad input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

EXIT_GOOD = 0
EXIT_VIOLATIONS = 1
EXIT_BAD_INPUT = 2


@dataclass(frozen=True)
class Fault:
    """One defect of the input, told so that its owner can mend it.

    Parameters
    ----------
    code
        Key of the message catalogue below ``fault.``, e.g. ``not_a_number``.
    file
        File name relative to the case folder, never an absolute path; ``postgis`` for a database.
    sheet
        Sheet of a workbook, layer of a GeoPackage or table of a database; None for a text file.
    row
        Row as the user's program shows it (the header is row 1), None for the whole file.
    column
        Column header as written in the file, or dotted key of a TOML file.
    value
        Offending value as written.
    args
        Further named values for the message.
    warning
        True when reading may go on (a default was taken).
    cell
        Address as a spreadsheet shows it, such as ``E12``; None outside workbooks.
    """

    code: str
    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    args: dict[str, str] = field(default_factory=dict)
    warning: bool = False
    cell: str | None = None

    def sort_key(self) -> tuple[str, str, int, str, str]:
        """Order faults by place: file, sheet, row, column, code."""
        return (self.file, self.sheet or "", self.row or 0, self.column or "", self.code)


class RiskplanError(Exception):
    """Base of all errors that reach a user as a sentence; ``code`` keys the message catalogue."""

    exit_code = EXIT_BAD_INPUT

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(f"{code}: " + ", ".join(f"{k}={v}" for k, v in args.items()))
        self.code = code
        self.args_by_name = {k: str(v) for k, v in args.items()}


class InputError(RiskplanError):
    """Bad input: all faults found, told at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("input_refused", count=len(faults))
        self.faults = tuple(sorted(faults, key=Fault.sort_key))

    def __str__(self) -> str:
        """List the faults in one line each (English keys; the CLI words them)."""
        return "; ".join(
            f"{f.file}{':' + str(f.row) if f.row else ''} {f.column or ''} {f.code} {f.value or ''}".strip()
            for f in self.faults
        )


class PlanFolderError(RiskplanError):
    """A folder is not a plan, or may not be replaced."""


class InfeasibleError(RiskplanError):
    """No plan exists at all (shortfalls and conflicts are not errors, they are listed)."""

    exit_code = EXIT_VIOLATIONS
