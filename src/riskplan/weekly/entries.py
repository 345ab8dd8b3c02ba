"""Visits as intervals of days: those of a plan, and those done or fixed in the case (S2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.units import DAYS_PER_WEEK

NOT_MET = "not_met"
NOWHERE = -1
"""Premises of a visit to a township or village."""
EPOCH = dt.date(1970, 1, 1).toordinal()


class Entry(NamedTuple):
    """One visit; days since 1970-01-01, ``first == last`` when it is dated, else Monday and Sunday of its week.

    ``premises`` is an index or ``NOWHERE``; ``stage`` is "" for a visit of the case.
    """

    visit_id: str
    object_kind: str
    object_id: str
    premises: int
    departments: tuple[str, ...]
    lead: str
    kind: str
    minutes: int
    stage: str
    first: int
    last: int

    @property
    def planned(self) -> bool:
        """Whether it is a visit of the plan."""
        return self.stage != ""

    @property
    def dated(self) -> bool:
        """Whether its day is known."""
        return self.first == self.last

    @property
    def monday(self) -> int:
        """Monday of its ISO week."""
        return self.first - (self.first + 3) % DAYS_PER_WEEK

    def on_day(self, day: int) -> Entry:
        """Return the visit as it would stand on a day [days since 1970-01-01]."""
        return self._replace(first=day, last=day)

    def in_week(self, monday: int) -> Entry:
        """Return the visit as it would stand undated in a week."""
        return self._replace(first=monday, last=monday + DAYS_PER_WEEK - 1)


def planned_entries(plan: Plan, number: Mapping[str, int], undated: frozenset[str]) -> list[Entry]:
    """Return the visits of a plan to known objects, in the order of its table.

    Parameters
    ----------
    plan
        All stages; what counts where is said by the rows.
    number
        Enterprise -> index.
    undated
        Visits that lose their date, as they are planned anew.
    """
    names = (
        "visit_id", "object_kind", "enterprise_id", "departments", "lead", "kind", "minutes", "stage", "week", "date",
    )  # fmt: skip
    entries = []
    for v, object_kind, name, ds, lead, kind, minutes, stage, week, date in zip(
        *(plan.visits[c] for c in names), strict=True
    ):
        premises = number.get(name, NOWHERE) if object_kind == "enterprise" else NOWHERE
        if (object_kind == "enterprise" and premises == NOWHERE) or not (week or date):
            continue
        day = 0 if not date or v in undated else days_since_1970(dt.date.fromisoformat(date))
        entry = Entry(
            v,
            object_kind,
            name,
            premises,
            tuple(dict.fromkeys(ds)),
            lead,
            kind,
            int(minutes),
            stage,
            day,
            day,
        )
        entries.append(entry if day else entry.in_week(monday_of(week)))
    return entries


def known_entries(case: Case, number: Mapping[str, int], planned: list[Entry], earliest: int) -> list[Entry]:
    """Return the done and fixed visits of a case from a day on; what the plan repeats as done counts once.

    Parameters
    ----------
    case
        Its visits.
    number
        Enterprise -> index.
    planned
        Visits of the plan.
    earliest
        First day that matters [days since 1970-01-01].
    """
    visits = case["visits"]
    day = visits["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    as_of = days_since_1970(case.as_of)
    chosen = visits[(day >= earliest) & ((day < as_of) | visits["fixed"].to_numpy(dtype=bool))]
    repeated = {(e.visit_id, e.object_id) for e in planned if e.stage == "done"}
    return [e for e in _rows(chosen, number) if (e.visit_id, e.object_id) not in repeated]


def _rows(visits: pd.DataFrame, number: Mapping[str, int]) -> list[Entry]:
    days = visits["date"].to_numpy().astype("datetime64[D]").astype(np.int64).tolist()
    columns: list[Any] = [visits[c] for c in ("visit_id", "object_kind", "object_id", "departments", "kind")]
    entries = []
    for v, object_kind, name, ds, kind, day in zip(*columns, days, strict=True):
        premises = number.get(name, NOWHERE) if object_kind == "enterprise" else NOWHERE
        if object_kind != "enterprise" or premises != NOWHERE:
            departments = tuple(dict.fromkeys(ds))
            entries.append(Entry(v, object_kind, name, premises, departments, "", kind, 0, "", day, day))
    return entries


def days_since_1970(day: dt.date) -> int:
    """Return a date as a number of days."""
    return day.toordinal() - EPOCH


def date_of(day: int) -> dt.date:
    """Return the date of a number of days since 1970-01-01."""
    return dt.date.fromordinal(day + EPOCH)


def monday_of(label: str) -> int:
    """Return the Monday of an ISO week label [days since 1970-01-01]."""
    year, week = label.split("-W")
    return days_since_1970(dt.date.fromisocalendar(int(year), int(week), 1))


def tiers_of(case: Case, plan: Plan, lowest: str) -> list[str]:
    """Return the tier of every enterprise in the order of the case, ``lowest`` where the plan has no score.

    Parameters
    ----------
    case
        All enterprises.
    plan
        Its ``scores``.
    lowest
        Tier of unscored enterprises.
    """
    scores: pd.DataFrame = plan["scores"]
    known = dict(zip(scores["enterprise_id"], scores["tier"], strict=True))
    return [known.get(e, lowest) for e in case.enterprises["enterprise_id"]]
