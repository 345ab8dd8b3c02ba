"""Compiled columns: every set of visits that one team-day can make, its cheapest order, and its price against duals.

A set is dropped when no order of it can be driven; then no larger set that holds it can be driven either, because driving
times are metric. All prices are integers (``columns.SCALE``), so that what is proven from them is exact.
"""

from __future__ import annotations

from typing import Any

from riskplan.compiled import uncounted
from riskplan.weekly.arrays import NEVER, WeekArrays
from riskplan.weekly.route_kernels import after_lunch, served

Array = Any
FULL = -1
"""Told instead of a number of sets when there is no room for all of them."""


@uncounted
def too_long(week: WeekArrays, r: int, chosen: Array, size: int) -> bool:
    """Tell whether a set is surely too much for a shift: service, and for every place the shortest leg into it."""
    start, end, depot = week.shift_start[r], week.shift_end[r], week.depot[r]
    lunch, until = week.lunch_from[r] + week.lunch_length[r], min(week.lunch_until[r], end)
    most = max(end - start - week.lunch_length[r], until - start, end - max(start, lunch))
    home = NEVER
    for a in range(size):
        v = chosen[a]
        leg = week.drive[depot, v]
        for b in range(size):
            if b != a:
                leg = min(leg, week.drive[chosen[b], v])
        home = min(home, week.drive[v, depot])
        most -= leg + week.service[v]
    return home > most


@uncounted
def home_in_time(week: WeekArrays, r: int, here: int, before: int, after: int) -> bool:
    """Tell whether a team at a place, with lunch to come or behind, is back within the shift."""
    lunch = (week.lunch_from[r], week.lunch_until[r], week.lunch_length[r])
    leg, end = week.drive[here, week.depot[r]], week.shift_end[r]
    return before + leg <= min(lunch[1], end) or min(after + leg, after_lunch(lunch, before, leg)) <= end


@uncounted
def served_both(week: WeekArrays, r: int, v: int, before: int, after: int, leg: int) -> tuple[int, int]:
    """Return the earliest ends of a visit with lunch to come and with lunch behind, after a leg to it."""
    lunch = (week.lunch_from[r], week.lunch_until[r], week.lunch_length[r])
    windows = (week.first_window[v], week.first_window[v + 1])
    ready = min(after + leg, after_lunch(lunch, before, leg))
    late = served(week.opens, week.latest, windows, week.service[v], ready)
    return served(week.opens, week.latest, windows, week.service[v], before + leg), late


@uncounted
def begin_order(week: WeekArrays, r: int, chosen: Array, size: int, scratch: Array) -> None:
    """Write the team at its depot at the begin of the shift, nothing visited, all service to come."""
    scratch[0, 0], scratch[4, 0], scratch[8, 0] = 0, 0, 0
    for k in range(size):
        scratch[8, 0] += week.service[chosen[k]]
    eaten = week.lunch_from[r] + week.lunch_length[r]
    scratch[2, 0], scratch[3, 0] = week.shift_start[r], max(week.shift_start[r], eaten)


@uncounted
def cheapest_order(week: WeekArrays, r: int, chosen: Array, size: int, scratch: Array, best: Array) -> int:
    """Return the travel and priority of the cheapest order of a set, ``NEVER`` if none can be driven.

    Parameters
    ----------
    week, r
        Week, team-day.
    chosen, size
        The set.
    scratch
        shape (9, P + 2): by depth, rows 0 to 4 and 8: next choice, order, times with lunch to come and behind, cost,
        service left.
    best
        shape (P,), receives the order.
    """
    depot, end, eat_by = week.depot[r], week.shift_end[r], min(week.lunch_until[r], week.shift_end[r])
    least, depth, used = NEVER, 0, 0
    if size > 2 and too_long(week, r, chosen, size):
        return least
    begin_order(week, r, chosen, size, scratch)
    while depth >= 0:
        here = chosen[scratch[1, depth - 1]] if depth else depot
        before, after = scratch[2, depth], scratch[3, depth]
        if depth == size:
            cost = scratch[4, depth] + week.travel[here, depot]
            if cost < least and home_in_time(week, r, here, before, after):
                least = cost
                for k in range(size):
                    best[k] = chosen[scratch[1, k]]
            depth -= 1
            used ^= 1 << scratch[1, depth]
            continue
        c = scratch[0, depth]
        if c == size:
            depth -= 1
            if depth >= 0:
                used ^= 1 << scratch[1, depth]
            continue
        scratch[0, depth] = c + 1
        if used >> c & 1:
            continue
        v = chosen[c]
        cost = scratch[4, depth] + week.travel[here, v] + week.priority[v] * depth
        if cost >= least:
            continue
        before, after = served_both(week, r, v, before, after, week.drive[here, v])
        left = scratch[8, depth] - week.service[v]
        if min(after, before + week.lunch_length[r]) + left > end and before + left > eat_by:
            continue
        scratch[1, depth] = c
        depth += 1
        scratch[8, depth] = left
        used |= 1 << c
        scratch[0, depth], scratch[2, depth], scratch[3, depth], scratch[4, depth] = 0, before, after, cost
    return least


