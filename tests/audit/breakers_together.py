"""Breakers of what stands together, of windows, credits, conflicts, and what came later (S3, S8, S12 to S14)."""

from __future__ import annotations

from dataclasses import replace

from audit.breakers_owed import without_e6
from audit.breaking import Broken
from audit.county import County, county
from riskplan.rules.model import ReuseRule
from riskplan.rules.owing import ApartRule, ItemFilter, RelatedRule

REPORT = "self_report:2026-11-02"
"""Counts for 60 days: to the first day of the horizon and no longer."""


def apart(*those: str) -> County:
    """Return a county in which item a2, which E1 gets together with a1 and b1, is kept apart from some departments."""
    made = county()
    row = ApartRule("mines-alone", ItemFilter(items=("a2",)), ItemFilter(departments=those))
    made.settings("joint", apart=(row,))
    return made


def visit_apart() -> Broken:
    """Break it: a2 stands in one visit with an item of B."""
    return Broken(apart("B"), "visit-apart", 1, ("E1-1", "a2", "b1"))


def visit_apart_spared() -> County:
    """Keep it: a2 is kept apart from C, which takes no part."""
    return apart("C")


def related(*rows: tuple[str, ...]) -> County:
    """Return a county with an item each about fire, mines and gas, B's about gas, and domains that are related."""
    made = county()
    for item, domain in (("a1", "fire"), ("a2", "mine"), ("b1", "gas")):
        made.change("items", item, domain=domain)
    made.settings("joint", related=tuple(RelatedRule(f"r{n}", row) for n, row in enumerate(rows)))
    return made


def visit_unrelated() -> Broken:
    """Break it: mines and gas stand in no row; fire and gas do."""
    return Broken(related(("fire", "gas"), ("fire", "mine")), "visit-unrelated", 1, ("E1-1", "a2", "b1"))


def visit_unrelated_spared() -> County:
    """Keep it: each is related to gas; items of one department need not be related to one another."""
    return related(("fire", "gas"), ("mine", "gas"))


def mixed(item: str, **fields: object) -> County:
    """Return a county in which announced and other items, listed and drawn ones must not share a visit."""
    made = county()
    made.settings("joint", mix_announced=False, mix_selection=False)
    made.change("items", item, **fields)
    return made


def visit_mixed() -> Broken:
    """Break it: a2 is announced and b1 is not."""
    return Broken(mixed("b1", announced=False), "visit-mixed", 1, ("E2-1", "a1", "b1"))


def visit_mixed_selection() -> Broken:
    """Break it: a2 is drawn and a1 is listed, in one department."""
    return Broken(mixed("a2", selection="drawn"), "visit-mixed", 1, ("E1-1", "a1", "a2"))


def visit_mixed_spared() -> County:
    """Keep it: the item that differs is checked nowhere."""
    return mixed("a9", announced=False, selection="drawn")


def similar(factor: float) -> County:
    """Return a county in which durations within a factor are similar: E1 takes 90 minutes of A, 45 of B."""
    made = county()
    made.settings("joint", similar_duration=factor)
    return made


def visit_duration() -> Broken:
    """Break it: 90 minutes are more than 1.99 times 45, 89.55."""
    return Broken(similar(1.99), "visit-duration", 1, ("E1-1",), severity="notice")


def visit_duration_spared() -> County:
    """Keep it: 90 minutes are twice 45."""
    return similar(2.0)


def credited(date: str = "2026-11-02") -> County:
    """Return a county in which a self-report of E4 satisfies b1, and the plan says so."""
    made = county()
    rule = ReuseRule("own", "self_report", 60, items=("b1",), report_gap_months=0)
    made.rules = replace(made.rules, reuse=(rule,))
    made.rows("self_reports", {"enterprise_id": "E4", "date": date})
    made.duties = [r for r in made.duties if (r["enterprise_id"], r["item_id"]) != ("E4", "b1")]
    made.credits = [
        {
            "enterprise_id": "E4",
            "item_id": "b1",
            "rule_id": "own",
            "source": "self_report",
            "evidence": f"self_report:{date}",
            "date": date,
            "valid_until": "2027-01-01" if date == "2026-11-02" else "2026-12-31",
            "visits": 1,
        }
    ]
    return made


def credit_without_evidence() -> Broken:
    """Break it: the report is a day too old to count on the first day of the horizon."""
    evidence = ("self_report:2026-11-01",)
    return Broken(credited("2026-11-01"), "credits", 1, evidence, also=("duties",))


