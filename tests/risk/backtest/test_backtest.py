"""The backtest as a whole: windows, targets, no look ahead, no id, and gains only where there is something to know."""

from __future__ import annotations

import importlib.util
import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.how_many import examples
from tests.risk.models.sample_city import city

from riskplan.errors import RiskplanError
from riskplan.risk.backtest import Backtest, Params, backtest
from riskplan.risk.backtest.windows import require_problems, serious_of, windows_of
from riskplan.risk.inspections import COMPLAINT, OTHER, RECHECK, ROUTINE, Inspections, in_order
from riskplan.risk.learned import BOOSTING, model_of
from riskplan.risk.models import Forecaster, Question, forecasters
from riskplan.risk.models.rates import Rates

MODELS: list[Forecaster] = [*forecasters(), Rates()]
if importlib.util.find_spec("sklearn"):
    MODELS.append(model_of(BOOSTING))
CHEAP = Params(windows=2, length=60)


@pytest.fixture(scope="module")
def town() -> Inspections:
    """Return a town of 120 premises over 700 days."""
    return city()


@pytest.fixture(scope="module")
def judged(town) -> Backtest:
    """Return the default models' backtest of the town."""
    return backtest(town, forecasters(), CHEAP)


def value(result: Backtest, model: str, protocol: str = "origin") -> float:
    """Return a model's days above random over all windows."""
    return next(
        m.above_random.value
        for m in result.measures
        if (m.model, m.protocol, m.window) == (model, protocol, 0)
    )


def test_windows_end_with_the_last_routine_day_and_need_half_a_year_before(town) -> None:
    """Windows are consecutive; those without history before them are left out."""
    windows = windows_of(town, 6, 60, None)
    assert windows[-1].last == town.day[-1]
    assert all(b.first - a.last == 1 for a, b in itertools.pairwise(windows))
    assert len(windows_of(town, 99, 60, None)) == (int(town.day[-1] - town.day[0]) + 1 - 180) // 60
    late = replace(town, kind=np.where(town.day > town.day[-1] - 30, COMPLAINT, ROUTINE))
    assert windows_of(late, 1, 60, None)[0].last <= town.day[-1] - 30


@pytest.mark.parametrize(("share", "rest", "level"), [(0.02, 2, 3), (0.019, 2, 2), (0.019, 0, 0)])
def test_the_worst_severity_that_two_in_a_hundred_reach_is_a_problem(share, rest, level, town) -> None:
    """At 2 % the level counts, below it the next one does; where none is reached any violation counts."""
    count = 1000
    severity = np.where(np.arange(count) < share * count, 3, rest)
    rows = replace(
        town,
        business=np.zeros(count, dtype=np.int64),
        day=np.arange(count),
        kind=np.zeros(count, dtype=np.int64),
        violations=np.ones(count),
        severity=severity,
    )
    assert serious_of(rows, count) == level


def test_only_routine_visits_are_targets(town) -> None:
    """Re-checks, complaints and other visits in a window are never ranked."""
    kind = np.arange(len(town.day)) % 4
    windows = windows_of(replace(town, kind=kind), 2, 60, None)
    assert all((kind[w.rows] == ROUTINE).all() for w in windows)
    assert {RECHECK, COMPLAINT, OTHER} <= set(kind[town.day >= windows[0].first])


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
@given(seed=st.integers(0, 10_000), ahead=st.sampled_from([0, 60]))
@settings(max_examples=examples(3, 25), deadline=None)
def test_poisoning_the_future_changes_no_score(model, seed, ahead) -> None:
    """Findings, kinds and whole inspections from a row's cutoff on may be anything: its score stays."""
    town = city(premises=60, days=500)
    rng = np.random.default_rng(seed)
    origin = int(town.day[0]) + 400
    window = np.flatnonzero((town.day >= origin) & (town.day < origin + 60))
    last = int(rng.integers(origin, origin + 60)) if ahead == 0 else origin
    rows = window[town.day[window] <= last] if ahead == 0 else window
    cutoff = town.day[rows] if ahead == 0 else np.full(len(rows), origin)
    if not len(rows):
        return
    asked = Question(town.business[rows], cutoff, origin, ahead, 3)
    poisoned = _poisoned(town, int(cutoff.max()), rng)
    assert np.array_equal(model.chance(town, asked), model.chance(poisoned, asked))


def _poisoned(town: Inspections, day: int, rng: np.random.Generator) -> Inspections:
    """Return the same past with another future: findings and kinds at random, and a hundred inspections more."""
    keep = town.day < day
    more = 100
    count = int((~keep).sum()) + more
    business = np.concatenate([town.business[~keep], rng.integers(0, len(town.lon), more)])
    days = np.concatenate([town.day[~keep], rng.integers(day, day + 90, more)])
    order = np.argsort(days, kind="stable")
    return replace(
        town,
        business=np.concatenate([town.business[keep], business[order]]),
        day=np.concatenate([town.day[keep], days[order]]),
        kind=np.concatenate([town.kind[keep], rng.integers(0, 4, count)]),
        violations=np.concatenate([town.violations[keep], rng.integers(0, 50, count).astype(float)]),
        severity=np.concatenate([town.severity[keep], rng.integers(0, 4, count)]),
    )


