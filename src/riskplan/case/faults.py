"""Faults in words: place, what is wrong, what was expected, what to do; grouped for a screen, plain for a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from riskplan.case.attributes import table_attributes, table_names
from riskplan.case.sources.names import sheet_title
from riskplan.case.words import choices
from riskplan.errors import Fault
from riskplan.text import say

SHOWN_PER_KIND = 20
"""Most faults of one kind that are listed on a screen; the number of all is always told."""
SHOWN_WARNINGS = 5
_GAP = "…"


def _row(where: str, lang: str) -> str:
    """``4`` or ``sheet 4``, as ``Sheet.place`` returns it, in words."""
    sheet, _, row = where.rpartition(" ")
    return say("fault.where_sheet_row" if sheet else "fault.where_row", lang, sheet=sheet, row=row)


def _one_of(path: str, lang: str) -> str:
    """The words that a column takes."""
    table, _, name = path.partition(".")
    return next(choices(a, lang) for a in table_attributes(table) if a.name == name)


_WORDED: Mapping[str, Callable[[str, str], str]] = {
    "code_part": lambda part, lang: say(f"credit_code.part.{part}", lang),
    "departments": lambda ids, lang: say("fault.choice_join", lang).join(ids.split("|")),
    "one_of": _one_of,
    "table": sheet_title,
    "where": _row,
}
"""Named values that are shown in the reader's language."""


@dataclass(frozen=True)
class FaultWords:
    """One fault in a language: what is wrong, what was expected, what to do."""

    what: str
    expected: str
    remedy: str


def fault_words(fault: Fault, lang: str) -> FaultWords:
    """Return one fault in words, without its place."""
    args = {k: _WORDED[k](v, lang) if k in _WORDED else v for k, v in fault.args.items()}
    values = {**args, "value": fault.value or "", "column": fault.column or ""}
    if "one_of" in args:
        values["expected"] = args["one_of"]
    key = f"fault.{fault.code}"
    return FaultWords(*(say(key + part, lang, **values) for part in ("", ".expected", ".remedy")))


_PLACES = {
    (False, False): "fault.place_file",
    (True, False): "fault.place_row",
    (False, True): "fault.place_column",
    (True, True): "fault.place",
}
"""(with row, with column) -> message for a file without sheets."""


def fault_place(fault: Fault, lang: str) -> str:
    """Return where a fault stands: file, sheet, row, column, or the cell as a spreadsheet shows it."""
    row, column = fault.row is not None, bool(fault.column)
    file, name = fault.file, fault.column
    if fault.sheet is None:
        key = _PLACES[row, column]
        file, name = _table_place(file, name, lang)
    else:
        key = "fault.place_cell" if fault.cell else "fault.place_sheet" + "_row" * row
        key += "_column" * column
    return say(key, lang, file=file, sheet=fault.sheet, row=fault.row, column=name, cell=fault.cell)


def _table_place(file: str, column: str | None, lang: str) -> tuple[str, str | None]:
    """Return table and column in words where a fault is about a table of the case, whatever file it came from."""
    if file not in table_names():
        return file, column
    headers = {a.name: a.zh[0] if lang == "zh" else a.name for a in table_attributes(file)}
    return sheet_title(file, lang), headers.get(column or "", column)


def fault_line(fault: Fault, lang: str) -> str:
    """Return one fault as a sentence."""
    words = fault_words(fault, lang)
    place = fault_place(fault, lang)
    return say("fault.line", lang, place=place, what=words.what, expected=words.expected, remedy=words.remedy)


def fault_lines(faults: Sequence[Fault], lang: str) -> list[str]:
    """Return all faults as sentences, in order of place."""
    return [fault_line(f, lang) for f in sorted(faults, key=Fault.sort_key)]


def fault_kinds(faults: Sequence[Fault]) -> dict[str, list[Fault]]:
    """Return code -> its faults in order of place; the kind of the first place comes first."""
    kinds: dict[str, list[Fault]] = {}
    for fault in sorted(faults, key=Fault.sort_key):
        kinds.setdefault(fault.code, []).append(fault)
    return kinds


def kind_name(fault: Fault, lang: str) -> str:
    """Return what is wrong with all faults of a kind, a gap in place of what differs between them."""
    values = dict.fromkeys([*fault.args, "value", "column"], _GAP)
    return say(f"fault.{fault.code}", lang, **values)


def report_lines(faults: Sequence[Fault], lang: str, header: str = "fault.header") -> list[str]:
    """Return errors and then warnings for a screen: each kind with its number and the first of its faults."""
    errors = [fault for fault in faults if not fault.warning]
    lines = [say(header, lang, count=len(errors)), *_groups(errors, lang, SHOWN_PER_KIND)] if errors else []
    return lines + warning_lines([fault for fault in faults if fault.warning], lang)


def warning_lines(warnings: Sequence[Fault], lang: str, shown: int = SHOWN_WARNINGS) -> list[str]:
    """Return warnings for a screen: what was taken or left out and reading went on."""
    if not warnings:
        return []
    return [say("fault.warnings", lang, count=len(warnings)), *_groups(warnings, lang, shown)]


def _groups(faults: Sequence[Fault], lang: str, shown: int) -> list[str]:
    lines = []
    for group in fault_kinds(faults).values():
        if len(group) == 1:
            lines.append(fault_line(group[0], lang))
            continue
        lines.append(say("fault.kind", lang, what=kind_name(group[0], lang), count=len(group)))
        lines += [f"  {fault_line(fault, lang)}" for fault in group[:shown]]
        if len(group) > shown:
            lines.append("  " + say("fault.more_of_kind", lang, count=len(group) - shown))
    return lines


def fault_record(fault: Fault, lang: str) -> dict[str, object]:
    """Return one fault as plain data with keys that stay the same from version to version."""
    words = fault_words(fault, lang)
    return {
        "code": fault.code,
        "file": fault.file,
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "cell": fault.cell,
        "value": fault.value,
        "what": words.what,
        "expected": words.expected,
        "remedy": words.remedy,
        "warning": fault.warning,
    }
