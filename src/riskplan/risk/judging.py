"""Backtests of a history file and of a case, the office's own points and tiers among the models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.progress import OnProgress, ignore_progress
from riskplan.risk.backtest import Backtest, Params, backtest
from riskplan.risk.history_file import HistoryFile, read_history
from riskplan.risk.inspections_of_case import ByCase, CaseInspections, as_known_on, inspections_of
from riskplan.risk.learned import BOOSTING, model_of
from riskplan.risk.models import Forecaster, forecasters
from riskplan.risk.scoring import Judgement, judge
from riskplan.rules.model import TIERS, Rulebook

Floats = npt.NDArray[np.float64]
_USUAL = Params()


def backtest_history(
    history: Path | str | HistoryFile,
    *,
    params: Params = _USUAL,
    learner: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> Backtest:
    """Judge the models on a history of inspections.

    Parameters
    ----------
    history
        CSV file (see ``history_file.read_history``), or what was read from one.
    params
        Windows, severity, seed.
    learner
        Also gradient boosting (extra ``learn``).
    on_progress
        Told after each window of each model.

    A history with faults is refused with all of them, one that is too short or finds hardly anything in a sentence.
    """
    read = history if isinstance(history, HistoryFile) else read_history(Path(history))
    models = [*forecasters(), *_learner(learner)]
    return backtest(read.inspections, models, params, counts=read.counts, on_progress=on_progress)


def backtest_case(
    case: Case,
    rules: Rulebook,
    *,
    params: Params = _USUAL,
    learner: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> Backtest:
    """Judge the models, and the case's own points and tiers, on what a case's visits found.

    Parameters
    ----------
    case, rules
        Visits and hazards before ``as_of``; points and tiers are scored anew for every window.
    params, learner, on_progress
        As for ``backtest_history``.
    """
    known = inspections_of(case, rules)
    models: list[Forecaster] = [*forecasters(), *case_models(case, rules, known), *_learner(learner)]
    return backtest(known.inspections, models, params, on_progress=on_progress)


def _learner(wanted: bool) -> list[Forecaster]:
    return [model_of(BOOSTING, "--learner")] if wanted else []


def case_models(case: Case, rules: Rulebook, known: CaseInspections) -> tuple[ByCase, ...]:
    """Return both as ranking models.

    Parameters
    ----------
    case, rules
        Scored anew for every window, on what was known then.
    known
        ``inspections_of(case, rules)``.
    """
    judged: dict[int, Judgement] = {}

    def on(day: int) -> Judgement:
        if day not in judged:
            judged[day] = judge(as_known_on(case, day), rules)
        return judged[day]

    def by_points(day: int) -> Floats:
        return on(day).points.exact.astype(np.float64)

    def by_tier(day: int) -> Floats:
        return np.array([-TIERS.index(tier) for tier in on(day).tiers], dtype=np.float64)

    return ByCase("points", known, by_points), ByCase("tier_only", known, by_tier)
