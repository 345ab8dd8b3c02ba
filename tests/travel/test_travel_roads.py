"""Roads: ways counted by hand, another Dijkstra, contraction that changes nothing, closures, names that mean nothing."""

from __future__ import annotations

import heapq
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from riskplan.travel.graph import SHIFT, Csr, RoadGraph, line_metres, speed_of
from riskplan.travel.protocol import NO_WAY
from riskplan.travel.roads import RoadTimes
from travel.road_sample import SPEEDS, county, graph, town

ACCESS_KMH, ENTRY = 15.0, 180


def times(**more) -> RoadTimes:
    """Return travel in the town."""
    return RoadTimes(graph(), ACCESS_KMH, ENTRY, **more)


def at(*names):
    """Return names, longitudes and latitudes of nodes of the town."""
    nodes, _ = town()
    rows = nodes.set_index("node_id").loc[list(names)]
    return list(names), rows["lon"].to_numpy(), rows["lat"].to_numpy()


def by_heap(csr: Csr, source: int) -> dict[int, int]:
    """Return the least weights from a node by another Dijkstra."""
    best, heap = {}, [(0, source)]
    while heap:
        weight, v = heapq.heappop(heap)
        if v in best:
            continue
        best[v] = weight
        for k in range(csr.start[v], csr.start[v + 1]):
            heapq.heappush(heap, (weight + int(csr.weight[k]), int(csr.head[k])))
    return best


def test_ways_by_hand():
    """A to B 1,200 m at 36 km/h take 120 s; C is on a one-way ring: 1,900 m there, 700 m back; entry on arrival."""
    matrix = times().matrix(*at("A", "B", "C"))
    assert matrix.metres.tolist() == [[0, 1200, 1900], [1200, 0, 700], [700, 1900, 0]]
    assert (matrix.seconds - ENTRY + ENTRY * np.eye(3)).astype(int).tolist() == [
        [0, 120, 190],
        [120, 0, 70],
        [70, 190, 0],
    ]


def test_a_bridge_is_as_fast_as_its_class():
    """1,200 m of class primary at 60 km/h take 72 s, then 600 m at 36 km/h 60 s."""
    assert times().matrix(*at("C", "E")).seconds[0, 1] == 72 + 60 + ENTRY


def test_a_place_beside_the_road_walks_to_it():
    """111 m of latitude from node E at 15 km/h take 26.7 s each way; the sum is rounded up once."""
    ids, lon, lat = at("D", "E")
    matrix = times().matrix(ids, lon, lat - np.array([0.0, 0.001]))
    assert matrix.metres[0, 1] == 600 + 112
    assert matrix.seconds[0, 1] == int(np.ceil(60 + 111.2 * 3.6 / ACCESS_KMH)) + ENTRY
    assert times().far_from_roads(lon, lat - 0.001) == pytest.approx([111.2, 111.2], abs=0.1)


def test_loose_pieces_of_road_are_not_driven_on():
    """A place beside a piece that leads nowhere travels from the nearest node of the giant component."""
    own = graph()
    assert len(own.giant) == 6
    ids, lon, lat = at("E", "F")
    assert own.snap(lon, lat)[1][1] == pytest.approx(4_031, abs=5)
    assert 600 < times().matrix(ids, lon, lat).seconds[0, 1] < NO_WAY


def test_a_closed_bridge_cuts_off():
    """With the only bridge closed nobody crosses, the banks by themselves go on, and the cut-off place is named."""
    shut = times(closed=("BRIDGE",))
    matrix = shut.matrix(*at("A", "B", "C", "E"))
    assert matrix.seconds[0, 3] == matrix.seconds[3, 0] == matrix.metres[0, 3] == NO_WAY
    assert matrix.seconds[0, 1] == 120 + ENTRY
    assert matrix.unreachable() == ("E",)
    assert "BRIDGE" in shut.source
    assert shut.sha256 != times().sha256


def test_a_way_has_a_line():
    """The line from A to B goes by the bend; where no way leads, and between equal places, it is straight."""
    _, lon, lat = at("A", "B", "B", "E")
    lines = times().lines(lon, lat)
    assert (118.005, 25.011) in lines[0]
    assert lines[1] == [lines[0][-1], lines[0][-1]]
    assert line_metres(*np.array(lines[0]).T) == pytest.approx(1_030, abs=5)
    assert len(times(closed=("BRIDGE",)).lines(lon, lat)[2]) == 2


