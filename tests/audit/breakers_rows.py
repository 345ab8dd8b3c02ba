"""Breakers of single rows and of the manifest (S8)."""

from __future__ import annotations

from dataclasses import replace

from audit.breakers_limits import E1_VISITS
from audit.breaking import Broken
from audit.county import County, changed, county, visit


def visit_id() -> Broken:
    """Break it: two visits with one id."""
    made = county()
    made.visits.append(visit("E6-1", "E3", "2027-W36", ("a1",)))
    made.change("visits", "city-3", kind="case")
    return Broken(made, "visit-id", 1, ("E6-1",))


def unknown_enterprise() -> Broken:
    """Break it: a visit to nobody."""
    made = county()
    made.visits.append(visit("X-1", "X", "2027-W30", township_code=""))
    return Broken(made, "unknown-enterprise", 1, ("X-1",))


def enterprise_status() -> Broken:
    """Break it: a visit to an enterprise that has closed."""
    made = county()
    made.change("enterprises", "E6", status="closed")
    made.duties = [row for row in made.duties if row["enterprise_id"] != "E6"]
    made.duties += [
        {
            "enterprise_id": "E5",
            "item_id": i,
            "visits": 1,
            "longest_interval_days": -1,
            "cause": "drawn-not-yet",
        }
        for i in ("a1", "b1")
    ]
    made.visits.append(visit("E5-1", "E5", "2027-W35"))
    return Broken(made, "enterprise-status", 1, ("E6-1",))


def township_code() -> Broken:
    """Break it: a visit said to take place in another township."""
    return Broken(changed("E6-1", township_code="T1"), "township-code", 1, ("E6-1",))


def unknown_department() -> Broken:
    """Break it: a department that does not exist takes part."""
    return Broken(changed("E6-1", departments=("A", "B", "Z")), "unknown-department", 1, ("E6-1",))


def department_role() -> Broken:
    """Break it: the coordination body inspects."""
    made = county()
    made.visits.append(visit("E5-1", "E5", "2027-W35", ("c1",)))
    return Broken(made, "department-role", 1, ("E5-1",))


def visit_items() -> Broken:
    """Break it: an item that is checked off site."""
    return Broken(changed("E1-1", items=("a1", "a2", "a9", "b1"), minutes=135), "visit-items", 1, ("E1-1",))


def visit_departments() -> Broken:
    """Break it: a department without an item at the gate."""
    return Broken(changed("E1-1", departments=("A",)), "visit-departments", 1, ("E1-1",))


def visit_minutes() -> Broken:
    """Break it: a visit stated a minute too short."""
    return Broken(changed("E1-1", minutes=104), "visit-minutes", 1, ("E1-1",))


def visit_lead() -> Broken:
    """Break it: B leads where A has as many visits and more minutes."""
    return Broken(changed("E1-1", lead="B"), "visit-lead", 1, ("E1-1",))


def visit_lead_competent() -> Broken:
    """Break it: A leads where B is competent."""
    made = county()
    made.change("enterprises", "E2", competent_department="B")
    made.visit("E2-1")["lead"] = "B"
    return Broken(made, "visit-lead", 1, ("E2-2",))


def visit_lead_spared() -> County:
    """Keep it: the table by sector is followed where the competent department does not take part."""
    made = county()
    made.change("enterprises", "E1", competent_department="C")
    made.rules = replace(made.rules, lead_by_sector={"mine": "B"})
    for name in E1_VISITS:
        made.visit(name)["lead"] = "B"
    return made


def stage() -> Broken:
    """Break it: a stage that does not exist."""
    return Broken(changed("E6-1", stage="dreamt"), "stage", 1, ("E6-1",))


def stage_done() -> Broken:
    """Break it: a visit called done that the ledger does not know."""
    return Broken(changed("E6-1", stage="done"), "stage", 1, ("E6-1",))


def case_fingerprint() -> Broken:
    """Break it: a plan of another case."""
    made = county()
    made.manifest["case_fingerprint"] = "case-2"
    return Broken(made, "case-fingerprint", 1, ())


def rules_fingerprint() -> Broken:
    """Break it: a plan made under other rules."""
    made = county()
    made.manifest["rules_fingerprint"] = "rules-2"
    return Broken(made, "rules-fingerprint", 1, ())


def manifest_counts() -> Broken:
    """Break it: a manifest that counts a visit too many."""
    made = county()
    made.manifest["counts"] = {"visits": 10, "enterprises": 6, "duties": 20, "unplanned": {"red": 0}}
    return Broken(made, "manifest-counts", 1, ("visits",))


def manifest_calendar() -> Broken:
    """Break it: a provisional calendar that is not called one."""
    made = county()
    made.case = replace(made.case, days=replace(made.case.days, provisional=True))
    return Broken(made, "manifest-calendar", 1, ())


def objective_terms() -> Broken:
    """Break it: an objective that is not the sum of its terms."""
    made = county()
    made.manifest["objective"] = {"total": 12.5, "terms": {"exposure": 10.0, "trips": 2.0}}
    return Broken(made, "objective-terms", 500, ())


def objective_bound() -> Broken:
    """Break it: a bound above the objective."""
    made = county()
    made.manifest["bound"] = 12.6
    return Broken(made, "objective-bound", 100, ())


def score_parts() -> Broken:
    """Break it: a score that is not the sum of its parts."""
    made = county()
    made.scores[0]["part_rest"] -= 1
    return Broken(made, "score-parts", 1, ("E1",))


def score_rows() -> Broken:
    """Break it: a score of an enterprise that the case does not have."""
    made = county()
    made.scores.append({**made.scores[5], "enterprise_id": "X"})
    return Broken(made, "score-rows", 1, ("X",))
