"""All routes of a week as columns: what a linear programme over them proves, and what they cost.

``min sum c x`` over sets of visits x classes of team-days, every visit made once or dropped, no class used more often than
it has team-days, caps kept: its linear relaxation is solved by column generation over the listed sets (GLOP), sharpened by
subset-row cuts. Any duals prove a bound; here they are rounded to 1/SCALE and the bound is summed in integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from riskplan.weekly.arrays import Ints, WeekArrays, is_metric
from riskplan.weekly.chains import longest_route, possible_pairs, profiles
from riskplan.weekly.column_kernels import FULL, enumerate_sets, pairs_together, triples_together

SCALE = 1024
"""Parts of a second in which duals are counted."""
MOST_CLASSES, LONGEST, MOST_SETS = 62, 6, 2_500_000
"""Classes in one bit set; stops of a route, and sets, beyond which nothing is listed."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Sets of visits that team-days can make; N sets, K classes.

    Parameters
    ----------
    stops, size, cost, classes
        Cheapest order (N, P), length (N,), cost in 1/SCALE s, opening included (N,), bits of classes (N,).
    class_of
        shape (R,), class of each team-day: those of one class may make the same sets at the same cost.
    """

    stops: Ints
    size: Ints
    cost: Ints
    classes: Ints
    class_of: Ints

    @property
    def arrays(self) -> tuple[Ints, Ints, Ints, Ints]:
        """What kernels read."""
        return self.stops, self.size, self.cost, self.classes

    def kept(self, which: npt.NDArray[np.bool_]) -> Columns:
        """Return some of the sets."""
        return Columns(
            self.stops[which], self.size[which], self.cost[which], self.classes[which], self.class_of
        )


def classes_of(week: WeekArrays, pairs: npt.NDArray[np.bool_]) -> Ints:
    """Return the class of each team-day, shape (R,): same profile, same visits, and same day where there are caps."""
    day = week.day if len(week.room) else np.zeros_like(week.day)
    rows = np.concatenate([profiles(week)[None], day[None], pairs.astype(np.int64)])
    return np.unique(rows, axis=1, return_inverse=True)[1].ravel().astype(np.int64)


def list_columns(week: WeekArrays, most: int = MOST_SETS) -> Columns | None:
    """Return every set of visits that some team-day can make; None where there are too many to list, or it can't be done.

    Parameters
    ----------
    week
        Week. Driving times that aren't metric, routes of more than ``LONGEST`` stops, and many kinds of team-days are not
        listed.
    most
        Most sets.
    """
    longest = longest_route(week)
    if not week.visits or not week.team_days or longest > LONGEST or not is_metric(week.drive):
        return None
    pairs = possible_pairs(week)
    class_of, profile = classes_of(week, pairs), profiles(week)
    if class_of.max() >= MOST_CLASSES:
        return None
    parts = []
    for p in range(profile.max() + 1):
        team = int(np.flatnonzero(profile == p)[0])
        bits = np.zeros(week.visits, dtype=np.int64)
        for r in np.flatnonzero(profile == p):
            bits[pairs[:, r]] |= 1 << class_of[r]
        part = _list_profile(week, team, bits, longest, most)
        if part is None:
            return None
        parts.append(part)
        most -= len(part[1])
    stops, size, cost, classes = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Columns(stops, size, cost, classes, class_of)


def _list_profile(
    week: WeekArrays, team: int, bits: Ints, longest: int, most: int
) -> tuple[Any, Any, Any, Any] | None:
    """Return the sets of one profile, costs scaled."""
    scratch = np.zeros((9, longest + 2), dtype=np.int64)
    together = np.zeros((week.visits, week.visits), dtype=np.bool_)
    triples = np.zeros((week.visits, week.visits, week.visits), dtype=np.bool_)
    pairs_together(week, team, bits, scratch, together)
    triples_together(week, team, bits, together, scratch, triples)
    found = (
        np.empty((most, longest), dtype=np.int16), np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64),
    )  # fmt: skip
    count = enumerate_sets(week, team, bits, (together, triples), scratch, found)
    if count == FULL:
        return None
    stops, size, cost, classes = (column[:count].copy() for column in found)
    return stops, size, SCALE * (cost + int(week.opening[team])), classes
