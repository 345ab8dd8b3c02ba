"""The verb: plan one week of a year plan."""

from __future__ import annotations

from riskplan.case.tables import Case
from riskplan.plan.tables import Plan
from riskplan.progress import OnProgress, Progress, Stop, ignore_progress
from riskplan.rules.model import Rulebook
from riskplan.weekly.answer import write_week
from riskplan.weekly.crews import compose_teams
from riskplan.weekly.frame import frame_week
from riskplan.weekly.improve import Best, fill, improve, mended
from riskplan.weekly.legs import keep_travel
from riskplan.weekly.params import WeekParams
from riskplan.weekly.problem import Desk, Prices, WeekProblem
from riskplan.weekly.routes import route_teams

ROUNDS = 2
"""Ruin-and-recreate rounds after the portfolio; each starts from the best week so far."""
FIRST_SHARE = 5
"""One part in so many of all tries goes into a first week, from which the crew model starts."""
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
    recreate with the exact clock, in which teams may still change. Drafts and visits left unrouted before
    are planned anew; issued, pinned, done and unmet ones keep everything, and their officers are taken. A
    visit that can't be routed keeps its week with stage ``unrouted``, and stands in ``unplanned`` with a
    tested reason and the next lawful week.

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
    frame = frame_week(case, rules, plan, week)
    best, status = solve_week(frame.problem, params or WeekParams(), stop or Stop(), seed, on_progress)
    return keep_travel(case, rules, frame, plan, write_week(frame, plan, best.draft, status))


def solve_week(
    problem: WeekProblem, params: WeekParams, stop: Stop, seed: int, on_progress: OnProgress = ignore_progress
) -> tuple[Best, str]:
    """Solve a week given as arrays; return the best week and ``feasible`` or ``interrupted``.

    Parameters
    ----------
    problem
        The week.
    params, stop, seed, on_progress
        As in ``plan_week``.
    """
    best = Best(Desk(problem, Prices(params.team_day_s, params.officer_s)))
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
