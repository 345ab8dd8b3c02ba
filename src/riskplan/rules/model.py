"""The rulebook as frozen objects: the law and the office's settings, every value with its source where given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from riskplan.errors import Fault
from riskplan.rules.grounds import UNSTATED, Provenance, SourceText
from riskplan.rules.owing import (
    ApartRule,
    CampaignRules,
    DutyRule,
    ItemFilter,
    JointRules,
    LevelRules,
    LicenceRules,
    RelatedRule,
    ReuseRule,
)
from riskplan.rules.sections import (
    CapacityRules,
    CrewRules,
    DayRules,
    FrequencyRules,
    IntensityRules,
    ObjectiveRules,
    ScoreRules,
    TierRules,
    TravelRules,
    WeekRules,
)

__all__ = [
    "AMOUNT_KEYS",
    "AUTOMATIC",
    "BELOW_ONE",
    "LIMIT_KINDS",
    "PLANNED_KIND",
    "PREMISES_SCOPES",
    "QUIET_MODES",
    "SCOPES",
    "TIERS",
    "UNITS",
    "WINDOWS",
    "ApartRule",
    "AutomaticRule",
    "CampaignRules",
    "CapacityRules",
    "CrewRules",
    "DayRules",
    "DutyRule",
    "Filter",
    "FrequencyRules",
    "IntensityRules",
    "ItemFilter",
    "JointRules",
    "LevelRules",
    "LicenceRules",
    "Limit",
    "ObjectiveRules",
    "Provenance",
    "QuietRule",
    "RelatedRule",
    "ReuseRule",
    "Rulebook",
    "ScoreRules",
    "SeasonRule",
    "SourceText",
    "SupportLine",
    "TierRules",
    "TravelRules",
    "WeekRules",
]

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
UNITS = ("visits", "team-days", "people", "clean-visits", "officer-minutes", "crew-visits")
PREMISES_SCOPES = ("enterprise", "organ-enterprise", "system-enterprise")
"""Scopes whose amounts are looked up by a property of the premises."""
AMOUNT_KEYS = ("tier", "grade", "size", "sector", "township")
"""Properties of premises that ``Limit.by`` and ``FrequencyRules.by`` may name."""
QUIET_MODES = ("days_1_25", "per_month", "days")
BELOW_ONE = ("drawn", "due")
AUTOMATIC = (
    "fatal_accident_year",
    "serious_injuries_year",
    "accident_class_year",
    "overdue_major_hazard",
    "major_hazard_installation",
    "policy_list",
)
"""What an automatic rule may look at; ``year`` is the 365 days before today."""


@dataclass(frozen=True)
class Filter:
    """Which premises and departments a row is about; an empty field means all.

    Parameters
    ----------
    sectors, grades, sizes, tiers, townships
        Allowed values of the premises.
    policy_lists
        Premises on at least one of these lists.
    departments
        Participating departments that count.
    sectors_except
        Another way to write ``sectors``: all of the case but these. When the rules are read for a case, ``sectors``
        is filled in with the others, and nobody looks at this field any more.
    """

    sectors: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    townships: tuple[str, ...] = ()
    policy_lists: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    sectors_except: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limit:
    """One row of the limits table (docs/semantics.md, S4 to S6).

    Parameters
    ----------
    id
        Unique name, e.g. ``organ-enterprise-year``.
    kind, scope, window, unit
        See the module constants; the combination must be a line of ``support.csv``. A ``spacing`` has window
        ``rolling``: at most one visit in any ``amount`` days, i.e. two visits lie at least ``amount`` days apart.
    amount
        Key -> amount [visits, or days for spacing]. Keys are values of ``by`` for scopes about enterprises, else ids
        of the scope (township, village, department); for officers the department. ``*`` stands for all others.
    rolling_days
        Length of a rolling window [days], 0 otherwise.
    objects
        Object kinds it counts (``enterprise``, ``township``, ``village``).
    kinds_counted
        Visit kinds that count, exempt ones too; empty = all that are not exempt.
    kinds_exempt
        Visit kinds that do not count, besides the rulebook's.
    hard
        False: broken limits are reported as notices, not violations.
    by
        Property of the premises that ``amount`` is looked up by (``AMOUNT_KEYS``).
    filter
        Premises and departments that the row is about; only visits to these premises count.
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
    kinds_counted: tuple[str, ...] = ()
    kinds_exempt: tuple[str, ...] = ()
    hard: bool = True
    by: str = "tier"
    filter: Filter = Filter()
    provenance: Provenance = UNSTATED

    def amount_for(self, key: str) -> int | None:
        """Return the amount for a key, None where the row says nothing about it."""
        return self.amount.get(key, self.amount.get("*"))

    def combination(self) -> tuple[str, str, str, str]:
        """Return the key into the support table."""
        return (self.kind, self.scope, self.window, self.unit)

    def binds_planned(self) -> bool:
        """Tell whether planned visits count: the row is hard, is about enterprises and counts their kind."""
        counted = (
            PLANNED_KIND in self.kinds_counted
            if self.kinds_counted
            else PLANNED_KIND not in self.kinds_exempt
        )
        return self.hard and "enterprise" in self.objects and counted


