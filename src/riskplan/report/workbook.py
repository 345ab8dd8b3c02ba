"""The plan as one Excel workbook of plain sheets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook

from riskplan.audit.findings import Finding
from riskplan.case.tables import Case
from riskplan.excel import print_setup, save
from riskplan.plan.tables import Plan
from riskplan.report.credits_sheet import fill_credits
from riskplan.report.demand_sheet import fill_demand
from riskplan.report.late_sheet import fill_late, late_rows
from riskplan.report.load import fill_capacity
from riskplan.report.names import Book
from riskplan.report.overview import fill_overview
from riskplan.report.scores_sheet import fill_scores
from riskplan.report.sheets import fill_left_out, fill_visits
from riskplan.rules.model import Rulebook

_ONE_PAGE = 60
"""A summary of so many rows at most is printed on one page."""


def write_workbook(
    case: Case,
    rules: Rulebook,
    plan: Plan,
    path: Path | str,
    *,
    lang: str,
    findings: Iterable[Finding] | None = None,
) -> Path:
    """Write summary, visits, what is left out, and capacity; the same plan gives the same bytes.

    Parameters
    ----------
    case, rules, plan
        What is reported.
    path
        Target; its parent is made when missing, an older file is replaced as a whole.
    lang
        ``zh`` or ``en``.
    findings
        Findings of the audit; violations are listed. None: the workbook says that the plan was not audited.
    """
    book = Book(case, rules, plan, lang)
    workbook = Workbook()
    summary = workbook.worksheets[0]
    summary.title = book.say("sheet.summary")
    fill_overview(summary, book, findings)
    fill_visits(workbook.create_sheet(book.say("sheet.visits")), book)
    fill_left_out(workbook.create_sheet(book.say("sheet.left_out")), book)
    if late_rows(book):
        fill_late(workbook.create_sheet(book.say("sheet.late")), book)
    if len(book.rows("credits")):
        fill_credits(workbook.create_sheet(book.say("sheet.credits")), book)
    fill_scores(workbook.create_sheet(book.say("sheet.scores")), book)
    fill_capacity(workbook.create_sheet(book.say("sheet.capacity")), book)
    if book.plan.manifest.get("demand"):
        fill_demand(workbook.create_sheet(book.say("sheet.demand")), book)
    header = book.say("print_fictional", name=case.name) if case.fictional else case.name
    for sheet in workbook.worksheets:
        print_setup(sheet, header, book.say("page"))
    if summary.max_row <= _ONE_PAGE:
        summary.page_setup.fitToHeight = 1
    return save(workbook, path, case.as_of)
