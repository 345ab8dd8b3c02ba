"""A week re-checked by code that shares nothing with the engine: every minute at which lunch may start is tried."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any


def week_faults(
    data: dict[str, Any], routes: tuple[tuple[int, ...], ...], cap: int = 0
) -> tuple[int, int, list[str]]:
    """Return cost [s], visits left out, and what is unlawful.

    Parameters
    ----------
    data
        The raw instance.
    routes
        Visits (from 0) of each team-day, in order.
    cap
        Most visits of a township on a day; 0: none.
    """
    depots, faults, cost = data["n_depots"], [], 0
    made = Counter(v for stops in routes for v in stops)
    faults += [f"visit {v} made {k} times" for v, k in made.items() if k > 1]
    gates: Counter[tuple[int, int]] = Counter()
    for team, stops in zip(data["team_days"], routes, strict=True):
        if not stops:
            continue
        nodes = [team["depot"], *(depots + v for v in stops), team["depot"]]
        legs = [data["travel_s"][a][b] for a, b in pairwise(nodes)]
        cost += sum(legs)
        gates.update((data["township"][v], team["day"]) for v in stops)
        for v in stops:
            if team["day"] not in data["open_days"][v] or not set(data["needs"][v]) <= set(team["domains"]):
                faults.append(f"visit {v} is not for team {team}")
        if len(stops) > data["max_visits"] or not any(
            _in_time(data, stops, legs, leg, when) for leg in range(len(legs) + 1) for when in _lunches(data)
        ):
            faults.append(f"route {stops} of {team}")
    if cap:
        faults += [f"township {t} on day {d}: {k}" for (t, d), k in gates.items() if k > cap]
    dropped = [v for v in range(data["n_visits"]) if v not in made]
    return cost + sum(data["drop_penalty"][v] for v in dropped), len(dropped), faults


def _lunches(data: dict[str, Any]) -> range:
    """Every second at which lunch may start would be exact; quarter minutes and the last second are on the safe side."""
    return range(data["lunch"]["start_from"], data["lunch"]["start_until"] + 1, 15)


def _in_time(
    data: dict[str, Any], stops: tuple[int, ...], legs: list[int], lunch_leg: int, when: int
) -> bool:
    """Tell whether a route is in time when lunch starts not before a time in a leg (the last one: after the return)."""
    now, lunch = data["shift"][0], data["lunch"]
    for k, leg in enumerate(legs):
        if k == lunch_leg:
            begins = max(now, when) if now + leg >= when or k == 0 else when
            begins = max(begins, now)
            if begins > lunch["start_until"]:
                return False
            now = (
                max(now + leg, begins) + lunch["length"] if begins <= now + leg else begins + lunch["length"]
            )
        else:
            now += leg
        if k < len(stops):
            start = max(now, data["opens_s"][stops[k]])
            if start > data["latest_start_s"][stops[k]]:
                return False
            now = start + data["service_s"][stops[k]]
    return now <= data["shift"][1] and (lunch_leg < len(legs) or now <= lunch["start_until"])
