"""Fewest joint visits of one enterprise, exactly: a search over what may stand together at the gate.

Organs come as seldom as their own duties allow, and what an organ owes equally often is checked as a whole (a *block*).
Under these two rules the answer is the least by calls, then by officer-minutes, then by the sum of squares of the organs'
officer-minutes (even load); tests compare it with brute force. All numbers are integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from riskplan.joint.gates import MOST_SHAPES, Gate, GateSearch, Part

MOST_STATES = 2_000
"""States kept after each step; beyond, the cheapest go on and the minutes are no longer proven least."""
NO_END = 1 << 30
NARROW = 60
"""States of the first, narrow search."""
MOST_WHOLE = 300
"""The same where every way is asked for."""
FEW_STATES = 200
"""Up to here equally good ways to a state are kept too."""

WAYS = 4
"""Equally good ways to the same state that are kept."""

Cost = tuple[int, int]
Slots = tuple[int, ...]
_States = dict[tuple[Slots, tuple[int, ...]], tuple[Cost, tuple[Slots, ...]]]


@dataclass(frozen=True)
class Best:
    """Result of the search.

    Parameters
    ----------
    calls
        Least number of visits.
    finals
        (officer-minutes, sum of squares, visits): every way to make these calls that is least for its visits, the best
        first; a visit is a set of blocks (bits).
    proven
        True where officer-minutes and load are proven least.
    bound
        Fewer visits than so many are proven impossible.
    """

    calls: int
    finals: tuple[tuple[int, int, Slots], ...]
    proven: bool
    bound: int


def fewest(gate: Gate, most: int = NO_END) -> Best | None:
    """Return the fewest joint visits and the best ways to make them, None where more than ``most`` are needed.

    Parameters
    ----------
    gate
        Blocks and what may stand together.
    most
        Most visits that are of interest.
    """
    search = GateSearch(gate)
    shapes = [search.shapes(organ) for organ in search.organs]
    calls = least_calls([sum(p.count for p in own[0]) for own in shapes], gate.width)
    bound = 0
    while calls <= most:
        finals, proven = _with_calls(search, shapes, calls, whole=False)
        if finals:
            return Best(calls, finals, proven, bound or calls)
        bound = bound or (0 if proven else calls)
        calls += 1
    return None


def every_way(gate: Gate, calls: int) -> Best | None:
    """Return every way to make a given number of calls, the best first; None without one.

    Parameters
    ----------
    gate
        As for ``fewest``.
    calls
        Visits, none of them empty.
    """
    search = GateSearch(gate)
    shapes = [search.shapes(organ) for organ in search.organs]
    finals, proven = _with_calls(search, shapes, calls, whole=True)
    return Best(calls, finals, proven, calls) if finals else None


def organ_calls(gate: Gate) -> dict[int, int]:
    """Return organ -> the fewest visits that it needs by itself."""
    search = GateSearch(gate)
    return {organ: sum(p.count for p in search.shapes(organ)[0]) for organ in search.organs}


def least_calls(calls: Sequence[int], width: int) -> int:
    """Return the closed lower bound: the organ that comes most often, or all that come through a gate so wide.

    Parameters
    ----------
    calls
        Visits of each organ.
    width
        Most organs in one visit.
    """
    return max(*calls, -(-sum(calls) // width)) if calls else 0


@dataclass
class _Run:
    """How a search goes: every way or the best ones, states kept after each part, officer-minutes that are known."""

    whole: bool
    most: int
    upper: int = NO_END
    proven: bool = True


def _with_calls(
    search: GateSearch, shapes: list[list[tuple[Part, ...]]], calls: int, *, whole: bool
) -> tuple[tuple[tuple[int, int, Slots], ...], bool]:
    """Return the ways to make so many calls, the best first, and whether all of them were looked at.

    Where only the best ones are asked for, a narrow search says what they cost at most; states that must cost more end.
    """
    finals: dict[Slots, Cost] = {}
    run = _Run(whole, MOST_WHOLE if whole else NARROW)
    passes = (run,) if whole else (run, _Run(whole, MOST_STATES))
    for one in passes:
        one.upper = min((m for m, _ in finals.values()), default=NO_END) if one is not run else NO_END
        for k, chosen in enumerate(product(*shapes)):
            one.proven &= k < MOST_SHAPES
            if k == MOST_SHAPES:
                break
            parts = sorted((p for own in chosen for p in own), key=lambda p: (-p.minutes, p.organ, p.blocks))
            _fill(search, parts, calls, finals, one)
        if one.proven:
            break
    return tuple(sorted((m, q, slots) for slots, (m, q) in finals.items())), one.proven


def _fill(search: GateSearch, parts: list[Part], calls: int, finals: dict[Slots, Cost], run: _Run) -> None:
    """Put parts into visits, longest first, and add what comes out.

    The longest part of a visit comes first, so that its minutes are known when it opens and every later part pays them.
    A state is what may still matter of the visits, and what organs in several parts have paid; its cheapest way goes on.
    """
    states: _States = {((), (0,) * len(search.organs)): ((0, 0), ((0,) * calls,))}
    left, matters = sum(p.count for p in parts), -1
    rest = sum(p.count * search.least(p) for p in parts)
    for k, part in enumerate(parts):
        left, rest = left - part.count, rest - part.count * search.least(part)
        last = all(later.organ != part.organ for later in parts[k + 1 :])
        matters, before = -1 if run.whole else search.matters(parts[k + 1 :]), matters
        fresh: _States = {}
        for (_, paid), (cost, ways) in states.items():
            for slots in ways:
                for taken, charge in _places(search, slots, part, before):
                    if cost[0] + charge + rest <= run.upper and taken.count(0) <= left <= _free(
                        search, taken
                    ):
                        own, value = _pay(paid, cost, (part.organ, charge), last)
                        _keep(fresh, (_signature(search, taken, matters), own), value, taken)
        states = _cut(fresh, run)
    for cost, ways in states.values():
        for slots in ways:
            if slots not in finals or cost < finals[slots]:
                finals[slots] = cost


def _cut(fresh: _States, run: _Run) -> _States:
    """Return the states that go on: the cheapest of too many; of many only one way each."""
    if len(fresh) > run.most:
        run.proven = False
        fresh = dict(sorted(fresh.items(), key=lambda pair: (pair[1], pair[0]))[: run.most])
    if len(fresh) <= FEW_STATES:
        return fresh
    return {state: (cost, ways[:1]) for state, (cost, ways) in fresh.items()}


def _keep(states: _States, key: tuple[Slots, tuple[int, ...]], cost: Cost, slots: Slots) -> None:
    old = states.get(key)
    if old is None or cost < old[0]:
        states[key] = (cost, (slots,))
    elif cost == old[0] and len(old[1]) < WAYS and slots not in old[1]:
        states[key] = (cost, (*old[1], slots))


def _signature(search: GateSearch, slots: Slots, matters: int) -> Slots:
    """Return what still matters of some visits: organs, minutes of the longest, and the blocks that decide."""
    if matters == -1:
        return slots
    told = sorted((*search.crowd(mask), mask & matters) for mask in slots)
    return tuple(number for one in told for number in one)


def _pay(
    paid: tuple[int, ...], cost: Cost, dues: tuple[int, int], last: bool
) -> tuple[tuple[int, ...], Cost]:
    """Return what organs have paid and the cost after one more (organ, charge); squares count at an organ's last part."""
    organ, charge = dues
    total = paid[organ] + charge
    kept, square = (0, total * total) if last else (total, 0)
    return (*paid[:organ], kept, *paid[organ + 1 :]), (cost[0] + charge, cost[1] + square)


