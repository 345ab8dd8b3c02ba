"""Settings changed as an official says them: officers, leave, caps, quiet days, any number of the rules."""

from __future__ import annotations

import pytest

from riskplan.case.staffing import officers_of
from riskplan.errors import InputError
from riskplan.rules.capacity import capacity_of
from riskplan.rules.changes import with_changes
from riskplan.rules.settings import Setting, known_keys, read_settings


@pytest.fixture(scope="module")
def change(hamlet, hamlet_rules):
    """Return case and rules of ``hamlet`` with settings changed."""
    return lambda *texts: with_changes(hamlet, hamlet_rules, read_settings(texts))


def faults_of(change, *texts):
    with pytest.raises(InputError) as error:
        change(*texts)
    return [(f.code, f.column) for f in error.value.faults]


def test_no_settings_change_nothing(hamlet, hamlet_rules, change):
    """Without settings the very same case and rules come back."""
    case, rules = change()
    assert case is hamlet
    assert rules is hamlet_rules


@pytest.mark.parametrize(("value", "more"), [("+2", 2), ("-1", -1)])
def test_officers_more_or_fewer(hamlet, hamlet_rules, change, value, more):
    """Officers relative to those there are; the year then has the minutes of so many."""
    case, rules = change(f"officers.EM={value}")
    had = officers_of(hamlet, "EM")
    assert len(officers_of(case, "EM")) == len(had) + more
    assert case.fingerprint != hamlet.fingerprint
    before, after = capacity_of(hamlet, hamlet_rules), capacity_of(case, rules)
    at = before.departments.index("EM")
    assert after.officers[at] - before.officers[at] == more
    assert list(case["officers"]["officer_id"]) == sorted(case["officers"]["officer_id"])
    assert dict(case["officers"].dtypes) == dict(hamlet["officers"].dtypes)


def test_a_number_of_officers(hamlet, change):
    """A number without a sign is that number; the case that stays the same keeps its fingerprint."""
    had = len(officers_of(hamlet, "FIRE"))
    assert len(officers_of(change("officers.FIRE=3")[0], "FIRE")) == 3
    assert change(f"officers.FIRE={had}")[0].fingerprint == hamlet.fingerprint


def test_leave_of_an_officer(hamlet, hamlet_rules, change):
    """An officer away takes crew-days in those weeks and no others."""
    officer = officers_of(hamlet, "EM")[0]
    case, rules = change(f"leave.{officer}=2027-03-01..2027-03-12")
    assert len(case["leave"]) == len(hamlet["leave"]) + 1
    lost = capacity_of(hamlet, hamlet_rules).crew_visits - capacity_of(case, rules).crew_visits
    assert (lost >= 0).all()


def test_a_cap_for_all_and_for_one(hamlet_rules, change):
    """``cap.<id>`` changes every amount of a row, ``cap.<id>.<key>`` one; other rows stay."""
    name = "organ-enterprise-year"
    old = hamlet_rules.limit(name).amount
    assert change(f"cap.{name}=+1")[1].limit(name).amount == {k: v + 1 for k, v in old.items()}
    rules = change(f"cap.{name}.red=9")[1]
    assert rules.limit(name).amount == {**old, "red": 9}
    assert rules.fingerprint != hamlet_rules.fingerprint
    same = [row for row in rules.limits if row.id != name]
    assert same == [row for row in hamlet_rules.limits if row.id != name]


def test_quiet_days_of_a_span(change):
    """Days of two months become a row for each month; ``1..25`` one row for all months."""
    rows = change("quiet.2027-05-30..2027-06-02=on")[1].quiet
    assert [(row.months, row.days) for row in rows[-2:]] == [((5,), (30, 31)), ((6,), (1, 2))]
    rows = change("quiet.1..25=on")[1].quiet
    assert rows[-1].days == tuple(range(1, 26))


def test_quiet_rows_can_be_taken_away(hamlet, change):
    """A row of the rulebook is switched off by its id."""
    case, rules = change("quiet.1..5=on")
    assert len(with_changes(case, rules, [Setting("quiet.whatif-quiet-1..5", "off")])[1].quiet) == len(
        change()[1].quiet
    )


def test_any_number_of_the_rules(hamlet_rules, change):
    """Dotted keys as in rules.toml; signs are relative."""
    assert change("capacity.travel_allowance=30")[1].capacity.travel_allowance == 30
    more = change("capacity.travel_allowance=+5")[1].capacity.travel_allowance
    assert more == hamlet_rules.capacity.travel_allowance + 5
    assert change("objective.unplanned.red=7")[1].objective.unplanned["red"] == 7.0
    assert change("day.shift_start=08:00")[1].day.shift_start == 480
    assert change("crew.officers_per_department=1")[1].crew.officers_per_department == 1


def test_the_fingerprint_is_that_of_rules_written_so(hamlet_rules, change):
    """Setting what holds already changes no fingerprint: it is made as reading makes it."""
    allowance = hamlet_rules.capacity.travel_allowance
    assert change(f"capacity.travel_allowance={allowance}")[1].fingerprint == hamlet_rules.fingerprint


def test_unknown_keys_are_answered_with_the_nearest(hamlet, hamlet_rules):
    """All unknown keys are told at once, each with known ones."""
    with pytest.raises(InputError) as error:
        with_changes(hamlet, hamlet_rules, read_settings(["capacity.travel_alowance=3", "officer.EM=+1"]))
    near = {f.column: f.args["near"] for f in error.value.faults}
    assert "capacity.travel_allowance" in near["capacity.travel_alowance"]
    assert "officers.EM" in near["officer.EM"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("officers.EM", "setting_form"),
        ("=3", "setting_form"),
        ("nonsense=1", "setting_unknown"),
        ("quiet.nonsense=off", "setting_unknown"),
        ("officers.EM=many", "setting_number"),
        ("officers.EM=-999", "setting_number"),
        ("cap.organ-enterprise-year=1.5", "setting_number"),
        ("quiet.1..25=off", "setting_switch"),
        ("quiet.9..3=on", "setting_days"),
        ("quiet.2031-01-01..2031-01-09=on", "setting_days"),
        ("quiet.2027-02-30=on", "setting_days"),
        ("capacity.travel_allowance=long", "wrong_type"),
        ("crew.officers_per_department=0", "negative"),
        ("day.shift_start=25:99", "not_a_clock"),
        ("day.shift_start=23:00", "day_reversed"),
        ("quiet.1..31=on", "quiet_closes_all"),
    ],
)
def test_what_cannot_be_set_is_refused(change, text, code):
    """Each refusal names the setting or the rule that it breaks."""
    assert faults_of(change, text)[0][0] == code


def test_a_key_stands_once(change):
    """Two values for one key are a slip."""
    assert faults_of(change, "officers.EM=3", "officers.EM=4") == [("setting_twice", "officers.EM")]


def test_every_known_key_can_be_set(hamlet, hamlet_rules):
    """No key that is offered as a near one is refused as unknown: every scalar takes its own value."""
    keys = known_keys(hamlet, hamlet_rules)
    assert len(keys) == len(set(keys))
    for key in (k for k in keys if k.startswith(("officers.E", "cap.o", "capacity.", "objective.u"))):
        with_changes(hamlet, hamlet_rules, [Setting(key, "+0")])
