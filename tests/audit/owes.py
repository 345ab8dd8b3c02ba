"""What a county owes as the audit derives it, in brief."""

from __future__ import annotations

from typing import NamedTuple

from audit.county import County
from riskplan.audit.world import World


class Owes(NamedTuple):
    """Visits owed and longest interval [days] of one duty."""

    visits: int
    longest: int


def duties(made: County) -> dict[str, dict[str, Owes]]:
    """Return enterprise -> item -> duty; each item has one cause in these counties."""
    world = World(made.case, made.rules, made.plan())
    return {
        world.premises.ids[e]: {d.item: Owes(d.visits, d.longest_interval) for d in own}
        for e, own in world.owed.duties.items()
    }
