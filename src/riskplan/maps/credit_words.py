"""Why a duty needs no visit, in words."""

from __future__ import annotations

from collections.abc import Mapping

from riskplan.text import say


def credit_text(row: Mapping[str, object], lang: str) -> str:
    """Return what satisfies a duty instead of a visit.

    Parameters
    ----------
    row
        Row of the plan table ``credits``.
    lang
        ``zh`` or ``en``.
    """
    source, _, name = str(row["evidence"]).partition(":")
    key = f"credit.{row['source'] or 'other'}"
    return say(
        key,
        lang,
        name=name or source,
        date=str(row["date"]),
        until=str(row["valid_until"]),
        visits=str(row["visits"]),
    )
