"""What the audit credits: each source of evidence and each condition at its edge to the day (S12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import pytest

from audit.breakers_together import told
from audit.county import County, county
from audit.owes import licence, owed, world
from riskplan.case.tables import Case
from riskplan.rules.model import DutyRule, ReuseRule

TODAY, FIRST = "2026-11-20", "2027-01-01"


def credits(made: County) -> list[tuple[str, str, str, int]]:
    """Return (enterprise, item, evidence, visits) of what is credited."""
    known = world(made)
    return sorted((known.premises.ids[c.premises], c.item, c.evidence, c.visits) for c in known.credits)


@cache
def domains() -> Case:
    """Return the case in which a1 and b1 are about fire, the other items about mines."""
    made = county()
    for name in ("a1", "a2", "a9", "b1"):
        made.change("items", name, domain="fire" if name in {"a1", "b1"} else "mine")
    return made.case


def known(row: ReuseRule, item: str = "a1") -> County:
    """Return a county with one row about reuse, and the domain of all items."""
    made = county()
    made.case = domains()
    made.rules = replace(made.rules, reuse=(replace(row, items=(item,)),))
    return made


REPORTS = ReuseRule("r", "self_report", 60, report_gap_months=0)
VISITS = ReuseRule("r", "visit", 60, report_gap_months=0)
FEEDS = ReuseRule("r", "monitoring", 60, report_gap_months=0)


@pytest.mark.parametrize(
    ("date", "counts"), [("2026-11-01", False), ("2026-11-02", True), ("2026-11-19", True), (TODAY, False)]
)
def test_self_report_counts_while_valid(date, counts):
    """Before ``as_of``, and with 60 days still valid on the first day of the horizon."""
    made = known(REPORTS)
    made.rows("self_reports", {"enterprise_id": "E4", "date": date})
    assert credits(made) == ([("E4", "a1", f"self_report:{date}", 1)] if counts else [])


@pytest.mark.parametrize(("date", "counts"), [("2027-01-18", False), ("2027-01-19", True)])
def test_evidence_is_valid_on_the_later_of_today_and_the_horizons_first_day(date, counts):
    """Inside the horizon it is ``as_of``, 20 March, on which it must still be valid."""
    made = known(REPORTS)
    made.case = replace(made.case, as_of=dt.date(2027, 3, 20))
    made.rows("self_reports", {"enterprise_id": "E4", "date": date})
    assert bool(credits(made)) == counts


@pytest.mark.parametrize(("most", "left"), [(1, 3), (3, 1), (4, 0), (9, 0)])
def test_row_credits_so_many_visits(most, left):
    """E1 owes a1 four times; a row credits at most ``visits``, and never more than are owed."""
    made = known(replace(REPORTS, visits=most))
    made.rows("self_reports", {"enterprise_id": "E1", "date": "2026-11-19"})
    assert credits(made)[0][3] == 4 - left
    assert owed(made, "E1", "a1") == ({"frequency": (left, 136)} if left else {})


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"sectors": ("plant",)}, True),
        ({"sectors": ("mine",)}, False),
        ({"tiers": ("yellow",)}, True),
        ({"tiers": ("red", "blue")}, False),
        ({"credit_grades": ("A",)}, True),
        ({"credit_grades": ("B",)}, False),
        ({"report_gap_months": 1}, False),
        ({"report_gap_months": 2}, True),
    ],
)
def test_conditions_of_a_row(fields, counts):
    """Sector, tier, credit grade; E4 reported in September, so October is a full month without a report."""
    made = known(replace(REPORTS, validity_days=200, **fields))
    made.change("enterprises", "E4", credit_grade="A")
    made.rows("self_reports", {"enterprise_id": "E4", "date": "2026-09-30"})
    assert bool(credits(made)) == counts


@pytest.mark.parametrize(
    ("opened", "counts"), [("2026-10-01", False), ("2026-10-31", False), ("2026-11-01", True)]
)
def test_months_before_opening_are_no_gap(opened, counts):
    """Others report since July; E4, which never did, has no full month without a report if it opened in November."""
    made = known(replace(VISITS, report_gap_months=1))
    made.change("enterprises", "E4", opened_on=opened)
    made.rows("self_reports", {"enterprise_id": "E1", "date": "2026-07-01"})
    made.rows("visits", {"visit_id": "b-4", "object_id": "E4", "date": "2026-11-19", "departments": ("B",)})
    assert bool(credits(made)) == counts


@pytest.mark.parametrize(("months", "counts"), [(12, False), (13, True)])
def test_gap_is_counted_up_to_a_year(months, counts):
    """Who never reported since others began in 2024 has a gap of twelve months, no more."""
    made = known(replace(VISITS, report_gap_months=months))
    made.rows("self_reports", {"enterprise_id": "E1", "date": "2024-07-01"})
    made.rows("visits", {"visit_id": "b-4", "object_id": "E4", "date": "2026-11-19", "departments": ("B",)})
    assert bool(credits(made)) == counts


@pytest.mark.parametrize(
    ("hazard", "counts"),
    [
        ({"date": "2026-11-01", "deadline": "2026-11-19"}, False),
        ({"date": "2026-11-01", "deadline": "2026-11-20"}, True),
        ({"date": "2026-11-01", "deadline": ""}, True),
        ({"date": "2026-11-20", "deadline": "2026-11-19"}, True),
        ({"date": "2026-11-01", "deadline": "2026-11-10", "closed_on": "2026-11-19"}, True),
        ({"date": "2026-11-01", "deadline": "2026-11-10", "closed_on": "2026-11-20"}, False),
    ],
)
def test_overdue_hazard_ends_reuse(hazard, counts):
    """A known hazard that is open after its deadline on ``as_of``; with ``no_overdue`` off it does not matter."""
    made = known(REPORTS)
    made.rows("self_reports", {"enterprise_id": "E4", "date": "2026-11-19"})
    made.rows("hazards", {"hazard_id": "h", "enterprise_id": "E4", **hazard})
    assert bool(credits(made)) == counts
    made.rules = replace(made.rules, reuse=(replace(made.rules.reuse[0], no_overdue=False),))
    assert credits(made)


@pytest.mark.parametrize(
    ("rows", "evidence"),
    [
        ([("F2", "2026-11-10", "normal")], "monitoring:F2"),
        ([("F2", "2026-11-10", "alarm")], ""),
        ([("F2", "2026-11-10", "normal"), ("F1", "2026-11-11", "offline")], ""),
        ([("F2", "2026-11-10", "normal"), ("F1", "2026-11-09", "alarm")], "monitoring:F2"),
        ([("F2", "2026-11-10", "normal"), ("F1", "2026-11-10", "normal")], "monitoring:F1"),
        ([("F2", "2026-11-10", "normal"), ("F1", "2026-11-10", "alarm")], ""),
        ([("F2", "2026-11-10", "normal"), ("F1", "2026-11-20", "alarm")], "monitoring:F2"),
    ],
)
def test_latest_state_of_monitoring(rows, evidence):
    """Only the latest state before ``as_of`` of the item's domain counts, if it is normal; of one day the first id."""
    made = known(FEEDS)
    columns = ("feed_id", "date", "state")
    made.rows(
        "monitoring",
        *({"enterprise_id": "E4", "domain": "fire", **dict(zip(columns, r, strict=True))} for r in rows),
        {"feed_id": "F0", "enterprise_id": "E4", "domain": "mine", "date": "2026-11-19", "state": "normal"},
    )
    assert [name for _, _, name, _ in credits(made)] == ([evidence] if evidence else [])


