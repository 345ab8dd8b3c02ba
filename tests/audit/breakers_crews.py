"""Breakers of teams and crews (S8, S9)."""

from __future__ import annotations

from dataclasses import replace

from audit.breaking import Broken
from audit.county import ROUTED_DAY, County, county, visit


def team(**fields: object) -> County:
    """Keep it: return a county whose team is changed."""
    made = county()
    made.teams[0].update(fields)
    return made


def crew_composition() -> Broken:
    """Break it: one officer of A where two are needed."""
    return Broken(team(officers=("a1", "b1", "b2")), "crew-composition", 1, ("a1", "team-1"))


def crew_expert() -> Broken:
    """Break it: an expert of A among the officers does not count."""
    evidence = ("a-expert", "a1", "team-1")
    return Broken(team(officers=("a-expert", "a1", "b1", "b2")), "crew-composition", 1, evidence)


def crew_uncertified() -> Broken:
    """Break it: an officer without a certificate does not count."""
    evidence = ("a-novice", "a1", "team-1")
    return Broken(team(officers=("a-novice", "a1", "b1", "b2")), "crew-composition", 1, evidence)


def crew_one_too_many() -> Broken:
    """Break it: three officers of A where exactly two are asked for."""
    evidence = ("a1", "a2", "a3", "team-1")
    return Broken(team(officers=("a1", "a2", "a3", "b1", "b2")), "crew-composition", 1, evidence)


def crew_stranger() -> Broken:
    """Break it: a person of a department that is not in the team."""
    return Broken(team(officers=("a1", "a2", "b1", "b2", "c1")), "crew-composition", 1, ("c1", "team-1"))


def crew_composition_spared() -> County:
    """Keep it: other officers, and an expert where experts belong."""
    return team(officers=("a3", "a4", "b5", "b6"), experts=("a-expert",))


def lone_team(least: int) -> County:
    """Return a county of crews of one where a team of A alone visits E3 and E4."""
    made = team(departments=("A",), officers=("a1",))
    made.settings("crew", officers_per_department=1, min_officers=least)
    for name in ("E3-1", "E4-1"):
        made.visit(name).update(items=("a1",), departments=("A",))
    made.rules = replace(
        made.rules, duties=(replace(made.rules.duties[0], items=("a1",)), made.rules.duties[1])
    )
    made.duties = [row for row in made.duties if row["item_id"] != "b1"]
    return made


def crew_minimum() -> Broken:
    """Break it: a whole crew of one where two certified officers must come in all."""
    return Broken(lone_team(2), "crew-minimum", 1, ("a1", "team-1"))


def crew_minimum_overdone() -> Broken:
    """Break it: one officer may be added to a lone crew of one to make two, not two."""
    made = lone_team(2)
    made.teams[0]["officers"] = ("a1", "a2", "a3")
    return Broken(made, "crew-composition", 1, ("a1", "a2", "a3", "team-1"))


def crew_minimum_spared() -> County:
    """Keep it: a crew of one where one is enough."""
    return lone_team(1)


def second_team(officers: tuple[str, ...], date: str = ROUTED_DAY) -> County:
    """Return a county with a second team of A, which visits nobody."""
    made = county()
    made.teams.append({
        "team_id": "team-2",
        "date": date,
        "depot": "A",
        "departments": ("A",),
        "officers": officers,
        "experts": (),
    })
    return made


def officer_twice() -> Broken:
    """Break it: an officer in two teams on one day."""
    return Broken(second_team(("a2", "a3")), "officer-twice", 1, ("team-1", "team-2"))


def officer_twice_spared() -> County:
    """Keep it: the same officer on the next day."""
    return second_team(("a2", "a3"), "2027-03-11")


def leave(first: str, last: str) -> County:
    """Return a county in which b1 is on leave."""
    made = county()
    made.rows("leave", {"officer_id": "b1", "first": first, "last": last})
    return made


def officer_leave() -> Broken:
    """Break it: leave that ends on the team's day."""
    return Broken(leave("2027-03-08", ROUTED_DAY), "officer-leave", 1, ("team-1",))


def officer_leave_spared() -> County:
    """Keep it: leave that ends the day before, and one that begins the day after."""
    made = leave("2027-03-08", "2027-03-09")
    made.rows("leave", {"officer_id": "b1", "first": "2027-03-11", "last": "2027-03-12"})
    return made


def crew_missing_department() -> Broken:
    """Break it: a team of A alone at visits that need B."""
    made = team(departments=("A",), officers=("a1", "a2"))
    return Broken(made, "crew-missing-department", 1, ("E3-1", "team-1"))


def crew_missing_department_spared() -> County:
    """Keep it: a team that brings more than a visit needs."""
    made = county()
    made.visit("E4-1").update(items=("a1",), departments=("A",), minutes=75)
    made.visits.append(visit("E4-2", "E4", "2027-W45", ("b1",)))
    return made


def team_date() -> Broken:
    """Break it: a visit on another day than its team's; the route is right in itself."""
    made = county()
    made.visit("E4-1")["date"] = "2027-03-11"
    return Broken(made, "team-date", 1, ("E4-1", "team-1"))


def team_unknown() -> Broken:
    """Break it: a visit with a team that does not exist, and no route."""
    made = county()
    made.visit("E6-1").update(date="2027-06-23", team_id="team-9")
    return Broken(made, "team-unknown", 1, ("E6-1",))


def team_structure() -> Broken:
    """Break it: a team whose depot is no department."""
    made = second_team(("a3", "a4"))
    made.teams[1]["depot"] = "Z"
    return Broken(made, "team-structure", 1, ("team-2",))


def small(departments: int, people: int) -> County:
    """Return a county in which E6 is small."""
    made = county()
    made.change("enterprises", "E6", size="small")
    made.settings("crew", max_departments={"small": departments}, max_people={"small": people})
    return made


def crew_max_departments() -> Broken:
    """Break it: two departments at a gate that takes one."""
    return Broken(small(1, 4), "crew-max-departments", 1, ("E6-1",))


def crew_max_people() -> Broken:
    """Break it: four people at a gate that takes three."""
    return Broken(small(2, 3), "crew-max-people", 1, ("E6-1",))


def crew_max_spared() -> County:
    """Keep it: two departments and four people where that is allowed."""
    return small(2, 4)
