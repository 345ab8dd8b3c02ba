"""Which departments go out together on which day: numbers of team-days, chosen by CP-SAT before routing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from riskplan.progress import Stop
from riskplan.units import SECONDS_PER_MINUTE
from riskplan.weekly.params import WeekParams
from riskplan.weekly.problem import (
    CrewSize,
    Desk,
    Route,
    TeamDay,
    WeekProblem,
    officers_sent,
    team_size_ok,
    whole_minutes,
)

WAITING_SHARE = 10
"""A department that waits during a visit costs one part in so many of the visit's minutes."""
TOWNSHIP_MINUTES = 10
"""Price of one more township on the round of a department set on a day [min of travel]."""
NEIGHBOURS = 2
"""Nearest visits whose mean travel estimates the way to the next stop."""

Set = tuple[int, ...]
Place = tuple[int, Set]
"""A day and a department set: where team-days are counted and visits assigned."""


@dataclass(frozen=True)
class Estimate:
    """What the crew model believes about travel before there are routes.

    Parameters
    ----------
    work
        shape (n_visits,), int64: service plus the way to the next stop [min].
    trip
        Department set -> minutes of a team-day lost on the way out and back.
    """

    work: npt.NDArray[np.int64]
    trip: dict[Set, int]


def compose_teams(
    desk: Desk, params: WeekParams, stop: Stop, seed: int, hint: Sequence[Route] = ()
) -> tuple[TeamDay, ...]:
    """Choose the team-days of a week.

    Maximises the visits served, weighted by their penalty; then few team-days, few departments that wait
    and few townships a round; then even days. Bounds: officers free of each department and day; hours of a
    team-day less lunch and the way out and back; ``max_visits``.

    Parameters
    ----------
    desk
        The week.
    params
        ``crew_work``, ``max_sets``.
    stop
        Effort.
    seed
        Random seed.
    hint
        Routes of some week; the search starts from their teams.

    Returns
    -------
    tuple of TeamDay
        Sorted; the same team-day may stand there several times. Not covered: opening hours, the order of
        stops.
    """
    known = [route.team.departments for route in hint]
    sets = sorted({*candidate_sets(desk.needed, desk.problem.crew, params.max_sets), *known})
    model = _CrewModel(desk, sets, estimate_travel(desk.problem, desk, sets))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.catch_sigint_signal = False
    solver.parameters.max_deterministic_time = params.crew_work * stop.effort
    built = model.build()
    model.add_hint(hint)
    status = solver.solve(built)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return ()
    teams = [TeamDay(*place) for place, var in model.teams.items() for _ in range(solver.value(var))]
    return tuple(sorted(teams))


def candidate_sets(needed: Sequence[Set], crew: CrewSize, most: int) -> tuple[Set, ...]:
    """Return the department sets that team-days may be made of, sorted.

    All distinct sets that the visits need, and unions of two of them that respect the largest team, those
    first that could serve most visits with fewest departments idle.

    Parameters
    ----------
    needed
        Departments of each visit.
    crew
        Size of a team.
    most
        Most sets; distinct needs are never left out.
    """
    own = sorted(set(needed))
    unions = {tuple(sorted({*a, *b})) for a, b in combinations(own, 2)} - set(own)
    lawful = [s for s in sorted(unions) if team_size_ok(s, crew)]

    def idle(candidate: Set) -> tuple[float, int, Set]:
        served = [len(need) for need in needed if set(need).issubset(candidate)]
        return (-sum(served) / len(candidate), len(candidate), candidate)

    return tuple(sorted(own + sorted(lawful, key=idle)[: max(0, most - len(own))]))


def estimate_travel(problem: WeekProblem, desk: Desk, sets: Sequence[Set]) -> Estimate:
    """Estimate travel per visit and per team-day from the week's own matrix.

    Parameters
    ----------
    problem, desk
        The week.
    sets
        Department sets in question.
    """
    n = problem.n_visits
    minutes = whole_minutes(problem.travel_s)
    between = np.sort(np.where(np.eye(n, dtype=bool), minutes.max(initial=0), minutes[:n, :n]), axis=1)
    near = between[:, :NEIGHBOURS].mean(axis=1) if n > 1 else np.zeros(n)
    trip = {}
    for departments in sets:
        fitting = [i for i in range(n) if set(desk.needed[i]).issubset(departments)]
        office = n + desk.depot(departments)
        out = minutes[office, fitting].mean() + minutes[fitting, office].mean() - near[fitting].mean()
        trip[departments] = max(0, int(out))
    return Estimate(problem.minutes + near.astype(np.int64), trip)


