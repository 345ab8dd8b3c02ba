"""What an office is told about its data: on the screen, as JSON, and marked in a copy of its own workbook."""

from __future__ import annotations

import json
import shutil

import pytest
from many_faults import PLANTED, place_of, write_with_faults
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from typer.testing import CliRunner

from riskplan.case.checks import _nearest
from riskplan.case.faults import SHOWN_PER_KIND, fault_line, report_lines
from riskplan.case.marking.door import ERROR, WARNING
from riskplan.cli.app import app
from riskplan.errors import Fault


def run(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def ledger(hamlet, tmp_path_factory):
    """A workbook with 25 different faults; never write to it."""
    return write_with_faults(hamlet, tmp_path_factory.mktemp("ledger") / "台账.xlsx")


@pytest.fixture(scope="module")
def checked(ledger, tmp_path_factory):
    """The record of a check as JSON and the marked copy."""
    target = tmp_path_factory.mktemp("marked") / "faults.xlsx"
    before = ledger.read_bytes()
    result = run("check", ledger, "--json", "--mark", target, "--lang", "en")
    assert result.exit_code == 2, result.output
    assert ledger.read_bytes() == before
    return json.loads(result.stdout), target


def marked_cells(book, colour):
    return {
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.start_color.rgb[-6:] == colour
    }


def planted_cells():
    found = set()
    for planted in PLANTED:
        title, _, at = place_of(planted)
        found.add((title, f"{get_column_letter(at)}{planted.row}"))
    return found


def test_every_fault_is_found_once_at_its_cell(checked):
    """25 faults, none more: code, sheet, cell, row, and the column as the office wrote it."""
    record, _ = checked
    told = [
        (f["code"], f["sheet"], f["cell"], f["row"], f["column"])
        for f in record["faults"]
        if not f["warning"]
    ]
    expected = []
    for planted in PLANTED:
        title, header, at = place_of(planted)
        expected.append((planted.code, title, f"{get_column_letter(at)}{planted.row}", planted.row, header))
    assert sorted(told) == sorted(expected)
    assert record["errors"] == len({planted.code for planted in PLANTED}) == 25
    assert record["ok"] is False


def test_the_record_has_the_same_keys_for_every_fault(checked):
    """The schema is named, kinds are counted, and each fault has all keys with words in them."""
    record, _ = checked
    assert record["schema"] == "riskplan-check-1"
    assert record["case"] == "台账.xlsx"
    assert sum(record["kinds"].values()) == record["errors"] + record["warnings"] == len(record["faults"])
    keys = [
        "code",
        "file",
        "sheet",
        "row",
        "column",
        "cell",
        "value",
        "what",
        "expected",
        "remedy",
        "warning",
    ]
    assert all(list(f) == keys for f in record["faults"])
    assert all(f["what"] and f["expected"] and f["remedy"] for f in record["faults"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_screen_tells_every_cell_and_remedy(lang, ledger, checked):
    """In both languages each fault has its cell and what to do; the exit code is 2 and no traceback shows."""
    result = run("check", ledger, "--lang", lang)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    for title, cell in planted_cells():
        lines = [line for line in result.output.splitlines() if f"台账.xlsx › {title} › {cell}" in line]
        assert lines, (title, cell)
        assert all(("处理：" if lang == "zh" else "To do: ") in line for line in lines)


def test_the_marked_copy_shows_each_fault_where_it_stands(checked, ledger):
    """25 cells are red with a comment that tells what to do; all other cells are as the office has them."""
    target = checked[1]
    book, original = load_workbook(target), load_workbook(ledger)
    assert marked_cells(book, ERROR) == planted_cells()
    for title, address in planted_cells():
        assert "To do:" in book[title][address].comment.text
    assert book.sheetnames == ["faults", *original.sheetnames]
    for sheet in original.worksheets:
        same = [[c.value for c in row] for row in book[sheet.title].iter_rows()]
        assert same == [[c.value for c in row] for row in sheet.iter_rows()]


def test_the_list_leads_to_the_cells(checked):
    """The first sheet lists every fault and links to its cell."""
    record, target = checked
    sheet = load_workbook(target)["faults"]
    links = {link.location for row in sheet.iter_rows() for c in row if (link := c.hyperlink)}
    assert {f"'{title}'!{cell}" for title, cell in planted_cells()} <= links
    assert sheet.max_row == 1 + len(record["faults"])


def test_a_marked_copy_is_replaced_and_read_without_its_list(checked, tmp_path):
    """Marked again after mending one cell, only the others are marked; the list itself is no data."""
    record, target = checked
    copy = tmp_path / "second.xlsx"
    book = load_workbook(target)
    book["企业"]["J10"].value = "大型"
    book.save(copy)
    result = run("check", copy, "--json", "--mark", tmp_path / "third.xlsx", "--lang", "en")
    again = json.loads(result.stdout)
    assert again["errors"] == record["errors"] - 1
    assert "sheet_left_out" not in again["kinds"]
    marked = load_workbook(tmp_path / "third.xlsx")
    assert ("企业", "J10") not in marked_cells(marked, ERROR)
    assert marked["企业"]["J10"].comment is None
    assert run("check", copy, "--mark", tmp_path / "third.xlsx").exit_code == 2


def test_the_marked_copy_never_replaces_anything_else(ledger, tmp_path):
    """Neither the original nor another file is written over, and the copy must be a workbook."""
    copy = shutil.copy(ledger, tmp_path / "a.xlsx")
    other = tmp_path / "letter.xlsx"
    other.write_bytes(b"keep me")
    for target, words in (
        (copy, "replace the original"),
        (other, "not replaced"),
        (tmp_path / "a.csv", ".xlsx"),
    ):
        result = run("check", copy, "--mark", target, "--lang", "en")
        assert result.exit_code == 2
        assert words in result.output
        assert "Errors: 25" in result.output
    assert other.read_bytes() == b"keep me"
    assert copy.read_bytes() == ledger.read_bytes()


def test_files_of_a_folder_are_marked_in_a_workbook(broken, tmp_path):
    """CSV files become sheets of text with the same marks; columns of one's own show no values."""
    path = broken / "officers.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    cells = [line.split(",") for line in lines]
    cells[2][1] = "=NOSUCH"
    rows = [",".join([*row, "电话" if k == 0 else "13800000000"]) for k, row in enumerate(cells)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    result = run("check", broken, "--mark", tmp_path / "m.xlsx")
    assert result.exit_code == 2, result.output
    book = load_workbook(tmp_path / "m.xlsx")
    assert marked_cells(book, ERROR) == {("officers.csv", "B3")}
    assert ("officers.csv", f"{get_column_letter(len(cells[0]) + 1)}1") in marked_cells(book, WARNING)
    cell = book["officers.csv"]["B3"]
    assert (cell.value, cell.data_type) == ("=NOSUCH", "s")
    assert "13800000000" not in {c.value for row in book["officers.csv"].iter_rows() for c in row}
    assert "处理：" in cell.comment.text


@pytest.mark.parametrize("ending", [".gpkg", ".xlsx"])
def test_rows_of_other_forms_are_marked_too(ending, broken, tmp_path):
    """A GeoPackage is marked by its rows."""
    source = tmp_path / f"case{ending}"
    assert run("template", "--from", broken, "--out", source).exit_code == 0
    result = run("check", source, "--mark", tmp_path / "m.xlsx")
    assert result.exit_code == 0, result.output
    book = load_workbook(tmp_path / "m.xlsx")
    assert book.sheetnames[0] == "问题清单"
    assert book[("enterprises" if ending == ".gpkg" else "企业")].max_row == 31


def test_many_faults_of_a_kind_are_told_in_short():
    """The first 20 of a kind are listed, the rest counted, and where all of them are is said."""
    faults = [Fault("not_a_number", "a.csv", None, row, "lon", "x") for row in range(2, 102)]
    lines = report_lines([*faults, Fault("missing_file", "b.csv")], "en")
    assert sum(line.startswith("  a.csv, row") for line in lines) == SHOWN_PER_KIND
    assert any("80 more" in line and "--mark" in line for line in lines)
    assert lines[0].startswith("Faults in the input: 101")
    assert lines[1] == "“…” is not a number: 100"


def test_warnings_alone_are_good_and_told_apart(broken):
    """A case with warnings only ends with exit code 0; the warnings stand in a list of their own."""
    (broken / "notes.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    result = run("check", broken, "--json")
    record = json.loads(result.stdout)
    assert result.exit_code == 0
    assert record["errors"] == 0
    assert record["warnings"] >= 1
    assert record["tables"]["enterprises"] == 30


def test_a_semicolon_file_of_a_chinese_windows_is_marked_at_its_cell(broken, tmp_path):
    """GB18030 and semicolons are shown as cells, and the mark is at the cell that is meant."""
    path = broken / "officers.csv"
    text = path.read_text(encoding="utf-8-sig").replace(",", ";").splitlines()
    text[3] = ";".join([text[3].split(";")[0], "没有", *text[3].split(";")[2:]])
    path.write_text("\n".join(text), encoding="gb18030")
    assert run("check", broken, "--mark", tmp_path / "m.xlsx").exit_code == 2
    book = load_workbook(tmp_path / "m.xlsx")
    assert marked_cells(book, ERROR) == {("officers.csv", "B4")}
    assert book["officers.csv"]["B4"].value == "没有"


@pytest.mark.parametrize(
    ("fault", "zh", "en"),
    [
        (Fault("duplicate_id", "f", value="x", args={"where": "4"}), "第 4 行", "row 4)"),
        (Fault("duplicate_id", "f", value="x", args={"where": "甲 镇 4"}), "甲 镇第 4 行", "row 4 of 甲 镇"),
        (
            Fault("not_allowed", "f", value="x", args={"one_of": "enterprises.size"}),
            "大型、中型、",
            "large (大型), ",
        ),
        (
            Fault("unknown_reference", "f", value="x", args={"table": "departments", "near": "EM"}),
            "“部门”表",
            "table departments",
        ),
    ],
)
def test_tables_choices_and_places_are_told_in_the_readers_language(fault, zh, en):
    """A Chinese reader sees sheets and words as his workbook has them, no codes."""
    assert zh in fault_line(fault, "zh")
    assert en in fault_line(fault, "en")


def test_a_name_in_place_of_an_id_is_answered_with_the_id():
    """Units are joined by id only; who writes the name is told the id, with the name, of what it may mean."""
    assert _nearest("应急局", ["EM", "FIRE"], {"县应急管理局": "EM 县应急管理局"}) == "EM 县应急管理局"
    assert _nearest("FIR", ["EM", "FIRE"], {"县应急管理局": "EM 县应急管理局"}) == "FIRE"


def test_a_table_without_a_file_is_named_as_the_office_names_it():
    """What is wrong with a table as a whole names its sheet and header, not the codes of the program."""
    fault = Fault(
        "no_inspection_days",
        "capacity_lines",
        column="days",
        value="9",
        args={"department": "x", "legal": "1"},
    )
    assert fault_line(fault, "zh").startswith("执法工时，人日：")
    assert fault_line(fault, "en").startswith("capacity_lines, days: ")
