"""Every way in which a single row can be wrong has its own message, figure and evidence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.breakers_crews import second_team
from audit.county import County, changed, county, visit


def with_team(**fields: object) -> County:
    """Return a county with a second, idle team that is changed."""
    made = second_team(("a3", "a4"))
    made.teams[1].update(fields)
    return made


def repeated_team() -> County:
    """Return a county in which an idle team stands twice, with other officers."""
    made = second_team(("a3", "a4"))
    made.teams.append({**made.teams[1], "date": "2027-03-11"})
    return made


def with_score(number: int, **fields: object) -> County:
    """Return a county with one row of its scores changed."""
    made = county()
    made.scores[number].update(fields)
    return made


def scored_twice() -> County:
    """Return a county in which E6 has two scores."""
    made = county()
    made.scores.append(dict(made.scores[5]))
    return made


def not_scored() -> County:
    """Return a county in which E5, which is owed nothing, has no score."""
    made = county()
    made.scores = [row for row in made.scores if row["enterprise_id"] != "E5"]
    made.settings("frequency", visits={**made.rules.frequency.visits, "blue": 0.6})
    return made


def duty_twice() -> County:
    """Return a county in which a duty stands twice."""
    made = county()
    made.duties.append(dict(made.duties[0]))
    return made


def reused_id() -> County:
    """Return a county in which a visit has the id of one in the ledger."""
    made = county()
    made.visit("E6-1")["visit_id"] = "old-5"
    return made


def foreign_route() -> County:
    """Return a county with a route of a team that does not exist."""
    made = county()
    times = {"arrive": 520, "start": -1, "leave": 520, "travel_s": 0}
    made.routes.append({"team_id": "team-9", "seq": 0, "visit_id": "", **times})
    return made


def stop_of_nobody() -> County:
    """Return a county whose second team drives to a visit that is not its own."""
    made = second_team(("a3", "a4"))
    made.visits.append(visit("E5-1", "E5", "2027-W40"))
    made.drive("team-2", 520, [("E5-1", 0)])
    made.visits.pop()
    return made


CASES: list[tuple[str, int, tuple[str, ...], Callable[[], County]]] = [
    ("team-date-unreadable", 1, ("team-2",), lambda: with_team(date="soon")),
    ("team-depot", 1, ("team-2",), lambda: with_team(depot="Z")),
    ("team-repeated", 1, ("team-2",), repeated_team),
    ("score-range", 1, ("E1",), lambda: with_score(0, score=101, part_rest=91)),
    ("score-tier", 1, ("E5",), lambda: with_score(4, tier="green")),
    ("score-twice", 1, ("E6",), scored_twice),
    ("score-missing", 1, ("E5",), not_scored),
    ("duty-twice", 1, ("a1",), duty_twice),
    ("visit-id-reused", 1, ("old-5",), reused_id),
    ("visit-id-empty", 1, (), lambda: changed("E6-1", visit_id="")),
    ("visit-items-none", 1, ("E5-1",), lambda: _extra(items=(), departments=("A",), lead="A")),
    ("visit-items", 1, ("E5-1",), lambda: _extra(items=("a1", "b1", "zz"))),
    ("visit-departments-none", 1, ("E5-1",), lambda: _extra(departments=())),
    ("visit-lead-absent", 1, ("E6-1",), lambda: changed("E6-1", lead="C")),
    ("week-outside", 1, ("E5-1",), lambda: _extra(week="2028-W10")),
    ("date-unreadable", 1, ("E5-1",), lambda: _extra(date="2027-02-29")),
    ("route-no-team", 1, ("team-9",), foreign_route),
    ("route-visit", 1, ("E5-1", "team-2"), stop_of_nobody),
]


def _extra(**fields: object) -> County:
    made = county()
    made.visits.append(visit("E5-1", "E5", "2027-W40") | fields)
    return made


@pytest.mark.parametrize(("message", "excess", "evidence", "build"), CASES, ids=[c[0] for c in CASES])
def test_wrong_row_is_told_by_its_own_message(message, excess, evidence, build):
    """One wrong row gives one violation of its kind, and none of another kind."""
    found = build().audit().violations
    assert [(f.message or f.rule, f.excess, f.evidence) for f in found] == [(message, excess, evidence)]


def test_missing_departments_are_counted():
    """A visit of two departments whose team brings one lacks one of two."""
    made = county()
    made.teams[0].update(departments=("A",), officers=("a1", "a2"))
    found = [f for f in made.audit().violations if f.scope_key == "E3-1"]
    assert [(f.counted, f.allowed, f.excess) for f in found] == [(1, 2, 1)]


def test_visit_in_two_routes_is_told():
    """A stop that stands twice is one too many."""
    made = county()
    made.drive("team-1", 520, [("E3-1", 0), ("E4-1", 0), ("E3-1", 0)])
    assert ("route-visit", 1) in {(f.rule, f.excess) for f in made.audit().violations}
