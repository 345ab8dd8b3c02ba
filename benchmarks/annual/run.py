"""Measure the planner and its peers on the instances: sizes x seeds x variants x times; one JSON a run, tables in Markdown.

Usage: ``python -m benchmarks.annual.run FOLDER [--sizes 1000 10000] [--seeds 0 1 2] [--variants T A1] [--seconds 60 300]
[--solvers riskplan first-fit cp-sat-columns ...] [--table]``. FOLDER holds ``a1_N_seed.npz``. Runs follow one another, each
in a process of its own with two workers at most. Wall times mean what they say on a quiet machine only. HiGHS needs the
extra ``bench``. Nothing in the results names a machine or a path.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.annual.peers import PEERS, in_own_process
from benchmarks.annual.table import tables

RESULTS = Path(__file__).parents[1] / "results" / "annual"
INSTANT = ("first-fit", "first-fit-trips")
"""Peers that are done at once: run for the first of the times only."""


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of a1_*.npz")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="seeds of the instances")
    parser.add_argument("--variants", nargs="+", choices=("A1", "T"), default=["T", "A1"])
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0, 300.0])
    parser.add_argument("--solvers", nargs="+", choices=PEERS, default=["riskplan"])
    parser.add_argument("--busy", action="store_true", help="note that others use the machine meanwhile")
    parser.add_argument("--table", action="store_true", help="print the tables of the results at hand only")
    return parser.parse_args()


def jobs(given: argparse.Namespace, folder: Path) -> list[tuple[str, str, str, float]]:
    """Return (instance, solver, variant, seconds) of all runs; instances that are not there are left out."""
    return [
        (name, solver, variant, seconds)
        for size in given.sizes
        for seed in given.seeds
        if (folder / f"{(name := f'a1_{size}_{seed}')}.npz").exists()
        for variant in given.variants
        for seconds in given.seconds
        for solver in given.solvers
        if solver not in INSTANT or seconds == given.seconds[0]
    ]


def main() -> None:
    """Run what the command line names and print the tables of everything at hand."""
    given = arguments()
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name, solver, variant, seconds in [] if given.table else jobs(given, given.folder):
        result = in_own_process(given.folder, name, solver, variant, seconds)
        result["quiet"] = not given.busy
        text = json.dumps(result, indent=1) + "\n"
        (RESULTS / f"{name}-{variant}-{solver}-{seconds:g}.json").write_text(text, encoding="utf-8")
        print(name, variant, solver, f"{seconds:g} s:", result["objective"], result["bound"], flush=True)
    print(tables(RESULTS))


if __name__ == "__main__":
    main()
