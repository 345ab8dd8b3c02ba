"""The figures of a plan in words: for the map's summary, the workbook and the closing lines of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskplan.plan.tables import Plan, empty_table, unmeetable
from riskplan.rules.explain_rows import limit_name
from riskplan.rules.model import TIERS, Rulebook
from riskplan.text.catalogue import missing, say
from riskplan.text.words import word


@dataclass(frozen=True)
class TierCount:
    """Counts of one tier: enterprises, planned visits, visits left out, conflicts."""

    tier: str
    enterprises: int
    visits: int
    unplanned: int
    conflicts: int


def count_tiers(plan: Plan) -> tuple[TierCount, ...]:
    """Return the counts of the four tiers, worst first.

    A visit that the week could not route keeps its week, so it counts as planned, not as left out.

    Parameters
    ----------
    plan
        The plan.
    """
    scores, visits = plan_table(plan, "scores"), plan_table(plan, "visits")
    unplanned, conflicts = left_out(plan), unmeetable(plan_table(plan, "conflicts"))
    tier_of = dict(zip(scores["enterprise_id"], scores["tier"], strict=True))
    of_visits = visits["enterprise_id"].map(tier_of)
    return tuple(
        TierCount(
            tier,
            int((scores["tier"] == tier).sum()),
            int((of_visits == tier).sum()),
            int(unplanned.loc[unplanned["tier"] == tier, "visits"].sum()),
            int((conflicts["tier"] == tier).sum()),
        )
        for tier in TIERS
    )


def plan_table(plan: Plan, name: str) -> pd.DataFrame:
    """Return a plan table; a table that is missing has no rows."""
    return plan.tables.get(name, empty_table(name))


ADVICE_FIELDS: dict[str, tuple[str, ...]] = {
    "officers": ("department", "window", "number"),
    "minutes": ("limit", "scope", "window", "amount"),
    "crew": ("limit", "scope", "window", "amount"),
    "cap": ("limit", "scope", "window", "amount"),
    "own": ("limit", "scope", "window", "amount"),
    "several": ("window", "number"),
    "calendar": (),
}
"""Key of an advice -> what stands in its sentence, in order."""


def left_out(plan: Plan) -> pd.DataFrame:
    """Return the rows of ``unplanned`` about visits that stand in no week."""
    frame = plan_table(plan, "unplanned")
    kept = set(plan_table(plan, "visits")["visit_id"]) - {""}
    return frame[~frame["visit_id"].isin(kept)].reset_index(drop=True)


def reason_text(row: Mapping[str, object], names: Mapping[str, str], rules: Rulebook, lang: str) -> str:
    """Return why a visit is not planned, in words.

    Parameters
    ----------
    row
        Row of ``unplanned``.
    names
        Ids of townships, departments and enterprises -> names, for ``scope_key``.
    rules
        Where the limits stand that have no word of their own.
    lang
        ``zh`` or ``en``.
    """
    reason, limit_id, scope = str(row["reason"]), str(row["limit_id"]), str(row["scope_key"])
    parts = []
    if reason and not (limit_id and reason in {"limit", limit_id}):
        known = next((key for key in (f"word.reason.{reason}", reason) if not missing(key)), "")
        parts.append(say(known, lang) if known else reason)
    if limit_id:
        limit = limit_name(rules, limit_id, lang)
        key = "word.blocked_at" if scope else "word.blocked"
        parts.append(say(key, lang, limit=limit, scope=scope_text(scope, names)))
    return say("word.join", lang).join(parts)


def advice_text(row: Mapping[str, Any], names: Mapping[str, str], rules: Rulebook, lang: str) -> str:
    """Return what would help a visit left out, and what forcing it would cost, in words; "" where nothing is said.

    Parameters
    ----------
    row, names, rules, lang
        As for ``reason_text``.
    """
    parts = []
    if row["advice"]:
        key, *values = row["advice"]
        fields = ADVICE_FIELDS.get(key, ())
        said = dict(zip(fields, values, strict=False))
        shown = {name: names.get(value, value) for name, value in said.items()}
        if "limit" in said:
            shown["limit"] = limit_name(rules, said["limit"], lang)
        parts.append(say(f"word.advice.{key}", lang, **shown) if len(said) == len(fields) else "")
    if row["exchange_visit"]:
        key = "word.exchange_moves" if row["exchange_to"] else "word.exchange_goes"
        cost = number_text(float(row["exchange_cost"]), lang, 1)
        facts = {"visit": row["exchange_visit"], "week": row["exchange_week"], "to": row["exchange_to"]}
        parts.append(say(key, lang, cost=cost, **facts))
    return say("word.join", lang).join(part for part in parts if part)


def scope_text(scope_key: str, names: Mapping[str, str]) -> str:
    """Return a scope key such as ``350525100`` or ``fire|2027-W12`` with the names that are known."""
    return " ".join(names.get(part, part) for part in scope_key.split("|"))


def number_text(value: object, lang: str, digits: int = 0) -> str:
    """Return a number with thousands separators, or the word for an unknown one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return say("word.unknown", lang)
    return f"{value:,.{digits}f}"


def percent_text(value: object, lang: str) -> str:
    """Return a share as a percentage with two decimals, or the word for an unknown one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return say("word.unknown", lang)
    return f"{100 * value:.2f}%"


def proof_facts(plan: Plan, lang: str) -> tuple[tuple[str, str], ...]:
    """Return what is known about the quality of the plan: label and value, in reading order.

    Parameters
    ----------
    plan
        The plan.
    lang
        ``zh`` or ``en``.
    """
    facts = plan.manifest
    objective = facts.get("objective")
    total = objective.get("total") if isinstance(objective, Mapping) else None
    status, stopped = str(facts.get("status", "")), str(facts.get("stopped_because", ""))
    unknown = say("word.unknown", lang)
    rows = (
        ("status", word("status", status, lang) if status else unknown),
        ("stopped", word("stopped", stopped, lang) if stopped else unknown),
        ("objective", number_text(total, lang, 1)),
        ("bound", number_text(facts.get("bound"), lang, 1)),
        ("gap_controllable", percent_text(facts.get("gap_controllable"), lang)),
        ("gap_total", percent_text(facts.get("gap_total"), lang)),
    )
    return tuple((say(f"word.fact.{key}", lang), value) for key, value in rows)
