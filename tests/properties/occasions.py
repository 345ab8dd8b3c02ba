"""Random small counties in which every cause of a duty and every source of a credit occurs, dates at their edges."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace

from audit.county import rules as plain_rules
from audit.county_case import EMPTY, days, table
from riskplan.case.tables import Case
from riskplan.rules.model import (
    TIERS,
    DutyRule,
    FrequencyRules,
    LevelRules,
    LicenceRules,
    ReuseRule,
    Rulebook,
)
from riskplan.rules.owing import REUSE_SOURCES

DOMAINS = ("fire", "gas", "mine")
SECTORS, SIZES, GRADES = ("mine", "plant"), ("medium", "small"), ("a", "b", "")
HORIZONS = (("2027-01-01", "2027-12-31"), ("2027-01-01", "2027-06-30"), ("2027-07-01", "2028-02-29"))
BODIES = {"A": ("county", "S"), "B": ("county", ""), "D": ("city", "S"), "P": ("province", "S")}
"""Department -> level and system; P has no items of its own."""
ORGANS = ("A", "A", "B", "D", "P")
FREQUENCIES = (0, 0.2, 0.25, 1 / 3, 0.3333, 0.5, 0.73, 0.9, 1, 1.37, 2, 2.5, 4)
MARGINS = (0, 1, 30, 90, 180)
"""Days between a date and what makes it matter; one more and one less are drawn as well."""


@dataclass
class Draw:
    """Random values of one county.

    Parameters
    ----------
    seed
        Same seed, same county.
    """

    seed: int

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        first, last = self.one(HORIZONS)
        self.first, self.last = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        self.as_of = self.first + dt.timedelta(days=self.one((-42, -1, 0, 1, 40, 75)))

    def one(self, values):
        """Return one of some values."""
        return self.random.choice(list(values))

    def some(self, values, chance=0.5):
        """Return each of some values by chance, in random order, and nothing about half of the time."""
        values = list(values)
        chosen = [v for v in values if self.random.random() < chance] if self.random.random() < 0.5 else []
        return tuple(self.random.sample(chosen, len(chosen)))

    def few(self, values):
        """Return one or two of some values."""
        return tuple(self.random.sample(list(values), self.one((1, 1, 2))))

    def near(self, *days, empty=0.0):
        """Return a day at one of some days or a margin before or after it, "" by chance."""
        if self.random.random() < empty:
            return ""
        margin = self.one(MARGINS) + self.one((-1, 0, 0, 1))
        return str(self.one(days) + dt.timedelta(days=margin * self.one((-1, -1, 1))))

    def around(self, empty=0.0):
        """Return a day close to ``as_of``, "" by chance."""
        if self.random.random() < empty:
            return ""
        return str(self.as_of + dt.timedelta(days=self.one((-40, -2, -1, 0, 1))))

    def before(self):
        """Return a day before ``as_of``."""
        return str(self.as_of - dt.timedelta(days=max(1, self.one((1, *MARGINS)) + self.one((-1, 0, 1)))))


@dataclass(frozen=True)
class Drawn:
    """A random case with rules, and tier and score of each enterprise in its order."""

    case: Case
    rules: Rulebook
    tiers: list[str]
    scores: list[int]


def drawn(seed: int, most: int = 6) -> Drawn:
    """Return a random county.

    Parameters
    ----------
    seed
        Same seed, same county.
    most
        Enterprises at most.
    """
    draw = Draw(seed)
    names = [f"E{n:03d}" for n in range(draw.random.randint(2, most))]
    items = items_of(draw)
    ids = [row["item_id"] for row in items]
    premises = [premises_of(draw, name) for name in names]
    per = range(2 * len(names))
    rows = {
        "enterprises": premises,
        "townships": [{"township_code": t, "name": t} for t in ("T1", "T2")],
        "departments": [
            *({"department_id": d, "level": level, "system": s} for d, (level, s) in BODIES.items()),
            {"department_id": "C", "role": "coordination"},
        ],
        "officers": [{"officer_id": f"{d}1", "department_id": d} for d in BODIES],
        "items": items,
        "visits": [visit_of(draw, n, names, ids) for n in range(5 * len(names))],
        "hazards": [hazard_of(draw, n, names) for n in per] if draw.one((0, 1, 1)) else [],
        "self_reports": reports_of(draw, names),
        "overrides": [decision_of(draw, names, ids) for _ in per],
        "licences": [licence_of(draw, n, names, ids) for n in range(3 * len(names))],
        "campaigns": [campaign_of(draw, n, ids) for n in range(2)],
        "monitoring": [feed_of(draw, n, names) for n in range(3 * len(names))],
    }
    tables = {name: table(name, *rows.get(name, ())) for name in (*EMPTY, *rows)}
    case = Case(
        *("county", "CN", "zh", draw.as_of, draw.first, draw.last, True, tables, ()),
        days(str(draw.first), str(draw.last)),
    )
    active = [row["status"] == "active" for row in premises]
    tiers = [draw.one(TIERS) if yes else "blue" for yes in active]
    return Drawn(case, rules_of(draw, ids), tiers, [draw.one((10, 20, 20, 50)) for _ in names])


def premises_of(draw: Draw, name: str) -> dict:
    """Return an enterprise; some lie at the same point, some are closed, some opened lately."""
    return {
        "enterprise_id": name,
        "lon": draw.one((118.30, 118.31, 118.32)),
        "lat": draw.one((25.30, 25.31)),
        "township_code": draw.one(("T1", "T2")),
        "sector": draw.one(SECTORS),
        "size": draw.one(SIZES),
        "grade": draw.one(GRADES),
        "credit_grade": draw.one(GRADES),
        "status": draw.one(("active",) * 7 + ("suspended",)),
        "opened_on": draw.near(draw.as_of, empty=0.7),
    }


def items_of(draw: Draw) -> list[dict]:
    """Return items of three departments, some off site."""
    organs = ("A", "A", "A", "B", "B", "D")
    return [
        {
            "item_id": f"{organ.lower()}{n}",
            "department_id": organ,
            "domain": draw.one(DOMAINS),
            "mode": draw.one(("on_site",) * 6 + ("off_site",)),
            "basis": draw.one(("law", "")),
        }
        for n, organ in enumerate(organs)
    ]


def visit_of(draw: Draw, number: int, names: list[str], items: list[str]) -> dict:
    """Return a visit, done or fixed, to an enterprise or its township."""
    fixed = draw.one((True, False, False))
    place = draw.one(("enterprise",) * 8 + ("township",))
    return {
        "visit_id": f"v{draw.random.randrange(10)}-{number}",
        "object_kind": place,
        "object_id": draw.one(names) if place == "enterprise" else "T1",
        "date": draw.near(draw.as_of, draw.first, draw.last) if fixed else draw.before(),
        "departments": draw.few(ORGANS[1:]),
        "items": draw.some(items, 0.3),
        "kind": draw.one(("daily", "daily", "special", "case")),
        "result": draw.one(("clean", "found", "")),
        "fixed": fixed,
        "known_on": draw.around(empty=0.7) if fixed else "",
    }


def hazard_of(draw: Draw, number: int, names: list[str]) -> dict:
    """Return a hazard, open or closed, its deadline near today."""
    return {
        "hazard_id": f"h{number}",
        "enterprise_id": draw.one(names),
        "date": draw.around(),
        "deadline": draw.around(empty=0.3),
        "closed_on": draw.around(empty=0.5),
    }


def reports_of(draw: Draw, names: list[str]) -> list[dict]:
    """Return self-reports: none at all, some, or many."""
    count = draw.one((0, 6, 20, 40))
    days = (draw.before, draw.before, draw.around)
    return [{"enterprise_id": draw.one(names), "date": draw.one(days)()} for _ in range(count)]


def decision_of(draw: Draw, names: list[str], items: list[str]) -> dict:
    """Return a decision about items, or about a tier only."""
    about = draw.some(items, 0.3)
    return {
        "enterprise_id": draw.one(names),
        "tier": "" if about else "red",
        "date": draw.near(draw.as_of),
        "items": about,
        "visits": draw.one(FREQUENCIES) if about else float("nan"),
        "longest_interval_days": draw.one((-1, -1, 100, 200)),
        "months": tuple(sorted(draw.some(range(1, 13)))),
        "until": draw.near(draw.as_of, empty=0.5),
    }


def licence_of(draw: Draw, number: int, names: list[str], items: list[str]) -> dict:
    """Return a licence that expires somewhere around the horizon, reviewed or not."""
    return {
        "licence_id": f"L{number:02d}",
        "enterprise_id": draw.one(names),
        "items": draw.few(items),
        "expires_on": draw.near(draw.as_of, draw.first, draw.last),
        "reviewed_on": draw.one((draw.near(draw.as_of, empty=0.5), draw.before(), draw.around())),
    }


def campaign_of(draw: Draw, number: int, items: list[str]) -> dict:
    """Return a campaign with any scope, its window around the horizon's ends or today."""
    ends = sorted((draw.near(draw.as_of, draw.first, draw.last), draw.near(draw.first, draw.last)))
    return {
        "campaign_id": f"K{number}",
        "sectors": draw.some(SECTORS),
        "grades": draw.some(GRADES[:2]),
        "sizes": draw.some(SIZES),
        "tiers": draw.some(TIERS),
        "townships": draw.some(("T1", "T2")),
        "items": draw.few(items),
        "first": ends[0],
        "last": ends[1],
    }


