"""What the planner credits: one level, each source of evidence, each condition at its edge to the day (S12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from risk.owing import CITY, TODAY, at, credited, owed, planned, reusing, widened
from riskplan.rules.grounds import Provenance
from riskplan.rules.model import LevelRules, ReuseRule

PLAIN = owed(at())
REPORT = ReuseRule("reports", "self_report", 60, items=("a1",), report_gap_months=0)
FEED = ReuseRule("feeds", "monitoring", 60, domains=("fire",), report_gap_months=0)
OTHERS = ReuseRule("others", "visit", 60, domains=("fire",), report_gap_months=0)
REVIEW = ReuseRule("reviews", "licence", 60, domains=("fire",), report_gap_months=0)


def reported(made, *days: str, enterprise: str = "E2"):
    """Return the county with self-reports of E2."""
    return widened(made, "self_reports", *({"enterprise_id": enterprise, "date": day} for day in days))


@pytest.mark.parametrize(
    ("as_of", "date", "counts"),
    [
        (TODAY, "2026-11-19", True),
        (TODAY, "2026-11-20", False),
        (TODAY, "2026-11-02", True),
        (TODAY, "2026-11-01", False),
        ("2027-03-20", "2027-01-19", True),
        ("2027-03-20", "2027-01-18", False),
    ],
)
def test_a_self_report_counts_while_it_is_valid(as_of, date, counts):
    """Before ``as_of``; with 60 days still valid on the later of ``as_of`` and the horizon's first day."""
    made = reported(reusing(REPORT, as_of=as_of), date)
    assert credited(made) == ([("E2", "a1", f"self_report:{date}", 1)] if counts else [])


def test_a_credit_is_told_with_rule_source_evidence_day_and_basis():
    """The latest report is the evidence; it is valid for its days; one of two visits is left; nothing else changes."""
    rule = replace(REPORT, provenance=Provenance(basis="decision 7"))
    made = reported(reusing(rule), "2026-11-10", "2026-11-12", "2026-11-12", "2026-11-11")
    row = planned(made).credits.iloc[0].to_dict()
    assert row == {
        "enterprise_id": "E2",
        "item_id": "a1",
        "rule_id": "reports",
        "source": "self_report",
        "evidence": "self_report:2026-11-12",
        "date": "2026-11-12",
        "valid_until": "2027-01-11",
        "visits": 1,
        "basis": "decision 7",
    }
    assert owed(made) == PLAIN | {("E2", "a1", "frequency"): 1}


@pytest.mark.parametrize(("most", "left"), [(1, 3), (3, 1), (4, 0), (9, 0)])
def test_a_row_credits_so_many_visits(most, left):
    """E1 owes a1 four times; a duty with nothing left is not in the table."""
    made = reported(reusing(replace(REPORT, visits=most)), "2026-11-10", enterprise="E1")
    expected = dict(PLAIN)
    expected["E1", "a1", "frequency"] = left
    assert owed(made) == {key: n for key, n in expected.items() if n}
    assert credited(made)[0][3] == 4 - left


