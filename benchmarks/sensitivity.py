"""What the exchange rates of the objective decide: each halved and doubled, on the Yongchun sample.

Usage: ``python -m benchmarks.sensitivity [--effort 0.2] [--seed 0] [--table]``. Writes JSON and a Markdown table. Every run
starts from the plan at the rates of the rulebook, as ``riskplan whatif`` does; the row ``again`` is that plan searched
once more at the same rates: differences of its size are the search's, not the rate's. Exposure is in hazard-days at any
rates; trips are minutes, so that plans at different rates stand in one table.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from riskplan.annual import plan_year
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.report.compare import compare_plans
from riskplan.rules.changes import with_changes
from riskplan.rules.model import TIERS, Rulebook
from riskplan.rules.read import read_rules
from riskplan.rules.settings import Setting
from riskplan.travel.calibration import planned_trips
from riskplan.version import __version__

CASE = Path(__file__).parents[1] / "data" / "yongchun"
RESULT = Path(__file__).parent / "results" / "sensitivity.json"
RATES = ("team_minute", "township_trip_share", "cluster_trip_share", "uneven_minute")
FACTORS = (0.5, 2.0)
HEAD = (
    "| rate | x | exposure | opened townships, min | cluster tours, min | uneven minutes | left out red / orange / "
    "yellow / blue | visits moved | gap controllable |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def rates(rules: Rulebook) -> Iterator[tuple[str, float, list[Setting]]]:
    """Return (name, factor, settings) of every run.

    Parameters
    ----------
    rules
        At the rates that are halved and doubled.
    """
    objective = rules.objective
    named = {name: {f"objective.{name}": float(getattr(objective, name))} for name in RATES}
    named |= {f"unplanned.{t}": {f"objective.unplanned.{t}": objective.unplanned[t]} for t in TIERS}
    named["unplanned, all tiers"] = {f"objective.unplanned.{t}": objective.unplanned[t] for t in TIERS}
    for name, values in named.items():
        for factor in FACTORS:
            yield name, factor, [Setting(key, f"{factor * value:.12f}") for key, value in values.items()]


def figures(case: Case, rules: Rulebook, base: Plan, plan: Plan) -> dict[str, Any]:
    """Return what a plan costs in units that no rate changes.

    Parameters
    ----------
    case, rules
        The sample, and the rates that the plan was made at.
    base, plan
        The plan at the rates of the rulebook, and this one.
    """
    found, terms = compare_plans(base, plan), plan.manifest["objective"]["terms"]
    opened, tours = planned_trips(case, rules, plan)
    uneven = terms["uneven"] / (rules.objective.uneven_minute or 1.0)
    return {
        "exposure": round(terms["exposure"], 1),
        "opened_min": round(opened),
        "tours_min": round(tours),
        "uneven_minutes": round(uneven),
        "unplanned": {t: int(found.get("unplanned", t).new or 0) for t in TIERS},
        "moved": len(found.moved),
        "gap_controllable": plan.manifest["gap_controllable"],
    }


def measure(effort: float, seed: int) -> dict[str, Any]:
    """Return the figures of all runs.

    Parameters
    ----------
    effort, seed
        Of every search.
    """
    case = read_case(CASE)
    rules = read_rules(CASE / "rules.toml", case)
    base = plan_year(case, rules, stop=Stop(effort), seed=seed)
    runs = [{"rate": "rulebook", "factor": 1.0, **figures(case, rules, base, base)}]
    again: list[tuple[str, float, list[Setting]]] = [("again", 1.0, [])]
    for name, factor, settings in [*again, *rates(rules)]:
        began = time.perf_counter()
        _, changed = with_changes(case, rules, settings)
        plan = plan_year(case, changed, stop=Stop(effort), seed=seed, start=base)
        runs.append({"rate": name, "factor": factor, **figures(case, changed, base, plan)})
        print(f"{name} x {factor:g}: {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    return {
        "case": CASE.name,
        "version": __version__,
        "python": platform.python_version(),
        "effort": effort,
        "seed": seed,
        "rates": {name: getattr(rules.objective, name) for name in RATES}
        | {"unplanned": rules.objective.unplanned},
        "runs": runs,
    }


def table(found: dict[str, Any]) -> str:
    """Return the Markdown table of a result; ``again`` as difference from the first row, the others from ``again``.

    Parameters
    ----------
    found
        As ``measure`` returns it.
    """
    first, again, *rest = found["runs"]
    rows = [_row(first, None), _row(again, first), *(_row(run, again) for run in rest)]
    return "\n".join([HEAD, *rows])


def _row(run: dict[str, Any], first: dict[str, Any] | None) -> str:
    names = ("exposure", "opened_min", "tours_min", "uneven_minutes")
    values = [f"{run[n]:,.0f}" if first is None else f"{run[n] - first[n]:+,.0f}" for n in names]
    left = " / ".join(str(run["unplanned"][t]) for t in TIERS)
    cells = [
        run["rate"],
        f"{run['factor']:g}",
        *values,
        left,
        str(run["moved"]),
        f"{run['gap_controllable']:.1%}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure and print the table; with ``--table`` only the table of what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--effort", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    if not args.table:
        found = measure(args.effort, args.seed)
        RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    text = table(json.loads(RESULT.read_text(encoding="utf-8")))
    RESULT.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
