"""Evidence in a case that a duty may be satisfied by: self-reports, monitoring, licences, visits of other organs (S12).

Evidence is looked up for many duties at once: a key says what it is about, and each key is judged once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.history import done_visits
from riskplan.risk.last_done import NEVER, checked_items
from riskplan.rules.model import ReuseRule, Rulebook

Ints = npt.NDArray[np.int64]
Known = tuple[int, str]
"""Day since 1970 and what it is, e.g. ``visit:V0017``."""
Visit = tuple[int, str, tuple[str, ...], str, frozenset[int]]
"""Day, what it is, departments, result, numbers of the domains checked."""
NONE: Known = (NEVER, "")


@dataclass(frozen=True, eq=False)
class Evidence:
    """Evidence of one case.

    Parameters
    ----------
    case, rules
        The world on ``as_of``: rows of that day and later are not known.
    """

    case: Case
    rules: Rulebook

    def latest(self, rule: ReuseRule, e: Ints, item: Ints) -> tuple[Ints, list[str]]:
        """Return the latest evidence of some duties that is still valid under a rule.

        Parameters
        ----------
        rule
            Source, validity, who took part and with what result.
        e, item
            Places of the duties, shape (n,).

        Returns
        -------
        tuple
            Days since 1970, ``NEVER`` without evidence, and what it is; both of length n.
        """
        about, found = self._about(rule, item), self._found(rule)
        several = int(about.max()) + 1 if len(about) else 1
        keys, inverse = np.unique(e * several + about, return_inverse=True)
        known = [found(int(key // several), int(key % several)) for key in keys]
        oldest = self.earliest - rule.validity_days
        known = [one if one[0] >= oldest else NONE for one in known]
        days = np.array([day for day, _ in known], dtype=np.int64)[inverse]
        names = [name for _, name in known]
        return days, [names[k] for k in inverse.tolist()]

    @cached_property
    def earliest(self) -> int:
        """Evidence counts if it is valid on this day (days since 1970): today, or the first day of the horizon."""
        return _day(max(self.case.as_of, self.case.first_day))

    @cached_property
    def place(self) -> dict[str, int]:
        """Enterprise -> place."""
        return {name: e for e, name in enumerate(self.case.enterprises["enterprise_id"].tolist())}

    def _about(self, rule: ReuseRule, item: Ints) -> Ints:
        """Return the part of the key that the evidence of a source depends on besides the enterprise."""
        if rule.source == "self_report":
            return np.zeros(len(item), dtype=np.int64)
        if rule.source == "licence":
            return item
        if rule.source == "monitoring":
            return self._domain[item]
        return self._domain[item] * len(self._organs) + self._organ[item]

    def _found(self, rule: ReuseRule) -> _Lookup:
        if rule.source == "visit":
            return _OtherOrgans(self._visits(rule), self._organs)
        tables = {
            "self_report": lambda: self._reports,
            "licence": lambda: self._reviews,
            "monitoring": lambda: self._feeds,
        }
        return _Table(tables[rule.source]())

    @cached_property
    def _domains(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(dict.fromkeys(self.case["items"]["domain"].tolist()))}

    @cached_property
    def _domain(self) -> Ints:
        """Number of the domain of each item."""
        names = self.case["items"]["domain"].tolist()
        return np.array([self._domains[name] for name in names], dtype=np.int64)

    @cached_property
    def _organs(self) -> list[str]:
        return list(dict.fromkeys(self.case["items"]["department_id"].tolist()))

    @cached_property
    def _organ(self) -> Ints:
        """Number of the department of each item."""
        number = {name: k for k, name in enumerate(self._organs)}
        names = self.case["items"]["department_id"].tolist()
        return np.array([number[name] for name in names], dtype=np.int64)

    @cached_property
    def _reports(self) -> Mapping[tuple[int, int], Known]:
        table = self.case["self_reports"]
        days = _days(table["date"])
        names = {day: f"self_report:{np.datetime64(day, 'D')}" for day in np.unique(days).tolist()}
        rows = zip(table["enterprise_id"].tolist(), days.tolist(), strict=True)
        today = _day(self.case.as_of)
        return _latest(((self.place[e], 0), (day, names[day])) for e, day in rows if day < today)

    @cached_property
    def _reviews(self) -> Mapping[tuple[int, int], Known]:
        table, today = self.case["licences"], _day(self.case.as_of)
        number = {name: k for k, name in enumerate(self.case["items"]["item_id"].tolist())}
        columns = (table["enterprise_id"], table["items"], table["licence_id"])
        rows = zip(*(c.tolist() for c in columns), _days(table["reviewed_on"]).tolist(), strict=True)
        return _latest(
            ((self.place[e], number[item]), (day, f"licence:{name}"))
            for e, items, name, day in rows
            if NEVER < day < today
            for item in items
        )

    @cached_property
    def _feeds(self) -> Mapping[tuple[int, int], Known]:
        """The latest state of each domain, where it is normal: of several feeds of one day all are."""
        table, today = self.case["monitoring"], _day(self.case.as_of)
        columns = (table["enterprise_id"], table["domain"], table["feed_id"], table["state"])
        rows = zip(*(c.tolist() for c in columns), _days(table["date"]).tolist(), strict=True)
        states: dict[tuple[int, int], list[tuple[int, str, str]]] = defaultdict(list)
        for e, domain, feed, state, day in rows:
            if day < today and domain in self._domains:
                states[self.place[e], self._domains[domain]].append((day, f"monitoring:{feed}", state))
        found = {}
        for key, own in states.items():
            last = max(day for day, _, _ in own)
            now = [(feed, state) for day, feed, state in own if day == last]
            if all(state == "normal" for _, state in now):
                found[key] = (last, min(feed for feed, _ in now))
        return found

    @cached_property
    def _done(self) -> dict[int, list[Visit]]:
        """Enterprise -> done visits, the latest first, of one day the smallest id."""
        visits = done_visits(self.case, self.rules)
        code, kinds = checked_items(self.case, visits)
        domains = [frozenset(self._domain[own].tolist()) for own in kinds]
        columns = (visits[c].tolist() for c in ("object_id", "visit_id", "departments", "result"))
        rows = zip(*columns, _days(visits["date"]).tolist(), code.tolist(), strict=True)
        found: dict[int, list[Visit]] = defaultdict(list)
        for e, name, departments, result, day, k in rows:
            found[self.place[e]].append((day, f"visit:{name}", departments, result, domains[k]))
        for own in found.values():
            own.sort(key=lambda visit: (-visit[0], visit[1]))
        return found

    def _visits(self, rule: ReuseRule) -> Mapping[int, list[Visit]]:
        """Return the visits that a rule accepts whoever asks."""
        if not rule.results and not rule.departments:
            return self._done
        wanted = frozenset(rule.departments)

        def accepted(visit: Visit) -> bool:
            _, _, departments, result, _ = visit
            some = not wanted or not wanted.isdisjoint(departments)
            return some and (not rule.results or result in rule.results)

        return {key: [v for v in own if accepted(v)] for key, own in self._done.items()}


@dataclass(frozen=True, eq=False)
class _Table:
    """Evidence that is the same for everyone who asks about a key."""

    known: Mapping[tuple[int, int], Known]

    def __call__(self, e: int, about: int) -> Known:
        return self.known.get((e, about), NONE)


@dataclass(frozen=True, eq=False)
class _OtherOrgans:
    """Visits, for a department that took no part in them."""

    visits: Mapping[int, list[Visit]]
    organs: list[str]

    def __call__(self, e: int, about: int) -> Known:
        domain, own = divmod(about, len(self.organs))
        organ = self.organs[own]
        for day, name, departments, _, domains in self.visits.get(e, ()):
            if domain in domains and organ not in departments:
                return day, name
        return NONE


_Lookup = _Table | _OtherOrgans


def _latest(rows: Iterable[tuple[tuple[int, int], Known]]) -> dict[tuple[int, int], Known]:
    """Return the latest evidence of each key, of one day the smallest id."""
    found: dict[tuple[int, int], Known] = {}
    for key, one in rows:
        old = found.get(key, NONE)
        if one[0] > old[0] or (one[0] == old[0] and one[1] < old[1]):
            found[key] = one
    return found


def _days(column: pd.Series) -> Ints:
    """Return dates as days since 1970, ``NEVER`` where there is none."""
    days = column.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), NEVER, days.astype(np.int64))


def _day(day: object) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))  # type: ignore[call-overload]
