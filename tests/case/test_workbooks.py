"""Workbooks as offices keep them: what is read, what is skipped and listed, what is refused and where."""

from __future__ import annotations

import datetime as dt

import pytest
import xlwt
from office import FIRMS, SETTINGS, as_book, as_old_book, codes, county, faults, warned
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from riskplan.case.faults import fault_line
from riskplan.case.read import read_case


def ledger(*rows, header=FIRMS[0]):
    """Return the county with other rows of enterprises."""
    return county(企业台账=[list(header), *(list(row) for row in rows)])


def test_chinese_sheets_and_headers_are_a_case(tmp_path):
    """Chinese names of sheets, columns and settings give the same tables as English ones."""
    case = read_case(as_book(tmp_path, county()))
    assert case.enterprises["enterprise_id"].tolist() == ["E1", "E2", "E3"]
    assert (case.first_day, case.last_day) == (dt.date(2027, 1, 1), dt.date(2027, 12, 31))
    assert case.enterprises["lon"].tolist() == [118.294, 118.265, 118.301]
    assert case["items"]["minutes"].tolist() == [30]


def test_an_old_workbook_reads_like_a_new_one(tmp_path):
    """.xls and .xlsx of the same tables give the same case."""
    new, old = read_case(as_book(tmp_path, county())), read_case(as_old_book(tmp_path, county()))
    assert old.fingerprint == new.fingerprint


def test_titles_numbering_totals_and_footers(tmp_path):
    """A title above, a column 序号, 小计 and 合计 rows and a footer are no records; each skipped row is listed."""
    plain = read_case(as_book(tmp_path, county()))
    rows = [["样例县企业台账（2026年）"], [], ["序号", *FIRMS[0], "备注"]]
    rows += [[n, *row, "正常"] for n, row in enumerate(FIRMS[1:3], 1)]
    rows += [
        ["小计", "", "", 2],
        [3, *FIRMS[3], ""],
        ["合 计", "", "", 3],
        ["填表人：张某"],
        ["备注：本表按月更新"],
    ]
    case = read_case(as_book(tmp_path, county(企业台账=rows)))
    assert case.enterprises.equals(plain.enterprises)
    skipped = [(w.code, w.sheet, w.row) for w in case.warnings if w.code.startswith("row_")]
    assert sorted(skipped, key=lambda found: found[2]) == [
        ("row_total", "企业台账", 6),
        ("row_total", "企业台账", 8),
        ("row_footer", "企业台账", 9),
        ("row_footer", "企业台账", 10),
    ]
    assert [w.column for w in warned(case, "unknown_column")] == ["备注"]


def test_several_header_rows(tmp_path):
    """A group header above and a line of types below belong to the header."""
    plain = read_case(as_book(tmp_path, county()))
    header = ["企业编号", "统一社会信用代码", "企业名称", "经度", "纬度", "乡镇代码", "行业"]
    rows = [
        ["基本信息", "", "", "位置", "", "", ""],
        header,
        ["（必填）", "文本", "文本", "数字", "数字", "文本", "文本"],
    ]

    def merge(book):
        book["企业台账"].merge_cells("A1:C1")
        book["企业台账"].merge_cells("D1:G1")

    case = read_case(as_book(tmp_path, county(企业台账=[*rows, *FIRMS[1:]]), change=merge))
    assert case.enterprises.equals(plain.enterprises)


def test_one_sheet_per_township(tmp_path):
    """Sheets named for townships are one table; without a column they take the township of their name, and say so."""
    plain = read_case(as_book(tmp_path, county()))
    tables = county()
    del tables["企业台账"]
    for title, rows in (("桃城镇", (1, 3)), ("五里街镇", (2,))):
        tables[title] = [FIRMS[0][:5] + FIRMS[0][6:]] + [FIRMS[r][:5] + FIRMS[r][6:] for r in rows]
    case = read_case(as_book(tmp_path, tables))
    assert case.enterprises.equals(plain.enterprises)
    assert [(w.sheet, w.value) for w in warned(case, "township_filled")] == [
        ("五里街镇", "350525101"),
        ("桃城镇", "350525100"),
    ]


def test_hidden_and_filtered_rows_are_read_and_told(tmp_path):
    """What does not show on the screen is read all the same, with a warning."""

    def hide(book):
        sheet = book["企业台账"]
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        book["部门"].sheet_state = "hidden"
        officers = book["执法人员"]
        officers.auto_filter.ref = "A1:B4"
        officers.auto_filter.add_filter_column(1, ["EM"])
        officers.row_dimensions[4].hidden = True

    case = read_case(as_book(tmp_path, county(), change=hide))
    assert (len(case.enterprises), len(case["officers"])) == (3, 3)
    found = {w.code: (w.sheet, w.row) for w in case.warnings}
    assert found["hidden_rows"] == ("企业台账", 3)
    assert found["filtered_rows"] == ("执法人员", 4)
    assert found["hidden_sheet"] == ("部门", None)
    assert found["hidden_columns"] == ("企业台账", None)


