"""What differs between two rulebooks: added, removed and changed values, each with where it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from riskplan.rules.explain import source_of
from riskplan.rules.explain_owing import apart_sentence, related_sentence, reuse_sentence
from riskplan.rules.explain_rows import automatic_sentence, limit_sentence, quiet_sentence
from riskplan.rules.model import (
    ApartRule,
    AutomaticRule,
    Limit,
    Provenance,
    QuietRule,
    ReuseRule,
    Rulebook,
)
from riskplan.rules.provenance import Row
from riskplan.text import say
from riskplan.text.wording import worded

SECTIONS = (
    "tiers",
    "frequency",
    "score",
    "intensity",
    "capacity",
    "crew",
    "day",
    "travel",
    "objective",
    "licence",
    "levels",
    "campaigns",
    "joint",
    "week",
)
TOP = ("name", "exempt_kinds", "count_by_credit_code", "domain_shares", "lead_by_sector")
_ROWS = ("apart", "related")
"""Fields of sections that hold rows."""


@dataclass(frozen=True)
class Change:
    """One difference.

    Parameters
    ----------
    kind
        ``added``, ``removed`` or ``changed``.
    key
        Id of a row, id and field, or dotted key.
    old, new
        What it says before and after, "" where nothing; whole rows are told as sentences.
    old_source, new_source
        Where the values come from.
    """

    kind: str
    key: str
    old: str
    new: str
    old_source: Provenance
    new_source: Provenance

    def line(self, lang: str) -> str:
        """Return the change in a line.

        Parameters
        ----------
        lang
            ``zh`` or ``en``.
        """
        old = _with_basis(self.old, self.old_source, lang)
        new = _with_basis(self.new, self.new_source, lang)
        return say(f"diff.{self.kind}", lang, of=self.key, old=old, new=new)


def _with_basis(text: str, found: Provenance, lang: str) -> str:
    basis = worded(found.grounds, lang)
    shown = say("explain.with_basis", lang, text=text, basis=basis) if basis and text else text
    return say("explain.unconfirmed", lang, text=shown) if found.unconfirmed and text else shown


def diff_rules(old: Rulebook, new: Rulebook, lang: str = "en") -> tuple[Change, ...]:
    """Return the differences between two rulebooks: settings by dotted key, rows by id.

    Parameters
    ----------
    old, new
        Rulebooks or packs; where only the provenance differs, nothing differs.
    lang
        Language in which whole rows are told.
    """
    return (*_settings(old, new), *_rows(old, new, lang), *_duties(old, new), *_seasons(old, new))


def _settings(old: Rulebook, new: Rulebook) -> list[Change]:
    before, after = _flat(old), _flat(new)
    changes = []
    for key in dict.fromkeys([*before, *after]):
        sources = (source_of(old.provenance or {}, key), source_of(new.provenance or {}, key))
        changes.append(_change(key, before.get(key, ""), after.get(key, ""), sources))
    return [change for change in changes if change is not None]


def _change(key: str, old: str, new: str, sources: tuple[Provenance, Provenance]) -> Change | None:
    if old == new:
        return None
    kind = "changed" if old and new else "added" if new else "removed"
    return Change(kind, key, old, new, *sources)


def _flat(rules: Rulebook) -> dict[str, str]:
    """Return dotted key -> value as written, for all settings."""
    found: dict[str, str] = {}
    for section in SECTIONS:
        table = getattr(rules, section)
        for field in (f for f in dataclasses.fields(table) if f.name not in _ROWS):
            found.update(_below(f"{section}.{field.name}", getattr(table, field.name)))
    for key in TOP:
        found.update(_below(key, getattr(rules, key)))
    return found


def _below(path: str, value: object) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {k: v for name, inner in value.items() for k, v in _below(f"{path}.{name}", inner).items()}
    if dataclasses.is_dataclass(value):
        inner = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return _below(path, inner)
    text = _written(value)
    return {path: text} if text else {}


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(_written(v) for v in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _rows(old: Rulebook, new: Rulebook, lang: str) -> list[Change]:
    before, after = _rows_of(old), _rows_of(new)
    changes: list[Change] = []
    for name in dict.fromkeys([*before, *after]):
        a, b = before.get(name), after.get(name)
        if a is not None and b is not None and type(a) is type(b):
            changes += _fields(name, a, b)
            continue
        if a is not None:
            changes.append(Change("removed", name, _sentence(a, lang), "", a.provenance, Provenance()))
        if b is not None:
            changes.append(Change("added", name, "", _sentence(b, lang), Provenance(), b.provenance))
    return changes


def _rows_of(rules: Rulebook) -> dict[str, Row]:
    rows: tuple[Row, ...] = (*rules.limits, *rules.quiet, *rules.automatic, *rules.reuse)
    joint: tuple[Row, ...] = (*rules.joint.apart, *rules.joint.related)
    return {row.id: row for row in rows} | {f"joint.{row.id}": row for row in joint}


def _sentence(row: Row, lang: str) -> str:
    if isinstance(row, Limit):
        return limit_sentence(row, lang)
    if isinstance(row, QuietRule):
        return quiet_sentence(row, lang)
    if isinstance(row, AutomaticRule):
        return automatic_sentence(row, lang)
    if isinstance(row, ReuseRule):
        return reuse_sentence(row, lang)
    return apart_sentence(row, lang) if isinstance(row, ApartRule) else related_sentence(row, lang)


def _fields(name: str, old: Row, new: Row) -> list[Change]:
    before, after = _fields_of(old), _fields_of(new)
    sources = (old.provenance, new.provenance)
    changes = [
        _change(f"{name}.{key}", before.get(key, ""), after.get(key, ""), sources)
        for key in dict.fromkeys([*before, *after])
    ]
    return [change for change in changes if change is not None]


def _fields_of(row: Row) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in dataclasses.fields(row):
        if field.name not in {"id", "provenance"}:
            found.update(_below(field.name, getattr(row, field.name)))
    return found


def _duties(old: Rulebook, new: Rulebook) -> list[Change]:
    """Duties have no id: they are the same where items, sectors and sizes are."""
    before, after = _duties_of(old), _duties_of(new)
    changes = []
    for key in dict.fromkeys([*before, *after]):
        sources = tuple(table.get(key, ("", Provenance()))[1] for table in (before, after))
        texts = tuple(table.get(key, ("", Provenance()))[0] for table in (before, after))
        changes.append(_change(f"duty: {key}", texts[0], texts[1], (sources[0], sources[1])))
    return [change for change in changes if change is not None]


def _seasons(old: Rulebook, new: Rulebook) -> list[Change]:
    """Seasons are the same where sectors and months are."""
    tables = []
    for rules in (old, new):
        found = {}
        for row in rules.seasons:
            where = " / ".join(
                part for part in (", ".join(row.sectors), ", ".join(map(str, row.months))) if part
            )
            found[where] = (f"{row.factor:g}", row.provenance)
        tables.append(found)
    changes = []
    for key in dict.fromkeys([*tables[0], *tables[1]]):
        (was, source), (now, other) = (table.get(key, ("", Provenance())) for table in tables)
        changes.append(_change(f"season: {key}", was, now, (source, other)))
    return [change for change in changes if change is not None]


def _duties_of(rules: Rulebook) -> dict[str, tuple[str, Provenance]]:
    found = {}
    for duty in rules.duties:
        where = [", ".join(part) for part in (duty.items, duty.sectors, duty.sizes) if part]
        visits = ", ".join(f"{k} = {v:g}" for k, v in (duty.visits or {}).items())
        days = ", ".join(f"{k} <= {v} d" for k, v in (duty.longest_interval_days or {}).items())
        months = f"months {_written(duty.months)}" if duty.months else ""
        said = "; ".join(part for part in (visits or "frequency.visits", days, months) if part)
        found[" / ".join(where)] = (said, duty.provenance)
    return found
