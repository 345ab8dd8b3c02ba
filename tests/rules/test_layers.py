"""Layers of a rulebook: order of the packs, rows left out, provenance that goes with its value, places in files."""

from __future__ import annotations

import pytest

from riskplan.errors import InputError
from riskplan.rules.merge import layers_for, layers_of, places_of, sources_of
from riskplan.rules.model import Filter, Limit, Provenance
from riskplan.rules.provenance import (
    is_government,
    public_basis,
    public_rows,
    public_sources,
    read_provenance,
)
from riskplan.rules.read import read_pack, read_rules, rules_of
from riskplan.rules.scopes import SILENT, counts_kind, fits_filter, premises_amounts
from riskplan.text.wording import worded

LOADS = """
[[limit]]
id = "township-load-week"
amount = 3
[[limit]]
id = "township-load-year"
amount = 60
"""


def book(text):
    """Return a rulebook from a text; rows that an office must state are stated."""
    return rules_of(layers_of(text + LOADS, "rules.toml"))


def refused(text):
    """Return the faults with which a text is refused."""
    with pytest.raises(InputError) as error:
        rules_of(layers_of(text, "rules.toml"), whole=False)
    return [(f.code, f.file, f.row, f.column) for f in error.value.faults]


def test_later_packs_win_and_each_is_laid_once():
    """``chicago`` after ``uk-food`` brings its own numbers; what both extend is laid below them, once."""
    layers = layers_of('extends = ["uk-food", "plain", "chicago"]\n', "rules.toml")
    assert layers.files == ("plain.toml", "uk-food.toml", "chicago.toml", "rules.toml")
    assert layers.tree["day"]["max_visits"] == 6
    assert book('extends = ["chicago", "chengdu-alarms"]\n').day.setup == 10


def test_rows_are_left_out_by_id():
    """``without`` drops limits and quiet days of the packs; an id that is not there is a fault with its line."""
    rules = book('extends = "chengdu-alarms"\nwithout = ["chengdu-day", "enterprise-year"]\n')
    assert not {"chengdu-day", "enterprise-year"} & {row.id for row in rules.limits}
    assert ("unknown_row", "rules.toml", 3, "without[0]") in refused(
        'extends = "plain"\n\nwithout = ["enterprise-yaer"]\n'
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('\nextends = "plan"\n', ("unknown_pack", "rules.toml", 2, "extends")),
        ('extends = [\n"plain",\n"nosuch"]\n', ("unknown_pack", "rules.toml", 1, "extends[1]")),
        ("x = \n", ("unreadable_toml", "rules.toml", 1, None)),
        (
            'extends = "plain"\n[day]\n\nsetup = {value = 15, base = "x"}\n',
            ("unknown_rule_key", "rules.toml", 4, "day.setup.base"),
        ),
        (
            'extends = "plain"\n[day]\nsetup = {value = 15, source = "see https://blog.example.com/x"}\n',
            ("foreign_address", "rules.toml", 3, "day.setup.source"),
        ),
        (
            'extends = "plain"\n[day]\nsetup = {value = 15, since = "soon"}\n',
            ("wrong_type", "rules.toml", 3, "day.setup.since"),
        ),
        (
            'extends = "plain"\n[crew]\nmax_people = {large = 8, medum = 3}\n',
            ("sizes_incomplete", "rules.toml", 3, "crew.max_people"),
        ),
    ],
)
def test_faults_of_layers_have_their_line(text, found):
    """Packs, syntax, provenance: each fault at its own line."""
    assert found in refused(text)


def test_a_new_value_loses_the_old_basis():
    """What a basis was stated for is gone with it: an office's number never borrows the law of the pack."""
    kept = book('extends = "plain"\n[[limit]]\nid = "organ-enterprise-year"\nhard = false\n')
    changed = book('extends = "plain"\n[[limit]]\nid = "organ-enterprise-year"\namount = 2\n')
    assert kept.limit("organ-enterprise-year").provenance.basis
    assert changed.limit("organ-enterprise-year").provenance == Provenance()
    assert "frequency.visits.blue" in kept.provenance
    own = book('extends = "plain"\n[frequency.visits]\nblue = 1\n')
    assert "frequency.visits.blue" not in own.provenance


