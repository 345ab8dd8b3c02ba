"""Year instances small enough to be solved by trying everything, and the code that tries everything.

The oracle shares nothing with the planner but the containers that it takes its numbers from; ``searched`` asks the planner.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise

import numpy as np

from riskplan.annual.dual import Multipliers
from riskplan.annual.engine import solve_arrays
from riskplan.annual.exact import exact_bound
from riskplan.annual.flatten import flatten
from riskplan.annual.instance import FORBIDDEN, Caps, Counters, Instance, Schedules, Use
from riskplan.progress import Stop

WEEKS, DEPARTMENTS, TOWNSHIPS = 7, 2, 2
DAYS = 7
MOST = 16
"""Visits that a cluster could have in a week at most, and a few more."""
UNPLANNED = 40_000
"""Cost of a visit left out; far above every exposure, as in real rulebooks."""


@dataclass(frozen=True)
class Pattern:
    """One way to visit an enterprise: which schedule, in which weeks, at what cost without trips."""

    group: int
    row: int
    weeks: tuple[int, ...]
    cost: int


def tiny_instance(seed: int, *, enterprises: int = 4, slack: float = 1.0) -> Instance:
    """Return a random year of 3 to 5 enterprises, 7 weeks, 2 departments, 2 townships, 2 months and 2 years.

    Parameters
    ----------
    seed
        Same seed, same instance.
    enterprises
        Number of enterprises.
    slack
        Scales every cap; caps of 1.0 bind in most instances.
    """
    draw = random.Random(seed)
    calls = [draw.choice((1, 1, 2, 2, 3)) for _ in range(enterprises)]
    rows: dict[int, list[dict[str, object]]] = {n: [] for n in range(max(calls) + 1)}
    for owner, most in enumerate(calls):
        variants = [most] * draw.choice((1, 2)) + list(range(most - 1, -1, -1))
        gap = draw.choice((1, 2, 3))
        for number, length in enumerate(variants):
            rows[length].append(_schedule(draw, (owner, number), length, most - length, gap))
    groups = tuple(with_late(_group(length, found), random.Random(seed)) for length, found in rows.items())
    township = np.array([draw.randrange(TOWNSHIPS) for _ in range(enterprises)])
    rank = np.array([draw.randrange(4) for _ in range(enterprises)])
    cluster = 2 * township + np.array([draw.randrange(2) for _ in range(enterprises)])
    return with_counters(Instance(groups, township, rank, _caps(draw, slack), cluster=cluster), ())


def with_late(group: Schedules, draw: random.Random) -> Schedules:
    """Return schedules some of whose gaps are late from some length on, the later the dearer."""
    kinds = [[0] * WEEKS]
    for price in (3, 90):
        first = draw.randrange(1, WEEKS)
        kinds.append([price * max(0, gap - first) for gap in range(WEEKS)])
    late = [[draw.randrange(3) for _ in gaps] for gaps in group.quadratic]
    return replace(
        group,
        late=np.array(late, dtype=np.int64).reshape(group.quadratic.shape),
        late_arcs=np.array(kinds, dtype=np.int64),
    )


@dataclass(frozen=True, eq=False)
class Row:
    """One more row for the oracle: a cap on the visits of some enterprises and departments in every window.

    Parameters
    ----------
    members
        Enterprises whose visits count together.
    department
        Only visits in which it takes part count; -1: all.
    touch
        shape (n_windows, n_weeks).
    left
        shape (n_windows,), most visits.
    """

    members: frozenset[int]
    department: int
    touch: np.ndarray
    left: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def counts(self, i: int, crews: np.ndarray) -> bool:
        """Tell whether a visit of an enterprise by some departments counts."""
        return i in self.members and (self.department < 0 or bool(crews[self.department]))


def random_rows(instance: Instance, seed: int, count: int = 3) -> tuple[Row, ...]:
    """Return random rows of all supported shapes: one enterprise, a township, anybody; weeks, spans, rolling."""
    draw = random.Random(seed)
    windows = {
        "week": np.eye(WEEKS, dtype=bool),
        "spans": np.array([[1, 1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1, 1]], dtype=bool),
        "rolling": np.array([[s <= w < s + 3 for w in range(WEEKS)] for s in range(WEEKS - 2)], dtype=bool),
        "year": np.ones((1, WEEKS), dtype=bool),
    }
    rows = []
    for _ in range(count):
        whom = draw.choice(("one", "two", "township", "all"))
        everybody = range(instance.size)
        members = {
            "one": [draw.randrange(instance.size)],
            "two": [draw.randrange(instance.size) for _ in range(2)],
            "township": [i for i in everybody if int(instance.township[i]) == 0],
            "all": list(everybody),
        }[whom]
        touch = windows[draw.choice(sorted(windows))]
        most = 2 if whom in {"one", "two"} else 3
        left = np.array([draw.randint(0, most) for _ in touch], dtype=np.int64)
        rows.append(Row(frozenset(members), draw.choice((-1, 0, 1)), touch, left))
    return tuple(rows)


def township_rows(instance: Instance) -> tuple[Row, ...]:
    """Return the township caps of an instance as rows."""
    caps = instance.caps
    towns = [
        frozenset(i for i in range(instance.size) if instance.township[i] == t) for t in range(len(caps.trip))
    ]
    weeks = [Row(who, -1, np.eye(WEEKS, dtype=bool), caps.township_week[t]) for t, who in enumerate(towns)]
    years = [Row(who, -1, caps.week_in_year, caps.township_year[t]) for t, who in enumerate(towns)]
    return (*weeks, *years)


def with_counters(instance: Instance, extra: tuple[Row, ...]) -> Instance:
    """Return the instance with its township caps and some more rows as counters."""
    rows = (*township_rows(instance), *extra)
    starts = np.cumsum([0, *(len(row.touch) for row in rows)]).tolist()
    made = [Use.of(start, 1, row.touch) for start, row in zip(starts, rows, strict=False)]
    uses = tuple(
        tuple(
            tuple(
                tuple(
                    use for use, row in zip(made, rows, strict=True) if row.counts(owner, group.crews[r, j])
                )
                for j in range(group.length)
            )
            for r, owner in enumerate(group.owner.tolist())
        )
        for group in instance.groups
    )
    left = np.concatenate([row.left for row in rows])
    return replace(instance, counters=Counters(left, uses))


def _schedule(
    draw: random.Random, name: tuple[int, int], length: int, left_out: int, gap: int
) -> dict[str, object]:
    node = np.array([[draw.randrange(3000) for _ in range(WEEKS)] for _ in range(length)], dtype=np.int64)
    closed = draw.choice((0.2, 0.2, 0.6))
    shut = np.array([[draw.random() < closed for _ in range(WEEKS)] for _ in range(length)], dtype=bool)
    node = node.reshape(length, WEEKS)
    node[shut.reshape(length, WEEKS)] = FORBIDDEN
    crews = np.array([draw.choice(((1, 0), (0, 1), (1, 1))) for _ in range(length)], dtype=np.int64)
    crews = crews.reshape(length, DEPARTMENTS)
    return {
        "owner": name[0],
        "number": name[1],
        "node": node,
        "quadratic": [draw.randrange(4) for _ in range(max(length - 1, 0))],
        "linear": [draw.choice((0, 0, 20)) for _ in range(max(length - 1, 0))],
        "constant": UNPLANNED * left_out + draw.randrange(100) - 50,
        "minutes": crews * draw.choice((60, 90, 130)),
        "crews": crews,
        "gap": gap,
        "left_out": left_out,
    }


def _group(length: int, rows: list[dict[str, object]]) -> Schedules:
    shapes = {
        "node": (length, WEEKS),
        "quadratic": (max(length - 1, 0),),
        "linear": (max(length - 1, 0),),
        "minutes": (length, DEPARTMENTS),
        "crews": (length, DEPARTMENTS),
    }
    names = (
        "owner", "number", "node", "quadratic", "linear", "constant", "minutes", "crews", "gap", "left_out",
    )  # fmt: skip
    columns = {
        name: np.array([row[name] for row in rows], dtype=np.int64).reshape(len(rows), *shapes.get(name, ()))
        for name in names
    }
    clash = np.full((len(rows), max(length - 1, 0)), -1, dtype=np.int64)
    return Schedules(**columns, clash=clash, clashes=np.zeros((0, WEEKS, WEEKS), dtype=bool))


def _caps(draw: random.Random, slack: float) -> Caps:
    def amounts(shape: tuple[int, ...], least: int, most: int) -> np.ndarray:
        count = int(np.prod(shape))
        values = [round(slack * draw.randint(least, most)) for _ in range(count)]
        return np.array(values, dtype=np.int64).reshape(shape)

    month = np.zeros((DEPARTMENTS, 2, WEEKS), dtype=bool)
    month[:, 0, :4] = month[:, 1, 3:] = True
    own = random.Random(draw.getstate()[1][0])
    for d in range(DEPARTMENTS):
        month[d, own.randrange(2), 3] = own.random() < 0.5
    year = np.zeros((2, WEEKS), dtype=bool)
    year[0, :6] = year[1, 5:] = True
    weekly = amounts((DEPARTMENTS, WEEKS), 60, 300)
    steps = np.array([
        [0, *sorted((own.randrange(400) for _ in range(MOST)), reverse=True)] for _ in range(4)
    ])
    return Caps(
        week_minutes=weekly,
        crew_visits=amounts((DEPARTMENTS, WEEKS), 1, 3),
        month_minutes=amounts((DEPARTMENTS, 2), 150, 500),
        week_in_month=month,
        township_week=amounts((TOWNSHIPS, WEEKS), 1, 2),
        township_year=amounts((TOWNSHIPS, 2), 2, 4),
        week_in_year=year,
        trip=np.array([draw.randrange(200, 2500) for _ in range(TOWNSHIPS)], dtype=np.int64),
        cluster_township=np.array([0, 0, 1, 1]),
        cluster_trip=np.cumsum(steps, axis=1),
        even_minutes=weekly * own.randrange(4, 11) // 10,
        uneven=own.randrange(4),
    )


def patterns(schedules: Schedules, r: int) -> list[tuple[tuple[int, ...], int]]:
    """Return all (weeks, cost) of one schedule, trying every set of weeks."""
    found = []
    for weeks in combinations(range(schedules.node.shape[2]), schedules.length):
        steps = [b - a for a, b in pairwise(weeks)]
        if any(step < schedules.gap[r] for step in steps):
            continue
        cost = int(schedules.constant[r])
        nodes = [int(schedules.node[r, j, w]) for j, w in enumerate(weeks)]
        if any(node >= FORBIDDEN for node in nodes):
            continue
        for j, step in enumerate(steps):
            days = DAYS * step
            cost += int(schedules.quadratic[r, j]) * days * days + int(schedules.linear[r, j]) * days
            cost += int(schedules.late_arcs[schedules.late[r, j]][step])
        found.append((weeks, cost + sum(nodes)))
    return found


def all_patterns(instance: Instance) -> list[list[Pattern]]:
    """Return every way to visit each enterprise, cheapest first."""
    ways: list[list[Pattern]] = [[] for _ in range(instance.size)]
    for g, group in enumerate(instance.groups):
        for r, owner in enumerate(group.owner.tolist()):
            ways[owner] += [Pattern(g, r, weeks, cost) for weeks, cost in patterns(group, r)]
    return [sorted(way, key=lambda p: (p.cost, p.group, p.row, p.weeks)) for way in ways]


class Books:
    """What chosen patterns use of every cap, counted one visit at a time."""

    def __init__(self, instance: Instance, extra: tuple[Row, ...] = ()) -> None:
        self.instance, self.extra = instance, extra
        self.used: Counter[tuple[str, int, int]] = Counter()
        self.trips = 0
        self._known: dict[tuple[int, Pattern], list[tuple[tuple[str, int, int], int, int]]] = {}

    def _keys(self, i: int, pattern: Pattern) -> list[tuple[tuple[str, int, int], int, int]]:
        """Return (cap, amount used, most allowed) of a pattern."""
        if (i, pattern) not in self._known:
            keys = self._count(i, pattern)
            self._known[i, pattern] = [(key, n, self._most(key)) for key, n in keys.items() if n]
        return self._known[i, pattern]

    def _count(self, i: int, pattern: Pattern) -> Counter[tuple[str, int, int]]:
        group, caps = self.instance.groups[pattern.group], self.instance.caps
        town, keys = int(self.instance.township[i]), Counter()
        for j, week in enumerate(pattern.weeks):
            for d in range(len(caps.week_minutes)):
                minutes = int(group.minutes[pattern.row, j, d])
                keys["week", d, week] += minutes
                keys["crew", d, week] += int(group.crews[pattern.row, j, d])
                for m in np.flatnonzero(caps.week_in_month[d, :, week]).tolist():
                    keys["month", d, m] += minutes
            keys["town-week", town, week] += 1
            keys["cluster", int(self.instance.cluster[i]), week] += 1
            for y in np.flatnonzero(caps.week_in_year[:, week]).tolist():
                keys["town-year", town, y] += 1
            for k, row in enumerate(self.extra):
                if row.counts(i, group.crews[pattern.row, j]):
                    for window in np.flatnonzero(row.touch[:, week]).tolist():
                        keys["row", k, window] += 1
        return keys

    def _most(self, key: tuple[str, int, int]) -> int:
        caps = self.instance.caps
        if key[0] == "cluster":
            return MOST
        if key[0] == "row":
            return int(self.extra[key[1]].left[key[2]])
        table = {
            "week": caps.week_minutes,
            "crew": caps.crew_visits,
            "month": caps.month_minutes,
            "town-week": caps.township_week,
            "town-year": caps.township_year,
        }[key[0]]
        return int(table[key[1], key[2]])

    def add(self, i: int, pattern: Pattern) -> bool:
        """Charge a pattern; tell whether all caps it touches still hold."""
        good = True
        for key, amount, most in self._keys(i, pattern):
            self._change(key, amount)
            good &= self.used[key] <= most
        return good

    def _change(self, key: tuple[str, int, int], amount: int) -> None:
        self.trips -= self._shared(key)
        self.used[key] += amount
        self.trips += self._shared(key)

    def _shared(self, key: tuple[str, int, int]) -> int:
        """Return what trips and unevenness cost through one count."""
        caps, used = self.instance.caps, self.used[key]
        if key[0] == "town-week":
            return int(caps.trip[key[1]]) if used else 0
        if key[0] == "cluster":
            return int(caps.cluster_trip[key[1], used])
        if key[0] == "week":
            return caps.uneven * max(0, used - int(caps.even_minutes[key[1], key[2]]))
        return 0

    def take_back(self, i: int, pattern: Pattern) -> None:
        """Give back what a pattern used."""
        for key, amount, _ in self._keys(i, pattern):
            self._change(key, -amount)


def optimum(instance: Instance, extra: tuple[Row, ...] = ()) -> int:
    """Return the cost of the best plan, by trying every combination of patterns (with a plain cut-off)."""
    ways = all_patterns(instance)
    rest = [sum(way[0].cost for way in ways[i:]) for i in range(len(ways) + 1)]
    books, best = Books(instance, extra), [sum(way[-1].cost for way in ways) + 10**9]

    def go(i: int, cost: int) -> None:
        if i == len(ways):
            best[0] = min(best[0], cost + books.trips)
            return
        for pattern in ways[i]:
            if cost + pattern.cost + rest[i + 1] + books.trips >= best[0]:
                return
            if books.add(i, pattern):
                go(i + 1, cost + pattern.cost)
            books.take_back(i, pattern)

    go(0, 0)
    return best[0]


def cost_if_lawful(instance: Instance, placed: list[Pattern], extra: tuple[Row, ...] = ()) -> int | None:
    """Return the cost of one pattern per enterprise, None when a cap, a gap or a closed week is broken."""
    books = Books(instance, extra)
    for i, pattern in enumerate(placed):
        known = dict(patterns(instance.groups[pattern.group], pattern.row))
        if known.get(pattern.weeks) != pattern.cost or not books.add(i, pattern):
            return None
    return sum(p.cost for p in placed) + books.trips


def tightened(instance: Instance, seed: int) -> Instance:
    """Return the instance with one cap a little smaller."""
    draw = random.Random(seed)
    name = draw.choice(("week_minutes", "crew_visits", "month_minutes", "township_week", "township_year"))
    table = getattr(instance.caps, name).copy()
    at = (draw.randrange(table.shape[0]), draw.randrange(table.shape[1]))
    table[at] = max(0, table[at] - draw.choice((1, max(1, int(table[at]) // 2))))
    changed = {name: table}
    if name == "week_minutes":
        changed["even_minutes"] = np.minimum(instance.caps.even_minutes, table)
    return with_counters(replace(instance, caps=replace(instance.caps, **changed)), ())


@dataclass(frozen=True)
class Found:
    """What the engine says of an instance."""

    prices: Multipliers
    placed: list[Pattern]
    objective: int
    bound: int
    priced: int


def searched(instance: Instance, effort: float, seed: int = 0) -> Found:
    """Return what the compiled engine finds."""
    flat = flatten(instance)
    solution = solve_arrays(flat.arrays, stop=Stop(effort=effort), seed=seed)
    state = flat.state(instance, solution.plan)
    placed = [Pattern(p.group, p.row, p.weeks, p.cost) for p in state.placed if p is not None]
    assert solution.cost.over == 0
    prices = flat.multipliers(instance, solution.prices)
    priced = exact_bound(flat.arrays, solution.prices)
    return Found(prices, placed, solution.cost.total, solution.bound, priced)
