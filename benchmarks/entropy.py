"""Measure how uncertain the week of an unannounced visit is to whoever knows everything but the office's secret.

Usage: ``python -m benchmarks.entropy [--secrets 200] [--effort 1]``, on ``data/yongchun``. One plan is searched; then one
plan is drawn for each of the secrets SHA-256("0"), SHA-256("1"), ... What is known outside: case, rules, code, seed, the
tier, and from the public plan which enterprises are visited how often. The uncertain thing is the week of an enterprise's
n-th visit. Three figures [bits]:

- ``week``: Shannon entropy of the weeks found over the secrets, corrected by (weeks seen - 1) / (2 ln 2 secrets)
  (Miller and Madow 1955). The uncorrected figure is too low on average; the corrected one is still slightly so.
- ``within_quarter``: the same, if the public plan also states the quarter of each visit: H(week) - H(quarter).
- ``others_known``: exact, not estimated: entropy of the weeks if the weeks of *all other* enterprises are known, and
  those of the enterprise's own earlier visits. By the chain rule no knowledge of other weeks leaves less.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import multiprocessing
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.read import RESULTS
from riskplan.annual.compile import YearModel, compile_year
from riskplan.annual.drawing import LABEL, restore
from riskplan.annual.engine import solve_arrays
from riskplan.annual.explain import finish
from riskplan.annual.exposure import domains_of
from riskplan.annual.flatten import flatten
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.annual.secrecy import Drawn, Movable, Walk, drawn_year, movable
from riskplan.annual.state import Placed, YearState
from riskplan.annual.terms import objective_terms
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.joint import merge
from riskplan.plan.secret import Secret
from riskplan.progress import Stop
from riskplan.risk import duties, score
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import TIERS, Rulebook
from riskplan.rules.read import read_rules
from riskplan.version import __version__

ROOT = Path(__file__).resolve().parents[1]
GOAL_BITS = 1.5
EXACT_SECRETS = 5
"""For so many secrets ``others_known`` is computed."""
WEEKS_PER_QUARTER = 13
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    """The plan that all secrets begin with."""

    case: Case
    rules: Rulebook
    model: YearModel
    placed: list[Placed | None]
    announced: dict[str, bool]
    objective: int


def optimised(folder: Path, effort: float) -> Base:
    """Return the best plan of a case, found as ``plan_year`` finds it."""
    case = read_case(folder).as_known()
    rules = read_rules(folder / "rules.toml", case)
    scores = score(case, rules)
    owed = duties(case, rules, scores)
    joint = merge(case, rules, scores, owed)
    domains, _ = domains_of(case, rules, owed, list(scores.table["intensity"]), joint)
    model = compile_year(case, rules, joint, domains, list(scores.table["tier"]), capacity_of(case, rules))
    flat = flatten(model.instance)
    state = flat.state(model.instance, solve_arrays(flat.arrays, stop=Stop(effort=effort), seed=0).plan)
    placed = list(state.placed)
    terms = objective_terms(model, finish(model, state, rules), rules)
    announced = dict(zip(case["items"]["item_id"], case["items"]["announced"], strict=True))
    return Base(case, rules, model, placed, announced, sum(terms.values()))


def drawn(base: Base, who: list[Movable], number: int, share: float) -> tuple[YearState, Drawn]:
    """Return the plan of one secret."""
    secret = Secret(hashlib.sha256(str(number).encode()).digest())
    stream = secret.stream(LABEL, base.case.fingerprint, base.rules.fingerprint)
    state = restore(base.model.instance, base.placed)
    plan = (state, finish(base.model, state, base.rules))
    made = drawn_year(base.model, plan, who, stream, int(base.objective * share))
    return state, made


def unannounced(who: list[Movable]) -> list[tuple[int, int]]:
    """Return (enterprise, n) of every unannounced visit of those who may move."""
    return [(w.i, j) for w in who for j in range(w.schedules.length) if j not in w.held]


def entropy(column: Ints) -> float:
    """Return the corrected Shannon entropy of samples [bits]."""
    _, counts = np.unique(column, return_counts=True)
    chance = counts / counts.sum()
    plain = -float((chance * np.log2(chance)).sum())
    return plain + (len(counts) - 1) / (2 * math.log(2) * len(column))


def others_known(base: Base, state: YearState, who: list[Movable], temperature: float) -> list[float]:
    """Return for every unannounced visit its exact entropy, all other enterprises known [bits]."""
    fresh = restore(base.model.instance, list(state.placed))
    walk = Walk(base.model, (fresh, finish(base.model, fresh, base.rules)))
    result = []
    for w in who:
        old = walk.remove(w.i)
        bits = walk.weigh(w, old.weeks, walk.extra(w), w.heat(temperature)).entropies()
        walk.put(w.i, old)
        result += [bits[j] for j in range(len(bits)) if j not in w.held]
    return result


def lawful_weeks(who: list[Movable]) -> list[int]:
    """Return for every unannounced visit in how many weeks it may stand by itself, before any spacing or capacity."""
    open_weeks = [(w.schedules.node < (1 << 57)).any(axis=0).sum(axis=1) for w in who]
    return [int(o[j]) for w, o in zip(who, open_weeks, strict=True) for j in range(len(o)) if j not in w.held]


def summary(values: Floats) -> dict[str, float]:
    """Return mean, least, tenth percentile and the share that reaches the goal."""
    return {
        "mean": round(float(values.mean()), 3),
        "least": round(float(values.min()), 3),
        "tenth_percentile": round(float(np.quantile(values, 0.1)), 3),
        "share_reaching_goal": round(float((values >= GOAL_BITS).mean()), 4),
    }


_shared: list[tuple[Base, list[Movable], list[tuple[int, int]], float]] = []
"""What all processes work on; they are forked, so it is never copied."""


@dataclass(frozen=True)
class One:
    """What one secret gave: weeks of the unannounced visits, share of the objective spent, exact entropies, seconds."""

    weeks: list[int]
    worse: float
    exact: list[float]
    seconds: float


def _one(number: int) -> One:
    base, who, visits, share = _shared[0]
    begun = time.process_time()
    state, made = drawn(base, who, number, share)
    seconds = time.process_time() - begun
    exact = others_known(base, state, who, made.temperature) if number < EXACT_SECRETS else []
    weeks = [p.weeks[j] for i, j in visits if (p := state.placed[i]) is not None]
    return One(weeks, made.cost / base.objective, exact, seconds)


def measured(base: Base, share: float, asked: argparse.Namespace) -> dict[str, object]:
    """Return all figures."""
    who = movable(base.model, restore(base.model.instance, base.placed), base.announced)
    visits = unannounced(who)
    _shared[:] = [(base, who, visits, share)]
    made: list[One] = []
    begun = time.monotonic()
    with multiprocessing.get_context("fork").Pool(asked.processes) as pool:
        for one in pool.imap(_one, range(asked.secrets)):
            made.append(one)
            if asked.seconds is not None and time.monotonic() - begun > asked.seconds:
                break
    weeks = np.array([m.weeks for m in made])
    costs, exact = [m.worse for m in made], [m.exact for m in made if m.exact]
    week = np.array([entropy(column) for column in weeks.T])
    quarter = np.array([entropy(column) for column in (weeks // WEEKS_PER_QUARTER).T])
    guess = np.array([np.bincount(column).max() / len(made) for column in weeks.T])
    kinds = {
        "week": week,
        "within_quarter": np.maximum(week - quarter, 0.0),
        "others_known": np.array(exact).mean(axis=0),
    }
    tier = np.array([TIERS.index(base.model.tiers[i]) for i, _ in visits])
    groups = {"all": tier >= 0} | {name: tier == t for t, name in enumerate(TIERS)}
    planned = sum(len(p.weeks) for p in base.placed if p is not None)
    return {
        "secrets": len(made),
        "visits": planned,
        "unannounced": len(visits),
        "announced_or_held": planned - len(visits),
        "one_lawful_week": sum(n == 1 for n in lawful_weeks(who)),
        "objective": round(base.objective / UNITS_PER_HAZARD_DAY, 1),
        "worse_mean": round(float(np.mean(costs)), 5),
        "worse_most": round(max(costs), 5),
        "cpu_seconds_each": round(float(np.median([m.seconds for m in made])), 2),
        "bits": {
            group: {"visits": int(of.sum())} | {kind: summary(v[of]) for kind, v in kinds.items()}
            for group, of in groups.items()
            if of.any()
        },
        "best_guess_right": {g: round(float(guess[of].mean()), 3) for g, of in groups.items() if of.any()},
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secrets", type=int, default=200)
    parser.add_argument("--effort", type=float, default=1.0)
    parser.add_argument("--share", type=float, default=None)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=None, help="end with fewer secrets after so long")
    parser.add_argument("--case", type=Path, default=ROOT / "data" / "yongchun")
    parser.add_argument("--out", type=Path, default=RESULTS / "entropy.json")
    asked = parser.parse_args()
    base = optimised(asked.case, asked.effort)
    share = base.rules.objective.secrecy_share if asked.share is None else asked.share
    figures = {
        "version": __version__,
        "python": platform.python_version(),
        "case": base.case.name,
        "effort": asked.effort,
        "share": share,
        **measured(base, share, asked),
    }
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    asked.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
