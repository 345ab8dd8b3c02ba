"""Score 0-100 from a points table whose parts add up, intensity in hazards a year, tier from target shares."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import normalise
from riskplan.risk.history import History, history_of
from riskplan.rules.model import TIERS, Rulebook, ScoreRules

Floats = npt.NDArray[np.float64]
LEAST_INTENSITY = 0.05
"""Nobody is without risk: floor of the intensity [hazards/yr]."""


@dataclass(frozen=True)
class Scores:
    """Scores of all enterprises.

    Parameters
    ----------
    table
        Plan table ``scores``: enterprise_id, score, tier, intensity, and the parts that sum to the score.
    days_since_visit
        shape (n_enterprises,), days since the last counted visit, -1 = never.
    """

    table: pd.DataFrame
    days_since_visit: npt.NDArray[np.int64]


def score(case: Case, rules: Rulebook) -> Scores:
    """Score every enterprise.

    Parameters
    ----------
    case
        Uses enterprises, hazards and visits before ``as_of``.
    rules
        Points table, half-life, severity weights, tier shares.

    Returns
    -------
    Scores
        In the order of ``case.enterprises``; parts are integers and sum exactly to the score.
    """
    known = history_of(case, rules)
    frame = points(case.enterprises, known, rules.score)
    parts = [c for c in frame.columns if c.startswith("part_")]
    frame["score"] = frame[parts].sum(axis=1)
    frame["intensity"] = intensity(case.enterprises["sector"], known, rules.score)
    frame["tier"] = tiers(case.enterprises, frame, rules.tiers.shares)
    return Scores(normalise("scores", frame), known.days_since_visit)


def points(enterprises: pd.DataFrame, known: History, rules: ScoreRules) -> pd.DataFrame:
    """Return the integer parts of the score, one column ``part_*`` each."""
    history = np.floor(rules.history_per_hazard * known.decayed + 1e-9)
    return pd.DataFrame({
        "enterprise_id": enterprises["enterprise_id"],
        "part_sector": _looked_up(enterprises["sector"], rules.sector_points, rules.sector_default),
        "part_history": np.minimum(rules.history_max, history).astype(np.int64),
        "part_overdue": np.minimum(rules.overdue_max, rules.overdue_per_hazard * known.overdue),
        "part_accident": np.floor(rules.accident_max * known.accident_decay + 1e-9).astype(np.int64),
        "part_grade": _looked_up(enterprises["grade"], rules.grade_points, rules.grade_default),
        "part_size": _looked_up(enterprises["size"], rules.size_points, 0),
        "part_unvisited": np.where(known.days_since_visit < 0, rules.never_visited_points, 0),
    })


def _looked_up(column: pd.Series, table: Mapping[str, int], default: int) -> npt.NDArray[np.int64]:
    return np.array([table.get(value, default) for value in column], dtype=np.int64)


def intensity(sector: pd.Series, known: History, rules: ScoreRules) -> Floats:
    """Return expected severity-weighted hazards a year, shrunk towards the sector's rate.

    ``(own decayed hazards + prior_years x sector rate) / (effective years + prior_years)``: the posterior mean of a
    gamma-Poisson model whose prior has the sector's mean and ``prior_years`` of weight.

    Returns
    -------
    numpy.ndarray
        shape (n_enterprises,), hazards/yr, at least ``LEAST_INTENSITY``, rounded to 1e-6.
    """
    rate: dict[str, float] = {}
    sectors = sector.to_numpy()
    for name in sorted(set(sectors)):
        own = known.decayed[sectors == name]
        rate[name] = math.fsum(own) / (len(own) * known.years)
    prior: Floats = np.array([rate[name] for name in sectors], dtype=np.float64)
    posterior = (known.decayed + rules.prior_years * prior) / (known.years + rules.prior_years)
    return np.round(np.maximum(posterior, LEAST_INTENSITY), 6).astype(np.float64)


def tiers(enterprises: pd.DataFrame, frame: pd.DataFrame, shares: Mapping[str, float]) -> list[str]:
    """Return the tier of each enterprise: the highest scores first, cut at the target shares.

    Ties are ordered by intensity, then by place, so that renaming ids changes no tier. Premises that are not active
    are blue and use no share.
    """
    order = pd.DataFrame({
        "inactive": enterprises["status"] != "active",
        "score": -frame["score"],
        "intensity": -frame["intensity"],
        "lon": enterprises["lon"],
        "lat": enterprises["lat"],
        "enterprise_id": enterprises["enterprise_id"],
    })
    ranked = order.sort_values(list(order.columns), kind="stable").index.to_numpy()
    active = int((enterprises["status"] == "active").sum())
    result = np.full(len(ranked), TIERS[-1], dtype=object)
    start, total = 0, 0.0
    for tier in TIERS:
        total += shares[tier]
        end = active if tier == TIERS[-1] else math.floor(total * active + 0.5)
        result[ranked[start:end]] = tier
        start = end
    return list(result)
