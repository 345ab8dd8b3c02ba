"""Tables of roads, closures and given times: read, checked, written, and every fault told at once."""

from __future__ import annotations

import pytest

from case.test_risk_tables import add, faults_of
from riskplan.case.read import read_case
from riskplan.case.write import write_case

NODES = ("road_nodes", "node_id,lon,lat", "a,118.300000,25.300000", "b,118.310000,25.300000")
ROADS = ("roads", "道路编号,起点,终点,道路等级,单行,长度", "X1,a,b,tertiary,是,1200")


def test_roads_are_read_in_either_language(broken):
    """Chinese headers, defaults of class and direction, closures and times."""
    add(broken, *NODES)
    add(broken, *ROADS, "X2,b,a,,,")
    add(broken, "road_closures", "道路编号,开始日期,结束日期", "X1,2027-05-10,2027-05-21")
    add(broken, "travel_times", "from_id,to_id,seconds", "EM,E00001,600")
    case = read_case(broken)
    assert case["roads"]["oneway"].tolist() == [True, False]
    assert case["roads"]["class"].tolist() == ["tertiary", "unclassified"]
    assert case["roads"]["metres"].isna().tolist() == [False, True]
    assert case["travel_times"]["metres"].tolist() == [0]
    assert len(case["road_closures"]) == 1


def test_a_case_without_roads_keeps_its_fingerprint(hamlet, broken):
    """Empty tables of roads change no fingerprint that older plans name; one road does."""
    assert read_case(broken).fingerprint == hamlet.fingerprint
    add(broken, *NODES)
    add(broken, *ROADS)
    assert read_case(broken).fingerprint != hamlet.fingerprint


def test_roads_are_written_and_read_again(broken, tmp_path):
    """A workbook of a case with roads gives the same case."""
    add(broken, *NODES)
    add(broken, *ROADS)
    case = read_case(broken)
    write_case(case, tmp_path / "again.xlsx")
    assert read_case(tmp_path / "again.xlsx").fingerprint == case.fingerprint


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["X1,a,zz,,,"], ("unknown_reference", "roads.csv", "终点")),
        (["X1,a,a,,,"], ("road_loop", "roads.csv", "终点")),
        (["X1,a,b,,,0.7"], ("road_too_short", "roads.csv", "长度")),
        (["X1,a,b,,,-5"], ("number_out_of_range", "roads.csv", "长度")),
        (["X1,a,b,,maybe,"], ("not_a_yes_no", "roads.csv", "单行")),
        (["X1,a,,,,"], ("empty_cell", "roads.csv", "终点")),
    ],
)
def test_every_slip_in_roads_is_a_fault(broken, rows, fault):
    """Unknown nodes, loops, kilometres for metres, negative lengths and odd words are told by row and column."""
    add(broken, *NODES)
    add(broken, ROADS[0], ROADS[1], *rows)
    assert fault in faults_of(broken)


def test_roads_without_nodes_are_a_fault(broken):
    """The remedy is the missing table, or to travel without roads."""
    add(broken, *ROADS)
    assert ("roads_without_nodes", "roads.csv", "起点") in faults_of(broken)


def test_all_faults_of_all_tables_are_told_at_once(broken):
    """A node twice, a node without a point, a closure of an unknown road, reversed days, a pair twice."""
    add(broken, *NODES, "a,118.3,25.3", "c,,")
    add(broken, *ROADS)
    add(broken, "road_closures", "road_id,first,last", "X9,2027-05-10,2027-05-21", "X1,2027-05-10,2027-05-01")
    add(broken, "travel_times", "from_id,to_id,seconds", "EM,E1,600", "EM,E1,700", "EM,E2,fast")
    found = {(code, file) for code, file, _ in faults_of(broken)}
    assert found >= {
        ("duplicate_id", "road_nodes.csv"),
        ("empty_cell", "road_nodes.csv"),
        ("unknown_reference", "road_closures.csv"),
        ("dates_reversed", "road_closures.csv"),
        ("pair_twice", "travel_times.csv"),
        ("not_an_integer", "travel_times.csv"),
    }
