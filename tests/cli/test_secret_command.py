"""``riskplan secret`` and ``--secret``: made once, used by the year plan, faults told with exit code 2."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from riskplan.cli.app import app
from riskplan.report import summary_lines, write_workbook


def run(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory):
    """A secret file made by the command."""
    file = tmp_path_factory.mktemp("safe") / "office.secret"
    result = run("secret", file, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "mode 600" in result.output
    assert file.read_bytes().hex() not in result.output
    return file


def test_a_second_secret_in_its_place_is_refused(secret_file):
    """Exit code 2 and the old bytes."""
    old = secret_file.read_bytes()
    result = run("secret", secret_file, "--lang", "en")
    assert result.exit_code == 2
    assert "never replaced" in result.output
    assert secret_file.read_bytes() == old


def test_a_file_that_is_no_secret_is_refused_before_anything_is_planned(hamlet_folder, tmp_path):
    """Wrong length: exit code 2, a sentence in either language, nothing written."""
    (tmp_path / "short").write_bytes(b"short")
    (tmp_path / "short").chmod(0o600)
    for lang, word in (("en", "5 bytes, 32 are expected"), ("zh", "32 字节")):
        result = run(
            "year", hamlet_folder, "--out", tmp_path / "p", "--secret", tmp_path / "short", "--lang", lang
        )
        assert result.exit_code == 2
        assert word in result.output
    assert not (tmp_path / "p").exists()


def test_the_year_says_that_its_weeks_are_drawn(hamlet_folder, secret_file, tmp_path):
    """With a secret, summary, manifest and workbook say so."""
    plan, book, words = tmp_path / "p", tmp_path / "p.xlsx", "drawn by the office's secret"
    asked = ("--secret", secret_file, "--effort", 0.05, "--quiet", "--lang", "en")
    result = run("year", hamlet_folder, "--out", plan, *asked)
    assert result.exit_code == 0, result.output
    assert words in result.output
    assert json.loads((plan / "manifest.json").read_text("utf-8"))["predictable"] is False
    assert run("workbook", hamlet_folder, plan, "--out", book, "--lang", "en").exit_code == 0
    assert any(words in str(c) for row in load_workbook(book).worksheets[0].values for c in row)


def test_without_a_secret_a_plan_is_called_predictable(hamlet, hamlet_rules, hamlet_plan, tmp_path):
    """Summary and workbook warn in either language."""
    for lang, words in (("en", "Weeks are predictable"), ("zh", "周次可预测")):
        assert words in "\n".join(summary_lines(hamlet, hamlet_rules, hamlet_plan, lang=lang))
        write_workbook(hamlet, hamlet_rules, hamlet_plan, tmp_path / "p.xlsx", lang=lang, findings=())
        cells = load_workbook(tmp_path / "p.xlsx").worksheets[0].values
        assert any(words in str(c) for row in cells for c in row)
