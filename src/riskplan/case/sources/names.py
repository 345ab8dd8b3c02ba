"""Names of sheets: which table, the settings, the polygons. One list for reading and writing."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib import resources

from riskplan.case.attributes import table_names
from riskplan.case.settings import SETTINGS_SHEETS

BOUNDARY_SHEETS = ("boundaries", "乡镇边界")
"""Names of the sheet that holds the corners of the townships, English and Chinese."""
_NUMBERED = re.compile(r"^(附件|附表|表)?[0-9一二三四五六七八九十]{1,3}[.、:_-]+")


@cache
def _names() -> dict[str, tuple[str, ...]]:
    text = resources.files("riskplan.case.sources").joinpath("sheet_names.csv").read_text(encoding="utf-8")
    return {row["table"]: tuple(row["names"].split("|")) for row in csv.DictReader(text.splitlines())}


def sheet_title(table: str, lang: str) -> str:
    """Return the name of a table's sheet in a language; it is read back as that table."""
    return table if lang == "en" else _names().get(table, (table,))[0]


def plain_name(name: str) -> str:
    """Return a sheet's name without what differs between offices: width, spaces, a number in front."""
    text = "".join(unicodedata.normalize("NFKC", name).lower().split())
    return _NUMBERED.sub("", text)


@cache
def _tables() -> dict[str, str]:
    every = {plain_name(n): t for t, names in _names().items() for n in (t, *names)}
    return every | {t: t for t in table_names()}


def table_of(name: str) -> str | None:
    """Return the table that a sheet is named for, None where its name says nothing."""
    return _tables().get(plain_name(name))


def is_settings(name: str) -> bool:
    """Tell whether a sheet holds the settings."""
    return plain_name(name) in SETTINGS_SHEETS


def is_boundaries(name: str) -> bool:
    """Tell whether a sheet holds the corners of the townships."""
    return plain_name(name) in BOUNDARY_SHEETS
