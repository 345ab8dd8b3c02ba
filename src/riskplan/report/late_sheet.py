"""What waits longer than it may in this plan, and why: the worst tier and the longest excess first."""

from __future__ import annotations

from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel import INTEGER, Value, colour_tiers, fill_table
from riskplan.plan.tables import LATE
from riskplan.report.names import Book
from riskplan.rules.explain_rows import limit_name
from riskplan.rules.model import TIERS
from riskplan.text.words import word

LATE_COLUMNS: tuple[tuple[str, float, str, bool], ...] = (
    ("tier", 8, "", False),
    ("enterprise_id", 15, "", False),
    ("enterprise", 26, "", True),
    ("township", 12, "", False),
    ("item_names", 40, "", True),
    ("late_longest", 14, INTEGER, False),
    ("late_wait", 14, INTEGER, False),
    ("reason", 40, "", True),
    ("basis", 40, "", True),
)


def late_rows(book: Book) -> list[dict[Any, Any]]:
    """Return the rows of ``conflicts.csv`` about waits, the worst tier and the longest excess first."""
    rows = [row for row in book.rows("conflicts").to_dict("records") if row["kind"] == LATE]
    order = {tier: place for place, tier in enumerate(TIERS)}
    return sorted(rows, key=lambda row: (order.get(row["tier"], len(order)), row["owed"] - row["possible"]))


def fill_late(sheet: Worksheet, book: Book) -> None:
    """List every wait that is longer than its longest interval.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    """
    rows = late_rows(book)
    fill_table(sheet, book.columns(LATE_COLUMNS), [_row(book, row) for row in rows])
    colour_tiers(sheet, 1, [str(row["tier"]) for row in rows])
    sheet.freeze_panes = "C2"


def _row(book: Book, row: dict[Any, Any]) -> list[Value]:
    enterprise = str(row["enterprise_id"])
    limits = [limit_name(book.rules, limit, book.lang) for limit in row["limit_ids"]]
    return [
        word("tier", str(row["tier"]), book.lang),
        enterprise,
        book.enterprises.get(enterprise, enterprise),
        book.township_of.get(enterprise, ""),
        book.joined(tuple(row["items"]), book.items),
        int(row["owed"]),
        int(row["possible"]),
        book.say("comma").join(limits),
        str(row["basis"]),
    ]
