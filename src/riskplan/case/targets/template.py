"""An empty case as a workbook to fill in: headers, lists, comments and an example row that the reader skips."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from importlib import resources
from pathlib import Path

from riskplan.case.attributes import REQUIRED_TABLES, Attribute, table_attributes, table_names
from riskplan.case.sources.names import BOUNDARY_SHEETS, sheet_title
from riskplan.case.sources.own_sheets import GUIDE_SHEETS
from riskplan.case.targets.place import swap_file
from riskplan.case.targets.settings import add_settings, setting_keys
from riskplan.case.targets.sheets import cell_word, sheet_columns
from riskplan.case.targets.workbook import boundary_columns
from riskplan.errors import Fault, InputError
from riskplan.excel import Column, StreamBook, Value
from riskplan.text import keys, say

_DAY = dt.date(2026, 1, 1)
"""Shown as the day on which the file was made, so that the template is the same bytes each time."""


def write_template(target: Path, *, lang: str = "zh") -> Path:
    """Write the empty workbook; nothing that stands there is replaced.

    Parameters
    ----------
    target
        Name ending in ``.xlsx``.
    lang
        Language of sheets, headers and words.

    Raises
    ------
    InputError
        If anything stands there.
    """
    if target.exists():
        raise InputError([Fault("template_there", target.name)])
    book = StreamBook()
    _add_guide(book, lang)
    add_settings(book, [(key, "") for key in setting_keys(lang).values()], lang)
    for table in sorted(table_names(), key=lambda name: name not in {*REQUIRED_TABLES, "items"}):
        book.add_table(sheet_title(table, lang), sheet_columns(table, lang), (), example_row(table, lang))
    book.add_table(BOUNDARY_SHEETS[lang == "zh"], boundary_columns(lang), ())
    return swap_file(target, lambda path: book.save(path, _DAY))


def _add_guide(book: StreamBook, lang: str) -> None:
    lines = [say(key, lang) for key in keys() if key.startswith("template.guide.")]
    columns = [Column(say("template.title", lang), 110, wrap=True)]
    book.add_table(GUIDE_SHEETS[lang == "zh"], columns, [(line,) for line in lines])


@cache
def _examples(lang: str) -> dict[tuple[str, str], str]:
    text = resources.files("riskplan.case").joinpath("examples.csv").read_text(encoding="utf-8")
    return {(row["table"], row["column"]): row[lang] for row in csv.DictReader(text.splitlines())}


def example_row(table: str, lang: str) -> list[Value]:
    """Return the example row of a table; its first cell says what it is, and that makes the reader skip it."""
    row = [_example(a, lang) for a in table_attributes(table)]
    row[0] = say("template.example", lang, value=row[0])
    return row


def _example(attribute: Attribute, lang: str) -> Value:
    text = _examples(lang).get((attribute.table, attribute.name), "")
    if not text:
        return None
    if attribute.kind in {"lon", "lat", "number"}:
        return float(text)
    if attribute.kind == "int":
        return int(text)
    return dt.date.fromisoformat(text) if attribute.kind == "date" else cell_word(attribute, text, lang)
