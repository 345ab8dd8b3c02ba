"""The smallest set of limits found whose relaxing lets every shortfall fit, tried out on the final plan."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from riskplan.annual.exchange import open_weeks
from riskplan.annual.explain import Blocks, Missing
from riskplan.annual.lacks import OWN, Cell, Lack, Lacks
from riskplan.annual.state import YearState


@dataclass(frozen=True)
class Relaxed:
    """One limit in one window, and by how much it would have to be relaxed.

    Parameters
    ----------
    limit_id, scope_key
        The limit.
    window
        Week or month; "" for the horizon or another window.
    amount
        Unit of the limit.
    """

    limit_id: str
    scope_key: str
    window: str
    amount: int


@dataclass(frozen=True)
class Relief:
    """What to relax.

    Parameters
    ----------
    limits
        Sorted by limit, scope and window.
    helped, stuck
        Shortfalls that fit then, each tried; and those that no shared limit keeps out (their own caps, the calendar).
    """

    limits: tuple[Relaxed, ...]
    helped: int
    stuck: int


def smallest_relief(blocks: Blocks) -> Relief:
    """Return the fewest windows of limits found that, relaxed together, let the shortfalls fit.

    Greedy: the shortfall that needs the fewest windows not relaxed yet goes first, into the week that asks the least of
    them; it is then placed on a copy of the plan, so that amounts add up and what is said is tried out.

    Parameters
    ----------
    blocks
        The final plan; it is not changed.
    """
    final = deepcopy(blocks.final)
    trial = Blocks(blocks.model, _copied(blocks.state), blocks.rules, final)
    amounts: dict[Cell, int] = {}
    names: dict[Cell, Lack] = {}
    weeks: dict[Cell, int] = {}
    stuck, lacks = 0, Lacks(trial, freeing=False)
    for gap in final.missing:
        best = _least(lacks, gap, amounts)
        if best is None:
            stuck += 1
            continue
        week, found = best
        for lack in found:
            _give(trial.state, lack)
            amounts[lack.cell] = amounts.get(lack.cell, 0) + lack.amount
            names.setdefault(lack.cell, lack)
            weeks.setdefault(lack.cell, week)
        trial.insert(gap.i, week, gap.content)
    limits = [_told(blocks, names[c], weeks[c], amount) for c, amount in amounts.items()]
    ordered = sorted(limits, key=lambda x: (x.limit_id, x.scope_key, x.window))
    return Relief(tuple(ordered), len(final.missing) - stuck, stuck)


def _least(lacks: Lacks, gap: Missing, amounts: dict[Cell, int]) -> tuple[int, list[Lack]] | None:
    """Return the week that asks for the fewest new windows, then for the least, and what it asks for."""
    found = []
    for week in open_weeks(lacks.blocks, gap.i, gap.content):
        here = lacks.of(gap.i, gap.content, week)
        if not any(lack.cell[0] == OWN for lack in here):
            fresh = sum(lack.cell not in amounts for lack in here)
            size = sum(-(-1000 * lack.amount // lack.takes) for lack in here)
            found.append((fresh, size, week, here))
    if not found:
        return None
    *_, week, here = min(found, key=lambda option: option[:3])
    return week, here


def _give(state: YearState, lack: Lack) -> None:
    """Relax one window of a trial."""
    kind, k, bucket = lack.cell
    if kind == "row":
        state.left[bucket] += lack.amount
        return
    table = {"week": state.week_minutes, "month": state.month_minutes, "crew": state.crew_visits}[kind]
    table[k, bucket] += lack.amount


def _copied(state: YearState) -> YearState:
    """Return a state whose residuals may be changed; what is fixed is shared."""
    result = YearState.__new__(YearState)
    result.__dict__.update(state.__dict__)
    for name in ("week_minutes", "crew_visits", "month_minutes", "left", "township_week"):
        setattr(result, name, getattr(state, name).copy())
    return result


def _told(blocks: Blocks, lack: Lack, week: int, amount: int) -> Relaxed:
    kind, k, bucket = lack.cell
    model, window = blocks.model, ""
    if kind == "month":
        window = model.capacity.months[bucket]
    elif kind != "row" or model.law.rows.limits[k].window == "week":
        window = model.weeks.labels[week]
    return Relaxed(lack.limit_id, lack.scope_key, window, amount)