class _CrewModel:
    """Variables of the crew model: ``teams[place]`` counts team-days, ``visits[i, place]`` assigns visits."""

    def __init__(self, desk: Desk, sets: Sequence[Set], estimate: Estimate) -> None:
        self.desk, self.problem, self.estimate = desk, desk.problem, estimate
        self.model = cp_model.CpModel()
        self.teams: dict[Place, cp_model.IntVar] = {}
        self.visits: dict[tuple[int, Place], cp_model.IntVar] = {}
        for day in range(self.problem.n_days):
            for departments in sets:
                self._add_place((day, departments))

    def _add_place(self, place: Place) -> None:
        day, departments = place
        team = TeamDay(day, departments)
        sent = officers_sent(departments, self.problem.crew)
        most = min(int(self.problem.free[day, d]) // count for d, count in sent.items())
        fitting = [i for i in range(self.problem.n_visits) if self.desk.suits(i, team)]
        if not fitting or most < 1:
            return
        name = f"{day}_{'-'.join(map(str, departments))}"
        self.teams[place] = self.model.new_int_var(0, min(most, len(fitting)), f"teams[{name}]")
        for i in fitting:
            self.visits[i, place] = self.model.new_bool_var(f"visit[{i},{name}]")

    def build(self) -> cp_model.CpModel:
        """Add all constraints and the objective [min of travel]; return the model."""
        at: dict[Place, list[int]] = {place: [] for place in self.teams}
        for i, place in self.visits:
            at[place].append(i)
        self._add_hours(at)
        self._add_officers()
        self._add_quotas()
        served = self._add_served()
        cost = [self._price(place[1]) * var for place, var in self.teams.items()]
        cost += [self._waiting(i, place) * var for (i, place), var in self.visits.items()]
        cost += [TOWNSHIP_MINUTES * var for var in self._add_townships(at)]
        missed = [int(self.problem.penalty_s[i]) // SECONDS_PER_MINUTE * var for i, var in served.items()]
        self.model.minimize(sum(cost) + self._add_peak() - sum(missed))
        return self.model

    def add_hint(self, routes: Sequence[Route]) -> None:
        """Start the search from the teams and visits of some routes."""
        teams = Counter((route.team.day, route.team.departments) for route in routes)
        where = {i: (route.team.day, route.team.departments) for route in routes for i in route.stops}
        for place, var in self.teams.items():
            self.model.add_hint(var, teams[place])
        for (i, place), var in self.visits.items():
            self.model.add_hint(var, where.get(i) == place)

    def _price(self, departments: Set) -> int:
        return self.desk.price(departments) // SECONDS_PER_MINUTE + self.estimate.trip[departments]

    def _waiting(self, visit: int, place: Place) -> int:
        waiting = len(place[1]) - len(self.desk.needed[visit])
        return waiting * int(self.problem.minutes[visit]) // WAITING_SHARE

    def _add_served(self) -> dict[int, cp_model.IntVar]:
        """``sum over places of visit[i, place] = served[i]``, i in visits."""
        where: dict[int, list[cp_model.IntVar]] = {}
        for (i, _), var in self.visits.items():
            where.setdefault(i, []).append(var)
        served = {i: self.model.new_bool_var(f"served[{i}]") for i in where}
        for i, chosen in where.items():
            self.model.add(sum(chosen) == served[i])
        return served

    def _add_hours(self, at: dict[Place, list[int]]) -> None:
        """``sum work visit <= hours teams`` and, for k = 1..max_visits, at most k long visits a team-day, per place.

        Long means more than ``hours / (k + 1)``: no k + 1 of these fit, whichever they are. For
        ``max_visits`` all count.
        """
        day = self.problem.day
        shift = day.shift_end - day.shift_start - day.lunch_minutes
        for place, fitting in at.items():
            hours = max(1, shift - self.estimate.trip[place[1]])
            chosen = [self.visits[i, place] for i in fitting]
            work = [min(hours, int(self.estimate.work[i])) for i in fitting]
            self.model.add(sum(w * v for w, v in zip(work, chosen, strict=True)) <= hours * self.teams[place])
            self.model.add(sum(chosen) <= day.max_visits * self.teams[place])
            for k in range(1, day.max_visits):
                long = [v for w, v in zip(work, chosen, strict=True) if w * (k + 1) > hours]
                self.model.add(sum(long) <= k * self.teams[place])
            for cap in self.problem.officer_caps:
                most = min([cap.most[d] for d in place[1]] + [day.max_visits])
                self.model.add(
                    sum(self.visits[i, place] for i in fitting if cap.counted[i]) <= most * self.teams[place]
                )

    def _add_officers(self) -> None:
        """``sum over sets with d of officers sent x teams <= free``, per day and department d."""
        sent = {s: officers_sent(s, self.problem.crew) for _, s in self.teams}
        for day in range(self.problem.n_days):
            for d in range(self.problem.n_departments):
                used = [sent[s][d] * v for (on, s), v in self.teams.items() if on == day and d in sent[s]]
                if used:
                    self.model.add(sum(used) <= int(self.problem.free[day, d]))

    def _add_quotas(self) -> None:
        """``sum over visits and places on the days of a quota of weight x visit[i, place] <= room``, per quota."""
        for quota in self.problem.quotas:
            weight, days = dict(quota.uses), set(quota.days)
            used = [weight[i] * v for (i, (on, _)), v in self.visits.items() if i in weight and on in days]
            if used:
                self.model.add(sum(used) <= quota.room)

    def _add_townships(self, at: dict[Place, list[int]]) -> list[cp_model.IntVar]:
        """``visit[i, place] <= opened[place, township of i]``; return ``opened``."""
        opened: list[cp_model.IntVar] = []
        for place, fitting in at.items():
            for town in sorted({int(self.problem.township[i]) for i in fitting}):
                there = [i for i in fitting if self.problem.township[i] == town]
                opened.append(self.model.new_bool_var(f"opened[{len(opened)}]"))
                self.model.add_max_equality(opened[-1], [self.visits[i, place] for i in there])
        return opened

    def _add_peak(self) -> cp_model.IntVar:
        """``sum over sets of teams <= peak``, per day; return ``peak``."""
        peak = self.model.new_int_var(0, int(self.problem.n_visits), "peak")
        for day in range(self.problem.n_days):
            self.model.add(sum(v for (on, _), v in self.teams.items() if on == day) <= peak)
        return peak
