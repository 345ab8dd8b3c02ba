"""The points table: integer parts that sum to the score, and how each part came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.risk.history import History
from riskplan.rules.model import ScoreRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PARTS = (
    "sector",
    "installation",
    "history",
    "trend",
    "overdue",
    "complaints",
    "report_gap",
    "credit",
    "grade",
    "standardisation",
    "size",
    "accident",
    "unvisited",
)
"""Names of the parts, in the order of the table."""
_TINY = 1e-9
"""What a sum of floats may be short of a whole number that it stands for."""
_TIE_DIGITS = 6


@dataclass(frozen=True)
class Points:
    """The parts of all scores.

    Parameters
    ----------
    parts
        Part -> shape (n_enterprises,), points.
    exact
        shape (n_enterprises,), the sum before rounding down, each part within its most; orders equal scores.
    """

    parts: Mapping[str, Ints]
    exact: Floats

    @property
    def score(self) -> Ints:
        """Sum of the parts, shape (n_enterprises,)."""
        total: Ints = np.sum(list(self.parts.values()), axis=0, dtype=np.int64)
        return total


def points(enterprises: pd.DataFrame, known: History, rules: ScoreRules) -> Points:
    """Return the parts of the score of every enterprise.

    Parameters
    ----------
    enterprises
        Table of the case; the columns sector, grade, credit_grade, standardisation, size, major_hazard_level.
    known
        History in the order of ``enterprises``.
    rules
        The points table.
    """
    looked_up = {
        "sector": points_by(enterprises["sector"], rules.sector_points, rules.sector_default),
        "installation": points_by(
            enterprises["major_hazard_level"].astype(str), rules.installation_points or {}, 0
        ),
        "credit": points_by(enterprises["credit_grade"], rules.credit_table(), rules.credit_default),
        "grade": points_by(enterprises["grade"], rules.grade_table(), rules.grade_default),
        "standardisation": points_by(enterprises["standardisation"], rules.standardisation_points or {}, 0),
        "size": points_by(enterprises["size"], rules.size_points, 0),
        "unvisited": unvisited_points(known, rules),
    }
    measured = measures(known, rules)
    whole = {name: np.floor(value + _TINY).astype(np.int64) for name, value in measured.items()}
    whole["trend"] = np.clip(whole["recent"] - whole["history"], 0, rules.trend_max)
    parts = {name: looked_up[name] if name in looked_up else whole[name] for name in PARTS}
    trend = np.clip(measured["recent"] - measured["history"], 0.0, float(rules.trend_max))
    terms = [*looked_up.values(), *(v for k, v in measured.items() if k != "recent"), trend]
    exact: Floats = np.round(np.sum(terms, axis=0, dtype=np.float64), _TIE_DIGITS)
    return Points(parts, exact)


def measures(known: History, rules: ScoreRules) -> dict[str, Floats]:
    """Return the points of the measured parts before rounding down; ``recent`` has no most, the trend comes from it.

    Parameters
    ----------
    known
        History of the enterprises.
    rules
        The points table.

    Notes
    -----
    ``history`` = min(most, a m), m = w r + (1 - w) r0 with the own rate r, the sector's r0 and the weight w. The trend
    is what ``a m`` of the last 365 days exceeds it by, so that history + trend = max(f, min(f + most trend, g)) never
    falls when f or g grows: one more or one worse finding never lowers a score.
    """
    per = rules.history_per_finding
    return {
        "history": np.minimum(rules.history_max, per * blended(known.rate, known)),
        "recent": per * blended(known.recent_rate, known),
        "overdue": np.minimum(rules.overdue_max, rules.overdue_per_hazard * known.overdue).astype(np.float64),
        "complaints": np.minimum(rules.complaints_max, rules.complaints_per_complaint * known.complaints),
        "report_gap": np.minimum(rules.report_gap_max, rules.report_gap_per_month * known.gaps).astype(
            np.float64
        ),
        "accident": rules.accident_max * known.accident_decay,
    }


def blended(rate: Floats, known: History) -> Floats:
    """Return findings per visit shrunk towards the sector's: w x rate + (1 - w) x sector's rate.

    Parameters
    ----------
    rate
        shape (n_enterprises,), the enterprise's own rate.
    known
        Its weight and the sector's rate.
    """
    mixed: Floats = known.weight * rate + (1.0 - known.weight) * known.prior_rate
    return mixed


def unvisited_points(known: History, rules: ScoreRules) -> Ints:
    """Return the points of premises without a known visit, or newly opened; the larger of the two counts."""
    never = np.where(known.days_since_visit < 0, rules.never_visited_points, 0)
    opened = known.opened_days
    new = (opened >= 0) & (opened < rules.new_business_days)
    return np.maximum(never, np.where(new, rules.new_business_points, 0)).astype(np.int64)


def points_by(column: pd.Series, table: Mapping[str, int], default: int) -> Ints:
    """Return the points of every value of a column; values that the table does not name get the default."""
    codes, values = pd.factorize(column)
    found = np.array([table.get(value, default) for value in values], dtype=np.int64)
    return found[codes] if len(found) else np.zeros(len(column), dtype=np.int64)
