"""Cell text as people type it to one form: width, spaces, separators. What a sign means is never changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

SEPARATORS = ";；、,，"
"""Between the values of a list, besides the vertical bar; a cell with a bar is split at bars only."""
_WIDE_BLOCKS = ((0x3000, 0x3001), (0xFF01, 0xFFEF))
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SPACE = re.compile(r"\s+")
_SPLIT = re.compile(f"[{SEPARATORS}]")
_AS_NUMBER = re.compile(r"\d(\.\d+)?[Ee]\+\d+")


@cache
def _width_table() -> dict[int, str | None]:
    """Return what full-width and half-width forms stand for.

    Only these: full compatibility folding would read ``2²`` as 22 and ``①`` as 1.
    """
    table: dict[int, str | None] = dict.fromkeys(map(ord, _INVISIBLE))
    for first, end in _WIDE_BLOCKS:
        for sign in range(first, end):
            if unicodedata.decomposition(chr(sign)).startswith(("<wide>", "<narrow>")):
                table[sign] = unicodedata.normalize("NFKC", chr(sign))
    return table | {0x00A0: " "}


def folded(text: str) -> str:
    """Return a text with full-width signs as the plain ones, without invisible signs and outer space."""
    return (text if text.isascii() else text.translate(_width_table())).strip()


def code_text(text: str) -> str:
    """Return an id or a code: folded, and without any space inside."""
    return _SPACE.sub("", folded(text))


def needs_folding(texts: Sequence[str]) -> bool:
    """Tell whether any of many texts would be changed by :func:`code_text`; one pass over all of them."""
    joined = "".join(texts)
    return not joined.isascii() or _SPACE.search(joined) is not None


def as_number(text: str) -> bool:
    """Tell whether a spreadsheet turned a long code into a number such as ``9.13505E+17``."""
    return ("E+" in text or "e+" in text) and _AS_NUMBER.fullmatch(text) is not None


def split_list(text: str) -> tuple[str, ...]:
    """Return the values of a list cell in their order.

    A cell with a vertical bar is split at bars only, so that a value may contain a comma (``电力、热力生产|``);
    without one every sign of ``SEPARATORS`` separates.
    """
    plain = text.replace("｜", "|")
    parts: Iterable[str] = plain.split("|") if "|" in plain else _SPLIT.split(plain)
    return tuple(part.strip() for part in parts if part.strip())


def list_text(values: Sequence[str]) -> str:
    """Return a list as a cell that :func:`split_list` reads back as it was."""
    text = "|".join(values)
    return f"{text}|" if len(values) == 1 and _SPLIT.search(text) else text
