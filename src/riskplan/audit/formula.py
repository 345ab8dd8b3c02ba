"""What each department can do: the legal formula, its pools, usable days and whole crews (S7)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.dates import column_days
from riskplan.audit.history import Call
from riskplan.audit.owed import exact
from riskplan.audit.world import World

JOINT = "joint"
DEDUCTED = ("other", JOINT, "non_enforcement")
"""Classes of capacity lines that are no inspection days."""


def joint_key(department: str) -> str:
    """Return the name of a department's second pool."""
    return f"{department}/{JOINT}"


def certified_officers(world: World) -> dict[str, list[str]]:
    """Return department -> its certified officers with role ``officer``, sorted."""
    table = world.case["officers"]
    officers: dict[str, list[str]] = {d: [] for d in world.department_ids}
    columns = (table[c] for c in ("officer_id", "department_id", "certified", "role"))
    for officer, department, certified, role in zip(*columns, strict=True):
        if certified and role == "officer":
            officers.setdefault(department, []).append(officer)
    return {d: sorted(names) for d, names in officers.items()}


def days_on_leave(world: World) -> dict[str, npt.NDArray[np.bool_]]:
    """Return officer -> days of the horizon on leave, shape (n_days,), for officers with leave."""
    leave = world.case.tables.get("leave")
    if leave is None or not len(leave):
        return {}
    days = np.arange(world.calendar.first, world.calendar.last + 1)
    away: dict[str, npt.NDArray[np.bool_]] = {}
    spans = zip(leave["officer_id"], column_days(leave["first"]), column_days(leave["last"]), strict=True)
    for officer, first, last in spans:
        span = (days >= first) & (days <= last)
        away[officer] = away[officer] | span if officer in away else span
    return away


@dataclass(frozen=True)
class Formula:
    """The legal formula of one world.

    Parameters
    ----------
    world
        The world.
    """

    world: World

    @cached_property
    def officers(self) -> dict[str, list[str]]:
        """Department -> its certified officers."""
        return certified_officers(self.world)

    @cached_property
    def usable(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Department -> its usable days, shape (n_days,)."""
        return {d: self.world.quiet.usable(d) for d in self.officers}

    @cached_property
    def lines(self) -> Mapping[str, Mapping[str, int]]:
        """Department -> class -> officer-days of its capacity lines; departments without lines are left out."""
        table = self.world.case.tables.get("capacity_lines")
        found: dict[str, dict[str, int]] = {}
        if table is not None:
            for department, kind, days in zip(
                table["department_id"], table["class"], table["days"], strict=True
            ):
                sums = found.setdefault(str(department), {})
                sums[str(kind)] = sums.get(str(kind), 0) + int(days)
        return found

    @cached_property
    def budgets(self) -> dict[str, int]:
        """Pool -> officer-minutes of the horizon."""
        c = self.world.rules.capacity
        exempt, reserve = exact(c.exempt_share), exact(c.reserve_share)
        result: dict[str, int] = {}
        for department, names in self.officers.items():
            legal = Fraction(len(names) * self.world.calendar.workdays())
            lines = self.lines.get(department)
            if lines is None:
                days = legal * (1 - exact(c.other_enforcement_share) - exact(c.non_enforcement_share))
            else:
                days = max(Fraction(0), legal - sum(lines.get(k, 0) for k in DEDUCTED))
                if JOINT in lines:
                    joint = lines[JOINT] * c.minutes_per_day * (1 - reserve)
                    result[joint_key(department)] = math.floor(joint)
            result[department] = math.floor(days * c.minutes_per_day * (1 - exempt - reserve))
        return result

    def department_of(self, pool: str) -> str:
        """Return the department of a pool."""
        return pool if pool in self.officers else pool.removesuffix(f"/{JOINT}")

    def pool_of(self, department: str, lead: str) -> str:
        """Return the pool that a visit charges for a participating department: the second where it does not lead."""
        second = joint_key(department)
        return second if department != lead and second in self.budgets else department

    def minutes(self, window: str) -> dict[tuple[str, str], int]:
        """Return (pool, window label) -> most officer-minutes: the share of the usable days, within what is there."""
        rules, calendar = self.world.rules.capacity, self.world.calendar
        flex = exact(rules.week_flex) if window == "week" else Fraction(1)
        up, down = flex.numerator, flex.denominator
        allowed: dict[tuple[str, str], int] = {}
        for pool, budget in self.budgets.items():
            department = self.department_of(pool)
            days, people = self.usable[department], len(self.officers[department])
            total = max(1, int(days.sum()))
            shares = calendar.by_week(days) if window == "week" else calendar.by_month(days)
            for label, n in shares.items():
                there = people * n * rules.minutes_per_day
                allowed[pool, label] = min(up * budget * n // (down * total), there)
        return allowed

    def crews(self) -> dict[tuple[str, str], int]:
        """Return (department, week) -> crew-visits: whole crews free on each usable day from ``as_of`` on."""
        calendar, away = self.world.calendar, days_on_leave(self.world)
        to_come = np.arange(calendar.first, calendar.last + 1) >= calendar.as_of
        allowed = {}
        for department, officers in self.officers.items():
            free = np.full(calendar.n_days, len(officers))
            for officer in officers:
                if officer in away:
                    free = free - away[officer]
            each = free // self.world.rules.crew.officers_per_department
            crews = np.where(to_come & self.usable[department], each, 0)
            for label, crew_days in calendar.by_week(crews).items():
                allowed[department, label] = crew_days * self.world.rules.day.max_visits
        return allowed

    @cached_property
    def months(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Department -> in which month each week has a usable day, shape (n_months, n_weeks)."""
        return {d: self.world.calendar.months_in_weeks(days) for d, days in self.usable.items()}

    @cached_property
    def months_by_week(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Department -> for each week the months in which it has a usable day."""
        names = self.world.calendar.months
        return {
            d: tuple(tuple(names[m] for m in np.flatnonzero(column)) for column in table.T)
            for d, table in self.months.items()
        }

    def months_of(self, call: Call, department: str) -> tuple[str, ...]:
        """Return the months that a visit charges: that of its day, or those of its week's usable days."""
        if call.dated or department not in self.months_by_week:
            return call.months
        week = self.world.calendar.week_index.get(call.monday)
        return call.months if week is None else self.months_by_week[department][week]
