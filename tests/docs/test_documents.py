"""What documents say holds: commands exist, links resolve, examples run, the picture of the rooms is the code's."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib

import pandas as pd
import pytest
from doc_pages import PAGES, ROOT, anchors, blocks, files_of, links, prose, shell_lines, text_of
from typer.testing import CliRunner

import riskplan
from riskplan.audit import audit
from riskplan.cli.app import app
from riskplan.cli.reference import command_tree

NAMES = [str(p.relative_to(ROOT)) for p in PAGES]
TREE = command_tree()
MAKE = (ROOT / "Makefile").read_text(encoding="utf-8")
OWN_DATA = ROOT / "docs" / "own-data.md"
REVIEWER = ROOT / "docs" / "tutorial-reviewer.md"


def wrong_with_make(words: list[str]) -> list[str]:
    """Return the targets and variables of a call of make that the Makefile does not have."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKE, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z_]+) \?=", MAKE, re.MULTILINE))
    bad = [w for w in words if "=" not in w and w not in targets]
    return bad + [w for w in words if "=" in w and w.partition("=")[0] not in variables]


def command_of(words: list[str]) -> tuple[str, list[str]]:
    """Return the command that a call names (two words for those of a group), and the words with it as the first."""
    two = " ".join(words[:2])
    return (two, [two, *words[2:]]) if two in TREE else (words[0], words)


def wrong_with_riskplan(words: list[str]) -> list[str]:
    """Return what a call of riskplan names that the command tree does not have."""
    if words[0].startswith("--"):
        return [w for w in words if w != "--help"]
    if words[0] in {"COMMAND", "VERB"}:
        return []
    name, words = command_of(words)
    if name not in TREE:
        return [name]
    parameters = TREE[name]
    flags = {o: bool(getattr(p, "is_flag", False)) for p in parameters for o in p.opts if o.startswith("-")}
    bad, values, rest = [], 0, iter(words[1:])
    for word in rest:
        name = word.partition("=")[0]
        if word.startswith("-") and name not in {*flags, "--help"}:
            bad.append(word)
        elif word.startswith("-"):
            if name != "--help" and not flags[name] and "=" not in word and next(rest, None) is None:
                bad.append(f"{word} without a value")
        else:
            values += 1
    most = sum(not p.opts[0].startswith("-") for p in parameters)
    return bad + ([f"{values} arguments, at most {most}"] if values > most else [])


def wrong_with(call: str) -> list[str]:
    """Return what is wrong with a call of riskplan or make; pages of the reference write [OPTIONS]."""
    words = [w for w in shlex.split(call) if w not in {"[OPTIONS]", "..."}]
    return wrong_with_make(words[1:]) if words[0] == "make" else wrong_with_riskplan(words[1:])


@pytest.mark.parametrize("name", NAMES)
def test_commands_named_in_a_page_exist(name):
    """Every call of riskplan and make names commands, options and targets that exist."""
    calls = list(shell_lines(text_of(ROOT / name)))
    assert {c: wrong_with(c) for c in calls if wrong_with(c)} == {}


def test_the_check_of_commands_sees_mistakes():
    """A wrong command, option, target, variable, and a missing value are each found."""
    assert wrong_with("riskplan yaer data/yongchun") == ["yaer"]
    assert wrong_with("riskplan year data/yongchun --ouut plan") == ["--ouut", "2 arguments, at most 1"]
    assert wrong_with("riskplan year data/yongchun --out") == ["--out without a value"]
    assert wrong_with("make demos OUTT=x") == ["demos", "OUTT=x"]


def test_the_pages_call_every_command():
    """README and tutorials together show each command at least once."""
    calls = [c for p in PAGES if "reference" not in str(p) for c in shell_lines(text_of(p))]
    shown = {command_of(c.split()[1:])[0] for c in calls}
    assert set(TREE) <= shown


@pytest.mark.parametrize("name", NAMES)
def test_links_resolve(name):
    """Every link inside the repository leads to a file, and to a heading where it names one."""
    page = ROOT / name
    broken = []
    for target in links(text_of(page)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(text_of(file))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_paths_named_in_a_page_exist(name):
    """Every path of the source, tests, data or documents in backquotes exists."""
    named = re.findall(
        r"`((?:src|tests|docs|data|notebooks|benchmarks|\.ci)/[\w./*-]+)`", prose(text_of(ROOT / name))
    )
    missing = [p for p in named if not (list(ROOT.glob(p)) if "*" in p else (ROOT / p).exists())]
    assert missing == []


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("docs") or "README" not in n])
def test_pages_stay_narrow(name):
    """No line is longer than 124 characters."""
    if name == "docs/semantics.md":
        pytest.skip("the lead's page")
    assert [line for line in text_of(ROOT / name).splitlines() if len(line) > 124] == []


