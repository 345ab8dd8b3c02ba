"""What is owed under frequencies by other properties, stated intervals, and duties that fall due (S3)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from fractions import Fraction

import pytest

from riskplan.audit.owed import longest_interval as audited
from riskplan.risk import duties, score
from riskplan.rules.model import DutyRule
from riskplan.rules.owed import frequency_of, longest_interval


def owed(case, rules, **changes):
    """Return the duties under a changed general frequency; duty rules keep no frequency of their own."""
    plain = tuple(dataclasses.replace(rule, visits=None) for rule in rules.duties)
    frequency = dataclasses.replace(rules.frequency, **changes)
    levels = dataclasses.replace(rules.levels, one_level=False)
    rules = dataclasses.replace(rules, duties=plain, frequency=frequency, levels=levels)
    return duties(case, rules, score(case, rules))


@pytest.mark.parametrize("by", ["size", "grade", "sector"])
def test_frequency_by_another_property(by, hamlet, hamlet_rules):
    """One value of the property owes three visits, all others one."""
    special = hamlet.enterprises[by].iat[0]
    table = owed(hamlet, hamlet_rules, by=by, visits={special: 3.0, "*": 1.0})
    value = dict(zip(hamlet.enterprises["enterprise_id"], hamlet.enterprises[by], strict=True))
    assert set(table["visits"]) <= {1, 3}
    for name, visits in zip(table["enterprise_id"], table["visits"], strict=True):
        assert visits == (3 if value[name] == special else 1)


def test_a_key_without_frequency_owes_nothing(hamlet, hamlet_rules):
    """Where neither the key nor ``*`` is named, nothing is owed."""
    assert owed(hamlet, hamlet_rules, by="size", visits={"nobody": 4.0}).empty


def test_stated_intervals_replace_derived_ones(hamlet, hamlet_rules):
    """A stated longest interval is taken as it is; others stay factor x 365 / frequency."""
    table = owed(hamlet, hamlet_rules, visits={"*": 2.0}, longest_interval_days={"red": 100})
    tier = dict(
        zip(hamlet.enterprises["enterprise_id"], score(hamlet, hamlet_rules).table["tier"], strict=True)
    )
    derived = math.floor(hamlet_rules.frequency.longest_interval_factor * 365 / 2)
    for name, days in zip(table["enterprise_id"], table["longest_interval_days"], strict=True):
        assert days == (100 if tier[name] == "red" else derived)


def test_due_duties_are_those_whose_interval_ends_in_the_horizon(hamlet, hamlet_rules):
    """Below one visit a year, ``due`` owes one visit if never done or last done + interval falls inside."""
    everything = owed(hamlet, hamlet_rules, visits={"*": 1.0})
    longest = 700
    table = owed(
        hamlet, hamlet_rules, visits={"*": 0.4}, below_one="due", longest_interval_days={"*": longest}
    )
    due = set(zip(table["enterprise_id"], table["item_id"], strict=True))
    assert set(table["visits"]) == {1}
    assert set(table["cause"]) == {"due"}
    columns = (everything["enterprise_id"], everything["item_id"], everything["last_done"])
    for name, item, last in zip(*columns, strict=True):
        ends = last and dt.date.fromisoformat(last) + dt.timedelta(days=longest)
        assert ((name, item) in due) == (not last or ends <= hamlet.last_day)
    assert 0 < len(due) < len(everything)


@pytest.mark.parametrize(
    ("own", "visits", "expected"),
    [
        (None, None, 200),
        ({"*": 90}, None, 90),
        ({"red": 80}, None, {"red": 80, "*": 200}),
        ({"red": 80, "*": 90}, {"*": 2.0}, {"red": 80, "*": 90}),
        (None, {"*": 2.0}, 273),
        ({"red": 80}, {"*": 2.0}, {"red": 80, "*": 273}),
    ],
)
def test_a_duty_may_state_its_own_longest_interval(own, visits, expected, hamlet, hamlet_rules):
    """The duty's own table first, then the general one where the duty keeps the general frequency, else derived."""
    rule = dataclasses.replace(hamlet_rules.duties[0], visits=visits, longest_interval_days=own)
    frequency = dataclasses.replace(hamlet_rules.frequency, longest_interval_days={"*": 200})
    rules = dataclasses.replace(hamlet_rules, frequency=frequency)
    for tier in ("red", "orange", "yellow", "blue"):
        want = expected if isinstance(expected, int) else expected.get(tier, expected["*"])
        often = frequency_of(rule, rules, tier)
        assert longest_interval(rule, rules, tier, often) == want
        assert audited(rules, rule, tier, Fraction(often)) == want


def test_tier_sector_and_item_decide(hamlet, hamlet_rules):
    """A later row for one sector and item owes by tier there, all else stays; the audit agrees."""
    sector = hamlet.enterprises["sector"].value_counts().index[0]
    scores = score(hamlet, hamlet_rules)
    base = duties(hamlet, hamlet_rules, scores)
    mine = set(hamlet.enterprises["enterprise_id"][hamlet.enterprises["sector"] == sector])
    item = base[base["enterprise_id"].isin(mine)]["item_id"].iat[0]
    row = DutyRule((item,), (sector,), (), {"*": 3.0}, {"*": 150})
    table = duties(hamlet, dataclasses.replace(hamlet_rules, duties=(*hamlet_rules.duties, row)), scores)
    here = table["enterprise_id"].isin(mine) & (table["item_id"] == item)
    assert here.any()
    assert set(table["visits"][here]) == {3}
    assert set(table["longest_interval_days"][here]) == {150}
    rest = base[
        ~(base["enterprise_id"].isin(mine) & (base["item_id"] == item)) & (base["cause"] == "frequency")
    ]
    kept = table[~here & (table["cause"] == "frequency")]
    assert rest.reset_index(drop=True).equals(kept.reset_index(drop=True))


@pytest.mark.parametrize(
    ("f", "days", "owed_visits"),
    [(1.0, 182, 1), (3.0, 182, 1), (3.0, 183, 2), (2.0, 365, 2), (1.5, 365, 2), (1.49, 365, 1)],
)
def test_visits_are_rounded_half_up_over_the_horizon(f, days, owed_visits, hamlet, hamlet_rules):
    """max(1, floor(f H / 365 + 1/2)), at each boundary."""
    last = hamlet.first_day + dt.timedelta(days=days - 1)
    short = dataclasses.replace(
        hamlet,
        last_day=last,
        days=dataclasses.replace(
            hamlet.days, dates=hamlet.days.dates[:days], is_workday=hamlet.days.is_workday[:days]
        ),
    )
    assert set(owed(short, hamlet_rules, visits={"*": f})["visits"]) == {owed_visits}
