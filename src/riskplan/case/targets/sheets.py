"""Sheets of a workbook from the attribute table: headers with comments and lists, cells in the words of a language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache

from riskplan.case.attributes import Attribute, table_attributes
from riskplan.case.sources.names import sheet_title
from riskplan.case.tables import Case
from riskplan.case.targets.columns import Values, column_texts, table_values
from riskplan.case.words import words_of
from riskplan.excel import DATE, DEGREE, TEXT, Column, Value
from riskplan.text import keys, say

YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}
_FIRST_YEAR = 1901
"""Earlier days are no dates to a spreadsheet and are written as text."""
_FORMATS = {"lon": DEGREE, "lat": DEGREE, "date": DATE, "int": "0", "number": "0.######"}
_WIDTHS = {
    "name": 30,
    "credit_code": 22,
    "lon": 12,
    "lat": 12,
    "date": 12,
    "bool": 10,
    "int": 10,
    "number": 12,
    "clock": 10,
}


def header_of(attribute: Attribute, lang: str) -> str:
    """Return the header of a column in a language, as the reader knows it."""
    return attribute.zh[0] if lang == "zh" else attribute.name


@cache
def code_words(table: str, column: str, lang: str) -> Mapping[str, str]:
    """Return code -> word for the codes that a language has a word for which is read back as that code."""
    if lang == "en":
        return {}
    attribute = next(a for a in table_attributes(table) if a.name == column)
    known, prefix = words_of(attribute), f"enum.{table}.{column}."
    found = {
        key.removeprefix(prefix): say(key, lang).split("|")[0] for key in keys() if key.startswith(prefix)
    }
    codes = set(attribute.detail.split("|")) if attribute.kind == "enum" else set(found)
    return {
        code: word
        for code, word in found.items()
        if known.get(word.lower()) == code and word.lower() not in codes - {code}
    }


def choices_of(attribute: Attribute, lang: str) -> tuple[str, ...]:
    """Return the values of a column's drop-down list, none where anything may be typed."""
    words = code_words(attribute.table, attribute.name, lang)
    if attribute.kind == "bool":
        return YES_NO[lang]
    if attribute.kind == "enum":
        return tuple(words.get(code, code) for code in attribute.detail.split("|"))
    prefix = f"enum.{attribute.table}.{attribute.name}."
    codes = [key.removeprefix(prefix) for key in keys() if key.startswith(prefix)]
    return tuple(words.get(code, code) for code in codes)


def sheet_columns(table: str, lang: str) -> list[Column]:
    """Return the columns of a table's sheet."""
    return [
        Column(
            title=header_of(a, lang),
            width=_WIDTHS.get(a.name, _WIDTHS.get(a.kind, 16)),
            format=_FORMATS.get(a.kind, TEXT),
            note=note_of(a, lang),
            required=a.required,
            choices=choices_of(a, lang),
            free=a.kind == "text",
        )
        for a in table_attributes(table)
    ]


def note_of(attribute: Attribute, lang: str) -> str:
    """Return what a comment at the header says: meaning, unit, form, and whether and how it may be left empty."""
    meaning = attribute.meaning_zh if lang == "zh" else attribute.meaning_en
    lines = [say("template.meaning", lang, text=meaning)]
    if attribute.unit:
        lines.append(say("template.unit", lang, unit=say(f"template.unit.{attribute.unit}", lang)))
    lines.append(say("template.form", lang, text=_form(attribute, lang)))
    if attribute.required:
        lines.append(say("template.required", lang))
    elif attribute.default:
        lines.append(say("template.default", lang, value=cell_word(attribute, attribute.default, lang)))
    else:
        lines.append(say("template.optional", lang))
    return "\n".join(lines)


def _form(attribute: Attribute, lang: str) -> str:
    kind, detail = attribute.kind, attribute.detail
    listed = say("template.comma", lang).join(choices_of(attribute, lang))
    if kind == "list" and detail:
        kind = "list_of"
    if kind == "text" and listed:
        kind = "words"
    title = sheet_title(detail, lang) if kind in {"ref", "list_of"} else detail
    return say(f"template.form.{kind}", lang, listed=listed, table=title, range=detail.replace("..", "-"))


def cell_word(attribute: Attribute, code: str, lang: str) -> str:
    """Return a code, or yes and no, in the words of a language."""
    if attribute.kind == "bool":
        return YES_NO[lang][0 if code in {"yes", YES_NO["zh"][0]} else 1]
    return code_words(attribute.table, attribute.name, lang).get(code, code)


def table_cells(case: Case, table: str, lang: str) -> list[list[Value]]:
    """Return the columns of a table as the values of a sheet; None where a cell is empty."""
    return [_cells(case, values, lang) for values in table_values(case, table)]


def _cells(case: Case, values: Values, lang: str) -> list[Value]:
    attribute = values.attribute
    if values.kind == "bool":
        return list(column_texts(case[attribute.table][attribute.name], attribute, lang))
    if values.kind == "date":
        return [_day(value) for value in values.cells()]
    words = code_words(attribute.table, attribute.name, lang)
    cells: list[Value] = []
    for value in values.cells():
        if isinstance(value, str):
            cells.append(words.get(value, value) if words else value)
        else:
            cells.append(value if isinstance(value, int | float) else None)
    return cells


def _day(value: object) -> Value:
    if not isinstance(value, dt.date):
        return None
    return value if value.year >= _FIRST_YEAR else value.isoformat()
