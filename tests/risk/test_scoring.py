"""Score, tier, intensity and what is owed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from riskplan.risk import duties, score
from riskplan.rules.model import TIERS, DutyRule


def test_parts_sum_to_the_score(hamlet, hamlet_rules):
    """Every score is the exact sum of its parts and lies in 0..100."""
    table = score(hamlet, hamlet_rules).table
    parts = [c for c in table.columns if c.startswith("part_")]
    assert (table[parts].sum(axis=1) == table["score"]).all()
    assert table["score"].between(0, 100).all()


def test_tiers_follow_the_shares_and_the_score(hamlet, hamlet_rules):
    """A worse tier never has a lower score, and shares are kept among active premises."""
    table = score(hamlet, hamlet_rules).table
    active = (hamlet.enterprises["status"] == "active").to_numpy()
    ranks = table["tier"][active].map(TIERS.index)
    for better in range(1, 4):
        low = table["score"][active][ranks == better - 1].min()
        high = table["score"][active][ranks == better].max()
        assert not low < high
    assert abs((ranks == 0).sum() - 0.03 * active.sum()) <= 1


@pytest.mark.parametrize("severity", ["minor", "general", "major", "accident"])
def test_one_more_hazard_never_lowers_a_score(severity, hamlet, hamlet_rules):
    """More severe history never lowers score or intensity of the enterprise concerned."""
    before = score(hamlet, hamlet_rules).table
    name = hamlet.enterprises["enterprise_id"].iat[4]
    row = hamlet["hazards"].iloc[0].copy()
    row[["hazard_id", "enterprise_id", "severity"]] = ["ZZZ", name, severity]
    row["date"] = pd.Timestamp(hamlet.as_of) - pd.Timedelta(days=30)
    more = hamlet.replace_table(
        "hazards", pd.concat([hamlet["hazards"], row.to_frame().T]).astype(hamlet["hazards"].dtypes)
    )
    after = score(more, hamlet_rules).table
    at = before["enterprise_id"] == name
    assert after["score"][at].item() >= before["score"][at].item()
    if severity != "accident":
        assert after["intensity"][at].item() >= before["intensity"][at].item()


def test_the_future_is_not_looked_at(hamlet, hamlet_rules):
    """A hazard dated after today changes nothing."""
    row = hamlet["hazards"].iloc[0].copy()
    row["hazard_id"], row["date"] = "ZZZ", pd.Timestamp(hamlet.as_of) + pd.Timedelta(days=1)
    more = hamlet.replace_table(
        "hazards", pd.concat([hamlet["hazards"], row.to_frame().T]).astype(hamlet["hazards"].dtypes)
    )
    pd.testing.assert_frame_equal(score(more, hamlet_rules).table, score(hamlet, hamlet_rules).table)


def test_owed_visits_follow_tier_and_frequency(hamlet, hamlet_rules):
    """Red owes 4, orange 2, yellow 1 visits of each item; a drawn blue one owes 1."""
    scores = score(hamlet, hamlet_rules)
    owed = duties(hamlet, hamlet_rules, scores)
    tier = dict(zip(scores.table["enterprise_id"], scores.table["tier"], strict=True))
    expected = {"red": 4, "orange": 2, "yellow": 1, "blue": 1}
    assert all(v == expected[tier[e]] for e, v in zip(owed["enterprise_id"], owed["visits"], strict=True))


def test_drawn_duties_go_to_the_longest_overdue(hamlet, hamlet_rules):
    """About a third of the blue ones owe a visit, and nobody left out was visited longer ago."""
    scores = score(hamlet, hamlet_rules)
    owed = duties(hamlet, hamlet_rules, scores)
    drawn = set(owed["enterprise_id"][owed["cause"] == "drawn-not-yet"])
    since = np.where(scores.days_since_visit < 0, 10**6, scores.days_since_visit)
    names = scores.table["enterprise_id"]
    blue = (scores.table["tier"] == "blue") & (hamlet.enterprises["status"] == "active")
    inside = since[(blue & names.isin(drawn)).to_numpy()]
    outside = since[(blue & ~names.isin(drawn)).to_numpy()]
    assert abs(len(inside) - blue.sum() / 3) <= 1
    assert inside.min() >= outside.max()


def test_the_last_fitting_rule_wins(hamlet, hamlet_rules):
    """A later duty rule for the same item and sector replaces the earlier one."""
    item = hamlet["items"]["item_id"].iat[0]
    zero = DutyRule(items=(item,), visits=dict.fromkeys(TIERS, 0.0))
    rules = dataclasses.replace(hamlet_rules, duties=(*hamlet_rules.duties, zero))
    assert item not in set(duties(hamlet, rules, score(hamlet, rules))["item_id"])
