"""The answer as frozen tables and a manifest. Columns, types and order of every plan file are stated here once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from math import isnan
from typing import Any

import pandas as pd

PLAN_COLUMNS: dict[str, dict[str, str]] = {
    "visits": {
        "visit_id": "text",
        "enterprise_id": "text",
        "object_kind": "text",
        "township_code": "text",
        "week": "text",
        "date": "text",
        "start": "minute",
        "team_id": "text",
        "departments": "list",
        "lead": "text",
        "items": "list",
        "kind": "text",
        "minutes": "int",
        "stage": "text",
        "announced": "bool",
        "window_first": "text",
        "window_last": "text",
    },
    "teams": {
        "team_id": "text",
        "date": "text",
        "depot": "text",
        "departments": "list",
        "officers": "list",
        "experts": "list",
    },
    "routes": {
        "team_id": "text",
        "seq": "int",
        "visit_id": "text",
        "arrive": "minute",
        "start": "minute",
        "leave": "minute",
        "travel_s": "int",
    },
    "travel": {
        "week": "text",
        "from_id": "text",
        "to_id": "text",
        "seconds": "int",
        "metres": "int",
    },
    "duties": {
        "enterprise_id": "text",
        "item_id": "text",
        "visits": "int",
        "longest_interval_days": "int",
        "last_done": "text",
        "first": "text",
        "last": "text",
        "months": "list",
        "cause": "text",
        "basis": "text",
    },
    "scores": {
        "enterprise_id": "text",
        "score": "int",
        "tier": "text",
        "tier_cause": "text",
        "class": "text",
        "class_ground": "text",
        "intensity": "float",
        "intensity_low": "float",
        "intensity_high": "float",
    },
    "unplanned": {
        "enterprise_id": "text",
        "items": "list",
        "departments": "list",
        "visits": "int",
        "tier": "text",
        "reason": "text",
        "limit_id": "text",
        "scope_key": "text",
        "visit_id": "text",
        "offered_week": "text",
        "weeks_by_limit": "list",
        "nearest_week": "text",
        "nearest_limits": "list",
        "exchange_visit": "text",
        "exchange_week": "text",
        "exchange_to": "text",
        "exchange_cost": "float",
        "advice": "list",
    },
    "conflicts": {
        "enterprise_id": "text",
        "items": "list",
        "kind": "text",
        "owed": "int",
        "possible": "int",
        "undone": "int",
        "tier": "text",
        "limit_ids": "list",
        "bases": "list",
        "wins": "text",
        "basis": "text",
    },
    "credits": {
        "enterprise_id": "text",
        "item_id": "text",
        "rule_id": "text",
        "source": "text",
        "evidence": "text",
        "date": "text",
        "valid_until": "text",
        "visits": "int",
        "basis": "text",
    },
}
"""Plan table -> column -> type. ``text``; ``int``; ``float`` (6 decimals); ``bool`` (yes/no); ``list`` (joined by |);
``minute`` (minutes from midnight, empty when not set, -1 in memory). ``scores`` has further integer columns
``part_*`` that sum to ``score``."""

OPTIONAL: dict[str, tuple[str, ...]] = {"visits": ("window_first", "window_last")}
"""Plan table -> columns that its file has only where some row says something."""

SORT_KEYS: dict[str, tuple[str, ...]] = {
    "visits": ("visit_id",),
    "teams": ("team_id",),
    "routes": ("team_id", "seq"),
    "travel": ("week", "from_id", "to_id"),
    "duties": ("enterprise_id", "item_id", "cause"),
    "scores": ("enterprise_id",),
    "unplanned": ("enterprise_id", "visit_id", "items"),
    "conflicts": ("enterprise_id", "items", "kind"),
    "credits": ("enterprise_id", "item_id", "rule_id", "evidence"),
}

MAY_LACK = frozenset({"travel"})
"""Tables that a plan has only where they say something: travel times that the audit can't compute by itself."""
OFFICE_PLACE = "depot/"
"""What stands before a department in ``travel`` to mean its office; enterprises stand by their id."""
MIDDLE_PLACE = "offices"
"""The middle of all offices in ``travel``, from where the year travels to townships (by their code)."""
TOUR_PLACE = "tour"
"""From and to in the row of ``travel`` that says what 100 km as the crow flies cost on a tour."""

