"""The reviewer's own instrument: judges any plan by docs/semantics.md and shares no code with the planner."""

from riskplan.audit.checks import CHECKS, LIMIT_CHECKS
from riskplan.audit.findings import AuditReport, Check, Finding
from riskplan.audit.run import audit, audit_sheet

audit_plan = audit
"""The verb's name at the front door: ``riskplan.audit`` is this room."""

__all__ = ["CHECKS", "LIMIT_CHECKS", "AuditReport", "Check", "Finding", "audit", "audit_plan", "audit_sheet"]
