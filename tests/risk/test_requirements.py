"""Properties of what is required: a credit takes its duty and nothing else; order and names of rows do not matter."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import numpy as np
import pandas as pd

from how_many import examples
from properties.occasions import Drawn, drawn
from risk.owing import at, planned, reusing, widened
from riskplan.plan.tables import PLAN_COLUMNS, normalise
from riskplan.risk import requirement_matrix, requirements, score
from riskplan.risk.history import _days_since_visit
from riskplan.risk.occasions import campaign_warnings
from riskplan.risk.scoring import Scores
from riskplan.rules.model import DutyRule, LevelRules, ReuseRule

KEY = ["enterprise_id", "item_id", "cause"]
NAMED = {
    "enterprises": ("enterprise_id",),
    "visits": ("object_id", "items"),
    "items": ("item_id",),
    "hazards": ("enterprise_id",),
    "self_reports": ("enterprise_id",),
    "overrides": ("enterprise_id", "items"),
    "licences": ("enterprise_id", "items"),
    "campaigns": ("items",),
    "monitoring": ("enterprise_id",),
}
"""Columns in which enterprises and items are named."""


def required(made: Drawn) -> dict[str, pd.DataFrame]:
    """Return what a random county requires: its tables ``duties`` and ``credits``."""
    names = made.case.enterprises["enterprise_id"].tolist()
    table = pd.DataFrame({"enterprise_id": names, "score": made.scores, "tier": made.tiers})
    scores = Scores(table, _days_since_visit(made.case, made.rules))
    return vars(requirements(made.case, made.rules, scores))


def test_a_credit_takes_exactly_its_visits_and_nothing_else():
    """Duties without credits, less what the credits say, are the duties with them: every other cell stays."""
    taken = 0
    for seed in range(examples(25, 300)):
        made = drawn(seed)
        found = required(made)
        bare = replace(made.rules, reuse=(), levels=LevelRules(one_level=False))
        before = required(replace(made, rules=bare))
        assert before["credits"].empty
        credits = found["credits"].groupby(["enterprise_id", "item_id"])["visits"].sum()
        expected = before["duties"].set_index(KEY, drop=False)
        creditable = expected["cause"].isin(["frequency", "due", "drawn-not-yet"])
        pairs = list(zip(expected["enterprise_id"], expected["item_id"], strict=True))
        off = np.array([credits.get(pair, 0) for pair in pairs], dtype=np.int64)
        left = expected.assign(visits=expected["visits"] - np.where(creditable, off, 0))
        assert (left["visits"] >= 0).all()
        pd.testing.assert_frame_equal(
            left[left["visits"] > 0].reset_index(drop=True), found["duties"], check_dtype=False
        )
        taken += int(found["credits"]["visits"].sum())
    assert taken > 50


def test_one_more_row_about_reuse_touches_only_duties_that_it_is_about():
    """With a row for one item added, duties of all other items stay as they are, to the cell."""
    for seed in range(examples(15, 200)):
        made = drawn(seed)
        item = made.case["items"]["item_id"].iat[seed % len(made.case["items"])]
        row = ReuseRule("one", "self_report", 400, items=(item,), no_overdue=False, report_gap_months=0)
        less = required(replace(made, rules=replace(made.rules, reuse=(*made.rules.reuse, row))))
        plain = required(made)
        for name in ("duties", "credits"):
            kept, old = (t[name][t[name]["item_id"] != item].reset_index(drop=True) for t in (less, plain))
            pd.testing.assert_frame_equal(kept, old)


def test_the_order_of_rows_changes_nothing():
    """Rows of every table in another order give the same duties and credits, byte for byte."""
    for seed in range(examples(15, 200)):
        made = drawn(seed)
        rng = np.random.default_rng(seed)
        tables = {
            name: frame if name == "enterprises" else frame.iloc[rng.permutation(len(frame))]
            for name, frame in made.case.tables.items()
        }
        tables = {name: frame.reset_index(drop=True) for name, frame in tables.items()}
        found, other = required(made), required(replace(made, case=replace(made.case, tables=tables)))
        for name in ("duties", "credits"):
            pd.testing.assert_frame_equal(found[name], other[name])


def renamed(made: Drawn, names: dict[str, str]) -> Drawn:
    """Return a county whose enterprises and items have other ids."""

    def new(cell):
        if isinstance(cell, tuple):
            return tuple(names.get(part, part) for part in cell)
        return names.get(cell, cell)

    tables = dict(made.case.tables)
    for name, columns in NAMED.items():
        frame = tables[name]
        tables[name] = frame.assign(**{c: pd.Series(map(new, frame[c]), dtype=object) for c in columns})
    rules = replace(
        made.rules,
        duties=tuple(replace(rule, items=new(rule.items)) for rule in made.rules.duties),
        reuse=tuple(replace(rule, items=new(rule.items)) for rule in made.rules.reuse),
    )
    return replace(made, case=replace(made.case, tables=tables), rules=rules)


def test_other_ids_change_nothing():
    """Enterprises and items under other ids, in any order of them, owe and are credited the same."""
    for seed in range(examples(15, 200)):
        made = drawn(seed)
        frame = made.case.enterprises
        apart = frame.assign(lon=118 + np.arange(len(frame)) / 100)
        made = replace(made, case=made.case.replace_table("enterprises", apart))
        old = [*frame["enterprise_id"], *made.case["items"]["item_id"]]
        numbers = random.Random(seed).sample(range(100), len(old))
        names = {name: f"N{n:03d}" for name, n in zip(old, numbers, strict=True)}
        found, other = required(made), required(renamed(made, names))
        for table in ("duties", "credits"):
            again = found[table].assign(
                enterprise_id=found[table]["enterprise_id"].map(names),
                item_id=found[table]["item_id"].map(names),
            )
            pd.testing.assert_frame_equal(normalise(table, again), other[table])


def test_two_months_without_a_report_credit_nothing_and_raise_the_score(hamlet, hamlet_rules):
    """A premises that stops reporting loses its credits, and the part of the score for the gap rises."""
    names, today = hamlet.enterprises["enterprise_id"].tolist(), pd.Timestamp(hamlet.as_of)
    domains = tuple(sorted(set(hamlet["items"]["domain"])))
    rule = ReuseRule("reports", "self_report", 400, domains=domains, no_overdue=False)
    points = replace(hamlet_rules.score, report_gap_max=6, report_gap_per_month=2)
    bare = replace(hamlet_rules, score=points, levels=LevelRules(one_level=False))
    rules = replace(bare, reuse=(rule,))
    who = requirements(hamlet, bare, score(hamlet, bare)).duties["enterprise_id"].iat[0]
    months = [today - pd.DateOffset(months=n) for n in range(12, 0, -1)]

    def known(silent_months: int):
        rows = [(e, day) for e in names for day in months[: len(months) - silent_months * (e == who)]]
        table = pd.DataFrame(rows, columns=["enterprise_id", "date"]).assign(hazards_found=0, source="")
        case = hamlet.replace_table("self_reports", table.astype({"date": "datetime64[s]"}))
        scores = score(case, rules)
        credits = requirements(case, rules, scores).credits
        own = set(credits["enterprise_id"][credits["source"] == "self_report"])
        gap = scores.table.set_index("enterprise_id").loc[who, "part_report_gap"]
        return who in own, int(gap)

    assert known(0) == (True, 0)
    assert known(1) == (True, 2)
    assert known(2) == (False, 4)


def test_the_matrix_says_all_that_planning_a_duty_needs():
    """Department, domain, minutes, skills (the department where none are named), mode, and the day it is due by."""
    made = at()
    made.change("items", "b1", skills=("gas", "heights"), announced=False, selection="drawn")
    days = {"first": "2027-03-01", "last": "2027-04-30"}
    widened(made, "campaigns", {"campaign_id": "K", "items": ("a1",), "sectors": ("mine",), **days})
    duties = planned(made).duties
    matrix = requirement_matrix(made.case, duties)
    assert len(matrix) == len(duties)
    assert matrix[list(PLAN_COLUMNS["duties"])].equals(duties)
    rows = {tuple(row[k] for k in KEY): row for row in matrix.to_dict("records")}
    plain, campaign, drawn_one = (
        rows[key]
        for key in (("E1", "a1", "frequency"), ("E1", "a1", "campaign:K"), ("E1", "b1", "frequency"))
    )
    assert (plain["department_id"], plain["domain"], plain["minutes"]) == ("A", "fire", 60)
    assert (plain["skills"], plain["mode"], plain["announced"]) == (("A",), "on_site", True)
    assert plain["due_by"] == str(dt.date(2026, 10, 15) + dt.timedelta(days=136))
    assert (campaign["due_by"], campaign["first"], campaign["last"]) == ("", "2027-03-01", "2027-04-30")
    assert (drawn_one["skills"], drawn_one["announced"]) == (("gas", "heights"), False)
    assert (drawn_one["selection"], drawn_one["due_by"]) == ("drawn", "")


def test_nothing_owed_is_empty_tables_with_their_columns():
    """Rules without duties: tables, credits and matrix have all columns and no row."""
    made = reusing(ReuseRule("reports", "self_report", 60, items=("a1",)))
    made.rules = replace(made.rules, duties=())
    found = planned(made)
    assert list(found.duties) == list(PLAN_COLUMNS["duties"])
    assert list(found.credits) == list(PLAN_COLUMNS["credits"])
    assert requirement_matrix(made.case, found.duties).empty


def test_a_case_without_the_new_things_owes_what_it_did(hamlet, hamlet_rules):
    """No windows, no seasons, no causes but those of rules and draw; and a season says nothing but its months."""
    rules = replace(hamlet_rules, levels=LevelRules(one_level=False))
    scores = score(hamlet, rules)
    found = requirements(hamlet, rules, scores)
    assert found.credits.empty
    assert set(found.duties["cause"]) <= {"frequency", "due", "drawn-not-yet"}
    assert set(found.duties["first"]) | set(found.duties["last"]) == {""}
    assert set(found.duties["months"]) == {()}
    in_spring = tuple(
        DutyRule(r.items, r.sectors, r.sizes, r.visits, r.longest_interval_days, (3,)) for r in rules.duties
    )
    spring = requirements(hamlet, replace(rules, duties=in_spring), scores).duties
    assert set(spring["months"]) == {("3",)}
    assert spring.drop(columns="months").equals(found.duties.drop(columns="months"))


def test_a_campaign_by_tier_may_select_a_whole_sector():
    """Of the plants five are in the tiers of the campaign: all of them are told, four of five are below the share."""
    days = {"first": "2027-03-01", "last": "2027-04-30"}

    def told(*tiers: str) -> list[tuple[str, str, str]]:
        row = {"campaign_id": "K", "items": ("a1",), "sectors": ("plant",), "tiers": tiers, **days}
        made = widened(at(), "campaigns", row, {**row, "campaign_id": "L", "tiers": ()})
        found = campaign_warnings(made.case, made.rules, [row["tier"] for row in made.scores])
        return [(w.value, w.args["count"], w.args["all"]) for w in found]

    assert told("orange", "yellow", "blue") == [("K", "5", "5")]
    assert told("yellow", "blue") == []
