"""The rulebook of the fictional county as text: pack, points, duties, leads and township rows."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from riskplan.synth.catalogue import BIG_SIZES, item_by_id, sectors
from riskplan.synth.files import toml_text
from riskplan.synth.premises import GRADES

GRADE_POINTS = (0, 1, 3, 5)
"""Points by grade of ``GRADES``."""
WEEK_FACTOR = 1.25
YEAR_FACTOR = 1.05
_WEEKS = 52


def township_rows(
    planned: npt.NDArray[np.int64], fixed: npt.NDArray[np.int64]
) -> tuple[list[int], list[int]]:
    """Return most visits of a week and of a year for each township.

    Parameters
    ----------
    planned, fixed
        Expected planned and known fixed visits of the year, shape (n_townships,).
    """
    week = [max(2, math.ceil(WEEK_FACTOR * p / _WEEKS)) for p in planned.tolist()]
    year = [max(2, math.ceil(YEAR_FACTOR * t)) for t in (planned + fixed).tolist()]
    return week, year


def rules_text(week: Mapping[str, int], year: Mapping[str, int]) -> str:
    """Return ``rules.toml``.

    Parameters
    ----------
    week, year
        Township code -> most visits.
    """
    return "\n".join([_HEAD, _points(), _leads(), *_duties(), _limits(week, year)])


def score_text() -> str:
    """Return the part of ``rules.toml`` that scores and tiers come from."""
    return "\n".join([_HEAD, _points()])


_HEAD = """# 虚构数据：永春样例县的规则。未列出的取值来自规则包 plain。
extends = "plain"
name = "yongchun-sample"
"""


def _points() -> str:
    lines = ["[score.sector_points]", *(f"{toml_text(s.sector)} = {s.points}" for s in sectors()), ""]
    lines += ["[score.grade_points]"]
    lines += [f"{toml_text(g)} = {p}" for g, p in zip(GRADES, GRADE_POINTS, strict=True)]
    return "\n".join([*lines, ""])


def _leads() -> str:
    lines = [f"{toml_text(s.sector)} = {toml_text(s.lead)}" for s in sectors()]
    return "\n".join(["[lead_by_sector]", *lines, ""])


def _duties() -> list[str]:
    """Return one row per sector and item set; off-site items stay in the catalogue only."""
    rows = []
    for sector in sectors():
        rows.append(_duty(sector.items, sector.sector, ()))
        if sector.extra_items:
            rows.append(_duty(sector.extra_items, sector.sector, BIG_SIZES))
    return rows


def _duty(items: tuple[str, ...], sector: str, sizes: tuple[str, ...]) -> str:
    on_site = [toml_text(i) for i in items if item_by_id()[i].mode == "on_site"]
    lines = ["[[duty]]", f"items = [{', '.join(on_site)}]", f"sectors = [{toml_text(sector)}]"]
    if sizes:
        lines.append(f"sizes = [{', '.join(toml_text(s) for s in sizes)}]")
    return "\n".join([*lines, ""])


def _limits(week: Mapping[str, int], year: Mapping[str, int]) -> str:
    texts = {
        "week": f"推算值，非法定：乡镇内预计周均检查次数的 {WEEK_FACTOR} 倍向上取整，不少于 2",
        "year": f"推算值，非法定：乡镇内预计全年检查次数（含上级已定）的 {YEAR_FACTOR} 倍向上取整",
    }
    rows = []
    for window, amounts in (("week", week), ("year", year)):
        table = ", ".join(f'"{code}" = {amounts[code]}' for code in sorted(amounts))
        lines = [
            "[[limit]]",
            f'id = "township-load-{window}"',
            'kind = "cap"',
            'scope = "township"',
            f'window = "{window}"',
            'unit = "visits"',
            f'amount = {{"*" = {max(amounts.values())}, {table}}}',
            f"basis = {toml_text(texts[window])}",
            'source = "riskplan.synth"',
            "",
        ]
        rows.append("\n".join(lines))
    return "\n".join(rows)
