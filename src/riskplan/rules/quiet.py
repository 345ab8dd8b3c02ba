"""Open days: the one place that says on which days a planned visit may stand (docs/semantics.md, S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.rules.model import PLANNED_KIND, QuietRule, Rulebook
from riskplan.rules.scopes import about_all_premises, fits_filter, takes_part

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]
DAYS_1_25 = 25
"""Last quiet day of the month under ``days_1_25``."""


def quiet_on(rule: QuietRule, dates: Dates) -> Bools:
    """Return which days a quiet rule closes, shape (n_days,).

    Parameters
    ----------
    rule
        Mode, days and months.
    dates
        shape (n_days,), datetime64[D].
    """
    day = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    month = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    if rule.mode == "days":
        closed = np.isin(day, rule.days)
    else:
        closed = day <= (DAYS_1_25 if rule.mode == "days_1_25" else rule.per_month)
    return closed & np.isin(month, rule.months) if rule.months else closed


@dataclass(frozen=True, eq=False)
class OpenDays:
    """Open days of every enterprise; days before ``as_of`` and days off are never open.

    Enterprises with the same weekdays, months, closures and quiet days share one *profile*.

    Parameters
    ----------
    dates
        shape (n_days,), datetime64[D], the horizon.
    masks
        shape (n_profiles, n_days), open days of each profile, whatever the departments.
    profile
        shape (n_enterprises,), profile of each enterprise.
    bound
        Quiet rules about some departments only: those departments, the days closed (n_days,), and the
        premises (n_enterprises,) that they protect.
    """

    dates: Dates
    masks: Bools
    profile: Ints
    bound: tuple[tuple[frozenset[str], Bools, Bools], ...]
    _memo: dict[tuple[int, tuple[int, ...]], Bools] = field(default_factory=dict, repr=False)

    @property
    def enterprise(self) -> Bools:
        """Open days whatever the departments, shape (n_enterprises, n_days)."""
        return self.masks[self.profile]

    def for_departments(self, e: int, departments: Collection[str]) -> Bools:
        """Return the open days of an enterprise for a visit of some departments, shape (n_days,); do not write.

        Parameters
        ----------
        e
            Index of the enterprise.
        departments
            All that take part.
        """
        here = int(self.profile[e])
        rows = tuple(
            k for k, (ids, _, fits) in enumerate(self.bound) if fits[e] and not ids.isdisjoint(departments)
        )
        if not rows:
            return self.masks[here]
        if (here, rows) not in self._memo:
            closed = np.logical_or.reduce([self.bound[k][1] for k in rows])
            self._memo[here, rows] = self.masks[here] & ~closed
        return self._memo[here, rows]


def open_days(case: Case, rules: Rulebook, tiers: Sequence[str], kind: str = PLANNED_KIND) -> OpenDays:
    """Return the open days of every enterprise, quiet days included.

    Parameters
    ----------
    case
        Calendar, closed weekdays, open months, closures.
    rules
        Quiet rules.
    tiers
        Tier of each enterprise, in the order of ``case.enterprises``.
    kind
        Kind of the visits in question.
    """
    weeks = Weeks.of(case)
    quiet = [(row, quiet_on(row, weeks.dates)) for row in rules.quiet if kind in row.kinds]
    general = [
        (fits_filter(case, row.filter, tiers), days) for row, days in quiet if not row.filter.departments
    ]
    frame = case.enterprises
    protected = np.array([fits for fits, _ in general], dtype=bool).reshape(len(general), len(frame)).T
    shut = _closures(case)
    columns = (
        frame["enterprise_id"],
        frame["closed_days"],
        frame["open_months"],
        map(tuple, protected.tolist()),
    )
    keys = [(c, m, shut.get(name, ()), rows) for name, c, m, rows in zip(*columns, strict=True)]
    number = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    masks = np.zeros((len(number), len(weeks.dates)), dtype=bool)
    for (closed, months, spans, rows), k in number.items():
        masks[k] = weeks.is_workday & _own_days(weeks.dates, closed, months, spans)
        for binds, (_, days) in zip(rows, general, strict=True):
            masks[k] &= ~(days & binds)
    bound = tuple(
        (frozenset(row.filter.departments), days, fits_filter(case, row.filter, tiers))
        for row, days in quiet
        if row.filter.departments
    )
    return OpenDays(weeks.dates, masks, np.array([number[key] for key in keys], dtype=np.int64), bound)


Span = tuple[dt.date, dt.date]


def _closures(case: Case) -> dict[str, tuple[Span, ...]]:
    """Return enterprise -> first and last days closed, in order."""
    table = case["closures"]
    spans: dict[str, tuple[Span, ...]] = {}
    for name, first, last in zip(table["enterprise_id"], table["first"], table["last"], strict=True):
        spans[name] = (*spans.get(name, ()), (first.date(), last.date()))
    return spans


def _own_days(
    dates: Dates, closed: tuple[int, ...], months: tuple[int, ...], spans: tuple[Span, ...]
) -> Bools:
    """Return the days on which premises do business: weekday, month, closures."""
    weekday = (dates.astype(np.int64) + 3) % 7 + 1
    month = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    own = ~np.isin(weekday, closed)
    if months:
        own &= np.isin(month, months)
    for first, last in spans:
        own &= (dates < np.datetime64(first)) | (dates > np.datetime64(last))
    return own


def usable_days(case: Case, rules: Rulebook, department: str, kind: str = PLANNED_KIND) -> Bools:
    """Return the workdays on which a department may make visits of a kind anywhere (S7), shape (n_days,).

    Quiet rules about some premises only take nothing away here, and days before ``as_of`` count.

    Parameters
    ----------
    case, rules
        Calendar and quiet rules.
    department
        Department id.
    kind
        Kind of the visits in question.
    """
    usable = case.days.is_workday.copy()
    dates = case.days.dates.astype("datetime64[D]")
    for row in rules.quiet:
        if kind in row.kinds and about_all_premises(row.filter) and takes_part(row.filter, (department,)):
            usable &= ~quiet_on(row, dates)
    return usable
