"""What is owed: tier x sector x item -> visits in the horizon and the longest interval (S3)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import normalise
from riskplan.risk.history import done_visits
from riskplan.risk.scoring import Scores
from riskplan.rules.model import DutyRule, Rulebook
from riskplan.units import DAYS_PER_YEAR

CAUSE_FREQUENCY = "frequency"
CAUSE_DRAWN = "drawn-not-yet"
"""Until draws are built, drawn duties go to the longest overdue first and are flagged so."""


def duties(case: Case, rules: Rulebook, scores: Scores) -> pd.DataFrame:
    """Return the plan table ``duties``: one row per enterprise and item that owes at least one visit.

    Parameters
    ----------
    case, rules
        Items, duty rules, frequencies.
    scores
        Tiers, and days since the last visit for drawn duties.
    """
    fits = _fitting_rules(case, rules)
    horizon = len(case.days.dates)
    last = last_done(case, rules)
    names = case.enterprises["enterprise_id"].to_numpy()
    tiers = scores.table["tier"].to_numpy()
    listed: list[tuple[int, str, float]] = []
    drawn: dict[str, dict[int, list[tuple[str, float]]]] = defaultdict(lambda: defaultdict(list))
    for e, item, rule in _pairs(case, fits):
        f = (rule.visits or {}).get(tiers[e], rules.frequency.visits[tiers[e]])
        if f >= 1:
            listed.append((e, item, f))
        elif f > 0:
            drawn[tiers[e]][e].append((item, f))
    rows = [
        _row(names[e], item, f, max(1, math.floor(f * horizon / DAYS_PER_YEAR + 0.5)), rules)
        for e, item, f in listed
    ]
    for tier in sorted(drawn):
        for e in longest_overdue(case, scores, drawn[tier], horizon):
            rows += [
                {**_row(names[e], item, f, 1, rules), "cause": CAUSE_DRAWN} for item, f in drawn[tier][e]
            ]
    basis = dict(zip(case["items"]["item_id"], case["items"]["basis"], strict=True))
    for row in rows:
        row["last_done"] = last.get((str(row["enterprise_id"]), str(row["item_id"])), "")
        row["basis"] = basis[row["item_id"]]
    return normalise("duties", pd.DataFrame(rows, columns=None if rows else ["enterprise_id", "item_id"]))


def _row(enterprise: str, item: str, f: float, owed: int, rules: Rulebook) -> dict[str, object]:
    interval = math.floor(rules.frequency.longest_interval_factor * DAYS_PER_YEAR / f)
    return {
        "enterprise_id": enterprise,
        "item_id": item,
        "visits": owed,
        "longest_interval_days": interval,
        "cause": CAUSE_FREQUENCY,
    }


def _fitting_rules(case: Case, rules: Rulebook) -> dict[tuple[str, str], list[tuple[str, DutyRule]]]:
    """Return (sector, size) -> items with the rule that holds for them."""
    items = case["items"]
    enforcing = set(case["departments"].query("role == 'enforcement'")["department_id"])
    possible = set(items[(items["mode"] == "on_site") & items["department_id"].isin(enforcing)]["item_id"])
    result: dict[tuple[str, str], list[tuple[str, DutyRule]]] = {}
    for sector, size in sorted(set(zip(case.enterprises["sector"], case.enterprises["size"], strict=True))):
        chosen: dict[str, DutyRule] = {}
        for rule in rules.duties:
            if (not rule.sectors or sector in rule.sectors) and (not rule.sizes or size in rule.sizes):
                chosen.update({item: rule for item in rule.items if item in possible})
        result[sector, size] = sorted(chosen.items())
    return result


def _pairs(
    case: Case, fits: dict[tuple[str, str], list[tuple[str, DutyRule]]]
) -> Iterator[tuple[int, str, DutyRule]]:
    frame = case.enterprises
    for e, (sector, size, status) in enumerate(
        zip(frame["sector"], frame["size"], frame["status"], strict=True)
    ):
        if status == "active":
            for item, rule in fits[sector, size]:
                yield e, item, rule


def longest_overdue(
    case: Case, scores: Scores, pool: dict[int, list[tuple[str, float]]], horizon: int
) -> list[int]:
    """Return the enterprises of a pool of drawn duties that owe a visit in this horizon.

    Never visited first, then the longest ago, then higher score, then place; renaming ids changes nothing.
    """
    weight = math.fsum(max(f for _, f in items) for items in pool.values())
    number = math.floor(weight * horizon / DAYS_PER_YEAR + 0.5)
    frame, since = case.enterprises, scores.days_since_visit
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    names, points = frame["enterprise_id"].to_numpy(), scores.table["score"].to_numpy()

    def key(e: int) -> tuple[float, int, float, float, str]:
        return (-np.inf if since[e] < 0 else -float(since[e]), -int(points[e]), lon[e], lat[e], names[e])

    return sorted(pool, key=key)[:number]


def last_done(case: Case, rules: Rulebook) -> dict[tuple[str, str], str]:
    """Return (enterprise, item) -> ISO day of the last done visit that checked it."""
    by_department: dict[str, tuple[str, ...]] = {
        str(d): tuple(rows["item_id"]) for d, rows in case["items"].groupby("department_id", sort=True)
    }
    result: dict[tuple[str, str], str] = {}
    visits = done_visits(case, rules).sort_values(["date", "visit_id"], kind="stable")
    days = visits["date"].dt.strftime("%Y-%m-%d")
    for enterprise, day, departments, items in zip(
        visits["object_id"], days, visits["departments"], visits["items"], strict=True
    ):
        checked = items or tuple(i for d in departments for i in by_department.get(d, ()))
        for item in checked:
            result[enterprise, item] = day
    return result
