"""What the audit derives from decisions, licences and campaigns, and which visits meet it: edges to the day (S3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.breakers_together import licensed
from audit.county import County, county, visit
from audit.owes import at, licence, owed, world
from riskplan.audit.dates import date_text
from riskplan.rules.model import LicenceRules

TODAY = "2026-11-20"


def windows(made: County, enterprise: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (item, cause) -> first and last day of the duties of an enterprise that have a window."""
    known = world(made)
    return {
        (d.item, d.cause): (date_text(d.first), date_text(d.last))
        for d in known.owed.of(known.premises.index[enterprise])
        if d.first
    }


LICENCE = ("a1", "licence:L1")


@pytest.mark.parametrize(
    ("as_of", "expires", "window"),
    [
        (TODAY, "2027-06-08", ("2027-03-10", "2027-05-09")),
        (TODAY, "2027-02-15", ("2027-01-01", "2027-01-16")),
        ("2027-03-20", "2027-06-08", ("2027-03-20", "2027-05-09")),
        ("2027-05-09", "2027-06-08", ("2027-05-09", "2027-05-09")),
        ("2027-05-10", "2027-06-08", ("2027-05-10", "2027-06-07")),
        ("2027-06-07", "2027-06-08", ("2027-06-07", "2027-06-07")),
        ("2027-06-08", "2027-06-08", None),
        (TODAY, "2027-01-31", ("2027-01-01", "2027-01-01")),
        (TODAY, "2027-01-30", ("2027-01-01", "2027-01-29")),
        (TODAY, "2027-01-01", None),
        (TODAY, "2028-03-30", ("2027-12-31", "2027-12-31")),
        (TODAY, "2028-03-31", None),
        (TODAY, "2026-12-31", None),
    ],
)
def test_window_of_a_licence(as_of, expires, window):
    """From 90 to 30 days before it expires, cut to what is to come; else up to the day before; off-site items never."""
    found = windows(licence(at(as_of), expires), "E3")
    assert found == ({LICENCE: window} if window else {})


def test_days_of_licences_are_the_rulebooks():
    """Other numbers of days move both ends of the window."""
    made = licence(county(), "2027-06-08")
    made.rules = replace(made.rules, licence=LicenceRules(10, 9))
    assert windows(made, "E3") == {LICENCE: ("2027-05-29", "2027-05-30")}


@pytest.mark.parametrize(
    ("fields", "is_owed"),
    [
        ({"reviewed_on": "2026-11-02"}, False),
        ({"reviewed_on": "2026-11-01"}, True),
        ({"done": "2026-11-02"}, False),
        ({"done": "2026-11-01"}, True),
        ({"done": "2026-11-02", "items": ("a2",)}, True),
        ({"done": "2026-11-02", "kind": "case"}, True),
    ],
)
def test_licence_that_has_been_seen_to(fields, is_owed):
    """A review, or a counted visit with the item, on or after the uncut first day (2 November) ends the duty."""
    made = licence(county(), "2027-01-31", reviewed_on=fields.get("reviewed_on", ""))
    if "done" in fields:
        row = {"visit_id": "done-3", "object_id": "E3", "date": fields["done"], "departments": ("A",)}
        made.rows("visits", {**row, "items": fields.get("items", ()), "kind": fields.get("kind", "daily")})
    assert (LICENCE in windows(made, "E3")) == is_owed


def test_licence_of_closed_premises_makes_nothing_due():
    """Only active premises owe anything."""
    made = licence(county(), "2027-06-08")
    made.change("enterprises", "E3", status="suspended")
    assert windows(made, "E3") == {}


def campaign(made: County, first: str, last: str, **scope: object) -> County:
    """Order a campaign about a2, and an item off site."""
    made.rows(
        "campaigns", {"campaign_id": "K1", "items": ("a2", "a9"), "first": first, "last": last, **scope}
    )
    return made


CAMPAIGN = ("a2", "campaign:K1")


