"""Geospatial, risk-tiered inspection scheduling: joint visits, year plans and week routes within frequency limits.

The verbs below load their rooms only when they are used::

    import riskplan
    case = riskplan.read_case("data/yongchun")
    rules = riskplan.read_rules("data/yongchun/rules.toml", case)
    plan = riskplan.plan_year(case, rules, seed=0)
    report = riskplan.audit_plan(case, rules, plan)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from riskplan.version import __version__

_VERBS = {
    "read_case": "riskplan.case.read",
    "read_rules": "riskplan.rules.read",
    "read_plan": "riskplan.plan.io",
    "write_plan": "riskplan.plan.io",
    "score": "riskplan.risk",
    "duties": "riskplan.risk",
    "explain": "riskplan.risk",
    "retier": "riskplan.risk",
    "score_at": "riskplan.risk",
    "backtest_case": "riskplan.risk",
    "backtest_history": "riskplan.risk",
    "merge": "riskplan.joint",
    "plan_year": "riskplan.annual",
    "plan_week": "riskplan.weekly",
    "audit_plan": "riskplan.audit",
    "audit_sheet": "riskplan.audit",
    "draw_map": "riskplan.maps",
    "write_map": "riskplan.maps",
    "write_workbook": "riskplan.report",
    "make_county": "riskplan.synth",
    "Stop": "riskplan.progress",
    "Progress": "riskplan.progress",
}

if TYPE_CHECKING:
    from riskplan.annual import plan_year as plan_year
    from riskplan.audit import audit_plan as audit_plan
    from riskplan.audit import audit_sheet as audit_sheet
    from riskplan.case.read import read_case as read_case
    from riskplan.joint import merge as merge
    from riskplan.maps import draw_map as draw_map
    from riskplan.maps import write_map as write_map
    from riskplan.plan.io import read_plan as read_plan
    from riskplan.plan.io import write_plan as write_plan
    from riskplan.progress import Progress as Progress
    from riskplan.progress import Stop as Stop
    from riskplan.report import write_workbook as write_workbook
    from riskplan.risk import backtest_case as backtest_case
    from riskplan.risk import backtest_history as backtest_history
    from riskplan.risk import duties as duties
    from riskplan.risk import explain as explain
    from riskplan.risk import retier as retier
    from riskplan.risk import score as score
    from riskplan.risk import score_at as score_at
    from riskplan.rules.read import read_rules as read_rules
    from riskplan.synth import make_county as make_county
    from riskplan.weekly import plan_week as plan_week

__all__ = [*sorted(_VERBS), "__version__"]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Load a verb's room on first use.

    Raises
    ------
    AttributeError
        If riskplan has no such verb.
    """
    if name not in _VERBS:
        message = f"module 'riskplan' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_VERBS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the verbs."""
    return list(__all__)
