"""The case of the county made by hand: its tables, in the form in which the reader makes them."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

import numpy as np
import pandas as pd

from riskplan.case.tables import Case, Days

DAYS_OFF = ("2027-01-01", "2027-05-03", "2027-05-04", "2027-05-05")
MAKE_UP_DAYS = ("2027-05-08",)

COLUMNS = {
    "enterprises": {
        "enterprise_id": "",
        "credit_code": "",
        "name": "",
        "lon": 118.3,
        "lat": 25.3,
        "township_code": "T1",
        "village_code": "",
        "sector": "plant",
        "grade": "",
        "size": "medium",
        "competent_department": "",
        "opens": 480,
        "closes": 1080,
        "closed_days": (),
        "open_months": (),
        "status": "active",
        "policy_list": (),
        "point_source": "",
        "credit_grade": "",
        "opened_on": "",
    },
    "townships": {"township_code": "", "name": "", "lon": 118.3, "lat": 25.3},
    "villages": {
        "village_code": "",
        "name": "",
        "township_code": "",
        "lon": 118.3,
        "lat": 25.3,
        "point_source": "",
    },
    "departments": {
        "department_id": "",
        "name": "",
        "level": "county",
        "system": "",
        "role": "enforcement",
        "competence": (),
        "depot_lon": math.nan,
        "depot_lat": math.nan,
    },
    "officers": {
        "officer_id": "",
        "department_id": "",
        "certified": True,
        "role": "officer",
        "specialty": "",
        "skills": (),
        "depot": "",
    },
    "leave": {"officer_id": "", "first": "", "last": ""},
    "items": {
        "item_id": "",
        "department_id": "",
        "domain": "",
        "name": "",
        "minutes": 30,
        "mode": "on_site",
        "selection": "listed",
        "announced": True,
        "basis": "",
        "skills": (),
    },
    "visits": {
        "visit_id": "",
        "object_kind": "enterprise",
        "object_id": "",
        "date": "",
        "departments": (),
        "items": (),
        "kind": "daily",
        "result": "",
        "fixed": False,
        "source": "",
        "known_on": "",
        "officers": (),
    },
    "capacity_lines": {"department_id": "", "line": "", "class": "", "days": 0, "basis": ""},
    "closures": {"enterprise_id": "", "first": "", "last": "", "reason": ""},
    "calendar": {"date": "", "status": "off", "reason": ""},
    "hazards": {
        "hazard_id": "",
        "enterprise_id": "",
        "date": "",
        "kind": "",
        "severity": "minor",
        "domain": "",
        "deadline": "",
        "closed_on": "",
        "source": "",
    },
    "self_reports": {"enterprise_id": "", "date": "", "hazards_found": 0, "source": ""},
    "overrides": {
        "enterprise_id": "",
        "tier": "",
        "author": "office",
        "date": "",
        "reason": "decided",
        "items": (),
        "visits": math.nan,
        "longest_interval_days": -1,
        "months": (),
        "until": "",
    },
    "licences": {
        "licence_id": "",
        "enterprise_id": "",
        "name": "",
        "items": (),
        "expires_on": "",
        "reviewed_on": "",
        "source": "",
    },
    "campaigns": {
        "campaign_id": "",
        "name": "",
        "approval": "no. 1",
        "kind": "special",
        "sectors": (),
        "grades": (),
        "sizes": (),
        "tiers": (),
        "townships": (),
        "items": (),
        "first": "",
        "last": "",
    },
    "monitoring": {
        "feed_id": "",
        "enterprise_id": "",
        "domain": "",
        "date": "",
        "state": "normal",
        "source": "",
    },
}
"""Table -> column -> value where a row does not say."""
DATE_COLUMNS = {
    *("date", "first", "last", "deadline", "closed_on", "opened_on"),
    *("known_on", "until", "expires_on", "reviewed_on"),
}
EMPTY = (
    *("villages", "leave", "capacity_lines", "closures", "calendar", "hazards"),
    *("self_reports", "overrides", "licences", "campaigns", "monitoring"),
)
"""Tables without a row."""


def table(name: str, *rows: dict) -> pd.DataFrame:
    """Return a case table as the reader makes it."""
    data = {}
    for column, default in COLUMNS[name].items():
        values = [row.get(column, default) for row in rows]
        if column in DATE_COLUMNS:
            days_as_text = [str(value)[:10] or "NaT" for value in values]
            data[column] = pd.Series(np.array(days_as_text, dtype="datetime64[s]"))
        elif isinstance(default, (bool, float, int)):
            data[column] = pd.Series(values, dtype={bool: "bool", int: "int64"}.get(type(default), "float64"))
        else:
            data[column] = pd.Series(values, dtype="object")
    return pd.DataFrame(data)


def days(first: str, last: str, off: tuple[str, ...] = DAYS_OFF, on: tuple[str, ...] = MAKE_UP_DAYS) -> Days:
    """Return a horizon whose workdays are Monday to Friday, but for days off and make-up days."""
    dates = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    names = [str(d) for d in dates]
    weekdays = [dt.date.fromisoformat(n).isoweekday() for n in names]
    work = [(w <= 5 and n not in off) or n in on for n, w in zip(names, weekdays, strict=True)]
    return Days(dates, np.array(work), False, "made by hand")


def enterprises() -> pd.DataFrame:
    """Return the six enterprises; E1 to E3 lie in T1, the others in T2."""
    points = (
        (118.30, 25.31),
        (118.31, 25.30),
        (118.32, 25.31),
        (118.35, 25.33),
        (118.36, 25.34),
        (118.37, 25.35),
    )
    rows = [
        {"enterprise_id": f"E{n}", "lon": lon, "lat": lat, "township_code": "T1" if n <= 3 else "T2"}
        for n, (lon, lat) in enumerate(points, start=1)
    ]
    rows[0]["sector"] = "mine"
    return table("enterprises", *rows)


def officers() -> pd.DataFrame:
    """Return four certified officers of A, six of B, two of C; and an expert and a novice of A."""
    names = [("A", n) for n in range(1, 5)] + [("B", n) for n in range(1, 7)] + [("C", 1), ("C", 2)]
    rows = [{"officer_id": f"{d.lower()}{n}", "department_id": d} for d, n in names]
    rows.append({"officer_id": "a-expert", "department_id": "A", "role": "expert"})
    rows.append({"officer_id": "a-novice", "department_id": "A", "certified": False})
    return table("officers", *rows)


@cache
def case(first: str = "2027-01-01", last: str = "2027-12-31", as_of: str = "2026-11-20") -> Case:
    """Return the case; tests replace its tables and never write into them."""
    tables = {
        "enterprises": enterprises(),
        "townships": table(
            "townships",
            {"township_code": "T1", "name": "East", "lon": 118.31, "lat": 25.30},
            {"township_code": "T2", "name": "West", "lon": 118.36, "lat": 25.34},
        ),
        "departments": table(
            "departments",
            {"department_id": "A", "name": "应急管理局", "depot_lon": 118.30, "depot_lat": 25.30},
            {"department_id": "B", "name": "市场监管局"},
            {"department_id": "C", "name": "安委办", "role": "coordination"},
        ),
        "officers": officers(),
        "items": table(
            "items",
            {"item_id": "a1", "department_id": "A", "minutes": 60},
            {"item_id": "a2", "department_id": "A", "minutes": 30},
            {"item_id": "a9", "department_id": "A", "minutes": 30, "mode": "off_site"},
            {"item_id": "b1", "department_id": "B", "minutes": 45},
            {"item_id": "c1", "department_id": "C", "minutes": 20},
        ),
        "visits": table(
            "visits",
            {
                "visit_id": "old-1",
                "object_id": "E1",
                "date": "2026-10-15",
                "departments": ("A",),
                "items": ("a1",),
            },
            {
                "visit_id": "old-5",
                "object_id": "E5",
                "date": "2025-06-02",
                "departments": ("B",),
                "items": ("b1",),
            },
            {
                "visit_id": "city-3",
                "object_id": "E3",
                "date": "2027-11-17",
                "departments": ("B",),
                "fixed": True,
            },
        ),
        **{name: table(name) for name in EMPTY},
    }
    dates = [dt.date.fromisoformat(d) for d in (as_of, first, last)]
    return Case("county", "CN", "zh", *dates, True, tables, (), days(first, last), fingerprint="case-1")
