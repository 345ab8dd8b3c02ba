"""Crews, routes and improvement on weeks given as arrays, against brute force and hand-made cases."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from week_sample import DAY, desk_of, flat_travel, problem_of

from riskplan.progress import Stop
from riskplan.weekly import CrewSize, WeekParams, solve_week
from riskplan.weekly.crews import candidate_sets, compose_teams
from riskplan.weekly.draft import Draft
from riskplan.weekly.improve import fill, mended
from riskplan.weekly.officers import assign_officers
from riskplan.weekly.params import STRATEGIES
from riskplan.weekly.problem import Route, TeamDay, officers_left, officers_sent
from riskplan.weekly.reasons import CAP, Why, departments_short, why_not
from riskplan.weekly.routes import route_teams

PARAMS = WeekParams()


def one_team_week(seed: int, count: int):
    """Return a week of ``count`` visits for one department with two officers and one day."""
    rng = np.random.default_rng(seed)
    hours = [(480, 1080), (540, 720), (780, 1080)]
    rows = []
    for _ in range(count):
        opens, closes = hours[rng.choice(3, p=[0.6, 0.2, 0.2])]
        rows.append((int(rng.integers(30, 150)), opens, closes, [0], [0], int(rng.integers(70, 300)) * 1000))
    spots = rng.uniform(-25, 25, (count, 2))
    return problem_of(rows, flat_travel(spots, [(0, 0)]), [[2]])


def cheapest_day(problem) -> int:
    """Return the least price over every subset and every order of the visits."""
    desk, team = desk_of(problem), TeamDay(0, (0,))
    prices = [desk.total([])]
    for size in range(1, problem.n_visits + 1):
        for chosen in combinations(range(problem.n_visits), size):
            for order in permutations(chosen):
                route = Route(team, order)
                if desk.travel(route) is not None:
                    prices.append(desk.total([route]))
    return min(prices)


@pytest.mark.parametrize("seed", range(12))
def test_a_day_of_five_visits_is_optimal(seed):
    """With one team and at most five visits the week found is as cheap as the best of all subsets and orders."""
    problem = one_team_week(seed, 3 + seed % 3)
    best, status = solve_week(problem, PARAMS, Stop(effort=0.5), seed=1)
    assert status == "feasible"
    assert best.price == best.draft.price() == cheapest_day(problem)


def small_week(seed: int, count: int = 14, officers: int = 4, days: int = 3, departments: int = 3):
    """Return a seeded week with several departments and days."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        needs = rng.choice(departments, rng.integers(1, departments + 1), replace=False).tolist()
        open_days = [d for d in range(days) if rng.random() < 0.8]
        opens, closes = ((480, 1080), (540, 750), (780, 1080))[rng.choice(3, p=[0.6, 0.2, 0.2])]
        rows.append((int(rng.integers(45, 130)), opens, closes, open_days, needs, 100_000))
    spots = rng.uniform(-20, 20, (count, 2))
    travel = flat_travel(spots, rng.uniform(-2, 2, (departments, 2)))
    return problem_of(rows, travel, np.full((days, departments), officers))


@pytest.mark.parametrize("seed", range(6))
def test_every_week_found_is_lawful(seed):
    """Each visit is made once, on an open day, by a team that has its departments; nobody is sent twice."""
    problem = small_week(seed)
    best, _ = solve_week(problem, PARAMS, Stop(effort=0.3), seed=seed)
    desk, routes = best.draft.desk, best.draft.routes
    stops = [i for route in routes for i in route.stops]
    assert len(stops) == len(set(stops))
    assert sorted(stops + best.draft.missing()) == list(range(problem.n_visits))
    for route in routes:
        assert all(problem.open_days[i, route.team.day] for i in route.stops)
        needed = {d for i in route.stops for d in np.flatnonzero(problem.needs[i])}
        assert needed == set(route.team.departments)
        assert len(route.stops) <= problem.day.max_visits
        assert desk.timetable(route) is not None
    assert (officers_left(problem, routes) >= 0).all()
    assert best.draft.left == officers_left(problem, routes).tolist()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_library_and_the_clock_agree(strategy):
    """Routes of the library pass the exact clock as they are: two readings of lunch, windows and shift."""
    for seed in range(4):
        desk = desk_of(small_week(seed))
        teams = [TeamDay(day, (0, 1, 2)) for day in range(3) for _ in range(2)]
        routes = route_teams(desk, teams, strategy, PARAMS, Stop(effort=0.2))
        assert routes
        assert all(desk.timetable(route) is not None for route in routes)
        assert all(desk.suits(i, route.team) for route in routes for i in route.stops)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_library_counts_visits(strategy):
    """Of six short visits beside the office a team-day of at most four makes four."""
    rows = [(10, 480, 1080, [0], [0], 10**6)] * 6
    desk = desk_of(problem_of(rows, flat_travel([(0, 0.1 * k) for k in range(6)], [(0, 0)]), [[2]]))
    routes = route_teams(desk, [TeamDay(0, (0,))], strategy, PARAMS, Stop(effort=0.2))
    assert [len(route.stops) for route in routes] == [4]


