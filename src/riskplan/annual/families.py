"""Rows of an ``Instance`` as families of cells: which a visit takes from, and what each may carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from riskplan.annual.arrays import NO_LIMIT
from riskplan.annual.instance import Instance, Uses

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Covers(TypedDict):
    """The part of ``YearArrays`` about cells that cover several weeks."""

    first_extra: Ints
    extra: Ints
    first_reach: Ints
    reach: Ints
    first_cover: Ints
    cover: Ints


class Cells(Covers):
    """The part of ``YearArrays`` about cells."""

    capacity: Ints
    level: Ints
    uneven: Ints
    home: Ints
    dense: Bools


@dataclass
class Families:
    """Families of an instance.

    Parameters
    ----------
    weeks
        Number of weeks.
    dense
        (kind of row, index) -> family with a cell for each week; kinds: ``week``, ``crew``, ``township``.
    extra
        (kind of row, index, window) -> cell: ``month`` of a pool, ``year`` of a township, ``row`` of a counter (window =
        place in ``Instance.counters.left``).
    members
        Family -> (extra cell, weeks that it covers), in order.
    of_use
        (start, identity of the windows) -> family of a counter's use.
    home
        Extra cell -> township whose visits alone use it, -1 for several.
    """

    weeks: int
    dense: dict[tuple[str, int], int] = field(default_factory=dict)
    extra: dict[tuple[str, int, int], int] = field(default_factory=dict)
    members: list[list[tuple[int, Ints]]] = field(default_factory=list)
    of_use: dict[tuple[int, bytes], int] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)

    def family(self) -> int:
        """Add a family; returns its number."""
        self.members.append([])
        return len(self.members) - 1

    def cover(self, f: int, name: tuple[str, int, int], weeks: Bools) -> None:
        """Let an extra cell cover weeks of a family."""
        if weeks.any():
            at = self.extra.setdefault(name, len(self.extra))
            self.members[f].append((at, np.flatnonzero(weeks)))

    def lines(self, takes: tuple[Ints, Ints], township: int, uses: Uses) -> tuple[tuple[int, int], ...]:
        """Return (family, amount) of a visit.

        Parameters
        ----------
        takes
            Officer-minutes by pool, crews by department.
        township
            Where it is.
        uses
            What it takes of the counters.
        """
        minutes, crews = takes
        found = [(self.dense["week", int(p)], int(minutes[p])) for p in np.flatnonzero(minutes)]
        found += [(self.dense["crew", int(d)], int(crews[d])) for d in np.flatnonzero(crews)]
        found.append((self.dense["township", township], 1))
        for use in uses:
            f = self.use_family(use.start, use.touch)
            found.append((f, use.weight))
            for at, _ in self.members[f]:
                self.home[at] = township if self.home.get(at, township) == township else -1
        return tuple(sorted(found))

    def use_family(self, start: int, touch: Bools) -> int:
        """Return the family of a counter's use, made at first sight."""
        name = (start, touch.tobytes())
        if name not in self.of_use:
            self.of_use[name] = f = self.family()
            for k, weeks in enumerate(touch):
                self.cover(f, ("row", 0, start + k), weeks)
        return self.of_use[name]

    def cells(self, instance: Instance) -> Cells:
        """Return cells and who covers what; call it when all visits have been seen."""
        weeks, count, extras = self.weeks, len(self.members), len(self.extra)
        capacity = np.full(count * weeks + extras, NO_LIMIT, dtype=np.int64)
        level, uneven = capacity.copy(), np.zeros(len(capacity), dtype=np.int64)
        home = np.full(len(capacity), -1, dtype=np.int64)
        dense = np.zeros(count, dtype=bool)
        caps = instance.caps
        room = {"week": caps.week_minutes, "crew": caps.crew_visits, "township": caps.township_week}
        for (name, k), f in self.dense.items():
            own, dense[f] = slice(f * weeks, (f + 1) * weeks), True
            capacity[own] = level[own] = np.clip(room[name][k], 0, NO_LIMIT)
            if name == "week" and caps.even_minutes.size:
                level[own], uneven[own] = caps.even_minutes[k], caps.uneven
            if name == "township":
                home[own] = k
        wide = {"month": caps.month_minutes, "year": caps.township_year}
        for (name, k, window), at in self.extra.items():
            left = instance.counters.left[window] if name == "row" else wide[name][k, window]
            cell = count * weeks + at
            capacity[cell] = level[cell] = np.clip(left, 0, NO_LIMIT)
            home[cell] = k if name == "year" else self.home.get(at, -1)
        return Cells(capacity=capacity, level=level, uneven=uneven, home=home, dense=dense, **self._covers())

    def _covers(self) -> Covers:
        weeks, count = self.weeks, len(self.members)
        flat = [(f, at, reach) for f, own in enumerate(self.members) for at, reach in own]
        by_week: list[list[int]] = [[] for _ in range(count * weeks)]
        for f, at, reach in flat:
            for w in reach.tolist():
                by_week[f * weeks + w].append(count * weeks + at)
        return {
            "first_extra": starts([len(own) for own in self.members]),
            "extra": np.array([count * weeks + at for _, at, _ in flat], dtype=np.int64),
            "first_reach": starts([len(reach) for _, _, reach in flat]),
            "reach": np.concatenate([np.zeros(0, dtype=np.int64), *(reach for _, _, reach in flat)]).astype(
                np.int64
            ),
            "first_cover": starts([len(own) for own in by_week]),
            "cover": np.array([at for own in by_week for at in own], dtype=np.int64),
        }


def starts(counts: Sequence[int]) -> Ints:
    """Return where each of several runs begins, and where the last one ends, shape (n + 1,)."""
    return np.concatenate([[0], np.cumsum(np.array(counts, dtype=np.int64))]).astype(np.int64)


def families_of(instance: Instance) -> Families:
    """Return the families that every instance has: pools with their months, crews, townships with their years."""
    caps, families = instance.caps, Families(instance.weeks)
    for p in range(len(caps.week_minutes)):
        f = families.dense["week", p] = families.family()
        for m in range(caps.month_minutes.shape[1]):
            families.cover(f, ("month", p, m), caps.week_in_month[p, m])
    for d in range(len(caps.crew_visits)):
        families.dense["crew", d] = families.family()
    for t in range(len(caps.trip)):
        f = families.dense["township", t] = families.family()
        for y in range(caps.township_year.shape[1]):
            families.cover(f, ("year", t, y), caps.week_in_year[y])
    return families
