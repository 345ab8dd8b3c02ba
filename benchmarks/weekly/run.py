"""Measure the week's engine: instances x seeds x CPU seconds; one JSON a run, a table in Markdown.

Usage: ``python -m benchmarks.weekly.run FOLDER [--names S24 W60 ...] [--seeds 0 1 2] [--seconds 10 30] [--cap 3]
[--table]``; ``--solomon`` reads Solomon instances (``R101.txt``) instead. Seconds are CPU seconds of the search after
warm-up, on one core.
Every answer is re-checked by ``benchmarks.weekly.evaluate`` (weeks) or below (Solomon). Nothing names a machine or a path.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.weekly.evaluate import week_faults
from benchmarks.weekly.instances import (
    WEEKS,
    read_solomon,
    read_week,
    solomon_arrays,
    solomon_cost,
    week_arrays,
)
from riskplan.progress import Stop
from riskplan.version import __version__
from riskplan.weekly.routing import WeekRoutes, solve_week

RESULTS = Path(__file__).parents[1] / "results" / "weekly"


@dataclass(frozen=True)
class CpuStop(Stop):
    """A stop by the CPU seconds of this process, so that a busy machine changes little."""

    begun: float = field(default_factory=time.process_time)

    def share_used(self) -> float:
        """Return the share of the limit that is used."""
        return (time.process_time() - self.begun) / (self.time_limit or 1e9)

    def out_of_time(self) -> bool:
        """Tell whether the limit is used up."""
        return self.share_used() >= 1.0


def figures(name: str, seed: int, seconds: float, found: WeekRoutes) -> dict[str, Any]:
    """Return what every JSON holds."""
    return {
        "instance": name, "seed": seed, "seconds": seconds, "version": __version__, "ortools": version("ortools"),
        "cost": found.week.cost, "dropped": len(found.week.dropped), "bound": found.bound,
        "stopped_because": found.stopped_because, "moves": found.moves, "columns": found.columns,
        "routes": [list(stops) for stops in found.week.routes],
    }  # fmt: skip


def measure_week(folder: Path, name: str, seed: int, seconds: float, cap: int) -> dict[str, Any]:
    """Return the figures of one run on a week."""
    data = read_week(folder, name)
    arrays = week_arrays(data, cap)
    begun = time.process_time()
    found = solve_week(arrays, stop=CpuStop(time_limit=seconds), seed=seed)
    used = time.process_time() - begun
    cost, dropped, faults = week_faults(data, found.week.routes, cap)
    if faults or (cost, dropped) != (found.week.cost, len(found.week.dropped)):
        message = f"{name}: the evaluator disagrees: {cost}, {dropped}, {faults[:3]}"
        raise ValueError(message)
    given = data["lower_bound"]
    more = {
        "cpu_seconds": round(used, 2),
        "cap": cap,
        "given_bound": given,
        "gap_given": round(cost / given - 1, 5),
    }
    return {**figures(name, seed, seconds, found), **more}


def measure_solomon(folder: Path, name: str, seed: int, seconds: float) -> dict[str, Any]:
    """Return the figures of one run on a Solomon instance, re-checked here."""
    arrays, rows = solomon_arrays(folder / f"{name}.txt"), read_solomon(folder / f"{name}.txt")
    begun = time.process_time()
    found = solve_week(arrays, stop=CpuStop(time_limit=seconds), seed=seed)
    used, listed = time.process_time() - begun, solomon_cost(folder / f"{name}.sol")
    cost = _solomon_cost(rows, found.week.routes)
    if cost != found.week.cost:
        message = f"{name}: the evaluator says {cost}, the engine {found.week.cost}"
        raise ValueError(message)
    more = {"cpu_seconds": round(used, 2), "listed": listed, "gap_listed": round(cost / listed - 1, 5)}
    return {**figures(name, seed, seconds, found), **more}


def _solomon_cost(instance: tuple[np.ndarray, int, int], routes: tuple[tuple[int, ...], ...]) -> int:
    """Return the length [tenths] of lawful routes that serve everybody once; -1 otherwise."""
    rows, _, capacity = instance
    seen, cost = sorted(v for stops in routes for v in stops), 0
    if seen != list(range(len(rows) - 1)):
        return -1
    for stops in routes:
        here, now = 0, 0
        if rows[[v + 1 for v in stops], 3].sum() > capacity:
            return -1
        for there in [*(v + 1 for v in stops), 0]:
            leg = int(10 * float(np.hypot(*(rows[here, 1:3] - rows[there, 1:3]))) + 1e-9)
            cost, now = cost + leg, max(now + leg, 10 * int(rows[there, 4]))
            if now > 10 * rows[there, 5]:
                return -1
            now += 10 * int(rows[there, 6])
            here = there
    return cost


def table() -> str:
    """Return the Markdown table of all results at hand."""
    lines = [
        "| instance | CPU s given | seed | CPU s used | cost | left out | proven bound | to own bound % "
        "| to the given bound % | stopped |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        r = json.loads(path.read_text(encoding="utf-8"))
        own = f"{100 * (r['cost'] / r['bound'] - 1):.2f}" if r["bound"] else "-"
        gap = 100 * r.get("gap_given", r.get("gap_listed", 0.0))
        lines.append(
            f"| {r['instance']}{' cap ' + str(r['cap']) if r.get('cap') else ''} | {r['seconds']:g} | {r['seed']} "
            f"| {r['cpu_seconds']:.1f} | {r['cost']:,} | {r['dropped']} | {r['bound'] or '-'} | {own} | {gap:.2f} "
            f"| {r['stopped_because']} |"
        )
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", nargs="+", default=list(WEEKS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 30.0])
    parser.add_argument("--cap", type=int, default=0, help="most visits of a township on a day")
    parser.add_argument("--solomon", action="store_true")
    parser.add_argument("--table", action="store_true", help="print the table of the results at hand only")
    return parser.parse_args()


def main() -> None:
    """Run what the command line names and print the table of everything at hand."""
    given = arguments()
    RESULTS.mkdir(parents=True, exist_ok=True)
    if not given.table:
        name = given.names[0]
        warm = (
            solomon_arrays(given.folder / f"{name}.txt")
            if given.solomon
            else week_arrays(read_week(given.folder, name))
        )
        solve_week(warm, stop=Stop(effort=0.01))  # by effort: a limit would end while kernels are compiled
    for name in [] if given.table else given.names:
        for seconds in given.seconds:
            for seed in given.seeds:
                if given.solomon:
                    result = measure_solomon(given.folder, name, seed, seconds)
                else:
                    result = measure_week(given.folder, name, seed, seconds, given.cap)
                text = json.dumps(result) + "\n"
                label = f"{name}-cap{given.cap}" if given.cap else name
                (RESULTS / f"{label}-{seconds:g}s-{seed}.json").write_text(text, encoding="utf-8")
                print(
                    label,
                    f"{seconds:g} s",
                    seed,
                    {k: v for k, v in result.items() if k != "routes"},
                    flush=True,
                )
    print(table())


if __name__ == "__main__":
    main()
