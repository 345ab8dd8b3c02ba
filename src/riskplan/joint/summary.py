"""What merging does: calls always together with officer-minutes, also where the latter rise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from riskplan.rules.model import TIERS, Rulebook

if TYPE_CHECKING:
    from riskplan.joint.content import Content
    from riskplan.joint.enterprise import Merged


@dataclass(frozen=True)
class MergeSummary:
    """Calls and officer-minutes before and after merging.

    Parameters
    ----------
    calls_before, calls_after, calls_bound
        Calls when every department comes alone, joint visits, and their proven least number.
    officer_minutes_before, officer_minutes_after
        Officer-minutes of these, travel allowance included.
    departments_at_gates
        Sum over joint visits of the departments that come.
    by_tier
        Tier -> calls before and after.
    enterprises, proven
        Enterprises with visits, and those whose calls are proven least.
    reasons
        Why it cannot be fewer -> enterprises.
    """

    calls_before: int
    calls_after: int
    calls_bound: int
    officer_minutes_before: int
    officer_minutes_after: int
    departments_at_gates: int
    by_tier: dict[str, dict[str, int]]
    enterprises: int = 0
    proven: int = 0
    reasons: dict[str, int] | None = None

    @property
    def saved_share(self) -> float:
        """Share of calls that merging saves."""
        return 1 - self.calls_after / self.calls_before if self.calls_before else 0.0

    def as_dict(self) -> dict[str, object]:
        """Return plain data for a manifest."""
        per_call = self.departments_at_gates / max(self.calls_after, 1)
        return asdict(self) | {
            "saved_share": round(self.saved_share, 6),
            "departments_per_call": round(per_call, 6),
        }


def minutes_alone(merged: Merged, rules: Rulebook) -> int:
    """Return the officer-minutes of an enterprise whose departments come one by one, travel allowance included."""
    fixed = rules.day.setup + rules.capacity.travel_allowance
    calls = sum(merged.stand_alone.values())
    return int(rules.crew.officers_per_department * (calls * fixed + sum(merged.minutes_alone.values())))


def minutes_joint(visits: Sequence[Content], rules: Rulebook) -> int:
    """Return the officer-minutes of some joint visits: everybody stays as long as the visit lasts."""
    allowance = rules.capacity.travel_allowance
    people = rules.crew.officers_per_department
    return int(sum(people * len(c.departments) * (c.minutes + allowance) for c in visits))


def summary_of(merged: Sequence[Merged], tiers: Sequence[str], rules: Rulebook) -> MergeSummary:
    """Return calls and officer-minutes before and after.

    Parameters
    ----------
    merged
        Enterprises with visits.
    tiers
        Tier of every enterprise of the case.
    rules
        Officers, set-up, travel allowance.
    """
    before = after = gates = 0
    by_tier = {t: {"before": 0, "after": 0} for t in TIERS}
    for m in merged:
        before += minutes_alone(m, rules)
        after += minutes_joint(m.schedules[0], rules)
        gates += sum(len(c.departments) for c in m.schedules[0])
        by_tier[tiers[m.e]]["before"] += sum(m.stand_alone.values())
        by_tier[tiers[m.e]]["after"] += m.calls
    return MergeSummary(
        calls_before=sum(row["before"] for row in by_tier.values()),
        calls_after=sum(row["after"] for row in by_tier.values()),
        calls_bound=sum(m.bound for m in merged),
        officer_minutes_before=before,
        officer_minutes_after=after,
        departments_at_gates=gates,
        by_tier=by_tier,
        enterprises=len(merged),
        proven=sum(m.calls == m.bound for m in merged),
        reasons=dict(sorted(Counter(m.reason[0] for m in merged).items())),
    )
