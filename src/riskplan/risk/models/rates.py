"""The intensity by empirical Bayes as a ranking model: findings per visit, shrunk to sector and neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from riskplan.risk.events import Events
from riskplan.risk.inspections import COMPLAINT, ROUTINE, Inspections
from riskplan.risk.intensity import fit, posterior
from riskplan.risk.models.protocol import Question
from riskplan.risk.prior import Premises
from riskplan.rules.model import IntensityRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WEIGHTS = (0.0, 0.3, 1.0, 10.0)
"""Of an inspection's worst finding by severity; every further violation counts as a minor one."""
NEW_DAYS = 365


@dataclass(frozen=True)
class Rates:
    """Gamma-Poisson empirical Bayes (``intensity``); what all premises together say is learnt before the origin.

    Parameters
    ----------
    rules
        Half-life, bandwidth, weights.
    """

    rules: IntensityRules = field(default_factory=IntensityRules)
    name: str = "rates"
    calibrated: bool = False

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return the expected severity-weighted findings of a routine visit."""
        past = known.before(asked.origin)
        opened = np.where(known.opened >= 0, np.maximum(asked.origin - known.opened, 0), -1)
        fitted = fit(_events(past, asked.origin), _premises(known, opened), opened, self.rules)
        result = np.zeros(len(asked.business))
        for day in np.unique(asked.cutoff):
            mine = asked.cutoff == day
            events = _events(known.before(int(day)), int(day))
            result[mine] = posterior(events, fitted, self.rules).per_visit[asked.business[mine]]
        return np.round(result, 9)


def _premises(known: Inspections, opened: Ints) -> Premises:
    count = len(known.lon)
    codes = {
        name: np.unique(np.array(known.traits.get(name, ("",) * count), dtype=str), return_inverse=True)[1]
        for name in ("sector", "size")
    }
    return Premises(
        sector=codes["sector"].astype(np.int64),
        size=codes["size"].astype(np.int64),
        new=(opened >= 0) & (opened < NEW_DAYS),
        lon=known.lon,
        lat=known.lat,
    )


def _events(known: Inspections, today: int) -> Events:
    """Return routine visits with one finding each of what they found, and complaints."""
    routine = known.some(known.kind == ROUTINE)
    order = np.lexsort((routine.day, routine.business))
    of, age = routine.business[order], today - routine.day[order]
    weight = np.array(WEIGHTS)[routine.severity[order]]
    weight = weight + WEIGHTS[1] * np.maximum(routine.violations[order] - 1, 0)
    hit = np.flatnonzero(weight > 0)
    complaints = known.some(known.kind == COMPLAINT)
    nothing, none = np.zeros(len(hit), dtype=np.int64), np.zeros(len(hit), dtype=bool)
    return Events(
        size=len(known.lon),
        visit_of=of,
        visit_age=age,
        other_of=nothing[:0],
        other_age=nothing[:0],
        of=of[hit],
        age=age[hit],
        weight=weight[hit],
        visit=hit.astype(np.int64),
        severe=none,
        accident=nothing,
        overdue=none,
        deaths=nothing,
        injured=nothing,
        complaint_of=complaints.business,
        complaint_age=today - complaints.day,
        complaint_count=np.ones(len(complaints.day), dtype=np.int64),
    )
