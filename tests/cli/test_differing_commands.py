"""``compare``, ``whatif`` and ``calibrate`` as their users call them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from riskplan.cli.app import app
from riskplan.plan.io import read_plan, write_plan

QUICK = ("--effort", "0.1", "--quiet", "--lang", "en")


def run(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def planned(hamlet_plan, tmp_path_factory):
    """The year plan of ``hamlet`` in a folder; never write into it."""
    return write_plan(hamlet_plan, tmp_path_factory.mktemp("plans") / "plan")


def test_compare_tells_and_writes(hamlet_folder, planned, tmp_path):
    """Text with names where a case is given, and a workbook where one is asked for."""
    book = tmp_path / "new" / "c.xlsx"
    result = run("compare", planned, planned, "--case", hamlet_folder, "--out", book, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "Officer-minutes of" in result.output
    assert "0 moved, 0 added, 0 dropped" in result.output
    assert book.stat().st_size > 5_000


def test_compare_as_json(planned):
    """The same as data, without a case."""
    result = run("compare", planned, planned, "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["kept"] == len(read_plan(planned).visits)


def test_compare_refuses_two_counties(hamlet_plan, planned, tmp_path):
    """Plans of two cases: exit code 2, and what differs."""
    other = write_plan(hamlet_plan.with_tables(manifest={"case": "elsewhere"}), tmp_path / "other")
    result = run("compare", planned, other, "--lang", "en")
    assert result.exit_code == 2
    assert "elsewhere" in result.output


def test_whatif_tells_and_writes_nothing(hamlet_folder, planned, monkeypatch):
    """The search begins at the plan, the difference is printed, and without --out no file appears."""
    begun = []

    def stands(_case, _rules, *, start, **_options):
        begun.append(len(start.visits))
        return start

    monkeypatch.setattr("riskplan.annual.plan_year", stands)
    before = sorted(planned.parent.rglob("*"))
    result = run("whatif", hamlet_folder, planned, "--set", "officers.EM=+1", *QUICK)
    assert begun == [len(read_plan(planned).visits)]
    told = (
        "officers.EM = +1",
        "Visits left out, Red",
        "Exposure",
        "Proven lower bound",
        "Nothing was written",
    )
    assert [said for said in told if said not in result.output] == []
    assert sorted(planned.parent.rglob("*")) == before


def test_whatif_keeps_the_plan_where_asked(hamlet_folder, planned, tmp_path):
    """With --out the plan is written, audited, and says what was imagined."""
    target = tmp_path / "plan"
    texts = ("--set", "capacity.travel_allowance=30", "--set", "quiet.2027-06-07..2027-06-09=on")
    result = run("whatif", hamlet_folder, planned, *texts, "--out", target, "--format", "json", *QUICK)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["charged"] is True
    manifest = read_plan(target).manifest
    assert manifest["whatif"] == ["capacity.travel_allowance=30", "quiet.2027-06-07..2027-06-09=on"]
    assert manifest["audit"]["violations"] == 0


def test_whatif_refuses_before_it_plans(hamlet_folder, planned):
    """Unknown keys end with exit code 2 and the nearest known ones."""
    result = run("whatif", hamlet_folder, planned, "--set", "capacity.travel_alowance=3", "--lang", "en")
    assert result.exit_code == 2
    assert "capacity.travel_allowance" in result.output


def test_calibrate_refuses_too_few_weeks(hamlet_folder, planned):
    """A plan without routes: exit code 2 and how many weeks are needed."""
    result = run("calibrate", hamlet_folder, planned, "--lang", "en")
    assert result.exit_code == 2
    assert "at least 12 routed weeks" in result.output


def test_calibrate_proposes_and_changes_nothing(hamlet_folder, hamlet_plan, tmp_path):
    """Where enough weeks are routed two lines for the rulebook are proposed; the rulebook stays as it is."""
    import numpy as np
    import pandas as pd

    visits = hamlet_plan.visits
    weeks = sorted(set(visits["week"]))
    day = {w: str(pd.Timestamp.fromisocalendar(int(w[:4]), int(w[6:]), 3).date()) for w in weeks}
    rows = pd.DataFrame({"team_id": visits["week"], "visit_id": visits["visit_id"]})
    rows["travel_s"] = np.random.default_rng(1).integers(600, 3000, len(rows))
    rows["seq"] = rows.groupby("team_id").cumcount()
    teams = pd.DataFrame({"team_id": weeks, "date": [day[w] for w in weeks]})
    plan = write_plan(hamlet_plan.with_tables(teams=teams, routes=rows), tmp_path / "routed")
    rules = (hamlet_folder / "rules.toml").read_bytes()
    result = run("calibrate", hamlet_folder, plan, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "township_trip_share = " in result.output
    assert "cluster_trip_share = " in result.output
    assert (hamlet_folder / "rules.toml").read_bytes() == rules
