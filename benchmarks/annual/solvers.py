"""General solvers on the whole year: CP-SAT on two models, HiGHS on one; each with a deadline, none with a plan at start.

A solver tells every better plan that it finds (seconds since the process began to read, cost) and leaves its best plan and
bound. Building the model counts as its time, as it does for the planner.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.annual import columns
from benchmarks.annual.evaluate import Data, Ints

WORKERS = 2


@dataclass
class Run:
    """One run of a solver; it fills what is below the line.

    Parameters
    ----------
    data, variant
        Instance.
    began, seconds
        Clock at the begin [s, monotonic] and seconds allowed from there.
    build_seconds, status
        How long building took; what the solver said.
    curve
        (seconds, whole cost) of each better plan.
    weeks
        Best plan, None without one.
    bound
        Whole cost that the solver proves no plan beats, None where it says nothing.
    """

    data: Data
    variant: str
    began: float
    seconds: float
    # filled:
    build_seconds: float = 0.0
    status: str = "not started"
    curve: list[tuple[float, int]] = field(default_factory=list)
    weeks: Ints | None = None
    bound: float | None = None

    def clock(self) -> float:
        """Return the seconds since the begin."""
        return time.monotonic() - self.began

    def built(self) -> float:
        """Note that the model is built; return the seconds that are left."""
        self.build_seconds = round(self.clock(), 2)
        return max(0.0, self.seconds - self.clock())

    def better(self, cost: float) -> None:
        """Note a better plan."""
        self.curve.append((round(self.clock(), 2), round(cost)))


def cp_sat_columns(run: Run) -> None:
    """Solve the model of nodes and arcs (all patterns) by CP-SAT."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - HiGHS and OR-Tools do not share a process

    model, cp = columns.build(run.data, run.variant), cp_model.CpModel()
    proto = cp.proto
    for top in model.upper.tolist():
        proto.variables.add().domain.extend((0, top))
    start, index = model.rows.indptr.tolist(), model.rows.indices
    amount = model.rows.data.astype(np.int64)
    low, high = (_whole(part) for part in (model.low, model.high))
    for r in range(len(low)):
        linear = proto.constraints.add().linear
        linear.vars.extend(index[start[r] : start[r + 1]].tolist())
        linear.coeffs.extend(amount[start[r] : start[r + 1]].tolist())
        linear.domain.extend((low[r], high[r]))
    priced = np.flatnonzero(model.cost)
    proto.objective.vars.extend(priced.tolist())
    proto.objective.coeffs.extend(model.cost[priced].tolist())
    response = _cp_sat(run, cp)
    if response is not None:
        run.weeks = model.weeks_of(np.array(response.response_proto.solution, dtype=np.float64))


def _whole(limit: np.ndarray) -> list[int]:
    far = float(1 << 40)
    return np.clip(limit, -far, far).astype(np.int64).tolist()


def cp_sat_weeks(run: Run) -> None:
    """Solve the model of a literal for each visit and week by CP-SAT."""
    from benchmarks.annual import by_week  # noqa: PLC0415 - as above

    model = by_week.build(run.data, run.variant)
    solver = _cp_sat(run, model.cp)
    if solver is not None:
        run.weeks = model.weeks_of(solver, len(run.data["n_visits"]))


def _cp_sat(run: Run, model: Any) -> Any:
    """Run CP-SAT until the deadline; returns the solver if it has a plan."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - as above

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            run.better(self.objective_value)

    left = run.built()
    if left <= 0:
        run.status = "no time left after building"
        return None
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.max_time_in_seconds = left
    solver.parameters.random_seed = 0
    status = solver.solve(model, Listener())
    run.status = solver.status_name(status)
    run.bound = solver.best_objective_bound if solver.best_objective_bound > -1e17 else None
    return solver if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None


def highs_columns(run: Run) -> None:
    """Solve the model of nodes and arcs (all patterns) by HiGHS."""
    import highspy  # noqa: PLC0415 - as above

    model, highs = columns.build(run.data, run.variant), highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", WORKERS)
    highs.setOptionValue("random_seed", 0)
    highs.passModel(_highs_model(highspy, model))
    highs.cbMipImprovingSolution += lambda event: run.better(event.data_out.objective_function_value)
    left = run.built()
    if left <= 0:
        run.status = "no time left after building"
        return
    highs.setOptionValue("time_limit", left)
    highs.run()
    run.status = highs.modelStatusToString(highs.getModelStatus())
    info = highs.getInfo()
    run.bound = info.mip_dual_bound if abs(info.mip_dual_bound) < 1e17 else None
    if abs(info.primal_solution_status) == 2:
        run.weeks = model.weeks_of(np.array(highs.getSolution().col_value))


def _highs_model(highspy: Any, model: columns.Model) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.rows.shape[1], model.rows.shape[0]
    lp.col_cost_, lp.offset_ = model.cost.astype(np.float64), float(model.offset)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(model.cost)), model.upper.astype(np.float64)
    lp.row_lower_, lp.row_upper_ = model.low, model.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = model.rows.indptr, model.rows.indices
    lp.a_matrix_.value_ = model.rows.data
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(model.cost)
    return lp


SOLVERS: dict[str, Callable[[Run], None]] = {
    "cp-sat-columns": cp_sat_columns,
    "cp-sat-weeks": cp_sat_weeks,
    "highs-columns": highs_columns,
}
"""Name of a peer -> what it does."""
