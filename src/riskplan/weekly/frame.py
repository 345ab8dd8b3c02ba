"""From case and plan to the arrays of one week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.errors import RiskplanError
from riskplan.plan.tables import OFFICE_PLACE, Plan
from riskplan.rules.model import TIERS, Rulebook
from riskplan.travel import Matrix, travel_of
from riskplan.units import SECONDS_PER_MINUTE
from riskplan.weekly.entries import tiers_of
from riskplan.weekly.kept import Kept, keep_teams
from riskplan.weekly.ledger import Ledger
from riskplan.weekly.points import depots_of, located, officers_on_duty, spread_seconds
from riskplan.weekly.problem import CrewSize, WeekProblem
from riskplan.weekly.quotas import WeekLaw, week_law

MOST_PENALTY_MINUTES = 10_000_000
LEAST_TEAM_MINUTE = 1e-6


@dataclass(frozen=True)
class WeekFrame:
    """One week of a plan, ready to be solved, and what is needed to write the answer down.

    Parameters
    ----------
    week
        Label.
    dates
        shape (d,), datetime64[D], workdays.
    kept
        Visits planned anew, and teams that stay.
    problem
        The arrays; visits in the order of ``kept.visits``.
    staff
        staff[day][m] = officers of department m free that day, sorted.
    matrix
        Travel between places: enterprises by their id, offices as ``depot/<department>``.
    tiers
        Tier of each visit's enterprise.
    law
        What the rows leave to the visits planned anew.
    ledger
        All visits; those planned anew do not stand in it.
    """

    week: str
    dates: npt.NDArray[np.datetime64]
    kept: Kept
    problem: WeekProblem
    staff: tuple[tuple[tuple[str, ...], ...], ...]
    matrix: Matrix
    tiers: tuple[str, ...]
    law: WeekLaw
    ledger: Ledger


def frame_week(case: Case, rules: Rulebook, plan: Plan, week: str) -> WeekFrame:
    """Return the arrays of a week.

    Parameters
    ----------
    case, rules, plan
        The plan and its world.
    week
        Label of a week of the horizon.

    Notes
    -----
    Refused with a ``RiskplanError``: a week outside the horizon; a visit that names an enterprise or a
    department that the case lacks.
    """
    dates = workdays_of(case, week)
    return frame_visits(case, rules, plan, keep_teams(case, rules, plan, week, dates), Span(week, dates))


class Span(NamedTuple):
    """The days of a frame: its label, workdays, and the days on which each visit may stand at all (None: all)."""

    week: str
    dates: npt.NDArray[np.datetime64]
    within: npt.NDArray[np.bool_] | None = None


def frame_visits(case: Case, rules: Rulebook, plan: Plan, kept: Kept, span: Span) -> WeekFrame:
    """Return the arrays of some visits that are planned anew on some days, of one week or of several.

    Parameters
    ----------
    case, rules, plan
        The plan and its world.
    kept
        Visits planned anew, and teams that stay.
    span
        The days.
    """
    dates = span.dates
    _check_known(case, kept.visits)
    tiers = tiers_of(case, plan, TIERS[-1])
    ledger = Ledger(case, rules, plan, tiers, frozenset(kept.visits["visit_id"]))
    enterprises = list(kept.visits["enterprise_id"])
    departments = tuple(sorted({d for ds in kept.visits["departments"] for d in ds}))
    staff = _free_staff(case, plan, kept, departments, dates)
    entries = [ledger.entry(v) for v in kept.visits["visit_id"]]
    law = week_law(ledger, entries, dates, departments, span.within)
    own_tiers = tuple(tiers[entry.premises] for entry in entries)
    depots = depots_of(case)
    places = [*enterprises, *(OFFICE_PLACE + d for d in departments)]
    matrix = travel_of(case, rules, dates).matrix(*located(case, depots, places))
    problem = WeekProblem(
        visit_ids=tuple(kept.visits["visit_id"]),
        minutes=kept.visits["minutes"].to_numpy(dtype=np.int64),
        open_days=law.open_days,
        needs=np.array(
            [[d in ds for d in departments] for ds in kept.visits["departments"]], dtype=bool
        ).reshape(len(enterprises), len(departments)),
        penalty_s=np.array([penalty_seconds(rules, tier) for tier in own_tiers], dtype=np.int64),
        departments=departments,
        free=np.array([[len(names) for names in row] for row in staff], dtype=np.int64).reshape(
            len(dates), len(departments)
        ),
        has_office=np.array([depots.has_office[d] for d in departments], dtype=bool),
        travel_s=spread_seconds(matrix, places),
        day=rules.day,
        crew=_crew_size(rules),
        quotas=law.quotas,
        officer_caps=law.officer_caps,
        **_places(case, enterprises),
    )
    return WeekFrame(span.week, dates, kept, problem, staff, matrix, own_tiers, law, ledger)


def penalty_seconds(rules: Rulebook, tier: str) -> int:
    """Return the price of leaving a visit out: two shifts, plus its unplanned cost in team-minutes [s].

    The two shifts make every visit worth a team-day of its own.

    Parameters
    ----------
    rules
        ``objective``, ``day``.
    tier
        Tier of the enterprise.
    """
    minutes = rules.objective.unplanned.get(tier, 0.0) / max(rules.objective.team_minute, LEAST_TEAM_MINUTE)
    two_shifts = 2 * (rules.day.shift_end - rules.day.shift_start)
    return SECONDS_PER_MINUTE * (two_shifts + math.ceil(min(minutes, MOST_PENALTY_MINUTES)))


def workdays_of(case: Case, week: str) -> npt.NDArray[np.datetime64]:
    """Return the workdays of a week, shape (d,).

    Parameters
    ----------
    case
        Its calendar.
    week
        Label.

    Raises
    ------
    RiskplanError
        If the week does not meet the horizon.
    """
    weeks = Weeks.of(case)
    if week not in weeks.labels:
        code = "week.unknown"
        raise RiskplanError(code, week=week, first=case.first_day, last=case.last_day)
    return weeks.dates[weeks.is_workday & (weeks.week_of_day == weeks.index(week))]


def _check_known(case: Case, visits: pd.DataFrame) -> None:
    enterprises = set(case.enterprises["enterprise_id"])
    departments = set(case["departments"]["department_id"])
    for visit, enterprise, needed in zip(
        visits["visit_id"], visits["enterprise_id"], visits["departments"], strict=True
    ):
        if enterprise not in enterprises:
            code = "week.unknown_enterprise"
            raise RiskplanError(code, visit=visit, enterprise=enterprise)
        for department in needed:
            if department not in departments:
                code = "week.unknown_department"
                raise RiskplanError(code, visit=visit, department=department)


def _free_staff(
    case: Case, plan: Plan, kept: Kept, departments: Sequence[str], dates: npt.NDArray[np.datetime64]
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return officers on duty who are in no team that stays, by day and department."""
    duty = officers_on_duty(case, dates)
    busy: dict[str, set[str]] = {}
    teams = plan["teams"][~plan["teams"]["team_id"].isin(kept.dropped)]
    for date, officers in zip(teams["date"], teams["officers"], strict=True):
        busy.setdefault(date, set()).update(officers)
    return tuple(
        tuple(tuple(o for o in duty[d][k] if o not in busy.get(str(day), ())) for d in departments)
        for k, day in enumerate(dates)
    )


def _places(case: Case, enterprises: Sequence[str]) -> dict[str, npt.NDArray[np.int64]]:
    """Return opening hours and township number of enterprises."""
    rows = case.enterprises.set_index("enterprise_id").loc[list(enterprises)]
    _, township = np.unique(rows["township_code"].to_numpy(dtype=str), return_inverse=True)
    return {
        "opens": rows["opens"].to_numpy(dtype=np.int64),
        "closes": rows["closes"].to_numpy(dtype=np.int64),
        "township": township.astype(np.int64),
    }


def _crew_size(rules: Rulebook) -> CrewSize:
    crew = rules.crew
    return CrewSize(
        per_department=crew.officers_per_department,
        at_least=crew.min_officers,
        max_departments=max(crew.max_departments.values()),
        max_people=max(crew.max_people.values()),
    )
