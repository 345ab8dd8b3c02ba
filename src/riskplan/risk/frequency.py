"""What is owed: tier x sector x item -> visits in the horizon and the longest interval (S3)."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import normalise
from riskplan.risk.history import done_visits
from riskplan.risk.scoring import Scores
from riskplan.rules.model import DutyRule, Rulebook
from riskplan.rules.scopes import premises_property
from riskplan.units import DAYS_PER_YEAR

CAUSE_FREQUENCY = "frequency"
CAUSE_DUE = "due"
"""The longest interval since the last visit ends inside the horizon."""
ANY = "*"
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
    horizon = len(case.days.dates)
    last = last_done(case, rules)
    names = case.enterprises["enterprise_id"].to_numpy()
    keys = premises_property(case, rules.frequency.by, list(scores.table["tier"]))
    listed: list[_Owed] = []
    drawn: dict[str, dict[int, list[_Owed]]] = defaultdict(lambda: defaultdict(list))
    for e, item, rule in _pairs(case, _fitting_rules(case, rules)):
        f = frequency_of(rule, rules, keys[e])
        one = _Owed(e, item, f, longest_interval(rule, rules, keys[e], f) if f > 0 else 0)
        if f >= 1:
            listed.append(replace(one, visits=max(1, math.floor(f * horizon / DAYS_PER_YEAR + 0.5))))
        elif f > 0 and rules.frequency.below_one == "drawn":
            drawn[keys[e]][e].append(replace(one, cause=CAUSE_DRAWN))
        elif f > 0 and _is_due(last.get((names[e], item), ""), one.longest, case.last_day):
            listed.append(replace(one, cause=CAUSE_DUE))
    for key in sorted(drawn):
        pool = {e: [(one.item, one.frequency) for one in own] for e, own in drawn[key].items()}
        for e in longest_overdue(case, scores, pool, horizon):
            listed += drawn[key][e]
    basis = dict(zip(case["items"]["item_id"], case["items"]["basis"], strict=True))
    rows: list[dict[str, object]] = [
        {
            "enterprise_id": names[one.e],
            "item_id": one.item,
            "visits": one.visits,
            "longest_interval_days": one.longest,
            "cause": one.cause,
            "last_done": last.get((names[one.e], one.item), ""),
            "basis": basis[one.item],
        }
        for one in listed
    ]
    return normalise("duties", pd.DataFrame(rows, columns=None if rows else ["enterprise_id", "item_id"]))


@dataclass(frozen=True)
class _Owed:
    """One item owed at one enterprise."""

    e: int
    item: str
    frequency: float
    longest: int
    visits: int = 1
    cause: str = CAUSE_FREQUENCY


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
    return math.floor(rules.frequency.longest_interval_factor * DAYS_PER_YEAR / frequency)


def _is_due(last: str, longest: int, last_day: dt.date) -> bool:
    """Tell whether a visit falls due by the end of the horizon: never done, or the longest interval ends in it."""
    return not last or dt.date.fromisoformat(last) + dt.timedelta(days=longest) <= last_day


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
