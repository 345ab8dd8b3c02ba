"""What must change nothing: other ids, other orders of rows, the same seed again, another seed for the bound."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from properties.counties import (
    rename_enterprises,
    share_persons,
    shuffle_rows,
    verdict,
    with_amounts,
    year_instance,
)
from riskplan.annual import plan_year
from riskplan.annual.certificate import exact_bound
from riskplan.annual.engine import solve_arrays
from riskplan.annual.flatten import flatten
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.case.read import read_case
from riskplan.plan.io import plan_files
from riskplan.plan.tables import Plan
from riskplan.progress import Stop
from riskplan.rules.model import Rulebook
from riskplan.rules.read import read_rules

QUICK = Stop(effort=0.1)


@pytest.fixture
def copy(hamlet_folder, tmp_path) -> Callable[[], Path]:
    """Make copies of ``hamlet`` that a test may change."""
    return lambda: Path(shutil.copytree(hamlet_folder, tmp_path / "copy"))


def tight(rules: Rulebook) -> Rulebook:
    """Return a rulebook under which townships and capacity bind and something is left out."""
    made = with_amounts(rules, {"township-load-week": {"*": 1}, "township-load-year": {"*": 4}})
    return replace(made, capacity=replace(made.capacity, minutes_per_day=60))


def planned(folder: Path, seed: int = 1) -> Plan:
    """Return the plan of a case folder under tight rules."""
    case = read_case(folder)
    return plan_year(case, tight(read_rules(folder / "rules.toml", case)), stop=QUICK, seed=seed)


@pytest.fixture(scope="module")
def tight_plan(hamlet_folder) -> Plan:
    """The plan of ``hamlet`` under tight rules, seed 1."""
    return planned(hamlet_folder)


def test_the_same_seed_gives_the_same_bytes(hamlet_folder, tight_plan):
    """Reading, planning and writing twice with one seed gives identical files."""
    assert plan_files(planned(hamlet_folder)) == plan_files(tight_plan)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_permuted_rows_change_no_byte(copy, tight_plan, seed):
    """Tables with shuffled rows give the same plan folder, fingerprints included."""
    folder = copy()
    shuffle_rows(folder, seed)
    assert plan_files(planned(folder)) == plan_files(tight_plan)


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_renamed_premises_share_their_caps_in_the_same_order(copy, seed):
    """Who of a legal person's premises takes a shared cap first hangs on what they are, not on their ids."""
    folder = copy()
    share_persons(folder, 5, seed)
    before = planned(folder)
    rename_enterprises(folder, seed)
    after = planned(folder)
    assert [after.manifest[key] for key in ("bound", "base")] == [
        before.manifest[key] for key in ("bound", "base")
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_renamed_enterprises_keep_bound_base_and_tiers(copy, tight_plan, seed):
    """Any bijection of the ids changes neither bound nor base nor anybody's tier."""
    folder = copy()
    name = rename_enterprises(folder, seed)
    other = planned(folder)
    for key in ("bound", "base"):
        assert other.manifest[key] == tight_plan.manifest[key]
    before = dict(zip(tight_plan["scores"]["enterprise_id"], tight_plan["scores"]["tier"], strict=True))
    after = dict(zip(other["scores"]["enterprise_id"], other["scores"]["tier"], strict=True))
    assert {name[e]: tier for e, tier in before.items()} == after
    assert Counter(before.values()) == Counter(after.values())


def test_another_seed_keeps_the_bound(hamlet_folder, tight_plan):
    """The bound comes from prices, not from the search: no seed changes it, and it holds for every plan."""
    others = [planned(hamlet_folder, seed) for seed in (2, 3, 4)]
    assert {p.manifest["bound"] for p in others} == {tight_plan.manifest["bound"]}
    for plan in others:
        assert plan.manifest["bound"] <= plan.manifest["objective"]["total"]


def test_less_room_never_proves_less_and_never_costs_less_than_the_looser_bound(hamlet, hamlet_rules):
    """At the same prices a tighter cap proves at least as much; the looser bound holds for the tighter plan."""
    loose = year_instance(hamlet, hamlet_rules)
    flat = flatten(loose)
    prices = flat.multipliers(loose, solve_arrays(flat.arrays, stop=QUICK).prices)
    prices = replace(prices, row=np.zeros_like(prices.row))  # which counters there are hangs on the amounts
    bound = exact_bound(loose, prices)
    for rules in (
        with_amounts(hamlet_rules, {"township-load-week": {"*": 1}}),
        with_amounts(hamlet_rules, {"township-load-year": {"*": 2}}),
        replace(hamlet_rules, capacity=replace(hamlet_rules.capacity, minutes_per_day=30)),
        replace(hamlet_rules, capacity=replace(hamlet_rules.capacity, week_flex=0.7)),
        replace(hamlet_rules, day=replace(hamlet_rules.day, max_visits=1)),
    ):
        tight = year_instance(hamlet, rules)
        same = replace(prices, row=np.zeros(len(tight.counters.left)))
        assert bound <= exact_bound(tight, same)
        plan = plan_year(hamlet, rules, stop=QUICK, seed=1)
        assert bound <= round(plan.manifest["objective"]["total"] * UNITS_PER_HAZARD_DAY) + 1000
        assert not verdict(hamlet, rules, plan)[1]
