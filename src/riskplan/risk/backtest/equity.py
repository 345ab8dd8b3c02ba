"""Who is called earlier: visits and problems by township, sector and size, or by area where a history has only places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from riskplan.risk.backtest.ranking import Flags, Floats, Ints, Ranking
from riskplan.risk.backtest.result import Group
from riskplan.risk.inspections import Inspections

BY = ("township", "sector", "size")
AREA = "area"
MOST_GROUPS = 30
"""The largest groups are told, the others together."""
REST = "*"
_COLUMNS, _ROWS = ("W", "", "E"), ("S", "", "N")

Part = tuple[Ints, Ranking, Flags]


def groups_of(known: Inspections, parts: Sequence[Part]) -> tuple[Group, ...]:
    """Return the groups of every trait that the history has, else of nine areas of equal numbers.

    Parameters
    ----------
    known
        Inspections with traits or places.
    parts
        Rows, order and positive rows of each window.
    """
    traits = {name: np.array(known.traits[name], dtype=object) for name in BY if name in known.traits}
    if not traits:
        traits = {AREA: _areas(known.lon, known.lat)}
    early = np.concatenate([_early(ranking) for _, ranking, _ in parts])
    positive = np.concatenate([p for _, _, p in parts]).astype(np.float64)
    business = known.business[np.concatenate([rows for rows, _, _ in parts])]
    return tuple(
        group for by, names in traits.items() for group in _groups(by, names[business], early, positive)
    )


def _early(ranking: Ranking) -> Floats:
    """Return the share of each row's tie group that lies in the first half of the order."""
    half = -(-len(ranking.order) // 2)
    size = ranking.ends - ranking.starts
    share = np.clip(half - ranking.starts, 0, size) / size
    result = np.empty(len(ranking.order))
    result[ranking.order] = np.repeat(share, size)
    return result


def _groups(by: str, name: npt.NDArray[np.object_], early: Floats, positive: Floats) -> list[Group]:
    names, code = np.unique(np.array(name, dtype=str), return_inverse=True)
    size = np.bincount(code)
    kept = set(names[np.lexsort((names, -size))[:MOST_GROUPS]])
    label = np.array([n if n in kept else REST for n in names])[code]
    result = []
    for one in sorted(set(label)):
        mine = label == one
        first = float(early[mine].sum())
        result.append(
            Group(
                by=by,
                name=str(one),
                visits=int(mine.sum()),
                problems=int(positive[mine].sum()),
                early=first / int(mine.sum()),
                hit_rate=float(positive[mine].mean()),
                hit_rate_early=float((positive[mine] * early[mine]).sum() / first) if first else 0.0,
            )
        )
    return result


def _areas(lon: Floats, lat: Floats) -> npt.NDArray[np.object_]:
    """Return one of nine areas for every place: thirds of the premises from west to east and from south to north."""
    result = np.full(len(lon), "", dtype=object)
    placed = np.isfinite(lon) & np.isfinite(lat)
    if not placed.any():
        return result
    east = np.searchsorted(np.quantile(lon[placed], [1 / 3, 2 / 3]), lon, side="right")
    north = np.searchsorted(np.quantile(lat[placed], [1 / 3, 2 / 3]), lat, side="right")
    for i in np.flatnonzero(placed):
        result[i] = (_ROWS[north[i]] + _COLUMNS[east[i]]) or "C"
    return result
