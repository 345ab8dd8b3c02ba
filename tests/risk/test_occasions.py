"""What the planner makes owed by season, decision, licence and campaign: every sentence of S3, edges to the day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from risk.owing import TODAY, at, owed, planned, widened, windows
from riskplan.risk import score
from riskplan.rules.model import DutyRule, LicenceRules

PLAIN = owed(at())
"""What the county owes by rules and draw alone."""


def test_the_county_by_rules_and_draw_alone():
    """Red 4, orange 2, yellow 1, of the two blue ones the one never visited; a2 in the mine only."""
    by_tier = {"E1": 4, "E2": 2, "E3": 1, "E4": 1}
    expected = {(e, item, "frequency"): n for e, n in by_tier.items() for item in ("a1", "b1")}
    expected |= {("E1", "a2", "frequency"): 4}
    expected |= {("E6", item, "drawn-not-yet"): 1 for item in ("a1", "b1")}
    assert expected == PLAIN


def test_season_of_a_duty():
    """The months of the rule that holds stand in the duty, in order; visits and intervals stay."""
    made = at()
    made.rules = replace(made.rules, duties=(*made.rules.duties, DutyRule(("b1",), months=(11, 5, 5))))
    table = planned(made).duties
    assert owed(made) == PLAIN
    for item, months in zip(table["item_id"], table["months"], strict=True):
        assert months == (("5", "11") if item == "b1" else ())


def decision(date: str, visits: float, **fields: object) -> dict:
    """Return a decision about E2's a1, which rules make owed twice."""
    return {"enterprise_id": "E2", "items": ("a1",), "date": date, "visits": visits, **fields}


@pytest.mark.parametrize(
    ("rows", "visits"),
    [
        ([decision("2026-11-20", 3)], 3),
        ([decision("2026-11-21", 3)], None),
        ([decision("2026-11-01", 0)], 0),
        ([decision("2026-11-01", 0.2)], 1),
        ([decision("2026-11-01", 1.5)], 2),
        ([decision("2026-11-01", 1.49)], 1),
        ([decision("2026-11-01", 3), decision("2026-11-02", 1)], 1),
        ([decision("2026-11-01", 3), decision("2026-11-01", 1)], 3),
        ([decision("2026-11-01", 3), decision("2026-11-02", 1, until="2026-11-19")], 3),
        ([decision("2026-11-01", 3), decision("2026-11-02", 1, until="2026-11-20")], 1),
        ([decision("2026-11-01", 3, until="2026-11-19")], None),
    ],
)
def test_the_latest_decision_in_force_replaces_what_rules_say(rows, visits):
    """Known on ``as_of``, not expired, the latest, of one day the one with more visits; None: what rules say stays."""
    found = owed(widened(at(), "overrides", *rows))
    expected = dict(PLAIN)
    if visits is not None:
        del expected["E2", "a1", "frequency"]
    if visits:
        expected["E2", "a1", "override"] = visits
    assert found == expected


@pytest.mark.parametrize(
    ("visits", "stated", "longest"),
    [(2, 100, 100), (2, -1, 273), (0.5, -1, 1095), (4, 400, 400)],
)
def test_longest_interval_and_season_of_a_decision(visits, stated, longest):
    """Stated, else 1.5 x 365 / visits rounded down; months as decided."""
    row = decision("2026-11-01", visits, longest_interval_days=stated, months=(3, 10))
    table = planned(widened(at(), "overrides", row)).duties
    duty = table[table["cause"] == "override"].iloc[0]
    assert (duty["longest_interval_days"], duty["months"]) == (longest, ("3", "10"))


