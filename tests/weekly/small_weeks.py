"""Tiny weeks on arrays, and what brute force says about them: every set, every order, every minute of lunch."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import numpy as np

from riskplan.weekly.arrays import WeekArrays, without_caps


def tiny_week(seed: int, visits: int = 5, teams: int = 3, cap: int = 0) -> WeekArrays:
    """Return a seeded week: minutes, two windows for some, two days, two domains, lunch, metric travel."""
    rng = np.random.default_rng(seed)
    spots = rng.integers(0, 60, (visits + 1, 2))
    apart = np.abs(spots[:, None] - spots[None]).sum(axis=2)
    opens, latest, first = [], [], [0]
    for _ in range(visits):
        windows = (
            [(510, 660), (840, 960)] if rng.random() < 0.3 else [(int(rng.choice([510, 600, 780])), 960)]
        )
        opens += [w[0] for w in windows]
        latest += [w[1] for w in windows]
        first.append(len(opens))
    each = np.ones(teams, dtype=np.int64)
    days = np.arange(teams) % 2
    caps = without_caps(visits, 2)
    if cap:
        caps = {
            "first_cap": np.arange(2 * visits + 1), "cap": np.arange(2 * visits) % 2,
            "amount": np.ones(2 * visits, dtype=np.int64), "room": np.full(2, cap),
        }  # fmt: skip
    return WeekArrays(
        service=rng.integers(40, 150, visits), first_window=np.array(first), opens=np.array(opens),
        latest=np.array(latest), penalty=rng.integers(2_000, 9_000, visits), priority=rng.integers(0, 200, visits),
        township=np.zeros(visits, dtype=np.int64), needs=rng.integers(0, 4, visits),
        open_days=rng.integers(1, 4, visits), load=np.ones((1, visits), dtype=np.int64), travel=60 * apart,
        drive=apart, day=days, depot=visits * each, shift_start=510 * each, shift_end=1050 * each,
        lunch_from=690 * each, lunch_until=780 * each, lunch_length=60 * each,
        skills=np.array([3, 3, 1, 2])[np.arange(teams) % 4], most=3 * each[None], opening=100 * each, **caps,
    )  # fmt: skip


def drives(week: WeekArrays, r: int, stops: tuple[int, ...]) -> bool:
    """Tell whether a route can be driven, trying every leg and minute of lunch; the last leg is lunch after the return."""
    places = [int(week.depot[r]), *stops, int(week.depot[r])]
    legs = [int(week.drive[a, b]) for a, b in pairwise(places)]
    minutes = range(int(week.lunch_from[r]), int(week.lunch_until[r]) + 1)
    return any(_drives(week, r, stops, legs, leg, when) for leg in range(len(legs) + 1) for when in minutes)


def _drives(week: WeekArrays, r: int, stops, legs, lunch_leg: int, when: int) -> bool:
    """Drive with lunch at a minute of a leg, never before the leg begins."""
    now, length = int(week.shift_start[r]), int(week.lunch_length[r])
    for k, leg in enumerate(legs):
        if k == lunch_leg:
            if when < now:
                return False
            now = max(now + leg, when) + length
        else:
            now += leg
        if k < len(stops):
            v = stops[k]
            windows = range(int(week.first_window[v]), int(week.first_window[v + 1]))
            starts = [max(now, int(week.opens[w])) for w in windows if now <= week.latest[w]]
            if not starts:
                return False
            now = min(starts) + int(week.service[v])
    return now <= week.shift_end[r] and (lunch_leg < len(legs) or now <= when)


def lawful_routes(week: WeekArrays, r: int) -> dict[frozenset[int], int]:
    """Return set of visits -> cheapest cost of a team-day."""
    able = [
        v for v in range(week.visits)
        if week.open_days[v] >> week.day[r] & 1 and not week.needs[v] & ~week.skills[r]
    ]  # fmt: skip
    found = {frozenset(): 0}
    for size in range(1, 1 + int(week.most[0, r])):
        for chosen in combinations(able, size):
            costs = [route_cost(week, r, order) for order in permutations(chosen) if drives(week, r, order)]
            if costs:
                found[frozenset(chosen)] = min(costs)
    return found


def route_cost(week: WeekArrays, r: int, stops: tuple[int, ...]) -> int:
    """Return travel, team-day and priority of a route."""
    places = [int(week.depot[r]), *stops, int(week.depot[r])]
    travel = sum(int(week.travel[a, b]) for a, b in pairwise(places))
    return travel + int(week.opening[r]) + sum(k * int(week.priority[v]) for k, v in enumerate(stops))


def cheapest_week(week: WeekArrays) -> int:
    """Return the cost of the best week, by trying every combination of routes."""
    options = [
        sorted(lawful_routes(week, r).items(), key=lambda item: sorted(item[0]))
        for r in range(week.team_days)
    ]

    def best(r: int, left: frozenset[int], used: tuple[int, ...]) -> int:
        if r == week.team_days:
            return sum(int(week.penalty[v]) for v in left)
        found = []
        for chosen, cost in options[r]:
            if not chosen <= left:
                continue
            more = list(used)
            for v in chosen:
                at = v * week.days + int(week.day[r])
                for e in range(int(week.first_cap[at]), int(week.first_cap[at + 1])):
                    more[week.cap[e]] += int(week.amount[e])
            if all(a <= b for a, b in zip(more, week.room.tolist(), strict=True)):
                found.append(cost + best(r + 1, left - chosen, tuple(more)))
        return min(found)

    return best(0, frozenset(range(week.visits)), (0,) * len(week.room))
