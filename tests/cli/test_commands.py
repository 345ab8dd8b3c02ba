"""The commands as their users call them: results, exit codes, nothing half-written."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pandas as pd
import pytest
from typer.testing import CliRunner

from riskplan.cli.app import app
from riskplan.plan.io import read_plan


def run(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def planned(hamlet_folder, tmp_path_factory):
    """A year plan of ``hamlet`` written by the command; never write into it."""
    target = tmp_path_factory.mktemp("plans") / "plan"
    result = run("year", hamlet_folder, "--out", target, "--effort", "0.2", "--quiet")
    assert result.exit_code == 0, result.output
    return target


def test_check_finds_no_fault_in_a_good_case(hamlet_folder):
    """A good case ends with exit code 0 and says that the calendar is provisional."""
    result = run("check", hamlet_folder)
    assert result.exit_code == 0
    assert "暂定" in result.output


def test_check_tells_campaigns_that_select_a_whole_sector(broken):
    """With and without tiers: one is judged when the rules are read, the other when the tiers are known."""
    items = pd.read_csv(broken / "items.csv", dtype=str)
    on_site = items["item_id"][items["mode"].fillna("on_site") != "off_site"].iat[0]
    (broken / "campaigns.csv").write_text(
        "campaign_id,name,approval,tiers,items,first,last\n"
        f"K1,n,a,red|orange|yellow|blue,{on_site},2027-03-01,2027-04-30\n"
        f"K2,n,a,,{on_site},2027-03-01,2027-04-30\n",
        encoding="utf-8",
    )
    result = run("check", broken, "--json")
    assert result.exit_code == 0, result.output
    told = [f["value"] for f in json.loads(result.output)["faults"] if f["code"] == "campaign_blanket"]
    assert set(told) == {"K1", "K2"}
    assert told.count("K1") == told.count("K2") > 1
    plain = run("check", broken, "--lang", "en")
    assert plain.exit_code == 0
    assert "a whole sector, not a filtered list" in plain.output


def test_score_writes_parts_that_sum_to_the_score(hamlet_folder, tmp_path):
    """In scores.csv the parts add up to the score in every row."""
    assert run("score", hamlet_folder, "--out", tmp_path / "s").exit_code == 0
    table = pd.read_csv(tmp_path / "s" / "scores.csv")
    parts = [c for c in table.columns if c.startswith("part_")]
    assert (table[parts].sum(axis=1) == table["score"]).all()


def test_merge_prints_calls_and_officer_minutes(hamlet_folder, tmp_path):
    """Merging prints calls and minutes before and after, and writes the schedules."""
    result = run("merge", hamlet_folder, "--out", tmp_path / "m", "--lang", "en")
    assert result.exit_code == 0
    assert "Calls:" in result.output
    assert "Officer-minutes:" in result.output
    assert (tmp_path / "m" / "joint.csv").is_file()
    assert (tmp_path / "m" / "conflicts.csv").is_file()


def test_year_week_audit_map_workbook_in_a_row(hamlet_folder, planned, tmp_path):
    """The main job runs command by command and the audit finds nothing to object to."""
    week = read_plan(planned).visits["week"].min()
    routed = tmp_path / "routed"
    result = run(
        "week", hamlet_folder, planned, "--week", week, "--out", routed, "--effort", "0.3", "--quiet"
    )
    assert result.exit_code == 0, result.output
    assert read_plan(routed).manifest["revision"] == 2
    assert run("audit", hamlet_folder, routed).exit_code == 0
    assert run("map", hamlet_folder, routed, "--out", tmp_path / "o" / "m.html").exit_code == 0
    assert run("workbook", hamlet_folder, routed, "--out", tmp_path / "o" / "w.xlsx").exit_code == 0
    assert (tmp_path / "o" / "m.html").stat().st_size > 100_000
    assert (tmp_path / "o" / "w.xlsx").stat().st_size > 5_000


def test_audit_as_json(hamlet_folder, planned):
    """The JSON report is whole and says how many objects each check looked at."""
    result = run("audit", hamlet_folder, planned, "--format", "json")
    data = json.loads(result.stdout)
    assert data["ok"] is True
    assert all(check["objects"] >= 0 for check in data["checks"])


def test_a_broken_plan_ends_with_exit_code_1(hamlet_folder, planned, tmp_path):
    """Two visits to one enterprise in neighbouring weeks are told and give exit code 1."""
    sheet = read_plan(planned).visits[["enterprise_id", "week", "departments"]].head(1)
    sheet = pd.concat([sheet, sheet.assign(week="2027-W30"), sheet.assign(week="2027-W31")])
    sheet["departments"] = ["|".join(d) for d in sheet["departments"]]
    sheet.to_csv(tmp_path / "typed.csv", index=False)
    result = run("audit", hamlet_folder, tmp_path / "typed.csv", "--lang", "en")
    assert result.exit_code == 1


def test_week_takes_a_day_and_refuses_nonsense(hamlet_folder, planned, tmp_path):
    """``--week`` accepts a day of the week; another year is refused with the allowed span."""
    good = run(
        "week",
        hamlet_folder,
        planned,
        "--week",
        "2027-03-24",
        "--out",
        tmp_path / "w",
        "--effort",
        "0.2",
        "--quiet",
    )
    assert good.exit_code == 0, good.output
    bad = run("week", hamlet_folder, planned, "--week", "2031-W02", "--out", tmp_path / "w2", "--lang", "en")
    assert bad.exit_code == 2
    assert "2027-W52" in bad.output
    assert not (tmp_path / "w2").exists()


def test_no_such_case_and_no_such_plan_are_sentences(tmp_path, hamlet_folder):
    """A wrong path ends with exit code 2 and a sentence."""
    assert run("check", tmp_path / "nothing").exit_code == 2
    result = run("audit", hamlet_folder, tmp_path / "nothing", "--lang", "en")
    assert result.exit_code == 2
    assert "not a whole plan" in result.output


def test_a_folder_that_is_no_plan_is_left_alone(hamlet_folder, tmp_path):
    """The year is not written over somebody's folder."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me", encoding="utf-8")
    result = run("year", hamlet_folder, "--out", tmp_path / "mine", "--effort", "0.05", "--quiet")
    assert result.exit_code == 2
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "keep me"


