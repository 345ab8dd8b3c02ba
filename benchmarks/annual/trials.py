"""What the search's rivals buy: the same plan, the same extra CPU seconds, one trial after another.

Usage: ``python -m benchmarks.annual.trials FOLDER [--instance a1_1000_0] [--variant T] [--trial anneal weeks ...]
[--seconds 30] [--effort 20] [--reheats 0] [--heat 0.06] [--plans FOLDER]``. The engine makes a plan with its prices (kept
in ``--plans``), annealing goes on from it for so many rounds, and then every trial starts from that plan. Trials:
``anneal`` (the engine's own hard annealing, reheated), CP-SAT with complete hints on the enterprises of one ``township``,
of three ``clusters``, of three neighbouring ``weeks``, of three ``scattered`` ones, of a ``department``'s scarce weeks,
whole-township ``columns`` with a CP-SAT master, and ``both``: weeks, then annealing. Plans are judged by ``evaluate``;
seconds are CPU seconds of the process.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.annual.a1 import arrays_of, weeks_of
from benchmarks.annual.blocks import Block, Effort, Patterns, Present
from benchmarks.annual.evaluate import Data, evaluate, read
from benchmarks.annual.recombine import columns
from riskplan.annual.anneal import Annealing
from riskplan.annual.arrays import Ints, YearArrays
from riskplan.annual.engine import solve_arrays
from riskplan.annual.prices import CellPrices
from riskplan.annual.standing import Pattern, measure
from riskplan.progress import Stop

EPOCH = 4096
COLD = 0.0125
"""Last temperature of a round of hard annealing [mean trips]."""
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Start:
    """Year, plan, prices and what they prove [units]; first temperature of a round of hard annealing [mean trips]."""

    year: YearArrays
    plan: Pattern
    prices: CellPrices
    bound: int
    heat: float = 0.06


def annealed(start: Start, seconds: float, seed: int, keep: list[Pattern] | None = None) -> Pattern:
    """Return the best plan of one round of hard annealing.

    Parameters
    ----------
    start
        Where it begins.
    seconds
        CPU seconds.
    seed
        Of the choices.
    keep
        Lawful plans on the way are added to it.
    """
    search = Annealing(start.year, start.prices, seed)
    search.adopt(start.plan)
    best, cost = start.plan.copy(), measure(start.year, start.plan).total
    began = time.process_time()
    while (done := (time.process_time() - began) / seconds) < 1:
        search.epoch(EPOCH if keep is None else EPOCH // 4, start.heat * (COLD / start.heat) ** done)
        now = search.measured()
        if now.over == 0 and keep is not None:
            keep.append(search.pattern.copy())
        if now.over == 0 and now.total < cost:
            best, cost = search.pattern.copy(), now.total
    return best


def standing_in(present: Present, weeks: Bools) -> list[int]:
    """Return who has a visit in some weeks."""
    return [i for i, own in enumerate(present.in_week) if weeks[own].any()]


def weeks_block(present: Present, rng: np.random.Generator) -> tuple[list[int], Bools | None]:
    """Return everybody of three neighbouring weeks, to be moved among these."""
    used = np.flatnonzero(present.in_cluster.any(axis=0))
    first = int(rng.integers(0, max(1, len(used) - 2)))
    weeks = np.zeros(present.year.weeks, dtype=bool)
    weeks[used[first : first + 3]] = True
    return standing_in(present, weeks), weeks


def scattered_block(present: Present, rng: np.random.Generator) -> tuple[list[int], Bools | None]:
    """Return everybody of three weeks anywhere, to be moved among these."""
    used = np.flatnonzero(present.in_cluster.any(axis=0))
    weeks = np.zeros(present.year.weeks, dtype=bool)
    weeks[rng.choice(used, min(3, len(used)), replace=False)] = True
    return standing_in(present, weeks), weeks


def township_block(present: Present, rng: np.random.Generator) -> tuple[list[int], Bools | None]:
    """Return everybody of a township, to be moved anywhere."""
    town = int(rng.integers(0, len(present.year.trip)))
    return np.flatnonzero(present.year.township == town).tolist(), None


def clusters_block(present: Present, rng: np.random.Generator) -> tuple[list[int], Bools | None]:
    """Return everybody of three clusters, to be moved anywhere."""
    some = rng.choice(len(present.year.cluster_township), 3, replace=False)
    return np.flatnonzero(np.isin(present.year.cluster, some)).tolist(), None


def department_block(present: Present, rng: np.random.Generator) -> tuple[list[int], Bools | None]:
    """Return who uses a department in its four scarcest weeks around a drawn one, to be moved anywhere."""
    year, weeks = present.year, np.zeros(present.year.weeks, dtype=bool)
    shared = np.flatnonzero(year.dense & (year.home[: year.families * year.weeks : year.weeks] < 0))
    d = int(rng.choice(shared))
    own = slice(d * year.weeks, (d + 1) * year.weeks)
    fill = present.cells[own] / np.maximum(1, year.capacity[own])
    far = np.abs(np.arange(year.weeks) - int(rng.integers(0, year.weeks)))
    weeks[np.argsort(-fill + 0.01 * far, kind="stable")[:4]] = True
    using = [
        i
        for i in standing_in(present, weeks)
        if any(weeks[w] and d in families_of(year, present, i, j) for j, w in enumerate(present.in_week[i]))
    ]
    return using, None


def families_of(year: YearArrays, present: Present, i: int, j: int) -> set[int]:
    """Return the families that the j-th visit of an enterprise uses."""
    kind = int(year.kind[year.first_visit[present.plan.schedule[i]] + j])
    return set(year.family[year.first_line[kind] : year.first_line[kind + 1]].tolist())


Choice = Callable[[Present, np.random.Generator], tuple[list[int], Bools | None]]
BLOCKS: dict[str, tuple[Choice, int, Effort]] = {
    "weeks": (weeks_block, 300, Effort(0.5, 2)),
    "scattered": (scattered_block, 1000, Effort(0.5, 2)),
    "township": (township_block, 200, Effort(1.0, 2)),
    "clusters": (clusters_block, 100, Effort(1.0, 2)),
    "department": (department_block, 100, Effort(1.0, 2)),
}
"""Who is free, priced cost above the cheapest up to which patterns are offered [units], effort of each CP-SAT."""


def neighbourhoods(start: Start, seconds: float, kind: str, counts: dict[str, int]) -> Pattern:
    """Return the plan after CP-SAT on one neighbourhood after another.

    Parameters
    ----------
    start
        Where it begins.
    seconds
        CPU seconds, listing of patterns included.
    kind
        Key of ``BLOCKS``.
    counts
        How CP-SAT ended is counted here.
    """
    choose, room, effort = BLOCKS[kind]
    began, rng = time.process_time(), np.random.default_rng(0)
    present, patterns = Present(start.year, start.plan), Patterns(start.year, start.prices, 1000)
    while time.process_time() - began < seconds:
        free, weeks = choose(present, rng)
        for i in free:
            present.use(i, -1)
        gain, _, status = Block(present, free, patterns, room, weeks).solve(effort)
        for i in free:
            present.use(i, 1)
        counts[status] = counts.get(status, 0) + 1
        counts["better"] = counts.get("better", 0) + (gain > 0)
    return present.plan


def tried(start: Start, trial: str, seconds: float, counts: dict[str, int]) -> Pattern:
    """Return the plan of a trial."""
    if trial == "anneal":
        return annealed(start, seconds, 100)
    if trial == "columns":
        history: list[Pattern] = [start.plan]
        best = annealed(start, seconds / 2, 100, history)
        counts |= {"states": len(history), "annealed": measure(start.year, best).total}
        result = columns(start.year, best, history, seconds / 2, counts)
        counts["master"] = counts.pop("annealed") - measure(start.year, result).total
        return result
    if trial == "both":
        first = neighbourhoods(start, seconds / 2, "weeks", counts)
        return annealed(replace(start, plan=first), seconds / 2, 100)
    return neighbourhoods(start, seconds, trial, counts)


def begin(year: YearArrays, place: Path, effort: float) -> Start:
    """Return the engine's plan and prices, from a file where it is known already."""
    if not place.exists():
        found = solve_arrays(year, stop=Stop(effort=effort))
        np.savez_compressed(
            place,
            schedule=found.plan.schedule,
            weeks=found.plan.weeks,
            cell=found.prices.cell,
            link=found.prices.link,
            bound=found.bound,
        )
    with np.load(place) as kept:
        plan, prices = Pattern(kept["schedule"], kept["weeks"]), CellPrices(kept["cell"], kept["link"])
        return Start(year, plan, prices, int(kept["bound"]))


