"""Case, rulebook and joint visits into the plain arrays of an ``Instance``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from riskplan.annual.counting import Counting
from riskplan.annual.exposure import Domains, end_cost
from riskplan.annual.instance import FORBIDDEN, UNITS_PER_HAZARD_DAY, Caps, Counters, Instance, Schedules
from riskplan.annual.lateness import LateArcs, Span, Waits, late_rate
from riskplan.annual.stability import last_year_shift
from riskplan.annual.trips import cluster_trips, even_caps, model_clusters, township_trips
from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint import Content, JointPlan, Merged
from riskplan.joint.lawful import NO_CAP, Lawful
from riskplan.joint.rows import Key
from riskplan.joint.windows import Buckets
from riskplan.risk.seasons import BASE
from riskplan.rules.capacity import Capacity
from riskplan.rules.model import TIERS, Rulebook

Ints = npt.NDArray[np.int64]
WEDNESDAY = 2


@dataclass(frozen=True)
class YearModel:
    """Everything the year plan works on.

    Parameters
    ----------
    instance
        Plain arrays.
    merged, domains
        Enterprises with duties, in the order of the instance.
    tiers
        Tier of each of them.
    week_day
        shape (n_weeks,), the day that stands for a week (its Wednesday), from the horizon's first day.
    end
        First day after the horizon.
    weeks, capacity
        Calendar and capacity behind the arrays.
    townships
        Township codes by index.
    law
        When each enterprise may be visited, and the rows.
    counter_of
        Key of a counter that can run out -> where it begins in the instance.
    premises
        Enterprise of the case -> its place in the instance.
    waits, span
        What may be late at each of them, and when.
    shift
        shape (n, n_weeks), cost of a visit for lying away from last year's visits [units]; empty: none.
    """

    instance: Instance
    merged: tuple[Merged, ...]
    domains: tuple[Domains, ...]
    tiers: tuple[str, ...]
    week_day: Ints
    end: int
    weeks: Weeks
    capacity: Capacity
    townships: tuple[str, ...]
    law: Lawful
    counter_of: dict[Key, int]
    premises: dict[int, int]
    waits: tuple[Waits, ...]
    span: Span
    shift: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))

    def own_cost(self, i: int, weeks: Sequence[int], contents: Sequence[Content]) -> int:
        """Return the exact exposure of an enterprise's visits and what is late with them [units]."""
        return self.true_cost(i, weeks, contents) + self.span.cost(self.waits[i], weeks, contents)

    def true_cost(self, i: int, weeks: Sequence[int], contents: Sequence[Content]) -> int:
        """Return the exact exposure of an enterprise's visits [units]."""
        days = [int(self.week_day[w]) for w in weeks]
        return self.domains[i].cost(days, [self.domains[i].carried(c.items) for c in contents], self.end)


def compile_year(
    case: Case,
    rules: Rulebook,
    joint: JointPlan,
    domains: Sequence[Domains],
    tiers: Sequence[str],
    capacity: Capacity,
) -> YearModel:
    """Return the year as arrays.

    Parameters
    ----------
    case, rules
        Townships, caps, objective.
    joint
        Schedules of joint visits and lawful weeks.
    domains
        Domains of each merged enterprise.
    tiers
        Tier of every enterprise of the case.
    capacity
        Officer time of the departments.
    """
    law = joint.lawful
    townships = tuple(case["townships"]["township_code"])
    index = {code: t for t, code in enumerate(townships)}
    own = tuple(tiers[m.e] for m in joint.merged)
    codes = case.enterprises["township_code"]
    counting = Counting(law, joint.merged)
    clusters = model_clusters(case, rules, joint)
    monday = (law.weeks.monday - np.datetime64(case.first_day)).astype(np.int64)
    model = YearModel(
        instance=Instance(
            groups=(),
            township=np.array([index[codes.iat[m.e]] for m in joint.merged], dtype=np.int64),
            rank=np.array([TIERS.index(t) for t in own], dtype=np.int64),
            caps=_caps(case, rules, joint, capacity),
            cluster=clusters,
        ),
        merged=joint.merged,
        domains=tuple(domains),
        tiers=own,
        week_day=monday + WEDNESDAY,
        end=len(case.days.dates),
        weeks=law.weeks,
        capacity=capacity,
        townships=townships,
        law=law,
        counter_of=counting.start,
        premises={m.e: i for i, m in enumerate(joint.merged)},
        waits=tuple(Waits(late_rate(rules, t), d.waits) for t, d in zip(own, domains, strict=True)),
        span=Span(monday, len(case.days.dates) - 1),
        shift=last_year_shift(case, rules, joint),
    )
    return replace(model, instance=_with_schedules(model, counting, rules))


