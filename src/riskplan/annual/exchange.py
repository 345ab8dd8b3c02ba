"""The exchange test: no unmet red duty fits after taking out at most two visits of lower tiers (S15)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from riskplan.annual.compile import YearModel
from riskplan.annual.explain import CALENDAR, Blocks, Final, Missing, reason_of
from riskplan.annual.lacks import Lack, Lacks, enough, insertion_cost, removal_cost
from riskplan.annual.state import YearState
from riskplan.joint import Content
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]
RED = 0
MOST_OUT = 2
"""Visits that one exchange may take out."""
Swap = tuple[int, int, int, tuple[int, ...]]
"""Number of visits that go, cost [units], week, places of the visits that go."""


def exchange(model: YearModel, state: YearState, rules: Rulebook, final: Final) -> int:
    """Make every exchange that the test asks for, then place what now fits; return how many were made.

    Parameters
    ----------
    model, state, rules, final
        The finished plan; ``state`` and ``final`` are changed. Each exchange leaves one red duty less unmet and makes
        no other red one unmet, so that it ends.
    """
    blocks, made = Blocks(model, state, rules, final), 0
    changed = True
    while changed:
        changed = False
        for gap in [m for m in final.missing if model.instance.rank[m.i] == RED]:
            swap = _best(Lacks(blocks), gap)
            if swap is not None:
                _perform(blocks, gap, swap)
                made, changed = made + 1, True
    if made:
        place_what_fits(blocks)
        final.missing[:] = [reason_of(blocks, m.i, m.content) for m in final.missing]
    return made


def place_what_fits(blocks: Blocks) -> None:
    """Place missing visits that fit now, worst tier first, until none does."""
    final, rank = blocks.final, blocks.model.instance.rank
    for gap in sorted(final.missing, key=lambda m: int(rank[m.i])):
        free = blocks.free(gap.i, gap.content)
        if free.any():
            blocks.insert(gap.i, int(np.argmax(free)), gap.content)
            final.missing.remove(gap)


def _perform(blocks: Blocks, gap: Missing, swap: Swap) -> None:
    """Take the visits out, put the missing one in, and place those taken out again where they fit."""
    visits = Lacks(blocks).visits
    out = [visits[v] for v in swap[3]]
    for visit in out:
        blocks.take_out(*visit)
    blocks.insert(gap.i, swap[2], gap.content)
    blocks.final.missing.remove(gap)
    for i, _, content in sorted(out, key=lambda one: int(blocks.model.instance.rank[one[0]])):
        free = blocks.free(i, content)
        if free.any():
            blocks.insert(i, int(np.argmax(free)), content)
        else:
            blocks.final.missing.append(Missing(i, content, CALENDAR, ""))


def _best(lacks: Lacks, gap: Missing) -> Swap | None:
    """Return the exchange that takes out fewest, then costs least; None where there is none."""
    blocks = lacks.blocks
    rank = blocks.model.instance.rank
    lower = rank[lacks.owner] > rank[gap.i] if len(lacks.owner) else np.zeros(0, dtype=bool)
    found: list[Swap] = []
    for week in open_weeks(blocks, gap.i, gap.content):
        missing = [replace(x, frees=np.where(lower, x.frees, 0)) for x in lacks.of(gap.i, gap.content, week)]
        most = min((s[0] for s in found), default=MOST_OUT)
        out = cheapest_out(lacks, missing, most)
        if out is not None:
            cost = insertion_cost(blocks, gap.i, week, gap.content)
            cost += sum(removal_cost(blocks, lacks.visits[v]) for v in out)
            found.append((len(out), cost, week, out))
    return min(found, default=None)


def open_weeks(blocks: Blocks, i: int, content: Content) -> list[int]:
    """Return the weeks that the calendar and the duty's window leave."""
    closed = blocks.by_limit(i, content)[0][2]
    return [int(w) for w in np.flatnonzero(~closed)]


def cheapest_out(lacks: Lacks, missing: list[Lack], most: int) -> tuple[int, ...] | None:
    """Return at most one or two visits that free all that is lacking, those that are cheapest to leave out."""
    blocks, count = lacks.blocks, len(lacks.visits)
    alone = np.flatnonzero(enough(missing, count)).tolist() if missing else []
    if not missing:
        return ()
    if alone:
        return (min(alone, key=lambda v: (removal_cost(blocks, lacks.visits[v]), v)),)
    return _pair(lacks, missing) if most >= MOST_OUT else None


def _pair(lacks: Lacks, missing: list[Lack]) -> tuple[int, ...] | None:
    """Return the cheapest two visits that together free all that is lacking."""
    frees = np.array([lack.frees for lack in missing])
    amount = np.array([lack.amount for lack in missing])
    helps = np.flatnonzero((frees > 0).any(axis=0))
    first = _useful(frees, amount, helps)
    best: tuple[int, tuple[int, ...]] | None = None
    costs: dict[int, int] = {}
    for a in first:
        both = (frees[:, helps] + frees[:, [a]] >= amount[:, None]).all(axis=0)
        for b in helps[both].tolist():
            if a == b:
                continue
            for v in (a, b):
                if v not in costs:
                    costs[v] = removal_cost(lacks.blocks, lacks.visits[v])
            pair = (costs[a] + costs[b], (min(a, b), max(a, b)))
            best = pair if best is None else min(best, pair)
    return None if best is None else best[1]


def _useful(frees: Ints, amount: Ints, helps: Ints) -> list[int]:
    """Return the visits that free at least half of the scarcest lack: one of any two that do must be among them."""
    if not len(helps):
        return []
    scarcest = int(np.argmin((frees[:, helps] > 0).sum(axis=1)))
    return [int(v) for v in helps if 2 * frees[scarcest, v] >= amount[scarcest]]
