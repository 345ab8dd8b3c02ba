"""Plan folders: what is written is read again, and only a whole plan ever stands in its place."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskplan.errors import PlanFolderError
from riskplan.plan.io import (
    guard,
    is_plan,
    plan_file_names,
    plan_files,
    plan_fingerprint,
    read_plan,
    unguard,
    write_plan,
)
from riskplan.plan.tables import MAY_LACK, PLAN_COLUMNS, Plan, empty_table, normalise

NASTY = ("=1+1", "-3", "+4", "'x", "''x", "@now", "\tx", "\rx", '"', "a,b", "行\n行", " x ", "")


def sample(*names: str) -> Plan:
    """Return a plan with one visit and one score per name, and a row in most tables."""
    ids = [f"{n}-2027-{k}" for k, n in enumerate(names, start=1)]
    rows = len(names)
    visits = pd.DataFrame({
        "visit_id": ids,
        "enterprise_id": names,
        "object_kind": ["enterprise"] * rows,
        "week": ["2027-W12"] * rows,
        "date": ["2027-03-22"] * rows,
        "start": range(540, 540 + rows),
        "departments": [("EM", "FIRE")] * rows,
        "items": [("EM-01",)] * rows,
        "minutes": [55] * rows,
        "stage": ["draft"] * rows,
        "announced": [k % 2 == 0 for k in range(rows)],
    })
    scores = pd.DataFrame({
        "enterprise_id": names,
        "score": [40] * rows,
        "tier": ["red"] * rows,
        "intensity": [0.1 + k / 7 for k in range(rows)],
        "part_sector": [25] * rows,
        "part_size": [15] * rows,
    })
    tables = {name: empty_table(name) for name in PLAN_COLUMNS}
    tables |= {"visits": normalise("visits", visits), "scores": normalise("scores", scores)}
    leg = {
        "week": ["2027-W02"],
        "from_id": ["depot/EM"],
        "to_id": ["E1"],
        "seconds": [600],
        "metres": [7_000],
    }
    tables["travel"] = normalise("travel", pd.DataFrame(leg))
    return Plan(tables, {"kind": "riskplan-plan", "revision": 1, "名": "值"})


def same(left: Plan, right: Plan) -> bool:
    """Tell whether two plans hold the same tables and manifest."""
    return plan_files(left) == plan_files(right) and all(
        left[t].equals(right[t].assign(**{c: right[t][c].round(6) for c in ("intensity",) if c in right[t]}))
        or t == "scores"
        for t in PLAN_COLUMNS
    )


def test_a_plan_is_read_as_it_was_written(hamlet_plan, tmp_path):
    """A real plan survives the round trip: tables, dtypes, manifest, bytes."""
    read = read_plan(write_plan(hamlet_plan, tmp_path / "plan"))
    assert plan_files(read) == plan_files(hamlet_plan)
    assert plan_fingerprint(read) == plan_fingerprint(hamlet_plan)
    assert read.manifest == json.loads(json.dumps(hamlet_plan.manifest))
    for table in PLAN_COLUMNS:
        pd.testing.assert_frame_equal(read[table], hamlet_plan[table], check_exact=False, atol=1e-6)


def test_missing_values_survive(tmp_path):
    """No date, no start, no team, empty lists and False come back as they were."""
    plan = sample("E1", "E2")
    bare = normalise("visits", plan.visits[["visit_id", "enterprise_id", "week"]])
    read = read_plan(write_plan(replace(plan, tables={**plan.tables, "visits": bare}), tmp_path / "p"))
    assert read.visits.equals(bare)
    assert read.visits["start"].tolist() == [-1, -1]
    assert read.visits["items"].tolist() == [(), ()]


def test_rows_put_together_from_tables_with_other_columns_have_empty_cells():
    """A row that lacks a column has its missing value there, never the word nan."""
    one = pd.DataFrame({"enterprise_id": ["a"], "items": [("X",)], "nearest_week": ["2027-W12"]})
    two = pd.DataFrame({"enterprise_id": ["b"], "reason": ["crew"], "exchange_cost": [0.0]})
    both = normalise("unplanned", pd.concat([one, two]))
    assert list(both["nearest_week"]) == ["2027-W12", ""]
    assert list(both["exchange_cost"]) == [0.0, 0.0]
    assert list(both["reason"]) == ["", "crew"]
    assert list(both["items"]) == [("X",), ()]


def test_files_are_plain_and_sorted(tmp_path):
    """Line feeds, sorted rows, six decimals, no path of this machine."""
    folder = write_plan(sample("E2", "E1"), tmp_path / "plan")
    assert sorted(p.name for p in folder.iterdir()) == sorted(plan_file_names())
    text = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert not any(b"\r" in content or str(tmp_path).encode() in content for content in text.values())
    assert text["scores.csv"].decode().splitlines()[1:] == [
        "E1,40,red,,,,0.242857,0.000000,0.000000,25,15",
        "E2,40,red,,,,0.100000,0.000000,0.000000,25,15",
    ]
    assert "名" in text["manifest.json"].decode()


@pytest.mark.parametrize("value", [v for v in NASTY if "\r" not in v])
def test_no_cell_is_a_formula_and_all_come_back(value, tmp_path):
    """What a spreadsheet would run is written behind an apostrophe and read without it."""
    plan = sample(f"E{value}", value or "E2")
    visits = plan.visits.assign(lead=[value] * 2, items=[("a", f"{value}b".strip("|"))] * 2)
    visits["items"] = pd.Series([(f"{value}b",)] * 2, dtype=object)
    plan = replace(plan, tables={**plan.tables, "visits": normalise("visits", visits)})
    folder = write_plan(plan, tmp_path / "plan")
    for name in ("visits.csv", "scores.csv"):
        cells = csv.reader(io.StringIO((folder / name).read_text(encoding="utf-8")))
        assert not [c for row in cells for c in row if c.startswith(("=", "+", "@", "\t"))]
    read = read_plan(folder)
    assert read.visits["enterprise_id"].tolist() == plan.visits["enterprise_id"].tolist()
    assert read.visits["lead"].tolist() == [value] * 2
    assert read.visits["items"].tolist() == plan.visits["items"].tolist()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text() | st.sampled_from(NASTY))
def test_guard_is_undone_by_unguard(text):
    """Guarding loses nothing and leaves nothing that starts like a formula."""
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(tuple("=+-@\t\r"))


def test_a_failing_write_leaves_the_old_plan(tmp_path, monkeypatch):
    """When a file cannot be written the old plan stands untouched and nothing is left beside it."""
    target = write_plan(sample("E1"), tmp_path / "plan")
    before = {p.name: p.read_bytes() for p in target.iterdir()}
    real, calls = Path.write_bytes, []

    def full_disk(self, data):
        calls.append(self)
        if len(calls) == 4:
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_plan(sample("E1", "E2"), target)
    monkeypatch.undo()
    assert {p.name: p.read_bytes() for p in target.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_a_failing_swap_puts_the_old_plan_back(tmp_path, monkeypatch):
    """When the rename of the new plan fails, the old one is renamed back."""
    target = write_plan(sample("E1"), tmp_path / "plan")
    real = Path.replace

    def refuse(self, to):
        if Path(to) == target and not self.name.endswith(".old"):
            raise OSError(13, "Permission denied")
        return real(self, to)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="Permission"):
        write_plan(sample("E1", "E2"), target)
    monkeypatch.undo()
    assert read_plan(target).visits["enterprise_id"].tolist() == ["E1"]
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_a_new_revision_replaces_the_whole_plan(tmp_path):
    """A plan in the place of a plan is replaced, all files at once, and no older file stays."""
    target = write_plan(sample("E1"), tmp_path / "deep" / "plan")
    write_plan(sample("E2", "E3"), target)
    assert read_plan(target).visits["enterprise_id"].tolist() == ["E2", "E3"]
    assert [p.name for p in target.parent.iterdir()] == ["plan"]


def test_a_folder_that_is_no_plan_is_never_replaced(tmp_path):
    """Somebody's documents, or a file of that name, are left alone."""
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter1.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(PlanFolderError) as refused:
        write_plan(sample("E1"), folder)
    assert refused.value.code == "not_a_plan"
    assert (folder / "chapter1.txt").read_text(encoding="utf-8") == "years of work"
    with pytest.raises(PlanFolderError):
        write_plan(sample("E1"), folder / "chapter1.txt")
    assert [p.name for p in folder.iterdir()] == ["chapter1.txt"]