@pytest.mark.parametrize(
    ("rule", "fields", "counts"),
    [
        ({}, {}, True),
        ({}, {"departments": ("A", "B")}, False),
        ({}, {"items": ("b1",)}, True),
        ({}, {"items": ("a2",)}, False),
        ({}, {"departments": ("C",)}, False),
        ({}, {"kind": "case"}, False),
        ({}, {"date": TODAY, "fixed": True}, False),
        ({"results": ("clean",)}, {"result": "clean"}, True),
        ({"results": ("clean",)}, {"result": "found"}, False),
        ({"departments": ("B",)}, {}, True),
        ({"departments": ("C",)}, {}, False),
    ],
)
def test_visit_of_another_organ(rule, fields, counts):
    """A done visit of other departments that checked the domain (no items: all of its departments') satisfies a1."""
    made = known(replace(VISITS, **rule))
    row = {"visit_id": "b-4", "object_id": "E4", "date": "2026-11-19", "departments": ("B",)}
    made.rows("visits", {**row, **fields})
    assert credits(made) == ([("E4", "a1", "visit:b-4", 1)] if counts else [])


def test_review_of_a_licence_satisfies_its_items():
    """The licence's review credits a1, which it names, dated by the day of the review; b1 it does not."""
    for item, right in (("a1", [("E3", "a1", "licence:L1", 1)]), ("b1", [])):
        made = known(ReuseRule("r", "licence", 60, report_gap_months=0), item)
        assert credits(licence(made, "2029-01-01", reviewed_on="2026-11-02")) == right


