"""``audit``: plan folders, CSV files and Excel sheets; text or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskplan.cli.console import Settings, out
from riskplan.cli.work import load
from riskplan.errors import Fault, InputError
from riskplan.text import say

if TYPE_CHECKING:
    import pandas as pd

    from riskplan.audit import AuditReport

SHOWN = 50


def audit_any(folder: Path, plan: Path, s: Settings) -> AuditReport:
    """Audit a plan folder, or a bare table with enterprise, week or date, and departments."""
    from riskplan.audit import audit, audit_sheet
    from riskplan.plan.io import read_plan
    from riskplan.risk import score

    case, rules = load(folder, s)
    if plan.suffix.lower() in {".csv", ".xlsx", ".xls"}:
        return audit_sheet(case, rules, _read_table(plan), score(case, rules).table)
    return audit(case, rules, read_plan(plan))


def proof_lines(folder: Path, plan: Path, s: Settings) -> tuple[str, ...]:
    """Return what a plan folder's certificate proves, in sentences.

    Raises
    ------
    PlanFolderError
        If the plan has none.
    """
    from riskplan.audit.certificate import prove
    from riskplan.audit.world import World
    from riskplan.errors import PlanFolderError
    from riskplan.plan.io import read_plan

    if not plan.is_dir():
        raise PlanFolderError("no_certificate", folder=plan.name)
    case, rules = load(folder, s)
    whole = read_plan(plan)
    if not whole.certificate:
        raise PlanFolderError("no_certificate", folder=plan.name)
    return prove(World(case, rules, whole).on_time()).lines(s.lang)


def _read_table(path: Path) -> pd.DataFrame:
    import pandas as pd

    from riskplan.audit.sheet import HEADERS

    if not path.is_file():
        raise InputError([Fault("missing_file", path.name)])
    if path.suffix.lower() != ".csv":
        try:
            sheets = pd.read_excel(path, sheet_name=None, dtype=str, engine="calamine", keep_default_na=False)
        except Exception as error:
            raise InputError([Fault("unreadable_csv", path.name, value=str(error)[:120])]) from None
        headers = set(HEADERS["enterprise_id"])
        fitting = (s for s in sheets.values() if headers & {str(c).strip().lower() for c in s.columns})
        return next(fitting, next(iter(sheets.values())))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise InputError([Fault("unreadable_csv", path.name, value=str(error)[:120])]) from None
    raise InputError([Fault("unknown_encoding", path.name)])


def tell_report(report: AuditReport, lang: str) -> None:
    """Print findings, worst first, then what was checked."""
    for finding in report.findings[:SHOWN]:
        out(f"[{say(f'audit.severity.{finding.severity}', lang)}] {finding.sentence(lang)}")
    if len(report.findings) > SHOWN:
        out(say("cli.more", lang, count=len(report.findings) - SHOWN))
    for line in report.summary(lang):
        out(line)


def report_json(report: AuditReport, lang: str) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "ok": report.ok,
        "shortfalls": dict(report.shortfalls),
        "conflicts": dict(report.conflicts),
        "checks": [{"name": c.name, "objects": c.objects, "findings": c.findings} for c in report.checks],
        "not_checked": list(report.not_checked),
        "findings": report.frame(lang).to_dict(orient="records"),
    }
