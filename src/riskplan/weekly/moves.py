"""Visits that change over to a neighbouring week of their window: as facts, as a start, and in the plan's tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from riskplan.plan.tables import Plan
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_WEEK
from riskplan.weekly.draft import Draft
from riskplan.weekly.entries import monday_of
from riskplan.weekly.frame import WeekFrame
from riskplan.weekly.improve import mended
from riskplan.weekly.problem import Desk, Route, TeamDay

TRAVEL, ROOM = "travel", "room"
"""Why a visit moves: it saves travel, or its own week has no room for it."""


class Move(NamedTuple):
    """A visit, the week that it leaves, the week that it goes to, and why."""

    visit_id: str
    source: str
    target: str
    reason: str


class NamedRoute(NamedTuple):
    """A route of the week in names: number of its day, departments, visits in order."""

    day: int
    departments: tuple[str, ...]
    visits: tuple[str, ...]


@dataclass(frozen=True)
class Moves:
    """What planning a week together with the next one changed.

    Parameters
    ----------
    week
        The week that is planned.
    moved
        Visits that change their week, sorted.
    saved_s
        Travel of the two weeks without the moves, less that with them, as far as both were searched [s].
    routes
        Routes of the week with the moves.
    """

    week: str = ""
    moved: tuple[Move, ...] = ()
    saved_s: int = 0
    routes: tuple[NamedRoute, ...] = ()

    def hold(self, frame: WeekFrame, draft: Draft) -> bool:
        """Tell whether all visits that came into the week found a route, and those that found none may stay undated.

        Parameters
        ----------
        frame
            The week with the moves made; its visits stand nowhere.
        draft
            Its routes.
        """
        taken = {m.visit_id for m in self.moved if m.target == self.week}
        dated = [
            frame.ledger.entry(frame.problem.visit_ids[i]).on_day(_day(frame, route.team.day))
            for route in draft.routes
            for i in route.stops
        ]
        left = [frame.ledger.entry(frame.problem.visit_ids[i]) for i in draft.missing()]
        standing = [entry._replace(stage="draft") for entry in dated]
        fine = taken.isdisjoint(entry.visit_id for entry in left)
        for entry in standing:
            frame.ledger.stand(entry, 1)
        for entry in (e._replace(stage="unrouted") for e in left):
            fine = fine and frame.ledger.blocked(entry) is None
            frame.ledger.stand(entry, 1)
            standing.append(entry)
        for entry in standing:
            frame.ledger.stand(entry, -1)
        return fine

    def facts(self) -> dict[str, Any]:
        """Return what the manifest says of the moves, nothing where there are none."""
        if not self.moved:
            return {}
        return {"moved": [m._asdict() for m in self.moved], "moved_saved_s": self.saved_s}

    def start(self, frame: WeekFrame) -> Callable[[Desk], Draft] | None:
        """Return what makes the first week of the search, None without moves.

        Parameters
        ----------
        frame
            The week with the moves made.
        """
        if not self.moved:
            return None
        visit = {name: i for i, name in enumerate(frame.problem.visit_ids)}
        organ = {name: m for m, name in enumerate(frame.problem.departments)}
        routes = [
            Route(TeamDay(r.day, tuple(organ[d] for d in r.departments)), tuple(visit[v] for v in r.visits))
            for r in self.routes
        ]
        return lambda desk: mended(desk, routes)


NO_MOVES = Moves()


def _day(frame: WeekFrame, number: int) -> int:
    """Return a day of a frame [days since 1970-01-01]."""
    return int(frame.dates[number].astype("datetime64[D]").astype(np.int64))


def after_moves(plan: Plan, moves: Moves) -> Plan:
    """Return a plan in which the visits that move stand in their new weeks, undated and explained no longer.

    Parameters
    ----------
    plan
        The plan.
    moves
        Of visits without a team.
    """
    if not moves.moved:
        return plan
    target = {m.visit_id: m.target for m in moves.moved}
    visits, unplanned = plan.visits.copy(), plan["unplanned"]
    named = [name in target for name in visits["visit_id"]]
    visits["week"] = [target.get(v, w) for v, w in zip(visits["visit_id"], visits["week"], strict=True)]
    visits["stage"] = visits["stage"].mask(pd.Series(named, dtype=bool), "draft")
    return plan.with_tables(visits=visits, unplanned=unplanned[~unplanned["visit_id"].isin(target)])


def with_lawful_windows(plan: Plan, rules: Rulebook) -> Plan:
    """Return a plan without windows that are wider than the rulebook, which may have changed since, allows.

    Parameters
    ----------
    plan
        The plan.
    rules
        ``week.window``.
    """
    columns = ("window_first", "window_last")
    widest = 2 * rules.week.window
    spans = list(zip(*(plan.visits[c] for c in columns), strict=True))
    wide = [
        bool(first and last) and monday_of(last) - monday_of(first) > widest * DAYS_PER_WEEK
        for first, last in spans
    ]
    if not any(wide):
        return plan
    visits = plan.visits.copy()
    for column in columns:
        visits[column] = visits[column].mask(pd.Series(wide, dtype=bool), "")
    return plan.with_tables(visits=visits)
