"""A lawful county made by hand: 6 enterprises, 2 townships, 2 departments and a coordination body.

The horizon is 2027, ``as_of`` 20 November 2026. Weeks of the plan: E1 (red, 4 owed) in W05, W17, W29, W41; E2
(orange, 2) in W19, W47; E3 and E4 (yellow, 1) in W10, both routed on Wednesday 10 March; E6 (blue, drawn) in
W25; E5 (blue) was seen in 2025 and is not drawn. E3 has a visit fixed by the city on 17 November.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from audit.county_case import case, table
from riskplan.audit import AuditReport, audit
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan, normalise
from riskplan.rules.model import (
    CapacityRules,
    CrewRules,
    DayRules,
    DutyRule,
    FrequencyRules,
    Limit,
    ObjectiveRules,
    Provenance,
    Rulebook,
    ScoreRules,
    TierRules,
    TravelRules,
)

ROUTED_DAY = "2027-03-10"


def limit(name: str, kind: str, scope: str, window: str, amount: dict[str, int], **fields: object) -> Limit:
    """Return a limit on visits."""
    return Limit(name, kind, scope, window, "visits", amount, **fields)


LIMITS = (
    limit(
        "organ-enterprise-year",
        "cap",
        "organ-enterprise",
        "year",
        {"red": 4, "orange": 2, "yellow": 2, "blue": 1},
        provenance=Provenance(basis="notice no. 1"),
    ),
    limit("enterprise-year", "cap", "enterprise", "year", {"red": 6, "orange": 4, "yellow": 3, "blue": 2}),
    limit(
        "enterprise-spacing",
        "spacing",
        "enterprise",
        "rolling",
        {"red": 60, "orange": 120, "yellow": 180, "blue": 365},
    ),
    limit("township-load-week", "cap", "township", "week", {"T1": 2, "*": 2}),
    limit("township-load-year", "cap", "township", "year", {"*": 20}),
)


def rules() -> Rulebook:
    """Return the rulebook; the capacity formula is set so that nothing but whole numbers come out of it."""
    return Rulebook(
        name="test",
        tiers=TierRules({"red": 0.25, "orange": 0.25, "yellow": 0.25, "blue": 0.25}),
        frequency=FrequencyRules({"red": 4, "orange": 2, "yellow": 1, "blue": 0.5}, 1.5),
        score=ScoreRules({}, 10, 30, 3.0, 15, 5, 15, {}, 3, {}, 5, 365, {}, 2.0),
        capacity=CapacityRules(480, 0.3, 0.2, 0.1, 0.1, 1.5, 40),
        crew=CrewRules(2, 2, {"medium": 4, "small": 2}, {"medium": 8, "small": 4}),
        day=DayRules(15, 510, 1050, 690, 780, 60, 4),
        travel=TravelRules(1.35, 36.0, 180),
        objective=ObjectiveRules({}, 1.0, 0.25, 0.25, 12, 0.0, 1.0, 0.0),
        limits=LIMITS,
        duties=(DutyRule(("a1", "b1", "a9")), DutyRule(("a2",), sectors=("mine",))),
        exempt_kinds=("case",),
        fingerprint="rules-1",
    )


def way(a: tuple[float, float], b: tuple[float, float], travel: TravelRules) -> int:
    """Return travel seconds by the chord between two points of the sphere, the test's own formula."""
    if a == b:
        return 0

    def unit(point: tuple[float, float]) -> np.ndarray:
        lon, lat = np.radians(point)
        return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])

    arc = 2 * np.arcsin(np.linalg.norm(unit(a) - unit(b)) / 2) * 6_371_008.8
    return math.ceil(round(travel.detour * float(arc)) * 3.6 / travel.speed_kmh) + travel.entry_seconds


