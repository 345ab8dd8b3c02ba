"""The enterprises with score, tier and where it comes from, class and its ground, intensity: worst first."""

from __future__ import annotations

from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel import INTEGER, Value, colour_tiers, fill_table
from riskplan.report.names import Book
from riskplan.rules.model import TIERS
from riskplan.text import say
from riskplan.text.words import word

DECIMAL = "0.00"
SCORE_COLUMNS: tuple[tuple[str, float, str, bool], ...] = (
    ("enterprise_id", 15, "", False),
    ("enterprise", 30, "", True),
    ("township", 12, "", False),
    ("sector", 16, "", False),
    ("tier", 8, "", False),
    ("score", 8, INTEGER, False),
    ("tier_cause", 30, "", True),
    ("class", 14, "", False),
    ("class_ground", 30, "", True),
    ("intensity", 12, DECIMAL, False),
    ("intensity_low", 12, DECIMAL, False),
    ("intensity_high", 12, DECIMAL, False),
)
"""Name, width, format, wrap."""


def fill_scores(sheet: Worksheet, book: Book) -> None:
    """List every enterprise of the plan's scores, the worst tier and the highest score first.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    """
    frame = book.rows("scores")
    order = frame["tier"].map({tier: k for k, tier in enumerate(TIERS)}).fillna(len(TIERS))
    frame = frame.assign(order=order).sort_values(
        ["order", "score", "enterprise_id"], ascending=[True, False, True], kind="stable"
    )
    case = book.case.enterprises
    sector = dict(zip(case["enterprise_id"], case["sector"], strict=True))
    columns = book.columns(SCORE_COLUMNS)
    fill_table(sheet, columns, [_row(book, row, sector) for row in frame.to_dict("records")])
    colour_tiers(sheet, [name for name, *_ in SCORE_COLUMNS].index("tier") + 1, list(frame["tier"]))
    sheet.freeze_panes = "C2"
    sheet.print_area = f"A1:{get_column_letter(len(SCORE_COLUMNS))}{max(2, sheet.max_row)}"


def _row(book: Book, row: dict[Any, Any], sector: dict[str, str]) -> list[Value]:
    e = str(row["enterprise_id"])
    return [
        e,
        book.enterprises.get(e, e),
        book.township_of.get(e, ""),
        str(sector.get(e, "")),
        word("tier", str(row["tier"]) or "none", book.lang),
        int(row["score"]),
        _ground(book, str(row.get("tier_cause", ""))),
        _class(book, str(row.get("class", ""))),
        _ground(book, str(row.get("class_ground", ""))),
        *(float(row.get(n, 0.0)) for n in ("intensity", "intensity_low", "intensity_high")),
    ]


def _class(book: Book, kind: str) -> str:
    return say(f"score.class.{kind}", book.lang) if kind else ""


def _ground(book: Book, ground: str) -> str:
    """Return a ground in words: points, a decision, an automatic rule, a list, a tier."""
    kind, _, of = ground.partition(":")
    if not kind:
        return ""
    if kind == "tier":
        of = word("tier", of, book.lang)
    elif kind == "rule":
        of = word("rule", of, book.lang)
    return say(f"report.ground.{kind}", book.lang, of=of)
