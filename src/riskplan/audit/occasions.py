"""What is owed by decision, licence or campaign, derived again from the case (S3)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from riskplan.audit.dates import NO_DAY, Calendar, column_days
from riskplan.audit.history import Clock
from riskplan.audit.owed import Duty, Owed, Past, exact, visits_in
from riskplan.audit.premises import Premises
from riskplan.case.tables import Case
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_YEAR


@dataclass(frozen=True)
class Occasions:
    """Decisions, licences and campaigns of a case.

    Parameters
    ----------
    case, rules, premises, clock, calendar
        The world; tiers are those of the plan's scores.
    """

    case: Case
    rules: Rulebook
    premises: Premises
    clock: Clock
    calendar: Calendar

    def added(self, owed: Owed, past: Past) -> Owed:
        """Return what is owed with decisions in place of rules, and licences and campaigns added.

        Parameters
        ----------
        owed
            By rules and draw.
        past
            When items were last checked.
        """
        decisions = self._decisions()
        duties = {e: [d for d in own if (e, d.item) not in decisions] for e, own in owed.duties.items()}
        new = [(e, duty) for (e, _), duty in decisions.items() if duty.visits > 0]
        for e, duty in (*new, *self._licences(past), *self._campaigns()):
            duties.setdefault(e, []).append(duty)
        return Owed({e: tuple(own) for e, own in duties.items() if own})

    def _visited(self, items: Sequence[str]) -> list[str]:
        """Return the items that make visits: on site, of a department with enforcement power."""
        table = self.case["departments"]
        power = set(table["department_id"][table["role"] == "enforcement"])
        return [
            i for i in dict.fromkeys(items) if i in self.clock.on_site and self.clock.department[i] in power
        ]

    def _places(self, table: pd.DataFrame) -> list[int]:
        """Return the position of each row's premises, -1 where they are not active."""
        index, active = self.premises.index, self.premises.active
        found = [index.get(str(name), -1) for name in table["enterprise_id"]]
        return [e if e >= 0 and active[e] else -1 for e in found]

    def _decisions(self) -> dict[tuple[int, str], Duty]:
        """Return (position, item) -> what people have decided about it, visits 0 where it is not owed."""
        table = self.case.tables.get("overrides", pd.DataFrame())
        if not len(table):
            return {}
        made: dict[tuple[int, str], tuple[tuple[object, ...], Duty]] = {}
        for e, day, end, row in zip(
            self._places(table),
            column_days(table["date"]),
            column_days(table["until"]),
            table.itertuples(index=False),
            strict=True,
        ):
            over = end != NO_DAY and end < self.calendar.as_of
            if e < 0 or day > self.calendar.as_of or over or not row.items:
                continue
            often, stated = exact(float(row.visits)), int(row.longest_interval_days)
            strength = (day, often, -stated, "|".join(str(m) for m in row.months))
            for item in self._visited(row.items):
                if (e, item) not in made or strength > made[e, item][0]:
                    made[e, item] = (strength, self._decided(item, row))
        return {key: duty for key, (_, duty) in made.items()}

    def _decided(self, item: str, row: object) -> Duty:
        often = exact(float(getattr(row, "visits")))  # noqa: B009 - a row of a table
        months = frozenset(getattr(row, "months"))  # noqa: B009
        if often == 0:
            return Duty(item, 0, 0, "override", months=months)
        stated = int(getattr(row, "longest_interval_days"))  # noqa: B009
        factor = exact(self.rules.frequency.longest_interval_factor)
        longest = stated if stated > 0 else math.floor(factor * DAYS_PER_YEAR / often)
        return Duty(item, visits_in(often, self.calendar.n_days), longest, "override", months=months)

    def _licences(self, past: Past) -> Iterator[tuple[int, Duty]]:
        table = self.case.tables.get("licences", pd.DataFrame())
        if not len(table):
            return
        columns = (
            self._places(table),
            table["licence_id"],
            table["items"],
            column_days(table["expires_on"]),
            column_days(table["reviewed_on"]),
        )
        for e, name, items, end, reviewed in zip(*columns, strict=True):
            begin = end - self.rules.licence.first_days
            span = self._span(begin, end)
            if e < 0 or span is None or (reviewed != NO_DAY and reviewed >= begin):
                continue
            for item in self._visited(items):
                if past.item.get((e, item), NO_DAY) < begin:
                    yield e, Duty(item, 1, 0, f"licence:{name}", *span)

    def _span(self, begin: int, end: int) -> tuple[int, int] | None:
        """Return the window of a licence that ends on a day, None where no day of it is left."""
        start, close = max(self.calendar.first, self.calendar.as_of), self.calendar.last
        first, last = max(begin, start), min(end - self.rules.licence.last_days, close)
        if first > last and start <= end <= close:
            first, last = start, end - 1
        return (first, last) if first <= last else None

    def _campaigns(self) -> Iterator[tuple[int, Duty]]:
        table = self.case.tables.get("campaigns", pd.DataFrame())
        if not len(table):
            return
        start, close = max(self.calendar.first, self.calendar.as_of), self.calendar.last
        days = zip(column_days(table["first"]), column_days(table["last"]), strict=True)
        for (begin, end), row in zip(days, table.to_dict("records"), strict=True):
            first, last = max(begin, start), min(end, close)
            if first > last:
                continue
            items = self._visited(row["items"])
            for e in self._in_scope(row):
                for item in items:
                    yield e, Duty(item, 1, 0, f"campaign:{row['campaign_id']}", first, last)

    def _in_scope(self, row: Mapping[object, object]) -> list[int]:
        own = self.premises
        columns = {
            "sectors": own.sector,
            "grades": own.grade,
            "sizes": own.size,
            "tiers": own.tier,
            "townships": own.township,
        }
        wanted = [(frozenset(row[name]), column) for name, column in columns.items() if row[name]]  # type: ignore[call-overload]
        return [
            e
            for e in range(len(own))
            if own.active[e] and all(column[e] in values for values, column in wanted)
        ]


def less(owed: Owed, credited: Mapping[tuple[int, str, str], int]) -> Owed:
    """Return what is owed after credits.

    Parameters
    ----------
    owed
        Before credits.
    credited
        (position, item, cause) -> visits.
    """
    if not credited:
        return owed
    duties: dict[int, tuple[Duty, ...]] = {}
    for e, own in owed.duties.items():
        left = [replace(d, visits=d.visits - credited.get((e, d.item, d.cause), 0)) for d in own]
        kept = tuple(d for d in left if d.visits > 0)
        if kept:
            duties[e] = kept
    return Owed(duties)
