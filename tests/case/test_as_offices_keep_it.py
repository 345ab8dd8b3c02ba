"""yongchun as offices keep it: one workbook with Chinese headers, web-map coordinates, GB18030 files."""

from __future__ import annotations

import csv
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from riskplan.annual import plan_year
from riskplan.case.attributes import table_attributes
from riskplan.case.coordinates import wgs84_to_gcj02
from riskplan.case.read import read_case
from riskplan.plan.io import plan_files
from riskplan.progress import Stop
from riskplan.rules.read import read_rules

YONGCHUN = Path(__file__).parents[2] / "data" / "yongchun"
SHEETS = {
    "enterprises": "企业台账",
    "townships": "乡镇",
    "villages": "村（社区）",
    "departments": "部门",
    "officers": "执法人员",
    "leave": "请假",
    "items": "检查事项",
    "hazards": "隐患台账",
    "visits": "检查记录",
    "closures": "停业",
    "road_nodes": "路网节点",
    "roads": "道路",
}
SETTINGS = {
    "国家": "CN",
    "语言": "zh",
    "基准日": "2026年11月20日",
    "计划期首日": "2027.1.1",
    "计划期末日": "20271231",
    "坐标系": "wgs84",
    "虚构": "是",
}


def sheets(source):
    """Return the tables that a case folder has, and their sheets."""
    return {table: title for table, title in SHEETS.items() if (source / f"{table}.csv").exists()}


def rows(source, table):
    """Return the rows of a table of a case folder as dictionaries."""
    with (source / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def chinese(table, name):
    """Return the first Chinese header of a column."""
    return next(a.zh[0] for a in table_attributes(table) if a.name == name)


def as_workbook(source, folder):
    """Write the case as one workbook, dates as dates and numbers as numbers, codes as text."""
    name = tomllib.loads((source / "case.toml").read_text(encoding="utf-8"))["name"]
    settings = {"名称": name, **SETTINGS}
    book = Workbook(write_only=True)
    sheet = book.create_sheet("案例")
    for pair in settings.items():
        sheet.append(pair)
    for table, title in sheets(source).items():
        sheet, data = book.create_sheet(title), rows(source, table)
        sheet.append([f"{settings['名称']} {title}"])
        sheet.append([chinese(table, name) for name in data[0]])
        for row in data:
            sheet.append([float(v) if v and n in {"lon", "lat"} else v or None for n, v in row.items()])
    path = folder / "yongchun.xlsx"
    book.save(path)
    shutil.copy(source / "townships.geojson", folder)
    return path


def as_web_map(source, folder):
    """Write the case with coordinates as a Chinese web map gives them."""
    target = Path(shutil.copytree(source, folder / "gcj02"))
    toml = (target / "case.toml").read_text(encoding="utf-8")
    (target / "case.toml").write_text(toml.replace('datum = "wgs84"', 'datum = "gcj02"'), encoding="utf-8")
    for table, pair in (
        ("enterprises", ("lon", "lat")),
        ("townships", ("lon", "lat")),
        ("villages", ("lon", "lat")),
        ("departments", ("depot_lon", "depot_lat")),
        ("road_nodes", ("lon", "lat")),
    ):
        if table not in sheets(source):
            continue
        data = rows(source, table)
        x, y = (np.array([float(r[c] or "nan") for r in data]) for c in pair)
        for row, lon, lat in zip(data, *wgs84_to_gcj02(x, y), strict=True):
            row.update({} if np.isnan(lon) else {pair[0]: f"{lon:.9f}", pair[1]: f"{lat:.9f}"})
        _write(target / f"{table}.csv", data, list(data[0]), "utf-8-sig")
    return target


def as_gb18030(source, folder):
    """Write the case as a Chinese Excel saves plain CSV: GB18030 and Chinese headers."""
    target = Path(shutil.copytree(source, folder / "gb18030"))
    for table in sheets(source):
        data = rows(source, table)
        names = [chinese(table, name) for name in data[0]]
        _write(
            target / f"{table}.csv",
            [dict(zip(names, r.values(), strict=True)) for r in data],
            names,
            "gb18030",
        )
    return target


def _write(path, data, names, encoding):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(data)


FORMS = {"workbook": as_workbook, "web map": as_web_map, "gb18030": as_gb18030}


def visits(folder, case):
    """Return the bytes of the year plan's visits."""
    rules = read_rules(folder / "rules.toml", case)
    return plan_files(plan_year(case, rules, stop=Stop(effort=0.02), seed=0))["visits.csv"]


def assert_same(case, shipped):
    """Assert that two cases are the same in all that a plan is made from."""
    for name, frame in shipped.tables.items():
        assert case[name].equals(frame), name
    assert (case.first_day, case.last_day, case.as_of) == (shipped.first_day, shipped.last_day, shipped.as_of)
    assert case.townships_geometry == shipped.townships_geometry
    assert case.fingerprint == shipped.fingerprint


@pytest.fixture(scope="module")
def shipped():
    """Return yongchun as it is shipped."""
    return read_case(YONGCHUN)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_reads_the_same_tables_in_every_form(form, shipped, tmp_path):
    """Whatever the form, every table of the case is the same, and so is what no plan can be made without."""
    assert_same(read_case(FORMS[form](YONGCHUN, tmp_path)), shipped)


@pytest.fixture(scope="module")
def small_visits(hamlet_folder, hamlet):
    """Return the visits of a county of 30 enterprises."""
    return visits(hamlet_folder, hamlet)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_small_county_gives_the_same_visits_in_every_form(form, hamlet_folder, small_visits, tmp_path):
    """The visits of the year are the same bytes as from the folder."""
    case = read_case(FORMS[form](hamlet_folder, tmp_path))
    assert small_visits.count("\n") > 20
    assert visits(hamlet_folder, case) == small_visits


@pytest.mark.slow
@pytest.mark.parametrize("form", sorted(FORMS))
def test_gives_the_same_year_plan_in_every_form(form, shipped, tmp_path):
    """The visits of the year are the same bytes as from the shipped folder."""
    assert visits(YONGCHUN, read_case(FORMS[form](YONGCHUN, tmp_path))) == visits(YONGCHUN, shipped)
