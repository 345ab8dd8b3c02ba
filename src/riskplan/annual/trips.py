"""What travel and unevenness cost a year: townships and village clusters opened in a week, weeks above the even level."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from riskplan.annual.instance import UNITS_PER_HAZARD_DAY, Caps, Instance
from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint import JointPlan
from riskplan.rules.capacity import Capacity
from riskplan.rules.model import Rulebook
from riskplan.travel.clusters import areas, clusters_of, tour_km
from riskplan.travel.year import year_travel
from riskplan.units import SECONDS_PER_MINUTE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class ClusterTrips(TypedDict):
    """The part of ``Caps`` about village clusters."""

    cluster_township: Ints
    cluster_trip: Ints


def township_trips(case: Case, rules: Rulebook) -> Ints:
    """Return the cost of opening each township in a week: a share of the return travel from the offices [units]."""
    minutes = year_travel(case, rules).seconds / SECONDS_PER_MINUTE
    share = rules.objective.township_trip_share * 2 * rules.objective.team_minute
    return np.rint(share * minutes * UNITS_PER_HAZARD_DAY).astype(np.int64)


def _placed(case: Case, joint: JointPlan) -> tuple[Ints, Floats, Floats]:
    """Return township index, longitude and latitude of every merged enterprise."""
    index = {code: t for t, code in enumerate(case["townships"]["township_code"])}
    frame = case.enterprises
    at = [m.e for m in joint.merged]
    township = np.array([index[code] for code in frame["township_code"].iloc[at]], dtype=np.int64)
    lon, lat = (frame[name].to_numpy(dtype=np.float64)[at] for name in ("lon", "lat"))
    return township, lon, lat


def model_clusters(case: Case, rules: Rulebook, joint: JointPlan) -> Ints:
    """Return the village cluster of every merged enterprise, shape (n,)."""
    township, lon, lat = _placed(case, joint)
    return clusters_of(township, lon, lat, rules.objective.cluster_size)


def cluster_trips(case: Case, rules: Rulebook, joint: JointPlan) -> ClusterTrips:
    """Return township of each cluster and the cost of 0, 1, 2... visits of it in a week [units].

    Cost of n visits = share x ``0.7124 sqrt(A n)`` km x pace of the provider (algorithms A9.1).
    """
    township, lon, lat = _placed(case, joint)
    cluster = clusters_of(township, lon, lat, rules.objective.cluster_size)
    count = int(cluster.max(initial=-1)) + 1
    home = np.zeros(count, dtype=np.int64)
    home[cluster] = township
    longest = max((len(s) for m in joint.merged for s in m.schedules), default=1)
    most = int(np.bincount(cluster, minlength=1).max(initial=0)) * longest + 2
    objective = rules.objective
    km = tour_km(areas(cluster, lon, lat), np.arange(most + 1))
    minutes = year_travel(case, rules).tour_minutes(km, rules.travel)
    cost = objective.cluster_trip_share * objective.team_minute * minutes * UNITS_PER_HAZARD_DAY
    return {"cluster_township": home, "cluster_trip": np.rint(cost).astype(np.int64)}


def even_caps(instance: Instance, capacity: Capacity, weeks: Weeks, rules: Rulebook) -> Caps:
    """Return the caps with even levels: what each pool owes by the first schedules, spread by its usable days.

    Parameters
    ----------
    instance
        Year with its schedules.
    capacity
        Pools and usable days.
    weeks
        Weeks of the horizon.
    rules
        ``objective.even_factor`` and ``objective.uneven_minute``.
    """
    caps = instance.caps
    owed = np.zeros(len(caps.week_minutes), dtype=np.int64)
    for group in instance.groups:
        owed += group.minutes[group.number == 0].sum(axis=(0, 1), dtype=np.int64)
    days = np.array([
        np.bincount(weeks.week_of_day, weights=row, minlength=len(weeks)) for row in capacity.usable
    ])
    days = days.reshape(len(capacity.usable), len(weeks))[capacity.pool_department]
    share = days / np.maximum(days.sum(axis=1, keepdims=True), 1)
    level = np.ceil(rules.objective.even_factor * owed[:, None] * share - 1e-9).astype(np.int64)
    price = round(rules.objective.uneven_minute * UNITS_PER_HAZARD_DAY)
    return replace(caps, even_minutes=np.minimum(level, np.maximum(0, caps.week_minutes)), uneven=price)
