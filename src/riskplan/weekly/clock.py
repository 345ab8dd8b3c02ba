"""The exact clock of one team's day (S9 of ``docs/semantics.md``): every written time comes from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from riskplan.rules.model import DayRules

NO_LUNCH = -2
"""Lunch leg of a route that is back by ``lunch_until``."""
LATE_START = -1
"""Lunch leg of a route that leaves the depot at ``lunch_from + lunch_minutes`` or later."""
NEVER = 1_000_000
"""A time that no day reaches [minutes]."""


class Window(NamedTuple):
    """What the clock knows of a stop: service of ``minutes`` in [opens, closes] [minutes from midnight]."""

    opens: int
    closes: int
    minutes: int


@dataclass(frozen=True)
class Timetable:
    """All times of one route [minutes from midnight].

    Parameters
    ----------
    depart, back
        Leaving the depot and returning to it.
    arrive, start, leave
        Per stop, n of them.
    lunch_leg
        Leg (0 = from the depot) that holds the lunch, or ``NO_LUNCH`` or ``LATE_START``.
    """

    depart: int
    arrive: tuple[int, ...]
    start: tuple[int, ...]
    leave: tuple[int, ...]
    back: int
    lunch_leg: int


def earliest_return(legs: Sequence[int], windows: Sequence[Window], day: DayRules) -> tuple[int, int] | None:
    """Return the earliest minute at which a route can be back, and its lunch leg; None if it can't be driven.

    Two times are carried along: the earliest end of service with lunch still to come, and with lunch
    behind. In each of the two, earlier is never worse, so that the result is exact.

    Parameters
    ----------
    legs
        Travel of each leg, rounded up, n + 1 of them [minutes].
    windows
        The n stops in order.
    day
        Shift and lunch.
    """
    before, after = day.shift_start, max(day.shift_start, day.lunch_from + day.lunch_minutes)
    lunch_leg = LATE_START
    for k, window in enumerate(windows):
        eaten = _served(_after_lunch(before, legs[k], day), window)
        after = _served(after + legs[k], window)
        if eaten < after:
            after, lunch_leg = eaten, k
        before = _served(before + legs[k], window)
        if min(before, after) == NEVER:
            return None
    if before + legs[-1] <= min(day.lunch_until, day.shift_end):
        return before + legs[-1], NO_LUNCH
    back, eaten = after + legs[-1], _after_lunch(before, legs[-1], day)
    if eaten < back:
        back, lunch_leg = eaten, len(windows)
    return (back, lunch_leg) if back <= day.shift_end else None


def time_route(legs: Sequence[int], windows: Sequence[Window], day: DayRules) -> Timetable | None:
    """Return the timetable of a route that is back earliest, leaving the depot as late as that allows.

    Parameters
    ----------
    legs
        Travel of each leg, rounded up, n + 1 of them [minutes].
    windows
        The n stops in order, at least one.
    day
        Shift and lunch.

    Returns
    -------
    Timetable or None
        None if no timetable keeps every window, the shift and the lunch.
    """
    found = earliest_return(legs, windows, day)
    if found is None:
        return None
    back, lunch_leg = found
    late = day.lunch_from + day.lunch_minutes
    earliest = max(day.shift_start, late) if lunch_leg == LATE_START else day.shift_start
    first = max(_arrival(earliest, legs[0], lunch_leg == 0, day), windows[0].opens)
    depart = max(earliest, _latest_departure(first, legs[0], lunch_leg == 0, day))
    arrive, start, leave = [], [], []
    now = depart
    for k, window in enumerate(windows):
        ready = _arrival(now, legs[k], k == lunch_leg, day)
        eats_at_gate = k == lunch_leg and now + legs[k] <= max(now, day.lunch_from)
        arrive.append(now + legs[k] if eats_at_gate else ready)
        start.append(max(ready, window.opens))
        now = start[-1] + window.minutes
        leave.append(now)
    return Timetable(depart, tuple(arrive), tuple(start), tuple(leave), back, lunch_leg)


def most_work(day: DayRules) -> int:
    """Return the most minutes of travel and service that a day can hold, beside, before or after lunch."""
    whole = day.shift_end - day.shift_start - day.lunch_minutes
    morning = min(day.lunch_until, day.shift_end) - day.shift_start
    afternoon = day.shift_end - max(day.shift_start, day.lunch_from + day.lunch_minutes)
    return max(whole, morning, afternoon)


def _served(ready: int, window: Window) -> int:
    """Return the end of service when the team is ready at a time, ``NEVER`` if that is after closing."""
    end = max(ready, window.opens) + window.minutes
    return end if end <= window.closes else NEVER


def _after_lunch(leave: int, leg: int, day: DayRules) -> int:
    """Return the earliest end of a leg that holds the lunch, ``NEVER`` where lunch would begin too late."""
    lunch = max(leave, day.lunch_from)
    if lunch > day.lunch_until:
        return NEVER
    return max(lunch, leave + leg) + day.lunch_minutes


def _arrival(leave: int, leg: int, with_lunch: bool, day: DayRules) -> int:
    """Return when a team is ready for service after a leg."""
    return _after_lunch(leave, leg, day) if with_lunch else leave + leg


def _latest_departure(first_start: int, leg: int, with_lunch: bool, day: DayRules) -> int:
    """Return the latest departure that still allows the first service to start at a time."""
    if not with_lunch:
        return first_start - leg
    return min(day.lunch_until, first_start - leg - day.lunch_minutes)
