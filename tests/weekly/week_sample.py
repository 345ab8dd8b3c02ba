"""Small counties and weeks for the tests of the week, built by hand or from a seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from riskplan.case.attributes import table_attributes, table_names
from riskplan.case.tables import Case, Days
from riskplan.plan.tables import PLAN_COLUMNS, Plan, empty_table
from riskplan.rules.model import TIERS, DayRules, Rulebook
from riskplan.rules.read import read_rules
from riskplan.weekly.problem import CrewSize, Desk, Prices, WeekProblem

WEEK = "2027-W12"
MONDAY = dt.date(2027, 3, 22)
DAY = DayRules(
    setup=15,
    shift_start=510,
    shift_end=1050,
    lunch_from=690,
    lunch_until=780,
    lunch_minutes=60,
    max_visits=4,
)
DEPARTMENTS = ("A", "B", "C", "D")
_EMPTY = {"date": "datetime64[s]", "bool": bool, "int": "int64", "clock": "int64", "lon": float, "lat": float}


def sample_rules(**changes) -> Rulebook:
    """Return the sample rulebook; ``crew``, ``day`` ... take dicts of changed fields."""
    rules = read_rules(Path(__file__).parent / "week_rules.toml")
    for part, fields in changes.items():
        value = replace(getattr(rules, part), **fields) if isinstance(fields, dict) else fields
        rules = replace(rules, **{part: value})
    return rules


def sample_case(count: int = 10, seed: int = 0, officers: int = 4, leave=(), **columns) -> Case:
    """Return ``count`` enterprises in 3 townships around one town, 4 departments; ``columns`` replace enterprise columns.

    Department D has no office. 2027 has weekends off only.
    """
    rng = np.random.default_rng(seed)
    towns = pd.DataFrame({
        "township_code": ["T1", "T2", "T3"],
        "name": ["T1", "T2", "T3"],
        "lon": [118.20, 118.35, 118.30],
        "lat": [25.30, 25.35, 25.20],
    })
    where = rng.integers(0, 3, count)
    spots = towns[["lon", "lat"]].to_numpy()[where] + rng.normal(0, 0.02, (count, 2))
    hours = [(480, 1080), (540, 720), (780, 1020)]
    chosen = [hours[k] for k in rng.choice(3, count, p=[0.7, 0.15, 0.15])]
    enterprises = pd.DataFrame({
        "enterprise_id": [f"E{k:02d}" for k in range(count)],
        "credit_code": "",
        "name": "sample",
        "lon": np.round(spots[:, 0], 6),
        "lat": np.round(spots[:, 1], 6),
        "township_code": towns["township_code"].to_numpy()[where],
        "village_code": "",
        "sector": "any",
        "grade": "",
        "size": "large",
        "competent_department": "",
        "opens": [h[0] for h in chosen],
        "closes": [h[1] for h in chosen],
        "closed_days": [((), (1,), (2, 4))[k] for k in rng.choice(3, count, p=[0.7, 0.15, 0.15])],
        "open_months": [()] * count,
        "status": "active",
        "policy_list": [()] * count,
        "point_source": "synthetic",
    })
    for name, values in columns.items():
        enterprises[name] = values
    departments = pd.DataFrame({
        "department_id": DEPARTMENTS,
        "name": DEPARTMENTS,
        "level": "county",
        "system": "",
        "role": "enforcement",
        "competence": [()] * 4,
        "depot_lon": [118.290, 118.295, 118.300, np.nan],
        "depot_lat": [25.320, 25.325, 25.318, np.nan],
    })
    names = [(f"{d}{k}", d) for d in DEPARTMENTS for k in range(officers)]
    staff = pd.DataFrame({
        "officer_id": [o for o, _ in names],
        "department_id": [d for _, d in names],
        "certified": True,
        "role": "officer",
        "specialty": "",
        "skills": [()] * len(names),
        "depot": "",
    })
    items = pd.DataFrame({
        "item_id": [f"I-{d}" for d in DEPARTMENTS],
        "department_id": DEPARTMENTS,
        "domain": DEPARTMENTS,
        "name": DEPARTMENTS,
        "minutes": [45, 60, 75, 30],
        "mode": "on_site",
        "selection": "listed",
        "announced": True,
        "basis": "",
    })
    away = pd.DataFrame(list(leave), columns=["officer_id", "first", "last"])
    for column in ("first", "last"):
        away[column] = pd.to_datetime(away[column]).astype("datetime64[s]")
    given = {
        "enterprises": enterprises,
        "townships": towns,
        "departments": departments,
        "officers": staff,
        "items": items,
        "leave": away,
    }
    tables = {name: given.get(name, _empty(name)) for name in table_names()}
    return Case("week sample", "CN", "en", dt.date(2027, 1, 1), *_year(), True, tables, (), _days())


def _year() -> tuple[dt.date, dt.date]:
    return dt.date(2027, 1, 1), dt.date(2027, 12, 31)


def _days() -> Days:
    dates = np.arange(np.datetime64("2027-01-01"), np.datetime64("2028-01-01"))
    return Days(dates, (dates.astype(np.int64) + 3) % 7 < 5, True, "weekends only")


def _empty(table: str) -> pd.DataFrame:
    return pd.DataFrame({
        a.name: pd.Series([], dtype=_EMPTY.get(a.kind, "object")) for a in table_attributes(table)
    })


def done_visits(*rows) -> pd.DataFrame:
    """Return a table of visits of the case: (visit_id, enterprise, date, departments)."""
    return pd.DataFrame({
        "visit_id": [r[0] for r in rows],
        "object_kind": "enterprise",
        "object_id": [r[1] for r in rows],
        "date": pd.to_datetime([r[2] for r in rows]).astype("datetime64[s]"),
        "departments": [tuple(r[3]) for r in rows],
        "items": [()] * len(rows),
        "kind": "daily",
        "result": "",
        "fixed": [r[2] >= "2027-01-01" for r in rows],
        "source": "",
    })


def sample_plan(case: Case, needs, week: str = WEEK, tiers=None) -> Plan:
    """Return a plan with one draft visit to each of the first enterprises, ``needs`` naming its departments."""
    minutes = dict(zip(case["items"]["department_id"], case["items"]["minutes"], strict=True))
    enterprises = case.enterprises.iloc[: len(needs)]
    visits = pd.DataFrame({
        "visit_id": [f"{e}-2027-1" for e in enterprises["enterprise_id"]],
        "enterprise_id": list(enterprises["enterprise_id"]),
        "object_kind": "enterprise",
        "township_code": list(enterprises["township_code"]),
        "week": week,
        "date": "",
        "start": -1,
        "team_id": "",
        "departments": [tuple(n) for n in needs],
        "lead": [n[0] for n in needs],
        "items": [tuple(f"I-{d}" for d in n) for n in needs],
        "kind": "daily",
        "minutes": [15 + max(minutes[d] for d in n) for n in needs],
        "stage": "draft",
        "announced": True,
    })
    scores = pd.DataFrame({
        "enterprise_id": list(case.enterprises["enterprise_id"]),
        "score": 50,
        "tier": tiers or [TIERS[k % 4] for k in range(len(case.enterprises))],
        "intensity": 1.0,
    })
    return Plan({name: empty_table(name) for name in PLAN_COLUMNS}).with_tables(visits=visits, scores=scores)


def sample_week(seed: int, count: int = 10, officers: int = 4) -> tuple[Case, Rulebook, Plan]:
    """Return a seeded county with a draft visit of 1 to 3 departments at every enterprise."""
    rng = np.random.default_rng(seed + 1000)
    case = sample_case(count, seed, officers)
    needs = [sorted(rng.choice(list(DEPARTMENTS), k, replace=False)) for k in rng.integers(1, 4, count)]
    return case, sample_rules(), sample_plan(case, needs)


def problem_of(visits, travel, free, **changes) -> WeekProblem:
    """Return a week from rows (minutes, opens, closes, days, departments, penalty) and plain lists.

    ``travel`` [s] is over the visits and then the departments; ``free`` is officers by day and department.
    """
    n, free = len(visits), np.array(free, dtype=np.int64)
    days, m = free.shape
    given = {
        "visit_ids": tuple(f"v{k}" for k in range(n)),
        "minutes": np.array([v[0] for v in visits], dtype=np.int64),
        "opens": np.array([v[1] for v in visits], dtype=np.int64),
        "closes": np.array([v[2] for v in visits], dtype=np.int64),
        "open_days": np.array([[d in v[3] for d in range(days)] for v in visits], dtype=bool).reshape(
            n, days
        ),
        "needs": np.array([[d in v[4] for d in range(m)] for v in visits], dtype=bool).reshape(n, m),
        "penalty_s": np.array([v[5] for v in visits], dtype=np.int64),
        "township": np.zeros(n, dtype=np.int64),
        "departments": tuple(f"d{k}" for k in range(m)),
        "free": free,
        "has_office": np.ones(m, dtype=bool),
        "travel_s": np.array(travel, dtype=np.int64),
        "day": DAY,
        "crew": CrewSize(per_department=2, at_least=2, max_departments=4, max_people=8),
    }
    return WeekProblem(**{**given, **changes})


def flat_travel(spots, offices) -> np.ndarray:
    """Return travel [s] between points on a plane, 60 s for each unit, rounded up, plus 120 s."""
    xy = np.array([*spots, *offices], dtype=float)
    apart = np.sqrt(((xy[:, None, :] - xy[None, :, :]) ** 2).sum(axis=2))
    return np.where(np.eye(len(xy), dtype=bool), 0, np.ceil(60 * apart) + 120).astype(np.int64)


def desk_of(problem: WeekProblem) -> Desk:
    """Return a desk with the default prices."""
    return Desk(problem, Prices(team_day=900, officer=300))
