"""In which weeks around its own each visit of the finished year may stand, all others unmoved (decision 0013)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.annual.compile import YearModel
from riskplan.annual.explain import Blocks
from riskplan.joint import Content
from riskplan.joint.content import in_window
from riskplan.joint.lawful import Share
from riskplan.units import DAYS_PER_WEEK

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Dated = Sequence[tuple[int, Content]]
SUNDAY = DAYS_PER_WEEK - 1
NEVER = -(1 << 40)
"""Day of a visit that nobody remembers: who was never visited is not put off."""


@dataclass(frozen=True)
class Waits:
    """How long the duties of one premises may wait.

    Parameters
    ----------
    longest
        Item -> longest interval of its strictest duty [days].
    last_done
        Item -> day of the last visit before the plan [days since 1970-01-01].
    """

    longest: Mapping[str, int]
    last_done: Mapping[str, int]


def waits_of(duties: pd.DataFrame) -> dict[str, Waits]:
    """Return enterprise -> how long its duties may wait, from the plan's ``duties``.

    Parameters
    ----------
    duties
        Plan table.
    """
    longest: dict[str, dict[str, int]] = defaultdict(dict)
    done: dict[str, dict[str, int]] = defaultdict(dict)
    columns = (duties[c] for c in ("enterprise_id", "item_id", "longest_interval_days", "last_done"))
    for name, item, days, last in zip(*columns, strict=True):
        if days > 0:
            longest[name][item] = min(int(days), longest[name].get(item, int(days)))
        if last:
            done[name][item] = int(np.datetime64(last, "D").astype(np.int64))
    return {name: Waits(longest[name], done[name]) for name in longest}


class Windows:
    """Weeks in which single visits may stand.

    Parameters
    ----------
    model
        The year.
    blocks
        The final plan.
    waits
        Enterprise -> how long its duties may wait.
    reach
        Weeks on either side.
    """

    def __init__(self, model: YearModel, blocks: Blocks, waits: Mapping[str, Waits], reach: int) -> None:
        self.model, self.blocks, self.waits, self.reach = model, blocks, waits, reach

    def of(self, name: str, i: int, n: int) -> tuple[int, int] | None:
        """Return the first and last week of the n-th visit to premises, None where it may stand in its own only.

        The run of weeks around its own, as far as ``reach``, in which, all other visits unmoved, it has an open day,
        counts for all that it carries, meets no cap and no spacing of its legal person, and lets no duty wait longer than
        its longest interval (or than it already waits). Limits that premises share are not asked: they depend on who
        else moves.

        Parameters
        ----------
        name
            Enterprise.
        i
            Its place in the model.
        n
            Place of the visit among those of the final plan.
        """
        week = self.blocks.final.visits[i][n][0]
        free = self._lawful(i, n) & self._in_time(name, i, n)
        first, last = week, week
        while first > 0 and week - first < self.reach and free[first - 1]:
            first -= 1
        while last + 1 < len(free) and last - week < self.reach and free[last + 1]:
            last += 1
        return (first, last) if first < last else None

    def _lawful(self, i: int, n: int) -> Bools:
        """Return the weeks that the calendar, the duties' windows and the rows of the legal person leave."""
        law, e = self.model.law, self.model.merged[i].e
        week, content = self.blocks.final.visits[i][n]
        free = law.open_weeks(e, content.departments) & in_window(content, len(law.weeks))
        for use, share in law.shares(e, content.departments):
            if law.rows.private(use.key):
                room = self.blocks.after(e, use.key, share.room)
                room[share.touch[:, week]] += share.weight
                free &= ~Share(room, share.touch, share.weight).blocked()
        return free

    def _in_time(self, name: str, i: int, n: int) -> Bools:
        """Return the weeks in which no item of a visit waits too long, before it or after it."""
        visits, waits = self.blocks.final.visits[i], self.waits.get(name)
        fine = np.ones(len(self.model.weeks), dtype=bool)
        week, content = visits[n]
        for item in content.items if waits else ():
            most = waits.longest.get(item) if waits else None
            if waits and most is not None:
                before, after = self._neighbours(visits, n, item, waits)
                fine &= _short(self._mondays + SUNDAY - before, week, most)
                fine &= _short(after - self._mondays, week, most)
        return fine

    def _neighbours(self, visits: Dated, n: int, item: str, waits: Waits) -> tuple[int, int]:
        """Return the earliest day of the visit before and the latest of the one after that carry an item."""
        carrying = [(k, week) for k, (week, content) in enumerate(visits) if item in content.items and k != n]
        before = [int(self._mondays[week]) for k, week in carrying if k < n]
        after = [int(self._mondays[week]) + SUNDAY for k, week in carrying if k > n]
        end = int(self.model.weeks.dates[-1].astype(np.int64))
        return before[-1] if before else waits.last_done.get(item, NEVER), after[0] if after else end

    @cached_property
    def _mondays(self) -> Ints:
        return self.model.weeks.monday.astype("datetime64[D]").astype(np.int64)


def _short(wait: Ints, week: int, most: int) -> Bools:
    """Return the weeks whose wait keeps an interval, or is no longer than that of the planned week."""
    return np.asarray(wait <= max(most, int(wait[week])))


def window_labels(windows: Windows, name: str, i: int) -> Iterator[tuple[str, str]]:
    """Yield the first and last week of the window of each visit to premises, "" twice for none.

    Parameters
    ----------
    windows
        The year.
    name, i
        As in ``Windows.of``.
    """
    labels = windows.model.weeks.labels
    for n in range(len(windows.blocks.final.visits[i])):
        found = windows.of(name, i, n) if windows.reach else None
        yield (labels[found[0]], labels[found[1]]) if found else ("", "")
