"""Officers, experts and grid staff of the fictional county, enough for what it will probably owe."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from riskplan.synth.catalogue import (
    county_departments,
    departments,
    departments_of,
    item_by_id,
    owed_items,
    sectors,
)
from riskplan.synth.days import HORIZON_FIRST, WORKDAYS_A_YEAR
from riskplan.synth.draws import Draws
from riskplan.synth.expectation import Expectation
from riskplan.synth.premises import Premises, size_name

UTILISATION = 0.72
"""Share of the planned minutes that the expected visits need."""
OFFICERS_PER_DEPARTMENT = 2
SETUP = 15
TRAVEL_ALLOWANCE = 40
MINUTES_AN_OFFICER = WORKDAYS_A_YEAR * 480 * (1 - 0.49 - 0.32) * (1 - 0.12 - 0.10)
_EXPERTS = (
    ("EM", "危险化学品"),
    ("EM", "矿山"),
    ("FIRE", "电气"),
    ("ENV", "环境监测"),
    ("HOUSING", "建筑结构"),
)
_GRID_EVERY = 300
_ON_LEAVE_SHARE = 0.07


@dataclass(frozen=True)
class Person:
    """One line of officers.csv."""

    officer_id: str
    department_id: str
    certified: bool
    role: str
    specialty: str


@dataclass(frozen=True)
class Leave:
    """An absence, both days included."""

    officer_id: str
    first: dt.date
    last: dt.date


def expected_minutes(premises: Premises, expected: Expectation) -> dict[str, int]:
    """Return officer-minutes that each county department will probably spend on joint visits in the year."""
    load = dict.fromkeys(county_departments(), 0)
    for i, owed in enumerate(expected.owed.tolist()):
        minutes = visit_minutes(premises, i)
        for department in minutes:
            charge = SETUP + max(minutes.values()) + TRAVEL_ALLOWANCE
            load[department] += owed * OFFICERS_PER_DEPARTMENT * charge
    return load


def visit_minutes(premises: Premises, index: int) -> dict[str, int]:
    """Return the minutes on site of each department that an enterprise's on-site items need."""
    ids = owed_items(sectors()[premises.sector[index]], size_name(premises, index))
    return {
        d: sum(item_by_id()[i].minutes for i in ids if item_by_id()[i].department_id == d)
        for d in departments_of(ids)
    }


SIMILAR = 2
"""Departments whose minutes differ by more than this factor come apart, where the spacing leaves room."""
ROOM_FOR_MORE = 2
"""Index of the tier (yellow) whose spacing and caps leave room for a further call."""


def expected_calls(premises: Premises, expected: Expectation) -> np.ndarray:
    """Return the joint visits that each enterprise will probably need, shape (n,)."""
    calls = expected.owed.copy()
    for i in np.flatnonzero((expected.tier == ROOM_FOR_MORE) & (calls > 0)).tolist():
        minutes = visit_minutes(premises, i).values()
        calls[i] += max(minutes) > SIMILAR * min(minutes)
    return calls


def certified_officers(count: int, load: dict[str, int]) -> dict[str, int]:
    """Return certified officers by department: at least 4, and 8 from 1,500 enterprises on."""
    least = 4 + min(4, math.floor(4 * count / 1_500))
    return {d: max(least, math.ceil(m / (UTILISATION * MINUTES_AN_OFFICER))) for d, m in load.items()}


def make_staff(premises: Premises, expected: Expectation) -> list[Person]:
    """Return everybody, by department; numbers run through."""
    officers = certified_officers(len(premises), expected_minutes(premises, expected))
    systems = {d.department_id: d.system for d in departments()}
    roles: list[tuple[str, bool, str, str]] = []
    for k, (department, certified) in enumerate(officers.items()):
        roles += [(department, True, "officer", systems[department])] * certified
        roles += [(department, False, "officer", systems[department])] * (k % 2)
        roles += [(department, False, "expert", field) for d, field in _EXPERTS if d == department]
    roles += [("EM", False, "grid", "网格巡查")] * max(1, len(premises) // _GRID_EVERY)
    return [Person(f"P{k:03d}", *role) for k, role in enumerate(roles, start=1)]


def make_leave(staff: list[Person], draws: Draws) -> list[Leave]:
    """Return a few absences of one to four weeks, and one long one, among certified officers."""
    certified = [p.officer_id for p in staff if p.certified]
    away = draws.sample([1.0] * len(certified), max(1, round(_ON_LEAVE_SHARE * len(certified)))).tolist()
    leave = []
    for n, k in enumerate(away):
        first = HORIZON_FIRST + dt.timedelta(days=4 + int(230 * draws.one()))
        length = 98 if n == 0 and len(away) > 2 else 7 + int(21 * draws.one())
        leave.append(Leave(certified[k], first, first + dt.timedelta(days=length - 1)))
    return leave
