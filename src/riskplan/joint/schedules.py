"""Fewest calls in closed form: departments into slots of limited width, low frequency following high.

With k_d calls owed by department d and at most C departments at the gate, ``n = max(max k_d, ceil(sum k_d / C))``
calls are needed and suffice: give each department, in order of falling k_d, the k_d least loaded slots. Loads then
never differ by more than one, so none exceeds ``ceil(sum k_d / n) <= C`` (McNaughton's wrap-around argument).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

MAX_SCHEDULES = 12
"""Most schedules per enterprise handed to the year plan (contracts, section 8)."""
MAX_PHASES = 4

Slots = tuple[tuple[str, ...], ...]


def fewest_calls(owed: Mapping[str, int], width: int) -> int:
    """Return the least number of joint visits: the proven lower bound, which ``fill_slots`` attains.

    Parameters
    ----------
    owed
        Department -> calls owed, >= 1.
    width
        Most departments at one gate, >= 1.
    """
    if not owed:
        return 0
    return max(*owed.values(), -(-sum(owed.values()) // width))


@cache
def fill_slots(owed: tuple[tuple[str, int], ...], slots: int, phase: int) -> Slots:
    """Return for each slot the departments that come, evenly spread and balanced.

    Parameters
    ----------
    owed
        (department, calls) pairs.
    slots
        Number of joint visits, at least ``fewest_calls``.
    phase
        Shifts where a department with fewer calls than slots begins.
    """
    load = [0] * slots
    table: list[list[str]] = [[] for _ in range(slots)]
    for department, calls in sorted(owed, key=lambda pair: (-pair[1], pair[0])):
        wanted = {int((j * slots + phase) / calls) % slots for j in range(calls)}
        chosen = sorted(range(slots), key=lambda s: (load[s], s not in wanted, (s - phase) % slots))[:calls]
        for s in chosen:
            load[s] += 1
            table[s].append(department)
    return tuple(tuple(sorted(row)) for row in table)


def item_slots(slots: Slots, department: str, calls: int) -> tuple[int, ...]:
    """Return the slots in which an item of a department is checked: ``calls`` of its visits, evenly spread."""
    own = [s for s, row in enumerate(slots) if department in row]
    return tuple(own[int(j * len(own) / calls)] for j in range(calls))


def all_phases(owed: tuple[tuple[str, int], ...], slots: int) -> list[Slots]:
    """Return the different slot tables over all phases, at most ``MAX_PHASES``."""
    return list(dict.fromkeys(fill_slots(owed, slots, phase) for phase in range(min(slots, MAX_PHASES))))


def reductions(visits: Sequence[tuple[str, ...]]) -> list[tuple[int, ...]]:
    """Return which visits stay when one, two, ... all are left out: the emptiest go first, later ones before earlier.

    Parameters
    ----------
    visits
        Items of each visit in order.
    """
    order = sorted(range(len(visits)), key=lambda v: (len(visits[v]), -v))
    return [tuple(sorted(set(range(len(visits))) - set(order[:k]))) for k in range(1, len(visits) + 1)]
