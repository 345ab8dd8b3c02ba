"""The second engine of a week on arrays: a portfolio of OR-Tools routing searches, whose routes are partitioned together.

It exists to cross-check the compiled engine: it shares the arrays with it, and the set partitioning, not the clock.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from riskplan.progress import Stop
from riskplan.weekly.arrays import Ints, RoutedWeek, WeekArrays
from riskplan.weekly.chains import possible_pairs, routed
from riskplan.weekly.columns import classes_of
from riskplan.weekly.params import STRATEGIES
from riskplan.weekly.pool import Offer, offers_of_week, partition

SOLUTIONS, SECONDS = 150, 20
"""Solutions that one strategy may accept at effort 1; its wall-clock guard [s], which decides nothing on small weeks."""
WORK = 2.0
"""Deterministic time of the set partitioning at effort 1."""


def route_portfolio(week: WeekArrays, stop: Stop, seed: int) -> RoutedWeek:
    """Return the best week of four first-solution strategies with guided local search, recombined.

    Parameters
    ----------
    week
        Week without caps and priorities, which would ruin the search of the library or can't be told to it.
    stop, seed
        Effort; seed of the set partitioning.

    Raises
    ------
    ValueError
        If the week has caps or priorities.
    """
    if len(week.room) or week.priority.any():
        message = "the engine 'ortools' knows neither caps nor priorities"
        raise ValueError(message)
    pairs = possible_pairs(week)
    class_of = classes_of(week, pairs)
    best, offers = routed(week, ((),) * week.team_days), list[Offer]()
    for strategy in STRATEGIES:
        found = routed(week, _RoutingModel(week, pairs).solve(strategy, stop.steps(SOLUTIONS)))
        offers += _offered_to_all(week, class_of, pairs, found)
        best = min(best, found, key=lambda w: w.cost)
    return partition(week, offers, best, WORK * stop.effort, seed).week


def _offered_to_all(week: WeekArrays, class_of: Ints, pairs: np.ndarray, found: RoutedWeek) -> list[Offer]:
    """Return a week's routes, offered to every class that drives as their finder does and may make all their visits."""
    rows = np.stack([
        week.depot, week.shift_start, week.shift_end, week.lunch_from, week.lunch_until, week.lunch_length,
        week.opening, *week.most,
    ])  # fmt: skip
    offers = []
    for r, stops in enumerate(found.routes):
        alone = tuple(stops if k == r else () for k in range(week.team_days))
        alike = (rows == rows[:, [r]]).all(axis=0) & pairs[list(stops)].all(axis=0)
        for offer in offers_of_week(week, class_of, alone):
            offers += [offer._replace(group=int(c)) for c in np.unique(class_of[alike])]
    return offers


class _RoutingModel:
    """The routing model: nodes are the places, vehicles the team-days."""

    def __init__(self, week: WeekArrays, pairs: np.ndarray) -> None:
        self.week, teams = week, week.team_days
        depots = week.depot.tolist()
        self.manager = pywrapcp.RoutingIndexManager(len(week.travel), teams, depots, depots)
        self.routing = pywrapcp.RoutingModel(self.manager)
        # A depot that no team-day starts from would be a node to visit: it is free to leave out.
        spare = sorted(set(range(week.visits, len(week.travel))) - set(depots))
        for place in spare:
            self.routing.AddDisjunction([self.manager.NodeToIndex(place)], 0)
        self.index = [self.manager.NodeToIndex(v) for v in range(week.visits)]
        self._add_costs(pairs)
        self._add_time()
        self._add_loads()

    def _add_costs(self, pairs: np.ndarray) -> None:
        week, routing = self.week, self.routing
        routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(week.travel.tolist()))
        for r, opening in enumerate(week.opening.tolist()):
            routing.SetFixedCostOfVehicle(opening, r)
        for v, index in enumerate(self.index):
            routing.AddDisjunction([index], int(week.penalty[v]))
            routing.VehicleVar(index).SetValues([-1, *np.flatnonzero(pairs[v]).tolist()])

    def _add_time(self) -> None:
        week, routing = self.week, self.routing
        service = np.concatenate([week.service, np.zeros(len(week.travel) - week.visits, dtype=np.int64)])
        transit = routing.RegisterTransitMatrix((week.drive + service[:, None]).tolist())
        end = int(week.shift_end.max())
        routing.AddDimension(transit, end, end, False, "time")
        time = routing.GetDimensionOrDie("time")
        for v, index in enumerate(self.index):
            windows = range(int(week.first_window[v]), int(week.first_window[v + 1]))
            ends = [(int(week.opens[w]), int(week.latest[w])) for w in windows]
            time.CumulVar(index).SetRange(ends[0][0], min(end, ends[-1][1]))
            for (_, last), (first, _) in pairwise(ends):
                time.CumulVar(index).RemoveInterval(last + 1, first - 1)
        stays = [0] * routing.Size()
        for v, index in enumerate(self.index):
            stays[index] = int(week.service[v])
        for r in range(week.team_days):
            for place in (routing.Start(r), routing.End(r)):
                time.CumulVar(place).SetRange(int(week.shift_start[r]), int(week.shift_end[r]))
            if week.lunch_length[r]:
                lunch = (int(week.lunch_from[r]), int(week.lunch_until[r]), int(week.lunch_length[r]))
                rest = routing.solver().FixedDurationIntervalVar(*lunch, False, f"lunch[{r}]")
                time.SetBreakIntervalsOfVehicle([rest], r, stays)

    def _add_loads(self) -> None:
        week, routing = self.week, self.routing
        places = len(week.travel) - week.visits
        for k, (load, most) in enumerate(zip(week.load, week.most, strict=True)):
            transit = routing.RegisterUnaryTransitVector([*load.tolist(), *[0] * places])
            routing.AddDimensionWithVehicleCapacity(transit, 0, most.tolist(), True, f"load[{k}]")

    def solve(self, strategy: str, solutions: int) -> tuple[tuple[int, ...], ...]:
        """Return the routes that one strategy and guided local search find; none where it finds nothing."""
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        kinds = routing_enums_pb2.FirstSolutionStrategy
        parameters.first_solution_strategy = getattr(kinds, strategy)
        metaheuristics = routing_enums_pb2.LocalSearchMetaheuristic
        parameters.local_search_metaheuristic = metaheuristics.GUIDED_LOCAL_SEARCH
        parameters.solution_limit, parameters.time_limit.seconds = solutions, SECONDS
        found = self.routing.SolveWithParameters(parameters)
        return ((),) * self.week.team_days if found is None else self._read(found)

    def _read(self, found: pywrapcp.Assignment) -> tuple[tuple[int, ...], ...]:
        routes = []
        for r in range(self.week.team_days):
            stops, index = [], found.Value(self.routing.NextVar(self.routing.Start(r)))
            while not self.routing.IsEnd(index):
                node = self.manager.IndexToNode(index)
                stops += [node] if node < self.week.visits else []
                index = found.Value(self.routing.NextVar(index))
            routes.append(tuple(stops))
        return tuple(routes)
