"""Officer time: the legal formula, spread over months and weeks, and the crews that are physically there (S7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.rules.formula import Formula, legal_formula
from riskplan.rules.model import CapacityRules, Rulebook
from riskplan.rules.quiet import usable_days

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
JOINT = "/joint"
"""Ending of the name of a department's second pool."""


@dataclass(frozen=True)
class Capacity:
    """What each department can offer. A *pool* is officer-minutes that some of a department's visits charge.

    Parameters
    ----------
    departments
        Department ids, sorted.
    pools
        Names of the pools: ``EM``, or ``EM/joint`` for visits that EM takes part in but does not lead; the pools of
        one department stand together, in the order of ``departments``.
    pool_department
        shape (n_pools,), index of each pool's department.
    officers
        shape (n_departments,), certified officers.
    usable
        shape (n_departments, n_days), workdays on which the department may make daily visits.
    budget
        shape (n_pools,), officer-minutes of the horizon for planned visits.
    week_minutes
        shape (n_pools, n_weeks), most officer-minutes in a week.
    month_minutes
        shape (n_pools, n_months), most officer-minutes in a month.
    crew_visits
        shape (n_departments, n_weeks), crew-days x visits a day.
    months
        ``2027-03`` labels of the months that meet the horizon.
    week_in_month
        shape (n_pools, n_months, n_weeks), True where a usable day of the pool's department in the week lies in the
        month: there an undated visit of the week is charged.
    """

    departments: tuple[str, ...]
    pools: tuple[str, ...]
    pool_department: Ints
    officers: Ints
    usable: Bools
    budget: Ints
    week_minutes: Ints
    month_minutes: Ints
    crew_visits: Ints
    months: tuple[str, ...]
    week_in_month: Bools

    def pool_of(self, department: str, leads: bool) -> int:
        """Return the index of the pool that a visit charges.

        Parameters
        ----------
        department
            A department that takes part.
        leads
            Whether it leads the visit.
        """
        second = self._index.get(f"{department}{JOINT}")
        return self._index[department] if leads or second is None else second

    @cached_property
    def _index(self) -> dict[str, int]:
        return {pool: k for k, pool in enumerate(self.pools)}


def inspection_minutes(officers: int, workdays: int, rules: CapacityRules) -> int:
    """Return the officer-minutes for planned visits: legal days - other - non-enforcement, less reserve and exempt load.

    Parameters
    ----------
    officers
        Certified officers.
    workdays
        Legal working days of the horizon.
    rules
        Shares and minutes a day.

    References
    ----------
    Method for yearly supervision plans, 2017 no. 150 (domain 2.1).
    """
    legal = officers * workdays * rules.minutes_per_day
    inspection = legal * (1 - rules.other_enforcement_share - rules.non_enforcement_share)
    return _whole(inspection * (1 - rules.exempt_share - rules.reserve_share))


def pool_budgets(formula: Formula, rules: CapacityRules) -> dict[str, int]:
    """Return pool -> officer-minutes of the horizon for one department, its own pool first (S7).

    Parameters
    ----------
    formula
        Officer-days of the department.
    rules
        Shares and minutes a day.
    """
    name, minutes = formula.department, rules.minutes_per_day
    if not formula.lines:
        return {name: inspection_minutes(formula.officers, formula.workdays, rules)}
    own = {name: _whole(formula.inspection * minutes * (1 - rules.exempt_share - rules.reserve_share))}
    if not formula.has_joint:
        return own
    return own | {f"{name}{JOINT}": _whole(formula.joint * minutes * (1 - rules.reserve_share))}


def _whole(minutes: float) -> int:
    return int(np.floor(minutes + 1e-6))


