"""A backtest as files: everything as JSON, tables as CSV, a page to look at and print."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from riskplan.cells import guard
from riskplan.report.backtest_page import backtest_page
from riskplan.risk.backtest import Backtest

SCHEMA = "riskplan-backtest-1"
DECIMALS = 6


def backtest_record(result: Backtest) -> dict[str, object]:
    """Return a backtest as plain JSON values, floats rounded to six decimals.

    Parameters
    ----------
    result
        From ``risk.backtest.backtest``.
    """
    record = asdict(result)
    record["calibration"] = [
        {"protocol": protocol, "model": model, **asdict(one)}
        for (protocol, model), one in sorted(result.calibration.items())
    ]
    rounded: dict[str, object] = {"schema": SCHEMA}
    rounded |= {key: _rounded(value) for key, value in record.items()}
    return rounded


def backtest_json(result: Backtest) -> str:
    """Return ``backtest_record`` as text."""
    return json.dumps(backtest_record(result), ensure_ascii=False, indent=1) + "\n"


def backtest_files(result: Backtest, lang: str) -> dict[str, str]:
    """Return file name -> text.

    Parameters
    ----------
    result
        From ``risk.backtest.backtest``.
    lang
        Language of the page.
    """
    measures = [
        [
            *(m.protocol, m.model, m.window, m.rows, m.problems, m.days_earlier),
            *(m.above_random.value, m.above_random.low, m.above_random.high),
            *(m.first_half, m.auc, m.precision, m.share),
        ]
        for m in result.measures
    ]
    bins = [
        [protocol, model, k, b.rows, b.chance, b.found]
        for (protocol, model), one in sorted(result.calibration.items())
        for k, b in enumerate(one.bins, start=1)
    ]
    return {
        "backtest.json": backtest_json(result),
        "backtest.csv": _table(
            "protocol,model,window,rows,problems,days_earlier,above_random,low,high,first_half,auc,precision,share",
            measures,
        ),
        "differences.csv": _table(
            "protocol,model,other,days,low,high",
            (
                [d.protocol, d.model, d.other, d.days.value, d.days.low, d.days.high]
                for d in result.differences
            ),
        ),
        "calibration.csv": _table("protocol,model,bin,rows,chance,found", bins),
        "equity.csv": _table(
            "by,name,visits,problems,early,hit_rate,hit_rate_early",
            (
                [g.by, g.name, g.visits, g.problems, g.early, g.hit_rate, g.hit_rate_early]
                for g in result.groups
            ),
        ),
        "backtest.html": backtest_page(result, lang),
    }


def _table(header: str, rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: object) -> str:
    return f"{value:.{DECIMALS}f}" if isinstance(value, float) else guard(str(value))


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value
