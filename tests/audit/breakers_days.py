"""Breakers of workdays, weeks and alarms (S1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from audit.breaking import Broken
from audit.county import County, changed, county, limit, visit
from riskplan.rules.model import Filter, QuietRule

NO_WORKDAY = ("department-week-minutes", "department-week-crews")
"""Rules that a visit in a week without a workday breaks as well."""


def on_day(date: str, week: str) -> County:
    """Return a county in which E6 is visited on a given day."""
    made = county()
    made.visit("E6-1").update(date=date, week=week)
    return made


def workday_holiday() -> Broken:
    """Break it: a Monday that is a day off."""
    return Broken(on_day("2027-05-03", "2027-W18"), "workday", 1, ("E6-1",))


def workday_saturday() -> Broken:
    """Break it: a Saturday that is not made up."""
    return Broken(on_day("2027-05-15", "2027-W19"), "workday", 1, ("E6-1",))


def workday_past() -> Broken:
    """Break it: a workday before as_of."""
    made = on_day("2027-01-06", "2027-W01")
    made.case = replace(made.case, as_of=made.case.first_day.replace(day=7))
    return Broken(made, "workday", 1, ("E6-1",))


def workday_outside() -> Broken:
    """Break it: a day of the first week that lies before the horizon."""
    return Broken(on_day("2026-12-31", "2026-W53"), "workday", 1, ("E6-1",), also=NO_WORKDAY)


def workday_weekday() -> Broken:
    """Break it: a Wednesday at an enterprise that is closed on Wednesdays."""
    made = on_day("2027-06-23", "2027-W25")
    made.change("enterprises", "E6", closed_days=(3,))
    return Broken(made, "workday", 1, ("E6-1",))


def workday_month() -> Broken:
    """Break it: an undated visit in June at an enterprise that is open in March only."""
    made = county()
    made.change("enterprises", "E6", open_months=(3,))
    return Broken(made, "workday", 1, ("E6-1",))


def workday_closure() -> Broken:
    """Break it: an undated visit in a week that a closure covers."""
    made = county()
    made.rows("closures", {"enterprise_id": "E6", "first": "2027-06-21", "last": "2027-06-25"})
    return Broken(made, "workday", 1, ("E6-1",))


def workday_empty_week() -> Broken:
    """Break it: a week without a workday; it has no officer-minutes either."""
    made = county()
    made.move("E6-1", "2026-W53")
    return Broken(made, "workday", 1, ("E6-1",), also=NO_WORKDAY)


def workday_spared() -> County:
    """Keep it: a make-up Saturday; and a week of which closures and weekdays leave Friday."""
    made = on_day("2027-05-08", "2027-W18")
    made.move("E2-1", "2027-W20")
    made.change("enterprises", "E2", closed_days=(1, 2, 3, 4, 6, 7), open_months=(5, 11))
    made.rows("closures", {"enterprise_id": "E2", "first": "2027-05-10", "last": "2027-05-20"})
    return made


def quiet(last: int) -> County:
    """Return a county in which the days of the month up to one are quiet for blue premises; E6 is seen on 22 June."""
    made = on_day("2027-06-22", "2027-W25")
    row = QuietRule("quiet", "per_month", per_month=last, filter=Filter(tiers=("blue",)))
    made.rules = replace(made.rules, quiet=(row,))
    return made


def quiet_day() -> Broken:
    """Break it: the last quiet day of the month."""
    return Broken(quiet(22), "quiet", 1, ("E6-1",))


def week_label() -> Broken:
    """Break it: a week that 2027 does not have."""
    made = county()
    made.visits.append(visit("E5-1", "E5", "2027-W53"))
    return Broken(made, "week-label", 1, ("E5-1",))


def week_label_spared() -> County:
    """Keep it: the last week that 2027 has."""
    made = county()
    made.visits.append(visit("E5-1", "E5", "2027-W52"))
    return made


def week_of_date() -> Broken:
    """Break it: a date of the week after."""
    return Broken(changed("E6-1", date="2027-06-28"), "week-of-date", 1, ("E6-1",))


def week_window() -> Broken:
    """Break it: a visit one week after the last of its window."""
    windows = {"window_first": "2027-W23", "window_last": "2027-W24"}
    return Broken(changed("E6-1", **windows), "week-window", 1, ("E6-1",))


def week_window_spared() -> County:
    """Keep it: a visit in the last week of its window."""
    return changed("E6-1", window_first="2027-W23", window_last="2027-W25")


def alarm(window: str, amount: int) -> County:
    """Return a county with an alarm, and an exempt and a planned visit to E6 on one day."""
    made = on_day("2027-06-23", "2027-W25")
    made.rows(
        "visits",
        {
            "visit_id": "case-6",
            "object_id": "E6",
            "date": "2027-06-23",
            "departments": ("A",),
            "kind": "case",
            "fixed": True,
        },
    )
    made.rules = replace(
        made.rules,
        limits=(*made.rules.limits, limit(f"alarm-{window}", "alarm", "enterprise", window, {"*": amount})),
    )
    return made


def alarm_of(window: str) -> Callable[[], Broken]:
    """Return the breaker of an alarm."""
    return lambda: Broken(alarm(window, 1), f"alarm-{window}", 1, ("E6-1", "case-6"), severity="notice")
