"""Whatever stands in a rules file: a rulebook or faults in words, never a traceback."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskplan.case.faults import fault_lines
from riskplan.errors import InputError
from riskplan.rules.diff import diff_rules
from riskplan.rules.explain import explain
from riskplan.rules.lines import toml_lines
from riskplan.rules.merge import layers_of, pack_text
from riskplan.rules.read import read_pack, rules_of

KEYS = ("id", "kind", "scope", "window", "unit", "amount", "rolling_days", "objects", "kinds_counted", "hard")
KEYS += (
    "by",
    "filter",
    "basis",
    "source",
    "since",
    "unconfirmed",
    "value",
    "mode",
    "days",
    "months",
    "per_month",
)
WORDS = (
    "cap",
    "floor",
    "spacing",
    "alarm",
    "enterprise",
    "township",
    "village",
    "year",
    "rolling",
    "visits",
    "red",
)
WORDS += ("*", "grade", "tier", "days", "days_1_25", "plain", "msha", "https://example.org", "2025-13-40")
SECTIONS = (
    "crew",
    "capacity",
    "frequency",
    "tiers",
    "score",
    "day",
    "frequency.visits",
    "tiers.shares",
    "nothing",
)
scalars = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.sampled_from((
        "nan",
        "-inf",
        "1e308",
        "0.5",
        "true",
        "false",
        "2026-03-05",
        "2026-03-05T01:02:03Z",
        "08:30:00",
    )),
    st.sampled_from(WORDS).map(lambda word: f'"{word}"'),
    st.text(string.ascii_letters + "汉 .#[]{}'", max_size=6).map(lambda t: '"' + t + '"'),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: "[" + ", ".join(parts) + "]"),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{k} = {v}" for k, v in table.items()) + "}"
        ),
    ),
    max_leaves=5,
)
pairs = st.dictionaries(st.sampled_from(KEYS), values, max_size=9).map(
    lambda table: "".join(f"{k} = {v}\n" for k, v in table.items())
)
heads = st.one_of(
    st.sampled_from(("limit", "quiet", "duty", "required")).map(lambda name: f"[[{name}]]\n"),
    st.sampled_from(SECTIONS).map(lambda name: f"[{name}]\n"),
)
bodies = st.lists(st.tuples(heads, pairs).map("".join), max_size=4).map("".join)
tops = st.sampled_from((
    "",
    'extends = "plain"\n',
    "extends = 3\n",
    'extends = ["plain", "msha"]\nwithout = ["x"]\n',
))


def read_or_told(text):
    """Return a rulebook, or None where it is refused with faults that can all be told."""
    try:
        return rules_of(layers_of(text, "rules.toml"), whole=False)
    except InputError as error:
        faults = error.faults
    assert faults
    assert all(f.row is None or f.row >= 1 for f in faults)
    for lang in ("zh", "en"):
        assert not [line for line in fault_lines(faults, lang) if ".expected" in line]
    return None


@settings(max_examples=150, deadline=None)
@given(tops, bodies)
def test_any_toml_is_read_or_refused_in_words(top, body):
    """Rows, tables and values of every shape end in a rulebook or in faults with their lines."""
    rules = read_or_told(top + body)
    if rules is not None:
        assert explain(rules, "zh")
        assert diff_rules(rules, rules) == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.text(max_size=6))
def test_a_pack_with_a_slip_anywhere_is_read_or_refused(place, slip):
    """A few characters typed into the default pack never end in a traceback."""
    text = pack_text("plain")
    at = place % len(text)
    read_or_told(text[:at] + slip + text[at:])


@pytest.mark.parametrize("depth", [100, 3000])
def test_deep_nesting_is_refused(depth):
    """A file made to break parsers is a fault, too."""
    assert read_or_told(f"x = {'[' * depth}{']' * depth}\n") is None


def test_lines_are_those_of_the_text():
    """Each key of every pack is found at the line where it stands."""
    for name in ("plain", "chicago", "shanxi-2025"):
        lines = pack_text(name).splitlines()
        for path, line in toml_lines(pack_text(name)).items():
            key = [part for part in path if isinstance(part, str)][-1]
            assert key in lines[line - 1] or isinstance(path[-1], int)
    assert read_pack("plain")