def test_a_route_that_the_clock_refuses_is_mended():
    """A wrong order is put right; what can't be driven loses the visit of least penalty, whose crew stays home."""
    travel = flat_travel([(0, 1), (0, 2), (0, 3)], [(0, 0), (1, 0)])
    rows = [
        (60, 780, 1080, [0], [0], 500),
        (60, 480, 720, [0], [0], 500),
        (500, 480, 1080, [0], [1], 100),
    ]
    desk = desk_of(problem_of(rows, travel, [[2, 2]]))
    draft = mended(desk, [Route(TeamDay(0, (0, 1)), (0, 1, 2))])
    assert draft.routes == [Route(TeamDay(0, (0,)), (1, 0))]
    assert draft.missing() == [2]
    assert draft.left == [[0, 2]]


def test_a_visit_may_widen_a_team():
    """A visit of another department joins a team-day when that is cheaper than a team of its own."""
    travel = flat_travel([(0, 20), (1, 20)], [(0, 0), (0, 0)])
    rows = [(60, 480, 1080, [0], [0], 10**6), (60, 480, 1080, [0], [1], 10**6)]
    draft = Draft(desk_of(problem_of(rows, travel, [[2, 2]])))
    fill(draft)
    assert [route.team.departments for route in draft.routes] == [(0, 1)]
    crowded = CrewSize(per_department=2, at_least=2, max_departments=1, max_people=8)
    draft = Draft(desk_of(problem_of(rows, travel, [[2, 2]], crew=crowded)))
    fill(draft)
    assert [route.team.departments for route in draft.routes] == [(0,), (1,)]


def test_crews_are_integer_and_within_the_officers():
    """The crew model never sends an officer twice a day and never a crew that is not whole."""
    problem = replace(small_week(3), free=np.array([[5, 3, 2], [1, 4, 4], [4, 4, 4]], dtype=np.int64))
    teams = compose_teams(desk_of(problem), PARAMS, Stop(effort=0.3), seed=0)
    assert teams
    left = officers_left(problem, [Route(team, (0,)) for team in teams])
    assert (left >= 0).all()
    assert not any(0 in team.departments for team in teams if team.day == 1)


def test_crews_serve_as_many_as_the_hours_allow():
    """Eight visits of two hours near the office need two team-days of four, and get no more."""
    rows = [(75, 480, 1080, [0, 1], [0], 10**6)] * 8
    problem = problem_of(rows, flat_travel([(1, k) for k in range(8)], [(0, 0)]), [[2], [2]])
    assert compose_teams(desk_of(problem), PARAMS, Stop(), seed=0) == (TeamDay(0, (0,)), TeamDay(1, (0,)))


def test_candidate_sets_are_needs_and_their_unions():
    """Sets are the visits' own needs and unions of two within the largest team; own needs are never cut."""
    crew = CrewSize(per_department=2, at_least=2, max_departments=3, max_people=6)
    needed = [(0,), (1, 2), (3,), (1, 2)]
    assert candidate_sets(needed, crew, 40) == ((0,), (0, 1, 2), (0, 3), (1, 2), (1, 2, 3), (3,))
    assert candidate_sets(needed, crew, 1) == ((0,), (1, 2), (3,))


def test_fewest_officers_at_a_gate():
    """One officer a department, two at the gate: a single department sends two, two departments one each."""
    crew = CrewSize(per_department=1, at_least=2, max_departments=4, max_people=8)
    assert officers_sent((4,), crew) == {4: 2}
    assert officers_sent((2, 5), crew) == {2: 1, 5: 1}
    rows = [(60, 480, 1080, [0], [0], 10**6)]
    for free, served in (([[1]], 0), ([[2]], 1)):
        problem = problem_of(rows, flat_travel([(0, 1)], [(0, 0)]), free, crew=crew)
        best, _ = solve_week(problem, PARAMS, Stop(effort=0.2), seed=0)
        assert len(best.draft.routes) == served


def test_officers_with_fewest_days_go_first_and_once_a_day():
    """Two teams of one day share no officer, even when two officers have worked far less than the others."""
    travel = flat_travel([(0, 1), (0, 2)], [(0, 0)])
    desk = desk_of(problem_of([(60, 480, 1080, [0], [0], 10**6)] * 2, travel, [[5]]))
    routes = [Route(TeamDay(0, (0,)), (0,)), Route(TeamDay(0, (0,)), (1,))]
    staff = [[("a", "b", "c", "d", "e")]]
    load = {"a": 9, "b": 0, "c": 9, "d": 0, "e": 3}
    assert assign_officers(desk, routes, staff, load) == [("b", "d"), ("a", "e")]
    with pytest.raises(ValueError, match="'d0' has 1 officers left"):
        assign_officers(desk, [*routes, routes[0]], staff, load)


