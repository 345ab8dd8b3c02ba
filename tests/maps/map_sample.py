"""A small county built by hand, without reader, scorer or planner, to test maps and workbook on."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskplan.case.tables import Case, Days, Township
from riskplan.plan.tables import PLAN_COLUMNS, Plan, normalise
from riskplan.rules.model import (
    TIERS,
    CapacityRules,
    CrewRules,
    DayRules,
    FrequencyRules,
    Limit,
    ObjectiveRules,
    Rulebook,
    ScoreRules,
    TierRules,
    TravelRules,
)

SQUARE = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0))
DEPARTMENTS = (("fire", "消防救援大队"), ("safety", "应急管理局"), ("works", "住房和城乡建设局"))
ITEMS = (("F1", "fire", "消防通道", 30), ("S1", "safety", "安全台账", 45), ("W1", "works", "燃气设施", 25))
PARTS = ("accident", "grade", "history", "overdue", "sector", "size")


def sample_townships(count: int = 2) -> list[tuple[str, str, tuple[tuple[float, float], ...]]]:
    """Return square townships side by side: code, name, ring."""
    corner = [(118.0 + 0.1 * (i % 6), 25.0 + 0.1 * (i // 6)) for i in range(count)]
    return [
        (f"35052510{i}", f"乡镇{i}", tuple((round(x + a, 6), round(y + b, 6)) for a, b in SQUARE))
        for i, (x, y) in enumerate(corner)
    ]


def sample_case(count: int = 6, names: dict[int, str] | None = None, townships=None, **changes) -> Case:
    """Return a case of ``count`` enterprises; ``names`` replaces single names."""
    areas = townships or sample_townships()
    rng = np.random.default_rng(7)
    where = np.sort(rng.integers(0, len(areas), count))
    low = np.array([np.min(areas[t][2], axis=0) for t in where])
    high = np.array([np.max(areas[t][2], axis=0) for t in where])
    spots = np.round(low + (0.1 + 0.8 * rng.random((count, 2))) * (high - low), 6)
    enterprises = pd.DataFrame({
        "enterprise_id": [f"E{i:05d}" for i in range(count)],
        "credit_code": "",
        "name": [(names or {}).get(i, f"样例企业-{areas[where[i]][1]}-{i:04d}") for i in range(count)],
        "lon": spots[:, 0],
        "lat": spots[:, 1],
        "township_code": [areas[t][0] for t in where],
        "sector": [("化工", "餐饮", "机械")[i % 3] for i in range(count)],
        "grade": "",
        "size": [("large", "medium", "small", "micro")[i % 4] for i in range(count)],
        "competent_department": "safety",
        "closed_days": [()] * count,
        "open_months": [()] * count,
        "status": "active",
        "village_code": "",
        "opens": 480,
        "closes": 1080,
        "policy_list": [()] * count,
        "point_source": "",
    })
    first, last = dt.date(2027, 1, 1), dt.date(2027, 12, 31)
    dates = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    workday = np.array([d.isoweekday() <= 5 and d != first for d in dates.tolist()])
    fields = {
        "name": "样例县 2027",
        "country": "CN",
        "language": "zh",
        "as_of": dt.date(2026, 11, 20),
        "first_day": first,
        "last_day": last,
        "fictional": True,
        "tables": _tables(enterprises, areas),
        "townships_geometry": tuple(Township(code, (ring,)) for code, _, ring in areas),
        "days": Days(dates, workday, True, "test"),
        "boundary_note": "示意图,非行政区划界线",
        "credit": "Points: CC BY 4.0 sample",
        "fingerprint": "0" * 64,
    }
    return Case(**{**fields, **changes})


def _tables(enterprises: pd.DataFrame, areas) -> dict[str, pd.DataFrame]:
    centre = np.array([np.mean(ring[:-1], axis=0) for _, _, ring in areas])
    fixed = {
        "visit_id": ["city-1"],
        "object_kind": ["enterprise"],
        "object_id": [enterprises["enterprise_id"][0]],
        "date": pd.to_datetime(["2027-06-02"]),
        "departments": [("fire",)],
        "items": [()],
        "kind": ["daily"],
        "result": [""],
        "fixed": [True],
        "source": ["city"],
    }
    return {
        "enterprises": enterprises,
        "townships": pd.DataFrame({
            "township_code": [a[0] for a in areas],
            "name": [a[1] for a in areas],
            "lon": centre[:, 0],
            "lat": centre[:, 1],
        }),
        "departments": pd.DataFrame({
            "department_id": [d for d, _ in DEPARTMENTS],
            "name": [n for _, n in DEPARTMENTS],
            "level": "county",
            "role": "enforcement",
            "depot_lon": [centre[0, 0] + 0.01] * 2 + [np.nan],
            "depot_lat": [centre[0, 1]] * 2 + [np.nan],
        }),
        "officers": pd.DataFrame([
            {"officer_id": f"{d}-{i}", "department_id": d, "certified": True, "role": "officer"}
            for d, _ in DEPARTMENTS
            for i in range(4)
        ]),
        "items": pd.DataFrame(ITEMS, columns=["item_id", "department_id", "name", "minutes"]).assign(
            domain="general", mode="on_site", selection="listed", announced=True
        ),
        "visits": pd.DataFrame(fixed),
        "leave": pd.DataFrame({"officer_id": [], "first": [], "last": []}),
        "closures": pd.DataFrame({"enterprise_id": [], "first": [], "last": []}),
        "capacity_lines": pd.DataFrame({
            "department_id": [],
            "line": [],
            "class": [],
            "days": [],
            "basis": [],
        }),
    }


def sample_rules(week_cap: int = 4, year_cap: int = 200) -> Rulebook:
    """Return a rulebook with two township caps and the numbers of the plain pack that reports read."""
    flat = dict.fromkeys(TIERS, 1)

    def township(window: str, amount: int) -> Limit:
        return Limit(f"township-load-{window}", "cap", "township", window, "visits", {"*": amount})

    return Rulebook(
        "sample",
        TierRules(flat),
        FrequencyRules(flat, 1.5),
        ScoreRules({}, 1, 1, 1.0, 1, 1, 1, {}, 1, {}, 1, 365, {}, 1.0),
        CapacityRules(480, 0.49, 0.32, 0.1, 0.12, 1.5, 40),
        CrewRules(2, 2, {}, {}),
        DayRules(15, 510, 1050, 690, 780, 60, 4),
        TravelRules(1.35, 36.0, 180),
        ObjectiveRules(flat, 1.0, 0.25, 0.25, 12, 0.0, 1.0, 0.0),
        limits=(township("week", week_cap), township("year", year_cap)),
        duties=(),
        exempt_kinds=("complaint",),
    )


def sample_plan(case: Case, routed_week: str = "2027-W02") -> Plan:
    """Return a plan: a visit an enterprise, routes in one week, one visit left out, one conflict."""
    ids = list(case.enterprises["enterprise_id"])
    rng = np.random.default_rng(11)
    tier = [TIERS[min(3, int(4 * v**0.4))] for v in rng.random(len(ids))]
    parts = rng.integers(0, 16, (len(ids), len(PARTS)))
    scores = {"enterprise_id": ids, "score": parts.sum(axis=1), "tier": tier, "intensity": 0.5}
    scores.update({f"part_{name}": parts[:, p] for p, name in enumerate(PARTS)})
    visits = [_visit(e, n, rng) for n, e in enumerate(ids[:-1] if len(ids) > 2 else ids)]
    teams, routes = _routes([v for v in visits if v["week"] == routed_week])
    last = {"enterprise_id": ids[-1], "items": ("S1",), "tier": tier[-1]}
    tables = {
        "visits": visits,
        "scores": scores,
        "teams": teams,
        "routes": routes,
        "duties": [
            {"enterprise_id": e, "item_id": item, "visits": 1, "longest_interval_days": 547}
            for e in ids
            for item, *_ in ITEMS[: 1 + len(e) % 3]
        ],
        "unplanned": [
            {
                **last,
                "departments": ("safety",),
                "visits": 1,
                "limit_id": "township-load-week",
                "scope_key": case["townships"]["township_code"][0],
                "advice": ("several", "2027-W02", "2"),
            }
        ],
        "conflicts": [{**last, "owed": 2, "possible": 1, "limit_ids": ("enterprise-spacing",)}],
        "credits": [],
    }
    manifest = {
        "status": "feasible",
        "stopped_because": "effort",
        "objective": {"total": 1234.5, "terms": {"exposure": 1000.0}},
        "bound": 1200.0,
        "gap_controllable": 0.081,
        "gap_total": 0.0279,
        "provisional_calendar": True,
        "version": "0.1.0",
        "revision": 1,
        "seed": 0,
        "effort": 1.0,
        "checked_not_planned": ["enterprise-day-alarm"],
        "merge": {
            "calls_before": 30,
            "calls_after": 12,
            "officer_minutes_before": 4000,
            "officer_minutes_after": 3900,
        },
    }
    frames = {name: normalise(name, _frame(name, rows)) for name, rows in tables.items()}
    return Plan(frames, manifest)


def _frame(name: str, rows) -> pd.DataFrame:
    return pd.DataFrame(rows) if len(rows) else pd.DataFrame({c: [] for c in PLAN_COLUMNS[name]})


def _visit(enterprise: str, n: int, rng: np.random.Generator) -> dict[str, object]:
    week = 2 if n < 4 else int(rng.integers(3, 52))
    routed = week == 2 and n != 3
    departments = ("fire", "safety", "works")[: 1 + n % 3]
    return {
        "visit_id": f"{enterprise}-2027-1",
        "enterprise_id": enterprise,
        "object_kind": "enterprise",
        "week": f"2027-W{week:02d}",
        "date": f"2027-01-{11 + n % 5:02d}" if routed else "",
        "start": 560 if routed else -1,
        "team_id": "",
        "departments": departments,
        "lead": departments[0],
        "items": ("F1", "S1", "W1")[: 1 + n % 3],
        "kind": "daily",
        "minutes": 60 + n % 4,
        "stage": "unrouted" if week == 2 and not routed else "draft",
        "announced": True,
    }


def _routes(visits: list[dict[str, object]]) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    teams, rows = [], []
    dates = sorted({str(v["date"]) for v in visits} - {""})
    for date in dates:
        of_day = [v for v in visits if v["date"] == date]
        for first in range(0, len(of_day), 3):
            team, stops = f"{date}-T{first // 3 + 1}", of_day[first : first + 3]
            teams.append({
                "team_id": team,
                "date": date,
                "depot": "fire",
                "departments": ("fire", "safety"),
                "officers": ("fire-0", "fire-1", "safety-0", "safety-1"),
            })
            clock = 510
            rows.append({
                "team_id": team,
                "seq": 0,
                "visit_id": "",
                "arrive": clock,
                "start": -1,
                "leave": clock,
                "travel_s": 0,
            })
            for seq, visit in enumerate(stops, 1):
                arrive, leave = clock + 25, clock + 25 + int(str(visit["minutes"]))
                rows.append({
                    "team_id": team,
                    "seq": seq,
                    "visit_id": visit["visit_id"],
                    "arrive": arrive,
                    "start": arrive,
                    "leave": leave,
                    "travel_s": 1500,
                })
                clock = leave
            rows.append({
                "team_id": team,
                "seq": len(stops) + 1,
                "visit_id": "",
                "arrive": clock + 25,
                "start": -1,
                "leave": clock + 25,
                "travel_s": 1500,
            })
    return teams, rows
