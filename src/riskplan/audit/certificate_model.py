"""The year that a certificate is about, rebuilt from case, rules and scores: schedules, limits, weeks, tours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from riskplan.audit.capacity import MINUTES, charge
from riskplan.audit.certificate_costs import UNITS, Costs
from riskplan.audit.certificate_file import Certificate
from riskplan.audit.certificate_late import Late, LatePart
from riskplan.audit.certificate_prices import Listed, Tours
from riskplan.audit.dates import week_label
from riskplan.audit.formula import Formula
from riskplan.audit.reading import Reading
from riskplan.audit.visits import rightful_lead
from riskplan.audit.world import World
from riskplan.rules.model import PLANNED_KIND

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NO_CAP = 1 << 40
DAYS_OF_SAFETY = 6


@dataclass(frozen=True)
class Rebuilt:
    """The audit's own year.

    Parameters
    ----------
    world, file
        The world, and the certificate, whose schedules are taken as listed.
    """

    world: World
    file: Certificate

    @cached_property
    def costs(self) -> Costs:
        """Costs of the listed enterprises."""
        return Costs(self.world, self.file)

    @cached_property
    def late(self) -> Late:
        """What waiting beyond longest intervals costs."""
        return Late(self.costs)

    @cached_property
    def formula(self) -> Formula:
        """The legal formula."""
        return Formula(self.world)

    @cached_property
    def departments(self) -> tuple[tuple[str, ...], ...]:
        """Departments of each listed visit, from its items."""
        known = {own: self.world.clock.departments(own) for own in set(self.file.items)}
        return tuple(known[own] for own in self.file.items)

    @cached_property
    def leads(self) -> Ints:
        """Who leads each listed visit by S8, as a place among the departments."""
        organs = {name: k for k, name in enumerate(self.file.names("departments"))}
        known: dict[tuple[int, tuple[str, ...]], int] = {}
        for i, own in zip(self.file.owner_of_visit.tolist(), self.departments, strict=True):
            if (i, own) not in known:
                known[i, own] = organs[rightful_lead(self.world, self.costs.at[i], own)]
        pairs = zip(self.file.owner_of_visit.tolist(), self.departments, strict=True)
        return np.array([known[pair] for pair in pairs], dtype=np.int64)

    @cached_property
    def service(self) -> Ints:
        """Minutes on site of each listed visit, by S8."""
        known = {own: self.world.clock.minutes(own) for own in set(self.file.items)}
        return np.array([known[own] for own in self.file.items], dtype=np.int64)

    @cached_property
    def use(self) -> tuple[Ints, Ints]:
        """Officer-minutes by pool and crews by department of each listed visit."""
        pools = {name: k for k, name in enumerate(self.file.names("pools"))}
        organs = {name: k for k, name in enumerate(self.file.names("departments"))}
        names = (*organs, "")
        minutes = np.zeros((len(self.departments), len(pools)), dtype=np.int64)
        crews = np.zeros((len(self.departments), len(organs)), dtype=np.int64)
        leads, service = self.file["visit_lead"].tolist(), self.service.tolist()
        for v, own in enumerate(self.departments):
            taken = charge(self.world, service[v], MINUTES)
            for d in own:
                minutes[v, pools[self.formula.pool_of(d, names[leads[v]])]] = taken
                crews[v, organs[d]] = 1
        return minutes, crews

    def _table(self, names: Iterable[str], labels: Iterable[str], known: dict[tuple[str, str], int]) -> Ints:
        columns = tuple(labels)
        rows = [[known.get((name, label), 0) for label in columns] for name in names]
        return np.array(rows, dtype=np.int64).reshape(-1, len(columns))

    @cached_property
    def limits(self) -> tuple[Ints, Ints, Ints]:
        """Officer-minutes by pool and week, and by pool and month; crew-visits by department and week."""
        pools, weeks = self.file.names("pools"), self.file.names("weeks")
        return (
            self._table(pools, weeks, self.formula.minutes("week")),
            self._table(pools, self.file.names("months"), self.formula.minutes("month")),
            self._table(self.file.names("departments"), weeks, self.formula.crews()),
        )

    @cached_property
    def months_of_week(self) -> Bools:
        """In which months each pool pays for a week, shape (n_pools, n_months, n_weeks)."""
        pools = self.file.names("pools")
        return np.array([self.formula.months[self.formula.department_of(p)] for p in pools], dtype=bool)

    @cached_property
    def even(self) -> Ints:
        """Officer-minutes of each pool and week that cost nothing extra: a level of what the first schedules owe."""
        first = np.searchsorted(self.file["schedule_owner"], np.arange(self.file.sizes["enterprises"]))
        chosen = np.zeros(self.file.sizes["schedules"], dtype=bool)
        chosen[first] = True
        owed = self.use[0][np.repeat(chosen, self.file["schedule_length"])].sum(axis=0)
        calendar, factor = self.world.calendar, self.world.rules.objective.even_factor
        rows = []
        for pool in self.file.names("pools"):
            days = self.formula.usable[self.formula.department_of(pool)]
            rows.append(np.bincount(calendar.week_of_day, weights=days, minlength=len(calendar.mondays)))
        table = np.array(rows).reshape(len(rows), len(calendar.mondays))
        share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        level = np.ceil(factor * owed[:, None] * share - 1e-9).astype(np.int64)
        return np.minimum(level, np.maximum(0, self.limits[0]))

    @property
    def uneven(self) -> int:
        """Cost of an officer-minute above the even level [units]."""
        return round(self.world.rules.objective.uneven_minute * UNITS)

    @cached_property
    def gap(self) -> Ints:
        """Fewest weeks between two visits of each schedule: the file's or the rulebook's, whichever is less."""
        days = [0] * len(self.costs.at)
        for row in self.world.rules.limits:
            everyone = row.kind == "spacing" and row.scope == "enterprise" and row.hard
            if not everyone or not _about_all_visits(Reading(self.world, row)):
                continue
            reading = Reading(self.world, row)
            days = [max(d, reading.amount_at(e) or 0) for d, e in zip(days, self.costs.at, strict=True)]
        weeks = np.array([max(1, -(-(d + DAYS_OF_SAFETY) // 7)) if d else 1 for d in days], dtype=np.int64)
        return np.minimum(self.file["schedule_gap"], weeks[self.file["schedule_owner"]])

    @cached_property
    def may(self) -> Bools:
        """Weeks with a day that is open and not quiet for each listed visit, shape (n_visits, n_weeks)."""
        at, calendar = np.array(self.costs.at, dtype=np.int64), self.world.calendar
        starts = np.searchsorted(calendar.week_of_day, np.arange(len(calendar.mondays)))
        owner, quiet = self.file.owner_of_visit, self.world.quiet
        bound: dict[tuple[int, ...], list[int]] = {}
        for v, (i, own) in enumerate(zip(owner.tolist(), self.departments, strict=True)):
            bound.setdefault(quiet.binding(self.costs.at[i], PLANNED_KIND, own), []).append(v)
        result = np.zeros((len(owner), len(calendar.mondays)), dtype=bool)
        for rows, visits in bound.items():
            free = np.ones(calendar.n_days, dtype=bool)
            for row in rows:
                free &= ~quiet.closed[row]
            who, place = np.unique(owner[visits], return_inverse=True)
            days = self.world.openness.open[at[who]] & free
            result[visits] = np.logical_or.reduceat(days, starts, axis=1)[place]
        return result

    @cached_property
    def township_week(self) -> Ints:
        """Most visits to each township in a week by the rulebook alone, shape (n_townships, n_weeks)."""
        codes, labels = self.file.names("townships"), self.file.names("weeks")
        result = np.full((len(codes), len(labels)), NO_CAP, dtype=np.int64)
        for row in self.world.rules.limits:
            if (row.kind, row.scope, row.window, row.unit) != ("cap", "township", "week", "visits"):
                continue
            reading = Reading(self.world, row)
            if not row.hard or not _about_all_visits(reading):
                continue
            for t, code in enumerate(codes):
                amount = reading.amount_of(code)
                if amount is not None:
                    result[t] = np.minimum(result[t], amount)
        return result

    @cached_property
    def tours(self) -> Tours:
        """Townships, clusters and what opening them costs, with the rulebook's own cap of a week."""
        return self.tours_within(self.township_week)

    def tours_within(self, most: Ints) -> Tours:
        """Return what opening townships and clusters costs, with a cap of visits, shape (n_townships, n_weeks)."""
        count = self.file.sizes["townships"]
        members: list[list[Ints]] = [[] for _ in range(count)]
        tables: list[list[Ints]] = [[] for _ in range(count)]
        for t, own, area in self.costs.clusters:
            members[t].append(own)
            tables[t].append(self.costs.tour(area, len(own)))
        return Tours(tuple(map(tuple, members)), tuple(map(tuple, tables)), self.costs.trips, most)

    @cached_property
    def listed(self) -> Listed:
        """The listed schedules with costs."""
        return _listed(self)


