"""A lone department whose crew is smaller than the team's minimum sends more officers, and the audit expects that."""

from __future__ import annotations

import dataclasses

from riskplan.audit import audit
from riskplan.weekly import plan_week


def test_a_lone_department_tops_up_to_the_minimum(hamlet, hamlet_rules, hamlet_plan):
    """With crews of one and two officers in all at a gate, the routed week breaks no crew rule."""
    crew = dataclasses.replace(hamlet_rules.crew, officers_per_department=1, min_officers=2)
    rules = dataclasses.replace(hamlet_rules, crew=crew)
    routed = plan_week(hamlet, rules, hamlet_plan, hamlet_plan.visits["week"].min())
    assert len(routed["teams"]) > 0
    assert not [f for f in audit(hamlet, rules, routed).violations if f.rule.startswith("crew")]
