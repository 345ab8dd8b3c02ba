"""The generic counter: visits by key and window, in visits, team-days or people (S4)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskplan.audit.dates import date_text, quarter_label, week_label
from riskplan.audit.history import Call
from riskplan.audit.reading import Reading
from riskplan.units import DAYS_PER_WEEK

VISITS, TEAM_DAYS, PEOPLE = "visits", "team-days", "people"
COUNTED = (VISITS, TEAM_DAYS, PEOPLE)
"""Units that this module counts; ``officer-minutes`` and ``crew-visits`` belong to the capacity."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit under a key, and how often it counts there."""

    call: Call
    weight: int


@dataclass(frozen=True, slots=True)
class Count:
    """What stands in one window under one key."""

    key: str
    window: str
    entries: tuple[Entry, ...]
    figure: int

    @property
    def planned(self) -> bool:
        """Tell whether a visit of the plan is among them; other windows are not judged."""
        return any(e.call.planned for e in self.entries)


def period(window: str, month: str) -> str:
    """Return the month, quarter or year that a month lies in."""
    if window == "month":
        return month
    return quarter_label(month) if window == "quarter" else month[:4]


def labels(call: Call, window: str) -> tuple[str, ...]:
    """Return the windows in which a visit counts, for every window but ``rolling``."""
    if window == "day":
        return (date_text(call.earliest),) if call.dated else ()
    if window == "week":
        return (week_label(call.earliest),)
    return tuple(dict.fromkeys(period(window, m) for m in call.months))


def figure(reading: Reading, entries: Sequence[Entry]) -> int:
    """Return how much some visits come to, in the unit of the row."""
    if reading.row.unit == VISITS:
        return sum(e.weight for e in entries)
    teams = {(e.call.earliest, e.call.team) for e in entries}
    if reading.row.unit == TEAM_DAYS:
        return len(teams)
    known = reading.world.people
    return len({p for _, t in teams if t in known for p in (*known[t].officers, *known[t].experts)})


def relevant(reading: Reading) -> Iterable[Call]:
    """Yield the visits that a row counts, apart from those that lie in no window with a planned visit."""
    first = reading.world.first_relevant_day - max(0, reading.row.rolling_days)
    in_teams = reading.row.unit != VISITS
    for call in reading.world.calls:
        if (
            call.latest >= first
            and reading.counts(call)
            and not (in_teams and not (call.dated and call.team))
        ):
            yield call


def by_key(reading: Reading) -> dict[str, list[Entry]]:
    """Return key -> its visits."""
    groups: dict[str, list[Entry]] = {}
    for call in relevant(reading):
        for key, weight in reading.keys(call):
            groups.setdefault(key, []).append(Entry(call, weight))
    return groups


def by_window(reading: Reading) -> dict[tuple[str, str], list[Entry]]:
    """Return (key, window) -> the visits that count there, for every window but ``rolling``."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for call in relevant(reading):
        for label in labels(call, reading.row.window):
            for key, weight in reading.keys(call):
                groups.setdefault((key, label), []).append(Entry(call, weight))
    return groups


def counts(reading: Reading) -> Iterable[Count]:
    """Yield what is counted under every key: its windows, or of rolling ones the fullest that do not overlap."""
    if reading.row.window == "rolling":
        for key, entries in by_key(reading).items():
            yield from fullest(reading, key, entries)
        return
    for (key, label), entries in by_window(reading).items():
        yield Count(key, label, tuple(entries), figure(reading, entries))


def fullest(reading: Reading, key: str, entries: list[Entry]) -> list[Count]:
    """Return windows of ``rolling_days`` days under a key: the fullest first, then those that overlap none before.

    Every set of visits that some window can hold is also held by a window that ends on the earliest day of one of
    them, so only these are looked at.
    """
    days = max(1, reading.row.rolling_days)
    ordered = sorted(entries, key=lambda e: (e.call.earliest, e.call.latest, e.call.id))
    starts = [e.call.earliest for e in ordered]
    found = []
    for end in sorted(set(starts)):
        near = ordered[bisect_left(starts, end - days - DAYS_PER_WEEK) : bisect_right(starts, end)]
        inside = tuple(e for e in near if e.call.latest > end - days)
        window = f"{date_text(max(1, end - days + 1))}/{date_text(end)}"
        count = Count(key, window, inside, figure(reading, inside))
        if count.planned:
            found.append((-count.figure, end, count))
    chosen: list[tuple[int, Count]] = []
    for _, end, count in sorted(found, key=lambda f: f[:2]):
        if all(abs(end - other) >= days for other, _ in chosen):
            chosen.append((end, count))
    return [count for _, count in chosen]