def feed_of(draw: Draw, number: int, names: list[str]) -> dict:
    """Return a state of a feed; several feeds may tell of one day."""
    return {
        "feed_id": f"F{draw.random.randrange(4)}-{number}",
        "enterprise_id": draw.one(names),
        "domain": draw.one(DOMAINS),
        "date": draw.one((draw.before(), draw.before(), draw.around())),
        "state": draw.one(("normal",) * 4 + ("alarm", "offline")),
    }


def rules_of(draw: Draw, items: list[str]) -> Rulebook:
    """Return random rules about what is owed and what is credited."""
    by = draw.one(("tier", "tier", "size", "grade", "sector"))
    keys = {"tier": TIERS, "size": SIZES, "grade": GRADES[:2], "sector": SECTORS}[by]
    frequency = FrequencyRules(
        {key: draw.one(FREQUENCIES) for key in (*keys[:3], "*")},
        draw.one((1.4, 1.5)),
        by=by,
        longest_interval_days={keys[0]: 150} if draw.one((0, 0, 1)) else None,
        below_one=draw.one(("drawn", "due")),
    )
    duties = tuple(duty_of(draw, keys, items) for _ in range(draw.one((1, 2, 3))))
    reuse = tuple(reuse_of(draw, n, items) for n in range(draw.one((0, 3, 5, 7))))
    first = draw.one((1, 90, 91, 180))
    return replace(
        plain_rules(),
        frequency=frequency,
        duties=(DutyRule(tuple(items)), *duties),
        reuse=reuse,
        licence=LicenceRules(first, draw.one((0, 1, 30, first)) if first > 30 else 0),
        levels=LevelRules(draw.one((True, True, False))),
        limits=(),
    )


