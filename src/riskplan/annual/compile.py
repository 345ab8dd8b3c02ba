"""Case, rulebook and joint visits into the plain arrays of an ``Instance``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.annual.exposure import Domains, end_cost
from riskplan.annual.instance import FORBIDDEN, UNITS_PER_HAZARD_DAY, Caps, Instance, Schedules
from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint import Content, JointPlan, Merged
from riskplan.joint.lawful import NO_CAP, counted_visits, legal_persons
from riskplan.rules.capacity import Capacity
from riskplan.rules.model import TIERS, Rulebook
from riskplan.travel import GreatCircle
from riskplan.units import SECONDS_PER_MINUTE

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class YearModel:
    """Everything the year plan works on.

    Parameters
    ----------
    instance
        Plain arrays.
    merged, domains
        Enterprises with duties, in the order of the instance.
    tiers
        Tier of each of them.
    week_day
        shape (n_weeks,), the day that stands for a week (its Wednesday), from the horizon's first day.
    end
        First day after the horizon.
    weeks, capacity
        Calendar and capacity behind the arrays.
    townships
        Township codes by index.
    persons
        Enterprise of the instance -> all enterprises that share its caps, itself included; only where there are several.
    """

    instance: Instance
    merged: tuple[Merged, ...]
    domains: tuple[Domains, ...]
    tiers: tuple[str, ...]
    week_day: Ints
    end: int
    weeks: Weeks
    capacity: Capacity
    townships: tuple[str, ...]
    persons: dict[int, list[int]]

    def true_cost(self, i: int, weeks: Sequence[int], contents: Sequence[Content]) -> int:
        """Return the exact exposure of an enterprise's visits [units]."""
        days = [int(self.week_day[w]) for w in weeks]
        return self.domains[i].cost(days, [self.domains[i].carried(c.items) for c in contents], self.end)


def compile_year(
    case: Case,
    rules: Rulebook,
    joint: JointPlan,
    domains: Sequence[Domains],
    tiers: Sequence[str],
    capacity: Capacity,
) -> YearModel:
    """Return the year as arrays.

    Parameters
    ----------
    case, rules
        Townships, caps, objective.
    joint
        Schedules of joint visits and lawful weeks.
    domains
        Domains of each merged enterprise.
    tiers
        Tier of every enterprise of the case.
    capacity
        Officer time of the departments.
    """
    weeks = Weeks.of(case)
    townships = tuple(case["townships"]["township_code"])
    index = {code: t for t, code in enumerate(townships)}
    own = tuple(tiers[m.e] for m in joint.merged)
    week_day = (weeks.monday + 2 - np.datetime64(case.first_day)).astype(np.int64)
    model = YearModel(
        instance=Instance(
            (), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), _caps(case, rules, weeks, capacity)
        ),
        merged=joint.merged,
        domains=tuple(domains),
        tiers=own,
        week_day=week_day,
        end=len(case.days.dates),
        weeks=weeks,
        capacity=capacity,
        townships=townships,
        persons=_persons(case, rules, joint),
    )
    masks = _Masks(case, rules, joint)
    lengths = sorted({len(s) for m in joint.merged for s in m.schedules} | {0})
    groups = tuple(_group(length, model, masks, rules) for length in lengths)
    codes = case.enterprises["township_code"]
    township = np.array([index[codes.iat[m.e]] for m in joint.merged], dtype=np.int64)
    rank = np.array([TIERS.index(t) for t in own], dtype=np.int64)
    instance = Instance(groups, township, rank, model.instance.caps)
    return YearModel(**{**model.__dict__, "instance": instance})