def _about_all_visits(reading: Reading) -> bool:
    """Tell whether a row counts every daily visit to any premises."""
    row = reading.row
    whole = all(reading.fits) and not row.filter.departments and "enterprise" in row.objects
    return whole and reading.counts_kind(PLANNED_KIND)


def _left_out(year: Rebuilt) -> Ints:
    """Return the visits that each schedule leaves out: as stated, at most what longer listed and owed ones would add."""
    file, table = year.file, year.world.table("duties")
    place = {e: i for i, e in enumerate(file.names("enterprises"))}
    owed = np.zeros(file.sizes["enterprises"], dtype=np.int64)
    for name, n in zip(table["enterprise_id"], table["visits"], strict=True):
        if name in place:
            owed[place[name]] += n
    longest = np.zeros_like(owed)
    np.maximum.at(longest, file["schedule_owner"], file["schedule_length"])
    more = np.minimum(owed, longest)[file["schedule_owner"]] - file["schedule_length"]
    result: Ints = np.minimum(file["schedule_left_out"], np.maximum(0, more))
    return result


def unlisted_enterprises(year: Rebuilt) -> list[str]:
    """Return the enterprises whose planned visits are no listed schedule: the bound would say nothing about the plan."""
    file, starts = year.file, year.file.first_visit.tolist()
    listed = {
        (i, tuple(file.items[starts[s] : starts[s + 1]]))
        for s, i in enumerate(file["schedule_owner"].tolist())
    }
    planned: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {e: [] for e in file.names("enterprises")}
    for call in year.world.planned:
        planned.setdefault(call.object_id, []).append((call.earliest, call.id, call.items))
    place = {e: i for i, e in enumerate(file.names("enterprises"))}
    plans = {e: tuple(items for _, _, items in sorted(visits)) for e, visits in planned.items()}
    return sorted(e for e, own in plans.items() if (place.get(e, -1), own) not in listed)


