"""The message catalogue: one CSV a room under ``text/messages/`` with columns key, en, zh."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    folder = resources.files("riskplan.text").joinpath("messages")
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".csv"):
            continue
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            if row["key"] in entries:
                message = f"message {row['key']!r} is defined twice, again in {path.name}"
                raise ValueError(message)
            entries[row["key"]] = {"en": row["en"], "zh": row["zh"]}
    return entries


def keys() -> tuple[str, ...]:
    """Return all keys of the catalogue, sorted."""
    return tuple(sorted(_catalogue()))


def missing(key: str) -> bool:
    """Tell whether the catalogue has no such key."""
    return key not in _catalogue()


def say(key: str, lang: str = "en", **values: object) -> str:
    """Return a message in a language with its values filled in.

    Parameters
    ----------
    key
        Key such as ``fault.not_a_number``; an unknown key is returned itself, so that nothing is ever lost.
    lang
        ``zh`` or ``en``.
    values
        Named values; they are inserted as they are and never interpreted.
    """
    entry = _catalogue().get(key)
    if entry is None:
        return key + (": " + ", ".join(f"{k}={v}" for k, v in values.items()) if values else "")
    return entry[lang].format_map({k: str(v) for k, v in values.items()})
