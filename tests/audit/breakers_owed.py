"""Breakers of floors and their reasons (S3, S10)."""

from __future__ import annotations

from audit.breaking import Broken
from audit.county import County, county


def reason(limit_id: str, **fields: object) -> dict:
    """Return a row of the unplanned list for E6."""
    row = {
        "enterprise_id": "E6",
        "items": ("a1", "b1"),
        "departments": ("A", "B"),
        "visits": 1,
        "tier": "blue",
    }
    return {**row, "reason": "limit", "limit_id": limit_id, **fields}


def without_e6(*rows: dict, cap: int = 1) -> County:
    """Keep it: return a county in which E6 is not visited, with a reason where one is given."""
    made = county()
    made.drop("E6-1")
    made.amount("organ-enterprise-year", amount={"blue": cap})
    made.unplanned += rows
    return made


def floor() -> Broken:
    """Break it: an owed visit that is neither planned nor explained."""
    return Broken(without_e6(), "floor", 1, ("a1", "b1"))


def floor_half_explained() -> Broken:
    """Break it: two visits missing, one explained."""
    made = county()
    made.drop("E2-1")
    made.drop("E2-2")
    made.amount("organ-enterprise-year", amount={"orange": 0})
    made.unplanned.append(reason("organ-enterprise-year", enterprise_id="E2"))
    return Broken(made, "floor", 1, ("a1", "b1"))


def unplanned_reason() -> Broken:
    """Break it: a stated reason that is false: 52 of the 53 weeks are open and could take the visit."""
    return Broken(without_e6(reason("organ-enterprise-year")), "unplanned-reason", 52, ("a1", "b1"))


def unplanned_limit() -> Broken:
    """Break it: no week can take the visit, but the limit named stands in the way in none."""
    return Broken(without_e6(reason("township-load-week"), cap=0), "unplanned-limit", 1, ("a1", "b1"))


def unplanned_calendar() -> Broken:
    """Break it: the calendar is blamed although weeks are open."""
    return Broken(without_e6(reason("calendar"), cap=0), "unplanned-limit", 1, ("a1", "b1"))


def shortfall() -> Broken:
    """Break it: a true reason is a shortfall and no violation."""
    made = without_e6(reason("organ-enterprise-year"), cap=0)
    return Broken(made, "shortfall", 1, ("a1", "b1"), severity="shortfall")


def shortfall_calendar() -> Broken:
    """Break it: no open week at all, and the calendar is named."""
    made = without_e6(reason("calendar"))
    made.rows("closures", {"enterprise_id": "E6", "first": "2027-01-01", "last": "2027-12-31"})
    return Broken(made, "shortfall", 1, ("a1", "b1"), severity="shortfall")


def unplanned_row() -> Broken:
    """Break it: a row with an unknown limit, about a visit that the week could not route."""
    made = county()
    made.unplanned.append(reason("no-such-limit", visit_id="E6-1"))
    made.visit("E6-1")["stage"] = "unrouted"
    return Broken(made, "unplanned-row", 1, ("a1", "b1"))


def conflict() -> Broken:
    """Break it: a floor that no plan can meet is accepted."""
    made = without_e6()
    made.conflicts.append({
        "enterprise_id": "E6",
        "items": ("a1", "b1"),
        "owed": 1,
        "possible": 0,
        "tier": "blue",
    })
    return Broken(made, "conflict", 1, ("a1", "b1"), severity="conflict")


def conflict_row() -> Broken:
    """Break it: a conflict in which as much is possible as owed explains nothing."""
    made = county()
    made.conflicts.append({
        "enterprise_id": "E6",
        "items": ("a1", "b1"),
        "owed": 1,
        "possible": 1,
        "tier": "blue",
    })
    return Broken(made, "conflict-row", 1, ("a1", "b1"))


def unrouted_reason() -> Broken:
    """Break it: a visit that the week could not route, without a reason."""
    made = county()
    made.visit("E6-1")["stage"] = "unrouted"
    return Broken(made, "unrouted-reason", 1, ("E6-1",))


def unrouted_reason_spared() -> County:
    """Keep it: the same with a reason."""
    made = unrouted_reason().county
    made.unplanned.append(reason("route", visit_id="E6-1"))
    return made


def duties() -> Broken:
    """Break it: a duty stated once too often."""
    made = county()
    made.duties[0]["visits"] += 1
    return Broken(made, "duties", 1, ("a1",))


def duties_interval() -> Broken:
    """Break it: a longest interval a day too long."""
    made = county()
    made.duties[0]["longest_interval_days"] += 1
    return Broken(made, "duties", 1, ("a1",))
