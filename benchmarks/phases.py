"""What is measured: one function a phase, in order; each takes and fills the run and returns its figures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.registry import Bench
from riskplan.annual import plan_year
from riskplan.annual.compile import YearModel, compile_year
from riskplan.annual.exposure import domains_of
from riskplan.annual.flatten import flatten
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.annual.primal import first_fit
from riskplan.annual.standing import measure
from riskplan.audit import audit
from riskplan.case.read import read_case
from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint import JointPlan, merge
from riskplan.maps import write_map
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.report import write_workbook
from riskplan.risk import Scores, duties, score
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import Rulebook
from riskplan.rules.read import read_rules
from riskplan.weekly import plan_week

Figures = dict[str, object]


@dataclass
class Run:
    """One case on its way through the phases."""

    bench: Bench
    effort: float
    all_weeks: bool
    folder: Path = field(default_factory=Path)
    case: Case = field(init=False)
    rules: Rulebook = field(init=False)
    scores: Scores = field(init=False)
    joint: JointPlan = field(init=False)
    model: YearModel = field(init=False)
    plan: Plan = field(init=False)

    @property
    def stop(self) -> Stop:
        """Amount of search."""
        return Stop(effort=self.effort)


def read(run: Run) -> Figures:
    """Read case and rulebook."""
    run.case = read_case(run.folder)
    run.rules = read_rules(run.folder / "rules.toml", run.case)
    return {"enterprises": len(run.case.enterprises)}


def score_all(run: Run) -> Figures:
    """Score every enterprise."""
    run.scores = score(run.case, run.rules)
    return {}


def merge_all(run: Run) -> Figures:
    """Merge duties into joint visits."""
    owed = duties(run.case, run.rules, run.scores)
    run.joint = merge(run.case, run.rules, run.scores, owed)
    s = run.joint.summary
    return {
        "calls_before": s.calls_before,
        "calls_after": s.calls_after,
        "calls_bound": s.calls_bound,
        "officer_minutes_before": s.officer_minutes_before,
        "officer_minutes_after": s.officer_minutes_after,
    }


def compile_arrays(run: Run) -> Figures:
    """Turn the year into arrays."""
    owed = duties(run.case, run.rules, run.scores)
    intensity, tiers = list(run.scores.table["intensity"]), list(run.scores.table["tier"])
    domains, _ = domains_of(run.case, run.rules, owed, intensity, run.joint)
    capacity = capacity_of(run.case, run.rules)
    run.model = compile_year(run.case, run.rules, run.joint, domains, tiers, capacity)
    groups = run.model.instance.groups
    return {"schedules": sum(len(g.owner) for g in groups), "array_mb": _megabytes(run.model)}


def _megabytes(model: YearModel) -> float:
    groups = model.instance.groups
    return round(sum(a.nbytes for g in groups for a in (g.node, g.minutes, g.crews)) / 1e6, 1)


def by_hand(run: Run) -> Figures:
    """Plan as an office does by hand: worst tier first, each at its own best week that is still free."""
    flat = flatten(run.model.instance)
    cost = measure(flat.arrays, flat.pattern(first_fit(run.model.instance).placed)).total
    return {"first_fit": round(cost / UNITS_PER_HAZARD_DAY, 3)}


def year(run: Run) -> Figures:
    """Plan the year, from scoring to reasons."""
    run.plan = plan_year(run.case, run.rules, stop=run.stop, seed=0)
    m = run.plan.manifest
    return {
        "visits": m["counts"]["visits"],
        "unplanned": sum(m["counts"]["unplanned"].values()),
        "conflicts": sum(m["counts"]["conflicts"].values()),
        "objective": m["objective"]["total"],
        "bound": m["bound"],
        "base": m["base"],
        "gap_controllable": m["gap_controllable"],
        "gap_total": m["gap_total"],
    }


def weeks(run: Run) -> Figures:
    """Route the first weeks with workdays, or all of them."""
    calendar, planned = Weeks.of(run.case), set(run.plan.visits["week"])
    working = [label for label, days in zip(calendar.labels, calendar.workdays(), strict=True) if days]
    chosen = working if run.all_weeks else working[: run.bench.weeks]
    routed = [week for week in chosen if week in planned]
    for week in routed:
        run.plan = plan_week(run.case, run.rules, run.plan, week, stop=run.stop, seed=0)
    here = run.plan.visits[run.plan.visits["week"].isin(routed)]
    dated = int((here["date"] != "").sum())
    return {
        "weeks_routed": len(routed),
        "visits_of_these_weeks": len(here),
        "visits_dated": dated,
        "share_dated": round(dated / max(len(here), 1), 4),
        "team_days": len(run.plan["teams"]),
        "travel_hours": round(int(run.plan["routes"]["travel_s"].clip(lower=0).sum()) / 3600, 1),
    }


def judge(run: Run) -> Figures:
    """Audit the plan."""
    report = audit(run.case, run.rules, run.plan)
    return {"violations": len(report.violations), "shortfalls": sum(report.shortfalls.values())}


def draw(run: Run) -> Figures:
    """Draw the map."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = write_map(run.case, run.rules, run.plan, Path(folder) / "m.html", lang=run.case.language)
        return {"map_bytes": drawn.stat().st_size}


def workbook(run: Run) -> Figures:
    """Write the workbook."""
    with tempfile.TemporaryDirectory() as folder:
        write_workbook(run.case, run.rules, run.plan, Path(folder) / "p.xlsx", lang=run.case.language)
    return {}


PHASES: dict[str, Callable[[Run], Figures]] = {
    "read": read,
    "score": score_all,
    "merge": merge_all,
    "compile": compile_arrays,
    "first_fit": by_hand,
    "year": year,
    "week": weeks,
    "audit": judge,
    "map": draw,
    "workbook": workbook,
}
"""Phase -> what it does. ``year`` repeats score, merge and compile inside."""
