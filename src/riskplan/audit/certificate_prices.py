"""The bound of whole prices, again: every enterprise's cheapest listed schedule and every township-week, in exact int64.

Costs of a pattern stay below 2^58 (``certificate_file.LARGEST`` bounds what the file may bring), 2^58 stands for "may not",
and sums over enterprises are Python integers, so nothing can overflow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MAY_NOT = np.int64(1) << np.int64(58)
DAYS_PER_WEEK = 7


@dataclass(frozen=True, eq=False)
class Listed:
    """The listed schedules with the audit's own costs; visits of a schedule stand together.

    Parameters
    ----------
    owner, first
        Enterprise and first visit of each schedule.
    length, gap
        Its visits, and the fewest weeks between two of them.
    constant
        Cost whatever the weeks are [units].
    node
        shape (n_visits, n_weeks) [units].
    square, linear
        shape (n_visits,), cost of the gap after a visit: square g^2 + linear g for g days.
    clash
        shape (n_visits,), table of the gap before a visit, -1: none.
    late
        shape (n_visits,), kind of the gap after a visit, and shape (n_kinds, n_weeks), what is late after it [units].
    """

    owner: Ints
    first: Ints
    length: Ints
    gap: Ints
    constant: Ints
    node: Ints
    square: Ints
    linear: Ints
    clash: Ints
    late: tuple[Ints, Ints]


def cheapest(listed: Listed, price: Ints, may: Bools, clashes: Bools) -> Ints:
    """Return the priced cost of every schedule's best weeks, ``MAY_NOT`` where it has none, shape (n_schedules,).

    Parameters
    ----------
    listed
        Schedules.
    price, may
        shape (n_visits, n_weeks), prices, and where each visit may stand.
    clashes
        shape (n_kinds, n_weeks, n_weeks); without a table nothing clashes.
    """
    cost = np.where(may, listed.node + price, MAY_NOT)
    value = listed.constant.copy()
    for length in np.unique(listed.length[listed.length > 0]):
        rows = np.flatnonzero(listed.length == length)
        best = cost[listed.first[rows]]
        for j in range(1, int(length)):
            at = listed.first[rows] + j
            best = np.minimum(_reach(listed, rows, at, (best, clashes)) + cost[at], MAY_NOT)
        least = best.min(axis=1)
        value[rows] = np.where(least >= MAY_NOT, MAY_NOT, least + listed.constant[rows])
    return value


def _reach(listed: Listed, rows: Ints, at: Ints, known: tuple[Ints, Bools]) -> Ints:
    """Return the least cost of reaching each week from the visit before, gap by gap."""
    best, clashes = known
    weeks = best.shape[1]
    reached = np.full(best.shape, MAY_NOT)
    kind = listed.clash[at] if len(clashes) else np.full(len(at), -1)
    bound = np.flatnonzero(kind >= 0)
    for g in range(int(listed.gap[rows].min()), weeks):
        days = DAYS_PER_WEEK * g
        arc = listed.square[at - 1] * (days * days) + listed.linear[at - 1] * days
        arc = arc + listed.late[1][listed.late[0][at - 1], g]
        arc = np.where(listed.gap[rows] <= g, arc, MAY_NOT)
        step = best[:, : weeks - g] + arc[:, None]
        if len(bound):
            barred = np.diagonal(clashes, offset=g, axis1=1, axis2=2)[kind[bound]]
            step[bound] = np.where(barred, MAY_NOT, step[bound])
        reached[:, g:] = np.minimum(reached[:, g:], step)
    return reached


def least_of_each(owner: Ints, value: Ints, count: int) -> Ints:
    """Return the least value of every enterprise, shape (count,); ``owner`` is sorted and names each."""
    if not count:
        return np.zeros(0, dtype=np.int64)
    return np.minimum.reduceat(value, np.searchsorted(owner, np.arange(count)))


@dataclass(frozen=True, eq=False)
class Tours:
    """What opening townships and clusters costs.

    Parameters
    ----------
    members
        For each township its clusters, each the places of its enterprises.
    tables
        For each township and cluster the cost of 0, 1, 2... visits [units].
    trip
        shape (n_townships,) [units].
    most
        shape (n_townships, n_weeks), most visits.
    """

    members: tuple[tuple[Ints, ...], ...]
    tables: tuple[tuple[Ints, ...], ...]
    trip: Ints
    most: Ints


def township_weeks(tours: Tours, link: Ints) -> int:
    """Return the sum of all township-week blocks, each at most 0 [units]."""
    total = 0
    for t, trip in enumerate(tours.trip.tolist()):
        size = sum(len(own) for own in tours.members[t])
        most = np.clip(tours.most[t], 0, size)
        best = np.zeros((int(most.max(initial=0)) + 1, link.shape[1]), dtype=np.int64)
        for own, table in zip(tours.members[t], tours.tables[t], strict=True):
            best = _with(best, link[own], table)
        value = best[most, np.arange(link.shape[1])]
        total += int(np.minimum(0, trip + value).sum())
    return total


def _with(best: Ints, link: Ints, table: Ints) -> Ints:
    """Return the least value with at most k visits when one more cluster comes in, shape (most + 1, n_weeks)."""
    ranked = -np.sort(-link, axis=0)
    used = int((ranked > 0).sum(axis=0).max(initial=0))
    result = best.copy()
    won = np.cumsum(ranked, axis=0)
    for n in range(1, min(used, len(best) - 1) + 1):
        result[n:] = np.minimum(result[n:], best[: len(best) - n] + (table[n] - won[n - 1]))
    return result
