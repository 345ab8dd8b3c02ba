"""Three years of fictional visits and hazards, calibrated to a published monthly bulletin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from riskplan.synth.catalogue import Item, departments_of, item_by_id, owed_items, sectors
from riskplan.synth.days import AS_OF, HISTORY_FIRST, HISTORY_LAST, workday_before
from riskplan.synth.draws import Draws, whole_number
from riskplan.synth.premises import Premises, size_name

Floats = npt.NDArray[np.float64]

HAZARDS_A_VISIT = 1.09
MAJOR_SHARE = 0.0137
CASES_A_VISIT = 0.0845
ENTERPRISES_AN_ACCIDENT = 500

_CLASS_ENDS = (0.04, 0.18, 0.55)
"""Shares of the enterprises that the office used to see often, seldom, rarely; the rest hardly ever."""
_INTERVALS = (105.0, 200.0, 390.0, 820.0)
"""Usual days between two visits, by class."""
_NEVER_SHARE = 0.18
"""Share of the last class that was never visited."""
_SHORTEST_GAP = 21
_KINDS = ("daily",) * 18 + ("special",) + ("complaint",)
_MINOR_SHARE = 0.42
_DEADLINE_DAYS = {"minor": 10, "general": 20, "major": 45, "accident": 60}
_NEVER_CLOSED = 0.012
_CLOSED_LATE = 0.12


@dataclass
class Visit:
    """One visit of the past; ``hazards`` counts what it found."""

    enterprise: int
    day: dt.date
    departments: tuple[str, ...]
    items: tuple[str, ...]
    kind: str
    result: str = "pass"
    hazards: int = 0


@dataclass(frozen=True)
class Hazard:
    """One hazard with its fate."""

    enterprise: int
    day: dt.date
    kind: str
    severity: str
    domain: str
    deadline: dt.date
    closed_on: dt.date | None

    @property
    def overdue(self) -> bool:
        """True when it is open after its deadline."""
        return self.closed_on is None and self.deadline < AS_OF


@dataclass(frozen=True)
class History:
    """Visits by day and enterprise, hazards in the order of the visits, accidents last."""

    visits: list[Visit]
    hazards: list[Hazard] = field(default_factory=list)

    def last_visit(self, count: int) -> list[dt.date | None]:
        """Return the last visit of each enterprise that counts for spacing, None without one."""
        last: list[dt.date | None] = [None] * count
        for visit in self.visits:
            if visit.kind != "complaint":
                last[visit.enterprise] = visit.day
        return last


def make_history(premises: Premises, draws: Draws) -> History:
    """Return visits and hazards of the three years before the case's day."""
    visits = make_visits(premises, draws)
    found = draws.choice(
        [premises.rate[v.enterprise] * len(v.items) for v in visits], round(HAZARDS_A_VISIT * len(visits))
    )
    severities = _severities(premises, [visits[k] for k in np.sort(found)], draws)
    hazards = []
    for k, severity in zip(np.sort(found).tolist(), severities, strict=True):
        visits[k].hazards += 1
        item = item_by_id()[whole_item(visits[k].items, draws.one())]
        hazards.append(_hazard(visits[k], item, severity, draws))
    _decide_results(visits, hazards, found, severities, draws)
    return History(visits, hazards + _accidents(premises, draws))


def make_visits(premises: Premises, draws: Draws) -> list[Visit]:
    """Return the past visits by day and enterprise: each department on its own, sometimes two or all."""
    visits: list[Visit] = []
    for i, habit in enumerate(_habits(premises, draws)):
        sector = sectors()[premises.sector[i]]
        items = owed_items(sector, size_name(premises, i))
        months = sector.open_months if premises.seasonal[i] else ()
        turn = whole_number(draws.one(), range(8))
        for n, day in enumerate(_visit_days(habit, months, draws)):
            departments = _participants(departments_of(items), turn + n, draws.one())
            checked = tuple(item for item in items if item_by_id()[item].department_id in departments)
            kind = _KINDS[whole_number(draws.one(), range(len(_KINDS)))]
            visits.append(Visit(i, day, departments, checked, kind))
    return sorted(visits, key=lambda v: (v.day, v.enterprise))


def _habits(premises: Premises, draws: Draws) -> list[float]:
    """Return the usual days between visits of each enterprise, 0 for never."""
    count = len(premises)
    points = np.array([s.points for s in sectors()])[premises.sector]
    urgency = points / 8.0 + np.log(premises.rate) + 0.8 * draws.normal(count)
    rank = np.empty(count)
    rank[np.argsort(-urgency, kind="stable")] = (np.arange(count) + 0.5) / count
    level = np.searchsorted(_CLASS_ENDS, rank, side="right")
    never = (level == len(_CLASS_ENDS)) & (draws.uniform(count) < _NEVER_SHARE)
    return [0.0 if n else _INTERVALS[k] for n, k in zip(never.tolist(), level.tolist(), strict=True)]


