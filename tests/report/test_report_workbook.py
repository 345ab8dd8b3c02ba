"""The workbook: four plain sheets, text that stays text, the same bytes each time, readable by the audit."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import python_calamine as calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from map_sample import sample_case, sample_plan, sample_rules
from openpyxl.utils import get_column_letter
from payloads import PAYLOADS

from riskplan.audit.findings import Finding
from riskplan.audit.sheet import plan_of_sheet
from riskplan.excel import clean, put, save
from riskplan.plan.tables import LATE, Plan, normalise
from riskplan.report.lines import summary_lines
from riskplan.report.load import planned_minutes
from riskplan.report.names import Book
from riskplan.report.workbook import write_workbook
from riskplan.rules.capacity import capacity_of

FORMULAS = ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1:A2)", "=1+1", "\t=1", "' =x", "=")


def workbook(tmp_path: Path, case=None, plan=None, lang="zh", findings=None):
    """Write and reopen the workbook of a case."""
    case = case or sample_case(12)
    plan = plan or sample_plan(case)
    path = write_workbook(case, sample_rules(), plan, tmp_path / "plan.xlsx", lang=lang, findings=findings)
    return openpyxl.load_workbook(path)


def texts(sheet) -> list[str]:
    """Return all values of a sheet as text."""
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_has_five_plain_sheets_in_the_persons_language(tmp_path):
    """The sheets and headers are worded in the language asked for."""
    chinese, english = workbook(tmp_path), workbook(tmp_path, lang="en")
    assert chinese.sheetnames == ["概览", "检查计划", "未排与冲突", "企业与分级", "执法工时"]
    assert english.sheetnames == ["Summary", "Visits", "Left out", "Enterprises", "Capacity"]
    assert [c.value for c in chinese["检查计划"][1]][:3] == ["检查编号", "计划周", "检查日期"]


def test_enterprises_are_listed_worst_first_with_what_their_tier_comes_from(tmp_path):
    """One row an enterprise, tiers in order, grounds in words, no code of a ground."""
    sheet = workbook(tmp_path, lang="en")["Enterprises"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    tiers = [row[4] for row in rows]
    order = [t for t in ("Red", "Orange", "Yellow", "Blue") if t in tiers]
    assert tiers == [t for t in order for _ in range(tiers.count(t))]
    assert rows
    assert not any(":" in str(row[k] or "") and ": " not in str(row[k]) for row in rows for k in (6, 8))


def test_list_sheets_are_frozen_filtered_and_ready_to_print(tmp_path):
    """Every list has a frozen header that repeats on each A4 landscape page, and a filter."""
    book = workbook(tmp_path)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_A4)
        assert "虚构数据" in sheet.oddHeader.center.text


def test_wrapped_text_has_room_and_codes_are_not_printed(tmp_path):
    """Rows with long text are as high as it needs; the codes at the end are for the audit, not for paper."""
    sheet = workbook(tmp_path).worksheets[1]
    items = [cell.value for cell in sheet[1]].index("检查内容")
    longest = max(range(2, sheet.max_row + 1), key=lambda n: len(str(sheet.cell(n, items + 1).value)))
    if len(str(sheet.cell(longest, items + 1).value)) > 20:
        assert sheet.row_dimensions[longest].height > 15
    assert sheet.print_area.split(":")[1].startswith(f"${get_column_letter(sheet.max_column - 3)}$")


def test_summary_names_what_a_defender_needs(tmp_path):
    """Banner, provisional calendar, tiers, both sides of merging, bound and gaps are there."""
    words = "\n".join(texts(workbook(tmp_path)["概览"]))
    figures = ("30", "12", "-60.0%", "1,200.0", "8.10%", "2.79%", "enterprise-day-alarm")
    notes = ("虚构数据", "暂定日历", "红色", "周模型", "计划搜索量已用完", "未对计划进行审核")
    for needed in (*figures, *notes):
        assert needed in words, needed


def test_violations_are_listed_where_findings_are_given(tmp_path):
    """With findings each violation stands on the first sheet in a sentence, notices do not."""
    found = [
        Finding("enterprise-year", "violation", "E00001", "2027", 7, 6, 1, ("a", "b")),
        Finding("longest-interval", "notice", "E00002", "2027", 1, 0, 1),
    ]
    words = texts(workbook(tmp_path, lang="en", findings=found)["Summary"])
    assert "Violations: 1" in words
    assert found[0].sentence("en") in words
    assert found[1].sentence("en") not in words


def test_visits_are_worded_and_dated(tmp_path):
    """A visit's row has its week months first, real dates, names instead of ids, and a tier's colour."""
    case = sample_case(12)
    sheet = workbook(tmp_path, case)["检查计划"]
    header = {cell.value: cell.column for cell in sheet[1]}
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, header["企业编号"]).value == "E00002")
    assert sheet.cell(row, header["计划周"]).value == "1月11日—1月15日(第2周)"
    assert sheet.cell(row, header["检查日期"]).value == dt.datetime(2027, 1, 13)
    assert sheet.cell(row, header["参与部门"]).value == "消防救援大队、应急管理局、住房和城乡建设局"
    assert sheet.cell(row, header["检查内容"]).value == "消防通道、安全台账、燃气设施"
    assert sheet.cell(row, header["风险等级"]).fill.fgColor.rgb[2:] in {
        "F4C7C3",
        "FBDDBF",
        "FBF0BF",
        "D3E3F3",
    }
    assert sheet.max_row == len(sample_plan(case).visits) + 1


def test_reasons_are_told_in_words(tmp_path):
    """A visit left out names the limit and the township, a conflict the limits that clash."""
    words = "\n".join(texts(workbook(tmp_path)["未排与冲突"]))
    assert "受限于：乡镇(街道)每周检查量上限(乡镇0)" in words
    assert "任何计划都无法满足，因受限于：对同一企业两次检查的最小间隔" in words


def test_waits_have_a_sheet_of_their_own(tmp_path):
    """What waits too long is not among what is left out: days have columns of days, the worst tier comes first."""
    case = sample_case(12)
    plan = sample_plan(case)
    names = list(case.enterprises["enterprise_id"])
    said = {"items": [("fire",)] * 2, "kind": [LATE] * 2, "owed": [273, 136], "basis": ["b"] * 2}
    late = pd.DataFrame({
        "enterprise_id": names[:2],
        **said,
        "tier": ["yellow", "red"],
        "possible": [300, 200],
    })
    late["limit_ids"] = [("history",)] * 2
    more = plan.with_tables(conflicts=pd.concat([plan["conflicts"], late]))
    book = workbook(tmp_path, case, more, lang="en")
    rows = [[cell.value for cell in row] for row in book["Waiting too long"].iter_rows(min_row=2)]
    assert [(row[0], row[5], row[6]) for row in rows] == [("Red", 136, 200), ("Yellow", 273, 300)]
    assert {row[7] for row in rows} == {"too long already when the horizon begins"}
    without = workbook(tmp_path, case, plan, lang="en")
    assert texts(book["Left out"]) == texts(without["Left out"])


def test_audit_reads_the_visits_sheet_back(tmp_path):
    """The sheet of visits is itself a table that the audit accepts, with the same visits."""
    case = sample_case(12)
    plan = sample_plan(case)
    write_workbook(case, sample_rules(), plan, tmp_path / "plan.xlsx", lang="zh")
    frame = pd.read_excel(tmp_path / "plan.xlsx", sheet_name=1, engine="calamine")
    back = plan_of_sheet(case, sample_rules(), frame, None)
    for column in ("enterprise_id", "week", "departments", "items", "kind", "date"):
        assert list(back.visits[column]) == list(plan.visits[column]), column


def test_capacity_sheet_sets_planned_time_beside_the_budget(tmp_path):
    """Planned minutes are officers x (minutes + allowance); budgets are those of the legal formula."""
    case = sample_case(12)
    plan = sample_plan(case)
    book = Book(case, sample_rules(), plan, "en")
    capacity = capacity_of(case, sample_rules())
    planned = planned_minutes(book, capacity)
    by_hand = dict.fromkeys(capacity.departments, 0)
    for departments, minutes in zip(plan.visits["departments"], plan.visits["minutes"], strict=True):
        for department in departments:
            by_hand[department] += 2 * (minutes + 40)
    assert planned.week.sum(axis=1).tolist() == [by_hand[d] for d in capacity.departments]
    sheet = workbook(tmp_path, case, plan, "en")["Capacity"]
    shown = [[c.value for c in row] for row in sheet.iter_rows(min_row=2, max_row=4, max_col=4)]
    assert shown[0] == ["消防救援大队", "planned", by_hand["fire"], int(planned.month[0, 0])]
    assert shown[1][1:] == ["budget", int(capacity.budget[0]), int(capacity.month_minutes[0, 0])]
    assert shown[2][2] == pytest.approx(by_hand["fire"] / capacity.budget[0])


def test_undated_visit_of_a_week_in_two_months_counts_in_both():
    """S7: without a date both months are charged, with a date one; exempt kinds are not charged."""
    case = sample_case(2)
    usual = {
        "enterprise_id": "E00000",
        "departments": ("fire",),
        "minutes": 60,
        "kind": "daily",
        "week": "2027-W13",
    }
    rows = [
        {"visit_id": "a"},
        {"visit_id": "b", "date": "2027-04-01"},
        {"visit_id": "c", "kind": "complaint"},
    ]
    plan = Plan({"visits": normalise("visits", pd.DataFrame([{"date": "", **usual, **row} for row in rows]))})
    planned = planned_minutes(Book(case, sample_rules(), plan, "en"), capacity_of(case, sample_rules()))
    assert planned.month[0, 2:4].tolist() == [200, 400]
    assert planned.week[0].sum() == 400


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_stay_text(tmp_path, text):
    """Text that begins like a formula is stored as text, unchanged, and stays text when it is edited."""
    book = openpyxl.Workbook()
    put(book.active["A1"], text)
    path = save(book, tmp_path / "x.xlsx", dt.date(2026, 11, 20))
    cell = openpyxl.load_workbook(path).active["A1"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix or text[0] not in "=+-@"


def test_no_formula_reaches_any_sheet(tmp_path):
    """Hostile names and reasons are text cells in every sheet."""
    hostile = [*FORMULAS, *PAYLOADS]
    case = sample_case(len(hostile), dict(enumerate(hostile)), name=FORMULAS[0])
    for table in ("townships", "departments", "items"):
        names = [hostile[i % len(FORMULAS)] for i in range(len(case[table]))]
        case = case.replace_table(table, case[table].assign(name=names))
    plan = sample_plan(case)
    plan = plan.with_tables(
        unplanned=plan["unplanned"].assign(reason=FORMULAS[0], limit_id="=1", scope_key="@x")
    )
    path = write_workbook(case, sample_rules(), plan, tmp_path / "plan.xlsx", lang="zh")
    with zipfile.ZipFile(path) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert not any(b"<f>" in archive.read(name) or b"<f " in archive.read(name) for name in sheets)
    shown = [c.value for c in openpyxl.load_workbook(path)["检查计划"]["G"]]
    assert set(hostile[:-1]) <= {*shown}


@settings(deadline=None)
@given(st.text(st.characters()))
def test_any_text_can_be_stored(text):
    """Text with control characters or half surrogates is stored without them; all else comes back."""
    book = openpyxl.Workbook()
    put(book.active["A1"], "x" + text)
    raw = io.BytesIO()
    book.save(raw)
    ((stored,),) = (
        calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw.getvalue())).get_sheet_by_index(0).to_python()
    )
    assert stored == clean("x" + text)


def test_long_text_is_cut_to_what_a_cell_holds():
    """Excel holds 32,767 characters in a cell."""
    assert len(clean("很" * 40_000)) == 32_767


def test_same_plan_gives_the_same_bytes(tmp_path):
    """Two runs, and a run over shuffled rows, write the same file."""
    case = sample_case(12)
    plan = sample_plan(case)
    rng = np.random.default_rng(5)
    mixed = case
    for name, frame in case.tables.items():
        mixed = mixed.replace_table(name, frame.iloc[rng.permutation(len(frame))])
    shuffled = plan.with_tables(**{n: f.iloc[rng.permutation(len(f))] for n, f in plan.tables.items()})
    files = [
        write_workbook(c, sample_rules(), p, tmp_path / f"{n}.xlsx", lang="zh").read_bytes()
        for n, (c, p) in enumerate([(case, plan), (case, plan), (mixed, shuffled)])
    ]
    assert files[0] == files[1] == files[2]


def test_file_tells_no_time_but_the_cases_own(tmp_path):
    """The properties say the case's day; no entry of the archive has a clock."""
    write_workbook(sample_case(), sample_rules(), sample_plan(sample_case()), tmp_path / "a.xlsx", lang="zh")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core) == ["2026-11-20T00:00:00Z"] * 2


