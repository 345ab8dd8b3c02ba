"""The sheet with the settings of a case: key, value, and what each means."""

from __future__ import annotations

from collections.abc import Sequence

from riskplan.case.settings import HORIZON_ZH, SETTINGS
from riskplan.case.targets.sheets import YES_NO
from riskplan.excel import TEXT, Column, StreamBook, offer
from riskplan.text import say

SETTINGS_SHEET = {"zh": "案例", "en": "case"}
_DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")


def setting_keys(lang: str) -> dict[str, str]:
    """Return the name of every setting -> its key in a language, the two ends of the horizon in its place."""
    keys: dict[str, str] = {}
    for setting in SETTINGS:
        ends = HORIZON_ZH if setting.name == "horizon" else {setting.name: setting.zh}
        keys |= {name: words[0] if lang == "zh" else name for name, words in ends.items()}
    return keys


def add_settings(book: StreamBook, pairs: Sequence[tuple[str, str]], lang: str) -> None:
    """Add the sheet with the settings.

    Parameters
    ----------
    book
        Workbook that is written row by row.
    pairs
        Keys in the language, and values; empty values are for somebody to fill in.
    lang
        Language of the words.
    """
    names = {key: name for name, key in setting_keys(lang).items()}
    columns = [
        Column(say("template.setting_key", lang), 18, TEXT),
        Column(say("template.setting_value", lang), 40, TEXT, wrap=True),
        Column(say("template.setting_meaning", lang), 70, TEXT, wrap=True),
    ]
    rows = [(key, value or None, say(f"template.setting.{names[key]}", lang)) for key, value in pairs]
    sheet = book.add_table(SETTINGS_SHEET[lang], columns, rows)
    kinds = {setting.name: setting.kind for setting in SETTINGS}
    for row, (key, _) in enumerate(pairs, 2):
        if kinds.get(names[key]) is bool:
            offer(sheet, f"B{row}", YES_NO[lang], free=False)
        elif names[key] == "datum":
            offer(sheet, f"B{row}", _DATUMS, free=True)
        elif names[key] == "language":
            offer(sheet, f"B{row}", ("zh", "en"), free=False)
