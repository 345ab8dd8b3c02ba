"""A comparison of two plans in words, as plain data, and as a workbook."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from riskplan.excel import DECIMAL, INTEGER, Column, Value, fill_table, print_setup, save
from riskplan.maps.figures import number_text, percent_text
from riskplan.report.backtest_lines import aligned
from riskplan.report.compare import Comparison, Figure
from riskplan.report.matching import Visit
from riskplan.text import say
from riskplan.text.catalogue import missing
from riskplan.text.words import word

GROUPS = ("count", "minutes", "unplanned", "term", "travel", "proof")
SHOWN = 12
"""Most visits and weeks of townships that are listed on a screen; the workbook has all."""
_HASH = 12
_PERCENT = ("gap_controllable", "gap_total")
_ONE_DECIMAL = ("term", "proof")

_VISIT_COLUMNS = (
    ("what", 14, "", False),
    ("enterprise_id", 18, "", False),
    ("old_visit", 22, "", False),
    ("new_visit", 22, "", False),
    ("township", 14, "", False),
    ("departments", 30, "", True),
    ("old_week", 12, "", False),
    ("new_week", 12, "", False),
    ("weeks", 10, INTEGER, False),
)
_CELL_COLUMNS = (
    ("township", 14, "", False),
    ("week", 12, "", False),
    ("old", 10, INTEGER, False),
    ("new", 10, INTEGER, False),
    ("change", 10, INTEGER, False),
)
_FIGURE_COLUMNS = (
    ("what", 60, "", True),
    ("old", 16, DECIMAL, False),
    ("new", 16, DECIMAL, False),
    ("change", 16, DECIMAL, False),
)


def comparison_lines(found: Comparison, lang: str, names: Mapping[str, str] | None = None) -> list[str]:
    """Return a comparison as lines of plain text.

    Parameters
    ----------
    found
        What differs.
    lang
        ``zh`` or ``en``.
    names
        Ids of departments and townships -> names, where they are known.
    """
    known = names or {}
    head = [say(f"compare.column.{name}", lang) for name in ("what", "old", "new", "change")]
    rows = [[figure_name(f, found, lang, known), *_texts(f, lang)] for g in GROUPS for f in found.of(g)]
    return [
        *(_input_line(name, pair, lang) for name, pair in found.differing.items()),
        *aligned([head, *rows]),
        *verdict_lines(found, lang),
        "",
        say("compare.visits", lang, kept=found.kept, **_counts(found)),
        *_visits(found, lang),
        *_cells(found, lang, known),
    ]


def figure_name(figure: Figure, found: Comparison, lang: str, names: Mapping[str, str]) -> str:
    """Return what a figure is called.

    Parameters
    ----------
    figure, found
        The figure and its comparison.
    lang, names
        As for ``comparison_lines``.
    """
    if figure.group == "minutes":
        key = "compare.officer_minutes" if found.charged else "compare.gate_minutes"
        return say(key, lang, name=names.get(figure.name, figure.name))
    if figure.group == "unplanned":
        return say("compare.unplanned", lang, name=word("tier", figure.name, lang))
    if figure.group == "term":
        return say("compare.term", lang, name=word("term", figure.name, lang))
    key = f"compare.{figure.group}.{figure.name}"
    return figure.name if missing(key) else say(key, lang)


def verdict_lines(found: Comparison, lang: str) -> list[str]:
    """Return what the bounds prove about the two objectives; nothing where a plan states none.

    Parameters
    ----------
    found
        What differs.
    lang
        ``zh`` or ``en``.
    """
    total, bound = found.get("proof", "objective"), found.get("proof", "bound")
    values = (total.old, total.new, bound.old, bound.new)
    if total.old is None or total.new is None or bound.old is None or bound.new is None:
        return []
    if not any(values):
        return []
    better, worse = bound.old - total.new, bound.new - total.old
    key = "better" if better > 0 else "worse" if worse > 0 else "open"
    least = max(better, worse, 0.0)
    doubt = max(total.old - bound.old, total.new - bound.new)
    texts = {"least": number_text(least, lang, 1), "doubt": number_text(doubt, lang, 1)}
    lines = [say(f"compare.verdict.{key}", lang, **texts)]
    return (
        [*lines, say("compare.verdict.currency", lang)] if "rules_fingerprint" in found.differing else lines
    )


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data.

    Parameters
    ----------
    found
        What differs.
    """
    whole = dataclasses.asdict(found)
    figures = [{**row, "change": f.change} for row, f in zip(whole["figures"], found.figures, strict=True)]
    moved = [{**row, "weeks": p.weeks} for row, p in zip(whole["moved"], found.moved, strict=True)]
    return {**whole, "figures": figures, "moved": moved}