def test_merged_cells_are_filled_down(tmp_path):
    """A township merged over its enterprises is the township of each of them."""
    rows = [FIRMS[1], [*FIRMS[3][:5], None, "危化品经营"], FIRMS[2]]
    case = read_case(
        as_book(tmp_path, ledger(*rows), change=lambda book: book["企业台账"].merge_cells("F2:F3"))
    )
    assert case.enterprises["township_code"].tolist() == ["350525100", "350525101", "350525100"]
    assert [(w.value, w.cell) for w in warned(case, "merged_filled")] == [(None, "F3")]


def test_days_in_all_forms(tmp_path):
    """2026.3.5, 2026年3月5日, 20260305, real dates and serial numbers are the same day."""
    days = [
        "2026.3.5",
        "2026年3月5日",
        "20260305",
        20260305,
        46086,
        dt.date(2026, 3, 5),
        "2026/3/5",
        "２０２６-３-５",
    ]
    rows = [["隐患编号", "企业编号", "发现日期", "严重程度"]]
    rows += [[f"H{n}", "E1", day, "一般"] for n, day in enumerate(days)]
    case = read_case(as_book(tmp_path, county(隐患台账=rows)))
    assert set(case["hazards"]["date"].dt.date) == {dt.date(2026, 3, 5)}


def test_serial_numbers_are_days_in_date_columns_only(tmp_path):
    """46086 is a day in a date column and stays 46086 as an id, a name and a number."""
    tables = county(
        检查事项=[["事项编号", "部门编号", "领域", "事项名称", "检查时长"], [46086, "EM", 46086, 46086, 60]]
    )
    item = read_case(as_book(tmp_path, tables))["items"].iloc[0]
    assert (item["item_id"], item["domain"], item["name"], item["minutes"]) == ("46086", "46086", "46086", 60)


@pytest.mark.parametrize("day", ["2026.2.30", "3月5日", "2026-03", "下周", "05/03/2026"])
def test_what_is_no_day_is_refused(tmp_path, day):
    """A text that is no day, or could be two, is a fault at its cell."""
    rows = [["隐患编号", "企业编号", "发现日期", "严重程度"], ["H1", "E1", day, "一般"]]
    [fault] = faults(as_book(tmp_path, county(隐患台账=rows)))
    assert (fault.code, fault.sheet, fault.cell, fault.column) == ("not_a_date", "隐患台账", "C2", "发现日期")


def test_full_width_signs_and_spaces(tmp_path):
    """Full-width digits, letters and spaces are read as what they mean; names keep their signs."""
    rows = [
        [
            "Ｅ１",
            FIRMS[1][1].lower(),
            "宏达（永春）纸品",
            "１１８．２９４",
            " 25.322 ",
            "３５０５２５１００",
            "纸制品",
        ]
    ]
    case = read_case(as_book(tmp_path, ledger(*rows)))
    firm = case.enterprises.iloc[0]
    assert (firm["enterprise_id"], firm["township_code"], firm["lon"]) == ("E1", "350525100", 118.294)
    assert (firm["credit_code"], firm["name"]) == (FIRMS[1][1], "宏达（永春）纸品")


@pytest.mark.parametrize("value", [913505250000000000.0, "9.13505E+17"])
def test_a_code_that_became_a_number_is_refused(tmp_path, value):
    """9.13505E+17 has lost its digits: refused at its cell, with what to do."""
    [fault] = faults(as_book(tmp_path, ledger(["E1", value, *FIRMS[1][2:]])))
    assert (fault.code, fault.cell, fault.value) == ("code_as_number", "B2", "9.13505E+17")
    assert "文本格式" in fault_line(fault, "zh")


def test_a_fault_names_the_place_as_the_program_shows_it(tmp_path):
    """File, sheet, cell, header as written and value, also below a title and beside a numbering column."""
    rows = [["台账"], ["序号", *FIRMS[0]], [1, *FIRMS[1][:3], "东经118度", *FIRMS[1][4:]]]
    [fault] = faults(as_book(tmp_path, county(企业台账=rows)))
    assert (fault.file, fault.sheet, fault.row, fault.cell, fault.column, fault.value) == (
        "county.xlsx",
        "企业台账",
        3,
        "E3",
        "经度",
        "东经118度",
    )
    assert fault_line(fault, "zh").startswith("county.xlsx › 企业台账 › E3（经度）：")


