"""A history file: oddities counted, every fault told at once, no order of rows and no id decides anything."""

from __future__ import annotations

import numpy as np
import pytest

from riskplan.errors import InputError, RiskplanError
from riskplan.risk.history_file import read_history
from riskplan.risk.inspections import COMPLAINT, KINDS, RECHECK, ROUTINE

HEADER = "business_id,date,kind,violations,severity,lon,lat\n"
GOOD = """A,2024-01-05,routine,2,3,118.1,25.1
A,2024-01-05,recheck,1,1,118.1,25.1
B,2024/1/6,,0,0,118.2,25.2
B,2024-03-01,complaint,1,2,118.2,25.2
"""


def read(tmp_path, text, encoding="utf-8"):
    """Write a file and read it."""
    path = tmp_path / "history.csv"
    path.write_bytes(text.encode(encoding))
    return read_history(path)


def test_rows_become_inspections_and_an_empty_kind_is_routine(tmp_path) -> None:
    """Kinds, findings and places come through; the same day is counted and kept apart."""
    got = read(tmp_path, HEADER + GOOD)
    rows = got.inspections
    assert rows.kind.tolist() == [ROUTINE, RECHECK, ROUTINE, COMPLAINT]
    assert rows.severity.tolist() == [3, 1, 0, 2]
    assert rows.violations.tolist() == [2.0, 1.0, 0.0, 1.0]
    assert rows.lon.tolist() == [118.1, 118.2]
    assert got.counts["same_day"] == 1
    assert [got.counts[f"kind_{k}"] for k in KINDS] == [2, 1, 1, 0]


def test_duplicates_are_dropped_and_rows_of_one_inspection_joined(tmp_path) -> None:
    """The same row twice counts once; two rows of one business, day and kind add up, the worst severity stays."""
    got = read(tmp_path, HEADER + "A,2024-01-05,routine,2,1,1,1\n" * 2 + "A,2024-01-05,routine,3,2,1,1\n")
    assert got.counts["duplicate_rows"] == 1
    assert got.counts["merged_rows"] == 1
    assert got.inspections.violations.tolist() == [5.0]
    assert got.inspections.severity.tolist() == [2]


def test_places_that_cannot_be_are_unknown_and_counted(tmp_path) -> None:
    """Empty, zero and impossible coordinates are missing; a business has the middle of its rows' places."""
    text = "A,2024-01-05,,1,1,,\nB,2024-01-05,,1,1,0,0\nC,2024-01-05,,1,1,999,25\n"
    text += "D,2024-01-05,,1,1,118.1,25\nD,2024-01-06,,1,1,118.2,25\nD,2024-01-07,,1,1,118.3,25\n"
    got = read(tmp_path, HEADER + text)
    assert got.counts["no_place"] == 3
    assert got.counts["bad_place"] == 2
    assert np.nanmax(got.inspections.lon) == pytest.approx(118.2)


def test_severity_and_violations_stand_in_for_each_other(tmp_path) -> None:
    """Without severity a violation is severity 1; without violations a severity is one violation."""
    got = read(tmp_path, "business_id,date,violations\nA,2024-01-05,4\nA,2024-02-05,0\n")
    assert got.inspections.severity.tolist() == [1, 0]
    assert got.counts["no_severity"] == got.counts["no_kind"] == 2
    got = read(tmp_path, "business_id,date,severity\nA,2024-01-05,3\n")
    assert got.inspections.violations.tolist() == [1.0]


def test_other_columns_are_left_out_and_named(tmp_path) -> None:
    """An inspector's column is no part of the result."""
    got = read(tmp_path, "business_id,date,violations,inspector\nA,2024-01-05,4,Li\n")
    assert got.extras == ("inspector",)
    assert "Li" not in repr(got)


def test_chinese_headers_and_encodings_are_read(tmp_path) -> None:
    """GB18030, semicolons, Chinese headers and kinds."""
    text = "企业编号;检查日期;类别;问题数;严重程度\n甲;2024年3月5日;复查;1;2\n"
    got = read(tmp_path, text, "gb18030")
    assert got.inspections.kind.tolist() == [RECHECK]


def test_every_fault_is_told_at_its_row(tmp_path) -> None:
    """A wrong date, kind, severity and number are four faults of one refusal."""
    text = HEADER + "A,2024-13-05,routine,1,1,1,1\nA,2024-01-05,visit,1,1,1,1\n"
    text += "A,2024-01-06,routine,1,4,1,1\nA,2024-01-07,routine,-1,1,1,1\n,2024-01-07,routine,x,1,1,1\n"
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    told = {(f.row, f.column, f.code) for f in refused.value.faults if not f.warning}
    assert told == {
        (2, "date", "not_a_date"),
        (3, "kind", "history_kind"),
        (4, "severity", "number_out_of_range"),
        (5, "violations", "number_out_of_range"),
        (6, "business_id", "empty_cell"),
        (6, "violations", "not_a_number"),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("date,violations\n2024-01-05,1\n", "missing_column"),
        ("business_id,date\nA,2024-01-05\n", "missing_column"),
        (HEADER, "empty_table"),
        (HEADER + "A,2024-01-05,,1,1,25,118\n", "history_exchanged"),
    ],
)
def test_files_that_are_no_history_are_refused(text, code, tmp_path) -> None:
    """Missing columns, no rows, longitude and latitude exchanged."""
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert code in {f.code for f in refused.value.faults}


def test_a_file_that_is_not_there_is_told(tmp_path) -> None:
    """The message names the file."""
    with pytest.raises(RiskplanError, match=r"nowhere\.csv"):
        read_history(tmp_path / "nowhere.csv")


def test_order_of_rows_and_names_of_businesses_change_nothing(tmp_path) -> None:
    """Shuffled rows and renamed businesses give the same arrays."""
    rng = np.random.default_rng(3)
    rows = [
        f"{int(rng.integers(0, 9))},2024-01-{int(rng.integers(1, 28)):02d},routine,{int(rng.integers(0, 4))},1,118,25"
        for _ in range(60)
    ]
    names = dict(zip("012345678", "gacbfdehi", strict=True))
    shuffled = [names[r[0]] + r[1:] for r in rng.permutation(rows)]
    one = read(tmp_path, HEADER + "\n".join(rows) + "\n").inspections
    two = read(tmp_path, HEADER + "\n".join(shuffled) + "\n").inspections
    for name in ("business", "day", "kind", "violations", "severity", "lon", "lat"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
