"""The attribute table: one row for every column of every table, read by reader, checks, writer and docs."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

REQUIRED_TABLES = ("enterprises", "townships", "departments", "officers")
"""Tables without which no case can be planned; ``items`` is needed as soon as anything is owed."""


@dataclass(frozen=True)
class Attribute:
    """One column of one table of a case.

    Parameters
    ----------
    table, name
        Where it stands; ``name`` is the English header.
    zh
        Chinese headers accepted in files.
    kind
        ``id``, ``text``, ``lon``, ``lat``, ``bool``, ``date``, ``clock``, ``weekdays``, ``months``, ``list``,
        ``int``, ``number``, ``enum``, ``ref``, ``id_ref``.
    detail
        Allowed values of an enum, range of a number, table of a reference.
    unit, required, default, meaning_en, meaning_zh
        As in ``attributes.csv``.
    """

    table: str
    name: str
    zh: tuple[str, ...]
    kind: str
    detail: str
    unit: str
    required: bool
    default: str
    meaning_en: str
    meaning_zh: str


@cache
def attributes() -> tuple[Attribute, ...]:
    """Return all attributes in the order of ``attributes.csv``."""
    text = resources.files("riskplan.case").joinpath("attributes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        Attribute(
            table=row["table"],
            name=row["name"],
            zh=tuple(row["zh"].split("|")),
            kind=row["type"].partition(":")[0],
            detail=row["type"].partition(":")[2],
            unit=row["unit"],
            required=row["required"] == "yes",
            default=row["default"],
            meaning_en=row["meaning_en"],
            meaning_zh=row["meaning_zh"],
        )
        for row in rows
    )


@cache
def table_names() -> tuple[str, ...]:
    """Return the names of all tables in the order of ``attributes.csv``."""
    return tuple(dict.fromkeys(a.table for a in attributes()))


@cache
def table_attributes(table: str) -> tuple[Attribute, ...]:
    """Return the attributes of one table."""
    return tuple(a for a in attributes() if a.table == table)
