"""In which order an enterprise's visits follow each other: even spread, and weeks that keep spacing and longest intervals.

Visits of weeks t_1 < t_2 < ... keep ``t_(s+1) >= t_s + gap`` and, for two visits in a row that carry a block,
``t_b <= t_a + longest``; each week is one of a set. Such constraints are closed under taking the earlier of two answers
visit by visit, so going forward from the earliest weeks until nothing changes decides exactly whether weeks exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from riskplan.joint.fewest import Slots
from riskplan.joint.gates import Block, bits


@dataclass(frozen=True)
class Year:
    """When an enterprise may be visited.

    Parameters
    ----------
    open
        Bit w is set where week w has an open day.
    gap
        Fewest weeks between two visits, >= 1.
    weeks
        Number of weeks.
    """

    open: int
    gap: int
    weeks: int


def weeks_of(
    order: Sequence[int], blocks: Sequence[Block], year: Year, slack: int = 0
) -> tuple[int, ...] | None:
    """Return the earliest weeks that keep spacing, windows and longest intervals, None where there are none.

    Parameters
    ----------
    order
        Visits as sets of blocks (bits), in order of time.
    blocks
        All blocks.
    year
        Open weeks and spacing.
    slack
        Weeks added to every longest interval.
    """
    masks = [_mask(visit, blocks, year) for visit in order]
    ties = _ties(order, blocks)
    weeks = [0] * len(order)
    moved = True
    while moved:
        moved = False
        for s, mask in enumerate(masks):
            lowest = weeks[s - 1] + year.gap if s else 0
            lowest = max([lowest, weeks[s], *(weeks[b] - most - slack for a, b, most in ties if a == s)])
            free = mask >> lowest
            if not free:
                return None
            week = lowest + (free & -free).bit_length() - 1
            if week != weeks[s]:
                weeks[s], moved = week, True
    return tuple(weeks)


def _mask(visit: int, blocks: Sequence[Block], year: Year) -> int:
    mask = year.open
    for b in bits(visit):
        mask &= blocks[b].weeks
    return mask


def _ties(order: Sequence[int], blocks: Sequence[Block]) -> list[tuple[int, int, int]]:
    """Return (visit, next visit that carries the block, most weeks between them)."""
    return [
        (a, b, block.longest)
        for k, block in enumerate(blocks)
        if block.longest
        for a, b in pairwise([s for s, visit in enumerate(order) if visit >> k & 1])
    ]


def least_slack(order: Sequence[int], blocks: Sequence[Block], year: Year, start: int) -> int:
    """Return how many weeks longer longest intervals have to be for an order to have weeks, counting up from ``start``.

    Parameters
    ----------
    order, blocks, year
        As for ``weeks_of``.
    start
        Where to begin.
    """
    slack = start
    while slack < year.weeks and weeks_of(order, blocks, year, slack) is None:
        slack += 1
    return slack


def most_visits(year: Year) -> int:
    """Return how many visits fit into the open weeks with the spacing: the earliest first."""
    count, week, free = 0, 0, year.open
    while free:
        skip = (free & -free).bit_length() - 1
        count, week = count + 1, week + skip + year.gap
        free = year.open >> week
    return count


def lawful_orders(
    visits: Slots, blocks: Sequence[Block], year: Year, most: int, slack: int = 0
) -> list[Slots]:
    """Return orders of some visits that keep windows, spacing and longest intervals, the most even first.

    Parameters
    ----------
    visits
        Visits as sets of blocks (bits).
    blocks, year, slack
        As for ``weeks_of``.
    most
        Most orders to return; with each visit as the first one so many are looked at.

    Notes
    -----
    The search is complete: without an order in the result there is none. What has waited longest goes on first, so that
    even orders come early; a block that would come back too late, counting the spacing between all visits, ends a branch.
    """
    free = len(visits)
    steps = [(b.longest + slack) // year.gap if b.longest and b.calls > 1 else free for b in blocks]
    if not all(steps) or most_visits(year) < free:
        return []
    found: list[Slots] = []
    for first in sorted(set(visits)):
        walk = _Walk(blocks, steps, tuple(visits), year, slack)
        found += islice(walk.after((first,)), most)
    return sorted(found, key=lambda order: (unevenness(order, blocks), order))[:most]


@dataclass(frozen=True)
class _Walk:
    """Goes through the orders of some visits that have weeks; a beginning without weeks ends its branch."""

    blocks: Sequence[Block]
    steps: Sequence[int]
    visits: Slots
    year: Year
    slack: int

    def after(self, order: Slots) -> Iterator[Slots]:
        """Yield the orders that begin in a way."""
        if weeks_of(order, self.blocks, self.year, self.slack) is None:
            return
        if len(order) == len(self.visits):
            yield order
            return
        left = list(self.visits)
        for visit in order:
            left.remove(visit)
        late, urgent = self._late(order, left)
        if late:
            return
        kinds = [kind for kind in sorted(set(left)) if kind & urgent == urgent]
        for kind in sorted(kinds, key=lambda kind: -self._waited(order, kind)):
            yield from self.after((*order, kind))

    def _late(self, order: Slots, left: list[int]) -> tuple[bool, int]:
        """Return whether a block comes back too late already, and which (bits) have to come next."""
        urgent = 0
        for b, most in enumerate(self.steps):
            if most >= len(self.visits) or not any(visit >> b & 1 for visit in left):
                continue
            since = next((j for j, visit in enumerate(reversed(order), start=1) if visit >> b & 1), 0)
            if since > most:
                return True, 0
            if since == most:
                urgent |= 1 << b
        return most_needed(urgent, left), urgent

    def _waited(self, order: Slots, kind: int) -> int:
        """Return how overdue a visit's blocks are: steps since each was last carried times its calls, less the length."""
        total = 0
        for b in bits(kind):
            since = next(
                (j for j, visit in enumerate(reversed(order), start=1) if visit >> b & 1), len(order) + 1
            )
            total += since * self.blocks[b].calls - len(self.visits)
        return total


def most_needed(urgent: int, left: Sequence[int]) -> bool:
    """Tell whether no visit that is left carries all blocks that have to come next."""
    return bool(urgent) and not any(visit & urgent == urgent for visit in left)


def unevenness(order: Sequence[int], blocks: Sequence[Block]) -> int:
    """Return how unevenly blocks come back, 0 where all steps of each are alike.

    Parameters
    ----------
    order, blocks
        As for ``weeks_of``.

    Notes
    -----
    The sum over blocks of the squared deviation of steps between visits, round the year's end too.
    """
    n, total = len(order), 0
    for k in range(len(blocks)):
        at = [s for s, visit in enumerate(order) if visit >> k & 1]
        if 1 < len(at) < n:
            total += sum(((b - a) * len(at) - n) ** 2 for a, b in pairwise([*at, at[0] + n]))
    return total
