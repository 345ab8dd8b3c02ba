"""An ``Instance`` as ``YearArrays`` for compiled code, and prices back from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.arrays import NO_LIMIT, Ints, YearArrays
from riskplan.annual.dual import Multipliers
from riskplan.annual.families import Families, families_of, starts
from riskplan.annual.instance import Instance, Schedules
from riskplan.annual.prices import CellPrices
from riskplan.annual.standing import Pattern
from riskplan.annual.state import Placed, YearState, pattern_cost
from riskplan.units import DAYS_PER_WEEK

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Flat:
    """A year for compiled code, and where its schedules and cells come from.

    Parameters
    ----------
    arrays
        The year.
    group, row
        shape (S,), group of the instance and row in it of each schedule.
    families
        Cells by name.
    """

    arrays: YearArrays
    group: Ints
    row: Ints
    families: Families

    def multipliers(self, instance: Instance, prices: CellPrices) -> Multipliers:
        """Return prices of cells by the rows of the instance.

        Parameters
        ----------
        instance
            The year that the arrays were made of.
        prices
            Prices >= 0.
        """
        weeks, cell = instance.weeks, prices.cell
        none = Multipliers.zeros(instance)
        blocks = {
            name: np.zeros(getattr(none, name).shape)
            for name in ("week", "crew", "month", "year", "township", "row")
        }
        for (name, k), f in self.families.dense.items():
            blocks[name][k] = cell[f * weeks : (f + 1) * weeks]
        for (name, k, window), number in self.families.extra.items():
            at = self.arrays.families * weeks + number
            if name == "row":
                blocks[name][window] = cell[at]
            else:
                blocks[name][k, window] = cell[at]
        return Multipliers(link=np.asarray(prices.link), **blocks)

    def state(self, instance: Instance, plan: Pattern) -> YearState:
        """Return a plan with what it leaves of every limit.

        Parameters
        ----------
        instance
            The year that the arrays were made of.
        plan
            Who is visited when.
        """
        state = YearState(instance)
        for i, s in enumerate(plan.schedule.tolist()):
            g, r = int(self.group[s]), int(self.row[s])
            group = instance.groups[g]
            weeks = plan.weeks[i, : group.length]
            cost = int(group.constant[r]) if not group.length else pattern_cost(group, r, weeks)
            state.put(i, Placed(g, r, tuple(weeks.tolist()), cost))
        return state

    def pattern(self, placed: Sequence[Placed | None]) -> Pattern:
        """Return placed schedules as a plan; who has none gets the last schedule, the one without visits."""
        number = {(int(g), int(r)): s for s, (g, r) in enumerate(zip(self.group, self.row, strict=True))}
        year = self.arrays
        schedule = year.first_schedule[1:] - 1
        weeks = np.zeros((year.size, year.longest), dtype=np.int64)
        for i, one in enumerate(placed):
            if one is not None:
                schedule[i] = number[one.group, one.row]
                weeks[i, : len(one.weeks)] = one.weeks
        return Pattern(schedule, weeks)


def flatten(instance: Instance) -> Flat:
    """Return the arrays of an instance; schedules by enterprise and number."""
    order = _order(instance)
    families = families_of(instance)
    visits = _Visits(instance, families)
    for g, r in order:
        visits.add(g, r)
    group, row = np.array(order, dtype=np.int64).reshape(-1, 2).T
    return Flat(_arrays(instance, order, visits, families), group, row, families)


def _order(instance: Instance) -> list[tuple[int, int]]:
    """Return (group, row) of all schedules, by enterprise, those that leave out less and have lower numbers first."""
    rows = [
        (int(owner), int(number), g, r)
        for g, group in enumerate(instance.groups)
        for r, (owner, number) in enumerate(zip(group.owner, group.number, strict=True))
    ]
    return [(g, r) for _, _, g, r in sorted(rows)]


class _Visits:
    """Visits of schedules as they are added."""

    def __init__(self, instance: Instance, families: Families) -> None:
        self.instance, self.families = instance, families
        self.node: list[Ints] = []
        self.arc: list[int] = []
        self.season: list[int] = []
        self.multiple: list[int] = []
        self.clash: list[int] = []
        self.kind: list[int] = []
        self.count: list[int] = []
        self.arcs: dict[tuple[int, int, int], int] = {}
        self.kinds: dict[tuple[tuple[int, int], ...], int] = {}

    def add(self, g: int, r: int) -> None:
        """Add the visits of a schedule."""
        group = self.instance.groups[g]
        self.count.append(group.length)
        uses = self.instance.uses(g, r)
        township = int(self.instance.township[group.owner[r]])
        for j in range(group.length):
            self.node.append(group.node[r, j])
            self._gap(group, r, j - 1)
            lines = self.families.lines((group.minutes[r, j], group.crews[r, j]), township, uses[j])
            self.kind.append(self.kinds.setdefault(lines, len(self.kinds)))

    def _gap(self, group: Schedules, r: int, j: int) -> None:
        """Add the gap after visit j, -1 for the first visit, which has none."""
        if j < 0:
            self.arc.append(-1)
            self.season.append(-1)
            self.multiple.append(0)
            self.clash.append(-1)
            return
        late = int(group.late[r, j]) if group.late.size else 0
        cost = (int(group.quadratic[r, j]), int(group.linear[r, j]), late)
        self.arc.append(self.arcs.setdefault(cost, len(self.arcs)))
        times = int(group.seasonal[r, j]) if group.seasons else 0
        self.season.append(int(group.season[r]) if times else -1)
        self.multiple.append(times)
        self.clash.append(int(group.clash[r, j]))

    def arc_table(self, weeks: int) -> Ints:
        """Return the cost of gaps, shape (n, n_weeks)."""
        days = DAYS_PER_WEEK * np.arange(weeks, dtype=np.int64)
        none = np.zeros((1, weeks), dtype=np.int64)
        late = next((g.late_arcs for g in self.instance.groups if len(g.late_arcs)), none)
        rows = [q * days * days + linear * days + late[kind] for q, linear, kind in self.arcs]
        return np.array(rows, dtype=np.int64).reshape(-1, weeks)


def _arrays(
    instance: Instance, order: list[tuple[int, int]], visits: _Visits, families: Families
) -> YearArrays:
    weeks, caps, groups = instance.weeks, instance.caps, instance.groups
    owner = np.array([groups[g].owner[r] for g, r in order], dtype=np.int64)
    of = {
        name: np.array([getattr(groups[g], name)[r] for g, r in order], dtype=np.int64)
        for name in ("constant", "gap", "left_out")
    }
    curves = next((g.curves for g in groups if g.seasons), np.zeros((0, weeks, weeks), dtype=np.int64))
    clashes = next((g.clashes for g in groups if len(g.clashes)), np.zeros((0, weeks, weeks), dtype=bool))
    lines = [line for kind in visits.kinds for line in kind]
    clusters, width = (
        len(caps.cluster_township),
        caps.cluster_trip.shape[1] if caps.cluster_trip.ndim == 2 else 1,
    )
    return YearArrays(
        first_schedule=np.searchsorted(owner, np.arange(instance.size + 1)).astype(np.int64),
        first_visit=starts(visits.count),
        **of,
        node=np.array(visits.node, dtype=np.int64).reshape(-1, weeks),
        arc_row=np.array(visits.arc, dtype=np.int64),
        arcs=visits.arc_table(weeks),
        season=np.array(visits.season, dtype=np.int64),
        multiple=np.array(visits.multiple, dtype=np.int64),
        curves=curves,
        clash=np.array(visits.clash, dtype=np.int64),
        clashes=clashes,
        kind=np.array(visits.kind, dtype=np.int64),
        first_line=starts([len(kind) for kind in visits.kinds]),
        family=np.array([f for f, _ in lines], dtype=np.int64),
        amount=np.array([a for _, a in lines], dtype=np.int64),
        **families.cells(instance),
        township=instance.township,
        cluster=instance.cluster,
        cluster_township=caps.cluster_township,
        trip=caps.trip,
        first_table=np.arange(clusters + 1, dtype=np.int64) * width,
        table=caps.cluster_trip.reshape(-1),
        most=np.minimum(caps.township_week, NO_LIMIT),
    )
