"""Ruin and recreate on the true cost, with a cooling threshold; every reinsertion is the exact best within the caps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import UNITS_PER_HAZARD_DAY, Instance
from riskplan.annual.state import Placed, YearState
from riskplan.progress import OnProgress, Progress, Stop

Floats = npt.NDArray[np.float64]
MOVES_PER_ENTERPRISE = 4.0
LEAST_MOVES, MOST_MOVES = 200, 8000
MOST_REMOVED = 8
HEAT = 0.3
"""First temperature, in mean trips; it cools to zero linearly."""
PRICE_WEIGHT = 1.0
"""Share of the dual price that steers a reinsertion; acceptance is on the true cost (docs/decisions/0003)."""


@dataclass(frozen=True)
class Search:
    """What a search ended with.

    Parameters
    ----------
    state
        Best plan found.
    objective
        Its model cost [units].
    constructed
        Cost of the best construction before improvement [units].
    moves, accepted
        Ruin-and-recreate moves made and accepted.
    stopped_because
        ``effort``, ``time_limit`` or ``interrupted``.
    """

    state: YearState
    objective: int
    constructed: int
    moves: int
    accepted: int
    stopped_because: str


def improve(
    state: YearState, prices: Floats, stop: Stop, rng: np.random.Generator, on_progress: OnProgress
) -> Search:
    """Return the best plan found from a start.

    Parameters
    ----------
    state
        Start; changed in place.
    prices
        shape (n_departments, n_weeks), price of an officer-minute [units].
    stop
        ``effort`` multiplies the number of moves.
    rng
        Source of randomness.
    on_progress
        Listener.
    """
    instance = state.instance
    members = [np.flatnonzero(instance.township == t) for t in range(len(instance.caps.trip))]
    constructed = current = best = state.objective()
    best_placed = list(state.placed)
    total = stop.steps(min(MOST_MOVES, max(LEAST_MOVES, round(MOVES_PER_ENTERPRISE * instance.size))))
    heat = HEAT * float(instance.caps.trip.mean())
    accepted, move, why = 0, 0, "effort"
    try:
        for move in range(1, total + 1):
            change = _move(state, _ruin(state, members, rng), prices, rng, heat * (1 - move / (total + 1)))
            current += change
            accepted += change != 0
            if current < best:
                best, best_placed = current, list(state.placed)
            if move % 25 == 0:
                on_progress(Progress("improve", move, total, incumbent=best / UNITS_PER_HAZARD_DAY))
            if stop.out_of_time():
                why = "time_limit"
                break
    except KeyboardInterrupt:
        why = "interrupted"
    return Search(restore(instance, best_placed), best, constructed, move, accepted, why)


def _move(state: YearState, removed: list[int], prices: Floats, rng: np.random.Generator, heat: float) -> int:
    """Take enterprises out and put each back at its best; undo it when the cost rises too much. Returns the change."""
    trips = state.trips()
    old = [(i, placed) for i in removed if (placed := state.remove(i)) is not None]
    order = rng.permutation(len(old))
    cost = 0
    for k in order:
        i = old[int(k)][0]
        placed = state.best(i, prices, PRICE_WEIGHT)
        state.put(i, placed)
        cost += placed.cost
    change = cost + state.trips() - trips - sum(placed.cost for _, placed in old)
    if change <= 0 or (heat > 0 and rng.random() < math.exp(-change / heat)):
        return change
    for i, _ in old:
        state.remove(i)
    for i, placed in old:
        state.put(i, placed)
    return 0


def _ruin(state: YearState, members: list[npt.NDArray[np.int64]], rng: np.random.Generator) -> list[int]:
    """Choose neighbours: those who share a township-week, a few of one township, or an unplanned one with rivals."""
    size, kind = state.instance.size, rng.random()
    seed = int(rng.integers(size))
    mates = members[int(state.instance.township[seed])]
    if kind < 0.5:
        seed_placed = state.placed[seed]
        weeks = set(seed_placed.weeks) if seed_placed is not None else set()
        near = [int(i) for i in mates if (p := state.placed[int(i)]) is not None and weeks & set(p.weeks)]
        return _few(near or [seed], rng)
    if kind < 0.8:
        return _few([int(i) for i in mates], rng)
    short = [
        i for i, p in enumerate(state.placed) if p is not None and state.instance.left_out(p.group, p.row) > 0
    ]
    rivals = [int(i) for i in rng.integers(size, size=4)]
    chosen = [short[int(rng.integers(len(short)))], *rivals] if short else [seed, *rivals]
    return list(dict.fromkeys(chosen))


def _few(candidates: list[int], rng: np.random.Generator) -> list[int]:
    most = min(len(candidates), 2 + int(rng.integers(MOST_REMOVED - 1)))
    return [candidates[int(k)] for k in rng.permutation(len(candidates))[:most]]


def restore(instance: Instance, placed: list[Placed | None]) -> YearState:
    """Return a fresh state with the given assignments."""
    state = YearState(instance)
    for i, p in enumerate(placed):
        if p is not None:
            state.put(i, p)
    return state
