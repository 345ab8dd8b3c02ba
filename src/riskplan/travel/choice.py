"""Which provider a case travels with: times that it gives, else its roads, else the great circle."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError
from riskplan.rules.model import Rulebook
from riskplan.travel.cache import Cached
from riskplan.travel.given import GivenTimes
from riskplan.travel.graph import RoadGraph
from riskplan.travel.great_circle import GreatCircle
from riskplan.travel.osrm import Osrm
from riskplan.travel.protocol import TravelTimes
from riskplan.travel.roads import RoadTimes

Dates = npt.NDArray[np.datetime64]
CACHE = "RISKPLAN_CACHE"
"""Environment variable that names the folder of kept matrices; without it nothing is kept."""
_MOST_KNOWN = 8
_graphs: dict[
    tuple[int, int, str], tuple[weakref.ref[pd.DataFrame], weakref.ref[pd.DataFrame], RoadGraph]
] = {}
_given: dict[int, tuple[weakref.ref[pd.DataFrame], GivenTimes]] = {}
"""Graphs and matrices of tables that are alive: a plan of 53 weeks asks 53 times for the same."""


def provider_name(case: Case, rules: Rulebook) -> str:
    """Return what a case travels with: ``great_circle``, ``roads``, ``given`` or ``osrm``.

    Parameters
    ----------
    case, rules
        Its tables, and ``travel.provider``.

    Raises
    ------
    InputError
        If the rulebook asks for a table that the case does not have.
    """
    wanted = rules.travel.provider
    has = {"given": bool(len(_table(case, "travel_times"))), "roads": bool(len(_table(case, "roads")))}
    if wanted == "auto":
        return next((name for name in ("given", "roads") if has[name]), "great_circle")
    if not has.get(wanted, True):
        table = "travel_times" if wanted == "given" else "roads"
        raise InputError([
            Fault(
                "no_travel_table", "rules.toml", column="travel.provider", value=wanted, args={"table": table}
            )
        ])
    return wanted


def travel_of(case: Case, rules: Rulebook, days: Dates | None = None) -> TravelTimes:
    """Return the provider of a case, roads that are closed on any of some days left out: the safe side.

    Parameters
    ----------
    case, rules
        Its tables, and how travel is reckoned.
    days
        shape (d,), days of travel; none: no road is closed.
    """
    name, travel = provider_name(case, rules), rules.travel
    provider: TravelTimes
    if name == "given":
        provider = given_of(case)
    elif name == "roads":
        provider = roads_of(case, rules, days)
    elif name == "osrm":
        provider = Osrm(travel.osrm_url, travel.entry_seconds)
    else:
        return GreatCircle.of(travel)
    folder = os.environ.get(CACHE, "")
    return Cached(provider, Path(folder)) if folder else provider


def roads_of(case: Case, rules: Rulebook, days: Dates | None = None) -> RoadTimes:
    """Return travel over the roads of a case, those closed on any of some days left out.

    Parameters
    ----------
    case, rules, days
        As in ``travel_of``.
    """
    graph = graph_of(case, rules.travel.speeds)
    return RoadTimes(graph, rules.travel.access_kmh, rules.travel.entry_seconds, closed_roads(case, days))


def closed_roads(case: Case, days: Dates | None) -> tuple[str, ...]:
    """Return the ids of roads that are closed on any of some days, sorted.

    Parameters
    ----------
    case, days
        Its closures; days of travel.
    """
    table = _table(case, "road_closures")
    if days is None or not len(table) or not len(days):
        return ()
    on = days.astype("datetime64[s]")[None, :]
    first, last = (table[name].to_numpy(dtype="datetime64[s]")[:, None] for name in ("first", "last"))
    return tuple(sorted({str(name) for name in table["road_id"][((first <= on) & (on <= last)).any(axis=1)]}))


def graph_of(case: Case, speeds: Mapping[str, float]) -> RoadGraph:
    """Return the road graph of a case, built once for as long as its tables are alive.

    Parameters
    ----------
    case
        Tables ``road_nodes`` and ``roads``.
    speeds
        Class of road -> mean speed [km/h].
    """
    nodes, roads = case["road_nodes"], case["roads"]
    key = (id(nodes), id(roads), repr(sorted(speeds.items())))
    known = _graphs.get(key)
    if known is not None and known[0]() is nodes and known[1]() is roads:
        return known[2]
    graph = RoadGraph.of(nodes, roads, speeds)
    while len(_graphs) >= _MOST_KNOWN:
        _graphs.pop(next(iter(_graphs)))
    _graphs[key] = (weakref.ref(nodes), weakref.ref(roads), graph)
    return graph


def given_of(case: Case) -> GivenTimes:
    """Return the given times of a case, closed once for as long as its table is alive.

    Parameters
    ----------
    case
        Table ``travel_times``.
    """
    frame = case["travel_times"]
    known = _given.get(id(frame))
    if known is not None and known[0]() is frame:
        return known[1]
    times = GivenTimes.of(frame)
    while len(_given) >= _MOST_KNOWN:
        _given.pop(next(iter(_given)))
    _given[id(frame)] = (weakref.ref(frame), times)
    return times


def _table(case: Case, name: str) -> pd.DataFrame:
    """Return a table of a case, empty where it was made before there were roads."""
    return case.tables.get(name, pd.DataFrame())