def test_a_window_of_origin_is_judged_without_its_own_findings(town) -> None:
    """Every score of ``origin`` is the same when the window and all after it are turned upside down."""
    windows = windows_of(town, 1, 60, None)
    future = town.day >= windows[0].first
    other = replace(town, violations=np.where(future, town.violations + 9, town.violations))
    one, two = (backtest(t, forecasters(), Params(windows=1)) for t in (town, other))
    origin = [[m for m in t.measures if m.protocol == "origin"] for t in (one, two)]
    assert origin[0] == origin[1]


def test_order_of_rows_and_numbers_of_businesses_change_nothing(town, judged) -> None:
    """Shuffled rows and renumbered businesses give the same result, intervals and all."""
    rng = np.random.default_rng(5)
    rows, number = rng.permutation(len(town.day)), rng.permutation(len(town.lon))
    place = np.argsort(number)
    other = Inspections(
        business=number[town.business[rows]],
        day=town.day[rows],
        kind=town.kind[rows],
        violations=town.violations[rows],
        severity=town.severity[rows],
        lon=town.lon[place],
        lat=town.lat[place],
        traits={},
        opened=town.opened[place],
    )
    assert backtest(in_order(other), forecasters(), CHEAP) == backtest(in_order(town), forecasters(), CHEAP)
    assert judged.windows


def test_as_it_happened_is_zero_and_random_is_the_zero_of_the_scale(judged) -> None:
    """The office's own order finds nothing earlier; random orders stand at 0 above themselves."""
    own = [m for m in judged.measures if m.model == "as_it_happened"]
    assert all(m.days_earlier == pytest.approx(0.0) for m in own)
    assert all(m.above_random.value == 0 for m in judged.measures if m.model == "random")


def test_groups_hold_every_visit_once(judged) -> None:
    """Areas of a history of places sum to its visits and problems."""
    assert sum(g.visits for g in judged.groups) == judged.rows
    assert sum(g.problems for g in judged.groups) == judged.problems
    assert {g.by for g in judged.groups} == {"area"}


def test_a_history_without_any_place_can_be_judged(town) -> None:
    """Missing coordinates leave own history to rank by."""
    nowhere = np.full(len(town.lon), np.nan)
    result = backtest(replace(town, lon=nowhere, lat=nowhere), forecasters(), CHEAP)
    assert [g.name for g in result.groups] == [""]


@pytest.mark.parametrize(("own", "district"), [(1.2, 0.0), (0.3, 1.2)])
def test_the_shipped_model_beats_every_baseline_in_cities_of_each_kind(own, district) -> None:
    """Whether premises differ or districts change: the same code, untuned, stands first."""
    result = backtest(city(400, 1000, 11, own=own, district=district), forecasters(), Params(windows=3))
    assert result.models[0] == "pooled"
    assert value(result, "pooled") > 1.0


@pytest.mark.slow
def test_where_premises_and_districts_both_differ_the_shipped_model_stands_first_on_average() -> None:
    """Over four seeded cities of 400 premises it finds problems earlier than each baseline does."""
    params = Params(windows=3)
    found = [
        backtest(city(400, 1000, s, own=0.9, district=0.9), forecasters(), params) for s in (11, 12, 13, 14)
    ]
    mean = {m.name: float(np.mean([value(r, m.name) for r in found])) for m in forecasters()}
    assert max(mean, key=lambda name: mean[name]) == "pooled"


def test_where_there_is_nothing_to_know_nothing_is_gained() -> None:
    """With findings dealt out at random the interval of the shipped model holds 0."""
    town = city(250, 800, 2, own=0.0, district=0.0)
    result = backtest(town, forecasters(), Params(windows=3))
    days = next(m.above_random for m in result.measures if (m.model, m.window) == ("pooled", 0))
    assert days.low < 0 < days.high


def test_histories_that_cannot_be_judged_are_refused_in_words(town) -> None:
    """Too short, or hardly any problem."""
    with pytest.raises(RiskplanError, match="backtest_too_short"):
        backtest(town.before(int(town.day[0]) + 200), forecasters(), Params())
    with pytest.raises(RiskplanError, match="backtest_no_problems"):
        backtest(replace(town, severity=town.severity * 0), forecasters(), Params(serious=1))


@pytest.mark.parametrize("problems", [4, 5])
def test_five_problems_in_the_windows_are_enough_and_four_are_not(problems, town) -> None:
    """The boundary of what can be judged."""
    windows = windows_of(town, 2, 60, None)
    severity = np.zeros(len(town.day), dtype=np.int64)
    severity[np.concatenate([w.rows for w in windows])[:problems]] = 3
    if problems == 5:
        require_problems(replace(town, severity=severity), windows, 3)
    else:
        with pytest.raises(RiskplanError, match="backtest_no_problems"):
            require_problems(replace(town, severity=severity), windows, 3)
