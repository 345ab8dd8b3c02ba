"""Visits as intervals of possible days: those of the plan, and those done or fixed in the case (S2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.audit.dates import NO_DAY, Calendar, column_days, day_of, monday_of, monday_of_week, year_of
from riskplan.audit.premises import Openness, Premises
from riskplan.case.tables import Case
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_WEEK


@dataclass(frozen=True, slots=True)
class Call:
    """One visit, wherever it is written down.

    Parameters
    ----------
    id
        Visit id.
    planned
        True for a row of the plan, False for a row of the case.
    object_kind, object_id
        What is visited.
    premises
        Position of the enterprise, -1 for other objects and unknown ones.
    township
        Code of the township in which the visit takes place, "" when unknown.
    earliest, latest
        Days on which it may take place; equal when it is dated, ``NO_DAY`` when they cannot be read.
    departments, items, kind, stage
        As written; departments and items without repetition. ``stage`` is "" for rows of the case.
    minutes
        Service time by S8, whatever the plan says [minutes]; 0 for rows of the case.
    years
        Calendar years in which it counts (S4).
    """

    id: str
    planned: bool
    object_kind: str
    object_id: str
    premises: int
    township: str
    earliest: int
    latest: int
    departments: tuple[str, ...]
    items: tuple[str, ...]
    kind: str
    stage: str
    minutes: int
    years: tuple[int, ...]

    @property
    def placed(self) -> bool:
        """Tell whether its date or week can be read."""
        return self.earliest != NO_DAY

    @property
    def dated(self) -> bool:
        """Tell whether its day is known."""
        return self.placed and self.earliest == self.latest

    @property
    def counts(self) -> bool:
        """Tell whether it counts towards limits at all (S2)."""
        return self.placed and self.stage != "not_met"

    @property
    def monday(self) -> int:
        """Monday of its ISO week."""
        return monday_of(self.earliest)


@dataclass(frozen=True)
class Places:
    """Where objects of each kind lie.

    Parameters
    ----------
    case, premises, openness, calendar
        The world that visits are placed in.
    village_township
        Village -> township.
    """

    case: Case
    premises: Premises
    openness: Openness
    calendar: Calendar
    village_township: Mapping[str, str]

    def township(self, kind: str, object_id: str) -> str:
        """Return the township of an object, "" when it is unknown."""
        if kind == "enterprise":
            position = self.premises.index.get(object_id, -1)
            return self.premises.township[position] if position >= 0 else ""
        return object_id if kind == "township" else self.village_township.get(object_id, "")

    def open_days(self, position: int) -> npt.NDArray[np.bool_]:
        """Return the open days of premises, shape (n_days,); -1 for an object that is always open."""
        if position >= 0:
            return self.openness.open[position]
        days = np.arange(self.calendar.first, self.calendar.last + 1)
        return self.calendar.workday & (days >= self.calendar.as_of)

    def years(self, position: int, earliest: int, latest: int) -> tuple[int, ...]:
        """Return the years in which a visit counts: of its day, or of its week's open days (S4)."""
        if earliest == latest:
            return (year_of(earliest),)
        if year_of(earliest) == year_of(latest):
            return (year_of(earliest),)
        first, last = max(earliest, self.calendar.first), min(latest, self.calendar.last)
        open_days = self.open_days(position)
        years = [year_of(day) for day in range(first, last + 1) if open_days[day - self.calendar.first]]
        if not years:
            years = [year_of(day) for day in range(first, last + 1)] or [year_of(earliest), year_of(latest)]
        return tuple(sorted(set(years)))


def places_of(case: Case, calendar: Calendar, premises: Premises, openness: Openness) -> Places:
    """Return where the objects of a case lie."""
    villages = case.tables.get("villages")
    lookup = (
        {}
        if villages is None
        else dict(zip(villages["village_code"], villages["township_code"], strict=True))
    )
    return Places(case, premises, openness, calendar, lookup)