def test_rows_are_about_items_or_domains_and_the_first_that_applies_is_used():
    """The first row is about another item, the second has no evidence, the third is used, the fourth no more."""
    rows = (
        replace(REPORT, id="r1", items=("b1",)),
        replace(FEED, id="r2"),
        replace(REPORT, id="r3", items=(), domains=("fire",)),
        replace(REPORT, id="r4"),
    )
    made = reported(reusing(*rows), "2026-11-10")
    table = planned(made).credits
    assert dict(zip(table["item_id"], table["rule_id"], strict=True)) == {"a1": "r3", "b1": "r1"}
    assert set(table["visits"]) == {1}


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"sectors": ("plant",)}, True),
        ({"sectors": ("mine",)}, False),
        ({"tiers": ("orange",)}, True),
        ({"tiers": ("red", "yellow", "blue")}, False),
        ({"credit_grades": ("A", "B")}, True),
        ({"credit_grades": ("B",)}, False),
        ({"sectors": ("plant",), "tiers": ("orange",), "credit_grades": ("A",)}, True),
        ({"sectors": ("plant",), "tiers": ("orange",), "credit_grades": ("B",)}, False),
    ],
)
def test_premises_that_a_row_is_about(fields, counts):
    """E2 is a plant, orange, of credit grade A: all conditions that are given hold."""
    made = reported(reusing(replace(REPORT, **fields)), "2026-11-10")
    made.change("enterprises", "E2", credit_grade="A")
    assert bool(credited(made)) == counts


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"date": "2026-10-01", "deadline": "2026-11-19"}, False),
        ({"date": "2026-10-01", "deadline": "2026-11-20"}, True),
        ({"date": "2026-10-01"}, True),
        ({"date": "2026-10-01", "deadline": "2026-11-01", "closed_on": "2026-11-19"}, True),
        ({"date": "2026-10-01", "deadline": "2026-11-01", "closed_on": "2026-11-20"}, False),
        ({"date": "2026-11-20", "deadline": "2026-11-01"}, True),
        ({"date": "2026-10-01", "deadline": "2026-11-19", "enterprise_id": "E3"}, True),
    ],
)
def test_a_hazard_open_after_its_deadline_ends_reuse(fields, counts):
    """On ``as_of`` a known hazard of the premises is open and its deadline over; without ``no_overdue`` all the same."""
    hazard = {"hazard_id": "h", "enterprise_id": "E2"} | fields
    made = widened(reported(reusing(REPORT), "2026-11-10"), "hazards", hazard)
    assert bool(credited(made)) == counts
    made.rules = replace(made.rules, reuse=(replace(REPORT, no_overdue=False),))
    assert credited(made)


@pytest.mark.parametrize(
    ("last", "months", "counts"),
    [
        ("2026-09-30", 1, False),
        ("2026-09-30", 2, True),
        ("2026-08-31", 2, False),
        ("2026-08-31", 0, True),
        ("2026-10-01", 1, True),
    ],
)
def test_full_months_without_a_report(last, months, counts):
    """In November: last in October no full month, in September one, in August two; 0 asks for none."""
    made = reported(reusing(replace(REPORT, validity_days=400, report_gap_months=months)), last)
    assert bool(credited(made)) == counts


def test_where_nobody_reports_no_report_is_missing():
    """The other sources count without self-reports in the case, and not when others report and E2 does not."""
    feed = {"feed_id": "F", "enterprise_id": "E2", "domain": "fire", "date": "2026-11-10"}
    made = widened(reusing(replace(FEED, report_gap_months=2)), "monitoring", feed)
    assert credited(made) == [("E2", "a1", "monitoring:F", 1)]
    reported(made, "2026-10-31", enterprise="E3")
    assert credited(made) == [("E2", "a1", "monitoring:F", 1)]
    reported(made, "2026-09-30", enterprise="E3")
    assert credited(made) == []


@pytest.mark.parametrize(
    ("rows", "evidence"),
    [
        ([("F1", "2026-11-10", "normal")], "monitoring:F1"),
        ([("F1", "2026-11-10", "alarm")], None),
        ([("F1", "2026-11-10", "offline")], None),
        ([("F1", "2026-11-10", "alarm"), ("F1", "2026-11-11", "normal")], "monitoring:F1"),
        ([("F1", "2026-11-10", "normal"), ("F1", "2026-11-11", "offline")], None),
        ([("F1", "2026-11-10", "normal"), ("F1", "2026-11-20", "alarm")], "monitoring:F1"),
        ([("F2", "2026-11-10", "normal"), ("F1", "2026-11-10", "normal")], "monitoring:F1"),
        ([("F2", "2026-11-10", "normal"), ("F1", "2026-11-10", "alarm")], None),
        ([("F1", "2026-11-01", "normal")], None),
        ([("F1", "2026-11-02", "normal")], "monitoring:F1"),
    ],
)
def test_the_latest_state_of_monitoring_counts(rows, evidence):
    """Of the item's domain, before ``as_of``, if it is normal and valid; of one day every feed, the first is named."""
    keys = ("feed_id", "date", "state")
    feeds = [{**dict(zip(keys, row, strict=True)), "enterprise_id": "E2", "domain": "fire"} for row in rows]
    made = widened(reusing(FEED), "monitoring", *feeds)
    assert credited(made) == ([("E2", "a1", evidence, 1)] if evidence else [])
    other = widened(reusing(FEED), "monitoring", *({**row, "domain": "food"} for row in feeds))
    assert credited(other) == []