def finished(problem) -> Draft:
    """Return the solved week."""
    return solve_week(problem, PARAMS, Stop(effort=0.2), seed=0)[0].draft


def test_reason_crew_needs_every_lawful_day():
    """Without a crew on all its days a visit says ``crew`` and which department is short."""
    rows = [(60, 480, 1080, [0, 1], [0, 1], 10**6)]
    travel = flat_travel([(0, 1)], [(0, 0), (0, 0)])
    draft = finished(problem_of(rows, travel, [[2, 1], [2, 0]]))
    assert why_not(draft, 0, None).reason == "crew"
    assert departments_short(draft, 0) == (1,)
    assert not finished(problem_of(rows, travel, [[2, 1], [2, 2]])).missing()


def test_reason_window():
    """No open day, or opening hours shorter than the visit inside the shift, is ``window``; after spacing, ``cap``."""
    travel = flat_travel([(0, 1)], [(0, 0)])
    shut = finished(problem_of([(60, 480, 1080, [], [0], 10**6)], travel, [[2]]))
    assert why_not(shut, 0, None).reason == "window"
    assert why_not(shut, 0, Why(CAP, "spacing")) == ("cap", "spacing", ())
    early = finished(problem_of([(60, 400, 569, [0], [0], 10**6)], travel, [[2]]))
    assert why_not(early, 0, None).reason == "window"


def test_reason_time():
    """Too far for a day, or all teams of its department full, is ``time``."""
    far = finished(problem_of([(60, 480, 1080, [0], [0], 10**6)], flat_travel([(0, 300)], [(0, 0)]), [[2]]))
    assert why_not(far, 0, None).reason == "time"
    rows = [(90, 480, 1080, [0], [0], 10**6)] * 5
    full = finished(problem_of(rows, flat_travel([(0, k) for k in range(5)], [(0, 0)]), [[2]]))
    assert [why_not(full, i, None).reason for i in full.missing()] == ["time"]


def test_a_dearer_visit_displaces_a_cheaper_one():
    """When one of five must stay out, it is the one of least penalty."""
    rows = [(90, 480, 1080, [0], [0], 10**5 * (1 + k)) for k in range(5)]
    draft = finished(problem_of(rows, flat_travel([(0, k) for k in range(5)], [(0, 0)]), [[2]]))
    assert draft.missing() == [0]


def test_same_seed_same_week():
    """Two runs with one seed give the same routes."""
    runs = [solve_week(small_week(8), PARAMS, Stop(effort=0.3), seed=5)[0].draft.routes for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("after", range(1, 9))
def test_an_interrupt_keeps_the_best_so_far(after):
    """Interrupted after any search, the week is whole and no dearer than what had been told by then."""
    told = []

    def listen(event):
        told.append(event)
        if len(told) == after:
            raise KeyboardInterrupt

    best, status = solve_week(small_week(2), PARAMS, Stop(effort=0.2), 0, listen)
    assert (len(told), status) == ((after, "interrupted") if after <= 8 else (8, "feasible"))
    assert best.price <= told[-1].incumbent
    assert best.draft.price() == best.price
    assert {e.phase for e in told} == {"week"}
    assert [e.done for e in told] == list(range(1, after + 1))
    assert told[-1].total == 8


def test_a_wall_clock_limit_ends_early():
    """With the opt-in time limit already over, the first week found is returned."""
    told = []
    best, status = solve_week(small_week(2), PARAMS, Stop(time_limit=0.0), 0, told.append)
    assert status == "feasible"
    assert len(told) < 8
    assert best.draft.price() == best.price


def test_nothing_to_do_and_no_days():
    """A week without visits, or without workdays, is an empty week."""
    travel = flat_travel([], [(0, 0)])
    assert solve_week(problem_of([], travel, [[2]]), PARAMS, Stop(), 0)[0].draft.routes == []
    rows = [(60, 480, 1080, [], [0], 10**6)]
    none = problem_of(rows, flat_travel([(0, 1)], [(0, 0)]), np.zeros((0, 1)))
    assert solve_week(none, PARAMS, Stop(), 0)[0].draft.missing() == [0]


def test_params_check_themselves():
    """A strategy that nobody knows, or a count below its range, is refused by name."""
    with pytest.raises(ValueError, match="strategies"):
        WeekParams(strategies=("BEST",))
    with pytest.raises(ValueError, match="crew_work"):
        WeekParams(crew_work=0)
    with pytest.raises(ValueError, match="team_day_s"):
        WeekParams(team_day_s=-1)


def test_a_problem_checks_its_shapes():
    """An array of the wrong shape is named."""
    with pytest.raises(ValueError, match="penalty_s"):
        problem_of([], flat_travel([], [(0, 0)]), [[2]], penalty_s=np.zeros(3, dtype=np.int64))
    assert DAY.max_visits == 4