class _Parts:
    """Polynomials of visits as they are added."""

    def __init__(self, visits: int, schedules: int) -> None:
        self.start = ([0] * visits, [0] * visits, [0] * visits)
        self.ends: list[tuple[int, int, int]] = []
        self.square, self.linear, self.constant = [0] * visits, [0] * visits, [0] * schedules


def _listed(year: Rebuilt) -> Listed:
    """Return the listed schedules: node costs by week, gaps, constants (docs/reference/contracts.md, section 8)."""
    file, costs = year.file, year.costs
    parts = _Parts(file.sizes["visits"], file.sizes["schedules"])
    owners, starts = file["schedule_owner"].tolist(), file.first_visit.tolist()
    carried = {own: frozenset(costs.domain_of[i] for i in own) for own in set(file.items)}
    left, late = _left_out(year).tolist(), list[LatePart]()
    for s, i in enumerate(owners):
        own = file.items[starts[s] : starts[s + 1]]
        parts.constant[s] = left[s] * costs.unplanned[i]
        parts.constant[s] += year.late.without(i, (item for items in own for item in items))
        late += year.late.parts(i, starts[s], own)
        _add(parts, s, [carried[items] for items in own], (year, i, starts[s]))
    days, end = costs.days, year.world.calendar.n_days
    a, b, c = np.array(parts.start, dtype=np.int64).reshape(3, -1)
    node = a[:, None] * (days * days) + b[:, None] * days + c[:, None] + costs.shift[file.owner_of_visit]
    node += year.late.node(len(node), late)
    if parts.ends:
        visit, q, tau = np.array(sorted(parts.ends), dtype=np.int64).T
        age = (end - days)[None, :]
        q, tau = q[:, None], tau[:, None]
        cost = np.where(age <= tau, 2 * q * tau * age, q * (age * age + tau * tau))
        places, first = np.unique(visit, return_index=True)
        node[places] += np.add.reduceat(cost, first, axis=0)
    return Listed(
        file["schedule_owner"],
        file.first_visit[:-1],
        file["schedule_length"],
        year.gap,
        np.array(parts.constant, dtype=np.int64),
        node,
        np.array(parts.square, dtype=np.int64),
        np.array(parts.linear, dtype=np.int64),
        file["visit_clash"],
        year.late.gaps(len(node), late),
    )