def seen(date: str = "2026-11-10", **fields: object) -> dict:
    """Return a done visit of B at E2 that checked an item about fire."""
    return {
        "visit_id": "seen",
        "object_id": "E2",
        "date": date,
        "departments": ("B",),
        "items": ("a2",),
        "result": "clean",
    } | fields


@pytest.mark.parametrize(
    ("rule", "fields", "counts"),
    [
        ({}, {}, True),
        ({}, {"date": "2026-11-20"}, False),
        ({}, {"date": "2026-11-01"}, False),
        ({}, {"date": "2026-11-02"}, True),
        ({}, {"departments": ("A", "B")}, False),
        ({}, {"items": ("b1",)}, False),
        ({}, {"items": ("b1", "a1")}, True),
        ({}, {"items": ()}, False),
        ({}, {"items": (), "departments": ("C",)}, True),
        ({}, {"kind": "case"}, False),
        ({}, {"object_id": "E3"}, False),
        ({"results": ("clean",)}, {}, True),
        ({"results": ("clean",)}, {"result": "found"}, False),
        ({"departments": ("B", "C")}, {}, True),
        ({"departments": ("C",)}, {}, False),
        ({"departments": ("C",)}, {"departments": ("B", "C")}, True),
    ],
)
def test_a_visit_of_another_department(rule, fields, counts):
    """A counted done visit without A that checked the domain (no items: all of its departments') satisfies a1."""
    made = widened(reusing(replace(OTHERS, **rule)), "visits", seen(**fields))
    assert ("E2", "a1", "visit:seen", 1) in credited(made) if counts else not owed_less(made)


def owed_less(made) -> bool:
    """Tell whether E2's a1 is credited."""
    return any(row[:2] == ("E2", "a1") for row in credited(made))


def test_each_department_has_its_own_latest_visit():
    """A1 of A is satisfied by B's visit, although A's own is later; of one day the smallest id is named."""
    own = seen("2026-11-12", visit_id="own", departments=("A",))
    rows = [own, seen(visit_id="z"), seen(visit_id="y"), seen("2026-11-09", visit_id="x")]
    assert credited(widened(reusing(OTHERS), "visits", *rows)) == [("E2", "a1", "visit:y", 1)]


@pytest.mark.parametrize(
    ("reviewed", "items", "counts"),
    [
        ("2026-11-02", ("a1",), True),
        ("2026-11-01", ("a1",), False),
        ("2026-11-20", ("a1",), False),
        ("2026-11-10", ("a2",), False),
        ("", ("a1",), False),
    ],
)
def test_the_review_of_a_licence(reviewed, items, counts):
    """It satisfies the items of the licence, dated by the day of the review; other items of the domain it does not."""
    row = {"licence_id": "L", "enterprise_id": "E2", "items": items, "expires_on": "2030-01-01"}
    made = widened(reusing(REVIEW), "licences", {**row, "reviewed_on": reviewed})
    assert credited(made) == ([("E2", "a1", "licence:L", 1)] if counts else [])


def test_only_duties_by_rules_and_draw_are_credited():
    """Drawn ones are; what a decision, a licence or a campaign makes owed stays."""
    made = reported(reusing(REPORT), "2026-11-10")
    reported(made, "2026-11-10", enterprise="E6")
    decided = {"enterprise_id": "E2", "items": ("a1",), "date": "2026-11-01", "visits": 2}
    widened(made, "overrides", decided)
    row = {"licence_id": "L", "enterprise_id": "E2", "items": ("a1",), "expires_on": "2027-06-08"}
    widened(made, "licences", row)
    days = {"first": "2027-03-01", "last": "2027-04-30"}
    widened(made, "campaigns", {"campaign_id": "K", "items": ("a1",), "sectors": ("plant",), **days})
    assert credited(made) == [("E6", "a1", "self_report:2026-11-10", 1)]
    kept = owed(made, enterprise_id="E2", item_id="a1")
    assert kept == {("E2", "a1", c): n for c, n in (("override", 2), ("licence:L", 1), ("campaign:K", 1))}


