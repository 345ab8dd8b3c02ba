"""Points, thresholds and automatic rules of a rulebook: read, merged, refused, told."""

from __future__ import annotations

import dataclasses

import pytest

from riskplan.errors import InputError
from riskplan.rules.diff import diff_rules
from riskplan.rules.explain import explain
from riskplan.rules.provenance import public_rows, unconfirmed_values
from riskplan.rules.read import read_pack, read_rules
from riskplan.rules.sections import IntensityRules

HEAD = """extends = "plain"
name = "test"
"""
TOWNSHIP = """
[[limit]]
id = "township-load-week"
amount = 3

[[limit]]
id = "township-load-year"
amount = 60
"""


@pytest.fixture
def read(tmp_path):
    """Read a rulebook that extends ``plain``; return how."""

    def of(body: str, case=None, head: str = ""):
        path = tmp_path / "rules.toml"
        path.write_text(f"{head}{HEAD}{body}{TOWNSHIP}", encoding="utf-8")
        return read_rules(path, case)

    return of


def refused(read, body):
    """Return (code, key) of every fault of a body."""
    with pytest.raises(InputError) as told:
        read(body)
    return [(f.code, f.column) for f in told.value.faults]


THRESHOLDS = '[tiers]\nby = "thresholds"\nthresholds = {red = 70, orange = 50, yellow = 30}\n'


def test_thresholds_take_the_place_of_shares(read):
    """A rulebook may cut tiers at scores."""
    tiers = read(THRESHOLDS).tiers
    assert (tiers.by, tiers.thresholds) == ("thresholds", {"red": 70, "orange": 50, "yellow": 30})


@pytest.mark.parametrize(
    ("body", "code", "key"),
    [
        (THRESHOLDS.replace("50", "70"), "thresholds_order", "tiers.thresholds"),
        (THRESHOLDS.replace("70", "101"), "thresholds_order", "tiers.thresholds"),
        (THRESHOLDS.replace("30", "0"), "thresholds_order", "tiers.thresholds"),
        (THRESHOLDS.replace(", yellow = 30", ""), "tiers_incomplete", "tiers.thresholds"),
        ('[tiers]\nby = "thresholds"\n', "missing_key", "tiers.thresholds"),
        (THRESHOLDS.replace('by = "thresholds"', 'by = "shares"'), "no_effect", "tiers.thresholds"),
        ('[tiers]\nby = "luck"\n', "not_allowed", "tiers.by"),
        ('[tiers]\nfocus_tiers = ["purple"]\n', "not_allowed", "tiers.focus_tiers"),
        ("[score.severity_weight]\nmajor = 0.5\n", "severity_order", "score.severity_weight"),
        ("[score.severity_weight]\nawful = 9.0\n", "not_allowed", "score.severity_weight.awful"),
        ("[score.installation_points]\n5 = 1\n", "not_allowed", "score.installation_points.5"),
        ('[score]\ngrade_order = ["A", "A"]\ngrade_max = 3\n', "order_twice", "score.grade_order"),
        ('[score]\ngrade_order = ["A", "B"]\n', "order_and_max", "score.grade_max"),
        ("[score]\ncredit_max = 3\n", "order_and_max", "score.credit_order"),
        ("[score]\ntrend_max = 60\n", "points_over_100", "score"),
        ("[score]\nhistory_per_hazard = 3.0\n", "unknown_rule_key", "score.history_per_hazard"),
    ],
)
def test_points_and_tiers_that_make_no_sense_are_refused(body, code, key, read):
    """Each slip has its own fault at its own key."""
    assert (code, key) in refused(read, body)


RULE = '[[automatic]]\nid = "x"\nwhen = "fatal_accident_year"\nat_least = "red"\n'


@pytest.mark.parametrize(
    ("row", "code", "key"),
    [
        (RULE.replace("fatal_accident_year", "bad_mood"), "not_allowed", "x.when"),
        (RULE.replace('"red"', '"blue"'), "not_allowed", "x.at_least"),
        (RULE + "amount = 0\n", "number_out_of_range", "x.amount"),
        (RULE + "levels = [1]\n", "no_effect", "x.levels"),
        (RULE + 'lists = ["a"]\n', "no_effect", "x.lists"),
        (RULE.replace("fatal_accident_year", "major_hazard_installation"), "missing_key", "x.levels"),
        (RULE.replace("fatal_accident_year", "policy_list"), "missing_key", "x.lists"),
        (
            RULE.replace("fatal_accident_year", "major_hazard_installation") + "levels = [5]\n",
            "number_out_of_range",
            "x.levels",
        ),
        (
            RULE.replace("fatal_accident_year", "policy_list") + 'lists = ["a"]\namount = 2\n',
            "no_effect",
            "x.amount",
        ),
        (RULE + "deaths = 1\n", "unknown_rule_key", "x.deaths"),
        (RULE.replace('"x"', '"enterprise-year"'), "duplicate_row", "enterprise-year"),
    ],
)
def test_automatic_rules_that_make_no_sense_are_refused(row, code, key, read):
    """A rule looks at known facts, raises to a tier above blue, and says nothing that has no effect."""
    assert (code, key) in refused(read, row)


