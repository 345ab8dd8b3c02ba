"""What an office could rank by: its points and its tiers, as they stood on a window's first day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.risk.inspections_of_case import ByCase, CaseInspections, as_known_on
from riskplan.risk.scoring import Judgement, judge
from riskplan.rules.model import TIERS, Rulebook

Floats = npt.NDArray[np.float64]


def case_models(case: Case, rules: Rulebook, known: CaseInspections) -> tuple[ByCase, ...]:
    """Return both as ranking models.

    Parameters
    ----------
    case, rules
        Scored anew for every window, on what was known then.
    known
        ``inspections_of(case, rules)``.
    """
    judged: dict[int, Judgement] = {}

    def on(day: int) -> Judgement:
        if day not in judged:
            judged[day] = judge(as_known_on(case, day), rules)
        return judged[day]

    def by_points(day: int) -> Floats:
        return on(day).points.exact.astype(np.float64)

    def by_tier(day: int) -> Floats:
        return np.array([-TIERS.index(tier) for tier in on(day).tiers], dtype=np.float64)

    return ByCase("points", known, by_points), ByCase("tier_only", known, by_tier)
