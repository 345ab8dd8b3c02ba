"""``travel``: what a case travels with, who is far from roads or cut off, and what its rulebook might say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from riskplan.cli import options as o
from riskplan.cli.console import out, speaking
from riskplan.cli.work import load

TRAVEL_HELP = (
    "行程来源、远离道路的企业及建议参数 | where travel times come from, places far from roads, proposals"
)


def travel(
    case: o.CaseSource,
    plan: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="已排路线的计划 | plan with routed weeks")
    ] = None,
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", help="输出形式 | form of the output")
    ] = "text",
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
) -> None:
    """Tell how a case travels."""
    import dataclasses

    from riskplan.plan.io import read_plan
    from riskplan.report.travel_lines import travel_lines
    from riskplan.travel.fit import fit_travel

    s = o.settings(case, lang, rules=rules, as_of=as_of, quiet=True)
    with speaking(s.lang):
        data, book = load(case, s)
        found = fit_travel(data, book, read_plan(plan) if plan is not None else None)
        if form == "json":
            out(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1))
            return
        for line in travel_lines(found, book, s.lang):
            out(line)
