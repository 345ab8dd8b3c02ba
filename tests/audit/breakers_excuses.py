"""Breakers of what is said beside reasons: weeks by limit, nearest week, exchange (S10), and the exchange test (S15)."""

from __future__ import annotations

from dataclasses import replace

from audit.breakers_owed import reason, without_e6
from audit.breaking import Broken
from audit.county import County, county, limit

FULL = ("organ-enterprise-year:52", "calendar:1")
"""E6 may be visited by nobody; the first week of the horizon has no workday."""


def unplanned_weeks() -> Broken:
    """Break it: one week too many is said to be blocked by a limit, so that the weeks do not add up either."""
    row = reason("organ-enterprise-year", weeks_by_limit=("organ-enterprise-year:53",))
    return Broken(without_e6(row, cap=0), "unplanned-weeks", 1, ("a1", "b1"))


def unplanned_weeks_spared() -> County:
    """Keep it: the weeks as they are."""
    return without_e6(reason("organ-enterprise-year", weeks_by_limit=FULL), cap=0)


def unplanned_weeks_sum() -> Broken:
    """Break it: a week is passed over."""
    row = reason("organ-enterprise-year", weeks_by_limit=("organ-enterprise-year:52",))
    return Broken(without_e6(row, cap=0), "unplanned-weeks", 1, ("a1", "b1"))


def unplanned_nearest() -> Broken:
    """Break it: the nearest week lacks room under another limit than is said."""
    said = {"nearest_week": "2027-W25", "nearest_limits": ("township-load-week:T2:1",)}
    return Broken(
        without_e6(reason("organ-enterprise-year", **said), cap=0), "unplanned-nearest", 1, ("a1", "b1")
    )


def unplanned_nearest_spared() -> County:
    """Keep it: the nearest week lacks room only under what is said."""
    said = {"nearest_week": "2027-W25", "nearest_limits": ("organ-enterprise-year:E6/A:1",)}
    return without_e6(reason("organ-enterprise-year", **said), cap=0)


def unplanned_nearest_amount() -> Broken:
    """Break it: the nearest week lacks one visit, not two."""
    said = {"nearest_week": "2027-W25", "nearest_limits": ("organ-enterprise-year:E6/A:2",)}
    return Broken(
        without_e6(reason("organ-enterprise-year", **said), cap=0), "unplanned-nearest", 1, ("a1", "b1")
    )


def crowded(exchange_visit: str, exchange_week: str = "2027-W10") -> County:
    """Return a county whose T2 takes no visit but that of E4, so that E6 is left out for it."""
    said = {"exchange_visit": exchange_visit, "exchange_week": exchange_week}
    made = without_e6(reason("township-load-year", **said))
    made.amount("township-load-year", amount={"*": 20, "T2": 1})
    return made


def unplanned_exchange() -> Broken:
    """Break it: taking out the visit named frees nothing in the township."""
    return Broken(crowded("E1-1"), "unplanned-exchange", 1, ("a1", "b1"))


def unplanned_exchange_spared() -> County:
    """Keep it: without E4's visit there is room."""
    return crowded("E4-1")


def red_left_out(stage: str = "draft") -> County:
    """Return a county whose E1 is not visited: T1 takes only the three drafts of lower tiers and one of the city."""
    made = county()
    for name in ("E1-1", "E1-2", "E1-3", "E1-4"):
        made.drop(name)
    for name in ("E2-1", "E2-2", "E3-1"):
        made.visit(name)["stage"] = stage
    items = ("a1", "a2", "b1")
    row = reason("township-load-year", enterprise_id="E1", items=items, visits=4, tier="red")
    made.unplanned.append(row)
    made.amount("township-load-year", amount={"*": 20, "T1": 4})
    made.manifest["exchange_test"] = 2
    return made


def exchange() -> Broken:
    """Break it: without one visit of a lower tier a red one would fit."""
    return Broken(red_left_out(), "exchange", 1, ("a1", "a2", "b1"))


def exchange_spared() -> County:
    """Keep it: the visits of lower tiers are pinned."""
    return red_left_out("pinned")


def red_between(stage: str = "draft") -> County:
    """Return a county whose E1 may only be visited in W10, where T1 lacks a visit in the year and A and B one in the week.

    E3's visit of that week is pinned: E2 would free the township, E4, in T2, the week.
    """
    made = red_left_out()
    made.visit("E3-1")["stage"] = "pinned"
    made.visit("E4-1")["stage"] = stage
    row = limit("department-week-visits", "cap", "department", "week", {"*": 2})
    made.rules = replace(made.rules, limits=(*made.rules.limits, row))
    for first, last in (("2027-01-01", "2027-03-07"), ("2027-03-15", "2027-12-31")):
        made.rows("closures", {"enterprise_id": "E1", "first": first, "last": last, "reason": "repair"})
    return made


def exchange_of_two() -> Broken:
    """Break it: without two visits of lower tiers a red one would fit, without any one of them it would not."""
    return Broken(red_between(), "exchange", 2, ("a1", "a2", "b1"))


def exchange_of_two_spared() -> County:
    """Keep it: the second of the two is pinned."""
    return red_between("pinned")


def exchange_untested() -> Broken:
    """Break it: a plan that does not say it was tested gets a notice."""
    made = red_left_out()
    made.manifest["exchange_test"] = 0
    return Broken(made, "exchange", 1, ("a1", "a2", "b1"), severity="notice")