def test_a_decision_reaches_items_that_no_rule_names_and_only_active_premises():
    """A2 at E2, which no rule names there; off-site a9 and c1 of a coordinating body never; E3 is closed."""
    made = widened(
        at(),
        "overrides",
        decision("2026-11-01", 1, items=("a2", "a9", "c1")),
        decision("2026-11-01", 4, enterprise_id="E3"),
    )
    made.change("enterprises", "E3", status="closed")
    expected = {key: n for key, n in PLAIN.items() if key[0] != "E3"}
    assert owed(made) == expected | {("E2", "a2", "override"): 1}


def test_the_draw_is_made_before_decisions():
    """E6 is drawn for a1 and b1; a decision takes its a1, and E5 does not take its place."""
    made = widened(at(), "overrides", decision("2026-11-01", 0, enterprise_id="E6"))
    expected = dict(PLAIN)
    del expected["E6", "a1", "drawn-not-yet"]
    assert owed(made) == expected


def test_a_decision_about_items_changes_no_tier(hamlet, hamlet_rules):
    """Scores and tiers are the same with and without it; one about the tier changes no item."""
    name, item = hamlet.enterprises["enterprise_id"].iat[0], hamlet["items"]["item_id"].iat[0]
    columns = hamlet["overrides"].columns
    row = {
        **dict.fromkeys(columns, ""),
        "enterprise_id": name,
        "items": (item,),
        "visits": 12.0,
        "months": (),
    }
    row |= {"date": pd.Timestamp("2020-01-01"), "until": pd.NaT, "longest_interval_days": -1}
    with_item = hamlet.replace_table("overrides", pd.DataFrame([row])[list(columns)])
    assert score(with_item, hamlet_rules).table.equals(score(hamlet, hamlet_rules).table)


def licence(**fields: object) -> dict:
    """Return a licence of E4 that needs a2, an item off site and one of a coordinating body."""
    return {"licence_id": "L1", "enterprise_id": "E4", "items": ("a2", "a9", "c1")} | fields


LICENCE = ("E4", "a2", "licence:L1")


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
    """From 90 to 30 days before, cut to what is to come; if nothing is left, up to the day before it expires."""
    made = widened(at(as_of), "licences", licence(expires_on=expires))
    assert windows(made) == ({LICENCE: window} if window else {})


def test_a_licence_adds_one_visit_and_no_longest_interval():
    """Everything else that is owed stays; other days in the rulebook move the window."""
    made = widened(at(), "licences", licence(expires_on="2027-06-08", items=("a1", "a2")))
    assert owed(made) == PLAIN | {("E4", "a1", "licence:L1"): 1, LICENCE: 1}
    table = planned(made).duties
    assert set(table["longest_interval_days"][table["cause"] == "licence:L1"]) == {0}
    made.rules = replace(made.rules, licence=LicenceRules(60, 0))
    assert windows(made)[LICENCE] == ("2027-04-09", "2027-06-08")


@pytest.mark.parametrize(
    ("reviewed", "seen", "kind", "is_owed"),
    [
        ("", "", "daily", True),
        ("2026-11-01", "", "daily", True),
        ("2026-11-02", "", "daily", False),
        ("2026-11-19", "", "daily", False),
        ("", "2026-11-01", "daily", True),
        ("", "2026-11-02", "daily", False),
        ("", "2026-11-02", "case", True),
    ],
)
def test_a_licence_that_has_been_seen_to(reviewed, seen, kind, is_owed):
    """A review, or a counted done visit with the item, on or after the uncut first day, 2 November, ends the duty."""
    made = widened(at(), "licences", licence(expires_on="2027-01-31", reviewed_on=reviewed))
    if seen:
        row = {"visit_id": "seen", "object_id": "E4", "date": seen, "departments": ("A",), "kind": kind}
        widened(made, "visits", row)
    assert bool(owed(made, cause="licence:L1")) == is_owed


def test_a_licence_of_closed_premises_makes_nothing_due():
    """Only active premises owe anything."""
    made = widened(at(), "licences", licence(expires_on="2027-06-08"))
    made.change("enterprises", "E4", status="suspended")
    assert windows(made) == {}


