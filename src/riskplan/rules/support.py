"""The support table: how year, week and audit treat each combination of kind, scope, window and unit."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from riskplan.rules.model import SupportLine

TREATMENTS = ("exact", "safe side", "week only", "audit only", "no", "refused")


@cache
def support_lines() -> tuple[SupportLine, ...]:
    """Return all lines of ``support.csv`` in their order."""
    text = resources.files("riskplan.rules").joinpath("support.csv").read_text(encoding="utf-8")
    return tuple(SupportLine(**row) for row in csv.DictReader(text.splitlines()))


def support_of(combination: tuple[str, str, str, str]) -> SupportLine | None:
    """Return the line of a combination (kind, scope, window, unit), None when there is none."""
    for line in support_lines():
        if (line.kind, line.scope, line.window, line.unit) == combination:
            return line
    return None
