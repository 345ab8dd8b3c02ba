"""The drawn county as the files of a case folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from riskplan.synth.catalogue import departments, items, sectors
from riskplan.synth.credit_code import credit_code
from riskplan.synth.days import AS_OF, HORIZON_FIRST, HORIZON_LAST
from riskplan.synth.files import MARKER, degrees, toml_text, write_polygons, write_table, write_text
from riskplan.synth.geography import Geography, from_plane
from riskplan.synth.history import History
from riskplan.synth.premises import GRADES, STATUSES, Premises, size_name
from riskplan.synth.roads import Network, node_rows, road_rows
from riskplan.synth.staff import Leave, Person
from riskplan.synth.year import Closure, FixedVisit
from riskplan.units import clock

BOUNDARY_NOTE = "示意图,非行政区划界线"
CREDIT = (
    "地名与代码：国家统计局统计用区划代码（china-division 2.7.0）；"
    "乡镇及部分村坐标：Vonng/adcode，CC BY 4.0，已由 GCJ-02 转换为 WGS84；其余全部为虚构"
)
_CITY_SOURCE = "市级年度监督检查计划（虚构）"
_HAZARD_SOURCE = {"accident": "一般事故（虚构）", "inspection": "检查发现（虚构）"}


def write_places(folder: Path, geography: Geography) -> None:
    """Write townships, their polygons and villages."""
    write_table(
        folder,
        "townships",
        ["township_code", "name", "lon", "lat"],
        ([t.code, t.name, degrees(t.lon), degrees(t.lat)] for t in geography.townships),
    )
    write_polygons(folder, {t.code: (t.name, [geography.ring(k)]) for k, t in enumerate(geography.townships)})
    write_table(
        folder,
        "villages",
        ["village_code", "name", "township_code", "lon", "lat", "point_source"],
        (
            [
                v.code,
                v.name,
                geography.townships[v.township].code,
                degrees(v.lon),
                degrees(v.lat),
                "synthetic" if v.synthetic else "adcode",
            ]
            for v in geography.villages
        ),
    )


def write_enterprises(
    folder: Path, geography: Geography, premises: Premises, codes: list[int | None]
) -> None:
    """Write the enterprises; names count within their township."""
    header = [
        "enterprise_id", "credit_code", "name", "lon", "lat", "township_code", "village_code", "sector",
        "grade", "size", "competent_department", "opens", "closes", "closed_days", "open_months", "status",
        "point_source",
    ]  # fmt: skip
    write_table(folder, "enterprises", header, _enterprise_rows(geography, premises, codes))


def _enterprise_rows(
    geography: Geography, premises: Premises, codes: list[int | None]
) -> Iterator[list[object]]:
    counter = np.zeros(len(geography.townships), dtype=np.int64)
    for i in range(len(premises)):
        township = geography.townships[premises.township[i]]
        counter[premises.township[i]] += 1
        sector = sectors()[premises.sector[i]]
        number = codes[i]
        yield [
            premises.enterprise_id(i),
            "" if number is None else credit_code(number),
            f"样例企业-{township.short}-{counter[premises.township[i]]:04d}",
            degrees(float(premises.lon[i])),
            degrees(float(premises.lat[i])),
            township.code,
            geography.villages[premises.village[i]].code,
            sector.sector,
            GRADES[premises.grade[i]] if premises.grade[i] >= 0 else "",
            size_name(premises, i),
            sector.competent,
            clock(int(premises.opens[i])),
            clock(int(premises.closes[i])),
            premises.rest_day[i] or "",
            "|".join(str(m) for m in sector.open_months) if premises.seasonal[i] else "",
            STATUSES[premises.status[i]],
            "synthetic",
        ]


def write_office(folder: Path, origin: tuple[float, float], people: list[Person], leave: list[Leave]) -> None:
    """Write departments, officers, leave and items."""
    competence = {
        d.department_id: "|".join(s.sector for s in sectors() if s.competent == d.department_id)
        for d in departments()
    }
    rows = []
    for d in departments():
        depot = ["", ""]
        if d.east_m is not None and d.north_m is not None:
            depot = [degrees(v) for v in from_plane(np.array([d.east_m, d.north_m]), origin)]
        rows.append([d.department_id, d.name, d.level, d.system, d.role, competence[d.department_id], *depot])
    header = ["department_id", "name", "level", "system", "role", "competence", "depot_lon", "depot_lat"]
    write_table(folder, "departments", header, rows)
    write_table(
        folder,
        "officers",
        ["officer_id", "department_id", "certified", "role", "specialty"],
        (
            [p.officer_id, p.department_id, "yes" if p.certified else "no", p.role, p.specialty]
            for p in people
        ),
    )
    write_table(
        folder, "leave", ["officer_id", "first", "last"], ([r.officer_id, r.first, r.last] for r in leave)
    )
    write_table(
        folder,
        "items",
        ["item_id", "department_id", "domain", "name", "minutes", "mode", "selection", "announced", "basis"],
        (
            [i.item_id, i.department_id, i.domain, i.name, i.minutes, i.mode, "listed", i.announced, i.basis]
            for i in items()
        ),
    )


def write_history(folder: Path, premises: Premises, history: History, fixed: list[FixedVisit]) -> None:
    """Write visits (past ones ``V``, fixed ones ``F``) and hazards."""
    visits = [
        "visit_id", "object_kind", "object_id", "date", "departments", "items", "kind", "result", "fixed",
        "source",
    ]  # fmt: skip
    hazards = [
        "hazard_id", "enterprise_id", "date", "kind", "severity", "domain", "deadline", "closed_on", "source",
    ]  # fmt: skip
    write_table(folder, "visits", visits, _visit_rows(premises, history, fixed))
    write_table(folder, "hazards", hazards, _hazard_rows(premises, history))


def _visit_rows(premises: Premises, history: History, fixed: list[FixedVisit]) -> Iterator[list[object]]:
    for k, v in enumerate(history.visits, start=1):
        place, came, checked = (
            premises.enterprise_id(v.enterprise),
            "|".join(v.departments),
            "|".join(v.items),
        )
        yield [f"V{k:06d}", "enterprise", place, v.day, came, checked, v.kind, v.result, "no", ""]
    for k, f in enumerate(fixed, start=1):
        place = premises.enterprise_id(f.enterprise)
        yield [f"F{k:04d}", "enterprise", place, f.day, f.department, "", "daily", "", "yes", _CITY_SOURCE]


def _hazard_rows(premises: Premises, history: History) -> Iterator[list[object]]:
    for k, h in enumerate(history.hazards, start=1):
        place, source = premises.enterprise_id(h.enterprise), _HAZARD_SOURCE[h.kind]
        yield [f"H{k:06d}", place, h.day, h.kind, h.severity, h.domain, h.deadline, h.closed_on, source]


def write_closures(folder: Path, premises: Premises, closures: list[Closure]) -> None:
    """Write closures."""
    write_table(
        folder,
        "closures",
        ["enterprise_id", "first", "last", "reason"],
        ([premises.enterprise_id(c.enterprise), c.first, c.last, "停产检修（虚构）"] for c in closures),
    )


def write_roads(folder: Path, origin: tuple[float, float], network: Network) -> None:
    """Write the nodes and pieces of the roads."""
    write_table(folder, "road_nodes", ["node_id", "lon", "lat"], node_rows(network, origin))
    header = ["road_id", "from_node", "to_node", "class", "oneway", "metres"]
    write_table(folder, "roads", header, road_rows(network))


def write_texts(folder: Path, rules: str, enterprises: int, seed: int, *, roads: bool = False) -> None:
    """Write case.toml, rules.toml and SOURCE.txt."""
    write_text(folder, "rules.toml", rules)
    case = f"""name = "永春样例县（{enterprises} 家虚构企业）"