def credit_left_out() -> Broken:
    """Break it: what the report satisfies is not owed, and no credit says why."""
    made = credited()
    made.credits.clear()
    return Broken(made, "credits", 1, (REPORT,))


def credit_twice() -> Broken:
    """Break it: one report credits one duty twice."""
    made = credited()
    made.credits *= 2
    return Broken(made, "credits", 1, (f"E4/b1/{REPORT}",))


def licensed(expires: str, first: str, last: str) -> County:
    """Return a county in which a licence of E3, visited on 10 March, needs a1 in a window that the plan states."""
    made = county()
    made.rows(
        "licences", {"licence_id": "L1", "enterprise_id": "E3", "items": ("a1",), "expires_on": expires}
    )
    made.duties = [{"first": "", "last": "", **row} for row in made.duties]
    made.duties.append({
        "enterprise_id": "E3",
        "item_id": "a1",
        "visits": 1,
        "longest_interval_days": 0,
        "cause": "licence:L1",
        "first": first,
        "last": last,
    })
    return made


def duties_window() -> Broken:
    """Break it: the window stated begins a day late."""
    return Broken(licensed("2027-06-08", "2027-03-11", "2027-05-09"), "duties", 1, ("a1",))


def floor_outside_window() -> Broken:
    """Break it: the only visit that carries the item lies a day before the window."""
    return Broken(licensed("2027-06-09", "2027-03-11", "2027-05-10"), "floor", 1, ("a1",))


def floor_in_window() -> County:
    """Keep it: the visit lies on the first day of the window."""
    return licensed("2027-06-08", "2027-03-10", "2027-05-09")


def clash(made: County, **fields: object) -> County:
    """Add a conflict: E1's visits cannot lie as near as the longest interval of 136 days asks for."""
    made.conflicts.append({
        "enterprise_id": "E1",
        "items": ("a1", "a2", "b1"),
        "kind": "interval",
        "tier": "red",
        "owed": 136,
        "possible": 140,
        "undone": 4,
        "limit_ids": ("enterprise-spacing", "township-load-week"),
        "bases": ("-", "-"),
        "wins": "township-load-week",
        **fields,
    })
    return made


def conflict_interval() -> Broken:
    """Break it: a longest interval that cannot be held is told, and excuses no visit."""
    return Broken(clash(county()), "conflict-interval", 4, ("a1", "a2", "b1"), severity="notice")


def conflict_capacity() -> Broken:
    """Break it: a department without a crew is a conflict like any other."""
    fields = {
        "kind": "capacity",
        "owed": 1,
        "possible": 0,
        "undone": 1,
        "limit_ids": ("department-week-crews",),
    }
    made = clash(
        without_e6(),
        enterprise_id="E6",
        items=("a1", "b1"),
        bases=("-",),
        wins="department-week-crews",
        **fields,
    )
    return Broken(made, "conflict", 1, ("a1", "b1"), severity="conflict")


def told(known_on: str) -> County:
    """Return a county whose plan was made on 20 November; on some day the city fixed a visit near E2's in W19."""
    made = county()
    made.manifest["as_of"] = "2026-11-20"
    made.rows(
        "visits",
        {
            "visit_id": "city-2",
            "object_id": "E2",
            "date": "2027-05-20",
            "departments": ("C",),
            "fixed": True,
            "known_on": known_on,
        },
    )
    return made


def late() -> Broken:
    """Break it: known a day later, the visit is a change and no violation."""
    return Broken(told("2026-11-21"), "enterprise-spacing", 116, ("E2-1", "city-2"), severity="change")


def not_late() -> Broken:
    """Break it: known on the day of the plan, the plan has to keep its distance."""
    return Broken(told("2026-11-20"), "enterprise-spacing", 116, ("E2-1", "city-2"))


def done_never_late() -> Broken:
    """Break it: what has been done by today has to be kept away from, whenever it became known."""
    made = county()
    made.manifest["as_of"] = "2026-11-20"
    made.case = replace(made.case, as_of=made.case.as_of.replace(month=12, day=20))
    made.rows(
        "visits",
        {
            "visit_id": "late",
            "object_id": "E1",
            "date": "2026-12-04",
            "departments": ("B",),
            "fixed": True,
            "known_on": "2026-12-10",
        },
    )
    return Broken(made, "enterprise-spacing", 1, ("E1-1", "late"))
