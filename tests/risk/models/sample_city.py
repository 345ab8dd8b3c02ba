"""A seeded city for tests: districts that change over time, premises that differ."""

from __future__ import annotations

import numpy as np

from riskplan.risk.inspections import Inspections


def city(
    premises: int = 120, days: int = 700, seed: int = 1, *, own: float = 1.0, district: float = 1.0
) -> Inspections:
    """Return routine inspections of a made-up city.

    Parameters
    ----------
    premises, days, seed
        Size, length, seed.
    own
        Standard deviation of what premises differ by [log odds].
    district
        Standard deviation of what a district differs by in a quarter [log odds].
    """
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 0.2, (premises, 2))
    mine = rng.normal(0, own, premises)
    quarter = rng.normal(0, district, (4, days // 90 + 1))
    which = (place[:, 0] > 0.1) * 2 + (place[:, 1] > 0.1)
    business, day, severity = [], [], []
    for b in range(premises):
        at = int(rng.integers(0, 120))
        while at < days:
            odds = -1.2 + mine[b] + quarter[which[b], at // 90]
            business.append(b)
            day.append(16_000 + at)
            severity.append(3 if rng.random() < 1 / (1 + np.exp(-odds)) else int(rng.integers(0, 3)))
            at += int(rng.integers(60, 220))
    order = np.lexsort((severity, place[business, 1], place[business, 0], day))
    return Inspections(
        business=np.array(business)[order],
        day=np.array(day)[order],
        kind=np.zeros(len(order), dtype=np.int64),
        violations=np.array(severity, dtype=np.float64)[order],
        severity=np.array(severity)[order],
        lon=118 + place[:, 0],
        lat=25 + place[:, 1],
        traits={},
        opened=np.full(premises, -1),
    )
