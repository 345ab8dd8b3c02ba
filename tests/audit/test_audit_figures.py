"""Figures at their edges: the capacity formula, first and last days, lunch to the minute, alarms, the first premises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.breakers_limits import few_crews
from audit.breakers_owed import reason, without_e6
from audit.county import County, county, limit, visit
from audit.county_case import days
from riskplan.audit.formula import Formula
from riskplan.audit.reasons import Attempt, Room
from riskplan.audit.routes import Stop, has_lunch
from riskplan.audit.world import World
from riskplan.rules.model import DutyRule, Provenance


def world(made: County) -> World:
    """Return the audit's world of a county."""
    return World(made.case, made.rules, made.plan())


def test_capacity_formula_by_hand():
    """4 officers x 258 workdays x 480 x (1 - 0.3 - 0.2) x (1 - 0.1 - 0.1), then shares of month and week."""
    made = Formula(world(county()))
    assert made.budgets == {"A": 198144, "B": 297216, "C": 99072}
    assert made.minutes("month")["A", "2027-03"] == 198144 * 23 // 258
    assert made.minutes("week")["A", "2027-W10"] == 198144 * 5 * 3 // (258 * 2)
    assert made.minutes("week")["A", "2027-W18"] == 198144 * 3 * 3 // (258 * 2)


def test_capacity_formula_is_exact():
    """0.51 of 100 minutes are 51, although the floating-point product lies below."""
    made = county()
    made.case = replace(
        made.case,
        days=days("2027-03-10", "2027-03-10"),
        first_day=made.case.first_day.replace(month=3, day=10),
    )
    made.case = replace(made.case, last_day=made.case.first_day)
    made.settings(
        "capacity", minutes_per_day=25, other_enforcement_share=0.19, non_enforcement_share=0.3,
        reserve_share=0.0, exempt_share=0.0,
    )  # fmt: skip
    assert Formula(world(made)).budgets["A"] == 51


def test_crews_count_from_as_of_on_and_whole_ones_only():
    """From Wednesday on, three workdays with two crews of A; with one officer on leave, one crew."""
    made = county()
    made.case = replace(made.case, as_of=made.case.first_day.replace(month=3, day=10))
    assert Formula(world(made)).crews()["A", "2027-W10"] == 3 * 2 * 4
    made.rows("leave", {"officer_id": "a1", "first": "2027-03-10", "last": "2027-03-11"})
    made.rows("leave", {"officer_id": "a1", "first": "2027-03-11", "last": "2027-03-11"})
    assert Formula(world(made)).crews()["A", "2027-W10"] == (1 + 1 + 2) * 4


def test_unrouted_visit_breaks_no_crew_row():
    """A visit that the week could not route has no crew, and so breaks no row of crew-visits."""
    made = few_crews(4)
    assert [f.rule for f in made.audit().violations] == ["department-week-crews"]
    made.visit("E6-1")["stage"] = "unrouted"
    made.unplanned.append(reason("crew", visit_id="E6-1"))
    assert made.audit().ok


def test_retest_takes_what_is_left_to_the_last_minute():
    """230 officer-minutes left are enough for a visit of 230, 229 are not."""
    made = county()
    made.visits = [visit("a", "E1", "2027-W10", ("a1",))]
    for name in ("other_enforcement_share", "non_enforcement_share", "reserve_share", "exempt_share"):
        made.settings("capacity", **{name: 0.0})
    made.settings("capacity", minutes_per_day=23, week_flex=1.0)
    room = Room(world(made))
    week = room.week_labels.index("2027-W10")
    assert not room.broken(Attempt(4, ("A",), 75))["department-week-minutes"][week]
    assert room.broken(Attempt(4, ("A",), 76))["department-week-minutes"][week]
    assert not room.broken(Attempt(4, ("A",), 76))["department-week-minutes"][week + 1]


