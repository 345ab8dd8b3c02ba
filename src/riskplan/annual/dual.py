"""The Lagrangian dual in plain numpy: what prices prove. The compiled ascent that finds them stands in ``prices``.

    L(prices) = sum_i min_pattern (cost + prices of what it uses) - sum prices x caps
                - sum_{pool, week} (p x even level + max(0, p - uneven) x (cap - even level))
                + sum_{township, week} min(0, trip + min_{n_c: sum n_c <= cap} sum_c (trip_c(n_c) - n_c largest links))

is a lower bound for any prices >= 0 (algorithms A2, A9.2). The link price theta[i, w] pays for "a visit of i in week w
needs its township and its village cluster opened"; openings close in the last line without further variables.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import Caps, Instance, Numbers
from riskplan.annual.pricing import Choice
from riskplan.annual.pricing_rows import PricedRows

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Multipliers:
    """Prices >= 0 of the coupling rows, float64 in the search and int64 in the exact bound [units].

    Parameters
    ----------
    week, crew
        shapes (n_pools, n_weeks) and (n_departments, n_weeks), per officer-minute and per crew-visit.
    month
        shape (n_pools, n_months), per officer-minute.
    year
        shape (n_townships, n_years), per visit.
    township
        shape (n_townships, n_weeks), per visit.
    link
        shape (n_enterprises, n_weeks), per visit of an enterprise in a week.
    row
        shape (n_counters,), per visit that a counter counts.
    """

    week: Numbers
    crew: Numbers
    month: Numbers
    year: Numbers
    township: Numbers
    link: Numbers
    row: Numbers

    @classmethod
    def zeros(cls, instance: Instance) -> Multipliers:
        """Return prices of zero for an instance."""
        caps = instance.caps
        return cls(
            np.zeros(caps.week_minutes.shape),
            np.zeros(caps.crew_visits.shape),
            np.zeros(caps.month_minutes.shape),
            np.zeros(caps.township_year.shape),
            np.zeros(caps.township_week.shape),
            np.zeros((instance.size, instance.weeks)),
            np.zeros(len(instance.counters.left)),
        )

    def rounded(self) -> Multipliers:
        """Return the nearest integer prices; any non-negative integers are as valid as the originals."""
        return Multipliers(*(np.rint(getattr(self, f.name)).astype(np.int64) for f in fields(self)))


def month_prices(caps: Caps, m: Multipliers) -> Numbers:
    """Return the months' part of the price of a minute of each pool in each week, shape (n_pools, n_weeks)."""
    return np.einsum("pm,pmw->pw", m.month, caps.week_in_month.astype(m.month.dtype))


def prices_of(instance: Instance, m: Multipliers, rows: PricedRows) -> tuple[Numbers, ...]:
    """Return the price of each visit in each week, one array (n_schedules, length, n_weeks) per group."""
    caps = instance.caps
    per_minute = m.week + month_prices(caps, m)
    per_visit = m.year @ caps.week_in_year.astype(m.week.dtype) + m.township
    result = []
    for g, group in enumerate(instance.groups):
        price = group.minutes.astype(m.week.dtype) @ per_minute + group.crews.astype(m.week.dtype) @ m.crew
        price = price + per_visit[instance.township[group.owner]][:, None, :]
        price = price + m.link[group.owner][:, None, :]
        result.append(rows.add(g, price, m.row))
    return tuple(result)


def township_blocks(instance: Instance, link: Numbers) -> Numbers:
    """Return the value of every township-week block, each at most 0, shape (n_townships, n_weeks).

    Parameters
    ----------
    instance
        Year: trips, clusters, township caps.
    link
        shape (n_enterprises, n_weeks), prices >= 0.
    """
    caps = instance.caps
    value = np.zeros((len(caps.trip), link.shape[1]), dtype=link.dtype)
    for t, trip in enumerate(caps.trip):
        own = [np.flatnonzero(instance.cluster == c) for c in np.flatnonzero(caps.cluster_township == t)]
        tables = caps.cluster_trip[caps.cluster_township == t]
        for w in range(link.shape[1]):
            most = int(min(caps.township_week[t, w], sum(map(len, own))))
            best = np.zeros(most + 1, dtype=link.dtype)
            for members, table in zip(own, tables, strict=True):
                best = _with_cluster(best, link[members, w], table)
            value[t, w] = min(0, trip + best[most])
    return value


def _with_cluster(best: Numbers, link: Numbers, table: Ints) -> Numbers:
    """Return the least value with at most k visits when a cluster comes in, shape (most + 1,).

    Parameters
    ----------
    best
        The same without the cluster.
    link
        shape (n_members,), link prices.
    table
        Cost of 0, 1, 2... visits.
    """
    ranked = -np.sort(-link[link > 0])
    result = best.copy()
    for n in range(1, min(len(ranked), len(best) - 1) + 1):
        value = table[n] - ranked[:n].sum()
        result[n:] = np.minimum(result[n:], best[: len(best) - n] + value)
    return result


def bound_value(
    instance: Instance, m: Multipliers, priced: tuple[Choice, Numbers], rows: PricedRows
) -> float | int:
    """Return the Lagrangian value of prices, given their pricing and blocks [units]."""
    caps, (choice, blocks) = instance.caps, priced
    beyond = np.maximum(0, m.week - caps.uneven) * (caps.week_minutes - caps.even_minutes)
    paid = (
        (m.week * caps.even_minutes + beyond).sum()
        + (m.township * caps.township_week).sum()
        + (m.crew * caps.crew_visits).sum()
        + (m.month * caps.month_minutes).sum()
        + (m.year * caps.township_year).sum()
        + (m.row * rows.room).sum()
    )
    return choice.value.sum() - paid + blocks.sum()