def fixed(**fields: object) -> dict:
    """Return a visit to E2 that the city's department D has fixed."""
    row = {"visit_id": "city", "object_id": "E2", "date": "2027-05-10", "departments": ("D",)}
    return row | {"items": ("a1",), "fixed": True} | fields


def leveled(*visits: dict, **body: str):
    """Return a county whose A is of system S, and a department D of the city."""
    made = widened(at(), "departments", {**CITY, **body})
    made.change("departments", "A", system="S")
    return widened(made, "visits", *visits)


@pytest.mark.parametrize(
    ("fields", "body", "counts"),
    [
        ({}, {}, True),
        ({"date": "2026-12-31"}, {}, False),
        ({"date": "2027-01-01"}, {}, True),
        ({"date": "2027-12-31"}, {}, True),
        ({"date": "2028-01-01"}, {}, False),
        ({"fixed": False}, {}, False),
        ({"kind": "case"}, {}, False),
        ({"items": ("a2",)}, {}, True),
        ({"items": ("b1",)}, {}, False),
        ({"items": ()}, {}, True),
        ({}, {"system": "R"}, False),
        ({}, {"level": "county"}, False),
        ({}, {"level": "province"}, True),
        ({"departments": ("B", "D")}, {}, True),
        ({"departments": ("A", "B")}, {}, False),
        ({"object_kind": "township", "object_id": "T1"}, {}, False),
        ({"known_on": "2026-11-21"}, {}, False),
        ({"known_on": "2026-11-20"}, {}, True),
    ],
)
def test_one_level_goes(fields, body, counts):
    """A fixed visit of the horizon by another level of A's system with a1 or its domain satisfies one of two visits."""
    made = leveled(fixed(**fields), **body)
    assert credited(made) == ([("E2", "a1", "visit:city", 1)] if counts else [])
    assert owed(made) == PLAIN | ({("E2", "a1", "frequency"): 1} if counts else {})
    made.rules = replace(made.rules, levels=LevelRules(one_level=False))
    assert owed(made) == PLAIN


def test_nothing_is_satisfied_before_today():
    """Within the horizon a fixed visit counts from ``as_of`` on."""
    for day, counts in (("2027-03-19", False), ("2027-03-20", True)):
        made = leveled(fixed(date=day))
        made.case = replace(made.case, as_of=at("2027-03-20").case.as_of)
        assert bool(credited(made)) == counts


@pytest.mark.parametrize(("domain", "counts"), [("fire", True), ("food", False)])
def test_a_visit_without_items_checks_the_catalogue_of_its_department(domain, counts):
    """D's only item in the catalogue is of a1's domain, or of another one."""
    made = leveled(fixed(items=()))
    widened(made, "items", {"item_id": "d1", "department_id": "D", "domain": domain})
    assert owed_less(made) == counts


def test_a_department_without_a_system_is_satisfied_by_nobody():
    """Two departments without a system are not of one system."""
    made = leveled(fixed(), system="")
    made.change("departments", "A", system="")
    assert credited(made) == []


def test_each_fixed_visit_credits_one_and_reuse_takes_what_is_left():
    """Three visits of the city satisfy three of E1's four, the report the fourth; the earliest are named."""
    days = ("2027-09-01", "2027-03-01", "2027-06-01")
    visits = [fixed(visit_id=f"v{n}", object_id="E1", date=day) for n, day in enumerate(days)]
    made = reported(leveled(*visits), "2026-11-10", enterprise="E1")
    made.rules = replace(made.rules, reuse=(REPORT,))
    found = [row for row in credited(made) if row[1] == "a1"]
    assert found == [
        *(("E1", "a1", f"visit:v{n}", 1) for n in (0, 1, 2)),
        ("E1", "a1", "self_report:2026-11-10", 1),
    ]
    assert ("E1", "a1", "frequency") not in owed(made)
    levels = planned(made).credits
    assert set(levels["valid_until"][levels["source"] == "level"]) == set(days)


def test_more_fixed_visits_than_are_owed():
    """E3 owes one visit; of three visits of the city the earliest satisfies it."""
    days = ("2027-09-01", "2027-03-01", "2027-06-01")
    visits = [fixed(visit_id=f"v{n}", object_id="E3", date=day) for n, day in enumerate(days)]
    assert credited(leveled(*visits)) == [("E3", "a1", "visit:v1", 1)]
