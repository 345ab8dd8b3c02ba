"""A backtest as one page without outside parts: bars with intervals, days by window, calibration, who is called."""

from __future__ import annotations

from collections.abc import Sequence

from riskplan.maps.escape import map_text
from riskplan.report.backtest_lines import PROTOCOLS, backtest_lines, group_name, model_name
from riskplan.report.svg import COLOURS, page_head, svg, svg_line, svg_text
from riskplan.risk.backtest import Backtest, Group
from riskplan.text import say

WIDTH, BAR, LEFT, RIGHT = 760, 26, 210, 60


def backtest_page(result: Backtest, lang: str) -> str:
    """Return the page.

    Parameters
    ----------
    result
        From ``risk.backtest.backtest``.
    lang
        ``zh`` or ``en``.
    """
    parts = [page_head(say("backtest.page.title", lang), lang)]
    for protocol in PROTOCOLS:
        parts.append(f"<h2>{map_text(say(f'backtest.protocol.{protocol}', lang))}</h2>")
        parts.append(_bars(result, protocol, lang))
    parts.append(f"<h2>{map_text(say('backtest.page.windows', lang))}</h2>{_windows(result, lang)}")
    parts.append(f"<h2>{map_text(say('backtest.page.calibration', lang))}</h2>{_calibration(result, lang)}")
    parts.append(f"<h2>{map_text(say('backtest.page.equity', lang))}</h2>{_equity(result.groups, lang)}")
    text = "\n".join(map_text(line) for line in backtest_lines(result, lang))
    parts.append(f"<h2>{map_text(say('backtest.page.text', lang))}</h2><pre>{text}</pre></html>\n")
    return "\n".join(parts)


def _bars(result: Backtest, protocol: str, lang: str) -> str:
    """Return days above random with intervals, best first."""
    chosen = [m for m in result.measures if m.protocol == protocol and m.window == 0 and m.model != "random"]
    chosen.sort(key=lambda m: (-m.above_random.value, m.model))
    low = min([0.0, *(m.above_random.low for m in chosen)])
    high = max([1.0, *(m.above_random.high for m in chosen)])
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    zero = LEFT - low * scale
    parts = []
    for k, m in enumerate(chosen):
        y, days = 8 + k * BAR, m.above_random
        start, end = sorted((zero, zero + days.value * scale))
        middle = y + 9
        parts += [
            svg_text(LEFT - 8, y + 14, model_name(m.model, lang), "end"),
            f'<rect x="{start:.1f}" y="{y}" width="{end - start:.1f}" height="18" fill="{_colour(result, m.model)}"/>',
            svg_line(
                LEFT + (days.low - low) * scale, middle, LEFT + (days.high - low) * scale, middle, "#111827"
            ),
            svg_text(WIDTH - 4, y + 14, f"{days.value:+.1f}", "end"),
        ]
    height = 8 + BAR * len(chosen) + 6
    parts.append(svg_line(zero, 2, zero, height - 4, "#9ca3af"))
    return svg(WIDTH, height, parts)


def _windows(result: Backtest, lang: str) -> str:
    """Return days above random of each model in each window, ``origin``."""
    rows = [m for m in result.measures if m.protocol == "origin" and m.window and m.model != "random"]
    names = [name for name in result.models if name != "random"]
    values = [m.above_random.value for m in rows]
    low, high = min([0.0, *values]), max([1.0, *values])
    count, height = len(result.windows), 260
    step = (WIDTH - 60) / max(count, 1)

    def at(k: int, value: float) -> tuple[float, float]:
        return 50 + step * (k - 0.5), 20 + (high - value) / (high - low) * (height - 60)

    parts = [
        svg_line(45, at(1, 0)[1], WIDTH, at(1, 0)[1], "#9ca3af"),
        svg_text(40, at(1, 0)[1] + 5, "0", "end"),
    ]
    parts.append(svg_text(40, 25, f"{high:+.1f}", "end"))
    for k, (first, _) in enumerate(result.windows, start=1):
        parts.append(svg_text(at(k, 0)[0], height - 12, first, "middle"))
    for name in names:
        points = [at(m.window, m.above_random.value) for m in rows if m.model == name]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour = _colour(result, name)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    return svg(WIDTH, height, parts) + _legend(result, names, lang)


def _calibration(result: Backtest, lang: str) -> str:
    """Return the share that had a problem against the chance that was stated, by tenths, ``origin``."""
    own = {m: c for (p, m), c in sorted(result.calibration.items()) if p == "origin"}
    most = max([0.05, *(max(b.chance, b.found) for c in own.values() for b in c.bins)]) * 1.05
    side, start = 340, 50

    def at(chance: float, found: float) -> tuple[float, float]:
        return start + chance / most * (side - 70), 20 + (1 - found / most) * (side - 70)

    (x0, y0), (x1, y1) = at(0, 0), at(most, most)
    parts = [
        svg_line(x0, y0, x1, y1, "#9ca3af"),
        svg_line(x0, y0, x1, y0, "#111827"),
        svg_line(x0, y0, x0, y1, "#111827"),
    ]
    parts += [svg_text(x1, y0 + 18, f"{most:.0%}", "end"), svg_text(x0 - 6, y1 + 5, f"{most:.0%}", "end")]
    parts.append(svg_text((x0 + x1) / 2, y0 + 36, say("backtest.page.stated", lang), "middle"))
    for name, one in own.items():
        colour = _colour(result, name)
        points = [at(b.chance, b.found) for b in one.bins]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return svg(side, side, parts) + _legend(result, list(own), lang)


def _equity(groups: Sequence[Group], lang: str) -> str:
    head = "".join(
        f"<th>{map_text(say(f'backtest.page.equity.{c}', lang))}</th>"
        for c in ("by", "name", "visits", "problems", "early", "rate", "rate_early")
    )
    rows = "".join(
        f"<tr><td>{map_text(say(f'backtest.by.{g.by}', lang))}</td>"
        f"<td>{map_text(group_name(g, lang))}</td>"
        f"<td>{g.visits:,}</td><td>{g.problems:,}</td><td>{g.early:.0%}</td>"
        f"<td>{g.hit_rate:.1%}</td><td>{g.hit_rate_early:.1%}</td></tr>"
        for g in groups
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _legend(result: Backtest, names: Sequence[str], lang: str) -> str:
    items = "".join(
        f'<span style="color:{_colour(result, name)}">■</span> {map_text(model_name(name, lang))}&ensp;'
        for name in names
    )
    return f"<p>{items}</p>"


def _colour(result: Backtest, name: str) -> str:
    return COLOURS[result.models.index(name) % len(COLOURS)]
