"""Score 0-100 from a points table, intensity in hazards a year, tier from points, automatic rules and overrides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import normalise
from riskplan.risk.automatic import Raised, raise_tiers
from riskplan.risk.classes import classes
from riskplan.risk.events import Events, events_of
from riskplan.risk.history import History, history_of
from riskplan.risk.intensity import intensity_of
from riskplan.risk.overrides import Override, overrides_known
from riskplan.risk.points import Points, points
from riskplan.risk.tiers import PointTiers, point_tiers
from riskplan.rules.model import TIERS, Rulebook

Floats = npt.NDArray[np.float64]
CAUSE_POINTS, CAUSE_OVERRIDE = "points", "override"


@dataclass(frozen=True)
class Scores:
    """Scores of all enterprises.

    Parameters
    ----------
    table
        Plan table ``scores``: enterprise_id, score, tier and its cause, class and its ground, intensity with the ends
        of its 80 % interval, and the parts that sum to the score.
    days_since_visit
        shape (n_enterprises,), days since the last counted visit, -1 = never.
    """

    table: pd.DataFrame
    days_since_visit: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Judgement:
    """Every step from what is known to the tiers, in the order of ``case.enterprises``.

    Parameters
    ----------
    known
        History.
    points
        Parts of the scores.
    by_points
        Tiers that the points give.
    raised
        Tiers after the automatic rules.
    overrides
        Enterprise -> latest decision of people, in force or ended.
    tiers, causes
        Final tiers; ``points``, ``rule:<id>`` or ``override``.
    """

    known: History
    points: Points
    by_points: PointTiers
    raised: Raised
    overrides: dict[str, Override]
    tiers: list[str]
    causes: list[str]


def judge(case: Case, rules: Rulebook, events: Events | None = None) -> Judgement:
    """Return how every score and tier comes about.

    Parameters
    ----------
    case
        Uses enterprises, hazards, visits, self-reports and overrides as known on ``as_of``.
    rules
        Points table, half-life, severity weights, tiers, automatic rules.
    events
        ``events_of(case, rules)`` where it is at hand.
    """
    known = history_of(case, rules, events)
    made = points(case.enterprises, known, rules.score)
    by_points = point_tiers(case.enterprises, made.score, made.exact, rules.tiers)
    raised = raise_tiers(by_points.level, rules.automatic, case.enterprises, known)
    decided = overrides_known(case)
    tiers = [TIERS[level] for level in raised.level]
    causes = [f"rule:{rules.automatic[r].id}" if r >= 0 else CAUSE_POINTS for r in raised.rule]
    for e, name in enumerate(case.enterprises["enterprise_id"]):
        if name in decided and decided[name].holds(case.as_of):
            tiers[e], causes[e] = decided[name].tier, CAUSE_OVERRIDE
    return Judgement(known, made, by_points, raised, decided, tiers, causes)


def score(case: Case, rules: Rulebook) -> Scores:
    """Score every enterprise.

    Parameters
    ----------
    case
        Uses enterprises, hazards, visits, self-reports and overrides as known on ``as_of``.
    rules
        Points table, half-life, severity weights, tiers, automatic rules.

    Returns
    -------
    Scores
        In the order of ``case.enterprises``; parts are integers and sum exactly to the score.
    """
    events = events_of(case, rules)
    found, hazards = judge(case, rules, events), intensity_of(case, rules, events)
    proposed, grounds = classes(case.enterprises, found.tiers, found.raised.ground, rules)
    frame = pd.DataFrame({
        "enterprise_id": case.enterprises["enterprise_id"],
        "score": found.points.score,
        "tier": found.tiers,
        "tier_cause": found.causes,
        "class": proposed,
        "class_ground": grounds,
        "intensity": hazards.mean,
        "intensity_low": hazards.low,
        "intensity_high": hazards.high,
        **{f"part_{name}": values for name, values in found.points.parts.items()},
    })
    return Scores(normalise("scores", frame), found.known.days_since_visit)
