"""Routes over given team-days by a portfolio of searches of the OR-Tools routing library."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from riskplan.progress import Stop
from riskplan.weekly.params import WeekParams
from riskplan.weekly.problem import Desk, Route, TeamDay, whole_minutes

MIN_CHECKS = 30_000
"""Fewest limit checks of one strategy, so that even tiny weeks get their first solution."""


def route_teams(
    desk: Desk, teams: Sequence[TeamDay], strategy: str, params: WeekParams, stop: Stop
) -> list[Route]:
    """Route a week with one first-solution strategy and guided local search.

    The search ends after an amount of work, never by the clock: a number of accepted solutions, and a
    number of limit checks, because guided local search may go on for ever where there is nothing to move.

    Parameters
    ----------
    desk
        The week.
    teams
        Team-days to route.
    strategy
        One of ``riskplan.weekly.params.STRATEGIES``.
    params
        ``solutions``, ``checks_per_visit``.
    stop
        Effort.

    Returns
    -------
    list of Route
        Sorted; team-days without a visit are left out. Not covered: the exact clock, see ``improve.trim``.
    """
    allowed = {
        i: [v for v, team in enumerate(teams) if desk.suits(i, team)] for i in range(desk.problem.n_visits)
    }
    nodes = [i for i, vehicles in allowed.items() if vehicles]
    if not nodes:
        return []
    model = _RoutingModel(desk, teams, nodes)
    model.add_time()
    model.add_most_visits()
    model.add_lunch()
    model.add_allowed(allowed)
    model.add_quotas()
    model.add_officer_caps()
    model.add_costs()
    checks = max(MIN_CHECKS, params.checks_per_visit * len(nodes))
    return model.solve(strategy, stop.steps(params.solutions), stop.steps(checks))


class _RoutingModel:
    """The routing model: nodes 0..k-1 are visits, the rest the depots of the team-days."""

    def __init__(self, desk: Desk, teams: Sequence[TeamDay], visits: Sequence[int]) -> None:
        self.desk, self.teams, self.visits = desk, teams, visits
        problem = desk.problem
        depots = [desk.depot(team.departments) for team in teams]
        used = sorted(set(depots))
        places = [*visits, *(problem.n_visits + d for d in used)]
        homes = [len(visits) + used.index(d) for d in depots]
        self.manager = pywrapcp.RoutingIndexManager(len(places), len(teams), homes, homes)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.seconds = problem.travel_s[places][:, places]
        self.service = [int(problem.minutes[i]) for i in visits] + [0] * len(used)
        self.index = [self.manager.NodeToIndex(k) for k in range(len(visits))]

    def add_time(self) -> None:
        """Service within opening hours and shift; legs rounded up to minutes."""
        problem, day = self.desk.problem, self.desk.problem.day
        minutes = whole_minutes(self.seconds).tolist()
        table = [[stay + leg for leg in row] for stay, row in zip(self.service, minutes, strict=True)]
        transit = self.routing.RegisterTransitMatrix(table)
        self.routing.AddDimension(transit, day.shift_end, day.shift_end, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for v in range(len(self.teams)):
            self.time.CumulVar(self.routing.Start(v)).SetRange(day.shift_start, day.shift_end)
            self.time.CumulVar(self.routing.End(v)).SetRange(day.shift_start, day.shift_end)
        for k, i in enumerate(self.visits):
            latest = min(int(problem.closes[i]), day.shift_end) - self.service[k]
            self.time.CumulVar(self.index[k]).SetRange(max(int(problem.opens[i]), day.shift_start), latest)

    def add_most_visits(self) -> None:
        """At most ``max_visits`` stops a team-day; each arc counts one."""
        self.routing.AddConstantDimension(1, self.desk.problem.day.max_visits + 1, True, "stops")

    def add_lunch(self) -> None:
        """One break a team-day that may interrupt travel or waiting, never a visit."""
        day = self.desk.problem.day
        stays = [0] * self.routing.Size()
        for k, index in enumerate(self.index):
            stays[index] = self.service[k]
        for v in range(len(self.teams)):
            lunch = self.routing.solver().FixedDurationIntervalVar(
                day.lunch_from, day.lunch_until, day.lunch_minutes, False, f"lunch[{v}]"
            )
            self.time.SetBreakIntervalsOfVehicle([lunch], v, stays)

    def add_allowed(self, allowed: dict[int, list[int]]) -> None:
        """``vehicle of visit i`` is a team-day with its departments on one of its days, or none."""
        for k, i in enumerate(self.visits):
            self.routing.VehicleVar(self.index[k]).SetValues([-1, *allowed[i]])

    def add_quotas(self) -> None:
        """``sum of weight [vehicle of visit i is on a day of the quota] <= room``, per quota."""
        solver = self.routing.solver()
        for quota in self.desk.problem.quotas:
            vehicles = [v for v, team in enumerate(self.teams) if team.day in quota.days]
            chosen = [(self.index[self.visits.index(i)], n) for i, n in quota.uses if i in self.visits]
            if vehicles and chosen:
                there = [solver.IsMemberVar(self.routing.VehicleVar(index), vehicles) for index, _ in chosen]
                solver.Add(solver.ScalProd(there, [n for _, n in chosen]) <= quota.room)

    def add_officer_caps(self) -> None:
        """At most so many stops that count for an officer of each team-day, per row; each arc counts its start."""
        for number, cap in enumerate(self.desk.problem.officer_caps):
            counted = [int(cap.counted[i]) for i in self.visits]
            counted += [0] * (len(self.service) - len(counted))
            stops = self.routing.RegisterUnaryTransitVector(counted)
            most = [min(cap.most[d] for d in team.departments) for team in self.teams]
            most = [min(m, len(self.visits)) for m in most]
            self.routing.AddDimensionWithVehicleCapacity(stops, 0, most, True, f"officer_{number}")

    def add_costs(self) -> None:
        """Travel seconds, a price for each team-day, and the penalty of each visit left out."""
        travel = self.routing.RegisterTransitMatrix(self.seconds.tolist())
        self.routing.SetArcCostEvaluatorOfAllVehicles(travel)
        for v, team in enumerate(self.teams):
            self.routing.SetFixedCostOfVehicle(self.desk.price(team.departments), v)
        for k, i in enumerate(self.visits):
            self.routing.AddDisjunction([self.index[k]], int(self.desk.problem.penalty_s[i]))

    def solve(self, strategy: str, solutions: int, checks: int) -> list[Route]:
        """Search and return the routes found, none if the search ended before its first solution.

        Parameters
        ----------
        strategy
            First-solution strategy.
        solutions, checks
            When to end.
        """
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = getattr(routing_enums_pb2.FirstSolutionStrategy, strategy)
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.solution_limit = solutions
        # No Python code runs in this limit, because the library drops what is raised there, an interrupt too.
        ended = chain(repeat(False, checks), repeat(True)).__next__
        self.routing.AddSearchMonitor(self.routing.solver().CustomLimit(ended))
        found = self.routing.SolveWithParameters(parameters)
        return [] if found is None else self._read(found)

    def _read(self, found: pywrapcp.Assignment) -> list[Route]:
        routes = []
        for v, team in enumerate(self.teams):
            stops, index = [], found.Value(self.routing.NextVar(self.routing.Start(v)))
            while not self.routing.IsEnd(index):
                stops.append(self.visits[self.manager.IndexToNode(index)])
                index = found.Value(self.routing.NextVar(index))
            if stops:
                routes.append(Route(team, tuple(stops)))
        return sorted(routes)
