"""The report on merging as one page without outside parts, and as plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from riskplan.joint.grid import Cell
from riskplan.joint.indicators import Indicators
from riskplan.maps.escape import map_text
from riskplan.report.merge_lines import SIDES, merge_lines, side_rows
from riskplan.report.svg import COLOURS, page_head, svg, svg_bar, svg_line, svg_text
from riskplan.rules.model import TIERS
from riskplan.text import say
from riskplan.text.words import word

SCHEMA = "riskplan-merge-1"
WIDTH, LEFT, RIGHT, BAR = 760, 150, 70, 18
SIDE_COLOURS = (COLOURS[0], COLOURS[6], COLOURS[2])
"""Blue, grey and green: none of the colours of tiers that the bars stand beside."""


def merge_json(found: Indicators, grid: Sequence[Cell], credited: int) -> str:
    """Return the report as JSON.

    Parameters
    ----------
    found, grid, credited
        As for ``merge_lines``.
    """
    record = {"schema": SCHEMA, "credited": credited, **asdict(found)}
    record["grid"] = [{**asdict(cell), "saved": round(cell.saved, 6)} for cell in grid]
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def merge_page(found: Indicators, grid: Sequence[Cell], credited: int, lang: str) -> str:
    """Return the page.

    Parameters
    ----------
    found, grid, credited, lang
        As for ``merge_lines``.
    """
    parts = [page_head(say("merge.page.title", lang), lang)]
    parts.append(f"<h2>{map_text(say('merge.page.calls', lang))}</h2>{_calls(found, lang)}")
    parts.append(f"<h2>{map_text(say('merge.page.organs', lang))}</h2>{_organs(found, lang)}")
    parts.append(_table(side_rows(found, lang)))
    text = "\n".join(map_text(line) for line in merge_lines(found, grid, credited, lang))
    parts.append(f"<h2>{map_text(say('merge.page.text', lang))}</h2><pre>{text}</pre></html>\n")
    return "\n".join(parts)


def _calls(found: Indicators, lang: str) -> str:
    """Return calls by tier, one bar each way to make them."""
    most = max(1, *(max(getattr(found, side).by_tier.values()) for side in SIDES))
    scale, parts, y = (WIDTH - LEFT - RIGHT) / most, [], 6
    for tier in TIERS:
        parts.append(svg_text(LEFT - 8, y + 1.5 * BAR + 5, word("tier", tier, lang), "end"))
        for k, side in enumerate(SIDES):
            calls = getattr(found, side).by_tier[tier]
            parts.append(svg_bar(LEFT, y, calls * scale, BAR - 3, SIDE_COLOURS[k]))
            parts.append(svg_text(LEFT + calls * scale + 5, y + BAR - 5, f"{calls:,}", "start"))
            y += BAR
        y += 10
    parts.append(svg_line(LEFT, 2, LEFT, y - 8, "#9ca3af"))
    return svg(WIDTH, y, parts) + _legend(lang)


def _organs(found: Indicators, lang: str) -> str:
    """Return joint visits by number of departments."""
    organs = found.joint.organs
    most = max([1, *organs.values()])
    scale, parts, y = (WIDTH - LEFT - RIGHT) / most, [], 6
    for number, visits in organs.items():
        label = say("merge.page.departments", lang, count=number)
        parts.append(svg_text(LEFT - 8, y + BAR - 5, label, "end"))
        parts.append(svg_bar(LEFT, y, visits * scale, BAR - 3, COLOURS[2]))
        parts.append(svg_text(LEFT + visits * scale + 5, y + BAR - 5, f"{visits:,}", "start"))
        y += BAR + 4
    parts.append(svg_line(LEFT, 2, LEFT, y, "#9ca3af"))
    return svg(WIDTH, y + 4, parts)


def _legend(lang: str) -> str:
    items = "".join(
        f'<span style="color:{SIDE_COLOURS[k]}">■</span> {map_text(say(f"merge.side.{side}", lang))}&ensp;'
        for k, side in enumerate(SIDES)
    )
    return f"<p>{items}</p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{map_text(cell)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{map_text(c)}</td>" for c in row) + "</tr>" for row in rows[1:])
    figures = "<style>td:nth-child(2),th:nth-child(2){text-align:right}</style>"
    return f"{figures}<table><tr>{head}</tr>{body}</table>"
