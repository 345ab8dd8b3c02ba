"""Which days the rows leave to the visits of a week, and how many of them a day or some days may hold (S4, S5, S7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.weekly.entries import Entry
from riskplan.weekly.ledger import Blocked, Ledger, Slot
from riskplan.weekly.pools import WEEK_CREWS
from riskplan.weekly.problem import NO_MOST, OfficerCap, Quota
from riskplan.weekly.rows import UNLIMITED, Key, LimitRow

Days = tuple[int, ...]


@dataclass(frozen=True)
class WeekLaw:
    """What all rows say of the movable visits of a week.

    Parameters
    ----------
    open_days
        shape (n, d), bool: days on which a visit may stand if no other movable one did.
    closed_by
        Per visit, the first row that takes an open day away and the key that is full; None for none.
    quotas, officer_caps
        What holds between movable visits.
    """

    open_days: npt.NDArray[np.bool_]
    closed_by: tuple[Blocked | None, ...]
    quotas: tuple[Quota, ...]
    officer_caps: tuple[OfficerCap, ...]


def week_law(
    ledger: Ledger,
    entries: Sequence[Entry],
    dates: npt.NDArray[np.datetime64],
    departments: Sequence[str],
    within: npt.NDArray[np.bool_] | None = None,
) -> WeekLaw:
    """Return the open days of visits, and the quotas that bind them together.

    Parameters
    ----------
    ledger
        All other visits; the entries do not stand in it.
    entries
        The n movable visits.
    dates
        shape (d,), workdays of the week.
    departments
        Departments of the week, in the order of its arrays.
    within
        shape (n, d), days on which a visit may stand at all; None: all.
    """
    days = dates.astype("datetime64[D]").astype(np.int64).tolist()
    inside = np.isin(ledger.weeks.dates, dates)
    is_open = np.array([ledger.openness.days(e)[inside] for e in entries], dtype=bool)
    is_open = is_open.reshape(len(entries), len(days))
    if within is not None:
        is_open &= within
    officers = officer_caps(ledger, entries, departments)
    quotas = [
        *_bucket_quotas(ledger, entries, days, is_open),
        *_rolling_quotas(ledger, entries, days, is_open),
    ]
    lawful = is_open.copy()
    closed_by = [_quiet(ledger, e, dates, row) for e, row in zip(entries, is_open, strict=True)]
    for i, chosen, by in (*_too_full(quotas), *_no_officer(officers, entries, departments, len(days))):
        if lawful[i, chosen].any():
            lawful[i, chosen] = False
            closed_by[i] = closed_by[i] or by
    return WeekLaw(lawful, tuple(closed_by), _binding(quotas, lawful), officers)


def _too_full(quotas: Iterable[Quota]) -> list[tuple[int, list[int], Blocked]]:
    """Return visits with days on which they alone are too much for a quota."""
    return [
        (i, list(quota.days), Blocked(quota.row_id, Key(*quota.key)))
        for quota in quotas
        for i, weight in quota.uses
        if weight > quota.room
    ]


def _no_officer(
    caps: Sequence[OfficerCap], entries: Sequence[Entry], departments: Sequence[str], n_days: int
) -> list[tuple[int, list[int], Blocked]]:
    """Return visits, with all days, of departments whose officers may make none of them."""
    return [
        (i, list(range(n_days)), Blocked(cap.row_id, Key(d)))
        for cap in caps
        for i in np.flatnonzero(cap.counted).tolist()
        for k, d in enumerate(departments)
        if d in entries[i].departments and cap.most[k] < 1
    ]


def _quiet(
    ledger: Ledger, entry: Entry, dates: npt.NDArray[np.datetime64], is_open: npt.NDArray[np.bool_]
) -> Blocked | None:
    """Return the quiet rule that leaves a visit no open day, None if it has one or would have none anyway."""
    if is_open.any() or not ledger.openness.rules.quiet:
        return None
    row = ledger.openness.quiet_row(entry, dates)
    return Blocked(row, Key("")) if row else None


def _bucket_quotas(
    ledger: Ledger, entries: Sequence[Entry], days: Sequence[int], is_open: npt.NDArray[np.bool_]
) -> list[Quota]:
    """Return a quota for each counter of day, week, month, quarter, year or pool that the visits would use.

    Not for crew-visits: who goes out on a day is decided with the officers who are there.
    """
    rows = [(number, row) for number, row in enumerate(ledger.rows) if row.id != WEEK_CREWS]
    uses: dict[Slot, dict[int, int]] = {}
    on: dict[Slot, dict[int, None]] = {}
    for i, entry in enumerate(entries):
        for k in np.flatnonzero(is_open[i]).tolist():
            dated = entry.on_day(days[k])._replace(stage="draft")
            for number, row in rows:
                for key, window, weight in row.charges(dated):
                    slot = Slot(number, key, window)
                    uses.setdefault(slot, {})[i] = weight
                    on.setdefault(slot, {})[k] = None
    return [
        Quota(ledger.rows[s.row].id, s.key, tuple(uses[s].items()), tuple(sorted(on[s])), ledger.room(s))
        for s in uses
    ]


def _rolling_quotas(
    ledger: Ledger, entries: Sequence[Entry], days: Sequence[int], is_open: npt.NDArray[np.bool_]
) -> list[Quota]:
    """Return a quota for each set of days that a rolling window may hold, with what its fullest window leaves."""
    uses: dict[tuple[int, Key], dict[int, int]] = {}
    for i, entry in enumerate(entries):
        if is_open[i].any():
            for number, row in enumerate(ledger.limits):
                for key, weight in row.spans(entry):
                    uses.setdefault((number, key), {})[i] = weight
    quotas = []
    for (number, key), members in uses.items():
        row = ledger.limits[number]
        length, most = row.length(key), row.most(key)
        if length > 0 and most != UNLIMITED:
            covered = ledger.covered(number, key, days[0], days[-1], length)
            quotas += [
                Quota(row.id, key, tuple(members.items()), chosen, most - taken)
                for chosen, taken in day_sets(days, length, covered)
            ]
    return quotas


def day_sets(days: Sequence[int], length: int, covered: npt.NDArray[np.int64]) -> list[tuple[Days, int]]:
    """Return the sets of days that a running window may hold, each with the most that stands in such a window.

    A set inside another one with as much in its windows says nothing more and is left out.

    Parameters
    ----------
    days
        d days in order.
    length
        Days of a window.
    covered
        What stands in each window that meets the days, by its first day, from ``length - 1`` days before.
    """
    starts = np.arange(days[0] - length + 1, days[-1] + 1)
    low = np.searchsorted(days, starts)
    high = np.searchsorted(days, starts + length - 1, side="right")
    fullest: dict[tuple[int, int], int] = {}
    for a, b, taken in zip(low.tolist(), high.tolist(), covered.tolist(), strict=True):
        if a < b:
            fullest[a, b] = max(taken, fullest.get((a, b), 0))
    return [
        (tuple(range(a, b)), taken)
        for (a, b), taken in fullest.items()
        if not any((c, d) != (a, b) and c <= a and b <= d and t >= taken for (c, d), t in fullest.items())
    ]


def _binding(quotas: Iterable[Quota], lawful: npt.NDArray[np.bool_]) -> tuple[Quota, ...]:
    """Return the quotas that the visits, together, could break; only with visits that may stand on their days."""
    binding = []
    for quota in quotas:
        uses = tuple((i, n) for i, n in quota.uses if lawful[i, list(quota.days)].any())
        if uses and sum(n for _, n in uses) > quota.room:
            binding.append(quota._replace(uses=uses))
    return tuple(binding)


def officer_caps(
    ledger: Ledger, entries: Sequence[Entry], departments: Sequence[str]
) -> tuple[OfficerCap, ...]:
    """Return the rows about what one officer may do in a day, for the officers of each department.

    Parameters
    ----------
    ledger
        Its rows.
    entries
        Movable visits.
    departments
        In the order of the week's arrays.
    """
    return tuple(_officer_cap(row, entries, departments) for row in ledger.officer_rows)


def _officer_cap(row: LimitRow, entries: Sequence[Entry], departments: Sequence[str]) -> OfficerCap:
    named = row.limit.filter.departments
    stated = [row.limit.amount_for(d) if not named or d in named else None for d in departments]
    return OfficerCap(
        row_id=row.id,
        counted=tuple(row.counts(entry) for entry in entries),
        most=tuple(NO_MOST if amount is None else amount for amount in stated),
    )
