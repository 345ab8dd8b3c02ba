"""What may never happen to a score: worse history lowers it, looking often raises it, who looked or an id counts."""

from __future__ import annotations

import csv
import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest
from history_sample import days_ago, hazard, score_of, with_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from how_many import examples
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.plan.io import plan_files
from riskplan.plan.tables import Plan
from riskplan.risk import score
from riskplan.risk.history import history_of

SEVERITIES = ("minor", "general", "major", "accident")
CALM = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def scores_csv(case, rules):
    """Return the bytes of scores.csv."""
    return plan_files(Plan({"scores": score(case, rules).table}))["scores.csv"]


def points_of(case, rules, enterprise):
    """Return the score of an enterprise."""
    return int(score_of(score(case, rules).table, enterprise)["score"])


class County:
    """A case and its rules whose name is short in reports."""

    def __init__(self, case, rules):
        self.case, self.rules = case, rules


@pytest.fixture(scope="module")
def county(hamlet, hamlet_rules):
    """``hamlet`` and its rules."""
    return County(hamlet, hamlet_rules)


@settings(max_examples=examples(10, 400), **CALM)
@given(
    at=st.integers(0, 29),
    days=st.one_of(st.integers(1, 30), st.integers(1, 1500)),
    pair=st.sampled_from([(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]),
)
def test_worse_history_never_lowers_a_score(at, days, pair, county):
    """At any of 30 enterprises, of any age: found, made worse, left open past its deadline, reported by a citizen."""
    hamlet, hamlet_rules = county.case, county.rules
    name, (milder, worse) = hamlet.enterprises["enterprise_id"].iat[at], pair
    closed = {"deadline": days_ago(hamlet, days - 1), "closed_on": days_ago(hamlet, days - 1)}
    before = points_of(hamlet, hamlet_rules, name)
    steps = [
        hazard(hamlet, name, days, SEVERITIES[milder], **closed),
        hazard(hamlet, name, days, SEVERITIES[worse], **closed),
        hazard(hamlet, name, days, SEVERITIES[worse], deadline=days_ago(hamlet, 1)),
    ]
    for row in steps:
        after = points_of(with_rows(hamlet, "hazards", row), hamlet_rules, name)
        assert after >= before
        before = after
    more = hazard(hamlet, name, days, SEVERITIES[milder], kind="complaint")
    assert points_of(with_rows(hamlet, "hazards", steps[-1], more), hamlet_rules, name) >= before


def doubled(case: Case, name: str) -> Case:
    """Return a case in which one enterprise was visited twice as often, with as many findings at each visit."""
    visits, hazards = case["visits"], case["hazards"]
    mine = visits[(visits["object_id"] == name) & (visits["object_kind"] == "enterprise")]
    found = hazards[hazards["enterprise_id"] == name]
    more = case.replace_table("visits", pd.concat([visits, mine.assign(visit_id="Z" + mine["visit_id"])]))
    again = found.assign(hazard_id="Z" + found["hazard_id"])
    return more.replace_table("hazards", pd.concat([hazards, again]))


def all_closed(case: Case) -> Case:
    """Return a case in which every hazard was closed in time: open ones are counted one by one."""
    hazards = case["hazards"]
    return case.replace_table("hazards", hazards.assign(closed_on=hazards["date"], deadline=hazards["date"]))


def visited(case, most=6):
    """Return some enterprises with visits and findings."""
    seen = set(case["visits"]["object_id"]) & set(case["hazards"]["enterprise_id"])
    return sorted(seen & set(case.enterprises["enterprise_id"]))[:most]


def test_looking_twice_as_often_changes_no_rate_and_no_tier(hamlet, hamlet_rules):
    """Twice the visits with the same findings per visit: own rate and weight exactly, tier and history as before."""
    case = all_closed(hamlet)
    for e in visited(case):
        at = int(np.flatnonzero(case.enterprises["enterprise_id"] == e)[0])
        one, two = history_of(case, hamlet_rules), history_of(doubled(case, e), hamlet_rules)
        assert two.rate[at] == pytest.approx(one.rate[at], rel=1e-12)
        assert two.recent_rate[at] == pytest.approx(one.recent_rate[at], rel=1e-12)
        assert two.weight[at] == one.weight[at]
        before, after = (score_of(score(c, hamlet_rules).table, e) for c in (case, doubled(case, e)))
        assert after["tier"] == before["tier"]


def test_looking_more_often_without_finding_more_never_raises_a_score(hamlet, hamlet_rules):
    """Visits that find nothing do not make an enterprise look risky."""
    for e in visited(hamlet):
        visits = hamlet["visits"]
        mine = visits[visits["object_id"] == e]
        more = hamlet.replace_table(
            "visits", pd.concat([visits, mine.assign(visit_id="Z" + mine["visit_id"])])
        )
        assert points_of(more, hamlet_rules, e) <= points_of(hamlet, hamlet_rules, e)


def test_looking_twice_as_often_changes_no_tier_of_a_csv_case(hamlet_folder, hamlet_rules, tmp_path):
    """The same through files: rows of visits.csv and hazards.csv of one enterprise written twice."""
    plain, twice = (shutil.copytree(hamlet_folder, tmp_path / n) for n in ("plain", "twice"))
    name = visited(read_case(hamlet_folder))[0]
    for folder, copies in ((plain, 1), (twice, 2)):
        _copy_rows(folder / "visits.csv", "visit_id", "object_id", name, copies)
        _copy_rows(folder / "hazards.csv", "hazard_id", "enterprise_id", name, copies)
    tables = [score(read_case(folder), hamlet_rules).table for folder in (plain, twice)]
    first, second = (score_of(table, name) for table in tables)
    assert first["tier"] == second["tier"]
    assert first["part_trend"] == second["part_trend"]


def _copy_rows(path, key, column, name, copies):
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    for row in rows:
        if "deadline" in row:
            row["closed_on"] = row["deadline"] = row["date"]
    mine = [{**row, key: f"Z{k}{row[key]}"} for k in range(copies - 1) for row in rows if row[column] == name]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, *mine])