@pytest.mark.parametrize(
    ("as_of", "span", "window"),
    [
        (TODAY, ("2027-03-01", "2027-03-31"), ("2027-03-01", "2027-03-31")),
        (TODAY, ("2026-11-01", "2027-01-01"), ("2027-01-01", "2027-01-01")),
        (TODAY, ("2026-11-01", "2026-12-31"), None),
        ("2027-03-31", ("2027-03-01", "2027-03-31"), ("2027-03-31", "2027-03-31")),
        ("2027-04-01", ("2027-03-01", "2027-03-31"), None),
        (TODAY, ("2027-12-31", "2028-03-31"), ("2027-12-31", "2027-12-31")),
        (TODAY, ("2028-01-01", "2028-03-31"), None),
    ],
)
def test_window_of_a_campaign(as_of, span, window):
    """From its first to its last day, cut to the days from today on and to the horizon."""
    found = windows(campaign(at(as_of), *span), "E4")
    assert found == ({CAMPAIGN: window} if window else {})


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({}, "E1 E2 E3 E4 E6"),
        ({"sectors": ("mine",)}, "E1"),
        ({"tiers": ("yellow", "red")}, "E1 E3 E4"),
        ({"townships": ("T2",)}, "E4 E6"),
        ({"townships": ("T2",), "tiers": ("blue",)}, "E6"),
        ({"sizes": ("small",)}, "E2"),
        ({"grades": ("a",)}, "E3"),
        ({"grades": ("a",), "sizes": ("small",)}, ""),
    ],
)
def test_scope_of_a_campaign(scope, names):
    """Active premises that fit everything that the campaign names; what it does not name fits all."""
    made = campaign(county(), "2027-03-01", "2027-03-31", **scope)
    made.change("enterprises", "E2", size="small")
    made.change("enterprises", "E3", grade="a")
    made.change("enterprises", "E5", status="closed")
    assert [f"E{n}" for n in range(1, 7) if windows(made, f"E{n}")] == names.split()


def test_campaign_adds_to_what_is_owed_and_one_visit_serves_both():
    """E1's a2 is owed four times and once by the campaign; its visit in W05 serves both, in W10 none would."""
    made = campaign(county(), "2027-02-01", "2027-02-05", sectors=("mine",))
    assert owed(made, "E1", "a2") == {"frequency": (4, 136), "campaign:K1": (1, 0)}
    assert "floor" not in {f.rule for f in made.audit().violations}
    late = campaign(county(), "2027-03-08", "2027-03-12", sectors=("mine",))
    assert [(f.scope_key, f.excess) for f in late.audit().violations if f.rule == "floor"] == [("E1", 1)]


def decided(*rows: dict) -> County:
    """Return a county with decisions about E2's a1, which rules make owed twice."""
    made = county()
    for row in rows:
        made.rows("overrides", {"enterprise_id": "E2", "items": ("a1",), "date": TODAY, "visits": 3, **row})
    return made


FREQUENCY = {"frequency": (2, 273)}


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([{}], {"override": (3, 182)}),
        ([{"date": "2026-11-21"}], FREQUENCY),
        ([{"date": "2026-11-01", "until": "2026-11-20"}], {"override": (3, 182)}),
        ([{"date": "2026-11-01", "until": "2026-11-19"}], FREQUENCY),
        ([{"visits": 0}], {}),
        ([{"visits": 0.2}], {"override": (1, 2737)}),
        ([{"visits": 2.5}], {"override": (3, 219)}),
        ([{"longest_interval_days": 100}], {"override": (3, 100)}),
        ([{"items": ("b1",)}], FREQUENCY),
        ([{"items": (), "tier": "red"}], FREQUENCY),
        ([{"visits": 5, "date": "2026-11-01"}, {}], {"override": (3, 182)}),
        ([{"visits": 5}, {}], {"override": (5, 109)}),
        ([{}, {"visits": 5}], {"override": (5, 109)}),
        ([{"longest_interval_days": 100}, {"longest_interval_days": 90}], {"override": (3, 90)}),
        ([{"visits": 5, "date": "2026-11-01"}, {"until": "2026-11-19"}], {"override": (5, 109)}),
    ],
)
def test_decision_about_an_item(rows, right):
    """The latest in force, of one day the one with more visits, replaces what rules say; an expired one does not."""
    assert owed(decided(*rows), "E2", "a1") == right