def test_errors_of_formulas_are_faults(tmp_path):
    """#N/A and formulas whose result was never stored are told, never taken for data."""

    def spoil(book):
        book["企业台账"]["C2"] = "#N/A"
        book["企业台账"]["C3"] = "=A1&B1"

    assert codes(as_book(tmp_path, county(), change=spoil)) == ["cell_error", "formula_without_result"]


def test_a_sheet_without_table_is_left_out_and_told(tmp_path):
    """An own sheet of the office does no harm."""
    case = read_case(as_book(tmp_path, county(会议记录=[["时间", "内容"], ["周一", "例会"]])))
    assert [w.sheet for w in warned(case, "sheet_left_out")] == ["会议记录"]


def test_a_missing_sheet_is_named_in_both_languages(tmp_path):
    """The fault names the sheet as an office would call it."""
    tables = county()
    del tables["执法人员"]
    [fault] = faults(as_book(tmp_path, tables))
    assert "执法人员" in fault_line(fault, "zh")
    assert "officers" in fault_line(fault, "en")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><table></table></html>", "workbook_is_html"),
        (b"<?xml version='1.0'?><Workbook/>", "workbook_is_xml"),
        ("企业编号,名称".encode("gb18030"), "workbook_is_text"),
        (b"PK\x03\x04 damaged", "unreadable_workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "unreadable_workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "workbook_password"),
        (b"", "not_a_workbook"),
    ],
)
def test_what_only_looks_like_a_workbook_has_a_name(tmp_path, content, code):
    """Web pages, text and damaged or encrypted files under the name of a workbook are told apart."""
    path = tmp_path / "old.xls"
    path.write_bytes(content)
    assert codes(path) == [code]


def test_settings_are_refused_with_their_row(tmp_path):
    """A wrong day or an unknown key of the settings sheet names sheet and row."""
    wrong = {**SETTINGS, "基准日": "去年", "随便": "1"}
    found = [(f.code, f.sheet, f.row) for f in faults(as_book(tmp_path, county(), wrong))]
    assert ("wrong_type", "案例", 2) in found
    assert ("unknown_key", "案例", 6) in found


def test_one_ledger_per_department(tmp_path):
    """Sheets that each department calls its own way are one table, known by their headers."""
    plain = read_case(as_book(tmp_path, county()))
    tables = county()
    del tables["企业台账"]
    other = ["企业名称", "编号", "乡镇编码", "经度(度)", "纬度\n（度）", "行业", "信用代码"]
    order = [
        FIRMS[0].index(n)
        for n in ("企业名称", "企业编号", "乡镇代码", "经度", "纬度", "行业", "统一社会信用代码")
    ]
    tables["应急局监管企业"] = [FIRMS[0], FIRMS[1], FIRMS[3]]
    tables["消防重点单位"] = [other, [FIRMS[2][at] for at in order]]
    case = read_case(as_book(tmp_path, tables))
    assert case.enterprises.equals(plain.enterprises)


def test_hidden_rows_and_merged_cells_of_an_old_workbook(tmp_path):
    """.xls tells hidden rows and merged cells as .xlsx does."""
    book = xlwt.Workbook(encoding="utf-8")
    tables = {"案例": list(SETTINGS.items()), **county()}
    for title, data in tables.items():
        sheet = book.add_sheet(title)
        for r, row in enumerate(data):
            for c, value in enumerate(row):
                if (title, c, r) not in {("企业台账", 6, 1), ("企业台账", 6, 2)}:
                    sheet.write(r, c, value)
        if title == "企业台账":
            sheet.write_merge(1, 2, 6, 6, "食品")
            sheet.row(3).hidden = True
    book.save(str(tmp_path / "old.xls"))
    case = read_case(tmp_path / "old.xls")
    assert case.enterprises["sector"].tolist() == ["食品", "食品", "危化品经营"]
    assert [w.cell for w in warned(case, "merged_filled")] == ["G3"]
    assert [w.row for w in warned(case, "hidden_rows")] == [4]


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path):
    """A serial number of an old Macintosh workbook is the day that it shows."""

    def old_epoch(book):
        book.epoch = CALENDAR_MAC_1904

    rows = [["隐患编号", "企业编号", "发现日期", "严重程度"], ["H1", "E1", 46086 - 1462, "一般"]]
    case = read_case(as_book(tmp_path, county(隐患台账=rows), change=old_epoch))
    assert case["hazards"]["date"].dt.date.tolist() == [dt.date(2026, 3, 5)]
