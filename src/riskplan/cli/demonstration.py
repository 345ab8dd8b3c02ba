"""``demo``: the main job from the office's tables to the map, with the results under one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskplan.cli.console import Settings, out, watching
from riskplan.cli.keeping import secret_of
from riskplan.cli.weeks import next_revision, week_line
from riskplan.cli.work import audited, leave, load, tell_capacity, tell_findings, tell_verdict, telling_demand
from riskplan.errors import Fault, InputError
from riskplan.progress import OnProgress, Progress
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.audit.findings import Finding
    from riskplan.case.tables import Case
    from riskplan.plan.tables import Plan
    from riskplan.rules.model import Rulebook

WEEKS_ROUTED = 2


def default_case() -> Path:
    """Return the shipped sample: below the working folder, else below the checkout that riskplan runs from.

    Raises
    ------
    InputError
        If neither has it.
    """
    for root in (Path(), Path(__file__).resolve().parents[3]):
        if (root / "data" / "yongchun" / "case.toml").is_file():
            return root / "data" / "yongchun"
    raise InputError([Fault("missing_file", "data/yongchun")])


def run_demo(folder: Path, target: Path, s: Settings, *, all_weeks: bool, secret: Path | None = None) -> None:
    """Read, score, merge, plan, route, audit, draw, write; print a short summary and the paths."""
    from riskplan.annual import plan_year
    from riskplan.plan.io import write_plan
    from riskplan.report import summary_lines

    kept = secret_of(secret)
    case, rules = load(folder, s)
    tell_capacity(case, rules, s)
    with watching(s) as listen:
        told = telling_demand(case, listen, s)
        plan = plan_year(case, rules, stop=s.stop, seed=s.seed, on_progress=told, secret=kept)
        routed = _weeks(case, plan, all_weeks=all_weeks)
        plan = _route(case, rules, plan, routed, s, listen)
        listen(Progress("audit"))
        plan, report = audited(case, rules, plan)
        write_plan(plan, target / "plan")
        listen(Progress("draw"))
        paths = _documents(case, rules, plan, target, s, report.violations)
    for line in summary_lines(case, rules, plan, lang=s.lang):
        out(line)
    for week in routed if len(routed) <= WEEKS_ROUTED else ():
        out(week_line(plan, week, s.lang))
    if all_weeks:
        out(_dated_share(plan, s.lang))
    tell_findings(report, s.lang)
    tell_verdict(report, s.lang)
    for path in (target / "plan", *paths):
        out(say("cli.written", s.lang, path=path))
    leave(report, s)


def _weeks(case: Case, plan: Plan, *, all_weeks: bool) -> list[str]:
    from riskplan.case.weeks import Weeks

    weeks = Weeks.of(case)
    working = [label for label, days in zip(weeks.labels, weeks.workdays(), strict=True) if days]
    chosen = working if all_weeks else working[:WEEKS_ROUTED]
    planned = set(plan.visits["week"])
    return [label for label in chosen if label in planned]


def _route(
    case: Case, rules: Rulebook, plan: Plan, weeks: list[str], s: Settings, listen: OnProgress
) -> Plan:
    from riskplan.weekly import plan_week

    for number, label in enumerate(weeks):
        listen(Progress("week", number, len(weeks)))
        routed = plan_week(case, rules, plan, label, stop=s.stop, seed=s.seed)
        plan = next_revision(case, rules, plan, routed)
    return plan


def _documents(
    case: Case, rules: Rulebook, plan: Plan, target: Path, s: Settings, findings: tuple[Finding, ...]
) -> list[Path]:
    from riskplan.maps import write_map
    from riskplan.report import write_workbook

    drawn = write_map(case, rules, plan, target / "map.html", lang=s.lang)
    book = write_workbook(case, rules, plan, target / "plan.xlsx", lang=s.lang, findings=findings)
    return [drawn, book]


def _dated_share(plan: Plan, lang: str) -> str:
    visits = plan.visits
    dated = int((visits["date"] != "").sum())
    return say(
        "cli.dated", lang, dated=dated, planned=len(visits), share=f"{dated / max(len(visits), 1):.1%}"
    )
