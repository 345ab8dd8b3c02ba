"""Which visits stay when some are left out: schedules that do not carry everything."""

from __future__ import annotations

from collections.abc import Sequence

MAX_SCHEDULES = 12
"""Most schedules per enterprise handed to the year plan (contracts, section 8)."""
MAX_ORDERS = 6
"""Most orders of the full visits among them."""


def reductions(visits: Sequence[tuple[str, ...]]) -> list[tuple[int, ...]]:
    """Return which visits stay when one, two, ... all are left out: the emptiest go first, later ones before earlier.

    Parameters
    ----------
    visits
        Items of each visit in order.
    """
    order = sorted(range(len(visits)), key=lambda v: (len(visits[v]), -v))
    return [tuple(sorted(set(range(len(visits))) - set(order[:k]))) for k in range(1, len(visits) + 1)]
