"""Decayed sums as they stood on a day: per key, and around a place with a Gaussian kernel on a grid.

Every sum uses only events dated before the day that is asked for. Events are added once, in order of time, with the
weight ``2 ** ((day - reference) / half_life)``; an answer is scaled back by ``2 ** (-(asked - reference) / half_life)``.
So nothing has to be decayed day by day, and the work grows with the number of events and answers only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REBASE_HALVINGS = 400
"""A reference day is moved on before a weight passes ``2 ** 400`` (doubles reach ``2 ** 1023``)."""
CUT = 0.01
"""Cells whose kernel is below this share of its height are left out."""
CHUNK = 400
"""Cells answered at once, so that memory stays small."""


@dataclass(frozen=True)
class Events:
    """Dated events, sorted by day.

    Parameters
    ----------
    key
        shape (n,), index of what an event belongs to (premises, sector, grid cell).
    day
        shape (n,), days, ascending.
    values
        shape (n, k), what is summed; the first column is usually 1.
    """

    key: Ints
    day: Ints
    values: Floats

    def some(self, keep: npt.NDArray[np.bool_]) -> Events:
        """Return the events that a mask keeps."""
        return Events(self.key[keep], self.day[keep], self.values[keep])


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    Parameters
    ----------
    key
        shape (m,), whose sum.
    cutoff
        shape (m,), only events before this day count.
    """

    key: Ints
    cutoff: Ints


@dataclass(frozen=True)
class Cells:
    """Occupied cells near each occupied cell, with the kernel's weight.

    Parameters
    ----------
    of_point
        shape (n_points,), cell of each point, -1 without a place.
    near
        shape (n_cells, n_offsets), neighbouring cells; ``n_cells`` stands for an empty one.
    weight
        shape (n_offsets,), kernel, 1 at the centre.
    """

    of_point: Ints
    near: Ints
    weight: Floats


def decayed(events: Events, asked: Asked, half_lives: Sequence[float], keys: int) -> Floats:
    """Return the decayed sums of each asked key.

    Parameters
    ----------
    events, asked
        Events by key; what is asked for.
    half_lives
        Days after which an event counts half.
    keys
        Number of keys.

    Returns
    -------
    numpy.ndarray
        shape (m, n_half_lives, k).
    """
    result = np.zeros((len(asked.key), len(half_lives), events.values.shape[1]))
    for rows, sums, scale in _sweep(events, asked, half_lives, keys):
        result[rows] = sums[asked.key[rows]] * scale
    return result


def decayed_near(events: Events, asked: Asked, half_lives: Sequence[float], cells: Cells) -> Floats:
    """Return the decayed sums around each asked point, weighted by distance.

    Parameters
    ----------
    events, asked
        Keys are points.
    half_lives
        Days after which an event counts half.
    cells
        Grid of the bandwidth wanted.

    Returns
    -------
    numpy.ndarray
        shape (m, n_half_lives, k), 0 for points without a place.
    """
    result = np.zeros((len(asked.key), len(half_lives), events.values.shape[1]))
    placed = events.some(cells.of_point[events.key] >= 0)
    placed = Events(cells.of_point[placed.key], placed.day, placed.values)
    mine = cells.of_point[asked.key]
    known = np.flatnonzero(mine >= 0)
    question = Asked(mine[known], asked.cutoff[known])
    for rows, sums, scale in _sweep(placed, question, half_lives, len(cells.near) + 1):
        wanted, place = np.unique(question.key[rows], return_inverse=True)
        for start in range(0, len(wanted), CHUNK):
            near = cells.near[wanted[start : start + CHUNK]]
            field = np.einsum("p,cptk->ctk", cells.weight, sums[near]) * scale
            inside = (place >= start) & (place < start + CHUNK)
            result[known[rows[inside]]] = field[place[inside] - start]
    return result


def _sweep(
    events: Events, asked: Asked, half_lives: Sequence[float], keys: int
) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Go through the asked days in order; give the rows asked on a day, the sums so far, and the scale of that day."""
    rate = 1.0 / np.asarray(half_lives, dtype=np.float64)
    sums = np.zeros((keys, len(rate), events.values.shape[1]))
    order = np.argsort(asked.cutoff, kind="stable")
    days, starts = np.unique(asked.cutoff[order], return_index=True)
    done, reference = 0, int(events.day[0]) if len(events.day) else 0
    for day, rows in zip(days, np.split(order, starts[1:]) if len(days) else (), strict=True):
        until = int(np.searchsorted(events.day, day, side="left"))
        while done < until:
            limit = reference + REBASE_HALVINGS / float(rate.max())
            stop = min(until, int(np.searchsorted(events.day, limit, side="left")))
            if stop == done:
                moved = int(events.day[done]) - reference
                sums *= np.exp2(-moved * rate)[None, :, None]
                reference += moved
                continue
            weight = np.exp2((events.day[done:stop] - reference)[:, None] * rate)
            np.add.at(sums, events.key[done:stop], weight[:, :, None] * events.values[done:stop, None, :])
            done = stop
        yield rows, sums, np.exp2(-(int(day) - reference) * rate)[None, :, None]


def grid(x: Floats, y: Floats, bandwidth: float) -> Cells:
    """Return the cells of half a bandwidth that hold a point, each with the occupied cells of its kernel.

    Parameters
    ----------
    x, y
        shape (n,), metres, nan without a place.
    bandwidth
        Standard deviation of the kernel ``exp(-d^2 / (2 bandwidth^2))`` [metres].
    """
    size = bandwidth / 2
    placed = np.isfinite(x) & np.isfinite(y)
    of_point = np.full(len(x), -1, dtype=np.int64)
    reach = int(np.ceil(np.sqrt(-2 * np.log(CUT)) * 2))
    steps = np.arange(-reach, reach + 1)
    east, north = (a.ravel() for a in np.meshgrid(steps, steps, indexing="ij"))
    weight = np.exp(-((east**2 + north**2) * size**2) / (2 * bandwidth**2))
    keep = weight >= CUT
    east, north, weight = east[keep], north[keep], weight[keep]
    column = np.floor(x[placed] / size).astype(np.int64)
    row = np.floor(y[placed] / size).astype(np.int64)
    if not len(column):
        return Cells(of_point, np.zeros((0, len(weight)), dtype=np.int64), weight)
    column, row = column - column.min() + reach, row - row.min() + reach
    width = int(row.max()) + reach + 1
    codes, own = np.unique(column * width + row, return_inverse=True)
    of_point[placed] = own
    wanted = codes[:, None] + (east * width + north)[None, :]
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return Cells(of_point, np.where(codes[at] == wanted, at, len(codes)), weight)
