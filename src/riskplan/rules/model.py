"""The rulebook as frozen objects: the law and the office's settings, every value with its source where given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TIERS = ("red", "orange", "yellow", "blue")
"""Tiers from worst to best; index 0..3 is used in arrays."""

PLANNED_KIND = "daily"
"""Kind of the visits that the year plans."""
LIMIT_KINDS = ("cap", "floor", "spacing", "alarm")
SCOPES = (
    "enterprise",
    "organ-enterprise",
    "system-enterprise",
    "township",
    "village",
    "department",
    "officer",
)
WINDOWS = ("day", "week", "month", "quarter", "year", "rolling")
UNITS = ("visits", "team-days", "people", "officer-minutes", "crew-visits")


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from: legal basis, source text, date since when; all optional."""

    basis: str = ""
    source: str = ""
    since: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True)
class Limit:
    """One row of the limits table.

    Parameters
    ----------
    id
        Unique name, e.g. ``organ-enterprise-year``.
    kind, scope, window, unit
        See the module constants; the combination must be a line of ``support.csv``. A ``spacing`` has window
        ``rolling``: at most one visit in any ``amount`` days, i.e. two visits lie at least ``amount`` days apart.
    rolling_days
        Length of a rolling window of a cap [days], 0 otherwise.
    objects
        Object kinds it binds (``enterprise``, ``township``, ``village``).
    kinds_exempt
        Visit kinds that do not count.
    amount
        Key -> amount [visits, or days for spacing]. Keys are tiers for scopes about enterprises, township codes for
        scope township; ``*`` stands for all others.
    hard
        False: broken limits are reported as notices, not violations.
    provenance
        Basis, source, since.
    """

    id: str
    kind: str
    scope: str
    window: str
    unit: str
    amount: Mapping[str, int]
    rolling_days: int = 0
    objects: tuple[str, ...] = ("enterprise",)
    kinds_exempt: tuple[str, ...] = ()
    hard: bool = True
    provenance: Provenance = Provenance()

    def amount_for(self, key: str) -> int | None:
        """Return the amount for a tier or township, None where the row says nothing about it."""
        return self.amount.get(key, self.amount.get("*"))

    def combination(self) -> tuple[str, str, str, str]:
        """Return the key into the support table."""
        return (self.kind, self.scope, self.window, self.unit)

    def binds_planned(self) -> bool:
        """Tell whether planned visits count: the row is hard, is about enterprises and does not exempt their kind."""
        return self.hard and "enterprise" in self.objects and PLANNED_KIND not in self.kinds_exempt


@dataclass(frozen=True)
class SupportLine:
    """How year, week and audit treat one combination: exact, safe side, week only, audit only, refused, no."""

    kind: str
    scope: str
    window: str
    unit: str
    year: str
    week: str
    audit: str
    note: str


@dataclass(frozen=True)
class DutyRule:
    """Which items are owed where: a row of the frequency table.

    Parameters
    ----------
    items
        Item ids.
    sectors, sizes
        Where it applies; empty = everywhere.
    visits
        Tier -> visits owed per 365 days; a value below 1 means one visit in 1/value years, drawn. Empty: the
        rulebook's general frequency.
    """

    items: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    visits: Mapping[str, float] | None = None


@dataclass(frozen=True)
class TierRules:
    """Tiers from target shares of the score ranking."""

    shares: Mapping[str, float]


@dataclass(frozen=True)
class FrequencyRules:
    """General frequency by tier.

    Parameters
    ----------
    visits
        Tier -> visits owed per 365 days; below 1 = drawn.
    longest_interval_factor
        Longest interval = factor x 365 / visits [days].
    """

    visits: Mapping[str, float]
    longest_interval_factor: float


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


@dataclass(frozen=True)
class Rulebook:
    """All rules of one case, validated; unknown keys never get here.

    Parameters
    ----------
    name
        Name of the pack or file.
    exempt_kinds
        Visit kinds outside every cap, apart from totals and alarms.
    count_by_credit_code
        Caps of scope enterprise count by legal person where a credit code is given.
    domain_shares
        Sector -> domain -> weight of the intensity; a missing sector splits evenly over its duties' domains.
    lead_by_sector
        Sector -> department that leads when the competent one does not take part.
    provenance
        Dotted key -> where the value comes from.
    fingerprint
        SHA-256 over the canonical content.
    """

    name: str
    tiers: TierRules
    frequency: FrequencyRules
    score: ScoreRules
    capacity: CapacityRules
    crew: CrewRules
    day: DayRules
    travel: TravelRules
    objective: ObjectiveRules
    limits: tuple[Limit, ...]
    duties: tuple[DutyRule, ...]
    exempt_kinds: tuple[str, ...] = ()
    count_by_credit_code: bool = True
    domain_shares: Mapping[str, Mapping[str, float]] | None = None
    lead_by_sector: Mapping[str, str] | None = None
    provenance: Mapping[str, Provenance] | None = None
    fingerprint: str = ""

    def limit(self, limit_id: str) -> Limit | None:
        """Return a limit by id, None when the rulebook has no such row."""
        return next((row for row in self.limits if row.id == limit_id), None)

    def limits_of(self, kind: str, scope: str, window: str) -> tuple[Limit, ...]:
        """Return the limits of a kind, scope and window that bind planned visits to enterprises."""
        return tuple(
            r
            for r in self.limits
            if (r.kind, r.scope, r.window) == (kind, scope, window) and r.binds_planned()
        )