def _with_schedules(model: YearModel, counting: Counting, rules: Rulebook) -> Instance:
    """Return the instance with its schedules by length, and what their visits take of the counters."""
    merged = model.merged
    lengths = sorted({len(s) for m in merged for s in m.schedules} | {0})
    rows = [_rows_of(length, merged) for length in lengths]
    both = counting, LateArcs(model.span)
    made = [_group(own, length, model, both, rules) for length, own in zip(lengths, rows, strict=True)]
    groups = tuple(replace(g, clashes=counting.all_clashes(), late_arcs=both[1].table()) for g in made)
    uses = tuple(
        tuple(tuple(counting.uses(i, c) for c in schedule) for i, _, schedule in own) for own in rows
    )
    counters = Counters(counting.left, uses)
    instance = replace(model.instance, groups=groups, counters=counters)
    return replace(instance, caps=even_caps(instance, model.capacity, model.weeks, rules))


Row = tuple[int, int, tuple[Content, ...]]


def _rows_of(length: int, merged: Sequence[Merged]) -> list[Row]:
    """Return (enterprise, number, visits) of all schedules of a length."""
    return [
        (i, s, schedule)
        for i, m in enumerate(merged)
        for s, schedule in enumerate(m.schedules)
        if len(schedule) == length
    ]


def _group(
    rows: list[Row], length: int, model: YearModel, both: tuple[Counting, LateArcs], rules: Rulebook
) -> Schedules:
    counting, arcs = both
    weeks, count = len(model.weeks), len(rows)
    node = np.zeros((count, length, weeks), dtype=np.int64)
    quadratic = np.zeros((count, max(length - 1, 0)), dtype=np.int64)
    linear, seasonal, constant = quadratic.copy(), quadratic.copy(), np.zeros(count, dtype=np.int64)
    clash, late = np.full(quadratic.shape, -1, dtype=np.int64), np.zeros_like(quadratic)
    minutes = np.zeros((count, length, len(model.capacity.pools)), dtype=np.int64)
    crews = np.zeros((count, length, len(model.capacity.departments)), dtype=np.int64)
    gap = np.zeros(count, dtype=np.int64)
    for r, (i, s, schedule) in enumerate(rows):
        m = model.merged[i]
        constant[r] = m.left_out[s] * round(rules.objective.unplanned[model.tiers[i]] * UNITS_PER_HAZARD_DAY)
        constant[r] += _exposure_rows(model, i, schedule, (node[r], quadratic[r], linear[r], seasonal[r]))
        constant[r] += arcs.add(model.waits[i], schedule, node[r], late[r])
        gap[r] = 0 if s in m.same_week else max(1, int(model.law.gap_weeks[m.e]))
        if model.shift.size:
            node[r] += model.shift[i]
        node[r][~counting.weeks(i, schedule, int(gap[r]))] = FORBIDDEN
        for j, (earlier, later) in enumerate(pairwise(schedule)):
            clash[r, j] = counting.clash(i, earlier, later)
        for j, content in enumerate(schedule):
            minutes[r, j], crews[r, j] = loads(model.capacity, content, rules)
    return Schedules(
        owner=np.array([i for i, _, _ in rows], dtype=np.int64),
        number=np.array([s for _, s, _ in rows], dtype=np.int64),
        node=node,
        quadratic=quadratic,
        linear=linear,
        constant=constant,
        minutes=minutes,
        crews=crews,
        gap=gap,
        left_out=np.array([model.merged[i].left_out[s] for i, s, _ in rows], dtype=np.int64),
        clash=clash,
        clashes=np.zeros((0, weeks, weeks), dtype=bool),
        late=late,
        **_seasons(model, rows, seasonal),
    )


