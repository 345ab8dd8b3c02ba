"""The year plan: score, merge, price, construct, improve, prove, explain - and the plan tables."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskplan.annual.account import account, unplanned_rows
from riskplan.annual.certificate import base_cost, exact_bound
from riskplan.annual.certificate_arrays import certificate_arrays, certificate_bytes
from riskplan.annual.compile import YearModel, compile_year
from riskplan.annual.demand import demand_table
from riskplan.annual.drawing import Drawing, Secrecy, drawn_final
from riskplan.annual.dual import Multipliers
from riskplan.annual.engine import Solution, solve_arrays
from riskplan.annual.exchange import exchange
from riskplan.annual.explain import CREWS_WEEK, MINUTES_MONTH, MINUTES_WEEK, Blocks, Final, finish
from riskplan.annual.exposure import domains_of
from riskplan.annual.flatten import flatten
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.annual.late_rows import late_rows
from riskplan.annual.resume import start_of
from riskplan.annual.terms import objective_terms
from riskplan.annual.windows import Windows, waits_of, window_labels
from riskplan.case.tables import Case
from riskplan.joint import JointPlan, merge
from riskplan.joint.lawful import worst_first
from riskplan.plan.secret import Secret
from riskplan.plan.tables import LATE, PLAN_COLUMNS, Plan, empty_table, normalise, unmeetable
from riskplan.progress import OnProgress, Progress, Stop, ignore_progress
from riskplan.risk import Scores, requirements, score
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import TIERS, Rulebook
from riskplan.rules.support import support_of
from riskplan.travel.year import with_year_travel
from riskplan.version import __version__

LONGEST = "longest-interval"
LEFT_TO_THE_WEEK = "left to the week"
SEARCH_SHARE = 0.85
"""Share of an opt-in wall-clock limit after which the search ends where weeks are still to be drawn by a secret."""


@dataclass(frozen=True)
class _Result:
    """What the stages of a year produced."""

    scores: Scores
    duties: pd.DataFrame
    credits: pd.DataFrame
    joint: JointPlan
    model: YearModel
    solution: Solution
    multipliers: Multipliers
    blocks: Blocks
    assumed: int
    secrecy: Secrecy

    @property
    def final(self) -> Final:
        """The plan as dated contents."""
        return self.blocks.final


def plan_year(  # noqa: PLR0913
    case: Case,
    rules: Rulebook,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    on_progress: OnProgress = ignore_progress,
    start: Plan | None = None,
    secret: Secret | None = None,
) -> Plan:
    """Plan a year: every joint visit in a week, within every limit, with a proven bound.

    Parameters
    ----------
    case, rules
        What the office knows and the law it works under.
    stop
        Amount of search; default effort 1.
    seed
        Seed of the search; the same inputs and seed give the same plan.
    on_progress
        Listener.
    start
        A plan of this case to go on from (``--resume``); what of it is no longer lawful is placed anew.
    secret
        The office's secret; with it the weeks of unannounced visits are drawn among near-optimal plans.

    Returns
    -------
    Plan
        Draft visits with weeks, owed duties, scores, what is not planned and why, conflicts, and a manifest with
        objective, bound and gaps. Not covered: days and teams (``plan_week``).
    """
    stop, case = stop or Stop(), case.as_known()
    on_progress(Progress("score"))
    scores = score(case, rules)
    needed = requirements(case, rules, scores)
    owed = needed.duties
    on_progress(Progress("merge"))
    joint = _by_content(merge(case, rules, scores, owed), case, scores)
    domains, assumed = domains_of(case, rules, owed, list(scores.table["intensity"]), joint)
    capacity = capacity_of(case, rules)
    model = compile_year(case, rules, joint, domains, list(scores.table["tier"]), capacity)
    on_progress(Progress("demand", demand=tuple(dataclasses.asdict(load) for load in demand_table(model))))
    flat = flatten(model.instance)
    begin = start_of(case, model, flat, start) if start is not None else None
    searching = stop if secret is None else stop.part(SEARCH_SHARE)
    solution = solve_arrays(flat.arrays, stop=searching, seed=seed, on_progress=on_progress, start=begin)
    state = flat.state(model.instance, solution.plan)
    final, secrecy = finish(model, state, rules), Secrecy.none()
    if secret is not None:
        drawing = Drawing(secret, stop, on_progress)
        state, final, secrecy = drawn_final(case, rules, model, (state, final), drawing)
    exchange(model, state, rules, final)
    blocks, prices = Blocks(model, state, rules, final), flat.multipliers(model.instance, solution.prices)
    found = (scores, owed, needed.credits, joint, model)
    result = _Result(*found, solution, prices, blocks, assumed, secrecy)
    return _to_plan(case, rules, result, (stop.effort, seed))


def _by_content(joint: JointPlan, case: Case, scores: Scores) -> JointPlan:
    """Order enterprises by what they are, not by their ids: renaming ids then changes no price and no bound."""
    place = {e: k for k, e in enumerate(worst_first(case, scores.table))}
    return dataclasses.replace(joint, merged=tuple(sorted(joint.merged, key=lambda m: place[m.e])))


def _to_plan(case: Case, rules: Rulebook, result: _Result, run: tuple[float, int]) -> Plan:
    visits = _visit_rows(case, result, rules.week.window)
    missing = unplanned_rows(case, result.blocks)
    tables = {name: empty_table(name) for name in PLAN_COLUMNS}
    tables |= {
        "visits": normalise("visits", pd.DataFrame(visits)) if visits else empty_table("visits"),
        "duties": result.duties,
        "scores": result.scores.table,
        "unplanned": normalise("unplanned", pd.DataFrame(missing)) if missing else empty_table("unplanned"),
        "conflicts": _conflicts(case, result),
        "credits": result.credits,
    }
    quality, proof = _quality(case, rules, result)
    manifest = _manifest(case, rules, result, tables, run) | quality
    return with_year_travel(case, rules, Plan(tables, manifest, proof))


def _conflicts(case: Case, result: _Result) -> pd.DataFrame:
    """Return the conflict register with what waits longer than it may in this plan."""
    late = late_rows(case, result.blocks, result.duties)
    return (
        pd.concat([result.joint.conflicts, late], ignore_index=True) if len(late) else result.joint.conflicts
    )


def _visit_rows(case: Case, result: _Result, reach: int) -> list[dict[str, object]]:
    frame, model, final = case.enterprises, result.model, result.final
    windows = Windows(model, result.blocks, waits_of(result.duties), reach)
    announced = dict(zip(case["items"]["item_id"], case["items"]["announced"], strict=True))
    rows: list[dict[str, object]] = []
    for i, visits in enumerate(final.visits):
        e = model.merged[i].e
        name = frame["enterprise_id"].iat[e]
        alone = list(window_labels(windows, name, i))
        for n, (week, content) in enumerate(visits, start=1):
            rows.append({
                "visit_id": f"{name}-{case.first_day.year}-{n}",
                "enterprise_id": name,
                "object_kind": "enterprise",
                "township_code": frame["township_code"].iat[e],
                "week": model.weeks.labels[week],
                "date": "",
                "start": -1,
                "team_id": "",
                "departments": content.departments,
                "lead": content.lead,
                "items": content.items,
                "kind": "daily",
                "minutes": content.minutes,
                "stage": "draft",
                "announced": all(announced[item] for item in content.items),
                "window_first": alone[n - 1][0],
                "window_last": alone[n - 1][1],
            })
    return rows


def proving_model(case: Case, rules: Rulebook, result: _Result) -> YearModel:
    """Return the model that bound and base are computed on: its schedules include those that insertions made."""
    model, final = result.model, result.final
    if not final.inserted:
        return model
    merged = list(model.merged)
    for i in sorted(final.inserted):
        used, old = tuple(c for _, c in final.visits[i]), merged[i]
        twice = len({week for week, _ in final.visits[i]}) < len(used)
        merged[i] = dataclasses.replace(
            old,
            schedules=(*old.schedules, used),
            left_out=(*old.left_out, max(0, old.calls - len(used))),
            same_week=frozenset({len(old.schedules)} if twice else ()),
        )
    joint = dataclasses.replace(result.joint, merged=tuple(merged))
    return compile_year(case, rules, joint, model.domains, list(result.scores.table["tier"]), model.capacity)


def proving_prices(found: YearModel, model: YearModel, prices: Multipliers) -> Multipliers:
    """Return prices for the proving model: who is visited twice in a week pays no trips (a trip is paid once there).

    Parameters
    ----------
    found, model
        The model that the prices were found on, and the proving one.
    prices
        Prices of the first.
    """
    if model is found:
        return prices
    link = prices.link.copy()
    link[[i for i, m in enumerate(model.merged) if m.same_week]] = 0
    row = np.zeros(len(model.instance.counters.left))
    for key, start in model.counter_of.items():
        if key in found.counter_of:
            width, old = model.law.rows.counter(key)[0].count, found.counter_of[key]
            row[start : start + width] = prices.row[old : old + width]
    return dataclasses.replace(prices, link=link, row=row)


def _manifest(
    case: Case, rules: Rulebook, result: _Result, tables: dict[str, pd.DataFrame], run: tuple[float, int]
) -> dict[str, Any]:
    return {
        "kind": "riskplan-plan",
        "format": 1,
        "version": __version__,
        "revision": 1,
        "parent": "",
        "case": case.name,
        "case_fingerprint": case.fingerprint,
        "rules": rules.name,
        "rules_fingerprint": rules.fingerprint,
        "as_of": str(case.as_of),
        "horizon": [str(case.first_day), str(case.last_day)],
        "effort": run[0],
        "seed": run[1],
        "provisional_calendar": case.days.provisional,
        "fictional": case.fictional,
        "assumed_last_visits": result.assumed,
        "merge": result.joint.summary.as_dict(),
        "counts": _counts(tables),
        "weeks": {},
        **result.secrecy.facts(),
        **_treatments(rules, result.model),
    }


def _quality(case: Case, rules: Rulebook, result: _Result) -> tuple[dict[str, Any], bytes]:
    """Return objective, bound and gaps, why the search stopped, and the certificate of it all."""
    terms = objective_terms(result.model, result.final, rules)
    proving = proving_model(case, rules, result)
    prices = proving_prices(result.model, proving, result.multipliers)
    upper, priced = sum(terms.values()), exact_bound(proving.instance, prices)
    lower = priced if result.final.inserted else max(priced, result.solution.bound)
    base = base_cost(proving.instance)
    claims = {"bound": priced, "base": base, "objective": upper, **terms}
    sources = (case, rules, normalise("scores", result.scores.table))
    proof = certificate_bytes(certificate_arrays(sources, proving, prices, claims))
    quality = {
        "status": "optimal" if upper == lower else "feasible",
        "stopped_because": result.solution.stopped_because,
        "objective": {"total": _money(upper), "terms": {k: _money(v) for k, v in terms.items()}},
        "bound": _money(lower),
        "bound_of_prices": _money(priced),
        "base": _money(base),
        "gap_controllable": _ratio(upper - lower, upper - base),
        "gap_total": _ratio(upper - lower, upper),
        "search": {
            "dual_iterations": result.solution.steps,
            "moves": result.solution.moves,
            "accepted": result.solution.kept,
        },
        **account(result.blocks, proving, result.multipliers, prices),
        "certificate": hashlib.sha256(proof).hexdigest(),
    }
    return quality, proof


def _treatments(rules: Rulebook, model: YearModel) -> dict[str, Any]:
    """Return how the year treats each limit, what the bound knows only in part, and what is only checked."""
    limits = {row.id: line.year for row in rules.limits if (line := support_of(row.combination()))}
    rest = {
        **{row.id: "exact" for row in rules.quiet},
        MINUTES_WEEK: "exact",
        MINUTES_MONTH: "safe side",
        CREWS_WEEK: "exact",
        "crew": LEFT_TO_THE_WEEK,
        "route": LEFT_TO_THE_WEEK,
        **({LONGEST: "safe side"} if rules.objective.late_share else {}),
    }
    told = {name: LEFT_TO_THE_WEEK if how == "week only" else how for name, how in limits.items()}
    checked = sorted(k for k, v in limits.items() if v == "audit only")
    return {
        "limits": limits,
        "model": told | rest,
        "relaxed_in_the_bound": relaxed_rows(model),
        "checked_not_planned": checked if rules.objective.late_share else [LONGEST, *checked],
    }


def relaxed_rows(model: YearModel) -> list[str]:
    """Return the ids of rows that the plan keeps and the bound knows only in part: premises' rows that can run out."""
    rows = model.law.rows
    return sorted({rows.limits[key[0]].id for key in model.counter_of if rows.private(key)})


def _counts(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    unplanned, conflicts = (
        Counter(tables["unplanned"]["tier"]),
        Counter(unmeetable(tables["conflicts"])["tier"]),
    )
    waiting = tables["conflicts"][tables["conflicts"]["kind"] == LATE]
    late = Counter(waiting["tier"])
    return {
        "enterprises": len(tables["scores"]),
        "duties": int(tables["duties"]["visits"].sum()),
        "visits": len(tables["visits"]),
        "unplanned": {t: unplanned.get(t, 0) for t in TIERS},
        "conflicts": {t: conflicts.get(t, 0) for t in TIERS},
        "late": {t: late.get(t, 0) for t in TIERS},
        "credited": int(tables["credits"]["visits"].sum()),
        "drawn_not_yet": int((tables["duties"]["cause"] == "drawn-not-yet").sum()),
    }


def _money(units: int) -> float:
    return round(units / UNITS_PER_HAZARD_DAY, 3)


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole > 0 else 0.0
