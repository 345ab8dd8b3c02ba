"""``check``: everything that is wrong with a case and its rules, on the screen, as JSON, and marked in a copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from riskplan.cli.console import Settings, note, out
from riskplan.cli.work import rule_faults, rules_of
from riskplan.errors import EXIT_BAD_INPUT, EXIT_GOOD, Fault, InputError
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.case.tables import Case
    from riskplan.rules.model import Rulebook

SCHEMA = "riskplan-check-1"


def check_source(source: Path | str, mark: Path | None, s: Settings, *, as_json: bool) -> None:
    """Check a case and its rulebook and tell all that was found.

    Raises
    ------
    typer.Exit
        Always: 2 where there are errors, else 0; warnings alone are good.
    """
    from riskplan.case.marking import write_marked

    case, rules, faults = _gather(source, s)
    good = not any(not fault.warning for fault in faults)
    try:
        path = None if mark is None else write_marked(source, faults, mark, lang=s.lang)
    finally:
        if as_json:
            out(json.dumps(_record(source, case, faults, s.lang), ensure_ascii=False, indent=1))
        else:
            for line in _lines(case, rules, faults, s.lang):
                out(line)
    if path is not None:
        (note if as_json else out)(say("cli.written", s.lang, path=path))
    raise typer.Exit(EXIT_GOOD if good else EXIT_BAD_INPUT)


def _gather(source: Path | str, s: Settings) -> tuple[Case | None, Rulebook | None, list[Fault]]:
    """Read case and rulebook as far as they go; a file without a rulebook beside it is checked by itself."""
    from riskplan.case.read import read_case
    from riskplan.rules.feasibility import capacity_warnings
    from riskplan.rules.read import read_rules

    file = rules_of(source, s)
    try:
        case = read_case(source, as_of=s.as_of)
    except InputError as error:
        return None, None, [*error.faults, *rule_faults(file)]
    faults = list(case.warnings)
    if s.rules is None and not file.is_file() and not Path(source).is_dir():
        return case, None, faults
    try:
        rules = read_rules(file, case)
    except InputError as error:
        return case, None, [*faults, *error.faults]
    faults += [*rules.warnings, *_by_tier(case, rules)]
    return case, rules, [*faults, *capacity_warnings(case, rules, file.name)]


def _by_tier(case: Case, rules: Rulebook) -> tuple[Fault, ...]:
    """Return what can be said only where tiers are known: campaigns by tier that select a whole sector."""
    from riskplan.risk import score
    from riskplan.risk.occasions import campaign_warnings

    if not any(case["campaigns"]["tiers"]):
        return ()
    return campaign_warnings(case, rules, list(score(case, rules).table["tier"]))


def _lines(case: Case | None, rules: Rulebook | None, faults: list[Fault], lang: str) -> list[str]:
    from riskplan.case.faults import report_lines, warning_lines
    from riskplan.case.sources.names import sheet_title
    from riskplan.rules.feasibility import capacity_report

    if case is None or any(not fault.warning for fault in faults):
        return report_lines(faults, lang, header="fault.header_check")
    lines = warning_lines(faults, lang)
    if rules is None:
        lines.append(say("cli.check_good_case", lang, name=case.name))
    else:
        lines.append(say("cli.check_good", lang, name=case.name, rules=rules.name))
    lines += [
        say("cli.check_rows", lang, table=sheet_title(name, lang), count=f"{len(frame):,}")
        for name, frame in case.tables.items()
        if len(frame)
    ]
    if case.days.provisional:
        lines.append(say("cli.provisional", lang, years=f"{case.first_day.year}"))
    return lines if rules is None else [*lines, *capacity_report(case, rules, lang)]


def _record(source: Path | str, case: Case | None, faults: list[Fault], lang: str) -> dict[str, object]:
    from riskplan.case.database import is_address, shown
    from riskplan.case.faults import fault_kinds, fault_record

    errors = [fault for fault in faults if not fault.warning]
    warnings = [fault for fault in faults if fault.warning]
    ordered = sorted(errors, key=Fault.sort_key) + sorted(warnings, key=Fault.sort_key)
    return {
        "schema": SCHEMA,
        "case": shown(str(source)) if is_address(source) else Path(source).name,
        "ok": not errors,
        "errors": len(errors),
        "warnings": len(warnings),
        "kinds": {code: len(group) for code, group in fault_kinds(ordered).items()},
        "tables": {table: len(frame) for table, frame in case.tables.items()} if case else {},
        "faults": [fault_record(fault, lang) for fault in ordered],
    }
