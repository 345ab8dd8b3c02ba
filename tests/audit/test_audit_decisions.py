"""Tiers that people have set: a plan may neither invent a decision nor pass over one."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from audit.county import county


def decision(made, tier, days=5, until=None):
    """Return a decision about E1 of some days before today."""
    today = pd.Timestamp(made.case.as_of)
    return {
        "enterprise_id": "E1",
        "tier": tier,
        "author": "office",
        "date": today - dt.timedelta(days=days),
        "reason": "seen",
        "items": (),
        "visits": float("nan"),
        "longest_interval_days": -1,
        "months": (),
        "until": pd.NaT if until is None else today - dt.timedelta(days=until),
    }


def said(cause, *rows, days=5, until=None):
    """Return the messages about scores of a plan in which E1's tier has a cause, and the case has decisions."""
    made = county()
    for row in made.scores:
        row["tier_cause"] = "points"
    own = next(row for row in made.scores if row["enterprise_id"] == "E1")
    own["tier_cause"] = cause
    tiers = [own["tier"] if tier == "own" else tier for tier in rows]
    if tiers:
        frame = pd.DataFrame([decision(made, tier, days, until) for tier in tiers])
        made.case = made.case.replace_table("overrides", frame)
    return [(f.scope_key, f.message) for f in made.audit().violations if f.rule == "score-rows"]


def test_a_decision_in_force_that_the_score_keeps_is_fine():
    """Nothing is said of a tier that the plan keeps, the worse of one day, nor of plans without causes."""
    assert said("override", "own") == []
    assert said("override", "orange", "red") == []
    assert said("points") == []
    assert county().audit().ok


@pytest.mark.parametrize(
    ("rows", "days", "until"),
    [((), 5, None), (("blue",), 5, None), (("own",), -1, None), (("own",), 9, 2)],
)
def test_a_decision_that_is_not_there_is_a_violation(rows, days, until):
    """None at all, one for another tier, of tomorrow, or expired."""
    assert said("override", *rows, days=days, until=until) == [("E1", "score-undecided")]


def test_a_decision_that_is_passed_over_is_a_violation():
    """A tier by points where people have set one; an expired decision may be passed over."""
    assert said("points", "orange") == [("E1", "score-passed-over")]
    assert said("points", "orange", days=9, until=1) == []
    assert said("points", "orange", days=9, until=0) == [("E1", "score-passed-over")]
