"""A second counter, written plainly from S1, S2, S4 and S5: day by day, window by window, slow and obvious."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from audit.county import County
from riskplan.rules.model import Limit

ONE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    """A visit as the rulebook sees it: where, when, who, which kind."""

    name: str
    planned: bool
    object_kind: str
    object_id: str
    days: tuple[dt.date, ...]
    departments: tuple[str, ...]
    kind: str
    team: str


_LATEST: dict[int, tuple[pd.DataFrame, list[dict]]] = {}


def records(frame: pd.DataFrame) -> list[dict]:
    """Return the rows of a table; those of the tables asked for lately are kept."""
    known = _LATEST.get(id(frame))
    if known is None or known[0] is not frame:
        if len(_LATEST) > 9:
            _LATEST.clear()
        known = _LATEST[id(frame)] = (frame, frame.to_dict("records"))
    return known[1]


def seen(made: County) -> list[Seen]:
    """Return all visits of plan and case that count towards limits."""
    found = []
    for v in made.visits:
        days = [dt.date.fromisoformat(v["date"])] if v["date"] else week_of(v["week"])
        where = (v["object_kind"], v["enterprise_id"])
        found.append(
            Seen(v["visit_id"], True, *where, tuple(days), v["departments"], v["kind"], v["team_id"])
        )
    for r in made.case["visits"].to_dict("records"):
        day = r["date"].date()
        if r["fixed"] or day < made.case.as_of:
            where = (r["object_kind"], r["object_id"])
            found.append(Seen(r["visit_id"], False, *where, (day,), r["departments"], r["kind"], ""))
    return found


def week_of(label: str) -> list[dt.date]:
    """Return Monday to Sunday of a week."""
    year, week = label.split("-W")
    return [dt.date.fromisocalendar(int(year), int(week), d) for d in range(1, 8)]


def premises(made: County, v: Seen) -> dict | None:
    """Return the row of the enterprise visited, None for other objects."""
    if v.object_kind != "enterprise":
        return None
    rows = records(made.case.enterprises)
    return next(r for r in rows if r["enterprise_id"] == v.object_id)


def tier(made: County, row: dict) -> str:
    """Return the tier of premises."""
    return next(s["tier"] for s in made.scores if s["enterprise_id"] == row["enterprise_id"])


def value(made: County, row: dict, by: str) -> str:
    """Return a property of premises."""
    return tier(made, row) if by == "tier" else row["township_code" if by == "township" else by]


def passes(made: County, limit: Limit, row: dict) -> bool:
    """Tell whether a row of the rulebook is about premises."""
    f = limit.filter
    stated = ((f.sectors, "sector"), (f.sizes, "size"), (f.tiers, "tier"), (f.townships, "township"))
    return all(not wanted or value(made, row, by) in wanted for wanted, by in stated)


def counts(made: County, limit: Limit, v: Seen) -> bool:
    """Tell whether a visit counts towards a row."""
    exempt = set(limit.kinds_exempt) | (set() if limit.kind == "alarm" else set(made.rules.exempt_kinds))
    kind = v.kind in limit.kinds_counted if limit.kinds_counted else v.kind not in exempt
    row = premises(made, v)
    f = limit.filter
    here = passes(made, limit, row) if row else not (f.sectors or f.sizes or f.tiers or f.townships)
    named = not f.departments or bool(set(f.departments) & set(v.departments))
    return kind and v.object_kind in limit.objects and here and named


def keys(made: County, limit: Limit, v: Seen) -> list[str]:
    """Return the keys under which a visit counts; one that stands twice counts twice."""
    named = limit.filter.departments
    row, organs = premises(made, v), [d for d in v.departments if not named or d in named]
    if limit.scope == "department":
        return organs
    if limit.scope in {"township", "village"}:
        return place(row, limit.scope, v)
    if row is None:
        return []
    key = row["enterprise_id"] if limit.kind == "spacing" else legal_person(row)
    if limit.scope == "enterprise":
        return [key]
    if limit.scope == "organ-enterprise":
        return [f"{key}/{d}" for d in organs]
    systems = {r["department_id"]: r["system"] for r in records(made.case["departments"])}
    return [f"{key}/{systems[d]}" for d in organs if systems[d]]


def place(row: dict | None, scope: str, v: Seen) -> list[str]:
    """Return the township or village of a visit, if there is one."""
    if row is None and scope == "township":
        return [{"V1": "T1", "V2": "T2"}.get(v.object_id, v.object_id)]
    code = row[f"{scope}_code"] if row else v.object_id if v.object_kind == scope else ""
    return [code] if code else []


def legal_person(row: dict) -> str:
    """Return what caps count by."""
    return row["credit_code"] or row["enterprise_id"]


def amount(made: County, limit: Limit, key: str) -> int | None:
    """Return what a row allows under a key."""
    if limit.scope in {"township", "village", "department"}:
        return limit.amount.get(key, limit.amount.get("*"))
    person = key.split("/", maxsplit=1)[0]
    own = [r for r in records(made.case.enterprises) if legal_person(r) == person]
    about = [r for r in own if passes(made, limit, r)]
    stated = [limit.amount.get(value(made, r, limit.by), limit.amount.get("*")) for r in about]
    return max((a for a in stated if a is not None), default=None)


def closed_by_quiet(made: County, v: Seen, day: dt.date) -> bool:
    """Tell whether a quiet row closes a day for a visit."""
    row = premises(made, v)
    for q in made.rules.quiet:
        binds = (
            row is not None
            and v.kind in q.kinds
            and passes(made, Limit("", "", "", "", "", {}, filter=q.filter), row)
        )
        binds = binds and (not q.filter.departments or bool(set(q.filter.departments) & set(v.departments)))
        first = {"days_1_25": 25, "per_month": q.per_month, "days": 0}[q.mode]
        if binds and (day.day <= first or day.day in q.days) and (not q.months or day.month in q.months):
            return True
    return False


def is_open(made: County, v: Seen, day: dt.date) -> bool:
    """Tell whether a day is an open day for a visit."""
    if not max(made.case.first_day, made.case.as_of) <= day <= made.case.last_day:
        return False
    work = made.case.days.is_workday[(day - made.case.first_day).days]
    row = premises(made, v)
    shut = row is not None and day.isoweekday() in row["closed_days"]
    return bool(work) and not shut and not closed_by_quiet(made, v, day)


def months(made: County, v: Seen) -> set[str]:
    """Return the months in which a visit counts."""
    if len(v.days) == 1:
        return {str(v.days[0])[:7]}
    inside = [d for d in v.days if made.case.first_day <= d <= made.case.last_day]
    days = [d for d in v.days if is_open(made, v, d)] or inside or [v.days[0], v.days[-1]]
    return {str(d)[:7] for d in days}


def windows(made: County, limit: Limit, v: Seen) -> set[str]:
    """Return the labels of the windows in which a visit counts."""
    if limit.window == "day":
        return {str(v.days[0])} if len(v.days) == 1 else set()
    if limit.window == "week":
        return {v.days[0].strftime("%G-W%V")}
    found = months(made, v)
    if limit.window == "quarter":
        return {f"{m[:4]}-Q{(int(m[5:]) - 1) // 3 + 1}" for m in found}
    return {m[:4] for m in found} if limit.window == "year" else found


def over(made: County, limit: Limit) -> set[tuple[str, str, int]]:
    """Return (key, window, counted) wherever a row on visits is exceeded in a window with a visit of the plan."""
    figures: dict[tuple[str, str], list[Seen]] = {}
    for v in seen(made):
        if counts(made, limit, v):
            for key in keys(made, limit, v):
                for window in windows(made, limit, v):
                    figures.setdefault((key, window), []).append(v)
    return {
        (key, window, len(visits))
        for (key, window), visits in figures.items()
        if any(v.planned for v in visits)
        and (most := amount(made, limit, key)) is not None
        and len(visits) > most
    }


def fullest(made: County, limit: Limit) -> dict[str, int]:
    """Return key -> the most that any ``rolling_days`` days with a visit of the plan hold, where that is too much."""
    groups: dict[str, list[Seen]] = {}
    for v in seen(made):
        if counts(made, limit, v):
            for key in keys(made, limit, v):
                groups.setdefault(key, []).append(v)
    result = {}
    for key, visits in groups.items():
        first, last = min(v.days[0] for v in visits), max(v.days[-1] for v in visits)
        start, best = first - limit.rolling_days * ONE, 0
        while start <= last:
            end = start + (limit.rolling_days - 1) * ONE
            inside = [v for v in visits if any(start <= d <= end for d in v.days)]
            best = max(best, len(inside) if any(v.planned for v in inside) else 0)
            start += ONE
        most = amount(made, limit, key)
        if most is not None and best > most:
            result[key] = best
    return result


def too_soon(made: County, limit: Limit) -> set[tuple[str, str]]:
    """Return (key, visit) for every visit that can only stand too near to an earlier one under the same key."""
    groups: dict[str, list[Seen]] = {}
    for v in seen(made):
        if counts(made, limit, v):
            for key in dict.fromkeys(keys(made, limit, v)):
                groups.setdefault(key, []).append(v)
    late = set()
    for key, visits in groups.items():
        row = premises(made, visits[0])
        least = limit.amount.get(value(made, row, limit.by), limit.amount.get("*"))
        ordered = sorted(visits, key=lambda v: (v.days[0], v.days[-1], v.name))
        for i, after in enumerate(ordered):
            for before in ordered[:i]:
                gap = min(abs((a - b).days) for a in after.days for b in before.days)
                if least is not None and (after.planned or before.planned) and gap < least:
                    late.add((key, after.name))
    return late
