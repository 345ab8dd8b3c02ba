"""Improve routed weeks with the exact clock: mend refused routes, then ruin and recreate, teams included.

In this search the departments of a team are those that its visits need; a visit may join a team-day, widen
it, or open a new one, as long as officers are free.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import permutations

from riskplan.progress import Stop
from riskplan.weekly.draft import NO_ROUTE, Draft
from riskplan.weekly.problem import Desk, Route, TeamDay

ORDERS_TRIED = 5
"""Longest route of which every order is tried before a visit is dropped."""
MOST_REMOVED = 9
"""Most visits that one try takes out on purpose."""
HOT, COLD = 1.0, 0.003
"""Start and end of the temperature, as shares of the mean price of a visit served."""
FOR_MISSING = 0.4
"""Share of tries that make room for a missing visit, while there is one."""
BLINK = 0.02
"""Share of routes that are overlooked on purpose when a visit is put back."""
LOOK_UP = 50
"""Tries between two looks at the opt-in wall clock."""


class Best:
    """The best week so far.

    Parameters
    ----------
    desk
        The week.
    """

    def __init__(self, desk: Desk) -> None:
        self.draft = Draft(desk)
        self.price = self.draft.price()

    def offer(self, draft: Draft) -> None:
        """Keep a copy of a week if it is cheaper than all before."""
        price = draft.price()
        if price < self.price:
            self.draft, self.price = draft.copy(), price


def mended(desk: Desk, routes: Sequence[Route]) -> Draft:
    """Return a draft of routes of any engine: what the clock refuses is reordered or loses its least visits.

    Departments that no visit of a team-day needs stay at the office.

    Parameters
    ----------
    desk
        The week.
    routes
        Routes whose teams do not need more officers than are free.
    """
    routes = within_quotas(desk, routes)
    draft = Draft(desk, routes)
    for number, route in enumerate(routes):
        draft.put(number, _mend(draft, route))
    draft.routes = [route for route in draft.routes if route.stops]
    return draft


def within_quotas(desk: Desk, routes: Sequence[Route]) -> list[Route]:
    """Return routes without the visits that their quotas have no room for; the dearest visits stay.

    Parameters
    ----------
    desk
        The week.
    routes
        Routes of any engine.
    """
    if not desk.problem.quotas:
        return list(routes)
    count, kept = Draft(desk), set()
    stops = [(i, route.team.day) for route in routes for i in route.stops]
    for i, day in sorted(stops, key=lambda stop: (-desk.penalties[stop[0]], stop)):
        if count.full(i, day) is None:
            kept.add(i)
            count.put(NO_ROUTE, Route(TeamDay(day, ()), (i,)))
    return [Route(route.team, tuple(i for i in route.stops if i in kept)) for route in routes]


def _mend(draft: Draft, route: Route) -> Route:
    stops = route.stops
    while stops:
        for team in (draft.crew_for(route.team, stops), route.team):
            order = _drivable(draft.desk, Route(team, stops))
            if order is not None:
                return Route(team, order)
        stops = _without_least(draft.desk, stops)
    return Route(route.team, ())


def _drivable(desk: Desk, route: Route) -> tuple[int, ...] | None:
    """Return the stops in an order that the clock accepts: as they are, else the shortest of all orders."""
    if desk.travel(route) is not None:
        return route.stops
    if len(route.stops) > ORDERS_TRIED:
        return None
    orders = [Route(route.team, order) for order in permutations(route.stops)]
    lengths = [(desk.length(r), r.stops) for r in orders if desk.travel(r) is not None]
    return min(lengths)[1] if lengths else None


def _without_least(desk: Desk, stops: tuple[int, ...]) -> tuple[int, ...]:
    least = min(stops, key=lambda i: (desk.penalties[i], -desk.windows[i].minutes, i))
    return tuple(i for i in stops if i != least)


def fill(draft: Draft) -> None:
    """Put every missing visit where it fits best, dearest first, until none fits anywhere.

    Parameters
    ----------
    draft
        Changed in place.
    """
    penalty = draft.desk.penalties
    for visit in sorted(draft.missing(), key=lambda i: (-penalty[i], i)):
        place = draft.best_place(visit)
        if place is not None:
            draft.put(place.number, place.route)


def improve(best: Best, tries: int, stop: Stop, seed: int) -> None:
    """Ruin and recreate around the best week, by simulated annealing; better weeks go to ``best``.

    Parameters
    ----------
    best
        Start and result, so that an interrupt loses nothing.
    tries
        Number of tries.
    stop
        Only its opt-in wall clock is used here.
    seed
        Random seed.

    References
    ----------
    G. Schrimpf et al., "Record breaking optimization results using the ruin and recreate principle",
    Journal of Computational Physics 159 (2000).
    """
    rng = random.Random(seed)
    current = best.draft.copy()
    fill(current)
    best.offer(current)
    price = current.price()
    visits = max(1, sum(len(route.stops) for route in current.routes))
    heat = (price - current.desk.penalty(current.missing())) / visits
    for step in range(tries if current.routes else 0):
        if step % LOOK_UP == 0 and stop.out_of_time():
            return
        trial = current.copy()
        recreate(trial, ruin(trial, rng), rng)
        warmth = heat * HOT * (COLD / HOT) ** (step / tries)
        asked = trial.price()
        if asked < price - warmth * math.log(1.0 - rng.random()):
            current, price = trial, asked
            best.offer(current)


def ruin(draft: Draft, rng: random.Random) -> list[int]:
    """Take some visits out that have to do with each other; return all that are missing then.

    Parameters
    ----------
    draft
        Changed in place.
    rng
        Source of chance.
    """
    served = sorted(i for route in draft.routes for i in route.stops)
    missing = [i for i in draft.missing() if draft.desk.hopeful(i)]
    count = 1 + int(rng.random() * min(MOST_REMOVED, len(served)))
    if missing and rng.random() < FOR_MISSING:
        chosen = _in_the_way(draft, _pick(rng, missing), rng)[:count]
    else:
        chosen = _neighbours(draft, served, count, rng)
    draft.take_out(chosen)
    return draft.missing()


def _neighbours(draft: Draft, served: Sequence[int], count: int, rng: random.Random) -> list[int]:
    """Return visits near one of them, or those of one to three routes near it, or any."""
    near = draft.desk.seconds[_pick(rng, served)]
    kind = rng.random()
    if kind < 0.5:
        return sorted(served, key=lambda i: (near[i], i))[:count]
    if kind < 0.8:
        by_route = sorted(draft.routes, key=lambda r: (min(near[i] for i in r.stops), r))
        return [i for route in by_route[: 1 + int(rng.random() * 3)] for i in route.stops]
    return [_pick(rng, served) for _ in range(count)]


def _in_the_way(draft: Draft, visit: int, rng: random.Random) -> list[int]:
    """Return the visits of routes that keep the departments of a missing visit busy on one of its days."""
    desk = draft.desk
    if not desk.days[visit]:
        return []
    day, needed = _pick(rng, desk.days[visit]), set(desk.needed[visit])
    routes = [r for r in draft.routes if r.team.day == day and not needed.isdisjoint(r.team.departments)]
    chance = {r: rng.random() for r in routes}
    return [i for route in sorted(routes, key=lambda r: (chance[r], r)) for i in route.stops]


def recreate(draft: Draft, missing: Sequence[int], rng: random.Random) -> None:
    """Put missing visits back one by one at their best places, now and then overlooking a route.

    Parameters
    ----------
    draft
        Changed in place.
    missing
        Visits on no route.
    rng
        Source of chance.
    """
    desk = draft.desk
    chance = {i: rng.random() for i in missing}
    kind = rng.random()
    if kind < 0.4:
        order = sorted(missing, key=lambda i: (chance[i], i))
    elif kind < 0.7:
        order = sorted(missing, key=lambda i: (-desk.penalties[i], chance[i], i))
    else:
        order = sorted(missing, key=lambda i: (len(desk.days[i]), -desk.windows[i].minutes, chance[i], i))
    for visit in order:
        place = draft.best_place(visit, lambda _number: rng.random() < BLINK)
        if place is not None:
            draft.put(place.number, place.route)


def _pick(rng: random.Random, values: Sequence[int]) -> int:
    return values[int(rng.random() * len(values))]
