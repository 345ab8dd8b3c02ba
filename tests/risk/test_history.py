"""What counts as history: routine visits, rechecks, complaints, accidents, gaps; and what never changes it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from history_sample import days_ago, hazard, with_rows

from riskplan.risk.events import events_of
from riskplan.risk.history import history_of


@pytest.fixture
def bare(hamlet):
    """``hamlet`` without any visits and hazards."""
    empty = {name: hamlet[name].iloc[:0] for name in ("visits", "hazards")}
    return hamlet.replace_table("visits", empty["visits"]).replace_table("hazards", empty["hazards"])


def visit(case, enterprise, days, kind="daily", number=0):
    """Return a row of visits."""
    return {
        "visit_id": f"V{enterprise}-{days}-{kind}-{number}",
        "object_kind": "enterprise",
        "object_id": enterprise,
        "date": days_ago(case, days),
        "departments": ("EM",),
        "items": (),
        "kind": kind,
        "result": "",
        "fixed": False,
        "source": "",
        "officers": (),
    }


def known(case, rules, visits=(), hazards=()):
    """Return the history of a case with further rows; the first enterprise is the one looked at."""
    return history_of(with_rows(with_rows(case, "visits", *visits), "hazards", *hazards), rules)


def name(case, at=0):
    """Return an id."""
    return case.enterprises["enterprise_id"].iat[at]


def test_a_rate_is_findings_per_routine_visit(bare, hamlet_rules):
    """Two visits a half-life apart, one general finding at the later: 1 / (1 + 1/2) with decays taken off both."""
    e, half = name(bare), hamlet_rules.score.half_life_days
    rows = [visit(bare, e, 10), visit(bare, e, 10 + half)]
    found = known(bare, hamlet_rules, rows, [hazard(bare, e, 10, "general")])
    assert found.rate[0] == pytest.approx(1 / 1.5, rel=1e-6)
    assert found.recent_rate[0] == 1.0
    assert found.prior_rate[0] == pytest.approx(1 / 1.5, rel=1e-6)
    assert found.visits[0] == pytest.approx(1.5 * 0.5 ** (10 / half))


@pytest.mark.parametrize(("late", "routine"), [(0, True), (7, True), (8, False)])
def test_a_finding_recorded_late_belongs_to_the_visit_before(late, routine, bare, hamlet_rules):
    """Up to a week after a routine visit a finding is that visit's, later it became known otherwise."""
    e = name(bare)
    case = with_rows(bare, "visits", visit(bare, e, 20))
    case = with_rows(case, "hazards", hazard(case, e, 20 - late, "general"))
    assert (events_of(case, hamlet_rules).visit >= 0).tolist() == [routine]


def test_rechecks_and_complaints_are_no_routine_visits(bare, hamlet_rules):
    """They neither count as visits of the rate nor end "never visited" by a routine visit, with any exempt kinds."""
    e = name(bare)
    rows = [visit(bare, e, 30, kind) for kind in ("recheck", "complaint", "case")]
    for exempt in (hamlet_rules.exempt_kinds, ("case",)):
        rules = dataclasses.replace(hamlet_rules, exempt_kinds=exempt)
        found = known(bare, rules, rows, [hazard(bare, e, 30, "general")])
        assert found.visits[0] == 0
        assert found.otherwise[0] > 0


def test_a_recheck_that_repeats_an_open_finding_is_no_new_history(bare, hamlet_rules):
    """The same domain still open: nothing new; closed before, or another domain: a new finding."""
    e = name(bare)
    visits = [visit(bare, e, 60), visit(bare, e, 20, "recheck")]
    first = hazard(bare, e, 60, "general", closed_on=pd.NaT)
    again = hazard(bare, e, 20, "general", kind="recheck")
    alone = known(bare, hamlet_rules, visits, [first]).findings[0]
    assert known(bare, hamlet_rules, visits, [first, again]).findings[0] == alone
    worse = {**again, "severity": "major"}
    more = known(bare, hamlet_rules, visits, [first, worse]).findings[0] - alone
    weights = hamlet_rules.score.severity_weight
    decay = 0.5 ** (20 / hamlet_rules.score.half_life_days)
    assert more == pytest.approx((weights["major"] - weights["general"]) * decay, rel=1e-5)
    for row in ({**first, "closed_on": days_ago(bare, 40)}, {**first, "domain": "another"}):
        assert known(bare, hamlet_rules, visits, [row, again]).findings[0] > alone
    later = {**first, "closed_on": days_ago(bare, -5)}
    assert known(bare, hamlet_rules, visits, [later, again]).findings[0] == alone


