"""What is known of the premises near by: sums over a Gaussian kernel, on a grid, without the premises themselves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KM_PER_DEGREE = 111.195
"""Length of a degree of latitude on a sphere of 6371 km."""
CELLS_PER_BANDWIDTH = 3
REACH = 3
"""The kernel ends at so many bandwidths."""
_GRID = float(1 << 28)
_SPAN = 1 << 31


def local_sums(lon: Floats, lat: Floats, values: Floats, bandwidth: float) -> Floats:
    """Return the kernel-weighted sums of other premises' values around each of the premises.

    Parameters
    ----------
    lon, lat
        shape (n,), [degrees]; premises without a point (NaN) get and give nothing.
    values
        shape (n, k), sums below 3e7 a column.
    bandwidth
        Standard deviation of the kernel [km], above 0.

    Returns
    -------
    numpy.ndarray
        shape (n, k): sum over others j of ``exp(-d^2 / (2 bandwidth^2)) values[j]``.

    Notes
    -----
    Premises are counted in square cells of a third of a bandwidth; d is the distance of cell centres, so that it is wrong
    by up to half a bandwidth for a pair and hardly for a sum. Work grows with n, not with n squared; the result does
    not depend on the order of the premises.
    """
    result = np.zeros(values.shape)
    placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if not len(placed):
        return result
    own = np.rint(values[placed] * _GRID) / _GRID
    keys, cell = np.unique(_cells(lon[placed], lat[placed], bandwidth), return_inverse=True)
    sums = np.column_stack([
        np.bincount(cell.ravel(), weights=own[:, k], minlength=len(keys)) for k in range(own.shape[1])
    ])
    around = _convolved(keys.astype(np.int64), sums.astype(np.float64))
    result[placed] = np.maximum(around[cell.ravel()] - own, 0.0)
    return result


def _cells(lon: Floats, lat: Floats, bandwidth: float) -> Ints:
    """Return the cell of each point as one number: row x span + column."""
    size = bandwidth / CELLS_PER_BANDWIDTH
    middle = np.radians((lat.min() + lat.max()) / 2)
    x = (lon - lon.min()) * KM_PER_DEGREE * np.cos(middle)
    y = (lat - lat.min()) * KM_PER_DEGREE
    cells: Ints = np.floor(y / size).astype(np.int64) * _SPAN + np.floor(x / size).astype(np.int64)
    return cells


def _convolved(keys: Ints, sums: Floats) -> Floats:
    """Return the kernel sums of every occupied cell."""
    reach = REACH * CELLS_PER_BANDWIDTH
    total = np.zeros(sums.shape)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if dx * dx + dy * dy > reach * reach:
                continue
            wanted = keys + dy * _SPAN + dx
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            hit = keys[at] == wanted
            kernel = np.exp(-(dx * dx + dy * dy) / (2.0 * CELLS_PER_BANDWIDTH**2))
            total[hit] += kernel * sums[at[hit]]
    return total
