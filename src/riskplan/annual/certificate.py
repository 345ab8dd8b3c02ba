"""The lower bound as an exact integer: any non-negative integer prices are valid, every sum is an int64 (A9.3)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskplan.annual.dual import Multipliers, bound_value, prices_of, township_blocks
from riskplan.annual.instance import FORBIDDEN, Counters, Instance
from riskplan.annual.pricing import choose
from riskplan.annual.pricing_rows import PricedRows


def exact_bound(instance: Instance, multipliers: Multipliers) -> int:
    """Return a proven lower bound on the cost of every plan over the listed schedules [units].

    Parameters
    ----------
    instance
        Year instance.
    multipliers
        Any prices >= 0; they are rounded to integers, which keeps the bound valid.
    """
    integer = multipliers.rounded()
    rows = PricedRows.of(instance)
    choice = choose(instance, prices_of(instance, integer, rows))
    blocks = township_blocks(instance, integer.link)
    return int(bound_value(instance, integer, (choice, blocks), rows))


def base_cost(instance: Instance) -> int:
    """Return the sum of every enterprise's cheapest exposure with all duties and no coupling row [units].

    It is what no planner can change; ``gap_controllable`` is measured above it.
    """
    groups = tuple(g.rows(np.flatnonzero(g.left_out == 0)) for g in instance.groups)
    whole = replace(instance, groups=groups, counters=Counters.none())
    zero = tuple(np.zeros(g.node.shape, dtype=np.int64) for g in groups)
    value = choose(whole, zero).value
    if (value >= FORBIDDEN).any():
        anything = choose(
            instance, tuple(np.zeros(g.node.shape, dtype=np.int64) for g in instance.groups)
        ).value
        value = np.where(value >= FORBIDDEN, anything, value)
    return int(value.sum())
