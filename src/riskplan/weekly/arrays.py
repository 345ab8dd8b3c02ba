"""One week for compiled code: flat integer arrays, whatever county or benchmark they come from.

A *visit* is made once or left out at a price. A *team-day* drives one route: from its depot, over some visits, back, within
its shift, with one lunch. The clock has a unit of its own (minutes of the product, seconds of a benchmark); so what a leg
costs (``travel``) and how long it lasts (``drive``) are two matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = 1 << 40
"""A time that no day reaches."""
MOST_BITS = 62
"""Days, or domains, that one bit set can hold."""


class WeekArrays(NamedTuple):
    """A week; all int64. Counts: n visits, R team-days, D days, L loads, C caps, m places (visits first, then depots).

    Parameters
    ----------
    service
        shape (n,), length of a visit [clock].
    first_window
        shape (n + 1,), windows of visit i are ``first_window[i]`` up to ``first_window[i + 1]``, sorted, disjoint.
    opens, latest
        Service may begin between the two, inclusive [clock].
    penalty
        shape (n,), cost of leaving a visit out [s].
    priority
        shape (n,), cost of every visit that the team makes before this one on the same day [s].
    township
        shape (n,), where a visit lies: whose neighbours may be taken out together.
    needs, open_days
        shape (n,), bit sets: domains that the team must hold, days on which the visit may be made.
    load
        shape (L, n), what a visit takes of each load of a team-day.
    travel, drive
        shape (m, m), cost [s] and length [clock] of a leg.
    day, depot
        shape (R,), day, and place that a team-day starts from and returns to.
    shift_start, shift_end
        shape (R,) [clock].
    lunch_from, lunch_until, lunch_length
        shape (R,), lunch starts between the first two, inclusive; length 0: no lunch [clock].
    skills
        shape (R,), bit set of domains.
    most
        shape (L, R), most of each load.
    opening
        shape (R,), cost of a team-day that has a visit [s].
    first_cap
        shape (n x D + 1,), caps that visit i uses on day d stand from ``first_cap[i x D + d]``.
    cap, amount
        Number of a cap, and how much of it a visit uses.
    room
        shape (C,), most of each cap.
    """

    service: Ints
    first_window: Ints
    opens: Ints
    latest: Ints
    penalty: Ints
    priority: Ints
    township: Ints
    needs: Ints
    open_days: Ints
    load: Ints
    travel: Ints
    drive: Ints
    day: Ints
    depot: Ints
    shift_start: Ints
    shift_end: Ints
    lunch_from: Ints
    lunch_until: Ints
    lunch_length: Ints
    skills: Ints
    most: Ints
    opening: Ints
    first_cap: Ints
    cap: Ints
    amount: Ints
    room: Ints

    @property
    def visits(self) -> int:
        """Number of visits."""
        return len(self.service)

    @property
    def team_days(self) -> int:
        """Number of team-days."""
        return len(self.day)

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return max(1, (len(self.first_cap) - 1) // max(1, self.visits))


@dataclass(frozen=True)
class RoutedWeek:
    """A week's routes and what they cost.

    Parameters
    ----------
    routes
        One tuple of visits for each team-day, in order; empty where it stays at home.
    cost
        Travel, team-days, priority and visits left out [s].
    dropped
        Visits left out, sorted.
    """

    routes: tuple[tuple[int, ...], ...]
    cost: int
    dropped: tuple[int, ...]


def without_caps(visits: int, days: int) -> dict[str, Ints]:
    """Return the cap arrays of a week that has none."""
    none = np.zeros(0, dtype=np.int64)
    return {
        "first_cap": np.zeros(visits * days + 1, dtype=np.int64), "cap": none, "amount": none, "room": none,
    }  # fmt: skip


def check_arrays(week: WeekArrays) -> None:
    """Check shapes and signs of a week.

    Parameters
    ----------
    week
        Week.

    Raises
    ------
    ValueError
        If an array has a wrong shape or a negative value; it is named.
    """
    n, r, m = week.visits, week.team_days, len(week.travel)
    flat = len(week.opens)
    per_visit = ("service", "penalty", "priority", "township", "needs", "open_days")
    per_team = (
        "day", "depot", "shift_start", "shift_end", "lunch_from", "lunch_until", "lunch_length", "skills",
        "opening",
    )  # fmt: skip
    expected: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(per_visit, (n,)), **dict.fromkeys(per_team, (r,)),
        "first_window": (n + 1,), "latest": (flat,), "travel": (m, m), "drive": (m, m),
        "load": (len(week.load), n), "most": (len(week.load), r), "amount": (len(week.cap),),
    }  # fmt: skip
    for name, shape in expected.items():
        if getattr(week, name).shape != shape:
            message = f"week arrays: {name} has shape {getattr(week, name).shape}, expected {shape}"
            raise ValueError(message)
    for name in ("service", "penalty", "priority", "load", "travel", "drive", "opening", "amount"):
        if getattr(week, name).min(initial=0) < 0:
            message = f"week arrays: {name} holds a value below 0"
            raise ValueError(message)


def allowed_pairs(week: WeekArrays) -> Bools:
    """Return which team-day may make which visit, whatever its clock says, shape (n, R): day, domains, loads."""
    open_then = (week.open_days[:, None] >> week.day[None, :]) & 1 == 1
    skilled = week.needs[:, None] & ~week.skills[None, :] == 0
    fits = (week.load[:, :, None] <= week.most[:, None, :]).all(axis=0)
    return np.asarray(open_then & skilled & fits)


def is_metric(drive: Ints) -> bool:
    """Tell whether no detour is shorter than the direct leg; then a route stays lawful when a visit is taken out."""
    return all(bool((drive <= drive[:, [k]] + drive[[k], :]).all()) for k in range(len(drive)))
