"""``riskplan backtest``: exit codes, files, messages."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.risk.models.sample_city import city
from typer.testing import CliRunner

from riskplan.case import extras
from riskplan.cli.app import app

KIND = ("routine", "recheck", "complaint", "other")


def run(*words: object):
    """Run the command."""
    return CliRunner().invoke(app, ["backtest", *map(str, words)])


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Return a history file of a small made-up city."""
    town = city(60, 420)
    rows = ["business_id,date,kind,violations,severity,lon,lat,inspector"]
    for b, day, kind, count, severity in zip(
        town.business, town.day, town.kind, town.violations, town.severity, strict=True
    ):
        date = np.datetime64(int(day), "D")
        rows.append(f"B{b},{date},{KIND[kind]},{count:.0f},{severity},{town.lon[b]},{town.lat[b]},Li")
    path = tmp_path_factory.mktemp("history") / "history.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_history_is_judged_and_written(history, tmp_path) -> None:
    """The tables are printed, six files are written, nothing is left half written, and the inspector is left out."""
    done = run("--history", history, "--windows", 2, "--out", tmp_path / "out", "--lang", "en", "--quiet")
    assert done.exit_code == 0, done.output
    assert "origin (primary)" in done.output
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "backtest.csv",
        "backtest.html",
        "backtest.json",
        "calibration.csv",
        "differences.csv",
        "equity.csv",
    ]


def test_json_is_all_that_is_printed(history) -> None:
    """The record parses."""
    done = run("--history", history, "--windows", 1, "--json", "--quiet")
    assert json.loads(done.stdout)["shipped"] == "pooled"


@pytest.mark.parametrize("both", [True, False])
def test_exactly_one_source_is_asked_for(both, history, hamlet_folder) -> None:
    """Neither and both are refused in a sentence."""
    done = run(*([hamlet_folder, "--history", history] if both else []), "--lang", "en")
    assert done.exit_code == 2
    assert "either a case or --history" in done.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("business_id,date,violations\nA,2024-99-01,1\n", "bad.csv, row 2, column date"),
        ("business_id,date,violations\nA,2024-01-01,1\n", "at least 240"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_its_place(text, told, tmp_path) -> None:
    """A wrong date names its row; a history that is too short says what is needed."""
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    done = run("--history", path, "--lang", "en")
    assert done.exit_code == 2
    assert told in done.output


def test_a_wrong_day_is_told(history) -> None:
    """--last must be a day."""
    done = run("--history", history, "--last", "soon", "--lang", "en")
    assert done.exit_code == 2
    assert "--last soon" in done.output


def test_the_learner_without_its_extra_names_the_extra(history, monkeypatch) -> None:
    """The message says what to install."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(extras.importlib, "import_module", missing)
    done = run("--history", history, "--learner", "--lang", "en")
    assert done.exit_code == 2
    assert "--learner: " in done.output
    assert "riskplan[learn]" in done.output
