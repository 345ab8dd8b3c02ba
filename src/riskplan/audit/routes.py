"""Routes to the minute: travel, service, opening hours, lunch and shift, computed again (S9)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from riskplan.audit.dates import week_label
from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.history import Call
from riskplan.audit.owed import exact
from riskplan.audit.people import Team
from riskplan.audit.world import World
from riskplan.plan.tables import OFFICE_PLACE
from riskplan.rules.model import DayRules, TravelRules
from riskplan.units import EARTH_RADIUS_M, SECONDS_PER_MINUTE, clock

Point = tuple[float, float]
NOT_SET = -1


@dataclass(frozen=True, slots=True)
class Stop:
    """One row of a route; ``visit`` is "" at the depot, times are minutes from midnight, travel seconds."""

    seq: int
    visit: str
    arrive: int
    start: int
    leave: int
    travel_s: int


def great_circle(a: Point, b: Point) -> float:
    """Return the great-circle distance [m] of two (lon, lat) points in degrees, by haversine."""
    lon_a, lat_a, lon_b, lat_b = (math.radians(v) for v in (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def travel_seconds(a: Point, b: Point, rules: TravelRules) -> int:
    """Return the travel time between two points [s]; 0 between equal points.

    The quotient is taken exactly, so that no error of the machine rounds a whole number of seconds up.
    """
    if a == b:
        return 0
    metres = round(rules.detour * great_circle(a, b))
    return math.ceil(metres * exact(3.6) / exact(rules.speed_kmh)) + rules.entry_seconds


@dataclass(frozen=True)
class Roads:
    """Points and travel times of one world, each leg computed once.

    Parameters
    ----------
    world
        The world.
    """

    world: World

    @cached_property
    def depots(self) -> Mapping[str, Point]:
        """Department -> its office, or the mean of the townships' points where it has none."""
        townships = self.world.case["townships"]
        lon, lat = townships["lon"].to_numpy(dtype=float), townships["lat"].to_numpy(dtype=float)
        known = ~(np.isnan(lon) | np.isnan(lat))
        middle = (float(lon[known].mean()), float(lat[known].mean())) if known.any() else (math.nan, math.nan)
        table = self.world.case["departments"]
        points = {}
        for d, x, y in zip(table["department_id"], table["depot_lon"], table["depot_lat"], strict=True):
            points[str(d)] = middle if math.isnan(x) or math.isnan(y) else (float(x), float(y))
        return points

    @cached_property
    def calls(self) -> Mapping[str, Call]:
        """Visit id -> the planned visit."""
        return {c.id: c for c in self.world.planned if c.id}

    @cached_property
    def team_of_visit(self) -> Mapping[str, str]:
        """Visit id -> the team that the plan's visits name."""
        table = self.world.table("visits")
        return dict(zip(table["visit_id"], table["team_id"], strict=True))

    def point(self, stop: Stop, team: Team) -> Point | None:
        """Return where a stop lies, None when that is not known."""
        if not stop.visit:
            point = self.depots.get(team.depot)
            return None if point is None or math.isnan(point[0]) else point
        call = self.calls.get(stop.visit)
        if call is None or call.premises < 0:
            return None
        premises = self.world.premises
        return (premises.lon[call.premises], premises.lat[call.premises])

    def seconds(self, team: Team, a: Stop, b: Stop) -> int | None:
        """Return the travel time of a leg [s], None when an end of it is not known; the kept one where there is one."""
        start, end = self.point(a, team), self.point(b, team)
        if start is None or end is None:
            return None
        week = week_label(team.day) if team.day else ""
        kept = self.kept.get((week, self.place(a, team), self.place(b, team)))
        return travel_seconds(start, end, self.world.rules.travel) if kept is None else kept

    def place(self, stop: Stop, team: Team) -> str:
        """Return the name of a stop among the kept times, "" when it has none."""
        call = self.calls.get(stop.visit)
        if not stop.visit:
            return OFFICE_PLACE + team.depot
        return "" if call is None or call.premises < 0 else self.world.premises.ids[call.premises]

    @cached_property
    def kept(self) -> Mapping[tuple[str, str, str], int]:
        """Week, from, to -> the time kept with the plan [s]; nothing where the great circle is all that the case has."""
        travel, tables = self.world.rules.travel, self.world.case.tables
        known = [name for name in ("roads", "travel_times") if len(tables.get(name, ()))]
        if travel.provider == "great_circle" or (travel.provider != "osrm" and not known):
            return {}
        table = self.world.table("travel")
        columns = (table[name] for name in ("week", "from_id", "to_id", "seconds"))
        return {(week, a, b): int(seconds) for week, a, b, seconds in zip(*columns, strict=True)}


