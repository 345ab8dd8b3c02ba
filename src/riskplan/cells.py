"""The one place that makes text safe for a CSV that a spreadsheet opens."""

from __future__ import annotations

_FORMULA_STARTS = tuple("=+-@\t\r'")


def guard(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; ``unguard`` gives it back (the one CSV sink)."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def unguard(text: str) -> str:
    """Return what ``guard`` was given; an apostrophe that guards nothing belongs to the text."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text
