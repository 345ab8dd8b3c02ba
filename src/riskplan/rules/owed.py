"""How often a duty is owed and how long it may wait, by the duty rules alone: arithmetic that needs no history (S3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from riskplan.case.tables import Case
from riskplan.rules.model import DutyRule, Rulebook
from riskplan.units import DAYS_PER_YEAR

ANY = "*"


def as_written(number: float) -> Fraction:
    """Return a number as its decimal notation says, so that floors are exact."""
    return Fraction(str(number))


def frequency_of(rule: DutyRule, rules: Rulebook, key: str) -> float:
    """Return the visits owed per 365 days: the duty's own row, else the general one, ``*`` for all others.

    Parameters
    ----------
    rule
        Duty rule that holds for the item.
    rules
        General frequency.
    key
        Value of ``frequency.by`` of the enterprise.
    """
    for table in (rule.visits or {}, rules.frequency.visits):
        for name in (key, ANY):
            if name in table:
                return table[name]
    return 0.0


def longest_interval(rule: DutyRule, rules: Rulebook, key: str, frequency: float) -> int:
    """Return the longest interval [days]: the duty's own, else stated for all duties, else derived from the frequency.

    What is stated for all duties holds where the duty keeps the general frequency.

    Parameters
    ----------
    rule, rules, key
        As for ``frequency_of``.
    frequency
        Visits per 365 days, above 0.
    """
    general = rules.frequency.longest_interval_days or {}
    for stated in (rule.longest_interval_days or {}, {} if rule.visits else general):
        if key in stated or ANY in stated:
            return stated.get(key, stated.get(ANY, 0))
    return derived_interval(rules, frequency)


def derived_interval(rules: Rulebook, frequency: float) -> int:
    """Return the longest interval [days] that follows from a frequency: factor x 365 / visits."""
    return math.floor(
        as_written(rules.frequency.longest_interval_factor) * DAYS_PER_YEAR / as_written(frequency)
    )


def fitting_rules(
    possible: Mapping[str, int], rules: Rulebook, sector: str, size: str
) -> dict[int, DutyRule]:
    """Return item (place) -> the rule that holds for it: the last that fits.

    Parameters
    ----------
    possible
        Items that make visits -> place (``visited_items``).
    rules
        Duty rules.
    sector, size
        Of the premises.
    """
    chosen: dict[int, DutyRule] = {}
    for rule in rules.duties:
        if (not rule.sectors or sector in rule.sectors) and (not rule.sizes or size in rule.sizes):
            chosen.update({possible[item]: rule for item in rule.items if item in possible})
    return chosen


def visited_items(case: Case) -> dict[str, int]:
    """Return item -> place of those that make visits: on site, of a department with enforcement power."""
    departments, items = case["departments"], case["items"]
    enforcing = set(departments["department_id"][departments["role"] == "enforcement"])
    chosen = (items["mode"] == "on_site") & items["department_id"].isin(enforcing)
    return {name: k for k, (name, yes) in enumerate(zip(items["item_id"], chosen, strict=True)) if yes}
