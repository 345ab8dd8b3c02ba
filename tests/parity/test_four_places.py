"""Every limit stands in four places: rules, planner, audit, and the smallest plan that breaks it."""

from __future__ import annotations

from importlib import import_module
from itertools import product

import pytest

from audit.breakers import BREAKERS, RULE_OF_LINE, SPARED
from riskplan import annual, audit, weekly
from riskplan.audit import checks
from riskplan.errors import InputError
from riskplan.rules.model import LIMIT_KINDS, SCOPES, UNITS, WINDOWS, SupportLine
from riskplan.rules.read import read_rules
from riskplan.rules.support import TREATMENTS, support_lines, support_of

LINES = support_lines()
REFUSED = [line for line in LINES if line.audit == "refused"]
HELD = [line for line in LINES if line.audit != "refused"]
KEPT = {"exact", "safe side"}
ELSEWHERE = ("officer-minutes", "crew-visits")
"""Units that the sections about capacity, crews and days state, not a row."""
STATED = [line for line in HELD if line.scope in SCOPES and line.unit not in ELSEWHERE]
UNKNOWN = [
    SupportLine(*form, year="refused", week="refused", audit="refused", note="")
    for form in product(LIMIT_KINDS, SCOPES, WINDOWS, UNITS)
    if support_of(form) is None
]
"""Combinations of known words that stand in no line."""


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


@pytest.mark.parametrize(
    ("kept", "column"), [(annual.SUPPORTED, "year"), (weekly.SUPPORTED, "week")], ids=["year", "week"]
)
def test_year_and_week_honour_what_the_table_says(kept, column):
    """Exact and safe-side lines, and no others, name the place in the plan that holds them."""
    assert set(kept) == {combination(line) for line in LINES if getattr(line, column) in KEPT}
    assert [place for place in kept.values() if not exists(place)] == []


def test_the_audit_judges_every_line_that_is_not_refused():
    """Held lines, and no others, have a check, and every audit runs it."""
    assert set(audit.LIMIT_CHECKS) == {combination(line) for line in HELD}
    assert {getattr(checks, name) for name in audit.LIMIT_CHECKS.values()} <= set(checks.CHECKS)


def test_a_line_is_refused_by_all_or_by_none():
    """Nobody plans what the audit would not judge, and what is only told is never planned."""
    for line in LINES:
        refused = [t == "refused" for t in (line.year, line.week, line.audit)]
        assert all(refused) or not any(refused), line
        assert line.kind != "alarm" or not {line.year, line.week} & KEPT, line


@pytest.mark.parametrize("line", HELD, ids=name)
def test_there_is_a_smallest_plan_that_breaks_it_and_one_that_does_not(line):
    """Each line has a breaker that the audit finds, and a plan that only just keeps it."""
    rule = RULE_OF_LINE[combination(line)]
    assert rule in BREAKERS
    assert rule in SPARED


@pytest.mark.parametrize("line", STATED, ids=name)
def test_a_row_of_the_rulebook_can_state_it(line, hamlet_folder, tmp_path):
    """A supported combination is read as a row."""
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    own = read_rules(hamlet_folder / "rules.toml").limits
    name_of = next((row.id for row in own if row.combination() == combination(line)), "parity")
    path = tmp_path / "rules.toml"
    path.write_text(_without(text, name_of) + _row(line, name_of), encoding="utf-8")
    row = read_rules(path).limit(name_of)
    assert row is not None
    assert row.combination() == combination(line)
    assert row.amount_for("350525999" if line.scope == "township" else "red") == _amount(line)


@pytest.fixture(scope="module")
def refusals(hamlet_folder, tmp_path_factory):
    """What is said about rows of all forms that nobody keeps: combination -> the fault."""
    lines = [*REFUSED, *UNKNOWN, *(line for line in HELD if line.unit in ELSEWHERE)]
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("refused") / "rules.toml"
    path.write_text(text + "".join(_row(x, f"row-{k}") for k, x in enumerate(lines)), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_rules(path)
    faults = refused.value.faults
    assert [f.code for f in faults] == ["limit_refused"] * len(lines)
    return dict(zip(map(combination, lines), faults, strict=True))


@pytest.mark.parametrize("line", REFUSED, ids=name)
def test_a_refused_combination_names_the_nearest_form(line, refusals):
    """What nobody honours is an input error, with what the table says would be supported: a line that is held."""
    nearest = refusals[combination(line)].args["nearest"]
    assert line.note == f"nearest supported form: {nearest}"
    form = support_of(tuple(nearest.rpartition(" or ")[2].split(", ")))
    assert form in STATED
    assert line.kind in (form.kind, "spacing")
    assert combination(form) in audit.LIMIT_CHECKS


def test_a_combination_that_stands_nowhere_is_refused_too(refusals):
    """Words that make no line together, and what other sections state, are refused with a form that is held."""
    for line in (*UNKNOWN, *(line for line in HELD if line.unit in ELSEWHERE)):
        nearest = refusals[combination(line)].args["nearest"]
        form = support_of(tuple(nearest.split(", ")))
        assert form in STATED or (line.unit in ELSEWHERE and nearest.startswith("[")), line


def _without(text, limit_id):
    """Return rules without the row of an id."""
    rows = text.split("[[limit]]")
    return "[[limit]]".join(row for row in rows if f'id = "{limit_id}"' not in row)


def _row(line, limit_id="parity"):
    """Return a line as a row; rolling windows have days."""
    rolling = line.window == "rolling" and line.kind != "spacing"
    days = "rolling_days = 30\n" if rolling else ""
    return (
        f'\n[[limit]]\nid = "{limit_id}"\nkind = "{line.kind}"\nscope = "{line.scope}"\n'
        f'window = "{line.window}"\nunit = "{line.unit}"\namount = {_amount(line)}\n{days}'
    )


def _amount(line):
    """Return an amount that contradicts no other row: floors lie below caps."""
    return 1 if line.kind == "floor" else 9
