"""Backtest on real inspections: every model, baseline, window and protocol, with intervals.

Usage: ``python -m benchmarks.backtest [--case chicago] [--shared ../shared]``. The City of Chicago's canvass inspections
(MIT-style licence) become a history of seven columns; who inspected is never read. The second case ends three months
earlier, the third adds facility type, risk class and name as traits. Boosting takes part where scikit-learn is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from riskplan.report.backtest_files import backtest_record
from riskplan.report.backtest_lines import aligned, model_name, span
from riskplan.risk.backtest import Backtest, backtest
from riskplan.risk.history_file import read_history
from riskplan.risk.inspections import Inspections, in_order
from riskplan.risk.learned import BOOSTING, model_of
from riskplan.risk.models import Forecaster, forecasters
from riskplan.risk.models.rates import Rates
from riskplan.version import __version__

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
SHARED = ROOT.parent / "shared"
TRAITS = {"sector": "Facility_Type", "licence": "Risk", "operator": "DBA_Name"}
COUNTS = ("criticalCount", "seriousCount", "minorCount")


@dataclass(frozen=True)
class Case:
    """A history: the file of the city that it is made from, and whether it has traits."""

    name: str
    file: str
    traits: bool = False


CASES = (
    Case("chicago", "inspections"),
    Case("chicago-to-april", "features"),
    Case("chicago-traits", "inspections", traits=True),
)


def history_of(case: Case, shared: Path, target: Path) -> Path:
    """Write a history file of seven columns from the city's rows; the column of the inspector is not read."""
    raw = _raw(case, shared)
    counts = raw[list(COUNTS)].apply(pd.to_numeric).fillna(0)
    table = pd.DataFrame({
        "business_id": raw["License"],
        "date": raw["Inspection_Date"],
        "kind": "routine",
        "violations": counts.sum(axis=1).astype(int),
        "severity": np.select([counts[c] > 0 for c in COUNTS], [3, 2, 1], 0),
        "lon": raw["Longitude"],
        "lat": raw["Latitude"],
    })
    path = target / f"{case.name}.csv"
    table.to_csv(path, index=False, lineterminator="\n")
    return path


def _raw(case: Case, shared: Path) -> pd.DataFrame:
    columns = ["License", "Inspection_Date", "Latitude", "Longitude", *COUNTS, *TRAITS.values()]
    path = shared / "data" / "chicago-food" / f"{case.file}.csv.gz"
    return pd.read_csv(path, dtype=str, keep_default_na=False, usecols=columns)


def with_traits(case: Case, shared: Path, path: Path) -> Inspections:
    """Return the inspections with what the city knows of each business."""
    raw = _raw(case, shared).drop_duplicates("License").set_index("License")
    businesses = pd.read_csv(path, dtype=str, usecols=["business_id"])["business_id"]
    plain = read_history(path, ordered=False).inspections
    ids = sorted(set(businesses))
    traits = {name: tuple(raw.loc[ids, column]) for name, column in TRAITS.items()}
    return in_order(replace(plain, traits=traits))


def run(case: Case, shared: Path, target: Path) -> tuple[Backtest, float]:
    """Return the result and the seconds that it took."""
    path = history_of(case, shared, target)
    read = read_history(path)
    known = with_traits(case, shared, path) if case.traits else read.inspections
    models: list[Forecaster] = [*forecasters(), Rates()]
    if importlib.util.find_spec("sklearn"):
        models.append(model_of(BOOSTING))
    start = time.perf_counter()
    result = backtest(known, models, counts=read.counts)
    return result, time.perf_counter() - start


def table(result: Backtest, lang: str = "en") -> list[str]:
    """Return model x window for both protocols."""
    lines = []
    for protocol in ("origin", "day"):
        head = [protocol, "above random [95 %]", "AUC", *(first for first, _ in result.windows)]
        rows = [head]
        for name in result.models:
            own = {m.window: m for m in result.measures if (m.protocol, m.model) == (protocol, name)}
            windows = [f"{own[k].above_random.value:+.1f}" for k in sorted(own) if k]
            rows.append([model_name(name, lang), span(own[0].above_random), f"{own[0].auc:.3f}", *windows])
        lines += [*aligned(rows), ""]
    return lines


def main() -> None:
    """Run the cases asked for, print their tables, write one JSON file each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=[c.name for c in CASES])
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--keep", type=Path, default=RESULTS, help="folder for the JSON files")
    options = parser.parse_args()
    for case in CASES:
        if options.case in {None, case.name}:
            with tempfile.TemporaryDirectory() as scratch:
                result, seconds = run(case, options.shared, Path(scratch))
            record = {
                "case": case.name,
                "version": __version__,
                "machine": {"python": platform.python_version(), "processor": platform.machine()},
                "seconds": round(seconds, 1),
                **backtest_record(result),
            }
            text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
            (options.keep / f"backtest-{case.name}.json").write_text(text, encoding="utf-8")
            print("\n".join([f"{case.name}: {seconds:.0f} s", *table(result)]))


if __name__ == "__main__":
    main()
