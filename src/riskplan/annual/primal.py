"""The plan that an office makes by hand: what every search is compared with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import Instance
from riskplan.annual.state import YearState


def first_fit(instance: Instance) -> YearState:
    """Return the plan an office makes by hand: worst tier first, each at its own best week that is still free."""
    state = YearState(instance)
    for i in _tier_order(instance, np.arange(instance.size)):
        state.put(i, state.best(i))
    return state


def _tier_order(instance: Instance, order: npt.NDArray[np.int64]) -> list[int]:
    return [int(i) for i in order[np.argsort(instance.rank[order], kind="stable")]]