def test_synth_makes_a_case_that_checks(tmp_path):
    """A county made by the command has no faults."""
    assert run("synth", "--enterprises", 40, "--seed", 3, "--out", tmp_path / "c").exit_code == 0
    assert run("check", tmp_path / "c").exit_code == 0


def test_the_demo_twice_gives_the_same_bytes(hamlet_folder, tmp_path):
    """Same case, rules, version and seed: plan, map and workbook are byte for byte the same."""
    for name in ("a", "b"):
        result = run("demo", "--case", hamlet_folder, "--out", tmp_path / name, "--effort", "0.2", "--quiet")
        assert result.exit_code == 0, result.output
    first = {
        p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()
    }
    second = {
        p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*") if p.is_file()
    }
    assert first.keys() == second.keys()
    assert [str(p) for p in first if first[p] != second[p]] == []


def test_strict_turns_shortfalls_into_exit_code_1(broken, tmp_path):
    """With hardly any officer time there are shortfalls: listed and good, or 1 with --strict."""
    rules = broken / "rules.toml"
    rules.write_text(
        rules.read_text(encoding="utf-8") + "\n[capacity]\nother_enforcement_share = 0.66\n", encoding="utf-8"
    )
    assert run("year", broken, "--out", tmp_path / "p", "--effort", "0.1", "--quiet").exit_code == 0
    assert len(read_plan(tmp_path / "p")["unplanned"]) > 0
    assert (
        run("year", broken, "--out", tmp_path / "q", "--effort", "0.1", "--quiet", "--strict").exit_code == 1
    )


def test_help_is_fast_and_loads_no_solver():
    """``--help`` answers at once: no solver, no geopandas."""
    code = "import sys; sys.argv=['riskplan','--help']\nimport riskplan.cli\n"
    code += "try:\n riskplan.cli.main()\nexcept SystemExit: pass\n"
    code += "print(sorted(m for m in ('ortools','geopandas','folium','pandas') if m in sys.modules))"
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert time.monotonic() - start < 5


def test_json_log_is_json_lines(hamlet_folder, tmp_path):
    """Progress as JSON lines carries phase, elapsed, incumbent, bound and gap."""
    result = run("year", hamlet_folder, "--out", tmp_path / "p", "--effort", "0.1", "--json-log")
    lines = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert {"phase", "elapsed", "done", "total", "incumbent", "bound", "gap"} <= set(lines[0])
    assert {"dual", "construct"} <= {line["phase"] for line in lines}


def test_a_week_short_of_officers_is_told_and_breaks_nothing(broken, tmp_path):
    """When a department is away for a week, its visits end unrouted with a reason: a shortfall, not a violation."""
    assert run("year", broken, "--out", tmp_path / "p", "--effort", "0.2", "--quiet").exit_code == 0
    plan = read_plan(tmp_path / "p")
    busy = plan.visits.iloc[0]
    officers = pd.read_csv(broken / "officers.csv", dtype=str, encoding="utf-8-sig")
    away = officers[officers["department_id"] == busy["departments"][0]]["officer_id"]
    leave = pd.DataFrame({"officer_id": away, "first": "2027-01-01", "last": "2027-12-31"})
    leave.to_csv(broken / "leave.csv", index=False)
    result = run(
        "week",
        broken,
        tmp_path / "p",
        "--week",
        busy["week"],
        "--out",
        tmp_path / "q",
        "--effort",
        "0.2",
        "--quiet",
    )
    assert result.exit_code == 1, "the other weeks are short of crews too, and the audit says so"
    routed = read_plan(tmp_path / "q")
    mine = routed.visits.set_index("visit_id").loc[busy["visit_id"]]
    assert mine["stage"] == "unrouted"
    assert (routed["unplanned"]["visit_id"] == busy["visit_id"]).any()


def test_a_pipe_that_closes_early_is_no_error(hamlet_folder):
    """`riskplan check CASE | head -1` ends quietly."""
    command = f"{sys.executable} -m riskplan check {hamlet_folder} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert "Internal" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
