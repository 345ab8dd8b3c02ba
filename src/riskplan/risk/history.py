"""What is known about each enterprise on the day ``as_of``: findings per visit, overdue items, accidents, last visits."""

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
YEAR_DAYS = 365


@dataclass(frozen=True)
class History:
    """History by enterprise, in the order of ``case.enterprises``."""

    decayed: Floats
    years: float
    rate: Floats
    recent_rate: Floats
    prior_rate: Floats
    weight: Floats
    visits: Floats
    findings: Floats
    overdue: Ints
    overdue_major: Ints
    accident_decay: Floats
    deaths_year: Ints
    injured_year: Ints
    accident_class: Ints
    complaints: Floats
    gaps: Ints
    days_since_visit: Ints
    opened_days: Ints


def history_of(case: Case, rules: Rulebook) -> History:
    """Return what was known on ``as_of``; later rows are never looked at."""
    index = {e: i for i, e in enumerate(case.enterprises["enterprise_id"])}
    size = len(index)
    today = pd.Timestamp(case.as_of)
    hazards = case["hazards"]
    known = hazards[hazards["date"] < today]
    rows = known["enterprise_id"].map(index).to_numpy(dtype=np.int64)
    age = (today - known["date"]).dt.days.to_numpy(dtype=float)
    half_life = rules.score.half_life_days
    decay = np.exp2(-age / half_life)
    weight = known["severity"].map(rules.score.severity_weight).fillna(0.0).to_numpy(dtype=float)
    severity = known["severity"].to_numpy()
    accident = severity == "accident"
    late = ((known["deadline"] < today) & ~(known["closed_on"] < today)).to_numpy()
    year = age <= YEAR_DAYS
    worst = np.zeros(size)
    np.maximum.at(worst, rows[accident], decay[accident])

    def total(mask, values):  # noqa: ANN001, ANN202
        return np.bincount(rows[mask], weights=values[mask], minlength=size).astype(float)

    visits = done_visits(case, rules)
    at = visits["object_id"].map(index).to_numpy(dtype=np.int64)
    visit_age = (today - visits["date"]).dt.days.to_numpy(dtype=float)
    visit_decay = np.exp2(-visit_age / half_life)
    every = np.ones(len(rows), dtype=bool)
    found = total(every, weight * decay)
    made = np.bincount(at, weights=visit_decay, minlength=size).astype(float)
    latest = np.zeros(size)
    np.maximum.at(latest, rows, decay)
    least = np.maximum(made, latest)
    rate = np.divide(found, least, out=np.zeros(size), where=least > 0)
    near, seen = total(year, weight), np.bincount(at[visit_age <= YEAR_DAYS], minlength=size)
    recent = near / np.maximum(seen, 1)
    sectors = case.enterprises["sector"].to_numpy()
    prior = np.zeros(size)
    for name in sorted(set(sectors)):
        mine = sectors == name
        below = math.fsum(made[mine])
        prior[mine] = math.fsum(found[mine]) / below if below else 0.0
    oldest = np.zeros(size)
    np.maximum.at(oldest, at, visit_age)
    observed = half_life / math.log(2) * (1 - np.exp2(-oldest / half_life)) / DAYS_PER_YEAR
    hurt = {c: np.maximum(known[c].to_numpy(), 0) for c in ("deaths", "serious_injuries")}
    loss = known["loss_million"].fillna(0.0).to_numpy()
    deaths, injured = hurt["deaths"], hurt["serious_injuries"]
    klass = np.select(
        [
            (deaths >= 30) | (injured >= 100) | (loss >= 100),
            (deaths >= 10) | (injured >= 50) | (loss >= 50),
            (deaths >= 3) | (injured >= 10) | (loss >= 10),
        ],
        [4, 3, 2],
        1,
    )
    grade = np.zeros(size, dtype=np.int64)
    np.maximum.at(grade, rows[accident & year], klass[accident & year])
    complaint = (known["kind"] == "complaint").to_numpy()
    opened = case.enterprises["opened_on"]
    opened_days = (today - opened).dt.days.fillna(-1).to_numpy(dtype=np.int64)
    return History(
        decayed=total(~accident, weight * decay),
        years=_effective_years(case, half_life),
        rate=rate,
        recent_rate=recent,
        prior_rate=prior,
        weight=observed / (observed + rules.score.prior_years),
        visits=made,
        findings=found,
        overdue=np.bincount(rows[late], minlength=size).astype(np.int64),
        overdue_major=np.bincount(rows[late & (severity == "major")], minlength=size).astype(np.int64),
        accident_decay=worst,
        deaths_year=total(accident & year, deaths.astype(float)).astype(np.int64),
        injured_year=total(accident & year, injured.astype(float)).astype(np.int64),
        accident_class=grade,
        complaints=total(complaint, decay),
        gaps=_gaps(case, index),
        days_since_visit=_days_since_visit(case, rules, index),
        opened_days=np.maximum(opened_days, -1),
    )


def _gaps(case: Case, index: dict[str, int]) -> Ints:
    reports = case["self_reports"]
    size = len(index)
    if not len(reports):
        return np.zeros(size, dtype=np.int64)
    now = case.as_of.year * 12 + case.as_of.month
    known = reports[reports["date"] < pd.Timestamp(case.as_of)]
    months = (known["date"].dt.year * 12 + known["date"].dt.month).to_numpy()
    last = np.full(size, now - 13, dtype=np.int64)
    np.maximum.at(last, known["enterprise_id"].map(index).to_numpy(dtype=np.int64), months)
    result: Ints = np.maximum(now - 1 - last, 0)
    return result


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
