"""Notebooks are valid, carry no output, and their cells run."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def cells_of(path: Path) -> list[dict]:
    """Return the cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code_of(path: Path) -> list[str]:
    """Return the source of the code cells in order."""
    return ["".join(c["source"]) for c in cells_of(path) if c["cell_type"] == "code"]


def test_the_five_notebooks_are_there():
    """There is one notebook for each of the three users, one on real data and one on risk."""
    assert [p.stem for p in NOTEBOOKS] == ["chicago", "county_office", "planner", "reviewer", "risk"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_valid_and_without_output(path):
    """A notebook is format 4.5, its cells have stable unique ids and neither outputs nor counts."""
    book = json.loads(path.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [c["id"] for c in book["cells"]]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", i) for i in ids)
    for cell in book["cells"]:
        assert cell["cell_type"] in {"markdown", "code"}
        assert cell["source"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs(path, monkeypatch, tmp_path):
    """All code cells run in order in one namespace, from the repository root, writing only below a temporary folder."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict[str, object] = {"__name__": "__main__"}
    for number, source in enumerate(code_of(path), start=1):
        exec(compile(source, f"{path.name}, code cell {number}", "exec"), names)
    assert any(tmp_path.iterdir())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_names_only_public_verbs(path):
    """Every ``riskplan.<name>`` in a notebook is a public verb."""
    public = __import__("riskplan").__all__
    used = {
        node.attr
        for source in code_of(path)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "riskplan"
    }
    assert used <= set(public)
