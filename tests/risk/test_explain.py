"""A score in words: a red and a blue enterprise as people read them, every kind of ground, and who is meant."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from history_sample import days_ago, hazard, with_rows
from typer.testing import CliRunner

from riskplan.case.read import read_case
from riskplan.cli.app import app
from riskplan.errors import InputError
from riskplan.risk import explain, score
from riskplan.rules.model import AutomaticRule, TierRules
from riskplan.rules.read import read_rules

YONGCHUN = Path(__file__).parents[2] / "data" / "yongchun"
GOLDEN = Path(__file__).parent / "explained"
SHOWN = {"red": "E01282", "blue": "E00002"}
"""Files ``explained/<tier>.<language>.txt``; write them again with ``python tests/risk/test_explain.py``."""
NOT_SAID = re.compile(r"score\.[a-z_]+|\{\w+\}|\bNone\b|\bnan\b")


@pytest.fixture(scope="module")
def yongchun():
    """The sample county, its rules and scores."""
    case = read_case(YONGCHUN)
    rules = read_rules(YONGCHUN / "rules.toml", case)
    return case, rules, score(case, rules)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("tier", sorted(SHOWN))
def test_a_red_and_a_blue_enterprise_are_told_as_the_golden_files_say(tier, lang, yongchun):
    """The whole explanation, word by word; the enterprise has the tier that its file is named for."""
    told = explain(*yongchun[:2], SHOWN[tier], lang, yongchun[2]).text()
    assert told == (GOLDEN / f"{tier}.{lang}.txt").read_text(encoding="utf-8")
    assert ("红色" if lang == "zh" else "Red") in told.splitlines()[0] or tier == "blue"


def test_enterprises_can_be_told(hamlet, hamlet_rules):
    """No sentence of every third enterprise holds a key, a gap or a missing value, and the sum is the score."""
    table = score(hamlet, hamlet_rules).table.set_index("enterprise_id")
    for e in hamlet.enterprises["enterprise_id"].iloc[::3]:
        for lang in ("zh", "en"):
            told = explain(hamlet, hamlet_rules, e, lang).text()
            assert not NOT_SAID.search(told)
            total = re.search(r"= (\d+)(?:\.| 分。)$", told, re.MULTILINE)
            assert int(total[1]) == table.loc[e, "score"]


def told(case, rules, e, lang="en"):
    """Return an explanation as one text."""
    text = explain(case, rules, e, lang).text()
    assert not NOT_SAID.search(text)
    return text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_facts_rules_and_people_are_told(lang, hamlet, hamlet_rules):
    """Accident, complaint, missing reports, new business, installation, rule, override and class are in the text."""
    frame = hamlet.enterprises
    e = frame["enterprise_id"].iat[0]
    first = frame["enterprise_id"] == e
    frame = frame.assign(
        major_hazard_level=first.map({True: 1, False: -1}),
        opened_on=first.map({True: days_ago(hamlet, 30), False: None}).astype("datetime64[s]"),
        credit_grade=first.map({True: "D", False: ""}),
        inspection_class=first.map({True: "focus", False: ""}),
    )
    case = hamlet.replace_table("enterprises", frame)
    case = with_rows(
        case,
        "hazards",
        hazard(hamlet, e, 20, "accident", deaths=1),
        hazard(hamlet, e, 10, kind="complaint", deadline=days_ago(hamlet, 2)),
    )
    case = with_rows(case, "self_reports", {"enterprise_id": e, "date": days_ago(hamlet, 100)})
    said = {"enterprise_id": e, "author": "Office X", "reason": "Reason Y", "tier": "yellow"}
    case = with_rows(case, "overrides", {**said, "date": days_ago(hamlet, 4), "until": days_ago(hamlet, -50)})
    points = dataclasses.replace(hamlet_rules.score, credit_order=("A", "D"), credit_max=4)
    text = told(case, dataclasses.replace(hamlet_rules, score=points), e, lang)
    rules = (
        ("亡人事故", "重大危险源")
        if lang == "zh"
        else ("fatal accident", "hazard installation of level 1 or 2")
    )
    for word in ("Office X", "Reason Y", "D”", *rules):
        assert word in text
    assert ("已决定" if lang == "zh" else "Decided") in text
    assert text.count(str(hamlet.as_of)[:4]) >= 2


@pytest.mark.parametrize(
    ("until", "words"), [(None, "seen."), (0, "until 2026-11-20: seen."), (1, "not used any more")]
)
def test_decisions_of_people_are_told_in_force_and_ended(until, words, hamlet, hamlet_rules):
    """Who decided what when and why; until when, where that is said; that it is over, where it is."""
    e = hamlet.enterprises["enterprise_id"].iat[1]
    row = {"enterprise_id": e, "tier": "red", "author": "o", "reason": "seen", "date": days_ago(hamlet, 9)}
    ends = {} if until is None else {"until": days_ago(hamlet, until)}
    text = told(with_rows(hamlet, "overrides", {**row, **ends}), hamlet_rules, e)
    assert words in text
    assert ("when they withdraw it" in text) is (until != 1)


def test_thresholds_inactive_premises_and_lists_are_told(hamlet, hamlet_rules):
    """A threshold tier names its scores, a closed firm is blue, a list is the ground of a proposal."""
    e = hamlet.enterprises["enterprise_id"].iat[0]
    shares = hamlet_rules.tiers.shares
    cuts = {"red": 70, "orange": 50, "yellow": 1}
    tiers = TierRules(shares, by="thresholds", thresholds=cuts, focus_lists=("debtors",))
    rules = dataclasses.replace(hamlet_rules, tiers=tiers)
    frame = hamlet.enterprises
    listed = [("debtors",) if x == e else () for x in frame["enterprise_id"]]
    case = hamlet.replace_table("enterprises", frame.assign(policy_list=listed))
    text = told(case, rules, e)
    assert "1 to 49 is Yellow" in text
    assert "below 1 points it would be Blue" in text
    assert "the list debtors" in text
    closed = case.replace_table("enterprises", frame.assign(status="closed"))
    assert "not active: Blue" in told(closed, rules, e)


@pytest.mark.parametrize(
    "rule",
    [
        AutomaticRule("r", "accident_class_year", "orange", amount=1),
        AutomaticRule("r", "serious_injuries_year", "orange", amount=3),
        AutomaticRule("r", "overdue_major_hazard", "orange", sectors=("x",)),
        AutomaticRule("r", "policy_list", "orange", lists=("debtors",)),
    ],
)
def test_every_rule_has_words_for_what_ends_it(rule, hamlet, hamlet_rules):
    """Each kind of rule is told with its basis' place and how it ends, in both languages."""
    e = hamlet.enterprises["enterprise_id"].iat[0]
    frame = hamlet.enterprises.assign(sector="x", policy_list=[("debtors",)] * len(hamlet.enterprises))
    case = with_rows(
        hamlet.replace_table("enterprises", frame),
        "hazards",
        hazard(hamlet, e, 9, "accident", serious_injuries=3),
        hazard(hamlet, e, 9, "major", deadline=days_ago(hamlet, 2)),
    )
    rules = dataclasses.replace(hamlet_rules, automatic=(rule,))
    assert "the rule “r” ends" in told(case, rules, e)
    assert "规则“r”" in told(case, rules, e, "zh")


