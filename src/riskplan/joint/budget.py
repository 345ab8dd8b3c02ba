"""How many visits an enterprise can take at most, and the conflict register: floors that no plan can meet.

Everything here is an upper bound on what a lawful plan can do (each counter, each organ and each gate by itself), so
that a conflict is always true; what only all limits together forbid becomes a shortfall of the year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from riskplan.joint.fewest import least_calls
from riskplan.joint.lawful import NO_CAP, Lawful
from riskplan.joint.rows import Key
from riskplan.rules.model import Rulebook

ENTERPRISE, ORGAN, SYSTEM = "enterprise", "organ-enterprise", "system-enterprise"
GATE = "crew.max_departments"


def gate_width(size: str, rules: Rulebook) -> int:
    """Return the most departments at one gate for a size class."""
    most_people = rules.crew.max_people.get(size, rules.crew.max_people.get("medium", NO_CAP))
    most = rules.crew.max_departments.get(size, rules.crew.max_departments.get("medium", NO_CAP))
    return max(1, min(most, most_people // rules.crew.officers_per_department))


@dataclass
class Budget:
    """What counters of a legal person still allow after the premises that went before.

    Parameters
    ----------
    lawful
        When each enterprise may be visited.
    """

    lawful: Lawful
    promised: dict[Key, int] = field(default_factory=lambda: defaultdict(int))

    def caps(self, e: int, calls: dict[str, int]) -> list[tuple[Key, int]]:
        """Return (counter, what is left of it up to what is wanted) of the caps that several visits share.

        Parameters
        ----------
        e
            Index of the enterprise.
        calls
            Department -> calls wanted.
        """
        rows = self.lawful.rows
        shared = len(rows.people[e]) > 1
        wanted = sum(calls.values())
        result: list[tuple[Key, int]] = []
        for use in () if self.alone(e) else rows.uses(e, tuple(sorted(calls))):
            limit = rows.limits[use.key[0]]
            if limit.kind == "cap" and rows.private(use.key) and (shared or limit.scope == SYSTEM):
                taken = self.promised[use.key]
                room = self.lawful.person_room(use.key, e, taken + wanted) - taken
                result.append((use.key, max(0, room)))
        return result

    def visits_left(self, e: int, calls: Mapping[str, int]) -> int:
        """Return the visits of any departments that the other premises of the legal person leave, up to all calls."""
        left = sum(calls.values())
        for key, room in self.caps(e, dict(calls)):
            limit = self.lawful.rows.limits[key[0]]
            if limit.scope == ENTERPRISE and not limit.filter.departments:
                left = min(left, room)
        return left

    def spend(self, e: int, calls: dict[str, int], visits: int) -> None:
        """Promise visits to an enterprise, ``calls`` of each department among them."""
        rows = self.lawful.rows
        for use in () if self.alone(e) else rows.uses(e, tuple(sorted(calls))):
            limit = rows.limits[use.key[0]]
            if limit.kind != "cap" or not rows.private(use.key):
                continue
            if limit.scope == ENTERPRISE:
                only = limit.filter.departments
                counted = [calls[d] for d in sorted(calls) if d in only] if only else [visits]
                self.promised[use.key] += max(counted, default=0)
            else:
                self.promised[use.key] += sum(calls[d] for d in self._counted(use.key, calls))

    def alone(self, e: int) -> bool:
        """Tell whether what each department may do by itself says all: one premises, and no cap on a system."""
        return len(self.lawful.rows.people[e]) == 1 and not self.systems

    @cached_property
    def systems(self) -> bool:
        """True where a cap sums over the levels of a system."""
        return any((row.kind, row.scope) == ("cap", SYSTEM) for row in self.lawful.rows.limits)

    def _counted(self, key: Key, calls: dict[str, int]) -> list[str]:
        """Return the departments that a counter of an organ or a system counts."""
        rows = self.lawful.rows
        only = rows.limits[key[0]].filter.departments
        organ = rows.limits[key[0]].scope == ORGAN
        name = {d: d if organ else rows.system(d) for d in sorted(calls)}
        return [d for d, own in name.items() if own == key[2] and (not only or d in only)]

    def trim(
        self,
        e: int,
        allowed: dict[str, int],
        reasons: dict[str, tuple[str, ...]],
        work: Mapping[str, int],
    ) -> None:
        """Lower what each department may do to what the shared counters allow.

        Parameters
        ----------
        e
            Index of the enterprise.
        allowed, reasons
            Department -> calls, and the limits that lowered them; both are changed.
        work
            Department -> minutes to check: of equal ones the one with least gives way.
        """
        rows = self.lawful.rows
        for key, room in self.caps(e, allowed):
            limit = rows.limits[key[0]]
            if limit.scope == ENTERPRISE:
                only = limit.filter.departments
                lower(allowed, reasons, [d for d in sorted(allowed) if not only or d in only], room, limit.id)
            elif limit.scope == ORGAN:
                lower(allowed, reasons, self._counted(key, allowed), room, limit.id)
            else:
                own = self._counted(key, allowed)
                while sum(allowed[d] for d in own) > room:
                    take_one(allowed, reasons, own, (limit.id,), work)


def lower(
    allowed: dict[str, int], reasons: dict[str, tuple[str, ...]], which: list[str], most: int, limit_id: str
) -> None:
    """Lower some departments to at most a number, and say which limit did it."""
    for d in which:
        if allowed[d] > most:
            allowed[d], reasons[d] = most, (limit_id,)


def take_one(
    allowed: dict[str, int],
    reasons: dict[str, tuple[str, ...]],
    among: list[str],
    limit_ids: tuple[str, ...],
    work: Mapping[str, int],
) -> None:
    """Take one call from the department that has most of them, of equal ones from the one with least to check."""
    d = min(among, key=lambda name: (-allowed[name], work[name], name))
    allowed[d] -= 1
    reasons[d] = tuple(dict.fromkeys((*reasons.get(d, ()), *limit_ids)))


def possible_calls(
    budget: Budget, e: int, calls: dict[str, int], width: int, work: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Return what each department can do at most, and the limits that lowered it.

    Parameters
    ----------
    budget
        Room of the enterprise's legal person.
    e
        Index of the enterprise.
    calls
        Department -> calls owed.
    width
        Most departments at one gate.
    work
        Department -> minutes to check over all calls.

    Returns
    -------
    tuple
        Department -> calls (0 where none is possible), and department -> limits, for those that fall short.
    """
    law = budget.lawful
    allowed: dict[str, int] = {}
    reasons: dict[str, tuple[str, ...]] = {}
    names = tuple(sorted(calls))
    for d in names:
        allowed[d], why = law.most(e, (d,), calls[d])
        if why:
            reasons[d] = why
    budget.trim(e, allowed, reasons, work)
    visits = least_calls([k for k in allowed.values() if k], width)
    most, limits = law.most(e, names, visits)
    for d in names:
        if allowed[d] > most:
            allowed[d], reasons[d] = most, limits
    while sum(allowed.values()) > most * width:
        take_one(allowed, reasons, list(names), (*limits, GATE), work)
    return allowed, reasons
