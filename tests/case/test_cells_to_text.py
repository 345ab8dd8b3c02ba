"""Cells to text where each different cell is converted once: equal values of different kinds stay apart."""

from __future__ import annotations

import datetime as dt
import gc

import pyarrow as pa
import pytest
from office import as_book, county

from riskplan.case.attributes import table_attributes
from riskplan.case.read import read_case
from riskplan.case.sources import native, parquet, records, xlsx_scan
from riskplan.errors import InputError

NAME = next(a for a in table_attributes("enterprises") if a.name == "name")


def test_true_and_one_are_not_the_same_text():
    """A column of a sheet with truths and numbers keeps both apart, though they are equal."""
    found = records._column([True, 1.0, 1, " a ", "", None], NAME, date1904=False)
    assert found == ["yes", "1", "1", "a", "", ""]


def test_columns_of_one_kind_lose_outer_space_only():
    """Texts are stripped, days become days, whole numbers have no fraction."""
    assert records._column([" a b ", "c"], NAME, date1904=False) == ["a b", "c"]
    assert records._column([dt.date(2027, 3, 5), 45.0], NAME, date1904=False) == ["2027-03-05", "45"]


@pytest.mark.parametrize("most", [0, 50_000])
def test_a_column_of_many_different_cells_is_the_same(most, monkeypatch):
    """Whether or not texts are shared, they are the same."""
    monkeypatch.setattr(native, "_SHARED", most)
    memo = {}
    pieces = [("a", "b"), ("a", None, 2.0, 0.1), ("b", "c"), (2, b"\x01")]
    found = [text for piece in pieces for text in native.texts(piece, memo)]
    assert found == ["a", "b", "a", "", "2", "0.1", "b", "c", "2", "0x01"]


def test_parquet_columns_of_any_type():
    """Gaps, numbers, times of day and lists come as text, part by part."""
    column = pa.chunked_array([pa.array(["x", None, "x"]), pa.array(["y"])])
    assert parquet._texts(column) == ["x", "", "x", "y"]
    assert parquet._texts(pa.chunked_array([pa.array([1.0, None, 2.5])])) == ["1", "", "2.5"]
    assert parquet._texts(pa.chunked_array([pa.array([dt.time(8, 30), None])])) == ["08:30", ""]
    assert parquet._texts(pa.chunked_array([pa.array([["a", "b"], None, []])])) == ["a|b", "", ""]


def test_wide_columns_are_seen():
    """The scan of a sheet finds the widest column with a value, however its attributes stand."""
    seen = xlsx_scan._Seen()
    xlsx_scan._look(b'<row r="7"><c s="1" r="AB7"><v>1</v></c><c r="ZZ7" s="2"/></row>', seen)
    assert (seen.widest, seen.last_row) == (28, 7)
    xlsx_scan._look(b'<row><c><is><t>for="AAAA1">x</t></is></c></row>', seen)
    assert (seen.widest, seen.last_row) == (28, 8)


def test_the_collector_runs_again_after_reading(tmp_path):
    """Reading leaves the collector of reference cycles as it was, after a fault too."""
    read_case(as_book(tmp_path, county()))
    assert gc.isenabled()
    with pytest.raises(InputError):
        read_case(tmp_path / "nothing.xlsx")
    assert gc.isenabled()
