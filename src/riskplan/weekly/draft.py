"""A week under construction: routes and the officers still free; where one more visit would go best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from riskplan.weekly.problem import Desk, Route, TeamDay, officers_left

NO_ROUTE = -1
"""Number of the route of a place that opens a new team-day."""


class Place(NamedTuple):
    """Where a visit may go: price added [s], number of the route or ``NO_ROUTE``, the route with it."""

    added: int
    number: int
    route: Route


def never(_number: int) -> bool:
    """Skip no route (the default of ``Draft.best_place``)."""
    return False


class Draft:
    """Routes with the officers that they leave free; every route passes the clock.

    Parameters
    ----------
    desk
        The week.
    routes
        Routes that the clock accepts.
    """

    def __init__(self, desk: Desk, routes: Iterable[Route] = ()) -> None:
        self.desk = desk
        self.routes = list(routes)
        self.left: list[list[int]] = officers_left(desk.problem, self.routes).tolist()
        self.room: list[int] = [quota.room for quota in desk.problem.quotas]
        for route in self.routes:
            self._use(route, 1)

    def copy(self) -> Draft:
        """Return a copy that may be changed."""
        twin = object.__new__(Draft)
        twin.desk, twin.routes, twin.left = self.desk, self.routes.copy(), [row.copy() for row in self.left]
        twin.room = self.room.copy()
        return twin

    def missing(self) -> list[int]:
        """Return the visits on no route, in order."""
        served = {i for route in self.routes for i in route.stops}
        return [i for i in range(self.desk.problem.n_visits) if i not in served]

    def price(self) -> int:
        """Return travel, team-days and penalties [s]."""
        return self.desk.total(self.routes)

    def enough(self, day: int, old: tuple[int, ...], new: tuple[int, ...]) -> bool:
        """Tell whether officers are free to turn a team of departments into another (``()`` = no team)."""
        if old == new:
            return True
        free, back = self.left[day], self.desk.sent(old)
        return all(free[d] + back.get(d, 0) >= count for d, count in self.desk.sent(new).items())

    def full(self, visit: int, day: int) -> int | None:
        """Return the number of a quota that leaves no room for a visit on a day, None if all do."""
        uses = self.desk.quota_uses.get((visit, day), ())
        return next((number for number, weight in uses if self.room[number] < weight), None)

    def _use(self, route: Route, sign: int) -> None:
        for i in route.stops:
            for number, weight in self.desk.quota_uses.get((i, route.team.day), ()):
                self.room[number] -= sign * weight

    def put(self, number: int, route: Route) -> None:
        """Write a route in the place of another or anew (``NO_ROUTE``); without stops it is cleared."""
        if self.room:
            self._use(route, 1)
            if number != NO_ROUTE:
                self._use(self.routes[number], -1)
        old = self.routes[number].team.departments if number != NO_ROUTE else ()
        for d, count in self.desk.sent(old).items():
            self.left[route.team.day][d] += count
        for d, count in self.desk.sent(route.team.departments if route.stops else ()).items():
            self.left[route.team.day][d] -= count
        if number == NO_ROUTE:
            self.routes.append(route)
        elif route.stops:
            self.routes[number] = route
        else:
            self.routes[number] = Route(TeamDay(route.team.day, ()), ())

    def take_out(self, visits: Sequence[int]) -> list[int]:
        """Take visits off their routes, whose crews shrink; return all visits that came off, in order."""
        gone = set(visits)
        off: list[int] = []
        for number, route in enumerate(self.routes):
            if gone.isdisjoint(route.stops):
                continue
            smaller = self._without(route, gone)
            off.extend(i for i in route.stops if i not in smaller.stops)
            self.put(number, smaller)
        self.routes = [route for route in self.routes if route.stops]
        return off

    def _without(self, route: Route, gone: set[int]) -> Route:
        stops = tuple(i for i in route.stops if i not in gone)
        for team in (self.crew_for(route.team, stops), route.team):
            smaller = Route(team, stops)
            if stops and self.desk.travel(smaller) is not None:
                return smaller
        return Route(route.team, ())

    def crew_for(self, team: TeamDay, stops: Sequence[int]) -> TeamDay:
        """Return the team with just the departments that its visits need, as far as officers allow."""
        needed = tuple(sorted({d for i in stops for d in self.desk.needed[i]}))
        return TeamDay(team.day, needed) if self.enough(team.day, team.departments, needed) else team

    def best_place(self, visit: int, skips: Callable[[int], bool] = never) -> Place | None:
        """Return the cheapest place for a visit, on a route or a new team-day; None if its penalty is less.

        Parameters
        ----------
        visit
            Visit on no route.
        skips
            Tells by number whether to leave a route (or the new team-day, ``NO_ROUTE``) out.
        """
        best: Place | None = None
        limit = self.desk.penalties[visit]
        for number in range(len(self.routes)):
            if not skips(number):
                best = self._best_on(number, visit, limit) or best
                limit = best.added if best else limit
        if not skips(NO_ROUTE):
            best = self._open(visit, limit) or best
        return best

    def _best_on(self, number: int, visit: int, limit: int) -> Place | None:
        """Return the cheapest position on one route that adds less than ``limit``."""
        desk, (team, stops) = self.desk, self.routes[number]
        if team.day not in desk.days[visit] or len(stops) >= desk.problem.day.max_visits:
            return None
        if self.room and self.full(visit, team.day) is not None:
            return None
        departments = desk.union(team.departments, visit)
        if departments is None or not self.enough(team.day, team.departments, departments):
            return None
        grown, price = TeamDay(team.day, departments), desk.price(departments)
        before = (desk.cost(self.routes[number]) or 0) if stops else 0
        best, room = None, limit + before - price
        for k, length in enumerate(desk.lengths_with(Route(grown, stops), visit)):
            if length < room:
                route = Route(grown, (*stops[:k], visit, *stops[k:]))
                if desk.travel(route) is not None:
                    room, best = length, Place(length + price - before, number, route)
        return best

    def _open(self, visit: int, limit: int) -> Place | None:
        """Return a new team-day for one visit on its quietest day with a crew, if it adds less than ``limit``."""
        departments = self.desk.needed[visit]
        for day in self._quiet_days(visit):
            if self.enough(day, (), departments) and not (self.room and self.full(visit, day) is not None):
                route = Route(TeamDay(day, departments), (visit,))
                cost = self.desk.cost(route)
                return Place(cost, NO_ROUTE, route) if cost is not None and cost < limit else None
        return None

    def _quiet_days(self, visit: int) -> list[int]:
        """Return the open days of a visit, those with fewest teams first."""
        teams = [0] * self.desk.problem.n_days
        for route in self.routes:
            teams[route.team.day] += 1
        return sorted(self.desk.days[visit], key=lambda day: (teams[day], day))
