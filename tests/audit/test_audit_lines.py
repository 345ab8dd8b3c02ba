"""Every line about visits: which visits count in which window, under which key, and how severe it is."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from audit.breakers import BY_RULE
from audit.county import County, visit
from audit.lines import (
    DAY,
    KEYS,
    ROLLING,
    STEPS,
    call,
    cleanly,
    empty,
    later,
    ledger,
    line_name,
    of_b,
    state,
    twice,
)  # fmt: skip
from riskplan.audit import LIMIT_CHECKS, checks
from riskplan.audit.findings import Finding
from riskplan.audit.world import World
from riskplan.plan.tables import Plan, normalise

COUNTED = [x for x in BY_RULE if x.kind in {"cap", "alarm"} and x.unit in {"visits", "team-days"}]
VISITS = [x for x in COUNTED if x.unit == "visits"]
YEARLY = [x for x in VISITS if x.window == "year"]
"""One line a scope, for what does not depend on windows."""


def found(made: County) -> list[Finding]:
    """Return what its check finds about the first row; officer a2, who is always with a1, is left out."""
    row = made.rules.limits[0]
    check = getattr(checks, LIMIT_CHECKS[row.combination()])
    tables = {n: normalise(n, pd.DataFrame(getattr(made, n))) for n in ("visits", "teams", "scores")}
    outcome = check(World(made.case, made.rules, Plan(tables)))
    return [f for f in outcome.findings if f.rule == row.id and f.scope_key != "a2"]


def changed(made: County, **fields: object) -> County:
    """Change the only row."""
    made.rules = replace(made.rules, limits=(replace(made.rules.limits[0], **fields),))
    return made


@pytest.mark.parametrize("line", COUNTED, ids=line_name)
def test_the_key_and_the_figures_are_told(line):
    """Two where one is allowed: one finding under the scope's key, with a sentence in both languages."""
    (finding,) = found(twice(line, 1))
    assert (finding.scope_key, finding.counted, finding.allowed) == (KEYS[line.scope], 2, 1)
    assert finding.sentence("en") != finding.sentence("zh")
    assert "audit.finding" not in finding.sentence("zh")


@pytest.mark.parametrize("line", COUNTED, ids=line_name)
def test_another_window_is_counted_by_itself(line):
    """The same two visits in windows of their own stay within one each."""
    assert found(twice(line, 1, later(STEPS[line.window]))) == []


@pytest.mark.parametrize("line", [x for x in COUNTED if x.window == "rolling"], ids=line_name)
def test_a_rolling_window_holds_its_last_day(line):
    """Nine days later is still within any ten consecutive days."""
    (finding,) = found(twice(line, 1, later(ROLLING - 1)))
    assert finding.window == "2027-03-10/2027-03-19"


@pytest.mark.parametrize(
    "line", [x for x in COUNTED if x.kind == "cap" and x.window == "year"], ids=line_name
)
def test_a_soft_row_is_a_notice(line):
    """A soft row is told and breaks nothing."""
    made = twice(line, 1, hard=False)
    assert [f.severity for f in found(made)] == ["notice"]


@pytest.mark.parametrize("line", YEARLY, ids=line_name)
def test_rows_side_by_side_are_judged_each(line):
    """A row that allows two is kept, the one beside it that allows one is not."""
    made = twice(line, 2)
    strict = replace(made.rules.limits[0], id="strict", amount={"*": 1})
    made.rules = replace(made.rules, limits=(*made.rules.limits, strict))
    assert found(made) == []
    made.rules = replace(made.rules, limits=made.rules.limits[::-1])
    assert len(found(made)) == 1


@pytest.mark.parametrize("line", VISITS, ids=line_name)
def test_undated_visits_count_in_every_window_but_the_day(line):
    """Two undated visits of one week count in its week and longer windows; of a day and of an officer nothing is known."""
    made = state(empty(), line, 1)
    made.visits += [visit(f"v{n}", "E1", "2027-W10", ("a1",)) for n in (1, 2)]
    counts = line.window != "day" and line.scope != "officer"
    assert [f.counted for f in found(made)] == ([2] if counts else [])


@pytest.mark.parametrize("line", YEARLY, ids=line_name)
def test_a_filter_on_departments_leaves_other_departments_alone(line):
    """A row about B counts no visit of A."""
    made = twice(line, 0)
    made.rules = replace(made.rules, limits=(of_b(line),))
    assert found(made) == []


@pytest.mark.parametrize("line", YEARLY, ids=line_name)
@pytest.mark.parametrize(
    ("fields", "cap", "alarm"),
    [
        ({}, 1, 2),
        ({"kinds_counted": ("case",)}, 1, 1),
        ({"kinds_counted": ("case", "daily")}, 2, 2),
        ({"kinds_exempt": ("daily",)}, 0, 1),
        ({"kinds_exempt": ("case", "daily")}, 0, 0),
    ],
)
def test_kinds_count_as_the_row_says(line, fields, cap, alarm):
    """Exempt kinds count only where named; alarms count all but their own exempt kinds."""
    made = changed(twice(line, 0), **fields)
    made.visit("v2")["kind"] = "case"
    expected = cap if line.kind == "cap" else alarm
    assert [f.counted for f in found(made)] == ([expected] if expected else [])


