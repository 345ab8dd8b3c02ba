"""Breakers of routes (S9)."""

from __future__ import annotations

import math
from dataclasses import replace

from audit.breaking import Broken
from audit.county import ROUTED_DAY, County, county
from riskplan.plan.io import table_fingerprint
from travel.road_sample import tables

EARTH_M = 6_371_008.8


def route(leave_at: int, stops: list[tuple[str, int]] | None = None) -> County:
    """Return a county whose team leaves at another time, or waits before visits."""
    made = county()
    made.drive("team-1", leave_at, stops or [("E3-1", 0), ("E4-1", 0)])
    return made


def route_travel() -> Broken:
    """Break it: a leg one minute shorter than the way takes; everything after it is shifted too."""
    made = county()
    for row in made.routes[2:]:
        row.update({k: row[k] - 1 for k in ("arrive", "start", "leave") if row[k] >= 0})
    made.visit("E4-1")["start"] -= 1
    return Broken(made, "route-travel", 1, ("E4-1", "team-1"))


def route_travel_overlap() -> Broken:
    """Break it: the second visit begins while the first lasts."""
    made = county()
    for row in made.routes[2:]:
        row.update({k: row[k] - 30 for k in ("arrive", "start", "leave") if row[k] >= 0})
    made.visit("E4-1")["start"] -= 30
    return Broken(made, "route-travel", 30, ("E4-1", "team-1"))


def route_travel_seconds() -> Broken:
    """Break it: stated travel two seconds off."""
    made = county()
    made.stop("E4-1")["travel_s"] += 2
    return Broken(made, "route-travel-seconds", 2, ("E4-1", "team-1"))


def route_travel_spared() -> County:
    """Keep it: a team that waits ten minutes before a visit."""
    return route(520, [("E3-1", 10), ("E4-1", 0)])


def kept(faster: int = 0) -> County:
    """Return a county that asks a server for its times and keeps those of its route, some seconds faster than straight."""
    made = county()
    made.settings("travel", provider="osrm")
    places = ["depot/A", *(made.visit(r["visit_id"])["enterprise_id"] for r in made.routes[1:-1]), "depot/A"]
    for row, start, end in zip(made.routes[1:], places, places[1:], strict=False):
        row["travel_s"] -= faster
        times = {"seconds": row["travel_s"], "metres": 0}
        made.travel.append({"week": "2027-W10", "from_id": start, "to_id": end, **times})
    return hashed(made)


def hashed(made: County) -> County:
    """Return a county whose manifest names the hash of its kept times."""
    made.manifest["travel"] = {"sha256": table_fingerprint("travel", made.plan()["travel"])}
    return made


def kept_changed() -> Broken:
    """Break it: one kept time a second longer than when the manifest was written."""
    made = kept()
    made.travel[0]["seconds"] += 1
    return Broken(made, "travel-kept", 1, ())


def kept_lost() -> Broken:
    """Break it: kept times that the manifest names and that are gone; the great circle takes as long."""
    made = kept()
    made.travel = []
    return Broken(made, "travel-kept", 1, ())


def kept_flown() -> Broken:
    """Break it: a kept time of nothing between two enterprises, which nobody drives on this plan."""
    made = kept()
    (x, y), (u, v) = ([math.radians(c) for c in made.point(e)] for e in ("E1", "E6"))
    arc = math.acos(math.sin(y) * math.sin(v) + math.cos(y) * math.cos(v) * math.cos(x - u)) * EARTH_M
    row = {"week": "2027-W11", "from_id": "E1", "to_id": "E6", "seconds": 0, "metres": 0}
    made.travel.append(row)
    return Broken(hashed(made), "travel-flown", math.floor(arc * 3.6 / 130) - 2, ("E1", "E6"))


def kept_spared() -> County:
    """Keep it: kept times a minute shorter than the great circle's, as roads may be, and routes that state them."""
    return kept(60)


