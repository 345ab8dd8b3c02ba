"""Compiled pricing: the cheapest schedule and weeks of every enterprise, and the trips that the link prices pay for.

Every function takes float64 prices in the search and int64 ones in the exact bound; numba compiles it for both. The
plain twin that tests compare with stands in ``tests/annual/twins.py``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskplan.annual.arrays import YearArrays
from riskplan.compiled import compiled, uncounted

Array = Any
FORBIDDEN = 1 << 58


class Priced(NamedTuple):
    """What pricing writes: one place for each enterprise, or for each thread's scratch.

    Parameters
    ----------
    value, schedule, weeks
        shape (N,), (N,), (N, longest): priced cost, schedule and weeks of the cheapest pattern.
    used
        shape (F, W), amounts that the cheapest patterns take of each family and week.
    cost, reach, back
        shape (longest, W), scratch.
    best
        shape (longest,), scratch.
    """

    value: Array
    schedule: Array
    weeks: Array
    used: Array
    cost: Array
    reach: Array
    back: Array
    best: Array


@uncounted
def cheapest(year: YearArrays, s: int, scale: int, scratch: Priced) -> Any:
    """Return the value of the cheapest weeks of a schedule whose visits cost ``scratch.cost``; weeks into ``best``.

    ``reach[j, w] = cost[j, w] + min over v <= w - gap of reach[j - 1, v] + arc(w - v)``.
    """
    cost, reach, back = scratch.cost, scratch.reach, scratch.back
    first, n = year.first_visit[s], year.first_visit[s + 1] - year.first_visit[s]
    weeks, gap, never = cost.shape[1], year.gap[s], FORBIDDEN
    if n == 0:
        return cost[0, 0] * 0
    for w in range(weeks):
        reach[0, w] = cost[0, w]
    for j in range(1, n):
        arc = year.arcs[year.arc_row[first + j]]
        season, clash = year.season[first + j], year.clash[first + j]
        plain = season < 0 and clash < 0
        for w in range(weeks):
            low, at = cost[0, 0] * 0 + never, 0
            if cost[j, w] < never:
                for v in range(w - gap + 1):
                    c = reach[j - 1, v] + arc[w - v] * scale
                    if not plain:
                        if season >= 0:
                            c += year.multiple[first + j] * year.curves[season, v, w] * scale
                        if clash >= 0 and year.clashes[clash, v, w]:
                            continue
                    if c < low:
                        low, at = c, v
                low += cost[j, w]
            reach[j, w] = min(low, cost[0, 0] * 0 + never)
            back[j, w] = at
    at = 0
    for w in range(weeks):
        if reach[n - 1, w] < reach[n - 1, at]:
            at = w
    low = reach[n - 1, at]
    for j in range(n - 1, -1, -1):
        scratch.best[j] = at
        at = back[j, at]
    return low


@uncounted
def visit_costs(year: YearArrays, s: int, prices: tuple[Array, Array, int], cost: Array) -> None:
    """Write the priced cost of every visit of a schedule in every week.

    Parameters
    ----------
    year, s
        Year and schedule.
    prices
        Price of a family in a week, shape (F, W); link prices of the enterprise, shape (W,); scale of the costs.
    cost
        shape (longest, W), written.
    """
    by_family, link, scale = prices
    for j, v in enumerate(range(year.first_visit[s], year.first_visit[s + 1])):
        for w in range(cost.shape[1]):
            node = year.node[v, w]
            cost[j, w] = (node * scale if node < FORBIDDEN else node) + link[w]
        for k in range(year.first_line[year.kind[v]], year.first_line[year.kind[v] + 1]):
            price, amount = by_family[year.family[k]], year.amount[k]
            for w in range(cost.shape[1]):
                cost[j, w] += price[w] * amount


@uncounted
def price_range(
    year: YearArrays, prices: tuple[Array, Array, int], span: tuple[int, int], out: Priced
) -> None:
    """Price enterprises ``span[0]`` up to ``span[1]``; adds what they take to ``out.used``.

    Parameters
    ----------
    year
        Year.
    prices
        Price of a family in a week, shape (F, W); link prices, shape (N, W); scale of the costs.
    span
        Which enterprises.
    out
        Written.
    """
    by_family, link, scale = prices
    for i in range(span[0], span[1]):
        chosen = -1
        low = out.cost[0, 0] * 0 + FORBIDDEN
        for s in range(year.first_schedule[i], year.first_schedule[i + 1]):
            visit_costs(year, s, (by_family, link[i], scale), out.cost)
            value = cheapest(year, s, scale, out) + year.constant[s] * scale
            if value < low or chosen < 0:
                low, chosen = value, s
                for j in range(year.first_visit[s + 1] - year.first_visit[s]):
                    out.weeks[i, j] = out.best[j]
        out.value[i], out.schedule[i] = low, chosen
        first = year.first_visit[chosen]
        for j in range(year.first_visit[chosen + 1] - first):
            kind = year.kind[first + j]
            for k in range(year.first_line[kind], year.first_line[kind + 1]):
                out.used[year.family[k], out.weeks[i, j]] += year.amount[k]


@uncounted
def _sorted_down(link: Array, members: Array, w: int, ranked: Array, who: Array) -> int:
    """Write the positive link prices of a cluster in a week, largest first; return how many."""
    n = 0
    for i in members:
        x = link[i, w]
        if x > 0:
            k = n
            while k > 0 and ranked[k - 1] < x:
                ranked[k], who[k] = ranked[k - 1], who[k - 1]
                k -= 1
            ranked[k], who[k] = x, i
            n += 1
    return n


class Places(NamedTuple):
    """Who lies where: members of clusters, flat; where each begins; first cluster of each township."""

    members: Array
    start: Array
    first_cluster: Array


@compiled
def _free_block(year: YearArrays, places: Places, link: Array, at: tuple[int, int, int], count: Array) -> Any:
    """Return the value of a township's clusters in a week, each for itself; ``count`` gets their numbers of visits."""
    t, w, scale = at
    total = link[0, 0] * 0
    size = places.start[places.first_cluster[t + 1]] - places.start[places.first_cluster[t]]
    ranked, who = np.empty(size, link.dtype), np.empty(size, np.int64)
    for c in range(places.first_cluster[t], places.first_cluster[t + 1]):
        n = _sorted_down(link, places.members[places.start[c] : places.start[c + 1]], w, ranked, who)
        low, best, paid = link[0, 0] * 0, 0, link[0, 0] * 0
        for k in range(min(n, year.most[t, w])):
            paid += ranked[k]
            value = year.table[year.first_table[c] + k + 1] * scale - paid
            if value < low:
                low, best = value, k + 1
        total += low
        count[c] = best
    return total


