"""Prices of counters: what they add to each visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import Instance, Numbers, Use

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Group:
    """Which visits of a group take from which counters, sorted by visit.

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
    """The uses of counters of an instance.

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
        """Return the uses of an instance."""
        counters = instance.counters
        found: dict[int, int] = {}
        uses: list[Use] = []
        groups = []
        for g, group in enumerate(instance.groups):
            visit, taken = [], []
            for row in range(len(group.owner)):
                for j, own in enumerate(instance.uses(g, row)):
                    for use in own:
                        if id(use) not in found:
                            found[id(use)] = len(uses)
                            uses.append(use)
                        visit.append(row * group.length + j)
                        taken.append(found[id(use)])
            groups.append(
                _Group(np.array(visit, dtype=np.int64), np.array(taken, dtype=np.int64), group.length)
            )
        return cls(tuple(uses), tuple(groups), np.maximum(0, counters.left))

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