def duty_of(draw: Draw, keys: tuple[str, ...], items: list[str]) -> DutyRule:
    """Return a duty rule for some items, with or without a frequency, interval and season of its own."""
    return DutyRule(
        draw.few(items),
        sectors=draw.some(SECTORS),
        sizes=draw.some(SIZES),
        visits={draw.one((*keys, "*")): draw.one(FREQUENCIES)} if draw.one((0, 1)) else None,
        longest_interval_days={draw.one((*keys, "*")): 120} if draw.one((0, 0, 1)) else None,
        months=draw.some(range(1, 13)),
    )


def reuse_of(draw: Draw, number: int, items: list[str]) -> ReuseRule:
    """Return a rule about reuse with any conditions."""
    source = draw.one(REUSE_SOURCES)
    of_visits = source == "visit"
    return ReuseRule(
        f"r{number}",
        source,
        draw.one((30, 31, 90, 180, 400)),
        items=draw.few(items) if draw.one((0, 1)) else (),
        domains=draw.few(DOMAINS),
        visits=draw.one((1, 1, 2)),
        departments=draw.some(("A", "B", "D", "P")) if of_visits else (),
        results=draw.some(("clean", "found")) if of_visits else (),
        sectors=draw.some(SECTORS) if draw.one((0, 0, 1)) else (),
        tiers=draw.some(TIERS) if draw.one((0, 0, 1)) else (),
        credit_grades=draw.some(GRADES[:2]) if draw.one((0, 0, 1)) else (),
        no_overdue=draw.one((True, False)),
        report_gap_months=draw.one((0, 0, 1, 2, 6)),
    )
