"""Where a value of a rulebook comes from."""

from __future__ import annotations

from dataclasses import dataclass

from riskplan.text.wording import Words


@dataclass(frozen=True)
class SourceText:
    """A published text that a value comes from.

    Parameters
    ----------
    issuer, title, number, date
        Who published what, under which number, when (ISO date or year).
    address
        Only of a government site; other addresses make the value ``unconfirmed``.
    """

    issuer: Words = ""
    title: Words = ""
    number: Words = ""
    date: str = ""
    address: str = ""


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from: legal basis, published text, date since when; all optional.

    Parameters
    ----------
    basis
        Article or reasoning, in words; in Chinese and English where both are given.
    source
        The published text in a line, as written or made from ``text``; likewise.
    since
        Date since when the value holds.
    unconfirmed
        True: nobody has seen the text itself; shown grey, and never in a public document.
    text
        The published text in parts, where given.
    """

    basis: Words = ""
    source: Words = ""
    since: str = ""
    unconfirmed: bool = False
    text: SourceText = SourceText()

    @property
    def grounds(self) -> Words:
        """The basis, else the source: what a limit rests on, in a line."""
        return self.basis or self.source


UNSTATED = Provenance()
"""Nothing is said about where a value comes from."""
