"""A rulebook in sentences: every limit, quiet day, frequency and capacity value, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from riskplan.rules.explain_owing import (
    apart_sentence,
    related_sentence,
    reuse_sentence,
    season_of_duty,
    settings,
)
from riskplan.rules.explain_rows import (
    automatic_sentence,
    joined,
    key_word,
    kinds,
    limit_sentence,
    quiet_sentence,
)
from riskplan.rules.model import DutyRule, FrequencyRules, Provenance, Rulebook
from riskplan.rules.numbers import ACCIDENT_CLASSES
from riskplan.text import say
from riskplan.text.wording import worded
from riskplan.text.words import word

_SHARES = ("other_enforcement_share", "non_enforcement_share", "reserve_share", "exempt_share")
_VALUES: Mapping[str, tuple[str, ...]] = {
    "capacity": ("minutes_per_day", *_SHARES, "week_flex", "travel_allowance"),
    "crew": ("officers_per_department", "min_officers", "max_departments", "max_people"),
    "day": ("setup", "max_visits"),
    "week": ("window",),
}
"""Single values that are told, by section."""


@dataclass(frozen=True)
class Sentence:
    """One rule in words.

    Parameters
    ----------
    key
        Id of the row, or dotted key of the value.
    text
        What it says.
    provenance
        Where it comes from.
    """

    key: str
    text: str
    provenance: Provenance

    def line(self, lang: str) -> str:
        """Return key, text, basis and since in one line; unconfirmed ones are marked.

        Parameters
        ----------
        lang
            ``zh`` or ``en``.
        """
        found = self.provenance
        facts = [part for part in dict.fromkeys(worded(w, lang) for w in (found.basis, found.source)) if part]
        if found.since:
            facts.append(say("explain.since", lang, since=found.since))
        text = self.text
        if facts:
            text = say(
                "explain.with_basis", lang, text=text, basis=say("explain.part_join", lang).join(facts)
            )
        if found.unconfirmed:
            text = say("explain.unconfirmed", lang, text=text)
        return say("explain.line", lang, of=self.key, text=text)


def explain(rules: Rulebook, lang: str, *, public: bool = False) -> tuple[Sentence, ...]:
    """Return the rulebook in sentences: limits, quiet days, automatic rules, frequencies, reuse, joint visits and the rest.

    Parameters
    ----------
    rules
        Any rulebook or pack.
    lang
        ``zh`` or ``en``.
    public
        True: values that nobody has seen in the original are left out.
    """
    known = rules.provenance or {}
    found = [Sentence(row.id, limit_sentence(row, lang), row.provenance) for row in rules.limits]
    found += [Sentence(row.id, quiet_sentence(row, lang), row.provenance) for row in rules.quiet]
    found += [Sentence(row.id, automatic_sentence(row, lang), row.provenance) for row in rules.automatic]
    found += _frequencies(rules, known, lang)
    found += _owing(rules, known, lang)
    found += _intensity(rules, known, lang)
    found += _values(rules, known, lang)
    found += _counting(rules, known, lang)
    return tuple(s for s in found if not (public and s.provenance.unconfirmed))


def source_of(known: Mapping[str, Provenance], path: str) -> Provenance:
    """Return what is known about a dotted key: stated for itself, else for a table above it."""
    while path:
        if path in known:
            return known[path]
        path = path.rpartition(".")[0]
    return Provenance()


def _frequencies(rules: Rulebook, known: Mapping[str, Provenance], lang: str) -> Iterable[Sentence]:
    frequency = rules.frequency
    for key, visits in frequency.visits.items():
        path = f"frequency.visits.{key}"
        yield Sentence(path, _owed(frequency, key, visits, lang), source_of(known, path))
    stated = frequency.longest_interval_days or {}
    for key, days in stated.items():
        path = f"frequency.longest_interval_days.{key}"
        text = say("explain.interval", lang, who=_who(frequency.by, key, lang), n=days)
        yield Sentence(path, text, source_of(known, path))
    if any(key not in stated for key in frequency.visits):
        path = "frequency.longest_interval_factor"
        text = say("explain.interval_factor", lang, n=f"{frequency.longest_interval_factor:g}")
        yield Sentence(path, text, source_of(known, path))
    for index, duty in enumerate(rules.duties):
        yield from _duty(frequency, duty, index, lang)
    yield from _seasons(rules, lang)


def _duty(frequency: FrequencyRules, duty: DutyRule, index: int, lang: str) -> Iterable[Sentence]:
    """A duty with a frequency, longest intervals or a season of its own."""
    for key, visits in (duty.visits or {}).items():
        owed = _owed(frequency, key, visits, lang)
        text = say("explain.owed_duty", lang, items=joined(duty.items, lang), owed=owed)
        yield Sentence(f"duty[{index}].visits.{key}", text, duty.provenance)
    for key, days in (duty.longest_interval_days or {}).items():
        text = say("explain.interval", lang, who=_who(frequency.by, key, lang), n=days)
        text = say("explain.owed_duty", lang, items=joined(duty.items, lang), owed=text)
        yield Sentence(f"duty[{index}].longest_interval_days.{key}", text, duty.provenance)
    if duty.months:
        yield Sentence(f"duty[{index}].months", season_of_duty(duty, lang), duty.provenance)


def _owing(rules: Rulebook, known: Mapping[str, Provenance], lang: str) -> Iterable[Sentence]:
    """Licences, levels, campaigns, reuse, and what stands together."""
    for path, text in settings(rules, lang):
        yield Sentence(path, text, source_of(known, path))
    for row in rules.reuse:
        yield Sentence(row.id, reuse_sentence(row, lang), row.provenance)
    for pair in rules.joint.apart:
        yield Sentence(f"joint.apart.{pair.id}", apart_sentence(pair, lang), pair.provenance)
    for group in rules.joint.related:
        yield Sentence(f"joint.related.{group.id}", related_sentence(group, lang), group.provenance)


def _seasons(rules: Rulebook, lang: str) -> Iterable[Sentence]:
    for index, row in enumerate(rules.seasons):
        where = joined(row.sectors, lang) if row.sectors else say("explain.all_sectors", lang)
        months = joined([str(month) for month in row.months], lang)
        text = say("explain.season", lang, months=months, where=where, factor=f"{row.factor:g}")
        yield Sentence(f"season[{index}]", text, row.provenance)


def _who(by: str, key: str, lang: str) -> str:
    if key == "*":
        return say("explain.key.others", lang)
    return say(f"explain.key.{by}", lang, of=key_word(by, key, lang))


def _owed(frequency: FrequencyRules, key: str, visits: float, lang: str) -> str:
    who = _who(frequency.by, key, lang)
    if visits >= 1:
        return say("explain.owed_each_year", lang, who=who, n=f"{visits:g}")
    if visits <= 0:
        return say("explain.owed_none", lang, who=who)
    years = f"{round(1 / visits, 2):g}"
    return say(f"explain.owed_{frequency.below_one}", lang, who=who, years=years)


def _intensity(rules: Rulebook, known: Mapping[str, Provenance], lang: str) -> Iterable[Sentence]:
    """The model, how history fades, and every value of the intensity that the rulebook can change."""
    own = rules.intensity
    told = {
        "model": say(f"explain.intensity.{own.model}", lang),
        "half_life_days": say(
            f"explain.half_life.{'stated' if own.half_life_days else 'estimated'}",
            lang,
            days=own.half_life_days,
        ),
        "bandwidth_km": say(
            f"explain.bandwidth.{'stated' if own.bandwidth_km else 'none'}",
            lang,
            value=f"{own.bandwidth_km:g}",
        ),
    }
    for name in ("prior_years", "overdue_factor", "complaint_weight", "least"):
        told[name] = say(f"explain.intensity.{name}", lang, value=f"{getattr(own, name):g}")
    if own.accident_factor is not None:
        stated = [(k, c) for k, c in enumerate(ACCIDENT_CLASSES, start=1) if c in own.accident_factor]
        shown = [f"{word('accident_class', str(k), lang)} {own.accident_factor[c]:g}" for k, c in stated]
        told["accident_factor"] = say("explain.intensity.accident_factor", lang, value=joined(shown, lang))
    for name, text in told.items():
        yield Sentence(f"intensity.{name}", text, source_of(known, f"intensity.{name}"))


def _values(rules: Rulebook, known: Mapping[str, Provenance], lang: str) -> Iterable[Sentence]:
    for section, names in _VALUES.items():
        table = getattr(rules, section)
        for name in names:
            value, path = getattr(table, name), f"{section}.{name}"
            if isinstance(value, Mapping):
                shown = joined([f"{key_word('size', k, lang)} {n}" for k, n in value.items()], lang)
            else:
                shown = f"{100 * value:g}%" if name in _SHARES else f"{value:g}"
            yield Sentence(path, say(f"explain.{path}", lang, value=shown), source_of(known, path))


def _counting(rules: Rulebook, known: Mapping[str, Provenance], lang: str) -> Iterable[Sentence]:
    if rules.exempt_kinds:
        text = say("explain.exempt_kinds", lang, values=kinds(rules.exempt_kinds, lang))
        yield Sentence("exempt_kinds", text, source_of(known, "exempt_kinds"))
    switch = str(rules.count_by_credit_code).lower()
    text = say(f"explain.count_by_credit_code.{switch}", lang)
    yield Sentence("count_by_credit_code", text, source_of(known, "count_by_credit_code"))
