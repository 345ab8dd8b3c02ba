"""The exact clock of a route, compiled: lunch never interrupts a visit; what an insertion does is known in constant time.

Two times are carried along a route: the earliest end of service with lunch still to come, and with lunch behind (as in
``clock``). Earlier is never worse in either, so both are exact. Backwards, the latest time at which a team may be ready is
carried the same way. A visit fits between two stops if and only if what comes out forwards meets what is left backwards.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskplan.compiled import uncounted
from riskplan.weekly.arrays import NEVER, WeekArrays

Array = Any
NONE = -1
"""No team-day, or a time before which nobody can be ready."""


class Routes(NamedTuple):
    """Routes while they are searched; P is the longest route plus one.

    Parameters
    ----------
    stops, length
        shape (R, P), (R,).
    where
        shape (n,), team-day of a visit or ``NONE``.
    before, after
        shape (R, P + 1), earliest end of service with lunch to come and behind; column 0 is the start.
    late_before, late_after
        shape (R, P + 2), latest time to be ready, lunch to come and behind; column ``length + 1`` is the return.
    later
        shape (R, P + 1), priority of the stops from a position on.
    used
        shape (L, R), loads.
    cap_used
        shape (C,).
    cost
        shape (R,), of each route.
    total
        shape (1,), cost of the week.
    key
        shape (R,), uint64, sum of the marks of a route's visits.
    version
        shape (R + 1,), tells one state of a route from every other; the last entry counts.
    """

    stops: Array
    length: Array
    where: Array
    before: Array
    after: Array
    late_before: Array
    late_after: Array
    later: Array
    used: Array
    cap_used: Array
    cost: Array
    total: Array
    key: Array
    version: Array


@uncounted
def served(opens: Array, latest: Array, windows: tuple[int, int], service: int, ready: int) -> int:
    """Return the earliest end of a visit when the team is ready at a time, ``NEVER`` if every window is over."""
    for w in range(windows[0], windows[1]):
        if ready <= latest[w]:
            return max(ready, opens[w]) + service
    return NEVER


@uncounted
def latest_ready(opens: Array, latest: Array, windows: tuple[int, int], service: int, until: int) -> int:
    """Return the latest time to be ready for a visit that must be over at a time, ``NONE`` if it can't be."""
    for w in range(windows[1] - 1, windows[0] - 1, -1):
        start = min(latest[w], until - service)
        if start >= opens[w]:
            return start
    return NONE


@uncounted
def after_lunch(lunch: tuple[int, int, int], leave: int, leg: int) -> int:
    """Return the earliest end of a leg that holds the lunch, ``NEVER`` where lunch would begin too late."""
    return max(lunch[0], leave + leg) + lunch[2] if leave <= lunch[1] else NEVER


@uncounted
def latest_leave(lunch: tuple[int, int, int], leg: int, late_before: int, late_after: int) -> int:
    """Return the latest time to leave with lunch to come: it is taken later, or in this leg."""
    latest = late_before - leg
    if lunch[0] + lunch[2] <= late_after:
        latest = max(latest, min(lunch[1], late_after - lunch[2] - leg))
    return latest


@uncounted
def refresh(week: WeekArrays, now: Routes, marks: Array, r: int) -> None:
    """Time and price a route anew; the week's total follows."""
    depot, size = week.depot[r], now.length[r]
    drive, travel, first, opens, latest = week.drive, week.travel, week.first_window, week.opens, week.latest
    stops, service, priority = now.stops, week.service, week.priority
    lunch = (week.lunch_from[r], week.lunch_until[r], week.lunch_length[r])
    before, after = week.shift_start[r], max(week.shift_start[r], lunch[0] + lunch[2])
    now.before[r, 0], now.after[r, 0] = before, after
    cost, here, key = np.int64(0), depot, np.uint64(0)
    for k in range(size):
        v = stops[r, k]
        leg, windows = drive[here, v], (first[v], first[v + 1])
        ready = min(after + leg, after_lunch(lunch, before, leg))
        after = served(opens, latest, windows, service[v], ready)
        before = served(opens, latest, windows, service[v], before + leg)
        now.before[r, k + 1], now.after[r, k + 1] = before, after
        cost += travel[here, v] + priority[v] * k
        key += marks[v]
        here = v
    for load in range(len(week.load)):
        now.used[load, r] = 0
        for k in range(size):
            now.used[load, r] += week.load[load, stops[r, k]]
    if size:
        cost += travel[here, depot] + week.opening[r]
    now.total[0] += cost - now.cost[r]
    now.cost[r], now.key[r] = cost, key
    now.version[-1] += 1
    now.version[r] = now.version[-1]
    late_after = week.shift_end[r]
    late_before = min(lunch[1], late_after)
    now.late_before[r, size + 1], now.late_after[r, size + 1] = late_before, late_after
    here, later = depot, np.int64(0)
    now.later[r, size] = 0
    for k in range(size - 1, -1, -1):
        v = stops[r, k]
        leg, windows = drive[v, here], (first[v], first[v + 1])
        until = latest_leave(lunch, leg, late_before, late_after)
        late_before = latest_ready(opens, latest, windows, service[v], until)
        late_after = latest_ready(opens, latest, windows, service[v], late_after - leg)
        now.late_before[r, k + 1], now.late_after[r, k + 1] = late_before, late_after
        later += priority[v]
        now.later[r, k] = later
        here = v


