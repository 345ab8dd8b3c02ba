"""A row of the rulebook that can be read is kept by the plan, whatever it says; what nobody keeps is refused."""

from __future__ import annotations

import pytest

from properties.counties import first_working_week, verdict
from riskplan.annual import plan_year
from riskplan.errors import InputError
from riskplan.progress import Stop
from riskplan.rules.read import read_rules
from riskplan.rules.support import support_lines, support_of
from riskplan.weekly import plan_week

QUICK = Stop(effort=0.05)
ROWS: dict[str, tuple[str, str]] = {
    "a second cap of all organs": ("cap enterprise year visits", "amount = 1"),
    "a second cap of each organ": ("cap organ-enterprise year visits", "amount = 1"),
    "a second spacing": ("spacing enterprise rolling visits", "amount = 400"),
    "a second township week": ("cap township week visits", "amount = 1"),
    "a second township year": ("cap township year visits", "amount = 2"),
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


@pytest.mark.parametrize(
    "line",
    [x for x in support_lines() if x.audit == "refused"],
    ids=lambda x: f"{x.kind}-{x.scope}-{x.window}",
)
def test_the_nearest_form_of_a_refused_line_is_supported(line):
    """What a refusal recommends is a line that the audit judges, and that the plan keeps where it is no floor or alarm."""
    _, _, form = line.note.partition(": ")
    nearest = support_of(tuple(form.rpartition(" or ")[2].split(", ")))
    assert nearest is not None
    assert nearest.audit in ({"audit only"} if line.kind in {"floor", "alarm"} else {"exact"})
    assert nearest.year != "refused"
