"""``score``: a table on the screen, files where asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskplan.cli.console import Settings, out
from riskplan.cli.work import load, write_text
from riskplan.rules.model import TIERS
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.plan.tables import Plan


def score_case(folder: Path, target: Path | None, s: Settings) -> None:
    """Score a case, print the tiers, write ``scores.csv`` and ``duties.csv`` where asked for."""
    from riskplan.plan.tables import Plan
    from riskplan.risk import duties
    from riskplan.risk import score as score_all

    case, rules = load(folder, s)
    scores = score_all(case, rules)
    owed = duties(case, rules, scores)
    table = scores.table
    for tier in TIERS:
        mine = table[table["tier"] == tier]
        low, high = (int(mine["score"].min()), int(mine["score"].max())) if len(mine) else (0, 0)
        out(
            say(
                "cli.tier", s.lang, tier=say(f"word.tier.{tier}", s.lang), count=len(mine), low=low, high=high
            )
        )
    out(say("cli.owed", s.lang, duties=len(owed), visits=int(owed["visits"].sum())))
    if target:
        write_tables(Plan({"scores": table, "duties": owed}), ("scores", "duties"), target, s)


def explain_score(folder: Path, enterprise: str, s: Settings) -> None:
    """Print why one enterprise has its score and tier."""
    from riskplan.risk import explain

    case, rules = load(folder, s)
    for sentence in explain(case, rules, enterprise, s.lang).sentences:
        out(sentence)


def write_tables(plan: Plan, names: tuple[str, ...], target: Path, s: Settings) -> None:
    """Write some tables of a plan, each as a file of its own.

    Parameters
    ----------
    plan, names
        Tables to write.
    target
        Folder.
    s
        Language.
    """
    from riskplan.plan.io import plan_files

    files = plan_files(plan)
    for name in names:
        write_text(target / f"{name}.csv", files[f"{name}.csv"])
        out(say("cli.written", s.lang, path=target / f"{name}.csv"))