INTERVAL = "interval"
"""Kind of a conflict whose floor is met all the same: only the longest interval is not."""
LATE = "late"
"""The same for one plan: what waits longer than it may there, and why."""
ABOUT_DAYS = (INTERVAL, LATE)
"""Kinds of conflicts that are about days, not visits."""


def unmeetable(conflicts: pd.DataFrame) -> pd.DataFrame:
    """Return the conflicts about visits that no plan can make; those about intervals are left out.

    Parameters
    ----------
    conflicts
        Plan table ``conflicts``.
    """
    return conflicts[~conflicts["kind"].isin(ABOUT_DAYS)]


STAGES = ("draft", "issued", "pinned", "done", "not_met", "unrouted")


@dataclass(frozen=True)
class Plan:
    """A plan: its tables and its manifest.

    In memory: ``text`` -> str ("" when missing), ``int`` and ``minute`` -> int64 (-1 when missing), ``float`` ->
    float64, ``bool`` -> bool, ``list`` -> tuple of str. Weeks read ``2027-W12``, dates ``2027-03-22``.

    Parameters
    ----------
    tables
        Table name -> DataFrame with the columns of ``PLAN_COLUMNS``.
    manifest
        JSON-able facts: hashes, seed, status, objective and its terms, bound, gaps, why the search stopped.
    certificate
        Bytes of ``certificate.npz``, which proves the bound; empty: the plan has none.
    """

    tables: Mapping[str, pd.DataFrame]
    manifest: Mapping[str, Any] = field(default_factory=dict)
    certificate: bytes = field(default=b"", repr=False)

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table by name."""
        return self.tables[table]

    @property
    def visits(self) -> pd.DataFrame:
        """The planned visits."""
        return self.tables["visits"]

    def with_tables(self, manifest: Mapping[str, Any] | None = None, **frames: pd.DataFrame) -> Plan:
        """Return a copy with some tables (and manifest entries) replaced."""
        return replace(
            self,
            tables={**self.tables, **{k: normalise(k, v) for k, v in frames.items()}},
            manifest={**self.manifest, **(manifest or {})},
        )


def empty_table(name: str) -> pd.DataFrame:
    """Return a plan table without rows, with its columns and dtypes."""
    return _empty(name).copy()


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({
        column: pd.Series([], dtype=_DTYPE[kind]) for column, kind in PLAN_COLUMNS[name].items()
    })


_MISSING: dict[str, object] = {"text": "", "int": -1, "minute": -1, "float": 0.0, "bool": False, "list": ()}
_DTYPE = {
    "text": "object",
    "int": "int64",
    "minute": "int64",
    "float": "float64",
    "bool": "bool",
    "list": "object",
}


def normalise(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a plan table with its columns in order, its dtypes, sorted by its key.

    Parameters
    ----------
    name
        Table name.
    frame
        Rows; missing columns get the type's missing value, unknown ones are dropped (``part_*`` are kept).
    """
    columns = dict(PLAN_COLUMNS[name])
    if not len(frame) and columns.keys() >= set(frame.columns):
        return empty_table(name)
    if name == "scores":
        columns.update({c: "int" for c in frame.columns if c.startswith("part_")})
    data: dict[str, pd.Series] = {}
    for column, kind in columns.items():
        values: list[Any] = list(frame[column]) if column in frame.columns else [_MISSING[kind]] * len(frame)
        # Rows put together from tables with other columns leave NaN behind.
        values = [_MISSING[kind] if v is None or (isinstance(v, float) and isnan(v)) else v for v in values]
        if kind == "list":
            values = [tuple(map(str, v)) for v in values]
        data[column] = pd.Series(values, dtype=_DTYPE[kind])
    result = pd.DataFrame(data)
    return result.sort_values(list(SORT_KEYS[name]), kind="stable").reset_index(drop=True)
