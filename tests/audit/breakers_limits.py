"""Breakers of caps, spacing and capacity (S4 to S7)."""

from __future__ import annotations

import math
from dataclasses import replace

from audit.breaking import Broken
from audit.county import County, county, visit

E1_VISITS = ("E1-1", "E1-2", "E1-3", "E1-4")


def fifth_visit(cap: int) -> County:
    """Return a county in which E1 gets a fifth visit of A; B comes four times."""
    made = county()
    made.amount("organ-enterprise-year", amount={"red": cap})
    made.visits.append(visit("E1-5", "E1", "2027-W52", ("a1", "a2")))
    return made


def organ_enterprise_year() -> Broken:
    """Break it: A calls five times, four are allowed."""
    return Broken(fifth_visit(4), "organ-enterprise-year", 1, (*E1_VISITS, "E1-5"))


def organ_enterprise_year_history() -> Broken:
    """Break it: a visit done earlier in the same year counts: as_of lies inside the horizon."""
    made = county()
    made.rows(
        "visits",
        {
            "visit_id": "fixed-1",
            "object_id": "E1",
            "date": "2027-12-28",
            "departments": ("A",),
            "fixed": True,
        },
    )
    return Broken(made, "organ-enterprise-year", 1, (*E1_VISITS, "fixed-1"))


def organ_enterprise_year_spared() -> County:
    """Keep it: five calls where five are allowed; and one of an exempt kind, which never counts."""
    made = fifth_visit(5)
    made.rows(
        "visits",
        {
            "visit_id": "x",
            "object_id": "E1",
            "date": "2027-12-29",
            "departments": ("A",),
            "kind": "case",
            "fixed": True,
        },
    )
    return made


def enterprise_year() -> Broken:
    """Break it: five visits of any organ, four are allowed."""
    made = fifth_visit(5)
    made.amount("enterprise-year", amount={"red": 4})
    return Broken(made, "enterprise-year", 1, (*E1_VISITS, "E1-5"))


def enterprise_year_code() -> Broken:
    """Break it: two premises of one legal person share a cap, the larger of their tiers'."""
    made = county()
    made.change("enterprises", "E1", credit_code="code")
    made.change("enterprises", "E3", credit_code="code")
    made.amount("organ-enterprise-year", amount={"red": 9})
    made.amount("enterprise-year", amount={"red": 5})
    return Broken(made, "enterprise-year", 1, (*E1_VISITS, "E3-1", "city-3"))


def enterprise_year_closed_sibling() -> Broken:
    """Break it: premises without a tier, closed for long, do not widen the cap of their legal person."""
    made = county()
    made.change("enterprises", "E5", credit_code="code", status="closed")
    made.change("enterprises", "E6", credit_code="code")
    made.scores = [row for row in made.scores if row["enterprise_id"] != "E5"]
    made.amount("enterprise-year", amount={"blue": 0})
    return Broken(made, "enterprise-year", 1, ("E6-1",))


def enterprise_year_spared() -> County:
    """Keep it: the same two premises where the rules count by premises."""
    made = enterprise_year_code().county
    made.rules = replace(made.rules, count_by_credit_code=False)
    return made


def spacing(week: str) -> County:
    """Return a county in which E2's visits stand in W19 and another week."""
    made = county()
    made.move("E2-2", week)
    return made


def enterprise_spacing() -> Broken:
    """Break it: 17 weeks apart are at least 113 days, 120 are asked for."""
    return Broken(spacing("2027-W36"), "enterprise-spacing", 7, ("E2-1", "E2-2"))


def enterprise_spacing_history() -> Broken:
    """Break it: last year's visit counts: 59 days before Monday of W05."""
    made = county()
    made.case = replace(made.case, as_of=made.case.as_of.replace(month=12, day=20))
    made.rows("visits", {"visit_id": "late", "object_id": "E1", "date": "2026-12-04", "departments": ("B",)})
    return Broken(made, "enterprise-spacing", 1, ("E1-1", "late"))


def enterprise_spacing_mixed() -> Broken:
    """Break it: a dated visit on the Sunday side of its week and an undated one: the nearest day counts."""
    made = spacing("2027-W36")
    made.visit("E2-1")["date"] = "2027-05-10"
    made.visit("E2-2")["date"] = "2027-09-06"
    return Broken(made, "enterprise-spacing", 1, ("E2-1", "E2-2"))


