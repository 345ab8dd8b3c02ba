"""``backtest``: how much earlier an order of visits would have found what was found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from riskplan.cli.console import Settings, note, out, watching
from riskplan.cli.work import load, write_text
from riskplan.errors import RiskplanError
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.risk.inspections import Inspections
    from riskplan.risk.models import Forecaster


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    windows: int
    days: int
    last: str | None
    serious: int | None
    learner: bool


def backtest_source(
    case: Path | str | None,
    history: Path | None,
    wanted: Wanted,
    target: Path | None,
    s: Settings,
    *,
    as_json: bool,
) -> None:
    """Judge the models on a case or a history file, print the result, write it where asked for.

    Raises
    ------
    RiskplanError
        Unless exactly one of case and history is given.
    """
    from riskplan.report.backtest_files import backtest_files, backtest_json
    from riskplan.report.backtest_lines import backtest_lines
    from riskplan.risk.backtest import Params, backtest

    if (case is None) == (history is None):
        raise RiskplanError("backtest_one_source")
    params = Params(wanted.windows, wanted.days, _day(wanted.last), wanted.serious, s.seed)
    known, models, counts = _of_history(history, s) if history is not None else _of_case(case or "", s)
    models = [*models, *_learner(wanted.learner)]
    with watching(s) as tell:
        result = backtest(known, models, params, counts=counts, on_progress=tell)
    if as_json:
        out(backtest_json(result).rstrip("\n"))
    else:
        for line in backtest_lines(result, s.lang):
            out(line)
    if target is not None:
        for name, text in backtest_files(result, s.lang).items():
            write_text(target / name, text)
        (note if as_json else out)(say("cli.written", s.lang, path=target))


def _of_history(path: Path, s: Settings) -> tuple[Inspections, list[Forecaster], dict[str, int]]:
    from riskplan.risk.history_file import read_history
    from riskplan.risk.models import forecasters

    read = read_history(path)
    if read.extras and not s.quiet:
        note(say("backtest.extras", s.lang, columns=", ".join(read.extras[:8])))
    return read.inspections, list(forecasters()), read.counts


def _of_case(source: Path | str, s: Settings) -> tuple[Inspections, list[Forecaster], dict[str, int]]:
    from riskplan.risk.case_models import case_models
    from riskplan.risk.inspections_of_case import inspections_of
    from riskplan.risk.models import forecasters

    case, rules = load(source, s)
    known = inspections_of(case, rules)
    return known.inspections, [*forecasters(), *case_models(case, rules, known)], {}


def _learner(wanted: bool) -> list[Forecaster]:
    """Return the optional learner where it is asked for."""
    if not wanted:
        return []
    from riskplan.risk.learned import BOOSTING, model_of

    return [model_of(BOOSTING)]


def _day(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days
    except ValueError:
        raise RiskplanError("no_day", option="--last", value=text) from None
