"""Gates: what one enterprise's organs owe, and what may stand together in one of its visits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

MOST_SHAPES = 64
"""Ways of an organ, or of all organs together, to make its visits that are looked at."""


@dataclass(frozen=True)
class Block:
    """What one organ owes equally often in one window.

    Parameters
    ----------
    organ
        Number of the organ, from 0.
    calls
        Visits owed, >= 1.
    work
        (item, minutes) pairs; an item that stands in two blocks is checked once where they meet.
    weeks
        Bit w is set where a visit may stand in week w for it.
    longest
        Most weeks between two visits in a row, 0: any number.
    """

    organ: int
    calls: int
    work: tuple[tuple[int, int], ...]
    weeks: int
    longest: int = 0


@dataclass(frozen=True)
class Gate:
    """What may stand together in one visit of an enterprise.

    Parameters
    ----------
    blocks
        Blocks of all organs.
    width
        Most organs at the gate, >= 1.
    people
        Officers that each organ sends.
    fixed
        Minutes of set-up and travel allowance of each visit.
    apart
        For each block the blocks (bits) that never stand in one visit with it.
    similar
        (numerator, denominator) of the factor within which organs' minutes lie; (0, 1): any.
    """

    blocks: tuple[Block, ...]
    width: int
    people: int
    fixed: int
    apart: tuple[int, ...]
    similar: tuple[int, int] = (0, 1)


@dataclass(frozen=True)
class Part:
    """What an organ checks in some of its visits: blocks as bits, minutes, how many such visits."""

    organ: int
    blocks: int
    minutes: int
    count: int


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set."""
    place = 0
    while mask:
        if mask & 1:
            yield place
        mask >>= 1
        place += 1


class GateSearch:
    """One gate with what is looked up often."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.organs = tuple(sorted({b.organ for b in gate.blocks}))
        self.meets = cache(self._meets)
        self.minutes = cache(self._minutes)
        self.crowd = cache(self._crowd)
        self.price = cache(self._price)

    def _meets(self, mask: int) -> bool:
        """Tell whether some week suits all blocks and none is kept from another."""
        weeks = -1
        for b in bits(mask):
            if self.gate.apart[b] & mask:
                return False
            weeks &= self.gate.blocks[b].weeks
        return weeks != 0

    def _minutes(self, mask: int) -> int:
        """Return the minutes of some blocks of one organ, each item once."""
        return sum(dict(pair for b in bits(mask) for pair in self.gate.blocks[b].work).values())

    def similar(self, shorter: int, longer: int) -> bool:
        """Tell whether two organs' minutes are alike enough for one visit."""
        most, per = self.gate.similar
        return not most or longer * per <= shorter * most

    def matters(self, later: Sequence[Part]) -> int:
        """Return the blocks (bits) that decide where parts still to come may stand."""
        result = 0
        for b, block in enumerate(self.gate.blocks):
            others = [p for p in later if p.organ != block.organ]
            blocks = [c for p in others for c in bits(p.blocks)]
            apart = any(self.gate.apart[b] >> c & 1 for c in blocks)
            weeks = any(self.gate.blocks[c].weeks & ~block.weeks for c in blocks)
            if apart or weeks or len(others) < len(later):
                result |= 1 << b
        return result

    def organs_in(self, mask: int) -> dict[int, int]:
        """Return organ -> its blocks among some."""
        own: dict[int, int] = {}
        for b in bits(mask):
            organ = self.gate.blocks[b].organ
            own[organ] = own.get(organ, 0) | 1 << b
        return own

    def _crowd(self, mask: int) -> tuple[int, int]:
        """Return how many organs stand in a visit, and the minutes of the longest."""
        own = self.organs_in(mask)
        return len(own), max((self.minutes(blocks) for blocks in own.values()), default=0)

    def _price(self, mask: int, part: Part) -> int | None:
        """Return what an organ pays in a visit, None where it may not stand there; longer parts came before."""
        gate, longest = self.gate, part.minutes
        if mask:
            organs, longest = self.crowd(mask)
            if part.organ in self.organs_in(mask) or organs >= gate.width:
                return None
            if not self.similar(part.minutes, longest) or not self.meets(mask | part.blocks):
                return None
        return gate.people * (gate.fixed + longest)

    def least(self, part: Part) -> int:
        """Return the officer-minutes that an organ pays at least in a visit."""
        return self.gate.people * (self.gate.fixed + part.minutes)

    def shapes(self, organ: int) -> list[tuple[Part, ...]]:
        """Return the ways of an organ to make its fewest visits: which blocks stand in how many of them."""
        own = [b for b, block in enumerate(self.gate.blocks) if block.organ == organ]
        sets = [
            mask
            for size in range(len(own), 0, -1)
            for chosen in combinations(own, size)
            if self.meets(mask := sum(1 << b for b in chosen))
        ]
        owed = {b: self.gate.blocks[b].calls for b in own}
        visits = max(owed.values())
        while not (found := list(_covers(sets, owed, visits, MOST_SHAPES))):
            visits += 1
        return [
            tuple(Part(organ, mask, self.minutes(mask), count) for mask, count in cover) for cover in found
        ]


def _covers(
    sets: Sequence[int], owed: dict[int, int], visits: int, most: int
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield the (set, count) choices that check each block exactly as often as owed in so many visits."""
    found = 0
    stack: list[tuple[int, dict[int, int], int, tuple[tuple[int, int], ...]]] = [(0, owed, visits, ())]
    while stack and found < most:
        k, left, free, taken = stack.pop()
        if not any(left.values()):
            if not free:
                found += 1
                yield taken
            continue
        if k == len(sets):
            continue
        room = min(free, *(left[b] for b in bits(sets[k])))
        for count in range(room + 1):
            rest = {b: n - count if sets[k] >> b & 1 else n for b, n in left.items()} if count else left
            stack.append((k + 1, rest, free - count, (*taken, (sets[k], count)) if count else taken))