def test_of_two_roads_the_lighter_counts():
    """Two pieces between the same nodes are one edge, the faster; loops are no way."""
    csr = Csr.of(2, np.array([0, 0, 1]), np.array([1, 1, 0]), np.array([9, 5, 7]))
    assert csr.head.tolist() == [1, 0]
    assert csr.weight.tolist() == [5, 7]


@pytest.mark.parametrize(("name", "speed"), [("primary", 60), ("primary_link", 60), ("path", 36)])
def test_speeds_by_class(name, speed):
    """A link is driven like what it links, an unknown class like all others."""
    assert speed_of(name, SPEEDS) == speed


def test_without_other_classes_the_slowest_speed_counts():
    """A rulebook that names no speed for all others is read on the safe side."""
    assert speed_of("path", {"primary": 60.0, "residential": 20.0}) == 20.0


def test_a_speed_limit_only_slows():
    """A limit below the speed of the class counts, one above does not."""
    nodes, roads = town()
    plain = RoadGraph.of(nodes, roads, SPEEDS).csr.weight >> SHIFT
    slow = RoadGraph.of(nodes, roads.assign(speed_kmh=18.0), SPEEDS).csr.weight >> SHIFT
    fast = RoadGraph.of(nodes, roads.assign(speed_kmh=190.0), SPEEDS).csr.weight >> SHIFT
    assert (slow >= 2 * plain).all()
    assert (fast == plain).all()


@settings(max_examples=examples(10, 60), deadline=None)
@given(st.integers(3, 7), st.integers(0, 10**6))
def test_contraction_changes_no_way(side, seed):
    """Least weights after contraction are those of another Dijkstra on the whole graph."""
    own = graph(county(side, seed))
    rng = np.random.default_rng(seed)
    terminal = rng.choice(own.giant, min(6, len(own.giant)))
    found = own.least(terminal)
    for i, a in enumerate(terminal):
        far = by_heap(own.csr, int(a))
        assert [far.get(int(b), -1) for b in terminal] == found[i].tolist()


@settings(max_examples=examples(10, 60), deadline=None)
@given(st.integers(0, 10**6))
def test_the_giant_component_is_strong_and_largest(seed):
    """From each node of it every other is reached, and no node outside is joined both ways."""
    own = graph(county(5, seed))
    inside = set(own.giant.tolist())
    reach = {v: set(by_heap(own.csr, v)) for v in range(25)}
    assert all(inside <= reach[v] for v in inside)
    outside = set(range(25)) - inside
    assert not [v for v in outside if inside <= reach[v] and v in reach[next(iter(inside))]]


def test_names_and_order_mean_nothing():
    """Renamed nodes and shuffled rows give the same graph, hash and times."""
    nodes, roads = county(6, 3)
    rng = np.random.default_rng(4)
    new = {old: f"Z{k}" for k, old in enumerate(rng.permutation(nodes["node_id"]))}
    other = roads.assign(from_node=roads["from_node"].map(new), to_node=roads["to_node"].map(new))
    named = nodes.assign(node_id=nodes["node_id"].map(new))
    turned = RoadGraph.of(named.sample(frac=1, random_state=1), other.sample(frac=1, random_state=2), SPEEDS)
    assert turned.sha256 == graph((nodes, roads)).sha256


def test_a_way_weighs_what_the_matrix_says():
    """The pieces of the drawn way sum to the least weight, ends included."""
    own = graph(county(8, 1))
    a, b = int(own.giant[0]), int(own.giant[-1])
    nodes = own.way(a, b)
    assert (nodes[0], nodes[-1]) == (a, b)
    csr, total = own.csr, 0
    for u, v in pairwise(nodes):
        edges = range(csr.start[u], csr.start[u + 1])
        total += next(int(csr.weight[k]) for k in edges if csr.head[k] == v)
    assert total == own.least(np.array([a, b], dtype=np.int32))[0, 1]


def test_no_roads_at_all():
    """A graph without nodes has no giant component and is asked for nothing."""
    nodes, roads = town()
    empty = RoadGraph.of(nodes.iloc[:0], roads.iloc[:0], SPEEDS)
    assert not len(empty.giant)
    assert RoadTimes(empty, 15.0, 0).matrix([], np.array([]), np.array([])).seconds.shape == (0, 0)
