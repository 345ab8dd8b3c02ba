"""The sections of a rulebook: tiers, frequency, points, capacity, crews, days, travel, exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TierRules:
    """Tiers from target shares of the score ranking."""

    shares: Mapping[str, float]


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
    """The points table; the parts' maxima sum to 100.

    Parameters
    ----------
    sector_points, sector_default
        Points of inherent hazard by sector.
    history_max, history_per_hazard
        Points for decayed severity-weighted hazards: ``min(max, floor(per_hazard x decayed))``.
    overdue_max, overdue_per_hazard
        Points for hazards open after their deadline.
    accident_max
        Points for an accident, decayed from its date.
    grade_points, grade_default
        Points by grade of standardisation.
    size_points
        Points by size.
    never_visited_points
        Points when no visit is known.
    half_life_days
        Half-life of history [days].
    severity_weight
        Weight of a hazard by severity class.
    prior_years
        Strength of the sector's rate as a prior [years of observation].
    """

    sector_points: Mapping[str, int]
    sector_default: int
    history_max: int
    history_per_hazard: float
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
class TravelRules:
    """Great circle x detour: seconds = ceil(metres / (speed_kmh / 3.6)) + entry_seconds, metres = detour x arc."""

    detour: float
    speed_kmh: float
    entry_seconds: int


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
    """

    unplanned: Mapping[str, float]
    team_minute: float
    township_trip_share: float
