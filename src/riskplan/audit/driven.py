"""Ways over roads by the audit's own code: kept times are driven again, a sample of them where roads are many."""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.dates import column_days, monday_of_week
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.routes import Point, great_circle
from riskplan.audit.travelled import Places
from riskplan.audit.world import World
from riskplan.plan.tables import MIDDLE_PLACE, TOUR_PLACE
from riskplan.units import DAYS_PER_WEEK

MOST_STEPS = 1_000_000
"""Nodes that the audit walks over in all; what is left then is not driven again."""
OFF_S = 2
"""Seconds that two ways of adding up may differ."""
Edges = list[list[tuple[int, int]]]
"""Node -> (next node, milliseconds)."""


@dataclass
class Net:
    """The roads of a case: nodes by their row, pieces as milliseconds.

    Parameters
    ----------
    world
        The world; its case has roads.
    """

    world: World
    steps: int = 0
    _edges: dict[frozenset[str], Edges] = field(default_factory=dict)

    @cached_property
    def lon(self) -> npt.NDArray[np.float64]:
        """Longitudes of the nodes."""
        return self.world.case["road_nodes"]["lon"].to_numpy(dtype=np.float64)

    @cached_property
    def lat(self) -> npt.NDArray[np.float64]:
        """Latitudes of the nodes."""
        return self.world.case["road_nodes"]["lat"].to_numpy(dtype=np.float64)

    def edges(self, closed: frozenset[str]) -> Edges:
        """Return the pieces that are open."""
        if closed not in self._edges:
            self._edges[closed] = self._open(closed)
        return self._edges[closed]

    def _open(self, closed: frozenset[str]) -> Edges:
        row = {str(name): k for k, name in enumerate(self.world.case["road_nodes"]["node_id"])}
        edges: Edges = [[] for _ in row]
        roads = self.world.case["roads"]
        names = ("road_id", "from_node", "to_node", "class", "oneway", "metres", "speed_kmh")
        for road, start, end, kind, oneway, metres, limit in zip(*(roads[n] for n in names), strict=True):
            if road and road in closed:
                continue
            a, b = row[start], row[end]
            straight = great_circle((self.lon[a], self.lat[a]), (self.lon[b], self.lat[b]))
            length = max(round(10 * (straight if math.isnan(metres) else metres)), 1)
            speed = min(self._speed(str(kind)), math.inf if math.isnan(limit) else limit)
            spent = max(math.ceil(360 * length / speed - 1e-9), 1)
            edges[a].append((b, spent))
            if not oneway:
                edges[b].append((a, spent))
        return edges

    def _speed(self, kind: str) -> float:
        speeds = self.world.rules.travel.speeds
        base = kind[: -len("_link")] if kind.endswith("_link") else kind
        return speeds.get(kind) or speeds.get(base) or speeds.get("*") or min(speeds.values())

    @cached_property
    def joined(self) -> npt.NDArray[np.int64]:
        """Nodes of the largest part in which one gets from each to each, by two walks (Kosaraju)."""
        ahead = self.edges(frozenset())
        behind: Edges = [[] for _ in ahead]
        for a, pieces in enumerate(ahead):
            for b, spent in pieces:
                behind[b].append((a, spent))
        parts = _parts(behind, reversed(_finished(ahead)))
        largest = max(parts, key=lambda part: (len(part), -min(part)), default=[])
        return np.array(sorted(largest), dtype=np.int64)

    def nearest(self, point: Point) -> tuple[int, int]:
        """Return the nearest joined node of a point, and the milliseconds that the straight line to it takes."""
        shrink = math.cos(math.radians(float(np.median(self.lat))))
        own = self.joined
        apart = ((self.lon[own] - point[0]) * shrink) ** 2 + (self.lat[own] - point[1]) ** 2
        node = int(own[int(np.argmin(apart))])
        metres = great_circle(point, (float(self.lon[node]), float(self.lat[node])))
        return node, math.ceil(math.ceil(10 * metres) * 360 / self.world.rules.travel.access_kmh)

    def walk(self, source: int, targets: Iterable[int], closed: frozenset[str]) -> Mapping[int, int]:
        """Return the least milliseconds from a node to others, those that are reached."""
        edges, wanted = self.edges(closed), set(targets)
        settled: dict[int, int] = {}
        found: dict[int, int] = {}
        heap = [(0, source)]
        while heap and len(found) < len(wanted):
            spent, here = heapq.heappop(heap)
            if here in settled:
                continue
            settled[here] = spent
            self.steps += 1
            if here in wanted:
                found[here] = spent
            for there, more in edges[here]:
                if there not in settled:
                    heapq.heappush(heap, (spent + more, there))
        return found


