"""What ``riskplan week`` prints about visits that changed their week."""

from __future__ import annotations

import pytest

from riskplan.cli.weeks import SHOWN_MOVES, move_lines
from riskplan.plan.tables import PLAN_COLUMNS, Plan, empty_table


def routed(count: int) -> Plan:
    """Return a plan whose W12 was planned with so many moves out of it and one into it."""
    moved = [
        {"visit_id": f"E{k}-2027-1", "source": "2027-W12", "target": "2027-W13", "reason": "travel"}
        for k in range(count)
    ]
    moved.append({"visit_id": "X-2027-1", "source": "2027-W11", "target": "2027-W12", "reason": "room"})
    week = {"moved": moved, "moved_saved_s": 5400}
    return Plan(
        {name: empty_table(name) for name in PLAN_COLUMNS}, {"weeks": {"2027-W12": week, "2027-W13": {}}}
    )


def test_each_move_is_told_with_its_reason():
    """The first line counts them, by direction, with the travel saved; then each visit with its weeks and why."""
    lines = move_lines(routed(1), "2027-W12", "en")
    assert "2 visits (1 into the week, 1 out of it); about 90 minutes" in lines[0]
    assert lines[1:] == [
        "  E0-2027-1: 2027-W12 -> 2027-W13, saves travel or a team-day",
        "  X-2027-1: 2027-W11 -> 2027-W12, no room in its own week",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_many_moves_are_cut_short(lang):
    """Of many moves the first are shown and the others counted."""
    lines = move_lines(routed(SHOWN_MOVES + 4), "2027-W12", lang)
    assert len(lines) == SHOWN_MOVES + 2
    assert "5" in lines[-1]


def test_a_week_without_moves_says_nothing():
    """No line for a week in which nobody moved, or which was never planned."""
    assert move_lines(routed(1), "2027-W13", "en") == []
    assert move_lines(routed(1), "2027-W14", "en") == []
