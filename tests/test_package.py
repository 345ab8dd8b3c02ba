"""The package's front door."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import riskplan

ROOT = Path(__file__).parents[1]


def test_the_version_is_stated_once_and_the_same():
    """pyproject.toml and the package agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == riskplan.__version__


def test_every_public_verb_can_be_loaded():
    """Each name in __all__ exists."""
    assert all(getattr(riskplan, name) is not None for name in riskplan.__all__)


def test_importing_the_package_loads_no_room():
    """`import riskplan` is instant: no solver, no pandas."""
    code = "import sys, riskplan; print([m for m in ('pandas','ortools','folium','geopandas') if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