def test_write_is_atomic(tmp_path, monkeypatch):
    """A failing write keeps the old file and leaves no temporary one."""
    path = save(openpyxl.Workbook(), tmp_path / "x.xlsx", dt.date(2026, 1, 1))
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(openpyxl.Workbook(), path, dt.date(2027, 1, 1))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


def test_bare_plan_has_a_workbook(tmp_path):
    """A plan with nothing but visits and an empty manifest still makes five sheets."""
    case = sample_case()
    bare = Plan({"visits": sample_plan(case).visits}, {})
    assert len(workbook(tmp_path, case, bare).worksheets) == 5
    assert "未知" in "\n".join(summary_lines(case, sample_rules(), bare, lang="zh"))


def test_summary_lines_say_the_whole_in_a_few_lines():
    """Counts, shortfalls and conflicts by tier, both sides of merging, and both gaps are told."""
    case = sample_case(12)
    lines = "\n".join(summary_lines(case, sample_rules(), sample_plan(case), lang="en"))
    counts = ("Visits planned: 11, enterprises: 12", "Visits not planned: 1 (", "Conflicts: 1 (")
    sides = ("30 for", "12 merged", "4,000 for", "8.10% of the controllable part, 2.79% of the whole")
    for needed in (*counts, *sides, "weekly model", "FICTIONAL"):
        assert needed in lines, needed


def test_only_one_room_writes_excel():
    """No file outside ``excel`` sets a cell's value itself."""
    source = Path(put.__code__.co_filename).parents[1]
    sinks = re.compile(r"\.value = |\.append\(\[|to_excel\(|ExcelWriter|cell\([^)]*value=")
    users = {
        path.parent.name
        for path in sorted(source.rglob("*.py"))
        if "openpyxl" in path.read_text(encoding="utf-8") and sinks.search(path.read_text(encoding="utf-8"))
    }
    assert users == {"excel"}