def test_first_row_that_applies_is_used_and_later_ones_no_more():
    """The first row has no evidence, the second one has, the third one would have."""
    made = known(FEEDS)
    rows = [replace(REPORTS, id=name, items=("a1",)) for name in ("r2", "r3")]
    made.rules = replace(made.rules, reuse=(*made.rules.reuse, *rows))
    made.rows("self_reports", {"enterprise_id": "E1", "date": "2026-11-19"})
    assert [(c.rule, c.visits) for c in world(made).credits] == [("r2", 1)]


def test_only_duties_by_rules_and_draw_are_credited():
    """What a decision, a licence or a campaign makes owed stays."""
    made = known(replace(REPORTS, visits=9))
    made.rows("self_reports", *({"enterprise_id": f"E{n}", "date": "2026-11-19"} for n in (2, 3)))
    made.rows("overrides", {"enterprise_id": "E2", "items": ("a1",), "date": TODAY, "visits": 3})
    licence(made, "2027-06-08")
    assert owed(made, "E2", "a1") == {"override": (3, 182)}
    assert owed(made, "E3", "a1") == {"licence:L1": (1, 0)}


def leveled(fields: dict[str, object], level: str = "city", system: str = "S") -> County:
    """Return a county in which a department D of another level has fixed a visit to E2."""
    made = known(replace(REPORTS, validity_days=1))
    made.change("departments", "A", system="S")
    made.rows("departments", {"department_id": "D", "name": "D", "level": level, "system": system})
    row = {"visit_id": "d-2", "object_id": "E2", "date": "2027-05-12", "departments": ("D",), "fixed": True}
    made.rows("visits", {**row, **fields})
    return made


@pytest.mark.parametrize(
    ("fields", "body", "counts"),
    [
        ({}, {}, True),
        ({}, {"level": "county"}, False),
        ({}, {"system": "X"}, False),
        ({}, {"system": ""}, False),
        ({"items": ("a1",)}, {}, True),
        ({"items": ("b1",)}, {}, True),
        ({"items": ("a2",)}, {}, False),
        ({"kind": "case"}, {}, False),
        ({"fixed": False}, {}, False),
        ({"date": FIRST}, {}, True),
        ({"date": "2026-12-31"}, {}, False),
        ({"date": "2028-01-01"}, {}, False),
        ({"departments": ("B", "D")}, {}, True),
    ],
)
def test_one_level_goes(fields, body, counts):
    """A fixed visit of another level of A's system satisfies one of E2's two visits of a1; B has no system."""
    made = leveled(fields, **body)
    assert ([x for x in credits(made) if x[1] == "a1"] == [("E2", "a1", "visit:d-2", 1)]) == counts
    assert owed(made, "E2", "a1") == {"frequency": (1 if counts else 2, 273)}
    assert owed(made, "E2", "b1") == {"frequency": (2, 273)}
    made.settings("levels", one_level=False)
    assert credits(made) == []


def test_catalogue_of_the_upper_level():
    """A visit without items checks what its department has in the catalogue: a1's domain, another one, or unknown."""
    for domain, counts in (("fire", True), ("mine", False)):
        made = leveled({})
        made.rows("items", {"item_id": "d1", "department_id": "D", "domain": domain})
        assert bool(credits(made)) == counts


def test_levels_come_first_and_reuse_takes_what_is_left():
    """One of E2's two visits goes to the city, the other to the self-report; nothing is left."""
    made = leveled({})
    made.rules = replace(made.rules, reuse=(replace(REPORTS, items=("a1",), visits=5),))
    made.rows("self_reports", {"enterprise_id": "E2", "date": "2026-11-19"})
    right = [("E2", "a1", "self_report:2026-11-19", 1), ("E2", "a1", "visit:d-2", 1)]
    assert credits(made) == right
    assert owed(made, "E2", "a1") == {}


def test_late_visit_satisfies_nothing():
    """A plan made before the city's visit became known owes what it would have satisfied."""
    made = told("2026-11-21")
    assert world(made).late == {"city-2"}
    made = leveled({"known_on": "2026-11-21"})
    made.manifest["as_of"] = TODAY
    assert credits(made)
    report = made.audit()
    assert [f.message for f in report.findings if f.rule in {"credits", "duties"}] == []


def test_lead_counts_what_is_left_after_credits():
    """Where A's duties are credited, B has the most visits left and leads."""
    made = known(replace(REPORTS, visits=1))
    made.rules = replace(made.rules, duties=(DutyRule(("a1", "b1")),))
    made.rows("self_reports", {"enterprise_id": "E2", "date": "2026-11-19"})
    assert {f.scope_key for f in made.audit().violations if f.rule == "visit-lead"} == {"E2-1", "E2-2"}
