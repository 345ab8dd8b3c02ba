"""What departments and townships owe beside what they have, as it stood before the year was planned."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel import INTEGER, PERCENT, Value, fill_table
from riskplan.report.names import Book

DEMAND_COLUMNS: tuple[tuple[str, float, str, bool], ...] = (
    ("scope", 28, "", False),
    ("demand_name", 24, "", False),
    ("demand_month", 14, "", False),
    ("demand", 12, INTEGER, False),
    ("demand_capacity", 12, INTEGER, False),
    ("demand_share", 10, PERCENT, False),
)


def fill_demand(sheet: Worksheet, book: Book) -> None:
    """List every load of the manifest's ``demand``; a month has only what no other month can take.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    """
    rows: list[list[Value]] = []
    for load in book.plan.manifest["demand"]:
        department, slash, _ = str(load["key"]).partition("/")
        name = book.scopes.get(department, department)
        row: list[Value] = [
            book.say(f"demand.{load['scope']}"),
            book.say("account.joint", department=name) if slash else name,
            load["month"] or book.say("demand.whole"),
            load["demand"],
            load["capacity"],
            load["demand"] / load["capacity"] if load["capacity"] else None,
        ]
        rows.append(row)
    fill_table(sheet, book.columns(DEMAND_COLUMNS), rows)
    sheet.freeze_panes = "A2"