def _finished(edges: Edges) -> list[int]:
    """Return nodes in the order in which a walk in depth leaves them."""
    seen, order = [False] * len(edges), []
    for root in range(len(edges)):
        stack = [] if seen[root] else [(root, iter(edges[root]))]
        seen[root] = True
        while stack:
            here, rest = stack[-1]
            there = next((b for b, _ in rest if not seen[b]), None)
            if there is None:
                order.append(here)
                stack.pop()
            else:
                seen[there] = True
                stack.append((there, iter(edges[there])))
    return order


def _parts(edges: Edges, roots: Iterable[int]) -> list[list[int]]:
    """Return what is reached from each root in turn and from none before."""
    seen, parts = [False] * len(edges), []
    for root in roots:
        if seen[root]:
            continue
        seen[root] = True
        part = [root]
        for here in part:
            for there, _ in edges[here]:
                if not seen[there]:
                    seen[there] = True
                    part.append(there)
        parts.append(part)
    return parts


def travels_by_roads(world: World) -> bool:
    """Tell whether the case travels over its roads.

    Parameters
    ----------
    world
        The world.
    """
    provider, tables = world.rules.travel.provider, world.case.tables
    has = {name: bool(len(tables.get(name, ()))) for name in ("roads", "travel_times")}
    return has["roads"] and (provider == "roads" or (provider == "auto" and not has["travel_times"]))


def check_driven(world: World) -> Outcome:
    """Check kept times against ways of the audit's own over the roads that are open (S9).

    A road that is closed on some days of a week may be left out of the way or not; between these two the time lies.
    """
    table = world.table("travel")
    if not len(table) or not travels_by_roads(world):
        return Outcome(0, ())
    net, points = Net(world), {**Places(world).points, **_middles(world)}
    groups: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for week, start, end, seconds in zip(
        *(table[c] for c in ("week", "from_id", "to_id", "seconds")), strict=True
    ):
        if start in points and end in points and TOUR_PLACE not in {start, end}:
            groups.setdefault((week, start), []).append((end, int(seconds)))
    objects, findings = 0, []
    for week, start in sorted(groups, key=lambda key: hashlib.sha256("/".join(key).encode()).digest()):
        if net.steps > MOST_STEPS:
            break
        own = groups[week, start]
        objects += len(own)
        findings += _driven(net, points, (week, start), own)
    return Outcome(objects, tuple(findings))


def _driven(
    net: Net, points: Mapping[str, Point], key: tuple[str, str], rows: list[tuple[str, int]]
) -> list[Finding]:
    week, start = key
    source, out = net.nearest(points[start])
    ends = {end: net.nearest(points[end]) for end, _ in rows}
    targets = [node for node, _ in ends.values()]
    always, ever = _closed(net.world, week)
    least = net.walk(source, targets, always)
    most = least if always == ever else net.walk(source, targets, ever)
    entry, findings = net.world.rules.travel.entry_seconds, []
    for end, seconds in rows:
        node, more = ends[end]
        if points[start] == points[end]:
            continue
        low, high = (
            -(-(found[node] + out + more) // 1000) + entry if node in found else None
            for found in (least, most)
        )
        off = _off(seconds, low, high)
        if off:
            right = low if low is not None and seconds < low else high
            figures = (seconds, -1 if right is None else right, off)
            evidence = tuple(sorted((start, end)))
            findings.append(Finding("travel-driven", "violation", f"{start}/{end}", week, *figures, evidence))
    return findings


def _off(seconds: int, low: int | None, high: int | None) -> int:
    """Return by how many seconds a time lies outside what can be; where roads may be cut there is no upper end."""
    if low is not None and seconds < low - OFF_S:
        return low - seconds
    if low is None:
        return 1
    return seconds - high if high is not None and seconds > high + OFF_S else 0


def _closed(world: World, week: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roads that are closed on every day of a week, and those closed on any."""
    table, monday = world.case.tables.get("road_closures"), monday_of_week(week)
    if table is None or not len(table) or not monday:
        return frozenset(), frozenset()
    first, last = (np.array(column_days(table[c])) for c in ("first", "last"))
    ever = (first < monday + DAYS_PER_WEEK) & (last >= monday)
    always = (first <= monday) & (last >= monday + DAYS_PER_WEEK - 1)
    return frozenset(table["road_id"][always]), frozenset(table["road_id"][ever])


def _middles(world: World) -> dict[str, Point]:
    """Return the middle of the offices, and the middle of each township's premises or else that of the offices."""
    premises, depots = world.premises, world.case["departments"]
    township = np.array(premises.township)
    own = []
    for axis, values in (("depot_lon", premises.lon), ("depot_lat", premises.lat)):
        known = depots[axis].to_numpy(dtype=np.float64)
        known = known[np.isfinite(known)]
        own.append(float(known.mean() if len(known) else np.array(values).mean()))
    found = {MIDDLE_PLACE: (own[0], own[1])}
    for code in world.case["townships"]["township_code"]:
        here = township == code
        lon, lat = (np.array(values)[here] for values in (premises.lon, premises.lat))
        found[str(code)] = (float(lon.mean()), float(lat.mean())) if here.any() else (own[0], own[1])
    return found
