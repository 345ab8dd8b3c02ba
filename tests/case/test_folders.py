"""CSV folders get the cleaning of workbooks: Chinese names, both encodings, titles, totals, one file per township."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from office import FIRMS, as_book, as_folder, codes, county, faults, warned

from riskplan.case.faults import fault_line
from riskplan.case.read import read_case
from riskplan.case.write import write_case


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_chinese_files_are_the_same_case_as_a_workbook(tmp_path, encoding):
    """Chinese file names and headers in UTF-8 or GB18030 give the case of the workbook."""
    book = read_case(as_book(tmp_path, county()))
    assert read_case(as_folder(tmp_path, county(), encoding)).fingerprint == book.fingerprint


def test_titles_totals_and_footers_are_left_out(tmp_path):
    """A title line, blank lines, totals and a footer are no records; skipped rows are listed with their row."""
    rows = [
        ["样例县企业台账"],
        [],
        ["序号", *FIRMS[0], "备注"],
        [1, *FIRMS[1], ""],
        ["小计"],
        [2, *FIRMS[2], ""],
        [],
    ]
    rows += [["合计", 2], ["注：内部资料"]]
    case = read_case(as_folder(tmp_path, county(企业台账=rows)))
    assert case.enterprises["enterprise_id"].tolist() == ["E1", "E2"]
    skipped = [(w.code, w.row) for w in case.warnings if w.code.startswith("row_")]
    assert skipped == [("row_total", 5), ("row_total", 8), ("row_footer", 9)]


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path):
    """Below a title and behind a blank line and a cell of two lines, the fault names the row of the spreadsheet."""
    wrong = ["E2", "", "乙\n分厂", "一一八", *FIRMS[2][4:]]
    rows = [["台账"], FIRMS[0], [*FIRMS[1][:2], "甲\n总厂", *FIRMS[1][3:]], [], wrong]
    [fault] = faults(as_folder(tmp_path, county(企业台账=rows)))
    assert (fault.file, fault.row, fault.column, fault.value) == ("企业台账.csv", 5, "经度", "一一八")


def test_one_file_per_township(tmp_path):
    """Files named for townships are one table, known by their headers."""
    tables = county()
    del tables["企业台账"]
    for title, rows in (("桃城镇", (1, 3)), ("五里街镇", (2,))):
        tables[title] = [FIRMS[0][:5] + FIRMS[0][6:]] + [FIRMS[r][:5] + FIRMS[r][6:] for r in rows]
    case = read_case(as_folder(tmp_path, tables))
    assert case.enterprises["township_code"].tolist() == ["350525100", "350525101", "350525100"]
    assert len(warned(case, "township_filled")) == 2


def test_a_file_of_another_kind_is_left_out_and_told(tmp_path):
    """An own file of the office does no harm."""
    case = read_case(as_folder(tmp_path, county(会议=[["时间", "内容"], ["周一", "例会"]])))
    assert [w.file for w in warned(case, "file_left_out")] == ["会议.csv"]


def test_a_row_with_too_many_cells_names_its_row(tmp_path):
    """An unquoted comma is told where it stands, with what to do."""
    path = as_folder(tmp_path, county(), "utf-8")
    with (path / "企业台账.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"E{n},,甲,118.29,25.32,350525100,食品\n" for n in range(9, 40))
        file.write("E99,,甲,乙,118.29,25.32,350525100,食品\n")
    [fault] = faults(path)
    assert (fault.code, fault.row) == ("too_many_cells", 36)
    assert "双引号" in fault_line(fault, "zh")


def test_other_separators(tmp_path):
    """Tabulators and semicolons separate as well as commas."""
    path = as_folder(tmp_path, county(), "utf-8")
    text = (path / "企业台账.csv").read_text(encoding="utf-8")
    (path / "企业台账.csv").write_text(text.replace(",", "\t"), encoding="utf-8")
    assert len(read_case(path).enterprises) == 3


def test_what_is_neither_utf8_nor_gb18030_is_refused(tmp_path):
    """Bytes of no known encoding are one fault, not a table of nonsense."""
    path = as_folder(tmp_path, county())
    (path / "企业台账.csv").write_bytes(b"\xff\xfe\x01\x00" * 9)
    assert codes(path) == ["unknown_encoding"]


@pytest.fixture
def as_geojson(hamlet, tmp_path):
    """``hamlet`` as a folder whose enterprises and villages are GeoJSON under Chinese names."""
    folder = tmp_path / "county"
    write_case(hamlet, folder)
    for table, title in (("enterprises", "企业"), ("villages", "村")):
        frame = pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)
        points = gpd.points_from_xy(frame.pop("lon").astype(float), frame.pop("lat").astype(float))
        gpd.GeoDataFrame(frame, geometry=points, crs=4326).to_file(folder / f"{title}.geojson")
        (folder / f"{table}.csv").unlink()
    return folder


def test_points_as_geojson_are_the_same_case(as_geojson, hamlet):
    """Enterprises and villages as GeoJSON give the tables and the fingerprint of the CSV folder."""
    assert read_case(as_geojson).fingerprint == hamlet.fingerprint


def test_a_table_in_two_forms_is_refused(as_geojson, hamlet):
    """A GeoJSON beside the same table as CSV is told with both files; writing a case there leaves one of them."""
    firms = as_geojson / "企业.geojson"
    content = firms.read_bytes()
    write_case(hamlet, as_geojson)
    assert not firms.exists()
    assert read_case(as_geojson).fingerprint == hamlet.fingerprint
    firms.write_bytes(content)
    [fault] = faults(as_geojson)
    assert (fault.code, fault.file, fault.args["first"]) == (
        "two_files_one_table",
        "企业.geojson",
        "enterprises.csv",
    )


def test_a_damaged_geojson_is_told(as_geojson):
    """A file that is no GeoJSON is refused in words."""
    (as_geojson / "企业.geojson").write_text("{", encoding="utf-8")
    assert "unreadable_geojson" in {fault.code for fault in faults(as_geojson)}
