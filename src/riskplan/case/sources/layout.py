"""Where a table begins on a sheet, and which of its rows are records: titles, totals and footers are told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from riskplan.case.attributes import table_attributes
from riskplan.case.sources.cell_text import text_of
from riskplan.case.sources.headers import attribute_of, is_numbering

HEADER_WITHIN = 20
"""A header is looked for among this many first rows."""
_TALLEST = 3
_TOTAL = re.compile(r"^(本页|本表|全县|全市|全区|.{0,12})(合计|小计|总计|共计)(数|[（(].*[)）])?[:：]?$")
_FOOTER = re.compile(
    r"^(备注|注|说明|附注)\s*[:：]|^(备注|注|说明)$"
    r"|^(填表|制表|填报|审核|复核|经办|联系|负责|统计|编制)(人|日期|时间|单位|电话|科室|部门)?(签字|签名)?\s*([(（].*[)）])?\s*[:：]"
    r"|^(填表人|制表人|填报人|审核人|制表日期|填表日期|填报日期|制表时间|填报时间|填报单位|联系电话|单位负责人|分管领导)"
)
_ABOUT = re.compile(
    r"^([(（\[【].*[)）\]】]|必填|选填|文本|数字|日期|required|optional|text|number|date)$", re.IGNORECASE
)
_EXAMPLE = re.compile(r"^(示例|example)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """A header found.

    Parameters
    ----------
    table
        Table that it fits.
    labels
        Header of each column as written.
    row
        Row of the lowest header cell, from 1.
    first_data
        First row behind it, from 1.
    """

    table: str
    labels: tuple[str, ...]
    row: int
    first_data: int


def top_rows(rows: Sequence[list[object]], merged: Sequence[tuple[int, int, int, int]]) -> list[list[str]]:
    """Return the first rows as text, merged cells filled with what stands in their first cell."""
    text = [[text_of(v) for v in row] for row in rows]
    width = max((len(row) for row in text), default=0)
    text = [row + [""] * (width - len(row)) for row in text]
    for r0, c0, r1, c1 in merged:
        if r0 > len(text) or c0 >= width:
            continue
        value = text[r0 - 1][c0]
        for r in range(r0, min(r1, len(text)) + 1):
            for c in range(c0, min(c1, width - 1) + 1):
                text[r - 1][c] = value
    return text


def find_header(
    top: Sequence[Sequence[str]], merged: Sequence[tuple[int, int, int, int]], tables: Sequence[str]
) -> Header | None:
    """Return the rows that fit the headers of one of the tables best, None where nothing fits.

    Parameters
    ----------
    top
        First rows of the sheet as text, merged cells filled.
    merged
        Merged ranges of the sheet.
    tables
        Tables that it may be.
    """
    best: tuple[tuple[int, int, int, int], Header] | None = None
    for at in range(len(top)):
        for height in range(1, min(_TALLEST, len(top) - at) + 1):
            block = top[at : at + height]
            for table in tables:
                labels, known = _labels(table, block)
                required = {a.name for a in table_attributes(table) if a.required}
                score = (2 * len(required & known) - len(required), len(known), -height, -at)
                if known and (best is None or score > best[0]):
                    last = at + height
                    best = (score, Header(table, labels, last, _first_data(table, top, merged, last)))
    return best[1] if best else None


def fits(header: Header) -> bool:
    """Tell whether a sheet that is not named for a table may be read as one: at most one required column is missing."""
    known = {a.name for label in header.labels if (a := attribute_of(header.table, label))}
    required = {a.name for a in table_attributes(header.table) if a.required}
    return len(required & known) >= 2 and len(required - known) <= 1


def _labels(table: str, block: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], set[str]]:
    """Return one label a column, and the attributes that they name: joined, else the lowest, else any that is known."""
    labels, known = [], set()
    for column in zip(*block, strict=True):
        parts = list(dict.fromkeys(part for part in column if part))
        forms = ["".join(parts), *reversed(parts)]
        named = next((form for form in forms if form and attribute_of(table, form)), None)
        label = named or (parts[-1] if parts else "")
        attribute = attribute_of(table, label) if label else None
        if attribute is not None:
            known.add(attribute.name)
        labels.append(label)
    return tuple(labels), known


def _first_data(
    table: str, top: Sequence[Sequence[str]], merged: Sequence[tuple[int, int, int, int]], last: int
) -> int:
    """Return the first row behind the header: merged header cells and a second line of headers belong to it."""
    end = max([last, *(r1 for r0, _, r1, _ in merged if r0 <= last < r1)])
    while end < len(top):
        cells = [c for c in top[end] if c]
        named = sum(1 for c in cells if attribute_of(table, c) or is_numbering(c))
        about = sum(1 for c in cells if _ABOUT.match(c))
        if len(cells) < 2 or max(named, about) < 2 or 2 * max(named, about) <= len(cells):
            break
        end += 1
    return end + 1


def skip_reason(row: Sequence[object]) -> str:
    """Return why a row is no record: ``blank``, ``total``, ``footer``, ``example``; empty where it is one."""
    for value in row:
        if value is not None and value != "" and (first := text_of(value)):
            break
    else:
        return "blank"
    if len(first) > 60:
        return "footer" if _FOOTER.match(first) else ""
    if first[0] in "示eE" and _EXAMPLE.match(first):
        return "example"
    if first[-1] in "计数:：)）" and _TOTAL.match("".join(first.split())):
        return "total"
    return "footer" if _FOOTER.match(first) else ""
