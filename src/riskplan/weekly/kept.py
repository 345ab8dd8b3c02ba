"""Teams with visits that may not move: they stay, and stops that are planned anew leave them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import OFFICE_PLACE, Plan
from riskplan.rules.model import Rulebook
from riskplan.travel import TravelTimes, travel_of
from riskplan.weekly.clock import Timetable, Window, time_route
from riskplan.weekly.points import Dates, depots_of, located, spread_seconds
from riskplan.weekly.problem import whole_minutes

MOVABLE = ("draft", "unrouted")
"""Stages that a week plan may date anew."""


@dataclass(frozen=True)
class Kept:
    """What of a week's earlier routes stays.

    Parameters
    ----------
    visits
        Rows of ``plan.visits`` that are planned anew, sorted by id.
    dropped
        Teams that go, because all their visits are planned anew; sorted.
    routes
        Route rows that take the place of those of teams which lose stops.
    teams
        Teams of the week that stay; sorted.
    """

    visits: pd.DataFrame
    dropped: tuple[str, ...]
    routes: pd.DataFrame
    teams: tuple[str, ...]


def keep_teams(case: Case, rules: Rulebook, plan: Plan, week: str, dates: Dates) -> Kept:
    """Split a week into what is planned anew and what stays.

    A team with an issued, pinned, done or unmet visit stays with its officers; its movable visits leave,
    and the others keep their start. Where its route would not hold without them, they stay too.

    Parameters
    ----------
    case, rules, plan
        The plan and its world.
    week
        Label of the week.
    dates
        Its workdays: what is closed on any of them is not driven on.
    """
    here = plan.visits[plan.visits["week"] == week]
    movable = here["stage"].isin(MOVABLE) & (here["object_kind"] == "enterprise")
    fixed_teams = set(here.loc[~movable, "team_id"]) - {""}
    staying: list[str] = []
    rows: list[pd.DataFrame] = []
    for team in sorted(fixed_teams & set(here.loc[movable, "team_id"])):
        leaving = set(here.loc[movable & (here["team_id"] == team), "visit_id"])
        shorter = _without(case, rules, plan, team, leaving, dates)
        if shorter is None:
            staying.extend(sorted(leaving))
        else:
            rows.append(shorter)
    visits = here[movable & ~here["visit_id"].isin(staying)].sort_values("visit_id")
    gone = sorted(set(visits["team_id"]) - fixed_teams - {""})
    return Kept(
        visits=visits.reset_index(drop=True),
        dropped=tuple(gone),
        routes=pd.concat(rows) if rows else plan["routes"].iloc[:0],
        teams=tuple(sorted(fixed_teams)),
    )


def _without(
    case: Case, rules: Rulebook, plan: Plan, team: str, leaving: set[str], dates: Dates
) -> pd.DataFrame | None:
    """Return a team's route without some stops, the others at their old start; None if it can't be driven."""
    rows = plan["routes"][plan["routes"]["team_id"] == team].sort_values("seq")
    stops = rows[(rows["visit_id"] != "") & ~rows["visit_id"].isin(leaving)]
    depot = plan["teams"].loc[plan["teams"]["team_id"] == team, "depot"]
    place = dict(zip(plan.visits["visit_id"], plan.visits["enterprise_id"], strict=True))
    if not len(stops) or not len(depot):
        return None
    seconds = _leg_seconds(
        travel_of(case, rules, dates), case, depot.iat[0], [place[v] for v in stops["visit_id"]]
    )
    windows = [
        Window(s, e, e - s) for s, e in zip(stops["start"].tolist(), stops["leave"].tolist(), strict=True)
    ]
    times = time_route(whole_minutes(seconds).tolist(), windows, rules.day)
    return None if times is None else route_rows(team, list(stops["visit_id"]), seconds.tolist(), times)


def _leg_seconds(
    provider: TravelTimes, case: Case, depot: str, enterprises: list[str]
) -> npt.NDArray[np.int64]:
    places = [OFFICE_PLACE + depot, *enterprises, OFFICE_PLACE + depot]
    return spread_seconds(provider.matrix(*located(case, depots_of(case), places)), places).diagonal(1)


def route_rows(team: str, visits: list[str], seconds: list[int], times: Timetable) -> pd.DataFrame:
    """Return the rows of one route: the depot, the stops, the depot.

    Parameters
    ----------
    team
        Team id.
    visits
        Visit ids in order.
    seconds
        Travel of each leg [s].
    times
        All times.
    """
    count = len(visits)
    return pd.DataFrame({
        "team_id": [team] * (count + 2),
        "seq": range(count + 2),
        "visit_id": ["", *visits, ""],
        "arrive": [times.depart, *times.arrive, times.back],
        "start": [-1, *times.start, -1],
        "leave": [times.depart, *times.leave, times.back],
        "travel_s": [0, *seconds],
    })
