"""The closing lines of a run: what is planned, what is not, and how far from the best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from riskplan.case.tables import Case
from riskplan.maps.figures import TierCount, count_tiers, number_text, percent_text, plan_table
from riskplan.plan.tables import LATE, Plan
from riskplan.report.account_lines import account_lines, demand_sentences
from riskplan.rules.model import TIERS, Rulebook
from riskplan.text import say
from riskplan.text.words import word


def summary_lines(case: Case, rules: Rulebook, plan: Plan, *, lang: str) -> list[str]:
    """Return a plan in a few lines of plain text.

    Parameters
    ----------
    case, rules, plan
        What is summed up.
    lang
        ``zh`` or ``en``.
    """
    counts = count_tiers(plan)
    lines = [
        say("report.line.head", lang, name=case.name, rules=rules.name),
        say(
            "report.line.visits",
            lang,
            visits=number_text(len(plan_table(plan, "visits")), lang),
            enterprises=number_text(sum(c.enterprises for c in counts), lang),
        ),
        _by_tier("unplanned", counts, lang),
        _by_tier("conflicts", counts, lang),
        *_late(plan, lang),
        *_credited(plan, lang),
        *_merging(plan, lang),
        *_unrouted(plan, lang),
        *_proof(plan, lang),
        *secrecy_lines(plan, lang),
        *account_lines(plan, rules, _names(case), lang),
    ]
    if case.days.provisional:
        lines.append(say("report.provisional", lang))
    if case.fictional:
        lines.append(say("report.fictional", lang))
    return lines


def demand_lines(case: Case, loads: Iterable[Mapping[str, Any]], *, lang: str) -> list[str]:
    """Return who is asked for more than there is, before a year is searched.

    Parameters
    ----------
    case
        Names of departments and townships.
    loads
        Demand against capacity, as in a plan's manifest.
    lang
        ``zh`` or ``en``.
    """
    return demand_sentences(loads, _names(case), lang)


def _names(case: Case) -> dict[str, str]:
    """Return ids of departments and townships -> names."""
    found: dict[str, str] = {}
    for table, column in (("townships", "township_code"), ("departments", "department_id")):
        frame = case[table]
        found |= {i: name or i for i, name in zip(frame[column], frame["name"], strict=True)}
    return found


def _by_tier(name: str, counts: tuple[TierCount, ...], lang: str) -> str:
    values = [(word("tier", c.tier, lang), int(getattr(c, name))) for c in counts]
    parts = say("report.comma", lang).join(f"{tier} {number_text(n, lang)}" for tier, n in values)
    return say(f"report.line.{name}", lang, total=number_text(sum(n for _, n in values), lang), parts=parts)


def _late(plan: Plan, lang: str) -> list[str]:
    """Return how many items wait longer than they may, by tier, and how many did before the year; nothing where none."""
    rows = plan_table(plan, "conflicts")
    rows = rows[rows["kind"] == LATE]
    if not len(rows):
        return []
    count = rows["items"].map(len)
    parts = say("report.comma", lang).join(
        f"{word('tier', tier, lang)} {number_text(int(count[rows['tier'] == tier].sum()), lang)}"
        for tier in TIERS
    )
    before = int(count[rows["limit_ids"].map(lambda limits: "history" in limits)].sum())
    total = number_text(int(count.sum()), lang)
    return [say("report.line.late", lang, total=total, parts=parts, before=number_text(before, lang))]


def _credited(plan: Plan, lang: str) -> list[str]:
    """Return how many visits need not be made; nothing where none."""
    count = int(plan_table(plan, "credits")["visits"].sum())
    return [say("cli.credits", lang, count=number_text(count, lang))] if count else []


def _merging(plan: Plan, lang: str) -> list[str]:
    merge = plan.manifest.get("merge")
    if not isinstance(merge, Mapping):
        return []
    lines = []
    for name in ("calls", "officer_minutes"):
        before, after = merge.get(f"{name}_before"), merge.get(f"{name}_after")
        if before is not None and after is not None:
            values = {"before": number_text(before, lang), "after": number_text(after, lang)}
            lines.append(say(f"report.line.{name}", lang, **values))
    return lines


def _unrouted(plan: Plan, lang: str) -> list[str]:
    visits = plan_table(plan, "visits")
    dated, unrouted = int((visits["date"] != "").sum()), int((visits["stage"] == "unrouted").sum())
    if not dated and not unrouted:
        return []
    return [
        say("report.line.dated", lang, dated=number_text(dated, lang), unrouted=number_text(unrouted, lang))
    ]


def secrecy_lines(plan: Plan, lang: str) -> list[str]:
    """Return the sentence on whether the weeks can be computed by others; nothing where the manifest says nothing.

    Parameters
    ----------
    plan
        Plan with ``predictable`` and ``secrecy`` in its manifest.
    lang
        ``zh`` or ``en``.
    """
    facts = plan.manifest
    if not isinstance(facts.get("predictable"), bool):
        return []
    told, objective = facts.get("secrecy"), facts.get("objective")
    if not isinstance(told, Mapping) or not isinstance(objective, Mapping):
        return [say("report.predictable", lang)]
    share = percent_text(told.get("share"), lang)
    if facts["predictable"]:
        return [say("report.not_drawn", lang, share=share)]
    before = float(told.get("objective_before") or 0.0)
    worse = percent_text(float(objective.get("total", 0.0)) / before - 1 if before > 0 else 0.0, lang)
    return [
        say("report.unpredictable", lang, hash=str(told.get("secret_sha256"))[:8], worse=worse, share=share)
    ]


def _proof(plan: Plan, lang: str) -> list[str]:
    facts = plan.manifest
    objective = facts.get("objective")
    total = objective.get("total") if isinstance(objective, Mapping) else None
    values = {
        "total": number_text(total, lang, 1),
        "bound": number_text(facts.get("bound"), lang, 1),
        "controllable": percent_text(facts.get("gap_controllable"), lang),
        "whole": percent_text(facts.get("gap_total"), lang),
    }
    return [say("report.line.objective", lang, **values), say("report.line.gaps", lang, **values)]
