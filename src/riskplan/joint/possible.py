"""What of an enterprise's duties limits allow at all; what gives way, and what is left undone (S14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from riskplan.joint.blocks import Blocks, Duty, mask_of
from riskplan.joint.budget import GATE, possible_calls
from riskplan.joint.calls import Calls
from riskplan.joint.orders import Year, weeks_of
from riskplan.joint.register import CAPACITY, FLOOR, NO_CREW, Clash
from riskplan.plan.tables import INTERVAL
from riskplan.units import DAYS_PER_WEEK

if TYPE_CHECKING:
    from riskplan.joint.enterprise import Kind, Merger

Reasons = Mapping[int, tuple[str, ...]]
"""Block -> limits that lowered it."""


def possible_duties(merger: Merger, e: int, kind: Kind) -> tuple[Kind, list[Clash]]:
    """Return what of an enterprise's duties each limit by itself allows, and a clash for all that is lowered.

    Parameters
    ----------
    merger
        Limits.
    e
        Index of the enterprise.
    kind
        What it owes.
    """
    kind, clashes = _in_their_windows(merger, e, kind)
    if not kind.duties:
        return kind, clashes
    allowed, why = possible_calls(merger.budget, e, kind.alone, merger.width(e), kind.work)
    blocks = kind.blocks
    calls = [min(b.calls, allowed[blocks.organs[b.organ]]) for b in blocks.blocks]
    if calls == [b.calls for b in blocks.blocks]:
        return kind, clashes
    reasons = {k: why.get(blocks.organs[b.organ], ()) for k, b in enumerate(blocks.blocks)}
    lowered, more = _fitted(merger, kind, calls, (allowed, reasons))
    return lowered, [*clashes, *more]


def _in_their_windows(merger: Merger, e: int, kind: Kind) -> tuple[Kind, list[Clash]]:
    """Lower what departments without a crew owe, and what windows leave no room for; that must not crowd out others."""
    blocks = kind.blocks
    calls = [b.calls for b in blocks.blocks]
    reasons: dict[int, tuple[str, ...]] = dict.fromkeys(range(len(calls)), ())
    for k, block in enumerate(blocks.blocks):
        organ = blocks.organs[block.organ]
        if organ in merger.idle:
            calls[k], reasons[k] = 0, (NO_CREW,)
        elif block.weeks != merger.desk.every_week:
            within = mask_of(block.weeks, len(merger.lawful.weeks))
            calls[k], reasons[k] = merger.lawful.most(e, (organ,), block.calls, within)
    if calls == [b.calls for b in blocks.blocks]:
        return kind, []
    return merger.kind_of(_with_calls(blocks, calls)), _clashes(blocks, calls, reasons)


def _fitted(
    merger: Merger, kind: Kind, calls: list[int], limits: tuple[Mapping[str, int], Reasons]
) -> tuple[Kind, list[Clash]]:
    """Lower blocks until each organ needs no more visits than it has: those with fewest calls and least work first."""
    allowed, reasons = limits
    lowered = merger.kind_of(_with_calls(kind.blocks, calls))
    while over := [d for d in lowered.alone if lowered.alone[d] > allowed[d]]:
        organ = kind.blocks.organs.index(over[0])
        own = [k for k, b in enumerate(kind.blocks.blocks) if b.organ == organ and calls[k]]
        calls[min(own, key=lambda k: (calls[k], sum(m for _, m in kind.blocks.blocks[k].work), k))] -= 1
        lowered = merger.kind_of(_with_calls(kind.blocks, calls))
    return lowered, _clashes(kind.blocks, calls, reasons)


def _with_calls(blocks: Blocks, calls: Sequence[int]) -> tuple[Duty, ...]:
    """Return the duties of blocks that are made less often."""
    pairs = zip(blocks.duties, calls, strict=True)
    return tuple(replace(d, visits=n) for duties, n in pairs if n for d in duties)


def _clashes(blocks: Blocks, calls: Sequence[int], reasons: Reasons) -> list[Clash]:
    return [
        Clash(
            blocks.duties[k],
            block.calls,
            calls[k],
            reasons[k],
            CAPACITY if reasons[k] == (NO_CREW,) else FLOOR,
        )
        for k, block in enumerate(blocks.blocks)
        if calls[k] < block.calls
    ]


def one_call_less(merger: Merger, e: int, kind: Kind) -> tuple[Kind, list[Clash]]:
    """Take one call from the organ that comes most often, of equal ones from the one with least to check.

    Parameters
    ----------
    merger, e, kind
        As for ``possible_duties``; together its duties need more visits than limits allow.
    """
    blocks = kind.blocks
    names = range(len(blocks.organs))
    organ = min(names, key=lambda o: (-kind.alone[blocks.organs[o]], kind.work[blocks.organs[o]], o))
    often = kind.alone[blocks.organs[organ]] - 1
    calls = [min(b.calls, often) if b.organ == organ else b.calls for b in blocks.blocks]
    most = merger.lawful.room(e, tuple(kind.alone), sum(kind.alone.values()))
    _, limits = merger.lawful.most(e, tuple(kind.alone), most + 1)
    reasons = dict.fromkeys(range(len(calls)), (*limits, GATE))
    return _fitted(merger, kind, calls, ({**kind.alone, blocks.organs[organ]: often}, reasons))


def interval_clashes(blocks: Blocks, found: Calls, year: Year, limit_ids: tuple[str, ...]) -> list[Clash]:
    """Return the duties whose longest interval no order of the visits keeps.

    Parameters
    ----------
    blocks
        Blocks of the enterprise.
    found
        Its visits, ``lacking`` weeks.
    year
        Open weeks and spacing.
    limit_ids
        What keeps the visits apart.
    """
    order = found.orders[0]
    weeks = weeks_of(order, blocks.blocks, year, found.lacking) or ()
    clashes = []
    for k, duties in enumerate(blocks.duties):
        at = [week for week, visit in zip(weeks, order, strict=True) if visit >> k & 1]
        wait = max((b - a for a, b in pairwise(at)), default=0) * DAYS_PER_WEEK + DAYS_PER_WEEK - 1
        for days in sorted({d.longest_days for d in duties if 0 < d.longest_days < wait and len(at) > 1}):
            own = tuple(d for d in duties if d.longest_days == days)
            clashes.append(Clash(own, days, wait, limit_ids, INTERVAL))
    return clashes
