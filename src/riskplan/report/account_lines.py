"""What a year plan says of itself in sentences: demand over capacity, prices, what to relax, where the gap sits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from riskplan.maps.figures import number_text
from riskplan.plan.tables import Plan
from riskplan.rules.explain_rows import limit_name
from riskplan.rules.model import Rulebook
from riskplan.text import say
from riskplan.text.words import word

SHOWN = 3
"""Prices, limits to relax and loads that are told; the manifest has more."""


def account_lines(plan: Plan, rules: Rulebook, names: Mapping[str, str], lang: str) -> list[str]:
    """Return the sentences; none for a plan whose manifest says nothing.

    Parameters
    ----------
    plan
        The plan; its manifest's sections ``demand``, ``prices``, ``relief``, ``gap_split``.
    rules
        Names of the limits.
    names
        Ids of departments and townships -> names.
    lang
        ``zh`` or ``en``.
    """
    facts = plan.manifest
    return [
        *demand_sentences(facts.get("demand") or (), names, lang),
        *_relief(facts.get("relief") or {}, rules, names, lang),
        *(price_line(price, rules, names, lang) for price in (facts.get("prices") or ())[:SHOWN]),
        *_gap(facts, lang),
    ]


def _named(key: str, names: Mapping[str, str], lang: str) -> str:
    """Return the name of a pool, department or township."""
    department, slash, _ = key.partition("/")
    name = names.get(department, department)
    return say("report.account.joint", lang, department=name) if slash else name


def demand_sentences(loads: Iterable[Mapping[str, Any]], names: Mapping[str, str], lang: str) -> list[str]:
    """Return who is asked for more than there is, worst first; none where nobody is.

    Parameters
    ----------
    loads
        Demand against capacity, as in the manifest.
    names
        Ids of departments and townships -> names.
    lang
        ``zh`` or ``en``.
    """
    over = [load for load in loads if load["demand"] > load["capacity"]]
    over.sort(key=lambda load: -(load["demand"] / max(load["capacity"], 1)))
    lines = []
    for load in over[:SHOWN]:
        key = f"report.account.demand_{load['scope']}" + ("_month" if load["month"] else "")
        share = (
            f"{100 * load['demand'] / load['capacity']:.0f}%"
            if load["capacity"]
            else say("word.unknown", lang)
        )
        values = {name: number_text(load[name], lang) for name in ("demand", "capacity")}
        lines.append(
            say(key, lang, name=_named(load["key"], names, lang), month=load["month"], share=share, **values)
        )
    if len(over) > SHOWN:
        lines.append(say("report.account.more_over", lang, count=len(over) - SHOWN))
    return lines


def _relief(relief: Mapping[str, Any], rules: Rulebook, names: Mapping[str, str], lang: str) -> list[str]:
    limits = relief.get("limits") or ()
    if not limits:
        return []
    shown = [
        say(
            "report.account.relax_one",
            lang,
            limit=limit_name(rules, one["limit_id"], lang),
            scope=_named(one["scope_key"], names, lang),
            window=one["window"],
            amount=number_text(one["amount"], lang),
        )
        for one in sorted(limits, key=lambda one: -one["amount"])[:SHOWN]
    ]
    facts = {"count": len(limits), "helped": relief["helped"], "stuck": relief["stuck"]}
    return [say("report.account.relax", lang, parts=say("word.join", lang).join(shown), **facts)]


def price_line(price: Mapping[str, Any], rules: Rulebook, names: Mapping[str, str], lang: str) -> str:
    """Return one shadow price as a sentence.

    Parameters
    ----------
    price
        Entry of the manifest's ``prices``.
    rules, names, lang
        As for ``account_lines``.
    """
    key = f"report.account.price_{price['kind']}" + ("" if price["window"] else "_year")
    return say(
        key,
        lang,
        name=_named(str(price["key"]), names, lang),
        limit=limit_name(rules, str(price["limit_id"]), lang) if price["limit_id"] else "",
        window=price["window"],
        days=number_text(price["hazard_days"], lang, 1),
    )


def _gap(facts: Mapping[str, Any], lang: str) -> list[str]:
    split, largest = facts.get("gap_split") or {}, str(facts.get("gap_sits_in") or "")
    total = sum(split.values())
    if largest not in split or total <= 0:
        return []
    share = f"{100 * split[largest] / total:.0f}%"
    days = number_text(split[largest], lang, 1)
    return [say("report.account.gap", lang, share=share, days=days, term=word("gap", largest, lang))]
