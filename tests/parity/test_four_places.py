"""Every limit stands in four places: rules, planner, audit, and the smallest plan that breaks it."""

from __future__ import annotations

from importlib import import_module

import pytest

from audit.breakers import BREAKERS, RULE_OF_LINE, SPARED
from riskplan import annual, audit, weekly
from riskplan.audit import checks
from riskplan.errors import InputError
from riskplan.rules.read import read_rules
from riskplan.rules.support import TREATMENTS, support_lines

LINES = support_lines()
REFUSED = [line for line in LINES if line.audit == "refused"]
HELD = [line for line in LINES if line.audit != "refused"]


def combination(line):
    """Return the key of a line."""
    return (line.kind, line.scope, line.window, line.unit)


def name(line):
    """Return a readable test id."""
    return "-".join(combination(line)).replace(" ", "")


def exists(dotted):
    """Tell whether a dotted name can be found: module, object, attribute."""
    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            found = getattr(found, attribute, None)
        return found is not None
    return False


def test_lines_are_distinct_and_say_known_treatments():
    """No combination stands twice, and only known words are used."""
    assert len({combination(line) for line in LINES}) == len(LINES)
    assert {t for line in LINES for t in (line.year, line.week, line.audit)} <= set(TREATMENTS)


@pytest.mark.parametrize("line", HELD, ids=name)
def test_the_year_honours_what_the_table_says(line):
    """Exact and safe-side lines name the place in the year plan that holds them."""
    if line.year in {"exact", "safe side"}:
        assert exists(annual.SUPPORTED[combination(line)])
    else:
        assert combination(line) not in annual.SUPPORTED


@pytest.mark.parametrize("line", HELD, ids=name)
def test_the_week_honours_what_the_table_says(line):
    """Exact and safe-side lines name the place in the week plan that holds them."""
    if line.week in {"exact", "safe side"}:
        assert exists(weekly.SUPPORTED[combination(line)])
    else:
        assert combination(line) not in weekly.SUPPORTED


@pytest.mark.parametrize("line", HELD, ids=name)
def test_the_audit_has_a_check_that_runs(line):
    """Each line has a check of its own, and the check is in the list that every audit runs."""
    function = getattr(checks, audit.LIMIT_CHECKS[combination(line)])
    assert function in checks.CHECKS


@pytest.mark.parametrize("line", HELD, ids=name)
def test_there_is_a_smallest_plan_that_breaks_it_and_one_that_does_not(line):
    """Each line has a breaker that the audit finds, and a plan that only just keeps it."""
    rule = RULE_OF_LINE[combination(line)]
    assert rule in BREAKERS
    assert rule in SPARED


@pytest.mark.parametrize("line", [x for x in HELD if x.kind in {"cap", "spacing", "alarm"}], ids=name)
def test_a_row_of_the_rulebook_can_state_it(line, hamlet_folder, tmp_path):
    """A supported combination is read as a row (department rows stand in the capacity section)."""
    if line.scope == "department":
        pytest.skip("stated by [capacity] and [day], not by a [[limit]] row")
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    own = read_rules(hamlet_folder / "rules.toml").limits
    name_of = next((row.id for row in own if row.combination() == combination(line)), "parity")
    path = tmp_path / "rules.toml"
    path.write_text(_without(text, name_of) + _row(line, name_of), encoding="utf-8")
    row = read_rules(path).limit(name_of)
    assert row is not None
    assert row.combination() == combination(line)
    assert row.amount_for("350525999" if line.scope == "township" else "red") == 9


@pytest.mark.parametrize("line", REFUSED, ids=name)
def test_a_refused_combination_names_the_nearest_form(line, hamlet_folder, tmp_path):
    """What nobody honours is an input error that says what would be supported."""
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(text + _row(line), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_rules(path)
    fault = next(f for f in refused.value.faults if f.code == "limit_refused")
    assert "nearest supported form" in fault.args["nearest"]


def _without(text, limit_id):
    """Return rules without the row of an id."""
    rows = text.split("[[limit]]")
    return "[[limit]]".join(row for row in rows if f'id = "{limit_id}"' not in row)


def _row(line, limit_id="parity"):
    return (
        f'\n[[limit]]\nid = "{limit_id}"\nkind = "{line.kind}"\nscope = "{line.scope}"\n'
        f'window = "{line.window}"\nunit = "{line.unit}"\namount = 9\n'
    )
