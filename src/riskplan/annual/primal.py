"""Plans: price-guided construction in tier order, then ruin and recreate on the true cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.annual.dual import Multipliers, month_prices
from riskplan.annual.improve import Search, improve
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY, Instance
from riskplan.annual.state import YearState
from riskplan.progress import OnProgress, Progress, Stop

Floats = npt.NDArray[np.float64]
PRICE_WEIGHTS = (1.0, 1.6)
"""How strongly prices steer each construction."""


def first_fit(instance: Instance) -> YearState:
    """Return the plan an office makes by hand: worst tier first, each at its own best week that is still free."""
    state = YearState(instance)
    for i in _tier_order(instance, np.arange(instance.size)):
        state.put(i, state.best(i))
    return state


def construct(instance: Instance, prices: Floats, weight: float, order: npt.NDArray[np.int64]) -> YearState:
    """Return a plan built one enterprise at a time, worst tier first, each choice steered by the dual prices.

    Parameters
    ----------
    instance
        Year instance.
    prices
        shape (n_departments, n_weeks), price of an officer-minute [units].
    weight
        How much of the price counts.
    order
        Permutation of the enterprises; tiers go before it.
    """
    state = YearState(instance)
    for i in _tier_order(instance, order):
        state.put(i, state.best(i, prices, weight))
    return state


def _tier_order(instance: Instance, order: npt.NDArray[np.int64]) -> list[int]:
    return [int(i) for i in order[np.argsort(instance.rank[order], kind="stable")]]


def search_plan(
    instance: Instance, multipliers: Multipliers, stop: Stop, seed: int, on_progress: OnProgress
) -> Search:
    """Return a good plan: several constructions, the best one improved.

    Parameters
    ----------
    instance, multipliers
        Year and its dual prices.
    stop
        ``effort`` multiplies the number of moves.
    seed
        Seed of orders and moves.
    on_progress
        Listener.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    minute_prices = multipliers.week + month_prices(instance.caps, multipliers)
    best: YearState | None = None
    try:
        for weight in PRICE_WEIGHTS:
            state = construct(instance, minute_prices, weight, rng.permutation(instance.size))
            if best is None or state.objective() < best.objective():
                best = state
            on_progress(Progress("construct", incumbent=best.objective() / UNITS_PER_HAZARD_DAY))
    except KeyboardInterrupt:
        best = best or first_fit(instance)
        return Search(best, best.objective(), best.objective(), 0, 0, "interrupted")
    assert best is not None, "there is at least one construction"
    if not instance.size:
        return Search(best, best.objective(), best.objective(), 0, 0, "effort")
    return improve(best, minute_prices, stop, rng, on_progress)
