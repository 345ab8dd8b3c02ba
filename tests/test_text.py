"""The catalogue: every message exists in Chinese and English with the same values."""

from __future__ import annotations

import re
import string
from pathlib import Path

from riskplan.text import LANGUAGES, keys, missing, say
from riskplan.text.catalogue import _catalogue

SOURCE = Path(__file__).parents[1] / "src" / "riskplan"


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_message_exists_in_both_languages():
    """No message is empty in Chinese or English."""
    assert not [k for k in keys() for lang in LANGUAGES if not _catalogue()[k][lang].strip()]


def test_both_languages_use_the_same_values():
    """A translation names exactly the values of the original."""
    assert not [k for k in keys() if _fields(_catalogue()[k]["en"]) != _fields(_catalogue()[k]["zh"])]


def test_chinese_messages_are_chinese():
    """A Chinese sentence holds at least one Chinese character, unless it is made of values only."""
    words = {k: re.sub(r"\{[^}]*\}|[\W\d_]", "", _catalogue()[k]["zh"]) for k in keys()}
    assert not [k for k, w in words.items() if re.fullmatch(r"[A-Za-z]{15,}", w)]


def test_every_fault_code_has_what_expected_and_remedy():
    """A fault raised anywhere in the code can be told in full."""
    codes: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        codes |= set(re.findall(r"Fault\(\s*\"([a-z_]+)\"", text))
        codes |= set(re.findall(r"\w\.(?:fault|warn)\(\s*\"([a-z_]+)\"", text))
    assert len(codes) > 20
    assert not [
        c for c in sorted(codes) for part in ("", ".expected", ".remedy") if missing(f"fault.{c}{part}")
    ]


def test_an_unknown_key_is_shown_and_never_lost():
    """A message that nobody wrote still tells its values."""
    assert say("no.such.key", "zh", value=3) == "no.such.key: value=3"


def test_values_are_never_interpreted():
    """Braces in a value stay braces."""
    assert "{lang}" in say("fault.not_a_number", "en", value="{lang}")