def visit(
    name: str, enterprise: str, week: str, items: tuple[str, ...] = ("a1", "b1"), **fields: object
) -> dict:
    """Return a visit of the plan whose other columns follow from the items; ``fields`` override them."""
    minutes = {"a1": 60, "a2": 30, "b1": 45, "c1": 20, "a9": 30}
    sums: dict[str, int] = {}
    for item in items:
        sums[item[0].upper()] = sums.get(item[0].upper(), 0) + minutes.get(item, 0)
    return {
        "visit_id": name,
        "enterprise_id": enterprise,
        "object_kind": "enterprise",
        "township_code": "T1" if enterprise in {"E1", "E2", "E3"} else "T2",
        "week": week,
        "date": "",
        "start": -1,
        "team_id": "",
        "departments": tuple(sorted(sums)),
        "lead": min(sums, default=""),
        "items": items,
        "kind": "daily",
        "minutes": 15 + max(sums.values(), default=0),
        "stage": "draft",
        "announced": True,
        "window_first": "",
        "window_last": "",
    } | fields


@dataclass
class County:
    """Case, rules and the rows of a plan; tests change what they like and audit the result."""

    case: Case = field(default_factory=case)
    rules: Rulebook = field(default_factory=rules)
    visits: list[dict] = field(default_factory=list)
    teams: list[dict] = field(default_factory=list)
    routes: list[dict] = field(default_factory=list)
    travel: list[dict] = field(default_factory=list)
    duties: list[dict] = field(default_factory=list)
    scores: list[dict] = field(default_factory=list)
    unplanned: list[dict] = field(default_factory=list)
    conflicts: list[dict] = field(default_factory=list)
    credits: list[dict] = field(default_factory=list)
    manifest: dict = field(default_factory=dict)

    def plan(self) -> Plan:
        """Return the plan."""
        names = (
            "visits",
            "teams",
            "routes",
            "duties",
            "scores",
            "unplanned",
            "conflicts",
            "credits",
            "travel",
        )
        return Plan({n: normalise(n, pd.DataFrame(getattr(self, n))) for n in names}, self.manifest)

    def audit(self) -> AuditReport:
        """Return the audit's report."""
        return audit(self.case, self.rules, self.plan())

    def visit(self, name: str) -> dict:
        """Return a visit of the plan, to be changed in place."""
        return next(row for row in self.visits if row["visit_id"] == name)

    def move(self, name: str, week: str) -> None:
        """Move an undated visit to another week."""
        self.visit(name)["week"] = week

    def drop(self, name: str) -> None:
        """Take a visit out of the plan."""
        self.visits = [row for row in self.visits if row["visit_id"] != name]

    def stop(self, visit_id: str) -> dict:
        """Return the route row of a visit, to be changed in place."""
        return next(row for row in self.routes if row["visit_id"] == visit_id)

    def amount(self, limit_id: str, **fields: object) -> None:
        """Change a limit; ``amount`` entries are merged into the old ones."""

        def changed(row: Limit) -> Limit:
            new = {**fields}
            if "amount" in new:
                new["amount"] = {**row.amount, **new["amount"]}
            return replace(row, **new)

        self.rules = replace(
            self.rules, limits=tuple(changed(r) if r.id == limit_id else r for r in self.rules.limits)
        )

    def settings(self, part: str, **fields: object) -> None:
        """Change a part of the rulebook, e.g. ``capacity``."""
        self.rules = replace(self.rules, **{part: replace(getattr(self.rules, part), **fields)})

    def rows(self, name: str, *rows: dict) -> None:
        """Add rows to a table of the case."""
        old = self.case.tables[name]
        added = table(name, *rows)
        self.case = self.case.replace_table(name, pd.concat([old, added]) if len(old) else added)

    def change(self, name: str, key: str, **fields: object) -> None:
        """Change one row of a table of the case, found by its first column."""
        frame = self.case.tables[name]
        rows = frame.to_dict("records")
        first = frame.columns[0]
        new = [{**row, **fields} if row[first] == key else row for row in rows]
        self.case = self.case.replace_table(name, table(name, *new))

    def point(self, enterprise: str) -> tuple[float, float]:
        """Return where an enterprise lies."""
        row = self.case.enterprises.set_index("enterprise_id").loc[enterprise]
        return (float(row["lon"]), float(row["lat"]))

    def drive(self, team: str, leave: int, stops: list[tuple[str, int]]) -> None:
        """Give a team from A's office a route; a stop is a visit and the minutes to wait before it starts."""
        self.routes = [row for row in self.routes if row["team_id"] != team]
        at, place, rows = leave, (118.30, 25.30), [(0, "", leave, -1, leave, 0)]
        for seq, (name, wait) in enumerate(stops, start=1):
            row = self.visit(name)
            target = self.point(row["enterprise_id"])
            seconds = way(place, target, self.rules.travel)
            arrive = at + math.ceil(seconds / 60)
            row["start"] = arrive + wait
            at, place = row["start"] + row["minutes"], target
            rows.append((seq, name, arrive, row["start"], at, seconds))
        seconds = way(place, (118.30, 25.30), self.rules.travel)
        back = at + math.ceil(seconds / 60)
        rows.append((len(stops) + 1, "", back, -1, back, seconds))
        columns = ("seq", "visit_id", "arrive", "start", "leave", "travel_s")
        self.routes += [{"team_id": team, **dict(zip(columns, row, strict=True))} for row in rows]


