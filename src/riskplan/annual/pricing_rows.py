"""Prices of the counters that couple enterprises: what they add to each visit, and what a choice uses of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import Instance, Numbers, Use
from riskplan.annual.pricing import Choice

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Group:
    """Which visits of a group take from which priced counters, sorted by visit.

    Parameters
    ----------
    visit
        shape (n,), schedule x length + number of the visit.
    use
        shape (n,), index of the use.
    length
        Visits of each schedule.
    """

    visit: Ints
    use: Ints
    length: int


@dataclass(frozen=True, eq=False)
class PricedRows:
    """The uses of priced counters of an instance.

    Parameters
    ----------
    uses
        All different uses.
    groups
        One for each group of schedules.
    room
        shape (n_counters,), what is left, at least 0.
    """

    uses: tuple[Use, ...]
    groups: tuple[_Group, ...]
    room: Ints

    @classmethod
    def of(cls, instance: Instance) -> PricedRows:
        """Return the priced uses of an instance."""
        counters = instance.counters
        found: dict[int, int] = {}
        uses: list[Use] = []
        groups = []
        for g, group in enumerate(instance.groups):
            visit, taken = [], []
            for row in range(len(group.owner)):
                for j, own in enumerate(instance.uses(g, row)):
                    for use in own:
                        if not counters.priced[use.start]:
                            continue
                        if id(use) not in found:
                            found[id(use)] = len(uses)
                            uses.append(use)
                        visit.append(row * group.length + j)
                        taken.append(found[id(use)])
            groups.append(
                _Group(np.array(visit, dtype=np.int64), np.array(taken, dtype=np.int64), group.length)
            )
        return cls(tuple(uses), tuple(groups), np.where(counters.priced, np.maximum(0, counters.left), 0))

    def add(self, g: int, price: Numbers, rows: Numbers) -> Numbers:
        """Return the prices of a group's visits with those of the counters added.

        Parameters
        ----------
        g
            Group.
        price
            shape (n_schedules, length, n_weeks).
        rows
            shape (n_counters,), prices >= 0.
        """
        group = self.groups[g]
        if not len(group.visit):
            return price
        table = np.array([use.weight * (rows[use.start : use.stop] @ use.touch) for use in self.uses])
        first = np.flatnonzero(np.diff(group.visit, prepend=-1))
        flat = price.reshape(-1, price.shape[2]).copy()
        flat[group.visit[first]] += np.add.reduceat(table[group.use], first, axis=0)
        result: Numbers = flat.reshape(price.shape)
        return result

    def used(self, choice: Choice, weeks: int) -> Ints:
        """Return what a choice takes of every counter, shape (n_counters,).

        Parameters
        ----------
        choice
            A schedule and weeks for each enterprise.
        weeks
            Number of weeks.
        """
        often = np.zeros((len(self.uses), weeks), dtype=np.int64)
        for g, group in enumerate(self.groups):
            if not len(group.visit):
                continue
            chosen = np.zeros(len(choice.weeks[g]), dtype=bool)
            chosen[choice.row[(choice.group == g) & (choice.row >= 0)]] = True
            at = chosen[group.visit // group.length]
            np.add.at(often, (group.use[at], choice.weeks[g].ravel()[group.visit[at]]), 1)
        result = np.zeros(len(self.room), dtype=np.int64)
        for use, count in zip(self.uses, often, strict=True):
            result[use.start : use.stop] += use.weight * (use.touch @ count)
        return result