def test_an_enterprise_is_found_by_id_or_by_a_name_of_its_own(hamlet, hamlet_rules):
    """A name that stands once is as good as the id; one that stands twice, or nowhere, is refused with the nearest."""
    frame = hamlet.enterprises
    e, name = frame["enterprise_id"].iat[3], frame["name"].iat[3]
    assert explain(hamlet, hamlet_rules, name, "zh") == explain(hamlet, hamlet_rules, e, "zh")
    twice = hamlet.replace_table("enterprises", frame.assign(name="Same"))
    for case, asked, code, near in (
        (twice, "Same", "ambiguous_enterprise", frame["enterprise_id"].iat[0]),
        (hamlet, e + "0", "unknown_enterprise", e),
    ):
        with pytest.raises(InputError) as refused:
            explain(case, hamlet_rules, asked, "zh")
        assert [f.code for f in refused.value.faults] == [code]
        assert near in refused.value.faults[0].args["near"]


def test_the_command_explains_one_enterprise(hamlet, hamlet_folder):
    """``score CASE --explain ID`` prints the sentences and ends with 0; an unknown id ends with 2 and the nearest."""
    e = hamlet.enterprises["enterprise_id"].iat[3]
    good = CliRunner().invoke(app, ["score", str(hamlet_folder), "--explain", e, "--lang", "en", "--quiet"])
    assert good.exit_code == 0
    assert "What would lower it" in good.output
    bad = CliRunner().invoke(app, ["score", str(hamlet_folder), "--explain", e + "0", "--lang", "en"])
    assert bad.exit_code == 2
    assert e in bad.output
    assert "Traceback" not in bad.output


def write_golden() -> None:
    """Write the golden files of the enterprises shown."""
    case = read_case(YONGCHUN)
    rules = read_rules(YONGCHUN / "rules.toml", case)
    for tier, e in SHOWN.items():
        for lang in ("zh", "en"):
            path = GOLDEN / f"{tier}.{lang}.txt"
            path.write_text(explain(case, rules, e, lang).text(), encoding="utf-8")


if __name__ == "__main__":
    write_golden()