def driven(more: int) -> County:
    """Return a county with 30 km of road from E1 to E2 at 30 km/h: 3,600 s and 180 s entry, kept some seconds longer."""
    made = county()
    nodes, roads = tables(
        {"a": made.point("E1"), "b": made.point("E2")}, [("R", "a", "b", "x", False, 30_000)]
    )
    made.case = replace(made.case, tables={**made.case.tables, "road_nodes": nodes, "roads": roads})
    seconds = 30_000 * 36 // 300 + 180 + more
    made.travel = [{"week": "2027-W11", "from_id": "E1", "to_id": "E2", "seconds": seconds, "metres": 30_000}]
    return hashed(made)


def kept_driven() -> Broken:
    """Break it: a kept time three seconds longer than the only road takes."""
    return Broken(driven(3), "travel-driven", 3, ("E1", "E2"))


def driven_spared() -> County:
    """Keep it: two seconds more, as another way of adding up may come to."""
    return driven(2)


def route_start() -> Broken:
    """Break it: service that starts a minute before arrival, after a wait that makes room for it."""
    made = county()
    made.stop("E3-1")["arrive"] += 1
    return Broken(made, "route-start", 1, ("E3-1", "team-1"))


def route_service() -> Broken:
    """Break it: a visit one minute shorter than its items take."""
    made = county()
    made.stop("E4-1")["leave"] -= 1
    return Broken(made, "route-service", 1, ("E4-1", "team-1"))


def hours(opens: int, closes: int) -> County:
    """Return a county in which E3, visited from 529 to 604, has other opening hours."""
    made = county()
    made.change("enterprises", "E3", opens=opens, closes=closes)
    return made


def opening_hours() -> Broken:
    """Break it: a visit that starts a minute before the enterprise opens."""
    return Broken(hours(530, 1080), "opening-hours", 1, ("E3-1", "team-1"))


def opening_hours_late() -> Broken:
    """Break it: a visit that ends a minute after the enterprise closes."""
    return Broken(hours(480, 603), "opening-hours", 1, ("E3-1", "team-1"))


def opening_hours_spared() -> County:
    """Keep it: a visit that fills the opening hours exactly."""
    return hours(529, 604)


def shift_start() -> Broken:
    """Break it: a team that leaves a minute before the shift."""
    return Broken(route(509), "shift-start", 1, ("team-1",))


def shift_end() -> Broken:
    """Break it: a team that is back a minute after the shift."""
    made = county()
    made.settings("day", shift_end=707)
    return Broken(made, "shift-end", 1, ("team-1",))


def shift_spared() -> County:
    """Keep it: a team that leaves as the shift begins and is back as it ends."""
    made = route(510)
    made.settings("day", shift_end=698)
    return made


def route_stops() -> Broken:
    """Break it: two visits in a day, one is allowed."""
    made = county()
    made.settings("day", max_visits=1)
    return Broken(made, "route-stops", 1, ("E3-1", "E4-1", "team-1"))


def route_stops_spared() -> County:
    """Keep it: two visits in a day where two are allowed."""
    made = county()
    made.settings("day", max_visits=2)
    return made


def lunch() -> Broken:
    """Break it: back at 13:01 without a pause."""
    return Broken(route(593), "lunch", 60, ("team-1",))


def lunch_short() -> Broken:
    """Break it: a pause of 59 minutes before the second visit."""
    return Broken(route(600, [("E3-1", 0), ("E4-1", 66 - 7)]), "lunch", 60, ("team-1",))


def lunch_spared() -> County:
    """Keep it: an hour before the second visit, which begins after lunch; travel comes first."""
    return route(600, [("E3-1", 0), ("E4-1", 66)])


def route_visit() -> Broken:
    """Break it: a visit with a team and no stop in its route."""
    made = county()
    made.visit("E6-1").update(date=ROUTED_DAY, week="2027-W10", team_id="team-1")
    return Broken(made, "route-visit", 1, ("E6-1", "team-1"))


def route_structure() -> Broken:
    """Break it: a route that does not return to the depot; its visits are there."""
    made = county()
    made.routes.pop()
    return Broken(made, "route-structure", 1, ("team-1",))


def route_start_stated() -> Broken:
    """Break it: a visit that states another start than its route."""
    made = county()
    made.visit("E3-1")["start"] += 5
    return Broken(made, "route-start-stated", 5, ("E3-1", "team-1"))
