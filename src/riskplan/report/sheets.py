"""The sheets that list rows: planned visits, visits left out and conflicts."""

from __future__ import annotations

from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel import DATE, INTEGER, Value, colour_tiers, fill_table
from riskplan.maps.figures import advice_text, reason_text
from riskplan.plan.tables import INTERVAL, LATE
from riskplan.report.names import Book, date_of
from riskplan.rules.explain_rows import limit_name
from riskplan.text import say
from riskplan.text.words import word
from riskplan.units import clock

VISIT_COLUMNS: tuple[tuple[str, float, str, bool], ...] = (
    ("visit_id", 20, "", False),
    ("week_name", 25, "", False),
    ("date", 12, DATE, False),
    ("start", 8, "", False),
    ("team", 16, "", False),
    ("enterprise_id", 15, "", False),
    ("enterprise", 26, "", True),
    ("tier", 8, "", False),
    ("score", 7, INTEGER, False),
    ("township", 12, "", False),
    ("place", 14, "", False),
    ("departments", 26, "", True),
    ("lead", 18, "", True),
    ("item_names", 40, "", True),
    ("kind_name", 12, "", False),
    ("minutes", 9, INTEGER, False),
    ("stage", 10, "", False),
    ("announced", 9, "", False),
    ("week", 11, "", False),
    ("items", 20, "", False),
    ("kind", 10, "", False),
)
"""Columns of the visits: name, width, format, wrap. The last three are codes, for the audit of the sheet."""
CODES = 3
"""Columns at the end that are not printed."""

LEFT_COLUMNS: tuple[tuple[str, float, str, bool], ...] = (
    ("what", 12, "", False),
    ("enterprise_id", 15, "", False),
    ("enterprise", 26, "", True),
    ("tier", 8, "", False),
    ("township", 12, "", False),
    ("item_names", 40, "", True),
    ("departments", 26, "", True),
    ("count", 9, INTEGER, False),
    ("possible", 9, INTEGER, False),
    ("reason", 60, "", True),
)


def fill_visits(sheet: Worksheet, book: Book) -> None:
    """List every visit of the plan, by week, date and start.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    """
    frame = book.rows("visits").sort_values(["week", "date", "start", "visit_id"], kind="stable")
    rows = frame.to_dict("records")
    columns = book.columns(VISIT_COLUMNS)
    fill_table(sheet, columns, [_visit_row(book, row) for row in rows])
    tiers = [book.tier_of.get(row["enterprise_id"], "") for row in rows]
    colour_tiers(sheet, [name for name, *_ in VISIT_COLUMNS].index("tier") + 1, tiers)
    sheet.freeze_panes = "C2"
    sheet.print_area = f"A1:{get_column_letter(len(VISIT_COLUMNS) - CODES)}{max(2, sheet.max_row)}"


def _visit_row(book: Book, row: dict[Any, Any]) -> list[Value]:
    lang, enterprise = book.lang, str(row["enterprise_id"])
    start, minutes = int(str(row["start"])), int(str(row["minutes"]))
    departments, items = tuple(row["departments"]), tuple(row["items"])
    return [
        str(row["visit_id"]),
        book.week_names.get(str(row["week"]), str(row["week"])),
        date_of(str(row["date"])),
        clock(start) if start >= 0 else None,
        str(row["team_id"]) or None,
        enterprise,
        book.enterprises.get(enterprise, enterprise),
        _tier_word(book, book.tier_of.get(enterprise, "")),
        book.score_of.get(enterprise),
        book.township_of.get(enterprise, ""),
        book.near_of.get(enterprise, ""),
        book.joined(departments, book.departments),
        book.departments.get(str(row["lead"]), str(row["lead"])),
        book.joined(items, book.items),
        word("kind", str(row["kind"]), lang),
        minutes if minutes >= 0 else None,
        word("stage", str(row["stage"]), lang),
        book.say("yes" if row["announced"] else "no"),
        str(row["week"]),
        book.say("comma").join(items),
        str(row["kind"]),
    ]


def fill_left_out(sheet: Worksheet, book: Book) -> None:
    """List every visit left out and every conflict, worst tier first, each with its reason in words.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    """
    order = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}
    unplanned = [("unplanned", row) for row in book.rows("unplanned").to_dict("records")]
    found = book.rows("conflicts").to_dict("records")
    conflicts = [(_what(row), row) for row in found if row["kind"] != LATE]
    rows = sorted([*unplanned, *conflicts], key=lambda pair: order.get(str(pair[1]["tier"]), 4))
    columns = book.columns(LEFT_COLUMNS)
    fill_table(sheet, columns, [_left_row(book, what, row) for what, row in rows])
    tiers = [str(row["tier"]) for _, row in rows]
    colour_tiers(sheet, [name for name, *_ in LEFT_COLUMNS].index("tier") + 1, tiers)


def _what(row: dict[Any, Any]) -> str:
    return "interval" if row["kind"] == INTERVAL else "conflict"


def _left_row(book: Book, what: str, row: dict[Any, Any]) -> list[Value]:
    enterprise, items = str(row["enterprise_id"]), tuple(row["items"])
    if what == "unplanned":
        departments = tuple(row["departments"])
        count, possible = int(str(row["visits"])), None
        reason = reason_text(row, book.scopes, book.rules, book.lang)
        kept = str(row["offered_week"])
        if kept:
            reason += book.say("offered", week=book.week_names.get(kept, kept))
        advice = advice_text(row, book.scopes, book.rules, book.lang)
        reason = say("word.join", book.lang).join(part for part in (reason, advice) if part)
    else:
        departments = ()
        count, possible = int(str(row["owed"])), int(str(row["possible"]))
        limits = (limit_name(book.rules, limit, book.lang) for limit in row["limit_ids"])
        kind = "interval_reason" if row["kind"] == INTERVAL else "conflict_reason"
        reason = book.say(kind, limits=book.say("comma").join(limits))
        if row["wins"]:
            reason += book.say("conflict_wins", limit=limit_name(book.rules, str(row["wins"]), book.lang))
        reason += book.say("basis", basis=row["basis"]) if row["basis"] else ""
    return [
        book.say(f"what.{what}"),
        enterprise,
        book.enterprises.get(enterprise, enterprise),
        _tier_word(book, str(row["tier"])),
        book.township_of.get(enterprise, ""),
        book.joined(items, book.items),
        book.joined(departments, book.departments),
        count,
        possible,
        reason,
    ]


def _tier_word(book: Book, tier: str) -> str:
    return word("tier", tier or "none", book.lang)
