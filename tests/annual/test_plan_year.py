"""The year plan as a whole: interrupts, time limits, and what the manifest says."""

from __future__ import annotations

import pytest

from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.progress import Stop


@pytest.mark.parametrize("phase", ["dual", "construct", "improve"])
def test_an_interrupt_still_gives_a_lawful_plan(phase, hamlet, hamlet_rules):
    """Ctrl-C in any phase ends the search; the best plan so far passes the audit and says why it stopped."""
    seen = []

    def press_ctrl_c(event):
        if event.phase == phase and not seen:
            seen.append(event)
            raise KeyboardInterrupt

    plan = plan_year(hamlet, hamlet_rules, stop=Stop(effort=1.0), seed=1, on_progress=press_ctrl_c)
    assert seen
    assert plan.manifest["stopped_because"] == "interrupted"
    assert audit(hamlet, hamlet_rules, plan).ok
    assert len(plan.visits) > 0


def test_a_time_limit_is_kept_and_told(hamlet, hamlet_rules):
    """With a tiny wall-clock limit the plan comes at once and says so; demand is told before anything is searched."""
    told = []
    stop = Stop(effort=1000.0, time_limit=0.5)
    plan = plan_year(hamlet, hamlet_rules, stop=stop, seed=1, on_progress=told.append)
    assert [e.phase for e in told][:3] == ["score", "merge", "demand"]
    assert list(told[2].demand) == plan.manifest["demand"]
    assert plan.manifest["stopped_because"] == "time_limit"
    assert audit(hamlet, hamlet_rules, plan).ok


def test_the_manifest_adds_up(hamlet_plan):
    """Objective = sum of its terms, bound <= objective, base <= bound's plan, both gaps in 0..1."""
    m = hamlet_plan.manifest
    assert m["objective"]["total"] == pytest.approx(sum(m["objective"]["terms"].values()), abs=0.01)
    assert m["bound"] <= m["objective"]["total"]
    assert m["base"] <= m["objective"]["total"]
    assert 0 <= m["gap_total"] <= m["gap_controllable"] <= 1


def test_visit_ids_are_unique_and_ordered_by_week(hamlet_plan):
    """Ids read enterprise-year-number and number the enterprise's visits by week."""
    visits = hamlet_plan.visits
    assert visits["visit_id"].is_unique
    for name, own in visits.groupby("enterprise_id"):
        ordered = own.sort_values("week")["visit_id"].tolist()
        assert ordered == [f"{name}-2027-{n}" for n in range(1, len(own) + 1)]
