"""Re-tiering: what has become of the tiers since, and why of each change."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.scoring import CAUSE_OVERRIDE, CAUSE_POINTS, Scores, score
from riskplan.rules.model import TIERS, Rulebook

COLUMNS = ("enterprise_id", "old_tier", "new_tier", "old_score", "new_score", "cause", "moved")
"""Columns of the table of changes."""
NEW, GONE, ENDED, RANKING = "new", "gone", "ended:", "ranking"
"""Causes besides those of scores: came or went, what held before holds no more, only others' scores moved."""
RULE = "rule:"
_PART = "part_"
_NONE = -1


def score_at(case: Case, rules: Rulebook, day: dt.date) -> Scores:
    """Return the scores with what was known on a day.

    Parameters
    ----------
    case, rules
        As for ``score``.
    day
        "Today": only earlier visits, hazards, closings, deadlines and decisions are looked at.

    Notes
    -----
    Properties of the premises (size, grade, status) are those of the case: it does not say what they were before.
    """
    return score(replace(case, as_of=day), rules)


def retier(before: Scores, after: Scores) -> pd.DataFrame:
    """Return the changes of tier from one scoring to another.

    Parameters
    ----------
    before, after
        Scores, of the same premises or not.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``, a row for each enterprise whose tier changed, came or went; by new tier, the worst first, then by
        id. Scores and tiers that do not exist are -1 and "". ``cause``: ``points`` (its own score moved),
        ``ranking`` (only others' did, or the shares), ``rule:<id>`` or ``override`` (what holds now), ``ended:rule:<id>``
        or ``ended:override`` (what held before), ``new``, ``gone``. ``moved``: parts of the score that moved, the most
        first, as in ``history:+3|overdue:-4``.
    """
    old, new = (s.table.set_index("enterprise_id") for s in (before, after))
    names = old.index.union(new.index)
    old, new = old.reindex(names), new.reindex(names)
    tiers = [frame["tier"].fillna("").astype(str).to_numpy() for frame in (old, new)]
    changed = np.flatnonzero(tiers[0] != tiers[1])
    scores = [frame["score"].fillna(_NONE).to_numpy().astype(np.int64) for frame in (old, new)]
    causes = [_causes(frame) for frame in (old, new)]
    rows = pd.DataFrame({
        "enterprise_id": names.to_numpy()[changed],
        "old_tier": tiers[0][changed],
        "new_tier": tiers[1][changed],
        "old_score": scores[0][changed],
        "new_score": scores[1][changed],
        "cause": [
            _cause((tiers[0][k], tiers[1][k]), (scores[0][k], scores[1][k]), (causes[0][k], causes[1][k]))
            for k in changed
        ],
        "moved": _moved(old.iloc[changed], new.iloc[changed]),
    })
    rank = rows["new_tier"].map({tier: k for k, tier in enumerate(TIERS)}).fillna(len(TIERS))
    order = np.lexsort((rows["enterprise_id"].to_numpy(dtype=str), rank.to_numpy()))
    return rows.iloc[order].reset_index(drop=True)


def _causes(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    if "tier_cause" not in frame.columns:
        return np.full(len(frame), CAUSE_POINTS, dtype=object)
    causes: npt.NDArray[np.object_] = frame["tier_cause"].fillna("").to_numpy(dtype=object)
    return np.where(causes == "", CAUSE_POINTS, causes)


def _cause(tier: tuple[str, str], points: tuple[int, int], cause: tuple[str, str]) -> str:
    """Return why a tier changed."""
    if not tier[0]:
        return NEW
    if not tier[1]:
        return GONE
    if cause[1] == CAUSE_OVERRIDE or cause[1].startswith(RULE):
        return cause[1]
    if cause[0] != CAUSE_POINTS:
        return ENDED + cause[0]
    up = TIERS.index(tier[1]) < TIERS.index(tier[0])
    explained = points[1] > points[0] if up else points[1] < points[0]
    return CAUSE_POINTS if explained else RANKING


def _moved(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return the parts of the score that moved, the most first."""
    parts = sorted({c for frame in (old, new) for c in frame.columns if c.startswith(_PART)})
    both = [frame.reindex(columns=parts) for frame in (old, new)]
    known = both[0].notna().any(axis=1).to_numpy() & both[1].notna().any(axis=1).to_numpy()
    steps = (both[1].fillna(0) - both[0].fillna(0)).to_numpy(dtype=np.int64)
    names = [part.removeprefix(_PART) for part in parts]
    result = []
    for row, told in zip(steps, known, strict=True):
        moved = sorted((k for k in range(len(names)) if row[k]), key=lambda k: (-abs(row[k]), names[k]))
        result.append("|".join(f"{names[k]}:{row[k]:+d}" for k in moved) if told else "")
    return result
