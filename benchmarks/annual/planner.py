"""Run the planner itself on one instance, through the door that takes arrays; same figures as for its peers.

The compiled code is loaded on a tiny year before the clock begins: compiling happens once a machine, not once a plan.
Reading the instance and making the arrays are inside the time. The plan is judged by ``evaluate``.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

from benchmarks.annual import tiny
from benchmarks.annual.a1 import arrays_of, weeks_of
from benchmarks.annual.evaluate import Data, evaluate, read
from riskplan.annual.engine import Solution, solve_arrays
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.progress import Progress, Stop

UNBOUNDED = 10_000.0
"""Effort so large that the clock ends the search."""
THREADS = 2


class _Watch:
    """Notes when each phase begins, and how the bound rises."""

    def __init__(self, began: float) -> None:
        self.began, self.phases, self.bounds = began, dict[str, float](), list[tuple[float, float]]()

    def clock(self) -> float:
        """Return the seconds since the begin."""
        return round(time.monotonic() - self.began, 2)

    def __call__(self, event: Progress) -> None:
        """Note an event."""
        self.phases.setdefault(event.phase, self.clock())
        if event.phase == "dual" and event.bound is not None:
            value = event.bound * UNITS_PER_HAZARD_DAY
            if not self.bounds or value > self.bounds[-1][1]:
                self.bounds.append((self.clock(), value))


def warm_up() -> None:
    """Load the compiled code on a tiny year."""
    solve_arrays(arrays_of(tiny.make(0), "T"), stop=Stop(effort=0.01))


def measure(folder: Path, name: str, variant: str, seconds: float, seed: int) -> dict[str, Any]:
    """Return the figures of one run; costs are above the base [units].

    Parameters
    ----------
    folder, name
        Where the instances are, and which.
    variant
        ``A1`` or ``T``.
    seconds
        Wall time allowed, reading and arrays included.
    seed
        Seed of the search.
    """
    warm_up()
    began = time.monotonic()
    watch = _Watch(began)
    data = read(folder / f"{name}.npz")
    arrays = arrays_of(data, variant)
    watch.phases["arrays"] = watch.clock()
    stop = Stop(effort=UNBOUNDED, time_limit=seconds, started=began)
    solution = solve_arrays(arrays, stop=stop, seed=seed, on_progress=watch)
    took = watch.clock()
    return {
        "solver": "riskplan",
        "instance": name,
        "variant": variant,
        "allowed": seconds,
        "workers": THREADS,
        "seed": seed,
        **_figures(data, variant, solution, weeks_of(data, arrays, solution.plan), watch),
        "seconds": took,
        "status": solution.stopped_because,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _figures(data: Data, variant: str, solution: Solution, weeks: Any, watch: _Watch) -> dict[str, Any]:
    verdict = evaluate(data, weeks, variant)
    base = verdict.base
    return {
        "objective": verdict.objective,
        "terms": verdict.terms,
        "counts": verdict.counts,
        "violations": len(verdict.violations),
        "agrees": solution.cost.total - base == verdict.objective,
        "bound": solution.bound - base,
        "base": base,
        "first_plan_seconds": solution.curve[0][0] if solution.curve else None,
        "curve": [(t, cost - base) for t, cost in solution.curve],
        "bound_curve": [(t, round(value - base)) for t, value in watch.bounds],
        "phases": watch.phases,
        "build_seconds": watch.phases["arrays"],
        "steps": solution.steps,
        "moves": solution.moves,
    }