def test_a_plan_with_foreign_files_is_never_replaced(tmp_path):
    """A note that someone put into the plan folder is not lost; the message names it."""
    target = write_plan(sample("E1"), tmp_path / "plan")
    (target / "note.txt").write_text("ask the mayor", encoding="utf-8")
    with pytest.raises(PlanFolderError) as refused:
        write_plan(sample("E2"), target)
    assert refused.value.code == "foreign_files"
    assert "note.txt" in refused.value.args_by_name["files"]
    assert read_plan(target).visits["enterprise_id"].tolist() == ["E1"]


def test_a_plan_without_kept_times_has_no_file_of_them(tmp_path):
    """A plan along the great circle has the files that it always had, and is read with an empty table."""
    plan = sample("E1")
    bare = replace(plan, tables={**plan.tables, "travel": empty_table("travel")})
    folder = write_plan(bare, tmp_path / "plan")
    assert not (folder / "travel.csv").exists()
    assert len(read_plan(folder)["travel"]) == 0


def test_an_empty_folder_may_be_filled(tmp_path):
    """An empty folder is nobody's work."""
    (tmp_path / "plan").mkdir()
    assert is_plan(write_plan(sample("E1"), tmp_path / "plan"))


@pytest.mark.parametrize("missing", [n for n in plan_file_names() if n.removesuffix(".csv") not in MAY_LACK])
def test_a_half_written_folder_is_not_a_plan(missing, tmp_path):
    """Without any one of its files a folder is neither readable nor replaceable as a plan."""
    target = write_plan(sample("E1"), tmp_path / "plan")
    (target / missing).unlink()
    assert not is_plan(target)
    with pytest.raises(PlanFolderError) as refused:
        read_plan(target)
    assert refused.value.code == "no_plan"
    with pytest.raises(PlanFolderError):
        write_plan(sample("E2"), target)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("visits.csv", ""),
        ("visits.csv", "visit_id,minutes\nv1,many\n"),
        ("manifest.json", '{"kind": "risk'),
        ("scores.csv", 'enterprise_id,intensity\nE1,"0.1\n'),
    ],
)
def test_a_torn_file_is_named(file, content, tmp_path):
    """A file cut off in the middle ends in one error that names it, not in a traceback of another kind."""
    target = write_plan(sample("E1"), tmp_path / "plan")
    (target / file).write_text(content, encoding="utf-8")
    with pytest.raises(PlanFolderError) as refused:
        read_plan(target)
    assert refused.value.code == "unreadable_plan"
    assert refused.value.args_by_name["file"] == file


