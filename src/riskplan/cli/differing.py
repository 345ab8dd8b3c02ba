"""``compare``, ``whatif`` and ``calibrate``: what differs, what would, and what the routed weeks say of trips."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskplan.cli import options as o
from riskplan.cli.console import Settings, note, out, speaking, watching
from riskplan.cli.work import audited, leave, load, tell_findings, tell_verdict
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.case.tables import Case
    from riskplan.plan.tables import Plan
    from riskplan.report.compare import Comparison
    from riskplan.rules.model import Rulebook
    from riskplan.rules.settings import Setting

COMPARE_HELP = "对比同一案例的两份计划 | compare two plans of one case"
WHATIF_HELP = "假如改变设定：重新编制并对比 | re-plan with settings changed and compare"
CALIBRATE_HELP = "由已排路线的周估计行程系数 | estimate the shares of trips from routed weeks"

Form = Annotated[str, typer.Option("--format", help="text | json")]
Book = Annotated[Path | None, typer.Option("--out", help="另存 xlsx | also write a workbook, .xlsx")]


def compare(
    old: Annotated[Path, typer.Argument(metavar="A", help="原计划文件夹 | plan folder before")],
    new: Annotated[Path, typer.Argument(metavar="B", help="新计划文件夹 | plan folder after")],
    target: Book = None,
    form: Form = "text",
    case: Annotated[
        Path | None,
        typer.Option(
            "--case", parser=o.source_of, help="案例：显示名称与执法工时 | case: names and officer-minutes"
        ),
    ] = None,
    rules: o.RulesFile = None,
    lang: o.Lang = None,
) -> None:
    """Compare two plans."""
    from riskplan.plan.io import read_plan
    from riskplan.report.compare import Charge, compare_plans

    s = o.settings(case, lang, rules=rules, quiet=True)
    with speaking(s.lang):
        plans = read_plan(old), read_plan(new)
        names: dict[str, str] = {}
        charges = None
        if case is not None:
            data, book = load(case, s)
            names, charges = _names(data), (Charge.of(book), Charge.of(book))
        found = compare_plans(*plans, charges)
        _tell(found, form, names, s)
        if target is not None:
            _write_book(found, target, plans[1], names, s)


def _tell(found: Comparison, form: str, names: dict[str, str], s: Settings) -> None:
    from riskplan.report.compare_lines import comparison_json, comparison_lines

    if form == "json":
        out(json.dumps(comparison_json(found), ensure_ascii=False, indent=1))
        return
    for line in comparison_lines(found, s.lang, names):
        out(line)


def _write_book(found: Comparison, target: Path, new: Plan, names: dict[str, str], s: Settings) -> None:
    from riskplan.report.compare_lines import write_comparison

    target.parent.mkdir(parents=True, exist_ok=True)
    day = dt.date.fromisoformat(str(new.manifest.get("as_of") or "2000-01-01"))
    write_comparison(found, target, day, lang=s.lang, names=names)
    note(say("cli.written", s.lang, path=target))


def _names(case: Case) -> dict[str, str]:
    """Return ids of townships and departments -> names."""
    pairs = (("townships", "township_code"), ("departments", "department_id"))
    return {
        str(k): str(n or k)
        for table, key in pairs
        for k, n in zip(case[table][key], case[table]["name"], strict=True)
    }


def whatif(
    case: o.CaseSource,
    plan: o.PlanFolder,
    texts: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="设定，可多次：officers.EM=+1、cap.<编号>=3、quiet.<首日>..<末日>=on 或规则的任一取值"
            " | setting, repeatable: officers.EM=+1, cap.<id>=3, quiet.<first>..<last>=on, any value of the rules",
        ),
    ],
    target: Annotated[
        Path | None,
        typer.Option("--out", help="保存新计划，默认不保存 | keep the plan; default: not written"),
    ] = None,
    form: Form = "text",
    seed: o.Seed = 0,
    effort: o.Effort = 1.0,
    time_limit: o.TimeLimit = None,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    strict: o.Strict = False,
    quiet: o.Quiet = False,
    json_log: o.JsonLog = False,
) -> None:
    """Re-plan with settings changed."""
    from riskplan.plan.io import read_plan
    from riskplan.rules.changes import with_changes
    from riskplan.rules.settings import read_settings

    s = o.settings(case, lang, seed, effort, time_limit, strict, quiet, json_log, rules, as_of)
    with speaking(s.lang):
        settings = read_settings(texts)
        data, book = load(case, s)
        old = read_plan(plan)
        world = with_changes(data, book, settings)
        made = _planned_anew(*world, old, s)
        made, report = audited(*world, made)
        made = made.with_tables(manifest={"whatif": [f"{x.key}={x.value}" for x in settings]})
        _tell_whatif(((data, book, old), (*world, made)), settings, form, s)
        if form != "json":
            tell_findings(report, s.lang)
            tell_verdict(report, s.lang)
        _keep(made, target, form, s)
        leave(report, s)


def _planned_anew(case: Case, rules: Rulebook, old: Plan, s: Settings) -> Plan:
    """Return the year plan of the changed case, searched from the plan that there is."""
    from riskplan.annual import plan_year

    with watching(s) as listen:
        return plan_year(case, rules, stop=s.stop, seed=s.seed, on_progress=listen, start=old)


Side = tuple["Case", "Rulebook", "Plan"]


def _tell_whatif(sides: tuple[Side, Side], settings: tuple[Setting, ...], form: str, s: Settings) -> None:
    from riskplan.report.compare import Charge, compare_plans
    from riskplan.rules.diff import diff_rules

    (case, rules, old), (_, changed, new) = sides
    found = compare_plans(old, new, (Charge.of(rules), Charge.of(changed)))
    if form != "json":
        out(say("whatif.head", s.lang, name=case.name))
        for setting in settings:
            out(f"  {setting.key} = {setting.value}")
        for change in diff_rules(rules, changed, s.lang):
            out("  " + change.line(s.lang))
        if _made_otherwise(case, rules, old):
            out(say("whatif.other_inputs", s.lang))
    _tell(found, form, _names(case), s)


def _made_otherwise(case: Case, rules: Rulebook, plan: Plan) -> bool:
    """Tell whether a plan was made with another case or other rules than those at hand."""
    stated = (plan.manifest.get("case_fingerprint"), plan.manifest.get("rules_fingerprint"))
    return stated != (case.fingerprint, rules.fingerprint)


def _keep(made: Plan, target: Path | None, form: str, s: Settings) -> None:
    from riskplan.plan.io import write_plan

    if target is not None:
        write_plan(made, target)
    if form != "json":
        key = "whatif.not_written" if target is None else "cli.written"
        out(say(key, s.lang, path=target))


def calibrate(
    case: o.CaseSource,
    plan: o.PlanFolder,
    form: Form = "text",
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
) -> None:
    """Estimate the shares of trips."""
    import dataclasses

    from riskplan.plan.io import read_plan
    from riskplan.report.trips_lines import trips_lines
    from riskplan.travel.calibration import calibrate_trips

    s = o.settings(case, lang, rules=rules, as_of=as_of, quiet=True)
    with speaking(s.lang):
        data, book = load(case, s)
        found = calibrate_trips(data, book, read_plan(plan))
        if form == "json":
            out(json.dumps(dataclasses.asdict(found), indent=1))
            return
        for line in trips_lines(found, book, s.lang):
            out(line)
