"""Every rule has a breaker: the audit finds exactly that rule, its figure and the rows that prove it."""

from __future__ import annotations

import pytest

from audit.breakers import BREAKERS, RULE_OF_LINE, SPARED
from audit.breakers_excuses import exchange_of_two_spared
from audit.county import county
from audit.judged import ALL, judged
from riskplan.audit import CHECKS, LIMIT_CHECKS
from riskplan.rules.support import support_lines


def test_the_lawful_county_breaks_nothing():
    """The county as it is has not a single finding."""
    report = county().audit()
    assert report.findings == ()
    assert report.ok
    assert [c.name for c in report.checks] == [f.__name__.removeprefix("check_") for f in CHECKS]


@pytest.mark.parametrize("name", ALL)
def test_breaker_is_found_exactly(name):
    """A broken rule is found with its excess and evidence, and no other rule is broken."""
    broken, report = judged(name)
    expected = {broken.rule} if broken.severity == "violation" else set()
    assert {f.rule for f in report.violations} - set(broken.also) == expected
    found = [f for f in report.findings if f.rule == broken.rule]
    assert {f.severity for f in found} == {broken.severity}
    assert (broken.excess, tuple(sorted(broken.evidence))) in [(f.excess, f.evidence) for f in found]
    assert report.ok == (broken.severity != "violation")


@pytest.mark.parametrize("rule", sorted(SPARED))
def test_rule_just_kept_is_not_found(rule):
    """A rule that is only just kept is not found, nor is any other violation."""
    report = SPARED[rule]().audit()
    assert report.violations == ()
    assert rule not in {f.rule for f in report.findings}


@pytest.mark.parametrize("name", sorted(BREAKERS))
def test_breaker_stands_under_its_own_rule(name):
    """The registry's key is the rule that its breaker breaks."""
    assert BREAKERS[name]().rule == name


def test_every_line_of_the_support_table_has_a_check_and_a_breaker():
    """What the support table says the audit judges is judged by a listed check and shown by a breaker."""
    lines = {
        (s.kind, s.scope, s.window, s.unit) for s in support_lines() if s.audit in {"exact", "audit only"}
    }
    assert set(LIMIT_CHECKS) == lines
    assert set(RULE_OF_LINE) == lines
    assert set(LIMIT_CHECKS.values()) <= {f.__name__ for f in CHECKS}
    assert set(RULE_OF_LINE.values()) <= set(BREAKERS)


def test_two_visits_of_which_one_is_pinned_are_no_exchange():
    """The red duty that two visits keep out stays out where one of the two may not go."""
    assert exchange_of_two_spared().audit().violations == ()
