"""A bare table typed by hand, read as a plan: enterprise, week or date, departments."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from riskplan.audit.dates import date_text, day_of, monday_of_week, week_label
from riskplan.audit.owed import fitting_rules, frequency
from riskplan.audit.visits import rightful_lead
from riskplan.audit.world import World
from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError
from riskplan.plan.tables import Plan, normalise
from riskplan.rules.model import TIERS, Rulebook

HEADERS = {
    "enterprise_id": ("enterprise_id", "企业编号", "编号"),
    "week": ("week", "周", "周次", "检查周"),
    "date": ("date", "日期", "检查日期"),
    "departments": ("departments", "department", "部门", "检查部门", "参与部门"),
    "visit_id": ("visit_id", "检查编号"),
    "items": ("items", "事项", "检查事项"),
    "kind": ("kind", "类别", "检查类别"),
    "tier": ("tier", "等级", "风险等级"),
    "score": ("score", "评分", "风险评分", "分值"),
}
"""Column -> headers that people write."""
TIER_WORDS = {"红": "red", "橙": "orange", "黄": "yellow", "蓝": "blue"}
FIRST_ROW = 2
"""Row of the first line below the header, as a spreadsheet counts."""

_SEPARATORS = re.compile(r"[|;,、；，]")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_WEEK = re.compile(r"(\d{4})\s*年?\s*-?\s*(?:W|第)\s*(\d{1,2})\s*周?", re.IGNORECASE)
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")


def text_of(cell: object) -> str:
    """Return a cell as text: "" when empty, whole numbers without decimals, dates as ``2027-03-22``."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _MIDNIGHT.sub("", str(cell).strip())


def date_of(text: str) -> str:
    """Return a date written in any common form as ``2027-03-22``; text that is none is returned as it is."""
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}"


def week_of(text: str) -> str:
    """Return a week in any common form, or one of its days, as ``2027-W12``; else the text itself."""
    match = _WEEK.fullmatch(text)
    if match is not None:
        return f"{int(match.group(1)):04d}-W{int(match.group(2)):02d}"
    day = day_of(date_of(text))
    return week_label(day) if day else text


def parts_of(cell: object) -> tuple[str, ...]:
    """Return the entries of a list in a cell."""
    if isinstance(cell, (list, tuple)):
        return tuple(str(part).strip() for part in cell if str(part).strip())
    return tuple(part.strip() for part in _SEPARATORS.split(text_of(cell)) if part.strip())


def _columns(frame: pd.DataFrame) -> dict[str, list[object]]:
    """Return the columns that are known, by their English name."""
    found: dict[str, list[object]] = {}
    written = {str(c).strip().lower().lstrip("\ufeff"): c for c in frame.columns}
    for name, headers in HEADERS.items():
        header = next((h for h in headers if h in written), None)
        if header is not None:
            found[name] = frame[written[header]].tolist()
    return found


def _need(columns: Mapping[str, object], needed: Sequence[str], table: str) -> None:
    absent = [name for name in needed if not any(n in columns for n in name.split("|"))]
    if absent:
        headers = {name: " / ".join(h for n in name.split("|") for h in HEADERS[n]) for name in absent}
        raise InputError([
            Fault("audit_column", table, column=n.replace("|", ", "), value=h) for n, h in headers.items()
        ])


def scores_of_sheet(scores: pd.DataFrame) -> pd.DataFrame:
    """Return a table of scores with at least the columns enterprise and tier, as a plan has it."""
    columns = _columns(scores)
    _need(columns, ("enterprise_id", "tier"), "scores")
    tiers = [text_of(t).lower().removesuffix("色") for t in columns["tier"]]
    points = [text_of(s) for s in columns.get("score", [""] * len(tiers))]
    return normalise(
        "scores",
        pd.DataFrame({
            "enterprise_id": [text_of(e) for e in columns["enterprise_id"]],
            "tier": [TIER_WORDS.get(t, t) for t in tiers],
            "score": [int(p) if p.isdigit() else -1 for p in points],
        }),
    )


def plan_of_sheet(case: Case, rules: Rulebook, frame: pd.DataFrame, scores: pd.DataFrame | None) -> Plan:
    """Return a bare table as a plan; empty rows are left out, items are those owed to the departments."""
    columns = _columns(frame)
    _need(columns, ("enterprise_id", "week|date", "departments"), "visits")
    tables = {} if scores is None else {"scores": scores_of_sheet(scores)}
    world = World(case, rules, Plan(tables), bare=True)
    blank = [""] * len(frame)
    names = zip(case["departments"]["name"], case["departments"]["department_id"], strict=True)
    department_of = {**dict(names), **{d: d for d in world.department_ids}}
    rows = []
    order = ("enterprise_id", "week", "date", "departments", "visit_id", "items", "kind")
    for number, cells in enumerate(zip(*(columns.get(c, blank) for c in order), strict=True)):
        enterprise, week, date, visit_id, kind = (text_of(cells[k]) for k in (0, 1, 2, 4, 6))
        if not any((enterprise, week, date)):
            continue
        departments = tuple(dict.fromkeys(department_of.get(d, d) for d in parts_of(cells[3])))
        position = world.premises.index.get(enterprise, -1)
        rows.append({
            "visit_id": visit_id or f"row-{number + FIRST_ROW}",
            "enterprise_id": enterprise,
            "object_kind": "enterprise",
            "township_code": world.places.township("enterprise", enterprise),
            **_when(week_of(week), date_of(date)),
            "departments": departments,
            "lead": rightful_lead(world, position, departments) if departments and position >= 0 else "",
            "items": parts_of(cells[5]) or _items(world, enterprise, departments),
            "kind": kind or "daily",
            "stage": "draft",
        })
    return Plan({**tables, "visits": normalise("visits", pd.DataFrame(rows))})


def _when(week: str, date: str) -> dict[str, str]:
    day = day_of(date)
    known = week if monday_of_week(week) or not day else week_label(day)
    return {"week": known, "date": date_text(day) if day else date}


def _items(world: World, enterprise: str, departments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the items owed there to some departments; where tiers leave that open, all that may be owed."""
    position = world.premises.index.get(enterprise, -1)
    if position < 0:
        return ()
    department_of = world.clock.department
    owed = tuple(i for i in sorted(world.owed.items(position)) if department_of[i] in departments)
    silent = [d for d in departments if all(department_of[i] != d for i in owed)]
    by = world.rules.frequency.by
    keys = TIERS if by == "tier" else (world.premises.values(by)[position],)
    fitting = fitting_rules(
        world.rules, world.clock, world.premises.sector[position], world.premises.size[position]
    )
    possible = [
        item
        for item, rule in fitting.items()
        if department_of[item] in silent and any(frequency(world.rules, rule, key) > 0 for key in keys)
    ]
    return tuple(sorted((*owed, *possible)))
