"""What the exchange named for a visit left out would cost, again: exposure, late days and tiers, without trips (S10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from riskplan.audit.certificate_costs import UNITS
from riskplan.audit.certificate_model import Rebuilt
from riskplan.audit.dates import week_label

Dated = tuple[int, tuple[str, ...]]
"""Week and items of a visit."""
DECIMALS = 3


class Exchanges:
    """Costs of exchanges in a certificate's year.

    Parameters
    ----------
    year
        The audit's own year; its visits have weeks and no dates.
    """

    def __init__(self, year: Rebuilt) -> None:
        self.year = year
        self.place = {e: i for i, e in enumerate(year.file.names("enterprises"))}
        self.week = {label: w for w, label in enumerate(year.file.names("weeks"))}

    @cached_property
    def visits(self) -> dict[str, tuple[int, Dated]]:
        """Visit id -> place of the enterprise, week and items."""
        return {
            c.id: (self.place[c.object_id], (self.week[week_label(c.earliest)], c.items))
            for c in self.year.world.planned
            if c.object_id in self.place
        }

    @cached_property
    def own(self) -> dict[int, list[Dated]]:
        """Place of an enterprise -> its visits by week."""
        found: dict[int, list[Dated]] = {}
        for i, visit in self.visits.values():
            found.setdefault(i, []).append(visit)
        return {i: sorted(visits, key=lambda visit: visit[0]) for i, visits in found.items()}

    def cost(self, i: int, visits: Sequence[Dated]) -> int:
        """Return exposure and late days of an enterprise's visits in any order [units]."""
        costs, ordered = self.year.costs, sorted(visits, key=lambda visit: visit[0])
        dated = [(int(costs.days[week]), items) for week, items in ordered]
        return costs.exposure(i, dated) + self.year.late.of_plan(i, ordered)

    def of(self, row: dict[str, object]) -> int | None:
        """Return what a row's exchange costs [units], None where it names none or what is not there."""
        i, out = self.place.get(str(row["enterprise_id"]), -1), self.visits.get(str(row["exchange_visit"]))
        week, to = self.week.get(str(row["exchange_week"]), -1), self.week.get(str(row["exchange_to"]), -1)
        items = row["items"]
        if i < 0 or out is None or week < 0 or not isinstance(items, tuple):
            return None
        rates, other, visit = self.year.costs.unplanned, *out
        mine, theirs = self.own.get(i, []), self.own[other]
        rest = list(theirs)
        rest.remove(visit)
        more = self.cost(i, [*mine, (week, items)]) - self.cost(i, mine) - rates[i]
        less = self.cost(other, rest) - self.cost(other, theirs) + rates[other]
        if to < 0:
            return more + less
        return more + less + self.cost(other, [*rest, (to, visit[1])]) - self.cost(other, rest) - rates[other]


def wrong_exchanges(year: Rebuilt) -> Iterator[tuple[str, str, float, float]]:
    """Yield (enterprise, visit, cost stated, right cost) of exchanges that do not cost what is said [hazard-days].

    Parameters
    ----------
    year
        The audit's own year, of a first revision.
    """
    table, exchanges = year.world.table("unplanned"), Exchanges(year)
    for row in table.to_dict("records"):
        right = exchanges.of({str(k): v for k, v in row.items()}) if row["exchange_visit"] else None
        if (
            right is not None
            and abs(float(row["exchange_cost"]) - right / UNITS) > 0.5 * 10**-DECIMALS + 1e-9
        ):
            yield (
                str(row["enterprise_id"]),
                str(row["exchange_visit"]),
                float(row["exchange_cost"]),
                right / UNITS,
            )
