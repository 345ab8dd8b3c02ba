"""Where the gap sits: upper bound less lower bound, split exactly over what prices and plan do not agree on.

With prices p, caps b, a plan x of cost c(x) and the bound ``L = sum_i v_i - paid(p) + sum_blocks``,

    UB - L = sum_i (c_i + p u_i(x) - v_i)          reduced costs: enterprises that are not at their cheapest pattern
           + sum_rows (paid_r - p_r u_r(x))        capacity that is priced and not used (with unevenness for weeks)
           + trips(x) - link x - sum_blocks        trips to townships and clusters that the prices do not pay for

and every term but for rounding of the objective's relaxations is at least 0 (weak duality, complementary slackness).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.certificate import exact_bound
from riskplan.annual.compile import YearModel
from riskplan.annual.dual import Multipliers, prices_of
from riskplan.annual.explain import Final
from riskplan.annual.instance import Instance, Numbers
from riskplan.annual.pricing import choose
from riskplan.annual.pricing_rows import PricedRows

Ints = npt.NDArray[np.int64]
REDUCED, BLOCKS = "enterprises", "trips"
Place = tuple[int, int, tuple[int, ...]]
"""Group, row and weeks of an enterprise's plan."""


def places_of(model: YearModel, final: Final) -> list[Place]:
    """Return which schedule of the instance, in which weeks, each enterprise's final visits are.

    Parameters
    ----------
    model
        The proving model: all of the plan's schedules are listed.
    final
        The plan.
    """
    at = {
        (int(i), int(n)): (g, r)
        for g, group in enumerate(model.instance.groups)
        for r, (i, n) in enumerate(zip(group.owner, group.number, strict=True))
    }
    result = []
    for i, visits in enumerate(final.visits):
        contents, schedules = tuple(c for _, c in visits), model.merged[i].schedules
        number = len(schedules) - 1 - schedules[::-1].index(contents)
        group, row = at[i, number]
        result.append((group, row, tuple(w for w, _ in visits)))
    return result


@dataclass(frozen=True, eq=False)
class PlanCost:
    """Cost of a plan [units].

    Parameters
    ----------
    own
        shape (n_enterprises,), exposure, lateness, stability and unplanned visits of each enterprise.
    uneven, total
        Unevenness, and all terms together.
    """

    own: Ints
    uneven: int
    total: int


def gap_split(
    instance: Instance, multipliers: Multipliers, places: list[Place], cost: PlanCost
) -> dict[str, int]:
    """Return term -> units; the terms sum exactly to the plan's cost less the bound of the prices.

    Parameters
    ----------
    instance
        Year instance that the bound is proven on.
    multipliers
        Prices >= 0; rounded as the bound rounds them.
    places
        Schedule and weeks of each enterprise.
    cost
        What the plan costs.
    """
    integer, rows = multipliers.rounded(), PricedRows.of(instance)
    prices = prices_of(instance, integer, rows)
    value = choose(instance, prices).value
    paid = np.array([_priced(prices, place) for place in places], dtype=np.int64)
    terms = {REDUCED: int((cost.own + paid - value).sum())}
    terms |= _slack(instance, integer, rows, places)
    terms["week"] += cost.uneven
    whole = cost.total - exact_bound(instance, multipliers)
    terms[BLOCKS] = whole - sum(terms.values())
    return terms


def _priced(prices: tuple[Numbers, ...], place: Place) -> int:
    """Return what an enterprise's visits pay for all that they use [units]."""
    group, row, weeks = place
    return sum(int(prices[group][row, j, w]) for j, w in enumerate(weeks))


def _slack(instance: Instance, m: Multipliers, rows: PricedRows, places: list[Place]) -> dict[str, int]:
    """Return what the bound pays for each family of caps beyond what the plan uses of it [units]."""
    caps = instance.caps
    minutes, crews, visits, counters = _used(instance, rows, places)
    months = np.einsum("pw,pmw->pm", minutes, caps.week_in_month.astype(np.int64))
    beyond = np.maximum(0, m.week - caps.uneven) * (caps.week_minutes - caps.even_minutes)
    years = visits @ caps.week_in_year.T.astype(np.int64)
    return {
        "week": int((m.week * (caps.even_minutes - minutes) + beyond).sum()),
        "month": int((m.month * (caps.month_minutes - months)).sum()),
        "crew": int((m.crew * (caps.crew_visits - crews)).sum()),
        "township": int(
            (m.township * (caps.township_week - visits)).sum() + (m.year * (caps.township_year - years)).sum()
        ),
        "row": int((m.row * (rows.room - counters)).sum()),
    }


def _used(instance: Instance, rows: PricedRows, places: list[Place]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return minutes (pools, weeks), crews (departments, weeks), visits (townships, weeks) and counters' use."""
    caps = instance.caps
    minutes, crews, visits = (
        np.zeros(x.shape, dtype=np.int64) for x in (caps.week_minutes, caps.crew_visits, caps.township_week)
    )
    counters = np.zeros(len(rows.room), dtype=np.int64)
    for i, (g, row, weeks) in enumerate(places):
        group, uses = instance.groups[g], instance.uses(g, row)
        for j, w in enumerate(weeks):
            minutes[:, w] += group.minutes[row, j]
            crews[:, w] += group.crews[row, j]
            visits[instance.township[i], w] += 1
            for use in uses[j]:
                counters[use.start : use.stop] += use.weight * use.touch[:, w]
    return minutes, crews, visits, counters


def largest_term(terms: Mapping[str, int]) -> str:
    """Return the term with the largest part of the gap."""
    return max(sorted(terms), key=lambda name: terms[name])
