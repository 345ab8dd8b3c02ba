"""``merge`` as its users call it: report, explanation, files, and the examples of docs/joint.md."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from riskplan.cli.app import app

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


def run(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def reported(hamlet_folder, tmp_path_factory):
    """What ``merge --report`` of ``hamlet`` prints, and the folder that it writes."""
    target = tmp_path_factory.mktemp("merge") / "out"
    result = run("merge", hamlet_folder, "--report", "--out", target, "--lang", "en")
    assert result.exit_code == 0, result.output
    return result.output, target


def test_report_prints_every_figure_of_the_baseline(reported):
    """Calls, departments, joint share, hours, officer-minutes, people, days, problems per visit and total, both ways."""
    text, _ = reported
    for words in (
        "calls",
        "departments per visit",
        "joint share",
        "hours on site",
        "officer-minutes",
        "officers at the gate",
        "days at one enterprise",
        "problems expected (total)",
        "problems expected per visit",
        "Haining",
        "at most 8",
        "Proven least",
    ):
        assert words in text, words


def test_report_as_data_agrees_with_what_is_printed(reported):
    """``merge.json`` holds the sides that the table shows; merging keeps the total of problems."""
    text, target = reported
    record = json.loads((target / "merge.json").read_text(encoding="utf-8"))
    assert f"{record['joint']['calls']:,}" in text
    assert record["joint"]["calls"] < record["alone"]["calls"]
    assert record["joint"]["problems"] == pytest.approx(record["alone"]["problems"])
    assert record["proven"] == record["enterprises"]
    saved = {(cell["domains"], cell["width"]): cell["saved"] for cell in record["grid"]}
    assert all(saved[d, 2] <= saved[d, 4] <= saved[d, 8] for d in (2, 4, 6))
    assert all(saved[2, w] <= saved[4, w] <= saved[6, w] for w in (4, 8))


def test_page_has_the_plot_and_no_outside_part(reported):
    """``merge.html`` draws both pictures and loads nothing."""
    page = (reported[1] / "merge.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "http" not in page
    assert "<script" not in page


def test_files_are_written_with_their_columns(reported):
    """Schedules, matrix, conflicts and credits: one file each, readable as CSV."""
    _, target = reported
    heads = {}
    for path in sorted(target.glob("*.csv")):
        heads[path.name] = next(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert set(heads) == {"joint.csv", "requirements.csv", "conflicts.csv", "credits.csv"}
    assert {"minutes", "skills", "mode", "due_by", "first", "last", "months"} <= set(
        heads["requirements.csv"]
    )
    assert {"kind", "limit_ids", "bases", "wins", "undone"} <= set(heads["conflicts.csv"])


def test_the_same_case_gives_the_same_bytes(hamlet_folder, reported, tmp_path):
    """Run again, every file of the report is the same."""
    assert run("merge", hamlet_folder, "--report", "--out", tmp_path, "--lang", "en").exit_code == 0
    for path in sorted(reported[1].iterdir()):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def squeezed(text):
    """Return a text without differences of line breaks and spaces."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("name", ["twenty", "conflict"])
def test_documented_examples_are_what_the_command_prints(name):
    """docs/joint.md shows the two hand-made enterprises as ``merge --explain`` tells them."""
    result = run("merge", EXAMPLES / name, "--explain", "Q001", "--lang", "en")
    assert result.exit_code == 0
    assert squeezed(result.output.strip()) in squeezed(
        (ROOT / "docs" / "joint.md").read_text(encoding="utf-8")
    )


def test_twenty_domains_need_three_visits_with_one_lead_each():
    """Twelve calls become three; the bound says why not two; what a rule keeps apart stands apart."""
    text = run("merge", EXAMPLES / "twenty", "--explain", "Q001", "--lang", "zh").output
    assert "8 个部门、20 个领域、20 项任务" in text
    assert "12 次" in text
    assert "3 次，已证明最少" in text
    visits = [line for line in text.splitlines() if "/3 次：" in line]
    assert len(visits) == 3
    assert all(line.count("牵头") == 1 for line in visits)
    assert not any("FIRE-03" in line and "ENV-03" in line for line in visits)


def test_conflict_register_names_limits_bases_winner_and_what_is_left(tmp_path):
    """Each row of conflicts.csv can be read by a lawyer: duty and basis, limits and bases, which stands, what is undone."""
    assert run("merge", EXAMPLES / "conflict", "--out", tmp_path).exit_code == 0
    rows = list(csv.DictReader((tmp_path / "conflicts.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["kind"] for row in rows} == {"floor", "interval"}
    for row in rows:
        limits, bases = row["limit_ids"].split("|"), row["bases"].split("|")
        assert len(limits) == len(bases)
        assert row["wins"] in limits
        assert int(row["undone"]) == abs(int(row["owed"]) - int(row["possible"]))
    own = next(row for row in rows if row["items"] == "EM-02" and row["kind"] == "floor")
    assert own["wins"] == "organ-enterprise-year"
    assert "第五条" in own["bases"]


def test_strict_counts_floors_only():
    """With ``--strict`` a floor that no plan can meet ends in 1; without, in 0."""
    assert run("merge", EXAMPLES / "conflict").exit_code == 0
    assert run("merge", EXAMPLES / "conflict", "--strict").exit_code == 1
    assert run("merge", EXAMPLES / "twenty", "--strict").exit_code == 0


def test_explain_of_an_unknown_enterprise_names_the_nearest():
    """A misspelt id is bad input; the message says which one may be meant."""
    result = run("merge", EXAMPLES / "twenty", "--explain", "Q002", "--lang", "en")
    assert result.exit_code == 2
    assert "Q001" in result.output


def test_hostile_names_stay_text(tmp_path):
    """A name that tries to be markup or a template is printed and escaped, never run."""
    folder = tmp_path / "case"
    folder.mkdir()
    for path in (EXAMPLES / "twenty").iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == "departments.csv":
            text = text.replace("应急管理局", HOSTILE)
        (folder / path.name).write_text(text, encoding="utf-8")
    assert HOSTILE in run("merge", folder, "--explain", "Q001", "--lang", "en").output
    assert run("merge", folder, "--report", "--out", tmp_path / "out").exit_code == 0
    page = (tmp_path / "out" / "merge.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