@uncounted
def best_in_route(week: WeekArrays, now: Routes, v: int, r: int) -> tuple[int, int]:
    """Return what a visit costs more at its cheapest place in a route, and the place; (NEVER, 0) where it has none."""
    size, depot = now.length[r], week.depot[r]
    best, best_k = NEVER, 0
    for load in range(len(week.load)):
        if now.used[load, r] + week.load[load, v] > week.most[load, r]:
            return best, best_k
    windows, service, priority = (
        (week.first_window[v], week.first_window[v + 1]),
        week.service[v],
        week.priority[v],
    )
    opens, latest = week.opens, week.latest
    lunch = (week.lunch_from[r], week.lunch_until[r], week.lunch_length[r])
    travel, drive, stops, later = week.travel, week.drive, now.stops, now.later
    early_before, early_after, ready_before, ready_after = (
        now.before,
        now.after,
        now.late_before,
        now.late_after,
    )
    here = depot
    for k in range(size + 1):
        there = stops[r, k] if k < size else depot
        more = travel[here, v] + travel[v, there] + priority * k + later[r, k]
        more += week.opening[r] if size == 0 else -travel[here, there]
        if more < best:
            into, out, before = drive[here, v], drive[v, there], early_before[r, k]
            ready = min(early_after[r, k] + into, after_lunch(lunch, before, into))
            before = served(opens, latest, windows, service, before + into)
            after = served(opens, latest, windows, service, ready)
            lunch_next = after_lunch(lunch, before, out)
            if (
                before + out <= ready_before[r, k + 1]
                or min(lunch_next, after + out) <= ready_after[r, k + 1]
            ):
                best, best_k = more, k
        here = there
    return best, best_k


@uncounted
def caps_allow(week: WeekArrays, cap_used: Array, v: int, day: int) -> bool:
    """Tell whether caps leave room for a visit on a day."""
    at = v * ((len(week.first_cap) - 1) // len(week.service)) + day
    for e in range(week.first_cap[at], week.first_cap[at + 1]):
        if cap_used[week.cap[e]] + week.amount[e] > week.room[week.cap[e]]:
            return False
    return True


@uncounted
def use_caps(week: WeekArrays, cap_used: Array, v: int, day: int, sign: int) -> None:
    """Charge a visit to the caps of its day, or take the charge back."""
    at = v * ((len(week.first_cap) - 1) // len(week.service)) + day
    for e in range(week.first_cap[at], week.first_cap[at + 1]):
        cap_used[week.cap[e]] += sign * week.amount[e]


@uncounted
def insert(week: WeekArrays, now: Routes, marks: Array, v: int, r: int, k: int) -> None:
    """Make a visit stop k of a route, and refresh the route."""
    stops = now.stops
    for j in range(now.length[r], k, -1):
        stops[r, j] = stops[r, j - 1]
    stops[r, k] = v
    now.length[r] += 1
    now.where[v] = r
    now.total[0] -= week.penalty[v]
    if len(week.room):
        use_caps(week, now.cap_used, v, week.day[r], 1)
    refresh(week, now, marks, r)


@uncounted
def take_out(week: WeekArrays, now: Routes, v: int) -> None:
    """Take a visit out of its route; the route is refreshed by the caller."""
    r, kept = now.where[v], 0
    stops = now.stops
    for k in range(now.length[r]):
        other = stops[r, k]
        if other != v:
            stops[r, kept] = other
            kept += 1
    now.length[r] = kept
    now.where[v] = NONE
    now.total[0] += week.penalty[v]
    if len(week.room):
        use_caps(week, now.cap_used, v, week.day[r], -1)


@uncounted
def drivable(week: WeekArrays, r: int, stops: Array, count: int) -> bool:
    """Tell whether a team-day can drive some stops in order: clock and lunch only."""
    depot, here = week.depot[r], week.depot[r]
    lunch = (week.lunch_from[r], week.lunch_until[r], week.lunch_length[r])
    before, after = week.shift_start[r], max(week.shift_start[r], lunch[0] + lunch[2])
    for k in range(count):
        v = stops[k]
        leg, windows = week.drive[here, v], (week.first_window[v], week.first_window[v + 1])
        ready = min(after + leg, after_lunch(lunch, before, leg))
        after = served(week.opens, week.latest, windows, week.service[v], ready)
        before = served(week.opens, week.latest, windows, week.service[v], before + leg)
        here = v
        if min(before, after) >= NEVER:
            return False
    leg = week.drive[here, depot]
    at_depot = before + leg <= min(week.lunch_until[r], week.shift_end[r])
    return at_depot or min(after + leg, after_lunch(lunch, before, leg)) <= week.shift_end[r]
