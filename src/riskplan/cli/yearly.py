"""The command that plans the year."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskplan.cli import options as o
from riskplan.cli.console import out, speaking, watching
from riskplan.text import say

YEAR_HELP = "编制年度计划 | plan the year"


def year(
    case: o.CaseSource,
    plan: Annotated[Path, typer.Option("--out", help="计划文件夹 | plan folder to write")],
    resume: o.Resume = None,
    seed: o.Seed = 0,
    effort: o.Effort = 1.0,
    time_limit: o.TimeLimit = None,
    secret_file: o.SecretFile = None,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    strict: o.Strict = False,
    quiet: o.Quiet = False,
    json_log: o.JsonLog = False,
) -> None:
    """Plan the year."""
    from riskplan.annual import plan_year
    from riskplan.cli.keeping import secret_of
    from riskplan.cli.work import (
        audited,
        leave,
        load,
        tell_capacity,
        tell_findings,
        tell_verdict,
        telling_demand,
    )
    from riskplan.plan.io import read_plan, write_plan
    from riskplan.report import summary_lines

    s = o.settings(case, lang, seed, effort, time_limit, strict, quiet, json_log, rules, as_of)
    with speaking(s.lang):
        kept = secret_of(secret_file)
        data, book = load(case, s)
        tell_capacity(data, book, s)
        with watching(s) as listen:
            start = read_plan(resume) if resume is not None else None
            told = telling_demand(data, listen, s)
            made = plan_year(data, book, stop=s.stop, seed=seed, on_progress=told, start=start, secret=kept)
        made, report = audited(data, book, made)
        write_plan(made, plan)
        for line in summary_lines(data, book, made, lang=s.lang):
            out(line)
        tell_findings(report, s.lang)
        tell_verdict(report, s.lang)
        out(say("cli.written", s.lang, path=plan))
        leave(report, s)
