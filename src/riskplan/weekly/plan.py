"""The verb: plan one week of a year plan."""

from __future__ import annotations

from collections.abc import Callable

from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.progress import OnProgress, Progress, Stop, ignore_progress
from riskplan.rules.model import Rulebook
from riskplan.weekly.ahead import look_ahead
from riskplan.weekly.answer import write_week
from riskplan.weekly.crews import compose_teams
from riskplan.weekly.draft import Draft
from riskplan.weekly.frame import frame_week
from riskplan.weekly.improve import Best, fill, improve, mended
from riskplan.weekly.legs import keep_travel
from riskplan.weekly.moves import Moves, after_moves, with_lawful_windows
from riskplan.weekly.params import WeekParams
from riskplan.weekly.problem import Desk, Prices, WeekProblem
from riskplan.weekly.routes import route_teams

ROUNDS = 2
"""Ruin-and-recreate rounds after the portfolio; each starts from the best week so far."""
FIRST_SHARE = 5
"""One part in so many of all tries goes into a first week, from which the crew model starts."""
AHEAD_SHARE = 0.5
"""Share of an opt-in wall-clock limit that planning two weeks together may use up."""
FEASIBLE, INTERRUPTED = "feasible", "interrupted"


def plan_week(  # noqa: PLR0913
    case: Case,
    rules: Rulebook,
    plan: Plan,
    week: str,
    *,
    params: WeekParams | None = None,
    stop: Stop | None = None,
    seed: int = 0,
    on_progress: OnProgress = ignore_progress,
) -> Plan:
    """Give the visits of one week their day, team and time.

    Crews first (CP-SAT), then routes over the team-days by a portfolio of OR-Tools searches, then ruin and
    recreate with the exact clock, in which teams may still change. Before that, the week and the one after are
    planned together, and visits whose window holds both weeks change over where that saves travel (decision
    0013). Drafts and visits left unrouted before are planned anew; issued, pinned, done and unmet ones keep
    everything, and their officers are taken. A visit that can't be routed keeps its week with stage
    ``unrouted``, and stands in ``unplanned`` with a tested reason and the next lawful week.

    Parameters
    ----------
    case, rules, plan
        A year plan and its world.
    week
        Label such as ``2027-W12``.
    params
        How hard to search.
    stop
        Effort; the opt-in wall clock is looked at between searches.
    seed
        Same input and seed, same plan.
    on_progress
        Told after each search; an interrupt (Ctrl-C) ends with the best week so far.

    Returns
    -------
    Plan
        A new plan. Not covered: a bound; whether a later ``offered_week`` can be routed.

    Notes
    -----
    Refused with a ``RiskplanError``: a week outside the horizon; a plan that names what the case lacks.
    """
    params, stop, plan = params or WeekParams(), stop or Stop(), with_lawful_windows(plan, rules)
    moves, interrupted = Moves(), False
    if params.windows and rules.week.window:
        try:
            moves = look_ahead(case, rules, plan, week, (params, stop.part(AHEAD_SHARE), seed))
        except KeyboardInterrupt:
            stop, interrupted = stop.at_once(), True
    moved = after_moves(plan, moves)
    frame = frame_week(case, rules, moved, week)
    best, status = solve_week(frame.problem, params, stop, seed, on_progress, moves.start(frame))
    if moves.moved and not moves.hold(frame, best.draft):
        moves, moved, frame = Moves(), plan, frame_week(case, rules, plan, week)
        best, status = solve_week(frame.problem, params, stop, seed, on_progress)
    written = write_week(frame, moved, best.draft, INTERRUPTED if interrupted else status, moves)
    return keep_travel(case, rules, frame, moved, written)


def solve_week(
    problem: WeekProblem,
    params: WeekParams,
    stop: Stop,
    seed: int,
    on_progress: OnProgress = ignore_progress,
    start: Callable[[Desk], Draft] | None = None,
) -> tuple[Best, str]:
    """Solve a week given as arrays; return the best week and ``feasible`` or ``interrupted``.

    Parameters
    ----------
    problem
        The week.
    params, stop, seed, on_progress
        As in ``plan_week``.
    start
        Makes a first week, where something is known already.
    """
    best = Best(Desk(problem, Prices(params.team_day_s, params.officer_s)))
    if start is not None:
        best.offer(start(best.draft.desk))
    status = FEASIBLE
    try:
        _search(best, params, stop, seed, on_progress)
    except KeyboardInterrupt:
        status = INTERRUPTED
    finished = best.draft.copy()
    fill(finished)
    best.offer(finished)
    return best, status


def _search(best: Best, params: WeekParams, stop: Stop, seed: int, on_progress: OnProgress) -> None:
    desk = best.draft.desk
    if not desk.problem.n_visits or not desk.problem.n_days:
        return
    total = 2 + len(params.strategies) + ROUNDS
    tries = stop.steps(params.tries)
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        on_progress(Progress("week", done, total, incumbent=float(best.price)))

    improve(best, tries // FIRST_SHARE, stop, seed)
    tell()
    teams = compose_teams(desk, params, stop, seed, best.draft.routes)
    tell()
    for strategy in params.strategies:
        if stop.out_of_time():
            return
        routed = mended(desk, route_teams(desk, teams, strategy, params, stop))
        fill(routed)
        best.offer(routed)
        tell()
    for k in range(ROUNDS):
        improve(best, tries // ROUNDS, stop, seed + 1 + k)
        tell()
