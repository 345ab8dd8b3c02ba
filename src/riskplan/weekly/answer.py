"""From routes back to the tables and the manifest of a plan; all other weeks stay as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskplan.plan.tables import OFFICE_PLACE, Plan
from riskplan.rules.model import PREMISES_SCOPES
from riskplan.travel import NO_WAY
from riskplan.weekly.draft import Draft
from riskplan.weekly.frame import WeekFrame
from riskplan.weekly.kept import route_rows
from riskplan.weekly.moves import NO_MOVES, Moves
from riskplan.weekly.offer import offer_week
from riskplan.weekly.officers import assign_officers
from riskplan.weekly.problem import Route
from riskplan.weekly.reasons import CAP, CREW, Why, why_not
from riskplan.weekly.windows import counting_weeks


@dataclass(frozen=True)
class Named:
    """One route with its names.

    Parameters
    ----------
    team_id, date, officers
        As written in ``teams.csv``.
    route
        Departments and stops.
    """

    team_id: str
    date: str
    officers: tuple[str, ...]
    route: Route


def write_week(frame: WeekFrame, plan: Plan, draft: Draft, status: str, moves: Moves = NO_MOVES) -> Plan:
    """Return a plan in which a week is dated and routed.

    Parameters
    ----------
    frame
        The week.
    plan
        The plan that it was framed from.
    draft
        Routes that the clock accepts.
    status
        For the manifest.
    moves
        Visits that changed their week, already in ``plan``.
    """
    named = name_routes(frame, plan, draft)
    visits = _visits(frame, plan, draft, named)
    teams = pd.concat([_others(plan["teams"], frame.kept.dropped), _teams(draft, named)])
    changed = (*frame.kept.dropped, *frame.kept.routes["team_id"].unique())
    routes = pd.concat([_others(plan["routes"], changed), frame.kept.routes, *_routes(draft, named)])
    old = plan["unplanned"]
    left = old[~old["visit_id"].isin(frame.problem.visit_ids)]
    result = plan.with_tables(
        visits=visits, teams=teams, routes=routes, unplanned=pd.concat([left, _unplanned(frame, plan, draft)])
    )
    figures = _figures(frame, result, status) | moves.facts()
    return result.with_tables(manifest={"weeks": {**plan.manifest.get("weeks", {}), frame.week: figures}})


def name_routes(frame: WeekFrame, plan: Plan, draft: Draft) -> list[Named]:
    """Return the routes with team ids ``<date>-<nn>`` and officers, in order of day, departments and stops.

    Parameters
    ----------
    frame, plan, draft
        As in ``write_week``.
    """
    staying = _others(plan["teams"], frame.kept.dropped)
    load = Counter(officer for officers in staying["officers"] for officer in officers)
    routes = sorted(draft.routes)
    crews = assign_officers(draft.desk, routes, frame.staff, load)
    taken, named = set(staying["team_id"]), []
    for route, crew in zip(routes, crews, strict=True):
        date = str(frame.dates[route.team.day])
        number = next(k for k in range(1, len(taken) + 2) if f"{date}-{k:02d}" not in taken)
        taken.add(f"{date}-{number:02d}")
        named.append(Named(f"{date}-{number:02d}", date, crew, route))
    return named


def _others(table: pd.DataFrame, teams: Sequence[str]) -> pd.DataFrame:
    return table[~table["team_id"].isin(teams)]


def _visits(frame: WeekFrame, plan: Plan, draft: Draft, named: Sequence[Named]) -> pd.DataFrame:
    new: dict[str, tuple[str, str, int, str]] = dict.fromkeys(
        frame.problem.visit_ids, ("unrouted", "", -1, "")
    )
    for one in named:
        times = draft.desk.timetable(one.route)
        for stop, start in zip(one.route.stops, times.start if times else (), strict=True):
            new[frame.problem.visit_ids[stop]] = ("draft", one.date, start, one.team_id)
    visits = plan.visits.copy()
    for k, column in enumerate(("stage", "date", "start", "team_id")):
        pairs = zip(visits["visit_id"], visits[column], strict=True)
        visits[column] = [new[v][k] if v in new else old for v, old in pairs]
    return visits


def _teams(draft: Draft, named: Sequence[Named]) -> pd.DataFrame:
    names = draft.desk.problem.departments
    return pd.DataFrame(
        [
            {
                "team_id": one.team_id,
                "date": one.date,
                "depot": names[draft.desk.depot(one.route.team.departments)],
                "departments": tuple(names[d] for d in one.route.team.departments),
                "officers": one.officers,
                "experts": (),
            }
            for one in named
        ],
        columns=["team_id", "date", "depot", "departments", "officers", "experts"],
    )


def _routes(draft: Draft, named: Sequence[Named]) -> list[pd.DataFrame]:
    rows = []
    for one in named:
        times = draft.desk.timetable(one.route)
        if times is not None:
            visits = [draft.desk.problem.visit_ids[i] for i in one.route.stops]
            rows.append(route_rows(one.team_id, visits, draft.desk.leg_seconds(one.route), times))
    return rows


def _stand(frame: WeekFrame, draft: Draft) -> None:
    """Let every visit of the week stand in the ledger: those made on their day, the others in their week."""
    for route in draft.routes:
        day = int(frame.dates[route.team.day].astype("datetime64[D]").astype(np.int64))
        for i in route.stops:
            entry = frame.ledger.entry(frame.problem.visit_ids[i])
            frame.ledger.put(entry.on_day(day)._replace(stage="draft"))
    for i in draft.missing():
        frame.ledger.put(frame.ledger.entry(frame.problem.visit_ids[i])._replace(stage="unrouted"))


def _unplanned(frame: WeekFrame, plan: Plan, draft: Draft) -> pd.DataFrame:
    """Return a row for each visit left out; the dearest choose their offered week first."""
    columns = list(frame.kept.visits.columns)
    missing = draft.missing()
    if missing:
        _stand(frame, draft)
    counting = counting_weeks(plan["duties"], frame.kept.visits, frame.ledger.weeks) if missing else {}
    rows = []
    for i in sorted(missing, key=lambda i: (-draft.desk.penalties[i], i)):
        visit = dict(zip(columns, frame.kept.visits.iloc[i], strict=True))
        closed = frame.law.closed_by[i]
        why = why_not(draft, i, Why(CAP, *closed) if closed else None)
        rows.append({
            "enterprise_id": visit["enterprise_id"],
            "items": visit["items"],
            "departments": visit["departments"],
            "visits": 1,
            "tier": frame.tiers[i],
            "reason": why.reason,
            "limit_id": why.limit_id,
            "scope_key": _scope_text(frame, visit["enterprise_id"], why),
            "visit_id": visit["visit_id"],
            "offered_week": offer_week(
                frame.ledger, frame.ledger.entry(visit["visit_id"]), counting.get(visit["visit_id"])
            ),
        })
    return pd.DataFrame(rows)


def _scope_text(frame: WeekFrame, enterprise: str, why: Why) -> str:
    """Return whom a reason is about, joined by ``|``; premises where it is they, or whose they are."""
    if why.reason == CREW:
        return "|".join(why.key)
    owner, *parts = why.key or (enterprise,)
    limit = frame.ledger.openness.rules.limit(why.limit_id)
    if not owner or (limit is not None and limit.scope in PREMISES_SCOPES):
        owner = enterprise
    return "|".join([owner, *(part for part in parts if part)])


def _figures(frame: WeekFrame, plan: Plan, status: str) -> dict[str, Any]:
    """Return what the manifest says of a week, over all its visits, those that stayed included."""
    here = plan.visits[(plan.visits["week"] == frame.week) & (plan.visits["stage"] != "not_met")]
    routed = here[here["team_id"] != ""]
    teams = sorted(set(routed["team_id"]))
    travel = int(plan["routes"].loc[plan["routes"]["team_id"].isin(teams), "travel_s"].sum())
    return {
        "visits": len(here),
        "routed": len(routed),
        "unrouted": int((here["stage"] == "unrouted").sum()),
        "team_days": len(teams),
        "travel_s": travel,
        "travel_s_per_visit": round(travel / len(routed), 1) if len(routed) else 0.0,
        "status": status,
        "travel_source": frame.matrix.source,
        "travel_sha256": frame.matrix.sha256,
        **_cut_off(frame),
    }


def _cut_off(frame: WeekFrame) -> dict[str, list[str]]:
    """Return the enterprises that no way leads to from any office and back, where there are any."""
    matrix = frame.matrix
    offices = np.array([name.startswith(OFFICE_PLACE) for name in matrix.ids], dtype=bool)
    cut = (matrix.seconds >= NO_WAY) | (matrix.seconds.T >= NO_WAY)
    lost = cut[:, offices].all(axis=1) & ~offices & offices.any()
    names = sorted(name for name, bad in zip(matrix.ids, lost, strict=True) if bad)
    return {"unreachable": names} if names else {}
