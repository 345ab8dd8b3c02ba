"""``year``: the plan of a year, audited before it is written."""

from __future__ import annotations

from pathlib import Path

from riskplan.cli.console import Settings, out, watching
from riskplan.cli.keeping import secret_of
from riskplan.cli.work import audited, leave, load, tell_capacity, tell_findings, tell_verdict
from riskplan.text import say


def plan_one_year(source: Path, target: Path, resume: Path | None, secret: Path | None, s: Settings) -> None:
    """Plan, audit, write, tell; the exit code is the audit's.

    Parameters
    ----------
    source, target
        Case and plan folder to write.
    resume
        Plan to go on from.
    secret
        File of the office's secret.
    s
        Shared options.
    """
    from riskplan.annual import plan_year
    from riskplan.plan.io import read_plan, write_plan
    from riskplan.report import summary_lines

    kept = secret_of(secret)
    case, rules = load(source, s)
    tell_capacity(case, rules, s)
    with watching(s) as listen:
        start = read_plan(resume) if resume is not None else None
        made = plan_year(case, rules, stop=s.stop, seed=s.seed, on_progress=listen, start=start, secret=kept)
    made, report = audited(case, rules, made)
    write_plan(made, target)
    for line in summary_lines(case, rules, made, lang=s.lang):
        out(line)
    tell_findings(report, s.lang)
    tell_verdict(report, s.lang)
    out(say("cli.written", s.lang, path=target))
    leave(report, s)