def test_a_complaint_and_its_visit_are_one(bare, hamlet_rules):
    """A complaint and the visit that it led to that day count once; two complaints of a day count twice."""
    e, half = name(bare), hamlet_rules.score.half_life_days
    one = hazard(bare, e, half, "general", kind="complaint")
    two = {**one, "hazard_id": "again"}
    led = visit(bare, e, half, "complaint")
    assert known(bare, hamlet_rules, [led]).complaints[0] == pytest.approx(0.5)
    assert known(bare, hamlet_rules, [led], [one]).complaints[0] == pytest.approx(0.5)
    assert known(bare, hamlet_rules, [led], [one, two]).complaints[0] == pytest.approx(1.0)


@pytest.mark.parametrize(("days", "inside"), [(1, True), (365, True), (366, False)])
def test_accidents_of_the_last_year(days, inside, bare, hamlet_rules):
    """Deaths, injuries and class are those of the last 365 days; decay is that of the latest accident."""
    e = name(bare)
    row = hazard(bare, e, days, "accident", deaths=10, serious_injuries=4)
    found = known(bare, hamlet_rules, [], [row])
    assert (found.deaths_year[0], found.injured_year[0], found.accident_class[0]) == (
        (10, 4, 3) if inside else (0, 0, 0)
    )
    assert found.accident_decay[0] == pytest.approx(0.5 ** (days / hamlet_rules.score.half_life_days))


@pytest.mark.parametrize(
    ("deadline", "closed", "late"),
    [(1, None, True), (0, None, False), (1, 1, False), (1, 0, True), (5, 3, False), (None, None, False)],
)
def test_overdue_is_what_is_known_to_be_open(deadline, closed, late, bare, hamlet_rules):
    """Past its deadline and not closed before today; a closing of today or later is not known yet."""
    days = {
        key: pd.NaT if ago is None else days_ago(bare, ago)
        for key, ago in (("deadline", deadline), ("closed_on", closed))
    }
    found = known(bare, hamlet_rules, [], [hazard(bare, name(bare), 10, "major", **days)])
    assert found.overdue[0] == found.overdue_major[0] == late


def test_gaps_are_full_months_without_a_self_report(hamlet, hamlet_rules):
    """From the last report, else from the table's first month, to the last full month; nobody has gaps without a table."""
    assert not history_of(hamlet, hamlet_rules).gaps.any()
    month = pd.Timestamp(hamlet.as_of).replace(day=1)
    first, last = name(hamlet, 0), name(hamlet, 1)
    rows = pd.DataFrame([
        {"enterprise_id": e, "date": month - pd.DateOffset(months=back), "hazards_found": 0, "source": ""}
        for e, back in ((first, 4), (first, 1), (last, 3))
    ])
    case = hamlet.replace_table("self_reports", rows)
    assert history_of(case, hamlet_rules).gaps[:3].tolist() == [0, 2, 4]


def test_who_was_never_visited_has_the_sectors_rate(bare, hamlet_rules):
    """Without a routine visit the own rate is the sector's, and what became known otherwise comes on top."""
    sector = bare.enterprises["sector"]
    at = int(np.flatnonzero(sector.duplicated(keep=False))[0])
    mate = int(np.flatnonzero((sector == sector.iat[at]).to_numpy())[1])
    seen, unseen = name(bare, at), name(bare, mate)
    rows, found = [visit(bare, seen, 5)], [hazard(bare, seen, 5, "general")]
    before = known(bare, hamlet_rules, rows, found)
    assert before.rate[mate] == before.prior_rate[mate] == before.rate[at]
    told = hazard(bare, unseen, 5, "general", kind="complaint")
    assert known(bare, hamlet_rules, rows, [*found, told]).rate[mate] > before.rate[mate]


def test_the_order_of_rows_changes_no_bit(hamlet, hamlet_rules):
    """Visits and hazards in reverse: the same history to the last bit."""
    turned = hamlet
    for table in ("visits", "hazards"):
        turned = turned.replace_table(table, hamlet[table].iloc[::-1])
    one, two = history_of(hamlet, hamlet_rules), history_of(turned, hamlet_rules)
    for key, values in vars(one).items():
        np.testing.assert_array_equal(values, getattr(two, key))
