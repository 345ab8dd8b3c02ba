"""Where a week happens: depots, officers on duty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.errors import RiskplanError

Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Depots:
    """Where teams start: a department's office, or the mean of the townships' points where it has none (S9).

    Parameters
    ----------
    point
        Department -> (lon, lat) [degree].
    has_office
        Department -> whether it has a point of its own.
    """

    point: Mapping[str, tuple[float, float]]
    has_office: Mapping[str, bool]


def depots_of(case: Case) -> Depots:
    """Return the depots of a case.

    Raises
    ------
    RiskplanError
        If a department has no office and no township has a point.
    """
    frame = case["departments"]
    columns = zip(frame["department_id"], frame["depot_lon"], frame["depot_lat"], strict=True)
    offices = {str(d): (float(lon), float(lat)) for d, lon, lat in columns}
    has_office = {d: bool(np.isfinite(point).all()) for d, point in offices.items()}
    middle = _middle(case["townships"])
    if middle is None and not all(has_office.values()):
        code = "week.no_depot"
        raise RiskplanError(code)
    point = {d: own if has_office[d] or middle is None else middle for d, own in offices.items()}
    return Depots(point, has_office)


def _middle(townships: pd.DataFrame) -> tuple[float, float] | None:
    known = townships[["lon", "lat"]].dropna()
    return (float(known["lon"].mean()), float(known["lat"].mean())) if len(known) else None


def officers_on_duty(case: Case, workdays: Dates) -> dict[str, list[tuple[str, ...]]]:
    """Return department -> for each workday its certified officers who are not on leave, sorted.

    Parameters
    ----------
    case
        The case.
    workdays
        shape (d,), datetime64[D].
    """
    officers = case["officers"]
    fit = officers[officers["certified"] & (officers["role"] == "officer")]
    away = _days_away(case["leave"], workdays)
    staff: dict[str, list[str]] = {str(d): [] for d in sorted(case["departments"]["department_id"])}
    for officer, department in sorted(zip(fit["officer_id"], fit["department_id"], strict=True)):
        staff.setdefault(department, []).append(officer)
    return {
        d: [tuple(o for o in names if day not in away.get(o, ())) for day in range(len(workdays))]
        for d, names in staff.items()
    }


def _days_away(leave: pd.DataFrame, workdays: Dates) -> dict[str, set[int]]:
    away: dict[str, set[int]] = {}
    for officer, first, last in zip(leave["officer_id"], leave["first"], leave["last"], strict=True):
        inside = (workdays >= np.datetime64(first, "D")) & (workdays <= np.datetime64(last, "D"))
        away.setdefault(officer, set()).update(np.flatnonzero(inside).tolist())
    return away