@uncounted
def pairs_together(week: WeekArrays, r: int, bits: Array, scratch: Array, together: Array) -> None:
    """Tell which two visits one team-day can make, shape (n, n)."""
    n = len(week.service)
    chosen, best = scratch[5], scratch[6]
    for i in range(n):
        for j in range(i + 1, n):
            chosen[0], chosen[1] = i, j
            good = (bits[i] & bits[j]) != 0 and cheapest_order(week, r, chosen, 2, scratch, best) < NEVER
            together[i, j] = together[j, i] = good


@uncounted
def triples_together(
    week: WeekArrays, r: int, bits: Array, together: Array, scratch: Array, triples: Array
) -> None:
    """Tell which three visits (i < j < k) one team-day can make, shape (n, n, n)."""
    n = len(week.service)
    chosen, best = scratch[5], scratch[6]
    for i in range(n):
        for j in range(i + 1, n):
            if not together[i, j]:
                continue
            for k in range(j + 1, n):
                if together[i, k] and together[j, k] and (bits[i] & bits[j] & bits[k]) != 0:
                    chosen[0], chosen[1], chosen[2] = i, j, k
                    triples[i, j, k] = cheapest_order(week, r, chosen, 3, scratch, best) < NEVER


@uncounted
def may_join(together: Array, triples: Array, chosen: Array, depth: int, v: int) -> bool:
    """Tell whether a visit forms only lawful pairs and triples with those of a set."""
    for a in range(depth):
        if not together[chosen[a], v]:
            return False
    for a in range(depth):
        for b in range(a + 1, depth):
            if not triples[chosen[a], chosen[b], v]:
                return False
    return True


@uncounted
def loads_allow(week: WeekArrays, r: int, chosen: Array, depth: int, v: int) -> bool:
    """Tell whether a set with one more visit keeps the loads of a team-day."""
    for load in range(len(week.load)):
        amount = week.load[load, v]
        for k in range(depth):
            amount += week.load[load, chosen[k]]
        if amount > week.most[load, r]:
            return False
    return True


@uncounted
def enumerate_sets(
    week: WeekArrays, r: int, bits: Array, lawful: tuple[Array, Array], scratch: Array,
    found: tuple[Array, Array, Array, Array],
) -> int:  # fmt: skip
    """List every set of visits that a team-day can make; returns how many, ``FULL`` when there is no room.

    Parameters
    ----------
    week, r
        Week, a team-day of the profile.
    bits
        shape (n,), classes of the profile that may make a visit.
    lawful
        From ``pairs_together`` and ``triples_together``.
    scratch
        shape (9, P + 2).
    found
        Receives orders (N, P), sizes (N,), costs without the team-day's opening (N,), class bits (N,).
    """
    n, longest = len(week.service), found[0].shape[1]
    count, depth = 0, 0
    chosen, order, candidate = scratch[5], scratch[6], scratch[7]
    candidate[0] = 0
    while depth >= 0:
        v = candidate[depth]
        if v >= n or depth == longest:
            depth -= 1
            continue
        candidate[depth] = v + 1
        mask = bits[v]
        for k in range(depth):
            mask &= bits[chosen[k]]
        if mask == 0 or not may_join(lawful[0], lawful[1], chosen, depth, v):
            continue
        if not loads_allow(week, r, chosen, depth, v):
            continue
        chosen[depth] = v
        cost = cheapest_order(week, r, chosen, depth + 1, scratch, order)
        if cost >= NEVER:
            continue
        if count == len(found[1]):
            return FULL
        for k in range(depth + 1):
            found[0][count, k] = order[k]
        found[1][count], found[2][count], found[3][count] = depth + 1, cost, mask
        count += 1
        depth += 1
        candidate[depth] = v + 1
    return count


