"""Officer time: the legal formula, spread over months and weeks, and the crews that are physically there (S7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.rules.model import CapacityRules, Rulebook

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Capacity:
    """What each department can offer; rows follow ``departments``.

    Parameters
    ----------
    departments
        Department ids, sorted.
    officers
        shape (n_departments,), certified officers.
    budget
        shape (n_departments,), officer-minutes of the horizon for planned visits.
    week_minutes
        shape (n_departments, n_weeks), most officer-minutes in a week.
    month_minutes
        shape (n_departments, n_months), most officer-minutes in a month.
    crew_visits
        shape (n_departments, n_weeks), crew-days x visits a day.
    months
        ``2027-03`` labels of the months that meet the horizon.
    week_in_month
        shape (n_months, n_weeks), True where a workday of the week lies in the month.
    """

    departments: tuple[str, ...]
    officers: Ints
    budget: Ints
    week_minutes: Ints
    month_minutes: Ints
    crew_visits: Ints
    months: tuple[str, ...]
    week_in_month: npt.NDArray[np.bool_]


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
    return int(np.floor(inspection * (1 - rules.exempt_share - rules.reserve_share) + 1e-6))


def capacity_of(case: Case, rules: Rulebook) -> Capacity:
    """Return the capacity of every department of a case."""
    weeks = Weeks.of(case)
    departments = tuple(sorted(case["departments"]["department_id"]))
    months, month_of_day = np.unique(weeks.dates.astype("datetime64[M]"), return_inverse=True)
    total = int(weeks.year_workdays.sum())
    staff = _certified(case)
    officers = np.array([len(staff.get(d, ())) for d in departments], dtype=np.int64)
    budget = np.array([inspection_minutes(int(n), total, rules.capacity) for n in officers], dtype=np.int64)
    by_month = np.bincount(month_of_day, weights=weeks.year_workdays, minlength=len(months)).astype(np.int64)
    by_week = np.bincount(weeks.week_of_day, weights=weeks.year_workdays, minlength=len(weeks)).astype(
        np.int64
    )
    flexed = rules.capacity.week_flex * budget[:, None] * by_week[None, :] / max(total, 1)
    crews = np.stack([_crew_visits(case, weeks, staff.get(d, ()), rules) for d in departments])
    table = np.zeros((len(months), len(weeks)), dtype=bool)
    chosen = np.flatnonzero(weeks.year_workdays)
    table[month_of_day[chosen], weeks.week_of_day[chosen]] = True
    return Capacity(
        departments=departments,
        officers=officers,
        budget=budget,
        week_minutes=np.floor(flexed + 1e-6).astype(np.int64),
        month_minutes=budget[:, None] * by_month[None, :] // max(total, 1),
        crew_visits=crews,
        months=tuple(str(m) for m in months),
        week_in_month=table,
    )


def _certified(case: Case) -> dict[str, tuple[str, ...]]:
    officers = case["officers"]
    chosen = officers[officers["certified"] & (officers["role"] == "officer")]
    return {str(d): tuple(rows["officer_id"]) for d, rows in chosen.groupby("department_id", sort=True)}


def _crew_visits(case: Case, weeks: Weeks, staff: tuple[str, ...], rules: Rulebook) -> Ints:
    free = np.full(len(weeks.dates), len(staff), dtype=np.int64)
    leave = case["leave"]
    mine = leave[leave["officer_id"].isin(staff)]
    away: dict[str, npt.NDArray[np.bool_]] = {}
    for officer, first, last in zip(mine["officer_id"], mine["first"], mine["last"], strict=True):
        days = (weeks.dates >= np.datetime64(first, "D")) & (weeks.dates <= np.datetime64(last, "D"))
        away[officer] = away.get(officer, np.zeros(len(days), dtype=bool)) | days
    for officer in sorted(away):
        free -= away[officer]
    crews = (free // rules.crew.officers_per_department) * weeks.is_workday
    per_week = np.bincount(weeks.week_of_day, weights=crews, minlength=len(weeks))
    return per_week.astype(np.int64) * rules.day.max_visits