def _free(search: GateSearch, slots: Slots) -> int:
    return sum(search.gate.width - search.crowd(mask)[0] for mask in slots)


def _places(search: GateSearch, slots: Slots, part: Part, matters: int) -> Iterator[tuple[Slots, int]]:
    """Yield (visits, officer-minutes paid) of every different way to put a part into as many visits as it has."""
    kinds: dict[Slots, list[int]] = {}
    for mask in slots:
        kinds.setdefault(_signature(search, (mask,), matters), []).append(mask)
    fitting = [(own, price) for own in kinds.values() if (price := search.price(own[0], part)) is not None]
    others = [mask for own in kinds.values() if search.price(own[0], part) is None for mask in own]
    for counts in _split(part.count, [len(own) for own, _ in fitting]):
        result, charge = list(others), 0
        for (own, price), count in zip(fitting, counts, strict=True):
            result += [mask | part.blocks for mask in own[:count]] + own[count:]
            charge += count * price
        yield tuple(sorted(result)), charge


def _split(total: int, room: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield the ways to split a number over places with some room each."""
    if not room:
        if not total:
            yield ()
        return
    for first in range(max(0, total - sum(room[1:])), min(total, room[0]) + 1):
        for rest in _split(total - first, room[1:]):
            yield (first, *rest)
