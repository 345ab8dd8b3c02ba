"""Random numbers that every machine draws alike: uniforms of PCG64 and our own transforms of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Draws:
    """A stream of draws named by whole numbers; equal names give equal streams.

    Parameters
    ----------
    key
        Seed, then whatever names the stream.
    """

    def __init__(self, *key: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(list(key)))

    def uniform(self, count: int) -> Floats:
        """Return uniforms in [0, 1), shape (count,)."""
        return self._generator.random(count)

    def one(self) -> float:
        """Return one uniform in [0, 1)."""
        return float(self._generator.random())

    def whole(self, low: int, high: int, count: int) -> Ints:
        """Return whole numbers low..high, both included, shape (count,)."""
        return low + np.floor(self.uniform(count) * (high - low + 1)).astype(np.int64)

    def normal(self, count: int) -> Floats:
        """Return standard normal numbers (Box-Muller), shape (count,)."""
        radius = np.sqrt(-2.0 * np.log(1.0 - self.uniform(count)))
        return radius * np.cos(2.0 * np.pi * self.uniform(count))

    def lognormal(self, sigma: float, count: int) -> Floats:
        """Return lognormal numbers of mean 1, shape (count,)."""
        return np.exp(sigma * self.normal(count) - sigma * sigma / 2.0)

    def choice(self, weights: npt.ArrayLike, count: int) -> Ints:
        """Return indices drawn with replacement in proportion to the weights, shape (count,)."""
        return pick(weights, self.uniform(count))

    def sample(self, weights: npt.ArrayLike, count: int) -> Ints:
        """Return ``count`` different indices, heavier ones likelier, sorted (exponential clocks)."""
        weight = np.asarray(weights, dtype=np.float64)
        clocks = np.full(len(weight), np.inf)
        ticking = weight > 0
        clocks[ticking] = -np.log(1.0 - self.uniform(len(weight))[ticking]) / weight[ticking]
        count = min(count, int(ticking.sum()))
        return np.sort(np.argsort(clocks, kind="stable")[:count])


def pick(weights: npt.ArrayLike, uniforms: Floats) -> Ints:
    """Return the index that each uniform falls on in the cumulated weights."""
    cumulated = np.cumsum(np.asarray(weights, dtype=np.float64))
    index = np.searchsorted(cumulated, uniforms * cumulated[-1], side="right")
    return np.minimum(index, len(cumulated) - 1).astype(np.int64)


def pick_by_row(weights: Floats, rows: Ints, uniforms: Floats) -> Ints:
    """Return for each draw the column that its uniform falls on in its own row of weights.

    Parameters
    ----------
    weights
        Shape (n_rows, n_columns).
    rows, uniforms
        Shape (count,).
    """
    shares = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    column = (uniforms[:, None] >= shares[rows]).sum(axis=1)
    return np.minimum(column, weights.shape[1] - 1).astype(np.int64)


def whole_number(uniform: float, options: Sequence[int]) -> int:
    """Return one of the options."""
    return options[min(int(uniform * len(options)), len(options) - 1)]