def test_a_folder_that_does_not_exist_is_no_plan(tmp_path):
    """Reading nothing is told as such."""
    with pytest.raises(PlanFolderError):
        read_plan(tmp_path / "nowhere")


def test_an_older_plan_reads_with_what_it_lacks_missing(hamlet_plan, tmp_path):
    """Columns that an older version did not write: no window, no months, nothing undone, no bases, no source."""
    folder = write_plan(hamlet_plan, tmp_path / "plan")
    new = {
        "duties": ("first", "last", "months"),
        "conflicts": ("kind", "undone", "bases", "wins"),
        "credits": ("rule_id", "source", "date", "valid_until", "visits", "basis"),
    }
    for table, columns in new.items():
        path = folder / f"{table}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=list(columns))
        if table == "conflicts":
            frame = pd.DataFrame([["E1", "EM-01", "2", "1", "red", "a|b", "law"]], columns=frame.columns)
        if table == "credits":
            frame = pd.DataFrame([["E1", "EM-01", "visit:V1"]], columns=frame.columns)
        frame.to_csv(path, index=False, lineterminator="\n")
    old = read_plan(folder)
    assert len(old["duties"]) == len(hamlet_plan["duties"]) > 0
    assert set(old["duties"]["first"]) | set(old["duties"]["last"]) == {""}
    assert set(old["duties"]["months"]) == {()}
    conflict, credit = old["conflicts"].iloc[0], old["credits"].iloc[0]
    assert (conflict["kind"], conflict["undone"], conflict["bases"], conflict["wins"]) == ("", -1, (), "")
    assert conflict["limit_ids"] == ("a", "b")
    assert (credit["rule_id"], credit["visits"], credit["evidence"]) == ("", -1, "visit:V1")
    assert plan_files(read_plan(write_plan(old, tmp_path / "again"))) == plan_files(old)


def test_bases_stay_in_the_order_of_their_limits(tmp_path):
    """A limit without a basis has a dash, so that no base moves to another limit."""
    row = {"enterprise_id": "E1", "items": ("x",), "kind": "floor", "owed": 3, "possible": 1, "undone": 2}
    row |= {"limit_ids": ("a", "b", "c"), "bases": ("-", "law 1", "-"), "wins": "b", "basis": "law 2"}
    plan = sample("E1").with_tables(conflicts=pd.DataFrame([row]))
    again = read_plan(write_plan(plan, tmp_path / "plan"))["conflicts"].iloc[0]
    assert dict(zip(again["limit_ids"], again["bases"], strict=True)) == {"a": "-", "b": "law 1", "c": "-"}


def test_duties_of_one_item_are_sorted_by_cause():
    """Enterprise, item, then cause; credits by enterprise, item, rule, evidence."""
    duties = pd.DataFrame({
        "enterprise_id": ["E", "E", "E"],
        "item_id": ["b", "a", "a"],
        "cause": ["frequency", "override", "campaign:K"],
    })
    assert normalise("duties", duties)["cause"].tolist() == ["campaign:K", "override", "frequency"]
    columns = ("enterprise_id", "item_id", "rule_id", "evidence")
    credits = pd.DataFrame(
        [("E", "a", "r", "z"), ("E", "a", "r", "y"), ("E", "a", "q", "z")], columns=columns
    )
    told = normalise("credits", credits)
    assert list(zip(told["rule_id"], told["evidence"], strict=True)) == [("q", "z"), ("r", "y"), ("r", "z")]
