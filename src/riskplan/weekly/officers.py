"""Which officers go with which team-day: those with fewest team-days first, ties by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from riskplan.weekly.problem import Desk, Route


def assign_officers(
    desk: Desk, routes: Sequence[Route], staff: Sequence[Sequence[Sequence[str]]], load: Mapping[str, int]
) -> list[tuple[str, ...]]:
    """Return the officers of each route, by department and then id.

    Parameters
    ----------
    desk
        The week.
    routes
        Team-days in the order in which they are staffed.
    staff
        staff[day][m] = officers of department m free that day.
    load
        Officer -> team-days that the officer has already.

    Raises
    ------
    ValueError
        If a department has too few officers for its teams of a day.
    """
    burden = dict(load)
    busy: set[tuple[int, str]] = set()
    crews = []
    for route in routes:
        crew: list[str] = []
        for department, count in desk.sent(route.team.departments).items():
            day = route.team.day
            free = [o for o in staff[day][department] if (day, o) not in busy]
            if len(free) < count:
                name = desk.problem.departments[department]
                message = f"day {day}: department {name!r} has {len(free)} officers left, {count} needed"
                raise ValueError(message)
            chosen = sorted(sorted(free, key=lambda o: (burden.get(o, 0), o))[:count])
            busy.update((day, o) for o in chosen)
            burden.update({o: burden.get(o, 0) + 1 for o in chosen})
            crew.extend(chosen)
        crews.append(tuple(crew))
    return crews
