"""Words of the message catalogue that a cell may use instead of a code: 大型 for ``large``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from riskplan.case.attributes import Attribute
from riskplan.text import keys, say

_PLAIN, _ALSO = "enum.", "enum_also."


@cache
def _all_words() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return (table, column) -> word -> code."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for key in keys():
        prefix = next((p for p in (_PLAIN, _ALSO) if key.startswith(p)), None)
        if prefix is None:
            continue
        table, column, code = key.removeprefix(prefix).split(".")
        words = found.setdefault((table, column), {})
        for lang in ("zh", "en"):
            words |= {word.lower(): code for word in say(key, lang).split("|") if word}
    return found


def words_of(attribute: Attribute) -> Mapping[str, str]:
    """Return word in lower case -> code for one column; codes themselves are not in it."""
    return _all_words().get((attribute.table, attribute.name), {})


def choices(attribute: Attribute, lang: str) -> str:
    """Return the allowed values of an enum: ``大型、中型``, in English with their Chinese words: ``large (大型)``."""
    known = set(keys())

    def told(code: str) -> str:
        key = f"{_PLAIN}{attribute.table}.{attribute.name}.{code}"
        if key not in known:
            return code
        chinese = say(key, "zh")
        return chinese if lang == "zh" else f"{code} ({chinese})"

    return say("fault.choice_join", lang).join(told(code) for code in attribute.detail.split("|"))
