"""Reading a rulebook: packs, provenance, and every fault told with its place and a remedy."""

from __future__ import annotations

import tomllib

import pytest

from riskplan.errors import InputError
from riskplan.rules.merge import overlay, pack_names
from riskplan.rules.model import TIERS, Provenance
from riskplan.rules.read import read_rules

TOWNSHIP = """
[[limit]]
id = "township-load-week"
amount = {"*" = 3, "350525100" = 5}

[[limit]]
id = "township-load-year"
amount = 60
"""
HEAD = 'extends = "plain"\nname = "test"\n'


@pytest.fixture
def rules_file(tmp_path):
    """Write a rules file that extends ``plain`` and states the township rows; return how."""

    def write(body: str = "", *, townships: str = TOWNSHIP, head: str = HEAD):
        path = tmp_path / "rules.toml"
        path.write_text(head + body + townships, encoding="utf-8")
        return path

    return write


def faults_of(path, case=None):
    """Return the faults with which a rulebook is refused."""
    with pytest.raises(InputError) as refused:
        read_rules(path, case)
    return refused.value.faults


def test_a_pack_and_two_rows_make_a_rulebook(rules_file):
    """``plain`` plus the required township rows is whole, and keeps the pack's values."""
    rules = read_rules(rules_file())
    assert rules.name == "test"
    assert rules.frequency.visits["red"] == 4
    week = rules.limit("township-load-week")
    assert week.combination() == ("cap", "township", "week", "visits")
    assert (week.amount_for("350525100"), week.amount_for("350525999")) == (5, 3)
    assert rules.limit("organ-enterprise-year").amount_for("red") == 4
    assert set(rules.tiers.shares) == set(TIERS)
    assert len(rules.fingerprint) == 64


def test_every_pack_reads_as_it_is_meant(rules_file):
    """Both shipped packs can be extended."""
    assert set(pack_names()) >= {"plain", "chicago"}
    for pack in pack_names():
        assert read_rules(rules_file(head=f'extends = "{pack}"\n')).name == pack


def test_a_row_overrides_fields_of_the_packs_row_by_id(rules_file):
    """Only what the office writes changes; the rest of the pack's row stays."""
    body = '\n[[limit]]\nid = "enterprise-year"\namount = {red = 9, orange = 4, yellow = 3, blue = 2}\nbasis = "ours"\n'
    row = read_rules(rules_file(body)).limit("enterprise-year")
    assert row.amount_for("red") == 9
    assert row.kind == "cap"
    assert row.provenance.basis == "ours"


def test_a_table_overrides_key_by_key(rules_file):
    """One tier's frequency changes, the other three stay."""
    visits = read_rules(rules_file("[frequency.visits]\nred = 6\n")).frequency.visits
    assert visits == {"red": 6.0, "orange": 2.0, "yellow": 1.0, "blue": 0.333333}


def test_overlay_keeps_its_inputs():
    """Laying one tree over another changes neither."""
    base, top = (
        {"a": {"b": 1}, "limit": [{"id": "x", "n": 1}]},
        {"a": {"c": 2}, "limit": [{"id": "x", "n": 2}]},
    )
    assert overlay(base, top) == {"a": {"b": 1, "c": 2}, "limit": [{"id": "x", "n": 2}]}
    assert base == {"a": {"b": 1}, "limit": [{"id": "x", "n": 1}]}


