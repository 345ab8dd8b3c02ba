"""Extracts of OpenStreetMap: which ways are roads, in which direction, how fast; without the library; the real Andorra."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks.backtest import SHARED

from riskplan.case.read import read_case
from riskplan.case.sources.osm import drivable, oneway, read_extract, speed_limit
from riskplan.errors import InputError
from riskplan.rules.read import read_rules
from riskplan.travel import roads_of, travel_of

ANDORRA = SHARED / "data" / "roadnet" / "andorra.osm.pbf"


@dataclass
class Node:
    """A node of a way as the library gives it."""

    ref: int
    lon: float
    lat: float
    known: bool = True

    @property
    def location(self):
        """Where it lies."""
        return SimpleNamespace(lon=self.lon, lat=self.lat, valid=lambda: self.known)


@dataclass
class Way:
    """A way as the library gives it."""

    id: int
    nodes: list
    tags: dict = field(default_factory=dict)

    def is_way(self):
        """It is one."""
        return True


class Library:
    """The part of the library that is used, over a few ways."""

    filter = SimpleNamespace(KeyFilter=lambda key: key)

    def __init__(self, *ways):
        self.ways = ways

    def FileProcessor(self, path):
        """Return the ways, whatever is asked."""
        chain = SimpleNamespace(with_filter=lambda kept: iter(self.ways))
        return SimpleNamespace(with_locations=lambda: chain)


SQUARE = [Node(1, 118.30, 25.32), Node(2, 118.31, 25.32), Node(3, 118.31, 25.33), Node(4, 118.30, 25.33)]
WAYS = (
    Way(7, [*SQUARE, SQUARE[0]], {"highway": "residential", "maxspeed": "30"}),
    Way(8, [SQUARE[0], SQUARE[2]], {"highway": "primary", "oneway": "-1"}),
    Way(9, [SQUARE[1], Node(5, 0, 0, known=False), SQUARE[3]], {"highway": "tertiary"}),
    Way(10, [SQUARE[1], SQUARE[3]], {"highway": "footway"}),
)


@pytest.mark.parametrize(
    ("tags", "right"),
    [
        ({"highway": "primary_link"}, True),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, True),
        ({"highway": "pedestrian"}, False),
        ({"highway": "service", "area": "yes"}, False),
        ({}, False),
    ],
)
def test_which_ways_cars_drive_on(tags, right):
    """Roads do, footways, squares and private drives do not; the nearest rule for cars decides."""
    assert drivable(tags) is right


@pytest.mark.parametrize(
    ("tags", "right"),
    [
        ({"highway": "primary"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "tertiary", "junction": "roundabout"}, 1),
        ({"highway": "primary", "oneway": "-1"}, -1),
        ({"highway": "primary", "oneway": "alternating"}, 0),
    ],
)
def test_in_which_direction(tags, right):
    """As stated; motorways and roundabouts in their order."""
    assert oneway(tags) == right


@pytest.mark.parametrize(
    ("text", "right"), [("50", "50"), ("30 mph", "48"), ("signals", ""), ("", ""), ("999", ""), ("0", "")]
)
def test_limits_of_speed(text, right):
    """Numbers in km/h or miles; anything else says nothing."""
    assert speed_limit({"maxspeed": text}) == right


def test_ways_become_pieces():
    """A way is a piece between each two nodes that are known, turned round where it is driven against its order."""
    nodes, roads = read_extract(Path("any"), Library(*WAYS))
    assert list(nodes["node_id"]) == ["1", "2", "3", "4"]
    ends = list(zip(roads["road_id"], roads["from_node"], roads["to_node"], roads["oneway"], strict=True))
    assert ends[0] == ("w7", "1", "2", "no")
    assert ("w8", "3", "1", "yes") in ends
    assert {name for name, *_ in ends} == {"w7", "w8"}
    assert set(roads["speed_kmh"][roads["road_id"] == "w7"]) == {"30"}


@pytest.fixture
def with_extract(broken):
    """A copy of ``hamlet`` with a file that ends like an extract."""
    (broken / "county.osm.pbf").write_bytes(b"no extract")
    return broken


def test_a_case_travels_over_its_extract(with_extract, monkeypatch):
    """The extract is read as tables of roads in WGS84, and the case travels on them."""
    monkeypatch.setitem(sys.modules, "osmium", Library(*WAYS))
    case = read_case(with_extract)
    rules = read_rules(with_extract / "rules.toml", case)
    assert len(case["roads"]) == 5
    assert case["road_nodes"]["lon"].iat[0] == 118.30
    assert travel_of(case, rules).source.startswith("roads of 4 nodes")


def test_without_the_library_the_case_says_so(with_extract, monkeypatch):
    """The case goes on along the great circle, and a warning names the extra to install."""
    monkeypatch.setitem(sys.modules, "osmium", None)
    case = read_case(with_extract)
    found = next(w for w in case.warnings if w.code == "roads_left_out")
    assert (found.file, found.args["extra"]) == ("county.osm.pbf", "road")
    assert not len(case["roads"])


def test_tables_come_before_an_extract(with_extract, monkeypatch):
    """Where roads stand in tables too, the extract is left out with a warning."""
    monkeypatch.setitem(sys.modules, "osmium", Library(*WAYS))
    (with_extract / "road_nodes.csv").write_text(
        "node_id,lon,lat\na,118.3,25.3\nb,118.31,25.3\n", encoding="utf-8"
    )
    (with_extract / "roads.csv").write_text("from_node,to_node\na,b\n", encoding="utf-8")
    case = read_case(with_extract)
    assert len(case["roads"]) == 1
    assert [w.file for w in case.warnings if w.code == "file_left_out"] == ["county.osm.pbf"]


def test_a_damaged_extract_is_a_fault(with_extract):
    """Bytes that are no extract are refused with the file's name."""
    pytest.importorskip("osmium", reason="needs the extra road")
    with pytest.raises(InputError) as caught:
        read_case(with_extract)
    assert [f.code for f in caught.value.faults if not f.warning] == ["unreadable_extract"]


@pytest.mark.skipif(not ANDORRA.exists(), reason="needs ../shared/data/roadnet")
def test_andorra(hamlet_folder, tmp_path):
    """A real country: 20,000 nodes in the giant component, an hour and a half from end to end, all places reached."""
    pytest.importorskip("osmium", reason="needs the extra road")
    folder = Path(shutil.copytree(hamlet_folder, tmp_path / "hamlet"))
    shutil.copy(ANDORRA, folder)
    case = read_case(folder)
    roads = roads_of(case, read_rules(folder / "rules.toml", case))
    assert len(roads.graph.giant) == 20_187
    lon, lat = (axis[roads.graph.giant[::200]] for axis in (roads.graph.lon, roads.graph.lat))
    matrix = roads.matrix([str(k) for k in range(len(lon))], lon, lat)
    assert matrix.unreachable() == ()
    assert 60 < np.max(matrix.seconds) / 60 < 120
    assert (matrix.seconds != matrix.seconds.T).any()
