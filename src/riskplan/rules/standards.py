"""One standard for one thing: items of one name owed differently, campaigns that are blanket or too many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pandas as pd

from riskplan.case.tables import Case
from riskplan.rules.build import Builder
from riskplan.rules.campaigns import blanket_warnings
from riskplan.rules.model import TIERS, DutyRule, Rulebook
from riskplan.rules.owed import fitting_rules, frequency_of, longest_interval, visited_items


def check_standards(builder: Builder, rules: Rulebook, case: Case) -> None:
    """Record what the catalogue, the duty rules and the campaigns of a case do not agree about."""
    _check_names(builder, rules, case)
    builder.warnings += blanket_warnings(case, rules, None)
    most, table = rules.campaigns.max_per_year, case["campaigns"]
    inside = (table["last"] >= pd.Timestamp(case.first_day)) & (table["first"] <= pd.Timestamp(case.last_day))
    if most and int(inside.sum()) > most:
        builder.fault("campaigns_too_many", "campaigns.max_per_year", int(inside.sum()), most=str(most))


def _check_names(builder: Builder, rules: Rulebook, case: Case) -> None:
    """Tell items of one name that two departments owe differently in one sector and size, each pair once."""
    possible, named = visited_items(case), _same_names(case)
    if not named:
        return
    table = case["items"]
    organs, keys = table["department_id"].tolist(), _keys(rules, case)
    places = {id(rule): index for index, rule in enumerate(rules.duties)}
    told: dict[tuple[int, int], bool] = {}
    for sector, size in _groups(case):
        chosen = fitting_rules(possible, rules, sector, size)
        for name, first, other in _pairs(named, chosen, organs):
            one, two = (_standard(rules, chosen[item], keys) for item in (first, other))
            if one != two and not told.setdefault((first, other), False):
                told[first, other] = True
                key = next(k for k in keys if one[k] != two[k])
                args = {"sector": sector or "-", "key": key, "of": organs[first], "other": organs[other]}
                args |= {"here": _said(*one[key]), "there": _said(*two[key])}
                path = f"duty[{places[id(chosen[other])]}]"
                builder.warn("duty_differs", path, name, **args)


def _same_names(case: Case) -> dict[str, list[int]]:
    """Return names, as written first, that several items have (spaces and case aside) -> places of the items."""
    found: dict[str, list[int]] = defaultdict(list)
    names = case["items"]["name"].tolist()
    for k, name in enumerate(names):
        found["".join(name.split()).casefold()].append(k)
    return {names[own[0]]: own for folded, own in found.items() if folded and len(own) > 1}


def _groups(case: Case) -> list[tuple[str, str]]:
    """Return the sectors and sizes of active premises."""
    frame = case.enterprises[case.enterprises["status"] == "active"]
    return sorted(set(zip(frame["sector"].tolist(), frame["size"].tolist(), strict=True)))


def _keys(rules: Rulebook, case: Case) -> list[str]:
    by = rules.frequency.by
    return list(TIERS) if by == "tier" else sorted(set(case.enterprises[by].tolist()))


def _pairs(
    named: Mapping[str, list[int]], chosen: Mapping[int, DutyRule], organs: list[str]
) -> Iterator[tuple[str, int, int]]:
    """Yield items of one name that are owed here: the first one with each one of another department."""
    for name, own in named.items():
        here = [item for item in own if item in chosen]
        for item in here[1:]:
            if organs[item] != organs[here[0]]:
                yield name, here[0], item


def _standard(rules: Rulebook, rule: DutyRule, keys: list[str]) -> dict[str, tuple[float, int]]:
    """Return key -> visits per 365 days and longest interval."""
    found = {}
    for key in keys:
        often = frequency_of(rule, rules, key)
        found[key] = (often, longest_interval(rule, rules, key, often) if often > 0 else 0)
    return found


def _said(visits: float, days: int) -> str:
    return f"{visits:g}/365 d, <= {days} d"