@pytest.mark.parametrize(
    ("body", "path", "near"),
    [
        ("[capacity]\nweek_flexx = 2.0\n", "capacity.week_flexx", "week_flex"),
        (
            "[crew]\nofficers_per_departement = 2\n",
            "crew.officers_per_departement",
            "officers_per_department",
        ),
        ("[frequncy.visits]\nred = 1\n", "frequncy", "frequency"),
        ('[[duty]]\nitem = ["EM-01"]\n', "duty[0].item", "items"),
        ('[[limit]]\nid = "enterprise-year"\namout = 3\n', "enterprise-year.amout", "amount"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_one(body, path, near, rules_file):
    """A typing error never passes for a rule; the message names the key that was probably meant, and its line."""
    faults = [f for f in faults_of(rules_file(body)) if f.code == "unknown_rule_key"]
    assert [(f.column, f.args["near"]) for f in faults] == [(path, near)]
    assert faults[0].row is not None
    assert faults[0].file == "rules.toml"


@pytest.mark.parametrize("missing", ["week", "year"])
def test_a_missing_township_row_is_refused(missing, rules_file):
    """The township load has no default: a rulebook that is silent about it is no rulebook."""
    other = {"week": "year", "year": "week"}[missing]
    only = f'\n[[limit]]\nid = "township-load-{other}"\namount = 3\n'
    faults = faults_of(rules_file(townships=only))
    assert [(f.code, f.column) for f in faults] == [("missing_limit", f"township-load-{missing}")]
    assert faults[0].args["row"] == f"cap, township, {missing}, visits"


def test_both_missing_township_rows_are_told_at_once(rules_file):
    """Two omissions are two faults of one report."""
    assert [f.code for f in faults_of(rules_file(townships=""))] == ["missing_limit", "missing_limit"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('kind = "cap"\nscope = "officer"\nwindow = "day"\nunit = "people"\namount = 3', "limit_refused"),
        ('kind = "cap"\nscope = "village"\nwindow = "year"\nunit = "people"\namount = 3', "limit_refused"),
        (
            'kind = "spacing"\nscope = "enterprise"\nwindow = "year"\nunit = "visits"\namount = 3',
            "limit_refused",
        ),
        (
            'kind = "cap"\nscope = "department"\nwindow = "week"\nunit = "officer-minutes"\namount = 3',
            "limit_refused",
        ),
        ('kind = "floor"\nscope = "officer"\nwindow = "year"\nunit = "visits"\namount = 3', "limit_refused"),
        ('kind = "ban"\nscope = "township"\nwindow = "week"\nunit = "visits"\namount = 3', "not_allowed"),
        ('kind = "cap"\nscope = "township"\nwindow = "week"\nunit = "visits"\namount = -3', "wrong_type"),
        ('kind = "cap"\nscope = "township"\nwindow = "week"\nunit = "visits"\namount = 2.5', "wrong_type"),
        ('kind = "cap"\nscope = "township"\nwindow = "week"\nunit = "visits"\namount = true', "wrong_type"),
        (
            'kind = "cap"\nscope = "township"\nwindow = "week"\nunit = "visits"\namount = {"*" = "3"}',
            "wrong_type",
        ),
        ('kind = "cap"\nscope = "township"\nwindow = "week"\nunit = "visits"', "wrong_type"),
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused(row, code, rules_file):
    """Unsupported combinations and amounts that are no whole numbers >= 0 end in a fault that names the row."""
    faults = faults_of(rules_file(f'\n[[limit]]\nid = "mine"\n{row}\n'))
    assert [f.code for f in faults] == [code]
    assert faults[0].column.startswith("mine")


def test_values_carry_their_provenance(rules_file):
    """``{value = ..., basis = ...}`` reads as the value; basis, source and date are kept by dotted key."""
    body = '[crew]\nofficers_per_department = {value = 1, basis = "decree 7", source = "county", since = "2026-01-01"}\n'
    rules = read_rules(rules_file(body))
    assert rules.crew.officers_per_department == 1
    assert rules.provenance["crew.officers_per_department"] == Provenance("decree 7", "county", "2026-01-01")
    assert rules.provenance["frequency.visits.blue"].unconfirmed
    assert rules.limit("organ-enterprise-year").provenance.since == "2025-06-30"


def test_provenance_does_not_change_the_fingerprint(rules_file):
    """A basis written beside a value changes no plan, the value does."""
    plain = read_rules(rules_file("[day]\nsetup = 15\n")).fingerprint
    assert read_rules(rules_file('[day]\nsetup = {value = 15, basis = "x"}\n')).fingerprint == plain
    assert read_rules(rules_file("[day]\nsetup = 16\n")).fingerprint != plain


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ("[tiers.shares]\npurple = 0.0\n", "tiers_incomplete", "tiers.shares"),
        ("[frequency.visits]\ngreen = 1\n", "tiers_incomplete", "frequency.visits"),
        ("[objective.unplanned]\ngreen = 1\n", "tiers_incomplete", "objective.unplanned"),
        ("[tiers.shares]\nred = 0.5\n", "shares_not_one", "tiers.shares"),
        ("[capacity]\nother_enforcement_share = 0.7\n", "no_capacity", "capacity.other_enforcement_share"),
        ("[capacity]\nreserve_share = 0.9\n", "no_capacity", "capacity.reserve_share"),
        ('[day]\nshift_start = "18:00"\n', "day_reversed", "day.shift_start"),
        ('[day]\nlunch_from = "noon"\n', "not_a_clock", "day.lunch_from"),
        ("[score]\nhistory_max = 90\n", "points_over_100", "score"),
        ("[crew]\nofficers_per_department = 0\n", "negative", "crew.officers_per_department"),
        ("[day]\nsetup = -1\n", "negative", "day.setup"),
        ('[day]\nsetup = "15"\n', "wrong_type", "day.setup"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(body, code, path, rules_file):
    """Incomplete tiers, shares that do not add up, days that end before they begin: each has its own fault."""
    assert (code, path) in [(f.code, f.column) for f in faults_of(rules_file(body))]


def test_a_tier_left_out_of_a_pack_of_ones_own_is_refused(tmp_path):
    """Without a pack behind it a table must name all four tiers."""
    plain = tomllib.loads(_plain_text())
    assert set(plain["tiers"]["shares"]) == set(TIERS)
    path = tmp_path / "rules.toml"
    path.write_text(_plain_text().replace("yellow = 0.35\n", "", 1) + TOWNSHIP, encoding="utf-8")
    found = {(f.code, f.column) for f in faults_of(path)}
    assert ("tiers_incomplete", "tiers.shares") in found
    assert ("shares_not_one", "tiers.shares") in found


def _plain_text() -> str:
    from importlib import resources

    return resources.files("riskplan.rules").joinpath("packs", "plain.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "code"),
    [("[crew\n", "unreadable_toml"), ('extends = "nosuch"\n', "unknown_pack")],
)
def test_a_file_that_is_no_rulebook_is_refused(text, code, tmp_path):
    """Broken TOML and unknown packs end in one fault."""
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    assert [f.code for f in faults_of(path)] == [code]


def test_a_missing_file_is_refused(tmp_path):
    """No rules file, no rulebook."""
    assert [f.code for f in faults_of(tmp_path / "rules.toml")] == ["missing_file"]


def test_names_are_checked_against_the_case(hamlet, hamlet_folder, tmp_path):
    """Items, tiers, townships and departments that the case does not have are named with their rows."""
    path = tmp_path / "rules.toml"
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    text = text.replace('"EM-01"', '"EM-99"', 1).replace('"350525100" =', '"999999999" =', 1)
    path.write_text(text.replace('= "HOUSING"\n', '= "NOSUCH"\n', 1), encoding="utf-8")
    found = {f.value for f in faults_of(path, hamlet) if f.code == "unknown_reference"}
    assert found == {"EM-99", "999999999", "NOSUCH"}
    assert read_rules(hamlet_folder / "rules.toml", hamlet).duties


def test_all_faults_are_told_at_once(rules_file):
    """A rulebook with five faults is refused once, with five faults."""
    body = (
        '[capacity]\nweek_flexx = 2.0\n[day]\nsetup = "x"\nlunch_from = "25:00"\n[crew]\nmin_officers = -1\n'
    )
    codes = [f.code for f in faults_of(rules_file(body, townships=TOWNSHIP.replace("60", '"many"')))]
    assert sorted(codes) == ["negative", "not_a_clock", "unknown_rule_key", "wrong_type", "wrong_type"]
