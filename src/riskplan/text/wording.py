"""Texts of a rulebook in the reader's language: what is written once, or once in each language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """One text in Chinese and English.

    Parameters
    ----------
    zh, en
        The text in each language; neither is empty.
    """

    zh: str
    en: str


Words = str | Wording
"""A text as it was written: the same for all readers, or one for each language."""


def worded(words: Words, lang: str) -> str:
    """Return a text in the language of the reader.

    Parameters
    ----------
    words
        A text, or one in each language.
    lang
        ``zh`` or ``en``.
    """
    if isinstance(words, str):
        return words
    return words.zh if lang == "zh" else words.en


def written_in_both(words: Words) -> str:
    """Return a text for a file that readers of both languages share: Chinese / English where there are two."""
    return " / ".join(dict.fromkeys(worded(words, lang) for lang in ("zh", "en")))


def half_of(text: str, lang: str) -> str:
    """Return the half in the reader's language of what ``written_in_both`` wrote."""
    parts = text.split(" / ")
    return parts[0 if lang == "zh" else 1] if len(parts) == 2 else text


def joined_words(parts: Sequence[Words], zh: str, en: str) -> Words:
    """Return the different texts that say something, in a row.

    Parameters
    ----------
    parts
        Texts in order; empty ones and repetitions are left out.
    zh, en
        What stands between two of them in each language; between texts of one language only, ``en``.
    """
    said = list(dict.fromkeys(part for part in parts if part))
    plain = [part for part in said if isinstance(part, str)]
    if len(plain) == len(said):
        return en.join(plain)
    texts = {lang: [worded(part, lang) for part in said] for lang in ("zh", "en")}
    return Wording(zh.join(texts["zh"]), en.join(texts["en"]))