def test_automatic_rules_merge_by_id_and_may_be_left_out(read):
    """A rulebook changes single fields of a pack's rule, adds its own, and does without others."""
    body = '[[automatic]]\nid = "serious-injuries"\namount = 5\n\n' + RULE
    rules = read(body, head='without = ["overdue-major-hazard"]\n')
    found = {row.id: row for row in rules.automatic}
    assert found["serious-injuries"].amount == 5
    assert found["serious-injuries"].at_least == "red"
    assert not found["serious-injuries"].provenance.basis
    assert "overdue-major-hazard" not in found
    assert rules.automatic[-1].id == "x"


def test_automatic_rules_are_told_and_compared(read):
    """Explained with basis in both languages, compared field by field, grounds that nobody has seen never public."""
    rules = read('[[automatic]]\nid = "serious-injuries"\namount = 5\n\n' + RULE)
    zh = {s.key: s.line("zh") for s in explain(rules, "zh")}
    en = {s.key: s.line("en") for s in explain(rules, "en")}
    assert "死亡" in zh["fatal-accident"]
    assert "【未核实】" in zh["fatal-accident"]
    assert "level 1, 2" in en["major-hazard-installation"]
    told = {c.key: (c.kind, c.old, c.new) for c in diff_rules(read_pack("plain"), rules)}
    assert told["serious-injuries.amount"] == ("changed", "3", "5")
    assert told["x"][0] == "added"
    assert "fatal-accident" in unconfirmed_values(rules)
    assert "fatal-accident" not in [row.id for row in public_rows(rules)]


def test_every_value_of_the_intensity_is_told(read):
    """One sentence a key in both languages, accidents by class in words, with what the file changes."""
    plain = {s.key for s in explain(read_pack("plain"), "en") if s.key.startswith("intensity.")}
    assert plain == {f"intensity.{f.name}" for f in dataclasses.fields(IntensityRules)}
    rules = read('[intensity]\nmodel = "rates"\nhalf_life_days = 400\nbandwidth_km = 0\nleast = 0.1\n')
    en = {s.key: s.text for s in explain(rules, "en")}
    zh = {s.key: s.text for s in explain(rules, "zh")}
    assert "half after 400 days" in en["intensity.half_life_days"]
    assert "do not count" in en["intensity.bandwidth_km"]
    assert "below 0.1 hazards" in en["intensity.least"]
    assert en["intensity.accident_factor"].endswith("ordinary 1, larger 2, major 4, extra-major 8.")
    assert "特别重大 8" in zh["intensity.accident_factor"]
    assert "400 天" in zh["intensity.half_life_days"]
    assert "pooled" in {s.key: s.text for s in explain(read_pack("plain"), "zh")}["intensity.model"]


def test_seasons_are_told_with_months_and_sectors(read):
    """A season says when, where and how much faster, and that the year's mean stays."""
    rows = '[[season]]\nmonths = [6, 7]\nfactor = 1.5\n\n[[season]]\nmonths = [12]\nfactor = 0.8\nsectors = ["S1"]\n'
    en = [s.text for s in explain(read(rows), "en") if s.key.startswith("season")]
    zh = [s.text for s in explain(read(rows), "zh") if s.key.startswith("season")]
    assert ["6, 7" in en[0], "all sectors" in en[0], "1.5 times" in en[0], "S1" in en[1]] == [True] * 4
    assert zh[0].startswith("各行业在 6、7 月")


def test_every_rule_of_the_plain_pack_says_where_it_comes_from():
    """Automatic rules have a basis in both languages; assumptions say that they are."""
    for row in read_pack("plain").automatic:
        assert row.provenance.basis.zh
        assert row.provenance.basis.en


def test_letters_as_grades_without_a_direction_are_told(read, hamlet):
    """A, B, C, D count in both directions: a rulebook that says neither is warned and the key is named."""
    frame = hamlet.enterprises.assign(grade="B", credit_grade="C级")
    case = hamlet.replace_table("enterprises", frame)
    told = [(w.code, w.column) for w in read("", case).warnings]
    assert ("grade_direction", "score.grade_order") in told
    assert ("grade_direction", "score.credit_order") in told
    said = '[score]\ngrade_order = ["A", "B", "C", "D"]\ngrade_max = 5\n[score.credit_points]\n"C级" = 2\n'
    assert "grade_direction" not in [w.code for w in read(said, case).warnings]


def test_a_list_that_nobody_is_on_is_told_in_the_offices_own_file_only(read, hamlet):
    """A pack may name lists that a county does not keep; an office that names one most likely misspelt it."""
    assert "meets_nothing" not in [w.code for w in read("", hamlet).warnings]
    own = read('[tiers]\nfocus_lists = ["nobody"]\n', hamlet)
    assert ("meets_nothing", "tiers.focus_lists") in [(w.code, w.column) for w in own.warnings]


def test_rules_without_provenance_have_the_same_fingerprint(read):
    """A basis beside a rule changes no plan, its tier does."""
    plain = read(RULE).fingerprint
    assert read(RULE + 'basis = "y"\n').fingerprint == plain
    assert read(RULE.replace('"red"', '"orange"')).fingerprint != plain
