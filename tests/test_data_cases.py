"""The two shipped cases: pinned, honest, calibrated."""

import csv
import datetime as dt
import hashlib
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from riskplan.case.read import read_case
from riskplan.rules.read import read_rules
from riskplan.synth import make_county

DATA = Path(__file__).parent.parent / "data"
PINNED = {
    "chicago": "6a9819dd2f9b53c6fd77a82fa03f4935ec43df5dbd6450268af5d5b41bb84721",
    "yongchun": "d8d37a190fde48fd39452b71fcb838d52c63ccb2d48911ed5ce6f8455eeaf58a",
}
"""SHA-256 over names and bytes of all files; change it only together with the data, and say why."""
MOST_BYTES = {"chicago": 5_000_000, "yongchun": 3_000_000}
NOTICES = {
    "chicago": [*["defaults_taken"] * 3, "item_without_basis", "defaults_taken"],
    "yongchun": ["several_premises"],
}
CASES = sorted(PINNED)


def digest(folder):
    """Return the SHA-256 over the names and bytes of a folder's files."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def rows(case, table):
    """Return the rows of a table as dictionaries."""
    text = (DATA / case / f"{table}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("name", CASES)
def test_data_are_pinned(name):
    """Not one byte of a shipped case changes unnoticed."""
    assert digest(DATA / name) == PINNED[name]


@pytest.mark.parametrize("name", CASES)
def test_data_stay_small(name):
    """A shipped case is small enough to live in the repository."""
    assert sum(p.stat().st_size for p in (DATA / name).iterdir()) <= MOST_BYTES[name]


@pytest.mark.parametrize("name", CASES)
def test_cases_read_without_faults(name):
    """Case and rules read without a fault; what is told are defaults and legal persons with several premises."""
    case = read_case(DATA / name)
    rules = read_rules(DATA / name / "rules.toml", case)
    assert [warning.code for warning in case.warnings] == NOTICES[name]
    assert {row.id for row in rules.limits} >= {"township-load-week", "township-load-year"}
    assert len(case.townships_geometry) == len(case["townships"])


@pytest.mark.parametrize("name", CASES)
def test_no_column_about_persons(name):
    """No table has a column of inspectors' groups, reporters, addresses or telephone numbers."""
    for path in sorted((DATA / name).glob("*.csv")):
        header = path.read_text(encoding="utf-8-sig").splitlines()[0].lower()
        assert not re.search("sanitarian|reporter|address|phone|dba|aka|owner", header), path.name


@pytest.mark.parametrize("name", CASES)
def test_sources_are_named(name):
    """Each case says where it comes from and under which licence."""
    text = (DATA / name / "SOURCE.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text or "LICENSE.md" in text
    assert not re.search(r"/(home|work|tmp|root)/", text)


def test_yongchun_comes_out_of_the_generator(tmp_path):
    """Making the county again gives the shipped bytes, within 10 s."""
    start = time.perf_counter()
    folder = make_county(tmp_path / "again", enterprises=1_500, seed=2027, roads=True)
    assert time.perf_counter() - start <= 10.0
    assert digest(folder) == digest(DATA / "yongchun")


def test_yongchun_has_the_promised_counts():
    """1,500 enterprises, 22 townships, 236 villages, 20 domains, about 90 officers, 8 in each department."""
    assert len(rows("yongchun", "enterprises")) == 1_500
    assert len(rows("yongchun", "townships")) == 22
    assert len(rows("yongchun", "villages")) == 236
    assert len({i["domain"] for i in rows("yongchun", "items")}) == 20
    officers = [o for o in rows("yongchun", "officers") if o["role"] == "officer"]
    certified = Counter(o["department_id"] for o in officers if o["certified"] == "yes")
    assert 80 <= len(officers) <= 100
    assert len(certified) == 8
    assert min(certified.values()) >= 8


def test_yongchun_is_calibrated():
    """1.09 hazards a visit, 1.37 % major, 8.45 % of visits with a case, each within 5 %."""
    visits = [v for v in rows("yongchun", "visits") if v["fixed"] == "no"]
    hazards = [h for h in rows("yongchun", "hazards") if h["kind"] != "accident"]
    assert len(hazards) / len(visits) == pytest.approx(1.09, rel=0.05)
    assert sum(h["severity"] == "major" for h in hazards) / len(hazards) == pytest.approx(0.0137, rel=0.05)
    assert sum(v["result"] == "case" for v in visits) / len(visits) == pytest.approx(0.0845, rel=0.05)


def test_yongchun_was_mostly_visited_lately():
    """Nearly all were visited in the three years, half of them within a year of the plan, some never."""
    last = {}
    for visit in rows("yongchun", "visits"):
        if visit["fixed"] == "no":
            last[visit["object_id"]] = max(visit["date"], last.get(visit["object_id"], ""))
    assert 0.85 < len(last) / 1_500 < 0.99
    recent = sum(day >= "2026-01-01" for day in last.values()) / len(last)
    assert 0.4 < recent < 0.8


def test_chicago_has_the_promised_counts():
    """3,007 licences in nine wards, all inspected since 2013-07-01, with their whole history."""
    enterprises = rows("chicago", "enterprises")
    visits = rows("chicago", "visits")
    assert len(enterprises) == 3_007
    assert len({e["township_code"] for e in enterprises}) == 9
    assert len(visits) == 6_858
    last = {}
    for visit in visits:
        last[visit["object_id"]] = max(visit["date"], last.get(visit["object_id"], ""))
    assert set(last) == {e["enterprise_id"] for e in enterprises}
    assert min(last.values()) >= "2013-07-01"
    assert max(last.values()) < "2014-08-01"


def test_chicago_names_no_business():
    """A name is the licence number and one of seven words for the kind of place."""
    kinds = "Restaurant|Grocery store|Bakery|Catering|School|Hospital|Food business"
    for row in rows("chicago", "enterprises"):
        assert re.fullmatch(rf"Licence {row['enterprise_id']}, ({kinds})", row["name"])


def test_chicago_hazards_stand_at_inspections():
    """Every violation was found at an inspection of the same licence on the same day."""
    visited = {(v["object_id"], v["date"]) for v in rows("chicago", "visits")}
    hazards = rows("chicago", "hazards")
    assert Counter(h["severity"] for h in hazards) == {"minor": 23_814, "general": 2_423, "major": 1_583}
    assert all((h["enterprise_id"], h["date"]) in visited for h in hazards)


def test_fixed_visits_of_yongchun_are_ahead():
    """The city's 30 visits lie in the planned year on weekdays."""
    fixed = [v for v in rows("yongchun", "visits") if v["fixed"] == "yes"]
    assert len(fixed) == 30
    days = [dt.date.fromisoformat(v["date"]) for v in fixed]
    assert all(day.year == 2027 and day.weekday() < 5 for day in days)
