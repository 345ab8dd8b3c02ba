"""A very small county as an office keeps it, and the ways in which its tables come: workbook, old workbook, folder."""

from __future__ import annotations

import copy
import csv

import xlwt
from openpyxl import Workbook

from riskplan.case.read import read_case
from riskplan.errors import InputError
from riskplan.synth.credit_code import credit_code

SETTINGS = {
    "名称": "样例县2027",
    "基准日": "2026-11-20",
    "计划期首日": "2027年1月1日",
    "计划期末日": "2027.12.31",
    "坐标系": "cgcs2000",
}
FIRMS = [
    ["企业编号", "统一社会信用代码", "企业名称", "经度", "纬度", "乡镇代码", "行业"],
    ["E1", credit_code(1), "样例县宏达纸品有限公司", 118.294, 25.322, "350525100", "纸制品"],
    ["E2", credit_code(2), "样例县永盛食品厂", 118.265, 25.331, "350525101", "食品"],
    ["E3", "", "兴旺加油站", 118.301, 25.325, "350525100", "危化品经营"],
]
TABLES = {
    "乡镇": [
        ["乡镇代码", "乡镇名称", "经度", "纬度"],
        ["350525100", "桃城镇", 118.297, 25.323],
        ["350525101", "五里街镇", 118.265, 25.332],
    ],
    "部门": [["部门编号", "部门名称"], ["EM", "县应急管理局"], ["FIRE", "县消防救援大队"]],
    "执法人员": [["人员编号", "部门编号"], ["P1", "EM"], ["P2", "EM"], ["P3", "FIRE"]],
    "检查事项": [
        ["事项编号", "部门编号", "领域", "事项名称", "检查时长"],
        ["EM-1", "EM", "用电安全", "用电", 30],
    ],
    "企业台账": FIRMS,
}


def county(**changes):
    """Return the tables by sheet; a table given is put in the place of that name or added."""
    return copy.deepcopy({**TABLES, **changes})


def as_book(folder, tables, settings=SETTINGS, change=None):
    """Write the tables as .xlsx; ``change`` may do to the open workbook what offices do."""
    book = Workbook()
    book.remove(book.active)
    for title, data in {"案例": list(settings.items()), **tables}.items():
        sheet = book.create_sheet(title)
        for row in data:
            sheet.append(list(row))
    if change:
        change(book)
    path = folder / "county.xlsx"
    book.save(path)
    return path


def as_old_book(folder, tables, settings=SETTINGS):
    """Write the tables as .xls."""
    book = xlwt.Workbook(encoding="utf-8")
    for title, data in {"案例": list(settings.items()), **tables}.items():
        sheet = book.add_sheet(title)
        for r, row in enumerate(data):
            for c, value in enumerate(row):
                sheet.write(r, c, value)
    path = folder / "county.xls"
    book.save(str(path))
    return path


def as_folder(folder, tables, encoding="gb18030"):
    """Write the tables as CSV under the names of the sheets, with a settings file."""
    target = folder / "county"
    target.mkdir()
    (target / "case.toml").write_text(
        'name = "样例县2027"\nas_of = 2026-11-20\nhorizon = {first = 2027-01-01, last = 2027-12-31}\n'
        'datum = "cgcs2000"\n',
        encoding="utf-8",
    )
    for title, data in tables.items():
        with (target / f"{title}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(data)
    return target


def faults(path):
    """Return the faults that reading ends in, without warnings; none where it reads."""
    try:
        read_case(path)
    except InputError as error:
        return [fault for fault in error.faults if not fault.warning]
    return []


def codes(path):
    """Return the codes of the faults that reading ends in, in order of place."""
    return [fault.code for fault in faults(path)]


def warned(case, code):
    """Return the warnings of one kind."""
    return [warning for warning in case.warnings if warning.code == code]
