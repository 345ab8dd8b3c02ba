"""Rows counted by hand, day by day, from the counting rules (S1, S2, S4, S5): shares nothing with the planner."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Stop:
    """One visit: the days that it may stand on, the whole span that it may fall on, who comes, whether planned."""

    e: int
    departments: tuple[str, ...]
    days: tuple[dt.date, ...]
    first: dt.date
    last: dt.date
    planned: bool


@dataclass(frozen=True)
class World:
    """A case with its rules and the tiers of its enterprises."""

    case: object
    rules: object
    tiers: tuple[str, ...]

    @cached_property
    def rows(self):
        """Enterprises as dictionaries."""
        return self.case.enterprises.to_dict("records")

    @cached_property
    def workdays(self):
        """Workdays of the horizon from ``as_of`` on."""
        days = [d.date() for d in self.case.days.dates.astype("datetime64[s]").astype(object)]
        work = self.case.days.is_workday.tolist()
        return tuple(d for d, is_work in zip(days, work, strict=True) if is_work and d >= self.case.as_of)

    @cached_property
    def systems(self):
        """Department -> system."""
        frame = self.case["departments"]
        return dict(zip(frame["department_id"], frame["system"], strict=True))

    def about(self, row, e):
        """Tell whether a filter fits premises."""
        own, f = self.rows[e], row.filter
        pairs = (
            (f.sectors, own["sector"]),
            (f.grades, own["grade"]),
            (f.sizes, own["size"]),
            (f.townships, own["township_code"]),
            (f.tiers, self.tiers[e]),
        )
        listed = not f.policy_lists or set(f.policy_lists) & set(own["policy_list"])
        return bool(listed) and all(not allowed or value in allowed for allowed, value in pairs)

    def person(self, e):
        """Return who shares caps with premises."""
        own = self.rows[e]
        return (
            own["credit_code"]
            if own["credit_code"] and self.rules.count_by_credit_code
            else own["enterprise_id"]
        )

    def value(self, row, e):
        """Return the stated amount of premises, None where nothing is said."""
        own = self.rows[e]
        key = {"tier": self.tiers[e], "township": own["township_code"]}.get(row.by) or own[row.by]
        return row.amount.get(key, row.amount.get("*")) if self.about(row, e) else None

    def quiet(self, day, e, departments):
        """Tell whether a quiet row closes a day for a daily visit."""
        for row in self.rules.quiet:
            bound = not row.filter.departments or set(row.filter.departments) & set(departments)
            if "daily" not in row.kinds or not bound or not self.about(row, e):
                continue
            if row.months and day.month not in row.months:
                continue
            last = {"days_1_25": 25, "per_month": row.per_month, "days": 0}[row.mode]
            if day.day <= last or (row.mode == "days" and day.day in row.days):
                return True
        return False

    def open_days(self, e, departments, monday):
        """Return the open days of one week."""
        own = self.rows[e]
        closures = self.case["closures"]
        mine = closures[closures["enterprise_id"] == own["enterprise_id"]]
        shut = [(a.date(), b.date()) for a, b in zip(mine["first"], mine["last"], strict=True)]
        return tuple(
            d
            for d in self.workdays
            if monday <= d < monday + WEEK
            and d.isoweekday() not in own["closed_days"]
            and (not own["open_months"] or d.month in own["open_months"])
            and not any(a <= d <= b for a, b in shut)
            and not self.quiet(d, e, departments)
        )

    @cached_property
    def index(self):
        """Enterprise id -> place."""
        return {row["enterprise_id"]: e for e, row in enumerate(self.rows)}

    def planned(self, e, departments, monday):
        """Return an undated visit."""
        days = self.open_days(e, departments, monday)
        return Stop(e, tuple(departments), days, monday, monday + 6 * DAY, planned=True)

    def of_plan(self, plan):
        """Return the visits of a plan."""
        return [
            self.planned(self.index[name], departments, monday_of(week))
            for name, departments, week in zip(
                plan.visits["enterprise_id"], plan.visits["departments"], plan.visits["week"], strict=True
            )
        ]

    def history(self, row):
        """Return done and fixed visits that count towards a row, enterprises only."""
        visits = self.case["visits"].to_dict("records")
        result = []
        for v in visits:
            day = v["date"].date()
            kinds = row.kinds_counted
            exempt = v["kind"] in self.rules.exempt_kinds or v["kind"] in row.kinds_exempt
            counted = v["kind"] in kinds if kinds else not exempt
            if v["object_kind"] == "enterprise" and counted and (day < self.case.as_of or v["fixed"]):
                e = self.index[v["object_id"]]
                result.append(Stop(e, tuple(v["departments"]), (day,), day, day, planned=False))
        return result

    def keys(self, row, stop):
        """Return what a visit counts for, once for each time."""
        own = self.rows[stop.e]
        only = row.filter.departments
        came = [d for d in stop.departments if not only or d in only]
        if not self.about(row, stop.e) or (only and not came):
            return []
        return {
            "enterprise": lambda: [(self.person(stop.e),)],
            "organ-enterprise": lambda: [(self.person(stop.e), d) for d in came],
            "system-enterprise": lambda: [
                (self.person(stop.e), self.systems[d]) for d in came if self.systems[d]
            ],
            "township": lambda: [(own["township_code"],)],
            "village": lambda: [(own["village_code"],)] if own["village_code"] else [],
            "department": lambda: [(d,) for d in came],
        }[row.scope]()

    def amount(self, row, key):
        """Return the amount of a key."""
        if row.scope in {"township", "village", "department"}:
            return row.amount.get(key[0], row.amount.get("*"))
        stated = [self.value(row, e) for e in range(len(self.rows)) if self.person(e) == key[0]]
        return max((n for n in stated if n is not None), default=None)


def monday_of(label):
    """Return the Monday of ``2027-W12``."""
    return dt.date.fromisocalendar(int(label[:4]), int(label[6:]), 1)


def labels(row, stop):
    """Return the windows that a visit counts in."""
    if row.window == "rolling":
        n = row.rolling_days
        span = (stop.last - stop.first).days + n
        return {stop.first - (n - 1) * DAY + k * DAY for k in range(span)}
    return {
        "week": lambda: {stop.first - stop.first.weekday() * DAY},
        "month": lambda: {(d.year, d.month) for d in stop.days},
        "quarter": lambda: {(d.year, (d.month - 1) // 3) for d in stop.days},
        "year": lambda: {d.year for d in stop.days},
    }[row.window]()


def tally(world, row, stops):
    """Return how many visits a cap row counts for each (key, window), and which pairs hold a planned one."""
    count, judged = defaultdict(int), set()
    for stop in stops:
        for pair in pairs_of(world, row, stop):
            count[pair] += 1
            if stop.planned:
                judged.add(pair)
    return count, judged


def pairs_of(world, row, stop):
    """Return the (key, window) pairs that a visit counts in, once for each time."""
    return [(key, window) for key in world.keys(row, stop) for window in labels(row, stop)]


def over(world, row, stops):
    """Return the (key, window) pairs of a cap row that hold more than they may."""
    count, judged = tally(world, row, stops)
    most = {key: world.amount(row, key) for key in {key for key, _ in judged}}
    return {pair for pair in judged if most[pair[0]] is not None and count[pair] > most[pair[0]]}


def near(world, row, stops):
    """Return the pairs of visits that a spacing row forbids."""
    found = set()
    by_place = defaultdict(list)
    for k, stop in enumerate(stops):
        by_place[stop.e].append(k)
    for e, own in by_place.items():
        days = world.value(row, e)
        for a in own:
            for b in own:
                one, two = stops[a], stops[b]
                if a >= b or days is None or not (one.planned or two.planned):
                    continue
                first, second = sorted((one, two), key=lambda s: s.first)
                gap = max(0, (second.first - first.last).days)
                if gap < days and meet(world, row, one, two):
                    found.add((a, b))
    return found


def meet(world, row, one, two):
    """Tell whether a spacing row is about two visits."""
    only = row.filter.departments
    sides = [{d for d in s.departments if not only or d in only} for s in (one, two)]
    if row.scope == "enterprise":
        return not only or all(sides)
    if row.scope == "system-enterprise":
        sides = [{world.systems[d] for d in side if world.systems[d]} for side in sides]
    return bool(sides[0] & sides[1])


def broken(world, row, stops):
    """Return what breaks a row among planned and known visits."""
    everything = [*world.history(row), *stops]
    return (near if row.kind == "spacing" else over)(world, row, everything)


class Reasons:
    """Whether one more visit breaks a row that known and planned visits keep."""

    def __init__(self, world, row, stops):
        self.world, self.row, self.stops = world, row, [*world.history(row), *stops]
        self.count = {} if row.kind == "spacing" else tally(world, row, self.stops)[0]

    def true(self, one_more):
        """Tell whether the visit breaks the row; only what it counts in can change."""
        if self.row.kind == "spacing":
            mine = [stop for stop in self.stops if stop.e == one_more.e]
            return bool(near(self.world, self.row, [*mine, one_more]))
        more = Counter(pairs_of(self.world, self.row, one_more))
        most = {key: self.world.amount(self.row, key) for key in {key for key, _ in more}}
        return any(
            most[pair[0]] is not None and self.count.get(pair, 0) + n > most[pair[0]]
            for pair, n in more.items()
        )
