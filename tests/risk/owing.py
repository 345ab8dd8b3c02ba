"""What the planner derives of the county made by hand, in brief."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from audit.county import County, county
from audit.county_case import table
from riskplan.plan.tables import normalise
from riskplan.risk import Requirements, requirements
from riskplan.risk.history import _days_since_visit
from riskplan.risk.scoring import Scores
from riskplan.rules.model import ReuseRule

TODAY = "2026-11-20"
CITY = {"department_id": "D", "level": "city", "system": "S"}


def planned(made: County) -> Requirements:
    """Return what a county requires; of the scores only tiers and points matter."""
    scores = normalise("scores", pd.DataFrame(made.scores))
    return requirements(made.case, made.rules, Scores(scores, _days_since_visit(made.case, made.rules)))


def owed(made: County, **chosen: str) -> dict[tuple[str, str, str], int]:
    """Return (enterprise, item, cause) -> visits, of some enterprise, item or cause."""
    table = planned(made).duties
    for column, value in chosen.items():
        table = table[table[column] == value]
    keys = zip(table["enterprise_id"], table["item_id"], table["cause"], strict=True)
    return dict(zip(keys, table["visits"].tolist(), strict=True))


def windows(made: County) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return (enterprise, item, cause) -> first and last day of the duties that have a window."""
    table = planned(made).duties
    rows = table[table["first"] != ""].itertuples(index=False)
    return {(r.enterprise_id, r.item_id, r.cause): (r.first, r.last) for r in rows}


def credited(made: County) -> list[tuple[str, str, str, int]]:
    """Return (enterprise, item, evidence, visits) of every credit."""
    found = planned(made).credits
    return list(
        zip(*(found[c] for c in ("enterprise_id", "item_id", "evidence")), found["visits"], strict=True)
    )


def at(as_of: str = TODAY) -> County:
    """Return the county on a day, with a domain for each department: A fire, B food."""
    made = county()
    made.case = replace(made.case, as_of=dt.date.fromisoformat(as_of))
    for item, domain in (("a1", "fire"), ("a2", "fire"), ("a9", "fire"), ("b1", "food"), ("c1", "fire")):
        made.change("items", item, domain=domain)
    return made


def reusing(*rows: ReuseRule, as_of: str = TODAY) -> County:
    """Return the county with rows about reuse."""
    made = at(as_of)
    made.rules = replace(made.rules, reuse=rows)
    return made


def widened(made: County, name: str, *rows: dict) -> County:
    """Return the county with rows added to a table of its case."""
    made.rows(name, *rows)
    return made


def emptied(made: County, *names: str) -> County:
    """Return the county without the rows of some tables."""
    for name in names:
        made.case = made.case.replace_table(name, table(name))
    return made
