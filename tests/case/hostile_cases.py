"""Strategies: small whole cases whose names and ids try to be formulas, numbers, totals, headers and markup."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import strategies as st

from riskplan.case.attributes import table_attributes, table_names
from riskplan.case.cell_errors import cell_error
from riskplan.case.folding import code_text, list_text
from riskplan.case.read import read_case
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.source import Source
from riskplan.case.sources.layout import skip_reason

HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+86 10",
    "-2",
    "@SUM(A1)",
    "'001",
    "''",
    "'=1",
    "a\nb",
    "a\r\nb",
    "a\rb",
    "a\tb",
    '"quoted"',
    "a,b;c",
    "|",
    "a|b",
    "😀厂",
    "_x000D_",
    "_x005F_x0041_",
    "{{7*7}}",
    "<b>&amp;",
    "合计",
    "备注：无",
    "示例：Q",
    "示例加油站",
    "NULL",
    "NaN",
    "nan",
    "None",
    "1E5",
    "1.0",
    "0x1F",
    "001",
    "true",
    "2027-01-01",
    "是",
    "企业编号",
    "序号",
    "（甲）",
    "text",
    "—",
    "É",
    "\u2028x",
    "a  b",
    ";;;;",
    "10%",
    "1/2",
)
_SIGNS = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufffe\uffff"
)
TEXTS = (
    st
    .one_of(st.sampled_from(HOSTILE), st.text(_SIGNS, min_size=1, max_size=12))
    .map(str.strip)
    .filter(lambda t: t and not cell_error(t))
)
IDS = TEXTS.map(code_text).filter(lambda t: t and "|" not in t and not skip_reason([t]))
LISTED = TEXTS.filter(lambda t: not set(t) & set("|｜") and not t.startswith("#"))
DAYS = st.dates(dt.date(1901, 1, 1), dt.date(2099, 12, 31))
POINT = st.tuples(st.integers(-179_000_000, 179_000_000), st.integers(-89_000_000, 89_000_000)).map(
    lambda p: (f"{p[0] / 1e6:.6f}", f"{p[1] / 1e6:.6f}")
)
NOWHERE = st.just(("", ""))
ORDER = ("townships", "villages", "departments", "officers", "items", "enterprises")
PAIRS = {"lon": "lat", "depot_lon": "depot_lat"}


@st.composite
def cell(draw, attribute, ids):
    """Draw the text of one cell; ids of other tables are taken from ``ids``."""
    kind, detail = attribute.kind, attribute.detail
    if kind in {"ref", "id_ref"}:
        known = ids.get(detail or "enterprises", [])
        text = draw(st.sampled_from(known)) if known else ""
    elif kind == "list":
        values = st.sampled_from(ids[detail]) if detail else LISTED
        text = list_text(draw(st.lists(values, min_size=int(attribute.required), max_size=2, unique=True)))
    elif kind == "enum":
        text = draw(st.sampled_from(detail.split("|")))
    elif kind == "int":
        low, _, high = detail.partition("..")
        text = str(draw(st.integers(int(low), int(high))))
    elif kind in {"weekdays", "months"}:
        most = 6 if kind == "weekdays" else 12
        text = "|".join(map(str, sorted(draw(st.sets(st.integers(1, most), max_size=4)))))
    else:
        plain = {
            "bool": st.sampled_from(("yes", "no")),
            "date": DAYS.map(str),
            "text": TEXTS,
            "clock": st.just(""),
            "number": st.integers(0, 100_000).map(lambda n: f"{n / 100:g}"),
        }
        text = draw(plain[kind])
    return text if attribute.required or draw(st.integers(0, 3)) else ""


@st.composite
def rows(draw, table, ids, count):
    """Draw the rows of a table as text."""
    found = []
    for k in range(count):
        row = {}
        for a in table_attributes(table):
            if a.kind == "id":
                row[a.name] = ids[table][k] if table in ids else f"{table}-{k}"
            elif a.name in PAIRS:
                row[a.name], row[PAIRS[a.name]] = draw(
                    POINT if table == "townships" else st.one_of(NOWHERE, POINT)
                )
            elif a.kind != "lat":
                row[a.name] = draw(cell(a, ids))
        found.append(_mended(table, row))
    return found


def _mended(table, row):
    """Return a row without what a reader refuses for reasons that have nothing to do with forms."""
    for early, late in (("first", "last"), ("date", "closed_on"), ("date", "until")):
        if late in row and row[late] and row[late] < row[early]:
            row[late] = row[early]
    fixed = {
        "enterprises": {"credit_code": "", "closed_days": row.get("closed_days", "")},
        "departments": {"role": "enforcement"},
        "townships": {"former_codes": ""},
        "visits": {"object_kind": "enterprise", "source": row.get("source") or "x"},
        "campaigns": {"first": "2027-03-01", "last": "2027-04-01", "sizes": "", "tiers": ""},
        "overrides": {"tier": "red", "items": "", "visits": ""},
        "aliases": {"decision": "different"},
        "roads": {"road_id": "r", "from_node": "n0", "to_node": "n1", "metres": "900000", "speed_kmh": "50"},
        "travel_times": {"seconds": "600", "metres": "9000"},
        "road_closures": {"road_id": "r"},
    }
    return {**row, **fixed.get(table, {})}


@st.composite
def cases(draw):
    """Draw a case as the reader gives it."""
    ids = {table: draw(st.lists(IDS, min_size=1, max_size=2, unique_by=str.casefold)) for table in ORDER}
    tables = {table: draw(rows(table, ids, len(ids[table]))) for table in ORDER}
    for table in table_names():
        if table not in tables:
            tables[table] = draw(rows(table, ids, draw(st.integers(0, 1))))
    tables["road_nodes"] = [{"node_id": f"n{k}", "lon": f"118.{k + 1}", "lat": "25.3"} for k in range(2)]
    tables["road_closures"] = tables["road_closures"] if tables["roads"] else []
    settings = {
        "name": draw(TEXTS),
        "as_of": draw(DAYS),
        "horizon": {"first": dt.date(2027, 1, 1), "last": dt.date(2027, 12, 31)},
        "fictional": draw(st.booleans()),
        "credit": draw(st.one_of(st.just(""), TEXTS)),
    }
    polygons = draw(st.one_of(st.none(), boundaries(ids["townships"])))
    return _read({k: v for k, v in settings.items() if v != ""}, tables, polygons)


@st.composite
def boundaries(draw, codes):
    """Draw the polygon of every township: all of the earth, so that every point lies inside."""
    turn = draw(st.floats(0, 1e-9))
    shapes = [shapely.box(-180 + turn, -90, 180, 90) for _ in codes]
    return gpd.GeoDataFrame({"township_code": codes}, geometry=shapes, crs=4326)


def _read(settings, tables, polygons):
    """Read tables that are given as text, whatever they would be kept in."""
    sheets = {}
    for table, found in tables.items():
        names = {a.name: a.name for a in table_attributes(table)}
        cells = pd.DataFrame(found, columns=list(names), dtype=object)
        sheets[table] = Sheet.of(Origin(f"{table}.csv", None, names), cells)
    source = Source("case", settings, sheets=sheets, polygons=polygons)
    with mock.patch("riskplan.case.read.open_source", return_value=source):
        return read_case("case")