@dataclass(frozen=True)
class QuietRule:
    """Days of each month on which visits of some kinds may not be made (docs/semantics.md, S1).

    Parameters
    ----------
    id
        Unique name.
    mode
        ``days_1_25``: days 1 to 25; ``per_month``: the first ``per_month`` calendar days; ``days``: those of ``days``.
    per_month
        Number of quiet days in each month, 0 for other modes.
    days
        Days of the month, 1 to 31, for mode ``days``.
    months
        Months in which it holds, 1 to 12; empty = all.
    kinds
        Visit kinds that it binds.
    filter
        Premises that it protects, and departments that it binds (a joint visit with one of them is bound).
    provenance
        Basis, source, since.
    """

    id: str
    mode: str
    per_month: int = 0
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    kinds: tuple[str, ...] = (PLANNED_KIND,)
    filter: Filter = Filter()
    provenance: Provenance = UNSTATED


@dataclass(frozen=True)
class AutomaticRule:
    """A row that raises the tier of premises whatever their score; it never lowers one (docs/semantics.md, S11).

    Parameters
    ----------
    id
        Unique name.
    when
        One of ``AUTOMATIC``.
    at_least
        Tier that the premises have at least.
    amount
        Deaths, serious injuries, accident class (1 ordinary to 4 extra-major) or hazards from which it holds.
    levels
        Levels of the major hazard installation, 1 (highest) to 4.
    lists
        Policy lists, for ``policy_list``.
    sectors
        Sectors that it holds for; empty = all.
    provenance
        Basis, source, since.
    """

    id: str
    when: str
    at_least: str
    amount: int = 1
    levels: tuple[int, ...] = ()
    lists: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    provenance: Provenance = UNSTATED


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
class SeasonRule:
    """Months in which more or fewer hazards arise than usual.

    Parameters
    ----------
    months
        1 to 12.
    factor
        Hazards arising a day, against a month without a row; the year's mean is kept: factors are divided by it.
    sectors
        Where it applies; empty = everywhere.
    provenance
        Basis, source, since.
    """

    months: tuple[int, ...]
    factor: float
    sectors: tuple[str, ...] = ()
    provenance: Provenance = UNSTATED


_PLAIN_INTENSITY = IntensityRules()
_PLAIN_LICENCE, _PLAIN_LEVELS = LicenceRules(), LevelRules()
_PLAIN_CAMPAIGNS, _PLAIN_JOINT, _PLAIN_WEEK = CampaignRules(), JointRules(), WeekRules()


@dataclass(frozen=True)
class Rulebook:
    """All rules of one case, validated; unknown keys never get here.

    Parameters
    ----------
    name
        Name of the pack or file.
    quiet
        Quiet days.
    seasons
        When hazards arise, by sector.
    automatic
        Rules that raise tiers.
    joint
        What may stand together in one visit.
    reuse
        What is known otherwise and need not be visited, in the order in which rows are tried.
    exempt_kinds
        Visit kinds outside every cap, apart from totals and alarms.
    count_by_credit_code
        Caps of scope enterprise count by legal person where a credit code is given.
    domain_shares
        Sector -> domain -> weight of the intensity; a missing sector splits as its hazards were found (``domain_weights``).
    lead_by_sector
        Sector -> department that leads when the competent one does not take part.
    provenance
        Dotted key -> where the value comes from.
    fingerprint
        SHA-256 over the canonical content; where values come from does not matter to it.
    warnings
        What the reader noticed and went on with, e.g. a grade that no premises have.
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
    quiet: tuple[QuietRule, ...] = ()
    automatic: tuple[AutomaticRule, ...] = ()
    seasons: tuple[SeasonRule, ...] = ()
    intensity: IntensityRules = _PLAIN_INTENSITY
    licence: LicenceRules = _PLAIN_LICENCE
    levels: LevelRules = _PLAIN_LEVELS
    campaigns: CampaignRules = _PLAIN_CAMPAIGNS
    joint: JointRules = _PLAIN_JOINT
    week: WeekRules = _PLAIN_WEEK
    reuse: tuple[ReuseRule, ...] = ()
    exempt_kinds: tuple[str, ...] = ()
    count_by_credit_code: bool = True
    domain_shares: Mapping[str, Mapping[str, float]] | None = None
    lead_by_sector: Mapping[str, str] | None = None
    provenance: Mapping[str, Provenance] | None = None
    fingerprint: str = ""
    warnings: tuple[Fault, ...] = ()

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
