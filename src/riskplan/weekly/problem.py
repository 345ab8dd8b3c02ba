"""One week as plain arrays: visits, departments, officers, travel; and routes over it, priced and timed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from riskplan.rules.model import DayRules
from riskplan.units import SECONDS_PER_MINUTE
from riskplan.weekly.clock import Timetable, Window, earliest_return, most_work, time_route


@dataclass(frozen=True)
class CrewSize:
    """How many officers stand at a gate.

    Parameters
    ----------
    per_department, at_least
        Officers that each department sends, and fewest officers of a team.
    max_departments, max_people
        Largest team.
    """

    per_department: int
    at_least: int
    max_departments: int
    max_people: int


NO_MOST = 2**31
"""A ceiling that binds nobody."""


class Quota(NamedTuple):
    """At most ``room`` of what some visits use, on some days together; a visit uses it once, on the day it is made."""

    row_id: str
    key: tuple[str, ...]
    uses: tuple[tuple[int, int], ...]
    days: tuple[int, ...]
    room: int


class OfficerCap(NamedTuple):
    """Most visits of one officer in a day: which visits count, and the ceiling for officers of each department."""

    row_id: str
    counted: tuple[bool, ...]
    most: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class WeekProblem:
    """What one week asks and offers; n visits, m departments, d workdays.

    Parameters
    ----------
    visit_ids
        n names, sorted.
    minutes, opens, closes
        shape (n,), int64: service, and the span that it must lie in [minutes].
    open_days
        shape (n, d), bool: days on which the visit may be made.
    needs
        shape (n, m), bool: departments that take part.
    penalty_s
        shape (n,), int64: price of leaving a visit out [s of travel].
    township
        shape (n,), int64: township number.
    departments
        m names, sorted.
    free
        shape (d, m), int64: certified officers free.
    has_office
        shape (m,), bool: the department's office has a point of its own.
    travel_s
        shape (n + m, n + m), int64: travel between visits and then the departments' depots [s].
    day, crew
        Shift, lunch, most visits; size of a team.
    quotas, officer_caps
        What visits share: ceilings over some days, and ceilings for one officer in a day.

    Raises
    ------
    ValueError
        If an array has a wrong shape; it is named.
    """

    visit_ids: tuple[str, ...]
    minutes: npt.NDArray[np.int64]
    opens: npt.NDArray[np.int64]
    closes: npt.NDArray[np.int64]
    open_days: npt.NDArray[np.bool_]
    needs: npt.NDArray[np.bool_]
    penalty_s: npt.NDArray[np.int64]
    township: npt.NDArray[np.int64]
    departments: tuple[str, ...]
    free: npt.NDArray[np.int64]
    has_office: npt.NDArray[np.bool_]
    travel_s: npt.NDArray[np.int64]
    day: DayRules
    crew: CrewSize
    quotas: tuple[Quota, ...] = ()
    officer_caps: tuple[OfficerCap, ...] = ()

    def __post_init__(self) -> None:
        """Check the shapes.

        Raises
        ------
        ValueError
            If an array has a wrong shape; it is named.
        """
        n, m, d = self.n_visits, self.n_departments, self.n_days
        expected = {
            "minutes": (n,), "opens": (n,), "closes": (n,), "open_days": (n, d), "needs": (n, m),
            "penalty_s": (n,), "township": (n,), "has_office": (m,), "free": (d, m),
            "travel_s": (n + m, n + m),
        }  # fmt: skip
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                message = f"week problem: {name} has shape {getattr(self, name).shape}, expected {shape}"
                raise ValueError(message)

    @property
    def n_visits(self) -> int:
        """Number of visits."""
        return len(self.visit_ids)

    @property
    def n_departments(self) -> int:
        """Number of departments."""
        return len(self.departments)

    @property
    def n_days(self) -> int:
        """Number of workdays."""
        return len(self.free)


class TeamDay(NamedTuple):
    """Department crews that stay together for a day: index of the day, indices of the departments, sorted."""

    day: int
    departments: tuple[int, ...]


class Route(NamedTuple):
    """One team-day and its visits in order (indices)."""

    team: TeamDay
    stops: tuple[int, ...]


@dataclass(frozen=True)
class Prices:
    """What a team-day costs besides its travel [s of travel].

    Parameters
    ----------
    team_day, officer
        Price of a team-day, and of each officer in it.
    """

    team_day: int
    officer: int


class Desk:
    """A week problem made quick to ask: windows, whole minutes, memory of routes already timed.

    Parameters
    ----------
    problem
        The week.
    prices
        What a team-day costs.
    """

    def __init__(self, problem: WeekProblem, prices: Prices) -> None:
        self.problem, self.prices = problem, prices
        self.needed = [tuple(np.flatnonzero(row).tolist()) for row in problem.needs]
        self.days = [tuple(np.flatnonzero(row).tolist()) for row in problem.open_days]
        self.seconds: list[list[int]] = problem.travel_s.tolist()
        self.penalties: list[int] = problem.penalty_s.tolist()
        self.quota_uses = quota_uses(problem)
        self._officer_caps = problem.officer_caps
        columns = (problem.opens.tolist(), problem.closes.tolist(), problem.minutes.tolist())
        self.windows = [Window(*row) for row in zip(*columns, strict=True)]
        self._legs: list[list[int]] = whole_minutes(problem.travel_s).tolist()
        self._most_work = most_work(problem.day)
        self._travel: dict[tuple[int, tuple[int, ...]], int | None] = {}
        self._depots: dict[tuple[int, ...], int] = {}
        self._prices: dict[tuple[int, ...], int] = {}
        self._sent: dict[tuple[int, ...], dict[int, int]] = {}
        self._unions: dict[tuple[tuple[int, ...], int], tuple[int, ...] | None] = {}

    def depot(self, departments: tuple[int, ...]) -> int:
        """Return the department whose office a team starts from: the first with a point, else the first."""
        if departments not in self._depots:
            first = (d for d in departments if self.problem.has_office[d])
            self._depots[departments] = next(first, departments[0])
        return self._depots[departments]

    def suits(self, visit: int, team: TeamDay) -> bool:
        """Tell whether a team could make a visit if it made no other: departments, day, and the clock."""
        return (
            team.day in self.days[visit]
            and set(self.needed[visit]).issubset(team.departments)
            and self.travel(Route(team, (visit,))) is not None
        )

    def hopeful(self, visit: int) -> bool:
        """Tell whether a team with just the departments of a visit could make it on some day, if it existed."""
        return any(self.suits(visit, TeamDay(day, self.needed[visit])) for day in self.days[visit])

    def union(self, departments: tuple[int, ...], visit: int) -> tuple[int, ...] | None:
        """Return a team's departments with those of a visit, None if they are too many at one gate."""
        key = (departments, visit)
        if key not in self._unions:
            joined = tuple(sorted({*departments, *self.needed[visit]}))
            lawful = joined == departments or team_size_ok(joined, self.problem.crew)
            self._unions[key] = joined if lawful else None
        return self._unions[key]

    def sent(self, departments: tuple[int, ...]) -> dict[int, int]:
        """Return the officers that each department of a team sends; nobody for no team."""
        if departments not in self._sent:
            self._sent[departments] = officers_sent(departments, self.problem.crew) if departments else {}
        return self._sent[departments]

    def travel(self, route: Route) -> int | None:
        """Return the travel of a route [s], None if it asks too much of an officer or its clock refuses it.

        What the clock says is remembered by depot and stops.
        """
        if self._officer_caps and self.crowded(route):
            return None
        depot = self.depot(route.team.departments)
        key = (depot, route.stops)
        if key not in self._travel:
            self._travel[key] = self._timed_travel(depot, route.stops)
        return self._travel[key]

    def crowded(self, route: Route) -> OfficerCap | None:
        """Return the row that allows an officer of a team fewer visits in a day than its route has."""
        for cap in self._officer_caps:
            most = min(cap.most[d] for d in route.team.departments)
            if sum(cap.counted[i] for i in route.stops) > most:
                return cap
        return None

    def in_time(self, route: Route) -> bool:
        """Tell whether the clock accepts a route, whatever it asks of officers."""
        return self._timed_travel(self.depot(route.team.departments), route.stops) is not None

    def length(self, route: Route) -> int:
        """Return the travel of a route [s] whether or not its clock accepts it."""
        return sum(self.leg_seconds(route))

    def lengths_with(self, route: Route, visit: int) -> list[int]:
        """Return the travel of a route with one more visit at each position [s], whatever its clock says."""
        table = self.seconds
        nodes = self._nodes(self.depot(route.team.departments), route.stops)
        length = sum(table[a][b] for a, b in pairwise(nodes))
        return [length + table[a][visit] + table[visit][b] - table[a][b] for a, b in pairwise(nodes)]

    def _timed_travel(self, depot: int, stops: tuple[int, ...]) -> int | None:
        if len(stops) > self.problem.day.max_visits:
            return None
        nodes = self._nodes(depot, stops)
        legs = [self._legs[a][b] for a, b in pairwise(nodes)]
        windows = [self.windows[i] for i in stops]
        if sum(legs) + sum(w.minutes for w in windows) > self._most_work:
            return None
        if earliest_return(legs, windows, self.problem.day) is None:
            return None
        return sum(self.seconds[a][b] for a, b in pairwise(nodes))

    def price(self, departments: tuple[int, ...]) -> int:
        """Return what a team-day of some departments costs besides travel [s]."""
        if departments not in self._prices:
            officers = sum(self.sent(departments).values())
            self._prices[departments] = self.prices.team_day + self.prices.officer * officers
        return self._prices[departments]

    def cost(self, route: Route) -> int | None:
        """Return travel plus the price of the team-day [s], None if the clock refuses the route."""
        travel = self.travel(route)
        return None if travel is None else travel + self.price(route.team.departments)

    def leg_seconds(self, route: Route) -> list[int]:
        """Return the travel of each leg of a route [s]."""
        nodes = self._nodes(self.depot(route.team.departments), route.stops)
        return [self.seconds[a][b] for a, b in pairwise(nodes)]

    def timetable(self, route: Route) -> Timetable | None:
        """Return the times of a route, None if the clock refuses it."""
        nodes = self._nodes(self.depot(route.team.departments), route.stops)
        legs = [self._legs[a][b] for a, b in pairwise(nodes)]
        return time_route(legs, [self.windows[i] for i in route.stops], self.problem.day)

    def penalty(self, visits: Iterable[int]) -> int:
        """Return the price of leaving some visits out [s]."""
        return sum(self.penalties[i] for i in visits)

    def total(self, routes: Sequence[Route]) -> int:
        """Return the price of a week: travel, team-days and visits left out [s].

        Raises
        ------
        ValueError
            If the clock refuses one of the routes.
        """
        price = sum(self.penalties) - self.penalty(i for route in routes for i in route.stops)
        for route in routes:
            cost = self.cost(route)
            if cost is None:
                message = f"route {route} can't be driven in time"
                raise ValueError(message)
            price += cost
        return price

    def _nodes(self, depot: int, stops: tuple[int, ...]) -> tuple[int, ...]:
        office = len(self.penalties) + depot
        return (office, *stops, office)


