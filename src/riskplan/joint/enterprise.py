"""One enterprise after the other: what its limits leave, its fewest joint visits, the schedules that go to the year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import pandas as pd

from riskplan.case.tables import Case
from riskplan.joint.blocks import Blocks, Catalogue, Duty, Owed, bits_of, blocks_of, read_duties
from riskplan.joint.budget import Budget, gate_width
from riskplan.joint.calls import MORE_CALLS, Calls, joint_calls
from riskplan.joint.content import Content, Desk, Lead, most_frequent_first
from riskplan.joint.fewest import least_calls, organ_calls
from riskplan.joint.gates import Gate
from riskplan.joint.lawful import CALENDAR, Bools, Lawful, lawful_weeks
from riskplan.joint.orders import Year
from riskplan.joint.possible import interval_clashes, one_call_less, possible_duties
from riskplan.joint.register import Clash, Register
from riskplan.joint.schedules import MAX_ORDERS, MAX_SCHEDULES, reductions
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import Rulebook


@dataclass(frozen=True)
class Merged:
    """One enterprise with duties.

    Parameters
    ----------
    e
        Index into ``case.enterprises``.
    owed
        Item -> visits owed (what the enterprise can take at most, conflicts taken off).
    calls, bound
        Joint visits of the full schedules, and the proven lower bound.
    reason
        Why it is not fewer (``riskplan.joint.calls``), and the department where it is one.
    stand_alone
        Department -> calls when it comes alone.
    minutes_alone
        Department -> its item minutes over these calls.
    schedules
        Ordered visits; the first ones carry everything, later ones leave visits out.
    left_out
        For each schedule the number of visits that it leaves out.
    proven
        True where officer-minutes and even load are proven least too.
    undone
        Items owed that limits forbid altogether.
    alike
        False where caps left no room for visits of similar duration only.
    same_week
        Schedules of a finished plan that have two visits in one week; none before.
    """

    e: int
    owed: Mapping[str, int]
    calls: int
    bound: int
    reason: tuple[str, str]
    stand_alone: Mapping[str, int]
    minutes_alone: Mapping[str, int]
    schedules: tuple[tuple[Content, ...], ...]
    left_out: tuple[int, ...]
    proven: bool = True
    undone: tuple[str, ...] = ()
    alike: bool = True
    same_week: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Kind:
    """What enterprises with the same duties share."""

    duties: tuple[Duty, ...]
    blocks: Blocks
    order: tuple[str, ...]
    alone: dict[str, int]
    work: dict[str, int]


Answer = tuple[Kind, list[Clash], Calls | None]
"""What of the duties can be done, what cannot, and the visits; None where nothing can."""


@dataclass(eq=False)
class Merger:
    """Everything that merging one enterprise needs, with what was computed before.

    Parameters
    ----------
    case, rules
        The world and the law.
    lawful
        When each enterprise may be visited.
    catalogue, owed
        Items, and who owes what.
    alone
        True: every department by itself.
    """

    case: Case
    rules: Rulebook
    lawful: Lawful
    catalogue: Catalogue
    owed: Owed
    tiers: list[str]
    alone: bool = False
    _kinds: dict[bytes, Kind] = field(default_factory=dict)
    _reduced: dict[tuple[Duty, ...], Kind] = field(default_factory=dict)
    _seen: dict[int, tuple[int, Bools]] = field(default_factory=dict)
    _calls: dict[tuple[object, ...], Calls | None] = field(default_factory=dict)
    _answers: dict[tuple[object, ...], Answer] = field(default_factory=dict)
    _solved: dict[tuple[Gate, Year, int], Calls | None] = field(default_factory=dict)
    _made: dict[tuple[object, ...], Merged] = field(default_factory=dict)

    @classmethod
    def of(
        cls, case: Case, rules: Rulebook, tiers: list[str], duties: pd.DataFrame, *, alone: bool = False
    ) -> Merger:
        """Return a merger for a case."""
        lawful, catalogue = lawful_weeks(case, rules, tiers), Catalogue.of(case, rules)
        owed = read_duties(case, duties, catalogue, lawful.weeks)
        return cls(case, rules, lawful, catalogue, owed, tiers, alone)

    def owed_place(self) -> dict[int, int]:
        """Return enterprise -> its place among those that owe anything."""
        return {e: k for k, e in enumerate(self.owed.enterprise.tolist())}

    @cached_property
    def register(self) -> Register:
        """The conflict register."""
        return Register(self.rules, self.catalogue)

    @cached_property
    def budget(self) -> Budget:
        """What counters of legal persons still allow."""
        return Budget(self.lawful)

    @cached_property
    def desk(self) -> Desk:
        """Makes visits."""
        return Desk(self.catalogue, self.rules.day.setup, (1 << len(self.lawful.weeks)) - 1)

    @cached_property
    def idle(self) -> frozenset[str]:
        """Departments without a crew in any week."""
        capacity = capacity_of(self.case, self.rules)
        return frozenset(d for k, d in enumerate(capacity.departments) if not capacity.crew_visits[k].any())

    @cached_property
    def _frame(self) -> dict[str, list[str]]:
        names = ("enterprise_id", "size", "competent_department", "sector")
        return {name: self.case.enterprises[name].tolist() for name in names}

    @cached_property
    def _widths(self) -> dict[str, int]:
        sizes = dict.fromkeys(self._frame["size"])
        return {size: 1 if self.alone else gate_width(size, self.rules) for size in sizes}

    def _kind_of(self, duties: tuple[Duty, ...]) -> Kind:
        blocks = blocks_of(duties, self.catalogue)
        calls = organ_calls(self._gate(blocks, 1))
        alone = {d: calls[k] for k, d in enumerate(blocks.organs)}
        work = dict.fromkeys(alone, 0)
        for duty in duties:
            work[self.catalogue.departments[duty.item]] += duty.visits * self.catalogue.minutes[duty.item]
        order = tuple(most_frequent_first(duties, self.catalogue))
        return Kind(duties, blocks, order, alone, work)

    def _gate(self, blocks: Blocks, width: int) -> Gate:
        crew, capacity = self.rules.crew, self.rules.capacity
        similar = Fraction(str(self.rules.joint.similar_duration)).as_integer_ratio()
        return Gate(
            blocks.blocks,
            width,
            crew.officers_per_department,
            self.rules.day.setup + capacity.travel_allowance,
            blocks.apart,
            similar if similar[0] else (0, 1),
        )

    def kind_of(self, duties: tuple[Duty, ...]) -> Kind:
        """Return what enterprises with some duties share."""
        if duties not in self._reduced:
            self._reduced[duties] = self._kind_of(duties)
        return self._reduced[duties]

    def merge_one(self, e: int, place: int) -> Merged | None:
        """Return an enterprise's joint visits, None where nothing that it owes can be done; conflicts go to the register.

        Parameters
        ----------
        e
            Index of the enterprise.
        place
            Its place in ``owed``.
        """
        _, key = self.owed.of(place)
        if key not in self._kinds:
            self._kinds[key] = self.kind_of(tuple(self.owed.duties(key)))
        whole = self._kinds[key]
        kind, clashes, found = self._answer(e, whole)
        if clashes:
            self.register.add(self._frame["enterprise_id"][e], self.tiers[e], clashes)
        if found is None:
            return None
        self.budget.spend(e, kind.alone, found.calls)
        return self._merged(e, whole, kind, found)

    def _answer(self, e: int, whole: Kind) -> Answer:
        """Return what can be done of an enterprise's duties; enterprises that are alike in everything share it."""
        alike = self.lawful.alike(e, tuple(whole.alone)) if self.budget.alone(e) else None
        if alike is None:
            return self._work_out(e, whole)
        key = (id(whole), self.width(e), *alike)
        if key not in self._answers:
            self._answers[key] = self._work_out(e, whole)
        return self._answers[key]

    def _work_out(self, e: int, whole: Kind) -> Answer:
        kind, clashes = possible_duties(self, e, whole)
        found = self._least(e, kind)
        while found is None and kind.duties:
            kind, fewer = one_call_less(self, e, kind)
            clashes, found = [*clashes, *fewer], self._least(e, kind)
        if found is not None and found.lacking:
            clashes = [*clashes, *interval_clashes(kind.blocks, found, self.year(e), self._spacings(e))]
        return kind, clashes, found

    def width(self, e: int) -> int:
        """Return the most departments at the enterprise's gate."""
        return self._widths[self._frame["size"][e]]

    def year(self, e: int) -> Year:
        """Return when the enterprise may be visited, whoever comes."""
        open_weeks = self.lawful.open_weeks(e, ())
        return Year(self._bits(open_weeks), max(1, int(self.lawful.gap_weeks[e])), len(self.lawful.weeks))

    def _bits(self, weeks: Bools) -> int:
        key = id(weeks)
        if key not in self._seen:
            self._seen[key] = (bits_of(weeks), weeks)
        return self._seen[key][0]

    def _least(self, e: int, kind: Kind) -> Calls | None:
        if not kind.duties:
            return None
        width, year, every = self.width(e), self.year(e), sum(kind.alone.values())
        rest = self._days_and_pairs(e, kind.blocks) if self._special else ()
        few = min(every, least_calls(list(kind.alone.values()), width) + MORE_CALLS)
        found: Calls | None = None
        left = self.budget.visits_left(e, kind.alone)
        for need in dict.fromkeys((few, every)):
            most = min(left, self.lawful.room(e, tuple(kind.alone), need))
            key = (id(kind), width, year, most, rest)
            if key not in self._calls:
                blocks = _with_days_and_pairs(kind.blocks, *rest) if rest else kind.blocks
                self._calls[key] = self._solve(self._gate(blocks, width), year, most)
            found = self._calls[key]
            if found is not None or most < need:
                break
        return found

    def _solve(self, gate: Gate, year: Year, most: int) -> Calls | None:
        """Return the least calls; enterprises whose numbers are alike share them, whatever the items are."""
        items = [item for block in gate.blocks for item, _ in block.work]
        if len(set(items)) == len(items):
            blocks = tuple(
                replace(b, work=((k, sum(m for _, m in b.work)),)) for k, b in enumerate(gate.blocks)
            )
            gate = replace(gate, blocks=blocks)
        key = (gate, year, most)
        if key not in self._solved:
            least = max(b.calls for b in gate.blocks)
            wanted = max(1, min(MAX_ORDERS, MAX_SCHEDULES - least))
            self._solved[key] = joint_calls(gate, year, most, wanted)
        return self._solved[key]

    @cached_property
    def _special(self) -> bool:
        """True where some departments have fewer days than others, or may not come together."""
        return bool(self.lawful.days.bound) or self.budget.systems

    def _days_and_pairs(self, e: int, blocks: Blocks) -> tuple[tuple[int, ...], frozenset[tuple[int, int]]]:
        """Return the weeks in which each organ has days, and the organs that can never come together."""
        weeks = tuple(self._bits(self.lawful.open_weeks(e, (d,))) for d in blocks.organs)
        never = frozenset(
            (a, b)
            for a in range(len(weeks))
            for b in range(a)
            if not self.lawful.allowed(e, tuple(sorted((blocks.organs[a], blocks.organs[b])))).any()
        )
        return weeks, never

    def _spacings(self, e: int) -> tuple[str, ...]:
        rows = self.lawful.rows
        return tuple(rows.limits[r].id for r in rows.spacings(e)) or (CALENDAR,)

    def _merged(self, e: int, whole: Kind, kind: Kind, found: Calls) -> Merged:
        sector = self._frame["sector"][e]
        lead = Lead(self._frame["competent_department"][e], (self.rules.lead_by_sector or {}).get(sector, ""))
        key = (id(whole), id(kind), id(found), lead)
        if key not in self._made:
            self._made[key] = self._make(lead, whole, kind, found)
        made = self._made[key]
        return self._split(e, made, lead, whole) if self._special else replace(made, e=e)

    def _make(self, lead: Lead, whole: Kind, kind: Kind, found: Calls) -> Merged:
        full = [
            tuple(self.desk.content(kind.blocks, visit, lead, whole.order) for visit in order)
            for order in found.orders
        ]
        schedules, left_out = with_reductions(list(dict.fromkeys(full)))
        catalogue = self.catalogue
        owed: dict[str, int] = {}
        for duty in kind.duties:
            owed[catalogue.ids[duty.item]] = max(duty.visits, owed.get(catalogue.ids[duty.item], 0))
        organ = kind.blocks.organs[found.organ] if found.organ >= 0 else ""
        return Merged(
            -1,
            owed,
            found.calls,
            found.bound,
            (found.reason, organ),
            kind.alone,
            kind.work,
            schedules,
            left_out,
            proven=found.proven,
            undone=tuple(sorted({catalogue.ids[d.item] for d in whole.duties} - set(owed))),
            alike=found.alike,
        )

    def _split(self, e: int, made: Merged, lead: Lead, whole: Kind) -> Merged:
        """Return the visits with those parted whose departments can only come one by one (more than two of a system)."""
        full = [
            tuple(part for content in order for part in self._parts(e, content, lead, whole))
            for order, left in zip(made.schedules, made.left_out, strict=True)
            if not left
        ]
        calls = min(len(order) for order in full)
        if calls == made.calls:
            return replace(made, e=e)
        schedules, left_out = with_reductions([order for order in full if len(order) == calls])
        return replace(made, e=e, calls=calls, schedules=schedules, left_out=left_out, proven=False)

    def _parts(self, e: int, content: Content, lead: Lead, whole: Kind) -> list[Content]:
        parts = self.lawful.visit_parts(e, content.departments)
        if len(parts) == 1:
            return [content]
        places = [self.catalogue.place[item] for item in content.items]
        weeks = content.weeks or self.desk.every_week
        return [
            self.desk.of_items(
                [i for i in places if self.catalogue.departments[i] in part], lead, whole.order, weeks
            )
            for part in parts
        ]


def _with_days_and_pairs(blocks: Blocks, weeks: tuple[int, ...], never: frozenset[tuple[int, int]]) -> Blocks:
    own = tuple(replace(b, weeks=b.weeks & weeks[b.organ]) for b in blocks.blocks)
    pairs = never | {(b, a) for a, b in never}
    apart = [
        mask | sum(1 << k for k, other in enumerate(own) if (b.organ, other.organ) in pairs)
        for b, mask in zip(own, blocks.apart, strict=True)
    ]
    return replace(blocks, blocks=own, apart=tuple(apart))


def with_reductions(
    full: list[tuple[Content, ...]],
) -> tuple[tuple[tuple[Content, ...], ...], tuple[int, ...]]:
    """Return schedules for the year, and how many visits each leaves out.

    Parameters
    ----------
    full
        Orders that carry everything, the best first.
    """
    calls = len(full[0])
    reduced = [tuple(full[0][v] for v in stay) for stay in reductions([c.items for c in full[0]])]
    schedules = (*(*full, *reduced[:-1])[: MAX_SCHEDULES - 1], reduced[-1])
    return schedules, tuple(calls - len(s) for s in schedules)
