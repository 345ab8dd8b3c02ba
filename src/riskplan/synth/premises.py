"""Fictional enterprises: what they do, how large they are, where they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from riskplan.synth.catalogue import SIZES, sectors
from riskplan.synth.draws import Draws, pick_by_row
from riskplan.synth.geography import Geography, from_plane, pull_inside, township_weights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GRADES = ("一级", "二级", "三级", "未达标")
_GRADE_WEIGHTS = np.array([[20.0, 40, 30, 10], [6, 30, 40, 24], [1, 12, 45, 42], [0, 4, 36, 60]])
"""Rows by size, columns by grade."""
_SIZE_FACTOR = np.array([1.5, 1.2, 0.9, 0.7])
_RATE_SPREAD = 0.7
_SCATTER_M = {"park": 240.0, "village": 320.0}
_HALF_HOURS = (-30, 0, 0, 0, 30)
STATUSES = ("active", "suspended", "closed")
_STATUS_WEIGHTS = (97.5, 1.0, 1.5)


@dataclass(frozen=True)
class Premises:
    """All enterprises by increasing id; every array has shape (n_enterprises,).

    Parameters
    ----------
    township, village, sector, size
        Indices into the geography, the sectors and the sizes.
    grade
        Index into the grades, -1 where the sector has none.
    lon, lat
        WGS84 [degrees], rounded to 1e-6.
    opens, closes
        Minutes from midnight.
    rest_day
        Weekday closed, 1 = Monday, 0 = none.
    seasonal
        True where the sector's open months apply.
    status
        Index into the statuses.
    rate
        Hidden rate of hazards relative to the county's mean.
    """

    township: Ints
    village: Ints
    sector: Ints
    size: Ints
    grade: Ints
    lon: Floats
    lat: Floats
    opens: Ints
    closes: Ints
    rest_day: Ints
    seasonal: npt.NDArray[np.bool_]
    status: Ints
    rate: Floats

    def __len__(self) -> int:
        return len(self.sector)

    @property
    def active(self) -> npt.NDArray[np.bool_]:
        """True where the enterprise is planned at all."""
        return self.status == 0

    def enterprise_id(self, index: int) -> str:
        """Return the id of an enterprise, e.g. ``E00001``."""
        return f"E{index + 1:05d}"

    def with_seasons(self, seasonal: npt.NDArray[np.bool_]) -> Premises:
        """Return a copy with other seasonal enterprises."""
        return replace(self, seasonal=seasonal)


def make_premises(geography: Geography, count: int, draws: Draws) -> Premises:
    """Return ``count`` enterprises, ordered by township."""
    lines = sectors()
    sector = draws.choice([s.share for s in lines], count)
    township, village, lon, lat = _places(geography, sector, draws)
    order = np.argsort(township, kind="stable")
    sector, township, village, lon, lat = (
        sector[order],
        township[order],
        village[order],
        lon[order],
        lat[order],
    )
    size = pick_by_row(np.array([s.sizes for s in lines]), sector, draws.uniform(count))
    grade = pick_by_row(_GRADE_WEIGHTS, size, draws.uniform(count))
    graded = np.array([s.graded for s in lines])[sector]
    shift = np.array(_HALF_HOURS)[draws.whole(0, len(_HALF_HOURS) - 1, count)]
    rests = draws.uniform(count) < np.array([s.rest_share for s in lines])[sector]
    factor = np.array([s.hazard_factor for s in lines])[sector] * _SIZE_FACTOR[size]
    return Premises(
        township=township,
        village=village,
        sector=sector,
        size=size,
        grade=np.where(graded, grade, -1),
        lon=lon,
        lat=lat,
        opens=np.array([s.opens for s in lines])[sector] + shift,
        closes=np.array([s.closes for s in lines])[sector],
        rest_day=np.where(rests, draws.whole(1, 7, count), 0),
        seasonal=np.array([bool(s.open_months) for s in lines])[sector],
        status=draws.choice(_STATUS_WEIGHTS, count),
        rate=factor * draws.lognormal(_RATE_SPREAD, count),
    )


def _places(geography: Geography, sector: Ints, draws: Draws) -> tuple[Ints, Ints, Floats, Floats]:
    """Return township, village, lon and lat of each enterprise: in a park or near a village."""
    count = len(sector)
    in_park = draws.uniform(count) < np.array([s.park_share for s in sectors()])[sector]
    park = draws.whole(0, len(geography.parks) - 1, count)
    weights = township_weights(geography.townships, geography.villages)
    home = np.array([v.township for v in geography.villages])
    pull = weights[home] / np.bincount(home)[home] * draws.lognormal(0.6, len(home))
    village = draws.choice(pull, count)
    scatter = np.column_stack([draws.normal(count), draws.normal(count)])
    township = np.empty(count, dtype=np.int64)
    lon, lat = np.empty(count), np.empty(count)
    nearest = [_nearest_village(geography, k) for k in range(len(geography.parks))]
    for i in range(count):
        if in_park[i]:
            township[i], anchor = geography.parks[park[i]]
            village[i] = nearest[park[i]]
        else:
            township[i], anchor = home[village[i]], geography.villages[village[i]].anchor
        spread = _SCATTER_M["park" if in_park[i] else "village"]
        cell = geography.townships[township[i]].cell
        lon[i], lat[i] = from_plane(pull_inside(cell, anchor, anchor + spread * scatter[i]), geography.origin)
    return township, village, lon, lat


def _nearest_village(geography: Geography, park: int) -> int:
    township, centre = geography.parks[park]
    members = geography.villages_of(township)
    distance = [float(np.hypot(*(geography.villages[i].anchor - centre))) for i in members]
    return members[int(np.argmin(distance))]


def size_name(premises: Premises, index: int) -> str:
    """Return ``large``, ``medium``, ``small`` or ``micro``."""
    return SIZES[premises.size[index]]
