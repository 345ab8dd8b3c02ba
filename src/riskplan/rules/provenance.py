"""Where values come from: reading basis and source, government addresses, and what may stand in a public document."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from riskplan.rules.model import (
    ApartRule,
    AutomaticRule,
    Limit,
    Provenance,
    QuietRule,
    RelatedRule,
    ReuseRule,
    Rulebook,
    SourceText,
)
from riskplan.text.wording import Wording, Words, joined_words, worded

PROVENANCE_KEYS = ("basis", "source", "since", "unconfirmed")
_PARTS = tuple(f.name for f in dataclasses.fields(SourceText))
_GOVERNMENT_LABELS = frozenset({"gov", "gouv", "gob", "govt", "go"})
_GOVERNMENT_HOSTS = ("europa.eu", "gc.ca", "admin.ch", "bund.de")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s,;，；。）)]+")
_COUNTRY = 2
_LANGUAGES = ("zh", "en")

Row = Limit | QuietRule | AutomaticRule | ReuseRule | ApartRule | RelatedRule
"""Rows that have an id."""
Trouble = tuple[str, str, str, str]
"""Key, fault code, value as written, what was expected."""


def is_government(address: str) -> bool:
    """Tell whether an address is of a government site (``.gov``, ``.gov.cn``, ``.gov.uk``, ``europa.eu`` ...).

    Parameters
    ----------
    address
        With or without ``https://``.
    """
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme not in {"", "http", "https"}:
        return False
    labels = host.split(".")
    if any(host == own or host.endswith(f".{own}") for own in _GOVERNMENT_HOSTS):
        return True
    national = len(labels) > 1 and len(labels[-1]) == _COUNTRY and labels[-2] in _GOVERNMENT_LABELS
    return national or (len(labels) > 1 and labels[-1] == "gov")


def read_provenance(table: Mapping[str, Any]) -> tuple[Provenance, list[Trouble]]:
    """Return the provenance keys of a table, and what is wrong with them.

    Parameters
    ----------
    table
        A value's table or a row; other keys than those of ``PROVENANCE_KEYS`` are not looked at.
    """
    troubles: list[Trouble] = []
    basis = _text(table.get("basis", ""), "basis", troubles)
    since = _date(table.get("since", ""), "since", troubles)
    unconfirmed = table.get("unconfirmed", False)
    if not isinstance(unconfirmed, bool):
        troubles.append(("unconfirmed", "wrong_type", str(unconfirmed), "true, false"))
        unconfirmed = True
    text, line = _source(table.get("source", ""), troubles)
    addresses = [text.address] if text.address else []
    if not text.address:
        addresses += dict.fromkeys(a for lang in _LANGUAGES for a in _ADDRESS.findall(worded(line, lang)))
    foreign = [a for a in addresses if not unconfirmed and not is_government(a)]
    troubles += [("source", "foreign_address", address, "") for address in foreign]
    return Provenance(basis, line, since, unconfirmed, text), troubles


def _source(value: object, troubles: list[Trouble]) -> tuple[SourceText, Words]:
    if not isinstance(value, Mapping) or not set(_LANGUAGES).isdisjoint(value):
        return SourceText(), _text(value, "source", troubles)
    for key in value:
        if key not in _PARTS:
            near = difflib.get_close_matches(str(key), _PARTS, n=1, cutoff=0.6)
            troubles.append((f"source.{key}", "unknown_rule_key", str(key), (*near, ", ".join(_PARTS))[0]))
    readers = {"date": _date, "address": _plain}
    said: dict[str, Any] = {
        key: readers.get(key, _text)(value[key], f"source.{key}", troubles) for key in _PARTS if key in value
    }
    text = SourceText(**said)
    parts = (text.issuer, text.title, text.number, text.date, text.address)
    return text, joined_words(parts, "，", ", ")


def _text(value: object, key: str, troubles: list[Trouble]) -> Words:
    """Return a text, or one in each language; a single language says it to all readers."""
    if not isinstance(value, Mapping):
        return _plain(value, key, troubles)
    unknown = [name for name in value if name not in _LANGUAGES]
    troubles += [(f"{key}.{name}", "unknown_rule_key", str(name), ", ".join(_LANGUAGES)) for name in unknown]
    said = [_plain(value[lang], f"{key}.{lang}", troubles) for lang in _LANGUAGES if lang in value]
    said = [text for text in said if text]
    return Wording(*said) if len(said) == len(_LANGUAGES) else "".join(said)


def _plain(value: object, key: str, troubles: list[Trouble]) -> str:
    if isinstance(value, str):
        return value
    troubles.append((key, "wrong_type", str(value), "text"))
    return ""


def _date(value: object, key: str, troubles: list[Trouble]) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, str) and (not value or _DATE.fullmatch(value)):
        return value
    troubles.append((key, "wrong_type", str(value), "2025-06-30, 2025-06, 2025"))
    return ""


def public(provenance: Provenance | None) -> bool:
    """Tell whether a value may stand in a public document: nobody has seen the text of an unconfirmed one."""
    return provenance is None or not provenance.unconfirmed


def public_basis(provenance: Provenance | None, lang: str) -> str:
    """Return the basis as a public document may quote it, "" where it is unconfirmed or not stated.

    Parameters
    ----------
    provenance
        Of a row or value.
    lang
        ``zh`` or ``en``.
    """
    if provenance is None or provenance.unconfirmed:
        return ""
    return worded(provenance.grounds, lang)


def public_rows(rules: Rulebook) -> tuple[Row, ...]:
    """Return the rows with an id that a public document may show: limits first, in the rulebook's order."""
    return tuple(row for row in _rows(rules) if public(row.provenance))


def _rows(rules: Rulebook) -> tuple[Row, ...]:
    joint: tuple[Row, ...] = (*rules.joint.apart, *rules.joint.related)
    return (*rules.limits, *rules.quiet, *rules.automatic, *rules.reuse, *joint)


def public_sources(rules: Rulebook) -> dict[str, Provenance]:
    """Return dotted key -> provenance of the values that a public document may quote, in order of key."""
    known = rules.provenance or {}
    return {key: known[key] for key in sorted(known) if public(known[key])}


def unconfirmed_values(rules: Rulebook) -> tuple[str, ...]:
    """Return the dotted keys and row ids whose text nobody has seen, in order."""
    known = rules.provenance or {}
    ids = [row.id for row in _rows(rules) if not public(row.provenance)]
    return tuple(sorted([key for key in known if not public(known[key])] + ids))
