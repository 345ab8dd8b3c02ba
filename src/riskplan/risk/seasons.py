"""Seasons: when hazards arise, by sector. The year's mean stays the intensity; only its course over the year changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.rules.model import SeasonRule

Ints = npt.NDArray[np.int64]
BASE = 20
"""Factors are whole multiples of 1 / BASE, so that every exposure is an exact whole number."""
YEARS_BACK = 40
"""Days that a season is known before the horizon, in years; what lies further back arose at the mean rate."""
_MONTHS = range(1, 13)


def month_factors(rows: Sequence[SeasonRule], sector: str) -> tuple[float, ...] | None:
    """Return the factor of each month for a sector, None where no row is about it.

    Parameters
    ----------
    rows
        Seasons of the rulebook; of several about a month the last holds, a month without one has factor 1.
    sector
        Sector.

    Returns
    -------
    tuple or None
        12 factors whose mean over the 365 days of a year is 1: stated factors divided by their mean.
    """
    mine = [row for row in rows if not row.sectors or sector in row.sectors]
    if not mine:
        return None
    factors = [1.0] * 12
    for row in mine:
        for month in row.months:
            factors[month - 1] = row.factor
    lengths = [(dt.date(2025 + m // 12, m % 12 + 1, 1) - dt.date(2025, m, 1)).days for m in _MONTHS]
    mean = sum(f * n for f, n in zip(factors, lengths, strict=True)) / sum(lengths)
    return tuple(f / mean for f in factors)


@dataclass(frozen=True, eq=False)
class Curve:
    """A sector's season day by day, summed up so that the cost of any gap is two look-ups.

    Parameters
    ----------
    first
        First day of the sums, from the horizon's first day (negative).
    least
        Least factor [1 / BASE].
    sums, moments
        shape (n_days + 1,), sums of F(d) and of F(d) (2 d + 1) over the days d before each day; F [1 / BASE].
    """

    first: int
    least: int
    sums: Ints
    moments: Ints

    @classmethod
    def of(cls, factors: Sequence[float], first_day: dt.date, n_days: int) -> Curve | None:
        """Return the curve of a horizon, None where all months are alike.

        Parameters
        ----------
        factors
            12 factors with mean 1.
        first_day, n_days
            Of the horizon.
        """
        whole = np.maximum(np.rint(np.asarray(factors) * BASE), 1).astype(np.int64)
        if (whole == BASE).all():
            return None
        back = round(YEARS_BACK * 365.25)
        days = np.arange(-back, n_days)
        dates = np.datetime64(first_day) + days
        month = dates.astype("datetime64[M]").astype(np.int64) % 12
        daily = whole[month]
        start = np.zeros(1, dtype=np.int64)
        return cls(
            first=-back,
            least=int(whole.min()),
            sums=np.concatenate([start, np.cumsum(daily)]),
            moments=np.concatenate([start, np.cumsum(daily * (2 * days + 1))]),
        )

    def gap(self, start: npt.ArrayLike, end: npt.ArrayLike) -> Ints:
        """Return the cost of gaps [start, end) at one hazard a day: the sum of F(d) (2 (end - d) - 1), exact.

        Parameters
        ----------
        start, end
            Days from the horizon's first day, start <= end; shapes that fit each other.

        Notes
        -----
        Twice the integral of F(t) (end - t) over the gap; with F = BASE it is BASE (end - start)^2.
        """
        a, b = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
        early = np.maximum(self.first - a, 0)
        i, j = np.maximum(a, self.first) - self.first, b - self.first
        cost = 2 * b * (self.sums[j] - self.sums[i]) - (self.moments[j] - self.moments[i])
        before = BASE * early * (2 * (b - self.first) + early)
        result: Ints = cost + before
        return result


def curves_of(
    rows: Sequence[SeasonRule], sectors: Sequence[str], first_day: dt.date, n_days: int
) -> dict[str, Curve]:
    """Return the curves of the sectors that have a season.

    Parameters
    ----------
    rows
        Seasons of the rulebook.
    sectors
        Sectors of the case.
    first_day, n_days
        Of the horizon.
    """
    made: dict[tuple[float, ...], Curve | None] = {}
    result: dict[str, Curve] = {}
    for sector in sorted(set(sectors)):
        factors = month_factors(rows, sector)
        if factors is None:
            continue
        if factors not in made:
            made[factors] = Curve.of(factors, first_day, n_days)
        curve = made[factors]
        if curve is not None:
            result[sector] = curve
    return result
