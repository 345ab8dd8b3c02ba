"""Pictures and pages without outside parts: every text goes through the one HTML escape."""

from __future__ import annotations

from collections.abc import Sequence

from riskplan.maps.escape import map_text

STYLE = """body{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:800px;
padding:0 1rem;color:#1f2937}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}svg{max-width:100%;height:auto}
table{border-collapse:collapse;width:100%}td,th{padding:.2rem .5rem;border-bottom:1px solid #e5e7eb;text-align:right}
td:first-child,th:first-child,td:nth-child(2),th:nth-child(2){text-align:left}pre{overflow:auto;background:#f3f4f6;
padding:.8rem;font-size:13px}@media print{body{margin:0}}"""
COLOURS = ("#1b6ca8", "#c8553d", "#4f8a5b", "#8a6bb1", "#b88a2d", "#6b7280", "#9ca3af", "#374151")
"""Told apart by the colour-blind too, in this order."""


def page_head(title: str, lang: str) -> str:
    """Return the beginning of a page.

    Parameters
    ----------
    title
        Plain text.
    lang
        ``zh`` or ``en``.
    """
    text = map_text(title)
    start = f'<!doctype html><html lang="{map_text(lang)}"><meta charset="utf-8"><title>{text}</title>'
    return f"{start}\n<style>{STYLE}</style><h1>{text}</h1>"


def svg(width: int, height: int, parts: Sequence[str]) -> str:
    """Return a picture of parts that are SVG already."""
    body = "".join(parts)
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">{body}</svg>'


def svg_text(x: float, y: float, text: str, anchor: str) -> str:
    """Return a plain text at a place; ``anchor`` is start, middle or end."""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}">{map_text(text)}</text>'


def svg_line(x0: float, y0: float, x1: float, y1: float, colour: str) -> str:
    """Return a line."""
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}"/>'


def svg_bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Return a filled bar."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{colour}"/>'
    )