def test_decision_reaches_items_that_no_rule_names_and_keeps_the_draw():
    """A2 is owed by E2 by decision; E6 stays drawn for b1 when a1 is decided, and E5 does not take its place."""
    made = decided({"items": ("a2",), "months": (3, 4)})
    known = world(made)
    (duty,) = (d for d in known.owed.of(1) if d.item == "a2")
    assert (duty.cause, duty.months, duty.visits) == ("override", frozenset({3, 4}), 3)
    made = decided({"enterprise_id": "E6", "visits": 0})
    assert owed(made, "E6", "a1") == {}
    assert owed(made, "E6", "b1") == {"drawn-not-yet": (1, 0)}
    assert owed(made, "E5", "b1") == {}


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({"week": "2027-W25"}, True),
        ({"week": "2027-W24"}, True),
        ({"week": "2027-W23"}, False),
        ({"week": "2027-W26"}, False),
        ({"week": "2027-W23", "date": "2027-06-11"}, False),
        ({"week": "2027-W24", "date": "2027-06-14"}, True),
        ({"week": "2027-W25", "date": "2027-06-25"}, True),
        ({"week": "2027-W26", "date": "2027-06-28"}, False),
    ],
)
def test_visit_inside_the_window(fields, met):
    """A dated visit counts by its day; an undated one if all open days of its week lie in 14 to 27 June."""
    made = campaign(county(), "2027-06-14", "2027-06-27", townships=("T2",), tiers=("blue",))
    made.change("enterprises", "E5", status="closed")
    made.visits = [visit("E6-1", "E6", items=("a1", "a2", "b1"), **fields)]
    assert ("E6" in {f.scope_key for f in made.audit().findings if f.rule == "floor"}) != met


@pytest.mark.parametrize(
    ("closed", "as_of", "met"),
    [((), TODAY, False), ((1,), TODAY, True), ((2,), TODAY, False), ((), "2027-06-15", True)],
)
def test_only_open_days_of_the_week_ask_for_the_window(closed, as_of, met):
    """A campaign from Tuesday is met in its first week where Monday is closed, or is over on ``as_of``."""
    made = campaign(at(as_of), "2027-06-15", "2027-06-18", townships=("T2",), tiers=("blue",))
    made.change("enterprises", "E5", status="closed")
    made.change("enterprises", "E6", closed_days=closed)
    made.visits = [visit("E6-1", "E6", "2027-W24", ("a1", "a2", "b1"))]
    assert ("E6" in {f.scope_key for f in made.audit().findings if f.rule == "floor"}) != met


def test_season_of_a_duty():
    """Two visits in May and November meet a duty whose months are May and November, and not one of May alone."""
    made = county()
    rule = replace(made.rules.duties[0], months=(5, 11))
    made.rules = replace(made.rules, duties=(rule, *made.rules.duties[1:]))

    def short() -> set[str]:
        return {f.scope_key for f in made.audit().violations if f.rule == "floor"}

    assert "E2" not in short()
    assert {"E1", "E3"} <= short()
    made.rules = replace(made.rules, duties=(replace(rule, months=(5,)), *made.rules.duties[1:]))
    assert "E2" in short()


def test_windows_that_the_plan_states_are_compared():
    """A window stated to the day is right; another first or last day, or a month, is told."""
    right = ("2027-06-08", "2027-03-10", "2027-05-09")
    assert licensed(*right).audit().ok
    for wrong in (("2027-06-08", "2027-03-09", "2027-05-09"), ("2027-06-08", "2027-03-10", "")):
        assert [f.message for f in licensed(*wrong).audit().violations] == ["duty-window"]
