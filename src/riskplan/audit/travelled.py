"""Travel times that the audit can't compute by itself: those kept with the plan, if they are whole and can be true."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.routes import Point, Roads, great_circle
from riskplan.audit.world import World
from riskplan.plan.io import table_fingerprint
from riskplan.plan.tables import MIDDLE_PLACE, OFFICE_PLACE, TOUR_PLACE
from riskplan.units import SECONDS_PER_MINUTE

FASTEST_KMH = 130.0
"""Nobody travels faster on the ground, whatever a table of classes or of given times says [km/h]."""
SLACK_S = 2
"""Seconds that rounding may take off."""


@dataclass(frozen=True)
class Places:
    """Where the places of kept times lie.

    Parameters
    ----------
    world
        The world.
    """

    world: World

    @cached_property
    def points(self) -> Mapping[str, Point]:
        """Place -> point; enterprises by id, offices as ``depot/<department>``."""
        premises = self.world.premises
        found: dict[str, Point] = dict(
            zip(premises.ids, zip(premises.lon, premises.lat, strict=True), strict=True)
        )
        for department, point in Roads(self.world).depots.items():
            found[OFFICE_PLACE + department] = point
        return {name: point for name, point in found.items() if not any(map(math.isnan, point))}


def check_kept_travel(world: World) -> Outcome:
    """Check that the kept times are those that the manifest names, and that nobody flies."""
    table, findings = world.table("travel"), []
    facts = world.plan.manifest.get("travel")
    stated = str(facts.get("sha256", "")) if isinstance(facts, Mapping) else ""
    if not len(table) and not stated:
        return Outcome(0, ())
    right = table_fingerprint("travel", table)
    if stated != right:
        told = (("stated", stated[:12] or "-"), ("right", right[:12]))
        findings.append(
            Finding("travel-kept", "violation", "travel.csv", "", 1, 0, 1, (), "", "travel-kept", told)
        )
    return Outcome(len(table), (*findings, *_flights(world, table)))


def _flights(world: World, table: pd.DataFrame) -> list[Finding]:
    points, findings = Places(world).points, []
    for week, start, end, seconds in zip(
        *(table[c] for c in ("week", "from_id", "to_id", "seconds")), strict=True
    ):
        if start in points and end in points and start != end:
            need = math.floor(great_circle(points[start], points[end]) * 3.6 / FASTEST_KMH) - SLACK_S
            if seconds < need:
                figures = (int(seconds), need, need - int(seconds))
                evidence = tuple(sorted((start, end)))
                findings.append(
                    Finding("travel-flown", "violation", f"{start}/{end}", week, *figures, evidence)
                )
    return findings


def year_minutes(world: World, township: str) -> float | None:
    """Return the kept travel from the offices to a township [min], None where none is kept.

    Parameters
    ----------
    world, township
        The world; code of the township.
    """
    seconds = Roads(world).kept.get(("", MIDDLE_PLACE, township))
    return None if seconds is None else seconds / SECONDS_PER_MINUTE


def tour_minutes_per_km(world: World) -> float | None:
    """Return what a kilometre as the crow flies costs on a tour by the kept row [min], None where none is kept.

    Parameters
    ----------
    world
        The world.
    """
    seconds = Roads(world).kept.get(("", TOUR_PLACE, TOUR_PLACE))
    return None if seconds is None else seconds / 100 / SECONDS_PER_MINUTE
