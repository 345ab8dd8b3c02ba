"""Measure every case x phase of the registry; one JSON a case and a Markdown table.

Usage: ``python -m benchmarks.run [--quick] [--case NAME] [--effort 1] [--all-weeks] [--table]``. Seconds are wall clock of
one run on a machine that others may use too, so they are upper bounds; objective, bound and counts repeat exactly.
Nothing in the results names a machine or a path.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.phases import PHASES, Run, year
from benchmarks.registry import BENCHES, Bench
from riskplan.version import __version__

RESULTS = Path(__file__).parent / "results"
LIBRARIES = ("numpy", "pandas", "ortools", "geopandas")


def measure(bench: Bench, effort: float, *, all_weeks: bool) -> dict[str, Any]:
    """Return the figures of one case.

    Parameters
    ----------
    bench
        The case.
    effort
        Amount of search of year and weeks.
    all_weeks
        Route every week; the other efforts are left out then.
    """
    seconds: dict[str, float] = {}
    peak: dict[str, int] = {}
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as target:
        run = Run(bench, effort, all_weeks, bench.folder(Path(target)))
        for name, phase in PHASES.items():
            start = time.perf_counter()
            figures |= phase(run)
            seconds[name] = round(time.perf_counter() - start, 2)
            peak[name] = _peak_mb()
    return {
        "case": bench.name,
        "version": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "cores": os.cpu_count(),
        "effort": effort,
        "seconds": seconds,
        "peak_rss_mb": peak,
        **figures,
        "efforts": {} if all_weeks else _efforts(run, bench, (effort, seconds["year"], figures)),
    }


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _efforts(run: Run, bench: Bench, known: tuple[float, float, dict[str, Any]]) -> dict[str, Any]:
    """Return effort -> seconds, objective, bound and gap of the year plan."""
    keys = ("objective", "bound", "gap_controllable", "unplanned")
    found = {known[0]: {"seconds": known[1], **{k: known[2][k] for k in keys}}}
    for effort in bench.efforts:
        run.effort = effort
        start = time.perf_counter()
        figures = year(run)
        seconds = round(time.perf_counter() - start, 2)
        found[effort] = {"seconds": seconds, **{k: figures[k] for k in keys}}
    return {f"{effort:g}": found[effort] for effort in sorted(found)}


HEAD = (
    "| case | enterprises | calls alone -> joint | planned / left out | controllable cost above what nobody can change: "
    "first-fit -> plan (bound) | gap controllable / whole | violations | year s | audit s | map MB | peak MB |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)
EFFORTS_HEAD = (
    "| case | effort | cost above the base | bound above the base | gap controllable | year s |\n"
    "|---|--:|--:|--:|--:|--:|"
)


def row(r: dict[str, Any]) -> str:
    """Return one line of the Markdown table."""
    hand, plan, bound = (r[k] - r["base"] for k in ("first_fit", "objective", "bound"))
    return (
        f"| {r['case']} | {r['enterprises']:,} | {r['calls_before']:,} -> {r['calls_after']:,} "
        f"| {r['visits']:,} / {r['unplanned'] + r['conflicts']} | {hand:,.0f} -> {plan:,.0f} ({bound:,.0f}) "
        f"| {r['gap_controllable']:.1%} / {r['gap_total']:.2%} | {r['violations']} "
        f"| {r['seconds']['year']:.0f} | {r['seconds']['audit']:.1f} | {r['map_bytes'] / 1e6:.2f} "
        f"| {max(r['peak_rss_mb'].values())} |"
    )


def effort_rows(r: dict[str, Any]) -> list[str]:
    """Return one line per effort of a case."""
    return [
        f"| {r['case']} | {effort} | {f['objective'] - r['base']:,.0f} | {f['bound'] - r['base']:,.0f} "
        f"| {f['gap_controllable']:.1%} | {f['seconds']:.0f} |"
        for effort, f in r["efforts"].items()
    ]


def tables() -> str:
    """Return the Markdown tables of all results at hand."""
    paths = [RESULTS / f"{bench.name}.json" for bench in BENCHES]
    found = [json.loads(p.read_text(encoding="utf-8")) for p in paths if p.exists()]
    lines = [
        HEAD,
        *(row(r) for r in found),
        "",
        EFFORTS_HEAD,
        *(line for r in found for line in effort_rows(r)),
    ]
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave the two large counties out")
    parser.add_argument("--case", help="one case of the registry")
    parser.add_argument("--effort", type=float, default=1.0)
    parser.add_argument("--all-weeks", action="store_true", help="route every week: minutes")
    parser.add_argument("--table", action="store_true", help="print the tables of the results at hand only")
    return parser.parse_args()


def main() -> None:
    """Run the benchmarks named on the command line, each in a process of its own, so that peaks are its own."""
    given = arguments()
    RESULTS.mkdir(exist_ok=True)
    chosen = [b for b in BENCHES if given.case in {None, b.name} and (b.quick or not given.quick)]
    if given.case and not given.table:
        result = measure(chosen[0], given.effort, all_weeks=given.all_weeks)
        name = given.case + ("-all-weeks" if given.all_weeks else "")
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
        print(row(result), flush=True)
        return
    for bench in () if given.table else chosen:
        command = [
            sys.executable,
            "-m",
            "benchmarks.run",
            "--case",
            bench.name,
            "--effort",
            str(given.effort),
        ]
        subprocess.run([*command, *(["--all-weeks"] if given.all_weeks else [])], check=True)
    print(tables())


if __name__ == "__main__":
    main()