country = "CN"
language = "zh"
as_of = {AS_OF.isoformat()}
horizon = {{first = {HORIZON_FIRST.isoformat()}, last = {HORIZON_LAST.isoformat()}}}
datum = "wgs84"
timezone = "Asia/Shanghai"
fictional = true
credit = {toml_text(CREDIT)}
boundary_note = {toml_text(BOUNDARY_NOTE)}
"""
    write_text(folder, "case.toml", case)
    size = f"enterprises={enterprises}, seed={seed}" + (", roads=True" if roads else "")
    text = _SOURCE.format(marker=MARKER, size=size)
    write_text(folder, "SOURCE.txt", text + _ROADS_SOURCE if roads else text)


_SOURCE = """{marker}
Made by riskplan.synth.make_county({size}); do not edit.

Real: names and codes of townships and villages of Yongchun (350525), National Bureau of Statistics,
through china-division 2.7.0 (MIT/WTFPL); points of all townships and of 23 villages from Vonng/adcode
(commit b755d6e, 2016 base), CC BY 4.0, https://creativecommons.org/licenses/by/4.0/, changed: converted
from GCJ-02 to WGS84 and rounded to 1e-6 degree.
Schematic: township polygons are Voronoi cells of the township points inside a widened hull
(示意图,非行政区划界线). A real village point may lie outside its township's schematic polygon.
Invented: points of all other villages (point_source = synthetic), all enterprises, credit codes (their
organ code starts with XX, which does not exist), offices, officers, visits, hazards, accidents (ordinary
class only), closures, visits fixed by the city. Rates follow a published monthly bulletin: 1.09 hazards a
visit, 1.37 % of hazards major, 8.45 % of visits lead to a case. Nothing here says anything about a real
enterprise, office or person.
Township rows of rules.toml are derived from the expected visits and have no legal basis.
"""
_ROADS_SOURCE = """All roads, the river and its two bridges are invented: winding lines between the places above.
"""
