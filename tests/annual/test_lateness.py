"""Longest intervals in the year: late days counted by hand, charged exactly or below, and planned where they can be."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.how_many import examples

from riskplan.annual import plan_year
from riskplan.annual.late_rows import DEARER, main_limit
from riskplan.annual.lateness import LateArcs, Span, Wait, Waits
from riskplan.audit import audit
from riskplan.joint import Content
from riskplan.progress import Stop

WEEKS = 10
SPAN = Span(7 * np.arange(WEEKS, dtype=np.int64) - 3, 7 * WEEKS - 4)


def carrying(*items):
    """Return visits that carry some items each."""
    return [Content(tuple(own), ("A",), "A", 30) for own in items]


def by_days(due, longest, weeks):
    """Return late days one by one: days of the horizon on which an item waits beyond what it may."""
    mondays = [int(SPAN.monday[w]) for w in weeks]
    ends = [m + 6 for m in mondays] + [SPAN.last]
    dues = [due] + [m + longest for m in mondays]
    late = 0
    for limit, end in zip(dues, ends, strict=True):
        if limit is not None:
            late += sum(1 for day in range(max(limit, 0) + 1, end + 1) if day > 0)
    return late


@settings(max_examples=examples(40, 600), deadline=None)
@given(
    st.one_of(st.none(), st.integers(-30, 80)),
    st.integers(8, 60),
    st.lists(st.integers(0, WEEKS - 1), max_size=4, unique=True).map(sorted),
)
def test_late_days_are_those_counted_one_by_one(due, longest, weeks):
    """First wait, waits between visits and the one to the end: the same as counting day by day."""
    assert SPAN.days(Wait(("a",), due, longest), weeks) == by_days(due, longest, weeks)


@settings(max_examples=examples(40, 600), deadline=None)
@given(
    st.lists(st.sets(st.sampled_from("abc")), min_size=1, max_size=4),
    st.tuples(st.one_of(st.none(), st.integers(-30, 60)), st.integers(8, 60)),
    st.data(),
)
def test_what_patterns_are_charged_is_never_more_and_exact_without_skipping(items, wait, data):
    """Node, gap and constant costs add up to the true late days where each item comes back at the next visit."""
    schedule = carrying(*map(sorted, items))
    waits = Waits(3, (Wait(("a", "b"), *wait), Wait(("c",), 5, 20)))
    weeks = data.draw(
        st.lists(st.integers(0, WEEKS - 1), min_size=len(items), max_size=len(items), unique=True).map(sorted)
    )
    node = np.zeros((len(items), WEEKS), dtype=np.int64)
    late, arcs = np.zeros(len(items) - 1, dtype=np.int64), LateArcs(SPAN)
    charged = arcs.add(waits, schedule, node, late)
    charged += sum(int(node[j, w]) for j, w in enumerate(weeks))
    pairs = itertools.pairwise(weeks)
    charged += sum(int(arcs.table()[late[j], after - before]) for j, (before, after) in enumerate(pairs))
    true = SPAN.cost(waits, weeks, schedule)
    assert charged <= true
    if not any(
        later != j + 1 for _, own, _ in waits.by_carriers(schedule) for j, later in itertools.pairwise(own)
    ):
        assert charged == true


@settings(max_examples=examples(30, 400), deadline=None)
@given(
    st.integers(-60, -4),
    st.integers(8, 60),
    st.lists(st.integers(0, WEEKS - 1), max_size=3, unique=True).map(sorted),
    st.integers(0, WEEKS - 1),
)
def test_a_shorter_interval_and_a_visit_less_are_never_earlier(last, longest, weeks, one_more):
    """Tightening an interval never takes late days away, one more visit never adds any."""
    loose, tight = (Wait(("a",), last + days, days) for days in (longest, longest - 1))
    assert SPAN.days(tight, weeks) >= SPAN.days(loose, weeks)
    assert SPAN.days(loose, sorted({*weeks, one_more})) <= SPAN.days(loose, weeks)


@pytest.mark.parametrize(
    ("blocked", "limit"),
    [((0, 1, 2, 3), "cap"), ((0, 1, 3), DEARER), ((), DEARER)],
)
def test_the_main_limit_is_one_that_leaves_no_week(blocked, limit):
    """A limit is named only where no week in time is free; a closed week asks nothing."""
    weeks, closed, mask = np.zeros(6, dtype=bool), np.zeros(6, dtype=bool), np.zeros(6, dtype=bool)
    weeks[:5], closed[4], mask[list(blocked)] = True, True, True
    assert main_limit([("calendar", "", closed), ("cap", "", mask)], weeks) == limit
    assert main_limit([("calendar", "", ~closed), ("cap", "", mask)], closed & ~weeks) == "calendar"


def with_share(rules, share, factor=1.5):
    """Return the rules with another price of late days and another longest interval."""
    return dataclasses.replace(
        rules,
        objective=dataclasses.replace(rules.objective, late_share=share),
        frequency=dataclasses.replace(rules.frequency, longest_interval_factor=factor),
    )


def late_days(case, plan):
    """Return the days of the horizon on which items wait too long, from the plan's tables."""
    first, last = case.first_day.toordinal(), (case.last_day - case.first_day).days
    weeks: dict[tuple[str, str], list[int]] = {}
    for name, label, items in zip(
        plan.visits["enterprise_id"], plan.visits["week"], plan.visits["items"], strict=True
    ):
        monday = dt.date.fromisocalendar(int(label[:4]), int(label[6:]), 1).toordinal() - first
        for item in items:
            weeks.setdefault((name, item), []).append(monday)
    total = 0
    for row in plan["duties"].itertuples():
        if row.longest_interval_days > 0:
            seen = dt.date.fromisoformat(row.last_done).toordinal() - first if row.last_done else None
            own = sorted(weeks.get((row.enterprise_id, row.item_id), []))
            dues = [max(0, seen + row.longest_interval_days) if seen is not None else None]
            dues += [monday + row.longest_interval_days for monday in own]
            ends = [*(monday + 6 for monday in own), last]
            total += sum(max(0, e - d) for d, e in zip(dues, ends, strict=True) if d is not None)
    return total


def test_the_year_keeps_intervals_that_it_can_keep(hamlet, hamlet_rules):
    """With a price on late days fewer of them are planned than without; the audit has nothing against either."""
    case, rules = hamlet, hamlet_rules
    plans = [plan_year(case, with_share(rules, share), stop=Stop(effort=0.3)) for share in (0.0, 0.002)]
    without, priced = (late_days(case, plan) for plan in plans)
    assert priced < without
    assert "longest-interval" in plans[0].manifest["checked_not_planned"]
    assert "longest-interval" not in plans[1].manifest["checked_not_planned"]
    assert plans[1].manifest["model"]["longest-interval"] == "safe side"
    for share, plan in zip((0.0, 0.002), plans, strict=True):
        assert not audit(case, with_share(rules, share), plan).violations
    told = plans[1]["conflicts"]
    assert (told["kind"] == "late").any()


def test_shorter_intervals_never_help_at_proven_optima(hamlet, hamlet_rules):
    """A plan proven best for shorter intervals costs at least as much as the bound, and the optimum, for longer ones."""
    case, rules = hamlet, hamlet_rules
    found = [
        plan_year(case, with_share(rules, 0.002, factor), stop=Stop(effort=0.3)) for factor in (1.5, 1.4)
    ]
    loose, tight = (plan.manifest for plan in found)
    assert loose["bound"] <= tight["objective"]["total"] + 0.01
    if loose["status"] == tight["status"] == "optimal":
        assert loose["objective"]["total"] <= tight["objective"]["total"] + 0.01
