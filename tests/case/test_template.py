"""The empty workbook: what it says, what it offers, and that its own example is a case."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from riskplan.case.attributes import REQUIRED_TABLES, attributes, table_attributes, table_names
from riskplan.case.read import read_case
from riskplan.case.sources.names import sheet_title
from riskplan.case.targets.settings import setting_keys
from riskplan.case.targets.sheets import choices_of, header_of
from riskplan.case.targets.template import write_template
from riskplan.cli.app import app
from riskplan.errors import InputError

VALUES = {
    "name": "示例县",
    "as_of": "2026-11-20",
    "horizon_first": "2027-01-01",
    "horizon_last": "2027-12-31",
}


def run(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture(params=["zh", "en"])
def lang(request):
    return request.param


@pytest.fixture
def book(lang, tmp_path):
    return load_workbook(write_template(tmp_path / "t.xlsx", lang=lang))


def test_every_column_is_there_with_a_comment(book, lang):
    """Each table has a sheet with all its headers; a comment tells meaning, form and what an empty cell means."""
    for table in table_names():
        sheet = book[sheet_title(table, lang)]
        assert [c.value for c in sheet[1]] == [header_of(a, lang) for a in table_attributes(table)]
        assert all(c.comment and len(c.comment.text.splitlines()) >= 3 for c in sheet[1])


def test_columns_with_few_values_have_a_list(book, lang):
    """Words of the language are offered for every enum and for yes and no."""
    for table in table_names():
        rules = book[sheet_title(table, lang)].data_validations.dataValidation
        offered = {rule.formula1.strip('"') for rule in rules}
        for a in table_attributes(table):
            if a.kind in {"enum", "bool"}:
                assert ",".join(choices_of(a, lang)) in offered, (table, a.name)
    size = next(a for a in table_attributes("enterprises") if a.name == "size")
    assert choices_of(size, "zh") == ("大型", "中型", "小型", "微型")


def test_every_required_column_has_an_example(book, lang):
    """The example row shows each required column filled in."""
    for a in attributes():
        if a.required:
            headers = [c.value for c in book[sheet_title(a.table, lang)][1]]
            assert book[sheet_title(a.table, lang)][2][headers.index(header_of(a, lang))].value is not None


def test_an_empty_template_is_refused_for_what_it_lacks_only(lang, tmp_path):
    """Reading it tells the empty tables and settings that are required; examples are skipped, the guide is no table."""
    with pytest.raises(InputError) as told:
        read_case(write_template(tmp_path / "t.xlsx", lang=lang))
    faults = told.value.faults
    assert {f.code for f in faults} == {"empty_table", "missing_key", "row_example"}
    assert sum(f.code == "empty_table" for f in faults) == len(REQUIRED_TABLES)
    assert sum(f.code == "row_example" for f in faults) == len(table_names())


def test_the_example_is_a_case(book, lang, tmp_path):
    """With its mark taken away and the settings filled in, every example row reads; a road needs two nodes."""
    for table in table_names():
        cell = book[sheet_title(table, lang)]["A2"]
        cell.value = cell.value.partition("：" if lang == "zh" else ": ")[2]
    settings = book["案例" if lang == "zh" else "case"]
    rows = {row[0].value: row[1] for row in settings.iter_rows()}
    for name, value in VALUES.items():
        rows[setting_keys(lang)[name]].value = value
    book[sheet_title("road_nodes", lang)].append(["N2", 118.300123, 25.321234])
    book.save(tmp_path / "filled.xlsx")
    case = read_case(tmp_path / "filled.xlsx")
    assert {table: len(case[table]) for table in table_names()} == {
        **dict.fromkeys(table_names(), 1),
        "road_nodes": 2,
    }
    assert case.enterprises["size"].tolist() == ["small"]


def test_the_template_is_the_same_bytes_each_time(tmp_path):
    """Nothing in it depends on the day."""
    first, second = (write_template(tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second


def test_the_command_writes_it_once(tmp_path):
    """A filled-in workbook is never replaced by an empty one, and only a workbook is made."""
    target = tmp_path / "case.xlsx"
    assert run("template", "--out", target).exit_code == 0
    before = target.read_bytes()
    assert run("template", "--out", target).exit_code == 2
    assert target.read_bytes() == before
    assert run("template", "--out", tmp_path / "case").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["case.xlsx"]


@pytest.mark.parametrize("name", ["copy", "copy.xlsx", "copy.gpkg"])
def test_a_case_is_written_in_another_form_with_its_rules(name, hamlet_folder, tmp_path):
    """``--from`` writes the case, the rulebook beside it, and both check without a fault."""
    result = run("template", "--from", hamlet_folder, "--out", tmp_path / name)
    assert result.exit_code == 0, result.output
    checked = run("check", tmp_path / name, "--lang", "en")
    assert checked.exit_code == 0, checked.output
    assert "no faults (rules:" in checked.output


def test_a_case_is_not_written_over_itself(broken):
    """The office's own folder, with its own columns, is left alone."""
    before = {path.name: path.read_bytes() for path in broken.iterdir()}
    assert run("template", "--from", broken, "--out", broken).exit_code == 2
    assert {path.name: path.read_bytes() for path in broken.iterdir()} == before


def test_a_workbook_speaks_its_own_language(hamlet_folder, tmp_path):
    """Without ``--lang`` the language is the one that the settings sheet names."""
    target = tmp_path / "case.xlsx"
    assert run("template", "--from", hamlet_folder, "--out", target).exit_code == 0
    book = load_workbook(target)
    rows = {row[0].value: row[1] for row in book["案例"].iter_rows()}
    rows["语言"].value = "en"
    book.save(target)
    assert "no faults" in run("check", target).output