def capacity_of(case: Case, rules: Rulebook) -> Capacity:
    """Return the capacity of every department of a case."""
    weeks = Weeks.of(case)
    formulas = legal_formula(case, rules.capacity)
    departments = tuple(formula.department for formula in formulas)
    budgets = [pool_budgets(formula, rules.capacity) for formula in formulas]
    owner = np.array([k for k, pools in enumerate(budgets) for _ in pools], dtype=np.int64)
    budget = np.array([n for pools in budgets for n in pools.values()], dtype=np.int64)
    officers = np.array([formula.officers for formula in formulas], dtype=np.int64)
    usable = np.array([usable_days(case, rules, d) for d in departments], dtype=bool).reshape(
        len(departments), len(weeks.dates)
    )
    months, month_of_day = np.unique(weeks.dates.astype("datetime64[M]"), return_inverse=True)
    by_week = _per_bucket(usable, weeks.week_of_day, len(weeks))
    by_month = _per_bucket(usable, month_of_day, len(months))
    present = officers[:, None] * rules.capacity.minutes_per_day
    return Capacity(
        departments=departments,
        pools=tuple(pool for pools in budgets for pool in pools),
        pool_department=owner,
        officers=officers,
        usable=usable,
        budget=budget,
        week_minutes=_spread(budget, by_week[owner], (present * by_week)[owner], rules.capacity.week_flex),
        month_minutes=_spread(budget, by_month[owner], (present * by_month)[owner], 1.0),
        crew_visits=_crew_visits(case, weeks, rules, departments, usable),
        months=tuple(str(m) for m in months),
        week_in_month=_touches(usable, month_of_day, weeks.week_of_day, (len(months), len(weeks)))[owner],
    )


def _per_bucket(usable: Bools, bucket_of_day: Ints, size: int) -> Ints:
    """Return usable days of each department in each week or month, shape (n_departments, size)."""
    rows = [np.bincount(bucket_of_day, weights=row, minlength=size) for row in usable]
    return np.array(rows, dtype=np.int64).reshape(len(usable), size)


def _spread(budget: Ints, days: Ints, present: Ints, flex: float) -> Ints:
    """Return ``floor(flex x budget x days / all days)``, at most the officers' minutes present, shape (n_pools, size)."""
    total = days.sum(axis=1, keepdims=True)
    share = np.floor(flex * budget[:, None] * days / np.maximum(total, 1) + 1e-6).astype(np.int64)
    return np.minimum(share, present)


def _touches(usable: Bools, month_of_day: Ints, week_of_day: Ints, shape: tuple[int, int]) -> Bools:
    """Return in which months each department has a usable day of each week, shape (n_departments, *shape)."""
    table = np.zeros((len(usable), *shape), dtype=bool)
    who, chosen = np.nonzero(usable)
    table[who, month_of_day[chosen], week_of_day[chosen]] = True
    return table


def _crew_visits(
    case: Case, weeks: Weeks, rules: Rulebook, departments: tuple[str, ...], usable: Bools
) -> Ints:
    """Return crew-days x visits a day from ``as_of`` on, shape (n_departments, n_weeks)."""
    staff = certified_officers(case)
    table = np.zeros((len(departments), len(weeks)), dtype=np.int64)
    for k, department in enumerate(departments):
        free = officers_free(case, staff.get(department, ()))
        crews = free // rules.crew.officers_per_department * (usable[k] & weeks.is_workday)
        table[k] = np.bincount(weeks.week_of_day, weights=crews, minlength=len(weeks))
    return table * rules.day.max_visits


def certified_officers(case: Case) -> Mapping[str, tuple[str, ...]]:
    """Return department -> its certified officers (experts and grid staff never count)."""
    officers = case["officers"]
    chosen = officers[officers["certified"] & (officers["role"] == "officer")]
    return {str(d): tuple(rows["officer_id"]) for d, rows in chosen.groupby("department_id", sort=True)}


def officers_free(case: Case, staff: tuple[str, ...]) -> Ints:
    """Return how many of some officers are not on leave on each day of the horizon, shape (n_days,)."""
    dates = case.days.dates.astype("datetime64[D]")
    free = np.full(len(dates), len(staff), dtype=np.int64)
    leave = case["leave"]
    mine = leave[leave["officer_id"].isin(staff)]
    away: dict[str, Bools] = {}
    for officer, first, last in zip(mine["officer_id"], mine["first"], mine["last"], strict=True):
        days = (dates >= np.datetime64(first, "D")) & (dates <= np.datetime64(last, "D"))
        away[officer] = away.get(officer, np.zeros(len(days), dtype=bool)) | days
    for officer in sorted(away):
        free -= away[officer]
    return free
