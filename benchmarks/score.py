"""Measure how long scoring takes, and how much memory, on a county with many enterprises and a long history.

Usage: ``python -m benchmarks.score [--enterprises 100000]``. The premises of ``data/yongchun`` are repeated with new ids
and moved points; ten hazards and five visits an enterprise are drawn from its ledgers. The case is made in memory: reading
is measured by ``benchmarks.read``.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.read import RESULTS, peak_mb
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.risk import score
from riskplan.risk.intensity import intensity_of
from riskplan.rules.model import Rulebook
from riskplan.rules.read import read_rules
from riskplan.version import __version__

ROOT = Path(__file__).resolve().parents[1]
HAZARDS_EACH, VISITS_EACH = 10, 5
SCATTER = 0.2
"""How far copies of premises lie from one another [degrees]."""


def large_case(enterprises: int) -> tuple[Case, Rulebook]:
    """Return the sample county at another size, and its rules."""
    folder = ROOT / "data" / "yongchun"
    case = read_case(folder)
    rng = np.random.default_rng(1)
    frame = case.enterprises.iloc[np.arange(enterprises) % len(case.enterprises)].reset_index(drop=True)
    names = np.array([f"E{n:06d}" for n in range(enterprises)], dtype=object)
    moved = {c: frame[c] + rng.normal(0, SCATTER, enterprises) for c in ("lon", "lat")}
    frame = frame.assign(enterprise_id=names, **moved)
    count = VISITS_EACH * enterprises
    known = case["visits"][~case["visits"]["fixed"]]
    visits = known.iloc[rng.integers(0, len(known), count)].reset_index(drop=True)
    visits = visits.assign(
        visit_id=[f"V{n:07d}" for n in range(count)], object_id=names[rng.integers(0, enterprises, count)]
    )
    found = HAZARDS_EACH * enterprises
    hazards = case["hazards"].iloc[rng.integers(0, len(case["hazards"]), found)].reset_index(drop=True)
    at = rng.integers(0, count, found)
    hazards = hazards.assign(
        hazard_id=[f"H{n:07d}" for n in range(found)],
        enterprise_id=visits["object_id"].to_numpy()[at],
        date=visits["date"].to_numpy()[at],
    )
    tables = {**case.tables, "enterprises": frame, "visits": visits, "hazards": hazards}
    return replace(case, tables=tables), read_rules(folder / "rules.toml", case)


def measure(enterprises: int) -> dict[str, object]:
    """Return sizes, seconds and memory of scoring a large county."""
    case, rules = large_case(enterprises)
    start, worked = time.perf_counter(), time.process_time()
    scores = score(case, rules)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    start = time.perf_counter()
    known = intensity_of(case, rules)
    alone = time.perf_counter() - start
    return {
        "version": __version__,
        "python": platform.python_version(),
        "enterprises": len(scores.table),
        "visits": len(case["visits"]),
        "hazards": len(case["hazards"]),
        "score_seconds": round(seconds, 2),
        "score_cpu_seconds": round(worked, 2),
        "intensity_seconds": round(alone, 2),
        "half_life_days": known.half_life.days,
        "peak_rss_mb": peak_mb(),
    }


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description="seconds and memory of scoring")
    parser.add_argument("--enterprises", type=int, default=100_000)
    chosen = parser.parse_args()
    text = json.dumps(measure(chosen.enterprises), indent=1, sort_keys=True) + "\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "score.json").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