def routes_of(world: World) -> dict[str, list[Stop]]:
    """Return team -> rows of its route in the order of ``seq``."""
    table = world.table("routes")
    columns = (table[c] for c in ("seq", "visit_id", "arrive", "start", "leave", "travel_s"))
    routes: dict[str, list[Stop]] = {}
    for team, *values in zip(table["team_id"], *columns, strict=True):
        routes.setdefault(team, []).append(Stop(*values))
    return {team: sorted(stops, key=lambda s: (s.seq, s.visit)) for team, stops in routes.items()}


def whole_routes(world: World) -> Iterable[tuple[Team, list[Stop]]]:
    """Yield the routes whose rows have the right shape, with their teams."""
    teams = {team.id: team for team in world.teams}
    for name, stops in routes_of(world).items():
        if name in teams and not _misshapen(stops):
            yield (teams[name], stops)


def _misshapen(stops: list[Stop]) -> bool:
    """Tell whether rows are no route: depot, stops, depot, numbered from 0; no time at the depot but one."""
    if len(stops) < 3 or [s.seq for s in stops] != list(range(len(stops))):
        return True
    if any(s.visit or s.start != NOT_SET or s.arrive != s.leave for s in (stops[0], stops[-1])):
        return True
    return any(not s.visit or min(s.arrive, s.start, s.leave) < 0 for s in stops[1:-1])


def _finding(rule: str, team: Team, stop: Stop, figures: tuple[int, int, int], **details: str) -> Finding:
    evidence = tuple(sorted(name for name in (team.id, stop.visit) if name))
    scope = f"{team.id}/{stop.visit or stop.seq}"
    return Finding(rule, "violation", scope, team.date, *figures, evidence, "", "", tuple(details.items()))


def check_route_rows(world: World) -> Outcome:
    """Check that every route is whole, and that routes and visits name each other (S9)."""
    teams = {team.id for team in world.teams}
    routes = routes_of(world)
    roads = Roads(world)
    findings = []
    for name, stops in routes.items():
        if name not in teams:
            findings.append(
                Finding("route-structure", "violation", name, "", 1, 0, 1, (name,), "", "route-no-team")
            )
        elif _misshapen(stops):
            findings.append(
                Finding("route-structure", "violation", name, "", 1, 0, 1, (name,), "", "route-shape")
            )
    stops_of: dict[str, list[str]] = {}
    for name, stops in routes.items():
        for stop in stops:
            if stop.visit:
                stops_of.setdefault(stop.visit, []).append(name)
    for visit, team in roads.team_of_visit.items():
        expected = [team] if team else []
        actual = stops_of.pop(visit, [])
        if actual != expected and (not team or team in teams):
            findings.append(_disagreement(visit, expected, actual))
    findings += [_disagreement(visit, [], actual) for visit, actual in stops_of.items()]
    return Outcome(len(routes), tuple(findings))


def check_stated_starts(world: World) -> Outcome:
    """Check that the plan's visits state the start that their route gives them."""
    starts = {stop.visit: (team, stop) for team, stops in whole_routes(world) for stop in stops if stop.visit}
    table = world.table("visits")
    findings = []
    for visit, stated in zip(table["visit_id"], table["start"], strict=True):
        team, stop = starts.get(visit, (None, None))
        if team is not None and stop is not None and stated != stop.start:
            times = {"stated": clock(stated) if stated >= 0 else "-", "right": clock(stop.start)}
            figures = (int(stated), stop.start, abs(int(stated) - stop.start))
            findings.append(_finding("route-start-stated", team, stop, figures, **times))
    return Outcome(len(starts), tuple(findings))


def _disagreement(visit: str, expected: list[str], actual: list[str]) -> Finding:
    evidence = tuple(sorted({visit, *expected, *actual}))
    off = max(1, abs(len(actual) - len(expected)))
    return Finding("route-visit", "violation", visit, "", len(actual), len(expected), off, evidence)


def check_route_times(world: World) -> Outcome:
    """Check every leg: time enough to travel, no start before arrival, the right service time (S9)."""
    roads = Roads(world)
    objects, findings = 0, []
    for team, stops in whole_routes(world):
        for before, after in pairwise(stops):
            objects += 1
            findings += _leg(roads, team, before, after)
            findings += _service(roads, team, after) if after.visit in roads.calls else []
    return Outcome(objects, tuple(findings))