def test_the_rooms_of_the_design_are_those_of_the_import_contracts():
    """docs/design.md lists the layers in the order of pyproject.toml, room by room."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(c["layers"] for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    stated = [" | ".join(sorted(layer.replace("riskplan.", "").split(" | "))) for layer in layers]
    listing = next(
        text for _, text in blocks(text_of(ROOT / "docs" / "design.md")) if text.startswith("cli ")
    )
    heads = [re.split(r"\s{2,}", line)[0] for line in listing.splitlines()]
    assert [" | ".join(sorted(head.split(" | "))) for head in heads] == stated


def test_decisions_are_listed():
    """Every decision stands in the list of decisions."""
    folder = ROOT / "docs" / "decisions"
    assert sorted(links(text_of(folder / "README.md"))) == sorted(
        p.name for p in folder.glob("*.md") if p.name != "README.md"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_smallest_case_of_own_data_is_read_and_planned(tmp_path, encoding):
    """The files printed in docs/own-data.md are a case without faults, in each encoding that the page names."""
    for name, content in files_of(text_of(OWN_DATA)).items():
        kind = encoding if name.endswith(".csv") else "utf-8"
        (tmp_path / name).write_text(content, encoding=kind)
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 0, result.output
    case = riskplan.read_case(tmp_path)
    rules = riskplan.read_rules(tmp_path / "rules.toml", case)
    plan = riskplan.plan_year(case, rules, stop=riskplan.Stop(effort=0.1))
    assert len(plan.visits) == 4
    assert audit(case, rules, plan).ok


def test_the_typed_sheet_of_the_reviewer_is_judged_as_printed(tmp_path):
    """The sheet in docs/tutorial-reviewer.md gives the violations that the page prints, as CSV and as Excel."""
    page = text_of(REVIEWER)
    sheet = next(content for language, content in blocks(page) if language == "csv")
    printed = next(text for _, text in blocks(page) if "there is no department 消防" in text)
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8-sig")
    pd.read_csv(tmp_path / "sheet.csv", dtype=str).to_excel(tmp_path / "sheet.xlsx", index=False)
    for name in ("sheet.csv", "sheet.xlsx"):
        call = ["audit", str(ROOT / "data" / "yongchun"), str(tmp_path / name), "--lang", "en"]
        result = CliRunner().invoke(app, call)
        assert result.exit_code == 1
        found = [line for line in result.stdout.splitlines() if line.startswith("[violation]")]
        assert len(found) == printed.count("[violation]")
        for line in printed.splitlines():
            start = line.split(" (row-")[0]
            assert not line.startswith("[violation]") or any(f.startswith(start) for f in found)


def test_python_of_the_pages_names_public_verbs():
    """Every ``riskplan.<name>(`` in a Python block is a public verb."""
    used = {
        name
        for page in PAGES
        for language, content in blocks(text_of(page))
        if language == "python"
        for name in re.findall(r"\briskplan\.([a-z_]+)\(", content)
    }
    assert used
    assert used <= set(riskplan.__all__)


def test_both_readmes_show_the_same_picture_and_commands():
    """Each page shows the map in its own language, and the Chinese one the commands of the English one."""
    english, chinese = text_of(ROOT / "README.md"), text_of(ROOT / "README.zh-CN.md")
    assert "docs/images/map-yongchun-en.png" in english
    assert "docs/images/map-yongchun.png" in chinese
    assert {c.split()[1] for c in shell_lines(chinese)} <= {c.split()[1] for c in shell_lines(english)}


def test_no_page_names_this_machine():
    """No page holds an absolute path of a developer's machine."""
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(?:home|root|tmp|work|Users)/", text_of(page))


def test_reference_is_written_by_its_command(tmp_path):
    """``python -m riskplan.report.reference FOLDER`` writes every page of docs/reference but contracts.md."""
    subprocess.run([sys.executable, "-m", "riskplan.report.reference", str(tmp_path)], check=True)
    kept = {p.name for p in (ROOT / "docs" / "reference").iterdir()} - {"contracts.md"}
    assert {p.name for p in tmp_path.iterdir()} == kept
    stale = [n for n in sorted(kept) if text_of(tmp_path / n) != text_of(ROOT / "docs" / "reference" / n)]
    assert stale == [], "run `make docs`"
