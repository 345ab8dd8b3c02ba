"""Inspections as arrays: what ranking models and the backtest work on. There is no room for who inspected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

ROUTINE, RECHECK, COMPLAINT, OTHER = range(4)
KINDS = ("routine", "recheck", "complaint", "other")
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True)
class Inspections:
    """Inspections in an order that no id decides: by day, place, kind and what was found.

    Parameters
    ----------
    business
        shape (n,), index of the business (establishment, premises).
    day
        shape (n,), days since 1970-01-01, ascending.
    kind
        shape (n,), 0 routine, 1 recheck, 2 complaint, 3 other.
    violations
        shape (n,), number of violations, at least 0.
    severity
        shape (n,), 0 none to 3 worst.
    lon, lat
        shape (n_businesses,), degrees, nan where unknown.
    traits
        Sector, size, operator ... of every business; an empty text where unknown.
    opened
        shape (n_businesses,), day of opening since 1970-01-01, -1 unknown.
    """

    business: Ints
    day: Ints
    kind: Ints
    violations: Floats
    severity: Ints
    lon: Floats
    lat: Floats
    traits: Mapping[str, tuple[str, ...]]
    opened: Ints

    def some(self, keep: npt.NDArray[np.bool_] | slice) -> Inspections:
        """Return the inspections that a mask or slice keeps, of the same businesses."""
        return replace(
            self,
            business=self.business[keep],
            day=self.day[keep],
            kind=self.kind[keep],
            violations=self.violations[keep],
            severity=self.severity[keep],
        )

    def before(self, day: int) -> Inspections:
        """Return what was known on the morning of a day."""
        return self.some(slice(0, int(np.searchsorted(self.day, day, side="left"))))


def in_order(rows: Inspections) -> Inspections:
    """Return the same inspections with businesses numbered and rows sorted by what they are, never by id.

    Renaming ids and permuting rows changes nothing.
    """
    return numbered(rows, business_order(rows))


def business_order(rows: Inspections) -> Ints:
    """Return the businesses by place and by a hash of their own history.

    Two that agree in all of it are exchangeable.
    """
    count = len(rows.lon)
    digest = np.zeros(count, dtype=np.uint64)
    np.add.at(digest, rows.business, _hashed(rows))
    for name in sorted(rows.traits):
        _, code = np.unique(np.array(rows.traits[name], dtype=str), return_inverse=True)
        digest = _mixed(digest ^ _mixed(code.astype(np.uint64)))
    return np.lexsort((digest, rows.opened, rows.lat, rows.lon)).astype(np.int64)


def numbered(rows: Inspections, ranked: Ints) -> Inspections:
    """Return the inspections with businesses in a given order, rows sorted by day, kind, business and finding."""
    number = np.empty(len(ranked), dtype=np.int64)
    number[ranked] = np.arange(len(ranked))
    business = number[rows.business]
    order = np.lexsort((rows.violations, rows.severity, business, rows.kind, rows.day))
    return Inspections(
        business=business[order],
        day=rows.day[order],
        kind=rows.kind[order],
        violations=rows.violations[order],
        severity=rows.severity[order],
        lon=rows.lon[ranked],
        lat=rows.lat[ranked],
        traits={n: tuple(np.array(v, dtype=object)[ranked]) for n, v in sorted(rows.traits.items())},
        opened=rows.opened[ranked],
    )


def _mixed(word: Words) -> Words:
    """Return well-spread bits of each word (splitmix64, Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        word = word + _MIX[0]
        word = (word ^ (word >> np.uint64(30))) * _MIX[1]
        word = (word ^ (word >> np.uint64(27))) * _MIX[2]
    return word ^ (word >> np.uint64(31))


def _hashed(rows: Inspections) -> Words:
    word = _mixed(rows.day.astype(np.uint64))
    for column in (rows.kind, rows.severity, np.round(rows.violations * 1000).astype(np.int64)):
        word = _mixed(word ^ column.astype(np.uint64))
    return word