@pytest.mark.parametrize(
    ("day", "lawful"),
    [("2027-02-26", False), ("2027-03-01", True), ("2027-03-31", True), ("2027-04-01", False)],
)
def test_open_months_begin_and_end_on_their_days(day, lawful):
    """Open in March means from its first to its last day."""
    made = county()
    made.change("enterprises", "E6", open_months=(3,))
    year, week, _ = made.case.first_day.fromisoformat(day).isocalendar()
    made.visit("E6-1").update(date=day, week=f"{year}-W{week:02d}")
    assert made.audit().ok == lawful


def test_first_and_last_day_of_the_horizon_may_be_used():
    """A horizon from Monday to Friday: both are open, and capacity knows them."""
    made = county()
    made.rules = replace(made.rules, duties=())
    made.duties, made.teams, made.routes = [], [], []
    first, last = made.case.first_day.replace(month=3, day=8), made.case.first_day.replace(month=3, day=12)
    made.case = replace(
        made.case, days=days("2027-03-08", "2027-03-12"), first_day=first, last_day=last, as_of=first
    )
    made.visits = [
        visit("a", "E1", "2027-W10", date="2027-03-08"), visit("b", "E4", "2027-W10", date="2027-03-12"),
    ]  # fmt: skip
    assert made.audit().ok


def test_first_premises_of_the_case_are_judged_like_all_others():
    """E1 stands first in the case: its closed days, opening hours and last visit count."""
    made = county()
    made.change("enterprises", "E1", closed_days=(1, 2, 3, 4, 5, 6, 7))
    assert {f.evidence for f in made.audit().violations if f.rule == "workday"} == {
        (f"E1-{n}",) for n in range(1, 5)
    }
    made = county()
    made.visit("E1-1").update(date="2027-03-10", week="2027-W10", team_id="team-1")
    made.drive("team-1", 520, [("E3-1", 0), ("E1-1", 0), ("E4-1", 0)])
    made.change("enterprises", "E1", opens=700)
    made.move("E1-2", "2027-W20")
    assert "opening-hours" in {f.rule for f in made.audit().violations}
    made.routes[2]["travel_s"] += 5
    assert ("route-travel-seconds", 5) in {(f.rule, f.excess) for f in made.audit().violations}


def test_last_visit_of_the_first_premises_counts_for_the_draw():
    """Where all are drawn from one pool, E1, seen in October 2026, comes last."""
    made = county()
    made.rules = replace(
        made.rules, duties=(DutyRule(("a1",), sizes=("medium",), visits=dict.fromkeys(("red", "blue"), 0.5)),)
    )
    made.scores[0].update(tier="blue", score=99)
    drawn = {made.case.enterprises["enterprise_id"][e] for e in world(made).owed.duties}
    assert drawn == {"E2", "E3", "E4", "E5", "E6"}
    made.change("enterprises", "E6", size="small")
    assert {made.case.enterprises["enterprise_id"][e] for e in world(made).owed.duties} == {
        "E2",
        "E3",
        "E4",
        "E5",
    }


def test_floor_tells_what_is_planned_and_what_is_owed():
    """E1 is owed four visits; two are planned, two left out without a reason."""
    made = county()
    made.drop("E1-2")
    made.drop("E1-3")
    found = made.audit().violations
    assert [(f.scope_key, f.counted, f.allowed, f.excess, f.tier) for f in found] == [("E1", 2, 4, 2, "red")]


def test_worst_item_speaks_for_its_enterprise():
    """Where items miss different numbers of visits, the largest number is told and all items are named."""
    made = county()
    made.drop("E1-2")
    made.visit("E1-3").update(items=("a1", "b1"), minutes=75)
    found = made.audit().violations
    assert [(f.excess, f.counted, f.evidence) for f in found] == [(2, 2, ("a1", "a2", "b1"))]


def test_depot_with_half_a_point_has_none():
    """An office with a longitude only starts from the mean of the townships' points."""
    made = county()
    made.change("departments", "A", depot_lat=float("nan"))
    assert "route-travel-seconds" in {f.rule for f in made.audit().violations}


