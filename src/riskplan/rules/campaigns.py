"""Whom campaigns are about, and those that select a whole sector instead of a filtered list (S3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.errors import Fault
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]


def campaign_scopes(case: Case, tiers: Sequence[str]) -> Iterator[tuple[Any, Ints]]:
    """Yield each campaign and the places of the active enterprises in its scope.

    Parameters
    ----------
    case
        Table ``campaigns``.
    tiers
        Tier of each enterprise.
    """
    frame = case.enterprises
    columns = {
        "sectors": frame["sector"],
        "grades": frame["grade"],
        "sizes": frame["size"],
        "tiers": pd.Series(list(tiers), dtype=object),
        "townships": frame["township_code"],
    }
    active = (frame["status"] == "active").to_numpy()
    for row in case["campaigns"].itertuples(index=False):
        inside = active.copy()
        for name, column in columns.items():
            if wanted := getattr(row, name):
                inside &= column.isin(wanted).to_numpy()
        yield row, np.flatnonzero(inside).astype(np.int64)


def blanket_warnings(case: Case, rules: Rulebook, tiers: Sequence[str] | None) -> Iterator[Fault]:
    """Yield a warning for each campaign and sector of which it selects ``campaigns.blanket_share`` or more.

    Parameters
    ----------
    case, rules
        Table ``campaigns``; from which share on.
    tiers
        Tier of each enterprise: only campaigns by tier are looked at. None: only the others.
    """
    by_tier = [bool(named) for named in case["campaigns"]["tiers"]]
    if tiers is None:
        tiers = [""] * len(case.enterprises)
        by_tier = [not yes for yes in by_tier]
    if not any(by_tier):
        return
    sector = case.enterprises["sector"].to_numpy(dtype=object)
    everyone = Counter(sector[(case.enterprises["status"] == "active").to_numpy()].tolist())
    for yes, (row, e) in zip(by_tier, campaign_scopes(case, tiers), strict=True):
        counts = Counter(sector[e].tolist()) if yes else Counter()
        for name in sorted(counts):
            if counts[name] >= rules.campaigns.blanket_share * everyone[name]:
                numbers = {"count": f"{counts[name]:,}", "all": f"{everyone[name]:,}"}
                args = {"sector": name or "-", **numbers}
                told = str(row.campaign_id)
                yield Fault(
                    "campaign_blanket",
                    "campaigns",
                    column="campaign_id",
                    value=told,
                    args=args,
                    warning=True,
                )
