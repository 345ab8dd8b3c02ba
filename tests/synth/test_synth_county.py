"""The generator makes lawful, reproducible, visibly fictional case folders of any size."""

import csv
import datetime as dt
import json
import re
import tomllib
from collections import Counter, defaultdict

import pytest
import shapely

from riskplan.case.read import read_case
from riskplan.errors import RiskplanError
from riskplan.joint import merge
from riskplan.risk import duties
from riskplan.risk.scoring import score
from riskplan.rules.read import read_rules
from riskplan.synth import make_county
from riskplan.synth.county import draw_county
from riskplan.synth.days import is_workday
from riskplan.synth.files import FILES
from riskplan.synth.staff import UTILISATION, certified_officers, expected_minutes
from riskplan.text import say


def rows(folder, table):
    """Return the rows of a table as dictionaries."""
    text = (folder / f"{table}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def content(folder):
    """Return file name -> bytes."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return the folder of a county of 240 enterprises."""
    return make_county(tmp_path_factory.mktemp("county"), enterprises=240, seed=5)


def test_same_arguments_give_the_same_bytes(county, tmp_path):
    """The folder is a function of size and seed."""
    assert content(make_county(tmp_path, enterprises=240, seed=5)) == content(county)


def test_another_seed_gives_another_county(county, tmp_path):
    """Seeds matter; the real places do not change."""
    other = content(make_county(tmp_path, enterprises=240, seed=6))
    mine = content(county)
    assert other["enterprises.csv"] != mine["enterprises.csv"]
    assert other["townships.csv"] == mine["townships.csv"]


@pytest.mark.parametrize(("count", "seed"), [(29, 1), (10_001, 1), (100, -1)])
def test_sizes_out_of_range_are_refused(tmp_path, count, seed):
    """Fewer than 30, more than 10,000 or a negative seed: an error, and nothing written."""
    with pytest.raises(RiskplanError, match=r"synth\.(size|seed)"):
        make_county(tmp_path / "case", enterprises=count, seed=seed)
    assert not (tmp_path / "case").exists()


def test_an_office_folder_is_never_overwritten(tmp_path):
    """A folder with foreign files is refused and left alone; an earlier fictional county is replaced."""
    (tmp_path / "enterprises.csv").write_text("ours", encoding="utf-8")
    with pytest.raises(RiskplanError, match=r"synth\.occupied.*enterprises\.csv"):
        make_county(tmp_path, enterprises=30, seed=1)
    assert [p.name for p in tmp_path.iterdir()] == ["enterprises.csv"]
    folder = make_county(tmp_path / "new", enterprises=30, seed=1)
    first = content(folder)
    make_county(folder, enterprises=30, seed=2)
    assert content(folder) != first
    assert set(first) == set(FILES) - {"road_nodes.csv", "roads.csv"}, (
        "roads are made where they are asked for"
    )


def test_messages_exist_in_both_languages():
    """Each refusal has a sentence in Chinese and English with all values filled in."""
    for lang in ("zh", "en"):
        for key, values in (
            ("synth.size", {"enterprises": 5, "fewest": 30, "most": 10_000}),
            ("synth.seed", {"seed": -1}),
            ("synth.occupied", {"folder": "office", "files": "a.csv"}),
        ):
            text = say(key, lang, **values)
            assert not text.startswith("synth.")
            assert all(str(value) in text for value in values.values())


def test_files_are_tidy(county):
    """Tables carry a BOM, line feeds only, and rows in the order of their ids."""
    for path in county.glob("*.csv"):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in data
        first = [line.split(",")[0] for line in data.decode("utf-8-sig").splitlines()[1:]]
        assert first == sorted(first), path.name


def test_case_says_that_it_is_fictional(county):
    """The case file marks data and boundaries and credits the points."""
    case = tomllib.loads((county / "case.toml").read_text(encoding="utf-8"))
    assert case["fictional"] is True
    assert case["boundary_note"] == "示意图,非行政区划界线"
    assert "CC BY 4.0" in case["credit"]
    assert case["as_of"] == dt.date(2026, 11, 20)
    assert case["horizon"] == {"first": dt.date(2027, 1, 1), "last": dt.date(2027, 12, 31)}


def test_nothing_looks_like_a_real_enterprise(county):
    """Names follow one pattern, credit codes carry an organ code that does not exist."""
    for row in rows(county, "enterprises"):
        assert re.fullmatch(r"样例企业-[一-龥]{2,3}-\d{4}", row["name"])
        assert re.fullmatch(r"(91350525XX\d{6}[0-9X][0-9A-Y])?", row["credit_code"])
    assert len({r["name"] for r in rows(county, "enterprises")}) == 240


def test_points_lie_inside_their_own_township(county):
    """Every enterprise and every invented village point lies inside its schematic polygon as written."""
    features = json.loads((county / "townships.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {f["properties"]["township_code"]: shapely.geometry.shape(f["geometry"]) for f in features}
    assert len(shapes) == 22
    invented = [v for v in rows(county, "villages") if v["point_source"] == "synthetic"]
    for row in rows(county, "enterprises") + invented:
        point = shapely.Point(float(row["lon"]), float(row["lat"]))
        assert shapes[row["township_code"]].contains(point), row


def test_villages_belong_to_the_enterprise_township(county):
    """Codes nest: a village's code starts with its township's."""
    for row in rows(county, "enterprises"):
        assert row["village_code"].startswith(row["township_code"])


def test_reading_finds_no_fault(county):
    """The folder reads without fault, and so do its rules; that legal persons have several premises is told."""
    case = read_case(county)
    rules = read_rules(county / "rules.toml", case)
    assert len(case.enterprises) == 240
    assert [warning.code for warning in case.warnings] == ["several_premises"]
    assert rules.limit("township-load-week") is not None


def test_expectation_agrees_with_the_real_score(county):
    """What the generator expects to be owed is what the rules make owed."""
    case = read_case(county)
    rules = read_rules(county / "rules.toml", case)
    owed = duties(case, rules, score(case, rules)).groupby("enterprise_id")["visits"].max()
    real = owed.reindex(case.enterprises["enterprise_id"]).fillna(0).to_numpy()
    assert (real == draw_county(240, 5).expected.owed).all()


@pytest.mark.parametrize(("count", "seed"), [(30, 1), (60, 2), (240, 5)])
def test_plain_makes_no_conflict(tmp_path, count, seed):
    """Everything owed has lawful weeks beside spacing, caps, seasons, closures and fixed visits."""
    folder = make_county(tmp_path, enterprises=count, seed=seed)
    case = read_case(folder)
    rules = read_rules(folder / "rules.toml", case)
    scores = score(case, rules)
    assert merge(case, rules, scores, duties(case, rules, scores)).conflicts.empty


def test_past_visits_stand_on_workdays_within_three_years(county):
    """Done visits lie between 2023-11-20 and 2026-11-19 on workdays and name the county's items."""
    owner = {r["item_id"]: r["department_id"] for r in rows(county, "items")}
    for row in rows(county, "visits"):
        day = dt.date.fromisoformat(row["date"])
        assert is_workday(day)
        if row["fixed"] == "no":
            assert dt.date(2023, 11, 20) <= day <= dt.date(2026, 11, 19)
            assert {owner[i] for i in row["items"].split("|")} == set(row["departments"].split("|"))


def test_fixed_visits_come_from_the_city_and_leave_townships_room(county):
    """About 2 % large or medium enterprises have one city visit in 2027, no township two in a week."""
    place = {r["enterprise_id"]: r for r in rows(county, "enterprises")}
    fixed = [r for r in rows(county, "visits") if r["fixed"] == "yes"]
    assert len(fixed) == round(0.02 * 240)
    assert {r["departments"] for r in fixed} <= {"CITY-EM", "CITY-ENV"}
    assert all(r["date"].startswith("2027") and r["source"] for r in fixed)
    assert all(place[r["object_id"]]["size"] in {"large", "medium"} for r in fixed)
    weeks = Counter(
        (place[r["object_id"]]["township_code"], dt.date.fromisoformat(r["date"]).isocalendar().week)
        for r in fixed
    )
    assert max(weeks.values()) == 1


def test_officers_belong_to_county_departments_only(county):
    """City departments and the committee have neither officers nor items here."""
    level = {r["department_id"]: (r["level"], r["role"]) for r in rows(county, "departments")}
    assert Counter(level.values()) == {
        ("county", "enforcement"): 8,
        ("city", "enforcement"): 2,
        ("county", "coordination"): 1,
    }
    for table in ("officers", "items"):
        assert {level[r["department_id"]] for r in rows(county, table)} == {("county", "enforcement")}


def test_officers_grow_with_the_work():
    """At least 4 certified officers in each department at 30 enterprises, 8 at 1,500, in proportion above."""
    small, large = draw_county(30, 1), draw_county(3_000, 1)
    for county, least in ((small, 4), (large, 8)):
        load = expected_minutes(county.premises, county.expected)
        officers = certified_officers(len(county.premises), load)
        assert min(officers.values()) >= least
        assert len([p for p in county.people if p.certified]) == sum(officers.values())
    assert 0.6 < UTILISATION < 0.8
    assert sum(certified_officers(3_000, expected_minutes(large.premises, large.expected)).values()) > 120


def test_shared_codes_come_in_pairs(county):
    """Some legal persons have two premises, most have one, some premises have no code."""
    held = defaultdict(int)
    for row in rows(county, "enterprises"):
        held[row["credit_code"]] += 1
    empty = held.pop("")
    assert 10 < empty < 100
    assert set(held.values()) == {1, 2}


def test_hazards_have_lawful_fates(county):
    """Deadlines follow the finding, closing too; some are open, a few overdue on the case's day."""
    hazards = rows(county, "hazards")
    assert {h["severity"] for h in hazards} <= {"minor", "general", "major", "accident"}
    assert all(h["date"] < h["deadline"] for h in hazards)
    assert all(not h["closed_on"] or h["date"] < h["closed_on"] < "2026-11-20" for h in hazards)
    still_open = [h for h in hazards if not h["closed_on"]]
    assert (
        0
        < len([h for h in still_open if h["deadline"] < "2026-11-20"])
        <= len(still_open)
        < 0.1 * len(hazards)
    )