def test_places_and_sources_are_told_by_dotted_key():
    """Keys, rows by id and rows by number are found at their lines; sources at their keys."""
    text = 'extends = "plain"\n[day]\nsetup = {value = 9, basis = "b"}\n\n[[quiet]]\nid = "q"\nmode = "days_1_25"\n'
    layers = layers_of(text + '[[duty]]\nitems = ["x"]\n', "rules.toml")
    places = places_of(layers.tree)
    lines = {
        key: (places[key].file, places[key].line) for key in ("day.setup", "q", "q.mode", "duty[0].items")
    }
    assert lines == {
        "day.setup": ("rules.toml", 3),
        "q": ("rules.toml", 5),
        "q.mode": ("rules.toml", 7),
        "duty[0].items": ("rules.toml", 9),
    }
    assert places["day.max_visits"].file == "plain.toml"
    assert sources_of(layers.tree)["day.setup"].basis == "b"


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://www.gov.cn/zhengce/1.htm", True),
        ("jiashan.gov.cn/col/1", True),
        ("https://www.legislation.gov.uk/uksi/2015/483", True),
        ("https://www.msha.gov/", True),
        ("https://eur-lex.europa.eu/x", True),
        ("https://www.gov.cn.example.com/", False),
        ("https://mygov.com/", False),
        ("https://gov.cn@evil.example/", False),
        ("ftp://x.gov.cn/", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_government_sites_are_addresses(address, good):
    """Hosts of governments in any country; look-alikes are not."""
    assert is_government(address) is good
    _, troubles = read_provenance({"source": {"issuer": "x", "address": address}})
    assert [code for _, code, _, _ in troubles] == ([] if good or not address else ["foreign_address"])
    _, marked = read_provenance({"source": {"address": address}, "unconfirmed": True})
    assert marked == []


def test_a_basis_may_be_given_in_both_languages():
    """Basis and source in two languages are told to each reader in his own; one language tells all; dates are shared."""
    both = {"zh": "第五条", "en": "article 5"}
    found, troubles = read_provenance({
        "basis": both,
        "source": {"issuer": {"zh": "县政府", "en": "county"}, "date": "2026"},
    })
    assert troubles == []
    assert [worded(found.basis, lang) for lang in ("zh", "en")] == ["第五条", "article 5"]
    assert [worded(found.source, lang) for lang in ("zh", "en")] == ["县政府，2026", "county, 2026"]
    one, _ = read_provenance({"basis": {"zh": "第五条"}, "source": both})
    assert (one.basis, worded(one.source, "en")) == ("第五条", "article 5")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"basis": {"fr": "x"}}, "basis.fr"),
        ({"basis": {"zh": 5}}, "basis.zh"),
        ({"source": {"zh": "x", "date": "2026"}}, "source.date"),
        ({"source": {"issuer": {"zn": "x"}}}, "source.issuer.zn"),
    ],
)
def test_another_language_is_a_fault(table, key):
    """Languages that riskplan does not speak, numbers, and a source that is both forms at once are told."""
    assert [at for at, *_ in read_provenance(table)[1]] == [key]


def test_languages_of_a_basis_change_no_fingerprint():
    """A basis in one or two languages, or none, is the same rulebook."""
    row = 'extends = "plain"\n[[limit]]\nid = "enterprise-year"\namount = 3\n'
    said = [book(row + more).fingerprint for more in ("", 'basis = "x"\n', 'basis = {zh = "x", en = "y"}\n')]
    assert len(set(said)) == 1


