"""Where visits fit under counters: earliest weeks from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Share:
    """What one visit takes of one counter: its room, and its windows by week.

    Parameters
    ----------
    room
        shape (n_windows,), what is left.
    touch
        shape (n_windows, n_weeks).
    weight
        How often a visit counts.
    """

    room: Ints
    touch: Bools
    weight: int = 1

    def blocked(self) -> Bools:
        """Return the weeks in which a visit does not fit, shape (n_weeks,)."""
        full = self.room < self.weight
        return np.logical_or.reduce(self.touch[full], axis=0)


def places(weeks: Bools, gap: int, shares: Sequence[Share], need: int, together: int = 1) -> list[int]:
    """Return the earliest weeks in which visits fit, at most as many as needed.

    Every window meets a run of the allowed weeks and the spacing is one length, so that going from left to right
    and taking what fits gives the most visits, each as early as it can be (an exchange argument: in any other lawful
    set the k-th visit can be moved forward to the k-th place found here).

    Parameters
    ----------
    weeks
        shape (n_weeks,), allowed weeks.
    gap
        Fewest weeks between two visits.
    shares
        Counters that each of the visits takes from.
    need
        Where to stop.
    together
        Most visits in one week (premises of one legal person, departments of one system).
    """
    found: list[int] = []
    shares = [share for share in shares if int(share.room.min()) < need * share.weight]
    rooms = [share.room.copy() for share in shares]
    for w in np.flatnonzero(weeks).tolist():
        if len(found) >= need:
            break
        if found and w - found[-1] < gap:
            continue
        for _ in range(min(together, need - len(found))):
            if not all(
                (room[s.touch[:, w]] >= s.weight).all() for room, s in zip(rooms, shares, strict=True)
            ):
                break
            for room, s in zip(rooms, shares, strict=True):
                room[s.touch[:, w]] -= s.weight
            found.append(w)
    return found
