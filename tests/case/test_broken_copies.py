"""Ten deliberately broken copies of a case: each is refused once, with every fault named, and nothing is written."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from riskplan.cli.app import app


def _edit(path, change):
    path.write_text(change(path.read_text(encoding="utf-8-sig")), encoding="utf-8-sig")


def _cell(folder, table, row, column, value):
    """Set one cell of a CSV without quoted commas before it; ``row`` counts the header as 1."""
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    at = lines[0].split(",").index(column)
    cells = lines[row - 1].split(",")
    cells[at] = value
    lines[row - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


def missing_file(folder):
    (folder / "officers.csv").unlink()
    return [("officers.csv", None, None)]


def wrong_header(folder):
    _edit(folder / "enterprises.csv", lambda t: t.replace("sector", "sektor", 1))
    return [("enterprises.csv", "1", "sector")]


def text_in_a_number(folder):
    _cell(folder, "enterprises", 3, "lon", "abc")
    _cell(folder, "enterprises", 5, "lat", "25.3度")
    return [("enterprises.csv", "3", "lon"), ("enterprises.csv", "5", "lat")]


def duplicate_id(folder):
    first = (folder / "enterprises.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[0]
    _cell(folder, "enterprises", 4, "enterprise_id", first)
    return [("enterprises.csv", "4", "enterprise_id")]


def point_outside_every_polygon(folder):
    _cell(folder, "enterprises", 6, "lon", "100.5")
    return [("enterprises.csv", "6", "lon")]


def unknown_department(folder):
    _cell(folder, "officers", 2, "department_id", "NOSUCH")
    return [("officers.csv", "2", "department_id")]


def date_nonsense(folder):
    _cell(folder, "visits", 2, "date", "2026-02-30")
    _cell(folder, "visits", 3, "date", "last week")
    return [("visits.csv", "2", "date"), ("visits.csv", "3", "date")]


def negative_minutes(folder):
    _cell(folder, "items", 2, "minutes", "-30")
    return [("items.csv", "2", "minutes")]


def empty_table(folder):
    _edit(folder / "townships.csv", lambda t: t.splitlines()[0] + "\n")
    return [("townships.csv", None, None)]


def unknown_rule_key(folder):
    _edit(folder / "rules.toml", lambda t: t + "\n[capacity]\nweek_flexx = 2.0\n")
    return [("rules.toml", None, "week_flexx")]


BREAKS = (
    missing_file,
    wrong_header,
    text_in_a_number,
    duplicate_id,
    point_outside_every_polygon,
    unknown_department,
    date_nonsense,
    negative_minutes,
    empty_table,
    unknown_rule_key,
)


@pytest.mark.parametrize("break_it", BREAKS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_broken_copy_is_refused_with_every_fault(break_it, lang, broken, tmp_path):
    """Exit code 2, one report that names file, row and column of each fault, and nothing written."""
    expected = break_it(broken)
    target = tmp_path / "plan"
    result = CliRunner().invoke(app, ["year", str(broken), "--out", str(target), "--lang", lang, "--quiet"])
    assert result.exit_code == 2
    assert not target.exists()
    assert "Traceback" not in result.output
    for file, row, column in expected:
        lines = [line for line in result.output.splitlines() if line.strip().startswith(file)]
        assert any(
            (row is None or re.search(rf"(row {row},|第 {row} 行)", line))
            and (column is None or column in line)
            for line in lines
        ), (file, row, column, result.output)


def test_all_faults_of_a_file_are_told_at_once(broken):
    """Several different faults in several files end in one report."""
    expected = [
        *text_in_a_number(broken),
        *unknown_department(broken),
        *negative_minutes(broken),
        *unknown_rule_key(broken),
    ]
    result = CliRunner().invoke(app, ["check", str(broken), "--lang", "en"])
    assert result.exit_code == 2
    for file, row, column in expected:
        assert any(
            file in line and (row is None or f"row {row}," in line) and column in line
            for line in result.output.splitlines()
        )


def test_reporter_identity_is_refused(broken):
    """A column that identifies who reported a hazard never gets in."""
    _edit(broken / "hazards.csv", lambda t: t.replace("source", "举报人", 1))
    result = CliRunner().invoke(app, ["check", str(broken)])
    assert result.exit_code == 2
    assert "举报人" in result.output


def test_a_coordinating_body_may_not_inspect(broken):
    """An item of the safety committee's office is a fault, not a duty."""
    text = (broken / "departments.csv").read_text(encoding="utf-8-sig")
    committee = next((line.split(",")[0] for line in text.splitlines() if "coordination" in line), None)
    assert committee, "the sample has a coordinating body"
    _cell(broken, "items", 2, "department_id", committee)
    result = CliRunner().invoke(app, ["check", str(broken), "--lang", "en"])
    assert result.exit_code == 2
    assert "may not inspect" in result.output
