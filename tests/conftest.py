"""Sample counties, named and shared by all tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import how_many
import one_thread  # noqa: F401
from riskplan.annual import plan_year
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Rulebook
from riskplan.rules.read import read_rules
from riskplan.synth import make_county

how_many.register()
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def hamlet_folder(tmp_path_factory) -> Path:
    """``hamlet``: 30 fictional enterprises, the smallest county that ``synth`` makes; never write into it."""
    return make_county(tmp_path_factory.mktemp("cases") / "hamlet", enterprises=30, seed=7)


@pytest.fixture(scope="session")
def hamlet(hamlet_folder) -> Case:
    """``hamlet`` as a case."""
    return read_case(hamlet_folder)


@pytest.fixture(scope="session")
def hamlet_rules(hamlet_folder, hamlet) -> Rulebook:
    """The rulebook of ``hamlet``."""
    return read_rules(hamlet_folder / "rules.toml", hamlet)


@pytest.fixture(scope="session")
def hamlet_plan(hamlet, hamlet_rules) -> Plan:
    """A year plan of ``hamlet``."""
    return plan_year(hamlet, hamlet_rules, stop=Stop(effort=0.3), seed=1)


@pytest.fixture
def broken(hamlet_folder, tmp_path) -> Path:
    """A copy of ``hamlet`` that a test may break."""
    return Path(shutil.copytree(hamlet_folder, tmp_path / "hamlet"))
