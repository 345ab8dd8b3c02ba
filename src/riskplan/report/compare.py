"""Two plans of one case beside each other: figures, visits moved, added and dropped, weeks of townships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskplan.errors import Fault, InputError
from riskplan.maps.figures import count_tiers, plan_table
from riskplan.plan.io import MANIFEST
from riskplan.plan.tables import Plan
from riskplan.report.matching import Pair, Visit, matched, planned_visits
from riskplan.rules.model import TIERS, Rulebook

SAME = ("case", "horizon")
"""Facts of the manifest in which two plans must agree to be compared."""
INPUTS = ("case_fingerprint", "rules_fingerprint", "as_of", "version", "seed", "effort")
"""Facts that may differ, and are told where they do."""


@dataclass(frozen=True)
class Charge:
    """What a visit costs each department that takes part.

    Parameters
    ----------
    officers
        Officers that each department sends.
    allowance
        Minutes of travel added to each visit.
    """

    officers: int
    allowance: int

    @classmethod
    def of(cls, rules: Rulebook) -> Charge:
        """Return what the year charges under a rulebook (CONTRACTS 5)."""
        return cls(rules.crew.officers_per_department, rules.capacity.travel_allowance)


CREW_ONLY = Charge(1, 0)
"""Minutes at the gate, whoever sends how many: what a plan says by itself."""


@dataclass(frozen=True)
class Figure:
    """One figure of two plans; None where a plan does not state it."""

    group: str
    name: str
    old: float | None
    new: float | None

    @property
    def change(self) -> float | None:
        """The new figure less the old one, None where either is missing."""
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True)
class CellChange:
    """Visits to a township in a week, before and after."""

    township_code: str
    week: str
    old: int
    new: int


@dataclass(frozen=True)
class Comparison:
    """What differs between two plans.

    Parameters
    ----------
    differing
        Inputs that differ: fact of the manifest -> (old, new).
    figures
        Figures by group, in reading order: ``count``, ``minutes`` (by department), ``unplanned`` (by tier), ``term``,
        ``travel``, ``proof``.
    moved, added, dropped
        Visits in another week, only in the new plan, only in the old one; by enterprise.
    kept
        Number of visits that keep their week.
    cells
        Weeks of townships whose number of visits changed.
    charged
        Whether ``minutes`` are officer-minutes; else minutes at the gate.
    """

    differing: Mapping[str, tuple[str, str]]
    figures: tuple[Figure, ...]
    moved: tuple[Pair, ...]
    added: tuple[Visit, ...]
    dropped: tuple[Visit, ...]
    kept: int
    cells: tuple[CellChange, ...]
    charged: bool

    def of(self, group: str) -> tuple[Figure, ...]:
        """Return the figures of a group."""
        return tuple(f for f in self.figures if f.group == group)

    def get(self, group: str, name: str) -> Figure:
        """Return a figure; one that is not there has no values."""
        return next((f for f in self.of(group) if f.name == name), Figure(group, name, None, None))


def compare_plans(old: Plan, new: Plan, charges: tuple[Charge, Charge] | None = None) -> Comparison:
    """Compare two plans of one case and one horizon.

    Parameters
    ----------
    old, new
        The plans.
    charges
        What a visit costs a department in each plan; None: minutes at the gate are compared.

    Raises
    ------
    InputError
        If the plans are of different cases or horizons: every difference is named.
    """
    faults = [
        Fault("plans_of_two", MANIFEST, None, None, name, said(new, name), {"expected": said(old, name)})
        for name in SAME
        if said(old, name) != said(new, name)
    ]
    if faults:
        raise InputError(faults)
    differing = {n: (said(old, n), said(new, n)) for n in INPUTS if said(old, n) != said(new, n)}
    pairs, added, dropped = matched(old, new)
    moved = tuple(pair for pair in pairs if pair.old.week != pair.new.week)
    return Comparison(
        differing,
        (*_figures(old, new), *_minutes(old, new, charges or (CREW_ONLY, CREW_ONLY))),
        moved,
        added,
        dropped,
        len(pairs) - len(moved),
        _cells(old, new),
        charges is not None,
    )


def said(plan: Plan, fact: str) -> str:
    """Return a fact of a manifest as text, "" where it is not stated.

    Parameters
    ----------
    plan
        The plan.
    fact
        Its name.
    """
    value = plan.manifest.get(fact, "")
    return " .. ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _figures(old: Plan, new: Plan) -> list[Figure]:
    before, after = _facts(old), _facts(new)
    return [Figure(*key, before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]


def _facts(plan: Plan) -> dict[tuple[str, str], float | None]:
    """Return (group, name) -> figure, in reading order."""
    tiers, manifest = {c.tier: c for c in count_tiers(plan)}, plan.manifest
    visits, objective = planned_visits(plan), manifest.get("objective")
    found: dict[tuple[str, str], float | None] = {
        ("count", "visits"): len(visits),
        ("count", "gates"): len({v.enterprise_id for v in visits}),
        ("count", "township_weeks"): len({(v.township_code, v.week) for v in visits}),
    }
    found |= {("unplanned", tier): int(tiers[tier].unplanned) for tier in TIERS}
    terms: Mapping[str, Any] = objective.get("terms", {}) if isinstance(objective, Mapping) else {}
    found |= {("term", str(name)): _number(value) for name, value in terms.items()}
    found |= _travel(plan)
    total = objective.get("total") if isinstance(objective, Mapping) else None
    found["proof", "objective"] = _number(total)
    return found | {
        ("proof", n): _number(manifest.get(n)) for n in ("bound", "gap_controllable", "gap_total")
    }


def _travel(plan: Plan) -> dict[tuple[str, str], float | None]:
    """Return travel of the weeks that are routed; nothing where none is."""
    routes = plan_table(plan, "routes")
    if not len(routes):
        return {}
    return {
        ("travel", "minutes"): int(routes["travel_s"].sum()) / 60,
        ("travel", "team_days"): routes["team_id"].nunique(),
        ("travel", "routed"): int((routes["visit_id"] != "").sum()),
    }


def _minutes(old: Plan, new: Plan, charges: tuple[Charge, Charge]) -> list[Figure]:
    sums = []
    for plan, charge in zip((old, new), charges, strict=True):
        found: Counter[str] = Counter()
        for visit in planned_visits(plan):
            for department in visit.departments:
                found[department] += charge.officers * (max(visit.minutes, 0) + charge.allowance)
        sums.append(found)
    names = sorted({*sums[0], *sums[1]})
    return [Figure("minutes", name, sums[0][name], sums[1][name]) for name in names]


def _cells(old: Plan, new: Plan) -> tuple[CellChange, ...]:
    before, after = (Counter((v.township_code, v.week) for v in planned_visits(p)) for p in (old, new))
    keys = sorted({*before, *after})
    return tuple(CellChange(*key, before[key], after[key]) for key in keys if before[key] != after[key])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
