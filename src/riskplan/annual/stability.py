"""Keeping to last year's pattern: what a visit costs for each week that it lies away from last year's visits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.case.tables import Case
from riskplan.joint import JointPlan
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_WEEK

Ints = npt.NDArray[np.int64]
MOST_WEEKS = 8
"""A visit further away than that costs no more."""
WEEKS_A_YEAR = 52


def last_year_shift(case: Case, rules: Rulebook, joint: JointPlan) -> Ints:
    """Return the cost of a visit of each merged enterprise in each week, shape (n, n_weeks); empty where it is 0.

    The cost is ``stability x min(8, weeks to the nearest visit of the 52 weeks before, moved on by 52 weeks)``; an
    enterprise without one pays nothing.

    Parameters
    ----------
    case
        Visits done.
    rules
        ``objective.stability`` [hazard-days a week].
    joint
        Merged enterprises.
    """
    price = round(rules.objective.stability * UNITS_PER_HAZARD_DAY)
    if not price:
        return np.zeros((0, 0), dtype=np.int64)
    weeks = len(joint.lawful.weeks)
    place = {case.enterprises["enterprise_id"].iat[m.e]: i for i, m in enumerate(joint.merged)}
    away = np.full((len(joint.merged), weeks), WEEKS_A_YEAR, dtype=np.int64)
    visits = case["visits"]
    monday = joint.lawful.weeks.monday[0]
    for kind, name, date in zip(visits["object_kind"], visits["object_id"], visits["date"], strict=True):
        if kind != "enterprise" or name not in place or not date:
            continue
        week = int((np.datetime64(date) - monday).astype(np.int64)) // DAYS_PER_WEEK + WEEKS_A_YEAR
        if 0 <= week < WEEKS_A_YEAR:
            i = place[name]
            away[i] = np.minimum(away[i], np.abs(np.arange(weeks) - week))
    seen = away.min(axis=1, initial=WEEKS_A_YEAR) < WEEKS_A_YEAR
    return np.where(seen[:, None], price * np.minimum(away, MOST_WEEKS), 0)
