"""How much merging saves where enterprises have more or fewer domains and gates are wider or narrower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from riskplan.case.tables import Case
from riskplan.joint.fewest import fewest
from riskplan.joint.gates import Block, Gate
from riskplan.risk.scoring import Scores
from riskplan.rules.model import Rulebook

MEANS, WIDTHS = (2, 4, 6), (2, 4, 8)
DRAWN = 200
"""Enterprises drawn for each mean."""


@dataclass(frozen=True)
class Cell:
    """One place of the table.

    Parameters
    ----------
    domains
        Mean number of departments with duties at an enterprise.
    width
        Most departments at one gate.
    before, after
        Calls when alone, and joint visits, of the enterprises drawn.
    """

    domains: int
    width: int
    before: int
    after: int

    @property
    def saved(self) -> float:
        """Share of calls that merging saves."""
        return 1 - self.after / self.before if self.before else 0.0


def saving_grid(case: Case, rules: Rulebook, scores: Scores, *, seed: int = 0) -> tuple[Cell, ...]:
    """Return the saving for each mean number of domains and each width of the gate.

    Parameters
    ----------
    case, rules, scores
        Tiers are drawn as often as the case has them, durations from its items; without caps, spacing and windows.
    seed
        Of the draw.

    Notes
    -----
    An enterprise has one domain fewer than the mean, the mean, or one more, alike often. Frequencies are the general ones.
    """
    items = case["items"]
    minutes = np.sort(items["minutes"][items["mode"] == "on_site"].to_numpy(dtype=np.int64))
    visits = rules.frequency.visits
    tiers = [max(1, round(visits.get(t, visits.get("*", 1.0)))) for t in scores.table["tier"]]
    if not len(minutes) or not tiers:
        return ()
    found = []
    for mean in MEANS:
        rng = np.random.default_rng([seed, mean])
        drawn = [_drawn(rng, mean, minutes, tiers) for _ in range(DRAWN)]
        before = sum(k for own in drawn for k, _ in own)
        for width in WIDTHS:
            after = sum(_calls(own, width, rules) for own in drawn)
            found.append(Cell(mean, width, before, after))
    return tuple(found)


def _drawn(
    rng: np.random.Generator, mean: int, minutes: np.ndarray, tiers: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Return (calls, minutes) of the departments of one enterprise."""
    number = int(rng.integers(mean - 1, mean + 2))
    calls = tiers[int(rng.integers(len(tiers)))]
    return tuple(sorted((calls, int(m)) for m in rng.choice(minutes, number)))


def _calls(own: tuple[tuple[int, int], ...], width: int, rules: Rulebook) -> int:
    most, per = Fraction(str(rules.joint.similar_duration)).as_integer_ratio()
    return _least(own, width, (most, per) if most else (0, 1))


@cache
def _least(own: tuple[tuple[int, int], ...], width: int, similar: tuple[int, int]) -> int:
    blocks = tuple(Block(k, calls, ((k, minutes),), 1) for k, (calls, minutes) in enumerate(own))
    best = fewest(Gate(blocks, width, 2, 55, (0,) * len(blocks), similar))
    assert best is not None, "there is no limit on calls"
    return best.calls
