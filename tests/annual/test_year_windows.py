"""The weeks around its own in which each visit of a year may stand: what the audit allows, and no more."""

from __future__ import annotations

from dataclasses import replace

from riskplan.annual import plan_year
from riskplan.annual.windows import Waits, waits_of
from riskplan.audit import audit
from riskplan.case.weeks import Weeks
from riskplan.plan.io import plan_files, plan_fingerprint, read_plan, write_plan
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import PREMISES_SCOPES
from riskplan.rules.sections import WeekRules

OWN = {"workday", "quiet", "floor", "week-label", "unplanned-reason"}
"""Rules besides those of the rulebook's rows that a visit can break by itself."""


def troubles(case, rules, plan: Plan) -> dict[tuple[str, ...], int]:
    """Return what a visit can break or lengthen by itself: (rule, whose) -> by how much."""
    rows = {row.id for row in rules.limits if row.scope in PREMISES_SCOPES} | OWN
    found = audit(case, rules, plan).findings
    broken = {
        (f.rule, f.scope_key, *f.evidence): 0 for f in found if f.severity == "violation" and f.rule in rows
    }
    return broken | {(f.rule, f.scope_key): f.counted for f in found if f.rule == "longest-interval"}


def moved(plan: Plan, k: int, week: str) -> Plan:
    """Return the plan with one visit in another week and without windows."""
    visits = plan.visits.assign(window_first="", window_last="")
    visits.loc[k, "week"] = week
    return plan.with_tables(visits=visits)


def test_a_window_holds_what_the_audit_allows(hamlet, hamlet_rules, hamlet_plan):
    """A visit moved inside its window breaks nothing of its own and lets no duty wait longer; outside it mostly does.

    The exceptions are on the safe side: a complaint or a visit of long ago that the audit counts and no duty does.
    """
    labels, before = Weeks.of(hamlet).labels, troubles(hamlet, hamlet_rules, hamlet_plan)
    found = []
    for k, visit in hamlet_plan.visits.iterrows():
        for place in (labels.index(visit["week"]) - 1, labels.index(visit["week"]) + 1):
            if 0 <= place < len(labels):
                after = troubles(hamlet, hamlet_rules, moved(hamlet_plan, k, labels[place]))
                worse = any(number > before.get(key, -1) for key, number in after.items())
                found.append((visit["window_first"] <= labels[place] <= visit["window_last"], worse))
    assert (True, True) not in found
    assert found.count((False, False)) <= 0.15 * len(found)
    assert {(True, False), (False, True)} <= set(found)


def test_a_window_holds_its_own_week(hamlet_plan):
    """Windows begin at their own week or before it, end there or after it, and are at most three weeks wide."""
    with_window = hamlet_plan.visits[hamlet_plan.visits["window_first"] != ""]
    assert len(with_window) > 5
    assert (with_window["window_first"] <= with_window["week"]).all()
    assert (with_window["week"] <= with_window["window_last"]).all()
    assert (with_window["window_first"] < with_window["window_last"]).all()


def test_without_windows_the_file_is_as_before(hamlet, hamlet_rules, tmp_path):
    """A rulebook that forbids moves leaves both columns out; such files are read, and keep their fingerprint."""
    rules = replace(hamlet_rules, week=WeekRules(window=0))
    plan = plan_year(hamlet, rules, stop=Stop(effort=0.05), seed=1)
    assert plan_files(plan)["visits.csv"].split("\n")[0].endswith(",announced")
    back = read_plan(write_plan(plan, tmp_path / "plan"))
    assert set(back.visits["window_first"]) == {""}
    assert plan_fingerprint(back) == plan_fingerprint(plan)


def test_windows_come_back_from_the_folder(hamlet_plan, tmp_path):
    """Windows are written and read."""
    back = read_plan(write_plan(hamlet_plan, tmp_path / "plan"))
    for column in ("window_first", "window_last"):
        assert list(back.visits[column]) == list(hamlet_plan.visits[column])


def test_the_strictest_duty_of_an_item_counts(hamlet_plan):
    """Of two duties of one item the shorter longest interval holds; duties without one say nothing."""
    duties = (
        hamlet_plan["duties"]
        .iloc[:3]
        .assign(
            enterprise_id="E",
            item_id=["a", "a", "b"],
            longest_interval_days=[90, 60, -1],
            last_done=["2026-12-01", "", ""],
        )
    )
    assert waits_of(duties) == {"E": Waits({"a": 60}, {"a": 20788})}
