"""Planned officer-minutes of each department beside its budget, per month and week (semantics S7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.excel import INTEGER, PERCENT, Column, Value, fill_table
from riskplan.report.names import Book
from riskplan.rules.capacity import Capacity, capacity_of

Ints = npt.NDArray[np.int64]
FULL, HIGH = 1.0, 0.85
_OVER, _FULL, _HIGH = "E7B9CF", "9FC1B8", "D5E4DF"


@dataclass(frozen=True)
class Planned:
    """Officer-minutes that the plan takes; rows follow ``Capacity.departments``.

    Parameters
    ----------
    month
        shape (n_departments, n_months); an undated visit of a week in two months counts in both.
    week
        shape (n_departments, n_weeks).
    """

    month: Ints
    week: Ints


def planned_minutes(book: Book, capacity: Capacity) -> Planned:
    """Return what the visits of a plan take from each department; exempt kinds have their own share.

    Parameters
    ----------
    book
        Case, rules, plan, language.
    capacity
        Capacity of the case.
    """
    place = {d: k for k, d in enumerate(capacity.departments)}
    week_at = {label: w for w, label in enumerate(book.weeks.labels)}
    month_at = {label: m for m, label in enumerate(capacity.months)}
    month = np.zeros((len(place), len(month_at)), dtype=np.int64)
    week = np.zeros((len(place), len(week_at)), dtype=np.int64)
    for row in book.rows("visits").to_dict("records"):
        w = week_at.get(row["week"], -1)
        if w < 0 or row["kind"] in book.rules.exempt_kinds:
            continue
        dated = month_at.get(row["date"][:7], -1)
        time = int(row["minutes"]) + book.rules.capacity.travel_allowance
        for k, d in ((place[d], d) for d in row["departments"] if d in place):
            inside = capacity.week_in_month[capacity.pool_of(d, leads=True), :, w]
            months = [dated] if dated >= 0 else np.flatnonzero(inside).tolist()
            week[k, w] += book.rules.crew.officers_per_department * time
            month[k, months] += book.rules.crew.officers_per_department * time
    return Planned(month, week)


def fill_capacity(sheet: Worksheet, book: Book) -> None:
    """Write three rows a department: planned, budget and share, for the horizon, each month and each week.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    """
    capacity = capacity_of(book.case, book.rules)
    planned = planned_minutes(book, capacity)
    columns = [Column(book.say("column.department"), 22), Column(book.say("column.measure"), 12)]
    columns += [Column(book.say("column.horizon"), 12, INTEGER)]
    columns += [
        Column(book.say("month", year=m[:4], month=int(m[5:])), 9.5, INTEGER) for m in capacity.months
    ]
    columns += [Column(book.week_names[label], 11, INTEGER) for label in book.weeks.labels]
    rows: list[list[Value]] = []
    for k, department in enumerate(capacity.departments):
        name = book.departments.get(department, department)
        taken = [int(planned.week[k].sum()), *planned.month[k].tolist(), *planned.week[k].tolist()]
        own = capacity.pool_department == k
        most = [
            int(capacity.budget[own].sum()),
            *capacity.month_minutes[own].sum(axis=0).tolist(),
            *capacity.week_minutes[own].sum(axis=0).tolist(),
        ]
        shares = [t / m if m else None for t, m in zip(taken, most, strict=True)]
        rows += [
            [name, book.say("measure.planned"), *taken],
            [name, book.say("measure.budget"), *most],
            [name, book.say("measure.share"), *shares],
        ]
    fill_table(sheet, columns, rows)
    sheet.freeze_panes = "D2"
    sheet.row_dimensions[1].height = 48
    sheet.print_title_cols = "A:B"
    _dress_shares(sheet, len(rows))


def _dress_shares(sheet: Worksheet, count: int) -> None:
    for number in range(4, count + 2, 3):
        for at in range(3, sheet.max_column + 1):
            cell = sheet.cell(number, at)
            cell.number_format = PERCENT
            share = cell.value
            if isinstance(share, float) and share > HIGH:
                fill = _OVER if share > FULL else _FULL if share == FULL else _HIGH
                cell.fill = PatternFill("solid", start_color=fill)
    sheet.print_area = f"A1:{get_column_letter(sheet.max_column)}{count + 1}"
