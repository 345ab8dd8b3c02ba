"""The sections of a rulebook: tiers, frequency, points, capacity, crews, days, weeks, travel, exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TierRules:
    """Tiers from target shares of the score ranking or from thresholds; automatic rules and overrides come after.

    Parameters
    ----------
    shares
        Tier -> share of the active premises, highest scores first; the shares sum to 1.
    by
        ``shares`` or ``thresholds``.
    thresholds
        Red, orange and yellow -> lowest score of the tier; everything below yellow is blue.
    focus_tiers
        Tiers whose premises are proposed as focus inspection units.
    focus_lists
        Policy lists whose premises are proposed as focus inspection units.
    """

    shares: Mapping[str, float]
    by: str = "shares"
    thresholds: Mapping[str, int] | None = None
    focus_tiers: tuple[str, ...] = ("red",)
    focus_lists: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrequencyRules:
    """General frequency, by tier unless said otherwise (docs/semantics.md, S3).

    Parameters
    ----------
    visits
        Key -> visits owed per 365 days; below 1: see ``below_one``.
    longest_interval_factor
        Longest interval = factor x 365 / visits [days].
    longest_interval_days
        Key -> longest interval [days], where it is stated instead of derived.
    by
        What the keys are: ``tier``, ``grade``, ``size`` or ``sector``; ``*`` stands for all others.
    below_one
        ``drawn``: less than one visit a year means a share drawn at random; ``due``: a visit is owed when the longest
        interval since the last one ends inside the horizon.
    """

    visits: Mapping[str, float]
    longest_interval_factor: float
    longest_interval_days: Mapping[str, int] | None = None
    by: str = "tier"
    below_one: str = "drawn"


@dataclass(frozen=True)
class ScoreRules:
    """The points table; the parts' maxima sum to 100 at most, every part is a whole number.

    Parameters
    ----------
    sector_points, sector_default
        Points of inherent hazard by sector.
    history_max, history_per_finding
        Points for severity-weighted findings per routine visit, shrunk towards the sector's:
        ``min(max, floor(per_finding x m))``, m = w x own rate + (1 - w) x sector's rate.
    overdue_max, overdue_per_hazard
        Points for hazards open after their deadline.
    accident_max
        Points for an accident: ``floor(max x 0.5^(days since the latest / half-life))``.
    grade_points, grade_default
        Points by grade.
    size_points
        Points by size.
    never_visited_points
        Points when no routine visit is known.
    half_life_days
        Half-life of history [days].
    severity_weight
        Weight of a hazard by severity class; a worse class never weighs less.
    prior_years
        Strength of the sector's rate as a prior [years of observation].
    trend_max
        Points where the last 365 days were worse than the history: ``floor(per_finding x m of these days)`` less the
        points of history, from 0 to max.
    installation_points
        Level of the major hazard installation, ``"1"`` (highest) to ``"4"`` -> points.
    complaints_max, complaints_per_complaint
        Points for decayed complaints: ``min(max, floor(per_complaint x weight))``.
    report_gap_max, report_gap_per_month
        Points for consecutive months without a self-report.
    grade_order, grade_max
        Grades from best to worst: the best gets 0 points, the worst ``grade_max``, those between evenly, rounded
        down. A grade of ``grade_points`` keeps its points. Says which way A, B, C, D count.
    credit_points, credit_default, credit_order, credit_max
        Likewise for the credit grade.
    standardisation_points
        Level of standardisation -> points, 0 where not named.
    new_business_points, new_business_days
        Points in the first days after opening; they and ``never_visited_points`` are one part, the larger counts.
    """

    sector_points: Mapping[str, int]
    sector_default: int
    history_max: int
    history_per_finding: float
    overdue_max: int
    overdue_per_hazard: int
    accident_max: int
    grade_points: Mapping[str, int]
    grade_default: int
    size_points: Mapping[str, int]
    never_visited_points: int
    half_life_days: int
    severity_weight: Mapping[str, float]
    prior_years: float
    trend_max: int = 0
    installation_points: Mapping[str, int] | None = None
    complaints_max: int = 0
    complaints_per_complaint: float = 1.0
    report_gap_max: int = 0
    report_gap_per_month: int = 1
    grade_order: tuple[str, ...] = ()
    grade_max: int = 0
    credit_points: Mapping[str, int] | None = None
    credit_default: int = 0
    credit_order: tuple[str, ...] = ()
    credit_max: int = 0
    standardisation_points: Mapping[str, int] | None = None
    new_business_points: int = 0
    new_business_days: int = 365

    def grade_table(self) -> dict[str, int]:
        """Return grade -> points, from the order and the points stated one by one."""
        return {**_in_order(self.grade_order, self.grade_max), **self.grade_points}

    def credit_table(self) -> dict[str, int]:
        """Return credit grade -> points, likewise."""
        return {**_in_order(self.credit_order, self.credit_max), **(self.credit_points or {})}

    def maxima(self) -> dict[str, int]:
        """Return part -> most points it can give; a default counts as it is given to whoever is not named."""
        most = {
            "sector": _most(self.sector_points, self.sector_default),
            "installation": _most(self.installation_points),
            "history": self.history_max,
            "trend": self.trend_max,
            "overdue": self.overdue_max,
            "complaints": self.complaints_max,
            "report_gap": self.report_gap_max,
            "credit": _most(self.credit_table(), self.credit_default),
            "grade": _most(self.grade_table(), self.grade_default),
            "standardisation": _most(self.standardisation_points),
            "size": _most(self.size_points),
            "accident": self.accident_max,
        }
        return {**most, "unvisited": max(self.never_visited_points, self.new_business_points)}


def _in_order(order: tuple[str, ...], most: int) -> dict[str, int]:
    steps = max(len(order) - 1, 1)
    return {name: most * rank // steps for rank, name in enumerate(order)}


def _most(points: Mapping[str, int] | None, default: int = 0) -> int:
    return max([0, default, *(points or {}).values()])


@dataclass(frozen=True)
class IntensityRules:
    """How expected hazards a year are estimated, and what findings weigh (docs/risk.md); all assumptions of riskplan.

    Parameters
    ----------
    half_life_days
        Half-life of history in the intensity [days]; 0: estimated from the case's own visits. The points table keeps
        ``score.half_life_days``.
    bandwidth_km
        How far the neighbourhood reaches: standard deviation of the distance weights [km]; 0: no neighbourhood.
    prior_years
        Weight of the sector's rate of findings that became known otherwise than by routine visits [years].
    overdue_factor
        A finding that is open after its deadline counts this many times, at least 1.
    complaint_weight
        A finding that a complaint brought counts this many times its severity weight.
    accident_factor
        Class of an accident (``ordinary``, ``larger``, ``major``, ``extra_major``) -> multiple of
        ``severity_weight.accident``; a worse class never has less. Without it 1, 2, 4, 8.
    least
        Least intensity [hazards/yr]: nobody is without risk.
    model
        What says who stands above whom: ``pooled`` (own history, neighbourhood and traits), ``rates`` (the empirical
        Bayes estimate alone) or ``boosting`` (extra ``learn``). With too little history ``rates`` is used.
    """

    half_life_days: int = 0
    bandwidth_km: float = 1.0
    prior_years: float = 2.0
    overdue_factor: float = 1.5
    complaint_weight: float = 1.0
    accident_factor: Mapping[str, float] | None = None
    least: float = 0.05
    model: str = "pooled"


@dataclass(frozen=True)
class CapacityRules:
    """The legal formula: total legal days - other enforcement - non-enforcement, then reserve and exempt load.

    Parameters
    ----------
    minutes_per_day
        Working minutes of one officer-day.
    other_enforcement_share, non_enforcement_share
        Shares of total legal days that are not inspection.
    reserve_share, exempt_share
        Room left, and expected complaints and re-checks; taken off before planning.
    week_flex
        A week may take up to this multiple of its share of the year's minutes (hard).
    travel_allowance
        Minutes added to each visit in the year [minutes].
    """

    minutes_per_day: int
    other_enforcement_share: float
    non_enforcement_share: float
    reserve_share: float
    exempt_share: float
    week_flex: float
    travel_allowance: int


@dataclass(frozen=True)
class CrewRules:
    """Who must be at the gate.

    Parameters
    ----------
    officers_per_department
        Certified officers that each participating department sends.
    min_officers
        Certified officers in all at a visit.
    max_departments, max_people
        Most departments and people at one gate, by size class.
    """

    officers_per_department: int
    min_officers: int
    max_departments: Mapping[str, int]
    max_people: Mapping[str, int]


@dataclass(frozen=True)
class DayRules:
    """One team's day; all times in minutes from midnight.

    Parameters
    ----------
    setup
        Minutes added once to each joint visit.
    shift_start, shift_end
        A team leaves the depot not before and is back not after.
    lunch_from, lunch_until, lunch_minutes
        Lunch starts within [from, until]; it may interrupt travel or waiting, never a visit.
    max_visits
        Most visits of one team-day; also one crew-day's worth of visits in the year.
    """

    setup: int
    shift_start: int
    shift_end: int
    lunch_from: int
    lunch_until: int
    lunch_minutes: int
    max_visits: int


@dataclass(frozen=True)
class WeekRules:
    """What the week plan may change of the year plan.

    Parameters
    ----------
    window
        Weeks on either side of its planned week to which a visit may be moved where that saves travel; 0: none.
    """

    window: int = 1


@dataclass(frozen=True)
class TravelRules:
    """Great circle x detour: seconds = ceil(metres / (speed_kmh / 3.6)) + entry_seconds, metres = detour x arc.

    Parameters
    ----------
    detour
        Length of the road over the length of the arc, where no roads are used.
    speed_kmh
        Mean speed, where no roads are used [km/h].
    entry_seconds
        Time for getting in at each arrival [s].
    provider
        Where travel times come from: ``great_circle``, ``roads`` (tables roads and road_nodes, or an .osm.pbf),
        ``given`` (table travel_times), ``osrm`` (a server); ``auto``: the table of times where the case has one, else
        its roads, else the great circle.
    access_kmh
        Speed from a place to the nearest node of the roads [km/h].
    far_metres
        A place farther from every road is told by name [m].
    speeds
        Class of road -> mean speed [km/h]; ``*`` stands for all others, ``x_link`` is driven like ``x``.
    osrm_url
        Address of the server, such as ``http://localhost:5000``.
    """

    detour: float
    speed_kmh: float
    entry_seconds: int
    provider: str = "auto"
    access_kmh: float = 15.0
    far_metres: int = 1000
    speeds: Mapping[str, float] = field(default_factory=lambda: {"*": 30.0})
    osrm_url: str = "http://localhost:5000"


@dataclass(frozen=True)
class ObjectiveRules:
    """Exchange rates of the year plan, all in hazard-days.

    Parameters
    ----------
    unplanned
        Tier -> cost of one visit left out.
    team_minute
        Cost of one minute of travel.
    township_trip_share
        Cost of opening a township in a week = share x return travel from the office x team_minute.
    cluster_trip_share
        Cost of n visits to a village cluster in a week = share x travel of a tour of n stops in it x team_minute.
    cluster_size
        Enterprises of a village cluster, at most.
    uneven_minute
        Cost of an officer-minute above a department's even level of a week.
    even_factor
        Even level = factor x what the department owes, spread by workdays.
    stability
        Cost of a visit for each week that it lies away from last year's visits, at most eight; 0: last year means nothing.
    late_share
        Cost of each day in the horizon on which one item waits beyond its longest interval = share x ``unplanned`` of
        the tier; 0: longest intervals are checked and not planned.
    secrecy_share
        How much worse, as a share of the objective, a plan may be whose weeks the office's secret draws.
    """

    unplanned: Mapping[str, float]
    team_minute: float
    township_trip_share: float
    cluster_trip_share: float
    cluster_size: int
    uneven_minute: float
    even_factor: float
    stability: float
    late_share: float = 0.002
    secrecy_share: float = 0.01
