"""A week planned together with the one after: visits change over within their windows where that saves travel.

Both weeks are routed with every visit in its own week, then with the windows open, by the same search. A visit that
ends up in another week without saving anything goes back. What is left is checked against every limit, all at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import PLANNED_KIND, TIERS, Rulebook
from riskplan.weekly.draft import Draft
from riskplan.weekly.entries import Entry, monday_of, tiers_of
from riskplan.weekly.frame import Span, WeekFrame, frame_visits, workdays_of
from riskplan.weekly.improve import Best, improve
from riskplan.weekly.kept import Kept, keep_teams
from riskplan.weekly.ledger import Ledger
from riskplan.weekly.moves import NO_MOVES, ROOM, TRAVEL, Move, Moves, NamedRoute
from riskplan.weekly.params import WeekParams
from riskplan.weekly.problem import Desk, Prices
from riskplan.weekly.rows import Key, LimitRow

Bools = npt.NDArray[np.bool_]
WORTH_S = 120
"""Least saving for which one visit changes its week [s of travel]."""
TRIES_FACTOR = 2
"""Tries on two weeks, as a multiple of those on one."""


@dataclass(frozen=True)
class Pair:
    """Two weeks in one frame.

    Parameters
    ----------
    frame
        Visits of both weeks, on the days of both.
    home
        shape (n, d), days of each visit's own week.
    week_of_day
        Label of the week of each day.
    """

    frame: WeekFrame
    home: Bools
    week_of_day: tuple[str, ...]

    @property
    def sources(self) -> list[str]:
        """Planned week of each visit."""
        return list(self.frame.kept.visits["week"])


def look_ahead(
    case: Case, rules: Rulebook, plan: Plan, week: str, run: tuple[WeekParams, Stop, int]
) -> Moves:
    """Return the visits that change over between a week and its neighbours.

    Visits of the next week that stand in no team, and those of the last one that stayed unrouted, may come in; visits
    of the week that stand in no team may go to the next one. Nobody leaves an issued or routed team or his window, and
    nobody who shares a limit with a visit that the year left out moves: its tested reason would no longer hold.

    Parameters
    ----------
    case, rules, plan
        The plan and its world.
    week
        Label of the week that is planned.
    run
        How hard to search, when to stop, seed.

    Returns
    -------
    Moves
        None where no visit may move or nothing is saved.
    """
    params, stop, seed = run
    if not (plan.visits["window_first"] != "").any():
        return NO_MOVES
    pair = _pair(case, rules, plan, week)
    if pair is None or not (pair.frame.problem.open_days & ~pair.home).any():
        return NO_MOVES
    prices, tries = Prices(params.team_day_s, params.officer_s), stop.steps(TRIES_FACTOR * params.tries)
    problem = pair.frame.problem
    before = Best(Desk(replace(problem, open_days=problem.open_days & pair.home), prices))
    improve(before, tries, stop, seed)
    after = Best(Desk(problem, prices))
    after.offer(Draft(after.draft.desk, before.draft.routes))
    improve(after, tries, stop, seed + 1)
    draft = _lawful(pair, _homeward(before, after, pair))
    moved = _moved(pair, draft, before.draft)
    if not moved or before.price - draft.price() < WORTH_S * len(moved):
        return NO_MOVES
    saved = _travel(before.draft) - _travel(draft)
    return Moves(week, moved, saved, _routes(pair, draft, week))


def _pair(case: Case, rules: Rulebook, plan: Plan, week: str) -> Pair | None:
    """Return the week and the next one in one frame; alone where nobody is planned then; None without workdays."""
    weeks = Weeks.of(case)
    if week not in weeks.labels or not weeks.workdays()[weeks.index(week)]:
        return None
    place, planned = weeks.index(week), set(plan.visits["week"])
    later = np.flatnonzero(weeks.workdays()[place + 1 :])[:1] + place + 1
    labels = (week, *(weeks.labels[k] for k in later if weeks.labels[k] in planned))
    dates = [workdays_of(case, label) for label in labels]
    week_of_day = tuple(np.repeat(labels, [len(d) for d in dates]).tolist())
    here = keep_teams(case, rules, plan, week, dates[0])
    kept = _kept(plan, labels, here, weeks.labels[place - 1] if place else "")
    own, free = kept.visits["week"], _free_to_move(case, rules, plan, kept.visits)
    home = _days(week_of_day, own, own)
    first, last = (kept.visits[column].where(free, own) for column in ("window_first", "window_last"))
    within = home | _days(week_of_day, first, last)
    frame = frame_visits(case, rules, plan, kept, Span(week, np.concatenate(dates), within))
    return Pair(frame, home, week_of_day)


def _days(week_of_day: Sequence[str], first: Sequence[str], last: Sequence[str]) -> Bools:
    """Return the days whose week lies between two weeks of each visit, shape (n, d)."""
    rows = [[a <= label <= b for label in week_of_day] for a, b in zip(first, last, strict=True)]
    return np.array(rows, dtype=bool).reshape(len(rows), len(week_of_day))


def _kept(plan: Plan, labels: tuple[str, ...], here: Kept, last_week: str) -> Kept:
    """Return what the week plans anew, with those of the next week in no team, and those of the last one left unrouted."""
    visits = plan.visits
    outside = (visits["object_kind"] == "enterprise") & (visits["team_id"] == "")
    later = visits["week"].isin(labels[1:]) & visits["stage"].isin(("draft", "unrouted"))
    stayed = (visits["week"] == last_week) & (visits["stage"] == "unrouted")
    rows = pd.concat([here.visits, visits[outside & (later | stayed)]]).sort_values("visit_id")
    return replace(here, visits=rows.reset_index(drop=True))


def _free_to_move(case: Case, rules: Rulebook, plan: Plan, visits: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which visits may leave their week: with a window, in no team, in nobody's way."""
    columns = (visits["window_first"] != "", visits["window_last"] != "", visits["team_id"] == "")
    free: Bools = np.logical_and.reduce(columns)
    left_out = _left_out(plan)
    if len(left_out) and free.any():
        ledger = Ledger(case, rules, plan, tiers_of(case, plan, TIERS[-1]))
        claimed = {key for entry in _wanted(case, left_out) for key in _keys(ledger, entry)}
        apart = [claimed.isdisjoint(_keys(ledger, ledger.entry(v))) for v in visits["visit_id"]]
        free &= np.array(apart, dtype=bool)
    return free


