"""Weeks routed one after another, with and without windows: travel, team-days, visits unrouted and moved, exposure.

Usage: ``python -m benchmarks.windows [--case DIR] [--first 2027-W10] [--weeks 13] [--effort 1] [--seeds 0,1]``. The year is
planned once; every week is then planned on the plan that the week before left. CPU seconds of one process.
Nothing in the results names a machine or a path.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.registry import ROOT
from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Rulebook
from riskplan.rules.read import read_rules
from riskplan.version import __version__
from riskplan.weekly import WeekParams, plan_week

RESULTS = Path(__file__).parent / "results"
CONTROL = 2.5
"""Effort without windows that takes about the time that one with windows takes: is it the windows, or the search?"""


def quarter(
    case: Case, rules: Rulebook, plan: Plan, labels: list[str], run: tuple[Stop, int, bool]
) -> dict[str, Any]:
    """Return the figures of some weeks planned one after another.

    Parameters
    ----------
    case, rules, plan
        A year plan and its world.
    labels
        The weeks.
    run
        Effort, seed, whether visits may move.
    """
    stop, seed, windows = run
    started, year = time.process_time(), plan
    for label in labels:
        plan = plan_week(case, rules, plan, label, params=WeekParams(windows=windows), stop=stop, seed=seed)
    facts = [plan.manifest["weeks"][label] for label in labels]
    totals = {name: sum(f[name] for f in facts) for name in ("routed", "unrouted", "team_days", "travel_s")}
    moved = [move for f in facts for move in f.get("moved", ())]
    return {
        "windows": windows,
        "effort": stop.effort,
        "seed": seed,
        **totals,
        "travel_minutes": round(totals["travel_s"] / 60),
        "travel_minutes_per_visit": round(totals["travel_s"] / 60 / max(totals["routed"], 1), 2),
        "moved": len(moved),
        "moved_for_room": sum(move["reason"] == "room" for move in moved),
        "told_saved_minutes": round(sum(f.get("moved_saved_s", 0) for f in facts) / 60),
        "violations": len(audit(case, rules, plan).violations),
        "hazard_days": round(exposure_change(case, year, plan), 1),
        "cpu_s": round(time.process_time() - started, 1),
    }


def exposure_change(case: Case, before: Plan, after: Plan) -> float:
    """Return by how much the moves change the exposure [hazard-days], all items of a visit taken together.

    A visit that moves by d days between neighbours g before and h after changes intensity x ((g + d)^2 + (h - d)^2 - g^2 -
    h^2) / 2. It stands for its whole premises here, so this is an upper estimate of what its domains feel.

    Parameters
    ----------
    case
        Horizon.
    before, after
        Plans with the same visits.
    """
    scores = before["scores"]
    daily = dict(zip(scores["enterprise_id"], scores["intensity"] / 365, strict=True))
    return sum(
        daily.get(name, 0.0) * (_squares(case, after, rows) - _squares(case, before, rows)) / 2
        for name, rows in before.visits.groupby("enterprise_id").groups.items()
    )


def _squares(case: Case, plan: Plan, rows: pd.Index) -> float:
    weeks = Weeks.of(case)
    days = np.sort([
        (weeks.monday[weeks.index(w)] - weeks.dates[0]).astype(int) for w in plan.visits.loc[rows, "week"]
    ])
    ends = np.array([0, *days, len(weeks.dates)])
    return float((np.diff(ends) ** 2).sum())


def main() -> None:
    """Measure and write ``results/windows-<case>.json``."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--case", type=Path, default=ROOT / "data" / "yongchun")
    ask.add_argument("--first", default="2027-W10")
    ask.add_argument("--weeks", type=int, default=13)
    ask.add_argument("--effort", type=float, default=1.0)
    ask.add_argument("--seeds", default="0")
    asked = ask.parse_args()
    case = read_case(asked.case)
    rules = read_rules(asked.case / "rules.toml", case)
    plan = plan_year(case, rules, stop=Stop(asked.effort), seed=0)
    planned = sorted(label for label in set(plan.visits["week"]) if label >= asked.first)[: asked.weeks]
    runs = []
    for seed in (int(text) for text in asked.seeds.split(",")):
        for windows, factor in ((False, 1.0), (True, 1.0), (False, CONTROL)):
            run = (Stop(asked.effort * factor), seed, windows)
            runs.append(quarter(case, rules, plan, planned, run))
            print(json.dumps(runs[-1]), flush=True)
    fixed, moving, control = (sum(r["travel_s"] for r in runs[k::3]) for k in range(3))
    found = {
        "case": case.name,
        "version": __version__,
        "effort": asked.effort,
        "weeks": [planned[0], planned[-1], len(planned)],
        "visits_with_window": int((plan.visits["window_first"] != "").sum()),
        "visits": len(plan.visits),
        "travel_change": round(moving / fixed - 1, 4),
        "travel_change_against_control": round(moving / control - 1, 4),
        "runs": runs,
    }
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    (RESULTS / f"windows-{asked.case.name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
