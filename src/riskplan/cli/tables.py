"""``score`` and ``merge``: a table on the screen, files where asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from riskplan.cli.console import Settings, out
from riskplan.cli.work import load, write_text
from riskplan.errors import EXIT_GOOD, EXIT_VIOLATIONS
from riskplan.rules.model import TIERS
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.joint import JointPlan
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


def merge_case(folder: Path, target: Path | None, s: Settings) -> None:
    """Merge a case's duties, print calls before and after, write the schedules and conflicts where asked for.

    Raises
    ------
    typer.Exit
        Always: 1 with ``--strict`` and conflicts, else 0.
    """
    from riskplan.joint import merge
    from riskplan.plan.tables import Plan
    from riskplan.risk import duties, score

    case, rules = load(folder, s)
    scores = score(case, rules)
    joint = merge(case, rules, scores, duties(case, rules, scores))
    summary = joint.summary
    out(
        say(
            "cli.merge",
            s.lang,
            before=summary.calls_before,
            after=summary.calls_after,
            bound=summary.calls_bound,
            saved=f"{summary.saved_share:.1%}",
        )
    )
    out(
        say(
            "cli.merge_minutes",
            s.lang,
            before=f"{summary.officer_minutes_before:,}",
            after=f"{summary.officer_minutes_after:,}",
        )
    )
    out(say("cli.conflicts", s.lang, count=len(joint.conflicts)))
    if target:
        write_text(target / "joint.csv", _joint_csv(joint, list(case.enterprises["enterprise_id"])))
        out(say("cli.written", s.lang, path=target / "joint.csv"))
        write_tables(Plan({"conflicts": joint.conflicts}), ("conflicts",), target, s)
    raise typer.Exit(EXIT_VIOLATIONS if s.strict and len(joint.conflicts) else EXIT_GOOD)


def _joint_csv(joint: JointPlan, names: list[str]) -> str:
    from riskplan.cells import guard

    lines = ["enterprise_id,visit,of,bound,departments,lead,items,minutes"]
    for m in joint.merged:
        for n, c in enumerate(m.schedules[0], start=1):
            cells = (
                guard(names[m.e]),
                str(n),
                str(m.calls),
                str(m.bound),
                "|".join(c.departments),
                c.lead,
                "|".join(c.items),
                str(c.minutes),
            )
            lines.append(",".join(cells))
    return "\n".join(lines) + "\n"
