"""What rules and the draw make owed: tier x sector x item -> visits in the horizon and the longest interval (S3)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.risk.last_done import NEVER, LastDone
from riskplan.risk.scoring import Scores
from riskplan.rules.model import Rulebook
from riskplan.rules.owed import (
    as_written,
    fitting_rules,
    frequency_of,
    longest_interval,
    visited_items,
)
from riskplan.rules.scopes import premises_property
from riskplan.units import DAYS_PER_YEAR

Ints = npt.NDArray[np.int64]
CAUSE_FREQUENCY = "frequency"
CAUSE_DUE = "due"
"""The longest interval since the last visit ends inside the horizon."""
CAUSE_DRAWN = "drawn-not-yet"
"""Until draws are built, drawn duties go to the longest overdue first and are flagged so."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Duties column by column; all of one length.

    Parameters
    ----------
    e, item
        Places in ``case.enterprises`` and ``case["items"]``.
    visits, longest
        Visits owed, longest interval [days] (0: none).
    cause
        Why.
    first, last
        ISO days of the window, "" = the horizon's.
    months
        Months in which visits count, joined by ``|``; "" = all.
    """

    e: Ints
    item: Ints
    visits: Ints
    longest: Ints
    cause: list[str]
    first: list[str]
    last: list[str]
    months: list[str]

    def __len__(self) -> int:
        return len(self.e)


@dataclass
class Collector:
    """Collects duties of many enterprises at once."""

    _parts: list[tuple[Ints, Ints, Ints, Ints]] = field(default_factory=list)
    _words: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, e: Ints, item: int, owed: tuple[int, int], words: tuple[str, str, str, str]) -> None:
        """Add a duty of some enterprises.

        Parameters
        ----------
        e, item
            Places.
        owed
            Visits, longest interval [days].
        words
            Cause, first, last, months.
        """
        count = len(e)
        if count:
            self._parts.append((
                e.astype(np.int64),
                np.full(count, item, dtype=np.int64),
                np.full(count, owed[0], dtype=np.int64),
                np.full(count, owed[1], dtype=np.int64),
            ))
            self._words.append(words)

    def rows(self) -> Rows:
        """Return everything collected."""
        empty = (np.zeros(0, dtype=np.int64),) * 4
        e, item, visits, longest = (np.concatenate(c) for c in zip(empty, *self._parts, strict=True))
        counts = [len(part[0]) for part in self._parts]
        columns = [
            [w[k] for w, n in zip(self._words, counts, strict=True) for _ in range(n)] for k in range(4)
        ]
        return Rows(e, item, visits, longest, *columns)


def listed_and_drawn(case: Case, rules: Rulebook, scores: Scores, last: LastDone) -> Rows:
    """Return what duty rules and the draw make owed.

    Parameters
    ----------
    case, rules, scores
        Items, duty rules, frequencies; tiers, and days since the last visit for drawn duties.
    last
        When items were last checked.
    """
    frame, horizon = case.enterprises, len(case.days.dates)
    keys = premises_property(case, rules.frequency.by, list(scores.table["tier"]))
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    columns = zip(
        frame["sector"].tolist(), frame["size"].tolist(), keys, frame["status"].tolist(), strict=True
    )
    for e, (sector, size, key, status) in enumerate(columns):
        if status == "active":
            groups[sector, size, key].append(e)
    made, pools, possible = Collector(), _Pools(last, case), visited_items(case)
    for (sector, size, key), members in sorted(groups.items()):
        these = np.array(members, dtype=np.int64)
        for item, rule in sorted(fitting_rules(possible, rules, sector, size).items()):
            f = frequency_of(rule, rules, key)
            longest = longest_interval(rule, rules, key, f) if f > 0 else 0
            months = "|".join(str(m) for m in sorted(set(rule.months)))
            if f >= 1:
                made.add(these, item, (visits_in(f, horizon), longest), (CAUSE_FREQUENCY, "", "", months))
            elif f > 0 and rules.frequency.below_one == "drawn":
                pools.add(key, these, (item, f, longest, months))
            elif f > 0:
                due = these[pools.due(these, item, longest)]
                made.add(due, item, (1, longest), (CAUSE_DUE, "", "", months))
    pools.draw(made, scores, horizon)
    return made.rows()


def visits_in(frequency: float, horizon: int) -> int:
    """Return the visits owed in a horizon [days] at so many per 365 days, at least 1."""
    return max(1, math.floor(as_written(frequency) * horizon / DAYS_PER_YEAR + Fraction(1, 2)))


@dataclass(eq=False)
class _Pools:
    """Drawn duties by key of the frequency."""

    last: LastDone
    case: Case
    pools: dict[str, dict[int, list[tuple[int, float, int, str]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, key: str, e: Ints, duty: tuple[int, float, int, str]) -> None:
        """Add a duty (item, visits per 365 days, longest interval, months) of some enterprises."""
        for one in e.tolist():
            self.pools[key][one].append(duty)

    def due(self, e: Ints, item: int, longest: int) -> npt.NDArray[np.bool_]:
        """Tell where a visit falls due by the end of the horizon: never done, or the longest interval ends in it."""
        days = self.last.of(e, item)
        end = (self.case.last_day - _EPOCH).days
        return (days == NEVER) | (np.where(days == NEVER, 0, days) + longest <= end)

    def draw(self, made: Collector, scores: Scores, horizon: int) -> None:
        """Add the drawn duties of the longest overdue."""
        for key in sorted(self.pools):
            pool = self.pools[key]
            weights = {e: max(f for _, f, _, _ in own) for e, own in pool.items()}
            chosen: dict[tuple[int, int, str], list[int]] = defaultdict(list)
            for e in longest_overdue(self.case, scores, weights, horizon):
                for item, _, longest, months in pool[e]:
                    chosen[item, longest, months].append(e)
            for (item, longest, months), own in sorted(chosen.items()):
                made.add(np.array(own), item, (1, longest), (CAUSE_DRAWN, "", "", months))


_EPOCH = np.datetime64("1970-01-01").astype(object)


def longest_overdue(case: Case, scores: Scores, pool: dict[int, float], horizon: int) -> list[int]:
    """Return the enterprises of a pool of drawn duties that owe a visit in this horizon.

    Never visited first, then the longest ago, then higher score, then place; renaming ids changes nothing.

    Parameters
    ----------
    case, scores
        Places and names; points and days since the last visit.
    pool
        Enterprise -> its largest frequency.
    horizon
        Days.
    """
    weight = sum((as_written(f) * n for f, n in sorted(Counter(pool.values()).items())), Fraction(0))
    number = math.floor(weight * horizon / DAYS_PER_YEAR + Fraction(1, 2))
    frame, since = case.enterprises, scores.days_since_visit
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    names, points = frame["enterprise_id"].to_numpy(), scores.table["score"].to_numpy()

    def key(e: int) -> tuple[float, int, float, float, str]:
        return (-np.inf if since[e] < 0 else -float(since[e]), -int(points[e]), lon[e], lat[e], names[e])

    return sorted(pool, key=key)[:number]
