"""Where things lie: datums and their oracle, the wrong datum, places without coordinates."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import prcoords
import pyproj
import pytest
from office import FIRMS, as_book, codes, county, faults, warned

from riskplan.case.coordinates import (
    bd09_to_wgs84,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from riskplan.case.datum import parse_datum
from riskplan.case.faults import fault_line
from riskplan.case.read import read_case
from riskplan.units import EARTH_RADIUS_M

CM = 0.01
RNG = np.random.default_rng(3)
LON, LAT = RNG.uniform(74.0, 134.0, 3000), RNG.uniform(19.0, 53.0, 3000)
SETTINGS = {"名称": "样例县", "基准日": "2026-11-20", "计划期首日": "2027-1-1", "计划期末日": "2027-12-31"}


YONGCHUN = Path(__file__).parents[2] / "data" / "yongchun"
POINTS = {"enterprises": "", "townships": "", "villages": "", "departments": "depot_"}


def as_web_map(folder):
    """Return yongchun with the points that a Chinese web map gives, rightly declared."""
    target = Path(shutil.copytree(YONGCHUN, folder / "gcj02"))
    toml = (target / "case.toml").read_text(encoding="utf-8")
    (target / "case.toml").write_text(toml.replace('datum = "wgs84"', 'datum = "gcj02"'), encoding="utf-8")
    for table, front in POINTS.items():
        path = target / f"{table}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        pair = [f"{front}lon", f"{front}lat"]
        known = (frame[pair] != "").all(axis=1)
        moved = wgs84_to_gcj02(*(frame.loc[known, name].astype(float) for name in pair))
        for name, values in zip(pair, moved, strict=True):
            frame.loc[known, name] = [f"{value:.9f}" for value in values]
        frame.to_csv(path, index=False, encoding="utf-8-sig")
    return target


def metres(first, second):
    """Return distances between points [m]."""
    (x, y), (u, v) = (np.radians(np.asarray(p)) for p in (first, second))
    return np.hypot(y - v, (x - u) * np.cos(y)) * EARTH_RADIUS_M


@pytest.mark.parametrize(
    ("there", "back"),
    [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)],
    ids=["gcj02", "bd09"],
)
def test_there_and_back_ends_within_a_centimetre(there, back):
    """All over China the round trip misses by less than 1 cm."""
    assert metres(back(*there(LON, LAT)), (LON, LAT)).max() < CM


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(wgs84_to_gcj02, prcoords.wgs_gcj), (wgs84_to_bd09, prcoords.wgs_bd)],
    ids=["gcj02", "bd09"],
)
def test_points_are_where_the_oracle_puts_them(ours, theirs):
    """The shift differs from that of prcoords by less than 1 cm."""
    told = np.array([theirs((lat, lon)) for lon, lat in zip(LON[:500], LAT[:500], strict=True)])
    assert metres(ours(LON[:500], LAT[:500]), (told[:, 1], told[:, 0])).max() < CM


@pytest.mark.parametrize(
    ("back", "theirs"),
    [(gcj02_to_wgs84, prcoords.wgs_gcj), (bd09_to_wgs84, prcoords.wgs_bd)],
    ids=["gcj02", "bd09"],
)
def test_the_oracles_points_come_back(back, theirs):
    """What prcoords shifts, we shift back to within 1 cm."""
    told = np.array([theirs((lat, lon)) for lon, lat in zip(LON[:500], LAT[:500], strict=True)])
    assert metres(back(told[:, 1], told[:, 0]), (LON[:500], LAT[:500])).max() < CM


@pytest.mark.parametrize(
    "name", ["wgs84", "WGS-84", "cgcs2000", "CGCS 2000", "EPSG:4490", "epsg:4326", "gcj02", "BD09"]
)
def test_datums_are_known_by_their_usual_names(name):
    """Names may be written in any width of use."""
    datum = parse_datum(name)
    assert datum is not None
    assert datum.in_degrees


@pytest.mark.parametrize("name", ["beijing", "EPSG:1", "EPSG:5773", ""])
def test_what_is_no_datum_is_refused(tmp_path, name):
    """An unknown datum, or an EPSG code of heights, is a fault of the settings."""
    path = as_book(tmp_path, county(), {**SETTINGS, "坐标系": name or "?"})
    assert codes(path) == ["not_allowed"]


@pytest.mark.parametrize("code", [4549, 4527, 32650, 4610])
def test_any_epsg_code_gives_the_same_points(tmp_path, code):
    """Easting and northing, or degrees of another system, become the points that they were made from."""
    there = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    rows = [FIRMS[0], *([*r[:3], *map(float, there.transform(r[3], r[4])), *r[5:]] for r in FIRMS[1:])]
    towns = [
        r if n == 0 else [*r[:2], *map(float, there.transform(*r[2:]))]
        for n, r in enumerate(county()["乡镇"])
    ]
    case = read_case(
        as_book(tmp_path, county(企业台账=rows, 乡镇=towns), {**SETTINGS, "坐标系": f"EPSG:{code}"})
    )
    want = np.array([[r[3] for r in FIRMS[1:]], [r[4] for r in FIRMS[1:]]])
    assert metres((case.enterprises["lon"], case.enterprises["lat"]), want).max() < 0.2
    assert case["townships"]["lon"].tolist() == pytest.approx([118.297, 118.265], abs=2e-6)


def test_the_datum_holds_for_every_table(tmp_path):
    """Enterprises, townships, villages and depots of departments are shifted alike."""
    x, y = (float(v) for v in wgs84_to_gcj02(118.3, 25.3))
    tables = county(
        企业台账=[FIRMS[0], [*FIRMS[1][:3], x, y, *FIRMS[1][5:]]],
        乡镇=[["乡镇代码", "乡镇名称", "经度", "纬度"], ["350525100", "桃城镇", x, y]],
        村=[
            ["村代码", "村名称", "乡镇代码", "经度", "纬度"],
            ["350525100001", "桃城社区", "350525100", x, y],
        ],
        部门=[
            ["部门编号", "部门名称", "驻地经度", "驻地纬度"],
            ["EM", "应急局", x, y],
            ["FIRE", "消防", None, None],
        ],
    )
    case = read_case(as_book(tmp_path, tables, {**SETTINGS, "坐标系": "gcj02"}))
    for table in ("enterprises", "townships", "villages"):
        assert (case[table]["lon"].iat[0], case[table]["lat"].iat[0]) == (118.3, 25.3), table
    assert (case["departments"]["depot_lon"].iat[0], case["departments"]["depot_lat"].iat[0]) == (118.3, 25.3)
    assert np.isnan(case["departments"]["depot_lon"].iat[1])


@pytest.mark.parametrize(("declared", "better"), [("wgs84", "gcj02"), ("bd09", "gcj02")])
def test_a_wrongly_declared_datum_is_named_once_with_the_better_one(tmp_path, declared, better):
    """Web-map points called something else are one fault, not hundreds; it names the better datum."""
    folder = as_web_map(tmp_path)
    toml = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(toml.replace('"gcj02"', f'"{declared}"'), encoding="utf-8")
    [fault] = faults(folder)
    assert (fault.code, fault.value, fault.args["better"]) == ("wrong_datum", declared, better)
    assert better in fault_line(fault, "zh")


def test_the_right_datum_is_not_doubted(tmp_path):
    """Rightly declared web-map points and the shipped case are believed."""
    assert not faults(as_web_map(tmp_path))
    assert not faults(YONGCHUN)


def test_a_confirmed_datum_is_only_warned_about(tmp_path):
    """An office that has verified its datum goes on with a warning, each point still judged by its township."""
    folder = as_web_map(tmp_path)
    toml = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(
        toml.replace('datum = "gcj02"', 'datum = "wgs84"\ndatum_confirmed = true'), encoding="utf-8"
    )
    assert "wrong_datum" not in codes(folder)


def test_exchanged_columns_are_one_fault(tmp_path):
    """Longitude under latitude is told once, with the remedy."""
    rows = [FIRMS[0], *([*r[:3], r[4], r[3], *r[5:]] for r in FIRMS[1:])]
    [fault] = faults(as_book(tmp_path, county(企业台账=rows)))
    assert fault.code == "columns_exchanged"
    assert "对调" in fault_line(fault, "zh")


def test_half_a_point_and_points_off_the_earth_are_refused(tmp_path):
    """One coordinate without the other, or one beyond its range, is a fault at its cell."""
    rows = [FIRMS[0], [*FIRMS[1][:4], None, *FIRMS[1][5:]], [*FIRMS[2][:3], 218.265, *FIRMS[2][4:]]]
    found = [(f.code, f.cell) for f in faults(as_book(tmp_path, county(企业台账=rows)))]
    assert found == [("half_a_point", "E2"), ("out_of_range", "D3")]


def test_no_coordinates_means_village_else_township_and_a_flag(tmp_path):
    """Premises without coordinates stand at their village, else at their township, flagged; one warning counts them."""
    header = [*FIRMS[0], "村代码"]
    rows = [
        header,
        [*FIRMS[1][:3], None, None, *FIRMS[1][5:], "350525100001"],
        [*FIRMS[2][:3], "", "　", *FIRMS[2][5:], ""],
        [*FIRMS[3], ""],
    ]
    village = [
        ["村代码", "村名称", "乡镇代码", "经度", "纬度"],
        ["350525100001", "桃城社区", "350525100", 118.2836, 25.329],
    ]
    case = read_case(as_book(tmp_path, county(企业台账=rows, 村=village)))
    firms = case.enterprises
    assert firms["point_source"].tolist() == ["village", "township", ""]
    assert firms["lon"].tolist() == [118.2836, 118.265, 118.301]
    [told] = warned(case, "placed_nearby")
    assert (told.value, told.args) == ("2", {"village": "1", "township": "1"})


def test_no_coordinates_at_all_is_refused(tmp_path):
    """Where neither premises nor village nor township has a point, the fault says so."""
    rows = [FIRMS[0], [*FIRMS[1][:3], None, None, *FIRMS[1][5:]]]
    towns = [["乡镇代码", "乡镇名称"], ["350525100", "桃城镇"]]
    assert codes(as_book(tmp_path, county(企业台账=rows, 乡镇=towns))) == ["no_place"]


def test_a_village_without_coordinates_stands_at_its_township(tmp_path):
    """Villages fall back like premises, flagged and counted."""
    village = [["村代码", "村名称", "乡镇代码"], ["350525100001", "桃城社区", "350525100"]]
    case = read_case(as_book(tmp_path, county(村=village)))
    assert (case["villages"]["lon"].iat[0], case["villages"]["point_source"].iat[0]) == (118.297, "township")
    assert [w.value for w in warned(case, "placed_nearby_villages")] == ["1"]
