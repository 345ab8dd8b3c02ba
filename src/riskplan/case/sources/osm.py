"""An extract of OpenStreetMap (``.osm.pbf``) as the tables of roads: what cars may drive on, in pieces of two nodes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from riskplan.case.extras import optional
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.source import Source
from riskplan.errors import Fault, InputError

SUFFIX = ".osm.pbf"
NODES, ROADS = "road_nodes", "roads"
_LINKED = ("motorway", "trunk", "primary", "secondary", "tertiary")
CLASSES = frozenset({
    *_LINKED,
    *(f"{name}_link" for name in _LINKED),
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
})
"""Values of ``highway`` that cars drive on."""
CLOSED = frozenset({"no", "private", "agricultural", "forestry", "delivery"})
ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}
ALWAYS_ONEWAY = frozenset({"motorway", "motorway_link"})
ROUND = frozenset({"roundabout", "circular"})
MPH_KMH = 1.609344
FASTEST_KMH = 200


def take_roads(root: Path, source: Source) -> None:
    """Add the roads of a folder's extract to its tables, where they do not stand in tables already.

    Without the library that reads it, the case goes on without roads and a warning says so.

    Parameters
    ----------
    root
        The case folder.
    source
        What was found in it.
    """
    extracts = sorted(p for p in root.iterdir() if p.name.lower().endswith(SUFFIX) and p.is_file())
    own = not {NODES, ROADS} & set(source.sheets)
    for path in extracts[1:] if own else extracts:
        source.faults.append(Fault("file_left_out", path.name, warning=True))
    if not extracts or not own:
        return
    path = extracts[0]
    try:
        osmium = optional("osmium", "road", path.name)
    except InputError as error:
        args = error.faults[0].args
        source.faults.append(Fault("roads_left_out", path.name, args=args, warning=True))
        return
    try:
        nodes, roads = read_extract(path, osmium)
    except RuntimeError as error:
        source.faults.append(Fault("unreadable_extract", path.name, value=str(error)[:120]))
        return
    for table, cells in ((NODES, nodes), (ROADS, roads)):
        headers = {name: name for name in cells.columns}
        source.sheets[table] = Sheet.of(Origin(path.name, table, headers), cells)
    source.in_wgs84 = frozenset({NODES})


def read_extract(path: Path, osmium: ModuleType) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return nodes and pieces of road as text cells.

    Parameters
    ----------
    path
        The extract.
    osmium
        The library.

    Raises
    ------
    RuntimeError
        If the file is damaged or no extract.
    """  # noqa: DOC502 - by the library
    where: dict[int, tuple[str, str]] = {}
    pieces: list[tuple[str, str, str, str, str, str]] = []
    ways = osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
    for way in ways:
        if not way.is_way() or not drivable(way.tags):
            continue
        known = [n for n in way.nodes if n.location.valid()]
        where.update({n.ref: (f"{n.location.lon:.6f}", f"{n.location.lat:.6f}") for n in known})
        refs = [n.ref if n.location.valid() else None for n in way.nodes]
        direction = oneway(way.tags)
        facts = (str(way.tags["highway"]), "yes" if direction else "no", speed_limit(way.tags))
        for a, b in pairwise(refs):
            if a is not None and b is not None and a != b:
                ends = (str(b), str(a)) if direction < 0 else (str(a), str(b))
                pieces.append((f"w{way.id}", *ends, *facts))
    nodes = pd.DataFrame(
        [(str(ref), *where[ref]) for ref in sorted(where)], columns=["node_id", "lon", "lat"]
    )
    roads = pd.DataFrame(pieces, columns=["road_id", "from_node", "to_node", "class", "oneway", "speed_kmh"])
    return nodes.astype(str), roads.astype(str)


def drivable(tags: Any) -> bool:  # noqa: ANN401 - tags of the library, or a dictionary
    """Tell whether cars of an office may drive on a way.

    Parameters
    ----------
    tags
        Of the way.
    """
    if tags.get("highway") not in CLASSES or tags.get("area") == "yes":
        return False
    kinds = ("motorcar", "motor_vehicle", "vehicle", "access")
    stated = next((value for kind in kinds if (value := tags.get(kind))), "")
    return stated not in CLOSED


def oneway(tags: Any) -> int:  # noqa: ANN401
    """Return 1 for a way that is driven in its order only, -1 against it, 0 for both.

    Parameters
    ----------
    tags
        Of the way.
    """
    stated = tags.get("oneway") or ""
    if stated:
        return ONEWAY.get(stated, 0)
    return int(tags.get("junction") in ROUND or tags.get("highway") in ALWAYS_ONEWAY)


def speed_limit(tags: Any) -> str:  # noqa: ANN401
    """Return the speed limit in km/h as text, empty where it is not a number.

    Parameters
    ----------
    tags
        Of the way.
    """
    number, _, unit = (tags.get("maxspeed") or "").partition(" ")
    if not number.isascii() or not number.isdigit():
        return ""
    kmh = int(number) * (MPH_KMH if unit == "mph" else 1)
    return f"{kmh:.0f}" if 1 <= kmh <= FASTEST_KMH else ""
