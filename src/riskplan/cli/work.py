"""Steps that several commands share: reading the inputs, auditing before anything is called good, exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from riskplan.cli.console import Settings, note, out
from riskplan.errors import EXIT_GOOD, EXIT_VIOLATIONS, Fault
from riskplan.progress import OnProgress, Progress
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.audit import AuditReport
    from riskplan.case.tables import Case
    from riskplan.plan.tables import Plan
    from riskplan.rules.model import Rulebook

SHOWN_FINDINGS = 20
SHOWN_WARNINGS = 3


def rules_of(source: Path | str, settings: Settings) -> Path:
    """Return where the rulebook of a case is: as asked for, else in its folder, else beside its file."""
    from riskplan.case.database import is_address

    if settings.rules is not None:
        return settings.rules
    path = Path() if is_address(source) else Path(source)
    if not path.is_file():
        return path / "rules.toml"
    own = path.with_name(f"{path.stem}.rules.toml")
    return own if own.is_file() else path.with_name("rules.toml")


def load(source: Path | str, settings: Settings) -> tuple[Case, Rulebook]:
    """Read case and rulebook; faults of both are told together.

    Raises
    ------
    InputError
        With the faults of both.
    """
    from riskplan.case.read import read_case
    from riskplan.errors import InputError
    from riskplan.rules.read import read_rules

    rules_file = rules_of(source, settings)
    try:
        case = read_case(source, as_of=settings.as_of)
    except InputError as error:
        raise InputError([*error.faults, *rule_faults(rules_file)]) from None
    rules = read_rules(rules_file, case)
    warnings = [*case.warnings, *rules.warnings]
    if warnings and not settings.quiet:
        tell_warnings(warnings, settings.lang)
    return case, rules


def rule_faults(file: Path) -> list[Fault]:
    """Return what is wrong with a rulebook by itself; nothing where there is none."""
    from riskplan.errors import InputError
    from riskplan.rules.read import read_rules

    if not file.is_file():
        return []
    try:
        read_rules(file)
    except InputError as error:
        return list(error.faults)
    return []


def tell_warnings(warnings: Sequence[Fault], lang: str) -> None:
    """Print what reading goes on with, the first of many."""
    from riskplan.case.faults import warning_lines

    for line in warning_lines(warnings, lang, SHOWN_WARNINGS):
        note(line)


def tell_capacity(case: Case, rules: Rulebook, settings: Settings) -> None:
    """Print what cannot work before anything is planned: months without a usable day, totals that do not add up."""
    from riskplan.rules.feasibility import capacity_warnings

    file = settings.rules.name if settings.rules else "rules.toml"
    warnings = capacity_warnings(case, rules, file)
    if warnings and not settings.quiet:
        tell_warnings(warnings, settings.lang)


def telling_demand(case: Case, listen: OnProgress, settings: Settings) -> OnProgress:
    """Return a listener that also prints, before the search, who is asked for more than there is."""
    from riskplan.report import demand_lines

    def tell(event: Progress) -> None:
        listen(event)
        for line in demand_lines(case, event.demand, lang=settings.lang):
            note(line)

    return tell


def audited(case: Case, rules: Rulebook, plan: Plan) -> tuple[Plan, AuditReport]:
    """Audit a plan and write the counts into its manifest: no plan is called good without it."""
    from riskplan.audit import audit

    report = audit(case, rules, plan)
    counts = {
        "violations": len(report.violations),
        "shortfalls": dict(report.shortfalls),
        "conflicts": dict(report.conflicts),
        "notices": len(report.notices),
        "checks": len(report.checks),
    }
    return plan.with_tables(manifest={"audit": counts}), report


def tell_findings(report: AuditReport, lang: str) -> None:
    """Print the violations, the first of many."""
    for finding in report.violations[:SHOWN_FINDINGS]:
        out(f"  {finding.sentence(lang)}")
    if len(report.violations) > SHOWN_FINDINGS:
        out(say("cli.more", lang, count=len(report.violations) - SHOWN_FINDINGS))


def tell_verdict(report: AuditReport, lang: str) -> None:
    """Print what the audit looked at and what it found, in one line."""
    objects = sum(check.objects for check in report.checks)
    key = "cli.verdict_good" if report.ok else "cli.verdict_bad"
    out(say(key, lang, checks=len(report.checks), objects=f"{objects:,}", count=len(report.violations)))
    if short := sum(report.shortfalls.values()):
        out(say("cli.left_out", lang, count=short))


def leave(report: AuditReport, settings: Settings) -> None:
    """End a command with the exit code that the audit's result asks for.

    Raises
    ------
    typer.Exit
        Always: 1 on violations (with ``--strict`` also on shortfalls), else 0.
    """
    short = sum(report.shortfalls.values()) + sum(report.conflicts.values())
    bad = bool(report.violations) or (settings.strict and short > 0)
    raise typer.Exit(EXIT_VIOLATIONS if bad else EXIT_GOOD)


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(path)
