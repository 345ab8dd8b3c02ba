"""A week of a planned year, judged by the audit."""

from __future__ import annotations

import pytest

from riskplan.audit import audit
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.weekly import plan_week


def broken(case, rules, plan: Plan) -> list[tuple[str, str, str]]:
    """Return the violations that the audit finds."""
    return [
        (f.rule, f.scope_key, f.window)
        for f in audit(case, rules, plan).findings
        if f.severity == "violation"
    ]


@pytest.fixture(scope="module")
def busiest(hamlet_plan) -> str:
    """The week with most visits."""
    counts = hamlet_plan.visits["week"].value_counts()
    return sorted(counts[counts == counts.max()].index)[0]


def test_a_dated_week_breaks_nothing(hamlet, hamlet_rules, hamlet_plan, busiest):
    """Dating and routing the busiest week of a year plan adds no violation, and leaves no visit undated."""
    out = plan_week(hamlet, hamlet_rules, hamlet_plan, busiest, stop=Stop(effort=0.3))
    assert broken(hamlet, hamlet_rules, out) == broken(hamlet, hamlet_rules, hamlet_plan)
    here = out.visits[out.visits["week"] == busiest]
    assert (here["date"] != "").all()
    assert set(here["team_id"]) == set(out["teams"]["team_id"])
