"""Why each missing visit is missing: every week's main limit, the nearest week, the best exchange, advice (S10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.exchange import open_weeks
from riskplan.annual.explain import CALENDAR, CREWS_WEEK, MINUTES_MONTH, MINUTES_WEEK, Blocks, Missing
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.annual.lacks import Lack, Lacks, enough, insertion_cost, penalty, removal_cost
from riskplan.joint import Content

Bools = npt.NDArray[np.bool_]
FORMULA = (MINUTES_WEEK, MINUTES_MONTH, CREWS_WEEK)
NOBODY = "-"
"""Stands for no scope in an advice."""
MOST_MOVES = 8
"""Exchanges whose visit is also tried in other weeks."""


@dataclass(frozen=True)
class Explanation:
    """What is said about one missing visit, as columns of ``unplanned``.

    Parameters
    ----------
    weeks_by_limit
        ``limit:weeks``, most weeks first; every week of the horizon counts once.
    nearest_week, nearest_limits
        Week with the least lack, and ``limit:scope:amount`` for everything that it lacks.
    exchange_visit, exchange_week, exchange_to, exchange_cost
        (enterprise, week, content) that would go; the week that the missing visit takes; where the other would move, ""
        where it goes; cost [hazard-days]. None where no single exchange is found.
    advice
        Key of the catalogue and what stands in it.
    """

    weeks_by_limit: tuple[str, ...]
    nearest_week: str
    nearest_limits: tuple[str, ...]
    exchange_visit: tuple[int, int, Content] | None
    exchange_week: str
    exchange_to: str
    exchange_cost: float
    advice: tuple[str, ...]


def explanations(blocks: Blocks) -> list[Explanation]:
    """Return what is said about every missing visit of the final plan, in the order of ``final.missing``.

    Parameters
    ----------
    blocks
        The final plan; it is the same afterwards.
    """
    lacks = Lacks(blocks)
    known: dict[tuple[int, Content], Explanation] = {}
    for gap in blocks.final.missing:
        if (gap.i, gap.content) not in known:
            known[gap.i, gap.content] = _explain(lacks, gap)
    return [known[gap.i, gap.content] for gap in blocks.final.missing]


def _explain(lacks: Lacks, gap: Missing) -> Explanation:
    labels = lacks.blocks.model.weeks.labels
    counts = weeks_by_limit(lacks.blocks, gap.i, gap.content)
    by_week = {w: lacks.of(gap.i, gap.content, w) for w in open_weeks(lacks.blocks, gap.i, gap.content)}
    week, needs = nearest(by_week)
    swap = _exchange(lacks, gap, by_week)
    return Explanation(
        weeks_by_limit=tuple(f"{name}:{count}" for name, count in counts),
        nearest_week="" if week is None else labels[week],
        nearest_limits=tuple(f"{x.limit_id}:{x.scope_key}:{x.amount}" for x in needs),
        exchange_visit=None if swap is None else lacks.visits[swap[2]],
        exchange_week="" if swap is None else labels[swap[1]],
        exchange_to="" if swap is None or swap[3] < 0 else labels[swap[3]],
        exchange_cost=0.0 if swap is None else round(swap[0] / UNITS_PER_HAZARD_DAY, 3),
        advice=_advice(lacks.blocks, week, needs),
    )


def weeks_by_limit(blocks: Blocks, i: int, content: Content) -> list[tuple[str, int]]:
    """Return (limit, weeks) over all weeks of the horizon: of the limits that block a week the most frequent one.

    Parameters
    ----------
    blocks, i, content
        The final plan and the missing visit.
    """
    found = blocks.by_limit(i, content)
    closed, by_limit = found[0][2], dict[str, Bools]()
    for name, _, mask in found[1:]:
        by_limit[name] = by_limit.get(name, np.zeros(len(mask), dtype=bool)) | (mask & ~closed)
    left, counts = ~closed, Counter({CALENDAR: int(closed.sum())})
    for name in sorted(by_limit, key=lambda n: (-int(by_limit[n].sum()), n in FORMULA, n)):
        counts[name] += int((by_limit[name] & left).sum())
        left = left & ~by_limit[name]
    return sorted(((n, c) for n, c in counts.items() if c), key=lambda pair: (-pair[1], pair[0]))


def nearest(by_week: dict[int, list[Lack]]) -> tuple[int | None, list[Lack]]:
    """Return the week with the fewest lacking limits, then the least lack in visits, then the first; and its lacks.

    Parameters
    ----------
    by_week
        Open week -> everything that it lacks.
    """
    if not by_week:
        return None, []
    merged = {w: _largest(found) for w, found in by_week.items()}
    week = min(
        merged, key=lambda w: (len(merged[w]), sum(-(-1000 * x.amount // x.takes) for x in merged[w]), w)
    )
    return week, merged[week]


def _largest(found: list[Lack]) -> list[Lack]:
    """Return the largest lack of each limit and scope, sorted by name."""
    most: dict[tuple[str, str], Lack] = {}
    for lack in found:
        if lack.name not in most or lack.amount > most[lack.name].amount:
            most[lack.name] = lack
    return [most[name] for name in sorted(most)]


Swap = tuple[int, int, int, int]
"""Cost [units], week, place of the visit that goes, week that it moves to or -1."""


def _exchange(lacks: Lacks, gap: Missing, by_week: dict[int, list[Lack]]) -> Swap | None:
    """Return the cheapest way found to make room by taking out one visit of another enterprise, or by moving it."""
    blocks, count = lacks.blocks, len(lacks.visits)
    found: list[Swap] = []
    costs: dict[int, int] = {}
    for week, missing in by_week.items():
        fits = enough(missing, count) & (lacks.owner != gap.i)
        chosen = np.flatnonzero(fits).tolist()
        if not chosen:
            continue
        gain = insertion_cost(blocks, gap.i, week, gap.content)
        for v in chosen:
            if v not in costs:
                costs[v] = removal_cost(blocks, lacks.visits[v])
            found.append((gain + costs[v], week, v, -1))
    found.sort()
    moved = [_moved(lacks, gap, swap) for swap in _different(found)]
    return min([*found[:1], *(m for m in moved if m is not None)], default=None)


def _different(found: list[Swap]) -> list[Swap]:
    """Return the cheapest exchanges of the first few different visits."""
    chosen: dict[int, Swap] = {}
    for swap in found:
        chosen.setdefault(swap[2], swap)
        if len(chosen) == MOST_MOVES:
            break
    return list(chosen.values())


def _moved(lacks: Lacks, gap: Missing, swap: Swap) -> Swap | None:
    """Return an exchange whose visit moves to the cheapest week that is free then, None where none is."""
    blocks, visit = lacks.blocks, lacks.visits[swap[2]]
    before = (
        set(blocks.final.inserted),
        list(blocks.final.visits[visit[0]]),
        list(blocks.final.visits[gap.i]),
    )
    alone = penalty(blocks, visit[0])
    blocks.take_out(*visit)
    blocks.insert(gap.i, swap[1], gap.content)
    weeks = np.flatnonzero(blocks.free(visit[0], visit[2])).tolist()
    costs = [(insertion_cost(blocks, visit[0], w, visit[2]) + alone, w) for w in weeks]
    blocks.charge(gap.i, swap[1], gap.content, -1)
    blocks.charge(visit[0], visit[1], visit[2])
    blocks.final.inserted, blocks.final.visits[visit[0]], blocks.final.visits[gap.i] = before
    if not costs:
        return None
    cost, week = min(costs)
    return swap[0] + cost - alone, swap[1], swap[2], week


def _advice(blocks: Blocks, week: int | None, needs: list[Lack]) -> tuple[str, ...]:
    """Return what would help in the nearest week: a key of the catalogue and what stands in it."""
    if week is None:
        return (CALENDAR,)
    label = blocks.model.weeks.labels[week]
    if len(needs) != 1:
        return "several", label, str(len(needs))
    lack, capacity = needs[0], blocks.model.capacity
    kind, k, bucket = lack.cell
    if kind not in {"week", "month"}:
        name = {"crew": "crew", "row": "cap", "own": "own"}[kind]
        return name, lack.limit_id, lack.scope_key or NOBODY, label, str(lack.amount)
    table = capacity.month_minutes if kind == "month" else capacity.week_minutes
    department = int(capacity.pool_department[k])
    offered, officers = int(table[k, bucket]), int(capacity.officers[department])
    when = capacity.months[bucket] if kind == "month" else label
    if not offered or not officers:
        return "minutes", lack.limit_id, lack.scope_key, when, str(lack.amount)
    return "officers", capacity.departments[department], when, str(-(-lack.amount * officers // offered))
