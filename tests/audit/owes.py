"""What a county owes as the audit derives it, in brief."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from audit.county import County, county
from riskplan.audit.world import World
from riskplan.plan.tables import Plan, normalise


class Owes(NamedTuple):
    """Visits owed and longest interval [days] of one duty."""

    visits: int
    longest: int


def world(made: County) -> World:
    """Return the world of a county as far as what is owed and credited goes: of its plan only scores matter."""
    scores = normalise("scores", pd.DataFrame(made.scores))
    return World(made.case, made.rules, Plan({"scores": scores}, made.manifest))


def owed(made: County, enterprise: str, item: str) -> dict[str, Owes]:
    """Return cause -> what an enterprise owes of an item."""
    known = world(made)
    duties = known.owed.of(known.premises.index[enterprise])
    return {d.cause: Owes(d.visits, d.longest_interval) for d in duties if d.item == item}


def at(as_of: str) -> County:
    """Return the county on another day."""
    made = county()
    made.case = replace(made.case, as_of=dt.date.fromisoformat(as_of))
    return made


def licence(made: County, expires: str, **fields: object) -> County:
    """Give E3 a licence that needs a1, and an item off site."""
    row = {"licence_id": "L1", "enterprise_id": "E3", "items": ("a1", "a9"), "expires_on": expires}
    made.rows("licences", {**row, **fields})
    return made


def duties(made: County) -> dict[str, dict[str, Owes]]:
    """Return enterprise -> item -> duty; each item has one cause in these counties."""
    known = world(made)
    return {
        known.premises.ids[e]: {d.item: Owes(d.visits, d.longest_interval) for d in own}
        for e, own in known.owed.duties.items()
    }
