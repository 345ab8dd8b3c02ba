"""Measure matrices over road graphs: 1,000 x 1,000 places on 200,000 nodes, and on Andorra where its extract is at hand.

Usage: ``python -m benchmarks.travel [--places 1000]``. Each graph is a process of its own, so that its peak is its own;
kernels are compiled before the clock starts. A few rows are compared with scipy's Dijkstra where scipy is installed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.read import peak_mb
from riskplan.travel.graph import SHIFT, RoadGraph
from riskplan.travel.roads import RoadTimes
from riskplan.version import __version__

RESULTS = Path(__file__).parent / "results" / "travel.json"
ANDORRA = Path(__file__).parents[1].parent / "shared" / "data" / "roadnet" / "andorra.osm.pbf"
SPEEDS = {
    "motorway": 85.0,
    "primary": 50.0,
    "secondary": 45.0,
    "tertiary": 40.0,
    "residential": 25.0,
    "*": 30.0,
}
COMPARED = 5
MOST_SECONDS, MOST_MB = 60.0, 1024
"""To reach: 1,000 x 1,000 on 200,000 nodes on one core."""


def grid(side: int, bends: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a seeded square net of junctions, the roads between them with so many bends, a tenth of them one-way."""
    rng = np.random.default_rng(side)
    x, y = (v.ravel() for v in np.meshgrid(np.arange(side), np.arange(side)))
    lon, lat = (
        118 + 0.6 * (x + 0.5 * rng.random(side**2)) / side,
        25 + 0.6 * (y + 0.5 * rng.random(side**2)) / side,
    )
    index = np.arange(side**2).reshape(side, side)
    begin = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    end = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    count = len(begin)
    inner = side**2 + np.arange(count * bends).reshape(count, bends)
    chain = np.concatenate([begin[:, None], inner, end[:, None]], axis=1)
    share = (np.arange(1, bends + 1) / (bends + 1))[None, :]
    bent = [
        (
            v[begin][:, None] * (1 - share) + v[end][:, None] * share + 2e-5 * rng.random((count, bends))
        ).ravel()
        for v in (lon, lat)
    ]
    names = np.char.add("N", np.arange(side**2 + count * bends).astype(str))
    points = {"lon": np.concatenate([lon, bent[0]]), "lat": np.concatenate([lat, bent[1]])}
    nodes = pd.DataFrame({"node_id": names, **points}).round(6)
    kinds = np.repeat(rng.choice(["secondary", "tertiary", "residential"], count), bends + 1)
    ways = np.repeat(rng.random(count) < 0.1, bends + 1)
    ends = {"from_node": names[chain[:, :-1].ravel()], "to_node": names[chain[:, 1:].ravel()]}
    plain = {"road_id": "", "class": kinds, "oneway": ways, "metres": np.nan, "speed_kmh": np.nan}
    return nodes, pd.DataFrame({**ends, **plain})


def andorra() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the roads of Andorra (OpenStreetMap contributors, ODbL)."""
    osm = importlib.import_module("riskplan.case.sources.osm")
    nodes, roads = osm.read_extract(ANDORRA, importlib.import_module("osmium"))
    roads = roads.assign(
        oneway=roads["oneway"] == "yes", metres=np.nan, speed_kmh=pd.to_numeric(roads["speed_kmh"])
    )
    return nodes.astype({"lon": float, "lat": float}), roads


GRAPHS = {
    "junctions-200k": lambda: grid(447, 0),
    "bends-167k": lambda: grid(183, 2),
    "andorra": andorra,
}


def measure(name: str, places: int) -> dict[str, object]:
    """Return what one graph costs."""
    warm = RoadTimes(RoadGraph.of(*grid(8, 1), SPEEDS), 15.0, 180)
    warm.matrix(["a", "b"], np.array([118.1, 118.4]), np.array([25.1, 25.4]))
    tables = GRAPHS[name]()
    start = time.process_time()
    graph = RoadGraph.of(*tables, SPEEDS)
    joined = len(graph.giant)
    built = time.process_time() - start
    rng = np.random.default_rng(0)
    chosen = rng.choice(graph.giant, min(places, joined), replace=False)
    lon, lat = graph.lon[chosen] + 2e-4 * rng.random(len(chosen)), graph.lat[chosen]
    start = time.process_time()
    matrix = RoadTimes(graph, 15.0, 180).matrix([str(k) for k in range(len(chosen))], lon, lat)
    spent = time.process_time() - start
    small, _ = graph.contracted(np.unique(graph.snap(lon, lat)[0]))
    return {
        "nodes": len(graph.lon),
        "pieces": len(graph.tail),
        "joined": joined,
        "contracted_nodes": len(small.start) - 1,
        "places": len(chosen),
        "build_cpu_s": round(built, 2),
        "matrix_cpu_s": round(spent, 2),
        "peak_mb": peak_mb(),
        "longest_minutes": round(int(matrix.seconds.max()) / 60, 1),
        "agrees_with_scipy": compared(graph, graph.snap(lon, lat)[0]),
    }


def compared(graph: RoadGraph, node: np.ndarray) -> bool | None:
    """Tell whether some rows are those of scipy's Dijkstra; None without scipy."""
    try:
        sparse = importlib.import_module("scipy.sparse")
        walk = importlib.import_module("scipy.sparse.csgraph").dijkstra
    except ImportError:
        return None
    csr = graph.csr
    net = sparse.csr_matrix((csr.weight >> SHIFT, csr.head, csr.start), shape=(len(graph.lon),) * 2)
    right = walk(net.astype(float), indices=node[:COMPARED])[:, node]
    small, own = graph.contracted(np.unique(node))
    kernels = importlib.import_module("riskplan.travel.road_kernels")
    at = own[np.searchsorted(np.unique(node), node)]
    found = kernels.least_weights(small.start, small.head, small.weight, at[:COMPARED], at) >> SHIFT
    return bool((np.abs(found - right) < 1).all())


def main() -> int:
    """Measure every graph; return 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--places", type=int, default=1000)
    parser.add_argument("--one", choices=sorted(GRAPHS))
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one, asked.places)))
        return 0
    found = {}
    for name in GRAPHS:
        if name == "andorra" and not ANDORRA.exists():
            continue
        call = [sys.executable, "-m", "benchmarks.travel", "--one", name, "--places", str(asked.places)]
        found[name] = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
        print(name, found[name])
    facts = {"version": __version__, "python": platform.python_version(), "numpy": np.__version__}
    RESULTS.write_text(json.dumps({**facts, "graphs": found}, indent=1) + "\n", encoding="utf-8")
    large = [f for name, f in found.items() if name != "andorra"]
    return int(any(f["matrix_cpu_s"] > MOST_SECONDS or f["peak_mb"] > MOST_MB for f in large))


if __name__ == "__main__":
    sys.exit(main())
