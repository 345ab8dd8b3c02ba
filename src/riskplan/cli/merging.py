"""``merge``: calls before and after on the screen, the report and its files where asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from riskplan.cli.console import Settings, out
from riskplan.cli.tables import write_tables
from riskplan.cli.work import load, write_text
from riskplan.errors import EXIT_GOOD, EXIT_VIOLATIONS
from riskplan.text import say

if TYPE_CHECKING:
    import pandas as pd

    from riskplan.case.tables import Case
    from riskplan.joint import JointPlan
    from riskplan.risk import Requirements, Scores
    from riskplan.rules.model import Rulebook


def explain_merge(folder: Path, enterprise: str, s: Settings) -> None:
    """Print how one enterprise's duties became joint visits.

    Raises
    ------
    InputError
        If no enterprise, or more than one, is meant.
    """  # noqa: DOC502 - raised below
    from riskplan.joint import merge
    from riskplan.report.merge_explain import Subject, explain_lines
    from riskplan.risk import requirements, score
    from riskplan.risk.explain import position_of

    case, rules = load(folder, s)
    place = position_of(case, enterprise)
    scores = score(case, rules)
    needed = requirements(case, rules, scores)
    subject = Subject(case, rules, needed, merge(case, rules, scores, needed.duties))
    for line in explain_lines(subject, place, s.lang):
        out(line)


def merge_case(folder: Path, target: Path | None, s: Settings, *, report: bool) -> None:
    """Merge a case's duties, print calls before and after, write schedules, conflicts and credits where asked for.

    Parameters
    ----------
    folder, target
        Case; folder for files, None for none.
    s
        Language, rules, strictness.
    report
        True: print what merging changes against every department planning alone.

    Raises
    ------
    typer.Exit
        Always: 1 with ``--strict`` and conflicts, else 0.
    """
    from riskplan.joint import merge
    from riskplan.plan.tables import unmeetable
    from riskplan.risk import requirements, score

    case, rules = load(folder, s)
    scores = score(case, rules)
    needed = requirements(case, rules, scores)
    joint = merge(case, rules, scores, needed.duties)
    _tell(joint, needed, s)
    if report:
        _report((case, rules, scores), needed, joint, target, s)
    if target:
        _write(case, joint, needed, target, s)
    floors = len(unmeetable(joint.conflicts))
    raise typer.Exit(EXIT_VIOLATIONS if s.strict and floors else EXIT_GOOD)


def _tell(joint: JointPlan, needed: Requirements, s: Settings) -> None:
    from riskplan.plan.tables import unmeetable

    summary = joint.summary
    saved = f"{summary.saved_share:.1%}"
    figures = {"before": summary.calls_before, "after": summary.calls_after, "bound": summary.calls_bound}
    out(say("cli.merge", s.lang, saved=saved, **{k: f"{v:,}" for k, v in figures.items()}))
    before, after = f"{summary.officer_minutes_before:,}", f"{summary.officer_minutes_after:,}"
    out(say("cli.merge_minutes", s.lang, before=before, after=after))
    floors = len(unmeetable(joint.conflicts))
    out(say("cli.conflicts", s.lang, count=floors))
    if intervals := len(joint.conflicts) - floors:
        out(say("cli.interval_conflicts", s.lang, count=intervals))
    if len(needed.credits):
        out(say("cli.credits", s.lang, count=int(needed.credits["visits"].sum())))


def _report(
    world: tuple[Case, Rulebook, Scores],
    needed: Requirements,
    joint: JointPlan,
    target: Path | None,
    s: Settings,
) -> None:
    from riskplan.joint.grid import saving_grid
    from riskplan.joint.indicators import indicators
    from riskplan.report.merge_lines import merge_lines
    from riskplan.report.merge_page import merge_json, merge_page

    found = indicators(*world, needed.duties, joint)
    grid = saving_grid(*world)
    credited = int(needed.credits["visits"].sum())
    out("")
    for line in merge_lines(found, grid, credited, s.lang):
        out(line)
    if target:
        for name, text in (
            ("merge.json", merge_json(found, grid, credited)),
            ("merge.html", merge_page(found, grid, credited, s.lang)),
        ):
            write_text(target / name, text)
            out(say("cli.written", s.lang, path=target / name))


def _write(case: Case, joint: JointPlan, needed: Requirements, target: Path, s: Settings) -> None:
    from riskplan.plan.tables import Plan
    from riskplan.risk import requirement_matrix

    names = list(case.enterprises["enterprise_id"])
    for name, text in (
        ("joint.csv", _joint_csv(joint, names)),
        ("requirements.csv", _requirements_csv(requirement_matrix(case, needed.duties))),
    ):
        write_text(target / name, text)
        out(say("cli.written", s.lang, path=target / name))
    plan = Plan({"conflicts": joint.conflicts, "credits": needed.credits})
    write_tables(plan, ("conflicts", "credits"), target, s)


def _joint_csv(joint: JointPlan, names: list[str]) -> str:
    from riskplan.cells import guard

    lines = ["enterprise_id,visit,of,bound,reason,departments,lead,items,minutes"]
    for m in joint.merged:
        for n, c in enumerate(m.schedules[0], start=1):
            cells = (
                guard(names[m.e]),
                str(n),
                str(m.calls),
                str(m.bound),
                ":".join(filter(None, m.reason)),
                "|".join(c.departments),
                c.lead,
                "|".join(c.items),
                str(c.minutes),
            )
            lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def _requirements_csv(table: pd.DataFrame) -> str:
    from riskplan.cells import guard

    def cell(value: object) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)

    columns = {name: [guard(cell(value)) for value in table[name]] for name in table.columns}
    return table.assign(**columns).to_csv(index=False, lineterminator="\n")