def _leg(roads: Roads, team: Team, before: Stop, after: Stop) -> list[Finding]:
    seconds = roads.seconds(team, before, after)
    if seconds is None:
        return []
    findings = []
    need, have = -(-seconds // SECONDS_PER_MINUTE), after.arrive - before.leave
    if have < need:
        finding = _finding("route-travel", team, after, (have, need, need - have))
        findings.append(replace(finding, message="route-overlap") if have < 0 else finding)
    if abs(after.travel_s - seconds) > 1:
        off = abs(after.travel_s - seconds)
        findings.append(_finding("route-travel-seconds", team, after, (after.travel_s, seconds, off)))
    return findings


def _service(roads: Roads, team: Team, stop: Stop) -> list[Finding]:
    findings = []
    if stop.start < stop.arrive:
        early = stop.arrive - stop.start
        findings.append(
            _finding("route-start", team, stop, (stop.start, stop.arrive, early), at=clock(stop.start))
        )
    need, have = roads.calls[stop.visit].minutes, stop.leave - stop.start
    if have != need:
        findings.append(_finding("route-service", team, stop, (have, need, abs(have - need))))
    return findings


def check_opening_hours(world: World) -> Outcome:
    """Check that service starts and ends while the enterprise is open (S9)."""
    roads = Roads(world)
    objects, findings = 0, []
    for team, stops in whole_routes(world):
        for stop in stops[1:-1]:
            call = roads.calls.get(stop.visit)
            if call is None or call.premises < 0:
                continue
            objects += 1
            opens, closes = world.premises.opens[call.premises], world.premises.closes[call.premises]
            outside = max(0, opens - stop.start) + max(0, stop.leave - closes)
            if outside:
                times = {"start": clock(stop.start), "leave": clock(stop.leave)}
                hours = {"opens": clock(opens), "closes": clock(closes)}
                figures = (stop.leave - stop.start, stop.leave - stop.start - outside, outside)
                findings.append(_finding("opening-hours", team, stop, figures, **times, **hours))
    return Outcome(objects, tuple(findings))


def check_shifts(world: World) -> Outcome:
    """Check that a team keeps to the shift and makes not too many visits (S9)."""
    day = world.rules.day
    objects, findings = 0, []
    for team, stops in whole_routes(world):
        objects += 1
        early, late = day.shift_start - stops[0].leave, stops[-1].arrive - day.shift_end
        if early > 0:
            figures = (stops[0].leave, day.shift_start, early)
            times = {"stated": clock(stops[0].leave), "right": clock(day.shift_start)}
            findings.append(_finding("shift-start", team, stops[0], figures, **times))
        if late > 0:
            figures = (stops[-1].arrive, day.shift_end, late)
            times = {"stated": clock(stops[-1].arrive), "right": clock(day.shift_end)}
            findings.append(_finding("shift-end", team, stops[-1], figures, **times))
        visits = tuple(sorted(s.visit for s in stops[1:-1]))
        if len(visits) > day.max_visits:
            most, basis = day.max_visits, basis_of(world.rules, "day.max_visits")
            figures = (len(visits), most, len(visits) - most)
            evidence = tuple(sorted((team.id, *visits)))
            findings.append(
                Finding("route-stops", "violation", team.id, team.date, *figures, evidence, basis)
            )
    return Outcome(objects, tuple(findings))


def has_lunch(stops: list[Stop], minutes_of_leg: list[int], day: DayRules) -> bool:
    """Tell whether a route has room for lunch, or needs none (S9).

    Parameters
    ----------
    stops
        Rows of a whole route.
    minutes_of_leg
        Travel time to each row but the first, whole minutes.
    day
        When lunch may start and how long it lasts.
    """
    if stops[-1].arrive <= day.lunch_until or stops[0].leave >= day.lunch_from + day.lunch_minutes:
        return True
    for before, after, minutes in zip(stops, stops[1:], minutes_of_leg, strict=False):
        end = after.start if after.visit else after.arrive
        start = max(before.leave, day.lunch_from)
        enough = max(start + day.lunch_minutes, before.leave + minutes + day.lunch_minutes)
        if start <= day.lunch_until and end >= enough:
            return True
    return False


def check_lunch(world: World) -> Outcome:
    """Check that every route leaves its team a lunch break (S9)."""
    roads = Roads(world)
    day = world.rules.day
    objects, findings = 0, []
    for team, stops in whole_routes(world):
        objects += 1
        legs = [roads.seconds(team, a, b) or 0 for a, b in pairwise(stops)]
        if not has_lunch(stops, [-(-s // SECONDS_PER_MINUTE) for s in legs], day):
            times = {"from": clock(day.lunch_from), "until": clock(day.lunch_until)}
            figures = (0, day.lunch_minutes, day.lunch_minutes)
            evidence = (team.id,)
            findings.append(
                Finding(
                    "lunch", "violation", team.id, team.date, *figures, evidence, "", "", tuple(times.items())
                )
            )
    return Outcome(objects, tuple(findings))