@uncounted
def price_sets(
    sets: tuple[Array, Array, Array, Array],
    which: Array,
    gain: Array,
    classes: Array,
    same: bool,
    found: tuple[Array, Array],
) -> None:
    """Price some sets without cuts: cost minus what its visits earn minus the dearest class that may make it.

    Parameters
    ----------
    sets
        As ``enumerate_sets`` leaves them; costs scaled, opening included.
    which
        Which sets.
    gain
        shape (n, K), dual of a visit made by a class, caps included.
    classes
        shape (K,), dual of a class, never above 0.
    same
        Whether a visit earns the same in every class.
    found
        Receives reduced costs and classes.
    """
    for i in range(len(which)):
        s = which[i]
        best, best_class, mask = NEVER * 1024, 0, sets[3][s]
        size, earned = sets[1][s], 0
        if same:
            for k in range(size):
                earned += gain[sets[0][s, k], 0]
        for c in range(len(classes)):
            if mask >> c & 1:
                if not same:
                    earned = 0
                    for k in range(size):
                        earned += gain[sets[0][s, k], c]
                value = sets[2][s] - earned - classes[c]
                if value < best:
                    best, best_class = value, c
        found[0][i], found[1][i] = best, best_class


@uncounted
def add_cuts(
    sets: tuple[Array, Array, Array, Array],
    which: Array,
    cuts: Array,
    duals: Array,
    below: int,
    prices: Array,
) -> None:
    """Add to the prices below a limit what the cuts charge: each ``-dual`` once two of its three visits are in the set.

    Parameters
    ----------
    sets, which, prices
        As in ``price_sets``.
    cuts, duals
        shape (Q, n), bool: visits of each cut; shape (Q,), never above 0.
    below
        Prices from here on stay as they are.
    """
    for i in range(len(which)):
        if prices[i] >= below:
            continue
        s = which[i]
        for q in range(len(cuts)):
            inside = 0
            for k in range(sets[1][s]):
                inside += cuts[q, sets[0][s, k]]
            if inside >= 2:
                prices[i] -= duals[q]


@uncounted
def violated_triples(
    weights: Array, stops: Array, sizes: Array, joint: Array, least: float, found: tuple[Array, Array]
) -> int:
    """List triples of visits that fractional routes break: of three visits, one route at most may make two or more.

    Jepsen, Petersen, Spoorendonk and Pisinger (2008), subset-row inequalities.

    Parameters
    ----------
    weights, stops, sizes
        Fractional routes: shape (F,), (F, P), (F,).
    joint
        shape (n, n), zeros; receives how much two visits are made together.
    least
        Least violation.
    found
        Receives triples (T, 3) and violations (T,); more than T are left out.
    """
    n, count = len(joint), 0
    for f in range(len(weights)):
        for a in range(sizes[f]):
            for b in range(sizes[f]):
                joint[stops[f, a], stops[f, b]] += weights[f]
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                value = joint[i, j] + joint[i, k] + joint[j, k]
                if value <= 1.0 + least:
                    continue
                for f in range(len(weights)):
                    inside = 0
                    for a in range(sizes[f]):
                        inside += stops[f, a] in (i, j, k)
                    if inside == 3:
                        value -= 2.0 * weights[f]
                if value > 1.0 + least and count < len(found[1]):
                    found[0][count, 0], found[0][count, 1], found[0][count, 2] = i, j, k
                    found[1][count] = value - 1.0
                    count += 1
    return count