def quota_uses(problem: WeekProblem) -> dict[tuple[int, int], tuple[tuple[int, int], ...]]:
    """Return (visit, day) -> numbers of the quotas that a visit uses on a day, and how much.

    Parameters
    ----------
    problem
        The week.
    """
    uses: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
    for number, quota in enumerate(problem.quotas):
        for i, weight in quota.uses:
            for day in quota.days:
                uses[i, day] = (*uses.get((i, day), ()), (number, weight))
    return uses


def whole_minutes(seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return travel rounded up to minutes, as the audit counts it."""
    return -(-seconds // SECONDS_PER_MINUTE)


def officers_sent(departments: Sequence[int], crew: CrewSize) -> dict[int, int]:
    """Return the officers that each department of a team sends.

    Each sends ``crew.per_department``; the first sends more where the team would be smaller than
    ``crew.at_least``.
    """
    sent = dict.fromkeys(departments, crew.per_department)
    sent[departments[0]] += max(0, crew.at_least - crew.per_department * len(departments))
    return sent


def team_size_ok(departments: Sequence[int], crew: CrewSize) -> bool:
    """Tell whether so many departments and officers may stand at one gate."""
    people = sum(officers_sent(departments, crew).values())
    return len(departments) <= crew.max_departments and people <= crew.max_people


def officers_left(problem: WeekProblem, routes: Iterable[Route]) -> npt.NDArray[np.int64]:
    """Return the officers still free after the teams of some routes, shape (d, m)."""
    left = problem.free.copy()
    for route in routes:
        for department, officers in officers_sent(route.team.departments, problem.crew).items():
            left[route.team.day, department] -= officers
    return left