class _Masks:
    """In which weeks each visit of a schedule may stand: calendar, spacing, what yearly caps allow."""

    def __init__(self, case: Case, rules: Rulebook, joint: JointPlan) -> None:
        self.law = joint.lawful
        self.free = self.law.open_weeks & self.law.spaced_weeks
        people = legal_persons(case, rules)
        calls = {m.e: m for m in joint.merged}
        mates = people if joint.split_shared and len(self.law.years) > 1 else [[]] * len(people)
        self.others = {m.e: [calls[g] for g in mates[m.e] if g != m.e and g in calls] for m in joint.merged}

    def of(self, m: Merged, schedule: tuple[Content, ...]) -> Bools:
        """Return allowed weeks, shape (length, n_weeks).

        With n visits and c_y left in calendar year y (two at most), visit j may stand in the first year only if
        j <= c_1 and in the second only if n - j < c_2; the same for each organ's own visits.
        """
        allowed = np.repeat(self.free[m.e][None, :], len(schedule), axis=0)
        others = self.others[m.e]
        left = np.maximum(0, self.law.left[m.e] - sum(o.calls for o in others))
        self._cap(allowed, list(range(len(schedule))), left)
        for department in sorted({d for c in schedule for d in c.departments}):
            own = [j for j, c in enumerate(schedule) if department in c.departments]
            taken = sum(department in c.departments for o in others for c in o.schedules[0])
            self._cap(allowed, own, np.maximum(0, self.law.organ(m.e, department) - taken))
        return allowed

    def _cap(self, allowed: Bools, visits: list[int], left: Ints) -> None:
        if len(left) == 1:
            for j in visits[int(left[0]) :]:
                allowed[j] = False
            return
        first, last = self.law.week_in_year[0], self.law.week_in_year[-1]
        for position, j in enumerate(visits):
            if position >= left[0]:
                allowed[j] &= ~first
            if len(visits) - position > left[-1]:
                allowed[j] &= ~last


def _group(length: int, model: YearModel, masks: _Masks, rules: Rulebook) -> Schedules:
    rows = [
        (i, s, schedule)
        for i, m in enumerate(model.merged)
        for s, schedule in enumerate(m.schedules)
        if len(schedule) == length
    ]
    weeks, departments = len(model.weeks), len(model.capacity.departments)
    count = len(rows)
    node = np.zeros((count, length, weeks), dtype=np.int64)
    quadratic = np.zeros((count, max(length - 1, 0)), dtype=np.int64)
    linear, constant = quadratic.copy(), np.zeros(count, dtype=np.int64)
    minutes = np.zeros((count, length, departments), dtype=np.int64)
    crews = minutes.copy()
    column = {d: k for k, d in enumerate(model.capacity.departments)}
    officers, allowance = rules.crew.officers_per_department, rules.capacity.travel_allowance
    for r, (i, s, schedule) in enumerate(rows):
        m = model.merged[i]
        constant[r] = m.left_out[s] * round(rules.objective.unplanned[model.tiers[i]] * UNITS_PER_HAZARD_DAY)
        constant[r] += _exposure_rows(model, i, schedule, (node[r], quadratic[r], linear[r]))
        node[r][~masks.of(m, schedule)] = FORBIDDEN
        for j, content in enumerate(schedule):
            for d in content.departments:
                minutes[r, j, column[d]] = officers * (content.minutes + allowance)
                crews[r, j, column[d]] = 1
    return Schedules(
        owner=np.array([i for i, _, _ in rows], dtype=np.int64),
        number=np.array([s for _, s, _ in rows], dtype=np.int64),
        node=node,
        quadratic=quadratic,
        linear=linear,
        constant=constant,
        minutes=minutes,
        crews=crews,
        gap=np.array([masks.law.gap_weeks[model.merged[i].e] for i, _, _ in rows], dtype=np.int64),
        left_out=np.array([model.merged[i].left_out[s] for i, s, _ in rows], dtype=np.int64),
    )


def _exposure_rows(
    model: YearModel, i: int, schedule: tuple[Content, ...], rows: tuple[Ints, Ints, Ints]
) -> int:
    """Add each domain's exposure to node, quadratic and linear costs; return the constant part.

    A domain that returns after skipping visits is relaxed by its tangent at tau: ``g^2 >= 2 tau g - tau^2``.
    """
    node, quadratic, linear = rows
    domains, day, end = model.domains[i], model.week_day, model.end
    carried = [domains.carried(c.items) for c in schedule]
    constant = 0
    for k, (q, last, tau) in enumerate(zip(domains.q, domains.last, domains.tau, strict=True)):
        own = [j for j, have in enumerate(carried) if k in have]
        if not own:
            constant += end_cost(q, tau, end - last)
            continue
        node[own[0]] += q * (day - last) ** 2
        age = end - day
        node[own[-1]] += np.where(age <= tau, 2 * q * tau * age, q * (age * age + tau * tau))
        for j, later in pairwise(own):
            if later == j + 1:
                quadratic[j] += q
            else:
                linear[j:later] += 2 * q * tau
                constant -= q * tau * tau
    return constant


