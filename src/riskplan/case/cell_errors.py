"""Errors that a spreadsheet shows in a cell: never data, whatever column and kind of file they stand in."""

from __future__ import annotations

NO_RESULT = "#FORMULA!"
"""What the reader of workbooks puts for a formula whose result was never stored."""
_SHOWN = frozenset({
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#BUSY!",
    "#GETTING_DATA",
})


def cell_error(text: str) -> str | None:
    """Return the code of the fault that a cell's text is, None where it is no error."""
    if not text.startswith("#"):
        return None
    if text == NO_RESULT:
        return "formula_without_result"
    return "cell_error" if text.upper() in _SHOWN else None
