"""Rules about what is owed, what need not be visited and what stands together, as sentences in both languages."""

from __future__ import annotations

from collections.abc import Iterable

from riskplan.rules.explain_rows import joined
from riskplan.rules.model import ApartRule, DutyRule, ItemFilter, JointRules, RelatedRule, ReuseRule, Rulebook
from riskplan.text import say
from riskplan.text.words import word


def reuse_sentence(row: ReuseRule, lang: str) -> str:
    """Return a rule about reuse in words, without its basis.

    Parameters
    ----------
    row
        Any source.
    lang
        ``zh`` or ``en``.
    """
    text = say(
        "explain.reuse",
        lang,
        what=_what(ItemFilter(row.items, row.domains), lang),
        evidence=say(f"explain.reuse.{row.source}", lang),
        days=row.validity_days,
        visits=say(f"explain.unit.visits{'.one' if row.visits == 1 else ''}", lang, n=row.visits),
    )
    named = {
        "filter.sectors": row.sectors,
        "filter.tiers": tuple(word("tier", tier, lang) for tier in row.tiers),
        "reuse.credit_grades": row.credit_grades,
        "filter.departments": row.departments,
        "reuse.results": row.results,
    }
    parts = [say(f"explain.{k}", lang, values=joined(v, lang)) for k, v in named.items() if v]
    if row.no_overdue:
        parts.append(say("explain.reuse.no_overdue", lang))
    if row.report_gap_months:
        parts.append(say("explain.reuse.report_gap", lang, n=row.report_gap_months))
    only = [say("explain.only", lang, what=say("explain.part_join", lang).join(parts))] if parts else []
    return (" " if lang == "en" else "").join([text, *only])


def apart_sentence(row: ApartRule, lang: str) -> str:
    """Return in words which items never stand in one visit."""
    return say("explain.joint.apart", lang, these=_what(row.these, lang), those=_what(row.those, lang))


def related_sentence(row: RelatedRule, lang: str) -> str:
    """Return in words which domains may stand in one visit."""
    return say("explain.joint.related", lang, values=joined(row.domains, lang))


def _what(named: ItemFilter, lang: str) -> str:
    parts = {"items": named.items, "domains": named.domains, "departments": named.departments}
    told = [say(f"explain.of_{k}", lang, values=joined(v, lang)) for k, v in parts.items() if v]
    return say("explain.list_join", lang).join(told)


def season_of_duty(row: DutyRule, lang: str) -> str:
    """Return in words in which months visits of a duty count."""
    months = joined([str(month) for month in row.months], lang)
    return say("explain.duty_months", lang, items=joined(row.items, lang), months=months)


def settings(rules: Rulebook, lang: str) -> Iterable[tuple[str, str]]:
    """Yield dotted key and sentence of licences, levels, campaigns and of what stands together.

    Parameters
    ----------
    rules
        Any rulebook or pack.
    lang
        ``zh`` or ``en``.
    """
    own = rules.licence
    yield "licence.first_days", say("explain.licence", lang, first=own.first_days, last=own.last_days)
    yield "levels.one_level", say(f"explain.levels.{_switch(rules.levels.one_level)}", lang)
    share, most = rules.campaigns.blanket_share, rules.campaigns.max_per_year
    yield "campaigns.blanket_share", say("explain.campaigns.blanket", lang, share=f"{100 * share:g}%")
    key = f"explain.campaigns.{'most' if most else 'any'}"
    yield "campaigns.max_per_year", say(key, lang, n=most)
    yield from _joint(rules.joint, lang)


def _joint(joint: JointRules, lang: str) -> Iterable[tuple[str, str]]:
    factor = joint.similar_duration
    key = f"explain.joint.{'similar' if factor else 'any_duration'}"
    yield "joint.similar_duration", say(key, lang, factor=f"{factor:g}")
    for name, mixed in (("mix_announced", joint.mix_announced), ("mix_selection", joint.mix_selection)):
        yield f"joint.{name}", say(f"explain.joint.{name}.{_switch(mixed)}", lang)
    if joint.precedence:
        text = say("explain.joint.precedence", lang, values=joined(joint.precedence, lang))
        yield "joint.precedence", text


def _switch(on: bool) -> str:
    return "true" if on else "false"
