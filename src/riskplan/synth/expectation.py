"""What the fictional county will owe: scores and tiers as the planner will give them, frequencies in brief.

It only sizes offices and township rows and keeps the sample free of conflicts; the planner never sees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import table_attributes, table_names
from riskplan.case.parse import parse_column
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.tables import Case, Days
from riskplan.risk.scoring import judge
from riskplan.rules.merge import layers_of
from riskplan.rules.model import TIERS
from riskplan.rules.read import rules_of
from riskplan.synth.catalogue import sectors
from riskplan.synth.days import AS_OF, HORIZON_FIRST, HORIZON_LAST, is_workday
from riskplan.synth.history import History
from riskplan.synth.premises import GRADES, STATUSES, Premises, size_name
from riskplan.synth.rulebook import score_text

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TIER_VISITS = (4, 2, 1, 1)
TIER_SPACING = (60, 120, 180, 365)
DRAWN_SHARE = 1.0 / 3.0


@dataclass(frozen=True)
class Expectation:
    """Per enterprise, shape (n,): rank among the active (0 worst, 2 inactive), tier, visits owed."""

    rank: Floats
    tier: Ints
    owed: Ints


def expect(premises: Premises, history: History) -> Expectation:
    """Return rank, tier and visits owed of each enterprise by the county's own rulebook."""
    rules = rules_of(layers_of(score_text(), "rules.toml"), whole=False)
    found = judge(_case(premises, history), rules)
    active = int(premises.active.sum())
    place = found.by_points.rank
    rank = np.where(place > 0, (place - 0.5) / max(active, 1), 2.0)
    tier = np.array([TIERS.index(name) for name in found.tiers], dtype=np.int64)
    owed = np.where(premises.active, np.array(TIER_VISITS)[tier], 0)
    last = [d.toordinal() if d else 0 for d in history.last_visit(len(premises))]
    score = found.points.score
    blue = sorted(
        np.flatnonzero(premises.active & (tier == len(TIERS) - 1)).tolist(),
        key=lambda i: (last[i], -score[i], premises.lon[i], premises.lat[i]),
    )
    owed[np.array(blue[int(len(blue) * DRAWN_SHARE + 0.5) :], dtype=np.int64)] = 0
    return Expectation(rank, tier, owed)


def _case(premises: Premises, history: History) -> Case:
    """Return what a score looks at as a case."""
    every = range(len(premises))
    texts: dict[str, Mapping[str, list[str]]] = {
        "enterprises": {
            "enterprise_id": [premises.enterprise_id(i) for i in every],
            "name": [premises.enterprise_id(i) for i in every],
            "sector": [sectors()[s].sector for s in premises.sector],
            "grade": [GRADES[g] if g >= 0 else "" for g in premises.grade],
            "size": [size_name(premises, i) for i in every],
            "status": [STATUSES[s] for s in premises.status],
        },
        "visits": {
            "object_kind": ["enterprise"] * len(history.visits),
            "object_id": [premises.enterprise_id(v.enterprise) for v in history.visits],
            "date": [str(v.day) for v in history.visits],
            "kind": [v.kind for v in history.visits],
        },
        "hazards": {
            "enterprise_id": [premises.enterprise_id(h.enterprise) for h in history.hazards],
            "date": [str(h.day) for h in history.hazards],
            "kind": [h.kind for h in history.hazards],
            "severity": [h.severity for h in history.hazards],
            "domain": [h.domain for h in history.hazards],
            "deadline": [str(h.deadline) for h in history.hazards],
            "closed_on": [str(h.closed_on or "") for h in history.hazards],
        },
    }
    tables = {name: _typed(name, texts.get(name, {})) for name in table_names()}
    tables["enterprises"] = tables["enterprises"].assign(lon=premises.lon, lat=premises.lat)
    days = Days(np.array([], dtype="datetime64[D]"), np.array([], dtype=bool), provisional=False, source="")
    return Case("", "CN", "zh", AS_OF, HORIZON_FIRST, HORIZON_LAST, True, tables, (), days)


def _typed(table: str, texts: Mapping[str, list[str]]) -> pd.DataFrame:
    """Return a table of a case from the texts of some of its columns."""
    sheet = Sheet.of(Origin(f"{table}.csv"), pd.DataFrame(dict(texts), dtype=object))
    return pd.DataFrame({a.name: parse_column(sheet, a) for a in table_attributes(table)})


@dataclass(frozen=True)
class Opening:
    """When an enterprise can be visited in the year: months (empty = all), weekday closed, closure."""

    months: tuple[int, ...] = ()
    rest_day: int = 0
    closure: tuple[dt.date, dt.date] | None = None

    def is_open(self, day: dt.date) -> bool:
        """Return True when a visit may stand on the day."""
        if not is_workday(day) or day.isoweekday() == self.rest_day:
            return False
        if self.months and day.month not in self.months:
            return False
        return self.closure is None or not self.closure[0] <= day <= self.closure[1]


def opening_of(premises: Premises, index: int, closure: tuple[dt.date, dt.date] | None = None) -> Opening:
    """Return the opening of an enterprise in the year."""
    sector = sectors()[premises.sector[index]]
    months = sector.open_months if premises.seasonal[index] else ()
    return Opening(months, int(premises.rest_day[index]), closure)


def fits(tier: int, opening: Opening, last: dt.date | None, fixed: Sequence[dt.date] = ()) -> bool:
    """Return True when the visits of a tier find lawful weeks beside the last visit and the fixed ones.

    Earliest placement, which is best for equal spacing; weeks count whole, so any day inside them is safe.
    """
    spacing = dt.timedelta(days=TIER_SPACING[tier])
    sunday = last
    placed = 0
    monday = HORIZON_FIRST - dt.timedelta(days=HORIZON_FIRST.weekday())
    while monday <= HORIZON_LAST and placed < TIER_VISITS[tier]:
        week = [monday + dt.timedelta(days=k) for k in range(7)]
        clear = sunday is None or monday - sunday >= spacing
        clear = clear and all(day - week[6] >= spacing or monday - day >= spacing for day in fixed)
        if clear and any(HORIZON_FIRST <= day <= HORIZON_LAST and opening.is_open(day) for day in week):
            placed, sunday = placed + 1, week[6]
        monday += dt.timedelta(days=7)
    return placed >= TIER_VISITS[tier]
