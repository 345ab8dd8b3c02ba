"""Shares of trips from routed weeks: known coefficients are found again, too few or equal weeks are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskplan.errors import InputError
from riskplan.travel.calibration import (
    LEAST_WEEKS,
    RoutedWeeks,
    calibrate_trips,
    fit_trips,
    planned_trips,
    routed_weeks,
)


def weeks_of(terms, shares):
    """Return routed weeks whose travel is exactly that of the shares."""
    labels = tuple(f"2027-W{k + 1:02d}" for k in range(len(terms)))
    return RoutedWeeks(labels, np.full(len(terms), 9), terms @ np.array(shares), terms)


@pytest.fixture(scope="module")
def routed(hamlet_plan):
    """``hamlet`` with one team a week that drives ten minutes to each visit; not a lawful plan, and needs not be."""
    visits = hamlet_plan.visits
    days = {
        w: str(np.datetime64(pd.Timestamp.fromisocalendar(int(w[:4]), int(w[6:]), 3), "D"))
        for w in visits["week"]
    }
    teams = pd.DataFrame({"team_id": list(days), "date": list(days.values())})
    rows = pd.DataFrame({"team_id": visits["week"], "visit_id": visits["visit_id"], "travel_s": 600})
    rows["seq"] = rows.groupby("team_id").cumcount()
    return hamlet_plan.with_tables(teams=teams, routes=rows)


def test_known_shares_are_found_again():
    """Where travel is made of the three terms, the fit gives their coefficients and explains all."""
    terms = np.random.default_rng(5).uniform(10, 90, (20, 3))
    found = fit_trips(weeks_of(terms, (0.9, 0.23, 0.48)))
    assert (found.linear, found.township_share, found.cluster_share) == (0.9, 0.23, 0.48)
    assert (found.r2, found.part) == (1.0, 1.0)
    assert found.tells


def test_no_share_is_below_nothing():
    """A term that would lower travel gets 0: trips are never paid for."""
    terms = np.random.default_rng(5).uniform(10, 90, (20, 3))
    assert fit_trips(weeks_of(terms, (1.0, 0.3, -0.2))).cluster_share == 0.0


def test_noise_is_not_proposed():
    """Where travel follows distances alone, the shares that a fit finds in the noise are said to be noise."""
    rng = np.random.default_rng(8)
    weeks = weeks_of(rng.uniform(10, 90, (30, 3)), (1.5, 0, 0))
    found = fit_trips(
        RoutedWeeks(weeks.labels, weeks.visits, weeks.travel + rng.normal(0, 9, 30), weeks.terms)
    )
    assert found.p_value > 0.05
    assert not found.tells


@pytest.mark.parametrize(("count", "good"), [(LEAST_WEEKS, True), (LEAST_WEEKS - 1, False)])
def test_a_least_number_of_weeks(count, good):
    """Twelve routed weeks are enough, eleven are refused."""
    weeks = weeks_of(np.random.default_rng(5).uniform(10, 90, (count, 3)), (1, 1, 1))
    if good:
        assert fit_trips(weeks).weeks == count
        return
    with pytest.raises(InputError) as error:
        fit_trips(weeks)
    assert error.value.faults[0].code == "weeks_too_few"


def test_weeks_all_alike_are_refused():
    """Where the terms go together, no fit can tell them apart."""
    size = np.arange(1.0, 21.0)
    with pytest.raises(InputError) as error:
        fit_trips(weeks_of(np.stack([size, 2 * size, size], axis=1), (1, 1, 1)))
    assert error.value.faults[0].code == "weeks_alike"


def test_weeks_of_a_plan(hamlet, hamlet_rules, routed):
    """Every routed week has its visits, its travel, and terms above 0; order of rows does not matter."""
    found = routed_weeks(hamlet, hamlet_rules, routed)
    assert found.visits.sum() == len(routed.visits)
    assert (found.travel == 10 * found.visits).all()
    assert (found.terms > 0).all()
    turned = routed.with_tables(routes=routed["routes"].iloc[::-1])
    assert (routed_weeks(hamlet, hamlet_rules, turned).terms == found.terms).all()


def test_a_plan_without_routes_is_refused(hamlet, hamlet_rules, hamlet_plan):
    """Nothing is estimated from nothing."""
    with pytest.raises(InputError):
        calibrate_trips(hamlet, hamlet_rules, hamlet_plan)
    assert routed_weeks(hamlet, hamlet_rules, hamlet_plan).labels == ()


def test_the_trips_are_those_of_the_year(hamlet, hamlet_rules, hamlet_plan):
    """The same clusters and ways as in the year plan: its own shares give its own term, but for rounded seconds."""
    opened, tours = planned_trips(hamlet, hamlet_rules, hamlet_plan)
    rates = hamlet_rules.objective
    cost = rates.team_minute * (rates.township_trip_share * opened + rates.cluster_trip_share * tours)
    assert cost == pytest.approx(hamlet_plan.manifest["objective"]["terms"]["trips"], rel=2e-3)
