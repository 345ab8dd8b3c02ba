"""Breakers of waits: what waits longer than it may in a year plan, and why (S16)."""

from __future__ import annotations

from audit.breakers_limits import longest_interval
from audit.breaking import Broken
from audit.county import County

PAIR = ("E1-1", "E1-2")


def waiting(limit: str = "", *, shut: tuple[str, str] | None = None, **fields: object) -> County:
    """Return a county whose E1 waits 111 days for E1-2 in W20, 109 are allowed; the plan says why, or says nothing."""
    made = longest_interval().county
    done = {"object_id": "E1", "date": "2026-11-01", "departments": ("A",), "items": ("a1",)}
    made.rows("visits", {"visit_id": "done-9", **done})
    made.manifest["model"] = {"longest-interval": "safe side"}
    if shut:
        made.rows("closures", {"enterprise_id": "E1", "first": shut[0], "last": shut[1], "reason": "repair"})
    if limit:
        made.conflicts.append({
            "enterprise_id": "E1",
            "items": ("a1", "a2", "b1"),
            "kind": "late",
            "tier": "red",
            "owed": 109,
            "possible": 111,
            "undone": 2,
            "limit_ids": (limit,),
            "bases": ("-",),
            "wins": limit,
            **fields,
        })
    return made


def late() -> Broken:
    """Break it: E1 is said to be shut in every week that would be in time, but is open in the last of them, W19."""
    return Broken(waiting("calendar", shut=("2027-02-08", "2027-05-09")), "late", 1, PAIR)


def late_spared() -> County:
    """Keep it: E1 is shut until the end of W19."""
    return waiting("calendar", shut=("2027-02-08", "2027-05-16"))


def late_untold() -> Broken:
    """Break it: the plan says that it plans longest intervals and does not say that this one is too long."""
    return Broken(waiting(), "late", 2, PAIR)


def late_row() -> Broken:
    """Break it: the row tells a day too many."""
    made = waiting("calendar", shut=("2027-02-08", "2027-05-16"), possible=112, undone=3)
    return Broken(made, "late", 112, ())


def late_limit() -> Broken:
    """Break it: another limit than the one named keeps the visit late."""
    return Broken(waiting("township-load-year", shut=("2027-02-08", "2027-05-16")), "late", 1, PAIR)


def late_history() -> Broken:
    """Break it: nothing was late before the year began."""
    return Broken(waiting("history"), "late", 1, PAIR)


def late_dearer() -> Broken:
    """Break it: no week in time is free, so that nothing can be a matter of cost."""
    return Broken(waiting("objective", shut=("2027-02-08", "2027-05-16")), "late", 1, PAIR)


def late_told() -> Broken:
    """Keep it: W19 is free and the plan says that it would cost more; what is told is a notice."""
    return Broken(waiting("objective"), "conflict-late", 2, ("a1", "a2", "b1"), severity="notice")