def county() -> County:
    """Return the lawful county with its lawful plan."""
    red = ("a1", "a2", "b1")
    routed = {"date": ROUTED_DAY, "team_id": "team-1"}
    made = County(
        visits=[
            visit("E1-1", "E1", "2027-W05", red),
            visit("E1-2", "E1", "2027-W17", red),
            visit("E1-3", "E1", "2027-W29", red),
            visit("E1-4", "E1", "2027-W41", red),
            visit("E2-1", "E2", "2027-W19"),
            visit("E2-2", "E2", "2027-W47"),
            visit("E3-1", "E3", "2027-W10", **routed),
            visit("E4-1", "E4", "2027-W10", **routed),
            visit("E6-1", "E6", "2027-W25"),
        ],
        teams=[
            {
                "team_id": "team-1",
                "date": ROUTED_DAY,
                "depot": "A",
                "departments": ("A", "B"),
                "officers": ("a1", "a2", "b1", "b2"),
                "experts": (),
            }
        ],
        duties=[
            {
                "enterprise_id": e,
                "item_id": i,
                "visits": n,
                "longest_interval_days": longest,
                "cause": "frequency" if longest > 0 else "drawn-not-yet",
            }
            for e, n, longest in (
                ("E1", 4, 136),
                ("E2", 2, 273),
                ("E3", 1, 547),
                ("E4", 1, 547),
                ("E6", 1, -1),
            )
            for i in ("a1", "a2", "b1")
            if i != "a2" or e == "E1"
        ],
        scores=[
            {
                "enterprise_id": f"E{n}",
                "score": s,
                "tier": t,
                "intensity": 1.0,
                "part_sector": 10,
                "part_rest": s - 10,
            }
            for n, (s, t) in enumerate(
                ((90, "red"), (70, "orange"), (50, "yellow"), (45, "yellow"), (20, "blue"), (20, "blue")),
                start=1,
            )
        ],
        manifest={
            "case_fingerprint": "case-1",
            "rules_fingerprint": "rules-1",
            "provisional_calendar": False,
            "objective": {"total": 12.5, "terms": {"exposure": 10.0, "trips": 2.5, "unplanned": 0.0}},
            "bound": 12.0,
        },
    )
    made.drive("team-1", 520, [("E3-1", 0), ("E4-1", 0)])
    return made


def changed(name: str, **fields: object) -> County:
    """Return the county with one visit changed."""
    made = county()
    made.visit(name).update(fields)
    return made
