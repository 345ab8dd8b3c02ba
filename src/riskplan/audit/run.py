"""The two doors of the audit: a plan folder, and a bare table typed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from riskplan.audit.checks import CHECKS, LIMITS_OF_CALLS, NEED_TIERS, SHEET_CHECKS, CheckFunction, check_name
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
    late = bool(world.late)
    known = world.on_time() if late else world
    outcomes = {check_name(check): check(known) for check in checks}
    findings = [finding for outcome in outcomes.values() for finding in outcome.findings]
    if late:
        findings = [_as_change(f) if f.rule == "case-fingerprint" else f for f in findings]
        findings += _changes(world, checks, frozenset(findings))
    ordered = tuple(sorted(findings, key=Finding.sort_key))
    return AuditReport(
        findings=ordered,
        checks=tuple(Check(name, o.objects, len(o.findings)) for name, o in outcomes.items()),
        not_checked=tuple(check_name(check) for check in CHECKS if check not in checks),
        shortfalls=tally_by_tier(ordered, "shortfall"),
        conflicts=tally_by_tier(ordered, "conflict"),
    )


def _changes(world: World, checks: Sequence[CheckFunction], before: frozenset[Finding]) -> list[Finding]:
    """Return what breaks a limit only together with visits that became known after the plan was made (S13)."""
    return [
        _as_change(finding)
        for check in checks
        if check in LIMITS_OF_CALLS
        for finding in check(world).findings
        if finding.severity == "violation" and finding not in before
    ]


def _as_change(finding: Finding) -> Finding:
    return replace(finding, severity="change")
