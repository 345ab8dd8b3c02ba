"""Exposure of one enterprise: the integral of undetected hazards over time, per domain (contracts, section 8).

Gap cost ``q g^2``, end cost ``2 q tau a`` for an age a <= tau at the horizon's end, else ``q (a^2 + tau^2)``; in cost
units, q in micro-hazards a day. The end cost is the stationary value (algorithms A9.5): a unit seen on time stays on
time and nobody is pulled to the front of the year. With a season a gap costs twice the integral of q F(t) (end - t),
summed day by day, where F has the year's mean 1 and q is a multiple of ``seasons.BASE``; the end cost is that of the mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.annual.lateness import Wait, waits_of
from riskplan.case.tables import Case
from riskplan.joint import JointPlan
from riskplan.risk.domains import domain_weights
from riskplan.risk.seasons import BASE, Curve, curves_of
from riskplan.rules.model import Rulebook
from riskplan.units import DAYS_PER_YEAR

Ints = npt.NDArray[np.int64]
MICRO = 1_000_000
DEFAULT_AGE_DAYS = 365
"""Age of a domain that nobody in the sector has ever been checked for [days]."""


@dataclass(frozen=True)
class Domains:
    """Domains of one enterprise.

    Parameters
    ----------
    names
        Domain names, sorted.
    q
        Micro-hazards a day that arise in each domain.
    last
        Day of the domain's last visit, counted from the horizon's first day (negative = before).
    tau
        Standard interval of the domain's duty [days].
    of_item
        Item -> index of its domain.
    curve
        Season of the sector, None without one.
    waits
        How long its items may wait.
    """

    names: tuple[str, ...]
    q: tuple[int, ...]
    last: tuple[int, ...]
    tau: tuple[int, ...]
    of_item: dict[str, int]
    curve: Curve | None = None
    waits: tuple[Wait, ...] = ()

    def carried(self, items: Sequence[str]) -> tuple[int, ...]:
        """Return the domains that a visit with these items checks."""
        return tuple(sorted({self.of_item[i] for i in items if i in self.of_item}))

    def gap_cost(self, k: int, start: npt.ArrayLike, end: npt.ArrayLike) -> Ints:
        """Return the cost of a domain's gaps [units], exact.

        Parameters
        ----------
        k
            Domain.
        start, end
            Days from the horizon's first day.
        """
        if self.curve is not None:
            return self.q[k] // BASE * self.curve.gap(start, end)
        square: Ints = self.q[k] * (np.asarray(end, dtype=np.int64) - np.asarray(start, dtype=np.int64)) ** 2
        return square

    def cost(self, days: Sequence[int], contents: Sequence[tuple[int, ...]], end: int) -> int:
        """Return the exact exposure of dated visits [units].

        Parameters
        ----------
        days
            Day of each visit in order, from the horizon's first day.
        contents
            Domains that each visit checks.
        end
            First day after the horizon.
        """
        total = 0
        for k in range(len(self.names)):
            seen = self.last[k]
            for day, domains in zip(days, contents, strict=True):
                if k in domains:
                    total += int(self.gap_cost(k, seen, day))
                    seen = day
            total += end_cost(self.q[k], self.tau[k], end - seen)
        return total


def end_cost(q: int, tau: int, age: int) -> int:
    """Return the cost of the age that is left at the horizon's end [units]."""
    return 2 * q * tau * age if age <= tau else q * (age * age + tau * tau)


def domains_of(
    case: Case, rules: Rulebook, duties: pd.DataFrame, intensity: Sequence[float], joint: JointPlan
) -> tuple[list[Domains], int]:
    """Return the domains of every merged enterprise, and how many last visits had to be assumed.

    Parameters
    ----------
    case, rules
        Items' domains; shares of the intensity by sector (``domain_weights``).
    duties
        Plan table ``duties``.
    intensity
        Hazards a year of each enterprise in the order of ``case.enterprises``.
    joint
        Which enterprises are merged.
    """
    domain = dict(zip(case["items"]["item_id"], case["items"]["domain"], strict=True))
    own: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for name, item, last, longest in zip(
        duties["enterprise_id"],
        duties["item_id"],
        duties["last_done"],
        duties["longest_interval_days"],
        strict=True,
    ):
        usual = round(longest / rules.frequency.longest_interval_factor) if longest > 0 else DAYS_PER_YEAR
        own[name].append((item, last, usual))
    first = np.datetime64(case.first_day)
    typical = _typical_age(case, own, first)
    weights = domain_weights(case, rules)
    curves = curves_of(rules.seasons, list(case.enterprises["sector"]), case.first_day, len(case.days.dates))
    frame, waits = case.enterprises, waits_of(duties, first)
    assumed = 0
    result = []
    for m in joint.merged:
        name, sector = frame["enterprise_id"].iat[m.e], frame["sector"].iat[m.e]
        shares = weights.get(sector, {})
        domains, missing = _domains(
            own[name], domain, shares, float(intensity[m.e]), (first, typical.get(sector, DEFAULT_AGE_DAYS))
        )
        assumed += missing
        domains = replace(domains, waits=waits.get(name, ()))
        result.append(_in_season(domains, curves.get(sector)))
    return result, assumed


def _in_season(domains: Domains, curve: Curve | None) -> Domains:
    """Return the domains with a season; micro-hazards a day are rounded to what a season can divide."""
    if curve is None:
        return domains
    return replace(domains, q=tuple(max(1, round(q / BASE)) * BASE for q in domains.q), curve=curve)


def _typical_age(
    case: Case, own: dict[str, list[tuple[str, str, int]]], first: np.datetime64
) -> dict[str, int]:
    sector = dict(zip(case.enterprises["enterprise_id"], case.enterprises["sector"], strict=True))
    ages: dict[str, list[int]] = defaultdict(list)
    for name, rows in own.items():
        ages[sector[name]] += [
            int((first - np.datetime64(last)).astype(np.int64)) for _, last, _ in rows if last
        ]
    return {s: int(np.median(values)) for s, values in ages.items() if values}


def _domains(
    rows: list[tuple[str, str, int]],
    domain: dict[str, str],
    shares: Mapping[str, float],
    intensity: float,
    known: tuple[np.datetime64, int],
) -> tuple[Domains, int]:
    first, typical = known
    names = tuple(sorted({domain[item] for item, _, _ in rows}))
    weights = [shares.get(n, 0.0) for n in names]
    if not sum(weights):
        weights = [1.0] * len(names)
    daily = intensity / DAYS_PER_YEAR * MICRO
    q = tuple(max(1, round(daily * w / sum(weights))) for w in weights)
    last, tau, missing = [], [], 0
    for n in names:
        days = [d for item, d, _ in rows if domain[item] == n and d]
        tau.append(max(1, min(t for item, _, t in rows if domain[item] == n)))
        last.append(int((np.datetime64(max(days)) - first).astype(np.int64)) if days else -typical)
        missing += not days
    index = {n: k for k, n in enumerate(names)}
    return Domains(
        names, q, tuple(last), tuple(tau), {item: index[domain[item]] for item, _, _ in rows}
    ), missing
