"""How a sector's intensity is split over domains: as the rulebook says, else as hazards were found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.events import Events, events_of, on_grid
from riskplan.rules.model import Rulebook

EVEN_WEIGHT = 10.0
"""Severity-weighted hazards, decayed, that the even split stands for: an assumption of riskplan."""
_DIGITS = 6


def domain_weights(
    case: Case, rules: Rulebook, events: Events | None = None
) -> Mapping[str, Mapping[str, float]]:
    """Return sector -> domain -> weight of the intensity; compare only the weights of domains that are owed.

    Parameters
    ----------
    case, rules
        Hazards before ``as_of`` with their domains; ``domain_shares`` of the rulebook come first.
    events
        ``events_of(case, rules)`` where it is at hand.

    Notes
    -----
    ``(H_sd + c / D) / (H_s + c)``: decayed severity-weighted hazards H of the sector in domain d, shrunk towards an even
    split over the D domains of the items by c = 10 of them.
    """
    known = events_of(case, rules) if events is None else events
    domains = sorted(set(case["items"]["domain"]))
    stated = rules.domain_shares or {}
    codes, sectors = pd.factorize(case.enterprises["sector"], sort=True)
    hazards = case["hazards"]
    found = hazards["domain"][hazards["date"] < pd.Timestamp(case.as_of)]
    column = pd.Index(domains).get_indexer(found)
    mass = on_grid(known.weight * np.exp2(-known.age / rules.score.half_life_days))
    table = np.zeros((len(sectors), len(domains)))
    named = column >= 0
    np.add.at(table, (codes[known.of[named]], column[named]), mass[named])
    even = EVEN_WEIGHT / max(len(domains), 1)
    weights = (table + even) / (table.sum(axis=1, keepdims=True) + EVEN_WEIGHT)
    return {
        str(sector): stated.get(sector, dict(zip(domains, np.round(row, _DIGITS).tolist(), strict=True)))
        for sector, row in zip(sectors, weights, strict=True)
    }
