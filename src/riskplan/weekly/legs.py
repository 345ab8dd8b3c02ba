"""The travel times that a routed week stands on, kept with the plan for the audit."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.io import table_fingerprint
from riskplan.plan.tables import OFFICE_PLACE, Plan, normalise
from riskplan.rules.model import Rulebook
from riskplan.travel import GreatCircle, travel_of
from riskplan.weekly.frame import WeekFrame
from riskplan.weekly.points import depots_of, located

Leg = tuple[str, str]
"""From and to: enterprises by id, offices as ``depot/<department>``."""
COLUMNS = ["week", "from_id", "to_id", "seconds", "metres"]


def keep_travel(case: Case, rules: Rulebook, frame: WeekFrame, old: Plan, new: Plan) -> Plan:
    """Return a plan with the times of the legs of its week in ``travel``, their source and hash in its manifest.

    Times of teams that stay as they were are not looked up again: a road may have been opened since. The great circle
    is not kept, because the audit computes it by itself.

    Parameters
    ----------
    case, rules
        The plan's world.
    frame
        The week.
    old, new
        The plan before and after its week was written.
    """
    provider = travel_of(case, rules, frame.dates)
    before, here = _legs(old, frame.week), _legs(new, frame.week)
    standing = {leg for team, legs in here.items() if before.get(team) == legs for leg in legs}
    wanted = {leg for team, legs in here.items() if before.get(team) != legs for leg in legs}
    others = new["travel"][new["travel"]["week"] != frame.week]
    mine = new["travel"][new["travel"]["week"] == frame.week]
    pairs = list(zip(mine["from_id"], mine["to_id"], strict=True))
    kept = mine[[leg in standing and leg not in wanted for leg in pairs]]
    rows = [] if isinstance(provider, GreatCircle) else _timed(case, rules, frame, sorted(wanted))
    table = normalise("travel", pd.concat([others, kept, pd.DataFrame(rows, columns=COLUMNS)]))
    if not len(table) and not len(new["travel"]):
        return new
    facts = {"source": provider.source, "provider_sha256": provider.sha256}
    facts["sha256"] = table_fingerprint("travel", table)
    return new.with_tables(travel=table, manifest={"travel": facts})


def _legs(plan: Plan, week: str) -> dict[str, list[Leg]]:
    """Return team -> legs of its route, for the teams of a week; a leg between equal places is none."""
    visits = plan.visits[plan.visits["week"] == week]
    place = dict(zip(visits["visit_id"], visits["enterprise_id"], strict=True))
    depots = dict(zip(plan["teams"]["team_id"], plan["teams"]["depot"], strict=True))
    teams = set(visits["team_id"]) - {""}
    own = plan["routes"][plan["routes"]["team_id"].isin(teams)]
    stops: dict[str, list[str]] = {}
    for team, visit in zip(own["team_id"], own["visit_id"], strict=True):
        office = OFFICE_PLACE + depots.get(team, "")
        stops.setdefault(team, []).append(place.get(visit, "") if visit else office)
    return {team: [leg for leg in pairwise(names) if all(leg)] for team, names in stops.items()}


def _timed(
    case: Case, rules: Rulebook, frame: WeekFrame, legs: list[Leg]
) -> list[tuple[str, str, str, int, int]]:
    matrix = frame.matrix
    places = sorted({place for leg in legs for place in leg})
    if not set(places) <= set(matrix.ids):
        provider = travel_of(case, rules, frame.dates)
        matrix = provider.matrix(*located(case, depots_of(case), places))
    at = {name: k for k, name in enumerate(matrix.ids)}
    return [
        (frame.week, a, b, int(matrix.seconds[at[a], at[b]]), int(matrix.metres[at[a], at[b]]))
        for a, b in legs
        if a != b
    ]
