"""From duties to joint visits: fewest calls per enterprise with their proof, schedules for the year, conflicts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskplan.case.tables import Case
from riskplan.joint.content import Content
from riskplan.joint.enterprise import Merged, Merger
from riskplan.joint.lawful import Lawful, worst_first
from riskplan.joint.summary import MergeSummary, summary_of
from riskplan.risk.scoring import Scores
from riskplan.rules.model import Rulebook

__all__ = ["Content", "JointPlan", "Merged", "merge"]


@dataclass(frozen=True)
class JointPlan:
    """Result of merging.

    Parameters
    ----------
    merged
        Enterprises with at least one duty that can be met, in the order of ``case.enterprises``.
    lawful
        When each enterprise may be visited.
    conflicts
        Plan table ``conflicts``: floors that no plan can meet, longest intervals that no order keeps.
    summary
        Calls and officer-minutes before and after, also by tier.
    """

    merged: tuple[Merged, ...]
    lawful: Lawful
    conflicts: pd.DataFrame
    summary: MergeSummary


def merge(
    case: Case, rules: Rulebook, scores: Scores, duties: pd.DataFrame, *, alone: bool = False
) -> JointPlan:
    """Merge the duties of every enterprise into the fewest joint visits.

    Parameters
    ----------
    case, rules
        Items, crew limits, caps, calendar, what may stand together.
    scores
        Tiers.
    duties
        Plan table ``duties``.
    alone
        True: the baseline, every department comes by itself.

    Returns
    -------
    JointPlan
        Not covered: the wait before the first visit of a duty (the year's exposure brings it forward; the audit
        reports it), and capacity beyond "no crew at all" (the year decides).
    """
    tiers = list(scores.table["tier"])
    merger = Merger.of(case, rules, tiers, duties, alone=alone)
    place = merger.owed_place()
    merged: dict[int, Merged] = {}
    for e in worst_first(case, scores.table):
        if e in place:
            one = merger.merge_one(e, place[e])
            if one is not None:
                merged[e] = one
    ordered = tuple(merged[e] for e in sorted(merged))
    return JointPlan(ordered, merger.lawful, merger.register.table(), summary_of(ordered, tiers, rules))