def _visit_days(habit: float, months: tuple[int, ...], draws: Draws) -> list[dt.date]:
    """Return an enterprise's visit days, last first: a renewal process backwards from the case's day."""
    days: list[dt.date] = []
    age = habit * (0.15 + 0.85 * draws.one())
    while habit and HISTORY_LAST - dt.timedelta(days=int(age)) >= HISTORY_FIRST:
        day = workday_before(HISTORY_LAST - dt.timedelta(days=int(age)), months)
        if day >= HISTORY_FIRST and (not days or (days[-1] - day).days >= _SHORTEST_GAP):
            days.append(day)
        age += habit * (0.75 + 0.5 * draws.one())
    return days


def _participants(departments: tuple[str, ...], turn: int, uniform: float) -> tuple[str, ...]:
    """Return who came: one department in turn (60 %), two (25 %) or all."""
    size = 1 if uniform < 0.6 else 2 if uniform < 0.85 else len(departments)
    chosen = {(turn + k) % len(departments) for k in range(min(size, len(departments)))}
    return tuple(d for k, d in enumerate(departments) if k in chosen)


def whole_item(items: tuple[str, ...], uniform: float) -> str:
    """Return one of the items."""
    return items[whole_number(uniform, range(len(items)))]


def _severities(premises: Premises, visits: list[Visit], draws: Draws) -> list[str]:
    """Return a severity for each hazard; major ones in exact number, in sectors that work all year."""
    weights = [
        0.0 if sectors()[premises.sector[v.enterprise]].open_months else _danger(premises, v.enterprise) ** 2
        for v in visits
    ]
    major = frozenset(draws.sample(weights, max(1, round(MAJOR_SHARE * len(visits)))).tolist())
    minor = draws.uniform(len(visits)) < _MINOR_SHARE
    return ["major" if k in major else "minor" if minor[k] else "general" for k in range(len(visits))]


def _danger(premises: Premises, enterprise: int) -> float:
    return sectors()[premises.sector[enterprise]].points / 10.0 + float(premises.rate[enterprise])


def _hazard(visit: Visit, item: Item, severity: str, draws: Draws) -> Hazard:
    length = _DEADLINE_DAYS[severity]
    deadline = visit.day + dt.timedelta(days=length)
    fate, share = draws.one(), draws.one()
    late = fate < _NEVER_CLOSED + _CLOSED_LATE
    done = (
        deadline + dt.timedelta(days=1 + int(35 * share))
        if late
        else visit.day + dt.timedelta(days=2 + int((length - 2) * share))
    )
    closed = None if fate < _NEVER_CLOSED or done >= AS_OF else done
    return Hazard(visit.enterprise, visit.day, "inspection", severity, item.domain, deadline, closed)


def _decide_results(
    visits: list[Visit],
    hazards: list[Hazard],
    found: npt.NDArray[np.int64],
    severities: list[str],
    draws: Draws,
) -> None:
    """Mark visits as pass, rectify or case; cases in exact number, likelier with more and worse hazards."""
    majors = np.zeros(len(visits))
    np.add.at(majors, np.sort(found), np.array([s == "major" for s in severities], dtype=float))
    weights = [0.1 + v.hazards + 8.0 * m for v, m in zip(visits, majors.tolist(), strict=True)]
    for visit in visits:
        visit.result = "rectify" if visit.hazards else "pass"
    for k in draws.sample(weights, round(CASES_A_VISIT * len(visits))).tolist():
        visits[k].result = "case"


def _accidents(premises: Premises, draws: Draws) -> list[Hazard]:
    """Return a few fictional accidents of the ordinary class."""
    weights = [
        0.0 if sectors()[s].open_months else _danger(premises, i)
        for i, s in enumerate(premises.sector.tolist())
    ]
    hit = draws.sample(weights, len(premises) // ENTERPRISES_AN_ACCIDENT)
    days = draws.whole(0, (HISTORY_LAST - HISTORY_FIRST).days - 90, len(hit))
    accidents = []
    for i, offset in zip(hit.tolist(), days.tolist(), strict=True):
        day = HISTORY_FIRST + dt.timedelta(days=offset)
        deadline = day + dt.timedelta(days=_DEADLINE_DAYS["accident"])
        accidents.append(
            Hazard(i, day, "accident", "accident", "主体责任", deadline, deadline - dt.timedelta(days=7))
        )
    return sorted(accidents, key=lambda h: (h.day, h.enterprise))
