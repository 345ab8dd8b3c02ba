"""What is owed under frequencies by other properties, stated intervals, and duties that fall due (S3)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest

from riskplan.risk import duties, score


def owed(case, rules, **changes):
    """Return the duties under a changed general frequency; duty rules keep no frequency of their own."""
    plain = tuple(dataclasses.replace(rule, visits=None) for rule in rules.duties)
    frequency = dataclasses.replace(rules.frequency, **changes)
    rules = dataclasses.replace(rules, duties=plain, frequency=frequency)
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
