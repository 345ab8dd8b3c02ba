"""What is known about each enterprise on the day ``as_of``: decayed hazards, overdue items, accidents, last visits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_YEAR

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class History:
    """History by enterprise, in the order of ``case.enterprises``.

    Parameters
    ----------
    decayed
        Severity-weighted hazards without accidents, halved every half-life.
    overdue
        Hazards past their deadline and still open.
    accident_decay
        Decay factor of the latest accident, 0 without one.
    years
        Effective length of the decayed window [years], the same for all.
    days_since_visit
        Days since the last counted done visit; -1 when none is known.
    """

    decayed: Floats
    overdue: Ints
    accident_decay: Floats
    years: float
    days_since_visit: Ints


def history_of(case: Case, rules: Rulebook) -> History:
    """Return what was known on ``as_of``; later rows are never looked at."""
    index = {e: i for i, e in enumerate(case.enterprises["enterprise_id"])}
    today = pd.Timestamp(case.as_of)
    hazards = case["hazards"]
    known = hazards[hazards["date"] < today]
    rows = known["enterprise_id"].map(index).to_numpy(dtype=np.int64)
    age = (today - known["date"]).dt.days.to_numpy(dtype=float)
    half_life = rules.score.half_life_days
    decay = np.exp2(-age / half_life)
    weight = known["severity"].map(rules.score.severity_weight).fillna(0.0).to_numpy(dtype=float)
    accident = (known["severity"] == "accident").to_numpy()
    late = ((known["deadline"] < today) & ~(known["closed_on"] < today)).to_numpy()
    size = len(index)
    worst = np.zeros(size)
    np.maximum.at(worst, rows[accident], decay[accident])
    return History(
        decayed=np.bincount(rows[~accident], weights=(weight * decay)[~accident], minlength=size).astype(
            float
        ),
        overdue=np.bincount(rows[late], minlength=size).astype(np.int64),
        accident_decay=worst,
        years=_effective_years(case, half_life),
        days_since_visit=_days_since_visit(case, rules, index),
    )


def _effective_years(case: Case, half_life: int) -> float:
    dates = pd.concat([case["hazards"]["date"], case["visits"]["date"]]).dropna()
    span = max((pd.Timestamp(case.as_of) - dates.min()).days, 1) if len(dates) else 1
    return half_life / math.log(2) * (1 - 2 ** (-span / half_life)) / DAYS_PER_YEAR


def done_visits(case: Case, rules: Rulebook) -> pd.DataFrame:
    """Return the counted done visits to enterprises: before ``as_of``, not exempt (S2)."""
    visits = case["visits"]
    done = (visits["object_kind"] == "enterprise") & (visits["date"] < pd.Timestamp(case.as_of))
    return visits[done & ~visits["kind"].isin(rules.exempt_kinds)]


def _days_since_visit(case: Case, rules: Rulebook, index: dict[str, int]) -> Ints:
    visits = done_visits(case, rules)
    result = np.full(len(index), -1, dtype=np.int64)
    last = visits.groupby("object_id")["date"].max()
    for enterprise, day in last.items():
        result[index[str(enterprise)]] = (pd.Timestamp(case.as_of) - day).days
    return result
