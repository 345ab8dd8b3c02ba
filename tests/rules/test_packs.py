"""The packs that come with riskplan: each reads, says its published figures, and tells where they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskplan.case.read import read_case
from riskplan.joint import merge
from riskplan.risk import duties, score
from riskplan.rules.merge import layers_of, pack_names
from riskplan.rules.model import TIERS
from riskplan.rules.provenance import is_government, unconfirmed_values
from riskplan.rules.read import read_pack, read_rules, rules_of
from riskplan.rules.scopes import fits_filter, premises_amounts

ROOT = Path(__file__).parents[2]
ROWS = """
[[limit]]
id = "township-load-week"
amount = 3
[[limit]]
id = "township-load-year"
amount = 60
"""


def pack(name):
    """Return a pack laid over plain, with the rows that an office states itself."""
    return rules_of(layers_of(f'extends = ["plain", "{name}"]\nname = "test"\n{ROWS}', "rules.toml"))


def test_the_packs_are_those_named():
    """Seven packs ship."""
    named = {"plain", "chicago", "shanxi-2025", "chengdu-alarms", "uk-food", "msha", "seveso"}
    assert set(pack_names()) == named


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_reads_alone_and_on_top_of_plain(name):
    """Named alone or after plain, a pack is the same rulebook but for the rows that an office states itself."""
    alone, above = read_pack(name), pack(name)
    assert alone.name == name
    assert {row.id for row in above.limits} - {row.id for row in alone.limits} == {
        "township-load-week",
        "township-load-year",
    }
    assert alone.frequency == above.frequency


@pytest.mark.parametrize("name", pack_names())
def test_every_row_of_a_pack_says_where_it_comes_from(name):
    """Each row and each frequency of an own key has a basis, and no address but of a government site."""
    rules = read_pack(name)
    assert all(row.provenance.basis for row in (*rules.limits, *rules.quiet))
    sources = [row.provenance for row in rules.limits] + list(rules.provenance.values())
    assert all(not p.text.address or is_government(p.text.address) for p in sources)
    if name not in {"plain", "chicago", "shanxi-2025", "chengdu-alarms"}:
        assert all(f"frequency.visits.{key}" in rules.provenance for key in rules.frequency.visits)


def test_plain_has_the_agreed_numbers():
    """Tiers, owed visits, spacing and caps of the default pack."""
    rules = read_pack("plain")
    assert [rules.tiers.shares[t] for t in TIERS] == [0.03, 0.12, 0.35, 0.50]
    assert [round(rules.frequency.visits[t], 4) for t in TIERS] == [4, 2, 1, 0.3333]
    amounts = {row.id: [row.amount_for(t) for t in TIERS] for row in rules.limits}
    assert amounts["enterprise-spacing"] == [60, 120, 180, 365]
    assert amounts["organ-enterprise-year"] == [4, 2, 2, 1]
    assert amounts["enterprise-year"] == [6, 4, 3, 2]


def test_plain_gives_no_conflict_by_itself_on_yongchun():
    """Every visit that the default pack asks for on the sample county is possible under its own limits."""
    folder = ROOT / "data" / "yongchun"
    case = read_case(folder)
    rules = read_rules(folder / "rules.toml", case)
    assert {row.id for row in rules.limits} == {
        *(row.id for row in read_pack("plain").limits),
        "township-load-week",
        "township-load-year",
    }
    assert len(case.enterprises) == 1500
    scores = score(case, rules)
    joint = merge(case, rules, scores, duties(case, rules, scores))
    assert len(joint.merged) > 500
    assert len(joint.conflicts) == 0


SHANXI = {
    ("煤矿", "A"): 2,
    ("煤矿", "B"): 4,
    ("煤矿", "C"): 6,
    ("煤矿", "D"): 4,
    ("非煤矿山", "A"): 1,
    ("非煤矿山", "B"): 1,
    ("非煤矿山", "C"): 2,
    ("非煤矿山", "D"): 4,
    ("危险化学品", "一级"): 2,
    ("危险化学品", "二级"): 4,
    ("危险化学品", "三级"): 8,
    ("危险化学品", "未达标"): 12,
    ("冶金", "未达标"): 12,
    ("纺织服装", "一级"): 1,
    ("纺织服装", "二级"): 2,
    ("纺织服装", "三级"): 4,
    ("纺织服装", "未达标"): 6,
}


def test_shanxi_has_all_published_caps(hamlet, tmp_path):
    """For each sector and grade exactly one row says the published number."""
    frame = hamlet.enterprises.copy()
    frame.loc[: len(SHANXI) - 1, "sector"] = [sector for sector, _ in SHANXI]
    frame.loc[: len(SHANXI) - 1, "grade"] = [grade for _, grade in SHANXI]
    case = hamlet.replace_table("enterprises", frame)
    path = tmp_path / "rules.toml"
    path.write_text(f'extends = "shanxi-2025"\n{ROWS}', encoding="utf-8")
    rules, tiers = read_rules(path, case), ["blue"] * len(frame)
    caps = [row for row in rules.limits if row.scope == "organ-enterprise" and row.binds_planned()]
    said = [premises_amounts(case, row, tiers).tolist() for row in caps]
    for index, amount in enumerate(SHANXI.values()):
        assert [column[index] for column in said if column[index] >= 0] == [amount]
    others = rules.limit("shanxi-others")
    assert set(others.filter.sectors) == set(frame["sector"]) - set(others.filter.sectors_except)
    assert rules.fingerprint == read_rules(path).fingerprint


def test_shanxi_counts_supervision_apart():
    """Three supervision visits a year have a counter of their own; planned visits do not use it."""
    row = pack("shanxi-2025").limit("shanxi-supervision")
    assert (row.amount_for("red"), row.kinds_counted, row.binds_planned()) == (3, ("supervision",), False)


def test_a_county_without_other_sectors_has_no_premises_under_the_row(hamlet, tmp_path):
    """``sectors_except`` of every sector there is means nobody, never everybody."""
    frame = hamlet.enterprises.assign(sector="煤矿", grade="A")
    path = tmp_path / "rules.toml"
    path.write_text(f'extends = "shanxi-2025"\n{ROWS}', encoding="utf-8")
    case = hamlet.replace_table("enterprises", frame)
    row = read_rules(path, case).limit("shanxi-others")
    assert not fits_filter(case, row.filter, ["blue"] * len(frame)).any()


def test_chengdu_alarms():
    """More than one visit a day, two a week, three a month, and three clean visits of one officer in a year."""
    rules = pack("chengdu-alarms")
    rows = {row.window: row for row in rules.limits if row.kind == "alarm" and row.scope == "enterprise"}
    assert {window: row.amount_for("red") for window, row in rows.items()} == {
        "day": 1,
        "week": 2,
        "month": 3,
    }
    clean = rules.limit("chengdu-clean")
    assert clean.combination() == ("alarm", "officer", "rolling", "clean-visits")
    assert (clean.amount_for("EM"), clean.rolling_days) == (3, 365)
    assert all(row.provenance.since == "2025-05-01" for row in (*rows.values(), clean))


@pytest.mark.parametrize(
    ("name", "by", "visits", "days"),
    [
        (
            "uk-food",
            "grade",
            {"A": 12 / 6, "B": 12 / 12, "C": 12 / 18, "D": 12 / 24, "E": 12 / 36},
            {"A": 183, "B": 365, "C": 548, "D": 730, "E": 1095},
        ),
        ("msha", "sector", {"underground": 4, "surface": 2}, None),
        ("seveso", "grade", {"upper": 1, "lower": 1 / 3}, {"upper": 365, "lower": 1095}),
    ],
)
def test_fixed_frequencies(name, by, visits, days):
    """6/12/18/24 months, 4 and 2 a year, 1 and 3 years; the tiers of plain are gone, and so are its caps."""
    rules = pack(name)
    assert rules.frequency.by == by
    assert rules.frequency.visits == pytest.approx(visits, abs=1e-5)
    assert rules.frequency.longest_interval_days == days
    assert [row.id for row in rules.limits] == ["township-load-week", "township-load-year"]


def test_what_was_quoted_from_memory_is_unconfirmed():
    """Nobody has seen the article of the Seveso pack; the texts of the other foreign packs were read."""

    def own(name):
        return [key for key in unconfirmed_values(read_pack(name)) if key.startswith("frequency.")]

    tables = ("longest_interval_days", "visits")
    assert own("seveso") == [f"frequency.{t}.{key}" for t in tables for key in ("lower", "upper")]
    assert own("uk-food") == own("msha") == own("shanxi-2025")[:0] == []


def test_premises_without_a_frequency_are_counted(hamlet, tmp_path):
    """A pack keyed by grade tells how many premises of the case have a grade that it does not name."""
    path = tmp_path / "rules.toml"
    path.write_text(f'extends = "uk-food"\n{ROWS}', encoding="utf-8")
    told = {w.code: w for w in read_rules(path, hamlet).warnings}
    assert told["no_frequency"].args["count"] == str(len(hamlet.enterprises))
    assert told["meets_nothing"].value == "A, B, C, D, E"
