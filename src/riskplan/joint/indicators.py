"""What merging changes against every department planning alone: calls, hours, people, problems (domain fact 8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from riskplan.case.tables import Case
from riskplan.joint.enterprise import Merged
from riskplan.joint.merging import JointPlan, merge
from riskplan.plan.tables import unmeetable
from riskplan.risk.domains import domain_weights
from riskplan.risk.scoring import Scores
from riskplan.rules.model import TIERS, Rulebook
from riskplan.units import DAYS_PER_YEAR

MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class Side:
    """One way to make the visits.

    Parameters
    ----------
    calls
        Visits, over all enterprises.
    by_tier
        Tier -> visits.
    organs
        Number of departments in a visit -> visits.
    site_minutes, officer_minutes
        Minutes that enterprises have visitors; minutes of all officers with set-up and travel allowance.
    people_most, people_sum
        Most officers at one gate; sum over visits of the officers there.
    days_most
        Most days on which one enterprise is called on.
    problems
        Hazards that are expected to be found in the horizon.
    """

    calls: int
    by_tier: Mapping[str, int]
    organs: Mapping[int, int]
    site_minutes: int
    officer_minutes: int
    people_most: int
    people_sum: int
    days_most: int
    problems: float

    @property
    def departments_per_visit(self) -> float:
        """Mean number of departments in a visit."""
        return sum(n * k for n, k in self.organs.items()) / max(self.calls, 1)

    @property
    def joint_share(self) -> float:
        """Share of visits with more than one department."""
        return sum(k for n, k in self.organs.items() if n > 1) / max(self.calls, 1)

    @property
    def problems_per_visit(self) -> float:
        """Hazards expected to be found in a visit."""
        return self.problems / max(self.calls, 1)


@dataclass(frozen=True)
class Indicators:
    """Before and after.

    Parameters
    ----------
    enterprises
        Enterprises with visits.
    alone
        Every department alone, as often as it owes.
    capped
        The same as far as caps, spacing and calendar allow it.
    joint
        Merged.
    undone_alone, undone_joint
        Visits owed that limits forbid, alone and merged.
    reasons
        Why it cannot be fewer joint calls -> enterprises.
    proven
        Enterprises whose joint calls are proven least.
    unalike
        Enterprises where caps left no room for visits of similar duration only.
    """

    enterprises: int
    alone: Side
    capped: Side
    joint: Side
    undone_alone: int
    undone_joint: int
    reasons: Mapping[str, int]
    proven: int
    unalike: int


def indicators(
    case: Case, rules: Rulebook, scores: Scores, duties: pd.DataFrame, joint: JointPlan
) -> Indicators:
    """Plan the visits of a case alone too, and return what merging changes.

    Parameters
    ----------
    case, rules, scores, duties
        As for ``merge``.
    joint
        Merged visits of these.

    Notes
    -----
    Problems: a domain of intensity q that is visited at all in a horizon of H days has q H / 365 hazards that arose and are
    found at its visits, however often these are: hazards wait until somebody looks. So merging does not change the total,
    only the number found per visit; visits that caps forbid change it.
    """
    capped = merge(case, rules, scores, duties, alone=True)
    problems = _Problems.of(case, rules, scores)
    officers, tiers = rules.crew.officers_per_department, list(scores.table["tier"])
    measure = _Measure(tiers, officers, rules.capacity.travel_allowance, problems)
    return Indicators(
        enterprises=len(joint.merged),
        alone=measure.owed(_owed(case, duties), rules.day.setup, case),
        capped=measure.side(capped.merged),
        joint=measure.side(joint.merged),
        undone_alone=_undone(capped),
        undone_joint=_undone(joint),
        reasons=joint.summary.reasons or {},
        proven=joint.summary.proven,
        unalike=sum(not m.alike for m in joint.merged),
    )


def _undone(plan: JointPlan) -> int:
    floors = unmeetable(plan.conflicts)
    return int((floors["undone"] * floors["items"].map(len)).sum())


def _owed(case: Case, duties: pd.DataFrame) -> dict[int, dict[str, int]]:
    """Return enterprise -> item -> visits owed."""
    place = {name: e for e, name in enumerate(case.enterprises["enterprise_id"])}
    found: dict[int, dict[str, int]] = {}
    columns = zip(duties["enterprise_id"], duties["item_id"], duties["visits"], strict=True)
    for name, item, visits in columns:
        own = found.setdefault(place[name], {})
        own[item] = max(int(visits), own.get(item, 0))
    return found


@dataclass(frozen=True, eq=False)
class _Problems:
    """Hazards expected to be found at an enterprise."""

    years: float
    intensity: list[float]
    sector: list[str]
    weights: Mapping[str, Mapping[str, float]]
    domain: Mapping[str, str]

    @classmethod
    def of(cls, case: Case, rules: Rulebook, scores: Scores) -> _Problems:
        items = case["items"]
        return cls(
            len(case.days.dates) / DAYS_PER_YEAR,
            list(scores.table["intensity"]),
            list(case.enterprises["sector"]),
            domain_weights(case, rules),
            dict(zip(items["item_id"], items["domain"], strict=True)),
        )

    def found(self, e: int, visited: set[str], owed: set[str]) -> float:
        """Return the hazards found where some items of those owed are visited."""
        shares = self.weights.get(self.sector[e], {})
        domains = sorted({self.domain[i] for i in owed})
        weight = {d: shares.get(d, 0.0) for d in domains}
        if not sum(weight.values()):
            weight = dict.fromkeys(domains, 1.0)
        seen = sum(weight[d] for d in sorted({self.domain[i] for i in visited}))
        return self.intensity[e] * self.years * seen / sum(weight.values())


@dataclass(frozen=True, eq=False)
class _Measure:
    """Counts visits."""

    tiers: list[str]
    officers: int
    allowance: int
    problems: _Problems

    def side(self, merged: Sequence[Merged]) -> Side:
        """Return what the full schedules of some enterprises amount to."""
        visits = [(m.e, len(c.departments), c.minutes) for m in merged for c in m.schedules[0]]
        found = sum(
            self.problems.found(
                m.e, {i for c in m.schedules[0] for i in c.items}, set(m.owed) | set(m.undone)
            )
            for m in merged
        )
        return self._sum(visits, found)

    def owed(self, owed: Mapping[int, Mapping[str, int]], setup: int, case: Case) -> Side:
        """Return what every department coming alone as often as it owes amounts to."""
        items = case["items"]
        department = dict(zip(items["item_id"], items["department_id"], strict=True))
        minutes = dict(zip(items["item_id"], items["minutes"], strict=True))
        visits = []
        for e, own in owed.items():
            for d in sorted({department[i] for i in own}):
                mine = {i: n for i, n in own.items() if department[i] == d}
                for visit in range(max(mine.values())):
                    work = sum(int(minutes[i]) for i, n in mine.items() if visit < n)
                    visits.append((e, 1, setup + work))
        found = sum(self.problems.found(e, set(own), set(own)) for e, own in owed.items())
        return self._sum(visits, found)

    def _sum(self, visits: list[tuple[int, int, int]], problems: float) -> Side:
        by_tier = Counter(self.tiers[e] for e, _, _ in visits)
        return Side(
            calls=len(visits),
            by_tier={tier: by_tier.get(tier, 0) for tier in TIERS},
            organs=dict(sorted(Counter(n for _, n, _ in visits).items())),
            site_minutes=sum(m for _, _, m in visits),
            officer_minutes=sum(self.officers * n * (m + self.allowance) for _, n, m in visits),
            people_most=max((self.officers * n for _, n, _ in visits), default=0),
            people_sum=sum(self.officers * n for _, n, _ in visits),
            days_most=max(Counter(e for e, _, _ in visits).values(), default=0),
            problems=round(problems, 6),
        )
