"""Focus or general inspection unit: proposed with its ground; where people have decided, their word holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.risk.automatic import on_lists
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]
FOCUS, GENERAL = "focus", "general"
DECIDED = "decided"
"""Ground of a class that the case states."""


def classes(
    enterprises: pd.DataFrame, tiers: list[str], ground: Ints, rules: Rulebook
) -> tuple[list[str], list[str]]:
    """Return the class of every enterprise and its ground.

    Grounds: ``decided`` (the case says so), ``rule:<id>`` (an automatic rule applies), ``list:<name>`` (on a list of
    ``tiers.focus_lists``), ``tier:<tier>``, and ``""`` for a proposed general unit.

    Parameters
    ----------
    enterprises
        Columns inspection_class and policy_list.
    tiers
        Final tiers.
    ground
        shape (n_enterprises,), index of the automatic rule that applies, -1 for none.
    rules
        Automatic rules and what makes a focus unit.
    """
    focus = rules.tiers
    listed = on_lists(enterprises["policy_list"], focus.focus_lists)
    found: list[tuple[str, str]] = []
    for decided, own, tier, rule, on_list in zip(
        enterprises["inspection_class"], enterprises["policy_list"], tiers, ground, listed, strict=True
    ):
        if decided:
            found.append((decided, DECIDED))
        elif rule >= 0:
            found.append((FOCUS, f"rule:{rules.automatic[rule].id}"))
        elif on_list:
            found.append((FOCUS, f"list:{min(set(own) & set(focus.focus_lists))}"))
        elif tier in focus.focus_tiers:
            found.append((FOCUS, f"tier:{tier}"))
        else:
            found.append((GENERAL, ""))
    return [c for c, _ in found], [g for _, g in found]