def _seasons(model: YearModel, rows: list[Row], seasonal: Ints) -> dict[str, Ints]:
    """Return the curves between weeks and who has which; nothing where no sector of a plan has a season."""
    known = list({id(d.curve): d.curve for d in model.domains if d.curve is not None}.values())
    if not known:
        return {}
    place = {id(curve): n for n, curve in enumerate(known)}
    day = model.week_day
    later = np.maximum(day[None, :], day[:, None])
    return {
        "seasonal": seasonal,
        "season": np.array([place.get(id(model.domains[i].curve), 0) for i, _, _ in rows], dtype=np.int64),
        "curves": np.stack([curve.gap(np.broadcast_to(day[:, None], later.shape), later) for curve in known]),
    }


def _exposure_rows(
    model: YearModel, i: int, schedule: tuple[Content, ...], rows: tuple[Ints, Ints, Ints, Ints]
) -> int:
    """Add each domain's exposure to node, quadratic, linear and seasonal costs; return the constant part.

    A domain that returns after skipping visits is relaxed by its tangent at tau: ``g^2 >= 2 tau g - tau^2``, with a
    season at its least factor.
    """
    node, quadratic, linear, seasonal = rows
    domains, day, end = model.domains[i], model.week_day, model.end
    carried = [domains.carried(c.items) for c in schedule]
    constant = 0
    for k, (q, last, tau) in enumerate(zip(domains.q, domains.last, domains.tau, strict=True)):
        own = [j for j, have in enumerate(carried) if k in have]
        if not own:
            constant += end_cost(q, tau, end - last)
            continue
        node[own[0]] += domains.gap_cost(k, last, day)
        age = end - day
        node[own[-1]] += np.where(age <= tau, 2 * q * tau * age, q * (age * age + tau * tau))
        curve, least = domains.curve, q
        if curve is not None:
            least = q // BASE * curve.least
        for j, later in pairwise(own):
            if later != j + 1:
                linear[j:later] += 2 * least * tau
                constant -= least * tau * tau
            elif curve is None:
                quadratic[j] += q
            else:
                seasonal[j] += q // BASE
    return constant


def loads(capacity: Capacity, content: Content, rules: Rulebook) -> tuple[Ints, Ints]:
    """Return officer-minutes by pool and crews by department of a visit, shapes (n_pools,) and (n_departments,).

    Parameters
    ----------
    capacity
        Pools: the lead charges its own, others their joint one where they have it.
    content
        The visit.
    rules
        Officers of a department, travel allowance.
    """
    minutes = np.zeros(len(capacity.pools), dtype=np.int64)
    crews = np.zeros(len(capacity.departments), dtype=np.int64)
    time = rules.crew.officers_per_department * (content.minutes + rules.capacity.travel_allowance)
    for d in content.departments:
        pool = capacity.pool_of(d, d == content.lead)
        minutes[pool] = time
        crews[capacity.pool_department[pool]] = 1
    return minutes, crews


def _caps(case: Case, rules: Rulebook, joint: JointPlan, capacity: Capacity) -> Caps:
    law = joint.lawful
    weeks = law.weeks
    years = Buckets(weeks, "year").surely(weeks.is_workday)
    codes = tuple(case["townships"]["township_code"])
    return Caps(
        week_minutes=capacity.week_minutes,
        crew_visits=capacity.crew_visits,
        month_minutes=capacity.month_minutes,
        week_in_month=capacity.week_in_month,
        township_week=_township_cap(law, "week", codes, len(weeks)),
        township_year=_township_cap(law, "year", codes, len(years)),
        week_in_year=years,
        trip=township_trips(case, rules),
        **cluster_trips(case, rules, joint),
    )


def _township_cap(law: Lawful, window: str, codes: tuple[str, ...], width: int) -> Ints:
    """Return what the rows about all premises leave to each township, shape (n_townships, width)."""
    result = np.full((len(codes), width), NO_CAP, dtype=np.int64)
    for r, limit in enumerate(law.rows.limits):
        if (limit.scope, limit.window) != ("township", window) or not law.rows.counts_all(r):
            continue
        for t, code in enumerate(codes):
            if law.rows.amount((r, -1, code)) is not None:
                _, left = law.rows.counter((r, -1, code))
                result[t] = np.minimum(result[t], np.maximum(0, left))
    return result
