"""Columns and tables that scores are made of: read, checked, written; cases without them stay as they were."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskplan.case.read import read_case
from riskplan.case.write import write_case
from riskplan.errors import InputError


def add(folder, table, header, *rows):
    """Write a table of a case folder."""
    (folder / f"{table}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def widen(folder, table, **columns):
    """Add columns to a table, the first row's cells as given and the others empty."""
    lines = (folder / f"{table}.csv").read_text(encoding="utf-8-sig").splitlines()
    cells = [",".join(columns), ",".join(columns.values()), *(["," * (len(columns) - 1)] * (len(lines) - 2))]
    text = "\n".join(f"{line},{more}" for line, more in zip(lines, cells, strict=True))
    (folder / f"{table}.csv").write_text(text + "\n", encoding="utf-8")


def faults_of(folder):
    """Return (code, file, column) of every fault."""
    with pytest.raises(InputError) as refused:
        read_case(folder)
    return [(f.code, f.file, f.column) for f in refused.value.faults if not f.warning]


def test_a_case_without_them_has_them_empty(hamlet):
    """No column is guessed and no default is told."""
    frame = hamlet.enterprises
    assert (frame["major_hazard_level"] == -1).all()
    assert frame["opened_on"].isna().all()
    for column in ("standardisation", "credit_grade", "inspection_class", "operator"):
        assert (frame[column] == "").all()
    assert hamlet["hazards"]["loss_million"].isna().all()
    assert not len(hamlet["self_reports"])
    assert not len(hamlet["overrides"])
    assert "defaults_taken" not in [w.code for w in hamlet.warnings if w.file == "hazards.csv"]


def filled(folder):
    """Fill a cell of every new column and a row of every new table; return the first enterprise."""
    e = read_case(folder).enterprises["enterprise_id"].iat[0]
    widen(
        folder,
        "enterprises",
        standardisation="二级",
        credit_grade="B",
        major_hazard_level="2",
        opened_on="2026/5/1",
        inspection_class="重点",
        operator="x",
    )
    widen(folder, "hazards", deaths="1", serious_injuries="2", loss_million="0.25")
    add(folder, "self_reports", "enterprise_id,date,hazards_found,source", f"{e},2026-10-31,2,app")
    add(
        folder,
        "overrides",
        "企业编号,风险等级,决定人,决定日期,理由,有效期至",
        f"{e},橙色,安委办,2026-11-01,连续停产,2027-01-01",
    )
    return e


@pytest.mark.parametrize("form", ["case", "case.xlsx", "case.gpkg"])
def test_they_are_read_and_written_in_every_form(form, broken, tmp_path):
    """Headers and words in Chinese or English; written and read again they are the same."""
    filled(broken)
    case = read_case(broken)
    row = case.enterprises.iloc[0]
    assert (row["major_hazard_level"], row["inspection_class"]) == (2, "focus")
    assert row["opened_on"] == pd.Timestamp("2026-05-01")
    hazard = case["hazards"].iloc[0]
    assert (hazard["deaths"], hazard["serious_injuries"], hazard["loss_million"]) == (1, 2, 0.25)
    assert case["overrides"]["tier"].tolist() == ["orange"]
    write_case(case, tmp_path / form)
    again = read_case(tmp_path / form)
    assert again.fingerprint == case.fingerprint


@pytest.mark.parametrize("column", ["author", "date", "reason"])
def test_an_override_needs_author_date_and_reason(column, broken):
    """A tier set by people without who, when and why is refused: an empty cell as well as a missing column."""
    e = read_case(broken).enterprises["enterprise_id"].iat[0]
    cells = {"enterprise_id": e, "tier": "red", "author": "o", "date": "2026-11-01", "reason": "r"}
    add(broken, "overrides", ",".join(cells), ",".join({**cells, column: ""}.values()))
    assert ("empty_cell", "overrides.csv", column) in faults_of(broken)
    del cells[column]
    add(broken, "overrides", ",".join(cells), ",".join(cells.values()))
    assert faults_of(broken)


def test_slips_in_them_are_all_told(broken):
    """A level above 4, a negative loss, an unknown enterprise, a tier that there is not, an end before its beginning."""
    filled(broken)
    for table, old, new in (
        ("enterprises", ",2,2026/5/1", ",5,2026/5/1"),
        ("hazards", ",0.25", ",-1"),
        ("overrides", "橙色", "紫色"),
        ("overrides", "2027-01-01", "2026-10-01"),
    ):
        path = broken / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    add(broken, "self_reports", "enterprise_id,date", "NOBODY,2026-10-31")
    assert {(code, file) for code, file, _ in faults_of(broken)} >= {
        ("number_out_of_range", "enterprises.csv"),
        ("number_out_of_range", "hazards.csv"),
        ("not_allowed", "overrides.csv"),
        ("dates_reversed", "overrides.csv"),
        ("unknown_reference", "self_reports.csv"),
    }


def test_a_decision_that_has_ended_is_told_with_its_row(broken):
    """Told once: not while it holds, not before it is made, not when a later decision has replaced it."""
    e, other = read_case(broken).enterprises["enterprise_id"].iloc[:2]
    add(
        broken,
        "overrides",
        "enterprise_id,tier,author,date,reason,until",
        f"{e},red,Office,2026-01-05,r,2026-03-01",
        f"{other},red,Office,2026-01-05,r,2026-03-01",
        f"{other},orange,Office,2026-02-05,r,",
    )

    def told(day):
        found = [w for w in read_case(broken, as_of=day).warnings if w.code == "override_ended"]
        return [(w.row, w.column, w.args["of"], w.args["author"]) for w in found]

    assert told(dt.date(2026, 3, 2)) == [(2, "until", e, "Office")]
    assert told(dt.date(2026, 3, 1)) == []
    assert told(dt.date(2026, 1, 4)) == []
