"""Days, weeks and months: week 53, year boundaries, leap days, weeks cut by the horizon."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.county import County, county, visit
from audit.county_case import case, days, table
from riskplan.audit.dates import (
    NO_DAY,
    calendar_of,
    column_days,
    day_of,
    monday_of,
    monday_of_week,
    month_label,
    week_label,
    year_of,
)
from riskplan.audit.world import World


def two_years() -> County:
    """Return a county over the turn of the year 2026 to 2027, without duties; both days off are kept."""
    made = County(case=case("2026-07-01", "2027-06-30", "2026-07-01"))
    made.case = replace(made.case, days=days("2026-07-01", "2027-06-30", off=("2027-01-01",), on=()))
    made.case = made.case.replace_table("visits", table("visits"))
    made.rules = replace(made.rules, duties=())
    made.scores = county().scores
    return made


def rules_found(made: County) -> set[str]:
    """Return the rules that are broken."""
    return {f.rule for f in made.audit().violations}


@pytest.mark.parametrize(
    ("label", "monday"),
    [
        ("2026-W53", "2026-12-28"),
        ("2027-W01", "2027-01-04"),
        ("2020-W53", "2020-12-28"),
        ("2024-W09", "2024-02-26"),
        ("2027-W53", None),
        ("2027-W00", None),
        ("2027-12", None),
        ("2027-w12", None),
        ("", None),
    ],
)
def test_week_labels_are_read_strictly(label, monday):
    """A label means an ISO week, or nothing; 2027 has no week 53 and 2026 has one."""
    expected = dt.date.fromisoformat(monday).toordinal() if monday else NO_DAY
    assert monday_of_week(label) == expected


@pytest.mark.parametrize("text", ["2027-02-29", "2027-13-01", "2027-1-1", "27-01-01", "tomorrow", ""])
def test_what_is_no_date_is_none(text):
    """Impossible days are no days; the leap day of 2028 is one."""
    assert day_of(text) == NO_DAY
    assert day_of("2028-02-29") == dt.date(2028, 2, 29).toordinal()


@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)))
def test_own_counting_agrees_with_the_standard_library(date):
    """Week, Monday, month and year of any day are those of ``datetime``."""
    day = date.toordinal()
    year, week, weekday = date.isocalendar()
    assert week_label(day) == f"{year}-W{week:02d}"
    assert monday_of(day) == day - weekday + 1
    assert monday_of_week(week_label(day)) == monday_of(day)
    assert (month_label(day), year_of(day)) == (date.isoformat()[:7], date.year)


def test_missing_dates_of_a_column_are_no_days():
    """A date column becomes ordinals; an empty cell no day."""
    frame = table("hazards", {"hazard_id": "h", "date": "2028-02-29"}, {"hazard_id": "i", "date": ""})
    assert column_days(frame["date"]) == [dt.date(2028, 2, 29).toordinal(), NO_DAY]


def test_calendar_of_a_year_that_begins_in_week_53():
    """2027 has 53 buckets; the first, 2026-W53, has no workday; a make-up Saturday counts."""
    calendar = calendar_of(case())
    weeks = calendar.by_week(calendar.workday)
    assert len(calendar.mondays) == 53
    assert (weeks["2026-W53"], weeks["2027-W01"], weeks["2027-W18"], weeks["2027-W52"]) == (0, 5, 3, 5)
    assert calendar.workdays() == 261 - 4 + 1
    assert sum(weeks.values()) == sum(calendar.by_month(calendar.workday).values()) == calendar.workdays()


def test_leap_day_is_a_day_of_february():
    """A horizon with a leap day has 29 days in February, and its workday counts."""
    calendar = calendar_of(case("2028-02-01", "2028-03-31"))
    assert calendar.n_days == 60
    assert calendar.is_workday(dt.date(2028, 2, 29).toordinal())
    assert calendar.by_month(calendar.workday) == {"2028-02": 21, "2028-03": 23}
    week = calendar.week_index[dt.date(2028, 2, 28).toordinal()]
    assert calendar.months_in_weeks(calendar.workday)[:, week].tolist() == [True, True]


def test_undated_visit_of_a_two_year_week_counts_in_both_years():
    """28 December to 3 January has open days in 2026 only, as 1 January is off; with 1 January open it has both."""
    made = two_years()
    made.visits = [visit("v", "E6", "2026-W53")]
    assert World(made.case, made.rules, made.plan()).planned[0].months == ("2026-12",)
    made.case = replace(made.case, days=days("2026-07-01", "2027-06-30", off=(), on=()))
    assert World(made.case, made.rules, made.plan()).planned[0].months == ("2026-12", "2027-01")
    made.visits[0]["date"] = "2027-01-01"
    assert World(made.case, made.rules, made.plan()).planned[0].months == ("2027-01",)


def test_two_year_week_uses_the_caps_of_both_years():
    """One visit in each year and one in the week between them break a cap of one in both years."""
    made = two_years()
    made.case = replace(made.case, days=days("2026-07-01", "2027-06-30", off=(), on=()))
    made.visits = [
        visit("a", "E6", "2026-W40"),
        visit("b", "E6", "2026-W53"),
        visit("c", "E6", "2027-W13"),
    ]
    made.amount("enterprise-spacing", amount={"blue": 30})
    made.amount("organ-enterprise-year", amount={"blue": 3})
    made.amount("enterprise-year", amount={"blue": 1})
    found = [(f.window, f.excess, f.evidence) for f in made.audit().violations]
    assert found == [("2026", 1, ("a", "b")), ("2027", 1, ("b", "c"))]
    made.visits[1]["date"] = "2026-12-31"
    assert [f.window for f in made.audit().violations] == ["2026"]


def test_township_year_and_week_over_the_turn_of_the_year():
    """An undated visit of the two-year week counts in one ISO week, and in both years of its township."""
    made = two_years()
    made.case = replace(made.case, days=days("2026-07-01", "2027-06-30", off=(), on=()))
    made.visits = [visit("a", "E6", "2026-W53"), visit("b", "E5", "2026-W53")]
    made.amount("township-load-year", amount={"T2": 1})
    made.amount("township-load-week", amount={"T2": 1})
    found = [(f.rule, f.window) for f in made.audit().violations]
    assert found == [
        ("township-load-week", "2026-W53"),
        ("township-load-year", "2026"),
        ("township-load-year", "2027"),
    ]


def test_spacing_over_the_turn_of_the_year_is_counted_in_days():
    """Monday of 2027-W01 is one day after Sunday of 2026-W53."""
    made = two_years()
    made.visits = [visit("a", "E1", "2026-W53"), visit("b", "E1", "2027-W01")]
    found = [f for f in made.audit().violations if f.rule == "enterprise-spacing"]
    assert [(f.counted, f.excess) for f in found] == [(1, 59)]


def test_spacing_over_a_leap_day():
    """28 February to 29 April 2028 are 61 days because of the leap day."""
    made = County(case=case("2028-01-01", "2028-12-31", "2028-01-01"))
    made.case = made.case.replace_table("visits", table("visits"))
    made.rules = replace(made.rules, duties=())
    made.scores = county().scores
    made.visits = [
        visit("a", "E1", "2028-W09", date="2028-02-28"),
        visit("b", "E1", "2028-W17", date="2028-04-28"),
    ]
    assert rules_found(made) == set()
    made.amount("enterprise-spacing", amount={"red": 61})
    assert [(f.counted, f.excess) for f in made.audit().violations] == [(60, 1)]


def test_undated_visit_of_a_two_month_week_is_charged_to_both_months():
    """Monday 29 March to Friday 2 April 2027 lie in two months; with a date only one month is charged."""
    made = county()
    made.settings("capacity", minutes_per_day=23, week_flex=10.0)
    made.settings("capacity", other_enforcement_share=0.77)
    for name in ("non_enforcement_share", "reserve_share", "exempt_share"):
        made.settings("capacity", **{name: 0.0})
    made.visits.append(visit("E5-1", "E5", "2027-W13", ("a1",)))
    found = [(f.rule, f.window, f.evidence) for f in made.audit().violations]
    assert found == [
        ("department-month-minutes", "2027-03", ("E3-1", "E4-1", "E5-1")),
        ("department-month-minutes", "2027-04", ("E1-2", "E5-1")),
    ]
    made.visit("E5-1")["date"] = "2027-03-31"
    assert [f.window for f in made.audit().violations] == ["2027-03"]
    made.visit("E5-1")["date"] = "2027-04-01"
    assert [f.window for f in made.audit().violations] == ["2027-04"]


def test_horizon_that_cuts_weeks_has_their_days_only():
    """A horizon from Wednesday to Tuesday has two weeks with three and two workdays."""
    calendar = calendar_of(case("2027-03-10", "2027-03-16", "2027-03-10"))
    assert calendar.by_week(calendar.workday) == {"2027-W10": 3, "2027-W11": 2}