@pytest.mark.parametrize("line", YEARLY, ids=line_name)
def test_a_visit_not_met_uses_no_cap(line):
    """What was not met counts nowhere."""
    made = twice(line, 0)
    made.visit("v1")["stage"] = made.visit("v2")["stage"] = "not_met"
    assert found(made) == []


@pytest.mark.parametrize("line", [x for x in VISITS if x.scope == "system-enterprise"], ids=line_name)
def test_levels_of_a_system_add_up(line):
    """One joint visit of two departments of a system counts twice, one of another department not at all."""
    made = state(empty(), line, 1)
    call(made, "v1", DAY, items=("a1", "b1"), departments=("A", "B"), minutes=75)
    assert [(f.scope_key, f.counted) for f in found(made)] == [("E1/S", 2)]
    made.change("departments", "B", system="")
    assert found(made) == []


@pytest.mark.parametrize("line", [x for x in VISITS if x.scope in {"township", "village"}], ids=line_name)
def test_visits_to_the_place_itself_count_where_objects_say_so(line):
    """A row about the place counts visits to it and none to enterprises there."""
    made = twice(line, 0, objects=(line.scope,))
    assert found(made) == []
    fields = {"object_kind": line.scope, "enterprise_id": KEYS[line.scope]}
    made.visits.append({**visit("place", "E1", "2027-W10", ("a1",), date=DAY), **fields})
    assert [(f.counted, f.evidence) for f in found(made)] == [(1, ("place",))]


def test_one_team_that_makes_two_visits_is_received_once():
    """Two visits of one team on one day are one team-day; its expert is one of its people."""
    line = next(x for x in COUNTED if (x.scope, x.window, x.unit) == ("township", "day", "team-days"))
    made = state(empty(), line, 0)
    call(made, "v1", DAY, "team-1")
    call(made, "v2", DAY, "team-1")
    assert [f.counted for f in found(made)] == [1]
    assert [f.counted for f in found(changed(made, unit="people"))] == [3]


def test_clean_visits_must_run_to_the_last_one_within_the_days():
    """A visit with a finding, one too few, or ten days are too long: no alarm; the last three alone count."""
    line = next(x for x in BY_RULE if x.unit == "clean-visits")
    assert found(cleanly(line, ("clean", "clean", "found"))) == []
    assert found(cleanly(line, ("clean", "clean"))) == []
    (finding,) = found(cleanly(line, ("found", "clean", "clean", "clean")))
    assert (finding.scope_key, finding.window) == ("a1/E1", "2026-10-13/2026-10-19")
    made = cleanly(line, ("clean", "clean"))
    ledger(made, "2026-10-20", "clean")
    assert found(made) == []
    ledger(made, "2026-10-19", "clean")
    assert [f.counted for f in found(made)] == [3]


@pytest.mark.parametrize("window", ["month", "quarter", "year"])
def test_floors_ask_nothing_of_windows_cut_by_the_horizon(window):
    """February to November hold whole months and quarters and no whole year; closed enterprises owe nothing."""
    line = next(x for x in BY_RULE if (x.kind, x.scope, x.window) == ("floor", "enterprise", window))
    made = state(empty("2027-01-15", "2027-12-10"), line, 1)
    assert len(found(made)) == 6 * {"month": 10, "quarter": 2, "year": 0}[window]
    made.change("enterprises", "E2", status="closed")
    assert len(found(made)) == 5 * {"month": 10, "quarter": 2, "year": 0}[window]


def test_an_undated_visit_between_two_months_meets_the_floor_of_neither():
    """The week from 29 March to 2 April gives neither month its visit."""
    line = next(x for x in BY_RULE if (x.kind, x.scope, x.window) == ("floor", "township", "month"))
    made = changed(state(empty("2027-03-01", "2027-04-30"), line, 1), amount={"T1": 1})
    made.visits.append(visit("v1", "E1", "2027-W13", ("a1",)))
    assert [f.window for f in found(made)] == ["2027-03", "2027-04"]
    made.visit("v1")["date"] = "2027-04-01"
    assert [f.window for f in found(made)] == ["2027-03"]


@pytest.mark.parametrize("line", [x for x in BY_RULE if x.kind == "spacing"], ids=line_name)
def test_a_spacing_of_no_days_asks_nothing(line):
    """Two undated visits of one week are not too near where the row says 0 days."""
    made = state(empty(), line, 0)
    made.visits += [visit(f"v{n}", "E1", "2027-W10", ("a1",)) for n in (1, 2)]
    assert found(made) == []
