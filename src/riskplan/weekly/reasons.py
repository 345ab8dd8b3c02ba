"""Why a visit could not be routed: each reason is tested on the finished week before it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from riskplan.weekly.draft import Draft
from riskplan.weekly.problem import Route, TeamDay

CAP, CREW, WINDOW, TIME = "cap", "crew", "window", "time"
ROUTE = "route"
"""``limit_id`` of the reasons ``window`` and ``time``."""


class Why(NamedTuple):
    """A reason, the ``limit_id`` behind it, and the key of that limit ("" where it is the enterprise)."""

    reason: str
    limit_id: str
    key: tuple[str, ...] = ()


def why_not(draft: Draft, visit: int, closed_by: Why | None) -> Why:
    """Return why a visit is on no route.

    ``window``: no open workday, or on none do the opening hours inside the shift hold the visit. ``cap``: a
    row closes every open day, by itself or with the visits that are made; or every team that could take the
    visit has an officer whose day is full. ``crew``: on every lawful day the officers left can't form its crew,
    and no team-day has its departments or could still get them. ``time`` otherwise: a team is there, or could
    be, but has no time for it.

    Parameters
    ----------
    draft
        The finished week.
    visit
        A visit on no route.
    closed_by
        The row that took at least one open day away, None for none.
    """
    desk = draft.desk
    if not desk.days[visit]:
        return closed_by or Why(WINDOW, ROUTE)
    opens, closes, minutes = desk.windows[visit]
    day = desk.problem.day
    if min(closes, day.shift_end) - max(opens, day.shift_start) < minutes:
        return Why(WINDOW, ROUTE)
    full = [draft.full(visit, k) for k in desk.days[visit]]
    days = [k for k, quota in zip(desk.days[visit], full, strict=True) if quota is None]
    if not days:
        quota = desk.problem.quotas[full[0] or 0]
        return Why(CAP, quota.row_id, quota.key)
    return _crew_or_time(draft, visit, days)


def _crew_or_time(draft: Draft, visit: int, days: Sequence[int]) -> Why:
    """Return the reason of a visit which rows allow on some days."""
    desk = draft.desk
    if not desk.hopeful(visit):
        return Why(TIME, ROUTE)
    if any(_crew_could_come(draft, visit, k) for k in days):
        return _busy_officer(draft, visit, days) or Why(TIME, ROUTE)
    return Why(CREW, CREW, tuple(desk.problem.departments[d] for d in departments_short(draft, visit)))


def _busy_officer(draft: Draft, visit: int, days: Sequence[int]) -> Why | None:
    """Return the row about officers without which a team could still take a visit, None for none."""
    desk = draft.desk
    for route in draft.routes if desk.problem.officer_caps else ():
        team = route.team
        joined = desk.union(team.departments, visit) if team.day in days else None
        if joined is None or not draft.enough(team.day, team.departments, joined):
            continue
        for k in range(len(route.stops) + 1):
            longer = Route(TeamDay(team.day, joined), (*route.stops[:k], visit, *route.stops[k:]))
            cap = desk.crowded(longer)
            if cap is not None and desk.in_time(longer):
                return Why(CAP, cap.row_id, (desk.problem.departments[desk.needed[visit][0]],))
    return None


def _crew_could_come(draft: Draft, visit: int, day: int) -> bool:
    """Tell whether its departments are, or could be brought, together on a day."""
    if draft.enough(day, (), draft.desk.needed[visit]):
        return True
    for route in draft.routes:
        if route.team.day == day:
            joined = draft.desk.union(route.team.departments, visit)
            if joined is not None and draft.enough(day, route.team.departments, joined):
                return True
    return False


def departments_short(draft: Draft, visit: int) -> tuple[int, ...]:
    """Return the departments of a visit short of officers on all its lawful days; all if none always is."""
    desk = draft.desk
    sent = desk.sent(desk.needed[visit])
    short = tuple(d for d, count in sent.items() if all(draft.left[k][d] < count for k in desk.days[visit]))
    return short or desk.needed[visit]
