"""Steps that several commands share: reading the inputs, auditing before anything is called good, exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from riskplan.cli.console import Settings, note, out
from riskplan.errors import EXIT_GOOD, EXIT_VIOLATIONS, Fault
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.audit import AuditReport
    from riskplan.case.tables import Case
    from riskplan.plan.tables import Plan
    from riskplan.rules.model import Rulebook

SHOWN_FINDINGS = 20
SHOWN_WARNINGS = 10


def load(folder: Path, settings: Settings) -> tuple[Case, Rulebook]:
    """Read case and rulebook; faults of both are told together.

    Raises
    ------
    InputError
        With the faults of both.
    """
    from riskplan.case.read import read_case
    from riskplan.cli.rulebook import tell_warnings
    from riskplan.errors import InputError
    from riskplan.rules.read import read_rules

    rules_file = settings.rules or folder / "rules.toml"
    try:
        case = read_case(folder, as_of=settings.as_of)
    except InputError as error:
        raise InputError([*error.faults, *_rule_faults(rules_file, folder)]) from None
    rules = read_rules(rules_file, case)
    if case.warnings and not settings.quiet:
        _warn(case, settings.lang)
    if rules.warnings and not settings.quiet:
        tell_warnings(rules.warnings, settings.lang)
    return case, rules


def _rule_faults(file: Path, folder: Path) -> list[Fault]:
    from riskplan.errors import InputError
    from riskplan.rules.read import read_rules

    if not folder.is_dir():
        return []
    try:
        read_rules(file)
    except InputError as error:
        return list(error.faults)
    return []


def _warn(case: Case, lang: str) -> None:
    from riskplan.case.faults import fault_lines

    note(say("fault.warnings", lang, count=len(case.warnings)))
    for line in fault_lines(case.warnings[:SHOWN_WARNINGS], lang):
        note(f"  {line}")


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
