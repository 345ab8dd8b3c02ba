"""The two doors of the audit: a plan folder, and a bare table typed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from riskplan.audit.checks import CHECKS, NEED_TIERS, SHEET_CHECKS, CheckFunction, check_name
from riskplan.audit.findings import AuditReport, Check, Finding, tally_by_tier
from riskplan.audit.sheet import plan_of_sheet
from riskplan.audit.world import World
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.rules.model import Rulebook


def audit(case: Case, rules: Rulebook, plan: Plan) -> AuditReport:
    """Judge a plan by docs/semantics.md, with code that shares nothing with the planner.

    Parameters
    ----------
    case, rules
        What the plan should have been made from.
    plan
        The plan: planned for the year, partly or wholly routed.

    Notes
    -----
    Not covered: whether the case itself is true, whether a conflict's ``possible`` could be raised by other
    schedules, and whether the plan is a good one.
    """
    return _run(World(case, rules, plan), CHECKS)


def audit_sheet(
    case: Case, rules: Rulebook, frame: pd.DataFrame, scores: pd.DataFrame | None = None
) -> AuditReport:
    """Judge a bare table with an enterprise, a week or date, and departments in each row.

    Parameters
    ----------
    case, rules
        The world that the table is about.
    frame
        Columns ``enterprise_id``, ``week`` or ``date``, ``departments`` (or their Chinese headers);
        departments by id or name, separated by ``|``, ``;``, ``,`` or ``、``. ``visit_id``, ``items`` and
        ``kind`` are used where given. A missing column ends in an ``InputError``.
    scores
        Columns ``enterprise_id`` and ``tier``; without it the most lenient tier counts and owed visits are
        not judged.
    """
    world = World(case, rules, plan_of_sheet(case, rules, frame, scores), bare=True)
    chosen = (*SHEET_CHECKS, *NEED_TIERS) if world.has_tiers else SHEET_CHECKS
    return _run(world, tuple(check for check in CHECKS if check in chosen))


def _run(world: World, checks: Sequence[CheckFunction]) -> AuditReport:
    findings: list[Finding] = []
    ran = []
    for check in checks:
        outcome = check(world)
        findings += outcome.findings
        ran.append(Check(check_name(check), outcome.objects, len(outcome.findings)))
    ordered = tuple(sorted(findings, key=Finding.sort_key))
    return AuditReport(
        findings=ordered,
        checks=tuple(ran),
        not_checked=tuple(check_name(check) for check in CHECKS if check not in checks),
        shortfalls=tally_by_tier(ordered, "shortfall"),
        conflicts=tally_by_tier(ordered, "conflict"),
    )
