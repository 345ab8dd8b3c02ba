"""Automatic rules: facts that raise a tier whatever the score. They never lower one and use no tier's share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.risk.history import History
from riskplan.rules.model import TIERS, AutomaticRule

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
NONE = -1


@dataclass(frozen=True)
class Raised:
    """What the automatic rules do.

    Parameters
    ----------
    level
        shape (n_enterprises,), index into ``TIERS`` after the rules.
    rule
        shape (n_enterprises,), index of the rule that raised the tier, -1 for none.
    ground
        shape (n_enterprises,), index of the strictest rule that applies, also where the tier was as high already.
    """

    level: Ints
    rule: Ints
    ground: Ints


_FACTS: Mapping[str, Callable[[History], Ints]] = {
    "fatal_accident_year": lambda known: known.deaths_year,
    "serious_injuries_year": lambda known: known.injured_year,
    "accident_class_year": lambda known: known.accident_class,
    "overdue_major_hazard": lambda known: known.overdue_major,
}
"""Rules that compare a number with ``amount``."""


def applies(rule: AutomaticRule, enterprises: pd.DataFrame, known: History) -> Bools:
    """Return which enterprises a rule applies to; premises that are not active never.

    Parameters
    ----------
    rule
        Any ``when``.
    enterprises, known
        In the same order.
    """
    holds = (enterprises["status"] == "active").to_numpy(dtype=bool)
    if rule.sectors:
        holds = holds & enterprises["sector"].isin(rule.sectors).to_numpy()
    if rule.when == "major_hazard_installation":
        return holds & enterprises["major_hazard_level"].isin(rule.levels).to_numpy()
    if rule.when == "policy_list":
        return holds & on_lists(enterprises["policy_list"], rule.lists)
    return holds & (_FACTS[rule.when](known) >= rule.amount)


def on_lists(column: pd.Series, lists: tuple[str, ...]) -> Bools:
    """Return which premises are on at least one of some policy lists."""
    wanted = frozenset(lists)
    return np.fromiter((not wanted.isdisjoint(own) for own in column), dtype=bool, count=len(column))


def raise_tiers(
    level: Ints, rules: tuple[AutomaticRule, ...], enterprises: pd.DataFrame, known: History
) -> Raised:
    """Return the tiers after the automatic rules; of several the strictest is named, of equal ones the first.

    Parameters
    ----------
    level
        shape (n_enterprises,), index into ``TIERS`` by points.
    rules
        In the order of the rulebook.
    enterprises, known
        In the same order.
    """
    ground = np.full(len(level), NONE, dtype=np.int64)
    strictest = np.full(len(level), len(TIERS), dtype=np.int64)
    for index, rule in enumerate(rules):
        at_least = TIERS.index(rule.at_least)
        hits = applies(rule, enterprises, known) & (at_least < strictest)
        ground[hits], strictest[hits] = index, at_least
    after = np.minimum(level, strictest).astype(np.int64)
    return Raised(after, np.where(after < level, ground, NONE).astype(np.int64), ground)
