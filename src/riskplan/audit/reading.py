"""How one row of the limits reads: which visits it counts, under which keys, and how much it allows (S2, S4, S5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from riskplan.audit.history import Call
from riskplan.audit.premises import about_premises
from riskplan.audit.world import World
from riskplan.rules.model import PREMISES_SCOPES, Limit

Weighted = tuple[str, int]
"""A key and how often a visit counts there."""


@dataclass(frozen=True)
class Reading:
    """One row, read for one world.

    Parameters
    ----------
    world, row
        The world and the row.
    """

    world: World
    row: Limit

    @cached_property
    def fits(self) -> tuple[bool, ...]:
        """The premises that the row is about."""
        return self.world.premises.fitting(self.row.filter)

    @cached_property
    def kinds_left_out(self) -> frozenset[str]:
        """Kinds that a row without ``kinds_counted`` does not count; alarms count the rulebook's exempt kinds too."""
        general = () if self.row.kind == "alarm" else self.world.rules.exempt_kinds
        return frozenset((*general, *self.row.kinds_exempt))

    def organs(self, departments: Iterable[str]) -> tuple[str, ...]:
        """Return the participating departments that count."""
        named = self.row.filter.departments
        return tuple(d for d in departments if not named or d in named)

    def counts_kind(self, kind: str) -> bool:
        """Tell whether visits of a kind count (S2)."""
        return kind in self.row.kinds_counted if self.row.kinds_counted else kind not in self.kinds_left_out

    def counts(self, call: Call) -> bool:
        """Tell whether a visit counts: its kind, its object, its premises, and at least one department named."""
        if not self.counts_kind(call.kind) or call.object_kind not in self.row.objects:
            return False
        here = self.fits[call.premises] if call.premises >= 0 else not about_premises(self.row.filter)
        return here and (not self.row.filter.departments or bool(self.organs(call.departments)))

    def keys(self, call: Call) -> tuple[Weighted, ...]:
        """Return the keys under which a visit that counts does so; spacing counts premises, not legal persons."""
        scope = self.row.scope
        if scope in PREMISES_SCOPES:
            return self._premises_keys(call)
        if scope == "department":
            return tuple((d, 1) for d in self.organs(call.departments))
        if scope == "officer":
            return tuple((o, 1) for o in self._officers(call))
        place = call.township if scope == "township" else call.village
        return ((place, 1),) if place else ()

    def _premises_keys(self, call: Call) -> tuple[Weighted, ...]:
        if call.premises < 0:
            return ()
        premises = self.world.premises
        base = (premises.ids if self.row.kind == "spacing" else premises.key)[call.premises]
        if self.row.scope == "enterprise":
            return ((base, 1),)
        organs = self.organs(call.departments)
        if self.row.scope == "organ-enterprise":
            return tuple((f"{base}/{d}", 1) for d in organs)
        levels: dict[str, int] = {}
        for department in organs:
            if department in self.world.systems:
                key = f"{base}/{self.world.systems[department]}"
                levels[key] = levels.get(key, 0) + 1
        return tuple(levels.items())

    def _officers(self, call: Call) -> tuple[str, ...]:
        if not call.dated or call.team not in self.world.people:
            return ()
        officers = dict.fromkeys(self.world.people[call.team].officers)
        named = self.row.filter.departments
        return tuple(o for o in officers if not named or self.world.homes.get(o, "") in named)

    def amount_at(self, position: int) -> int | None:
        """Return what the row says about premises, None where it says nothing.

        Without a tier the most lenient amount counts: the largest of a cap, the smallest of a spacing; a floor then
        says nothing.
        """
        if not self.fits[position]:
            return None
        value = self._values[position]
        if value or self.row.by != "tier":
            return self.row.amount_for(value)
        if self.row.kind == "floor":
            return None
        lenient = min if self.row.kind == "spacing" else max
        return lenient(self.row.amount.values(), default=None)

    @cached_property
    def _values(self) -> tuple[str, ...]:
        return self.world.premises.values(self.row.by)

    def amount_of(self, key: str) -> int | None:
        """Return what the row says about a key, None where it says nothing (S4)."""
        if self.row.scope == "officer":
            return self.row.amount_for(self.world.homes.get(key, ""))
        if self.row.scope not in PREMISES_SCOPES:
            return self.row.amount_for(key)
        known = self.world.premises_by_key
        return self._largest(known.get(key) or known.get(key.rpartition("/")[0], []))

    def _largest(self, members: list[int]) -> int | None:
        """Return the largest amount over premises; those without a tier count only where none has one."""
        about = [e for e in members if self.fits[e]]
        if self.row.by == "tier":
            about = [e for e in about if self._values[e]] or about
        amounts = [self.amount_at(e) for e in about]
        return max((a for a in amounts if a is not None), default=None)