def _left_out(plan: Plan) -> pd.DataFrame:
    """Return the rows about visits that the year left out; those about unrouted visits name them."""
    unplanned = plan["unplanned"]
    return unplanned[~unplanned["visit_id"].isin(plan.visits["visit_id"])]


def _wanted(case: Case, left_out: pd.DataFrame) -> list[Entry]:
    """Return visits left out as they would stand in the first week, once for each department that could lead them."""
    number = {name: e for e, name in enumerate(case.enterprises["enterprise_id"])}
    monday = monday_of(Weeks.of(case).labels[0])
    columns = (left_out[c] for c in ("enterprise_id", "departments"))
    return [
        Entry(
            "", "enterprise", name, number[name], departments, lead, PLANNED_KIND, 0, "draft", monday, monday
        )
        for name, departments in zip(*columns, strict=True)
        if name in number
        for lead in ("", *departments)
    ]


def _keys(ledger: Ledger, entry: Entry) -> set[Key]:
    """Return the keys under which a visit counts anywhere, pools of departments included."""
    found: set[Key] = set()
    for row in ledger.rows:
        if not isinstance(row, LimitRow):
            found.update(charge.key for charge in row.charges(entry))
        elif row.counts(entry):
            found.update(key for key, _ in row.keys(entry))
    return found


def _homeward(before: Best, after: Best, pair: Pair) -> Draft:
    """Return the better weeks with every visit back in its own that saves less than ``WORTH_S`` by being away."""
    draft = Draft(before.draft.desk, after.draft.routes)
    for i in _away(pair, draft):
        trial = _home(draft, i)
        if trial.price() <= draft.price() + WORTH_S:
            draft = trial
    return draft


def _home(draft: Draft, visit: int) -> Draft:
    """Return a draft, whose desk opens to visits their own weeks only, with one back in its own where it has a place."""
    trial = draft.copy()
    trial.take_out([visit])
    place = trial.best_place(visit)
    if place is not None:
        trial.put(place.number, place.route)
    return trial


def _lawful(pair: Pair, draft: Draft) -> Draft:
    """Return a draft in which all visits may stand in their weeks, undated after the first: who may not goes home."""
    blocked = _blocked(pair, draft)
    while blocked:
        for i in blocked:
            draft = _home(draft, i)
        blocked = _blocked(pair, draft)
    return draft


def _blocked(pair: Pair, draft: Draft) -> list[int]:
    """Return the visits in other weeks than their own that would break a limit there; every limit is asked.

    Visits of the first week stand on their day, those of the second in their week; nobody stands in the ledger afterwards.
    """
    frame, away = pair.frame, set(_away(pair, draft))
    day = {i: route.team.day for route in draft.routes for i in route.stops}
    first = int((np.array(pair.week_of_day) == frame.week).sum())
    standing: list[Entry] = []
    blocked = []
    for i in sorted(range(frame.problem.n_visits), key=lambda i: (i in away, i)):
        entry = frame.ledger.entry(frame.problem.visit_ids[i])._replace(stage="draft")
        k = day.get(i, -1)
        if 0 <= k < first:
            entry = entry.on_day(int(frame.dates[k].astype("datetime64[D]").astype(np.int64)))
        elif i in away:
            entry = entry.in_week(monday_of(pair.week_of_day[k]))
        if i in away and frame.ledger.blocked(entry) is not None:
            blocked.append(i)
        else:
            frame.ledger.stand(entry, 1)
            standing.append(entry)
    for entry in standing:
        frame.ledger.stand(entry, -1)
    return blocked


def _away(pair: Pair, draft: Draft) -> list[int]:
    """Return the visits that stand in another week than their own, in order."""
    return sorted(i for r in draft.routes for i in r.stops if not pair.home[i, r.team.day])


def _moved(pair: Pair, draft: Draft, before: Draft) -> tuple[Move, ...]:
    names, sources, homeless = pair.frame.problem.visit_ids, pair.sources, set(before.missing())
    day = {i: route.team.day for route in draft.routes for i in route.stops}
    return tuple(
        Move(names[i], sources[i], pair.week_of_day[day[i]], ROOM if i in homeless else TRAVEL)
        for i in _away(pair, draft)
    )


def _travel(draft: Draft) -> int:
    return sum(draft.desk.length(route) for route in draft.routes)


def _routes(pair: Pair, draft: Draft, week: str) -> tuple[NamedRoute, ...]:
    """Return the routes of the week in names; its days are the first of the frame."""
    problem = pair.frame.problem
    return tuple(
        NamedRoute(
            route.team.day,
            tuple(problem.departments[d] for d in route.team.departments),
            tuple(problem.visit_ids[i] for i in route.stops),
        )
        for route in sorted(draft.routes)
        if route.stops and pair.week_of_day[route.team.day] == week
    )
