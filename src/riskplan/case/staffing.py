"""Cases that an office imagines: more or fewer officers of a department, somebody on leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np
import pandas as pd

from riskplan.case.canonical import fingerprint, in_order
from riskplan.case.tables import Case

IMAGINED = "whatif"
"""Beginning of the ids of officers that nobody has hired yet."""
_NO_TEXT: dict[str, object] = {"specialty": "", "skills": (), "depot": ""}


def officers_of(case: Case, department: str) -> list[str]:
    """Return the ids of the certified officers of a department, in order.

    Parameters
    ----------
    case
        Its officers.
    department
        Department id.
    """
    frame = case["officers"]
    fit = frame["certified"] & (frame["role"] == "officer") & (frame["department_id"] == department)
    return sorted(frame.loc[fit, "officer_id"])


def with_officers(case: Case, department: str, number: int) -> Case:
    """Return a case in which a department has so many certified officers.

    New ones are never on leave. Who goes is who was least on leave, and among these the last by id.

    Parameters
    ----------
    case
        Its officers.
    department
        Department id.
    number
        Officers wanted, >= 0.
    """
    own = officers_of(case, department)
    away = _days_away(case)
    going = sorted(own, key=lambda o: (-away.get(o, 0), o))[number:]
    frame = case["officers"]
    kept = frame[~frame["officer_id"].isin(going)]
    fresh = _fresh_ids(set(frame["officer_id"]), department)
    base = {"department_id": department, "certified": True, "role": "officer", **_NO_TEXT}
    new = [{**base, "officer_id": next(fresh)} for _ in range(number - len(own))]
    rows = pd.DataFrame(new, columns=frame.columns).astype(frame.dtypes.to_dict()) if new else frame[:0]
    leave = case["leave"]
    changed = _with(case, "officers", pd.concat([kept, rows]) if new else kept)
    return _sealed(_with(changed, "leave", leave[~leave["officer_id"].isin(going)]))


def with_leave(case: Case, officer: str, first: dt.date, last: dt.date) -> Case:
    """Return a case in which an officer is on leave as well from one day to another.

    Parameters
    ----------
    case
        Its officers.
    officer
        Officer id.
    first, last
        Both inclusive.
    """
    frame = case["leave"]
    row = pd.DataFrame({
        "officer_id": [officer],
        "first": [pd.Timestamp(first)],
        "last": [pd.Timestamp(last)],
    })
    row = row.astype(frame.dtypes.to_dict())
    return _sealed(_with(case, "leave", pd.concat([frame, row]) if len(frame) else row))


def _with(case: Case, table: str, frame: pd.DataFrame) -> Case:
    return case.replace_table(table, in_order(table, frame.reset_index(drop=True)))


def _sealed(case: Case) -> Case:
    return replace(case, fingerprint=fingerprint(case))


def _days_away(case: Case) -> dict[str, int]:
    """Return officer -> workdays on leave."""
    open_days = case.days.dates[case.days.is_workday].astype("datetime64[D]")
    found: dict[str, int] = {}
    table = case["leave"]
    for officer, first, last in zip(table["officer_id"], table["first"], table["last"], strict=True):
        inside = (open_days >= np.datetime64(first, "D")) & (open_days <= np.datetime64(last, "D"))
        found[officer] = found.get(officer, 0) + int(inside.sum())
    return found


def _fresh_ids(taken: set[str], department: str) -> Iterator[str]:
    return (name for n in count(1) if (name := f"{IMAGINED}-{department}-{n}") not in taken)