@pytest.mark.parametrize(
    ("leave", "start", "back", "lunch"),
    [
        (600, 620, 780, True), (600, 620, 781, False), (690, 770, 900, True), (690, 759, 900, False),
        (750, 770, 900, True), (749, 768, 900, False), (600, 761, 900, True), (600, 749, 900, False),
        (600, 750, 900, True),
    ],
)  # fmt: skip
def test_lunch_to_the_minute(leave, start, back, lunch):
    """60 minutes that begin from 690 to 780, after or before the way of 10, or no need of any."""
    day = county().rules.day
    stops = [
        Stop(0, "", leave, -1, leave, 0),
        Stop(1, "v", start, start, max(start, 785), 600),
        Stop(2, "", back, -1, back, 600),
    ]
    if back <= 781:
        stops[1] = Stop(1, "v", start, start, 700, 600)
        stops[2] = Stop(2, "", back, -1, back, 60 * 75)
        assert has_lunch(stops, [10, 75], day) == lunch
    else:
        assert has_lunch(stops, [10, 10], day) == lunch


def test_lunch_may_begin_at_its_latest_minute():
    """Leaving a visit at 780 with an hour and the way before the next is a lunch; at 781 it is none."""
    day = county().rules.day
    for leave, lunch in ((780, True), (781, False)):
        stops = [
            Stop(0, "", 600, -1, 600, 0), Stop(1, "v", 610, 610, leave, 600), Stop(2, "w", 860, 860, 900, 600),
            Stop(3, "", 910, -1, 910, 600),
        ]  # fmt: skip
        assert has_lunch(stops, [10, 10, 10], day) == lunch


def alarmed(window: str, **fields: object) -> County:
    """Return a county with an alarm from more than one visit."""
    made = county()
    row = limit("alarm", "alarm", "enterprise", window, {"*": 1}, **fields)
    made.rules = replace(made.rules, limits=(*made.rules.limits, row))
    return made


def test_alarms_leave_out_what_they_exempt_and_other_objects():
    """Only visits to enterprises count, no exempt kind of the alarm's own, no window without a planned visit."""
    made = alarmed("month", kinds_exempt=("recheck",))
    rows = [
        {
            "visit_id": f"x{n}",
            "object_id": e,
            "object_kind": k,
            "date": d,
            "departments": ("A",),
            "kind": kind,
            "fixed": True,
        }
        for n, (e, k, d, kind) in enumerate((
            ("E6", "enterprise", "2027-06-30", "recheck"),
            ("T2", "township", "2027-06-30", "daily"),
            ("E5", "enterprise", "2026-10-01", "case"),
            ("E5", "enterprise", "2026-10-02", "case"),
        ))
    ]
    made.rows("visits", *rows)
    assert "alarm" not in {f.rule for f in made.audit().findings}


def test_undated_visits_make_no_crowded_day_but_a_crowded_week_and_month():
    """A day alarm needs dates; week and month alarms do not, and an undated visit counts in both its months."""
    for window, found in (("day", []), ("week", ["2027-W13"]), ("month", ["2027-03", "2027-04"])):
        made = alarmed(window)
        made.rows(
            "visits",
            *(
                {
                    "visit_id": f"x{n}",
                    "object_id": "E5",
                    "date": d,
                    "departments": ("A",),
                    "kind": "case",
                    "fixed": True,
                }
                for n, d in enumerate(("2027-03-29", "2027-04-02"))
            ),
        )
        made.visits.append(visit("E5-1", "E5", "2027-W13"))
        assert sorted(f.window for f in made.audit().notices if f.rule == "alarm") == found


def test_basis_falls_back_to_the_source():
    """A limit without a basis is told with its source."""
    made = county()
    made.amount("township-load-week", amount={"T1": 0}, provenance=Provenance(source="a local notice"))
    assert {f.basis for f in made.audit().violations} == {"a local notice"}


