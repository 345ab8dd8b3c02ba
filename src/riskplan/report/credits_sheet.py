"""The sheet "not visited because": duties that something known otherwise satisfies."""

from __future__ import annotations

from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel import DATE, INTEGER, Value, fill_table
from riskplan.maps.credit_words import credit_text
from riskplan.report.names import Book, date_of
from riskplan.text.wording import half_of
from riskplan.text.words import word

CREDIT_COLUMNS: tuple[tuple[str, float, str, bool], ...] = (
    ("enterprise_id", 15, "", False),
    ("enterprise", 26, "", True),
    ("tier", 8, "", False),
    ("township", 12, "", False),
    ("item_names", 30, "", True),
    ("credit", 52, "", True),
    ("credit_date", 12, DATE, False),
    ("credit_until", 12, DATE, False),
    ("count", 9, INTEGER, False),
    ("basis", 40, "", True),
)


def fill_credits(sheet: Worksheet, book: Book) -> None:
    """List every credit with its evidence.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    """
    fill_table(
        sheet,
        book.columns(CREDIT_COLUMNS),
        [_credit_row(book, row) for row in book.rows("credits").to_dict("records")],
    )


def _credit_row(book: Book, row: dict[Any, Any]) -> list[Value]:
    enterprise, item = str(row["enterprise_id"]), str(row["item_id"])
    return [
        enterprise,
        book.enterprises.get(enterprise, enterprise),
        word("tier", book.tier_of.get(enterprise, "none"), book.lang),
        book.township_of.get(enterprise, ""),
        book.items.get(item, item),
        credit_text(row, book.lang),
        date_of(str(row["date"])),
        date_of(str(row["valid_until"])),
        int(row["visits"]),
        half_of(str(row["basis"]), book.lang),
    ]
