"""Tiers that people have set for single premises: author, date and reason are kept, nothing is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from riskplan.case.tables import Case
from riskplan.rules.model import TIERS


@dataclass(frozen=True)
class Override:
    """A decision about one enterprise.

    Parameters
    ----------
    tier
        Tier that holds.
    author, date, reason
        Who decided what when, and why.
    until
        Last day on which it holds; None: until it is withdrawn.
    """

    tier: str
    author: str
    date: dt.date
    reason: str
    until: dt.date | None

    def holds(self, day: dt.date) -> bool:
        """Tell whether it is in force on a day: on its last day too."""
        return self.until is None or day <= self.until


def overrides_known(case: Case) -> dict[str, Override]:
    """Return enterprise -> the latest decision about its tier on or before ``as_of``, in force or not.

    Decisions of a later day are not known yet and not looked at. A later decision replaces an earlier one, also when
    the later one has ended; of two of the same day the worse tier holds.

    Parameters
    ----------
    case
        Its table ``overrides``.
    """
    latest: dict[str, Override] = {}
    table = case["overrides"]
    for row in table[table["tier"] != ""].itertuples(index=False):
        made = _override(row._asdict())
        if made.date > case.as_of:
            continue
        old = latest.get(row.enterprise_id)
        if old is None or (made.date, -TIERS.index(made.tier)) > (old.date, -TIERS.index(old.tier)):
            latest[row.enterprise_id] = made
    return latest


def _override(row: Mapping[str, object]) -> Override:
    until = row["until"]
    return Override(
        tier=str(row["tier"]),
        author=str(row["author"]),
        date=pd.Timestamp(str(row["date"])).date(),
        reason=str(row["reason"]),
        until=pd.Timestamp(str(until)).date() if until is not pd.NaT else None,
    )
