"""What one joint visit carries, and who leads it (S8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from riskplan.joint.blocks import Blocks, Catalogue, Duty, mask_of
from riskplan.joint.gates import bits

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Content:
    """What one joint visit carries: its items, departments, lead and minutes on site.

    Parameters
    ----------
    items, departments
        Sorted.
    lead
        Department that leads and owns the closing of all findings.
    minutes
        Set-up and the longest department's items.
    weeks
        Bit w is set where the visit counts for all that it carries; 0: in every week.
    parts
        What counts in every week, and what only counts in ``weeks``, as visits of their own: where no week has room for
        the whole, each is tried alone. None without a window.
    """

    items: tuple[str, ...]
    departments: tuple[str, ...]
    lead: str
    minutes: int
    weeks: int = 0
    parts: tuple[Content, ...] = ()


def in_window(content: Content, length: int) -> Bools:
    """Return the weeks in which a visit counts for all that it carries, shape (length,).

    Parameters
    ----------
    content
        The visit.
    length
        Number of weeks.
    """
    return mask_of(content.weeks, length) if content.weeks else np.ones(length, dtype=bool)


@dataclass(frozen=True)
class Lead:
    """What decides who leads at one enterprise.

    Parameters
    ----------
    competent, by_sector
        The competent department, and the sector's lead; "" where there is none.
    """

    competent: str
    by_sector: str

    def among(self, departments: Sequence[str], order: Sequence[str]) -> str:
        """Return the lead of a visit.

        Parameters
        ----------
        departments
            Who takes part.
        order
            All departments with duties here, those with the most frequent duties first.
        """
        for choice in (self.competent, self.by_sector):
            if choice in departments:
                return choice
        return next(d for d in order if d in departments)


def most_frequent_first(duties: Sequence[Duty], catalogue: Catalogue) -> list[str]:
    """Return departments by visits owed, then by minutes over the horizon, then by id (S8).

    Parameters
    ----------
    duties
        All that the enterprise owes.
    catalogue
        Items.
    """
    calls: dict[str, int] = defaultdict(int)
    minutes: dict[str, int] = defaultdict(int)
    for duty in duties:
        d = catalogue.departments[duty.item]
        calls[d] = max(calls[d], duty.visits)
        minutes[d] += duty.visits * catalogue.minutes[duty.item]
    return sorted(calls, key=lambda d: (-calls[d], -minutes[d], d))


@dataclass(frozen=True, eq=False)
class Desk:
    """Turns sets of blocks into visits.

    Parameters
    ----------
    catalogue
        Items.
    setup
        Minutes of set-up.
    every_week
        All weeks as bits.
    """

    catalogue: Catalogue
    setup: int
    every_week: int

    def content(self, blocks: Blocks, visit: int, lead: Lead, order: Sequence[str]) -> Content:
        """Return one visit.

        Parameters
        ----------
        blocks, visit
            Blocks of the enterprise, and those (bits) that the visit carries.
        lead, order
            Who leads.
        """
        weeks = self.every_week
        free: set[int] = set()
        held: set[int] = set()
        for b in bits(visit):
            weeks &= blocks.blocks[b].weeks
            own = free if blocks.blocks[b].weeks == self.every_week else held
            own.update(d.item for d in blocks.duties[b])
        whole = self.of_items(sorted(free | held), lead, order, weeks)
        if not free or not held:
            return whole
        parts = (
            self.of_items(sorted(free), lead, order, self.every_week),
            self.of_items(sorted(held), lead, order, weeks),
        )
        return replace(whole, parts=parts)

    def of_items(self, places: Sequence[int], lead: Lead, order: Sequence[str], weeks: int) -> Content:
        """Return a visit with some items (places in the catalogue) that may stand in some weeks."""
        work: dict[str, int] = defaultdict(int)
        for i in places:
            work[self.catalogue.departments[i]] += self.catalogue.minutes[i]
        departments = tuple(sorted(work))
        return Content(
            items=tuple(sorted(self.catalogue.ids[i] for i in places)),
            departments=departments,
            lead=lead.among(departments, order),
            minutes=int(self.setup + max(work.values())),
            weeks=0 if weeks == self.every_week else weeks,
        )
