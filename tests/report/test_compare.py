"""Two plans beside each other: what moved, what came, what went, and what the bounds prove."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from riskplan.errors import InputError
from riskplan.plan.tables import PLAN_COLUMNS, Plan, empty_table, normalise
from riskplan.report.compare import Charge, compare_plans
from riskplan.report.compare_lines import comparison_json, comparison_lines, write_comparison
from riskplan.report.matching import nearest_in_order, week_number

FACTS = {"case": "c", "horizon": ["2027-01-01", "2027-12-31"], "revision": 1, "rules_fingerprint": "r"}


def plan_of(*visits, objective=100.0, bound=90.0, **facts) -> Plan:
    """Return a plan of visits (id, enterprise, township, week)."""
    rows = [
        {
            "visit_id": name,
            "enterprise_id": enterprise,
            "township_code": township,
            "week": f"2027-W{week:02d}",
            "departments": ("EM", "FIRE"),
            "minutes": 60,
        }
        for name, enterprise, township, week in visits
    ]
    tables = {name: empty_table(name) for name in PLAN_COLUMNS}
    tables["visits"] = normalise("visits", pd.DataFrame(rows)) if rows else empty_table("visits")
    quality = {"objective": {"total": objective, "terms": {"exposure": objective}}, "bound": bound}
    return Plan(tables, {**FACTS, **quality, **facts})


def test_the_same_plan_twice_differs_in_nothing():
    """No figure changes, no visit moves, no week of a township changes."""
    plan = plan_of(("a", "E1", "T1", 3), ("b", "E2", "T1", 4))
    found = compare_plans(plan, plan)
    assert not found.differing
    assert not (found.moved)
    assert not (found.added)
    assert not (found.dropped)
    assert not (found.cells)
    assert found.kept == 2
    assert all(f.change == 0 for f in found.figures if f.old is not None)


def test_two_year_plans_are_matched_by_time():
    """A first visit that goes is told as dropped, not as two that move: year plans number visits afresh."""
    old = plan_of(("E1-1", "E1", "T1", 5), ("E1-2", "E1", "T1", 20), ("E1-3", "E1", "T1", 40))
    new = plan_of(("E1-1", "E1", "T1", 20), ("E1-2", "E1", "T1", 41))
    found = compare_plans(old, new)
    assert [v.visit_id for v in found.dropped] == ["E1-1"]
    assert [(p.old.visit_id, p.weeks) for p in found.moved] == [("E1-3", 1)]
    assert found.kept == 1


def test_a_revision_is_matched_by_id():
    """A revision keeps ids: two visits that changed places have both moved."""
    old = plan_of(("E1-1", "E1", "T1", 5), ("E1-2", "E1", "T1", 20))
    new = plan_of(("E1-1", "E1", "T1", 20), ("E1-2", "E1", "T1", 5), ("E1-3", "E1", "T1", 50), revision=2)
    found = compare_plans(old, new)
    assert sorted(p.weeks for p in found.moved) == [-15, 15]
    assert [v.visit_id for v in found.added] == ["E1-3"]


def test_weeks_of_townships_that_changed_are_told():
    """A visit that moves closes one week of its township and opens another."""
    found = compare_plans(plan_of(("a", "E1", "T1", 3)), plan_of(("a", "E1", "T1", 9)))
    assert [(c.week, c.old, c.new) for c in found.cells] == [("2027-W03", 1, 0), ("2027-W09", 0, 1)]


def test_officer_minutes_follow_the_rules():
    """Each department is charged officers x (minutes + allowance); without rules, minutes at the gate."""
    plan = plan_of(("a", "E1", "T1", 3))
    assert compare_plans(plan, plan).get("minutes", "EM").old == 60
    found = compare_plans(plan, plan, (Charge(2, 40), Charge(2, 30)))
    assert (found.get("minutes", "EM").old, found.get("minutes", "EM").new) == (200, 180)


def test_plans_of_two_counties_are_refused():
    """Case and horizon must be the same; both are named when both differ."""
    other = plan_of(case="d", horizon=["2028-01-01", "2028-12-31"])
    with pytest.raises(InputError) as error:
        compare_plans(plan_of(), other)
    assert [f.column for f in error.value.faults] == ["case", "horizon"]


@pytest.mark.parametrize(
    ("objective", "bound", "said"),
    [
        (89.0, 80.0, "better, by at least 1.0"),
        (120.0, 101.0, "worse, by at least 1.0"),
        (95.0, 90.0, "up to 10.0"),
    ],
)
def test_only_what_bounds_prove_is_said(objective, bound, said):
    """Better and worse are claimed only beyond the bounds; otherwise how much the search alone may explain."""
    found = compare_plans(plan_of(), plan_of(objective=objective, bound=bound))
    assert any(said in line for line in comparison_lines(found, "en"))


def test_rules_that_differ_are_told():
    """Other rules may mean another currency, so the verdict says it."""
    found = compare_plans(plan_of(), plan_of(rules_fingerprint="s"))
    assert found.differing == {"rules_fingerprint": ("r", "s")}
    assert any("currency" in line for line in comparison_lines(found, "en"))


def test_figures_that_a_plan_does_not_state_are_unknown():
    """A plan without a bound can be compared; nothing is invented."""
    found = compare_plans(plan_of(), Plan(plan_of().tables, FACTS))
    assert found.get("proof", "bound").change is None
    assert comparison_lines(found, "zh")
    assert comparison_json(found)["figures"]


def test_a_workbook_of_a_comparison_repeats_to_the_byte(tmp_path):
    """Three sheets, the same bytes each time, formulas stay text."""
    old = plan_of(("a", "=E1", "T1", 3), ("b", "E2", "T1", 3))
    found = compare_plans(old, plan_of(("a", "=E1", "T1", 4), ("c", "E3", "T2", 3)))
    paths = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    for path in paths:
        write_comparison(found, path, dt.date(2026, 11, 20), lang="zh", names={"T1": "桃城镇"})
    assert paths[0].read_bytes() == paths[1].read_bytes()
    sheets = pd.read_excel(paths[0], sheet_name=None, dtype=str, engine="calamine")
    assert [len(sheet) for sheet in sheets.values()] == [len(found.figures), 3, len(found.cells)]


def test_order_of_rows_changes_no_comparison():
    """Plans are tables: the order in which their rows were given does not matter."""
    visits = [("a", "E1", "T1", 3), ("b", "E2", "T1", 4), ("c", "E1", "T1", 30)]
    new = plan_of(("a", "E1", "T1", 5), ("c", "E1", "T1", 30))
    first = compare_plans(plan_of(*visits), new)
    assert dataclasses.asdict(first) == dataclasses.asdict(compare_plans(plan_of(*visits[::-1]), new))


def test_partners_in_order_have_the_least_sum():
    """The shorter list is matched whole, in order, as near as can be."""
    assert nearest_in_order([10, 20], [1, 11, 19, 50]) == [(0, 1), (1, 2)]
    assert nearest_in_order([1, 11, 19, 50], [10, 20]) == [(1, 0), (2, 1)]
    assert nearest_in_order([], [3]) == []
    assert week_number("2027-W01") - week_number("2026-W53") == 1
