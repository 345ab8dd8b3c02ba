"""The audit judges whatever it is given: garbage in any cell is a finding, never a crash."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.county import County, county, limit, visit
from riskplan.audit import audit
from riskplan.plan.tables import PLAN_COLUMNS, Plan
from riskplan.rules.model import Limit

GARBAGE: dict[str, list[object]] = {
    "text": [
        "",
        "E1",
        "X",
        "2027-W99",
        "2027-02-30",
        "W12",
        "{x}",
        "team-1",
        "C",
        "2027-03-10",
        "9999-W52",
        "0001-W01",
    ],
    "list": [(), ("a1", "a1"), ("zz",), ("C",), ("A", "B", "C"), ("",)],
    "int": [-1, 0, 10**9],
    "minute": [-1, 0, 1439, -500],
    "bool": [True, False],
    "float": [-1.0, 1e9],
}
TABLES = ("visits", "teams", "routes", "duties", "scores", "unplanned", "conflicts")


def spoiled(seed: int, cells: int) -> County:
    """Return the county with some cells of its plan replaced by garbage."""
    made, draw = county(), random.Random(seed)
    made.unplanned.append({
        "enterprise_id": "E5",
        "items": ("a1",),
        "departments": ("A",),
        "visits": 1,
        "limit_id": "calendar",
    })
    made.conflicts.append({"enterprise_id": "E5", "items": ("a1",), "owed": 1, "possible": 0})
    for _ in range(cells):
        name = draw.choice(TABLES)
        row = draw.choice(getattr(made, name))
        column = draw.choice(sorted(PLAN_COLUMNS[name]))
        row[column] = draw.choice(GARBAGE[PLAN_COLUMNS[name][column]])
    return made


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_garbage_is_judged_and_told(seed, cells):
    """Any cells of a plan may be wrong: the audit ends, and every finding has its sentence."""
    report = spoiled(seed, cells).audit()
    for finding in report.findings:
        assert finding.excess > 0
        assert "{scope}" not in finding.sentence("zh")
        assert finding.sentence("en")


def test_plan_without_tables_owes_everything():
    """An empty plan has no scores: every active enterprise is told, and nothing else can be said."""
    made = county()
    report = audit(made.case, made.rules, Plan({}))
    assert {f.message for f in report.violations} == {"score-missing"}
    assert len(report.violations) == 6


def township_visits(number: int) -> County:
    """Return the county with visits to the township T1 itself, capped at two a year."""
    made = county()
    for n in range(number):
        made.visits.append(
            visit(f"T1-{n}", "T1", f"2027-W{30 + n}", object_kind="township", township_code="T1")
        )
    cap = limit("township-supervision", "cap", "township", "year", {"*": 2}, objects=("township",))
    made.rules = type(made.rules)(**{**vars(made.rules), "limits": (*made.rules.limits, cap)})
    return made


def test_visits_to_townships_have_caps_of_their_own():
    """A row about townships counts visits to them, rows about enterprises do not."""
    assert township_visits(2).audit().ok
    found = [(f.rule, f.excess, f.evidence) for f in township_visits(3).audit().violations]
    assert found == [("township-supervision", 1, ("T1-0", "T1-1", "T1-2"))]


@pytest.mark.parametrize(("amount", "excess"), [(459, 1), (460, 0)])
def test_rows_about_departments_are_judged_beside_the_formula(amount, excess):
    """A row that states a department's minutes itself is kept to as well as the formula."""
    made = county()
    row = Limit("fire-week", "cap", "department", "week", "officer-minutes", {"A": amount})
    made.rules = type(made.rules)(**{**vars(made.rules), "limits": (*made.rules.limits, row)})
    assert [f.excess for f in made.audit().violations if f.rule == "fire-week"] == [excess] * (excess > 0)


def test_unknown_depot_leaves_its_legs_unjudged():
    """Where neither office nor townships have a point, legs from and to the depot are not judged."""
    made = county()
    made.change("departments", "A", depot_lon=float("nan"))
    for code in ("T1", "T2"):
        made.change("townships", code, lon=float("nan"))
    made.routes[1]["travel_s"] = 1
    assert made.audit().ok
    made.stop("E4-1")["travel_s"] = 1
    assert [f.rule for f in made.audit().violations] == ["route-travel-seconds"]


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        (0, {"start": 520}), (0, {"arrive": 519}), (0, {"visit_id": "E3-1"}), (1, {"seq": 7}), (1, {"visit_id": ""}),
        (1, {"start": -1}), (3, {"leave": 709}), (3, {"start": 708}),
    ],
)  # fmt: skip
def test_misshapen_routes_are_told(row, fields):
    """Depot rows have no visit, no start and one time; stops have all three; rows are numbered from 0."""
    made = county()
    made.routes[row].update(fields)
    report = made.audit()
    assert "route-structure" in {f.rule for f in report.violations}
    assert {f.rule for f in report.violations} <= {"route-structure", "route-visit"}


def test_unknown_depot_of_a_team_is_told_once():
    """A team from nowhere is told; legs from there can't be judged."""
    made = county()
    made.teams[0]["depot"] = "Z"
    made.routes[1]["travel_s"] = 1
    assert [f.message for f in made.audit().violations] == ["team-depot"]


def test_checks_tell_how_many_objects_they_looked_at():
    """A reader sees what was looked at: visits, windows, teams, legs, duties, rows."""
    made = county()
    made.unplanned.append({"enterprise_id": "E5", "items": ("a1",), "departments": ("A",), "visits": 1})
    objects = {c.name: c.objects for c in made.audit().checks}
    expected = {
        "visit_minutes": 9, "workdays": 9, "enterprise_caps": 5, "organ_caps": 10, "enterprise_spacing": 6,
        "township_caps": 11, "team_rows": 1, "crew_composition": 2, "officer_once": 4, "route_times": 3,
        "opening_hours": 2, "shifts": 1, "lunch": 1, "duties": 11, "floors": 11, "unplanned_rows": 1, "manifest": 1,
    }  # fmt: skip
    assert {name: objects[name] for name in expected} == expected
