"""What one more visit lacks in a week, and what each planned visit would free there (S10, S15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.annual.compile import YearModel, loads
from riskplan.annual.explain import CREWS_WEEK, MINUTES_MONTH, MINUTES_WEEK, Blocks
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.joint import Content
from riskplan.joint.rows import Key
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Cell = tuple[str, int, int]
"""Kind of a residual and where it stands: pool or department and bucket, or place in the counters."""
OWN = "own"
"""Cells of one legal person: no department or township can relax them."""


@dataclass(frozen=True, eq=False)
class Lack:
    """One limit that has too little left for a visit.

    Parameters
    ----------
    limit_id, scope_key
        The limit.
    cell
        Which of its windows.
    amount, takes
        What is missing, and what the visit takes [unit of the limit].
    frees
        shape (n_visits,), what each planned visit would free in that window.
    """

    limit_id: str
    scope_key: str
    cell: Cell
    amount: int
    takes: int
    frees: Ints

    @property
    def name(self) -> tuple[str, str]:
        """Limit and scope."""
        return self.limit_id, self.scope_key


@dataclass(frozen=True)
class Lacks:
    """The visits of a final plan, and what each takes.

    Parameters
    ----------
    blocks
        The final plan; it must not change while this stands.
    freeing
        False: only what is lacking is asked, not who would free it.
    """

    blocks: Blocks
    freeing: bool = True
    _frees: dict[Key, Ints] = field(default_factory=dict)

    @cached_property
    def visits(self) -> tuple[tuple[int, int, Content], ...]:
        """(enterprise, week, content) of every planned visit, in the order of the instance."""
        if not self.freeing:
            return ()
        return tuple((i, w, c) for i, own in enumerate(self.blocks.final.visits) for w, c in own)

    @cached_property
    def owner(self) -> Ints:
        """Enterprise of each visit, shape (n_visits,)."""
        return np.array([i for i, _, _ in self.visits], dtype=np.int64)

    @cached_property
    def week(self) -> Ints:
        """Week of each visit, shape (n_visits,)."""
        return np.array([w for _, w, _ in self.visits], dtype=np.int64)

    @cached_property
    def _loads(self) -> tuple[Ints, Ints]:
        """Minutes by pool and crews by department of each visit, shapes (n_visits, ...)."""
        capacity = self.blocks.model.capacity
        known = {c: loads(capacity, c, self.blocks.rules) for _, _, c in self.visits}
        both = [known[c] for _, _, c in self.visits]
        shapes = (len(both), len(capacity.pools)), (len(both), len(capacity.departments))
        minutes = np.array([m for m, _ in both], dtype=np.int64).reshape(shapes[0])
        return minutes, np.array([c for _, c in both], dtype=np.int64).reshape(shapes[1])

    @cached_property
    def _takers(self) -> dict[Key, list[tuple[int, Ints]]]:
        """Counter -> (visit, what it takes of each window)."""
        law, merged = self.blocks.model.law, self.blocks.model.merged
        found: dict[Key, list[tuple[int, Ints]]] = {}
        for v, (i, week, content) in enumerate(self.visits):
            for use, share in law.shares(merged[i].e, content.departments):
                if law.rows.private(use.key) or use.key in self.blocks.model.counter_of:
                    taken = share.weight * share.touch[:, week]
                    found.setdefault(use.key, []).append((v, taken))
        return found

    def _freed(self, key: Key, windows: int) -> Ints:
        """Return what each visit would free of a counter, shape (n_visits, n_windows)."""
        if key not in self._frees:
            table = np.zeros((len(self.visits), windows), dtype=np.int64)
            for v, taken in self._takers.get(key, ()):
                table[v] = taken
            self._frees[key] = table
        return self._frees[key]

    def of(self, i: int, content: Content, week: int) -> list[Lack]:
        """Return everything that one more visit lacks in a week; empty where it fits or the calendar is closed.

        Parameters
        ----------
        i, content
            The visit.
        week
            Where it is tried.
        """
        return [*self._rows(i, content, week), *self._minutes(content, week), *self._crews(content, week)]

    def _rows(self, i: int, content: Content, week: int) -> Iterator[Lack]:
        model = self.blocks.model
        for key, share in self.blocks.counted(model.merged[i].e, content):
            start = model.counter_of.get(key, 0)
            kind = OWN if model.law.rows.private(key) else "row"
            for t in np.flatnonzero(share.touch[:, week] & (share.room < share.weight)).tolist():
                frees = self._freed(key, len(share.room))[:, t]
                limit = model.law.rows.limits[key[0]].id
                lack = int(share.weight - share.room[t])
                yield Lack(limit, key[2], (kind, key[0], start + t), lack, share.weight, frees)

    def _minutes(self, content: Content, week: int) -> Iterator[Lack]:
        model, state = self.blocks.model, self.blocks.state
        minutes, _ = loads(model.capacity, content, self.blocks.rules)
        taken, inside = self._loads[0], model.instance.caps.week_in_month
        here = self.week == week
        for k in np.flatnonzero(minutes).tolist():
            pool, need = model.capacity.pools[k], int(minutes[k])
            lack = need - int(state.week_minutes[k, week])
            if lack > 0:
                yield Lack(MINUTES_WEEK, pool, ("week", k, week), lack, need, taken[:, k] * here)
            for m in np.flatnonzero(inside[k, :, week]).tolist():
                lack = need - int(state.month_minutes[k, m])
                if lack > 0:
                    frees = taken[:, k] * inside[k, m, self.week]
                    yield Lack(MINUTES_MONTH, pool, ("month", k, m), lack, need, frees)

    def _crews(self, content: Content, week: int) -> Iterator[Lack]:
        model, state = self.blocks.model, self.blocks.state
        _, crews = loads(model.capacity, content, self.blocks.rules)
        for k in np.flatnonzero(crews).tolist():
            lack = 1 - int(state.crew_visits[k, week])
            if lack > 0:
                frees = self._loads[1][:, k] * (self.week == week)
                yield Lack(CREWS_WEEK, model.capacity.departments[k], ("crew", k, week), lack, 1, frees)


def enough(lacks: list[Lack], n_visits: int) -> Bools:
    """Return which planned visits each free all that is lacking, shape (n_visits,)."""
    result = np.ones(n_visits, dtype=bool)
    for lack in lacks:
        result &= lack.frees >= lack.amount
    return result


def removal_cost(blocks: Blocks, visit: tuple[int, int, Content]) -> int:
    """Return what it costs to leave a planned visit out, without trips [units]: exposure, lateness and its tier's price."""
    i, week, content = visit
    own = list(blocks.final.visits[i])
    rest = list(own)
    rest.remove((week, content))
    return _cost(blocks, i, rest) - _cost(blocks, i, own) + penalty(blocks, i)


def insertion_cost(blocks: Blocks, i: int, week: int, content: Content) -> int:
    """Return what it costs to add a missing visit, without trips [units]; mostly below 0."""
    own = blocks.final.visits[i]
    more = sorted([*own, (week, content)], key=lambda pair: pair[0])
    return _cost(blocks, i, more) - _cost(blocks, i, own) - penalty(blocks, i)


def penalty(blocks: Blocks, i: int) -> int:
    """Return the price of one visit left out of an enterprise [units]."""
    return unplanned_cost(blocks.model, blocks.rules, i)


def unplanned_cost(model: YearModel, rules: Rulebook, i: int) -> int:
    """Return the price of one visit left out of an enterprise [units]."""
    return round(rules.objective.unplanned[model.tiers[i]] * UNITS_PER_HAZARD_DAY)


def _cost(blocks: Blocks, i: int, visits: list[tuple[int, Content]]) -> int:
    return blocks.model.own_cost(i, [w for w, _ in visits], [c for _, c in visits])
