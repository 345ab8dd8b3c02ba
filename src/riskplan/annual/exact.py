"""Exact figures of a year: the bound of whole prices, the base, the cost of a plan. int64 throughout."""

from __future__ import annotations

import numpy as np

from riskplan.annual.arrays import YearArrays
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.prices import CellPrices, Pricer

FINE, COARSE = 256, 1 << 26
"""Prices may be so much finer than a unit where no cost reaches the second number."""


def exact_bound(year: YearArrays, prices: CellPrices, scale: int = 1) -> int:
    """Return a proven lower bound on the cost of every plan [units].

    Parameters
    ----------
    year
        Year.
    prices
        Any prices >= 0; they are rounded to whole ``1 / scale`` units, which keeps the bound valid.
    scale
        Fineness of the prices.
    """
    value = Pricer(year, np.int64).price(prices.rounded(scale), scale, map)
    return -(-int(value) // scale)


def fineness(year: YearArrays) -> int:
    """Return by how much prices may be finer than a unit: 256 where costs are small enough for it (algorithms A9.3).

    Coarse costs lose 1 % of the bound to whole prices; sums of fine ones must stay within int64.
    """
    allowed = year.node[year.node < FORBIDDEN]
    largest = max(int(np.abs(year.constant).max(initial=0)), int(np.abs(allowed).max(initial=0)))
    return FINE if largest < COARSE else 1


def base_cost(year: YearArrays) -> int:
    """Return the sum of every enterprise's cheapest pattern that leaves nothing out, with nothing to share [units]."""
    pricer = Pricer(year, np.int64)
    low = np.where(year.left_out > 0, np.int64(1) << np.int64(56), year.constant)
    free = CellPrices(
        np.zeros(len(year.capacity), dtype=np.int64), np.zeros((year.size, year.weeks), dtype=np.int64)
    )
    pricer.year = year._replace(constant=low)
    pricer.price(free, 1, map)
    return sum(int(v) for v in pricer.found.value)