def possible_days(date: str, week: str) -> tuple[int, int]:
    """Return the first and last possible day of a visit: its date, else Monday and Sunday."""
    if date:
        day = day_of(date)
        return (day, day)
    monday = monday_of_week(week)
    return (monday, monday + DAYS_PER_WEEK - 1) if monday else (NO_DAY, NO_DAY)


class Clock:
    """Service times from the items, by S8.

    Parameters
    ----------
    items
        The case's item table.
    rules
        The rulebook.
    """

    def __init__(self, items: pd.DataFrame, rules: Rulebook) -> None:
        self.department = {
            str(i): str(d) for i, d in zip(items["item_id"], items["department_id"], strict=True)
        }
        self.item_minutes = {str(i): int(m) for i, m in zip(items["item_id"], items["minutes"], strict=True)}
        self.on_site = {
            str(i) for i, m in zip(items["item_id"], items["mode"], strict=True) if m == "on_site"
        }
        self.setup = rules.day.setup

    def departments(self, items: tuple[str, ...]) -> tuple[str, ...]:
        """Return the departments of known items, sorted."""
        return tuple(sorted({self.department[i] for i in items if i in self.department}))

    def minutes(self, items: tuple[str, ...]) -> int:
        """Return set-up plus the longest department's item minutes."""
        sums: dict[str, int] = {}
        for item in items:
            if item in self.department:
                sums[self.department[item]] = sums.get(self.department[item], 0) + self.item_minutes[item]
        return self.setup + max(sums.values(), default=0)


def planned_calls(visits: pd.DataFrame, places: Places, clock: Clock) -> tuple[Call, ...]:
    """Return every row of the plan's visits, also those that count nowhere."""
    columns = (
        "visit_id",
        "object_kind",
        "enterprise_id",
        "date",
        "week",
        "departments",
        "items",
        "kind",
        "stage",
    )
    calls = []
    for row in zip(*(visits[c] for c in columns), strict=True):
        name, object_kind, object_id, date, week, departments, items, kind, stage = row
        earliest, latest = possible_days(date, week)
        position = places.premises.index.get(object_id, -1) if object_kind == "enterprise" else -1
        own_items = tuple(dict.fromkeys(items))
        calls.append(
            Call(
                id=name,
                planned=True,
                object_kind=object_kind,
                object_id=object_id,
                premises=position,
                township=places.township(object_kind, object_id),
                earliest=earliest,
                latest=latest,
                departments=tuple(dict.fromkeys(departments)),
                items=own_items,
                kind=kind,
                stage=stage,
                minutes=clock.minutes(own_items),
                years=places.years(position, earliest, latest) if earliest else (),
            )
        )
    return tuple(calls)


def ledger_calls(places: Places, planned: tuple[Call, ...]) -> tuple[Call, ...]:
    """Return the case's visits that count: done before ``as_of``, or fixed (S2).

    A visit that the plan repeats with stage ``done`` (same id, same object) is left out: it counts once.
    """
    table = places.case.tables.get("visits")
    if table is None or not len(table):
        return ()
    repeated = {(c.id, c.object_id) for c in planned if c.stage == "done"}
    columns = (
        table[c] for c in ("visit_id", "object_kind", "object_id", "departments", "items", "kind", "fixed")
    )
    calls = []
    for day, row in zip(column_days(table["date"]), zip(*columns, strict=True), strict=True):
        name, object_kind, object_id, departments, items, kind, fixed = row
        if day == NO_DAY or (day >= places.calendar.as_of and not fixed) or (name, object_id) in repeated:
            continue
        calls.append(
            Call(
                id=str(name),
                planned=False,
                object_kind=str(object_kind),
                object_id=str(object_id),
                premises=places.premises.index.get(str(object_id), -1) if object_kind == "enterprise" else -1,
                township=places.township(str(object_kind), str(object_id)),
                earliest=day,
                latest=day,
                departments=tuple(dict.fromkeys(departments)),
                items=tuple(items),
                kind=str(kind),
                stage="",
                minutes=0,
                years=(year_of(day),),
            )
        )
    return tuple(calls)