def test_who_inspected_changes_no_byte(hamlet, hamlet_rules):
    """Officers of past visits are never a feature of a score."""
    rng = np.random.default_rng(3)
    officers = hamlet["officers"]["officer_id"].to_numpy()
    visits = hamlet["visits"]
    drawn = [tuple(rng.choice(officers, 2, replace=False)) for _ in range(len(visits))]
    other = hamlet.replace_table("visits", visits.assign(officers=pd.Series(drawn, dtype=object)))
    assert scores_csv(other, hamlet_rules) == scores_csv(hamlet, hamlet_rules)


def test_the_order_of_rows_changes_no_byte(hamlet, hamlet_rules):
    """Hazards, visits and self-reports in another order give the same file."""
    case = hamlet
    for table in ("hazards", "visits"):
        case = case.replace_table(table, case[table].sample(frac=1.0, random_state=4))
    assert scores_csv(case, hamlet_rules) == scores_csv(hamlet, hamlet_rules)


def test_renaming_ids_changes_no_figure(hamlet, hamlet_rules):
    """Ids in the opposite order: every enterprise keeps score, tier, cause and parts."""
    ids = sorted(hamlet.enterprises["enterprise_id"])
    new = dict(zip(ids, [f"X{k:03d}" for k in range(len(ids))][::-1], strict=True))
    tables = dict(hamlet.tables)
    for table, column in (
        ("enterprises", "enterprise_id"),
        ("hazards", "enterprise_id"),
        ("visits", "object_id"),
    ):
        tables[table] = tables[table].assign(**{
            column: tables[table][column].map(new).fillna(tables[table][column]).astype(object)
        })
    tables["enterprises"] = tables["enterprises"].sort_values("enterprise_id").reset_index(drop=True)
    before = score(hamlet, hamlet_rules).table
    after = score(dataclasses.replace(hamlet, tables=tables), hamlet_rules).table
    back = after.assign(
        enterprise_id=after["enterprise_id"].map({v: k for k, v in new.items()}).astype(object)
    )
    pd.testing.assert_frame_equal(back.sort_values("enterprise_id").reset_index(drop=True), before)


def test_what_is_dated_today_or_later_is_not_known(hamlet, hamlet_rules):
    """Hazards, visits, self-reports and decisions of today or a later day change nothing, a decision of today does."""
    name = hamlet.enterprises["enterprise_id"].iat[2]
    before = scores_csv(hamlet, hamlet_rules)
    later = with_rows(hamlet, "hazards", hazard(hamlet, name, 0, "accident", deaths=3))
    said = {"enterprise_id": name, "tier": "red", "author": "o", "reason": "r"}
    later = with_rows(later, "overrides", {**said, "date": days_ago(hamlet, -1)})
    assert scores_csv(later, hamlet_rules) == before
    now = with_rows(hamlet, "overrides", {**said, "date": days_ago(hamlet, 0)})
    assert score_of(score(now, hamlet_rules).table, name)["tier_cause"] == "override"
