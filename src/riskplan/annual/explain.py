"""What was left out and why: a last attempt to fit every missing visit, then the limit that blocks it (S10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from riskplan.annual.compile import YearModel
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.state import YearState
from riskplan.joint import Content
from riskplan.joint.lawful import Lawful
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


def finish(model: YearModel, state: YearState, law: Lawful, rules: Rulebook) -> Final:
    """Return the final visits: every missing one is tried in every week once more, worst tier first.

    Parameters
    ----------
    model, state
        Year and the best plan found; residual capacities are used up by insertions.
    law, rules
        Spacing and caps of each enterprise.
    """
    final = Final([_dated(model, state, i) for i in range(model.instance.size)])
    gaps = [(i, c) for i in range(model.instance.size) for c in _left_out(model, state, i)]
    open_gaps = []
    for i, content in sorted(gaps, key=lambda pair: int(model.instance.rank[pair[0]])):
        blocked = _Blocks(model, state, law, rules, final).of(i, content)
        week = int(np.argmax(~blocked.any(axis=0))) if len(blocked) else 0
        if len(blocked) and not blocked[:, week].any():
            _insert(model, state, final, i, (week, content), rules)
        else:
            open_gaps.append((i, content))
    for i, content in open_gaps:
        final.missing.append(_reason(model, _Blocks(model, state, law, rules, final), i, content, rules))
    return final


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


def loads(model: YearModel, content: Content, rules: Rulebook) -> tuple[Ints, Ints]:
    """Return officer-minutes and crews of a visit, shape (n_departments,) each."""
    minutes = np.zeros(len(model.capacity.departments), dtype=np.int64)
    crews = minutes.copy()
    for d in content.departments:
        k = model.capacity.departments.index(d)
        minutes[k] = rules.crew.officers_per_department * (content.minutes + rules.capacity.travel_allowance)
        crews[k] = 1
    return minutes, crews


def _insert(
    model: YearModel, state: YearState, final: Final, i: int, dated: tuple[int, Content], rules: Rulebook
) -> None:
    week, content = dated
    minutes, crews = loads(model, content, rules)
    state.use(i, week, minutes, crews)
    final.visits[i] = sorted([*final.visits[i], dated], key=lambda pair: pair[0])
    final.inserted.add(i)


class _Blocks:
    """Which limit blocks one more visit in which week; the same question that the audit asks by itself."""

    def __init__(
        self, model: YearModel, state: YearState, law: Lawful, rules: Rulebook, final: Final
    ) -> None:
        self.model, self.state, self.law, self.rules, self.final = model, state, law, rules, final

    def of(self, i: int, content: Content) -> Bools:
        """Return blocked weeks by limit, shape (n_limits, n_open_weeks_or_all); row order is ``names``."""
        return np.stack([mask for _, mask in self.by_limit(i, content)])

    def by_limit(self, i: int, content: Content) -> list[tuple[str, Bools]]:
        """Return (limit id, blocked weeks) pairs; the calendar comes first."""
        model, state, law = self.model, self.state, self.law
        e, t = model.merged[i].e, int(model.instance.township[i])
        minutes, crews = loads(model, content, self.rules)
        caps = model.instance.caps
        used = minutes[:, None]
        month = np.where(caps.week_in_month[None], state.month_minutes[:, :, None], FORBIDDEN).min(axis=1)
        year_full = state.township_year[t] <= 0
        town_week = self._township_id("week")
        town_year = self._township_id("year")
        return [
            (CALENDAR, ~law.open_weeks[e]),
            (law.spacing_id or "spacing", ~law.spaced_weeks[e] | self._near(i)),
            (law.cap_id or "cap", self._over(law.left[e] - self._year_counts(i, None))),
            (law.organ_cap_id or "organ", self._organ_over(i, content)),
            (MINUTES_WEEK, ((used > 0) & (used > state.week_minutes)).any(axis=0)),
            (MINUTES_MONTH, ((used > 0) & (used > month)).any(axis=0)),
            (CREWS_WEEK, ((crews[:, None] > 0) & (state.crew_visits <= 0)).any(axis=0)),
            (town_week, state.township_week[t] >= caps.township_week[t]),
            (town_year, (caps.week_in_year & year_full[:, None]).any(axis=0)),
        ]

    def _township_id(self, window: str) -> str:
        limits = self.rules.limits_of("cap", "township", window)
        return limits[0].id if limits else f"township-{window}"

    def _near(self, i: int) -> Bools:
        at = np.arange(len(self.model.weeks))
        gap = int(self.law.gap_weeks[self.model.merged[i].e])
        weeks = [w for w, _ in self.final.visits[i]]
        return np.array([any(abs(int(w) - other) < gap for other in weeks) for w in at])

    def _year_counts(self, i: int, department: str | None) -> Ints:
        counts = np.zeros(len(self.law.years), dtype=np.int64)
        for j in self._same_person(i):
            for week, content in self.final.visits[j]:
                if department is None or department in content.departments:
                    counts += self.law.week_in_year[:, week]
        return counts

    def _same_person(self, i: int) -> list[int]:
        return self.model.persons.get(i, [i])

    def _over(self, room: Ints) -> Bools:
        return np.asarray((self.law.week_in_year & (room <= 0)[:, None]).any(axis=0), dtype=bool)

    def _organ_over(self, i: int, content: Content) -> Bools:
        result = np.zeros(len(self.model.weeks), dtype=bool)
        for d in content.departments:
            result |= self._over(self.law.organ(self.model.merged[i].e, d) - self._year_counts(i, d))
        return result


def _reason(model: YearModel, blocks: _Blocks, i: int, content: Content, rules: Rulebook) -> Missing:
    pairs = blocks.by_limit(i, content)
    open_weeks = ~pairs[0][1]
    if not open_weeks.any():
        return Missing(i, content, CALENDAR, "")
    counts = [(int((mask & open_weeks).sum()), -k, name) for k, (name, mask) in enumerate(pairs[1:])]
    limit_id = max(counts)[2]
    keys = {MINUTES_WEEK, MINUTES_MONTH, CREWS_WEEK}
    if limit_id in keys:
        slack = blocks.state.week_minutes.sum(axis=1)
        scope = min(content.departments, key=lambda d: (int(slack[model.capacity.departments.index(d)]), d))
    elif limit_id in {row.id for row in rules.limits if row.scope == "township"}:
        scope = model.townships[int(model.instance.township[i])]
    else:
        scope = ""
    return Missing(i, content, limit_id, scope)
