"""Weeks of a planned year, judged by the audit and by a naive count of rows of all windows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from row_counter import officers_over, over

from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Limit
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


ROWS = (
    ("township", "day", 1), ("village", "day", 1), ("department", "day", 2), ("officer", "day", 2),
    ("enterprise", "day", 1), ("organ-enterprise", "month", 1), ("system-enterprise", "quarter", 2),
    ("township", "rolling", 2), ("department", "week", 6),
)  # fmt: skip


def test_a_year_and_its_weeks_under_many_rows(hamlet, hamlet_rules):
    """A year planned under rows of all windows, dated week by week, keeps them all and explains what it leaves out."""
    extra = tuple(
        Limit(f"{s}-{w}", "cap", s, w, "visits", {"*": n}, rolling_days=4 * (w == "rolling"))
        for s, w, n in ROWS
    )
    rules = replace(hamlet_rules, limits=(*hamlet_rules.limits, *extra))
    plan = plan_year(hamlet, rules, stop=Stop(effort=0.1), seed=1)
    for week in plan.visits["week"].value_counts().sort_index().nlargest(4).index:
        plan = plan_week(hamlet, rules, plan, week, stop=Stop(effort=0.1))
        here = plan.visits[plan.visits["week"] == week]
        assert (here["date"] != "").sum() >= len(here) - 1
    made = plan.with_tables(visits=plan.visits[plan.visits["stage"] != "unrouted"])
    assert over(hamlet, rules, made) == []
    assert officers_over(hamlet, rules, plan) == []
    left = plan["unplanned"].query("visit_id != ''")
    assert sorted(left["visit_id"]) == sorted(plan.visits.query("stage == 'unrouted'")["visit_id"])