def judged(data: Data, start: Start, plan: Pattern, variant: str) -> tuple[int, int]:
    """Return the objective above the base and the bound above it; a broken limit is an error."""
    weeks: Ints = weeks_of(data, start.year, plan)
    verdict = evaluate(data, weeks, variant)
    if verdict.violations:
        raise ValueError(f"{len(verdict.violations)} violations, first {verdict.violations[0]}")
    return verdict.objective, start.bound - verdict.base


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of a1_*.npz")
    parser.add_argument("--instance", default="a1_1000_0")
    parser.add_argument("--variant", choices=("A1", "T"), default="T")
    parser.add_argument("--trial", nargs="+", default=["anneal", *BLOCKS, "columns"])
    parser.add_argument("--seconds", type=float, default=30.0, help="CPU seconds of each trial")
    parser.add_argument("--effort", type=float, default=20.0, help="effort of the engine's plan")
    parser.add_argument("--reheats", type=int, default=0, help="rounds of annealing before the trials")
    parser.add_argument(
        "--heat", type=float, default=0.06, help="first temperature of hard annealing [mean trips]"
    )
    parser.add_argument("--plans", type=Path, default=Path(), help="folder where engine's plans are kept")
    return parser.parse_args()


def main() -> None:
    """Run the trials that the command line names; one line of JSON each."""
    given = arguments()
    data = read(given.folder / f"{given.instance}.npz")
    name = f"trial-{given.instance}-{given.variant}-{given.effort:g}.npz"
    start = begin(arrays_of(data, given.variant), given.plans / name, given.effort)
    start = replace(start, heat=given.heat)
    for k in range(given.reheats):
        better = annealed(start, given.seconds, 10 + k)
        start = replace(start, plan=better)
        print(json.dumps({"round": k, "cost": judged(data, start, better, given.variant)[0]}), flush=True)
    before, bound = judged(data, start, start.plan, given.variant)
    for trial in given.trial:
        counts: dict[str, int] = {}
        began = time.process_time()
        plan = tried(start, trial, given.seconds, counts)
        cpu = time.process_time() - began
        after, _ = judged(data, start, plan, given.variant)
        result = {"trial": trial, "before": before, "after": after, "cpu": round(cpu, 1)}
        result |= {
            "gain_per_second": round((before - after) / cpu, 1),
            "gap": round((after - bound) / after, 4),
        }
        print(json.dumps(result | counts), flush=True)


if __name__ == "__main__":
    main()
