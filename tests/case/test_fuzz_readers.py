"""Whatever stands in the files, reading ends in a case or in an InputError, never in another exception."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from office import FIRMS, SETTINGS, as_book, as_folder, as_old_book, county

from riskplan.case.attributes import table_attributes, table_names
from riskplan.case.faults import fault_lines
from riskplan.case.read import read_case
from riskplan.errors import InputError

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SIGNS = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
ODD = st.sampled_from([
    "",
    " ",
    "　",
    "#N/A",
    "合计",
    "备注：",
    "1e999",
    "-0",
    "nan",
    "inf",
    "９" * 30,
    "1" * 400,
    "2026-13-45",
    "99999",
    "0001-01-01",
    "24:01",
    "|",
    ";;",
    "\ufeff",
    "\u202e",
    "=1+1",
    "序号",
    "企业编号",
    "E1",
    "é" * 50,
    "1_000",
    "٣",
    "²",
    "9.13505E+17",
    "--5",
    "20000229",
    "12月",
    "0x1f",
    "True",
    "None",
    "NULL",
    "a\nb",
    '"',
    "'",
    "1,5",
    "118.29°",
    "\u00a0",
    "79999",
    "2026年2月30日",
])
CELLS = st.one_of(ODD, st.text(SIGNS, max_size=12))
VALUES = st.one_of(
    CELLS.filter(lambda t: t.isprintable()),
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1901, 1, 1), dt.date(9999, 12, 31)),
    st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(9999, 1, 1)),
    st.times(),
)
HEADERS = st.one_of(
    st.sampled_from([h for t in table_names() for a in table_attributes(t) for h in (a.name, *a.zh)]), CELLS
)


def only_input_errors(path):
    """Read a path; faults must have words in both languages."""
    try:
        case = read_case(path)
    except InputError as error:
        told = error.faults
    else:
        told = case.warnings
    for lang in ("zh", "en"):
        assert len(fault_lines(told, lang)) == len(told)


def changed(table, cells, headers, data):
    """Return the county with some cells and headers of one of its tables replaced."""
    tables = county(
        村=[["村代码", "村名称", "乡镇代码", "经度", "纬度"], ["V1", "桃城", "350525100", 118.29, 25.32]],
        隐患台账=[
            ["隐患编号", "企业编号", "发现日期", "严重程度", "整改期限"],
            ["H1", "E1", "2026-3-5", "一般", ""],
        ],
        检查记录=[
            ["检查编号", "对象编号", "检查日期", "部门", "是否固定"],
            ["V1", "E1", "2026-3-5", "EM|FIRE", "否"],
        ],
        别名=[["别名", "企业编号", "结论"], ["E2", "E1", "相同"]],
        日历=[["日期", "状态"], ["2027-2-14", "班"]],
        专项检查=[
            ["专项编号", "专项名称", "批准文件", "开始日期", "结束日期"],
            ["C", "消防", "文", "2027-3-1", "2027-4-1"],
        ],
    )
    rows = tables[table if table in tables else "企业台账"]
    for _ in range(data.draw(st.integers(1, 4))):
        r = data.draw(st.integers(0, len(rows) - 1))
        c = data.draw(st.integers(0, len(rows[r]) - 1))
        rows[r][c] = data.draw(headers if r == 0 else cells)
    return tables


TITLES = st.sampled_from([
    "企业台账",
    "乡镇",
    "村",
    "部门",
    "执法人员",
    "检查事项",
    "隐患台账",
    "检查记录",
    "别名",
    "日历",
    "专项检查",
])


@FEW
@given(TITLES, st.data())
def test_any_cell_of_a_folder(title, data):
    """Cells and headers of CSV files may hold anything."""
    with tempfile.TemporaryDirectory() as folder:
        only_input_errors(as_folder(Path(folder), changed(title, CELLS, HEADERS, data), "utf-8"))


@FEW
@given(TITLES, st.data())
def test_any_cell_of_a_workbook(title, data):
    """Cells of a workbook may hold any text, number, truth, day, moment or time."""
    with tempfile.TemporaryDirectory() as folder:
        only_input_errors(
            as_book(Path(folder), changed(title, VALUES, HEADERS.filter(str.isprintable), data))
        )


@FEW
@given(st.binary(max_size=300))
@example(b"")
@example(b"\x00" * 9)
@example(b'enterprise_id,name\n"')
@example("\ufeff企业编号".encode("utf-16"))
@example(b"a\r" * 40)
@example(b"enterprise_id;name\n1;2;3\n" * 30)
def test_any_bytes_as_csv(content):
    """A CSV may be any bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = as_folder(Path(folder), county())
        (path / "enterprises.csv").write_bytes(content)
        only_input_errors(path)


