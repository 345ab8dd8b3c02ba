"""Drop one limit from what the planner sees, and the audit must find that limit broken (with it, nothing)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from parity.crowded import without_proof
from riskplan.annual import plan as year
from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.progress import Stop
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import TIERS

QUICK = Stop(effort=0.05)
TIGHT = {
    "organ-enterprise-year": dict.fromkeys(TIERS, 1),
    "enterprise-year": dict.fromkeys(TIERS, 1),
    "enterprise-spacing": dict.fromkeys(TIERS, 300),
    "township-load-week": {"*": 1},
    "township-load-year": {"*": 2},
}
"""Amounts that bind on ``hamlet``, one limit at a time."""
ROWS = {
    "department-week-minutes": "week_minutes",
    "department-month-minutes": "month_minutes",
    "department-week-crews": "crew_visits",
}
"""Department rows and the capacity array that holds each."""


def tightened(rules, limit_id):
    """Return the rulebook with one limit set so low that it binds."""
    rows = tuple(
        dataclasses.replace(r, amount=TIGHT[limit_id]) if r.id == limit_id else r for r in rules.limits
    )
    return dataclasses.replace(rules, limits=rows, fingerprint="tight")


def broken_rules(case, rules, plan):
    """Return the ids of the broken rules, whatever rulebook the planner had seen."""
    plan = plan.with_tables(manifest={"rules_fingerprint": rules.fingerprint})
    return without_proof({f.rule for f in audit(case, rules, plan).violations})


@pytest.mark.parametrize("limit_id", TIGHT)
def test_a_dropped_row_is_found_by_the_audit(limit_id, hamlet, hamlet_rules):
    """Without the row the plan breaks exactly that limit; with it, no limit."""
    rules = tightened(hamlet_rules, limit_id)
    blind = dataclasses.replace(rules, limits=tuple(r for r in rules.limits if r.id != limit_id))
    assert broken_rules(hamlet, rules, plan_year(hamlet, blind, stop=QUICK)) == {limit_id}
    assert broken_rules(hamlet, rules, plan_year(hamlet, rules, stop=QUICK)) == set()


@pytest.mark.parametrize("rule", ROWS)
def test_a_widened_capacity_is_found_by_the_audit(rule, hamlet, hamlet_rules, monkeypatch):
    """A planner that does not see one department row breaks that row; with it, none."""
    flex, share = {"department-month-minutes": (9.0, 0.665)}.get(rule, (1.2, 0.66))
    capacity = dataclasses.replace(hamlet_rules.capacity, other_enforcement_share=share, week_flex=flex)
    day = dataclasses.replace(hamlet_rules.day, max_visits=1)
    rules = dataclasses.replace(hamlet_rules, capacity=capacity)
    if rule == "department-week-crews":
        crew = dataclasses.replace(
            hamlet_rules.crew,
            officers_per_department=4,
            max_people=dict.fromkeys(("large", "medium", "small", "micro"), 40),
        )
        generous = dataclasses.replace(hamlet_rules.capacity, other_enforcement_share=0.0, week_flex=9.0)
        rules = dataclasses.replace(hamlet_rules, day=day, crew=crew, capacity=generous)

    def widened(case, book):
        real = capacity_of(case, book)
        return dataclasses.replace(real, **{ROWS[rule]: np.full_like(getattr(real, ROWS[rule]), 10**9)})

    assert broken_rules(hamlet, rules, plan_year(hamlet, rules, stop=QUICK)) == set()
    monkeypatch.setattr(year, "capacity_of", widened)
    assert rule in broken_rules(hamlet, rules, plan_year(hamlet, rules, stop=QUICK))