def _persons(case: Case, rules: Rulebook, joint: JointPlan) -> dict[int, list[int]]:
    index = {m.e: i for i, m in enumerate(joint.merged)}
    people = legal_persons(case, rules)
    groups = {i: [index[g] for g in people[m.e] if g in index] for i, m in enumerate(joint.merged)}
    return {i: group for i, group in groups.items() if len(group) > 1}


def _caps(case: Case, rules: Rulebook, weeks: Weeks, capacity: Capacity) -> Caps:
    years, year_of_day = np.unique(
        weeks.dates.astype("datetime64[Y]").astype(np.int64) + 1970, return_inverse=True
    )
    codes = tuple(case["townships"]["township_code"])
    week_cap, year_cap = (
        _township_cap(case, rules, window, codes, (weeks, tuple(int(y) for y in years)))
        for window in ("week", "year")
    )
    return Caps(
        week_minutes=capacity.week_minutes,
        crew_visits=capacity.crew_visits,
        month_minutes=capacity.month_minutes,
        week_in_month=capacity.week_in_month,
        township_week=week_cap,
        township_year=year_cap,
        week_in_year=weeks.sum_by(year_of_day, len(years)),
        trip=_trip_costs(case, rules),
    )


def _township_cap(
    case: Case, rules: Rulebook, window: str, codes: tuple[str, ...], buckets: tuple[Weeks, tuple[int, ...]]
) -> Ints:
    weeks, years = buckets
    width = len(weeks) if window == "week" else len(years)
    result = np.full((len(codes), width), NO_CAP, dtype=np.int64)
    township = dict(zip(case.enterprises["enterprise_id"], case.enterprises["township_code"], strict=True))
    index = {code: t for t, code in enumerate(codes)}
    for limit in rules.limits_of("cap", "township", window):
        used: dict[tuple[int, int], int] = defaultdict(int)
        visits = counted_visits(case, rules, limit)
        for name, date in zip(visits["object_id"], visits["date"], strict=True):
            bucket = _bucket(date, window, weeks, years)
            if bucket is not None:
                used[index[township[name]], bucket] += 1
        for t, code in enumerate(codes):
            amount = limit.amount_for(code)
            if amount is not None:
                spent = np.array([used[t, b] for b in range(width)], dtype=np.int64)
                result[t] = np.minimum(result[t], np.maximum(0, amount - spent))
    return result


def _bucket(date: pd.Timestamp, window: str, weeks: Weeks, years: tuple[int, ...]) -> int | None:
    if window == "year":
        return years.index(date.year) if date.year in years else None
    day = np.datetime64(date, "D")
    offset = int((day - weeks.monday[0]).astype(np.int64)) // 7
    return offset if 0 <= offset < len(weeks) else None


def _trip_costs(case: Case, rules: Rulebook) -> Ints:
    """Return the cost of opening each township in a week: a share of the return travel from the offices [units]."""
    frame, departments = case["townships"], case["departments"]
    members = case.enterprises.groupby("township_code")[["lon", "lat"]].mean()
    depot = departments[["depot_lon", "depot_lat"]].mean()
    lon0 = depot["depot_lon"] if np.isfinite(depot["depot_lon"]) else float(case.enterprises["lon"].mean())
    lat0 = depot["depot_lat"] if np.isfinite(depot["depot_lat"]) else float(case.enterprises["lat"].mean())
    centres = [
        members.loc[code] if code in members.index else (lon0, lat0) for code in frame["township_code"]
    ]
    lon = np.array([lon0, *(float(c[0] if isinstance(c, tuple) else c["lon"]) for c in centres)])
    lat = np.array([lat0, *(float(c[1] if isinstance(c, tuple) else c["lat"]) for c in centres)])
    ids = ["", *frame["township_code"]]
    minutes = GreatCircle.of(rules.travel).matrix(ids, lon, lat).seconds[0, 1:] / SECONDS_PER_MINUTE
    share = rules.objective.township_trip_share * 2 * rules.objective.team_minute
    return np.rint(share * minutes * UNITS_PER_HAZARD_DAY).astype(np.int64)
