"""Measure every case x phase of the registry; one JSON a case and a Markdown table.

Usage: ``python -m benchmarks.run [--quick] [--case NAME] [--effort 1] [--all-weeks]``. Seconds are wall clock of one run on
a machine that others may use too, so they are upper bounds; objective, bound and counts repeat exactly.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.registry import BENCHES, Bench
from riskplan.annual import plan_year
from riskplan.annual.compile import compile_year
from riskplan.annual.exposure import domains_of
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.annual.primal import first_fit
from riskplan.audit import audit
from riskplan.case.read import read_case
from riskplan.case.weeks import Weeks
from riskplan.joint import merge
from riskplan.maps import write_map
from riskplan.progress import Stop
from riskplan.report import write_workbook
from riskplan.risk import duties, score
from riskplan.rules.capacity import capacity_of
from riskplan.rules.read import read_rules
from riskplan.version import __version__
from riskplan.weekly import plan_week

RESULTS = Path(__file__).parent / "results"
T = TypeVar("T")


class Clock:
    """Runs phases and keeps their seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, phase: str, work: Callable[[], T]) -> T:
        """Run a phase."""
        start = time.perf_counter()
        result = work()
        self.seconds[phase] = round(time.perf_counter() - start, 2)
        return result


def measure(bench: Bench, effort: float, *, all_weeks: bool) -> dict[str, object]:
    """Return the figures of one case."""
    clock, folder, stop = Clock(), bench.folder(), Stop(effort=effort)
    case = clock("read", lambda: read_case(folder))
    rules = read_rules(folder / "rules.toml", case)
    scores = clock("score", lambda: score(case, rules))
    owed = duties(case, rules, scores)
    joint = clock("merge", lambda: merge(case, rules, scores, owed))
    plan = clock("year", lambda: plan_year(case, rules, stop=stop, seed=0))

    def by_hand() -> float:
        domains, _ = domains_of(case, rules, owed, list(scores.table["intensity"]), joint)
        model = compile_year(
            case, rules, joint, domains, list(scores.table["tier"]), capacity_of(case, rules)
        )
        return first_fit(model.instance).objective() / UNITS_PER_HAZARD_DAY

    hand = clock("first_fit", by_hand)
    weeks = Weeks.of(case)
    working = [label for label, days in zip(weeks.labels, weeks.workdays(), strict=True) if days]
    routed = [w for w in (working if all_weeks else working[: bench.weeks]) if w in set(plan.visits["week"])]

    def route() -> object:
        nonlocal plan
        for week in routed:
            plan = plan_week(case, rules, plan, week, stop=stop, seed=0)
        return plan

    clock("week", route)
    report = clock("audit", lambda: audit(case, rules, plan))
    with tempfile.TemporaryDirectory() as temporary:
        drawn = clock(
            "map", lambda: write_map(case, rules, plan, Path(temporary) / "m.html", lang=case.language)
        )
        clock(
            "workbook",
            lambda: write_workbook(case, rules, plan, Path(temporary) / "p.xlsx", lang=case.language),
        )
        map_bytes = drawn.stat().st_size
    m = plan.manifest
    return {
        "case": bench.name,
        "version": __version__,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "effort": effort,
        "seconds": clock.seconds,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "enterprises": len(case.enterprises),
        "calls_before": joint.summary.calls_before,
        "calls_after": joint.summary.calls_after,
        "calls_bound": joint.summary.calls_bound,
        "officer_minutes_before": joint.summary.officer_minutes_before,
        "officer_minutes_after": joint.summary.officer_minutes_after,
        "visits": m["counts"]["visits"],
        "unplanned": sum(m["counts"]["unplanned"].values()),
        "conflicts": sum(m["counts"]["conflicts"].values()),
        "objective": m["objective"]["total"],
        "first_fit": round(hand, 3),
        "bound": m["bound"],
        "base": m["base"],
        "gap_controllable": m["gap_controllable"],
        "gap_total": m["gap_total"],
        "weeks_routed": len(routed),
        "visits_of_these_weeks": int(plan.visits["week"].isin(routed).sum()),
        "visits_dated": int((plan.visits["date"] != "").sum()),
        "violations": len(report.violations),
        "map_bytes": map_bytes,
    }


HEAD = (
    "| case | enterprises | calls alone -> joint | planned / left out | controllable cost above what nobody can change: "
    "first-fit -> plan (bound) | gap controllable / whole | violations | year s | audit s | map MB |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def row(r: dict[str, object]) -> str:
    """Return one line of the Markdown table."""
    n = {k: v for k, v in r.items() if isinstance(v, int | float)}
    seconds = r["seconds"]
    assert isinstance(seconds, dict)
    hand, plan, bound = (n[k] - n["base"] for k in ("first_fit", "objective", "bound"))
    return (
        f"| {r['case']} | {n['enterprises']:,} | {n['calls_before']:,} -> {n['calls_after']:,} "
        f"| {n['visits']:,} / {n['unplanned'] + n['conflicts']} | {hand:,.0f} -> {plan:,.0f} ({bound:,.0f}) "
        f"| {n['gap_controllable']:.1%} / {n['gap_total']:.2%} | {n['violations']} "
        f"| {seconds['year']:.0f} | {seconds['audit']:.1f} | {n['map_bytes'] / 1e6:.2f} |"
    )


def main() -> None:
    """Run the benchmarks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--case")
    parser.add_argument("--effort", type=float, default=1.0)
    parser.add_argument("--all-weeks", action="store_true")
    arguments = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    print(HEAD)
    for bench in BENCHES:
        if (arguments.case and bench.name != arguments.case) or (arguments.quick and not bench.quick):
            continue
        result = measure(bench, arguments.effort, all_weeks=arguments.all_weeks)
        name = bench.name + ("-all-weeks" if arguments.all_weeks else "")
        (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(row(result), flush=True)


if __name__ == "__main__":
    main()
