"""When an enterprise may be visited at all: open weeks, spacing to known visits, what its caps still allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.rules.model import TIERS, Limit, Rulebook
from riskplan.units import DAYS_PER_WEEK

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
NO_CAP = 10_000


@dataclass(frozen=True)
class Lawful:
    """Calendar, spacing and remaining caps of every enterprise, in the order of ``case.enterprises``.

    Parameters
    ----------
    open_weeks
        shape (n, n_weeks), the week has an open day of the enterprise (S1).
    spaced_weeks
        shape (n, n_weeks), any day of the week keeps the spacing to done and fixed visits (S5).
    gap_weeks
        shape (n,), fewest weeks between two planned visits [weeks]: ceil((g + 6) / 7), at least 1.
    years
        Calendar years that meet the horizon.
    week_in_year
        shape (n_years, n_weeks), a workday of the week lies in the year.
    left
        shape (n, n_years), visits that the all-organs cap still allows.
    organ_left
        (enterprise index, department id) -> shape (n_years,); a missing key has only the plain cap.
    organ_cap
        shape (n,), plain organ cap of the enterprise's legal person: the largest over the tiers of its premises.
    cap_id, organ_cap_id, spacing_id
        Ids of the limits behind these numbers ("" when the rulebook has none).
    """

    open_weeks: Bools
    spaced_weeks: Bools
    gap_weeks: Ints
    years: tuple[int, ...]
    week_in_year: Bools
    left: Ints
    organ_left: dict[tuple[int, str], Ints]
    organ_cap: Ints
    cap_id: str
    organ_cap_id: str
    spacing_id: str

    def organ(self, e: int, department: str) -> Ints:
        """Return the visits that an organ may still make at an enterprise, shape (n_years,)."""
        known = self.organ_left.get((e, department))
        return known if known is not None else np.full(len(self.years), self.organ_cap[e], dtype=np.int64)


def lawful_weeks(case: Case, rules: Rulebook, tiers: Sequence[str]) -> Lawful:
    """Return when each enterprise may be visited.

    Parameters
    ----------
    case, rules
        Calendar, history, limits.
    tiers
        Tier of each enterprise.
    """
    weeks = Weeks.of(case)
    years, year_of_day = np.unique(
        weeks.dates.astype("datetime64[Y]").astype(np.int64) + 1970, return_inverse=True
    )
    spacing = _one(rules.limits_of("spacing", "enterprise", "rolling"))
    cap = _one(rules.limits_of("cap", "enterprise", "year"))
    organ = _one(rules.limits_of("cap", "organ-enterprise", "year"))
    members = legal_persons(case, rules)
    gap_days = np.array([_amount(spacing, [t], 0) for t in tiers], dtype=np.int64)
    left, organ_left = _remaining(case, rules, tiers, members, (cap, organ), tuple(int(y) for y in years))
    return Lawful(
        open_weeks=open_weeks(case, weeks),
        spaced_weeks=_spaced(case, rules, weeks, gap_days, spacing),
        gap_weeks=np.maximum(1, -(-(gap_days + 6) // DAYS_PER_WEEK)) * (gap_days > 0) + (gap_days == 0),
        years=tuple(int(y) for y in years),
        week_in_year=weeks.sum_by(year_of_day, len(years)),
        left=left,
        organ_left=organ_left,
        organ_cap=np.array(
            [_amount(organ, [tiers[g] for g in group], NO_CAP) for group in members], dtype=np.int64
        ),
        cap_id=cap.id if cap else "",
        organ_cap_id=organ.id if organ else "",
        spacing_id=spacing.id if spacing else "",
    )


def _one(limits: tuple[Limit, ...]) -> Limit | None:
    return limits[0] if limits else None


def _amount(limit: Limit | None, tiers: Iterable[str], default: int) -> int:
    if limit is None:
        return default
    amounts = [a for t in tiers if (a := limit.amount_for(t)) is not None]
    return max(amounts, default=default)


def legal_persons(case: Case, rules: Rulebook) -> list[list[int]]:
    """Return for each enterprise the premises that share its caps (S4)."""
    frame = case.enterprises
    keys = [
        code if code and rules.count_by_credit_code else name
        for code, name in zip(frame["credit_code"], frame["enterprise_id"], strict=True)
    ]
    groups: dict[str, list[int]] = defaultdict(list)
    for e, key in enumerate(keys):
        groups[key].append(e)
    return [groups[key] for key in keys]


def counted_visits(case: Case, rules: Rulebook, limit: Limit | None) -> pd.DataFrame:
    """Return done and fixed visits to enterprises that count towards a limit (S2)."""
    visits = case["visits"]
    exempt = set(rules.exempt_kinds) | set(limit.kinds_exempt if limit else ())
    known = (visits["date"] < pd.Timestamp(case.as_of)) | visits["fixed"]
    return visits[(visits["object_kind"] == "enterprise") & known & ~visits["kind"].isin(exempt)]


def open_weeks(case: Case, weeks: Weeks) -> Bools:
    """Return which weeks hold an open day of each enterprise, shape (n_enterprises, n_weeks)."""
    frame = case.enterprises
    weekday = (weeks.dates.astype(np.int64) + 3) % 7 + 1
    month = weeks.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    starts = np.searchsorted(weeks.week_of_day, np.arange(len(weeks)))
    memo: dict[tuple[tuple[int, ...], tuple[int, ...]], Bools] = {}
    days = np.zeros((len(frame), len(weeks.dates)), dtype=bool)
    for e, (closed, months) in enumerate(zip(frame["closed_days"], frame["open_months"], strict=True)):
        if (closed, months) not in memo:
            mask = weeks.is_workday & ~np.isin(weekday, closed)
            memo[closed, months] = mask & np.isin(month, months) if months else mask
        days[e] = memo[closed, months]
    index = {name: e for e, name in enumerate(frame["enterprise_id"])}
    closures = case["closures"]
    for name, first, last in zip(closures["enterprise_id"], closures["first"], closures["last"], strict=True):
        inside = (weeks.dates >= np.datetime64(first, "D")) & (weeks.dates <= np.datetime64(last, "D"))
        days[index[name]] &= ~inside
    return np.logical_or.reduceat(days, starts, axis=1)


def _spaced(case: Case, rules: Rulebook, weeks: Weeks, gap_days: Ints, spacing: Limit | None) -> Bools:
    result = np.ones((len(case.enterprises), len(weeks)), dtype=bool)
    if spacing is None:
        return result
    index = {name: e for e, name in enumerate(case.enterprises["enterprise_id"])}
    monday = weeks.monday.astype("datetime64[D]")
    sunday = monday + 6
    visits = counted_visits(case, rules, spacing)
    earliest = monday[0] - int(gap_days.max(initial=0)) - DAYS_PER_WEEK
    visits = visits[visits["date"].to_numpy().astype("datetime64[D]") >= earliest]
    for name, date in zip(
        visits["object_id"], visits["date"].to_numpy().astype("datetime64[D]"), strict=True
    ):
        e = index[name]
        after = (monday - date).astype(np.int64) >= gap_days[e]
        before = (date - sunday).astype(np.int64) >= gap_days[e]
        result[e] &= after | before
    return result


def _remaining(
    case: Case,
    rules: Rulebook,
    tiers: Sequence[str],
    members: list[list[int]],
    limits: tuple[Limit | None, Limit | None],
    years: tuple[int, ...],
) -> tuple[Ints, dict[tuple[int, str], Ints]]:
    """Return what caps still allow after done and fixed visits of each calendar year."""
    cap, organ = limits
    used, organ_used = _used(case, rules, limits, years)
    left = np.zeros((len(members), len(years)), dtype=np.int64)
    organ_left: dict[tuple[int, str], Ints] = {}
    for e, group in enumerate(members):
        left[e] = _amount(cap, [tiers[g] for g in group], NO_CAP) - sum(used[g] for g in group)
        ceiling = _amount(organ, [tiers[g] for g in group], NO_CAP)
        for department in sorted({d for g in group for d in organ_used[g]}):
            spent = sum(organ_used[g].get(department, np.zeros(len(years), dtype=np.int64)) for g in group)
            organ_left[e, department] = np.maximum(0, ceiling - spent)
    return np.maximum(0, left), organ_left


def _used(
    case: Case, rules: Rulebook, limits: tuple[Limit | None, Limit | None], years: tuple[int, ...]
) -> tuple[Ints, list[dict[str, Ints]]]:
    index = {name: e for e, name in enumerate(case.enterprises["enterprise_id"])}
    used = np.zeros((len(index), len(years)), dtype=np.int64)
    organ_used: list[dict[str, Ints]] = [{} for _ in index]
    for limit, by_organ in zip(limits, (False, True), strict=True):
        visits = counted_visits(case, rules, limit)
        for name, date, departments in zip(
            visits["object_id"], visits["date"], visits["departments"], strict=True
        ):
            if date.year not in years:
                continue
            e, y = index[name], years.index(date.year)
            if not by_organ:
                used[e, y] += 1
                continue
            for department in departments:
                organ_used[e].setdefault(department, np.zeros(len(years), dtype=np.int64))[y] += 1
    return used, organ_used


def worst_first(case: Case, scores: pd.DataFrame) -> list[int]:
    """Return enterprise indices: worst tier, highest score, then place; ids decide only between equal twins.

    Parameters
    ----------
    case
        Enterprises.
    scores
        Plan table ``scores`` in the order of the enterprises.
    """
    frame = case.enterprises
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    rank = [TIERS.index(t) for t in scores["tier"]]
    points = scores["score"].to_numpy()
    return sorted(range(len(frame)), key=lambda e: (rank[e], -int(points[e]), lon[e], lat[e], e))


def most_visits(weeks: Bools, gap: int, left: Ints, week_in_year: Bools) -> int:
    """Return how many visits fit into allowed weeks: the earliest week first (optimal for one gap and yearly caps).

    Parameters
    ----------
    weeks
        shape (n_weeks,), allowed weeks.
    gap
        Fewest weeks between two visits.
    left
        shape (n_years,), visits left in each calendar year.
    week_in_year
        shape (n_years, n_weeks).
    """
    count, last, room = 0, -gap, left.copy()
    for w in np.flatnonzero(weeks):
        if w - last >= gap and (room[week_in_year[:, w]] > 0).all():
            count, last = count + 1, int(w)
            room[week_in_year[:, w]] -= 1
    return count
