"""What opening a township and touring a village cluster cost, by the weeks of a case that are already routed."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.case.weeks import week_label
from riskplan.errors import Fault, InputError
from riskplan.plan.tables import Plan
from riskplan.rules.model import Rulebook, TravelRules
from riskplan.travel.clusters import areas, clusters_of, tour_km
from riskplan.travel.year import year_travel
from riskplan.units import EARTH_RADIUS_M, MINUTES_PER_HOUR, SECONDS_PER_MINUTE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEAST_WEEKS = 12
"""Fewest routed weeks that three coefficients are estimated from."""
LEVEL = 0.05
"""Chance below which the two shares are more than noise."""
STOPS_A_DAY = 4
"""Visits that share one way out and back: the linear part of travel is 2d/4 a visit (algorithms A9.1)."""
_TERMS = 3
_NOTHING = 1e-12


@dataclass(frozen=True)
class TripFit:
    """Coefficients of the trips of a year plan, fitted to routed weeks.

    Parameters
    ----------
    weeks
        Routed weeks that were used.
    visits
        Visits on their routes.
    travel
        Minutes of travel on their routes.
    linear
        Coefficient of the sum of 2d/4: travel that no choice of weeks changes.
    township_share, cluster_share
        Proposed ``objective.township_trip_share`` and ``objective.cluster_trip_share``.
    r2
        Share of the variance between weeks that all three explain.
    part
        Share of the variance left by the linear part alone that the two others explain: what steers a plan.
    p_value
        Chance of at least that share where trips mean nothing, by the F test of two more coefficients.
    """

    weeks: int
    visits: int
    travel: float
    linear: float
    township_share: float
    cluster_share: float
    r2: float
    part: float
    p_value: float

    @property
    def tells(self) -> bool:
        """Whether the weeks tell trips from distances; else the two shares are noise, and none should be taken over."""
        return self.p_value < LEVEL


@dataclass(frozen=True)
class RoutedWeeks:
    """What the routed weeks of a plan had to travel for, one entry a week.

    Parameters
    ----------
    labels
        Weeks in order, n of them.
    visits
        shape (n,), visits on routes.
    travel
        shape (n,), travel of all team-days [min].
    terms
        shape (n, 3): sum of 2d/4 over visits; sum of 2d over townships that are opened; tours of the village clusters
        [min each].
    """

    labels: tuple[str, ...]
    visits: Ints
    travel: Floats
    terms: Floats


def calibrate_trips(case: Case, rules: Rulebook, plan: Plan) -> TripFit:
    """Estimate the shares of trips from the routed weeks of a plan; nothing is changed.

    Parameters
    ----------
    case, rules
        Premises, offices, and how travel is reckoned.
    plan
        Its routed weeks are used.

    Raises
    ------
    InputError
        If fewer than ``LEAST_WEEKS`` weeks are routed, or they are too much alike to tell the terms apart.
    """  # noqa: DOC502 - raised below
    return fit_trips(routed_weeks(case, rules, plan))


def fit_trips(found: RoutedWeeks) -> TripFit:
    """Return the least-squares fit of travel to its three terms, no coefficient below 0.

    Parameters
    ----------
    found
        Routed weeks.

    Raises
    ------
    InputError
        If there are too few weeks, or they are too much alike.

    References
    ----------
    algorithms.md A9.1; C. L. Lawson, R. J. Hanson, Solving Least Squares Problems (1974), chapter 23: the solution is
    the plain fit on the columns whose coefficients are above 0.
    """
    count, terms, travel = len(found.labels), found.terms, found.travel
    if count < LEAST_WEEKS:
        raise InputError([_fault("weeks_too_few", count, least=str(LEAST_WEEKS))])
    if np.linalg.matrix_rank(terms / np.maximum(terms.max(axis=0), 1e-9), tol=1e-6) < _TERMS:
        raise InputError([_fault("weeks_alike", count)])
    shares, left = _not_below_zero(terms, travel)
    _, left_linear = _not_below_zero(terms[:, :1], travel)
    spread = float(((travel - travel.mean()) ** 2).sum())
    linear, township, cluster = (round(float(share), 4) for share in shares)
    return TripFit(
        weeks=count,
        visits=int(found.visits.sum()),
        travel=float(travel.sum()),
        linear=linear,
        township_share=township,
        cluster_share=cluster,
        r2=_explained(left, spread),
        part=_explained(left, left_linear),
        p_value=_chance(left, left_linear, count - _TERMS),
    )


def _fault(code: str, count: int, **args: str) -> Fault:
    return Fault(code, "routes.csv", value=str(count), args=args)


def _chance(left: float, left_linear: float, free: int) -> float:
    """Return the p-value of the F test that the two trip terms explain nothing; coefficients held at 0 only raise it."""
    if left <= _NOTHING * left_linear:
        return 0.0 if left_linear > 0 else 1.0
    # Two coefficients more: the survival function of F(2, n) at F is (1 + 2 F / n) ^ (-n / 2).
    return round((left_linear / left) ** (-free / 2), 4)


def _not_below_zero(terms: Floats, travel: Floats) -> tuple[Floats, float]:
    """Return the least-squares coefficients of which none is below 0, and what they leave (sum of squares).

    The few sets of columns are all tried: the best of those whose plain fit has no coefficient below 0 is the answer.
    """
    best, left = np.zeros(terms.shape[1]), float((travel**2).sum())
    for size in range(1, terms.shape[1] + 1):
        for chosen in map(list, combinations(range(terms.shape[1]), size)):
            share = np.linalg.lstsq(terms[:, chosen], travel, rcond=None)[0]
            rest = float(((travel - terms[:, chosen] @ share) ** 2).sum())
            if (share >= 0).all() and rest < left:
                best, left = np.zeros(terms.shape[1]), rest
                best[chosen] = share
    return best, left


def _explained(left: float, whole: float) -> float:
    return round(1 - left / whole, 4) if whole > 0 else 0.0


def routed_weeks(case: Case, rules: Rulebook, plan: Plan) -> RoutedWeeks:
    """Return travel and its terms for every week of a plan that has routes.

    Parameters
    ----------
    case, rules
        Premises, offices, and how travel is reckoned.
    plan
        Its routes.
    """
    place = _Places.of(case, rules, plan)
    day = dict(zip(plan["teams"]["team_id"], plan["teams"]["date"], strict=True))
    week = {team: week_label(dt.date.fromisoformat(date)) for team, date in day.items() if date}
    enterprise = dict(zip(plan.visits["visit_id"], plan.visits["enterprise_id"], strict=True))
    travel: Counter[str] = Counter()
    stops: defaultdict[str, list[int]] = defaultdict(list)
    routes = plan["routes"]
    rows = zip(routes["team_id"], routes["visit_id"], routes["travel_s"].tolist(), strict=True)
    for team, visit, seconds in rows:
        if team in week:
            travel[week[team]] += seconds
            at = place.index.get(enterprise.get(visit, ""))
            stops[week[team]] += [] if at is None else [at]
    labels = tuple(label for label in sorted(stops) if stops[label])
    terms = [place.terms(np.array(stops[label], dtype=np.int64)) for label in labels]
    return RoutedWeeks(
        labels,
        np.array([len(stops[label]) for label in labels], dtype=np.int64),
        np.array([travel[label] / SECONDS_PER_MINUTE for label in labels], dtype=np.float64),
        np.array(terms, dtype=np.float64).reshape(len(labels), _TERMS),
    )


def planned_trips(case: Case, rules: Rulebook, plan: Plan) -> tuple[float, float]:
    """Return the trips of a year plan before any share: 2d of opened townships, tours of village clusters [min].

    Parameters
    ----------
    case, rules
        Premises, offices, and how travel is reckoned.
    plan
        Its visits by week.
    """
    place = _Places.of(case, rules, plan)
    stops: defaultdict[str, list[int]] = defaultdict(list)
    for week, enterprise in zip(plan.visits["week"], plan.visits["enterprise_id"], strict=True):
        if enterprise in place.index:
            stops[week].append(place.index[enterprise])
    terms = [place.terms(np.array(stops[week], dtype=np.int64)) for week in sorted(stops)]
    return sum(opened for _, opened, _ in terms), sum(tours for _, _, tours in terms)


@dataclass(frozen=True)
class _Places:
    """Premises as the year's trips see them: way from the offices, township, village cluster."""

    index: dict[str, int]
    township: Ints
    cluster: Ints
    way: Floats
    township_way: Floats
    area: Floats
    pace: float

    @classmethod
    def of(cls, case: Case, rules: Rulebook, plan: Plan) -> _Places:
        """Return the places that a year plan sees: who owes or gets a visit; a township lies where all premises do."""
        frame = case.enterprises[np.isfinite(case.enterprises["lon"]) & np.isfinite(case.enterprises["lat"])]
        codes = np.unique(frame["township_code"].to_numpy(dtype=str))
        seen = frame["enterprise_id"].isin({*plan["duties"]["enterprise_id"], *plan.visits["enterprise_id"]})
        frame = frame[seen]
        lon, lat = (frame[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
        travel = year_travel(case, rules)
        way = dict(zip(travel.townships, travel.seconds / SECONDS_PER_MINUTE, strict=True))
        township = np.searchsorted(codes, frame["township_code"].to_numpy(dtype=str)).astype(np.int64)
        cluster = clusters_of(township, lon, lat, rules.objective.cluster_size)
        office = _office(case)
        return cls(
            {e: k for k, e in enumerate(frame["enterprise_id"])},
            township,
            cluster,
            _minutes(office, lon, lat, rules.travel),
            np.array([way.get(code, 0.0) for code in codes]),
            areas(cluster, lon, lat),
            float(travel.tour_minutes(np.ones(1), rules.travel)[0]),
        )

    def terms(self, stops: Ints) -> tuple[float, float, float]:
        """Return the three terms of a week's visits [min]."""
        clusters, counts = np.unique(self.cluster[stops], return_counts=True)
        tours = tour_km(self.area[clusters], counts).diagonal() * self.pace
        opened = np.unique(self.township[stops])
        linear = 2 * self.way[stops].sum() / STOPS_A_DAY
        return float(linear), float(2 * self.township_way[opened].sum()), float(tours.sum())


def _office(case: Case) -> tuple[float, float]:
    """Return the middle of the offices, as the year takes it; that of the premises where none is known."""
    departments, premises = case["departments"], case.enterprises
    lon, lat = (float(departments[f"depot_{name}"].mean()) for name in ("lon", "lat"))
    return (
        lon if np.isfinite(lon) else float(premises["lon"].mean()),
        lat if np.isfinite(lat) else float(premises["lat"].mean()),
    )


def _minutes(office: tuple[float, float], lon: Floats, lat: Floats, travel: TravelRules) -> Floats:
    """Return travel from a point to others by the haversine formula [min]."""
    lam, phi = np.radians(lon), np.radians(lat)
    lam0, phi0 = np.radians(office[0]), np.radians(office[1])
    h = np.sin((phi - phi0) / 2) ** 2 + np.cos(phi) * np.cos(phi0) * np.sin((lam - lam0) / 2) ** 2
    km = 2 * EARTH_RADIUS_M / 1000 * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0)))
    return (
        km * travel.detour / travel.speed_kmh * MINUTES_PER_HOUR + travel.entry_seconds / SECONDS_PER_MINUTE
    )
