"""Tiers that people have set, read again from the case: a plan may neither invent a decision nor pass over one."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from riskplan.audit.findings import Finding
from riskplan.audit.world import World
from riskplan.rules.model import TIERS

BY_PEOPLE = "override"
"""What ``tier_cause`` says of a tier that people have set."""


def decided_tiers(world: World) -> dict[str, str]:
    """Return enterprise -> tier of the decision in force on ``as_of`` (S11): the latest, of one day the worst."""
    table = world.case.tables.get("overrides", pd.DataFrame())
    today = pd.Timestamp(world.case.as_of)
    made: dict[str, tuple[pd.Timestamp, int, bool]] = {}
    for index in range(len(table)):
        row = table.iloc[index]
        if row["date"] > today or not row["tier"]:
            continue
        ended = not pd.isna(row["until"]) and row["until"] < today
        one = (row["date"], len(TIERS) - TIERS.index(row["tier"]), ended)
        made[row["enterprise_id"]] = max(made.get(row["enterprise_id"], one), one, key=lambda x: x[:2])
    return {e: TIERS[len(TIERS) - worst] for e, (_, worst, ended) in made.items() if not ended}


def decision_findings(world: World) -> Iterator[Finding]:
    """Yield scores whose tier is called a decision of people without one, and decisions that a score passes over."""
    table = world.table("scores")
    if not any(table["tier_cause"]):
        return
    decided = decided_tiers(world)
    for name, tier, cause in zip(table["enterprise_id"], table["tier"], table["tier_cause"], strict=True):
        right = decided.get(name, "")
        if cause == BY_PEOPLE and right != tier:
            yield _finding(name, "score-undecided", tier)
        elif right and cause != BY_PEOPLE:
            yield _finding(name, "score-passed-over", right)


def _finding(name: str, message: str, tier: str) -> Finding:
    return Finding("score-rows", "violation", name, "", 1, 0, 1, (name,), "", message, (("tier", tier),))
