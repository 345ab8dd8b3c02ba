"""Licences, levels, campaigns, reuse and joint visits in a rulebook: every field read, every slip told with its line."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd
import pytest

from riskplan.case.faults import fault_lines
from riskplan.errors import InputError
from riskplan.rules.diff import diff_rules
from riskplan.rules.explain import explain
from riskplan.rules.merge import layers_of, overlay
from riskplan.rules.model import (
    ApartRule,
    CampaignRules,
    ItemFilter,
    JointRules,
    LevelRules,
    LicenceRules,
    Provenance,
    RelatedRule,
    ReuseRule,
)
from riskplan.rules.owing import REUSE_SOURCES
from riskplan.rules.provenance import public_rows, unconfirmed_values
from riskplan.rules.read import read_pack, read_rules, rules_of

BASE = """extends = "plain"
[[limit]]
id = "township-load-week"
amount = 3
[[limit]]
id = "township-load-year"
amount = 60
"""
START = BASE.count("\n") + 1
"""Line of the first row of a body."""
REUSE = '[[reuse]]\nid = "r"\nsource = "{source}"\nvalidity_days = 60\n{rest}\n'


def book(body: str, case=None):
    """Return a rulebook from a text on top of ``plain``."""
    return rules_of(layers_of(BASE + body, "rules.toml"), case)


def refused(body: str, case=None):
    """Return (code, column, row in the body) of every fault; each has its sentence in both languages."""
    with pytest.raises(InputError) as error:
        book(body, case)
    faults = [f for f in error.value.faults if not f.warning]
    for lang in ("zh", "en"):
        assert not re.search(r"\{\w+\}", "".join(fault_lines(faults, lang)))
    return [(f.code, f.column, (f.row or 0) - START + 1) for f in faults]


def warned(body: str, case):
    """Return the warnings with which a rulebook reads."""
    return [(f.code, f.column, f.value, f.args) for f in book(body, case).warnings]


def reuse(source: str = "self_report", rest: str = 'domains = ["fire"]') -> str:
    """Return a row about reuse."""
    return REUSE.format(source=source, rest=rest)


FULL = """[licence]
first_days = 60
last_days = 10
[levels]
one_level = false
[campaigns]
blanket_share = 0.5
max_per_year = 4
[joint]
similar_duration = 1.5
mix_announced = false
mix_selection = false
precedence = ["enterprise-spacing", "calendar"]
[[joint.apart]]
id = "a"
these = {items = ["EM-01"]}
those = {domains = ["fire"], departments = ["MS"]}
basis = "notice"
[[joint.related]]
id = "b"
domains = ["fire", "gas"]
unconfirmed = true
[[reuse]]
id = "r"
source = "visit"
validity_days = 90
items = ["EM-01"]
domains = ["fire"]
visits = 2
departments = ["MS"]
results = ["clean"]
sectors = ["煤矿"]
tiers = ["blue"]
credit_grades = ["A"]
no_overdue = false
report_gap_months = 3
basis = "article 5"
since = "2026-01-01"
[[duty]]
items = ["EM-01"]
months = [3, 4]
"""


def test_every_field_is_read():
    """Each value of a full text arrives as written, with its basis."""
    rules = book(FULL)
    assert rules.licence == LicenceRules(60, 10)
    assert rules.levels == LevelRules(one_level=False)
    assert rules.campaigns == CampaignRules(0.5, 4)
    apart = ApartRule("a", ItemFilter(("EM-01",)), ItemFilter((), ("fire",), ("MS",)), Provenance("notice"))
    related = RelatedRule("b", ("fire", "gas"), Provenance(unconfirmed=True))
    order = ("enterprise-spacing", "calendar")
    assert rules.joint == JointRules(1.5, False, False, order, (apart,), (related,))
    assert rules.reuse == (
        ReuseRule(
            *("r", "visit", 90, ("EM-01",), ("fire",), 2, ("MS",), ("clean",), ("煤矿",), ("blue",), ("A",)),
            no_overdue=False,
            report_gap_months=3,
            provenance=Provenance("article 5", since="2026-01-01"),
        ),
    )
    assert rules.duties[0].months == (3, 4)


def test_a_rulebook_that_says_nothing_of_them_reads():
    """The pack says them; its values are the defaults, and no row is about reuse or joint visits."""
    rules, plain = book(""), read_pack("plain")
    assert (rules.licence, rules.levels, rules.campaigns, rules.joint, rules.reuse) == (
        *(LicenceRules(), LevelRules(), CampaignRules(), JointRules()),
        (),
    )
    assert plain.joint == rules.joint


def test_of_a_row_about_reuse_the_source_is_what_satisfies():
    """All four words are read; defaults: one visit, no hazard overdue, two months."""
    for source in REUSE_SOURCES:
        row = book(reuse(source)).reuse[0]
        assert (row.source, row.visits, row.no_overdue, row.report_gap_months) == (source, 1, True, 2)


def test_rows_about_reuse_merge_by_id_and_can_be_left_out():
    """A layer above replaces single fields, keeps the source and drops the basis of what it changes."""
    lower = book(FULL + '[[reuse]]\nid = "s"\nsource = "licence"\nvalidity_days = 30\ndomains = ["x"]')
    assert [row.id for row in lower.reuse] == ["r", "s"]
    layers = layers_of(BASE + FULL, "rules.toml")
    above = layers_of('[[reuse]]\nid = "r"\nvalidity_days = 30\n', "rules.toml").tree
    merged = rules_of(dataclasses.replace(layers, tree=overlay(layers.tree, above))).reuse[0]
    assert (merged.source, merged.validity_days, merged.visits) == ("visit", 30, 2)
    assert merged.provenance.basis == ""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (reuse("rumour"), ("not_allowed", "r.source", 3)),
        (reuse(rest='items = ["x"]\ntiers = ["purple"]'), ("not_allowed", "r.tiers", 6)),
        (reuse(rest=""), ("missing_key", "r.items", 1)),
        (
            reuse(rest='items = ["x"]\ndepartments = ["EM"]'),
            ("no_effect", "r.departments", 6),
        ),
        (reuse("licence", 'items = ["x"]\nresults = ["ok"]'), ("no_effect", "r.results", 6)),
        (reuse(rest='items = ["x"]\nvisits = 0'), ("number_out_of_range", "r.visits", 6)),
        (reuse(rest='items = ["x"]\nvisits = 53'), ("number_out_of_range", "r.visits", 6)),
        (
            reuse(rest='items = ["x"]\nreport_gap_months = 37'),
            ("number_out_of_range", "r.report_gap_months", 6),
        ),
        (reuse(rest='items = ["x"]\nvalidity = 3'), ("unknown_rule_key", "r.validity", 6)),
        (
            '[[reuse]]\nid = "r"\nsource = "visit"\nitems = ["x"]\nvalidity_days = 4001\n',
            ("number_out_of_range", "r.validity_days", 5),
        ),
        ('[[reuse]]\nid = "r"\nsource = "visit"\nitems = ["x"]\n', ("missing_key", "r.validity_days", 1)),
        ("[licence]\nfirst_days = 20\n", ("licence_reversed", "licence.first_days", 2)),
        ("[licence]\nfirst_days = 4001\n", ("number_out_of_range", "licence.first_days", 2)),
        ("[licence]\nlast_days = -1\n", ("negative", "licence.last_days", 2)),
        ("[levels]\none_level = 1\n", ("wrong_type", "levels.one_level", 2)),
        ("[campaigns]\nblanket_share = 0\n", ("factor_out_of_range", "campaigns.blanket_share", 2)),
        ("[campaigns]\nblanket_share = 1.1\n", ("factor_out_of_range", "campaigns.blanket_share", 2)),
        ("[campaigns]\nmax_per_year = -1\n", ("negative", "campaigns.max_per_year", 2)),
        ("[joint]\nsimilar_duration = 0.5\n", ("factor_out_of_range", "joint.similar_duration", 2)),
        ("[joint]\nsimilar = 2\n", ("unknown_rule_key", "joint.similar", 2)),
        ('[joint]\nprecedence = ["enterprise-yaer"]\n', ("unknown_precedence", "joint.precedence", 2)),
        ('[joint]\nprecedence = ["calendar", "calendar"]\n', ("order_twice", "joint.precedence", 2)),
        (
            '[[joint.apart]]\nid = "a"\nthese = {items = ["x"]}\nthose = {}\n',
            ("missing_key", "joint.apart[0].those.items", 4),
        ),
        ('[[joint.apart]]\nid = "a"\nthese = {items = ["x"]}\n', ("missing_key", "joint.apart[0].those", 1)),
        (
            '[[joint.apart]]\nid = "a"\nthese = {item = ["x"]}\nthose = {items = ["y"]}\n',
            ("unknown_rule_key", "joint.apart[0].these.item", 3),
        ),
        ('[[joint.related]]\nid = "b"\ndomains = []\n', ("missing_key", "joint.related[0].domains", 3)),
        (
            '[[joint.related]]\nid = "b"\ndomains = ["x"]\n[[joint.related]]\nid = "b"\ndomains = ["y"]\n',
            ("duplicate_row", "b", 4),
        ),
        ('[[duty]]\nitems = ["x"]\nmonths = [13]\n', ("number_out_of_range", "duty[0].months", 3)),
    ],
)
def test_slips_are_told_with_their_line(body, expected):
    """Unknown words and keys, numbers out of range, what is missing, what has no effect: key and line."""
    assert expected in refused(body)


@pytest.mark.parametrize(
    ("body", "column", "near"),
    [
        (reuse(rest='items = ["{item}x"]'), "r.items", "item"),
        (reuse(rest='domains = ["{domain}x"]'), "r.domains", "domain"),
        (reuse("visit", 'domains = ["{domain}"]\ndepartments = ["{organ}x"]'), "r.departments", "organ"),
        ('[[joint.related]]\nid = "b"\ndomains = ["{domain}x"]\n', "joint.related[0].domains", "domain"),
        *(
            (
                f'[[joint.apart]]\nid = "a"\nthose = {{items = ["{{item}}"]}}\nthese = {{{key} = ["{{{word}}}x"]}}',
                f"joint.apart[0].these.{key}",
                word,
            )
            for key, word in (("items", "item"), ("domains", "domain"), ("departments", "organ"))
        ),
    ],
)
def test_names_that_the_case_does_not_have_are_refused_with_the_nearest(body, column, near, hamlet):
    """Items, domains and departments of reuse and joint rows stand in the case."""
    row = hamlet["items"].iloc[0]
    words = {"item": row["item_id"], "domain": row["domain"], "organ": row["department_id"]}
    for key, value in words.items():
        body = body.replace(f"{{{key}}}", value)
    with pytest.raises(InputError) as error:
        book(body, hamlet)
    fault = next(f for f in error.value.faults if f.column == column)
    assert (fault.code, fault.args["near"]) == ("unknown_reference", words[near])


@pytest.mark.parametrize(
    "change",
    [
        ("first_days = 60", "first_days = 61"),
        ("one_level = false", "one_level = true"),
        ("max_per_year = 4", "max_per_year = 5"),
        ("mix_selection = false", "mix_selection = true"),
        ('domains = ["fire", "gas"]', 'domains = ["fire", "water"]'),
        ('these = {items = ["EM-01"]}', 'these = {items = ["EM-02"]}'),
        ('results = ["clean"]', 'results = ["found"]'),
        ("months = [3, 4]", "months = [3, 5]"),
    ],
)
def test_every_change_changes_the_fingerprint_and_is_told(change):
    """Another value is another rulebook and a line of the diff; another basis is neither."""
    old, new = book(FULL), book(FULL.replace(*change))
    assert old.fingerprint != new.fingerprint
    (told,) = diff_rules(old, new)
    assert told.kind == "changed"
    other = book(FULL.replace('basis = "article 5"', 'basis = "article 6"'))
    assert other.fingerprint == old.fingerprint
    assert diff_rules(old, other) == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_they_are_told_in_sentences(lang):
    """Settings and rows have a sentence with their basis; what nobody has seen is left out of a public text."""
    rules = book(FULL)
    told = {s.key: s.line(lang) for s in explain(rules, lang)}
    keys = {"licence.first_days", "levels.one_level", "campaigns.blanket_share", "campaigns.max_per_year"}
    keys |= {f"joint.{k}" for k in ("similar_duration", "mix_announced", "mix_selection", "precedence")}
    keys |= {"r", "joint.apart.a", "joint.related.b", "duty[0].months"}
    assert keys <= set(told)
    assert not [line for line in told.values() if re.search(r"\{\w+\}|explain\.", line)]
    assert "article 5" in told["r"]
    for part in ("EM-01", "fire", "MS", "clean", "煤矿", "90", "3"):
        assert part in told["r"]
    public = {s.key for s in explain(rules, lang, public=True)}
    assert keys - public == {"joint.related.b"}
    assert "b" in unconfirmed_values(rules)
    assert "b" not in {row.id for row in public_rows(rules)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_row_that_is_added_is_told_whole(lang):
    """Rows that another rulebook does not have are told as sentences."""
    changes = {c.key: c for c in diff_rules(book(""), book(FULL), lang)}
    assert {"r", "joint.a", "joint.b"} <= {key for key, c in changes.items() if c.kind == "added"}
    assert "EM-01" in changes["joint.a"].new
    back = {c.key: c.kind for c in diff_rules(book(FULL), book(""), lang)}
    assert back["r"] == "removed"


def two_of_one_name(case, name="Fire  Extinguishers", other="fire extinguishers"):
    """Return the case with two on-site items of different departments under one name, and their ids."""
    items = case["items"]
    first = items[items["mode"] == "on_site"].iloc[0]
    second = items[(items["mode"] == "on_site") & (items["department_id"] != first["department_id"])].iloc[0]
    names = items["name"].where(items["item_id"] != first["item_id"], name)
    names = names.where(items["item_id"] != second["item_id"], other)
    return case.replace_table("items", items.assign(name=names)), first["item_id"], second["item_id"]


def test_items_of_one_name_that_departments_owe_differently_are_told(hamlet):
    """Told once with both standards; not when they agree, nor when one is owed nowhere, nor for one department."""
    case, first, second = two_of_one_name(hamlet)
    duty = '[[duty]]\nitems = ["{}"]\nvisits = {{"*" = {}}}\n'

    def told(*pairs):
        found = warned("".join(duty.format(item, n) for item, n in pairs), case)
        return [(column, value, args) for code, column, value, args in found if code == "duty_differs"]

    (one,) = told((first, 2), (second, 3))
    assert one[:2] == ("duty[1]", "Fire  Extinguishers")
    assert (one[2]["here"], one[2]["there"]) == ("2/365 d, <= 273 d", "3/365 d, <= 182 d")
    assert told((first, 2), (second, 2)) == []
    assert told((first, 2)) == []
    organ = case["items"].set_index("item_id").loc[first, "department_id"]
    same = case["items"]["department_id"].where(case["items"]["item_id"] != second, organ)
    case = case.replace_table("items", case["items"].assign(department_id=same))
    assert told((first, 2), (second, 3)) == []


def campaigns(case, **scope):
    """Return the case with two campaigns, the second of the given scope."""
    days = {"first": pd.Timestamp(case.first_day), "last": pd.Timestamp(case.last_day)}
    empty = dict.fromkeys(("sectors", "grades", "sizes", "tiers", "townships", "items"), ())
    row = {"name": "n", "approval": "a", "kind": "special", **empty, **days}
    nobody = {**row, "campaign_id": "K0", "sectors": ("nothing",)}
    table = pd.DataFrame([nobody, {**row, "campaign_id": "K1", **scope}])[list(case["campaigns"].columns)]
    return case.replace_table("campaigns", table)


def test_a_campaign_that_selects_a_whole_sector_is_told(hamlet):
    """From the share on, for each sector that it touches, with the numbers; by tier only where tiers are known."""
    frame = hamlet.enterprises[hamlet.enterprises["status"] == "active"]
    sector, count = frame["sector"].value_counts().index[0], int(frame["sector"].value_counts().iloc[0])
    size = frame[frame["sector"] == sector]["size"].value_counts()
    assert 1 < size.iloc[0] < count

    def told(share, **scope):
        found = warned(f"[campaigns]\nblanket_share = {share}\n", campaigns(hamlet, **scope))
        return [(value, args) for code, _, value, args in found if code == "campaign_blanket"]

    assert told(0.9, sectors=(sector,)) == [
        ("K1", {"sector": sector, "count": str(count), "all": str(count)})
    ]
    assert {args["sector"] for _, args in told(0.9)} == set(frame["sector"])
    part = size.iloc[0] / count
    narrow = {"sectors": (sector,), "sizes": (size.index[0],)}
    assert len(told(round(part - 0.001, 4), **narrow)) == 1
    assert told(round(part + 0.001, 4), **narrow) == []
    assert told(0.9, sectors=(sector,), tiers=("red", "orange", "yellow", "blue")) == []


def test_too_many_campaigns_are_refused(hamlet):
    """More than ``max_per_year`` in the horizon is a fault; as many are not, and 0 is no limit."""
    case = campaigns(hamlet, sectors=("nothing",))
    assert ("campaigns_too_many", "campaigns.max_per_year", 2) in refused(
        "[campaigns]\nmax_per_year = 1\n", case
    )
    for most in (0, 2):
        assert book(f"[campaigns]\nmax_per_year = {most}\n", case).campaigns.max_per_year == most


def test_a_file_names_its_own_line(tmp_path):
    """A fault in a row of a table inside a section stands at the line of the file."""
    path = tmp_path / "rules.toml"
    path.write_text(BASE + '[joint]\n\n[[joint.related]]\nid = "b"\n\ndomains = [1]\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_rules(path)
    assert [(f.file, f.row) for f in error.value.faults] == [("rules.toml", START + 5)]
