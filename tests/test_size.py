"""The house keeps its rooms small: bodies <= 40 lines, files <= 400, and no imports inside functions but in cli."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "riskplan"
FILES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 400
MOST_BODY = 40


def _functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    doc = ast.get_docstring(node, clean=False)
    total = (node.end_lineno or node.lineno) - node.body[0].lineno + 1
    return total - (doc.count("\n") + 1 if doc else 0)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_and_bodies_stay_small(path):
    """No file has more than 400 lines and no function body more than 40 (kernels: 80)."""
    text = path.read_text(encoding="utf-8")
    most = 80 if path.name.endswith("_kernels.py") else MOST_BODY
    assert text.count("\n") <= MOST_LINES
    long = [f"{n.name}: {_body_lines(n)}" for n in _functions(ast.parse(text)) if _body_lines(n) > most]
    assert not long


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_stand_at_the_top(path):
    """Only the command line imports inside functions, so that `--help` stays fast."""
    if path.is_relative_to(SOURCE / "cli"):
        return
    inner = [
        f"{function.name}:{n.lineno}"
        for function in _functions(ast.parse(path.read_text(encoding="utf-8")))
        for n in ast.walk(function)
        if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    assert not inner
