"""Measure merging: seconds, memory and calls, at 100,000 enterprises x 6 duties and at the scale of Haining.

Usage: ``python -m benchmarks.merge [--case six|haining]``. Both counties are made in memory from the premises of
``data/yongchun``: reading is measured by ``benchmarks.read``. *six*: every enterprise owes six items of its sector.
*haining*: 40,000 entities, 28 departments, 2,280 items on site (published size); which organ checks what where is drawn.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.read import RESULTS, peak_mb
from benchmarks.score import large_case
from riskplan.case.tables import Case
from riskplan.joint import merge
from riskplan.risk import Scores, duties, score
from riskplan.rules.model import DutyRule, FrequencyRules, Rulebook
from riskplan.version import __version__

SIX, HAINING = 100_000, 40_000
DEPARTMENTS, ITEMS = 28, 2_280
ITEMS_EACH, MOST_ORGANS = 6, 4
EVERY_TIER = {"red": 4.0, "orange": 2.0, "yellow": 1.0, "blue": 1.0}


def own_persons(case: Case) -> Case:
    """Return a case in which copies of premises do not share a legal person."""
    frame = case.enterprises
    copy = np.arange(len(frame)) // 1500
    codes = [f"{code}-{k}" if code else "" for code, k in zip(frame["credit_code"], copy, strict=True)]
    return replace(case, tables={**case.tables, "enterprises": frame.assign(credit_code=codes)})


def six_duties() -> tuple[Case, Rulebook]:
    """Return 100,000 enterprises that owe six items each, four visits a year in the worst tier, one in the best."""
    case, rules = large_case(SIX)
    items = case["items"]
    usable = items[items["mode"] == "on_site"]
    rng = np.random.default_rng(3)
    rows = []
    for sector in sorted(set(case.enterprises["sector"])):
        organs = rng.choice(sorted(set(usable["department_id"])), MOST_ORGANS, replace=False).tolist()
        own = usable[usable["department_id"].isin(organs)]["item_id"].to_numpy()
        rows.append(DutyRule(tuple(sorted(rng.choice(own, ITEMS_EACH, replace=False))), (sector,)))
    frequency = replace(rules.frequency, visits=EVERY_TIER)
    return own_persons(case), replace(rules, duties=tuple(rows), frequency=frequency)


def haining() -> tuple[Case, Rulebook]:
    """Return 40,000 entities, 28 departments and 2,280 items; a sector is checked by two to eight departments."""
    case, rules = large_case(HAINING)
    rng = np.random.default_rng(7)
    names = [f"D{d:02d}" for d in range(DEPARTMENTS)]
    departments = pd.concat([case["departments"].iloc[[0]]] * DEPARTMENTS, ignore_index=True)
    departments = departments.assign(department_id=names, name=names, system=names)
    owner = np.arange(ITEMS) % DEPARTMENTS
    items = pd.concat([case["items"].iloc[[0]]] * ITEMS, ignore_index=True).assign(
        item_id=[f"I{i:04d}" for i in range(ITEMS)],
        name=[f"item {i}" for i in range(ITEMS)],
        department_id=[names[d] for d in owner],
        domain=[f"domain {d}" for d in owner],
        minutes=rng.integers(2, 9, ITEMS),
        basis="-",
    )
    officers = pd.concat([case["officers"].iloc[[0]]] * (4 * DEPARTMENTS), ignore_index=True).assign(
        officer_id=[f"O{n:03d}" for n in range(4 * DEPARTMENTS)],
        department_id=[names[n % DEPARTMENTS] for n in range(4 * DEPARTMENTS)],
        certified=True,
        role="officer",
    )
    rows = []
    for sector in sorted(set(case.enterprises["sector"])):
        for d in rng.choice(DEPARTMENTS, int(rng.integers(2, 9)), replace=False).tolist():
            own = np.flatnonzero(owner == d)
            chosen = rng.choice(own, int(rng.integers(4, 13)), replace=False)
            half = len(chosen) // 2
            rows.append(
                DutyRule(tuple(f"I{i:04d}" for i in sorted(chosen[:half])), (sector,), (), EVERY_TIER)
            )
            yearly = {"red": 2.0, "orange": 1.0, "yellow": 1.0, "blue": 1.0}
            rows.append(DutyRule(tuple(f"I{i:04d}" for i in sorted(chosen[half:])), (sector,), (), yearly))
    frame = case.enterprises.assign(competent_department="")
    tables = {**case.tables, "departments": departments, "items": items, "officers": officers}
    tables |= {"enterprises": frame, "visits": case["visits"].iloc[:0], "leave": case["leave"].iloc[:0]}
    tables |= {"capacity_lines": case["capacity_lines"].iloc[:0]}
    frequency = FrequencyRules(EVERY_TIER, rules.frequency.longest_interval_factor)
    case = own_persons(replace(case, tables=tables))
    return case, replace(
        rules, duties=tuple(rows), frequency=frequency, lead_by_sector={}, domain_shares=None
    )


CASES: dict[str, Callable[[], tuple[Case, Rulebook]]] = {"six": six_duties, "haining": haining}


def measure(name: str) -> dict[str, object]:
    """Return sizes, seconds, memory and calls of one case."""
    case, rules = CASES[name]()
    scores: Scores = score(case, rules)
    start = time.perf_counter()
    owed = duties(case, rules, scores)
    listed = time.perf_counter()
    joint = merge(case, rules, scores, owed)
    merged = time.perf_counter()
    summary = joint.summary
    return {
        "case": name,
        "version": __version__,
        "python": platform.python_version(),
        "enterprises": len(case.enterprises),
        "departments": len(case["departments"]),
        "items": len(case["items"]),
        "duties": len(owed),
        "duty_seconds": round(listed - start, 1),
        "merge_seconds": round(merged - listed, 1),
        "calls_before": summary.calls_before,
        "calls_after": summary.calls_after,
        "calls_bound": summary.calls_bound,
        "saved_share": round(summary.saved_share, 4),
        "proven_share": round(summary.proven / max(summary.enterprises, 1), 5),
        "conflicts": len(joint.conflicts),
        "peak_rss_mb": peak_mb(),
    }


def main() -> None:
    """Measure the cases asked for and write one JSON file each."""
    parser = argparse.ArgumentParser(description="seconds, memory and calls of merging")
    parser.add_argument("--case", choices=sorted(CASES))
    chosen = parser.parse_args()
    for name in CASES if chosen.case is None else (chosen.case,):
        text = json.dumps(measure(name), indent=1) + "\n"
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"merge-{name}.json").write_text(text, encoding="utf-8")
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
