"""How many visits a township receives in a week and a year, beside its caps (docs/semantics.md, S2, S6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.maps.scene import Scene
from riskplan.rules.model import Limit


@dataclass(frozen=True)
class Loads:
    """Loads and caps of all townships.

    Parameters
    ----------
    week
        shape (n_townships, n_weeks), visits.
    years
        Calendar years that the horizon meets.
    year
        shape (n_townships, n_years), visits.
    week_cap, year_cap
        One cap a township [visits], -1 where no row of the rulebook gives one.
    """

    week: npt.NDArray[np.int64]
    years: tuple[int, ...]
    year: npt.NDArray[np.int64]
    week_cap: tuple[int, ...]
    year_cap: tuple[int, ...]


def township_loads(scene: Scene) -> Loads:
    """Count planned, fixed and done visits by township, per week and per calendar year.

    Where the rulebook has several rows for one window, the smallest amount is the cap and a visit counts that
    counts for any of them.

    Parameters
    ----------
    scene
        Case, rules and plan.
    """
    codes = tuple(scene.township_at)
    years = tuple(range(scene.case.first_day.year, scene.case.last_day.year + 1))
    by_week = _rows(scene, "week")
    by_year = _rows(scene, "year")
    week = np.zeros((len(codes), len(scene.weeks)), dtype=np.int64)
    year = np.zeros((len(codes), len(years)), dtype=np.int64)
    for visit in _counted(scene):
        if _counts(visit["kind"], by_week, scene.rules.exempt_kinds) and visit["week"] >= 0:
            week[visit["township"], visit["week"]] += 1
        if _counts(visit["kind"], by_year, scene.rules.exempt_kinds):
            for value in visit["years"]:
                if value in years:
                    year[visit["township"], years.index(value)] += 1
    return Loads(week, years, year, _caps(by_week, codes), _caps(by_year, codes))


def _rows(scene: Scene, window: str) -> tuple[Limit, ...]:
    return tuple(
        row
        for row in scene.rules.limits
        if (row.kind, row.scope, row.window, row.unit) == ("cap", "township", window, "visits")
        and "enterprise" in row.objects
    )


def _caps(rows: tuple[Limit, ...], codes: Iterable[str]) -> tuple[int, ...]:
    amounts = ([a for row in rows if (a := row.amount_for(code)) is not None] for code in codes)
    return tuple(min(found, default=-1) for found in amounts)


def _counts(kind: str, rows: tuple[Limit, ...], exempt: tuple[str, ...]) -> bool:
    if kind in exempt:
        return False
    return not rows or any(kind not in row.kinds_exempt for row in rows)


def _counted(scene: Scene) -> Iterator[dict[str, Any]]:
    """Yield every counted visit as township and week positions, kind and calendar years."""
    township = positions_of_townships(scene)
    closures = _closures(scene.rows("closures"))
    for row in scene.visits.to_dict("records"):
        place = int(township[row["at"]])
        if row["stage"] == "not_met" or place < 0 or row["object_kind"] not in {"enterprise", ""}:
            continue
        dated = [int(row["date"][:4])] if row["date"] else []
        years = dated or _open_years(scene, row["at"], row["in_week"], closures)
        yield {"township": place, "week": row["in_week"], "kind": row["kind"], "years": years}
    for row in case_visits(scene).to_dict("records"):
        place = int(township[row["at"]])
        if place >= 0:
            yield {
                "township": place, "week": row["in_week"], "kind": row["kind"], "years": [row["date"].year],
            }  # fmt: skip


def case_visits(scene: Scene) -> pd.DataFrame:
    """Return visits of the case that count, with the positions of their enterprise and week (-1 outside).

    Done ones lie before ``as_of``; fixed ones may have any date.
    """
    frame = scene.rows("visits")
    if frame.empty:
        return pd.DataFrame(columns=["at", "in_week", "kind", "date", "fixed", "departments"])
    counted = frame["fixed"].astype(bool) | (frame["date"] < pd.Timestamp(scene.case.as_of))
    frame = frame[counted & (frame["object_kind"] == "enterprise") & frame["date"].notna()]
    frame = frame.assign(at=frame["object_id"].map(scene.enterprise_at)).dropna(subset=["at"])
    days = (frame["date"].to_numpy().astype("datetime64[D]") - scene.weeks.dates[0]).astype(np.int64)
    inside = (days >= 0) & (days < len(scene.weeks.dates))
    week = np.where(inside, scene.weeks.week_of_day[np.where(inside, days, 0)], -1)
    return frame.assign(at=frame["at"].astype(np.int64), in_week=week).reset_index(drop=True)


def positions_of_townships(scene: Scene) -> npt.NDArray[np.int64]:
    """Return the township position of every enterprise, shape (n_enterprises,), -1 when unknown."""
    if scene.enterprises.empty:
        return np.zeros(0, dtype=np.int64)
    places = [scene.township_at.get(code, -1) for code in scene.enterprises["township_code"]]
    return np.array(places, dtype=np.int64)


def _closures(frame: pd.DataFrame) -> Mapping[str, list[tuple[dt.date, dt.date]]]:
    found: dict[str, list[tuple[dt.date, dt.date]]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(row["enterprise_id"], []).append((row["first"].date(), row["last"].date()))
    return found


def _open_years(
    scene: Scene, at: int, week: int, closures: Mapping[str, list[tuple[dt.date, dt.date]]]
) -> list[int]:
    """Return the calendar years in which an enterprise has an open day in a week; two only at New Year."""
    weeks = scene.weeks
    days: list[dt.date] = weeks.dates[(weeks.week_of_day == week) & weeks.is_workday].tolist()
    years = sorted({day.year for day in days})
    if len(years) < 2:
        return years or [int(weeks.labels[week][:4])]
    row = scene.enterprises.iloc[at]
    closed = closures.get(row["enterprise_id"], [])
    open_days = [
        day
        for day in days
        if day.isoweekday() not in row["closed_days"]
        and (not row["open_months"] or day.month in row["open_months"])
        and not any(first <= day <= last for first, last in closed)
    ]
    return sorted({day.year for day in open_days}) or years
