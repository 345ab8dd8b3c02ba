"""A case written in any form and read again is the same case, whatever its names try to be."""

from __future__ import annotations

import contextlib
import importlib.util
import tempfile
from pathlib import Path

import pandas as pd
import postgres
import pytest
from hostile_cases import cases
from hypothesis import HealthCheck, given, settings

from riskplan.case.read import read_case
from riskplan.case.write import write_case
from riskplan.errors import InputError

CALM = {"deadline": None, "suppress_health_check": list(HealthCheck)}
UNWRITABLE = {"unwritable_text", "unwritable_row"}
"""Told with its place instead of being changed: control signs, and rows that would read as totals or notes."""


def same(first, second):
    """Assert that two cases say the same."""
    different = [
        (name, column, frame[column].tolist(), second[name][column].tolist())
        for name, frame in first.tables.items()
        for column in frame.columns
        if not second[name][column].equals(frame[column])
    ]
    assert different == []
    assert second.townships_geometry == first.townships_geometry
    for name in ("name", "country", "language", "as_of", "first_day", "last_day", "fictional", "credit"):
        assert getattr(second, name) == getattr(first, name), name
    assert second.boundary_note == first.boundary_note
    assert second.fingerprint == first.fingerprint


def written_and_read(case, name, **options):
    """Return a case written and read again, None where it can't be written in this form and says so."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / name
        with contextlib.suppress(InputError):
            write_case(case, target, **options)
            return read_case(target)
        with pytest.raises(InputError) as told:
            write_case(case, target, **options)
        assert {fault.code for fault in told.value.faults} <= UNWRITABLE
        assert not target.exists()
        return None


FORMS = {
    "folder": ("case", {}),
    "geopackage": ("case.gpkg", {}),
    "workbook-zh": ("case.xlsx", {"lang": "zh"}),
    "workbook-en": ("case.xlsx", {"lang": "en"}),
    "parquet": ("case", {"parquet": True}),
}
PYARROW = importlib.util.find_spec("pyarrow") is not None
"""GeoParquet comes with the extra ``parquet``."""
HERE = [name for name in FORMS if PYARROW or name != "parquet"]
NO_SERVER = postgres.why_not() or ("" if importlib.util.find_spec("psycopg") else "psycopg is not installed")


@pytest.fixture(scope="module")
def database():
    """Give the address of a PostgreSQL with PostGIS that this module starts by itself."""
    if NO_SERVER:
        pytest.skip(NO_SERVER)
    with tempfile.TemporaryDirectory(prefix="pg") as folder, postgres.server(folder) as address:
        yield address


def assert_all_forms(case):
    """Assert that a case comes back from every form that does not refuse it."""
    for form in HERE:
        name, options = FORMS[form]
        again = written_and_read(case, name, **options)
        if again is not None:
            same(case, again)


@settings(max_examples=4, **CALM)
@given(case=cases())
def test_a_case_written_and_read_again_is_the_same(case):
    """Tables, settings, polygons and fingerprint come back, or the write is refused with the place."""
    assert_all_forms(case)


@pytest.mark.slow
@settings(max_examples=150, **CALM)
@given(case=cases())
def test_many_cases_written_and_read_again_are_the_same(case):
    """The same for many more cases."""
    assert_all_forms(case)


@settings(max_examples=3, **CALM)
@given(case=cases())
def test_a_case_in_a_database_is_the_same(database, case):
    """A schema of PostGIS gives back what was written, and an older case there is replaced."""
    address = f"{database}?schema=riskplan"
    write_case(case, address)
    same(case, read_case(address))


@pytest.mark.parametrize(
    "form", [pytest.param(f, marks=() if f in HERE else pytest.mark.skip) for f in FORMS]
)
def test_the_sample_comes_back_from_every_form(form, hamlet):
    """A county as ``synth`` makes it is never refused by a form and comes back whole."""
    name, options = FORMS[form]
    again = written_and_read(hamlet, name, **options)
    assert again is not None
    same(hamlet, again)


def test_the_sample_comes_back_from_a_database(database, hamlet):
    """The same for PostGIS, in a schema that had none of it before."""
    address = f"{database}?schema=hamlet"
    assert "hamlet" in write_case(hamlet, address)
    same(hamlet, read_case(address))


def test_tables_of_somebody_else_are_left_alone(database, hamlet):
    """A schema with a table of that name and no settings is no case and is not touched."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(database) as connection:
        connection.execute("CREATE SCHEMA other")
        connection.execute("CREATE TABLE other.visits (a integer)")
    with pytest.raises(InputError) as told:
        write_case(hamlet, f"{database}?schema=other")
    assert [fault.code for fault in told.value.faults] == ["not_a_case_there"]


@pytest.mark.parametrize("name", ["case", "case.xlsx", "case.gpkg"])
def test_what_is_no_case_is_never_replaced(name, hamlet, tmp_path):
    """A folder or file that is something else stays as it is."""
    target = tmp_path / name
    if "." in name:
        target.write_bytes(b"a letter")
    else:
        target.mkdir()
        (target / "letter.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(InputError) as told:
        write_case(hamlet, target)
    assert [fault.code for fault in told.value.faults] == ["not_a_case_there"]
    assert (target.read_bytes() if "." in name else (target / "letter.txt").read_bytes()) in {
        b"a letter",
        b"keep me",
    }
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("form", [f for f in HERE if f != "parquet"])
def test_the_same_case_gives_the_same_bytes(form, hamlet, tmp_path):
    """Written twice, the second time over the first, every file has the same bytes."""
    name, options = FORMS[form]

    def contents():
        write_case(hamlet, tmp_path / name, **options)
        files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
        return {p.name: p.read_bytes() for p in files}

    assert contents() == contents()


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "\ud800", "a\uffffb"])
@pytest.mark.parametrize("form", HERE)
def test_signs_that_no_file_can_hold_are_told_with_their_place(form, text, hamlet, tmp_path):
    """Control signs and half pairs are refused, nothing is written and nothing is changed in silence."""
    names = hamlet["officers"]["specialty"].tolist()
    frame = hamlet["officers"].assign(specialty=pd.Series([text, *names[1:]], dtype=object))
    name, options = FORMS[form]
    with pytest.raises(InputError) as told:
        write_case(hamlet.replace_table("officers", frame), tmp_path / name, **options)
    (fault,) = told.value.faults
    assert (fault.code, fault.file, fault.row, fault.column) == (
        "unwritable_text",
        "officers",
        1,
        "specialty",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["合计", "备注：无", "示例：Q1"])
@pytest.mark.parametrize("form", ["folder", "workbook-zh"])
def test_an_id_that_would_be_read_as_a_total_is_told(form, text, hamlet, tmp_path):
    """An id that reading would take for a total, a note or an example is refused with its row."""
    frame = hamlet["leave"].assign(officer_id=[text, *hamlet["leave"]["officer_id"].tolist()[1:]])
    name, options = FORMS[form]
    with pytest.raises(InputError) as told:
        write_case(hamlet.replace_table("leave", frame), tmp_path / name, **options)
    assert {(f.code, f.file, f.row) for f in told.value.faults} == {("unwritable_row", "leave", 1)}
