"""A row of the rulebook that can be read is kept by the plan, whatever it says; what nobody keeps is refused."""

from __future__ import annotations

from functools import cache

import pytest

from parity import dense
from properties.counties import first_working_week, verdict
from riskplan.annual import plan_year
from riskplan.errors import InputError
from riskplan.progress import Stop
from riskplan.rules.read import read_rules
from riskplan.weekly import plan_week
from weekly.row_counter import over

QUICK = Stop(effort=0.05)
ROWS: dict[str, tuple[str, str]] = {
    "a department's week": ("cap department week officer-minutes", "amount = 500"),
    "a department's month": ("cap department month officer-minutes", "amount = 900"),
    "a department's crews": ("cap department week crew-visits", "amount = 1"),
    "supervision of townships, week": (
        "cap township week visits",
        'amount = 0\nobjects = ["township", "village"]',
    ),
    "supervision of townships, year": (
        "cap township year visits",
        'amount = 0\nobjects = ["township", "village"]',
    ),
    "a cap on special visits only": ("cap township week visits", 'amount = 0\nkinds_exempt = ["daily"]'),
    "a soft cap": ("cap township week visits", "amount = 0\nhard = false"),
    "a cap for one tier only": ("cap enterprise year visits", "amount = {red = 1}"),
    "a cap for some departments": (
        "cap township week visits",
        'amount = 1\nfilter = {departments = ["FIRE"], sizes = ["medium", "large"]}',
    ),
    "a spacing for some departments": (
        "spacing enterprise rolling visits",
        'amount = 300\nfilter = {departments = ["FIRE", "EM"]}',
    ),
    "a floor": ("floor enterprise year visits", "amount = {red = 1}"),
    "team-days": ("cap township day team-days", "amount = 1"),
    "an alarm": ("alarm enterprise week visits", "amount = 0"),
}
"""What a row says -> its combination and the rest of it."""


def with_row(folder, target, name):
    """Write the county's rules with one more row; return the file."""
    kind, scope, window, unit = ROWS[name][0].split()
    head = f'id = "mine"\nkind = "{kind}"\nscope = "{scope}"\nwindow = "{window}"\nunit = "{unit}"\n'
    text = (folder / "rules.toml").read_text(encoding="utf-8")
    target.write_text(f"{text}\n[[limit]]\n{head}{ROWS[name][1]}\n", encoding="utf-8")
    return target


def rules_or_faults(file, case):
    """Return the rulebook and no faults, or None and the faults."""
    try:
        return read_rules(file, case), ()
    except InputError as error:
        return None, error.faults


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_is_kept_or_refused(name, hamlet, hamlet_folder, tmp_path):
    """Year and week keep the row as the audit reads it, or the row is refused with the nearest form."""
    file = with_row(hamlet_folder, tmp_path / "rules.toml", name)
    rules, faults = rules_or_faults(file, hamlet)
    if rules is None:
        assert [f.code for f in faults] == ["limit_refused"]
        assert faults[0].args["nearest"]
        return
    plan = plan_year(hamlet, rules, stop=QUICK, seed=1)
    assert verdict(hamlet, rules, plan)[1] == []
    week = first_working_week(hamlet, plan)
    if week is not None:
        assert verdict(hamlet, rules, plan_week(hamlet, rules, plan, week, stop=QUICK, seed=1))[1] == []


@cache
def kept_year(line):
    """Return the year plan of the dense county under a line's row; rows of a day are left to the week."""
    if line.year == "week only":
        return dense.blind_year()
    return dense.planned_year(dense.with_row(dense.row_of(line)))


@pytest.mark.parametrize("line", dense.ROW_LINES, ids=dense.line_name)
def test_an_office_may_write_every_line_that_is_planned(line, hamlet, hamlet_folder, tmp_path):
    """The row of each line that year or week keep is read as it is meant."""
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    file = tmp_path / "rules.toml"
    file.write_text(text + dense.row_text(line), encoding="utf-8")
    assert read_rules(file, hamlet).limit(dense.ROW) == dense.row_of(line)


