"""The conflict register: what is owed and cannot be, the limits that clash, which of them stands, what is left undone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from riskplan.joint.blocks import Catalogue, Duty
from riskplan.joint.budget import GATE
from riskplan.joint.lawful import CALENDAR
from riskplan.plan.tables import INTERVAL, normalise
from riskplan.rules.model import Rulebook
from riskplan.text.wording import Words, written_in_both

FLOOR, CAPACITY = "floor", "capacity"
NO_CREW = "department-week-crews"
NO_BASIS = "-"
"""Stands where a limit has no basis, so that bases stay in the order of their limits."""
_ORDER = ("calendar", "capacity", "cap", "spacing", "gate")
"""What stands before what, where the rulebook does not say (``joint.precedence``)."""


@dataclass(frozen=True)
class Clash:
    """Some duties of one enterprise that cannot be met as owed.

    Parameters
    ----------
    duties
        What is owed, all equally often.
    possible
        Visits, or days for ``INTERVAL``.
    limit_ids
        Limits that say so.
    kind
        ``FLOOR``, ``CAPACITY`` or ``INTERVAL``.
    owed
        Visits or days.
    """

    duties: tuple[Duty, ...]
    owed: int
    possible: int
    limit_ids: tuple[str, ...]
    kind: str = FLOOR


@dataclass
class Register:
    """Collects conflicts as rows of the plan table ``conflicts``.

    Parameters
    ----------
    rules
        Limits with their bases, and which of them stands.
    catalogue
        Items.
    """

    rules: Rulebook
    catalogue: Catalogue
    rows: list[dict[str, object]] = field(default_factory=list)
    _bases: dict[str, str] = field(default_factory=dict)

    def add(self, enterprise: str, tier: str, clashes: Iterable[Clash]) -> None:
        """Add what clashes at one enterprise; items with the same numbers and limits stand in one row.

        Visits of several duties of one item, each in a window of its own, are added up.

        Parameters
        ----------
        enterprise, tier
            Of the premises.
        clashes
            What cannot be met.
        """
        groups: dict[tuple[str, int, int, tuple[str, ...]], list[Duty]] = defaultdict(list)
        for one in clashes:
            groups[one.kind, one.owed, one.possible, one.limit_ids].extend(one.duties)
        for (kind, owed, possible, limits), duties in sorted(groups.items()):
            for times, own in _by_times(kind, duties):
                items = sorted({self.catalogue.ids[d.item] for d in own})
                bases = dict.fromkeys(d.basis for d in sorted(own, key=lambda d: d.item) if d.basis)
                self.rows.append({
                    "enterprise_id": enterprise,
                    "items": tuple(items),
                    "kind": kind,
                    "owed": owed * times,
                    "possible": possible * times,
                    "undone": abs(owed - possible) * times,
                    "tier": tier,
                    "limit_ids": limits,
                    "bases": tuple(self.basis(name) or NO_BASIS for name in limits),
                    "wins": self.winner(limits),
                    "basis": "; ".join(bases),
                })

    def table(self) -> pd.DataFrame:
        """Return the plan table ``conflicts``."""
        columns = None if self.rows else ["enterprise_id", "items"]
        return normalise("conflicts", pd.DataFrame(self.rows, columns=columns))

    def basis(self, limit_id: str) -> str:
        """Return the legal basis of a limit in one line, "" where none is stated."""
        if limit_id not in self._bases:
            row = self.rules.limit(limit_id)
            grounds = row.provenance.grounds if row else self._stated(limit_id)
            self._bases[limit_id] = written_in_both(grounds).replace("|", "/")
        return self._bases[limit_id]

    def _stated(self, limit_id: str) -> Words:
        quiet = next((row for row in self.rules.quiet if row.id == limit_id), None)
        if quiet is not None:
            return quiet.provenance.grounds
        stated = (self.rules.provenance or {}).get(limit_id)
        return stated.grounds if stated else ""

    def winner(self, limit_ids: Sequence[str]) -> str:
        """Return the limit that stands against the duty (S14)."""
        first = {name: k for k, name in enumerate(self.rules.joint.precedence)}

        def rank(name: str) -> tuple[int, int]:
            return (first.get(name, len(first)), _ORDER.index(self._sort(name)))

        return min(limit_ids, key=rank) if limit_ids else ""

    def _sort(self, name: str) -> str:
        row = self.rules.limit(name)
        if row is not None:
            return row.kind if row.kind in _ORDER else "cap"
        return {GATE: "gate", NO_CREW: "capacity", CALENDAR: "calendar"}.get(name, "calendar")


def _by_times(kind: str, duties: Sequence[Duty]) -> list[tuple[int, list[Duty]]]:
    """Return duties by how many of them are about one item; days of intervals do not add up."""
    counts = Counter(d.item for d in duties)
    groups: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        groups[1 if kind == INTERVAL else counts[duty.item]].append(duty)
    return sorted(groups.items())
