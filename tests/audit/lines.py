"""For every line of the support table about visits, the county made by rule that just breaks it or just keeps it.

All of them are about E1 in T1 and V1 and department A of system S. ``v1`` and ``v2`` stand on one Wednesday.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from audit.breaking import Broken
from audit.county import County, county, rules, visit
from audit.county_case import case, table
from riskplan.audit.dates import date_text, day_of, week_label
from riskplan.rules.model import Filter, Limit, SupportLine

DAY = "2027-03-10"
ROLLING = 10
STEPS = {"day": 1, "week": 7, "month": 28, "quarter": 84, "year": 366, "rolling": ROLLING}
"""Window -> days after ``DAY`` on which another visit is surely no longer in its window."""
HORIZONS = {
    "month": ("2027-03-01", "2027-03-31"),
    "quarter": ("2027-01-01", "2027-03-31"),
    "year": ("2027-01-01", "2027-12-31"),
}
"""Window -> a horizon that holds just one."""
KEYS = {
    "enterprise": "E1",
    "organ-enterprise": "E1/A",
    "system-enterprise": "E1/S",
    "township": "T1",
    "village": "V1",
    "department": "A",
    "officer": "a1",
}
"""Scope -> key under which the visits count."""


def line_name(line: SupportLine) -> str:
    """Return a rule's id for a line."""
    return "-".join((line.kind, line.scope, line.window, line.unit))


def empty(first: str = "2027-01-01", last: str = "2028-12-31") -> County:
    """Return a county without visits, in which nothing is owed and no limit is stated."""
    known = _empty(first, last)
    return County(case=known.case, rules=known.rules, scores=known.scores, manifest=known.manifest)


@cache
def _empty(first: str, last: str) -> County:
    made = County(case=case(first, last), rules=replace(rules(), limits=(), duties=()))
    made.scores, made.manifest = county().scores, county().manifest
    made.case = made.case.replace_table("visits", table("visits"))
    made.rows("villages", {"village_code": "V1", "name": "Hill", "township_code": "T1"})
    made.change("enterprises", "E1", village_code="V1")
    for department in ("A", "B"):
        made.change("departments", department, system="S")
    return made


def state(made: County, line: SupportLine, amount: int, **fields: object) -> County:
    """State the line as a row; return the county."""
    rolling = {"rolling_days": ROLLING} if line.window == "rolling" and line.kind != "spacing" else {}
    row = Limit(line_name(line), *(line.kind, line.scope, line.window, line.unit), {"*": amount})
    made.rules = replace(made.rules, limits=(replace(row, **rolling, **fields),))
    return made


def call(made: County, name: str, day: str, team: str = "", **fields: object) -> None:
    """Add a visit of A to E1 on a day, made by a team of two where one is named; v2's team has the other two."""
    row = visit(name, "E1", week_label(day_of(day)), ("a1",), date=day, team_id=team)
    made.visits.append({**row, **fields})
    if team and team not in {t["team_id"] for t in made.teams}:
        officers = ("a3", "a4") if team == "team-2" else ("a1", "a2")
        made.teams.append({
            "team_id": team,
            "date": day,
            "depot": "A",
            "departments": ("A",),
            "officers": officers,
            "experts": ("a-expert",) if team == "team-1" else (),
        })
    if team:
        made.drive(team, 520, [(v["visit_id"], 0) for v in made.visits if v["team_id"] == team])


def later(days: int) -> str:
    """Return the day some days after ``DAY``; the one after a weekend is Monday."""
    day = day_of(DAY) + days
    return date_text(day + (7 - (day - 1) % 7 if (day - 1) % 7 > 4 else 0))


def twice(line: SupportLine, amount: int, second: str = DAY, **fields: object) -> County:
    """Return a county with the line stated, and ``v1`` and ``v2`` of one team (two teams for team-days)."""
    made = state(empty(), line, amount, **fields)
    call(made, "v1", DAY, "team-1")
    if line.unit != "people":
        same = second == DAY and line.unit == "visits"
        call(made, "v2", second, "team-1" if same else "team-2" if second == DAY else "team-3")
    return made


def ledger(made: County, day: str, result: str) -> None:
    """Add a done visit of officer a1 to E1."""
    made.rows(
        "visits",
        {
            "visit_id": f"done-{day}",
            "object_id": "E1",
            "date": day,
            "departments": ("A",),
            "result": result,
            "officers": ("a1",),
        },
    )


def cleanly(line: SupportLine, results: tuple[str, ...]) -> County:
    """Return a county in which a1 was at E1 every third day, and an alarm at three clean visits in ten days."""
    made = state(empty(), line, 3)
    for k, result in enumerate(results):
        ledger(made, f"2026-10-{10 + 3 * k}", result)
    return made


def floor(line: SupportLine, number: int) -> County:
    """Return a county whose horizon is one window, with a floor of two and some visits."""
    made = state(empty(*HORIZONS[line.window]), line, 2)
    key = {"enterprise": {"by": "sector", "amount": {"mine": 2}}}
    made.rules = replace(
        made.rules,
        limits=(replace(made.rules.limits[0], **key.get(line.scope, {"amount": {KEYS[line.scope]: 2}})),),
    )
    for k in range(number):
        call(made, f"v{k + 1}", date_text(day_of(DAY) + 7 * k))
    return made


def apart(line: SupportLine, days: int) -> County:
    """Return a county in which A calls on E1 twice, ten days apart, and a spacing."""
    made = state(empty(), line, days)
    for name, day in (("v1", DAY), ("v2", later(ROLLING + 2))):
        call(made, name, day)
    return made


def broken(line: SupportLine) -> Broken:
    """Break it: one visit, team-day, person or day too many or too few."""
    told = "notice" if line.kind in {"alarm", "floor"} else "violation"
    name, both = line_name(line), ("v1", "v2")
    if line.kind == "spacing":
        return Broken(apart(line, 13), name, 1, both)
    if line.kind == "floor":
        return Broken(floor(line, 1), name, 1, ("v1",), severity=told)
    if line.unit == "clean-visits":
        evidence = tuple(f"done-2026-10-{d}" for d in (10, 13, 16))
        return Broken(cleanly(line, ("clean",) * 3), name, 1, evidence, severity=told)
    if line.unit == "people":
        return Broken(twice(line, 2), name, 1, ("v1",))
    return Broken(twice(line, 1), name, 1, both, severity=told)


def spared(line: SupportLine) -> County:
    """Keep it: the same visits where just so many are allowed or asked for."""
    if line.kind == "spacing":
        return apart(line, 12)
    if line.kind == "floor":
        return floor(line, 2)
    if line.unit == "clean-visits":
        return cleanly(line, ("clean", "found", "clean", "clean"))
    return twice(line, 3 if line.unit == "people" else 2)


def of_b(line: SupportLine) -> Limit:
    """Return the line as a row that allows nothing, about department B only."""
    return replace(state(empty(), line, 0).rules.limits[0], filter=Filter(departments=("B",)))
