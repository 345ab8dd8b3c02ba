"""Whom a row is about, for the rooms that plan: filters, keys and amounts of premises (S4). The audit has its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.rules.model import Filter, Limit, Rulebook

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
SILENT = np.int64(-1)
"""Amount of a key that a row says nothing about."""


def premises_property(case: Case, by: str, tiers: Sequence[str]) -> list[str]:
    """Return the value of a property (``AMOUNT_KEYS``) for every premises, in the order of ``case.enterprises``."""
    if by == "tier":
        return list(tiers)
    return list(case.enterprises["township_code" if by == "township" else by])


def fits_filter(case: Case, row: Filter, tiers: Sequence[str]) -> Bools:
    """Return which premises a row is about.

    Parameters
    ----------
    case
        Enterprises.
    row
        Filter of a limit or of a quiet rule.
    tiers
        Tier of each enterprise.

    Returns
    -------
    numpy.ndarray
        shape (n_enterprises,), bool.
    """
    frame = case.enterprises
    result = np.ones(len(frame), dtype=bool)
    allowed: tuple[tuple[tuple[str, ...], Any], ...] = (
        (row.sectors, frame["sector"]),
        (row.grades, frame["grade"]),
        (row.sizes, frame["size"]),
        (row.townships, frame["township_code"]),
        (row.tiers, pd.Series(list(tiers), dtype=object)),
    )
    for values, column in allowed:
        if values:
            result &= column.isin(values).to_numpy()
    if row.policy_lists:
        wanted = frozenset(row.policy_lists)
        result &= np.array([not wanted.isdisjoint(lists) for lists in frame["policy_list"]], dtype=bool)
    return result


def premises_amounts(case: Case, limit: Limit, tiers: Sequence[str]) -> Ints:
    """Return what a row says about every premises, ``SILENT`` where it says nothing.

    Parameters
    ----------
    case
        Enterprises.
    limit
        Row with a scope about enterprises.
    tiers
        Tier of each enterprise.

    Returns
    -------
    numpy.ndarray
        shape (n_enterprises,), visits (or days for spacing).
    """
    keys = premises_property(case, limit.by, tiers)
    memo = {key: limit.amount_for(key) for key in dict.fromkeys(keys)}
    stated = np.array([SILENT if memo[key] is None else memo[key] for key in keys], dtype=np.int64)
    return np.where(fits_filter(case, limit.filter, tiers), stated, SILENT)


def counts_kind(limit: Limit, rules: Rulebook, kind: str) -> bool:
    """Tell whether visits of a kind count towards a row (S2)."""
    if limit.kinds_counted:
        return kind in limit.kinds_counted
    return kind not in rules.exempt_kinds and kind not in limit.kinds_exempt


def about_all_premises(row: Filter) -> bool:
    """Tell whether a filter says nothing about premises."""
    return not (row.sectors or row.grades or row.sizes or row.tiers or row.townships or row.policy_lists)


def takes_part(row: Filter, departments: Collection[str]) -> bool:
    """Tell whether a department that a filter names takes part in a visit; without named ones all visits count (S4)."""
    return not row.departments or not set(row.departments).isdisjoint(departments)


def person_keys(case: Case, rules: Rulebook) -> list[str]:
    """Return the legal person of every premises (S4): its credit code where it has one that counts, else its own id."""
    frame = case.enterprises
    return [
        code if code and rules.count_by_credit_code else name
        for code, name in zip(frame["credit_code"], frame["enterprise_id"], strict=True)
    ]
