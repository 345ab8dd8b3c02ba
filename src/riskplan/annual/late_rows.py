"""Which items wait longer than they may in a finished plan, and why: rows of ``conflicts.csv`` (S14, S16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.annual.explain import CALENDAR, Blocks
from riskplan.annual.lateness import SUNDAY, Span, Wait
from riskplan.case.tables import Case
from riskplan.joint.blocks import Catalogue
from riskplan.joint.register import NO_BASIS, Register
from riskplan.plan.tables import LATE, normalise
from riskplan.units import DAYS_PER_WEEK

Bools = npt.NDArray[np.bool_]
DEARER = "objective"
"""Reason where a week in time is free: the plan would cost more."""
HISTORY = "history"
"""Reason where the wait was too long before the horizon begins."""


@dataclass(frozen=True)
class LateWait:
    """Items of one enterprise that wait too long.

    Parameters
    ----------
    i, items
        Enterprise and items.
    longest, days
        Longest interval, and the days that may pass in the plan.
    visit
        Place of the visit that would have to stand elsewhere: the one that ends the wait, at the end of the horizon the one
        that begins it; -1: no visit carries the items.
    weeks
        shape (n_weeks,), where it would be in time.
    before
        True where it was too late before the horizon begins.
    """

    i: int
    items: tuple[str, ...]
    longest: int
    days: int
    visit: int
    weeks: Bools
    before: bool = False


def late_waits(blocks: Blocks) -> Iterator[LateWait]:
    """Yield every wait of a final plan that is longer than it may be, by enterprise, item and time.

    Parameters
    ----------
    blocks
        The final plan.
    """
    model = blocks.model
    for i, visits in enumerate(blocks.final.visits):
        for wait in model.waits[i].own:
            by_carriers: dict[tuple[int, ...], list[str]] = {}
            for item in wait.items:
                own = tuple(j for j, (_, content) in enumerate(visits) if item in content.items)
                by_carriers.setdefault(own, []).append(item)
            for own, items in by_carriers.items():
                at = [(j, visits[j][0]) for j in own]
                for days, visit, weeks in _too_long(wait, at, model.span):
                    before = wait.due is not None and wait.due < 0 and not weeks.any()
                    yield LateWait(i, tuple(items), wait.longest, days, visit, weeks, before)


def _too_long(wait: Wait, at: Sequence[tuple[int, int]], span: Span) -> Iterator[tuple[int, int, Bools]]:
    """Yield (days, visit, weeks in time) of the waits between visits at (place, week) that are too long."""
    monday, longest = span.monday, wait.longest
    if wait.due is not None:
        seen = wait.due - longest
        ends = int(monday[at[0][1]]) + SUNDAY if at else span.last
        if ends > wait.due:
            yield ends - seen, at[0][0] if at else -1, monday + SUNDAY <= wait.due
    for (_, before), (j, after) in pairwise(at):
        days = DAYS_PER_WEEK * (after - before) + SUNDAY
        if days > longest:
            in_time = (monday + SUNDAY <= monday[before] + longest) & (monday > monday[before])
            yield days, j, in_time
    if at and span.last - int(monday[at[-1][1]]) > longest:
        yield span.last - int(monday[at[-1][1]]), at[-1][0], monday + longest >= span.last


def late_reason(blocks: Blocks, late: LateWait) -> str:
    """Return the limit that keeps a visit from being in time, ``HISTORY`` or ``DEARER`` where none does.

    Parameters
    ----------
    blocks
        The final plan; it is the same afterwards.
    late
        What waits.
    """
    i = late.i
    if late.before:
        return HISTORY
    if late.visit < 0:
        left_out = [
            m.limit_id for m in blocks.final.missing if m.i == i and set(m.content.items) & set(late.items)
        ]
        return left_out[0] if left_out else CALENDAR
    own = blocks.final.visits[i]
    week, content = own[late.visit]
    blocks.charge(i, week, content, -1)
    blocks.final.visits[i] = own[: late.visit] + own[late.visit + 1 :]
    found = blocks.by_limit(i, content)
    blocks.charge(i, week, content)
    blocks.final.visits[i] = own
    return main_limit(found, late.weeks)


def main_limit(found: Sequence[tuple[str, str, Bools]], weeks: Bools) -> str:
    """Return the limit that blocks most of some weeks; if equal, the first by id.

    Parameters
    ----------
    found
        (limit, scope, blocked weeks); the calendar comes first.
    weeks
        shape (n_weeks,), which weeks are asked.
    """
    asked = weeks & ~found[0][2]
    if not asked.any():
        return CALENDAR
    free, count = asked.copy(), Counter[str]()
    for name, _, blocked in found[1:]:
        free &= ~blocked
        count[name] = max(count[name], int((blocked & asked).sum()))
    return DEARER if free.any() else min(count, key=lambda name: (-count[name], name))


def late_rows(case: Case, blocks: Blocks, duties: pd.DataFrame) -> pd.DataFrame:
    """Return a row of ``conflicts`` for every late wait of a final plan.

    Parameters
    ----------
    case
        Names of the enterprises.
    blocks
        The final plan.
    duties
        Plan table ``duties``: bases.
    """
    register = Register(blocks.rules, Catalogue.of(case, blocks.rules))
    grounds = {
        (e, i): b for e, i, b in zip(duties["enterprise_id"], duties["item_id"], duties["basis"], strict=True)
    }
    names, rows = case.enterprises["enterprise_id"], []
    for late in late_waits(blocks):
        name, limit = names.iat[blocks.model.merged[late.i].e], late_reason(blocks, late)
        bases = dict.fromkeys(grounds.get((name, item), "") for item in late.items)
        rows.append({
            "enterprise_id": name,
            "items": late.items,
            "kind": LATE,
            "owed": late.longest,
            "possible": late.days,
            "undone": late.days - late.longest,
            "tier": blocks.model.tiers[late.i],
            "limit_ids": (limit,),
            "bases": (register.basis(limit) or NO_BASIS,),
            "wins": limit,
            "basis": "; ".join(b for b in bases if b),
        })
    columns = None if rows else ["enterprise_id", "items"]
    return normalise("conflicts", pd.DataFrame(rows, columns=columns))
