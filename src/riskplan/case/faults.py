"""Faults in words: place, what is wrong, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from riskplan.errors import Fault
from riskplan.text import say


def fault_place(fault: Fault, lang: str) -> str:
    """Return where a fault stands: file, row, column."""
    if fault.row is not None and fault.column:
        key = "fault.place"
    elif fault.column:
        key = "fault.place_column"
    else:
        key = "fault.place_row" if fault.row is not None else "fault.place_file"
    return say(key, lang, file=fault.file, row=fault.row, column=fault.column)


def fault_line(fault: Fault, lang: str) -> str:
    """Return one fault as a sentence."""
    values = {**fault.args, "value": fault.value or "", "column": fault.column or ""}
    return say(
        "fault.line",
        lang,
        place=fault_place(fault, lang),
        what=say(f"fault.{fault.code}", lang, **values),
        expected=say(f"fault.{fault.code}.expected", lang, **values),
        remedy=say(f"fault.{fault.code}.remedy", lang, **values),
    )


def fault_lines(faults: Sequence[Fault], lang: str) -> list[str]:
    """Return all faults as sentences, in order of place."""
    return [fault_line(f, lang) for f in sorted(faults, key=Fault.sort_key)]
