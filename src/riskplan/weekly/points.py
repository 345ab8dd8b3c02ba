"""Where a week happens: places and depots, officers on duty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.errors import RiskplanError
from riskplan.plan.tables import OFFICE_PLACE
from riskplan.travel import Matrix

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


def located(
    case: Case, depots: Depots, places: Sequence[str]
) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the different places of a list in order, with longitude and latitude, shape (n,) each [degree].

    Parameters
    ----------
    case, depots
        Where enterprises and offices lie.
    places
        Enterprises by id, offices as ``depot/<department>``; they may repeat.
    """
    ids = list(dict.fromkeys(places))
    own = [i for i in ids if not i.startswith(OFFICE_PLACE)]
    rows = case.enterprises.set_index("enterprise_id").loc[own]
    point = dict(zip(own, zip(rows["lon"], rows["lat"], strict=True), strict=True))
    point |= {i: depots.point[i.removeprefix(OFFICE_PLACE)] for i in ids if i.startswith(OFFICE_PLACE)}
    at = np.array([point[i] for i in ids], dtype=np.float64).reshape(len(ids), 2)
    return ids, at[:, 0], at[:, 1]


def spread_seconds(matrix: Matrix, places: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return travel between places that may repeat, shape (n, n) [s].

    Parameters
    ----------
    matrix
        Between the different places.
    places
        n of them.
    """
    at = {name: k for k, name in enumerate(matrix.ids)}
    own = np.array([at[name] for name in places], dtype=np.int64)
    return matrix.seconds[np.ix_(own, own)].astype(np.int64)


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
