"""What was left out and why: a last attempt to fit every missing visit, then the limit that blocks it (S10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from riskplan.annual.compile import YearModel, loads
from riskplan.annual.instance import FORBIDDEN, Use
from riskplan.annual.state import YearState
from riskplan.joint import Content
from riskplan.joint.content import in_window
from riskplan.joint.lawful import Share
from riskplan.joint.rows import Key
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MINUTES_WEEK = "department-week-minutes"
MINUTES_MONTH = "department-month-minutes"
CREWS_WEEK = "department-week-crews"
CALENDAR = "calendar"


@dataclass(frozen=True)
class Missing:
    """A visit that is owed and not planned, with the limit that blocks it in most weeks."""

    i: int
    content: Content
    limit_id: str
    scope_key: str


@dataclass
class Final:
    """The plan as dated contents: for each enterprise its (week, content) pairs in order, and what is missing."""

    visits: list[list[tuple[int, Content]]]
    missing: list[Missing] = field(default_factory=list)
    inserted: set[int] = field(default_factory=set)


def finish(model: YearModel, state: YearState, rules: Rulebook) -> Final:
    """Return the final visits: every missing one is tried in every week once more, worst tier first.

    Parameters
    ----------
    model, state
        Year and the best plan found; residual capacities are used up by insertions.
    rules
        Officers of a department, travel allowance.
    """
    final = Final([_dated(model, state, i) for i in range(model.instance.size)])
    gaps = [(i, c) for i in range(model.instance.size) for c in _left_out(model, state, i)]
    blocks = Blocks(model, state, rules, final)
    open_gaps = []
    for i, content in sorted(gaps, key=lambda pair: int(model.instance.rank[pair[0]])):
        free = blocks.free(i, content)
        if free.any():
            blocks.insert(i, int(np.argmax(free)), content)
        else:
            open_gaps += _parts_left(blocks, i, content)
    final.missing += [reason_of(blocks, i, content) for i, content in open_gaps]
    return final


def _parts_left(blocks: Blocks, i: int, content: Content) -> list[tuple[int, Content]]:
    """Try the parts of a visit with a window one by one; return what still has no week.

    What only counts in the window is also tried outside it where it is owed without a window too and that is left out.
    """
    if not content.parts:
        return [(i, content)]
    left: list[tuple[int, Content]] = []
    for part in content.parts:
        anywhere = replace(part, weeks=0)
        owed = any(set(part.items) & set(other.items) for _, other in left)
        for one in (part, anywhere) if owed else (part,):
            free = blocks.free(i, one)
            if free.any():
                blocks.insert(i, int(np.argmax(free)), one)
                break
        else:
            left.append((i, part))
    return left


def _dated(model: YearModel, state: YearState, i: int) -> list[tuple[int, Content]]:
    placed = state.placed[i]
    if placed is None:
        return []
    number = int(model.instance.groups[placed.group].number[placed.row])
    return list(zip(placed.weeks, model.merged[i].schedules[number], strict=True))


def _left_out(model: YearModel, state: YearState, i: int) -> list[Content]:
    merged, placed = model.merged[i], state.placed[i]
    number = (
        int(model.instance.groups[placed.group].number[placed.row])
        if placed is not None
        else len(merged.schedules) - 1
    )
    if not merged.left_out[number]:
        return []
    here = Counter(merged.schedules[number])
    return list((Counter(merged.schedules[0]) - here).elements())


class Blocks:
    """Which limit blocks one more visit in which week; the same question that the audit asks by itself."""

    def __init__(self, model: YearModel, state: YearState, rules: Rulebook, final: Final) -> None:
        self.model, self.state, self.rules, self.final = model, state, rules, final

    def insert(self, i: int, week: int, content: Content) -> None:
        """Add a visit to the final plan."""
        self.charge(i, week, content)
        self.final.visits[i] = sorted([*self.final.visits[i], (week, content)], key=lambda pair: pair[0])
        self.final.inserted.add(i)

    def take_out(self, i: int, week: int, content: Content) -> None:
        """Take a visit out of the final plan."""
        self.charge(i, week, content, -1)
        own = list(self.final.visits[i])
        own.remove((week, content))
        self.final.visits[i] = own
        self.final.inserted.add(i)

    def charge(self, i: int, week: int, content: Content, sign: int = 1) -> None:
        """Charge (sign 1) or give back (-1) what a visit takes."""
        minutes, crews = loads(self.model.capacity, content, self.rules)
        start = self.model.counter_of
        shares = self.model.law.shares(self.model.merged[i].e, content.departments)
        uses = tuple(Use.of(start[u.key], s.weight, s.touch) for u, s in shares if u.key in start)
        self.state.use(i, week, (minutes, crews, uses), sign)

    def free(self, i: int, content: Content) -> Bools:
        """Return the weeks in which one more visit breaks nothing, shape (n_weeks,)."""
        return ~np.logical_or.reduce([mask for _, _, mask in self.by_limit(i, content)])

    def by_limit(self, i: int, content: Content) -> list[tuple[str, str, Bools]]:
        """Return (limit id, scope key, blocked weeks) of everything that may block; the calendar comes first."""
        law, e = self.model.law, self.model.merged[i].e
        fits = law.open_weeks(e, content.departments) & in_window(content, len(law.weeks))
        result = [(CALENDAR, "", ~fits)]
        result += self._rows(e, content)
        return [*result, *self._capacity(content)]

    def _rows(self, e: int, content: Content) -> Iterator[tuple[str, str, Bools]]:
        """Return the weeks that each counter of the rulebook's rows blocks."""
        for key, share in self.counted(e, content):
            yield self.model.law.rows.limits[key[0]].id, key[2], share.blocked()

    def counted(self, e: int, content: Content) -> Iterator[tuple[Key, Share]]:
        """Return every counter that a visit takes from, with what the final plan leaves of it."""
        rows = self.model.law.rows
        for use, share in self.model.law.shares(e, content.departments):
            if rows.private(use.key):
                yield use.key, Share(self.after(e, use.key, share.room), share.touch, share.weight)
            elif (start := self.model.counter_of.get(use.key)) is not None:
                left = self.state.left[start : start + len(share.room)]
                yield use.key, Share(left, share.touch, share.weight)

    def after(self, e: int, key: Key, room: Ints) -> Ints:
        """Return what the final visits of a legal person leave of one of its counters."""
        law, left = self.model.law, room.copy()
        for g in law.rows.people[e]:
            i = self.model.premises.get(g)
            for week, content in self.final.visits[i] if i is not None else ():
                for use, share in law.shares(g, content.departments):
                    if use.key == key:
                        left[share.touch[:, week]] -= use.weight
        return left

    def _capacity(self, content: Content) -> list[tuple[str, str, Bools]]:
        """Return the weeks in which a pool or the crews of a department do not suffice."""
        model, state = self.model, self.state
        minutes, crews = loads(model.capacity, content, self.rules)
        inside = model.instance.caps.week_in_month
        result = []
        for k in np.flatnonzero(minutes).tolist():
            pool = model.capacity.pools[k]
            month = np.where(inside[k], state.month_minutes[k, :, None], FORBIDDEN).min(axis=0)
            result.append((MINUTES_WEEK, pool, minutes[k] > state.week_minutes[k]))
            result.append((MINUTES_MONTH, pool, minutes[k] > month))
        names, present = model.capacity.departments, np.flatnonzero(crews).tolist()
        result += [(CREWS_WEEK, names[k], state.crew_visits[k] <= 0) for k in present]
        return result


def reason_of(blocks: Blocks, i: int, content: Content) -> Missing:
    """Return a missing visit with the limit that blocks most open weeks; if equal, rows before capacity, then by id."""
    found = blocks.by_limit(i, content)
    open_weeks = ~found[0][2]
    if not open_weeks.any():
        return Missing(i, content, CALENDAR, "")
    by_limit: dict[str, Bools] = {}
    for limit_id, _, mask in found[1:]:
        by_limit[limit_id] = by_limit.get(limit_id, np.zeros(len(mask), dtype=bool)) | (mask & open_weeks)
    names = sorted(by_limit, key=lambda name: (name in {MINUTES_WEEK, MINUTES_MONTH, CREWS_WEEK}, name))
    limit_id = max(names, key=lambda name: int(by_limit[name].sum()))
    scopes = [(-int((mask & open_weeks).sum()), scope) for name, scope, mask in found[1:] if name == limit_id]
    return Missing(i, content, limit_id, min(scopes)[1])