@FEW
@given(
    st.sampled_from(["xlsx", "xls"]),
    st.integers(0, 1 << 20),
    st.binary(min_size=1, max_size=40),
    st.booleans(),
)
def test_any_bytes_inside_a_workbook(kind, at, content, cut):
    """A workbook may be damaged anywhere or cut short."""
    with tempfile.TemporaryDirectory() as folder:
        path = (as_book if kind == "xlsx" else as_old_book)(Path(folder), county())
        whole = path.read_bytes()
        at %= len(whole)
        path.write_bytes(whole[:at] + content + (b"" if cut else whole[at + len(content) :]))
        only_input_errors(path)


@FEW
@given(st.binary(max_size=200), st.sampled_from(["case.toml", "townships.geojson", "hazards.parquet"]))
@example(
    b'name = "x"\nas_of = 2026-01-01T00:00:00\nhorizon = {first = 2027-01-01, last = 9999-12-31}', "case.toml"
)
@example(b'name = "x"\nas_of = 2026-01-01\nhorizon = {first = 07:00:00, last = 2027-12-31}', "case.toml")
@example(b'{"type":"FeatureCollection","features":[]}', "townships.geojson")
@example(b'{"type":"Point","coordinates":[1]}', "townships.geojson")
def test_any_bytes_as_the_other_files(content, name):
    """Settings, polygons and Parquet may be any bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = as_folder(Path(folder), county())
        (path / name).write_bytes(content)
        only_input_errors(path)


TOML = st.one_of(
    st.sampled_from([
        "1",
        "-1.5",
        "true",
        "[]",
        "{}",
        "2026-01-01",
        "2027-12-31",
        "2026-01-01T10:00:00",
        "07:30:00",
        "inf",
    ]),
    st.text(
        st.characters(codec="ascii", exclude_characters='"\\', categories=("L", "N", "P", "Zs")), max_size=9
    ).map(lambda t: f'"{t}"'),
)
KEYS = st.sampled_from([
    "name",
    "country",
    "language",
    "as_of",
    "horizon",
    "datum",
    "datum_confirmed",
    "fictional",
    "credit",
    "x",
])


@FEW
@given(
    st.dictionaries(
        KEYS,
        st.one_of(TOML, st.tuples(TOML, TOML).map(lambda pair: f"{{first = {pair[0]}, last = {pair[1]}}}")),
        max_size=6,
    )
)
@example({"country": '"US-XX"'})
@example({"country": '""'})
@example({"language": '"fr"'})
@example({"datum": '"EPSG:999999"'})
@example({"horizon": "{first = 0001-01-01, last = 0001-12-31}"})
@example({"horizon": "{first = 2027-01-01T00:00:00, last = 2027-12-31T00:00:00}"})
def test_any_settings(pairs):
    """Keys of case.toml may hold values of any type."""
    whole = {
        "name": '"x"',
        "as_of": "2026-11-20",
        "horizon": "{first = 2027-01-01, last = 2027-12-31}",
        **pairs,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = as_folder(Path(folder), county())
        text = "\n".join(f"{key} = {value}" for key, value in whole.items())
        (path / "case.toml").write_text(text, encoding="utf-8")
        only_input_errors(path)


@FEW
@given(
    st.dictionaries(
        st.sampled_from([*SETTINGS, "国家", "语言", "虚构", "坐标系已核实", "?"]), VALUES, max_size=5
    )
)
def test_any_settings_sheet(pairs):
    """The settings sheet may hold anything."""
    with tempfile.TemporaryDirectory() as folder:
        only_input_errors(as_book(Path(folder), county(), {**SETTINGS, **pairs}))


@FEW
@given(st.lists(HEADERS, max_size=9), st.lists(st.lists(CELLS, max_size=9), max_size=4))
def test_any_headers(headers, rows):
    """A table may have any headers and ragged rows."""
    with tempfile.TemporaryDirectory() as folder:
        only_input_errors(
            as_folder(Path(folder), county(企业台账=[headers, *rows], 乱=[FIRMS[0], *rows]), "utf-8")
        )
