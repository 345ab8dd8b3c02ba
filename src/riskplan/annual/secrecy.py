"""A year plan drawn by the office's secret among near-optimal ones, so that nobody outside can compute the weeks.

A random walk over plans: one enterprise after the other is drawn anew, all its lawful patterns weighed by exp(-cost / T),
all others given (a Gibbs sampler; Geman and Geman 1984). What fits only in part is drawn again, what the pattern model
relaxes is corrected by Metropolis and Hastings (1970), a plan beyond the budget is refused. So, T fixed and the
same for all, every plan within the budget is approached with weight exp(-exact cost / T). T is tuned until most of the
budget is used. Enterprises that would stay easy to guess get a higher one; their steps are as exact, the plan's weight
is then no longer in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.annual.boltzmann import Weighed, weigh
from riskplan.annual.compile import YearModel
from riskplan.annual.explain import Final
from riskplan.annual.instance import FORBIDDEN, Instance, Schedules, Use
from riskplan.annual.state import Placed, YearState, pattern_cost
from riskplan.joint import Content
from riskplan.plan.secret import Stream
from riskplan.progress import OnProgress, Progress, Stop, ignore_progress

Ints = npt.NDArray[np.int64]
SWEEPS = 6
"""Times that every enterprise is drawn anew."""
TUNING_SWEEPS = 4
"""After so many the temperature stays."""
USED_SHARE = 0.9
"""Share of the budget that the temperature aims at; the rest leaves room to move."""
MOST_STEP = 2.0
"""Largest factor by which one sweep changes the temperature."""
LEAST_BITS = 2.0
"""Uncertainty of a visit's week below which its enterprise gets a temperature of its own [bits]."""
MOST_TIMES = 6.0
"""Largest multiple of the common temperature that an enterprise gets."""
HEATS = (12.0, 36.0)
"""Logarithms to base 2 between which such a temperature is sought: 0.002 and 34,000 hazard-days."""
HEAT_STEPS = 8
NO_LIMIT = Stop()
ATTEMPTS = 8
"""Draws of one enterprise whose visits fit one by one but not together."""


@dataclass(frozen=True)
class Movable:
    """An enterprise that may be drawn anew: as many calls as before, as many visits left out as before.

    Parameters
    ----------
    i
        Enterprise.
    group
        Group of its schedules.
    rows
        shape (n_schedules,), rows of the group that may be drawn.
    schedules
        These rows.
    held
        Numbers of visits that keep their week: the announced ones.
    uses
        Schedule -> visit -> what it takes of the counters.
    own_heat
        Temperature from which on each of its visits that move has ``LEAST_BITS`` where capacity allows all lawful
        weeks; 0 where none does [units].
    """

    i: int
    group: int
    rows: Ints
    schedules: Schedules
    held: tuple[int, ...]
    uses: tuple[tuple[tuple[Use, ...], ...], ...]
    own_heat: float = 0.0

    def heat(self, common: float) -> float:
        """Return the temperature of the enterprise, never less than the common one [units].

        Who is long overdue costs much by every week and would be found in the first weeks by anyone; such an
        enterprise is drawn at a higher temperature of its own, within ``MOST_TIMES`` the common one.
        """
        return max(common, min(self.own_heat, MOST_TIMES * common))


@dataclass(frozen=True)
class Drawn:
    """What a draw ended with.

    Parameters
    ----------
    cost
        Exact cost that it has more than the plan it began with [units]; may be negative.
    temperature
        The last one [units].
    moved
        Visits that stand in another week than in the plan it began with.
    """

    cost: int
    temperature: float
    moved: int


def movable(model: YearModel, state: YearState, announced: Mapping[str, bool]) -> list[Movable]:
    """Return the enterprises with a visit that nobody is told of, in the order of the instance.

    Who has visits left out stays: what is missing was tried against the weeks that the others have.

    Parameters
    ----------
    model, state
        Year and plan.
    announced
        Item -> whether its visits are announced; a visit is announced if all its items are.
    """

    def told(content: Content) -> bool:
        return all(announced[item] for item in content.items)

    result = []
    for i, placed in enumerate(state.placed):
        if placed is None or not placed.weeks or model.instance.left_out(placed.group, placed.row):
            continue
        group = model.instance.groups[placed.group]
        schedules = model.merged[i].schedules
        known = {
            r: [told(c) for c in schedules[int(group.number[r])]] for r in _alternatives(state, i, placed)
        }
        held = tuple(j for j, is_told in enumerate(known[placed.row]) if is_told)
        rows = [placed.row] if held else [r for r, visits in known.items() if not any(visits)]
        if len(held) < len(placed.weeks):
            result.append(_movable(model.instance, placed, rows, held))
    return result


