"""The Lagrangian dual: every coupling row priced, every enterprise priced exactly, projected Adam on the multipliers.

    L(prices) = sum_i min_pattern (cost + prices of what it uses) - sum prices x caps
                + sum_{township, week} min(0, trip - sum of the `cap` largest link prices)

is a lower bound for any prices >= 0 (algorithms A2, A9.2). The link price theta[i, w] pays for "a visit of i in week w
needs its township opened"; opening and township cap close in the last line without further variables.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import UNITS_PER_HAZARD_DAY, Caps, Instance, Numbers
from riskplan.annual.pricing import Choice, choose
from riskplan.annual.pricing_rows import PricedRows
from riskplan.progress import OnProgress, Progress, Stop, ignore_progress

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DEFAULT_ITERATIONS = 300


@dataclass(frozen=True)
class Multipliers:
    """Prices >= 0 of the coupling rows, float64 in the search and int64 in the exact bound [units].

    Parameters
    ----------
    week, crew
        shapes (n_pools, n_weeks) and (n_departments, n_weeks), per officer-minute and per crew-visit.
    month
        shape (n_pools, n_months), per officer-minute.
    year
        shape (n_townships, n_years), per visit.
    link
        shape (n_enterprises, n_weeks), per visit of an enterprise in a week.
    row
        shape (n_counters,), per visit that a counter counts; only priced counters matter.
    """

    week: Numbers
    crew: Numbers
    month: Numbers
    year: Numbers
    link: Numbers
    row: Numbers

    @classmethod
    def zeros(cls, instance: Instance) -> Multipliers:
        """Return prices of zero for an instance."""
        caps = instance.caps
        return cls(
            np.zeros(caps.week_minutes.shape),
            np.zeros(caps.crew_visits.shape),
            np.zeros(caps.month_minutes.shape),
            np.zeros(caps.township_year.shape),
            np.zeros((instance.size, instance.weeks)),
            np.zeros(len(instance.counters.left)),
        )

    def rounded(self) -> Multipliers:
        """Return the nearest integer prices; any non-negative integers are as valid as the originals."""
        return Multipliers(*(np.rint(getattr(self, f.name)).astype(np.int64) for f in fields(self)))


@dataclass(frozen=True)
class DualResult:
    """Best prices found, their bound [units] and how it grew."""

    multipliers: Multipliers
    bound: float
    iterations: int
    interrupted: bool


def month_prices(caps: Caps, m: Multipliers) -> Numbers:
    """Return the months' part of the price of a minute of each pool in each week, shape (n_pools, n_weeks)."""
    return np.einsum("pm,pmw->pw", m.month, caps.week_in_month.astype(m.month.dtype))


def prices_of(instance: Instance, m: Multipliers, rows: PricedRows) -> tuple[Numbers, ...]:
    """Return the price of each visit in each week, one array (n_schedules, length, n_weeks) per group."""
    caps = instance.caps
    per_minute = m.week + month_prices(caps, m)
    per_visit = m.year @ caps.week_in_year.astype(m.week.dtype)
    result = []
    for g, group in enumerate(instance.groups):
        price = group.minutes.astype(m.week.dtype) @ per_minute + group.crews.astype(m.week.dtype) @ m.crew
        price = price + per_visit[instance.township[group.owner]][:, None, :]
        price = price + m.link[group.owner][:, None, :]
        result.append(rows.add(g, price, m.row))
    return tuple(result)


