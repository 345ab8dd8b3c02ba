"""Rules about what is owed and what need not be visited: licences, levels, campaigns, reuse, and what stands together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from riskplan.rules.grounds import UNSTATED, Provenance

REUSE_SOURCES = ("self_report", "monitoring", "visit", "licence")


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
        Key (``frequency.by``) -> visits owed per 365 days. Empty: the rulebook's general frequency.
    longest_interval_days
        Key (``frequency.by``) -> longest interval between two visits of the duty [days], where it is stated instead of
        derived from the visits.
    months
        Season: months, 1 to 12, in which its visits count; empty = all.
    provenance
        Basis, source, since.
    """

    items: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    visits: Mapping[str, float] | None = None
    longest_interval_days: Mapping[str, int] | None = None
    months: tuple[int, ...] = ()
    provenance: Provenance = UNSTATED


@dataclass(frozen=True)
class LicenceRules:
    """When a licence that expires makes a visit due (S3).

    Parameters
    ----------
    first_days, last_days
        The visit falls from so many to so many days before the licence expires.
    """

    first_days: int = 90
    last_days: int = 30


@dataclass(frozen=True)
class LevelRules:
    """Which level of one system goes.

    Parameters
    ----------
    one_level
        True: a visit that another level of the same system has fixed satisfies the same items (S12).
    """

    one_level: bool = True


@dataclass(frozen=True)
class CampaignRules:
    """Control of campaigns.

    Parameters
    ----------
    blanket_share
        Share of a sector's active premises from which a campaign's filter is told to be blanket.
    max_per_year
        Most campaigns in a horizon, 0: any number.
    """

    blanket_share: float = 0.9
    max_per_year: int = 0


@dataclass(frozen=True)
class ReuseRule:
    """A row by which something known otherwise satisfies a duty (S12).

    Parameters
    ----------
    id
        Unique name.
    source
        What satisfies the duty, one of ``REUSE_SOURCES``; where the row itself comes from is its ``basis``.
    validity_days
        Days for which the evidence counts.
    items, domains
        Duties that it is about; at least one of them is named.
    visits
        Most visits of a duty that one row credits.
    departments, results
        For ``visit``: who must have taken part, what the result must have been; empty: any.
    sectors, tiers, credit_grades
        Premises that it holds for; empty: all.
    no_overdue
        True: only premises without a hazard open after its deadline.
    report_gap_months
        Only premises with fewer full months without a self-report, 0: any, and where nobody reports.
    provenance
        Basis, source, since.
    """

    id: str
    source: str
    validity_days: int
    items: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    visits: int = 1
    departments: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    credit_grades: tuple[str, ...] = ()
    no_overdue: bool = True
    report_gap_months: int = 2
    provenance: Provenance = UNSTATED


@dataclass(frozen=True)
class ItemFilter:
    """Items named one by one, by their domain or by their department.

    Parameters
    ----------
    items, domains, departments
        An item that is named, or whose domain or department is, is meant; at least one is given.
    """

    items: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True)
class ApartRule:
    """Items that never stand in one visit: one of ``these`` with one of ``those`` (S8).

    Parameters
    ----------
    id
        Unique name.
    these, those
        Items, domains or departments of either side.
    provenance
        Basis, source, since.
    """

    id: str
    these: ItemFilter
    those: ItemFilter
    provenance: Provenance = UNSTATED


@dataclass(frozen=True)
class RelatedRule:
    """Domains whose items may stand in one visit; without such rows all may (S8).

    Parameters
    ----------
    id
        Unique name.
    domains
        Domains that are related.
    provenance
        Basis, source, since.
    """

    id: str
    domains: tuple[str, ...]
    provenance: Provenance = UNSTATED


@dataclass(frozen=True)
class JointRules:
    """What may stand together in one visit, and which limit stands where several clash with a duty.

    Parameters
    ----------
    similar_duration
        Factor within which the item minutes of departments lie in one visit; 0: any.
    mix_announced, mix_selection
        Whether announced and unannounced, listed and drawn items may share a visit.
    precedence
        Ids of limits, those that stand first before others (S14).
    apart, related
        Rows of ``[[joint.apart]]`` and ``[[joint.related]]``.
    """

    similar_duration: float = 2.0
    mix_announced: bool = True
    mix_selection: bool = True
    precedence: tuple[str, ...] = ()
    apart: tuple[ApartRule, ...] = ()
    related: tuple[RelatedRule, ...] = ()
