"""A small town whose ways can be counted by hand, and a seeded county of roads for all providers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskplan.travel.graph import RoadGraph

SPEEDS = {"primary": 60.0, "residential": 20.0, "*": 36.0}
DEGREE_M = 111_195.0797


def tables(nodes, roads):
    """Return the two tables of roads.

    Parameters
    ----------
    nodes
        Node -> (lon, lat).
    roads
        Rows (road id, from, to, class, one-way, metres).
    """
    frame = pd.DataFrame([(n, *p) for n, p in nodes.items()], columns=["node_id", "lon", "lat"])
    columns = ["road_id", "from_node", "to_node", "class", "oneway", "metres"]
    rows = pd.DataFrame(roads, columns=columns)
    return frame, rows.assign(
        speed_kmh=np.nan,
        metres=rows["metres"].astype(float),
        oneway=rows["oneway"].astype(bool),
    )


def town():
    r"""Return two banks of a river, one bridge, a one-way ring on the north bank, a far loose piece of road.

    ::

        A --x-- B        A-B by a bend x, 600 m + 600 m; B -> C -> A one-way, 500 m each
         \   /           C == D the bridge, 1200 m, class primary
          C              D -- E 600 m, a dead end
          |              F -- G joined to nothing
          D -- E
    """
    nodes = {
        "A": (118.000, 25.010),
        "x": (118.005, 25.011),
        "B": (118.010, 25.010),
        "C": (118.005, 25.006),
        "D": (118.005, 25.000),
        "E": (118.010, 25.000),
        "F": (118.050, 25.000),
        "G": (118.051, 25.000),
    }
    roads = [
        ("R1", "A", "x", "tertiary", False, 600),
        ("R1", "x", "B", "tertiary", False, 600),
        ("R2", "B", "C", "tertiary", True, 700),
        ("R3", "C", "A", "tertiary", True, 700),
        ("BRIDGE", "C", "D", "primary", False, 1200),
        ("R4", "D", "E", "tertiary", False, 600),
        ("R5", "F", "G", "tertiary", False, 200),
    ]
    return tables(nodes, roads)


def county(side: int = 12, seed: int = 0):
    """Return a seeded grid of bent roads, a tenth of them one-way."""
    rng = np.random.default_rng(seed)
    x, y = (v.ravel() for v in np.meshgrid(np.arange(side), np.arange(side)))
    lon = np.round(118 + 0.5 * (x + 0.5 * rng.random(side**2)) / side, 6)
    lat = np.round(25 + 0.5 * (y + 0.5 * rng.random(side**2)) / side, 6)
    index = np.arange(side**2).reshape(side, side)
    begin = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    end = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    kinds = rng.choice(["primary", "residential", "tertiary"], len(begin))
    ways = rng.random(len(begin)) < 0.1
    names = [f"N{k}" for k in range(side**2)]
    nodes = {n: (float(a), float(b)) for n, a, b in zip(names, lon, lat, strict=True)}
    return tables(
        nodes,
        [
            (f"R{k}", names[a], names[b], kind, bool(way), np.nan)
            for k, (a, b, kind, way) in enumerate(zip(begin, end, kinds, ways, strict=True))
        ],
    )


def graph(made=None):
    """Return the graph of some tables; the town where none are given."""
    nodes, roads = town() if made is None else made
    return RoadGraph.of(nodes, roads, SPEEDS)
