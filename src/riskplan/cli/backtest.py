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
    from riskplan.risk.backtest import Backtest, Params


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
    from riskplan.risk.backtest import Params

    if (case is None) == (history is None):
        raise RiskplanError("backtest_one_source")
    params = Params(wanted.windows, wanted.days, _day(wanted.last), wanted.serious, s.seed)
    result = (
        _of_history(history, params, wanted, s)
        if history is not None
        else _of_case(case or "", params, wanted, s)
    )
    if as_json:
        out(backtest_json(result).rstrip("\n"))
    else:
        for line in backtest_lines(result, s.lang):
            out(line)
    if target is not None:
        for name, text in backtest_files(result, s.lang).items():
            write_text(target / name, text)
        (note if as_json else out)(say("cli.written", s.lang, path=target))


def _of_history(path: Path, params: Params, wanted: Wanted, s: Settings) -> Backtest:
    from riskplan.risk.history_file import read_history
    from riskplan.risk.judging import backtest_history

    read = read_history(path)
    if read.extras and not s.quiet:
        note(say("backtest.extras", s.lang, columns=", ".join(read.extras[:8])))
    with watching(s) as tell:
        return backtest_history(read, params=params, learner=wanted.learner, on_progress=tell)


def _of_case(source: Path | str, params: Params, wanted: Wanted, s: Settings) -> Backtest:
    from riskplan.risk.judging import backtest_case

    case, rules = load(source, s)
    with watching(s) as tell:
        return backtest_case(case, rules, params=params, learner=wanted.learner, on_progress=tell)


def _day(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days
    except ValueError:
        raise RiskplanError("no_day", option="--last", value=text) from None
