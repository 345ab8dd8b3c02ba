"""A backtest on the screen, as files and as a page: readable, escaped, the same every time."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from riskplan.report.backtest_files import backtest_files
from riskplan.report.backtest_lines import backtest_lines
from riskplan.risk.backtest import Backtest, Difference, Group, Interval, Measure
from riskplan.risk.backtest.metrics import calibration

HOSTILE = "=1+1<script>alert(1)</script>{{7*7}}\"onload='x'"
MODELS = ("pooled", "boosting", "own_rate", "as_it_happened", "random")


def measure(protocol: str, model: str, window: int, days: float) -> Measure:
    """Return a measure with a figure that differs from the others'."""
    interval = Interval(days, days - 1.23456789, days + 1.5)
    return Measure(protocol, model, window, 100, 20, days - 0.2, interval, 0.6, 0.6123, 0.25, 0.2)


@pytest.fixture
def result() -> Backtest:
    """Return a small made-up backtest with a hostile group."""
    chance = np.linspace(0.05, 0.6, 100)
    return Backtest(
        windows=(("2024-01-01", "2024-02-29"), ("2024-03-01", "2024-04-29")),
        serious=3,
        establishments=80,
        rows=200,
        problems=40,
        shipped="pooled",
        models=MODELS,
        measures=tuple(
            measure(p, m, w, 5.0 - k - w)
            for p in ("origin", "day")
            for k, m in enumerate(MODELS)
            for w in (0, 1, 2)
        ),
        differences=(
            Difference("origin", "pooled", "own_rate", Interval(2.0, 1.0, 3.0)),
            Difference("day", "pooled", "boosting", Interval(0.1, -1.0, 1.0)),
        ),
        groups=(
            Group("township", HOSTILE, 100, 20, 0.7, 0.2, 0.25),
            Group("area", "NE", 60, 10, 0.4, 0.17, 0.2),
            Group("area", "", 40, 10, 0.3, 0.25, 0.0),
        ),
        calibration={("origin", "pooled"): calibration(chance, chance > 0.5)},
        counts={"duplicate_rows": 3, "extras": 1, "rows": 210},
        seed=0,
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_lines_fit_a_terminal_and_columns_stand_under_one_another(lang, result) -> None:
    """No table row is wider than 110 columns, and all rows of a table end their first figure at the same place."""
    lines = backtest_lines(result, lang)
    rows = [line for line in lines if line.startswith("  ")]

    def width(text: str) -> int:
        return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

    assert max(map(width, rows)) <= 110
    ends = {width(line[: line.index("]") + 1]) for line in rows if "]" in line and "95" not in line}
    assert len(ends) == 1
    assert not [line for line in lines if "backtest." in line]


def test_a_difference_is_told_as_clear_only_where_its_interval_is(result) -> None:
    """An interval that holds 0 is called so."""
    lines = backtest_lines(result, "en")
    assert [line.endswith(": clear of 0") for line in lines if line.startswith("shipped model")] == [
        True,
        False,
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_hostile_names_as_text_and_asks_nobody(lang, result) -> None:
    """No script, no attribute, no template from a name; no request leaves the page."""
    page = backtest_files(result, lang)["backtest.html"]
    assert "<script" not in page
    assert "{{" not in page
    assert "alert(1)" in page
    assert not re.search(r"https?:|src=|url\(|@import", page)


def test_tables_are_guarded_and_hold_every_record(result) -> None:
    """A name that begins with = is no formula; each file has one row a record."""
    files = backtest_files(result, "en")
    rows = {
        name: list(csv.reader(io.StringIO(text))) for name, text in files.items() if name.endswith(".csv")
    }
    assert len(rows["backtest.csv"]) == 1 + len(result.measures)
    assert len(rows["calibration.csv"]) == 1 + 10
    assert rows["equity.csv"][1][1] == "'" + HOSTILE
    assert rows["differences.csv"][1] == ["origin", "pooled", "own_rate", "2.000000", "1.000000", "3.000000"]


def test_json_has_a_schema_and_is_rounded_and_repeats(result) -> None:
    """The record parses, floats have six decimals at most, and the same result gives the same bytes."""
    text = backtest_files(result, "en")["backtest.json"]
    record = json.loads(text)
    assert record["schema"] == "riskplan-backtest-1"
    assert record["measures"][0]["above_random"]["low"] == pytest.approx(3.765432, abs=1e-12)
    assert text == backtest_files(replace(result), "en")["backtest.json"]
