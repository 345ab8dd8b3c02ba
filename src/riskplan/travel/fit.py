"""What the roads of a case say about its places and its rulebook: far and cut-off places, detour, speed, allowance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.roads import straight_metres
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.rules.model import Rulebook
from riskplan.travel.choice import provider_name, roads_of, travel_of
from riskplan.travel.protocol import NO_WAY, Matrix
from riskplan.units import SECONDS_PER_MINUTE

Floats = npt.NDArray[np.float64]
KMH_PER_MS = 3.6
MOST_SAMPLED = 250
LEAST_PAIRS = 10


@dataclass(frozen=True)
class TravelFit:
    """How a case travels, and what its rulebook might say.

    Parameters
    ----------
    provider, source
        Its kind, and how its figures are made.
    nodes, joined
        Nodes of the roads, and those from which one gets to each other; 0 without roads.
    far
        (enterprise, metres to the nearest road) of those farther than ``travel.far_metres``, the farthest first.
    cut_off
        Enterprises that no way leads to: by the given times, or while roads are closed.
    median_metres
        Median distance to the nearest road [m], 0 without roads.
    detour, speed_kmh
        Great circle that fits the ways between sampled enterprises; 0: there are too few.
    allowance, stated_allowance
        Minutes of travel a visit by routed weeks, 0 without any; and what holds now.
    routed
        Visits on routes that the allowance was taken from, 0: none.
    """

    provider: str
    source: str
    nodes: int
    joined: int
    far: tuple[tuple[str, int], ...]
    cut_off: tuple[str, ...]
    median_metres: int
    detour: float
    speed_kmh: float
    allowance: int
    stated_allowance: int
    routed: int


def fit_travel(case: Case, rules: Rulebook, plan: Plan | None = None) -> TravelFit:
    """Return what the travel times of a case say; nothing is changed.

    Parameters
    ----------
    case, rules
        Its places, and how travel is reckoned.
    plan
        Its routed weeks give the allowance.
    """
    provider = travel_of(case, rules)
    frame = _placed(case)
    sample = frame.iloc[:: max(-(-len(frame) // MOST_SAMPLED), 1)]
    lon, lat = (sample[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    matrix = provider.matrix(list(sample["enterprise_id"]), lon, lat)
    name = provider_name(case, rules)
    nodes, joined, far, median = _snapped(case, rules, frame) if name == "roads" else (0, 0, (), 0)
    lost = set(matrix.unreachable()) | (_closed_off(case, rules, frame) if name == "roads" else set())
    detour, speed = _great_circle(matrix, lon, lat, rules.travel.entry_seconds)
    allowance, routed = _allowance(plan)
    return TravelFit(
        name,
        provider.source,
        nodes,
        joined,
        far,
        tuple(sorted(lost)),
        median,
        detour,
        speed,
        allowance,
        rules.capacity.travel_allowance,
        routed,
    )


def _placed(case: Case) -> pd.DataFrame:
    frame = case.enterprises[np.isfinite(case.enterprises["lon"]) & np.isfinite(case.enterprises["lat"])]
    return frame.sort_values(["lon", "lat", "township_code"], kind="stable").reset_index(drop=True)


def _snapped(
    case: Case, rules: Rulebook, frame: pd.DataFrame
) -> tuple[int, int, tuple[tuple[str, int], ...], int]:
    roads = roads_of(case, rules)
    metres = roads.far_from_roads(*(frame[name].to_numpy(dtype=np.float64) for name in ("lon", "lat")))
    named = zip(np.rint(metres).astype(int).tolist(), frame["enterprise_id"], strict=True)
    far = sorted((-m, e) for m, e in named if m > rules.travel.far_metres)
    nodes, joined = len(roads.graph.lon), len(roads.graph.giant)
    return nodes, joined, tuple((e, -m) for m, e in far), round(float(np.median(metres))) if len(frame) else 0


def _closed_off(case: Case, rules: Rulebook, frame: pd.DataFrame) -> set[str]:
    """Return enterprises that are cut off on the first day of some closure."""
    days = np.unique(case["road_closures"]["first"].to_numpy(dtype="datetime64[s]"))
    lon, lat = (frame[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    lost: set[str] = set()
    for day in days:
        cut = roads_of(case, rules, np.array([day])).cut_off(lon, lat)
        lost |= set(frame["enterprise_id"][cut])
    return lost


def _great_circle(matrix: Matrix, lon: Floats, lat: Floats, entry: int) -> tuple[float, float]:
    """Return detour and speed that give the ways of a matrix on the whole."""
    a, b = np.nonzero((matrix.seconds < NO_WAY) & (matrix.seconds > 0))
    arc = straight_metres(lon[a], lat[a], lon[b], lat[b]).sum()
    metres = float(matrix.metres[a, b].sum(dtype=np.int64))
    driven = float(np.maximum(matrix.seconds[a, b].astype(np.int64) - entry, 0).sum())
    if len(a) < LEAST_PAIRS or arc <= 0 or driven <= 0 or metres <= 0:
        return 0.0, 0.0
    return round(metres / float(arc), 2), round(metres * KMH_PER_MS / driven, 1)


def _allowance(plan: Plan | None) -> tuple[int, int]:
    """Return minutes of travel a visit by the routes of a plan, and the routed visits that say so; 0 without any."""
    routed = 0 if plan is None else int((plan["routes"]["visit_id"] != "").sum())
    if plan is None or not routed:
        return 0, 0
    return round(int(plan["routes"]["travel_s"].sum()) / SECONDS_PER_MINUTE / routed), routed
