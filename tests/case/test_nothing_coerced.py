"""Nothing is guessed or let through: numbers, days of other levels, campaigns, identities of reporters, own columns."""

from __future__ import annotations

import datetime as dt

import pytest
from office import FIRMS, as_book, as_folder, codes, county, faults, warned

from riskplan.case.attributes import table_attributes
from riskplan.case.faults import fault_line
from riskplan.case.read import read_case

LINES = ["部门编号", "工作项目", "工作类别", "人日"]
VISITS = ["检查编号", "对象编号", "检查日期", "部门", "是否固定", "来源"]
CAMPAIGNS = ["专项编号", "专项名称", "批准文件", "开始日期", "结束日期"]


@pytest.mark.parametrize("value", [2.5, "2.5", "12月", "约30", "30分钟", "三十", "1e3", "", "-1", True])
def test_whole_numbers_are_never_made(tmp_path, value):
    """2.5 officer-days, 12月 and their like are faults at their cell, never rounded, cut or read as yes."""
    rows = [LINES, ["EM", "事故调查", "其他执法", value]]
    [fault] = faults(as_book(tmp_path, county(执法工时=rows)))
    assert fault.cell == "D2"
    assert fault.code in {"not_an_integer", "empty_cell", "number_out_of_range"}
    assert fault_line(fault, "zh").startswith("county.xlsx › 执法工时 › D2（人日）")


@pytest.mark.parametrize(
    ("column", "value"), [("开业月份", "12月"), ("开业月份", "6.5"), ("休息日", "8"), ("开始营业", "8点半")]
)
def test_months_days_and_hours_are_never_guessed(tmp_path, column, value):
    """12月 is not 12, 8点半 is not 08:30: refused with what to write."""
    rows = [[*FIRMS[0], column], *([*row, value if row[0] == "E2" else ""] for row in FIRMS[1:])]
    [fault] = faults(as_book(tmp_path, county(企业台账=rows)))
    assert (fault.cell, fault.value) == ("H3", value)


def test_whole_numbers_kept_as_floats_are_whole(tmp_path):
    """A spreadsheet keeps 30 as 30.0; that is 30."""
    rows = [LINES, ["EM", "事故调查", "其他执法", 30.0]]
    assert read_case(as_book(tmp_path, county(执法工时=rows)))["capacity_lines"]["days"].tolist() == [30]


def test_warnings_stand_apart_from_errors(tmp_path):
    """A case with warnings only is read; with an error, both are told and told apart."""
    rows = [[*FIRMS[0], "法人电话"], *([*row, "1"] for row in FIRMS[1:])]
    case = read_case(as_book(tmp_path, county(企业台账=rows)))
    assert all(w.warning for w in case.warnings)
    assert [(w.column, w.cell) for w in warned(case, "unknown_column")] == [("法人电话", "H1")]


def test_every_fault_is_told_at_once(tmp_path):
    """Faults of several sheets and kinds end in one report, in order of place."""
    tables = county(执法工时=[LINES, ["EM", "事故调查", "其他执法", "2.5"]])
    tables["企业台账"][1][3] = "x"
    tables["企业台账"][2][5] = "999"
    tables["执法人员"][1][1] = "NO"
    assert sorted(codes(as_book(tmp_path, tables))) == [
        "not_a_number",
        "not_an_integer",
        "unknown_reference",
        "unknown_reference",
    ]


@pytest.mark.parametrize(
    "header", ["举报人", "举报人电话", "举报者姓名", "投诉人", "身份证号", "reporter name", "Informant"]
)
def test_reporter_identity_is_refused_in_every_form(tmp_path, header):
    """A column that identifies who reported is refused in workbooks and folders, even if it is empty."""
    tables = county(
        隐患台账=[
            ["隐患编号", "企业编号", "发现日期", "严重程度", header],
            ["H1", "E1", "2026-3-5", "一般", ""],
        ]
    )
    for path in (as_book(tmp_path, tables), as_folder(tmp_path, tables)):
        [fault] = faults(path)
        assert (fault.code, fault.column) == ("identity_column", header)


def test_unknown_columns_are_never_kept(tmp_path):
    """What stands in own columns is in no table of the case."""
    rows = [[*FIRMS[0], "法人手机"], *([*row, "13900001234"] for row in FIRMS[1:])]
    case = read_case(as_book(tmp_path, county(企业台账=rows)))
    for name, frame in case.tables.items():
        assert list(frame.columns) == [a.name for a in table_attributes(name)]
        assert "13900001234" not in frame.to_csv()


def test_a_fixed_visit_names_its_source(tmp_path):
    """A visit that another level has fixed is refused without the plan that fixes it; done ones need none."""
    rows = [VISITS, ["V1", "E1", "2027-3-2", "EM", "是", ""], ["V2", "E1", "2026-3-2", "EM", "否", ""]]
    [fault] = faults(as_book(tmp_path, county(检查记录=rows)))
    assert (fault.code, fault.cell, fault.args) == ("fixed_without_source", "F2", {"visit": "V1"})
    rows[1][-1] = "市应急管理局2027年度计划（市应急〔2026〕9号）"
    assert not faults(as_book(tmp_path, county(检查记录=rows)))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["C1", "夏季消防", "", "2027-6-1", "2027-6-30"], "empty_cell"),
        (["C1", "夏季消防", "县安委办〔2027〕3号", "2026-12-1", "2027-1-30"], "campaign_outside"),
        (["C1", "夏季消防", "县安委办〔2027〕3号", "2027-6-30", "2027-6-1"], "dates_reversed"),
    ],
)
def test_campaigns_name_their_approval_and_lie_in_the_horizon(tmp_path, row, code):
    """A campaign without approval, outside the horizon or with reversed days is refused."""
    assert codes(as_book(tmp_path, county(专项检查=[CAMPAIGNS, row]))) == [code]


def test_a_notice_that_only_the_offices_calendar_has(tmp_path):
    """A year whose notice the office has typed in is no longer provisional, and its make-up days are workdays."""
    head = ["日期", "状态", "原因"]
    notice = [head, ["2027-2-6", "放假", "春节"], ["2027-2-14", "补班", "春节调休"]]
    assert read_case(as_book(tmp_path, county())).days.provisional
    days = read_case(as_book(tmp_path, county(日历=notice))).days
    assert not days.provisional
    works = dict(zip(days.dates.tolist(), days.is_workday.tolist(), strict=True))
    assert works[dt.date(2027, 2, 14)]
    assert not works[dt.date(2027, 2, 6)]


def test_a_local_day_off_is_no_notice(tmp_path):
    """One day that the office closes does not make a provisional year certain."""
    local = [["日期", "状态", "原因"], ["2027-3-15", "放假", "县庆"]]
    assert read_case(as_book(tmp_path, county(日历=local))).days.provisional


def test_defaults_are_taken_and_listed(tmp_path):
    """Four tables are enough to begin; every default taken is listed, with the number of its cells."""
    tables = county()
    del tables["检查事项"]
    tables["企业台账"][0].append("规模")
    for row, size in zip(tables["企业台账"][1:], ("大型", "", "小微"), strict=True):
        row.append(size)
    case = read_case(as_book(tmp_path, tables))
    assert len(case["items"]) == 0
    assert case.enterprises["size"].tolist() == ["large", "medium", "micro"]
    told = {w.sheet: w.args["columns"] for w in warned(case, "defaults_taken")}
    assert told["企业台账"] == "规模 = medium (1); opens = 08:00 (3); closes = 18:00 (3); status = active (3)"
