"""From the best plan to the drawn one: the budget in hazard-days, what stays planned, what the manifest may tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from riskplan.annual.compile import YearModel
from riskplan.annual.explain import Final, finish
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY, Instance
from riskplan.annual.secrecy import drawn_year, movable
from riskplan.annual.state import Placed, YearState
from riskplan.annual.terms import objective_terms
from riskplan.case.tables import Case
from riskplan.plan.secret import Secret
from riskplan.progress import OnProgress, Stop
from riskplan.rules.model import TIERS, Rulebook

LABEL = "riskplan year weeks 1"
"""What the stream of the secret is for; the number changes with the meaning of its numbers."""
BUDGETS = (1.0, 0.5, 0.25)
"""Shares of the budget that are tried, until nothing more is left out than before and the exact cost is kept."""


@dataclass(frozen=True)
class Drawing:
    """How a drawing runs.

    Parameters
    ----------
    secret
        The office's secret.
    stop
        Its wall-clock limit ends the walk early.
    on_progress
        Listener.
    """

    secret: Secret
    stop: Stop
    on_progress: OnProgress


@dataclass(frozen=True)
class Secrecy:
    """What the manifest tells of the secret.

    Parameters
    ----------
    predictable
        True where anyone with case, rules and code can compute the weeks.
    sha256
        Hash of the secret; empty without one.
    share
        Largest share of the objective that the drawing may cost.
    before
        Objective of the plan before the drawing [units].
    """

    predictable: bool
    sha256: str
    share: float
    before: int

    @classmethod
    def none(cls) -> Secrecy:
        """Return what a plan without a secret tells."""
        return cls(True, "", 0.0, 0)

    def facts(self) -> dict[str, Any]:
        """Return the manifest's entries."""
        if not self.sha256:
            return {"predictable": True}
        before = round(self.before / UNITS_PER_HAZARD_DAY, 3)
        told = {"secret_sha256": self.sha256, "share": self.share, "objective_before": before}
        return {"predictable": self.predictable, "secrecy": told}


def drawn_final(
    case: Case, rules: Rulebook, model: YearModel, best: tuple[YearState, Final], drawing: Drawing
) -> tuple[YearState, Final, Secrecy]:
    """Return visits drawn by the secret and what they leave: within the budget, no tier with more left out.

    Parameters
    ----------
    case, rules
        Announced items, fingerprints, ``objective.secrecy_share``.
    model
        Year.
    best
        Plan found by the search and what was made of it.
    drawing
        Secret, limit, listener.
    """
    items = case["items"]
    announced = dict(zip(items["item_id"], items["announced"], strict=True))
    placed, final = list(best[0].placed), best[1]
    who = movable(model, best[0], announced)
    before = sum(objective_terms(model, final, rules).values())
    share = rules.objective.secrecy_share
    for part in BUDGETS:
        budget = int(before * share * part)
        state = restore(model.instance, placed)
        begun = finish(model, state, rules)
        stream = drawing.secret.stream(LABEL, case.fingerprint, rules.fingerprint)
        drawn = drawn_year(model, (state, begun), who, stream, budget, (drawing.stop, drawing.on_progress))
        drawn_state = restore(model.instance, state.placed)
        made = finish(model, drawn_state, rules)
        after = sum(objective_terms(model, made, rules).values())
        if drawn.moved and after <= before + int(before * share) and not _more_left_out(model, made, final):
            return drawn_state, made, Secrecy(False, drawing.secret.sha256, share, before)
    return best[0], final, Secrecy(True, drawing.secret.sha256, share, before)


def restore(instance: Instance, placed: list[Placed | None]) -> YearState:
    """Return a fresh state with the given assignments."""
    state = YearState(instance)
    for i, p in enumerate(placed):
        if p is not None:
            state.put(i, p)
    return state


def _more_left_out(model: YearModel, new: Final, old: Final) -> bool:
    now, before = (Counter(model.tiers[m.i] for m in final.missing) for final in (new, old))
    return any(now[tier] > before[tier] for tier in TIERS)