def enterprise_spacing_spared() -> County:
    """Keep it: 18 weeks apart are at least 120 days; last year's visit lies exactly 60 days before."""
    made = spacing("2027-W37")
    made.case = replace(made.case, as_of=made.case.as_of.replace(month=12, day=20))
    made.rows("visits", {"visit_id": "late", "object_id": "E1", "date": "2026-12-03", "departments": ("B",)})
    return made


def crowded_week(cap: int) -> County:
    """Return a county in which E1 and E2 of T1 are visited in W05."""
    made = county()
    made.move("E2-1", "2027-W05")
    made.amount("township-load-week", amount={"T1": cap})
    return made


def township_week() -> Broken:
    """Break it: two visits in a township in a week, one is allowed."""
    return Broken(crowded_week(1), "township-load-week", 1, ("E1-1", "E2-1"))


def township_week_spared() -> County:
    """Keep it: two visits where two are allowed."""
    return crowded_week(2)


T1_YEAR = (*E1_VISITS, "E2-1", "E2-2", "E3-1", "city-3")


def township_year() -> Broken:
    """Break it: eight visits in T1 in 2027, the fixed one among them; seven are allowed."""
    made = county()
    made.amount("township-load-year", amount={"T1": 7})
    return Broken(made, "township-load-year", 1, T1_YEAR)


def township_year_spared() -> County:
    """Keep it: eight visits where eight are allowed; last year's does not count."""
    made = county()
    made.amount("township-load-year", amount={"T1": 8})
    return made


def minutes(per_day: int, flex: float, other: float = 0.0) -> County:
    """Return a county in which A has ``20 x per_day x flex`` minutes in a week of five workdays."""
    made = county()
    made.settings(
        "capacity",
        minutes_per_day=per_day,
        other_enforcement_share=other,
        non_enforcement_share=0.0,
        reserve_share=0.0,
        exempt_share=0.0,
        week_flex=flex,
    )
    return made


def department_week_minutes() -> Broken:
    """Break it: two visits of 75 + 40 minutes take 460 officer-minutes of A, the week has 440."""
    return Broken(minutes(22, 1.0), "department-week-minutes", 20, ("E3-1", "E4-1"))


def department_week_minutes_spared() -> County:
    """Keep it: the same two where the week has 460."""
    return minutes(23, 1.0)


def department_month_minutes() -> Broken:
    """Break it: 460 officer-minutes of A in March, a fifth of 4 officers' year gives 4747 x 23 / 258 = 423."""
    made = minutes(23, 10.0, 0.8)
    return Broken(made, "department-month-minutes", 37, ("E3-1", "E4-1"))


def department_month_minutes_spared() -> County:
    """Keep it: the same two where March has 465; the week has the 460 that its 20 officer-days can give at all."""
    return minutes(23, 10.0, 0.78)


def few_crews(days_off: int) -> County:
    """Return a county with three visits of A in W05 and one crew of A on the last days of that week."""
    made = crowded_week(2)
    made.move("E6-1", "2027-W05")
    made.settings("day", max_visits=2)
    made.rows(
        "leave", *({"officer_id": f"a{n}", "first": "2027-01-30", "last": "2027-02-07"} for n in (3, 4))
    )
    made.rows("leave", {"officer_id": "a1", "first": "2027-01-30", "last": f"2027-02-0{days_off}"})
    return made


def department_week_crews() -> Broken:
    """Break it: three visits of A, its one crew-day of two visits does two."""
    return Broken(few_crews(4), "department-week-crews", 1, ("E1-1", "E2-1", "E6-1"))


def department_week_crews_spared() -> County:
    """Keep it: three visits and two crew-days."""
    return few_crews(3)


def longest_interval() -> Broken:
    """Break it: E1 may wait from Monday of W05 to Sunday of W20, 111 days; 109 are allowed."""
    made = county()
    for name, week in zip(E1_VISITS[1:], ("2027-W20", "2027-W32", "2027-W44"), strict=True):
        made.move(name, week)
    made.settings("frequency", longest_interval_factor=1.2)
    for row in made.duties:
        if row["enterprise_id"] != "E6":
            row["longest_interval_days"] = math.floor(1.2 * 365 / row["visits"])
    return Broken(made, "longest-interval", 2, ("E1-1", "E1-2"), severity="notice")


def soft_limit() -> Broken:
    """Break it: a soft limit is told and breaks nothing."""
    made = fifth_visit(4)
    made.amount("organ-enterprise-year", hard=False)
    return Broken(made, "organ-enterprise-year", 1, (*E1_VISITS, "E1-5"), severity="notice")
