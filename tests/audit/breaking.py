"""What a breaker returns."""

from __future__ import annotations

from dataclasses import dataclass

from audit.county import County


@dataclass(frozen=True)
class Broken:
    """A broken county and the finding that proves it.

    ``also`` names rules that are broken with it because they cannot be kept then.
    """

    county: County
    rule: str
    excess: int
    evidence: tuple[str, ...]
    severity: str = "violation"
    also: tuple[str, ...] = ()
