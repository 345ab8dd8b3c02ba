"""What one more visit lacks in a week, window by window, and which planned visits stand there (S10, S15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.capacity import Ceiling, charge, key_of, usage
from riskplan.audit.history import Call
from riskplan.audit.reasons import SUNDAY, Attempt, CapRoom, Room
from riskplan.audit.tally import Entry, by_window, period
from riskplan.audit.world import World

Cell = tuple[int, Mapping[str, int]]
"""What is lacking in one window, and visit -> what it takes there."""


@dataclass(frozen=True)
class Cells:
    """Windows without room.

    Parameters
    ----------
    room
        What the plan leaves.
    """

    room: Room
    _known: dict[tuple[str, int, str, str], tuple[int, Mapping[str, int]]] = field(default_factory=dict)

    @cached_property
    def _usage(self) -> tuple[tuple[Ceiling, Mapping[tuple[str, str], list[Call]]], ...]:
        room = self.room
        return tuple((c, usage(room.world, room.formula, c)) for c, _ in room.left)

    @cached_property
    def _by_window(self) -> tuple[dict[tuple[str, str], list[Entry]], ...]:
        caps = self.room.caps
        return tuple({} if c.reading.row.window == "rolling" else by_window(c.reading) for c in caps)

    def of(self, attempt: Attempt, week: int) -> list[Cell]:
        """Return every window that lacks room for a visit in a week.

        Parameters
        ----------
        attempt, week
            The visit, and where it is tried.
        """
        return [cell for _, cell in self.named(attempt, week)]

    def named(self, attempt: Attempt, week: int) -> list[tuple[str, Cell]]:
        """Return every window that lacks room for a visit in a week, with its limit.

        Parameters
        ----------
        attempt, week
            The visit, and where it is tried.
        """
        return [*self._caps(attempt, week), *self._spacings(attempt, week), *self._ceilings(attempt, week)]

    def _caps(self, attempt: Attempt, week: int) -> Iterator[tuple[str, Cell]]:
        room, trial = self.room, self.room.trial(attempt)
        months = room.world.calendar.months_in_weeks(room.days(attempt))[:, week]
        for n, cap in enumerate(room.caps):
            if not cap.reading.counts(trial):
                continue
            for key, weight in cap.reading.keys(trial):
                most = cap.reading.amount_of(key)
                if most is None:
                    continue
                if cap.reading.row.window == "rolling":
                    yield from (
                        (cap.reading.row.id, cell) for cell in _rolling(cap, (key, weight, most), week)
                    )
                    continue
                for label in _windows(cap, week, months):
                    used, taken = self._cap(n, key, label)
                    lack = used + weight - most
                    if lack > 0:
                        yield cap.reading.row.id, (lack, taken)

    def _cap(self, n: int, key: str, label: str) -> tuple[int, Mapping[str, int]]:
        """Return what stands in one window of a cap, in all and by visit."""
        name = ("cap", n, key, label)
        if name not in self._known:
            taken = _taken(self._by_window[n].get((key, label), []))
            self._known[name] = (sum(taken.values()), taken)
        return self._known[name]

    def _ceiling(self, n: int, key: str, window: str) -> tuple[int, Mapping[str, int]]:
        """Return what stands in one window of a ceiling, in all and by visit."""
        name = ("ceiling", n, key, window)
        if name not in self._known:
            ceiling, groups = self._usage[n]
            calls, unit = groups.get((key, window), []), ceiling.unit
            taken = {c.id: charge(self.room.world, c.minutes, unit) for c in calls}
            self._known[name] = (sum(taken.values()), taken)
        return self._known[name]

    def _spacings(self, attempt: Attempt, week: int) -> Iterator[tuple[str, Cell]]:
        room, trial = self.room, self.room.trial(attempt)
        monday = room.world.calendar.mondays[week]
        for reading, visits in room.spacings:
            amount = reading.amount_at(attempt.premises)
            if amount is None or not reading.counts(trial):
                continue
            for key, _ in reading.keys(trial):
                for call in visits.get(key, ()):
                    gap = max(monday - call.latest, call.earliest - (monday + SUNDAY), 0)
                    if gap < amount:
                        yield reading.row.id, (1, {call.id: 1})

    def _ceilings(self, attempt: Attempt, week: int) -> Iterator[tuple[str, Cell]]:
        room, trial = self.room, self.room.trial(attempt)
        label = room.week_labels[week]
        for n, (ceiling, _) in enumerate(self._usage):
            if ceiling.reading is not None and not ceiling.reading.counts(trial):
                continue
            need = charge(room.world, attempt.minutes, ceiling.unit)
            for department in attempt.departments:
                key = key_of(room.formula, ceiling, department, trial.lead)
                for window in self._buckets(ceiling, key, label, week):
                    if (key, window) not in ceiling.allowed:
                        continue
                    used, taken = self._ceiling(n, key, window)
                    lack = used + need - ceiling.allowed[key, window]
                    if lack > 0:
                        yield ceiling.rule, (lack, taken)

    def _buckets(self, ceiling: Ceiling, key: str, label: str, week: int) -> list[str]:
        """Return the windows of a ceiling that a visit of a week is charged in."""
        if ceiling.window == "week":
            return [label]
        formula = self.room.formula
        inside = formula.months[formula.department_of(key)][:, week]
        return [month for month, here in zip(self.room.world.calendar.months, inside, strict=True) if here]


def _windows(cap: CapRoom, week: int, months: npt.NDArray[np.bool_]) -> list[str]:
    window = cap.reading.row.window
    if window == "week":
        return [cap.labels[week]]
    return sorted({period(window, m) for m, here in zip(cap.months, months, strict=True) if here})


def _rolling(cap: CapRoom, asked: tuple[str, int, int], week: int) -> Iterator[Cell]:
    """Yield the windows of N days that meet a week and are full, each once."""
    key, weight, most = asked
    days, monday = max(1, cap.reading.row.rolling_days), cap.mondays[week]
    seen: set[tuple[str, ...]] = set()
    for end in range(monday, monday + SUNDAY + days):
        inside = [
            e for e in cap.entries.get(key, ()) if e.call.earliest <= end and e.call.latest > end - days
        ]
        lack = sum(e.weight for e in inside) + weight - most
        names = tuple(e.call.id for e in inside)
        if lack > 0 and names not in seen:
            seen.add(names)
            yield lack, _taken(inside)


def _taken(entries: Sequence[Entry]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for entry in entries:
        taken[entry.call.id] = taken.get(entry.call.id, 0) + entry.weight
    return taken


def freed(cells: Sequence[Cell], out: Sequence[str]) -> bool:
    """Tell whether taking out some visits gives every window what it lacks.

    Parameters
    ----------
    cells
        Windows without room.
    out
        Ids of visits.
    """
    return all(sum(taken.get(name, 0) for name in out) >= lack for lack, taken in cells)


def fewest_out(cells: Sequence[Cell], lower: frozenset[str]) -> tuple[str, ...] | None:
    """Return at most two visits of some that give every window what it lacks, None where there are none.

    Parameters
    ----------
    cells
        Windows without room.
    lower
        Ids of visits that may go.
    """
    if not cells:
        return ()
    useful = [sorted(n for n in taken if n in lower) for _, taken in cells]
    helping = min(useful, key=lambda names: (len(names), names))
    for name in helping:
        if freed(cells, (name,)):
            return (name,)
    others = sorted({n for _, taken in cells for n in taken if n in lower})
    for name in helping:
        left = [(lack - taken.get(name, 0), taken) for lack, taken in cells]
        for other in others:
            if other != name and freed(left, (other,)):
                return tuple(sorted((name, other)))
    return None


def cells_of(world: World) -> Cells:
    """Return the windows without room of a world in weeks, for ``World.shared``."""
    return Cells(world.shared(Room))
