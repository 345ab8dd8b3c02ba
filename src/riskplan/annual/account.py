"""What a year plan says of itself: why visits are missing, what more capacity is worth, where the gap sits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from riskplan.annual.compile import YearModel
from riskplan.annual.demand import demand_table
from riskplan.annual.dual import Multipliers
from riskplan.annual.exchange import MOST_OUT
from riskplan.annual.explain import Blocks, Final
from riskplan.annual.gap import PlanCost, gap_split, largest_term, places_of
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.annual.lacks import unplanned_cost
from riskplan.annual.reasons import Explanation, explanations
from riskplan.annual.relax import smallest_relief
from riskplan.annual.shadow import shadow_prices
from riskplan.annual.terms import objective_terms
from riskplan.case.tables import Case
from riskplan.rules.model import Rulebook


def unplanned_rows(case: Case, blocks: Blocks) -> list[dict[str, object]]:
    """Return the rows of ``unplanned.csv`` for every missing visit.

    Parameters
    ----------
    case
        Names of the enterprises.
    blocks
        The final plan.
    """
    names = [case.enterprises["enterprise_id"].iat[m.e] for m in blocks.model.merged]
    rows = []
    for gap, said in zip(blocks.final.missing, explanations(blocks), strict=True):
        rows.append({
            "enterprise_id": names[gap.i],
            "items": gap.content.items,
            "departments": gap.content.departments,
            "visits": 1,
            "tier": blocks.model.tiers[gap.i],
            "reason": "limit",
            "limit_id": gap.limit_id,
            "scope_key": gap.scope_key,
            "weeks_by_limit": said.weeks_by_limit,
            "nearest_week": said.nearest_week,
            "nearest_limits": said.nearest_limits,
            "exchange_visit": _visit_id(case, blocks.final, names, said),
            "exchange_week": said.exchange_week,
            "exchange_to": said.exchange_to,
            "exchange_cost": said.exchange_cost,
            "advice": said.advice,
        })
    return rows


def _visit_id(case: Case, final: Final, names: list[str], said: Explanation) -> str:
    """Return the id that the plan gives a visit: enterprise, year, number by week."""
    if said.exchange_visit is None:
        return ""
    i, week, content = said.exchange_visit
    number = final.visits[i].index((week, content)) + 1
    return f"{names[i]}-{case.first_day.year}-{number}"


def account(
    blocks: Blocks, proving: YearModel, multipliers: Multipliers, prices: Multipliers
) -> dict[str, Any]:
    """Return the manifest's sections: demand, relief, prices, gap split, exchange test.

    Parameters
    ----------
    blocks
        The final plan.
    proving
        The year that the bound is proven on.
    multipliers, prices
        Prices found, and those of the proving year.
    """
    model, rules = blocks.model, blocks.rules
    relief = smallest_relief(blocks)
    split = split_of(blocks.final, proving, prices, rules)
    return {
        "demand": [asdict(load) for load in demand_table(model)],
        "relief": asdict(relief) | {"limits": [asdict(one) for one in relief.limits]},
        "prices": [asdict(price) for price in shadow_prices(model, multipliers, rules)],
        "gap_split": {name: round(units / UNITS_PER_HAZARD_DAY, 3) for name, units in split.items()},
        "gap_sits_in": largest_term(split),
        "exchange_test": MOST_OUT,
    }


def split_of(final: Final, proving: YearModel, prices: Multipliers, rules: Rulebook) -> dict[str, int]:
    """Return the gap of a final plan by term [units]; it sums to objective less bound.

    Parameters
    ----------
    final
        The plan.
    proving, prices
        Year and prices of the bound.
    rules
        Objective.
    """
    own = np.zeros(proving.instance.size, dtype=np.int64)
    for i, visits in enumerate(final.visits):
        weeks = [w for w, _ in visits]
        own[i] = proving.own_cost(i, weeks, [c for _, c in visits])
        own[i] += sum(int(proving.shift[i, w]) for w in weeks) if proving.shift.size else 0
    for gap in final.missing:
        own[gap.i] += unplanned_cost(proving, rules, gap.i)
    terms = objective_terms(proving, final, rules)
    cost = PlanCost(own, terms["uneven"], sum(terms.values()))
    return gap_split(proving.instance, prices, places_of(proving, final), cost)
