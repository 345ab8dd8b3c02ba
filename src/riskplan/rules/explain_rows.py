"""Limits, quiet days and automatic rules as sentences."""

from __future__ import annotations

from collections.abc import Iterable

from riskplan.rules.model import PREMISES_SCOPES, TIERS, AutomaticRule, Filter, Limit, QuietRule, Rulebook
from riskplan.rules.rows import SIZES
from riskplan.rules.support import support_of
from riskplan.text import say
from riskplan.text.words import word

_MOST_KEYS = 12
"""Amounts that are listed one by one; more are told as a range."""
_TREATMENTS = {"safe side": "safe_side", "week only": "week_only", "audit only": "audit_only"}


def joined(values: Iterable[str], lang: str) -> str:
    """Return words as a list in a sentence."""
    return say("explain.list_join", lang).join(values)


def key_word(by: str, key: str, lang: str) -> str:
    """Return the word for a key of an amount: a tier or size in words, others as they are."""
    if key == "*":
        return say("explain.others", lang)
    return word(by, key, lang) if key in {"tier": TIERS, "size": SIZES}.get(by, ()) else key


def limit_sentence(row: Limit, lang: str) -> str:
    """Return a limit in words, without its basis.

    Parameters
    ----------
    row
        Any kind, scope, window and unit of the support table.
    lang
        ``zh`` or ``en``.
    """
    key = "explain.clean" if row.unit == "clean-visits" else f"explain.{row.kind}"
    window = say(f"explain.window.{row.window}", lang, days=row.rolling_days)
    text = say(
        key,
        lang,
        subject=say(f"explain.{'spaced' if row.kind == 'spacing' else 'subject'}.{row.scope}", lang),
        amounts=_amounts(row, lang),
        window=window,
        days=row.rolling_days,
    )
    space = " " if lang == "en" else ""
    return space.join([text, *_details(row, lang)])


def required_sentence(form: str, lang: str) -> str:
    """Return a row that an office must state itself in words.

    Parameters
    ----------
    form
        Kind, scope, window and unit, joined by commas.
    lang
        ``zh`` or ``en``.
    """
    kind, scope, window, _ = form.split(", ")
    text = say(
        f"explain.{kind}",
        lang,
        subject=say(f"explain.subject.{scope}", lang),
        amounts=say("explain.to_state", lang),
        window=say(f"explain.window.{window}", lang, days="N"),
    )
    return say("explain.required", lang, text=text)


def _number(unit: str, n: int, lang: str) -> str:
    return say(f"explain.unit.{unit}{'.one' if n == 1 else ''}", lang, n=n)


def _amounts(row: Limit, lang: str) -> str:
    unit = "days" if row.kind == "spacing" else row.unit
    by = row.by if row.scope in PREMISES_SCOPES else row.scope
    if set(row.amount) == {"*"}:
        return _number(unit, row.amount["*"], lang)
    if len(row.amount) > _MOST_KEYS:
        low, high = min(row.amount.values()), max(row.amount.values())
        ends = {"low": low, "high": _number(unit, high, lang)}
        return say("explain.from_to", lang, count=len(row.amount), **ends)
    parts = [
        say(
            "explain.of_key",
            lang,
            of=key_word(by, key, lang),
            amount=_number(unit, amount, lang),
        )
        for key, amount in row.amount.items()
    ]
    return joined(parts, lang)


def _details(row: Limit, lang: str) -> list[str]:
    """Return whom a row is about, what it counts, and what becomes of it in the plan."""
    parts = _filter(row.filter, lang)
    if row.kinds_counted:
        parts.append(say("explain.counted", lang, values=kinds(row.kinds_counted, lang)))
    elif row.kinds_exempt:
        parts.append(say("explain.exempt", lang, values=kinds(row.kinds_exempt, lang)))
    if row.objects != ("enterprise",):
        values = joined([say(f"explain.object.{kind}", lang) for kind in row.objects], lang)
        parts.append(say("explain.objects", lang, values=values))
    if not row.hard and row.kind in {"cap", "spacing"}:
        parts.append(say("explain.soft", lang))
    line = support_of(row.combination())
    treatment = _TREATMENTS.get(line.year, "") if line is not None and row.kind != "alarm" else ""
    if treatment:
        parts.append(say(f"explain.{treatment}", lang))
    return parts


def _filter(row: Filter, lang: str) -> list[str]:
    named = {
        "sectors": () if row.sectors_except else row.sectors,
        "sectors_except": row.sectors_except,
        "grades": row.grades,
        "sizes": tuple(word("size", size, lang) for size in row.sizes),
        "tiers": tuple(word("tier", tier, lang) for tier in row.tiers),
        "townships": row.townships,
        "policy_lists": row.policy_lists,
        "departments": row.departments,
    }
    parts = [
        say(f"explain.filter.{name}", lang, values=joined(values, lang))
        for name, values in named.items()
        if values
    ]
    what = say("explain.part_join", lang).join(parts)
    return [say("explain.only", lang, what=what)] if parts else []


def kinds(values: Iterable[str], lang: str) -> str:
    """Return kinds of visits in words."""
    return joined([word("kind", kind, lang) for kind in values], lang)


def quiet_sentence(row: QuietRule, lang: str) -> str:
    """Return a quiet rule in words, without its basis.

    Parameters
    ----------
    row
        Any mode.
    lang
        ``zh`` or ``en``.
    """
    months = joined([word("month", str(m), lang) for m in row.months], lang)
    text = say(
        f"explain.quiet.{row.mode}",
        lang,
        months=months or say("explain.every_month", lang),
        kinds=kinds(row.kinds, lang),
        n=row.per_month,
        days=joined([str(day) for day in row.days], lang),
    )
    return (" " if lang == "en" else "").join([text, *_filter(row.filter, lang)])


def automatic_sentence(row: AutomaticRule, lang: str) -> str:
    """Return a rule that raises tiers in words, without its basis.

    Parameters
    ----------
    row
        Any ``when``.
    lang
        ``zh`` or ``en``.
    """
    text = say(
        f"explain.automatic.{row.when}",
        lang,
        tier=word("tier", row.at_least, lang),
        n=row.amount,
        klass=word("accident_class", str(row.amount), lang) if row.when == "accident_class_year" else "",
        levels=joined([str(level) for level in row.levels], lang),
        lists=joined(row.lists, lang),
    )
    return (" " if lang == "en" else "").join([text, *_filter(Filter(sectors=row.sectors), lang)])


def limit_name(rules: Rulebook, limit_id: str, lang: str) -> str:
    """Return what to call a limit: its word, else its id and what its row says, so that no bare id is shown.

    Parameters
    ----------
    rules
        Where the row stands.
    limit_id
        Id of a limit, a quiet row, or a reason such as ``calendar``.
    lang
        ``zh`` or ``en``.
    """
    called = word("limit", limit_id, lang)
    if called != limit_id:
        return called
    told = [limit_sentence(row, lang) for row in rules.limits if row.id == limit_id]
    told += [quiet_sentence(row, lang) for row in rules.quiet if row.id == limit_id]
    if not told:
        return limit_id
    return say("explain.limit_name", lang, of=limit_id, text=told[0].rstrip("。."))
