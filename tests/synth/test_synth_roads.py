"""Fictional roads: joined, on their banks, two bridges, one-way streets, the same bytes, nothing else changed."""

from __future__ import annotations

import numpy as np
import pytest

from riskplan.case.read import read_case
from riskplan.synth import make_county
from riskplan.travel.graph import RoadGraph

SPEEDS = {"*": 30.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A county with roads."""
    return make_county(tmp_path_factory.mktemp("synth") / "county", enterprises=30, seed=7, roads=True)


@pytest.fixture(scope="module")
def county(folder):
    """The county as a case."""
    return read_case(folder)


def graph_of(county, roads):
    """Return the graph of some rows of the roads."""
    return RoadGraph.of(county["road_nodes"], roads, SPEEDS)


def test_roads_change_nothing_else(folder, hamlet_folder):
    """All other tables are the bytes of the county without roads."""
    for path in sorted(hamlet_folder.iterdir()):
        if path.name != "SOURCE.txt":
            assert (folder / path.name).read_bytes() == path.read_bytes()


def test_the_same_roads_come_again(folder, tmp_path):
    """The same seed gives the same bytes."""
    again = make_county(tmp_path / "county", enterprises=30, seed=7, roads=True)
    for name in ("roads.csv", "road_nodes.csv"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_nearly_all_roads_are_joined(county):
    """From all but corners of one-way streets one gets everywhere."""
    own = graph_of(county, county["roads"])
    assert len(own.giant) >= 0.99 * len(own.lon)


def test_the_river_has_two_bridges(county):
    """Without the bridges there are two banks; each bridge by itself joins them."""
    roads = county["roads"]
    bridge = roads["road_id"].str.startswith("BRIDGE")
    assert set(roads.loc[bridge, "road_id"]) == {"BRIDGE-1", "BRIDGE-2"}
    whole = len(graph_of(county, roads).giant)
    assert len(graph_of(county, roads[~bridge]).giant) < 0.9 * whole
    for one in ("BRIDGE-1", "BRIDGE-2"):
        assert len(graph_of(county, roads[~bridge | (roads["road_id"] == one)]).giant) >= 0.98 * whole


def test_classes_and_one_ways(county):
    """There are main roads, lesser ones, and streets of which some are one-way; nobody lives far from all of them."""
    roads = county["roads"]
    assert set(roads["class"]) == {"primary", "secondary", "tertiary", "unclassified", "residential"}
    assert roads.loc[roads["oneway"], "class"].eq("residential").all()
    assert 10 < roads["oneway"].sum() < 100
    own = graph_of(county, roads)
    far = own.snap(*(county.enterprises[c].to_numpy(dtype=np.float64) for c in ("lon", "lat")))[1]
    assert np.median(far) < 500
    assert far.max() < 3_000