def year_keeps(line):
    """Check that the year breaks no row, gives true reasons and conflicts, and plans other visits than without it."""
    world, plan = dense.with_row(dense.row_of(line)), kept_year(line)
    assert verdict(*world, plan)[1] == []
    assert over(*world, plan) == []
    assert len(plan.visits) > len(dense.blind_year().visits) / 2
    columns = ["enterprise_id", "week"]
    assert not plan.visits[columns].equals(dense.blind_year().visits[columns])


def week_keeps(line):
    """Check that the fullest week of the line's plan breaks nothing, and that most of it is routed."""
    world, plan = dense.with_row(dense.row_of(line)), kept_year(line)
    week = dense.fullest_week(plan)
    routed = dense.planned_week(world, plan)
    assert verdict(*world, routed)[1] == []
    assert over(*world, routed) == []
    own = routed.visits[routed.visits["week"] == week]
    assert (own["stage"] != "unrouted").sum() > len(own) / 2


YEAR_LINES = [x for x in dense.ROW_LINES if x.year != "week only"]
DAY_LINES = [x for x in dense.ROW_LINES if x.year == "week only"]
SAMPLE = [x for k, x in enumerate(YEAR_LINES) if (k + k // 5) % 5 == 0]
"""Every fifth line, another window for the next scope: what the quick tests plan; the nightly ones plan all.

That the audit finds a row that was forgotten is quick for every line (``test_mutants_crowded``), and the year alone is
counted by hand for every line in ``tests/annual``.
"""


@pytest.mark.parametrize("line", SAMPLE, ids=dense.line_name)
def test_the_year_keeps_a_line(line):
    """Under an amount that binds, what the audit says of the year is: nothing broken, all reasons true."""
    year_keeps(line)


@pytest.mark.parametrize("line", [*DAY_LINES, *SAMPLE[::3]], ids=dense.line_name)
def test_the_week_keeps_a_line(line):
    """A week routed on that plan breaks nothing either; rows of a day are kept by the week alone."""
    week_keeps(line)


@pytest.mark.slow
@pytest.mark.parametrize("line", YEAR_LINES, ids=dense.line_name)
def test_year_and_week_keep_every_line(line):
    """The same for all lines."""
    year_keeps(line)
    week_keeps(line)


@pytest.mark.parametrize("name", dense.QUIET)
def test_quiet_days_are_kept(name):
    """Year and week plan nothing on quiet days, and say truly what they leave out."""
    world = dense.with_quiet(name)
    plan = dense.planned_year(world)
    assert verdict(*world, plan)[1] == []
    assert verdict(*world, dense.planned_week(world, plan))[1] == []


def test_both_pools_are_kept():
    """Minutes of visits that a department leads and of those that others lead are kept apart, by year and week."""
    world = dense.with_pools()
    plan = dense.planned_year(world)
    assert verdict(*world, plan)[1] == []
    assert any(key.endswith("/joint") for key in plan["unplanned"]["scope_key"])
    assert verdict(*world, dense.planned_week(world, plan))[1] == []


@pytest.mark.parametrize("name", ["supervision of townships, week", "a cap on special visits only"])
def test_a_row_about_other_visits_takes_nothing_from_the_plan(name, hamlet, hamlet_folder, tmp_path):
    """A cap under which no planned visit counts leaves every visit in the plan."""
    rules = read_rules(with_row(hamlet_folder, tmp_path / "rules.toml", name), hamlet)
    plain = read_rules(hamlet_folder / "rules.toml", hamlet)
    plans = [plan_year(hamlet, r, stop=QUICK, seed=1) for r in (rules, plain)]
    assert len(plans[0].visits) == len(plans[1].visits) > 0


def test_a_row_that_is_only_checked_is_named_so(hamlet, hamlet_folder, tmp_path):
    """A row that is checked, not planned stands in the manifest as such."""
    rules = read_rules(with_row(hamlet_folder, tmp_path / "rules.toml", "an alarm"), hamlet)
    plan = plan_year(hamlet, rules, stop=QUICK, seed=1)
    assert "mine" in plan.manifest["checked_not_planned"]
