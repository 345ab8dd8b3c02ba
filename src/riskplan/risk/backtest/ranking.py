"""Days earlier: the dates of a window handed out again in another order; ties get what chance would give them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DRAWS = 500


@dataclass(frozen=True)
class Ranking:
    """Rows of a window in the order of a score.

    Parameters
    ----------
    order
        shape (n,), rows, the highest score first.
    ends
        shape (n_groups,), where each group of equal scores ends in ``order``.
    """

    order: Ints
    ends: Ints

    @property
    def starts(self) -> Ints:
        """Where each group of equal scores starts."""
        return np.concatenate([[0], self.ends[:-1]]).astype(np.int64)


def ranked(score: Floats) -> Ranking:
    """Return the order of a score, highest first; rows of equal score form a group."""
    order = np.argsort(-score, kind="stable").astype(np.int64)
    ends = np.append(np.flatnonzero(np.diff(score[order]) != 0) + 1, len(order))
    return Ranking(order, ends.astype(np.int64))


def new_days(ranking: Ranking, day: Ints) -> Floats:
    """Return the day that each row gets when the window's dates are handed out in the ranked order.

    A group of equal scores shares its dates: each row of it gets their mean, which is the expectation over all orders
    inside the group. The order of a file never decides.
    """
    dates = np.concatenate([[0], np.cumsum(np.sort(day))]).astype(np.float64)
    size = ranking.ends - ranking.starts
    mean = (dates[ranking.ends] - dates[ranking.starts]) / size
    result = np.empty(len(day))
    result[ranking.order] = np.repeat(mean, size)
    return result


def random_days_earlier(day: Ints, positive: Flags, seed: int) -> Floats:
    """Return the days earlier of ``DRAWS`` random orders; its mean is not 0 where an office's order is not random."""
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(day, (DRAWS, 1)), axis=1)
    return np.asarray((day[positive] - shuffled[:, positive]).mean(axis=1), dtype=np.float64)


def resampled_total(ranking: Ranking, day: Ints, positive: Flags, weight: Floats) -> Floats:
    """Return the summed days earlier of the positive rows of each bootstrap sample.

    Parameters
    ----------
    ranking, day, positive
        The window.
    weight
        shape (n_samples, n), how often each row is in each sample.

    Returns
    -------
    numpy.ndarray
        shape (n_samples,), days.
    """
    by_day = np.argsort(day, kind="stable")
    dates = day[by_day].astype(np.float64)
    result = np.empty(len(weight))
    for i, w in enumerate(weight):
        held = np.concatenate([[0.0], np.cumsum(w[by_day])])
        summed = np.concatenate([[0.0], np.cumsum(w[by_day] * dates)])
        inside = w[ranking.order]
        cut = np.concatenate([[0.0], np.cumsum(inside)[ranking.ends - 1]])
        size = np.diff(cut)
        handed = np.diff(np.interp(cut, held, summed))
        hits = np.add.reduceat(inside * positive[ranking.order], ranking.starts)
        mean = np.divide(handed, size, out=np.zeros_like(handed), where=size > 0)
        result[i] = (w * positive * day).sum() - (hits * mean).sum()
    return result
