"""From rows to counters: which can run out, what each visit takes of them, and what pricing may take for granted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import Use, Uses
from riskplan.joint import Content, Merged
from riskplan.joint.content import in_window
from riskplan.joint.lawful import NO_CAP, Lawful, Share, places
from riskplan.joint.rows import Key

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Counting:
    """Counters of a year: only those that the visits together could exhaust.

    Parameters
    ----------
    law
        Rows, and what history leaves of them.
    merged
        Enterprises in the order of the instance.
    """

    def __init__(self, law: Lawful, merged: Sequence[Merged]) -> None:
        self.law, self.merged = law, merged
        self.start: dict[Key, int] = {}
        rooms = []
        size = 0
        for key, room in self._scarce():
            self.start[key] = size
            rooms.append(room)
            size += len(room)
        self.left: Ints = np.concatenate(rooms) if rooms else np.zeros(0, dtype=np.int64)
        self._uses: dict[tuple[Key, int, int], Use] = {}
        self._of: dict[tuple[int, tuple[str, ...]], Uses] = {}
        self._kinds: dict[bytes, int] = {}
        self._clashes: list[Bools] = []
        self._pairs: dict[tuple[int, tuple[str, ...], tuple[str, ...]], int] = {}

    def _scarce(self) -> list[tuple[Key, Ints]]:
        """Return counters that all wishes together would exhaust; spacing of premises is in the pricing already."""
        wanted: Counter[Key] = Counter()
        rooms: dict[Key, Ints] = {}
        for m in self.merged:
            most: dict[Key, int] = {}
            for left_out, schedule in zip(m.left_out, m.schedules, strict=True):
                if not left_out:
                    for key, n in self._takes(m.e, schedule, rooms).items():
                        most[key] = max(n, most.get(key, 0))
            wanted.update(most)
        return [
            (key, rooms[key])
            for key, n in sorted(wanted.items())
            if n > int(rooms[key].min()) and not self.law.rows.spaces_all(key[0])
        ]

    def _takes(self, e: int, schedule: tuple[Content, ...], rooms: dict[Key, Ints]) -> Counter[Key]:
        taken: Counter[Key] = Counter()
        for content in schedule:
            for use, share in self.law.shares(e, content.departments):
                taken[use.key] += use.weight
                rooms[use.key] = share.room
        return taken

    def uses(self, i: int, content: Content) -> Uses:
        """Return what a visit takes of the counters that can run out."""
        e = self.merged[i].e
        if (e, content.departments) not in self._of:
            self._of[e, content.departments] = tuple(
                self._use(use.key, share)
                for use, share in self.law.shares(e, content.departments)
                if use.key in self.start
            )
        return self._of[e, content.departments]

    def _use(self, key: Key, share: Share) -> Use:
        name = (key, share.weight, id(share.touch))
        if name not in self._uses:
            self._uses[name] = Use.of(self.start[key], share.weight, share.touch)
        return self._uses[name]

    def _own(self, i: int, departments: tuple[str, ...]) -> dict[Key, Share]:
        """Return the scarce counters of the legal person that a visit takes from."""
        return {
            use.key: share
            for use, share in self.law.shares(self.merged[i].e, departments)
            if use.key in self.start and self.law.rows.private(use.key)
        }

    def clash(self, i: int, earlier: Content, later: Content) -> int:
        """Return the number of the table of weeks that two visits in a row may not stand in, -1 without one."""
        name = (self.merged[i].e, earlier.departments, later.departments)
        if name not in self._pairs:
            first, second = self._own(i, earlier.departments), self._own(i, later.departments)
            table = np.zeros((len(self.law.weeks),) * 2, dtype=bool)
            for key in (k for k in first if k in second):
                a, b = first[key], second[key]
                full = a.room < a.weight + b.weight
                table |= (a.touch[full].T.astype(np.int64) @ b.touch[full].astype(np.int64)) > 0
            self._pairs[name] = self._kind(table)
        return self._pairs[name]

    def _kind(self, table: Bools) -> int:
        if not table.any():
            return -1
        key = table.tobytes()
        if key not in self._kinds:
            self._kinds[key] = len(self._clashes)
            self._clashes.append(table)
        return self._kinds[key]

    def all_clashes(self) -> Bools:
        """Return all tables of ``clash``, shape (n_kinds, n_weeks, n_weeks)."""
        weeks = len(self.law.weeks)
        return np.array(self._clashes, dtype=bool).reshape(len(self._clashes), weeks, weeks)

    def weeks(self, i: int, schedule: tuple[Content, ...], gap: int) -> Bools:
        """Return the weeks in which each visit of a schedule may stand, shape (length, n_weeks).

        The k-th visit that a scarce counter counts stands not before the k-th of the earliest places that the
        counters allow, and not after the k-th of the latest.

        Parameters
        ----------
        i
            Enterprise of the instance.
        schedule
            Its visits in order.
        gap
            Fewest weeks between two of them.
        """
        e = self.merged[i].e
        weeks = len(self.law.weeks)
        masks = [self.law.allowed(e, c.departments) & in_window(c, weeks) for c in schedule]
        allowed = np.array(masks, dtype=bool).reshape(len(schedule), weeks)
        if not any(self._own(i, c.departments) for c in schedule):
            return allowed
        names = tuple(sorted({d for c in schedule for d in c.departments}))
        self._between(allowed, e, names, list(range(len(schedule))), gap)
        for d in names:
            own = [j for j, c in enumerate(schedule) if d in c.departments]
            self._between(allowed, e, (d,), own, gap)
        return allowed

    def _between(self, allowed: Bools, e: int, names: tuple[str, ...], visits: list[int], gap: int) -> None:
        weeks = self.law.widest(e, names)
        shares = [share for _, share in self.law.common(e, names)]
        turned = [Share(s.room, s.touch[:, ::-1], s.weight) for s in shares]
        need, together = len(visits), 1 if gap else NO_CAP
        early = places(weeks, gap, shares, need, together)
        late = places(weeks[::-1], gap, turned, need, together)
        if len(early) < need:
            allowed[visits] = False
            return
        at = np.arange(len(weeks))
        for k, j in enumerate(visits):
            allowed[j] &= (at >= early[k]) & (at <= len(weeks) - 1 - late[need - 1 - k])