def test_nothing_unconfirmed_is_public():
    """Rows and values that nobody has seen are in no public list, and their basis is not quoted."""
    text = 'extends = "plain"\n[[limit]]\nid = "enterprise-year"\namount = 3\nbasis = "heard"\nunconfirmed = true\n'
    rules = book(text)
    assert "enterprise-year" not in {row.id for row in public_rows(rules)}
    assert "frequency.visits.blue" not in public_sources(rules)
    assert public_basis(rules.limit("enterprise-year").provenance, "zh") == ""
    assert public_basis(rules.limit("organ-enterprise-year").provenance, "zh").startswith("同一机关")


def test_a_name_is_a_pack_a_file_or_a_case(hamlet_folder):
    """Packs, files and case folders are told apart by what exists."""
    assert layers_for("plain").files == ("plain.toml", "./plain.toml")
    assert layers_for(str(hamlet_folder)).files[-1] == "rules.toml"
    for name, code in (("plian", "unknown_pack"), ("x/rules.toml", "missing_file")):
        with pytest.raises(InputError) as error:
            layers_for(name)
        assert [f.code for f in error.value.faults] == [code]
    with pytest.raises(InputError):
        read_pack("plian")


def test_filters_and_amounts_of_premises(hamlet):
    """Each field of a filter narrows; amounts follow ``by``; premises outside say nothing."""
    frame = hamlet.enterprises
    tiers = ["red" if i % 2 else "blue" for i in range(len(frame))]
    one = frame.iloc[3]
    lists = [("key", "white") if i == 3 else () for i in range(len(frame))]
    case = hamlet.replace_table("enterprises", frame.assign(policy_list=lists))
    assert fits_filter(case, Filter(), tiers).all()
    for row_filter, expected in (
        (Filter(sectors=(one["sector"],)), frame["sector"] == one["sector"]),
        (Filter(grades=(one["grade"],)), frame["grade"] == one["grade"]),
        (Filter(sizes=(one["size"],)), frame["size"] == one["size"]),
        (Filter(townships=(one["township_code"],)), frame["township_code"] == one["township_code"]),
        (Filter(tiers=("red",)), frame.index % 2 == 1),
        (Filter(policy_lists=("white", "other")), frame.index == 3),
    ):
        assert fits_filter(case, row_filter, tiers).tolist() == list(expected)
    row = Limit(
        "x", "cap", "enterprise", "year", "visits", {one["size"]: 5}, by="size", filter=Filter(tiers=("red",))
    )
    said = premises_amounts(case, row, tiers)
    fits = (frame["size"] == one["size"]) & (frame.index % 2 == 1)
    assert said.tolist() == [5 if fit else SILENT for fit in fits]


def test_kinds_that_count(hamlet_rules):
    """Named kinds count and no others, exempt ones too; without names all but the exempt ones (S2)."""
    plain = Limit("x", "cap", "enterprise", "year", "visits", {"*": 1}, kinds_exempt=("special",))
    named = Limit("y", "cap", "enterprise", "year", "visits", {"*": 1}, kinds_counted=("complaint",))
    assert [counts_kind(plain, hamlet_rules, k) for k in ("daily", "special", "complaint")] == [
        True,
        False,
        False,
    ]
    assert [counts_kind(named, hamlet_rules, k) for k in ("daily", "complaint")] == [False, True]
    bound = [row for row in hamlet_rules.limits if row.kind == "spacing" and row.binds_planned()]
    assert {row.id for row in bound} == {"enterprise-spacing"}


def test_a_file_with_a_byte_order_mark_or_another_encoding(tmp_path):
    """UTF-8 with a mark reads; another encoding is a fault and no traceback."""
    path = tmp_path / "rules.toml"
    text = f'extends = "plain"\nname = "规则"\n{LOADS}'
    path.write_text(text, encoding="utf-8-sig")
    assert read_rules(path).name == "规则"
    path.write_text(text, encoding="gb18030")
    with pytest.raises(InputError) as error:
        read_rules(path)
    assert [f.code for f in error.value.faults] == ["unreadable_toml"]