@compiled
def _tight_block(
    year: YearArrays, places: Places, link: Array, at: tuple[int, int, int], count: Array
) -> Any:
    """Return the least value of a township's clusters in a week with at most ``most`` visits together.

    ``best[k]`` is the least value with at most k visits; clusters come in one after the other.
    """
    t, w, scale = at
    first, last = places.first_cluster[t], places.first_cluster[t + 1]
    size = places.start[last] - places.start[first]
    most = min(size, year.most[t, w])
    ranked, who = np.empty(size, link.dtype), np.empty(size, np.int64)
    best, chosen = np.zeros(most + 1, link.dtype), np.zeros((last - first, most + 1), np.int64)
    for c in range(first, last):
        if count[c] == 0:
            continue
        n = _sorted_down(link, places.members[places.start[c] : places.start[c + 1]], w, ranked, who)
        for k in range(most, 0, -1):
            low, paid = best[k], link[0, 0] * 0
            for m in range(min(n, k)):
                paid += ranked[m]
                value = best[k - m - 1] + year.table[year.first_table[c] + m + 1] * scale - paid
                if value < low:
                    low, chosen[c - first, k] = value, m + 1
            best[k] = low
    k = most
    for c in range(last - 1, first - 1, -1):
        count[c] = chosen[c - first, k]
        k -= count[c]
    return best[most]


@compiled
def price_trips(
    year: YearArrays, places: Places, link: Array, span: tuple[int, int, int], taken: Array
) -> Any:
    """Return the sum of the township-week blocks of some townships; ``taken`` gets the links that they take.

    A block is ``min(0, trip + min over n_c with sum n_c <= most of sum over clusters of table_c(n_c) - the n_c largest
    link prices)``.

    Parameters
    ----------
    year, places
        Year; who lies where.
    link
        shape (N, W), prices >= 0.
    span
        First township and the one after the last; scale of the costs.
    taken
        shape (N, W), bool, written where links are positive.
    """
    total = link[0, 0] * 0
    count = np.zeros(len(places.start), np.int64)
    ranked, who = np.empty(len(places.members), link.dtype), np.empty(len(places.members), np.int64)
    for t in range(span[0], span[1]):
        first, last = places.first_cluster[t], places.first_cluster[t + 1]
        for w in range(link.shape[1]):
            at = (t, w, span[2])
            block = _free_block(year, places, link, at, count)
            if count[first:last].sum() > year.most[t, w]:
                block = _tight_block(year, places, link, at, count)
            block += year.trip[t] * span[2]
            if block < 0:
                total += block
            else:
                count[first:last] = 0
            for c in range(first, last):
                n = _sorted_down(link, places.members[places.start[c] : places.start[c + 1]], w, ranked, who)
                for k in range(n):
                    taken[who[k], w] = k < count[c]
    return total