def write_comparison(
    found: Comparison, path: Path | str, day: dt.date, *, lang: str, names: Mapping[str, str] | None = None
) -> Path:
    """Write a comparison as a workbook of three sheets; the same comparison gives the same bytes.

    Parameters
    ----------
    found
        What differs.
    path
        Target; its parent is made when missing.
    day
        "Today" of the new plan, for the properties of the file.
    lang, names
        As for ``comparison_lines``.
    """
    known, book = names or {}, Workbook()
    first = book.worksheets[0]
    first.title = say("compare.sheet.figures", lang)
    figures: list[list[Value]] = [
        [figure_name(f, found, lang, known), f.old, f.new, f.change] for g in GROUPS for f in found.of(g)
    ]
    fill_table(first, _columns(_FIGURE_COLUMNS, lang), figures)
    visits = book.create_sheet(say("compare.sheet.visits", lang))
    fill_table(visits, _columns(_VISIT_COLUMNS, lang), _visit_rows(found, lang, known))
    cells = book.create_sheet(say("compare.sheet.cells", lang))
    rows: list[list[Value]] = [
        [known.get(c.township_code, c.township_code), c.week, c.old, c.new, c.new - c.old]
        for c in found.cells
    ]
    fill_table(cells, _columns(_CELL_COLUMNS, lang), rows)
    for sheet in book.worksheets:
        print_setup(sheet, say("compare.title", lang), say("report.page", lang))
    return save(book, path, day)


def _columns(layout: tuple[tuple[str, int, str, bool], ...], lang: str) -> list[Column]:
    return [Column(say(f"compare.column.{n}", lang), width, form, wrap) for n, width, form, wrap in layout]


def _visit_rows(found: Comparison, lang: str, names: Mapping[str, str]) -> list[list[Value]]:
    both = [("moved", p.old, p.new, p.weeks) for p in found.moved]
    alone = [("added", None, v, None) for v in found.added] + [
        ("dropped", v, None, None) for v in found.dropped
    ]
    rows: list[list[Value]] = []
    for what, old, new, weeks in [*both, *alone]:
        visit = new or old
        if visit is None:
            continue
        row: list[Value] = [
            say(f"compare.what.{what}", lang),
            visit.enterprise_id,
            old.visit_id if old else None,
            new.visit_id if new else None,
            names.get(visit.township_code, visit.township_code),
            say("report.comma", lang).join(names.get(d, d) for d in visit.departments),
            old.week if old else None,
            new.week if new else None,
            weeks,
        ]
        rows.append(row)
    return rows


def _texts(figure: Figure, lang: str) -> list[str]:
    if figure.name in _PERCENT:
        change = "" if figure.change is None else f"{100 * figure.change:+.2f}"
        return [percent_text(figure.old, lang), percent_text(figure.new, lang), change]
    digits = 1 if figure.group in _ONE_DECIMAL else 0
    change = "" if figure.change is None else f"{figure.change:+,.{digits}f}"
    return [number_text(figure.old, lang, digits), number_text(figure.new, lang, digits), change]


def _input_line(name: str, pair: tuple[str, str], lang: str) -> str:
    old, new = (text[:_HASH] if name.endswith("fingerprint") else text for text in pair)
    return say("compare.input", lang, name=say(f"compare.input.{name}", lang), old=old, new=new)


def _counts(found: Comparison) -> dict[str, int]:
    return {name: len(getattr(found, name)) for name in ("moved", "added", "dropped")}


def _visits(found: Comparison, lang: str) -> list[str]:
    farthest = sorted(found.moved, key=lambda p: (-abs(p.weeks), p.old.enterprise_id, p.old.when))
    lines = [
        say(
            "compare.moved_line",
            lang,
            of=p.old.enterprise_id,
            old=p.old.week,
            new=p.new.week,
            weeks=f"{p.weeks:+d}",
        )
        for p in farthest[:SHOWN]
    ]
    lines += _more(len(farthest), lang)
    for what, visits in (("added", found.added), ("dropped", found.dropped)):
        lines += [_alone(what, visit, lang) for visit in visits[:SHOWN]] + _more(len(visits), lang)
    return lines


def _alone(what: str, visit: Visit, lang: str) -> str:
    departments = say("report.comma", lang).join(visit.departments)
    values = {"of": visit.enterprise_id, "week": visit.week, "departments": departments}
    return say(f"compare.{what}_line", lang, **values)


def _cells(found: Comparison, lang: str, names: Mapping[str, str]) -> list[str]:
    if not found.cells:
        return []
    opened, closed = sum(c.old == 0 for c in found.cells), sum(c.new == 0 for c in found.cells)
    lines = [say("compare.cells", lang, count=len(found.cells), opened=opened, closed=closed)]
    largest = sorted(found.cells, key=lambda c: (-abs(c.new - c.old), c.township_code, c.week))
    lines += [
        say(
            "compare.cell_line",
            lang,
            township=names.get(c.township_code, c.township_code),
            week=c.week,
            old=c.old,
            new=c.new,
        )
        for c in largest[:SHOWN]
    ]
    return lines + _more(len(largest), lang)


def _more(count: int, lang: str) -> list[str]:
    return [say("cli.more", lang, count=count - SHOWN)] if count > SHOWN else []