def _alternatives(state: YearState, i: int, placed: Placed) -> list[int]:
    """Return the rows with as many visits made and left out as now."""
    rows = state.options[i][placed.group].tolist()
    return [r for r in rows if not state.instance.left_out(placed.group, r)]


def _movable(instance: Instance, placed: Placed, rows: list[int], held: tuple[int, ...]) -> Movable:
    chosen = np.array(rows, dtype=np.int64)
    schedules = instance.groups[placed.group].rows(chosen)
    uses = tuple(instance.uses(placed.group, r) for r in rows)
    own = _own_heat(schedules, _kept(schedules, held, placed.weeks))
    return Movable(int(schedules.owner[0]), placed.group, chosen, schedules, held, uses, own)


def _kept(schedules: Schedules, held: tuple[int, ...], now: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return where visits may stand by being announced or not, shape (n_schedules, n, n_weeks)."""
    result = np.ones(schedules.node.shape, dtype=bool)
    for j in held:
        result[:, j] = False
        result[:, j, now[j]] = True
    return result


def _own_heat(schedules: Schedules, may: npt.NDArray[np.bool_]) -> float:
    """Return the least temperature at which every visit is uncertain enough, by bisection of its logarithm [units]."""
    steer = np.where(may, 0, FORBIDDEN)
    free = (may.sum(axis=2) > 1).any(axis=0)
    low, high = HEATS

    def enough(power: float) -> bool:
        bits = weigh(schedules, steer, 2.0**power).entropies()
        return all(b >= LEAST_BITS for b, moves in zip(bits, free.tolist(), strict=True) if moves)

    if not enough(high):
        return 0.0
    for _ in range(HEAT_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return 2.0**high


class Walk:
    """A plan that is being drawn, with its exact cost.

    Parameters
    ----------
    model, plan
        Year; the plan to begin with, and its final visits, inserted ones included. The state is changed in place.
    """

    def __init__(self, model: YearModel, plan: tuple[YearState, Final]) -> None:
        self.model, self.state, self.cost = model, plan[0], 0
        caps, own = model.instance.caps, model.instance.cluster
        self.in_cluster = np.zeros((len(caps.cluster_township), model.instance.weeks), dtype=np.int64)
        for i, visits in enumerate(plan[1].visits):
            for week in {week for week, _ in visits}:
                self.in_cluster[own[i], week] += 1

    def remove(self, i: int) -> Placed:
        """Take an enterprise out; returns what it had."""
        old = self.state.remove(i)
        assert old is not None, "whoever moves is placed"
        self.in_cluster[self.model.instance.cluster[i], list(old.weeks)] -= 1
        return old

    def put(self, i: int, placed: Placed) -> None:
        """Give an enterprise its weeks, no two of them the same."""
        self.state.put(i, placed)
        self.in_cluster[self.model.instance.cluster[i], list(placed.weeks)] += 1

    def extra(self, who: Movable) -> Ints:
        """Return what a visit costs besides exposure, the enterprise not placed now: trips and unevenness [units].

        Exact, for the visits of one enterprise stand in different weeks.

        Parameters
        ----------
        who
            Enterprise and schedules.

        Returns
        -------
        numpy.ndarray
            shape (n_schedules, n, n_weeks).
        """
        instance, minutes = self.model.instance, who.schedules.minutes
        caps, cluster = instance.caps, int(instance.cluster[who.i])
        tour, there = caps.cluster_trip[cluster], self.in_cluster[cluster]
        trip = self.state.opening(int(instance.township[who.i])) + tour[there + 1] - tour[there]
        result = np.broadcast_to(trip, (*minutes.shape[:2], instance.weeks)).copy()
        if caps.even_minutes.size:
            pools = np.flatnonzero(minutes.any(axis=(0, 1)))
            above = (caps.week_minutes - self.state.week_minutes - caps.even_minutes)[pools]
            more = np.maximum(0, above + minutes[:, :, pools, None]) - np.maximum(0, above)
            result += caps.uneven * more.sum(axis=2)
        return result

    def weigh(self, who: Movable, now: Sequence[int], extra: Ints, temperature: float) -> Weighed:
        """Return the weights of all lawful patterns of an enterprise, all others given: the inner step of the walk.

        Parameters
        ----------
        who
            Enterprise and schedules, not placed now.
        now
            Weeks of its visits before; announced ones keep them.
        extra
            What ``extra`` returns.
        temperature
            See ``boltzmann.weigh`` [units].
        """
        schedules = who.schedules
        room = self.state.room(schedules.minutes, schedules.crews)
        shut: dict[int, npt.NDArray[np.bool_] | None] = {}
        for r, visits in enumerate(who.uses):
            for j, uses in enumerate(visits):
                for use in uses:
                    if id(use) not in shut:
                        shut[id(use)] = self.state.blocked(use)
                    closed = shut[id(use)]
                    if closed is not None:
                        room[r, j] &= ~closed
        room &= _kept(schedules, who.held, now)
        return weigh(schedules, np.where(room, extra, FORBIDDEN), temperature)

    def sweep(self, who: Sequence[Movable], stream: Stream, most: int, temperature: float) -> None:
        """Draw every enterprise once, in a drawn order; the cost stays at most ``most``.

        Parameters
        ----------
        who
            Enterprises that move.
        stream
            Source of numbers.
        most
            What the plan may cost more than the one that the walk began with [units].
        temperature
            Common temperature [units].
        """
        for k in stream.shuffled(len(who)):
            self._step(who[k], stream, most, who[k].heat(temperature))

    def _step(self, who: Movable, stream: Stream, most: int, temperature: float) -> None:
        old = self.remove(who.i)
        extra = self.extra(who)
        new = self._proposed(who, stream, self.weigh(who, old.weeks, extra, temperature))
        if new is None or (new.row, new.weeks) == (old.row, old.weeks):
            self.put(who.i, old)
            return
        shared = _at(who, new, extra) - _at(who, old, extra)
        exact = self._exact(who.i, new) - self._exact(who.i, old)
        # Proposed by the relaxed cost, to be met with weights of the exact one: Metropolis and Hastings.
        allowed = math.exp(min(0.0, (new.cost - old.cost - exact) / temperature))
        if self.cost + exact + shared > most or (allowed < 1.0 and stream.uniform() >= allowed):
            self.put(who.i, old)
            return
        self.put(who.i, new)
        self.cost += exact + shared

    def _exact(self, i: int, placed: Placed) -> int:
        """Return exposure, lateness and stability of an enterprise's visits, not relaxed [units]."""
        number, weeks = int(self.model.instance.groups[placed.group].number[placed.row]), placed.weeks
        cost = self.model.own_cost(i, weeks, self.model.merged[i].schedules[number])
        return cost + (int(self.model.shift[i, list(weeks)].sum()) if self.model.shift.size else 0)

    def _proposed(self, who: Movable, stream: Stream, weighed: Weighed) -> Placed | None:
        """Return a drawn pattern that fits as a whole, None where none came."""
        for _ in range(ATTEMPTS if weighed.possible else 0):
            r, weeks = weighed.draw(stream)
            cost = pattern_cost(who.schedules, r, np.array(weeks, dtype=np.int64))
            new = Placed(who.group, int(who.rows[r]), weeks, cost)
            if len(weeks) == 1 or self.state.fits(who.i, new):
                return new
        return None


def _at(who: Movable, placed: Placed, extra: Ints) -> int:
    r = who.rows.tolist().index(placed.row)
    return sum(int(extra[r, j, w]) for j, w in enumerate(placed.weeks))


def drawn_year(
    model: YearModel,
    plan: tuple[YearState, Final],
    who: Sequence[Movable],
    stream: Stream,
    budget: int,
    run: tuple[Stop, OnProgress] = (NO_LIMIT, ignore_progress),
) -> Drawn:
    """Return a plan drawn among those that cost at most a budget more.

    Parameters
    ----------
    model, plan
        Year; the plan to begin with, changed in place, and its final visits.
    who
        Enterprises that move (``movable``).
    stream
        Numbers of the secret.
    budget
        What the drawn plan may cost more, >= 0 [units].
    run
        Wall-clock limit, kept after the first sweep, and a listener: it hears how far the walk is and nothing that
        depends on the secret.
    """
    stop, on_progress = run
    start = list(plan[0].placed)
    walk = Walk(model, plan)
    visits = sum(w.schedules.length - len(w.held) for w in who)
    heat = max(1.0, 2.0 * budget / max(visits, 1))
    for done in range(SWEEPS if budget > 0 and visits else 0):
        on_progress(Progress("secret", done, SWEEPS))
        if done and stop.out_of_time():
            break
        walk.sweep(who, stream, budget, heat)
        if done < TUNING_SWEEPS:
            share = walk.cost / budget / USED_SHARE
            heat *= min(MOST_STEP, max(1.0 / MOST_STEP, 1.0 / max(share, 1.0 / MOST_STEP)))
    moved = sum(_moved(a, b) for a, b in zip(start, walk.state.placed, strict=True))
    return Drawn(walk.cost, heat, moved)


def _moved(old: Placed | None, new: Placed | None) -> int:
    if old is None or new is None:
        return 0
    return sum(a != b for a, b in zip(old.weeks, new.weeks, strict=True))
