"""The joint visits of one kind of enterprise: least calls in an order that keeps windows, spacing and longest intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

from riskplan.joint.fewest import Best, Slots, every_way, fewest, least_calls, organ_calls
from riskplan.joint.gates import Gate
from riskplan.joint.orders import Year, lawful_orders, least_slack, unevenness

MORE_CALLS = 2
"""Calls above the fewest that are tried for longest intervals to hold."""
MOST_WAYS = 400
"""Ways to make the calls whose orders are looked at."""
FEW_WAYS = 12
"""Equally good ways that are enough once an order is found."""

ORGAN, GATE, SIMILAR, APART, INTERVAL = "organ", "gate", "similar", "apart", "interval"
"""Why it cannot be fewer calls."""


@dataclass(frozen=True)
class Calls:
    """Joint visits of an enterprise, as sets of blocks (bits).

    Parameters
    ----------
    orders
        Orders of time that were found, the best first; all of them carry every block as often as owed.
    bound
        Proven least number of visits.
    reason
        Why it is not fewer.
    organ
        For ``ORGAN`` the organ that comes so often, else -1.
    proven
        True where officer-minutes and even load are proven least too.
    alike
        False where organs' minutes had to differ by more than the factor, since the caps leave no room.
    lacking
        Weeks by which longest intervals cannot be held, 0: they are.
    """

    orders: tuple[Slots, ...]
    bound: int
    reason: str
    organ: int = -1
    proven: bool = True
    alike: bool = True
    lacking: int = 0

    @property
    def calls(self) -> int:
        """Number of visits."""
        return len(self.orders[0])


def joint_calls(gate: Gate, year: Year, most: int, wanted: int) -> Calls | None:
    """Return the least calls of an enterprise, None where it takes more than ``most`` or no weeks suit.

    Parameters
    ----------
    gate
        Blocks and what may stand together.
    year
        Open weeks and spacing.
    most
        Most visits that caps and calendar leave.
    wanted
        Most orders to return, >= 1.
    """
    best, alike = fewest(gate, most), True
    if best is None and gate.similar[0]:
        gate, alike = replace(gate, similar=(0, 1)), False
        best = fewest(gate, most)
    if best is None:
        return None
    found = _in_time(gate, year, best, wanted) or _all_in_time(gate, year, best, (most, wanted))
    return replace(found, alike=alike) if found else None


def _in_time(gate: Gate, year: Year, best: Best, wanted: int) -> Calls | None:
    """Return the orders of the cheapest ways that longest intervals allow, None without one."""
    cheapest = best.finals[0][:2]
    ways = [slots for minutes, load, slots in best.finals if (minutes, load) == cheapest]
    found: list[tuple[int, Slots]] = []
    for k, slots in enumerate(ways[:MOST_WAYS]):
        lawful = lawful_orders(slots, gate.blocks, year, wanted)
        found += [(unevenness(order, gate.blocks), order) for order in lawful]
        if found and k >= FEW_WAYS:
            break
    if not found:
        return None
    chosen = tuple(order for _, order in sorted(found)[:wanted])
    reason, organ = _reason(gate, best.calls)
    return Calls(chosen, best.bound, reason, organ, best.proven)


def _all_in_time(gate: Gate, year: Year, best: Best, limits: tuple[int, int]) -> Calls | None:
    """Return the cheapest calls over all ways, then more calls, that keep longest intervals; else the least short of it."""
    most, wanted = limits
    least, fit = best.calls, 1 + (year.weeks - 1) // year.gap
    if any(0 < b.longest < year.gap and b.calls > 1 for b in gate.blocks):
        return _least_short(gate, year, best, wanted)
    for calls in range(least, min(most, fit, least + MORE_CALLS) + 1):
        every = every_way(gate, calls)
        for k, way in enumerate(every.finals[:MOST_WAYS] if every else ()):
            found = _in_time(gate, year, Best(calls, (way,), True, best.bound), wanted)
            if found is None:
                continue
            proven = every is not None and every.proven and k < MOST_WAYS
            if calls == least:
                return replace(found, proven=proven)
            return replace(
                found, bound=calls if proven else best.bound, reason=INTERVAL, organ=-1, proven=proven
            )
    return _least_short(gate, year, best, wanted)


def _least_short(gate: Gate, year: Year, best: Best, wanted: int) -> Calls | None:
    """Return the cheapest of the ways whose longest intervals are missed by the fewest weeks."""
    blocks = [b for b in gate.blocks if b.longest and b.calls > 1]
    steps = {
        step * year.gap - b.longest
        for b in blocks
        for step in range(1, best.calls)
        if step * year.gap > b.longest
    }
    before = 0
    for slack in sorted({*steps, year.weeks}):
        for minutes, load, slots in best.finals[:MOST_WAYS]:
            found = lawful_orders(slots, gate.blocks, year, wanted, slack)
            if found:
                reason, organ = _reason(gate, best.calls)
                short = least_slack(found[0], gate.blocks, year, before + 1)
                proven = best.proven and (minutes, load) == best.finals[0][:2]
                return Calls((found[0],), best.bound, reason, organ, proven, lacking=short)
        before = slack
    return None


def _reason(gate: Gate, calls: int) -> tuple[str, int]:
    """Return why it cannot be fewer calls."""
    alone = organ_calls(gate)
    often = max(sorted(alone), key=lambda organ: alone[organ])
    if alone[often] == calls:
        return ORGAN, often
    if least_calls(list(alone.values()), gate.width) == calls:
        return GATE, -1
    free = fewest(replace(gate, similar=(0, 1)), calls - 1) if gate.similar[0] else None
    return (SIMILAR if free is not None else APART), -1