def _add(parts: _Parts, s: int, carried: list[frozenset[str]], where: tuple[Rebuilt, int, int]) -> None:
    """Add one schedule: a domain that skips visits is relaxed by its tangent, ``g^2 >= 2 tau g - tau^2``."""
    year, i, start = where
    end = year.world.calendar.n_days
    for name, domain in year.costs.domains[i].items():
        own = [start + j for j, names in enumerate(carried) if name in names]
        if not own:
            parts.constant[s] += domain.at_end(end - domain.last)
            continue
        parts.start[0][own[0]] += domain.q
        parts.start[1][own[0]] -= 2 * domain.q * domain.last
        parts.start[2][own[0]] += domain.q * domain.last**2
        parts.ends.append((own[-1], domain.q, domain.tau))
        for before, after in pairwise(own):
            if after == before + 1:
                parts.square[before] += domain.q
            else:
                for v in range(before, after):
                    parts.linear[v] += 2 * domain.q * domain.tau
                parts.constant[s] -= domain.q * domain.tau**2


def terms_of(year: Rebuilt) -> dict[str, int]:
    """Return the objective's terms from the plan's visits and what it leaves out [units]."""
    costs, file, world = year.costs, year.file, year.world
    place = {e: i for i, e in enumerate(file.names("enterprises"))}
    weeks = {label: w for w, label in enumerate(file.names("weeks"))}
    pools = {name: k for k, name in enumerate(file.names("pools"))}
    visits: list[list[tuple[int, tuple[str, ...]]]] = [[] for _ in place]
    used = np.zeros((len(pools), len(weeks)), dtype=np.int64)
    for call in world.planned:
        w = weeks[week_label(call.earliest)]
        visits[place[call.object_id]].append((w, call.items))
        for d in call.departments:
            used[pools[year.formula.pool_of(d, call.lead)], w] += charge(world, call.minutes, MINUTES)
    exposure = stability = late = 0
    for i, own in enumerate(visits):
        own.sort(key=lambda visit: visit[0])
        exposure += costs.exposure(i, [(int(costs.days[w]), items) for w, items in own])
        stability += sum(int(costs.shift[i, w]) for w, _ in own)
        late += year.late.of_plan(i, own)
    missing = world.table("unplanned")
    unplanned = sum(
        costs.unplanned[place[name]] * int(n)
        for name, n in zip(missing["enterprise_id"], missing["visits"], strict=True)
    )
    return {
        "exposure": exposure,
        "trips": _trips(year, visits),
        "uneven": year.uneven * int(np.maximum(0, used - year.even).sum()),
        "stability": stability,
        "late": late,
        "unplanned": unplanned,
    }


def _trips(year: Rebuilt, visits: list[list[tuple[int, tuple[str, ...]]]]) -> int:
    """Return what opened townships and clusters cost [units]; two visits to one gate in a week are one trip."""
    opened: set[tuple[int, int]] = set()
    total = 0
    for t, own, area in year.costs.clusters:
        count: dict[int, int] = {}
        for i in own.tolist():
            for w in {w for w, _ in visits[i]}:
                count[w] = count.get(w, 0) + 1
        opened |= {(t, w) for w in count}
        table = year.costs.tour(area, len(own)).tolist()
        total += sum(table[n] for n in count.values())
    return total + sum(int(year.costs.trips[t]) for t, _ in opened)


def largest_price(year: Rebuilt) -> int:
    """Return more than any pattern can pay by prices [units], as a Python integer: it must stay below 2^57."""
    file = year.file
    per_minute = int(file["price_week"].max(initial=0)) + 12 * int(file["price_month"].max(initial=0))
    rest = ("price_crew", "price_year", "price_township", "price_link", "row_price")
    visit = int(year.use[0].sum(axis=1).max(initial=0)) * per_minute
    visit += file.sizes["departments"] * sum(int(file[name].max(initial=0)) for name in rest)
    return visit * max(1, int(file["schedule_length"].max(initial=0)))


def dot(a: npt.ArrayLike, b: npt.ArrayLike) -> int:
    """Return the sum of products as a Python integer."""
    pairs = zip(np.asarray(a).reshape(-1).tolist(), np.asarray(b).reshape(-1).tolist(), strict=True)
    return sum(x * y for x, y in pairs if x)
