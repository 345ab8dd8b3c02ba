"""A second, naive reading of docs/semantics.md S1 and S9 for one week; shares no code with the planner or the audit."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise

import numpy as np

RADIUS = 6_371_008.8


def faults_of_week(case, rules, plan, week: str) -> list[str]:
    """Return everything wrong with the dated visits, teams and routes of a week; an empty list is a lawful week."""
    here = plan.visits[plan.visits["week"] == week].to_dict("records")
    faults = [
        f"{v['visit_id']}: draft without a day" for v in here if v["stage"] == "draft" and not v["date"]
    ]
    faults += [
        f"{v['visit_id']}: unrouted with leftovers"
        for v in here
        if v["stage"] == "unrouted" and (v["date"] or v["team_id"] or v["start"] != -1)
    ]
    visits = {v["visit_id"]: v for v in here if v["team_id"]}
    teams = {t["team_id"]: t for t in plan["teams"].to_dict("records")}
    for visit in visits.values():
        faults += _day_faults(case, visit, week)
        team = teams.get(visit["team_id"])
        if team is None or team["date"] != visit["date"]:
            faults.append(f"{visit['visit_id']}: no such team that day")
        elif not set(visit["departments"]) <= set(team["departments"]):
            faults.append(f"{visit['visit_id']}: a department is not there")
    seen = set()
    for name in sorted({v["team_id"] for v in visits.values()} & set(teams)):
        faults += _crew_faults(case, rules, teams[name], seen)
        rows = plan["routes"][plan["routes"]["team_id"] == name].sort_values("seq").to_dict("records")
        mine = sorted(v for v, row in visits.items() if row["team_id"] == name)
        faults += [f"{name}: {text}" for text in _route_faults(case, rules, teams[name], rows, visits)]
        if sorted(r["visit_id"] for r in rows if r["visit_id"]) != mine:
            faults.append(f"{name}: route and visits differ")
    return faults


def _day_faults(case, visit, week: str) -> list[str]:
    day = dt.date.fromisoformat(visit["date"])
    row = case.enterprises.set_index("enterprise_id").loc[visit["enterprise_id"]]
    workday = bool(case.days.is_workday[list(case.days.dates.tolist()).index(day)])
    year, number, weekday = day.isocalendar()
    closed = any(
        c["enterprise_id"] == visit["enterprise_id"] and c["first"].date() <= day <= c["last"].date()
        for c in case["closures"].to_dict("records")
    )
    lawful = (
        workday
        and f"{year}-W{number:02d}" == week
        and day >= case.as_of
        and weekday not in row["closed_days"]
        and (not row["open_months"] or day.month in row["open_months"])
        and not closed
    )
    return [] if lawful else [f"{visit['visit_id']}: not an open day"]


def _crew_faults(case, rules, team, seen) -> list[str]:
    faults = []
    staff = case["officers"].set_index("officer_id")
    sent = dict.fromkeys(team["departments"], 0)
    for officer in team["officers"]:
        if (officer, team["date"]) in seen:
            faults.append(f"{officer}: twice on {team['date']}")
        seen.add((officer, team["date"]))
        row = staff.loc[officer]
        if not row["certified"] or row["role"] != "officer":
            faults.append(f"{officer}: may not inspect")
        sent[row["department_id"]] = sent.get(row["department_id"], -99) + 1
        faults.extend(
            f"{officer}: on leave"
            for leave in case["leave"].to_dict("records")
            if leave["officer_id"] == officer
            and str(leave["first"].date()) <= team["date"] <= str(leave["last"].date())
        )
    if any(count != rules.crew.officers_per_department for count in sent.values()):
        faults.append(f"{team['team_id']}: wrong crews {sent}")
    if len(team["officers"]) < rules.crew.min_officers:
        faults.append(f"{team['team_id']}: too few officers")
    return faults


def _route_faults(case, rules, team, rows, visits) -> list[str]:
    day, faults = rules.day, []
    if [r["seq"] for r in rows] != list(range(len(rows))) or len(rows) < 3:
        return ["no whole route"]
    first, last = rows[0], rows[-1]
    ends = [r["visit_id"] or r["start"] != -1 or r["arrive"] != r["leave"] for r in (first, last)]
    if any(ends) or first["leave"] < day.shift_start or last["arrive"] > day.shift_end:
        faults.append("depot rows or shift")
    if len(rows) - 2 > day.max_visits:
        faults.append("too many stops")
    minutes = []
    for a, b in pairwise(rows):
        seconds = _seconds(_point(case, team, a, visits), _point(case, team, b, visits), rules.travel)
        minutes.append(math.ceil(seconds / 60))
        if b["travel_s"] != seconds or b["arrive"] < a["leave"] + minutes[-1]:
            faults.append(f"travel to seq {b['seq']}")
    for row in rows[1:-1]:
        visit = visits[row["visit_id"]]
        place = case.enterprises.set_index("enterprise_id").loc[visit["enterprise_id"]]
        if row["start"] < max(row["arrive"], place["opens"]) or row["leave"] > place["closes"]:
            faults.append(f"hours of {row['visit_id']}")
        if row["leave"] - row["start"] != visit["minutes"] or row["start"] != visit["start"]:
            faults.append(f"service of {row['visit_id']}")
    if not _ate(rows, minutes, day):
        faults.append("no lunch")
    return faults


def _ate(rows, minutes, day) -> bool:
    """Try every minute at which lunch may start, in every leg."""
    if rows[-1]["arrive"] <= day.lunch_until or rows[0]["leave"] >= day.lunch_from + day.lunch_minutes:
        return True
    for a, b, leg in zip(rows, rows[1:], minutes, strict=False):
        until = b["start"] if b["visit_id"] else b["arrive"]
        for lunch in range(day.lunch_from, day.lunch_until + 1):
            if (
                a["leave"] <= lunch
                and lunch + day.lunch_minutes <= until
                and a["leave"] + leg + day.lunch_minutes <= until
            ):
                return True
    return False


def _point(case, team, row, visits) -> tuple[float, float]:
    if row["visit_id"]:
        place = case.enterprises.set_index("enterprise_id").loc[visits[row["visit_id"]]["enterprise_id"]]
        return float(place["lon"]), float(place["lat"])
    office = case["departments"].set_index("department_id").loc[team["depot"]]
    if np.isfinite(office["depot_lon"]) and np.isfinite(office["depot_lat"]):
        return float(office["depot_lon"]), float(office["depot_lat"])
    return float(case["townships"]["lon"].mean()), float(case["townships"]["lat"].mean())


def _seconds(a, b, travel) -> int:
    if a == b:
        return 0
    (x1, y1), (x2, y2) = (tuple(map(math.radians, p)) for p in (a, b))
    angle = 2 * math.asin(
        math.sqrt(math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2)
    )
    metres = round(travel.detour * RADIUS * angle)
    return math.ceil(round(metres * 3.6 / travel.speed_kmh, 6)) + travel.entry_seconds
