"""The results at hand as Markdown: gaps, growth with size, gap against time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HEAD = (
    "| instance | variant | solver | allowed s | plan above base | bound above base | gap | first plan s | took s "
    "| peak MB | violations | remark |\n|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"
)
GROWTH_HEAD = (
    "| enterprises | variant | arrays s | first plan s | allowed s | dual steps | moves | peak MB |\n"
    "|--:|---|--:|--:|--:|--:|--:|--:|"
)
CURVE_HEAD = (
    "| instance | variant | allowed s | gap at 5 s | 10 s | 30 s | 60 s | 120 s | 300 s | 600 s |\n|---|---|--:"
    + ("|--:" * 7 + "|")
)
MOMENTS = (5, 10, 30, 60, 120, 300, 600)

Result = dict[str, Any]


def read_results(folder: Path) -> list[Result]:
    """Return all results, by size, instance, variant, time and solver."""
    found = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("a1_*.json"))]
    return sorted(found, key=_order)


def size_of(result: Result) -> int:
    """Return the number of enterprises drawn, from the name of the instance."""
    return int(result["instance"].split("_")[1])


def _order(r: Result) -> tuple[Any, ...]:
    return size_of(r), r["instance"], r["variant"], r["allowed"], r["solver"] != "riskplan", r["solver"]


def gap(plan: float | None, bound: float | None) -> str:
    """Return the gap of the controllable part in per cent; a bound below the base counts as no bound."""
    if plan is None or plan <= 0 or bound is None or bound < 0:
        return "-"
    return f"{(plan - bound) / plan:.1%}"


def _whole(x: float | None) -> str:
    return "-" if x is None else f"{x:,.0f}"


def rows(results: list[Result]) -> list[str]:
    """Return one line a run; a run without a plan says so."""
    return [
        f"| {r['instance']} | {r['variant']} | {r['solver']} | {r['allowed']:g} "
        f"| {'no plan' if r['objective'] is None else _whole(r['objective'])} "
        f"| {'below base' if (r['bound'] or 0) < 0 else _whole(r['bound'])} | {gap(r['objective'], r['bound'])} "
        f"| {r['first_plan_seconds'] if r['first_plan_seconds'] is not None else '-'} | {r['seconds']:.0f} "
        f"| {r['peak_rss_mb']:,} | {r.get('violations') if r['objective'] is not None else '-'} "
        f"| {r['status']}{'' if r.get('quiet', True) else ' (busy machine)'} |"
        for r in results
    ]


def growth(results: list[Result]) -> list[str]:
    """Return how time and memory of the planner grow with the number of enterprises."""
    return [
        f"| {size_of(r):,} | {r['variant']} | {r['build_seconds']} | {r['first_plan_seconds']} | {r['allowed']:g} "
        f"| {r['steps']:,} | {r['moves']:,} | {r['peak_rss_mb']:,} |"
        for r in results
        if r["solver"] == "riskplan"
    ]


def curves(results: list[Result]) -> list[str]:
    """Return the gap of the best plan so far to the final bound, at some moments."""
    lines = []
    for r in results:
        if r["solver"] != "riskplan":
            continue
        cells = []
        for moment in MOMENTS:
            known = [cost for t, cost in r["curve"] if t <= moment]
            cells.append(gap(known[-1], r["bound"]) if known and moment <= r["allowed"] else "-")
        lines.append(f"| {r['instance']} | {r['variant']} | {r['allowed']:g} | {' | '.join(cells)} |")
    return lines


def tables(folder: Path) -> str:
    """Return all tables of the results in a folder."""
    results = read_results(folder)
    parts = [(HEAD, rows), (GROWTH_HEAD, growth), (CURVE_HEAD, curves)]
    return "\n\n".join("\n".join([head, *lines(results)]) for head, lines in parts)
