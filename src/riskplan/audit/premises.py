"""The premises of a case as plain columns, and the days on which each of them is open (S1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.audit.dates import Calendar, column_days
from riskplan.case.tables import Case
from riskplan.rules.model import TIERS, Filter, Rulebook
from riskplan.units import DAYS_PER_WEEK


@dataclass(frozen=True)
class Premises:
    """Every enterprise of the case, one entry per premises in the order of the case.

    Parameters
    ----------
    ids
        Enterprise ids; ``index`` leads back from id to position.
    key
        What caps count by: the credit code where given and the rules say so, else the id (S4).
    township, village, sector, grade, size, competent, lists
        As in the case; ``lists`` are the policy lists that premises stand on.
    active
        True where the status is ``active``.
    opens, closes
        Minutes from midnight.
    lon, lat
        Degrees.
    tier
        Tier by ``scores``; "" where no valid one is stated.
    score
        Points by ``scores``; -1 where not stated.
    """

    ids: tuple[str, ...]
    index: dict[str, int]
    key: tuple[str, ...]
    township: tuple[str, ...]
    village: tuple[str, ...]
    sector: tuple[str, ...]
    grade: tuple[str, ...]
    size: tuple[str, ...]
    competent: tuple[str, ...]
    lists: tuple[tuple[str, ...], ...]
    active: tuple[bool, ...]
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    tier: tuple[str, ...]
    score: tuple[int, ...]

    def __len__(self) -> int:
        """Return the number of premises."""
        return len(self.ids)

    def by_key(self) -> dict[str, list[int]]:
        """Return cap key -> positions of its premises."""
        groups: dict[str, list[int]] = {}
        for e, key in enumerate(self.key):
            groups.setdefault(key, []).append(e)
        return groups

    def values(self, name: str) -> tuple[str, ...]:
        """Return a property that amounts and frequencies may be stated by, one value a premises."""
        columns = {
            "tier": self.tier,
            "grade": self.grade,
            "size": self.size,
            "sector": self.sector,
            "township": self.township,
        }
        return columns[name]

    def fitting(self, row: Filter) -> tuple[bool, ...]:
        """Return which premises a filter lets pass; its departments are no matter of premises."""
        if not about_premises(row):
            return (True,) * len(self)
        allowed = (
            (row.sectors, self.sector),
            (row.grades, self.grade),
            (row.sizes, self.size),
            (row.tiers, self.tier),
            (row.townships, self.township),
        )
        stated = [(frozenset(values), column) for values, column in allowed if values]
        lists = frozenset(row.policy_lists)
        return tuple(
            all(column[e] in values for values, column in stated)
            and (not lists or not lists.isdisjoint(self.lists[e]))
            for e in range(len(self))
        )


def about_premises(row: Filter) -> bool:
    """Tell whether a filter says anything about premises (S4)."""
    return any((row.sectors, row.grades, row.sizes, row.tiers, row.townships, row.policy_lists))


def premises_of(case: Case, rules: Rulebook, scores: pd.DataFrame) -> Premises:
    """Return the premises of a case with the tiers that the plan's scores state."""
    table = case.enterprises
    ids = tuple(str(e) for e in table["enterprise_id"])
    codes = [str(c) for c in table["credit_code"]]
    by_code = rules.count_by_credit_code
    stated = {
        str(row[0]): (str(row[1]), int(row[2]))
        for row in zip(scores["enterprise_id"], scores["tier"], scores["score"], strict=True)
    }
    tiers = [stated.get(e, ("", -1)) for e in ids]
    return Premises(
        ids=ids,
        index={e: i for i, e in enumerate(ids)},
        key=tuple(code if code and by_code else e for e, code in zip(ids, codes, strict=True)),
        township=tuple(str(v) for v in table["township_code"]),
        village=tuple(str(v) for v in table["village_code"]),
        sector=tuple(str(v) for v in table["sector"]),
        grade=tuple(str(v) for v in table["grade"]),
        size=tuple(str(v) for v in table["size"]),
        competent=tuple(str(v) for v in table["competent_department"]),
        lists=tuple(tuple(str(v) for v in names) for names in table["policy_list"]),
        active=tuple(v == "active" for v in table["status"]),
        opens=tuple(int(v) for v in table["opens"]),
        closes=tuple(int(v) for v in table["closes"]),
        lon=tuple(float(v) for v in table["lon"]),
        lat=tuple(float(v) for v in table["lat"]),
        tier=tuple(t if t in TIERS else "" for t, _ in tiers),
        score=tuple(s for _, s in tiers),
    )


@dataclass(frozen=True)
class Openness:
    """On which days a visit may stand.

    Parameters
    ----------
    open
        shape (n_premises, n_days), bool: the open days of S1.
    closed_weekday, closed_month, closure
        shape (n_premises, n_days), bool: why a day is not open, for the wording of a finding.
    """

    open: npt.NDArray[np.bool_]
    closed_weekday: npt.NDArray[np.bool_]
    closed_month: npt.NDArray[np.bool_]
    closure: npt.NDArray[np.bool_]


def openness_of(case: Case, calendar: Calendar, premises: Premises) -> Openness:
    """Return the open days of every premises."""
    days = np.arange(calendar.first, calendar.last + 1)
    months = (np.datetime64("0001-01-01", "D") + (days - 1)).astype("datetime64[M]").astype(np.int64) % 12 + 1
    weekdays = (days - 1) % DAYS_PER_WEEK + 1
    closed_weekday = np.zeros((len(premises), len(days)), dtype=bool)
    closed_month = np.zeros_like(closed_weekday)
    closure = np.zeros_like(closed_weekday)
    table = case.enterprises
    for e, (closed, months_open) in enumerate(zip(table["closed_days"], table["open_months"], strict=True)):
        if closed:
            closed_weekday[e] = np.isin(weekdays, np.asarray(closed, dtype=np.int64))
        if months_open:
            closed_month[e] = ~np.isin(months, np.asarray(months_open, dtype=np.int64))
    closures = case.tables.get("closures")
    if closures is not None and len(closures):
        spans = zip(
            closures["enterprise_id"],
            column_days(closures["first"]),
            column_days(closures["last"]),
            strict=True,
        )
        for name, first, last in spans:
            if str(name) in premises.index:
                closure[premises.index[str(name)]] |= (days >= first) & (days <= last)
    general = calendar.workday & (days >= calendar.as_of)
    return Openness(
        general & ~closed_weekday & ~closed_month & ~closure, closed_weekday, closed_month, closure
    )
