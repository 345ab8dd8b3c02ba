"""The one room that writes Excel: cells that stay what they are, files with the same bytes each time."""

from riskplan.excel.cells import (
    DATE,
    DECIMAL,
    DEGREE,
    INTEGER,
    LAST_ROW,
    LONGEST_TEXT,
    PERCENT,
    TEXT,
    Column,
    Mark,
    Value,
    cell_at,
    clean,
    offer,
    put,
    show,
    unmark,
)
from riskplan.excel.files import print_setup, save
from riskplan.excel.stream import StreamBook
from riskplan.excel.tables import TIER_FILLS, colour_tiers, fill_table, list_table, stream_text

__all__ = [
    "DATE",
    "DECIMAL",
    "DEGREE",
    "INTEGER",
    "LAST_ROW",
    "LONGEST_TEXT",
    "PERCENT",
    "TEXT",
    "TIER_FILLS",
    "Column",
    "Mark",
    "StreamBook",
    "Value",
    "cell_at",
    "clean",
    "colour_tiers",
    "fill_table",
    "list_table",
    "offer",
    "print_setup",
    "put",
    "save",
    "show",
    "stream_text",
    "unmark",
]