def campaign(**fields: object) -> dict:
    """Return a campaign about a2, an item off site and one of a coordinating body."""
    days = {"first": "2027-03-01", "last": "2027-04-30"}
    return {"campaign_id": "K1", "items": ("a2", "a9", "c1"), **days} | fields


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({}, "E1 E2 E3 E4 E5 E6"),
        ({"sectors": ("mine",)}, "E1"),
        ({"sectors": ("plant",)}, "E2 E3 E4 E5 E6"),
        ({"townships": ("T2",)}, "E4 E5 E6"),
        ({"tiers": ("red", "yellow")}, "E1 E3 E4"),
        ({"grades": ("A",)}, "E2"),
        ({"sizes": ("small",)}, "E5"),
        ({"sizes": ("small", "medium"), "tiers": ("blue",), "townships": ("T2",)}, "E5 E6"),
        ({"sectors": ("mine",), "townships": ("T2",)}, ""),
    ],
)
def test_scope_of_a_campaign(scope, names):
    """Active premises that fit everything that the campaign names; what it does not name fits all."""
    made = widened(at(), "campaigns", campaign(**scope))
    made.change("enterprises", "E2", grade="A")
    made.change("enterprises", "E5", size="small")
    assert owed(made) == PLAIN | {(e, "a2", "campaign:K1"): 1 for e in names.split()}
    made.change("enterprises", "E6", status="closed")
    assert ("E6", "a2", "campaign:K1") not in owed(made)


@pytest.mark.parametrize(
    ("as_of", "days", "window"),
    [
        (TODAY, ("2027-03-01", "2027-04-30"), ("2027-03-01", "2027-04-30")),
        ("2027-04-30", ("2027-03-01", "2027-04-30"), ("2027-04-30", "2027-04-30")),
        ("2027-05-01", ("2027-03-01", "2027-04-30"), None),
        (TODAY, ("2026-12-01", "2027-01-01"), ("2027-01-01", "2027-01-01")),
        (TODAY, ("2026-12-01", "2026-12-31"), None),
        (TODAY, ("2027-12-31", "2028-01-31"), ("2027-12-31", "2027-12-31")),
        (TODAY, ("2028-01-01", "2028-01-31"), None),
    ],
)
def test_window_of_a_campaign(as_of, days, window):
    """From its first to its last day, cut to the days from today on and to the horizon."""
    row = campaign(first=days[0], last=days[1], sectors=("mine",))
    found = windows(widened(at(as_of), "campaigns", row))
    assert found == ({("E1", "a2", "campaign:K1"): window} if window else {})


def test_duties_of_one_item_stand_beside_one_another():
    """Frequency, licence and campaign of E1's a2 are three duties, in order of their cause."""
    made = widened(at(), "campaigns", campaign(sectors=("mine",)))
    widened(made, "licences", licence(enterprise_id="E1", expires_on="2027-06-08"))
    table = planned(made).duties
    own = table[(table["enterprise_id"] == "E1") & (table["item_id"] == "a2")]
    assert own["cause"].tolist() == ["campaign:K1", "frequency", "licence:L1"]
    assert own["visits"].tolist() == [1, 4, 1]
    assert set(own["last_done"]) == {""}


def test_an_item_named_twice_is_owed_once():
    """A licence or campaign that lists an item twice owes one visit."""
    made = widened(at(), "campaigns", campaign(items=("a2", "a2"), sectors=("mine",)))
    assert len(owed(made, cause="campaign:K1")) == 1


def test_everything_is_about_the_day_on_which_it_is_known():
    """On another day of the horizon what lies behind is not owed any more."""
    made = widened(at(), "licences", licence(expires_on="2027-06-08"))
    for day in ("2027-06-07", "2027-06-08"):
        made.case = replace(made.case, as_of=dt.date.fromisoformat(day))
        assert bool(windows(made)) == (day == "2027-06-07")