def township_blocks(caps: Caps, link: Numbers, township: Ints) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return the value of every township-week block and which link variables it takes.

    Parameters
    ----------
    caps
        Township caps and trip costs.
    link
        shape (n_enterprises, n_weeks), prices >= 0.
    township
        shape (n_enterprises,).

    Returns
    -------
    tuple
        Values <= 0, shape (n_townships, n_weeks); taken, shape (n_enterprises, n_weeks).
    """
    count, weeks = caps.township_week.shape
    value = np.zeros((count, weeks), dtype=link.dtype)
    taken = np.zeros(link.shape, dtype=bool)
    for t in range(count):
        members = np.flatnonzero(township == t)
        if not len(members):
            continue
        block = link[members]
        order = np.argsort(-block, axis=0, kind="stable")
        ranked = np.take_along_axis(block, order, axis=0)
        inside = (np.arange(len(members))[:, None] < caps.township_week[t][None, :]) & (ranked > 0)
        worth = np.where(inside, ranked, 0).sum(axis=0)
        value[t] = np.minimum(0, caps.trip[t] - worth)
        chosen = np.zeros(block.shape, dtype=bool)
        np.put_along_axis(chosen, order, inside & (value[t] < 0)[None, :], axis=0)
        taken[members] = chosen
    return value, taken


def bound_value(
    instance: Instance, m: Multipliers, priced: tuple[Choice, Numbers], rows: PricedRows
) -> float | int:
    """Return the Lagrangian value of prices, given their pricing and blocks [units]."""
    caps, (choice, blocks) = instance.caps, priced
    paid = (
        (m.week * caps.week_minutes).sum()
        + (m.crew * caps.crew_visits).sum()
        + (m.month * caps.month_minutes).sum()
        + (m.year * caps.township_year).sum()
        + (m.row * rows.room).sum()
    )
    return choice.value.sum() - paid + blocks.sum()


def usage(instance: Instance, choice: Choice) -> tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]:
    """Return what a choice uses: minutes and crew-visits (departments, weeks), visits (townships, weeks), x (n, weeks)."""
    minutes = np.zeros(instance.caps.week_minutes.shape)
    crews = np.zeros(instance.caps.crew_visits.shape)
    visits = np.zeros(instance.caps.township_week.shape)
    x = np.zeros((instance.size, instance.weeks), dtype=bool)
    for g, group in enumerate(instance.groups):
        owners = np.flatnonzero((choice.group == g) & (choice.row >= 0))
        if not len(owners) or group.length == 0:
            continue
        rows = choice.row[owners]
        for j in range(group.length):
            w = choice.weeks[g][rows, j]
            np.add.at(minutes.T, w, group.minutes[rows, j])
            np.add.at(crews.T, w, group.crews[rows, j])
            np.add.at(visits, (instance.township[owners], w), 1)
            x[owners, w] = True
    return minutes, crews, visits, x


def solve_dual(instance: Instance, stop: Stop, on_progress: OnProgress = ignore_progress) -> DualResult:
    """Return prices that give a good lower bound.

    Parameters
    ----------
    instance
        Year instance.
    stop
        ``effort`` multiplies the default of 300 iterations.
    on_progress
        Listener.
    """
    total = stop.steps(DEFAULT_ITERATIONS)
    prices = Multipliers.zeros(instance)
    adam = _Adam(prices, _rates(instance), total)
    rows = PricedRows.of(instance)
    best, best_bound, done, interrupted = prices, -np.inf, 0, False
    try:
        for step in range(total):
            choice = choose(instance, prices_of(instance, prices, rows))
            blocks, taken = township_blocks(instance.caps, prices.link, instance.township)
            value = float(bound_value(instance, prices, (choice, blocks), rows))
            if value > best_bound:
                best, best_bound = prices, value
            done = step + 1
            if step % 10 == 0:
                on_progress(Progress("dual", step, total, bound=best_bound / UNITS_PER_HAZARD_DAY))
            if stop.out_of_time():
                break
            prices = adam.step(prices, _gradient(instance, (choice, taken), rows), step)
    except KeyboardInterrupt:
        interrupted = True
    return DualResult(best, best_bound, done, interrupted)


def _gradient(
    instance: Instance, found: tuple[Choice, npt.NDArray[np.bool_]], rows: PricedRows
) -> Multipliers:
    caps, (choice, taken) = instance.caps, found
    minutes, crews, visits, x = usage(instance, choice)
    return Multipliers(
        minutes - caps.week_minutes,
        crews - caps.crew_visits,
        np.einsum("pw,pmw->pm", minutes, caps.week_in_month) - caps.month_minutes,
        visits @ caps.week_in_year.T - caps.township_year,
        x.astype(float) - taken,
        (rows.used(choice, instance.weeks) - rows.room).astype(float),
    )


def _rates(instance: Instance) -> tuple[float, ...]:
    """Return step sizes: a link price moves by a small part of a trip, a minute's by its share of a visit.

    A counter that runs out costs a visit left out, so its price moves by a part of that.
    """
    trip = float(np.mean(instance.caps.trip)) or UNITS_PER_HAZARD_DAY
    spread = [
        np.ptp(np.where(g.node < 1 << 57, g.node, g.node.min()), axis=2).mean()
        for g in instance.groups
        if g.length and len(g.owner)
    ]
    visit = float(np.mean(spread)) if spread else trip
    load = [g.minutes.sum(axis=2).mean() for g in instance.groups if g.length and len(g.owner)]
    short = [g.constant[g.left_out > 0] / g.left_out[g.left_out > 0] for g in instance.groups]
    missed = float(np.mean(np.concatenate(short))) if any(len(one) for one in short) else visit
    minute = 0.02 * visit / max(float(np.mean(load)) if load else 1.0, 1.0)
    return (
        minute,
        0.02 * visit,
        minute / 4,
        0.01 * visit,
        0.02 * max(trip, 0.05 * visit),
        0.1 * max(visit, missed),
    )


class _Adam:
    """Projected Adam ascent with a geometric decay of the step to 2 % (algorithms A9.2)."""

    def __init__(self, prices: Multipliers, rates: tuple[float, ...], total: int) -> None:
        self.names = [f.name for f in fields(prices)]
        self.first = {n: np.zeros(getattr(prices, n).shape) for n in self.names}
        self.second = {n: np.zeros(getattr(prices, n).shape) for n in self.names}
        self.rates = dict(zip(self.names, rates, strict=True))
        self.decay = 0.02 ** (1 / max(total - 1, 1))

    def step(self, prices: Multipliers, gradient: Multipliers, step: int) -> Multipliers:
        """Return the prices after one ascent step."""
        moved = {}
        for name in self.names:
            g = getattr(gradient, name)
            self.first[name] = 0.9 * self.first[name] + 0.1 * g
            self.second[name] = 0.99 * self.second[name] + 0.01 * g * g
            mean = self.first[name] / (1 - 0.9 ** (step + 1))
            size = np.sqrt(self.second[name] / (1 - 0.99 ** (step + 1)))
            change = self.rates[name] * self.decay**step * mean / (size + 1e-12)
            moved[name] = np.maximum(0.0, getattr(prices, name) + change)
        return Multipliers(**moved)
