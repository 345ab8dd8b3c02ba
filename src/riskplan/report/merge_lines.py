"""What merging changes, in words and numbers: calls and officer-minutes together, per visit and in total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from riskplan.joint.grid import WIDTHS, Cell
from riskplan.joint.indicators import MINUTES_PER_HOUR, Indicators, Side
from riskplan.report.backtest_lines import aligned
from riskplan.rules.model import TIERS
from riskplan.text import say
from riskplan.text.words import word

SIDES = ("alone", "capped", "joint")
_PUBLISHED = ("claim", "haining", "national")


def merge_lines(found: Indicators, grid: Sequence[Cell], credited: int, lang: str) -> list[str]:
    """Return the report as lines of plain text.

    Parameters
    ----------
    found
        Before and after.
    grid
        Saving by domains and width of the gate.
    credited
        Visits that need not be made, since they are known otherwise.
    lang
        ``zh`` or ``en``.
    """
    return [
        say("merge.title", lang, enterprises=f"{found.enterprises:,}"),
        "",
        *aligned(side_rows(found, lang)),
        "",
        *_proof(found, lang),
        say("merge.credited", lang, count=f"{credited:,}"),
        "",
        say("merge.problems_note", lang),
        say("merge.published", lang),
        *(f"  {say(f'merge.published.{name}', lang)}" for name in _PUBLISHED),
        "",
        *_grid(grid, lang),
    ]


def side_rows(found: Indicators, lang: str) -> list[list[str]]:
    """Return a table: one row an indicator, one column each way to make the visits, and what merging changes.

    Parameters
    ----------
    found, lang
        As for ``merge_lines``.
    """
    sides = [getattr(found, name) for name in SIDES]
    head = [say("merge.column.what", lang), *(say(f"merge.side.{name}", lang) for name in SIDES)]
    rows = [[*head, say("merge.column.change", lang)]]
    for name in _FIGURES:
        values = [_figure(side, name) for side in sides]
        rows.append([say(f"merge.row.{name}", lang), *(_shown(name, v) for v in values), _change(values)])
    for tier in TIERS:
        values = [float(side.by_tier[tier]) for side in sides]
        label = say("merge.row.tier", lang, tier=word("tier", tier, lang))
        rows.append([label, *(f"{v:,.0f}" for v in values), _change(values)])
    undone = ["0", f"{found.undone_alone:,}", f"{found.undone_joint:,}", ""]
    return [*rows, [say("merge.row.undone", lang), *undone]]


_FIGURES = (
    "calls",
    "departments",
    "joint_share",
    "hours",
    "officer_minutes",
    "people",
    "people_most",
    "days",
    "days_most",
    "problems",
    "problems_per_visit",
)


def _figure(side: Side, name: str) -> float:
    figures: Mapping[str, float] = {
        "calls": side.calls,
        "departments": side.departments_per_visit,
        "joint_share": side.joint_share,
        "hours": side.site_minutes / MINUTES_PER_HOUR,
        "officer_minutes": side.officer_minutes,
        "people": side.people_sum / max(side.calls, 1),
        "people_most": side.people_most,
        "days": side.calls,
        "days_most": side.days_most,
        "problems": side.problems,
        "problems_per_visit": side.problems_per_visit,
    }
    return figures[name]


def _shown(name: str, value: float) -> str:
    if name == "joint_share":
        return f"{value:.1%}"
    if name in {"departments", "people", "problems_per_visit"}:
        return f"{value:.2f}"
    return f"{value:,.0f}"


def _change(values: Sequence[float]) -> str:
    """Return what changes from the first way to the last, in per cent."""
    first, last = values[0], values[-1]
    return f"{last / first - 1:+.1%}" if first else ""


def _proof(found: Indicators, lang: str) -> list[str]:
    share = found.proven / max(found.enterprises, 1)
    lines = [say("merge.proven", lang, share=f"{share:.2%}", count=f"{found.proven:,}")]
    lines += [
        say("merge.reason", lang, reason=say(f"merge.reason.{name}", lang), count=f"{count:,}")
        for name, count in sorted(found.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    if found.unalike:
        lines.append(say("merge.unalike", lang, count=f"{found.unalike:,}"))
    return lines


def _grid(grid: Sequence[Cell], lang: str) -> list[str]:
    if not grid:
        return []
    rows = [[say("merge.grid.domains", lang), *(say("merge.grid.width", lang, width=w) for w in WIDTHS)]]
    for mean in dict.fromkeys(cell.domains for cell in grid):
        own = [cell for cell in grid if cell.domains == mean]
        rows.append([str(mean), *(f"{-cell.saved:.1%}" for cell in own)])
    return [say("merge.grid", lang), *aligned(rows)]
