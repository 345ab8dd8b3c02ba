"""All patterns of weeks of one enterprise, weighed by exp(-cost / temperature), and an exact draw among them.

The recursion of ``pricing`` with log-sum-exp in place of the minimum, from the last visit to the first:
``B_n(w) = -node_n(w)/T``, ``B_j(w) = -node_j(w)/T + log sum_{w'} exp(-arc_j(w, w')/T + B_{j+1}(w'))``. The weeks are then
drawn from the first visit to the last, each from its distribution given those before: so every pattern comes with exactly
its weight (forward filtering, backward sampling, run the other way round; Rabiner 1989, section III).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import FORBIDDEN, Schedules
from riskplan.annual.pricing import arc_costs
from riskplan.plan.secret import Stream

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
BITS = 1.0 / math.log(2.0)


@dataclass(frozen=True)
class Weighed:
    """Weights of all patterns of some schedules of one length n > 0.

    Parameters
    ----------
    first
        shape (n_schedules, n_weeks), log weight of all patterns that begin in a week, the constant included.
    onward
        One for each later visit, shape (n_schedules, n_weeks, n_weeks): log weight of going on from a week to a week.
    """

    first: Floats
    onward: tuple[Floats, ...]

    @property
    def possible(self) -> bool:
        """True where any pattern exists."""
        return bool((self.first > -np.inf).any())

    def draw(self, stream: Stream) -> tuple[int, tuple[int, ...]]:
        """Return a schedule and its weeks, drawn by weight.

        Parameters
        ----------
        stream
            Source of numbers.
        """
        weeks = self.first.shape[1]
        row, week = divmod(stream.pick(_shares(self.first.ravel())), weeks)
        pattern = [week]
        for step in self.onward:
            pattern.append(stream.pick(_shares(step[row, pattern[-1]])))
        return row, tuple(pattern)

    def entropies(self) -> list[float]:
        """Return for each visit how uncertain its week is, the earlier ones and all other enterprises known [bits].

        Shannon entropy of the exact distribution, conditioned on the weeks before; the sum is that of the pattern.
        Schedules of the same weeks are told apart at the first visit only.
        """
        chance = _shares(self.first.ravel()).reshape(self.first.shape)
        chance = chance / chance.sum()
        result = [float(_entropy(chance.sum(axis=0)))]
        for step in self.onward:
            rows = _shares(step)
            onward = rows / np.maximum(rows.sum(axis=2, keepdims=True), np.finfo(float).tiny)
            result.append(float((chance * _entropy(onward)).sum()))
            chance = np.einsum("rw,rwv->rv", chance, onward)
        return result


def weigh(schedules: Schedules, steer: Ints, temperature: float) -> Weighed:
    """Return the weights of all patterns of schedules of one length.

    Parameters
    ----------
    schedules
        Schedules of one enterprise and one length n > 0.
    steer
        shape (n_schedules, n, n_weeks), added to the node costs; ``FORBIDDEN`` where a visit may not stand [units].
    temperature
        Cost at which a pattern weighs 1/e of one that costs nothing, > 0 [units].
    """
    node = _log_weights(schedules.node + steer, temperature)
    length = node.shape[1]
    value = node[:, -1]
    onward: list[Floats] = []
    for j in range(length - 2, -1, -1):
        step = _log_weights(_arcs(schedules, j), temperature) + value[:, None, :]
        onward.append(step)
        value = node[:, j] + _log_sum(step)
    least = schedules.constant.min()
    return Weighed(value - (schedules.constant - least)[:, None] / temperature, tuple(reversed(onward)))


def _arcs(schedules: Schedules, j: int) -> Ints:
    """Return the cost of every pair of weeks of visits j and j + 1, shape (n_schedules, n_weeks, n_weeks)."""
    count, _, weeks = schedules.node.shape
    at = np.arange(weeks)
    step = at[None, :] - at[:, None]
    arcs = np.where(step >= 0, arc_costs(schedules, j, weeks)[:, np.maximum(step, 0)], FORBIDDEN)
    if schedules.seasons:
        arcs = arcs + schedules.seasonal_arcs(j, np.arange(count))
    kind = schedules.clash[:, j]
    for r in np.flatnonzero(kind >= 0).tolist():
        arcs[r][schedules.clashes[kind[r]]] = FORBIDDEN
    result: Ints = arcs
    return result


def _log_weights(cost: Ints, temperature: float) -> Floats:
    return np.where(cost >= FORBIDDEN, -np.inf, cost / -temperature)


def _log_sum(logs: Floats) -> Floats:
    """Return log sum exp over the last axis, -inf where nothing is possible."""
    most = logs.max(axis=-1)
    base = np.where(most > -np.inf, most, 0.0)
    with np.errstate(divide="ignore"):
        result: Floats = base + np.log(np.exp(logs - base[..., None]).sum(axis=-1))
    return result


def _shares(logs: Floats) -> Floats:
    """Return weights in proportion over the last axis, the largest 1; all 0 where nothing is possible."""
    most = logs.max(axis=-1, keepdims=True)
    result: Floats = np.exp(logs - np.where(most > -np.inf, most, 0.0))
    return result


def _entropy(chance: Floats) -> Floats:
    """Return the Shannon entropy over the last axis [bits]."""
    inside = np.where(chance > 0, chance, 1.0)
    result: Floats = -(inside * np.log(inside)).sum(axis=-1) * BITS
    return result
