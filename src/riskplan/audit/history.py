"""Visits as intervals of possible days: those of the plan, and those done or fixed in the case (S2)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskplan.audit.dates import (
    NO_DAY,
    column_days,
    day_of,
    monday_of,
    monday_of_week,
    month_label,
)
from riskplan.audit.places import Places
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
    township, village
        Codes of where the visit takes place, "" when unknown.
    earliest, latest
        Days on which it may take place; equal when it is dated, ``NO_DAY`` when they cannot be read.
    departments, items, kind, stage
        As written; departments and items without repetition. ``stage`` is "" for rows of the case.
    minutes
        Service time by S8, whatever the plan says [minutes]; 0 for rows of the case.
    lead, team
        As written by the plan, "" for rows of the case.
    months
        Calendar months in which it counts, such as ``2027-03`` (S4).
    """

    id: str
    planned: bool
    object_kind: str
    object_id: str
    premises: int
    township: str
    village: str
    earliest: int
    latest: int
    departments: tuple[str, ...]
    items: tuple[str, ...]
    kind: str
    stage: str
    minutes: int
    lead: str
    team: str
    months: tuple[str, ...]

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
        self._items: dict[str, list[str]] = {}
        for item, department in self.department.items():
            self._items.setdefault(department, []).append(item)

    def items_of(self, departments: tuple[str, ...]) -> tuple[str, ...]:
        """Return all items of some departments: what a visit checked that names none."""
        return tuple(item for d in departments for item in self._items.get(d, ()))

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


PLAN_CALL_COLUMNS = (
    "visit_id",
    "object_kind",
    "enterprise_id",
    "date",
    "week",
    "departments",
    "items",
    "kind",
    "stage",
    "lead",
    "team_id",
)


def planned_calls(visits: pd.DataFrame, places: Places, clock: Clock) -> tuple[Call, ...]:
    """Return every row of the plan's visits, also those that count nowhere."""
    calls = []
    for row in zip(*(visits[c] for c in PLAN_CALL_COLUMNS), strict=True):
        name, object_kind, object_id, date, week, departments, items, kind, stage, lead, team = row
        organs = tuple(dict.fromkeys(departments))
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
                village=places.village(object_kind, object_id),
                earliest=earliest,
                latest=latest,
                departments=organs,
                items=own_items,
                kind=kind,
                stage=stage,
                minutes=clock.minutes(own_items),
                lead=lead,
                team=team,
                months=places.months(position, (earliest, latest), kind, organs) if earliest else (),
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
                village=places.village(str(object_kind), str(object_id)),
                earliest=day,
                latest=day,
                departments=tuple(dict.fromkeys(departments)),
                items=tuple(items),
                kind=str(kind),
                stage="",
                minutes=0,
                lead="",
                team="",
                months=(month_label(day),),
            )
        )
    return tuple(calls)
