"""Workdays as they really are: make-up days, a week without any, provisional years, the office's own calendar."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskplan.case.calendar import horizon_days

EMPTY = pd.DataFrame({"date": pd.Series([], dtype="datetime64[s]"), "status": pd.Series([], dtype=object)})


def year(number: int, office: pd.DataFrame = EMPTY, country: str = "CN"):
    """Return the days of a calendar year."""
    return horizon_days(country, dt.date(number, 1, 1), dt.date(number, 12, 31), office)


def office(*rows: tuple[str, str]) -> pd.DataFrame:
    """Return an office's calendar table."""
    frame = pd.DataFrame(rows, columns=["date", "status"])
    return frame.astype({"date": "datetime64[s]"})


def works(days, date: str) -> bool:
    """Tell whether a date is a workday."""
    return bool(days.is_workday[int((np.datetime64(date) - days.dates[0]).astype(int))])


@pytest.mark.parametrize("number", [2025, 2026])
def test_published_years_have_248_workdays(number):
    """2025 and 2026 have 248 workdays in China, none of them provisional."""
    days = year(number)
    assert int(days.is_workday.sum()) == 248
    assert len(days.dates) == 365
    assert not days.provisional


def test_make_up_saturdays_are_workdays_and_holidays_are_not():
    """28 February 2026 is a Saturday on which everyone works; the holiday it makes up for is off."""
    days = year(2026)
    assert dt.date(2026, 2, 28).weekday() == 5
    assert works(days, "2026-02-28")
    assert not works(days, "2026-02-17")
    assert not works(days, "2026-10-01")
    assert not works(days, "2026-03-01")
    weekend = (days.dates.astype("datetime64[D]").astype(int) + 3) % 7 >= 5
    assert int(days.is_workday[weekend].sum()) == 6


def test_one_week_of_2026_has_no_workday():
    """One ISO week of 2026 has none; "five days a week" is wrong."""
    days = year(2026)
    monday = (days.dates.astype(int) + 3) // 7
    labels, counts = np.unique(monday, return_inverse=True)
    per_week = np.bincount(counts, weights=days.is_workday)
    whole = np.bincount(counts) == 7
    assert len(labels) == 53
    assert int((per_week[whole] == 0).sum()) == 1


def test_a_year_without_notice_is_provisional():
    """2027's notice is not out: statutory days are computed and the calendar says so."""
    days = year(2027)
    assert days.provisional
    assert not works(days, "2027-01-01")
    assert not works(days, "2027-10-01")
    weekend = (days.dates.astype(int) + 3) % 7 >= 5
    assert not days.is_workday[weekend].any()


def test_the_offices_calendar_overrides_both_ways():
    """A day that the office works is a workday, one that it closes is not; the source says where they come from."""
    days = year(2027, office(("2027-01-02", "work"), ("2027-03-15", "off")))
    assert works(days, "2027-01-02")
    assert not works(days, "2027-03-15")
    assert not days.provisional
    assert "calendar.csv" in days.source
    assert int(days.is_workday.sum()) == int(year(2027).is_workday.sum())


def test_a_horizon_over_two_years_is_provisional_if_one_of_them_is():
    """2026 is published, 2027 is not: a horizon that meets both is provisional, and cut to its days."""
    days = horizon_days("CN", dt.date(2026, 12, 20), dt.date(2027, 1, 10), EMPTY)
    assert days.provisional
    assert len(days.dates) == 22
    assert str(days.dates[0]) == "2026-12-20"


def test_other_countries_have_their_own_days():
    """Illinois keeps Lincoln's birthday and is never provisional; it has no make-up days."""
    days = year(2015, country="US-IL")
    assert not days.provisional
    assert not works(days, "2015-02-12")
    assert not works(days, "2015-07-03")
    assert works(days, "2015-07-06")


def test_an_unknown_country_is_refused():
    """No calendar is made up for a country that has none."""
    with pytest.raises(NotImplementedError):
        year(2026, country="XX")
