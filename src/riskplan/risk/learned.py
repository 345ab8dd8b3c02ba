"""The intensity as a ranking model sees it: the chance of a problem at the next visit, in hazards a year.

``E[findings] = p E[findings | problem] + (1 - p) E[findings | none]``: the model says p, the sector's own visits say
the rest. The level of a sector, its time between visits and what becomes known otherwise stay those of the empirical
Bayes estimate; what a model changes is who in the county stands above whom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from riskplan.case.extras import optional
from riskplan.case.tables import Case
from riskplan.risk.backtest.windows import LENGTH, serious_of
from riskplan.risk.events import Events, on_grid
from riskplan.risk.inspections import ROUTINE
from riskplan.risk.inspections_of_case import SEVERITY, CaseInspections, inspections_of
from riskplan.risk.intensity import Intensity
from riskplan.risk.models.features import found as problems_of
from riskplan.risk.models.pooled import Pooled
from riskplan.risk.models.protocol import Forecaster, Question
from riskplan.rules.model import Rulebook

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RATES, POOLED, BOOSTING = "rates", "pooled", "boosting"
MODELS = (POOLED, RATES, BOOSTING)
FEWEST_VISITS, FEWEST_PROBLEMS = 300, 50
"""With less history nothing is learnt and the empirical Bayes estimate stands."""
ALIKE, OWN = 10.0, 2.0
"""Visits of the county's average that a sector's mean finding starts from; of the sector's, an enterprise's."""
_DIGITS = 6


@dataclass(frozen=True)
class Learned:
    """An intensity, and the model that it comes from (``rates`` where there was too little to learn from)."""

    intensity: Intensity
    model: str


def learned(case: Case, rules: Rulebook, events: Events, base: Intensity) -> Learned:
    """Return the intensity under the model that the rules name.

    Parameters
    ----------
    case, rules
        As known on ``as_of``; ``rules.intensity.model``.
    events
        ``events_of(case, rules)``.
    base
        Empirical Bayes estimate.

    A model whose extra is not installed is refused with the command that installs it (``case.extras``).
    """
    if rules.intensity.model == RATES:
        return Learned(base, RATES)
    known = inspections_of(case, rules)
    today = int(np.datetime64(case.as_of, "D").astype(np.int64))
    serious = serious_of(known.inspections, today)
    routine = known.inspections.kind == ROUTINE
    problems = int(problems_of(known.inspections, serious)[routine].sum())
    if int(routine.sum()) < FEWEST_VISITS or problems < FEWEST_PROBLEMS:
        return Learned(base, RATES)
    chance = _chance(model_of(rules.intensity.model), known, today, serious)
    per_visit = _expected(case, rules, events, chance, (base.half_life.days, serious))
    level: Floats = np.maximum(per_visit / base.gap + base.otherwise, rules.intensity.least)
    mean: Floats = np.round(level, _DIGITS).astype(np.float64)
    ratio = mean / base.mean
    return Learned(
        replace(
            base,
            mean=mean,
            low=np.round(base.low * ratio, _DIGITS),
            high=np.round(base.high * ratio, _DIGITS),
            per_visit=per_visit,
        ),
        rules.intensity.model,
    )


def model_of(name: str, asked: str = "rules.toml") -> Forecaster:
    """Return a model by its key; one whose extra is not installed is refused with the command that installs it.

    Parameters
    ----------
    name
        ``pooled`` or ``boosting``.
    asked
        Where it was asked for, for the message.
    """
    if name == BOOSTING:
        optional("sklearn", "learn", asked)
        made: Forecaster = optional("riskplan.risk.models.boosting", "learn", asked).Boosting()
        return made
    return Pooled()


def _chance(model: Forecaster, known: CaseInspections, today: int, serious: int) -> Floats:
    """Return the chance of a problem at every enterprise's next visit, in the order of ``case.enterprises``."""
    count = len(known.row)
    asked = Question(np.arange(count), np.full(count, today), today, LENGTH, serious)
    result = np.empty(count)
    result[known.row] = model.chance(known.inspections, asked)
    return result


def _expected(
    case: Case, rules: Rulebook, events: Events, chance: Floats, setting: tuple[int, int]
) -> Floats:
    """Return the expected findings of a visit; ``setting`` is the half-life [days] and the severity of a problem."""
    half_life, serious = setting
    weights = [
        w for name, w in rules.score.severity_weight.items() if SEVERITY.get(name, 0) >= max(serious, 1)
    ]
    least = min(weights, default=0.0)
    routine = events.visit >= 0
    made = _by(events.visit[routine], on_grid(events.weight)[routine], len(events.visit_of))
    problem = made >= least
    decay = on_grid(np.exp2(-events.visit_age / half_life))
    sector = np.unique(case.enterprises["sector"].to_numpy(dtype=str), return_inverse=True)[1]
    means = []
    for kind in (problem, ~problem):
        of, weight = events.visit_of[kind], decay[kind]
        visits = _by(of, weight, events.size)
        total = _by(of, on_grid(weight * made[kind]), events.size)
        means.append(_shrunk(total, visits, sector))
    expected: Floats = chance * means[0] + (1 - chance) * means[1]
    return expected


def _shrunk(total: Floats, visits: Floats, sector: Ints) -> Floats:
    """Return the mean finding of each enterprise's visits, shrunk to its sector's and that to the county's."""
    county = total.sum() / visits.sum() if visits.sum() else 0.0
    found, made = (_by(sector, values, int(sector.max()) + 1) for values in (total, visits))
    of_sector = ((found + ALIKE * county) / (made + ALIKE))[sector]
    return np.asarray((total + OWN * of_sector) / (visits + OWN), dtype=np.float64)


def _by(of: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(of, weights=values, minlength=size).astype(np.float64)
