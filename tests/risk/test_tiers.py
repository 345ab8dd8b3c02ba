"""Tiers from shares and thresholds, automatic rules, overrides, classes: every cut and who wins."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from history_sample import days_ago, enterprises, hazard, history, score_of, with_rows

from riskplan.risk import score
from riskplan.risk.automatic import raise_tiers
from riskplan.risk.classes import classes
from riskplan.risk.tiers import point_tiers, share_ends
from riskplan.rules.model import TIERS, AutomaticRule, TierRules
from riskplan.rules.read import read_pack

SHARES = {"red": 0.03, "orange": 0.12, "yellow": 0.35, "blue": 0.50}
CUTS = TierRules(SHARES, by="thresholds", thresholds={"red": 70, "orange": 50, "yellow": 30})


def tiers_of(score_, exact=None, frame=None, rules=None):
    """Return tiers by points in words."""
    values = np.array(score_, dtype=np.int64)
    exact = values.astype(float) if exact is None else np.array(exact, dtype=float)
    frame = enterprises(len(values)) if frame is None else frame
    return [TIERS[level] for level in point_tiers(frame, values, exact, rules or TierRules(SHARES)).level]


@pytest.mark.parametrize(
    ("points_", "tier"),
    [(70, "red"), (69, "orange"), (50, "orange"), (49, "yellow"), (30, "yellow"), (29, "blue")],
)
def test_thresholds_include_their_score(points_, tier):
    """A tier begins at its threshold and not a point below."""
    assert tiers_of([points_], rules=CUTS) == [tier]


@pytest.mark.parametrize(
    ("active", "ends"),
    [(0, [0, 0, 0, 0]), (1, [0, 0, 1, 1]), (16, [0, 2, 8, 16]), (17, [1, 3, 9, 17]), (100, [3, 15, 50, 100])],
)
def test_shares_are_summed_up_and_halves_rounded_up(active, ends):
    """3 % of 16 is 0.48 and nobody, of 17 is 0.51 and one."""
    assert list(share_ends(active, SHARES).values()) == ends


def test_the_share_cut_takes_the_highest_scores():
    """Of 100 premises the 3 with most points are red, the next 12 orange."""
    found = tiers_of(range(100))
    assert found[97:] == ["red"] * 3
    assert found[85:97] == ["orange"] * 12
    assert found[:50] == ["blue"] * 50


def test_equal_scores_go_by_points_before_rounding_down_then_by_place_never_by_id():
    """Of equal scores the one nearest to its next point is worse; then the western one; ids may be anything."""
    shares = TierRules({"red": 1 / 3, "orange": 1 / 3, "yellow": 1 / 3, "blue": 0.0})
    assert tiers_of([9, 9, 9], [9.1, 9.9, 9.5], rules=shares) == ["yellow", "red", "orange"]
    frame = enterprises(3, lon=[118.3, 118.1, 118.2])
    assert tiers_of([9, 9, 9], frame=frame, rules=shares) == ["yellow", "red", "orange"]
    renamed = frame.assign(enterprise_id=["A", "Z", "M"])
    assert tiers_of([9, 9, 9], frame=renamed, rules=shares) == ["yellow", "red", "orange"]


def test_premises_that_are_not_active_are_blue_and_use_no_share():
    """A closed firm with most points leaves red to the others."""
    shares = TierRules({"red": 0.5, "orange": 0.5, "yellow": 0.0, "blue": 0.0})
    frame = enterprises(3, status=["closed", "active", "active"])
    assert tiers_of([99, 5, 1], frame=frame, rules=shares) == ["blue", "red", "orange"]
    assert tiers_of([99, 5, 1], frame=frame, rules=CUTS)[0] == "blue"


def raised(rules, known, level=3, n=1, **columns):
    """Return tier and named rule of the first enterprise after the automatic rules."""
    frame = enterprises(n, policy_list=[()] * n, **columns)
    found = raise_tiers(np.full(n, level, dtype=np.int64), tuple(rules), frame, known)
    return TIERS[found.level[0]], int(found.rule[0]), int(found.ground[0])


@pytest.mark.parametrize(
    ("fact", "when", "amount", "values"),
    [
        ("deaths_year", "fatal_accident_year", 1, (0, 1)),
        ("injured_year", "serious_injuries_year", 3, (2, 3)),
        ("accident_class", "accident_class_year", 2, (1, 2)),
        ("overdue_major", "overdue_major_hazard", 1, (0, 1)),
    ],
)
def test_a_rule_holds_from_its_amount(fact, when, amount, values):
    """One less than the amount raises nothing, the amount does."""
    rule = AutomaticRule("r", when, "red", amount=amount)
    below, at = (raised([rule], history(1, **{fact: v})) for v in values)
    assert below == ("blue", -1, -1)
    assert at == ("red", 0, 0)


@pytest.mark.parametrize(
    ("level", "tier"), [(-1, "blue"), (0, "blue"), (1, "red"), (2, "red"), (3, "orange"), (4, "orange")]
)
def test_installations_of_the_plain_pack(level, tier):
    """Level 1 and 2 are red, 3 and 4 orange, none is nothing."""
    assert raised(read_pack("plain").automatic, history(1), major_hazard_level=level)[0] == tier


def test_rules_never_lower_and_the_strictest_is_named():
    """A red one stays red under an orange rule; of two rules the stricter one counts, of equal ones the first."""
    orange = AutomaticRule("a", "fatal_accident_year", "orange")
    red, again = (AutomaticRule(i, "fatal_accident_year", "red") for i in "bc")
    known = history(1, deaths_year=1)
    assert raised([orange], known, level=0) == ("red", -1, 0)
    assert raised([orange, red, again], known) == ("red", 1, 1)


def test_rules_may_be_for_sectors_and_lists():
    """A rule for other sectors, and premises that are closed, are left alone; a list is looked at name by name."""
    listed = AutomaticRule("l", "policy_list", "yellow", lists=("x", "y"), sectors=("s",))
    frame = enterprises(4, sector=["s", "t", "s", "s"], status=["active"] * 3 + ["closed"])
    frame["policy_list"] = [("z", "y"), ("y",), ("z",), ("x",)]
    level = raise_tiers(np.full(4, 3, dtype=np.int64), (listed,), frame, history(4)).level
    assert [TIERS[k] for k in level] == ["yellow", "blue", "blue", "blue"]


def test_automatic_rules_use_no_share(hamlet, hamlet_rules):
    """A fatal accident makes one more red one and takes the tier from nobody."""
    weights = {**hamlet_rules.score.severity_weight, "accident": 0.0}
    quiet = dataclasses.replace(hamlet_rules.score, severity_weight=weights, accident_max=0)
    hamlet_rules = dataclasses.replace(hamlet_rules, score=quiet)
    before = score(hamlet, hamlet_rules).table
    name = before["enterprise_id"][
        (before["tier"] == "blue") & (hamlet.enterprises["status"] == "active")
    ].iat[0]
    row = hazard(hamlet, name, 800, "accident", deaths=1)
    old = score(with_rows(hamlet, "hazards", row), hamlet_rules).table
    row["date"] = days_ago(hamlet, 365)
    new = score(with_rows(hamlet, "hazards", row), hamlet_rules).table
    assert score_of(old, name)["tier_cause"] == "points"
    assert (score_of(new, name)["tier"], score_of(new, name)["tier_cause"]) == ("red", "rule:fatal-accident")
    by_points = dataclasses.replace(hamlet_rules, automatic=())
    others = new["enterprise_id"] != name
    unraised = score(with_rows(hamlet, "hazards", row), by_points).table
    assert (new["tier"] == unraised["tier"])[others].all()


@pytest.mark.parametrize(("days", "raised_"), [(364, True), (365, True), (366, False)])
def test_a_year_is_365_days(days, raised_, hamlet, hamlet_rules):
    """The accident of the 365th day before today still counts, that of the 366th does not."""
    name = hamlet.enterprises["enterprise_id"].iat[3]
    case = with_rows(hamlet, "hazards", hazard(hamlet, name, days, "accident", deaths=1))
    assert (
        score_of(score(case, hamlet_rules).table, name)["class_ground"] == "rule:fatal-accident"
    ) is raised_


@pytest.mark.parametrize(
    ("facts", "klass"),
    [
        ({"deaths": 2}, 1),
        ({"deaths": 3}, 2),
        ({"deaths": 9}, 2),
        ({"deaths": 10}, 3),
        ({"deaths": 29}, 3),
        ({"deaths": 30}, 4),
        ({"serious_injuries": 9}, 1),
        ({"serious_injuries": 10}, 2),
        ({"serious_injuries": 49}, 2),
        ({"serious_injuries": 50}, 3),
        ({"serious_injuries": 99}, 3),
        ({"serious_injuries": 100}, 4),
        ({"loss_million": 9.99}, 1),
        ({"loss_million": 10.0}, 2),
        ({"loss_million": 50.0}, 3),
        ({"loss_million": 100.0}, 4),
    ],
)
def test_accident_classes_include_their_lower_bound(facts, klass, hamlet, hamlet_rules):
    """Order 493, article 3: three deaths, ten seriously injured or ten million yuan begin the next class."""
    name = hamlet.enterprises["enterprise_id"].iat[3]
    case = with_rows(hamlet, "hazards", hazard(hamlet, name, 10, "accident", **facts))
    for amount in (klass, klass + 1):
        rule = AutomaticRule("accident-class", "accident_class_year", "red", amount=amount)
        rules = dataclasses.replace(hamlet_rules, automatic=(rule,))
        ground = score_of(score(case, rules).table, name)["class_ground"]
        assert (ground == "rule:accident-class") is (amount == klass)


def override(case, days, tier, **values):
    """Return a decision of some days before today about the first enterprise."""
    said = {"author": "office", "date": days_ago(case, days), "reason": "seen", "tier": tier, **values}
    return {"enterprise_id": case.enterprises["enterprise_id"].iat[0], **said}


def test_people_may_raise_and_lower_a_tier(hamlet, hamlet_rules):
    """An override holds whatever score and rules say, and says so."""
    name = hamlet.enterprises["enterprise_id"].iat[0]
    fatal = with_rows(hamlet, "hazards", hazard(hamlet, name, 5, "accident", deaths=1))
    for tier in ("red", "blue"):
        row = score_of(
            score(with_rows(fatal, "overrides", override(hamlet, 3, tier)), hamlet_rules).table, name
        )
        assert (row["tier"], row["tier_cause"]) == (tier, "override")


@pytest.mark.parametrize(
    ("days", "until", "holds"),
    [(0, None, True), (-1, None, False), (9, 0, True), (9, 1, False), (9, -1, True)],
)
def test_an_override_holds_from_its_day_to_its_last(days, until, holds, hamlet, hamlet_rules):
    """From the day of the decision to the last day; one of a later day is not known yet."""
    made = override(hamlet, days, "red", **({} if until is None else {"until": days_ago(hamlet, until)}))
    found = score(with_rows(hamlet, "overrides", made), hamlet_rules)
    assert (found.table["tier_cause"] == "override").sum() == int(holds)


def test_the_later_decision_holds_and_of_one_day_the_worse(hamlet, hamlet_rules):
    """A later decision replaces an earlier one; two of one day give the worse tier, in any order of rows."""
    rows = [override(hamlet, 9, "red"), override(hamlet, 5, "blue")]
    for several in (rows, rows[::-1]):
        assert _first(with_rows(hamlet, "overrides", *several), hamlet_rules) == "blue"
    same = [override(hamlet, 5, "orange"), override(hamlet, 5, "yellow")]
    for several in (same, same[::-1]):
        assert _first(with_rows(hamlet, "overrides", *several), hamlet_rules) == "orange"


def _first(case, rules):
    return score_of(score(case, rules).table, case.enterprises["enterprise_id"].iat[0])["tier"]


def test_classes_are_proposed_with_their_ground_and_people_decide():
    """Decided first, then rule, list, tier; the rest is ordinary and needs no ground."""
    rules = dataclasses.replace(
        read_pack("plain"), automatic=(AutomaticRule("r", "fatal_accident_year", "orange"),)
    )
    rules = dataclasses.replace(rules, tiers=TierRules(SHARES, focus_lists=("debtors",)))
    frame = pd.DataFrame({
        "inspection_class": ["general", "", "", "", ""],
        "policy_list": [(), (), ("debtors", "white"), (), ("white",)],
    })
    found = classes(frame, ["red", "orange", "blue", "red", "blue"], np.array([0, 0, -1, -1, -1]), rules)
    assert found[0] == ["general", "focus", "focus", "focus", "general"]
    assert found[1] == ["decided", "rule:r", "list:debtors", "tier:red", ""]
