"""Why a visit could not be routed: each reason is tested on the finished week before it is given."""

from __future__ import annotations

from riskplan.weekly.draft import Draft

CAP, CREW, WINDOW, TIME = "cap", "crew", "window", "time"


def reason_of(draft: Draft, visit: int, spaced: bool) -> str:
    """Return why a visit is on no route.

    ``window``: no open workday, or on none do the opening hours inside the shift hold the visit. ``cap``:
    every open day is too close to another visit of the premises. ``crew``: on every lawful day the officers
    left can't form its crew, and no team-day has its departments or could still get them. ``time``
    otherwise: a team is there, or could be, but has no time for it.

    Parameters
    ----------
    draft
        The finished week.
    visit
        A visit on no route.
    spaced
        True when spacing took at least one open day away.
    """
    desk = draft.desk
    if not desk.days[visit]:
        return CAP if spaced else WINDOW
    opens, closes, minutes = desk.windows[visit]
    day = desk.problem.day
    if min(closes, day.shift_end) - max(opens, day.shift_start) < minutes:
        return WINDOW
    if not desk.hopeful(visit):
        return TIME
    return TIME if any(_crew_could_come(draft, visit, k) for k in desk.days[visit]) else CREW


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
