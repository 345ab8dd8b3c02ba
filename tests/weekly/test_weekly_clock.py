"""The clock of one route against brute force over every timetable, and by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from week_sample import DAY

from riskplan.rules.model import DayRules
from riskplan.weekly.clock import LATE_START, NO_LUNCH, Window, earliest_return, time_route

ALL_DAY = Window(0, 1440, 60)


def lawful(depart, starts, back, legs, windows, day, lunch_leg=None) -> bool:
    """Tell whether a timetable keeps S9, trying lunch at every minute of every leg, or of one only."""
    leaves = [depart, *(s + w.minutes for s, w in zip(starts, windows, strict=True))]
    ready = [*starts, back]
    if depart < day.shift_start or back > day.shift_end:
        return False
    if any(r < leave + leg for r, leave, leg in zip(ready, leaves, legs, strict=True)):
        return False
    if any(s < w.opens or s + w.minutes > w.closes for s, w in zip(starts, windows, strict=True)):
        return False
    if back <= day.lunch_until or depart >= day.lunch_from + day.lunch_minutes:
        return True
    return any(
        lunch >= leave and b >= max(lunch + day.lunch_minutes, leave + leg + day.lunch_minutes)
        for k, (leave, leg, b) in enumerate(zip(leaves, legs, ready, strict=True))
        if lunch_leg in {None, k}
        for lunch in range(day.lunch_from, day.lunch_until + 1)
    )


def brute_force(legs, windows, day) -> int | None:
    """Return the earliest lawful return over every departure, every start and every return time."""

    @cache
    def starts_from(k: int, leave: int) -> tuple[tuple[int, ...], ...]:
        if k == len(windows):
            return ((),)
        return tuple(
            (s, *rest)
            for s in range(leave + legs[k], day.shift_end + 1)
            for rest in starts_from(k + 1, s + windows[k].minutes)
        )

    times = [
        back
        for depart in range(day.shift_start, day.shift_end + 1)
        for starts in starts_from(0, depart)
        for back in range(day.shift_start, day.shift_end + 1)
        if lawful(depart, starts, back, legs, windows, day)
    ]
    return min(times, default=None)


SHORT = st.builds(
    lambda start, length, lunch, room, eat: DayRules(0, start, start + length, lunch, lunch + room, eat, 9),
    st.integers(0, 2),
    st.integers(6, 13),
    st.integers(2, 8),
    st.integers(0, 3),
    st.integers(1, 3),
)
STOP = st.builds(
    lambda o, span, m: Window(o, o + span, m), st.integers(0, 8), st.integers(1, 12), st.integers(1, 3)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STOP, min_size=1, max_size=2), st.lists(st.integers(0, 3), min_size=3, max_size=3), SHORT)
def test_no_timetable_is_back_earlier(windows, legs, day):
    """On short days the clock finds the earliest return of all timetables, or rightly none."""
    legs = legs[: len(windows) + 1]
    found = earliest_return(legs, windows, day)
    assert (found[0] if found else None) == brute_force(legs, windows, day)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda o, span, m: Window(o, o + span, m),
            st.integers(420, 900),
            st.integers(30, 600),
            st.integers(15, 180),
        ),
        min_size=1,
        max_size=5,
    ),
    st.lists(st.integers(0, 90), min_size=6, max_size=6),
)
def test_every_timetable_written_is_lawful(windows, legs):
    """Every timetable of the clock keeps S9, is back when it says, and leaves as late as its lunch allows."""
    legs = legs[: len(windows) + 1]
    times, found = time_route(legs, windows, DAY), earliest_return(legs, windows, DAY)
    assert (times is None) == (found is None)
    if times is None:
        return
    assert (times.back, times.lunch_leg) == found
    assert lawful(times.depart, times.start, times.back, legs, windows, DAY)
    leaves = (times.depart, *times.leave)
    assert all(a >= leave + leg for a, leave, leg in zip(times.arrive, leaves, legs, strict=False))
    assert all(a <= s for a, s in zip(times.arrive, times.start, strict=True))
    assert [e - s for s, e in zip(times.start, times.leave, strict=True)] == [w.minutes for w in windows]
    assert not lawful(times.depart + 1, times.start, times.back, legs, windows, DAY, max(0, times.lunch_leg))


def test_back_before_lunch_ends_needs_none():
    """A route that is back at 13:00 sharp needs no lunch; a minute more and it does."""
    windows = [Window(480, 1080, 200)]
    assert earliest_return([35, 35], windows, DAY) == (780, NO_LUNCH)
    assert earliest_return([35, 36], windows, DAY) == (841, 1)


def test_lunch_may_interrupt_travel():
    """Leaving at 12:50 for a long drive, the team eats on the way: arrival is leg plus lunch later."""
    windows = [Window(480, 1080, 240), Window(480, 1080, 60)]
    times = time_route([20, 90, 20], windows, DAY)
    assert times.leave[0] == 770
    assert times.arrive[1] == times.start[1] == 770 + 90 + 60


def test_lunch_at_the_gate_before_it_opens():
    """At the gate at 11:00 of an enterprise that opens at 13:00, the team eats there and starts on time."""
    windows = [Window(480, 1080, 100), Window(780, 1080, 60)]
    times = time_route([20, 30, 20], windows, DAY)
    assert times.arrive[1] == 660
    assert times.start[1] == 780
    assert times.lunch_leg == 1


def test_an_afternoon_route_leaves_after_lunch():
    """A first stop that opens at 14:00 needs no lunch on the way: the team leaves 20 minutes before."""
    times = time_route([20, 20], [Window(840, 1080, 60)], DAY)
    assert (times.depart, times.arrive[0], times.lunch_leg) == (820, 840, LATE_START)


def test_no_waiting_at_the_first_gate():
    """A first stop that opens at 9:30 is reached at 9:30."""
    times = time_route([20, 20], [Window(570, 1080, 60)], DAY)
    assert (times.depart, times.arrive[0], times.start[0]) == (550, 570, 570)


def test_a_visit_over_all_of_lunch_time_is_refused():
    """Service from before 11:30 until after 13:00 leaves no lunch, unless the day is over then."""
    windows = [Window(600, 900, 270), Window(480, 1080, 30)]
    assert earliest_return([20, 10, 10], windows, DAY) is None
    assert earliest_return([20, 10], windows[:1], replace(DAY, lunch_until=900)) is not None


@pytest.mark.parametrize(("closes", "fits"), [(630, True), (629, False)])
def test_closing_time_to_the_minute(closes, fits):
    """Service must end by closing time: one minute less and the visit does not fit."""
    assert (earliest_return([60, 60], [Window(480, closes, 60)], DAY) is not None) == fits


@pytest.mark.parametrize(("end", "fits"), [(690, True), (689, False)])
def test_shift_end_to_the_minute(end, fits):
    """The team must be back by the end of its shift."""
    assert (earliest_return([60, 60], [ALL_DAY], replace(DAY, shift_end=end)) is not None) == fits
