"""A backtest in lines of plain text: what was judged, each model's days, what that is worth."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from riskplan.risk.backtest import Backtest, Group, Interval, Measure
from riskplan.text import say

PROTOCOLS = ("origin", "day")
GROUPS_SHOWN = 3
FEWEST_VISITS = 30
"""Groups with fewer visits are not named on the screen."""
_COUNTS = (
    "duplicate_rows",
    "merged_rows",
    "same_day",
    "no_place",
    "bad_place",
    "no_kind",
    "no_severity",
    "extras",
)


def backtest_lines(result: Backtest, lang: str) -> list[str]:
    """Return the result for a terminal.

    Parameters
    ----------
    result
        From ``risk.backtest.backtest``.
    lang
        ``zh`` or ``en``.
    """
    lines = _head(result, lang)
    for protocol in PROTOCOLS:
        lines += ["", say(f"backtest.protocol.{protocol}", lang), *_table(result, protocol, lang)]
        lines += _differences(result, protocol, lang)
    return [*lines, "", *_calibration(result, lang), *_equity(result, lang), say("backtest.limit", lang)]


def _head(result: Backtest, lang: str) -> list[str]:
    first, last = result.windows[0][0], result.windows[-1][1]
    target = (
        say("backtest.any", lang)
        if not result.serious
        else say("backtest.serious", lang, level=result.serious)
    )
    lines = [
        say("backtest.head", lang, windows=len(result.windows), first=first, last=last),
        say(
            "backtest.rows",
            lang,
            rows=f"{result.rows:,}",
            businesses=f"{result.establishments:,}",
            problems=f"{result.problems:,}",
            target=target,
        ),
    ]
    met = [
        say(f"backtest.met.{c}", lang, count=f"{result.counts[c]:,}") for c in _COUNTS if result.counts.get(c)
    ]
    if met:
        lines.append(say("backtest.met", lang, parts=say("backtest.join", lang).join(met)))
    return lines


def model_name(name: str, lang: str) -> str:
    """Return what a model is called."""
    return say(f"backtest.model.{name}", lang)


def group_name(group: Group, lang: str) -> str:
    """Return what a group is called; nine areas by their direction."""
    if group.name in {"", "*"}:
        return say("backtest.page.others" if group.name else "backtest.unknown", lang)
    return say(f"backtest.area.{group.name}", lang) if group.by == "area" else group.name


def _table(result: Backtest, protocol: str, lang: str) -> list[str]:
    head = [
        say(f"backtest.column.{c}", lang) for c in ("model", "earlier", "above", "half", "auc", "precision")
    ]
    measures = {m.model: m for m in result.measures if m.protocol == protocol and m.window == 0}
    best = sorted(measures.values(), key=lambda m: (-m.above_random.value, m.model))
    return aligned([head, *(_row(m, lang) for m in best)])


def _row(m: Measure, lang: str) -> list[str]:
    return [
        model_name(m.model, lang),
        f"{m.days_earlier:+.1f}",
        span(m.above_random) if m.model != "random" else "0",
        f"{m.first_half:.0%}",
        f"{m.auc:.3f}",
        f"{m.precision:.0%} / {m.share:.0%}",
    ]


def span(value: Interval) -> str:
    """Return a figure with its interval."""
    return f"{value.value:+.1f} [{value.low:+.1f}, {value.high:+.1f}]"


def _differences(result: Backtest, protocol: str, lang: str) -> list[str]:
    return [
        say(
            "backtest.clear" if d.days.low > 0 else "backtest.not_clear",
            lang,
            model=model_name(d.model, lang),
            other=model_name(d.other, lang),
            days=span(d.days),
        )
        for d in result.differences
        if d.protocol == protocol
    ]


def _calibration(result: Backtest, lang: str) -> list[str]:
    lines = []
    for protocol in PROTOCOLS:
        own = result.calibration.get((protocol, result.shipped))
        if own is not None:
            lines.append(
                say(
                    f"backtest.calibration.{protocol}",
                    lang,
                    slope=f"{own.slope:.2f}",
                    intercept=f"{own.intercept:+.2f}",
                    brier=f"{own.brier:.4f}",
                )
            )
    return lines


def _equity(result: Backtest, lang: str) -> list[str]:
    """Name the groups that are called most often in the first half, and what their early visits find."""
    shown = sorted(
        (g for g in result.groups if g.visits >= FEWEST_VISITS and g.name not in {"", "*"}),
        key=lambda g: (-g.early, g.by, g.name),
    )[:GROUPS_SHOWN]
    return [
        say(
            "backtest.equity",
            lang,
            by=say(f"backtest.by.{g.by}", lang),
            name=group_name(g, lang),
            early=f"{g.early:.0%}",
            visits=f"{g.visits:,}",
            rate=f"{g.hit_rate:.0%}",
            all=f"{result.problems / result.rows:.0%}",
        )
        for g in shown
    ]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with columns under one another; wide signs count two."""
    widths = [max(_width(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(_padded(cell, w, k) for k, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _padded(cell: str, width: int, column: int) -> str:
    room = " " * (width - _width(cell))
    return cell + room if column == 0 else room + cell


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