def test_open_weeks_without_room_are_counted():
    """A false reason names the number of weeks that could take the visit, and the first of them."""
    made = without_e6(reason("organ-enterprise-year"))
    made.rows("closures", {"enterprise_id": "E6", "first": "2027-01-01", "last": "2027-12-12"})
    finding = made.audit().violations[0]
    assert (finding.excess, dict(finding.details)["free"]) == (3, "2027-W50")


def test_the_day_of_as_of_is_open():
    """An enterprise that is open on the day of ``as_of`` only, a Friday, has that week open and no other."""
    made = county()
    made.case = replace(made.case, as_of=made.case.first_day.replace(month=12, day=24))
    made.rows("closures", {"enterprise_id": "E6", "first": "2027-12-25", "last": "2027-12-31"})
    room = Room(world(made))
    assert [w for w, is_open in zip(room.week_labels, room.open_weeks(5), strict=True) if is_open] == [
        "2027-W51"
    ]


def test_first_premises_may_stand_in_conflicts_and_reasons():
    """E1, first of the case, is found in conflicts, reasons and surplus rows as any other."""
    made = county()
    made.drop("E1-4")
    items = {"enterprise_id": "E1", "items": ("a1", "a2", "b1")}
    made.conflicts.append({**items, "owed": 4, "possible": 3})
    assert [(f.rule, f.counted, f.allowed, f.excess) for f in made.audit().of_severity("conflict")] == [
        ("conflict", 3, 4, 1)
    ]
    made.unplanned.append(reason("organ-enterprise-year", visits=3, **items))
    made.amount("organ-enterprise-year", amount={"red": 3})
    report = made.audit()
    assert report.shortfalls["red"] == 3
    assert {(f.counted, f.allowed, f.excess) for f in report.notices if f.rule == "unplanned-surplus"} == {
        (3, 1, 2)
    }


def test_stated_travel_may_be_a_second_off():
    """One second of rounding is allowed in the stated travel, two are not."""
    for off, found in (
        (1, set()),
        (-1, set()),
        (2, {"route-travel-seconds"}),
        (-2, {"route-travel-seconds"}),
    ):
        made = county()
        made.stop("E4-1")["travel_s"] += off
        assert {f.rule for f in made.audit().violations} == found


def test_visit_to_a_village_lies_in_its_township():
    """A village is a known object; the visit counts in the village's township for rows about villages."""
    made = county()
    made.rows("villages", {"village_code": "V1", "name": "Mill", "township_code": "T2"})
    made.visits.append(visit("V1-1", "V1", "2027-W30", object_kind="village", township_code="T2"))
    assert made.audit().ok
    row = limit("village-load", "cap", "township", "year", {"*": 0}, objects=("village",))
    made.rules = replace(made.rules, limits=(*made.rules.limits, row))
    assert [(f.rule, f.scope_key) for f in made.audit().violations] == [("village-load", "T2")]


def test_ledger_visit_on_the_monday_of_the_first_week_counts_in_it():
    """28 December 2026, before the horizon, is in the ISO week of 1 January 2027."""
    made = county()
    made.case = replace(
        made.case, days=days("2027-01-01", "2027-12-31", off=(), on=()), as_of=made.case.first_day
    )
    made.rows("visits", {"visit_id": "old", "object_id": "E4", "date": "2026-12-28", "departments": ("A",)})
    made.visits.append(visit("E5-1", "E5", "2026-W53", ("b1",), date="2027-01-01"))
    made.amount("township-load-week", amount={"*": 1})
    made.rules = replace(made.rules, duties=())
    made.duties = []
    made.move("E6-1", "2027-W26")
    found = [f for f in made.audit().violations if f.rule == "township-load-week"]
    assert [(f.window, f.evidence) for f in found] == [("2026-W53", ("E5-1", "old"))]
