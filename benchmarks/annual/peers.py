"""Run the planner or one of its peers on one instance, in a process of its own, and judge its plan by ``evaluate``.

Usage: ``python -m benchmarks.annual.peers FOLDER --peer cp-sat-columns --name a1_1000_0 --variant T --seconds 60``. The
process is ended some time after its deadline if the solver does not keep it; such a run has no plan. Peak memory is of the
whole process, model and all.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.annual.careful import first_fit
from benchmarks.annual.evaluate import Data, Ints, base_of, evaluate, read, tables_of
from benchmarks.annual.solvers import SOLVERS, WORKERS, Run

BY_HAND = {"first-fit": False, "first-fit-trips": True}
OWN = "riskplan"
PEERS = (OWN, *BY_HAND, *SOLVERS)
GRACE = 0.5
"""Share of the time allowed that a solver may overrun before it is ended, and a minute more."""


def judged(data: Data, weeks: Ints, variant: str) -> dict[str, Any]:
    """Return the figures of a plan as the evaluator tells them."""
    verdict = evaluate(data, weeks, variant)
    return {
        "objective": verdict.objective,
        "terms": verdict.terms,
        "counts": verdict.counts,
        "violations": len(verdict.violations),
    }


def measure(folder: Path, name: str, peer: str, variant: str, seconds: float) -> dict[str, Any]:
    """Return the figures of one run in this process; costs are above the base [units].

    Parameters
    ----------
    folder, name
        Where the instances are, and which.
    peer
        One of ``PEERS``.
    variant
        ``A1`` or ``T``.
    seconds
        Wall time allowed, reading and building included.
    """
    if peer == OWN:
        from benchmarks.annual import planner  # noqa: PLC0415 - its threads and memory are no other peer's

        return planner.measure(folder, name, variant, seconds, seed=0)
    began = time.monotonic()
    data = read(folder / f"{name}.npz")
    run = Run(data, variant, began, seconds)
    if peer in BY_HAND:
        run.weeks = first_fit(data, variant, trips=BY_HAND[peer])
        run.status = "done"
    else:
        SOLVERS[peer](run)
    took = round(run.clock(), 2)
    base = base_of(data, tables_of(data, variant))
    figures = {"objective": None} if run.weeks is None else judged(data, run.weeks, variant)
    told = [(t, cost - base) for t, cost in run.curve]
    if run.weeks is not None and not told:
        told = [(took, figures["objective"])]
    return {
        **_head(name, peer, variant, seconds),
        **figures,
        "bound": None if run.bound is None else round(run.bound - base, 1),
        "base": base,
        "first_plan_seconds": told[0][0] if told else None,
        "curve": told,
        "build_seconds": run.build_seconds,
        "seconds": took,
        "status": run.status,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _head(name: str, peer: str, variant: str, seconds: float) -> dict[str, Any]:
    workers = 1 if peer in BY_HAND else WORKERS
    return {"solver": peer, "instance": name, "variant": variant, "allowed": seconds, "workers": workers}


def in_own_process(folder: Path, name: str, peer: str, variant: str, seconds: float) -> dict[str, Any]:
    """Return the figures of one run in a process of its own, which is ended if it overruns by far."""
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "result.json"
        command = [
            sys.executable,
            "-m",
            "benchmarks.annual.peers",
            str(folder),
            "--peer",
            peer,
            "--name",
            name,
        ]
        command += ["--variant", variant, "--seconds", str(seconds), "--out", str(target)]
        began = time.monotonic()
        child = subprocess.Popen(command)
        while True:
            ended, _, used = os.wait4(child.pid, os.WNOHANG)
            if ended:
                break
            if time.monotonic() - began > seconds * (1 + GRACE) + 60:
                child.kill()
                _, _, used = os.wait4(child.pid, 0)
                break
            time.sleep(0.05)
        child.returncode = 0
        if target.exists():
            return json.loads(target.read_text(encoding="utf-8"))
    took = round(time.monotonic() - began, 2)
    lost = {"objective": None, "bound": None, "first_plan_seconds": None, "curve": [], "violations": None}
    status = "ended: did not keep its time, or failed"
    peak = used.ru_maxrss // 1024
    head = _head(name, peer, variant, seconds)
    return {**head, **lost, "status": status, "seconds": took, "peak_rss_mb": peak}


def main() -> None:
    """Run the peer that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of a1_*.npz")
    parser.add_argument("--peer", choices=PEERS, required=True)
    parser.add_argument("--name", default="a1_1000_0")
    parser.add_argument("--variant", choices=("A1", "T"), default="T")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--out", type=Path, help="JSON file; printed without")
    given = parser.parse_args()
    result = measure(given.folder, given.name, given.peer, given.variant, given.seconds)
    text = json.dumps(result, indent=1) + "\n"
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
