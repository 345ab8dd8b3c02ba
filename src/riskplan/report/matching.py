"""Which visit of one plan is which of another."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskplan.maps.figures import plan_table
from riskplan.plan.tables import Plan
from riskplan.units import DAYS_PER_WEEK


@dataclass(frozen=True)
class Visit:
    """A planned visit, as far as two plans are compared; ``minutes`` at the gate."""

    visit_id: str
    enterprise_id: str
    township_code: str
    week: str
    date: str
    departments: tuple[str, ...]
    minutes: int

    @property
    def when(self) -> tuple[str, str, str]:
        """Order in time."""
        return (self.week, self.date, self.visit_id)


@dataclass(frozen=True)
class Pair:
    """One visit in two plans."""

    old: Visit
    new: Visit

    @property
    def weeks(self) -> int:
        """Weeks that it moved, later is positive."""
        return week_number(self.new.week) - week_number(self.old.week)


def week_number(label: str) -> int:
    """Return the number of an ISO week, counted through all years.

    Parameters
    ----------
    label
        Such as ``2027-W12``.
    """
    year, _, week = label.partition("-W")
    return dt.date.fromisocalendar(int(year), int(week), 1).toordinal() // DAYS_PER_WEEK


def planned_visits(plan: Plan) -> list[Visit]:
    """Return the visits of a plan that stand in a week, by enterprise and time.

    Parameters
    ----------
    plan
        The plan.
    """
    frame = plan_table(plan, "visits")
    frame = frame[frame["week"] != ""]
    columns = [frame[name].tolist() for name in Visit.__dataclass_fields__]
    visits = (Visit(*row) for row in zip(*columns, strict=True))
    return sorted(visits, key=lambda v: (v.enterprise_id, *v.when))


def matched(old: Plan, new: Plan) -> tuple[tuple[Pair, ...], tuple[Visit, ...], tuple[Visit, ...]]:
    """Return visits of both plans in pairs, those only in the new plan, those only in the old one.

    A revision keeps the ids of its visits: they are matched by id first. Two year plans number their visits afresh.
    What is left of an enterprise is matched in order of time with the fewest weeks between partners.

    Parameters
    ----------
    old, new
        The plans.
    """
    before, after = _by_enterprise(old), _by_enterprise(new)
    by_id = any(int(p.manifest.get("revision", 1)) > 1 for p in (old, new))
    pairs: list[Pair] = []
    added: list[Visit] = []
    dropped: list[Visit] = []
    for name in sorted({*before, *after}):
        left, right = before[name], after[name]
        if by_id:
            same = {v.visit_id: v for v in right}
            pairs += [Pair(v, same[v.visit_id]) for v in left if v.visit_id in same]
            known = {v.visit_id for v in left} & same.keys()
            left, right = ([v for v in own if v.visit_id not in known] for own in (left, right))
        partners = nearest_in_order([week_number(v.week) for v in left], [week_number(v.week) for v in right])
        pairs += [Pair(left[i], right[j]) for i, j in partners]
        added += _others(right, (j for _, j in partners))
        dropped += _others(left, (i for i, _ in partners))
    pairs.sort(key=lambda p: (p.old.enterprise_id, *p.old.when))
    return tuple(pairs), tuple(added), tuple(dropped)


def _by_enterprise(plan: Plan) -> defaultdict[str, list[Visit]]:
    found: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in planned_visits(plan):
        found[visit.enterprise_id].append(visit)
    return found


def _others(visits: Sequence[Visit], taken: Iterable[int]) -> list[Visit]:
    chosen = set(taken)
    return [visit for k, visit in enumerate(visits) if k not in chosen]


def nearest_in_order(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int]]:
    """Return index pairs that match all of the shorter list, in order, with the least sum of differences.

    Parameters
    ----------
    left, right
        Numbers in ascending order.
    """
    if len(left) > len(right):
        return [(i, j) for j, i in nearest_in_order(right, left)]
    best: list[list[int]] = [[0] * (len(right) + 1)]
    far = 1 + sum(map(abs, left)) + sum(map(abs, right))
    for i, number in enumerate(left, 1):
        row = [far * len(left)] * (len(right) + 1)
        for j in range(i, len(right) + 1):
            row[j] = min(row[j - 1], best[i - 1][j - 1] + abs(number - right[j - 1]))
        best.append(row)
    pairs, j = [], len(right)
    for i in range(len(left), 0, -1):
        while j > i and best[i][j] == best[i][j - 1]:
            j -= 1
        pairs.append((i - 1, j - 1))
        j -= 1
    return pairs[::-1]
