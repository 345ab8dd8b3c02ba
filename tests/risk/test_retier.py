"""Re-tiering: whose tier has changed, and why."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from history_sample import days_ago, hazard, with_rows
from typer.testing import CliRunner

from riskplan.cli.app import app
from riskplan.risk import Scores, retier, score, score_at


def scores(*rows):
    """Return scores from (id, score, tier, cause, part_history, part_overdue)."""
    names = ["enterprise_id", "score", "tier", "tier_cause", "part_history", "part_overdue"]
    return Scores(pd.DataFrame(rows, columns=names), np.full(len(rows), -1, dtype=np.int64))


@pytest.mark.parametrize(
    ("old", "new", "cause", "moved"),
    [
        (
            ("a", 30, "blue", "points", 20, 10),
            ("a", 44, "red", "points", 22, 22),
            "points",
            "overdue:+12|history:+2",
        ),
        (("a", 30, "red", "points", 20, 10), ("a", 29, "blue", "points", 19, 10), "points", "history:-1"),
        (("a", 30, "blue", "points", 20, 10), ("a", 29, "red", "points", 19, 10), "ranking", "history:-1"),
        (("a", 30, "blue", "points", 20, 10), ("a", 30, "red", "points", 20, 10), "ranking", ""),
        (("a", 30, "blue", "points", 20, 10), ("a", 30, "red", "rule:x", 20, 10), "rule:x", ""),
        (("a", 30, "red", "rule:x", 20, 10), ("a", 30, "blue", "points", 20, 10), "ended:rule:x", ""),
        (("a", 30, "red", "points", 20, 10), ("a", 30, "blue", "override", 20, 10), "override", ""),
        (("a", 30, "red", "override", 20, 10), ("a", 30, "blue", "points", 20, 10), "ended:override", ""),
    ],
)
def test_each_cause(old, new, cause, moved):
    """The cause is what holds now, else what held before, else the own score, else the scores of others."""
    table = retier(scores(old), scores(new))
    assert (table["cause"].tolist(), table["moved"].tolist()) == ([cause], [moved])


def test_who_came_and_who_went():
    """They are told apart from changes; who kept the tier is left out; the worst new tier stands first."""
    before = scores(
        ("a", 1, "blue", "points", 1, 0), ("b", 9, "red", "points", 9, 0), ("k", 5, "blue", "points", 5, 0)
    )
    after = scores(
        ("b", 2, "yellow", "points", 2, 0), ("c", 8, "red", "points", 8, 0), ("k", 6, "blue", "points", 6, 0)
    )
    table = retier(before, after)
    assert table["enterprise_id"].tolist() == ["c", "b", "a"]
    assert table["cause"].tolist() == ["new", "points", "gone"]
    assert table["old_score"].tolist() == [-1, 9, 1]
    assert table["new_score"].tolist() == [8, 2, -1]
    assert retier(before, before).empty


def test_the_day_knows_only_what_was_known(hamlet, hamlet_rules):
    """Scored at an earlier day, later rows change nothing; at the case's own day it is the case's score."""
    day = hamlet.as_of - dt.timedelta(days=100)
    name = hamlet.enterprises["enterprise_id"].iat[0]
    more = with_rows(hamlet, "hazards", hazard(hamlet, name, 90, "accident", deaths=40))
    early = [score_at(case, hamlet_rules, day).table for case in (hamlet, more)]
    pd.testing.assert_frame_equal(*early)
    own = score_at(hamlet, hamlet_rules, hamlet.as_of).table
    pd.testing.assert_frame_equal(own, score(hamlet, hamlet_rules).table)


def test_a_fatal_accident_turns_red_and_names_its_rule(hamlet, hamlet_rules):
    """Between the two days somebody died: red by the automatic rule."""
    table = score(hamlet, hamlet_rules).table
    name = table.sort_values(["score", "enterprise_id"])["enterprise_id"].iat[0]
    case = with_rows(hamlet, "hazards", hazard(hamlet, name, 5, "accident", kind="accident", deaths=1))
    before = score_at(case, hamlet_rules, days_ago(case, 30).date())
    row = retier(before, score(case, hamlet_rules)).query("enterprise_id == @name").iloc[0]
    assert row["new_tier"] == "red"
    assert row["cause"].startswith("rule:"), row["cause"]
    assert "accident:+" in row["moved"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_tells_and_writes_the_changes(lang, hamlet_folder, hamlet, tmp_path):
    """Exit code 0, one line a change, a table; compared with its own scores nothing changes."""
    run = CliRunner()
    day = str(hamlet.as_of - dt.timedelta(days=400))
    words = ["retier", str(hamlet_folder), "--lang", lang, "--quiet"]
    told = run.invoke(app, [*words, "--at", day, "--out", str(tmp_path)])
    table = pd.read_csv(tmp_path / "retier.csv")
    assert told.exit_code == 0
    assert sum(str(name) in told.output for name in table["enterprise_id"]) == len(table) > 0
    same = run.invoke(
        app, [*words, "--at", day, "--against", str(tmp_path / "scores.csv"), "--out", str(tmp_path / "b")]
    )
    assert same.exit_code == 0
    assert len(pd.read_csv(tmp_path / "b" / "retier.csv")) == 0


@pytest.mark.parametrize(
    "words", [["--at", "2026-02-30"], ["--against", "no-such-file.csv"], ["--against", "odd.csv"]]
)
def test_bad_input_is_told_in_words(words, hamlet_folder, tmp_path, monkeypatch):
    """No such day, no such file, a tier that is none: exit code 2 and a sentence."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.csv").write_text("enterprise_id,score,tier\nE1,5,purple\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["retier", str(hamlet_folder), "--quiet", *words])
    assert told.exit_code == 2
    assert "Traceback" not in told.output
