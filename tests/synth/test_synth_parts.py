"""Draws, credit codes, polygons and days of the fictional county."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely

from riskplan.case.calendar import horizon_days
from riskplan.synth.catalogue import (
    BIG_SIZES,
    SIZES,
    county_departments,
    departments_of,
    item_by_id,
    items,
    owed_items,
    sectors,
)
from riskplan.synth.credit_code import check_sign, credit_code, organ_sign
from riskplan.synth.days import HISTORY_FIRST, HISTORY_LAST, HORIZON_FIRST, HORIZON_LAST, is_workday
from riskplan.synth.draws import Draws
from riskplan.synth.expectation import Opening, fits
from riskplan.synth.geography import inside_by, make_geography, pull_inside


def test_equal_names_give_equal_streams():
    """A stream depends on its name only."""
    assert np.array_equal(Draws(1, 2).uniform(5), Draws(1, 2).uniform(5))
    assert not np.array_equal(Draws(1, 2).uniform(5), Draws(1, 3).uniform(5))


def test_draws_have_the_right_moments():
    """Normal, lognormal, whole and weighted draws have the means that their names promise."""
    draws = Draws(7)
    assert draws.normal(40_000).mean() == pytest.approx(0.0, abs=0.02)
    assert draws.normal(40_000).std() == pytest.approx(1.0, abs=0.02)
    assert draws.lognormal(0.7, 40_000).mean() == pytest.approx(1.0, abs=0.03)
    assert set(draws.whole(3, 5, 1_000).tolist()) == {3, 4, 5}
    assert np.bincount(draws.choice([1, 0, 3], 40_000))[2] == pytest.approx(30_000, rel=0.02)


def test_samples_are_distinct_and_leave_out_weight_zero():
    """No index comes twice, none of weight zero comes at all."""
    chosen = Draws(3).sample([1.0, 0.0, 2.0, 5.0, 0.0], 4).tolist()
    assert chosen == [0, 2, 3]


def test_check_signs_follow_the_standards():
    """The worked examples of GB 11714 and GB 32100 come out right."""
    assert organ_sign("D2143569") == "X"
    assert check_sign("91350100M000100Y4") == "3"


def test_credit_codes_cannot_be_real():
    """Codes have 18 signs, differ, and their organ code starts with XX."""
    codes = [credit_code(k) for k in range(200)]
    assert len(set(codes)) == 200
    assert all(len(c) == 18 and c[8:10] == "XX" and check_sign(c[:17]) == c[17] for c in codes)


def test_polygons_tile_the_hull_and_hold_their_seats():
    """Township polygons overlap nowhere, leave no gap, and hold their seats and village anchors."""
    geography = make_geography(Draws(1))
    cells = [shapely.Polygon(t.cell) for t in geography.townships]
    whole = shapely.union_all(cells)
    assert sum(c.area for c in cells) == pytest.approx(whole.area, rel=1e-9)
    assert whole.convex_hull.area == pytest.approx(whole.area, rel=1e-9)
    assert all(c.contains(shapely.Point(t.seat)) for c, t in zip(cells, geography.townships, strict=True))
    assert all(cells[v.township].contains(shapely.Point(v.anchor)) for v in geography.villages)


def test_polygons_are_nearest_to_their_own_seat():
    """A point inside a polygon is nearer to its seat than to any other."""
    geography = make_geography(Draws(1))
    seats = np.array([t.seat for t in geography.townships])
    for k, township in enumerate(geography.townships):
        middle = township.cell.mean(axis=0)
        assert np.argmin(np.hypot(*(seats - middle).T)) == k


def test_points_outside_are_pulled_in():
    """A far point ends inside, a near one stays."""
    square = np.array([[0.0, 0.0], [1000.0, 0.0], [1000.0, 1000.0], [0.0, 1000.0]])
    anchor = np.array([500.0, 500.0])
    assert inside_by(square, pull_inside(square, anchor, np.array([9000.0, -4000.0]))) >= 20.0
    assert np.array_equal(pull_inside(square, anchor, np.array([600.0, 400.0])), [600.0, 400.0])


def test_workdays_are_workdays_of_the_public_calendar():
    """No day that the county works on is a public holiday, in the history or in the provisional year."""
    office = pd.DataFrame({"date": pd.Series(dtype="datetime64[s]"), "status": pd.Series(dtype=str)})
    for first, last in ((HISTORY_FIRST, HISTORY_LAST), (HORIZON_FIRST, HORIZON_LAST)):
        days = horizon_days("CN", first, last, office)
        ours = np.array([is_workday(d) for d in days.dates.tolist()])
        assert not (ours & ~days.is_workday).any()
        assert ours.sum() > 0.9 * days.is_workday.sum()


def test_catalogue_keeps_the_gate_narrow():
    """Twenty domains, 20-30 items; at most two departments at small and micro enterprises, four at others."""
    assert len({i.domain for i in items()}) == 20
    assert 20 <= len(items()) <= 30
    assert all(15 <= i.minutes <= 60 for i in items())
    assert 1 <= sum(i.mode == "off_site" for i in items()) <= 2
    for sector in sectors():
        for size in SIZES:
            owed = owed_items(sector, size)
            most = 4 if size in BIG_SIZES else 2
            assert 1 <= len(departments_of(owed)) <= most, sector.sector
            assert all(item_by_id()[i].mode == "on_site" for i in owed)


def test_every_county_department_has_items():
    """Eight county departments share the catalogue; the city and the committee own nothing."""
    assert len(county_departments()) == 8
    assert {i.department_id for i in items()} == set(county_departments())


def test_visits_fit_only_where_spacing_leaves_room():
    """Two visits 120 days apart fit a free year, not one with three open months or a badly fixed visit."""
    assert fits(1, Opening(), dt.date(2026, 11, 1))
    assert not fits(1, Opening(months=(3, 4, 5)), None)
    assert fits(1, Opening(), dt.date(2026, 11, 18), [dt.date(2027, 2, 16)])
    assert not fits(2, Opening(), dt.date(2026, 11, 18), [dt.date(2027, 7, 5)])
