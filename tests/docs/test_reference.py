"""The reference pages say everything that the code knows."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from riskplan.case.attributes import attributes
from riskplan.case.settings import SETTINGS
from riskplan.cli.reference import command_tree, commands_page
from riskplan.plan.tables import PLAN_COLUMNS
from riskplan.report.reference import PAGES, parameters_of
from riskplan.rules.model import DutyRule, Filter, Limit, QuietRule, Rulebook
from riskplan.rules.read import SECTIONS
from riskplan.rules.support import TREATMENTS, support_lines
from riskplan.text import missing

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", [*sorted(PAGES), "commands.md"])
def test_page_is_fresh(name):
    """The committed page is what the code makes; ``make docs`` writes it again."""
    page = commands_page() if name == "commands.md" else PAGES[name]()
    assert (FOLDER / name).read_text(encoding="utf-8") == page, "run `make docs`"


def test_every_column_and_key_has_a_meaning():
    """Columns of plans, kinds of cells, treatments and keys of case.toml are told in both languages."""
    needed = [f"plan_column.{t}.{c}" for t, columns in PLAN_COLUMNS.items() for c in columns]
    needed += [f"plan_type.{kind}" for columns in PLAN_COLUMNS.values() for kind in columns.values()]
    needed += [f"attribute_kind.{a.kind}" for a in attributes()]
    needed += [f"treatment.{t}" for t in TREATMENTS] + [f"case_key.{s.name}" for s in SETTINGS]
    assert [key for key in needed if missing(key)] == []


def test_every_attribute_stands_on_its_page():
    """Each column is there with its headers in both languages and what it means."""
    page = " ".join(PAGES["attributes.md"]().split())
    for a in attributes():
        assert f"`{a.name}` ({', '.join(a.zh)})" in page
        assert a.meaning_en in page


def test_every_line_of_the_support_table_stands_on_its_page():
    """Each form of limit is there with its note, supported or refused."""
    page = " ".join(PAGES["support.md"]().split())
    assert all(line.note in page for line in support_lines())


def test_every_rule_key_stands_on_its_page():
    """Each key of each section and row is there."""
    page = PAGES["rules.md"]()
    for name, cls in SECTIONS.items():
        assert [f.name for f in dataclasses.fields(cls) if f"`{name}.{f.name}`" not in page] == []
    for row in (DutyRule, Limit, QuietRule, Filter):
        assert [
            f.name for f in dataclasses.fields(row) if f.name != "provenance" and f"`{f.name}`" not in page
        ] == []


def test_docstrings_of_rules_name_only_fields():
    """A docstring of the rulebook explains no field that does not exist."""
    for cls in (*SECTIONS.values(), DutyRule, Limit, QuietRule, Filter, Rulebook):
        _, meanings = parameters_of(cls)
        assert set(meanings) <= {f.name for f in dataclasses.fields(cls)}


def test_every_command_and_option_stands_on_its_page():
    """Each command has its own heading and all its options below it."""
    parts = commands_page().split("\n## ")
    for name, parameters in command_tree().items():
        part = next(p for p in parts if p.startswith(f"{name}\n"))
        options = [p.opts[0] for p in parameters if p.opts[0].startswith("-")]
        assert [o for o in options if f"`{o}" not in part] == []
        assert [p.name for p in parameters if not p.help] == []
